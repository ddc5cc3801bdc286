"""The search for many queries against one query at a time in float64, by NumPy and by each loop in C."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.kernels import _dispatch
from w2vcore.query import _nearest, search, similarity

LOOPS = [isa for isa in _dispatch.available() if _nearest.panel(isa)]
WAYS = ["numpy", *LOOPS]


def find(way, vectors, queries, topn, excluded=None, threads=1):
    """`search.nearest` by one of its ways."""
    lengths = similarity.norms(vectors)
    if way == "numpy":
        inverse = 1 / np.maximum(lengths, 1e-38)
        units = similarity.unit(queries).astype(np.float32)
        return search.best(
            lambda asked, rows: units[asked] @ vectors[rows].T * inverse[rows],
            len(queries),
            len(vectors),
            topn,
            excluded,
        )
    wanted = min(topn + (0 if excluded is None else excluded.shape[1]), len(vectors))
    inverse = (1 / np.maximum(lengths, 1e-38)).astype(np.float32)
    rows, values = search.in_registers(vectors, inverse, similarity.unit(queries), wanted, way, threads)
    return search.without(rows, values, excluded, topn)


def one_by_one(vectors, queries, topn, excluded=None):
    lengths, answers = similarity.norms(vectors), []
    for place, query in enumerate(queries):
        cosines = similarity.cosines(vectors.astype(np.float64), lengths, np.asarray(query, np.float64))
        left_out = [] if excluded is None else [row for row in excluded[place] if row >= 0]
        answers.append((similarity.top(cosines, topn, left_out), cosines))
    return answers


def cosines(vectors, lengths, query, isa):
    result = np.full(len(vectors), np.nan, np.float32)
    _nearest.cosines(vectors, lengths, query, result, isa)
    return result


def padded(rows, size):
    matrix = np.full((rows, size + 15), np.nan, np.float32)
    matrix[:, :size] = np.random.default_rng(rows + size).standard_normal((rows, size))
    return matrix[:, :size]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [1, 15, 16, 17, 100, 3000])
@pytest.mark.parametrize("queries", [1, 31, 32, 33, 70])
def test_every_way_finds_the_nearest(way, size, queries):
    vectors = padded(1003, size)
    vectors[7] = 0
    asked = np.random.default_rng(1).integers(0, 1003, queries)
    excluded = np.column_stack([asked, np.where(asked % 2, asked - 1, -1)])
    rows, values = find(way, vectors, vectors[asked].astype(np.float64), 5, excluded)
    for place, (expected, cosines) in enumerate(one_by_one(vectors, vectors[asked], 5, excluded)):
        # 1e-6: float32 sums; where two cosines differ by less, either may come first
        np.testing.assert_allclose(cosines[rows[place]], cosines[expected], atol=1e-6)
        np.testing.assert_allclose(values[place], cosines[rows[place]], atol=1e-6)
        assert len(set(rows[place].tolist())) == 5
        assert not set(rows[place].tolist()) & set(excluded[place].tolist())


matrices = arrays.arrays(np.float32, st.tuples(st.integers(1, 40), st.integers(1, 5)), elements=st.integers(-2, 2))


@settings(deadline=None)
@given(matrices, st.integers(1, 45), st.sampled_from(WAYS), st.data())
def test_ties_go_by_row(matrix, topn, way, data):
    """Rows of few values, many of them equal, as rows and as queries."""
    excluded = data.draw(arrays.arrays(np.int64, (len(matrix), 2), elements=st.integers(-1, len(matrix) - 1)))
    rows, values = find(way, matrix, matrix, topn, excluded)
    for found, scores, (expected, cosines), left_out in zip(
        rows, values, one_by_one(matrix, matrix, topn, excluded), excluded, strict=True
    ):
        found, scores = found[found >= 0], scores[found >= 0]
        assert len(found) == len(expected)
        np.testing.assert_allclose(scores, cosines[expected], atol=1e-6)
        assert not set(found.tolist()) & set(left_out.tolist())
        equal = scores[1:] == scores[:-1]
        assert (found[1:] > found[:-1])[equal].all()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("descending", [False, True])
def test_rows_in_the_order_of_their_scores(way, descending):
    """Each row beats all before it: the most candidates there can be."""
    angles = np.linspace(1.5, 0.001, 5000)[:: -1 if descending else 1]
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    rows, _ = find(way, vectors, np.array([[1.0, 0.0]] * 3), 4)
    assert rows.tolist() == [[0, 1, 2, 3] if descending else [4999, 4998, 4997, 4996]] * 3


@pytest.mark.parametrize("way", WAYS)
def test_nan_is_never_best_and_zero_is_never_nan(way):
    vectors = padded(100, 20)
    vectors[::7] = np.nan
    vectors[3] = 0
    vectors[4] = 1e-40
    rows, values = find(way, vectors, vectors[[1, 3, 4]], 80)
    assert not np.isin(rows, np.arange(0, 100, 7)).any()
    assert np.isfinite(values).all()
    assert not values[1].any()


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("topn", [1, 300, 5000])
def test_types_and_long_answers(kind, topn):
    vectors = padded(1000, 30).astype(kind)
    rows, values = search.nearest(vectors, similarity.norms(vectors), vectors[:3], topn)
    assert rows.shape == values.shape == (3, min(topn, 1000))
    for place, (expected, cosines) in enumerate(one_by_one(vectors, vectors[:3], topn)):
        np.testing.assert_allclose(cosines[rows[place]], cosines[expected], atol=1e-5)
        np.testing.assert_allclose(values[place], cosines[rows[place]], atol=1e-5)


@pytest.mark.parametrize("isa", LOOPS)
def test_threads_change_nothing(isa):
    vectors = padded(500, 40)
    expected = find(isa, vectors, vectors, 6)
    for threads in (2, 3, 100):
        for ours, theirs in zip(find(isa, vectors, vectors, 6, threads=threads), expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_more_queries_than_share_a_reading():
    vectors = padded(300, 8).astype(np.float64)  # by NumPy
    rows, _ = search.nearest(vectors, similarity.norms(vectors), np.tile(vectors, (9, 1)), 1)
    assert rows[:, 0].tolist() == list(range(300)) * 9


def test_nothing_to_find():
    empty = np.empty((0, 4), np.float32)
    assert search.nearest(empty, similarity.norms(empty), np.ones((2, 4)), 3)[0].shape == (2, 0)
    assert search.nearest(padded(3, 4), np.ones(3, np.float32), np.empty((0, 4)), 3)[0].shape == (0, 3)
    assert search.nearest(padded(3, 4), np.ones(3, np.float32), np.ones((2, 4)), 0)[0].shape == (2, 0)


# ------------------------------------------------------------------ the door to the loops


@pytest.mark.parametrize("isa", LOOPS)
@pytest.mark.parametrize("rows", [1, 7, 8, 9, 1000])
@pytest.mark.parametrize("size", [1, 15, 16, 100])
def test_cosines_in_registers(isa, rows, size):
    vectors = padded(rows, size)
    vectors[rows // 2] = 0
    query = similarity.unit(np.random.default_rng(2).standard_normal(size)).astype(np.float32)
    lengths = similarity.norms(vectors)
    result = cosines(vectors, lengths, query, isa)
    expected = vectors.astype(np.float64) @ query / np.where(lengths == 0, 1, lengths)
    np.testing.assert_allclose(result, expected, atol=1e-6)  # float32 sums of up to 100 products
    # a part of the rows gives the same numbers to the last bit
    np.testing.assert_array_equal(cosines(vectors[1:], lengths[1:], query, isa), result[1:])


@pytest.mark.skipif(not LOOPS, reason="this processor has no loop of its own")
def test_what_does_not_fit_is_refused():
    isa, vectors, ones = LOOPS[0], padded(5, 4), np.ones(5, np.float32)
    width = _nearest.panel(isa)
    fitting = {
        "vectors": vectors, "inverse": ones, "queries": np.ones((1, 4, width), np.float32),
        "bounds": np.zeros(width, np.float32), "values": np.zeros((width, 2), np.float32),
        "found": np.zeros((width, 2), np.int64),
    }  # fmt: skip
    _nearest.search(**fitting, isa=isa)
    wrong = {
        "vectors": vectors.T.copy().T, "inverse": ones[:4], "queries": np.ones((1, 3, width), np.float32),
        "bounds": np.zeros(width - 1, np.float32), "values": np.zeros((width, 3), np.float32),
        "found": np.zeros((width - 1, 2), np.int64),
    }  # fmt: skip
    for name, value in wrong.items():
        with pytest.raises(ValueError, match=r"shapes do not fit|side by side"):
            _nearest.search(**{**fitting, name: value}, isa=isa)
    with pytest.raises(ValueError, match="shapes do not fit"):
        cosines(vectors, ones, np.ones(3, np.float32), isa)
    with pytest.raises(ValueError, match="no search for the instruction set 'sse1'"):
        cosines(vectors, ones, np.ones(4, np.float32), "sse1")
    assert _nearest.panel("sse1") == 0
