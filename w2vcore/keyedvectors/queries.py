"""The questions one can ask KeyedVectors: what is near, how near, what does not belong.

These functions are the methods of the same names, where their arguments are documented. They only translate between
keys and rows; the arithmetic is in ``query/``.
"""

from __future__ import annotations

import logging
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from w2vcore.corpus.keying import plain_key
from w2vcore.keyedvectors.inputs import Input, check_finite, named, resolved, resolved_all, weighted
from w2vcore.keyedvectors.protocol import Vectors
from w2vcore.keyedvectors.table import Key, Vector, VectorTable
from w2vcore.query import search, similarity, transport

logger = logging.getLogger("w2vcore.keyedvectors")

K = TypeVar("K")


# -------------------------------------------------------------------- search


def most_similar(
    wv: Vectors,
    positive: Any,
    negative: Any,
    topn: Any,
    clip_start: int | None,
    clip_end: int | None,
    restrict_vocab: int | None,
    indexer: Any,
) -> list[tuple[Any, float]] | Vector:
    """Return the keys nearest to the mean of the inputs, or all similarities."""
    topn = _check_topn(topn)
    if topn is not None and topn < 1:
        return []
    table = wv._table
    inputs = weighted(table, positive, 1.0, "positive") + weighted(table, negative, -1.0, "negative")
    if not inputs:
        raise ValueError("cannot compute mean with no input")
    mean = _mean(inputs, True, True)
    if indexer is not None and topn is not None:
        answer: list[tuple[Any, float]] = indexer.most_similar(mean.astype(table.matrix.array.dtype), topn)
        return answer  # as it is, whatever that is
    start, stop = _clip(table, clip_start, clip_end, restrict_vocab)
    asked = [each.row for each, _ in inputs if each.row is not None]
    return _best(wv, lambda: _unit_cosines(table, start, stop, mean), topn, asked, start)


def most_similar_cosmul(
    wv: Vectors, positive: Any, negative: Any, topn: Any, restrict_vocab: int | None
) -> list[tuple[Any, float]] | Vector:
    """Return the nearest keys by 3CosMul."""
    topn = _check_topn(topn)
    if topn is not None and topn < 1:
        return []
    table = wv._table
    inputs = [resolved_all(table, positive, "positive"), resolved_all(table, negative, "negative")]
    check_finite(inputs[0] + inputs[1])
    if not inputs[0] and not inputs[1]:
        raise ValueError("cannot compute cosmul with no input")
    start, stop = _clip(table, 0, None, restrict_vocab)

    def measure() -> Vector:
        above, below = (
            [_unit_cosines(table, start, stop, similarity.unit(each.vector)) for each in side] for side in inputs
        )
        return similarity.cosmul(above, below)

    return _best(wv, measure, topn, [each.row for side in inputs for each in side if each.row is not None], start)


def most_similar_batch(
    wv: Vectors,
    keys_or_vectors: Any,
    topn: Any,
    clip_start: int | None,
    clip_end: int | None,
    restrict_vocab: int | None,
    threads: int | None,
) -> list[list[tuple[Any, float]]]:
    """Return the nearest keys to each key or vector."""
    wanted = _check_topn(topn)
    if wanted is None:
        raise TypeError("topn must be an int, got None; for all similarities ask most_similar(..., topn=None)")
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be at least 1, or None for one a core, got {threads!r}")
    table = wv._table
    inputs = resolved_all(table, keys_or_vectors, "keys_or_vectors")
    if wanted < 1 or not inputs:
        return [[] for _ in inputs]
    queries = np.array([each.vector for each in inputs])
    if not np.isfinite(queries).all():
        check_finite(inputs)
    asked = np.array([-1 if each.row is None else each.row for each in inputs])
    start, stop = _clip(table, clip_start, clip_end, restrict_vocab)
    excluded = np.where(asked >= start, asked - start, -1)[:, np.newaxis]

    matrix = table.matrix
    for last_try in (False, True):
        lengths = matrix.current_lengths()[start:stop]
        found, values = search.nearest(matrix.array[start:stop], lengths, queries, wanted, excluded, threads)
        met = np.unique(np.concatenate([asked, (found[:, :1] + start).ravel()]))
        if last_try or not matrix.has_changed(met[met >= 0]):
            break
        wv.clear_norms()
    keys = table.keys.listed
    return [
        [(keys[start + row], value) for row, value in zip(rows, cosines, strict=True) if row >= 0]
        for rows, cosines in zip(found.tolist(), values.tolist(), strict=True)
    ]


