"""Words taken out, safely by `remove` and unsafely by hand: nothing comes back, and nothing is answered wrongly."""

import copy
import gc
import pickle

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec


@pytest.fixture
def kv():
    result = KeyedVectors(2)
    result.add_vectors(list("abcde"), [[1, 0], [1, 1], [0, 1], [-1, 0], [2, 1]], extras={"count": [9, 7, 5, 3, 1]})
    result.set_vecattr("c", "note", "hello")
    result.vectors_lockf = np.array([0, 0.25, 0.5, 0.75, 1], np.float32)
    return result


def test_rows_columns_and_factors_close_up(kv, tmp_path):
    before = {key: kv[key].tolist() for key in "ace"}
    kv.fill_norms()
    kv.remove(["d", "b", "d"])
    assert kv.index_to_key == list("ace")
    assert kv.key_to_index == {"a": 0, "c": 1, "e": 2}
    assert {key: kv[key].tolist() for key in "ace"} == before
    assert kv.expandos["count"].tolist() == [9, 5, 1]
    assert kv.expandos["note"].tolist() == [0, "hello", 0]
    assert kv.vectors_lockf.tolist() == [0, 0.5, 1]
    assert (len(kv), kv.next_index, kv.vectors.shape) == (3, 3, (3, 2))
    assert "b" not in kv
    assert {key for key, _ in kv.most_similar("a")} == set("ce")
    np.testing.assert_allclose(kv.norms, [1, 1, 5**0.5], rtol=1e-6)
    kv.add_vectors(["b"], [[5, 5]])
    assert kv.key_to_index["b"] == 3
    assert kv.vectors_lockf.tolist() == [0, 0.5, 1, 1]
    kv.save(tmp_path / "kv")
    loaded = KeyedVectors.load(tmp_path / "kv")
    assert loaded.index_to_key == list("aceb")
    assert loaded.vectors.tolist() == kv.vectors.tolist()


def test_one_key_or_none_or_all(kv):
    kv.remove("a")
    assert kv.index_to_key == list("bcde")
    kv.remove([])
    assert len(kv) == 4
    kv.remove(iter("bcde"))
    assert (len(kv), kv.vectors.shape, kv.next_index) == (0, (0, 2), 0)


def test_allocated_rows_stay_free():
    kv = KeyedVectors(1, count=5)
    kv.add_vectors(["a", "b", "c"], [[1], [2], [3]])
    kv.remove(["a", "c"])
    assert kv.index_to_key == ["b", None, None]
    assert kv.next_index == 1
    assert kv.add_vector("d", [4]) == 1
    assert kv.vectors.ravel().tolist() == [2, 4, 0]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["a", "zzz"], "Key 'zzz' not present"),
        (["a", 2], r"2 is not a key: remove takes keys, and row 2 is that of 'c'"),
        ([7], "Key '7' not present"),
    ],
)
def test_a_missing_key_changes_nothing(kv, keys, message):
    with pytest.raises(KeyError, match=message):
        kv.remove(keys)
    assert len(kv) == len(kv.vectors) == 5


def test_integer_keys_and_one_factor():
    kv = KeyedVectors(1)
    kv.add_vectors([100, 101, 102], [[1], [2], [3]])
    kv.vectors_lockf = np.ones(1, np.float32)
    kv.remove([np.int64(101)])
    assert kv.index_to_key == [100, 102]
    assert kv.vectors_lockf.tolist() == [1]


def test_mapped_and_compact_vectors(kv, tmp_path):
    kv.save(tmp_path / "kv")
    mapped = KeyedVectors.load(tmp_path / "kv", mmap="r")
    mapped.remove(["a"])
    assert mapped["b"].tolist() == [1, 1]
    assert len(KeyedVectors.load(tmp_path / "kv")) == 5, "the file is as it was"


def test_others_who_share_the_keys_keep_theirs(kv):
    shared = copy.copy(kv)
    kv.remove(["a"])
    assert shared.index_to_key == list("abcde")
    assert shared["a"].tolist() == [1, 0]


def test_vectors_made_of_a_snapshot_have_keys_of_their_own(kv):
    other = KeyedVectors.from_snapshot(kv.snapshot())
    other.add_vectors(["f"], [[1, 2]])
    other.remove(["a"])
    assert kv.index_to_key == list("abcde")
    assert "f" not in kv
    kv.add_vectors(["g"], [[3, 4]])
    assert "g" not in other


def test_all_rows_are_gone_through_once():
    kv = KeyedVectors(1)
    kv.add_vectors([f"w{i}" for i in range(50_000)], np.arange(50_000)[:, np.newaxis])
    kv.remove([f"w{i}" for i in range(0, 50_000, 2)])  # one by one, this would take minutes
    assert kv.vectors.ravel().tolist() == list(range(1, 50_000, 2))
    assert kv.get_index("w49999") == 24_999


