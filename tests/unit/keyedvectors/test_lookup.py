"""Keys to rows: strings, integers, rows by number, missing keys, names of gensim 3."""

import copy
import pickle
import re

import numpy as np
import pytest

from w2vcore.corpus.compact import CompactKeys
from w2vcore.keyedvectors import KeyedVectors

VECTORS = np.array([[1, 2], [3, 4], [5, 6]], np.float32)


@pytest.fixture
def kv():
    result = KeyedVectors(2)
    result.add_vectors(["a", "b", "c"], VECTORS)
    return result


@pytest.fixture
def items():
    """A vocabulary of integers: 100, 101, 102."""
    result = KeyedVectors(2)
    result.add_vectors([100, 101, 102], VECTORS)
    return result


def test_state(kv):
    assert str(kv) == "KeyedVectors<vector_size=2, 3 keys>"
    assert (len(kv), kv.vector_size, kv.next_index) == (3, 2, 3)
    assert kv.index_to_key == ["a", "b", "c"]
    assert kv.key_to_index == {"a": 0, "b": 1, "c": 2}
    assert (kv.norms, kv.expandos, kv.mapfile_path) == (None, {}, None)
    empty = KeyedVectors(2, count=2, dtype=np.float16)
    assert (empty.index_to_key, empty.vectors.shape, empty.vectors.dtype) == ([None, None], (2, 2), np.float16)


def test_a_few_look_ups_do_not_make_the_list_of_a_large_vocabulary(tmp_path):
    """They are answered as those of the list and the dict are, which more of them make."""
    words = [f"wörd-{number}" for number in range(3000)]
    made = KeyedVectors(2)
    made.add_vectors(words, np.random.default_rng(1).normal(size=(3000, 2)))
    made.save(tmp_path / "v")
    kv, listed = KeyedVectors.load(tmp_path / "v"), KeyedVectors.load(tmp_path / "v")
    assert listed.index_to_key == words

    def asked(vectors):
        yield vectors["wörd-2999"].tolist()
        yield vectors.most_similar("wörd-7", topn=20)
        yield vectors.most_similar(["wörd-7"], negative=["wörd-8"], topn=3)
        yield vectors.get_index("wörd-0"), "wörd-1" in vectors
        yield vectors.similarity("wörd-0", "wörd-2999")

    assert list(asked(kv)) == list(asked(listed))
    kv.save(tmp_path / "again")
    kv.save_word2vec_format(tmp_path / "text", prefix="w")
    assert isinstance(kv._table.keys.stored, CompactKeys)
    listed.save_word2vec_format(tmp_path / "text of the list", prefix="w")
    assert (tmp_path / "text").read_bytes() == (tmp_path / "text of the list").read_bytes()
    for word in words:
        assert kv.get_index(word) == listed.get_index(word)
    assert kv._table.keys.stored == words
    assert isinstance(kv._table.keys.stored, list)


def test_a_missing_key_of_compact_ones_is_explained(tmp_path, kv):
    kv.save(tmp_path / "v")
    for key, text in (("A", "did you mean a"), (7, "Key '7' not present")):
        with pytest.raises(KeyError, match=re.escape(text)):
            KeyedVectors.load(tmp_path / "v")[key]
    assert KeyedVectors.load(tmp_path / "v")[1].tolist() == [3, 4], "the number of a row"
    assert KeyedVectors.load(tmp_path / "v")[np.str_("b")].tolist() == [3, 4]


def test_one_key_gives_a_read_only_view(kv):
    vector = kv["b"]
    assert vector.tolist() == [3, 4]
    assert np.shares_memory(vector, kv.vectors)
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1
    kv.vectors[1, 0] = 9
    assert vector[0] == 9


def test_several_keys_give_a_copy(kv):
    for keys in (["c", "a"], ("c", "a"), np.array(["c", "a"]), [2, 0], iter(["c", "a"])):
        vectors = kv[keys]
        assert vectors.tolist() == [[5, 6], [1, 2]]
        assert not np.shares_memory(vectors, kv.vectors)
    with pytest.raises(ValueError, match="at least one key"):
        kv[[]]


@pytest.mark.parametrize("number", [1, np.int64(1), np.uint8(1)])
def test_an_int_is_a_row_where_no_key_is_an_int(kv, number):
    assert kv[number].tolist() == [3, 4]
    assert number in kv
    assert kv.get_index(number) == 1
    for missing in (3, -1):
        assert missing not in kv
        with pytest.raises(KeyError, match=f"Key '{missing}' not present"):
            kv[missing]


def test_an_int_is_a_key_where_any_key_is_an_int(items):
    assert items[101].tolist() == items[np.int64(101)].tolist() == [3, 4]
    assert 1 not in items
    with pytest.raises(KeyError, match=r"7 is not a key; for rows use wv\.vectors\[7\]"):
        items[7]
    with pytest.raises(KeyError, match="1 is not a key"):
        items.most_similar(1)
    mixed = KeyedVectors(2)
    mixed.add_vectors(["a", 5], VECTORS[:2])
    with pytest.raises(KeyError, match="1 is not a key"):
        mixed[1]


def test_the_rule_follows_the_vocabulary(kv):
    assert 0 in kv
    kv.add_vectors([7], VECTORS[:1])
    assert 0 not in kv
    assert 7 in kv
    kv.key_to_index, kv.index_to_key = {"x": 0}, ["x"]
    assert 0 in kv