def _best(
    wv: Vectors, measure: Callable[[], Vector], topn: int | None, asked: Sequence[int], start: int
) -> list[tuple[Any, float]] | Vector:
    """Return the best (key, value) pairs of rows from `start` on, without those that were asked, or all values."""
    for last_try in (False, True):
        values = measure()
        excluded = {row - start for row in asked if start <= row < start + len(values)}
        rows = similarity.top(values, topn or 0, sorted(excluded))
        if last_try or not wv._table.matrix.has_changed([*asked, *(row + start for row in rows)]):
            break
        wv.clear_norms()
    if topn is None:
        return values
    keys = wv._table.keys.at([start + row for row in rows])
    return [(key, values.item(row)) for key, row in zip(keys, rows, strict=True)]


def _unit_cosines(table: VectorTable, start: int, stop: int, query: Vector) -> Vector:
    matrix = table.matrix
    return similarity.unit_cosines(matrix.array[start:stop], matrix.current_lengths()[start:stop], query)


def _clip(
    table: VectorTable, clip_start: int | None, clip_end: int | None, restrict_vocab: int | None
) -> tuple[int, int]:
    """Return the range of rows to search; zero and None mean no bound, as in gensim."""
    table.check()
    if restrict_vocab:
        clip_start, clip_end = 0, restrict_vocab
    start, stop, _ = slice(clip_start or None, clip_end or None).indices(len(table.matrix.array))
    return start, max(start, stop)


def _check_topn(topn: Any) -> int | None:
    """Return `topn` as an int or None."""
    if topn is None:
        return None
    try:
        return operator.index(topn)
    except TypeError:
        raise TypeError(f"topn must be an int, or None for all similarities, got {topn!r}") from None


# -------------------------------------------------------------------- comparison


def get_mean_vector(
    wv: Vectors, keys: Any, weights: ArrayLike | None, pre_normalize: bool, post_normalize: bool, ignore_missing: bool
) -> Vector:
    """Return the weighted mean of vectors."""
    table = wv._table
    keys = [keys] if table.keys.is_one(keys) else list(keys)
    if not keys:
        raise ValueError("cannot compute mean with no input")
    factors = np.ones(len(keys)) if weights is None else np.asarray(weights, np.float64)
    if factors.shape != (len(keys),):
        raise ValueError(f"keys and weights must have the same number of elements, got {len(keys)} and {factors.shape}")
    if not np.isfinite(factors).all():
        wrong = int(np.argmin(np.isfinite(factors)))
        raise ValueError(f"weights[{wrong}] must be a finite number, got {factors[wrong]}")
    found: list[tuple[Input, float]] = []
    for place, (key, factor) in enumerate(zip(keys, factors.tolist(), strict=True)):
        try:
            found.append((resolved(table, key, "keys", place), factor))
        except KeyError:
            if not ignore_missing:
                raise
    dtype = table.matrix.array.dtype
    if not found:
        return np.zeros(table.width, dtype)
    return _mean(found, pre_normalize, post_normalize).astype(dtype)


def _mean(inputs: Sequence[tuple[Input, float]], pre_normalize: bool, post_normalize: bool) -> Vector:
    """Return the weighted mean of vectors; `pre_normalize` scales those of keys to length 1."""
    vectors = [each.vector for each, _ in inputs]
    if not np.isfinite(vectors).all():  # all at once, as there may be many
        check_finite(each for each, _ in inputs)
    scaled = [pre_normalize and each.key is not None for each, _ in inputs]
    return similarity.weighted_mean(vectors, [weight for _, weight in inputs], scaled, post_normalize)


