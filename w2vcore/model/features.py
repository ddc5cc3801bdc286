"""What stands for an id: the rows of the input matrix of which its vector is made.

Without features an id is a row. With them it is a *bag* of rows, in which a word may share rows with other words: its
n-grams, an item's attributes. Three numbers that are one without features are then apart:

    vocabulary size    ids. Counts, corpus and target matrices know these alone
    input rows         rows of the input matrix, which is what is trained
    published vectors  what users look up: `Features.published` derives one for each id from the input rows
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .subwords import subwords_of
from .tables import Table, WordRates, anywhere

Bag = tuple[NDArray[np.uint32], NDArray[Any]]  # rows of the input matrix, and the weight of each

MOST_ROWS = 1 << 32  # row numbers are uint32
_AT_ONCE = 1 << 20  # numbers of gathered rows: scratch that stays in the cache


@dataclass(frozen=True, eq=False)
class Features:
    """The rows of each id, and how much each of them counts.

    The vector of an id is the weighted mean of its rows. Each row receives the error of that mean times its weight, so
    a weight of 2 does the same as a row that is named twice.

    Attributes
    ----------
    indptr : ndarray of int64, shape (V + 1,)
        The rows of id i are ``rows[indptr[i]:indptr[i + 1]]``; there is at least one.
    rows : ndarray of uint32, shape (n,)
        Repeats within an id are allowed, and count.
    input_rows : int
        Rows of the input matrix; it may have more, such as those of tags.
    weights : ndarray of float32, shape (n,), optional
        Above 0. Default: each row counts once.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, or an id would have no vector.

    Examples
    --------
    >>> shirts = Features.of([[0, 2], [1, 2]])  # two shirts, and a row for what is known of shirts in general
    >>> len(shirts), shirts.input_rows
    (2, 3)
    >>> shirts.published(np.array([[4, 0], [0, 4], [2, 2]], np.float32)).tolist()
    [[3.0, 1.0], [1.0, 3.0]]
    """

    indptr: NDArray[np.int64]
    rows: NDArray[np.uint32]
    input_rows: int
    weights: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        indptr = _checked("indptr", self.indptr, np.int64)
        rows = _checked("rows", self.rows, np.uint32)
        if not len(indptr) or indptr[0] != 0 or indptr[-1] != len(rows):
            ends = f"from {indptr[0]} to {indptr[-1]}" if len(indptr) else "empty"
            raise ValueError(f"indptr must go from 0 to {len(rows)}, the number of rows that are named; it is {ends}")
        empty = np.flatnonzero(np.diff(indptr) < 1)
        if len(empty):
            raise ValueError(f"id {empty[0]} must have a row at least, got {indptr[empty[0] + 1] - indptr[empty[0]]}")
        if not 0 <= self.input_rows <= MOST_ROWS:
            raise ValueError(f"input_rows must be an int from 0 to {MOST_ROWS}, got {self.input_rows}")
        if len(rows) and int(rows.max()) >= self.input_rows:
            raise ValueError(f"rows must be less than {self.input_rows}, the number of input rows, got {rows.max()}")
        if self.weights is not None:
            weights = _checked("weights", self.weights, np.float32)
            if len(weights) != len(rows):
                raise ValueError(f"weights must hold a number for each of {len(rows)} rows, got {len(weights)}")
            wrong = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
            if len(wrong):
                raise ValueError(f"weights must be finite and above 0, got {weights[wrong[0]]} at {wrong[0]}")

    @classmethod
    def of(
        cls,
        parts: Iterable[Sequence[int]],
        weights: Iterable[Sequence[float]] | None = None,
        input_rows: int | None = None,
    ) -> Features:
        """Make features of a list of rows for each id.

        Parameters
        ----------
        parts : iterable of sequences of int
            The rows of each id.
        weights : iterable of sequences of float, optional
            How much each of them counts.
        input_rows : int, optional
            Default: one more than the highest row.

        Examples
        --------
        >>> Features.of([[0, 3], [1], [2, 3]], weights=[[1, 0.5], [1], [1, 0.5]]).bag(2)
        (array([2, 3], dtype=uint32), array([1. , 0.5], dtype=float32))
        """
        lists = [list(part) for part in parts]
        indptr = np.cumsum([0, *map(len, lists)], dtype=np.int64)
        rows = np.array([row for part in lists for row in part], np.int64)
        if len(rows) and (rows.min() < 0 or rows.max() >= MOST_ROWS):
            raise ValueError(f"rows must be ints from 0 to {MOST_ROWS - 1}, got {rows.min()} and {rows.max()}")
        if input_rows is None:
            input_rows = int(rows.max(initial=-1)) + 1
        numbers = None
        if weights is not None:
            given = [list(part) for part in weights]
            for row, (part, some) in enumerate(zip(lists, given, strict=False)):
                if len(part) != len(some):
                    raise ValueError(f"id {row} has {len(part)} rows and {len(some)} weights: each row needs one")
            numbers = np.array([weight for some in given for weight in some], np.float32)
        return cls(indptr, rows.astype(np.uint32), input_rows, numbers)

    def __len__(self) -> int:
        """Return the size of the vocabulary."""
        return len(self.indptr) - 1

    @cached_property
    def longest(self) -> int:
        """Rows of the id that has the most."""
        return int(np.diff(self.indptr).max(initial=0))

    def bag(self, id: int) -> Bag:
        """Return the rows of an id and their weights."""
        of_id = slice(int(self.indptr[id]), int(self.indptr[id + 1]))
        rows = self.rows[of_id]
        return rows, np.ones(len(rows), np.float32) if self.weights is None else self.weights[of_id]

    def update_rates(self, per_id: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how often each input row is updated, where each id is an input so often.

        Examples
        --------
        >>> Features.of([[0, 2], [1, 2]]).update_rates(np.array([0.5, 0.25])).tolist()
        [0.5, 0.25, 0.75]
        """
        each = np.repeat(np.asarray(per_id, np.float64), np.diff(self.indptr))
        met: NDArray[np.float64] = np.bincount(self.rows, each, minlength=self.input_rows).astype(np.float64)
        return met

    def published(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vector of each id: the weighted mean of its rows of an input matrix.

        Parameters
        ----------
        matrix : ndarray of float32, shape (input_rows or more, D)

        Raises
        ------
        ValueError
            If it has too few rows.
        """
        if matrix.ndim != 2 or len(matrix) < self.input_rows:
            raise ValueError(f"matrix must have {self.input_rows} rows at least, got shape {matrix.shape}")
        vectors = np.empty((len(self), matrix.shape[1]), np.float32)
        borders = np.flatnonzero(np.diff(self.indptr // max(1, _AT_ONCE // max(1, matrix.shape[1]))))
        for first, last in pairwise([0, *(borders + 1).tolist(), len(self)]):
            if first < last:
                vectors[first:last] = self._means(matrix, first, last)
        return vectors

    def _means(self, matrix: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
        start, stop = int(self.indptr[first]), int(self.indptr[last])
        gathered = matrix[self.rows[start:stop]]
        weights = np.ones(stop - start, np.float32) if self.weights is None else self.weights[start:stop]
        if self.weights is not None:
            gathered *= weights[:, None]
        borders = self.indptr[first:last] - start
        means: NDArray[np.float32] = np.add.reduceat(gathered, borders, axis=0)
        means /= np.add.reduceat(weights, borders)[:, None]
        return means

    def table(self, table: Table) -> Table:
        """Return the table of input vectors with these as its rows, of which the hottest may lie anywhere."""

        def rates(words: WordRates) -> NDArray[np.float64]:
            return self.update_rates(table.update_rates(words))

        def rows(vocabulary: int) -> int:
            return self.input_rows

        return replace(table, rows=rows, used_rows=rows, update_rates=rates, hot_end=anywhere, keyed=False)

    def renamed(self, rows: NDArray[np.int64], first: int) -> Features:
        """Return the same bags, in which ``rows[i]`` has the number ``first + i``.

        Raises
        ------
        ValueError
            If there are not so many numbers.

        Examples
        --------
        >>> Features.of([[0, 2], [1, 2]]).renamed(np.array([2]), 10).bag(0)[0]
        array([ 0, 10], dtype=uint32)
        """
        numbers = np.arange(self.input_rows, dtype=np.int64)
        numbers[rows] = first + np.arange(len(rows))
        return replace(
            self, rows=numbers[self.rows].astype(np.uint32), input_rows=max(self.input_rows, first + len(rows))
        )

    def digest(self) -> str:
        """Return the CRC-32 of all of it."""
        total = zlib.crc32(str(self.input_rows).encode())
        for array in (self.indptr, self.rows, self.weights):
            total = zlib.crc32(b"" if array is None else array.data, total)
        return f"{total:08x}"

    def check(self, vocabulary: int, input_rows: int) -> None:
        """Raise ValueError if these are not features of so many ids, in a matrix of so many rows."""
        if len(self) != vocabulary:
            raise ValueError(f"features must be those of {vocabulary} ids, the vocabulary; they are of {len(self)}")
        if self.input_rows > input_rows:
            raise ValueError(
                f"the input matrix must have {self.input_rows} rows at least, as the features need; it has {input_rows}"
            )


def one_row(row: int | np.uint32) -> Bag:
    """Return a bag of one row."""
    return np.array([row], np.uint32), np.ones(1)


def merged(bags: Sequence[Bag]) -> Bag:
    """Return the distinct rows of some bags, in ascending order, and the sum of the weights of each.

    Examples
    --------
    >>> rows, weights = merged([(np.array([4, 2], np.uint32), np.array([1.0, 0.5])), one_row(4)])
    >>> rows.tolist(), weights.tolist()
    ([2, 4], [0.5, 2.0])
    """
    named, weights = (np.concatenate(arrays) for arrays in zip(*bags, strict=True))
    rows, places = np.unique(named, return_inverse=True)
    return rows, np.bincount(places, weights).astype(np.float64)


def subword_features(
    words: Sequence[bytes],
    min_n: int,
    max_n: int,
    buckets: int,
    per_word: NDArray[np.float64] | None = None,
    first: NDArray[np.uint32] | None = None,
) -> tuple[Features, NDArray[np.uint32]]:
    """Return words with their n-grams as fastText has them, with a row for each bucket that is used.

    Row i is that of word i by itself, and stands first; after those of all words come the buckets.

    Parameters
    ----------
    words : sequence of bytes
        In UTF-8, by id.
    min_n, max_n : int
        Characters of an n-gram.
    buckets : int
        An n-gram's bucket is its hash modulo this number.
    per_word : ndarray of float64, optional
        How often each word is an input: the buckets that are updated most often come first. Default: they ascend.
    first : ndarray of uint32, optional
        Buckets that have rows already, and keep them; others come after these.

    Returns
    -------
    features : Features
    used : ndarray of uint32
        The bucket of each row after those of the words.

    Examples
    --------
    >>> features, used = subword_features([b"cat", b"cut", b"c"], min_n=3, max_n=3, buckets=100)
    >>> [len(features.bag(id)[0]) for id in range(3)], features.input_rows == 3 + len(used)
    ([4, 4, 2], True)
    """
    borders, hashed = subwords_of(words, min_n, max_n, buckets)
    used, places = np.unique(hashed, return_inverse=True)
    order = np.arange(len(used))
    if per_word is not None:
        updates = np.bincount(places, np.repeat(per_word, np.diff(borders)), len(used))
        order = np.argsort(-updates, kind="stable")
    if first is not None:
        order = order[~np.isin(used[order], first)]
    buckets_of_rows = used[order] if first is None else np.concatenate([first, used[order]])
    by_bucket = np.argsort(buckets_of_rows, kind="stable")
    rows_of_used = by_bucket[np.searchsorted(buckets_of_rows, used, sorter=by_bucket)]
    indptr = borders + np.arange(len(borders))
    rows = np.empty(len(hashed) + len(words), np.uint32)
    own = np.zeros(len(rows), np.bool_)
    own[indptr[:-1]] = True
    rows[own] = np.arange(len(words), dtype=np.uint32)
    rows[~own] = len(words) + rows_of_used[places]
    return Features(indptr, rows, len(words) + len(buckets_of_rows)), buckets_of_rows.astype(np.uint32)


def _checked(name: str, array: Any, dtype: type[np.generic]) -> NDArray[Any]:
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype != dtype or not array.flags.c_contiguous:
        found = f"{array.dtype}, shape {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ValueError(f"{name} must be a one-dimensional, contiguous array of {np.dtype(dtype)}, got {found}")
    return array
