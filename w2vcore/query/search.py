"""The nearest rows of many queries at once: blocked matrix products, of which only the best of each block are kept.

One query reads the whole matrix, so memory bandwidth limits it. A few hundred queries share one reading, so
multiplications limit them, and the selection of the best products must cost next to nothing. Each query has a bound:
the score of its k-th best row so far. A block of scores is compared with the bounds, and only scores above them are
processed further. `in_registers` compares them while they are in registers; it needs a processor with AVX2 or AVX-512,
and float32. `best` does the same with NumPy, for scores of any kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.threads import in_slices, usual_threads

from . import _nearest, similarity
from .similarity import Floats

Rows: TypeAlias = "NDArray[np.intp]"
Scores: TypeAlias = Callable[[slice, slice], Floats]

SHORTEST = 1e-38  # length of a row: one over it is finite in float32
_QUERIES = 1024  # as many share one reading of the matrix
_BLOCK_SCORES = 1 << 20  # 4 MB of float32: enough for the matrix product, small enough for the cache
_LISTED = 256  # for more rows, lists kept in order cost more than sorting now and then
_PENDING = 4  # candidates that may wait before they are sorted in, as a multiple of the answers


def nearest(
    vectors: Floats,
    lengths: NDArray[np.float32],
    queries: Floats,
    topn: int,
    excluded: Rows | None = None,
    threads: int | None = None,
) -> tuple[Rows, Floats]:
    """Return the rows with the largest cosines for each query, and these cosines.

    Parameters
    ----------
    vectors : ndarray, shape (n, D)
        May have a row stride; it is not copied.
    lengths : ndarray, shape (n,)
        ``similarity.norms(vectors)``.
    queries : ndarray, shape (q, D)
    topn : int
    excluded : ndarray of int, shape (q, m), optional
        Rows to leave out of each answer; -1 for none.
    threads : int, optional
        By default `usual_threads()`. Only the loop in nearest.h uses it; BLAS has threads of its own.

    Returns
    -------
    rows : ndarray of int, shape (q, topn) or fewer columns if there are fewer rows
        Best first, equal ones by row, as `similarity.top` has them; -1 where there is no further row.
    cosines : ndarray, of the same shape

    Examples
    --------
    >>> rows = np.array([[2, 0], [0, 3], [1, 1]], np.float32)
    >>> found, cosines = nearest(rows, similarity.norms(rows), rows[:2], 1, np.array([[0], [1]]))
    >>> found.tolist(), cosines.round(3).tolist()
    ([[2], [2]], [[0.7070000171661377], [0.7070000171661377]])
    """
    kind = np.float64 if vectors.dtype == np.float64 else np.float32
    narrow = similarity.unit(np.asarray(queries, np.float64)).astype(kind)
    # no row, however short, makes infinity or NaN
    inverse = (1 / np.maximum(lengths, SHORTEST)).astype(kind)
    wanted = _wanted(topn, len(vectors), excluded)
    if similarity.in_registers(vectors) and 0 < wanted <= _LISTED:
        rows, cosines = in_registers(np.asarray(vectors), inverse, narrow, wanted, threads=threads or usual_threads())
        return without(rows, cosines, excluded, min(topn, len(vectors)))

    def scores(asked: slice, rows: slice) -> Floats:
        product: Floats = narrow[asked] @ np.asarray(vectors[rows]).astype(kind, copy=False).T
        product *= inverse[rows]
        return product

    return best(scores, len(queries), len(vectors), topn, excluded)


def _wanted(topn: int, rows: int, excluded: Rows | None) -> int:
    """Return how many rows to find, so that `topn` are left when the excluded ones are dropped."""
    return min(topn + (0 if excluded is None else excluded.shape[1]), rows) if topn > 0 else 0


def in_registers(
    vectors: NDArray[np.float32],
    inverse: NDArray[Any],
    queries: NDArray[Any],
    wanted: int,
    isa: str = "",
    threads: int = 1,
) -> tuple[Rows, Floats]:
    """Do what `best` does, by the loop in nearest.h; there must be one for this instruction set.

    Parameters
    ----------
    vectors, inverse
        Rows, and one over their lengths.
    queries : ndarray of float32, shape (q, D)
        Of length 1.
    wanted : int
    isa : str
        The active one by default.
    threads : int
        The queries are divided among them.
    """
    width = _nearest.panel(isa)
    panels = -(-len(queries) // width)
    padded = np.zeros((panels * width, queries.shape[1]), np.float32)
    padded[: len(queries)] = queries
    packed = np.ascontiguousarray(padded.reshape(panels, width, queries.shape[1]).transpose(0, 2, 1))
    bounds = np.full(panels * width, np.inf, np.float32)
    bounds[: len(queries)] = -np.inf
    values = np.full((panels * width, wanted), -np.inf, np.float32)
    found = np.full((panels * width, wanted), -1, np.int64)

    def search(some: slice) -> None:
        lanes = slice(some.start * width, some.stop * width)
        _nearest.search(vectors, inverse, packed[some], bounds[lanes], values[lanes], found[lanes], isa)

    in_slices(search, panels, threads)
    return found[: len(queries)].astype(np.intp, copy=False), values[: len(queries)]


def best(scores: Scores, queries: int, rows: int, topn: int, excluded: Rows | None = None) -> tuple[Rows, Floats]:
    """Return the rows with the largest scores for each query, and these scores.

    Parameters
    ----------
    scores : callable
        Takes a slice of the queries and a slice of the rows, and returns the matrix of their scores.
    queries, rows : int
        How many there are.
    topn, excluded
        As for `nearest`, which returns the same.
    """
    columns = max(0, min(topn, rows))
    found_rows, found_scores = np.empty((queries, columns), np.intp), np.empty((queries, columns), np.float32)
    if not columns:
        return found_rows, found_scores
    wanted = _wanted(topn, rows, excluded)
    together = max(1, min(_QUERIES, _BLOCK_SCORES // wanted))
    for start in range(0, queries, together):
        asked = slice(start, min(start + together, queries))
        step = max(_BLOCK_SCORES // (asked.stop - start), 2 * wanted)
        found = _Found(asked.stop - start, wanted)
        for first in range(0, rows, step):
            found.add(first, scores(asked, slice(first, min(first + step, rows))))
        found.sort_in()
        left_out = None if excluded is None else excluded[asked]
        found_rows[asked], found_scores[asked] = without(found.rows, found.values, left_out, columns)
    return found_rows, found_scores


def without(rows: Rows, values: Floats, excluded: Rows | None, topn: int) -> tuple[Rows, Floats]:
    """Drop the excluded rows from each answer and cut it to `topn`; -1 fills the places that remain."""
    if excluded is None:
        return rows[:, :topn], values[:, :topn]
    dropped = (rows[:, :, np.newaxis] == excluded[:, np.newaxis, :]).any(axis=2)
    order = np.argsort(dropped, axis=1, kind="stable")[:, :topn]
    rows = np.where(dropped, -1, rows)
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(values, order, axis=1)


class _Found:
    """The best rows of some queries so far, and candidates that wait to be sorted in.

    `rows` and `values` hold the `wanted` best of each query, sorted. `bounds` holds the last value of each, which a
    candidate must exceed: a later row of the same value would come after it.
    """

    def __init__(self, queries: int, wanted: int) -> None:
        self.queries, self.wanted = queries, wanted
        self.rows = np.empty((queries, 0), np.intp)
        self.values: Floats = np.empty((queries, 0), np.float32)
        self.bounds: Floats = np.empty((queries, 1), np.float32)
        self.waiting: list[tuple[Rows, Rows, Floats]] = []
        self.seen = self.sorted_at = self.candidates = 0

    def add(self, first: int, scores: Floats) -> None:
        """Take the scores of all queries with the rows from `first` on."""
        self.seen += scores.shape[1]
        if not self.rows.size:  # the first block has at least as many rows as are wanted
            scores = np.where(np.isnan(scores), -np.inf, scores)
            cut = scores.shape[1] - self.wanted
            places = np.flatnonzero(scores >= np.partition(scores, cut, axis=1)[:, cut, np.newaxis])
        else:
            places = np.flatnonzero(scores > self.bounds)
        if len(places):
            queries, rows = np.divmod(places, scores.shape[1])
            self.waiting.append((queries, rows + first, scores.ravel()[places]))
            self.candidates += len(places)
        # their number grows with the logarithm of the rows seen, unless the rows are in the order of their scores
        if self.seen >= 2 * self.sorted_at or self.candidates > _PENDING * self.rows.size:
            self.sort_in()

    def sort_in(self) -> None:
        """Let the waiting candidates replace what they beat."""
        self.sorted_at = self.seen
        if not self.waiting:
            return
        queries = np.concatenate([np.arange(self.rows.size) // self.wanted, *(waiting[0] for waiting in self.waiting)])
        rows = np.concatenate([self.rows.ravel(), *(waiting[1] for waiting in self.waiting)])
        values = np.concatenate([self.values.ravel(), *(waiting[2] for waiting in self.waiting)])
        self.waiting, self.candidates = [], 0
        order = np.lexsort((rows, -values, queries))
        firsts = np.searchsorted(queries[order], np.arange(self.queries))
        chosen = order[firsts[:, np.newaxis] + np.arange(self.wanted)]
        self.rows, self.values = rows[chosen], values[chosen]
        self.bounds = self.values[:, -1:]