def distances(wv: Vectors, word_or_vector: Any, other_words: Iterable[Key]) -> Vector:
    """Return 1 - cosine from a key or vector to other keys, or to all."""
    table, matrix = wv._table, wv._table.matrix
    if table.keys.is_one(word_or_vector):
        query = np.asarray(wv.get_vector(word_or_vector))
        check_finite([Input(query, key=plain_key(word_or_vector))])
    else:
        query = resolved(table, np.asarray(word_or_vector), "word_or_vector").vector
    others = list(other_words)
    if not others:
        return 1 - similarity.cosines(matrix.array, matrix.current_lengths(), query)
    if table.subwords is None:
        rows = [wv.get_index(word) for word in others]
        return 1 - similarity.cosines(np.asarray(matrix.array)[rows], matrix.current_lengths()[rows], query)
    vectors = np.array([wv.get_vector(word) for word in others])
    return 1 - similarity.cosines(vectors, similarity.norms(vectors), query)


def cosine_similarities(vector_1: ArrayLike, vectors_all: ArrayLike) -> Vector:
    """Return the cosine of one vector with each row of any matrix."""
    matrix = np.asarray(vectors_all)
    if matrix.dtype.kind != "f":
        matrix = matrix.astype(np.float64)
    return similarity.cosines(matrix, similarity.norms(matrix), vector_1)


def wmdistance(wv: Vectors, document1: Sequence[Key], document2: Sequence[Key], norm: bool) -> float:
    """Return the Word Mover's Distance of two texts."""
    table, texts = wv._table, []
    for document in (document1, document2):
        words = [each for key in document if (each := named(table, key)) is not None]
        if len(words) < len(document):
            logger.info("Removed %d OOV words from a document of %d", len(document) - len(words), len(document))
        # in the order of the rows, and words without one after them
        words.sort(key=lambda each: len(table.keys) if each.row is None else each.row)
        texts.append((Counter(each.key for each in words), {each.key: each.vector for each in words}))
    transport.require()
    if not all(counts for counts, _ in texts):
        logger.warning("At least one of the documents had no words that were in the vocabulary.")
        return float("inf")
    if len(texts[0][0]) == 1 and texts[0][0].keys() == texts[1][0].keys():
        return 0.0
    points, shares = [], []
    for counts, vectors in texts:
        matrix = np.array([*vectors.values()], np.float64)
        points.append(similarity.unit(matrix) if norm else matrix)
        shares.append(np.array([*counts.values()]) / counts.total())
    return transport.distance(points[0], shares[0], points[1], shares[1])


def rank_by_centrality(wv: Vectors, words: Sequence[K], use_norm: bool) -> list[tuple[Any, K]]:
    """Return (similarity, key) of each key with the mean of all of them, best first."""
    found = [(named(wv._table, word), word) for word in words]
    used = [(each.vector, word) for each, word in found if each is not None]
    if len(used) < len(found):
        missing = {plain_key(word) for each, word in found if each is None}
        logger.warning("vectors for words %s are not present in the model, ignoring these words", missing)
    if not used:
        raise ValueError("cannot select a word from an empty list")
    central = similarity.centrality(np.array([vector for vector, _ in used]), use_norm)
    order = np.argsort(-central, kind="stable").tolist()
    return [(central[place], used[place][1]) for place in order]


def closer_than(wv: Vectors, key1: Key, key2: Key) -> list[Any]:
    """Return the keys that are strictly nearer to `key1` than `key2` is."""
    one, two = wv.get_index(key1), wv.get_index(key2)
    table, matrix = wv._table, wv._table.matrix
    cosines = similarity.cosines(matrix.array, matrix.current_lengths(), np.asarray(matrix.array[one]))
    return [table.keys.listed[row] for row in np.flatnonzero(cosines > cosines[two]).tolist() if row != one]
