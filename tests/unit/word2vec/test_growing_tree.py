"""`build_vocab(update=True)` with hierarchical softmax: what was trained stays what it was, and new words join it."""

import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.formats import native, safetensors_file
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.word2vec.files import snapshot_of

KINDS = {
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0},
    "both": {"sg": 1, "hs": 1, "negative": 3},
    "unsorted": {"sg": 1, "hs": 1, "negative": 0, "sorted_vocab": 0},
    "null word": {"sg": 1, "hs": 1, "negative": 0, "null_word": 1},
}
SMALL = {"vector_size": 10, "min_count": 1, "workers": 1, "epochs": 3, "seed": 2, "sample": 0}


def corpus(seed, words, sentences=60):
    """Sentences of words of which the first are the most frequent."""
    rng = np.random.default_rng(seed)
    return [[words[min(rank, len(words) - 1)] for rank in rng.geometric(0.15, 9) - 1] for _ in range(sentences)]


OLD_WORDS = [f"old{number}" for number in range(25)]
NEW_WORDS = [f"new{number}" for number in range(7)]
OLD = corpus(1, OLD_WORDS)
NEW = corpus(2, [*NEW_WORDS, *OLD_WORDS], sentences=15)


def trained(**settings):
    return Word2Vec(OLD, **{**SMALL, **KINDS["sghs"], **settings})


def paths(model, words=None):
    """(points, code) of words."""
    keys = model.wv.index_to_key if words is None else words
    return {
        key: (model.wv.get_vecattr(key, "point").tolist(), model.wv.get_vecattr(key, "code").tolist()) for key in keys
    }


def weights(model):
    return [getattr(model, name).tobytes() for name in ("syn1", "syn1neg") if hasattr(model, name)] + [
        model.wv.vectors.tobytes()
    ]


# ---------------------------------------------------------------------- what stays


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_trained_stays_bit_for_bit(kind):
    model = trained(**KINDS[kind])
    words, nodes = len(model.wv), model.syn1[: len(model.wv) - 1].copy()
    vectors, before = model.wv.vectors.copy(), paths(model)
    assert model.syn1.shape == (words, 10)
    model.build_vocab(NEW, update=True)
    assert len(model.wv) == words + len(NEW_WORDS)
    np.testing.assert_array_equal(model.wv.vectors[:words], vectors)
    np.testing.assert_array_equal(model.syn1[: words - 1], nodes)
    assert model.syn1.shape == (len(model.wv), 10) and not model.syn1[words - 1 :].any()
    node = len(model.wv) - 2
    after = paths(model, before)
    moved = [word for word in before if after[word] != before[word]]
    for word in moved:
        at = after[word][0].index(node)
        assert [part[:at] + part[at + 1 :] for part in after[word]] == list(before[word])
    assert 0 < len(moved) < len(before)
    model.train(NEW, total_examples=len(NEW), epochs=3)
    assert model.syn1[words - 1 : -1].any(axis=1).all() and not model.syn1[-1].any()
    assert np.isfinite(model.wv.vectors).all()


def test_old_text_is_as_likely_but_for_one_decision_that_is_still_open():
    """A node that has learned nothing says one half: log 2 for each pair whose centre is below the new node."""
    model = trained(window=2)
    before, old = model.score(OLD), paths(model)
    model.build_vocab(NEW, update=True)
    moved = {word for word, path in paths(model, old).items() if path != old[word]}
    for sentence, one, other in zip(OLD, before, model.score(OLD), strict=True):
        pairs = sum(
            sentence[at] in moved
            for at in range(len(sentence))
            for near in range(max(0, at - 2), min(len(sentence), at + 3))
            if near != at
        )
        assert other == pytest.approx(one - pairs * np.log(2), rel=1e-5)
    loss = -model.score(OLD).sum()
    model.train(OLD, total_examples=len(OLD), epochs=3)
    assert -model.score(OLD).sum() < loss


@pytest.mark.parametrize("kind", ["sghs", "cbowhs"])
def test_without_new_words_only_counts_change(kind):
    """With sample=0 nothing but the tree depends on counts: training goes on as if nothing had happened."""
    model, twin = trained(**KINDS[kind]), trained(**KINDS[kind])
    more = [["old9", "old1"]] * 40  # old9 is one of the most frequent words now
    model.build_vocab(more, update=True)
    assert model.wv.get_vecattr("old9", "count") == twin.wv.get_vecattr("old9", "count") + 40
    assert paths(model) == paths(twin)
    for each in (model, twin):
        each.train(OLD, total_examples=len(OLD), epochs=1)
    assert weights(model) == weights(twin)


