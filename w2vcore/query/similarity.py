"""The arithmetic of queries, on arrays: no keys, no vocabulary. The facade translates.

Vectors may be a view with a row stride, such as ``padded[:, :D]``: BLAS takes the stride, and no function here copies
the matrix. A zero vector has similarity 0 to everything, never NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.threads import in_slices, usual_threads

from . import _nearest

Floats: TypeAlias = "NDArray[np.floating[Any]]"

_BLOCK_FLOATS = 1 << 18  # converted at once where the type must change: 2 MB of float64, about a core's cache
# While a sum of squares is between these, no term that matters has left the range of float32's full precision.
_SMALLEST_SUM, _LARGEST_SUM = 1e-20, 1e30
_UNSAFE_ROWS = 4096
_FEW_ROWS = 64  # up to so many rows are summed in float64 in one call: blocks would take longer to set up than to sum
_BYTES_A_THREAD = 4 << 20  # a thread reads them in some 100 µs: several times what it takes to wake one
_TINY = np.finfo(np.float32).smallest_subnormal
_NORM_TOLERANCE = 1e-5  # relative; the same row summed twice in another order differs by 1e-7 or so
_COSMUL_EPSILON = 1e-6  # Levy and Goldberg (2014), Linguistic Regularities in Sparse and Explicit Word Representations


def _blocks(vectors: Floats) -> list[slice]:
    step = max(1, _BLOCK_FLOATS // max(1, vectors.shape[1]))
    return [slice(start, start + step) for start in range(0, len(vectors), step)]


def norms(vectors: Floats) -> NDArray[np.float32]:
    """Euclidean length of each row.

    Squares are summed in the type of the vectors. Where the sum leaves the range in which float32 is exact to a few
    units in the last place, they are summed again in float64.

    Examples
    --------
    >>> norms(np.array([[3, 4], [0, 0]], np.float32)).tolist()
    [5.0, 0.0]
    """
    if len(vectors) <= _FEW_ROWS:
        wide = np.asarray(vectors, np.float64)
        few: NDArray[np.float32] = np.sqrt(np.vecdot(wide, wide)).astype(np.float32)
        return few
    result = np.empty(len(vectors), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in _blocks(vectors):
            block = np.asarray(vectors[rows])
            if block.dtype not in (np.float32, np.float64):
                block = block.astype(np.float32)
            result[rows] = np.vecdot(block, block)
        unsafe = np.flatnonzero(~((result > _SMALLEST_SUM) & (result < _LARGEST_SUM)))
        np.sqrt(result, out=result)
        for start in range(0, len(unsafe), _UNSAFE_ROWS):
            again = unsafe[start : start + _UNSAFE_ROWS]
            wide = np.asarray(vectors[again], np.float64)
            result[again] = np.sqrt(np.vecdot(wide, wide))
    return result


def have_lengths(vectors: Floats, lengths: NDArray[np.float32], rows: Sequence[int] | NDArray[np.intp]) -> bool:
    """Whether some rows still have the lengths that `norms` returned for the matrix, to rounding.

    Examples
    --------
    >>> matrix = np.array([[3, 4], [0, 1]], np.float32)
    >>> have_lengths(matrix, np.array([5, 2], np.float32), [0]), have_lengths(matrix, np.array([5, 2], np.float32), [1])
    (True, False)
    """
    if vectors.dtype == np.float32:
        return _nearest.have_lengths(np.asarray(vectors), lengths, rows, _NORM_TOLERANCE)
    known = lengths[rows]
    return not (np.abs(norms(vectors[rows]) - known) > _NORM_TOLERANCE * known).any()


def unit(vector: ArrayLike) -> Floats:
    """Scale one vector, or each row, to length 1; zeros stay zeros. Computed in float64, returned in the type given.

    Examples
    --------
    >>> unit(np.array([3.0, 4.0])).tolist(), unit(np.zeros(2)).tolist()
    ([0.6, 0.8], [0.0, 0.0])
    """
    array = np.asarray(vector)
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    wide = array.astype(np.float64)
    if wide.ndim == 1:
        alone = math.sqrt(wide @ wide)
        scaled: Floats = (wide / alone if alone else wide).astype(array.dtype, copy=False)
        return scaled
    length = np.sqrt((wide * wide).sum(axis=-1, keepdims=True))
    result: Floats = (wide / np.where(length == 0, 1.0, length)).astype(array.dtype)
    return result


def dots(vectors: Floats, query: Floats) -> Floats:
    """Dot product of each row with `query`, in float32 (float64 for float64 vectors); the matrix is not copied."""
    if vectors.dtype in (np.float32, np.float64):
        product: Floats = np.asarray(vectors) @ query.astype(vectors.dtype)
        return product
    result = np.empty(len(vectors), np.float32)  # float16: numpy would multiply it in float16, slowly
    narrow = query.astype(np.float32)
    for rows in _blocks(vectors):
        result[rows] = vectors[rows].astype(np.float32) @ narrow
    return result


def in_registers(vectors: Floats) -> bool:
    """Whether the loops in nearest.h can be used: on processors with wide registers, for float32."""
    across, along = vectors.strides
    return bool(_nearest.panel()) and vectors.dtype == np.float32 and along == 4 and across >= 0


def cosines(vectors: Floats, lengths: NDArray[np.float32], query: ArrayLike) -> Floats:
    """Cosine of each row with `query`.

    Parameters
    ----------
    vectors : ndarray, shape (n, D)
    lengths : ndarray, shape (n,)
        ``norms(vectors)``.
    query : ndarray, shape (D,)

    Examples
    --------
    >>> rows = np.array([[2, 0], [0, 3], [0, 0]], np.float32)
    >>> cosines(rows, norms(rows), np.array([5, 0])).tolist()
    [1.0, 0.0, 0.0]
    """
    return unit_cosines(vectors, lengths, unit(np.asarray(query, np.float64)))


def unit_cosines(vectors: Floats, lengths: NDArray[np.float32], query: Floats) -> Floats:
    """Cosine of each row with a query of length 1 (or 0); see `cosines`."""
    if in_registers(vectors):
        result = np.empty(len(vectors), np.float32)
        matrix, narrow = np.asarray(vectors), query.astype(np.float32)
        threads = 1 if matrix.nbytes < 2 * _BYTES_A_THREAD else min(usual_threads(), matrix.nbytes // _BYTES_A_THREAD)
        if threads == 1:
            _nearest.cosines(matrix, lengths, narrow, result)
        else:
            in_slices(
                lambda rows: _nearest.cosines(matrix[rows], lengths[rows], narrow, result[rows]), len(matrix), threads
            )
        return result
    result = dots(vectors, query)
    result /= np.maximum(lengths, _TINY)  # a zero row has dot product 0, and 0 / tiny is 0
    return result


def cosine(first: ArrayLike, second: ArrayLike) -> np.float32:
    """Cosine of two vectors in float64, rounded to float32, so that a vector with itself gives exactly 1."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    length = float(np.sqrt(a @ a)) * float(np.sqrt(b @ b))
    result: np.float32 = np.float32(float(a @ b) / length if length > 0 else 0.0)
    return result


