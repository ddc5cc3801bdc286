"""The input matrix of FastText: a row for each word, then one for each bucket that a word uses, most updated first.

The vectors own it: ``wv.vectors_vocab`` is its beginning, and the table of ``wv.subwords`` its end. What a model keeps
beside them is which rows stand for which word. Whoever replaces a part of the vectors, or copies them, takes them out
of the matrix; it is then put together anew before the next training.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors import FastTextKeyedVectors
from w2vcore.keyedvectors.internals import identity_of_keys, own_rows, spelt, take_parts
from w2vcore.model.features import Features, subword_features
from w2vcore.model.subwords import InitialRows, StoredRows, Subwords
from w2vcore.model.tables import INPUT, Table, centre_rates
from w2vcore.model.weights import checked_lock, initial_vectors, zeros
from w2vcore.word2vec.inputs import InputRows

if TYPE_CHECKING:
    from .model import FastText

# Distinct n-grams of 3 to 6 characters for each word, and how their number grows with that of the words: 148,000 of
# 28,000 words, 1.3 million of 470,000 (wiki-en-1).
_NGRAMS_OF_MANY, _MANY, _GROWTH = 148_000, 28_000, 0.77


@dataclass(frozen=True, eq=False)
class Parts:
    """Which rows stand for which word.

    Attributes
    ----------
    features : Features
    buckets : ndarray of uint32
        The bucket of each row after those of the words.
    made_of : tuple
        What they follow from.
    """

    features: Features
    buckets: NDArray[np.uint32]
    made_of: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class InputMatrix:
    """The matrix, and what its rows are.

    Attributes
    ----------
    matrix : ndarray of float32
        A view of a padded one.
    parts : Parts or None
        None where there are no n-grams.
    subwords : Subwords or None
        Those of the vectors when it was made.
    """

    matrix: NDArray[np.float32]
    parts: Parts | None
    subwords: Subwords | None

    def is_of(self, wv: FastTextKeyedVectors) -> bool:
        """Whether the vectors are still views of this matrix."""
        own, words = own_rows(wv), len(wv)
        if own is None or wv.subwords is not self.subwords or not _begins_at(own, self.matrix, 0, words):
            return False
        if self.parts is None:
            return len(self.matrix) == words
        assert self.subwords is not None
        rows = len(self.matrix) - words
        return self.parts.made_of == _made_of(wv) and _begins_at(self.subwords.table, self.matrix, words, rows)


def _begins_at(part: NDArray[Any], matrix: NDArray[Any], first: int, rows: int) -> bool:
    """Whether an array is these rows of a matrix, in the same memory."""
    address = matrix.ctypes.data + first * matrix.strides[0]
    return (
        part.shape == (rows, matrix.shape[1])
        and part.dtype == matrix.dtype
        and (rows == 0 or (part.ctypes.data == address and part.strides == matrix.strides))
    )


def _made_of(wv: FastTextKeyedVectors) -> tuple[Any, ...]:
    return identity_of_keys(wv), len(wv), wv.min_n, wv.max_n, wv.bucket


class SubwordRows(InputRows["FastText"]):
    """A row for each word and for each bucket in use; a word is the mean of its own and of those of its n-grams."""

    def table(self, model: FastText, table: Table) -> Table:
        """Return the table of words and buckets; how many these are is known with the vocabulary."""

        def rows(vocabulary: int) -> int:
            if not model.wv.bucket:
                return vocabulary
            known = vocabulary == len(model.wv)
            return vocabulary + (len(parts_of(model).buckets) if known else likely_buckets(vocabulary, model.wv.bucket))

        if not model.wv.bucket:
            return replace(table, attribute="wv.vectors_vocab")
        return over_features(table, "wv.vectors_vocab", rows, lambda: parts_of(model).features)

    def matrix(self, model: FastText) -> NDArray[Any] | None:
        """Return the matrix, put together anew if the vectors are no longer in it."""
        return gathered(model).matrix

    def replace(self, model: FastText, matrix: NDArray[Any]) -> None:
        """Store another matrix, of all rows."""
        present = gathered(model)
        if matrix is not present.matrix:
            rest = None if present.subwords is None else present.subwords.rest
            _store(model, np.asarray(matrix), present.parts, rest)

    def begin(self, model: FastText, table: Table) -> NDArray[np.float32]:
        """Draw all rows: words with the seed, buckets with the next one, as gensim does."""
        wv, size = model.wv, model.vector_size
        wv.vectors_vocab_lockf, wv.vectors_ngrams_lockf = np.ones(1, np.float32), np.ones(1, np.float32)
        if not wv.bucket:
            return _store(model, initial_vectors(len(wv), size, model.seed), None, None).matrix
        if wv.subwords is not None:
            wv.subwords = model._parts = None
        parts, rest = parts_of(model), InitialRows(model.seed + 1, size)
        matrix = zeros(len(wv) + len(parts.buckets), size)[:, :size]
        matrix[: len(wv)] = initial_vectors(len(wv), size, model.seed)
        matrix[len(wv) :] = _in_order(rest, parts.buckets)
        return _store(model, matrix, parts, rest).matrix

    def grow(self, model: FastText) -> None:
        """Draw rows for the words that have none, and let buckets that are new in use begin with what they were."""
        wv, old = model.wv, model._input
        lock, before = wv.vectors_vocab_lockf, own_rows(wv)
        if before is not None and len(lock) == len(before) > 1:  # a single factor stands for all rows
            wv.vectors_vocab_lockf = np.concatenate([lock, np.ones(len(wv) - len(before), np.float32)])
        now = gathered(model)
        if old is not None:
            model._inspection.inherit(INPUT, old.matrix, now.matrix)

    def features(self, model: FastText) -> Features | None:
        """Return the rows of each word; None without n-grams."""
        parts = gathered(model).parts
        return None if parts is None else parts.features

    def lock(self, model: FastText) -> NDArray[np.float32]:
        """Return the factors of words and buckets; of both, they go round by the number of the word or bucket."""
        wv = model.wv
        words = checked_lock(wv.vectors_vocab_lockf, len(wv), "wv.vectors_vocab_lockf")
        if not wv.bucket:
            return words
        buckets = checked_lock(wv.vectors_ngrams_lockf, wv.bucket, "wv.vectors_ngrams_lockf")
        if len(words) == len(buckets) == 1 and words[0] == buckets[0]:
            return words
        used = parts_of(model).buckets
        return np.concatenate([words[np.arange(len(wv)) % len(words)], buckets[used % len(buckets)]])

    def publish(self, model: FastText) -> None:
        """Make the vectors of the words of the matrix."""
        model.wv.adjust_vectors()


def over_features(table: Table, attribute: str, rows: Callable[[int], int], features: Callable[[], Features]) -> Table:
    """Return a table whose rows are those that stand for words; which these are is asked when their rates are."""

    def known() -> Table:
        return features().table(table)

    return replace(
        table,
        attribute=attribute,
        rows=rows,
        used_rows=rows,
        update_rates=lambda words: known().update_rates(words),
        hot_end=lambda words: known().hot_end(words),
        keyed=False,
    )


def likely_buckets(words: int, bucket: int) -> int:
    """Return how many buckets so many words of a text use, roughly: more n-grams than buckets share them.

    Examples
    --------
    >>> likely_buckets(28_000, 2_000_000), likely_buckets(10**8, 2_000_000)
    (142657, 2000000)
    """
    ngrams = _NGRAMS_OF_MANY * (words / _MANY) ** _GROWTH
    return round(bucket * -math.expm1(-ngrams / bucket))


def parts_of(model: FastText) -> Parts:
    """Return which rows stand for which word of the vocabulary as it is now; rows that are there keep their places."""
    wv, known = model.wv, model._parts
    if known is not None and known.made_of == _made_of(wv):
        return known
    counts = np.asarray(wv.expandos.get("count", ()), np.int64)
    keep = np.asarray(wv.expandos.get("sample_int", ()), np.uint32)
    per_word = centre_rates(counts, keep if len(keep) == len(counts) else None) if len(counts) == len(wv) else None
    subwords = wv.subwords
    first = None
    if subwords is not None and subwords.kept is not None:
        first = _by_row(subwords.kept)
    words = spelt(wv)
    features, buckets = subword_features(words, wv.min_n, wv.max_n, wv.bucket, per_word, first)
    model._parts = Parts(features, buckets, _made_of(wv))
    return model._parts


def gathered(model: FastText) -> InputMatrix:
    """Return the matrix of a model; put together what is not in it."""
    wv, size = model.wv, model.vector_size
    if model._input is not None and model._input.is_of(wv):
        return model._input
    own, words = own_rows(wv), len(wv)
    own = wv.vectors_vocab if own is None else own
    parts = parts_of(model) if wv.bucket else None
    matrix = zeros(words + (0 if parts is None else len(parts.buckets)), size)[:, :size]
    drawn = min(len(own), words)
    matrix[:drawn] = own[:drawn]
    if drawn < words:
        matrix[drawn:words] = initial_vectors(words, size, model.seed)[drawn:]
    if parts is None:
        return _store(model, matrix, None, None)
    present = wv.subwords
    rest: InitialRows | StoredRows | None = None if present is None else present.rest
    if present is None:
        rest = InitialRows(model.seed + 1, size)
        matrix[words:] = _in_order(rest, parts.buckets)
    elif present.kept is None:
        rest = StoredRows(present.table)
        matrix[words:] = _in_order(rest, parts.buckets)
    else:
        there = len(present.kept[0])
        if not np.array_equal(_by_row(present.kept), parts.buckets[:there]):
            model._parts = None
            parts = parts_of(model)
            matrix = np.concatenate([matrix[:words], zeros(len(parts.buckets), size)[:, :size]])
        matrix[words : words + there] = present.table[np.sort(present.kept[1])]
        # of a pruned table, an n-gram that it has not kept begins anew
        drawn_from = rest or InitialRows(model.seed + 1, size)
        matrix[words + there :] = _in_order(drawn_from, parts.buckets[there:])
    return _store(model, matrix, parts, rest)


def _by_row(kept: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Return the bucket of each row."""
    hashes, rows = kept
    buckets: NDArray[np.uint32] = hashes[np.argsort(rows, kind="stable")].astype(np.uint32)
    return buckets


def _in_order(rows: InitialRows | StoredRows, buckets: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return the rows of buckets in any order."""
    order = np.argsort(buckets, kind="stable")
    found = rows.rows(buckets[order].astype(np.int64))
    result = np.empty_like(found)
    result[order] = found
    return result


def _store(
    model: FastText, matrix: NDArray[np.float32], parts: Parts | None, rest: InitialRows | StoredRows | None
) -> InputMatrix:
    """Give the vectors their parts of a matrix."""
    wv, words = model.wv, len(model.wv)
    subwords = None
    if parts is not None:
        order = np.argsort(parts.buckets, kind="stable")
        kept = np.array([parts.buckets[order], order], np.int32)
        only = wv.trained_ngrams_only
        subwords = Subwords(matrix[words:], wv.min_n, wv.max_n, wv.bucket, kept, rest, only and rest is not None)
    take_parts(wv, matrix[:words], subwords)
    model._parts, model._input = parts, InputMatrix(matrix, parts, subwords)
    return model._input
