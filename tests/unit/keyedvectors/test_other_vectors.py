"""Vectors from and for elsewhere: other keys, other files, other texts, other programs."""

import importlib.util
import io
import logging
import sys
import types

import numpy as np
import pytest

from w2vcore import Word2Vec, keyedvectors
from w2vcore.keyedvectors import KeyedVectors


@pytest.fixture
def kv():
    result = KeyedVectors(2)
    result.add_vectors(["a", "b", "c"], [[1, 0], [1, 1], [0, 1]], extras={"count": [3, 9, 4]})
    return result


def test_vectors_for_all(kv):
    some = kv.vectors_for_all(iter(["c", "zzz", "a", "c"]))
    assert some.index_to_key == ["c", "a"]
    assert some.vectors.tolist() == [[0, 1], [1, 0]]
    assert some.get_vecattr("c", "count") == 2
    some.vectors[0] = 7
    assert kv["c"].tolist() == [0, 1]
    kv.set_vecattr("b", "tag", "noun")
    copied = kv.vectors_for_all(["b", "a"], copy_vecattrs=True)
    assert copied.expandos["count"].tolist() == [9, 3]
    assert copied.expandos["tag"].tolist() == ["noun", 0]
    assert len(kv.vectors_for_all([])) == 0
    assert kv.vectors_for_all(["a"]).most_similar("a") == []


def files(words, rows):
    kv = KeyedVectors(len(rows[0]))
    kv.add_vectors(words, rows)
    return kv


@pytest.mark.parametrize("binary", [False, True])
def test_intersect(kv, tmp_path, binary):
    """gensim: IndexError without factors for all rows, and always for binary files."""
    path = tmp_path / "vectors"
    files(["b", "zzz", "c"], [[7, 8], [9, 9], [5, 6]]).save_word2vec_format(path, binary=binary)
    kv.most_similar("a")
    kv.intersect_word2vec_format(path, binary=binary)
    assert kv.vectors.tolist() == [[1, 0], [7, 8], [5, 6]]
    assert kv.vectors_lockf.tolist() == [1, 0, 0]
    assert len(kv) == 3
    assert kv.similarity("a", "b") == pytest.approx(7 / np.sqrt(113))
    assert kv.most_similar("a", topn=1)[0] == ("b", pytest.approx(7 / np.sqrt(113)))
    kv.intersect_word2vec_format(path, lockf=0.5, binary=binary)
    assert kv.vectors_lockf.tolist() == [1, 0.5, 0.5]
    assert [event["event"] for event in kv.lifecycle_events] == ["intersect_word2vec_format"] * 2


def test_intersect_keeps_the_words_from_being_trained(tmp_path):
    corpus = [["a", "b", "c", "d"]] * 50
    model = Word2Vec(vector_size=4, min_count=1, workers=1, sample=0)
    model.build_vocab(corpus)
    files(["b"], [[1, 2, 3, 4]]).save_word2vec_format(tmp_path / "vectors.txt")
    model.wv.intersect_word2vec_format(tmp_path / "vectors.txt")
    before = model.wv.vectors.copy()
    model.train(corpus, total_examples=50, epochs=2)
    assert model.wv["b"].tolist() == [1, 2, 3, 4]
    assert (model.wv["a"] != before[model.wv.key_to_index["a"]]).any()


def test_intersect_with_another_size_changes_nothing(kv, tmp_path):
    path = tmp_path / "vectors.txt"
    files(["b"], [[7, 8, 9]]).save_word2vec_format(path)
    for source in (path, io.BytesIO(path.read_bytes())):
        with pytest.raises(ValueError, match=r"incompatible vector size 3 in file .*: here it is 2"):
            kv.intersect_word2vec_format(source)
    assert kv.vectors.tolist() == [[1, 0], [1, 1], [0, 1]]
    kv.vectors.flags.writeable = False
    with pytest.raises(ValueError, match="vectors are mapped read-only"):
        kv.intersect_word2vec_format(path)


def test_unseen_documents_need_another_model(kv):
    with pytest.raises(NotImplementedError, match="n_similarity or wmdistance"):
        kv.similarity_unseen_docs([], [])


def test_words_closer_than_is_deprecated(kv):
    with pytest.warns(DeprecationWarning, match="use closer_than"):
        assert kv.words_closer_than("a", "c") == ["b"]
    with pytest.raises(ValueError, match="keys_list must hold at least one key"):
        kv.most_similar_to_given("a", [])


# ------------------------------------------------------------------ wmdistance