def test_counts_that_are_changed_by_hand_leave_the_tree():
    model, twin = trained(), trained()
    model.wv.set_vecattr("old9", "count", 1000)
    for each in (model, twin):
        each.train(OLD, total_examples=len(OLD), epochs=1)
    assert weights(model) == weights(twin)


@pytest.mark.parametrize("kind", KINDS)
def test_one_word_after_another(kind):
    model = trained(**KINDS[kind])
    for number in range(12):
        nodes, before = model.syn1[: len(model.wv) - 1].copy(), paths(model)
        text = [[f"more{number}", "old0", "old1"]] * (number % 4 + 1)
        model.build_vocab(text, update=True)
        np.testing.assert_array_equal(model.syn1[: len(nodes)], nodes)
        after = paths(model)
        assert sum(len(after[word][0]) - len(before[word][0]) for word in before) in range(1, len(before) + 1)
        model.train(text, total_examples=len(text), epochs=1)
    codes = ["".join(map(str, code)) for _, code in paths(model).values()]
    assert sum(2.0 ** -len(code) for code in codes) == 1
    assert len(set(codes)) == len(model.wv)


def test_words_that_are_given_with_their_counts():
    """gensim's own test."""
    model = Word2Vec(vector_size=10, min_count=0, seed=42, hs=1, negative=0)
    model.build_vocab_from_freq({"minors": 2, "graph": 3, "system": 4, "trees": 3, "computer": 2})
    model.build_vocab_from_freq({"computer": 1, "artificial": 4, "graph": 1, "intelligence": 4}, update=True)
    assert model.wv.get_vecattr("graph", "count") == model.wv.get_vecattr("artificial", "count") == 4
    assert len(model.wv) == 7 and model.syn1.shape == (7, 10)


def test_a_vocabulary_of_one_word_grows():
    model = Word2Vec([["a", "a", "a"]], **SMALL, **KINDS["sghs"])
    assert model.syn1.shape == (1, 10) and paths(model) == {"a": ([], [])}
    model.build_vocab([["b", "a", "b"]], update=True)
    assert paths(model) == {"a": ([0], [1]), "b": ([0], [0])}
    model.train([["b", "a", "b"]], total_examples=1, epochs=1)
    assert model.syn1[0].any()


def test_the_building_blocks():
    whole, model = trained(), trained()
    whole.build_vocab(NEW, update=True)
    model.scan_vocab(NEW)
    model.prepare_vocab(update=True, dry_run=True)
    model.prepare_vocab(update=True)
    model.prepare_weights(update=True)
    assert weights(model) == weights(whole) and paths(model) == paths(whole)
    model.add_null_word()
    with pytest.raises(ValueError, match="one row for each word"):
        model.train(NEW, total_examples=len(NEW), epochs=1)
    model.update_weights()
    assert len(paths(model)) == len(model.wv) and model.syn1.shape == (len(model.wv), 10)
    model.train(NEW, total_examples=len(NEW), epochs=1)


def test_an_update_that_is_not_possible_changes_nothing():
    model = trained(**KINDS["both"])
    model.syn1 = None
    keys, counts = list(model.wv.index_to_key), model.wv.expandos["count"].tolist()
    with pytest.raises(RuntimeError, match=r"no syn1.*init_weights\(\)"):
        model.build_vocab(NEW, update=True)
    assert model.wv.index_to_key == keys and model.wv.expandos["count"].tolist() == counts
    with pytest.raises(RuntimeError, match="no prior vocabulary"):
        Word2Vec(hs=1).build_vocab(NEW, update=True)


# ---------------------------------------------------------------------- where the tree goes


def grown(**settings):
    model = trained(**settings)
    model.build_vocab(NEW, update=True)
    model.train(NEW, total_examples=len(NEW), epochs=1)
    return model


@pytest.mark.parametrize("kind", KINDS)
def test_copies_and_files_train_on_equally(tmp_path, kind):
    model = grown(**KINDS[kind])
    model.save(tmp_path / "model")
    twins = [copy.deepcopy(model), pickle.loads(pickle.dumps(model)), Word2Vec.load(tmp_path / "model")]
    twins.append(Word2Vec.load(tmp_path / "model", mmap="r"))
    expected, scores = paths(model), model.score(NEW)
    for twin in twins:
        assert paths(twin) == expected
        np.testing.assert_array_equal(twin.score(NEW), scores)
    for each in (model, *twins):
        each.build_vocab([["newest", "old1", "new1"]] * 5, update=True)
        each.train(OLD + NEW, total_examples=75, epochs=1)
    assert all(weights(twin) == weights(model) and paths(twin) == paths(model) for twin in twins)


