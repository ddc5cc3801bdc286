"""Character n-grams of words, as fastText makes and hashes them, and vectors for words out of a table of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._subwords import add_subwords, hash_texts, initial_rows, list_subwords

MOST_CHARACTERS = 100  # of a subword; fastText's own default is 6
_END_OF_SENTENCE = b"<</s>>"  # the one word that has no subwords, between < and >
_WORDS = 1 << 14  # whose bytes are joined at a time
_AT_ONCE = 1 << 20  # numbers of rows that are made at a time: 4 MB


def bracketed(words: Iterable[bytes]) -> list[bytes]:
    """Mark where words begin and end, as they are split."""
    return [b"<" + word + b">" for word in words]


def split_as_fasttext(words: Iterable[bytes]) -> list[bytes]:
    """Return words between < and >; that for the end of a sentence is empty, as fastText makes no subwords of it.

    Examples
    --------
    >>> split_as_fasttext([b"cat", b"</s>"])
    [b'<cat>', b'']
    """
    return [b"" if word == _END_OF_SENTENCE else word for word in bracketed(words)]


def word_bytes(word: str) -> bytes:
    r"""Return a word in UTF-8: a surrogate that stands for a byte becomes that byte, as when a file was read.

    Examples
    --------
    >>> word_bytes("caf\N{LATIN SMALL LETTER E WITH ACUTE}"), word_bytes("caf\udce9"), word_bytes("\ud800")
    (b'caf\xc3\xa9', b'caf\xe9', b'\xed\xa0\x80')
    """
    try:
        return word.encode("utf8", "surrogateescape")
    except UnicodeEncodeError:
        return word.encode("utf8", "surrogatepass")


def joined(words: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of all words and where each begins and ends."""
    offsets = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(word) for word in words], out=offsets[1:])
    return np.frombuffer(b"".join(words) or b"\0", np.uint8), offsets