@pytest.fixture
def solver(monkeypatch):
    """POT's, or where it is absent one that solves the same linear program."""
    if importlib.util.find_spec("ot") is None:

        def emd2(first, second, costs):
            from scipy.optimize import linprog

            rows, columns = costs.shape
            sums = np.vstack([np.kron(np.eye(rows), np.ones(columns)), np.kron(np.ones(rows), np.eye(columns))])
            return linprog(costs.ravel(), A_eq=sums, b_eq=np.concatenate([first, second])).fun

        monkeypatch.setitem(sys.modules, "ot", types.SimpleNamespace(emd2=emd2))


@pytest.mark.usefixtures("solver")
def test_wmdistance(kv, caplog):
    root = np.sqrt(2)
    assert kv.wmdistance(["a"], ["c"]) == pytest.approx(root)
    assert kv.wmdistance(["a", "a", "c"], ["a"], norm=False) == pytest.approx(root / 3)
    # half of each text is "a" and stays; the rest moves from c to b
    assert kv.wmdistance(["a", "c"], ["b", "a"], norm=False) == pytest.approx(1 / 2)
    unit = np.linalg.norm([1 / root, 1 / root - 1])
    assert kv.wmdistance(["a", "c"], ["b", "a"]) == pytest.approx(unit / 2)
    assert kv.wmdistance(["b"], ["b"]) == 0
    assert kv.wmdistance(["a", "b"], ["b", "a"]) == pytest.approx(0, abs=1e-12)
    with caplog.at_level(logging.INFO):
        assert kv.wmdistance(["zzz"], ["a"]) == float("inf")
    assert "Removed 1 OOV words" in caplog.text
    kv.add_vectors(["a too"], [[1, 0]])
    assert kv.wmdistance(["a"], ["a too"]) == float("inf"), "as in gensim, where all distances are zero"


def test_wmdistance_without_pot(kv, monkeypatch):
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(ImportError, match=r"pip install w2vcore\[wmd\]"):
        kv.wmdistance(["a"], ["b"])


# ------------------------------------------------------------------ names of the module


def test_names():
    for name in ("Word2VecKeyedVectors", "Doc2VecKeyedVectors", "EuclideanKeyedVectors"):
        assert getattr(keyedvectors, name) is KeyedVectors
    assert keyedvectors.Vocab is keyedvectors.CompatVocab
    assert keyedvectors.REAL is np.float32
    assert keyedvectors.load_word2vec_format(io.BytesIO(b"1 2\na 1 2\n"))["a"].tolist() == [1, 2]
    few, many = keyedvectors.CompatVocab(count=3, x=2), keyedvectors.CompatVocab(count=5)
    assert few < many
    assert str(few) == "CompatVocab<count:3, x:2>"


def test_vectors_as_gensim_makes_them():
    """Numbers seen in gensim 4.4.0."""
    weak = keyedvectors.pseudorandom_weak_vector(3, "abc", hashfxn=len)
    np.testing.assert_allclose(weak, [0.04278982, 0.1184422, 0.09473735], atol=1e-8)
    assert weak.dtype == np.float32
    assert (keyedvectors.pseudorandom_weak_vector(3) != keyedvectors.pseudorandom_weak_vector(3)).any()
    fresh = keyedvectors.prep_vectors((3, 2))
    expected = [[0.3506242, 0.13696164], [0.01113647, -0.23021334], [-0.19217062, -0.45902652]]
    np.testing.assert_allclose(fresh, expected, atol=1e-8)
    grown = keyedvectors.prep_vectors((3, 2), np.ones((1, 2), np.float32), seed=1)
    np.testing.assert_allclose(grown, [[1, 1], [0.25516748, 0.45046365], [-0.4651475, -0.35584044]], atol=1e-8)
    assert keyedvectors.prep_vectors((3, 2), fresh) is fresh


def test_lifecycle(kv, tmp_path, caplog):
    assert kv.lifecycle_events == []
    with caplog.at_level(logging.INFO):
        kv.add_lifecycle_event("reviewed", by="Ada")
    assert "KeyedVectors lifecycle event" in caplog.text
    kv.save(tmp_path / "vectors.kv")
    loaded = KeyedVectors.load(tmp_path / "vectors.kv")
    assert [event["event"] for event in loaded.lifecycle_events] == ["reviewed", "loaded"]
    assert loaded.lifecycle_events[0]["by"] == "Ada"
    kv.save_word2vec_format(tmp_path / "vectors.txt")
    (event,) = KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt").lifecycle_events
    assert event["event"] == "load_word2vec_format"
    assert "loaded (3, 2) matrix of type float32" in event["msg"]
    kv.lifecycle_events = None
    kv.add_lifecycle_event("forgotten")
    assert kv.lifecycle_events is None