def header(path):
    with path.open("rb") as file:
        return safetensors_file.read_header(file, None, "m")


def test_only_a_tree_that_has_grown_is_in_the_file(tmp_path):
    model = trained()
    model.save(tmp_path / "plain")
    model.build_vocab(NEW, update=True)
    model.save(tmp_path / "grown")
    for name, version in (("plain", "1"), ("grown", "2")):
        found = header(tmp_path / name)
        shapes = {tensor.name: tensor.shape for tensor in found.tensors}
        words = shapes["embeddings"][0]
        assert found.metadata["format_version"] == version
        assert shapes["tree"] == (words - 1, 10)
        assert shapes.get("tree.children") == ((words - 1, 2) if version == "2" else None)
    assert KeyedVectors.load(tmp_path / "grown").index_to_key == model.wv.index_to_key
    model.save(tmp_path / "without", ignore=["syn1"])
    assert header(tmp_path / "without").metadata["format_version"] == "1"


@pytest.mark.parametrize("damage", [lambda tree: tree[:-1], lambda tree: tree * 0, lambda tree: tree[:, :1]])
def test_a_damaged_tree_is_refused(tmp_path, damage):
    snapshot = snapshot_of(grown())
    snapshot.arrays["tree.children"] = damage(snapshot.arrays["tree.children"])
    native.write(snapshot, tmp_path / "m")
    with pytest.raises((ValueError, RuntimeError), match=r"no children of a tree|is one of \d+ words, and wv has"):
        Word2Vec.load(tmp_path / "m").train(OLD, total_examples=60, epochs=1)


def test_a_checkpoint_goes_on_with_the_tree(tmp_path):
    class Stop:
        def __getattr__(self, event):
            return lambda model: 1 / (event != "on_epoch_end" or model.epochs_trained < 5)

    whole, broken = grown(), grown()
    arguments = {"total_examples": len(NEW), "epochs": 3}
    whole.train(NEW, **arguments)
    with pytest.raises(ZeroDivisionError):
        broken.train(NEW, **arguments, callbacks=[Stop()], checkpoint=tmp_path / "c")
    resumed = Word2Vec.resume(tmp_path / "c", NEW)
    assert weights(resumed) == weights(whole) and paths(resumed) == paths(whole)


@pytest.mark.parametrize("backend", ["threads", "reference"])
@pytest.mark.parametrize("kind", KINDS)
def test_backends_agree(backend, kind):
    model, twin = grown(**KINDS[kind]), grown(**KINDS[kind])
    twin.backend = backend
    for each in (model, twin):
        each.train(NEW, total_examples=len(NEW), epochs=2)
    for name in ("syn1", "syn1neg"):
        if hasattr(model, name):
            np.testing.assert_allclose(getattr(twin, name), getattr(model, name), atol=1e-5)


@pytest.mark.parametrize("begin", ["init_weights", "build_vocab"])
def test_a_fresh_start_is_a_fresh_tree(begin):
    model = grown()
    text = [[key] * int(model.wv.get_vecattr(key, "count")) for key in model.wv.index_to_key]
    model.init_weights() if begin == "init_weights" else model.build_vocab(text)
    assert model.wv.expandos["count"].sum() == sum(map(len, text))
    shown = [paths(model)[key] for key in model.wv.index_to_key]
    tree = huffman_tree(model.wv.expandos["count"]).paths()
    at = tree.offsets.tolist()
    assert [points for points, _ in shown] == [tree.points[a:b].tolist() for a, b in pairwise(at)]


def test_reset_from_takes_the_tree_over():
    first = grown()
    expected = paths(first)
    model = Word2Vec(**SMALL, hs=1, negative=0)
    model.reset_from(first)
    assert model.wv.expandos is first.wv.expandos and paths(model) == expected
    assert not model.syn1.any()
    model.train(OLD, total_examples=60, epochs=1)
    model.init_weights()
    assert paths(model) != expected and paths(first) == expected
    other = Word2Vec(**SMALL)
    other.reset_from(first)
    other.train(OLD, total_examples=60, epochs=1)
    first.reset_from(Word2Vec(OLD, **SMALL))  # from a model that has none
    assert len(paths(first)) == 25