# ---------------------------------------------------------------- vectors of a model


@pytest.fixture
def model():
    return Word2Vec([["a", "b", "c"]] * 10, min_count=1, vector_size=4, workers=1)


REFUSED = r"these are the vectors of a model, .*: keep some of them as vectors of their own, .*vectors_for_all"


@pytest.mark.parametrize(
    "same",
    [
        lambda model, path: model,
        lambda model, path: copy.deepcopy(model),
        lambda model, path: pickle.loads(pickle.dumps(model)),
        lambda model, path: (model.save(path), Word2Vec.load(path))[1],
    ],
    ids=["trained", "copied", "pickled", "loaded"],
)
def test_a_model_s_vectors_are_refused(model, same, tmp_path):
    model = same(model, tmp_path / "model")
    with pytest.raises(RuntimeError, match=REFUSED):
        model.wv.remove(["a"])
    assert len(model.wv) == 3
    model.train([["a", "b"]], total_examples=1, epochs=1)


def test_a_model_with_a_borrowed_vocabulary_is_refused(model):
    second = Word2Vec(vector_size=4)
    second.reset_from(model)
    for one in (model, second):
        with pytest.raises(RuntimeError, match=REFUSED):
            one.wv.remove(["a"])


@pytest.mark.parametrize(
    "own",
    [
        lambda model, path: copy.deepcopy(model.wv),
        lambda model, path: pickle.loads(pickle.dumps(model.wv)),
        lambda model, path: model.wv.vectors_for_all(model.wv.index_to_key, copy_vecattrs=True),
        lambda model, path: (model.save(path), KeyedVectors.load(path))[1],
    ],
    ids=["copied", "pickled", "vectors_for_all", "loaded"],
)
def test_vectors_of_one_s_own_are_not(model, own, tmp_path):
    wv = own(model, tmp_path / "model")
    wv.remove(["b"])
    assert set(wv.index_to_key) == {"a", "c"}
    assert len(model.wv) == 3


def test_vectors_that_outlive_their_model_are_not_refused():
    wv = Word2Vec([["a", "b", "c"]] * 10, min_count=1, vector_size=4, workers=1).wv
    gc.collect()
    wv.remove(["b"])
    assert len(wv) == 2


def test_vectors_that_a_model_gave_up_are_not_refused(model):
    wv = model.wv
    model.wv = KeyedVectors(4)
    wv.remove(["b"])
    assert len(wv) == 2


def test_prediction_refuses_rows_that_were_taken_out(model):
    wv = copy.deepcopy(model.wv)
    wv.remove([model.wv.index_to_key[0]])
    model.wv = wv
    with pytest.raises(ValueError, match=r"syn1neg has 3 rows and wv 2 keys"):
        model.predict_output_word([wv.index_to_key[0]])


def test_scores_refuse_another_tree():
    model = Word2Vec([["a", "b", "c"]] * 10, min_count=1, vector_size=4, workers=1, hs=1, negative=0)
    assert model.score([["a", "b"]]) != 0
    model.wv.add_vectors(["d"], [[1, 2, 3, 4]])
    with pytest.raises(RuntimeError, match=r"the tree of hierarchical softmax is one of 3 words, and wv has 4"):
        model.score([["a", "b"]])


# ---------------------------------------------------------------- keys changed by hand


def delete(kv):
    del kv.key_to_index["b"]


def pop(kv):
    kv.key_to_index.pop("b")


def clear(kv):
    kv.key_to_index.clear()


def replace_dict(kv):
    kv.key_to_index = {"a": 0, "c": 2, "d": 3, "e": 4}


def delete_from_list(kv):
    del kv.index_to_key[1]


def shorter_list(kv):
    kv.index_to_key = list("acde")


def append(kv):
    kv.index_to_key.append("f")


def longer_dict(kv):
    kv.key_to_index["f"] = 5


def twice(kv):
    kv.index_to_key = list("abada")


def both_wrong(kv):
    kv.index_to_key, kv.key_to_index = list("edcba"), dict(zip("abcde", range(5), strict=True))


def appended_wrongly(kv):
    kv.index_to_key.append("f")
    kv.key_to_index["f"] = 3


