"""Whoever once had the matrix in hand may write into it later: queries notice, whatever way the matrix went out."""

import copy
import threading

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.keyedvectors.matrix import Matrix
from w2vcore.query import similarity


def made():
    kv = KeyedVectors(2)
    kv.add_vectors(["a", "b", "c"], np.array([[1, 0], [3, 4], [0, 2]], np.float32))
    return kv


def assigned(kv, tmp_path):
    mine = np.array(kv.vectors)
    kv.vectors = mine
    return kv, mine


def read(kv, tmp_path):
    return kv, kv.vectors


def of_a_shallow_copy(kv, tmp_path):
    return kv, copy.copy(kv).vectors


def mapped_by_another(kv, tmp_path):
    kv.save(tmp_path / "kv")
    first, second = (KeyedVectors.load(tmp_path / "kv", mmap="r+") for _ in range(2))
    return first, second.vectors


@pytest.mark.parametrize("lend", [assigned, read, of_a_shallow_copy, mapped_by_another])
def test_a_write_behind_the_back_is_noticed(tmp_path, lend):
    kv, matrix = lend(made(), tmp_path)
    assert kv.most_similar("a", topn=1) == [("b", pytest.approx(0.6))]
    assert kv.most_similar("a", topn=1) == [("b", pytest.approx(0.6))]  # the norms are in the cache now
    matrix[1] = [30, 0]
    assert kv.most_similar("a", topn=1) == [("b", pytest.approx(1.0))]


def test_a_deep_copy_has_a_matrix_of_its_own():
    kv = made()
    other = copy.deepcopy(kv)
    other.vectors[1] = [1, 0]
    assert kv.most_similar("a", topn=1) == [("b", pytest.approx(0.6))]
    assert other.most_similar("a", topn=1) == [("b", pytest.approx(1.0))]


def test_another_thread_clears_the_norms_at_once():
    class Cleared(Matrix):
        lengths = property(lambda self: None, lambda self, value: None)

    kv = made()
    kv._table.matrix = Cleared(kv.vectors)
    assert kv.vectors.shape == (3, 2)
    assert kv.most_similar("a", topn=1) == [("b", pytest.approx(0.6))]
    assert kv.most_similar_batch(["a"], topn=1) == [[("b", pytest.approx(0.6))]]


@pytest.mark.timeout(60)
def test_norms_that_another_thread_is_computing_anew_are_not_taken(monkeypatch):
    kv, seen, real = made(), [], similarity.norms
    kv.most_similar("a")
    kv.vectors[2] = [0, 200]

    def slow(vectors):
        monkeypatch.setattr(similarity, "norms", real)
        other = threading.Thread(target=lambda: seen.append(kv.distances("a", ["b", "c"]).tolist()))
        other.start()
        other.join()
        seen.append(kv.norms)
        return real(vectors)

    monkeypatch.setattr(similarity, "norms", slow)
    assert kv.most_similar("c", topn=1) == [("b", pytest.approx(0.8))]
    assert seen[1].tolist() == [1, 5, 200]