def test_rows_that_users_sort_keep_their_paths(tmp_path):
    """Words that came later may be more frequent; sorting moves their vectors, and with them their place in the tree."""
    model = trained()
    model.build_vocab([["often"] * 50, ["old1", "rare"]], update=True)
    model.train([["often", "rare", "old1"]] * 20, total_examples=20, epochs=1)
    before, scores = paths(model), model.score(OLD)
    model.wv.sort_by_descending_frequency()
    assert model.wv.index_to_key != list(before)
    assert paths(model) == before
    model.save(tmp_path / "m")  # nobody has asked for the tree since
    np.testing.assert_array_equal(model.score(OLD), scores)
    loaded = Word2Vec.load(tmp_path / "m")
    assert paths(loaded) == before
    for each in (model, loaded):
        each.build_vocab([["newest", "old1"]], update=True)
        each.train(OLD, total_examples=60, epochs=1)
    assert weights(model) == weights(loaded) and paths(model) == paths(loaded)


def test_other_vectors_of_the_same_words_keep_the_tree(tmp_path):
    """In their order: a word2vec file has the words in descending order of their counts."""
    model = trained()
    model.build_vocab([["often"] * 50, ["old1", "rare"]], update=True)
    model.train([["often", "rare", "old1"]] * 20, total_examples=20, epochs=1)
    before, scores, counts = (
        paths(model),
        model.score(OLD),
        dict(zip(model.wv.index_to_key, model.wv.expandos["count"], strict=True)),
    )
    model.wv.save_word2vec_format(tmp_path / "v")
    model.wv = KeyedVectors.load_word2vec_format(tmp_path / "v")
    for key, count in counts.items():
        model.wv.set_vecattr(key, "count", int(count))
    assert model.wv.index_to_key != list(before)
    np.testing.assert_allclose(model.score(OLD), scores, rtol=1e-6)
    assert paths(model) == before
    model.train(OLD, total_examples=60, epochs=1)
    keys = [*model.wv.index_to_key[:-1], "stranger"]
    model.wv = KeyedVectors(10)
    model.wv.add_vectors(keys, np.ones((27, 10)), extras={"count": [3] * 27})
    with pytest.raises(
        RuntimeError, match=r"one of other words than those of wv, such as 'stranger': call init_weights"
    ):
        model.train(OLD, total_examples=60, epochs=1)
    model.init_weights()
    model.train(OLD, total_examples=60, epochs=1)


def test_vectors_that_users_add_are_not_in_the_tree_until_an_update(tmp_path):
    model = trained()
    before = paths(model)
    model.wv.add_vectors(["extra", "more"], np.ones((2, 10)))
    assert model.wv.get_vecattr("extra", "code") == 0 and paths(model, before) == before
    model.save(tmp_path / "m")
    for each in (model, Word2Vec.load(tmp_path / "m")):
        with pytest.raises(ValueError, match="syn1 must have shape"):
            each.train(OLD, total_examples=60, epochs=1)
        with pytest.raises(RuntimeError, match=r"tree .* of 25 words, and wv has 27: call update_weights\(\)"):
            each.score(OLD)
        each.update_weights()
        assert len(paths(each)) == 27
        each.train(OLD, total_examples=60, epochs=1)
    other = trained()
    other.wv.add_vectors(["extra", "more"], np.ones((2, 10)), extras={"count": [500, 300]})
    other.wv.sort_by_descending_frequency()
    with pytest.raises(RuntimeError, match=r"of 25 words, and wv has 27: .* init_weights\(\) to begin anew"):
        other.score(OLD)
    other.save(tmp_path / "m")
    assert Word2Vec.load(tmp_path / "m").wv.index_to_key[0] == "extra"
    other.init_weights()
    other.train(OLD, total_examples=60, epochs=1)


def test_vectors_without_counts_have_no_tree_until_there_are_counts():
    model = trained()
    keys, vectors = model.wv.index_to_key, model.wv.vectors.copy()
    model.wv = KeyedVectors(10)
    model.wv.add_vectors(keys, vectors)
    model.init_weights()
    assert "code" not in model.wv.expandos
    with pytest.raises(RuntimeError, match="counts of 0 words, but 25 keys"):
        model.train(OLD, total_examples=60, epochs=1)
    for key in keys:
        model.wv.set_vecattr(key, "count", 3)
    model.train(OLD, total_examples=60, epochs=1)
    assert len(paths(model)) == 25


# ---------------------------------------------------------------------- the matrix