def subwords_of(
    words: Iterable[bytes], min_n: int, max_n: int, buckets: int
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the buckets of the subwords of words, in UTF-8, as two arrays.

    Parameters
    ----------
    words : iterable of bytes
    min_n, max_n : int
        Characters of a subword.
    buckets : int
        A subword's bucket is its hash modulo this number.

    Returns
    -------
    indptr : ndarray of int64, shape (words + 1,)
    buckets : ndarray of uint32
        Those of word i are ``buckets[indptr[i]:indptr[i + 1]]``, in fastText's order, repeats included.

    Examples
    --------
    >>> indptr, buckets = subwords_of([b"cat", b"</s>"], min_n=3, max_n=4, buckets=1000)
    >>> indptr.tolist(), len(buckets)  # <ca <cat cat cat> at>
    ([0, 5, 5], 5)
    """
    data, offsets = joined(split_as_fasttext(words))
    return list_subwords(data, offsets, min_n, max_n, buckets)


def hashes_of(ngrams: Sequence[bytes], buckets: int) -> NDArray[np.int64]:
    """Return the buckets of n-grams, each given as a whole.

    Examples
    --------
    >>> int(hashes_of([b"<ca"], 1000)[0]) == int(subwords_of([b"ca"], 3, 3, 1000)[1][0])
    True
    """
    hashed = np.empty(len(ngrams), np.int64)
    hash_texts(*joined(ngrams), hashed)
    return hashed % buckets


@dataclass(frozen=True)
class InitialRows:
    """The rows of buckets before training, each made when it is asked for.

    Bucket b has row b of the matrix ``(2 * rng.random((buckets, size), float32) - 1) / size``, where `rng` is
    ``np.random.default_rng(seed)``: gensim's numbers, of which one row is drawn without those before it.

    Attributes
    ----------
    seed : int
    size : int
        Length of a row.

    Examples
    --------
    >>> rows = InitialRows(seed=2, size=3)
    >>> whole = np.random.default_rng(2).random((9, 3), np.float32)
    >>> bool((rows.rows(np.array([4, 7])) == (whole[[4, 7]] * 2 - 1) / 3).all())
    True
    """

    seed: int
    size: int

    def rows(self, buckets: NDArray[Any]) -> NDArray[np.float32]:
        """Return the rows of some buckets."""
        result = np.empty((len(buckets), self.size), np.float32)
        initial_rows(np.ascontiguousarray(buckets, np.int64), self.generator, result)
        return result

    @cached_property
    def generator(self) -> NDArray[np.uint64]:
        """The generator's state and increment, the upper 64 bits of each first."""
        state: dict[str, int] = np.random.PCG64(self.seed).state["state"]  # type: ignore[assignment]
        halves = [state[name] >> shift & (1 << 64) - 1 for name in ("state", "inc") for shift in (64, 0)]
        return np.array(halves, np.uint64)


@dataclass(frozen=True, eq=False)
class StoredRows:
    """The rows of buckets in a table that has one for each, such as that of a mapped file.

    Attributes
    ----------
    table : ndarray, shape (buckets, D)
    """

    table: NDArray[Any]

    def rows(self, buckets: NDArray[Any]) -> NDArray[np.float32]:
        """Return the rows of some buckets."""
        found: NDArray[np.float32] = np.asarray(self.table[buckets], np.float32)
        return found


@dataclass(frozen=True)
class Subwords:
    """Vectors for words that are not in the vocabulary.

    Attributes
    ----------
    table : ndarray of float32 or float16, shape (rows, D)
        May be mapped, at any byte of a file.
    min_n, max_n : int
        Characters of a subword.
    buckets : int, optional
        How many hashes there are; default: one for each row.
    kept : ndarray of int32, shape (2, rows), optional
        The hashes that have a row here, in ascending order, and their rows. Others do not count (the model is pruned),
        unless there is a `rest`.
    rest : InitialRows or StoredRows, optional
        What makes the rows of the other hashes, which training has not met.
    trained_only : bool
        Leave those out all the same.
    """

    table: NDArray[Any]
    min_n: int
    max_n: int
    buckets: int | None = None
    kept: NDArray[np.int32] | None = None
    rest: InitialRows | StoredRows | None = None
    trained_only: bool = False

    @property
    def hashes(self) -> int:
        """How many hashes there are."""
        return len(self.table) if self.buckets is None else self.buckets

    def rows(self, buckets: NDArray[Any]) -> NDArray[np.float32]:
        """Return the rows of some buckets, in ascending order and each once; zeros where there is none."""
        if self.kept is None:
            return StoredRows(self.table).rows(buckets)
        hashes, places = self.kept
        at = np.minimum(np.searchsorted(hashes, buckets), max(len(hashes) - 1, 0))
        there = hashes[at] == buckets if len(hashes) else np.zeros(len(buckets), bool)
        result = np.zeros((len(buckets), self.table.shape[1]), np.float32)
        result[there] = self.table[places[at[there]]]
        if self.rest is not None:
            result[~there] = self.rest.rows(buckets[~there])
        return result

    def whole(self) -> NDArray[np.float32]:
        """Return a table with a row for each hash.

        Examples
        --------
        >>> kept = np.array([[1], [0]], np.int32)
        >>> Subwords(np.ones((1, 2), np.float32), 3, 6, buckets=3, kept=kept).whole().tolist()
        [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
        """
        return np.concatenate([np.empty((0, self.table.shape[1]), np.float32), *self.blocks()])

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the rows of all hashes, some at a time."""
        step = max(1, _AT_ONCE // max(1, self.table.shape[1]))
        for first in range(0, self.hashes, step):
            yield self.rows(np.arange(first, min(first + step, self.hashes)))

    def vector(self, word: str) -> NDArray[np.float32]:
        """Return the mean of the subwords of any word; zeros if it has none."""
        mean: NDArray[np.float32] = self.vectors([word])[0]
        return mean

    def vectors(self, words: Iterable[str]) -> NDArray[np.float32]:
        """Return the same for many words, a row for each.

        Examples
        --------
        >>> subwords = Subwords(np.eye(3, dtype=np.float32), min_n=3, max_n=4)
        >>> subwords.vectors(["cat", "cats", ""]).shape
        (3, 3)
        """
        return self.means([word_bytes(word) for word in words])

    def means(self, words: Sequence[bytes]) -> NDArray[np.float32]:
        """Return the same for words as bytes."""
        total, counts = self.sums(words)
        total *= (1 / np.maximum(counts, 1)).astype(np.float32)[:, np.newaxis]
        return total

    def composed(self, words: Sequence[bytes], own: NDArray[Any]) -> NDArray[np.float32]:
        """Return the vectors of words that have rows of their own: the mean of these and of their subwords.

        The words stand between < and >, as of `split_as_fasttext`.
        """
        total, counts = self.added(words, own)
        total *= (1 / counts).astype(np.float32)[:, np.newaxis]
        return total

    def fitted(self, words: Sequence[bytes], vectors: NDArray[Any]) -> NDArray[np.float32]:
        """Return the rows of their own with which `composed` gives these vectors."""
        total, counts = self.added(words)
        own: NDArray[np.float32] = vectors.astype(np.float32) * (counts + 1).astype(np.float32)[:, np.newaxis] - total
        return own

    def sums(
        self, words: Sequence[bytes], start: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return, for each word, the sum of its subwords and of its row of `start`, and how many these are."""
        return self.added(split_as_fasttext(words), start)

    def added(
        self, words: Sequence[bytes], start: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Do the same for words that stand between < and > already; an empty one has no subwords."""
        rows = len(words)
        total = (
            np.zeros((rows, self.table.shape[1]), np.float32)
            if start is None
            else np.array(start, np.float32, order="C")
        )
        counts = np.full(rows, 0 if start is None else 1, np.int64)
        table = self.table
        if table.shape[1] > 1 and table.strides[1] != table.itemsize:
            table = np.ascontiguousarray(table)
        stored, made = self._rest_in_c()
        for batch in _batches(rows):
            data, offsets = joined(words[batch])
            add_subwords(
                data,
                offsets,
                table,
                self.min_n,
                self.max_n,
                total[batch],
                counts[batch],
                self.hashes,
                self.kept,
                stored,
                made,
            )
        return total, counts

    def _rest_in_c(self) -> tuple[NDArray[Any] | None, NDArray[np.uint64] | None]:
        """Return the table of the other rows, or the generator that makes them, if they count."""
        if self.trained_only or self.rest is None:
            return None, None
        if isinstance(self.rest, InitialRows):
            return None, self.rest.generator
        return self.rest.table.astype(self.table.dtype, copy=False), None


def _batches(words: int) -> Iterator[slice]:
    for first in range(0, words, _WORDS):
        yield slice(first, first + _WORDS)