CHANGES = {
    delete: r"key 'b' is in index_to_key \(row 1\) and not in key_to_index: to drop keys call remove\(\['b'\]\)",
    pop: r"key 'b' is in index_to_key .* call remove\(\['b'\]\)",
    clear: r"key 'a' is in index_to_key .* call remove\(\['a'\]\)",
    replace_dict: r"key 'b' is in index_to_key .* call remove\(\['b'\]\)",
    delete_from_list: r"key 'c' stands in row 1 of index_to_key, and key_to_index says row 2: change both alike",
    shorter_list: r"key 'c' stands in row 1 of index_to_key, and key_to_index says row 2: change both alike",
    append: r"key 'f' is in index_to_key \(row 5\) and not in key_to_index",
    longer_dict: r"key 'f' is in key_to_index \(row 5\) and not in index_to_key: change both alike",
    twice: r"key 'a' stands in rows 0 and 2 of index_to_key",
    both_wrong: r"key 'e' stands in row 0 of index_to_key, and key_to_index says row 4",
    appended_wrongly: r"key 'f' stands in row 5 of index_to_key, and key_to_index says row 3",
}
USES = {
    "look-up": lambda kv, path: kv["a"],
    "in": lambda kv, path: "a" in kv,
    "get_index": lambda kv, path: kv.get_index("a"),
    "most_similar": lambda kv, path: kv.most_similar("a"),
    "by vector": lambda kv, path: kv.most_similar(np.array([1.0, 0])),
    "batch": lambda kv, path: kv.most_similar_batch(np.eye(2)),
    "cosmul": lambda kv, path: kv.most_similar_cosmul(np.array([1.0, 0])),
    "add": lambda kv, path: kv.add_vectors(["new"], [[1, 2]]),
    "remove": lambda kv, path: kv.remove(["a"]),
    "sort": lambda kv, path: kv.sort_by_descending_frequency(),
    "save": lambda kv, path: kv.save(path / "kv"),
    "text": lambda kv, path: kv.save_word2vec_format(path / "text"),
}


@pytest.mark.parametrize("use", USES, ids=str)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_keys_that_no_longer_agree_are_refused(kv, change, use, tmp_path):
    kv.most_similar("a")
    change(kv)
    with pytest.raises(ValueError, match=CHANGES[change]):
        USES[use](kv, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_another_name_in_one_of_both_is_refused_when_saved(kv, tmp_path):
    kv.index_to_key[1] = "B"
    with pytest.raises(ValueError, match=r"key 'B' is in index_to_key \(row 1\) and not in key_to_index: change both"):
        kv.save(tmp_path / "kv")
    kv.key_to_index["B"] = kv.key_to_index.pop("b")
    kv.save(tmp_path / "kv")
    assert KeyedVectors.load(tmp_path / "kv").index_to_key == list("aBcde")


def test_both_changed_alike_are_obeyed(kv, tmp_path):
    """As recipes for gensim do it that keep some of the words."""
    kept = [0, 2]
    words = [kv.index_to_key[row] for row in kept]
    kv.index_to_key, kv.key_to_index = words, {word: row for row, word in enumerate(words)}
    kv.vectors = kv.vectors[kept]
    assert kv.most_similar("a", topn=1)[0][0] == "c"
    kv.index_to_key.append("f")
    kv.key_to_index["f"] = 2
    kv.vectors = np.vstack([kv.vectors, [[1, 1]]])
    assert kv.get_index("f") == 2
    assert [kv.index_to_key.pop(), kv.key_to_index.pop("f")] == ["f", 2]
    kv.vectors = kv.vectors[:2]
    assert kv.most_similar("a", topn=1)[0][0] == "c"
    kv.expandos.clear()
    kv.save(tmp_path / "kv")
    assert len(KeyedVectors.load(tmp_path / "kv")) == 2


def test_many_keys_added_one_by_one_are_looked_at_once_each():
    kv = KeyedVectors(1)
    kv.add_vectors([f"w{i}" for i in range(20_000)], np.zeros((20_000, 1)))
    looked_at = []

    class Counting(dict):
        def get(self, key, default=None):
            looked_at.append(key)
            return super().get(key, default)

    kv.key_to_index = Counting(kv.key_to_index)
    for i in range(20_000, 20_100):
        kv.index_to_key.append(f"w{i}")
        kv.key_to_index[f"w{i}"] = i
        assert kv.get_index(f"w{i}") == i
    assert len(looked_at) < 2 * 20_000 + 1_000


@pytest.mark.parametrize(
    "ask", [name for name in USES if name in ("look-up", "most_similar", "by vector", "batch", "save")]
)
def test_other_rows_than_keys_are_refused(kv, ask, tmp_path):
    kv.vectors = kv.vectors[:4]
    with pytest.raises(ValueError, match=r"5 keys and 4 vectors: each key needs a row"):
        USES[ask](kv, tmp_path)
    kv.resize_vectors()
    USES[ask](kv, tmp_path)