def test_a_matrix_with_or_without_the_row_of_no_node(tmp_path):
    model, expected = trained(), trained()
    expected.train(OLD, total_examples=60, epochs=1)
    rng = np.random.default_rng(1)
    for rows in (25, 24):
        twin = trained()
        twin.syn1 = np.array(model.syn1[:rows])
        np.testing.assert_array_equal(twin.score(OLD), model.score(OLD))
        twin.save(tmp_path / "m")
        assert Word2Vec.load(tmp_path / "m").syn1.shape == (25, 10)
        twin.train(OLD, total_examples=60, epochs=1)
        assert twin.syn1.shape == (25, 10) and weights(twin) == weights(expected)
        twin.syn1 = rng.random((rows, 10)).astype(np.float32)
        given = twin.syn1.copy()
        twin.build_vocab(NEW, update=True)
        np.testing.assert_array_equal(twin.syn1[:24], given[:24])
        assert not twin.syn1[24:].any(), "a row that belonged to no node begins as a node of its own"
    for rows in (23, 26):
        twin.syn1 = np.zeros((rows, 10), np.float32)
        with pytest.raises(ValueError, match=r"syn1 must have shape \(32, 10\)"):
            twin.train(OLD, total_examples=60, epochs=1)
        with pytest.raises(ValueError, match="syn1 must have shape"):
            twin.score(OLD)


def test_a_mapped_matrix_is_that_of_the_file(tmp_path):
    model = trained()
    model.save(tmp_path / "m")
    mapped = Word2Vec.load(tmp_path / "m", mmap="r")
    assert isinstance(mapped.syn1, np.memmap) and mapped.syn1.shape == (24, 10)
    np.testing.assert_array_equal(mapped.score(OLD), model.score(OLD))
    mapped.save(tmp_path / "again")
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "again").syn1, model.syn1)


# ---------------------------------------------------------------------- what is seen of the tree


def test_paths_are_there_with_the_vocabulary_and_made_when_looked_at(monkeypatch, tmp_path):
    from w2vcore.objectives.code_tree import CodeTree

    made = []
    original = CodeTree.paths
    monkeypatch.setattr(CodeTree, "paths", lambda self: made.append(1) or original(self))
    model = Word2Vec(**SMALL, **KINDS["sghs"])
    model.build_vocab(OLD)
    twin = copy.deepcopy(model)
    wv = model.wv
    assert "code" in wv.expandos and "point" in wv.expandos and len(wv.expandos) == 4
    assert list(wv.expandos) == ["count", "sample_int", "code", "point"]
    model.save(tmp_path / "m")
    wv.save(tmp_path / "v")
    wv.most_similar("old1")
    wv.set_vecattr("old1", "mark", 7)
    wv.add_vectors(["old1"], np.ones((1, 10)))
    assert not made, "nobody has looked at a path"
    code, point = wv.get_vecattr("old3", "code"), wv.get_vecattr("old3", "point")
    assert (code.dtype, point.dtype, len(code)) == (np.uint8, np.uint32, len(point))
    assert wv.expandos["code"] is wv.expandos["code"] and wv.expandos["code"].dtype == object
    assert len(made) == 2
    assert paths(twin) == paths(model) == paths(Word2Vec.load(tmp_path / "m"))
    assert "code" not in KeyedVectors.load(tmp_path / "v").expandos
    wv.save(tmp_path / "v")  # they are not saved when they are made either
    assert "code" not in KeyedVectors.load(tmp_path / "v").expandos
    some = wv.vectors_for_all(["old3", "old1"], copy_vecattrs=True)
    assert some.get_vecattr("old3", "point").tolist() == point.tolist()
    some.save(tmp_path / "v")
    assert "code" not in Word2Vec(OLD, **SMALL).wv.expandos


def test_no_tree_without_hierarchical_softmax():
    model = Word2Vec(OLD, **SMALL)
    assert "code" not in model.wv.expandos
    model.create_binary_tree()
    assert [len(code) > 0 for code in model.wv.expandos["code"]] == [True] * 25
    model.build_vocab(NEW, update=True)
    assert "code" not in model.wv.expandos, "a tree of other words"


def test_create_binary_tree_shows_the_tree_that_is_trained():
    model = grown()
    before = paths(model)
    model.create_binary_tree()
    assert paths(model) == before


def test_a_model_that_an_older_version_pickled():
    model = trained()
    expected = paths(model)
    del model.__dict__["_tree"]
    model.wv.expandos = {name: model.wv.expandos[name] for name in ("count", "sample_int")}
    old = pickle.loads(pickle.dumps(model))
    old.train(OLD, total_examples=60, epochs=1)
    assert paths(old) == expected
