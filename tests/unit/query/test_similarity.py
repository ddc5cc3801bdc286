"""The arithmetic of queries against float64 twins, on views with a row stride."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.query import _nearest, similarity


def padded(rows=50, size=17, dtype=np.float32):
    matrix = np.full((rows, size + 15), np.nan, dtype)
    matrix[:, :size] = np.random.default_rng(rows).standard_normal((rows, size))
    return matrix[:, :size]


def twin_cosines(vectors, query):
    wide, query = vectors.astype(np.float64), np.asarray(query, np.float64)
    lengths = np.linalg.norm(wide, axis=1) * np.linalg.norm(query)
    return np.divide(wide @ query, lengths, out=np.zeros(len(wide)), where=lengths > 0)


def twin_top(similarities, topn, excluded):
    rows = [row for row in range(len(similarities)) if row not in excluded]
    return sorted(rows, key=lambda row: (-similarities[row], row))[:topn]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 15, 16, 17, 100])
def test_cosines(dtype, size):
    vectors = padded(size=size, dtype=dtype)
    vectors[3] = 0
    query = vectors[1].astype(np.float64) + 0.1
    result = similarity.cosines(vectors, similarity.norms(vectors), query)
    # 1e-6: float32 sums of up to 100 products, each within 2^-24
    np.testing.assert_allclose(result, twin_cosines(vectors, query), atol=1e-6)
    assert result[3] == 0
    assert not similarity.cosines(vectors, similarity.norms(vectors), np.zeros(size)).any()


@pytest.mark.parametrize("scale", [1e-18, 1e15])
def test_lengths_do_not_underflow_or_overflow(scale):
    vectors = (padded() * scale).astype(np.float32)
    result = similarity.cosines(vectors, similarity.norms(vectors), vectors[0])
    np.testing.assert_allclose(result, twin_cosines(vectors, vectors[0]), atol=1e-6)


def test_a_matrix_with_row_stride_is_not_copied():
    vectors = padded(20000, 100)
    query = np.ones(100, np.float32)
    similarity.cosines(vectors, similarity.norms(vectors), query)
    lengths = similarity.norms(vectors)
    tracemalloc.start()
    similarity.top(similarity.cosines(vectors, lengths, query), 10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < vectors.nbytes / 8  # a few arrays of one number a row


values = st.floats(-2, 2, width=32) | st.sampled_from([0.0, 0.5, -1.0, np.nan, np.inf, -np.inf])


@settings(deadline=None)
@given(arrays.arrays(np.float32, st.integers(0, 30), elements=values), st.integers(-1, 40), st.sets(st.integers(0, 29)))
def test_top(similarities, topn, excluded):
    excluded = sorted(row for row in excluded if row < len(similarities))
    result = similarity.top(similarities, topn, excluded)
    smallest = np.where(np.isnan(similarities), -np.inf, similarities)
    assert result == (twin_top(smallest, topn, excluded) if topn > 0 else [])


@settings(deadline=None)
@given(arrays.arrays(np.int8, st.integers(1, 300), elements=st.integers(0, 2)), st.integers(1, 300))
def test_top_with_many_ties_goes_by_row(similarities, topn):
    assert similarity.top(similarities.astype(np.float32), topn) == twin_top(similarities.tolist(), topn, ())


def test_cosine_of_a_vector_with_itself_is_exactly_one():
    vectors = padded(500, 33)
    assert all(similarity.cosine(row, row) == 1 for row in vectors)
    assert similarity.cosine(np.zeros(3), np.ones(3)) == 0
    assert isinstance(similarity.cosine([1.0], [2.0]), np.float32)


def test_unit_keeps_type_and_zeros():
    result = similarity.unit(np.array([[3, 4], [0, 0]], np.float32))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, [[0.6, 0.8], [0, 0]], rtol=1e-7)
    assert similarity.unit([3, 4]).dtype == np.float64


def test_weighted_mean():
    rows = np.array([[2.0, 0.0], [0.0, 5.0]])
    assert similarity.weighted_mean(rows, [1, -3]).tolist() == [0.25, -0.75]
    assert similarity.weighted_mean(rows, [1, -1], pre_normalize=False).tolist() == [1.0, -2.5]
    np.testing.assert_allclose(similarity.weighted_mean(rows, [3, 4], True, True), [0.6, 0.8])
    assert similarity.weighted_mean(rows, [0, 0]).tolist() == [0.0, 0.0]


def test_top_counts_nan_as_minus_infinity_for_few_and_for_many():
    values = np.array([np.nan, -np.inf, 2, np.nan], np.float32)
    assert similarity.top(values, 4) == [2, 0, 1, 3]
    assert similarity.top(np.tile(values, 50), 70)[:50] == list(range(2, 200, 4))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_have_lengths_sees_a_change_beyond_rounding(dtype):
    vectors = padded(20, 33).astype(dtype)
    lengths = similarity.norms(vectors)
    assert similarity.have_lengths(vectors, lengths, range(20))
    vectors[3, 5] += 1
    assert not similarity.have_lengths(vectors, lengths, [0, 3])
    assert similarity.have_lengths(vectors, lengths, [0, 4])


def test_no_more_rows_are_listed_than_there_is_room_for():
    with pytest.raises(ValueError, match="at most 64 rows can be listed, got wanted=65"):
        _nearest.best(np.zeros(100, np.float32), 65, [])