def test_missing_keys(kv):
    assert "zzz" not in kv
    assert kv.get_index("zzz", default=-1) == -1
    for ask in (kv.get_index, kv.get_vector, kv.__getitem__, kv.similar_by_key, lambda key: kv[["a", key]]):
        with pytest.raises(KeyError, match="Key 'zzz' not present"):
            ask("zzz")


def test_a_dropped_word_says_how_often_it_was_seen(kv):
    kv.dropped_counts, kv.min_count = {"rare": 3, "once": 1}, 5
    with pytest.raises(KeyError, match=r"Key 'rare' not present \(seen 3 times, below min_count=5\)"):
        kv["rare"]
    with pytest.raises(KeyError, match=r"in vocabulary \(seen 1 time, below min_count=5\)"):
        kv.most_similar("once")
    with pytest.raises(KeyError, match=r"Key 'never' not present\"$"):
        kv["never"]


def test_any_hashable_key():
    kv = KeyedVectors(2)
    kv.add_vectors([("n", 1), frozenset("x"), 2.5], VECTORS)
    assert kv[("n", 1)].tolist() == [1, 2]
    assert kv[2.5].tolist() == [5, 6]
    assert kv.most_similar([frozenset("x")], topn=1)[0][0] == 2.5
    with pytest.raises(TypeError):
        kv[1.5]


def test_norms(kv):
    assert kv.get_vector("b", norm=True).tolist() == pytest.approx([0.6, 0.8])
    kv.vectors[2] = 0
    normed = kv.get_normed_vectors()
    np.testing.assert_allclose(np.linalg.norm(normed, axis=1), [1, 1, 0], rtol=1e-6)
    assert normed.dtype == np.float32
    assert not kv.get_vector("c", norm=True).any()


@pytest.mark.parametrize(
    ("name", "replacement"),
    [
        ("vocab", "key_to_index"),
        ("index2word", "index_to_key"),
        ("index2entity", "index_to_key"),
        ("vectors_norm", "get_normed_vectors"),
    ],
)
def test_names_of_gensim_3_say_what_to_use(kv, name, replacement):
    with pytest.raises(AttributeError, match=replacement):
        getattr(kv, name)
    assert not hasattr(kv, name)


def test_word_vec_is_deprecated(kv):
    with pytest.warns(DeprecationWarning, match="use get_vector"):
        assert kv.word_vec("a").tolist() == [1, 2]


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda kv: pickle.loads(pickle.dumps(kv))])
def test_copies_are_independent(kv, clone):
    other = clone(kv)
    other["a"] = [0, 0]
    assert kv["a"].tolist() == [1, 2]
    assert other.most_similar("b", topn=1) == kv.most_similar("b", topn=1)


def test_mean_vector(kv):
    assert kv.get_mean_vector(["a", "b"], pre_normalize=False).tolist() == [2, 3]
    assert kv.get_mean_vector("a", pre_normalize=False).tolist() == [1, 2]
    assert kv.get_mean_vector(["a", np.array([3.0, 0])], [1, -3], pre_normalize=False).tolist() == [-2, 0.5]
    assert kv.get_mean_vector(["zzz"]).tolist() == [0, 0]
    assert kv.get_mean_vector(["b"], post_normalize=True).tolist() == pytest.approx([0.6, 0.8])
    assert kv.get_mean_vector(["a"]).dtype == np.float32
    with pytest.raises(ValueError, match="cannot compute mean with no input"):
        kv.get_mean_vector([])
    with pytest.raises(ValueError, match="same number of elements"):
        kv.get_mean_vector(["a"], [1, 2])
    with pytest.raises(KeyError, match="Key 'zzz' not present in vocabulary"):
        kv.get_mean_vector(["a", "zzz"], ignore_missing=False)


def test_numbers_as_text_and_text_as_numbers():
    """Ids of items are ints in one table and str in another."""
    ints, texts = KeyedVectors(1), KeyedVectors(1)
    ints.add_vectors([1047, -5], [[1], [2]])
    texts.add_vectors(["1047", "7"], [[1], [2]])
    for ask in (ints.get_vector, ints.most_similar):
        with pytest.raises(KeyError, match=r"Key '1047' not present.*; the int 1047 is a key"):
            ask("1047")
        with pytest.raises(KeyError, match=r"Key '-5' not present.*; the int -5 is a key"):
            ask("-5")
        with pytest.raises(KeyError, match=r"Key '--5' not present[^;]*$"):
            ask("--5")
    with pytest.raises(KeyError, match="Key '1047' not present; the str '1047' is a key"):
        texts[1047]
    with pytest.raises(KeyError, match=r"Key '8' not present\"$"):
        texts[8]


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda kv: pickle.loads(pickle.dumps(kv))],
    ids=["shallow", "deep", "pickled"],
)
def test_vectors_of_a_copy_are_those_of_its_matrix(copied):
    kv = KeyedVectors(1000)
    kv.add_vectors(["a", "b"], np.ones((2, 1000)))
    other = copied(kv)
    other.vectors[0] = 5
    assert other["a"][7] == 5 and not other["a"].flags.writeable
    assert np.shares_memory(other["a"], other.vectors)
    assert len(pickle.dumps(other)) < 1.5 * other.vectors.nbytes  # the numbers are in it once
