"""Matrices: padding, alignment, gensim's initial numbers, and adoption of what users put in their place."""

import numpy as np
import pytest

from w2vcore.model.memory import available_bytes, check_fits, matrix_bytes
from w2vcore.model.weights import adopt, initial_vectors, is_padded, padded, zeros


@pytest.mark.parametrize("size", [1, 15, 16, 17, 100, 300])
def test_zeros_are_padded_and_aligned(size):
    matrix = zeros(7, size)
    assert matrix.shape == (7, padded(size))
    assert matrix.shape[1] % 16 == 0
    assert matrix.ctypes.data % 64 == 0
    assert not matrix.any()
    assert is_padded(matrix[:, :size], size)


@pytest.mark.parametrize("threads", ["1", "2", "3"])
@pytest.mark.parametrize(("rows", "size", "seed"), [(10, 7, 1), (1000, 100, 42), (50_000, 101, 3), (45_001, 101, 0)])
def test_initial_vectors_are_gensims(rows, size, seed, threads, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
    # gensim 4 (keyedvectors.prep_vectors): default_rng(seed).random(shape, float32), then *= 2, -= 1, /= size
    expected = np.random.default_rng(seed=seed).random((rows, size), dtype=np.float32)
    expected *= 2.0
    expected -= 1.0
    expected /= size
    vectors = initial_vectors(rows, size, seed)
    np.testing.assert_array_equal(vectors, expected)
    assert is_padded(vectors, size)


def test_adopt_takes_our_own_matrix_without_a_copy():
    matrix = zeros(5, 10)
    view = matrix[:, :10]
    whole = adopt(view, 10)
    assert whole.shape == (5, 16)
    whole[3, 2] = 7
    assert view[3, 2] == 7


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda a: a.copy(), id="contiguous"),
        pytest.param(np.asfortranarray, id="fortran"),
        pytest.param(lambda a: np.repeat(a, 2, axis=0)[::2], id="strided rows"),
        pytest.param(lambda a: a[::-1][::-1].copy().astype(">f4").astype(np.float32), id="other bytes"),
    ],
)
def test_adopt_copies_other_arrays(make):
    source = make(initial_vectors(5, 10, 1))
    whole = adopt(source, 10)
    np.testing.assert_array_equal(whole[:, :10], source)
    assert not whole[:, 10:].any()
    assert not np.shares_memory(whole, source)


def test_adopt_copies_a_read_only_view_and_one_with_dirty_padding():
    view = zeros(5, 10)[:, :10]
    view.flags.writeable = False
    assert not np.shares_memory(adopt(view, 10), view)
    dirty = zeros(5, 10)
    dirty[2, 12] = 1
    whole = adopt(dirty[:, :10], 10)
    assert not whole[:, 10:].any()


def test_adopt_does_not_reach_past_the_end_of_foreign_memory():
    # looks like a padded view, but the last row's padding lies outside its memory
    raw = np.zeros(16 * 5 + 10 + 16, np.float32)
    first = -(raw.ctypes.data // 4) % 16
    short = np.frombuffer(raw[first : first + 16 * 4 + 10].tobytes(), np.float32)
    view = np.lib.stride_tricks.as_strided(short, (5, 10), (64, 4))
    whole = adopt(view, 10)
    assert not np.shares_memory(whole, short)


def test_memory_check_names_the_sizes():
    assert matrix_bytes(10, 100) == 10 * 112 * 4
    free = available_bytes()
    if free is None:
        pytest.skip("this system does not say how much memory is free")
    with pytest.raises(MemoryError, match=r"V=10,000,000,000 × D=500 × 2 float32 tables = 40,960.0 GB; .* GB free"):
        check_fits(10_000_000_000, 500, 2)
    check_fits(10, 100, 2)
