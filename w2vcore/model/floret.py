"""Vectors of words out of floret's table, in which words and n-grams share few rows, each with several hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._floret import MOST_HASHES, add_parts, list_parts
from .features import Features
from .subwords import Subwords, joined, word_bytes

SEED = 2166136261  # floret's
_WORDS = 1 << 14  # whose bytes are joined at a time
_ROUNDING = 1e-4  # of sums of some hundred float32, or of numbers that were written with five digits

__all__ = ["MOST_HASHES", "SEED", "FloretSubwords"]


@dataclass(frozen=True)
class FloretSubwords(Subwords):
    """Vectors for any word: the mean of the rows of the word and of its n-grams.

    Attributes
    ----------
    table : ndarray of float32, shape (rows, D)
    min_n, max_n : int
        Characters of an n-gram.
    hash_count : int
        Rows of each word and of each n-gram, 1 to 4: numbers of 32 bits of a hash (MurmurHash3 of 128 bits), modulo the
        rows of the table.
    seed : int
        Of the hash.
    begin, end : str
        What marks where a word begins and ends.

    Notes
    -----
    Svenstrup, Hansen, Winther (2017), "Hash Embeddings for Efficient Word Representations". floret saves no row for
    ``</s>``: here its vector is that of a word like any other.

    Examples
    --------
    >>> floret = FloretSubwords(np.eye(4, dtype=np.float32), min_n=2, max_n=3, hash_count=2)
    >>> round(float(floret.vector("cat").sum()), 6)
    1.0
    """

    hash_count: int = 1
    seed: int = SEED
    begin: str = "<"
    end: str = ">"

    def features(self, words: Sequence[bytes]) -> Features:
        """Return words, by id, as the rows of the table that stand for them.

        Examples
        --------
        >>> floret = FloretSubwords(np.zeros((50, 4), np.float32), min_n=3, max_n=3, hash_count=2)
        >>> len(floret.features([b"cat"]).bag(0)[0])  # two rows each of <cat>, <ca, cat, at>
        8
        """
        lengths = self.min_n, self.max_n
        indptr, rows = list_parts(*joined(self.marked(words)), len(self.table), *lengths, self.hash_count, self.seed)
        return Features(indptr, rows, len(self.table))

    def follows(self, words: Sequence[bytes], vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return for which words these are the vectors that the table makes, but for rounding."""
        made = self.means(words)
        scale = np.abs(made).max(axis=1, initial=0) + np.abs(vectors).max(axis=1, initial=0)
        near: NDArray[np.bool_] = (np.abs(made - vectors) <= _ROUNDING * scale[:, np.newaxis]).all(axis=1)
        return near

    def marked(self, words: Sequence[bytes]) -> list[bytes]:
        """Return words between their marks."""
        begin, end = word_bytes(self.begin), word_bytes(self.end)
        return [begin + word + end for word in words]

    def sums(
        self, words: Sequence[bytes], start: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return, for each word, the sum of its rows and of its row of `start`, and how many these are."""
        return self.added(self.marked(words), start)

    def added(
        self, words: Sequence[bytes], start: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Do the same for words that stand between their marks already; an empty one has no rows."""
        shape = len(words), self.table.shape[1]
        total = np.zeros(shape, np.float32) if start is None else np.array(start, np.float32, order="C")
        counts = np.full(len(words), 0 if start is None else 1, np.int64)
        table = np.require(self.table, np.float32, "A")
        if table.shape[1] > 1 and table.strides[1] != table.itemsize:
            table = np.ascontiguousarray(table)
        for some in _portions(len(words)):
            data, offsets = joined(words[some])
            lengths = self.min_n, self.max_n
            add_parts(data, offsets, table, *lengths, self.hash_count, self.seed, total[some], counts[some])
        return total, counts


def _portions(words: int) -> Iterator[slice]:
    for first in range(0, words, _WORDS):
        yield slice(first, first + _WORDS)