def weighted_mean(
    rows: ArrayLike, weights: ArrayLike, pre_normalize: Sequence[bool] | bool = True, post_normalize: bool = False
) -> Floats:
    """Sum of the rows times their weights, over the sum of the absolute weights; in float64.

    Parameters
    ----------
    rows : array, shape (n, D)
    weights : array, shape (n,)
    pre_normalize : bool, or sequence of them
        Scale the rows, or those for which it is True, to length 1 before.
    post_normalize : bool
        Scale the mean to length 1.

    Examples
    --------
    >>> weighted_mean([[2.0, 0.0], [0.0, 1.0]], [1, -1]).tolist()
    [0.5, -0.5]
    >>> weighted_mean([[2.0, 0.0], [0.0, 4.0]], [1, 1], [True, False]).tolist()
    [0.5, 2.0]
    """
    matrix: Floats = np.asarray(rows, np.float64)
    factors = np.asarray(weights, np.float64)
    if len(matrix) == 1 and post_normalize:
        alone: Floats = unit(matrix[0]) * np.sign(factors[0])
        return alone
    if np.any(pre_normalize):
        matrix = np.where(np.reshape(pre_normalize, (-1, 1)), unit(matrix), matrix)
    total = np.abs(factors).sum()
    mean: Floats = np.asarray(factors @ matrix) / (total if total > 0 else 1.0)
    return unit(mean) if post_normalize else mean


def top(similarities: Floats, topn: int, excluded: Sequence[int] = ()) -> list[int]:
    """Return the rows of the `topn` largest values, best first, equal ones by row; NaN counts as -infinity.

    Parameters
    ----------
    similarities : ndarray, shape (n,)
    topn : int
        Rows wanted; none when it is below 1.
    excluded : sequence of int
        Rows to leave out, each once.

    Examples
    --------
    >>> top(np.array([0.5, 0.9, 0.5, 0.1]), 2), top(np.array([0.5, 0.9, 0.5, 0.1]), 2, [1])
    ([1, 0], [0, 2])
    """
    rows = len(similarities)
    if topn < 1 or rows == 0:
        return []
    if similarities.dtype == np.float32 and topn <= _nearest.LISTED and len(excluded) <= _nearest.LISTED:
        return _nearest.best(similarities, topn, excluded)
    return _sorted(similarities, topn, excluded)


def _sorted(similarities: Floats, topn: int, excluded: Sequence[int]) -> list[int]:
    """Do what `top` does, for any number of rows and with NaN among them."""
    rows = len(similarities)
    wanted = min(topn + len(excluded), rows)
    best = np.partition(similarities, rows - wanted)[rows - wanted :]
    if np.isnan(best).any():  # a partition puts NaN above all numbers
        return _sorted(np.where(np.isnan(similarities), -np.inf, similarities), topn, excluded)
    # includes all that are equal to the last one wanted, so that the order by row decides among them
    candidates = (similarities >= best[0]).nonzero()[0]
    candidates = candidates[~np.isin(candidates, excluded)]
    order = np.argsort(-similarities[candidates], kind="stable")
    result: list[int] = candidates[order[:topn]].tolist()
    return result


def centrality(vectors: Floats, use_norm: bool = True) -> Floats:
    """Similarity of each row to the mean of all: cosines, or dot products of the raw rows with the unit mean."""
    rows = unit(vectors.astype(np.float64)) if use_norm else vectors.astype(np.float64)
    result: Floats = (rows @ unit(rows.mean(axis=0))).astype(np.float32)
    return result


def cosmul(positive: Sequence[Floats], negative: Sequence[Floats]) -> Floats:
    """3CosMul of Levy and Goldberg: the product of the similarities to `positive` over that to `negative`.

    Parameters
    ----------
    positive, negative : sequences of ndarray, shape (n,)
        Cosines of all rows with each input; they are shifted to 0..1 here.
    """
    above = np.prod([(1 + cosine) / 2 for cosine in positive], axis=0)
    below = np.prod([(1 + cosine) / 2 for cosine in negative], axis=0)
    result: Floats = above / (below + _COSMUL_EPSILON)
    return result
