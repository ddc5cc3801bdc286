"""The questions one can ask KeyedVectors: what is near, how near, what does not belong. The rest is in keyedvectors.py.

These methods only translate between keys and rows; the arithmetic is in ``query/``.
"""

from __future__ import annotations

import logging
import math
import operator
import warnings
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from w2vcore.corpus.keying import plain_key
from w2vcore.keyedtable import Key, KeyedTable, Vector
from w2vcore.query import search, similarity, transport

logger = logging.getLogger("w2vcore.keyedvectors")


def _not_finite(name: str, vector: Vector) -> str:
    place = int(np.argmin(np.isfinite(vector)))
    return f"{name} holds {vector[place]} at place {place}: a vector must hold finite numbers"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


class KeyedQueries(KeyedTable):
    """Similarity queries on keys and vectors; documented in KeyedVectors, its only subclass."""

    # ---------------------------------------------------------------- search

    def get_mean_vector(
        self,
        keys: Any,
        weights: ArrayLike | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Vector:
        """Return the weighted mean of vectors, divided by the sum of the absolute weights.

        Parameters
        ----------
        keys : list of keys and vectors
        weights : sequence of float, optional
            One each; 1 by default.
        pre_normalize : bool
            Scale the vectors of keys to length 1 before; vectors that are given are taken as they are.
        post_normalize : bool
            Scale the mean to length 1.
        ignore_missing : bool
            Leave out missing keys; False makes them a KeyError. If all are missing the mean is zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[2, 0], [0, 1]])
        >>> kv.get_mean_vector(["a", "b", "missing"], pre_normalize=False).tolist()
        [1.0, 0.5]
        """
        keys = [keys] if self._is_one_key(keys) else list(keys)
        if not keys:
            raise ValueError("cannot compute mean with no input")
        factors = np.ones(len(keys)) if weights is None else np.asarray(weights, np.float64)
        if factors.shape != (len(keys),):
            raise ValueError(
                f"keys and weights must have the same number of elements, got {len(keys)} and {factors.shape}"
            )
        if not np.isfinite(factors).all():
            wrong = int(np.argmin(np.isfinite(factors)))
            raise ValueError(f"weights[{wrong}] must be a finite number, got {factors[wrong]}")
        found: list[tuple[int | None, Vector, float]] = []
        for place, (key, factor) in enumerate(zip(keys, factors.tolist(), strict=True)):
            row, vector = self._input(key, "keys", place, ignore_missing)
            if vector is not None:
                found.append((row, vector, factor))
        if not found:
            return np.zeros(self._vectors.shape[1], self._vectors.dtype)
        rows, vectors, weighted = zip(*found, strict=True)
        if not np.isfinite(vectors).all():  # all at once, as there may be many
            self._check_stored(rows, vectors)
        scaled = [pre_normalize and row is not None for row in rows]
        return similarity.weighted_mean(vectors, weighted, scaled, post_normalize).astype(self._vectors.dtype)

    def _input(
        self, item: Any, argument: str, place: int | None, ignore_missing: bool = False
    ) -> tuple[int | None, Vector | None]:
        """Return (row, vector) of a key, (None, vector) of a vector, (None, None) of a missing key if allowed.

        What is wrong with a vector is said of `argument`, or of its item number `place`.
        """
        if isinstance(item, np.ndarray | list) and not self._is_one_key(item):
            vector = np.asarray(item)
            if vector.dtype.kind not in "fiu" or vector.shape != (self._vectors.shape[1],):
                raise ValueError(
                    f"a vector must hold {self._vectors.shape[1]} numbers, got shape {vector.shape} of {vector.dtype}"
                )
            if not np.isfinite(vector).all():
                raise ValueError(_not_finite(argument if place is None else f"{argument}[{place}]", vector))
            return None, vector
        if not isinstance(item, Hashable) or (isinstance(item, float) and not self._is_one_key(item)):
            raise TypeError(f"expected a key, a vector or a (key, weight) tuple, got {item!r}")
        row = self._row(item)
        if row is not None:
            return row, np.asarray(self._vectors[row])
        if ignore_missing:
            return None, None
        raise self._missing(item, " in vocabulary")

    def _inputs(self, value: Any, argument: str) -> list[tuple[int | None, Vector]]:
        """Return (row, vector) of each key, (None, vector) of each vector, in what `most_similar` accepts."""
        found = [self._input(item, argument, place) for place, item in enumerate(self._as_list(value))]
        return [(row, vector) for row, vector in found if vector is not None]

    def _check_stored(self, rows: Iterable[int | None], vectors: Iterable[Vector]) -> None:
        """Refuse vectors of keys that are not finite; those that were given are (row None)."""
        for row, vector in zip(rows, vectors, strict=True):
            if row is not None and not np.isfinite(vector).all():
                raise ValueError(_not_finite(f"the vector of {self.index_to_key[row]!r}", vector))

    def _as_list(self, value: Any) -> list[Any]:
        """Make a list of what `most_similar` accepts: None, one key, one vector, a list, a tuple, or a matrix."""
        if value is None:
            return []
        if self._is_one_key(value) or (
            isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub"
        ):
            return [value]
        return list(value)

    def _weighted(self, value: Any, default: float, argument: str) -> list[tuple[int | None, Vector, float]]:
        """Return (row or None, vector, weight) of each item; what is not (item, weight) gets the default weight."""
        result = []
        for place, item in enumerate(self._as_list(value)):
            weight = default
            if isinstance(item, tuple) and len(item) == 2 and _is_number(item[1]) and not self._is_one_key(item):
                item, weight = item[0], float(item[1])
                if not math.isfinite(weight):
                    raise ValueError(f"the weight of {argument}[{place}] must be a finite number, got {weight}")
            row, vector = self._input(item, argument, place)
            assert vector is not None
            result.append((row, vector, weight))
        return result

    def _clip(self, clip_start: int | None, clip_end: int | None, restrict_vocab: int | None) -> tuple[int, int]:
        """Range of rows to search; zero and None mean no bound, as in gensim."""
        self._check_rows()
        if restrict_vocab:
            clip_start, clip_end = 0, restrict_vocab
        start, stop, _ = slice(clip_start or None, clip_end or None).indices(len(self._vectors))
        return start, max(start, stop)

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: Any = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Any:
        """Return the keys whose vectors are nearest by cosine to the mean of the inputs.

        Parameters
        ----------
        positive, negative : key, vector, (key, weight), list of these, or 2-D array
            Vectors of keys are scaled to length 1, others are taken as they are; all are weighted, by 1 and -1 unless a
            weight is given (which is taken as it is).
        topn : int or None
            How many; None returns the similarities of all rows (of the clipped range) as an array.
        clip_start, clip_end : int
            Search rows ``clip_start:clip_end`` only.
        restrict_vocab : int, optional
            Search the first `restrict_vocab` rows only: the most frequent words. Overrides the above.
        indexer : object, optional
            Its ``most_similar(vector, topn)`` answers instead, and its result is passed on as it is.

        Returns
        -------
        list of (key, float) or ndarray
            Best first, equal ones by row; keys given as input are left out.

        Raises
        ------
        KeyError
            For a missing key.
        ValueError
            If nothing is given, a vector has another length, or a number in a vector or a weight is not finite.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
        >>> kv.most_similar(positive=["king", "woman"], negative=["man"], topn=1)
        [('queen', 0.7676613926887512)]
        """
        topn = _check_topn(topn)
        if topn is not None and topn < 1:
            return []
        inputs = self._weighted(positive, 1.0, "positive") + self._weighted(negative, -1.0, "negative")
        if not inputs:
            raise ValueError("cannot compute mean with no input")
        rows, vectors, weights = zip(*inputs, strict=True)
        self._check_stored(rows, vectors)
        mean = similarity.weighted_mean(vectors, weights, [row is not None for row in rows], True)
        if indexer is not None and topn is not None:
            return indexer.most_similar(mean.astype(self._vectors.dtype), topn)
        start, stop = self._clip(clip_start, clip_end, restrict_vocab)
        asked = [row for row in rows if row is not None]
        return self._best(lambda: self._unit_cosines(start, stop, mean), topn, asked, start)

    def _unit_cosines(self, start: int, stop: int, query: Vector) -> Vector:
        return similarity.unit_cosines(self._vectors[start:stop], self._lengths()[start:stop], query)

    def _best(self, measure: Callable[[], Vector], topn: int | None, asked: Sequence[int], start: int) -> Any:
        """Return the best (key, value) pairs of rows from `start` on, without those that were asked, or all values."""
        for last_try in (False, True):
            values = measure()
            excluded = {row - start for row in asked if start <= row < start + len(values)}
            rows = similarity.top(values, topn or 0, sorted(excluded))
            if last_try or not self._written_behind([*asked, *(row + start for row in rows)]):
                break
        if topn is None:
            return values
        keys = self.index_to_key
        return [(keys[start + row], values.item(row)) for row in rows]

    def most_similar_batch(
        self,
        keys_or_vectors: Any,
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        threads: int | None = None,
    ) -> list[list[tuple[Any, float]]]:
        """Answer many queries at once: the nearest keys to each key or vector.

        The answers are those of ``[most_similar(query, topn) for query in keys_or_vectors]`` up to rounding, in a
        fraction of the time, as many queries share one reading of the matrix.

        Parameters
        ----------
        keys_or_vectors : list of keys and vectors, or array of shape (queries, vector_size)
        topn : int
            How many for each query.
        clip_start, clip_end, restrict_vocab
            As for `most_similar`.
        threads : int, optional
            By default one a core, or what OPENBLAS_NUM_THREADS or OMP_NUM_THREADS says. Without AVX2 or AVX-512, and
            for vectors that are not float32, BLAS decides.

        Returns
        -------
        list of lists of (key, float)
            One list a query, best first; a query that is a key is not in its own answer.

        Raises
        ------
        KeyError
            For a missing key.
        ValueError
            If a vector has another length, or for `threads` below 1.
        TypeError
            If `topn` is no int.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
        >>> [answer[0][0] for answer in kv.most_similar_batch(["man", "queen", [0, 1]], topn=1)]
        ['king', 'king', 'woman']
        """
        wanted = _check_topn(topn)
        if wanted is None:
            raise TypeError("topn must be an int, got None; for all similarities ask most_similar(..., topn=None)")
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, or None for one a core, got {threads!r}")
        resolved = self._inputs(keys_or_vectors, "keys_or_vectors")
        if wanted < 1 or not resolved:
            return [[] for _ in resolved]
        queries = np.array([vector for _, vector in resolved])
        if not np.isfinite(queries).all():
            self._check_stored([row for row, _ in resolved], queries)
        asked = np.array([-1 if row is None else row for row, _ in resolved])
        start, stop = self._clip(clip_start, clip_end, restrict_vocab)
        excluded = np.where(asked >= start, asked - start, -1)[:, np.newaxis]
        for last_try in (False, True):
            lengths = self._lengths()[start:stop]
            found, values = search.nearest(self._vectors[start:stop], lengths, queries, wanted, excluded, threads)
            seen = np.unique(np.concatenate([asked, (found[:, :1] + start).ravel()]))
            if last_try or not self._written_behind(seen[seen >= 0]):
                break
        keys = self.index_to_key
        return [
            [(keys[start + row], value) for row, value in zip(rows, cosines, strict=True) if row >= 0]
            for rows, cosines in zip(found.tolist(), values.tolist(), strict=True)
        ]

    def similar_by_word(self, word: Key, topn: Any = 10, restrict_vocab: int | None = None) -> Any:
        """Return the nearest keys to a key; see `most_similar`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_key(self, key: Key, topn: Any = 10, restrict_vocab: int | None = None) -> Any:
        """Return the nearest keys to a key; see `most_similar`."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(self, vector: Any, topn: Any = 10, restrict_vocab: int | None = None) -> Any:
        """Return the nearest keys to a vector, or to a key as in gensim; see `most_similar`."""
        one = vector if self._is_one_key(vector) else self._input(np.asarray(vector), "vector", None)[1]
        return self.most_similar(positive=[one], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, topn: Any = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Return the nearest keys by 3CosMul: similarities are multiplied and divided rather than added.

        Parameters
        ----------
        positive, negative : key, vector, list of these, or 2-D array
        topn : int or None
        restrict_vocab : int, optional
            Search the first `restrict_vocab` rows only.

        Returns
        -------
        list of (key, float) or ndarray
            As `most_similar`; the values are not cosines and may exceed 1.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
        >>> kv.most_similar_cosmul(positive=["king", "woman"], negative=["man"], topn=1)[0][0]
        'queen'
        """
        topn = _check_topn(topn)
        if topn is not None and topn < 1:
            return []
        inputs = [self._inputs(positive, "positive"), self._inputs(negative, "negative")]
        for row, vector in inputs[0] + inputs[1]:
            self._check_stored([row], [vector])
        if not inputs[0] and not inputs[1]:
            raise ValueError("cannot compute cosmul with no input")
        start, stop = self._clip(0, None, restrict_vocab)

        def measure() -> Vector:
            above, below = (
                [self._unit_cosines(start, stop, similarity.unit(vector)) for _, vector in side] for side in inputs
            )
            return similarity.cosmul(above, below)

        return self._best(measure, topn, [row for side in inputs for row, _ in side if row is not None], start)

    # ---------------------------------------------------------------- comparison

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """Return the cosine of two keys: 1 for a key with itself, 0 where a vector is zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[1, 0], [3, 4]])
        >>> round(float(kv.similarity("a", "b")), 6), float(kv.distance("b", "b"))
        (0.6, 0.0)
        """
        return similarity.cosine(self.get_vector(w1), self.get_vector(w2))

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """Return 1 - `similarity`."""
        result: np.float32 = np.float32(1 - float(self.similarity(w1, w2)))
        return result

    def distances(self, word_or_vector: Any, other_words: Iterable[Key] = ()) -> Vector:
        """Return 1 - cosine from a key or vector to other keys, to all when none are named.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b", "c"], [[1, 0], [0, 1], [-1, 0]])
        >>> kv.distances("a").tolist(), kv.distances("a", ["c"]).tolist()
        ([0.0, 1.0, 2.0], [2.0])
        """
        if self._is_one_key(word_or_vector):
            query = np.asarray(self.get_vector(word_or_vector))
            self._check_stored([self.get_index(word_or_vector)], [query])
        else:
            query = np.asarray(self._input(np.asarray(word_or_vector), "word_or_vector", None)[1])
        rows = [self.get_index(word) for word in other_words]
        if not rows:
            return 1 - similarity.cosines(self._vectors, self._lengths(), query)
        return 1 - similarity.cosines(np.asarray(self._vectors)[rows], self._lengths()[rows], query)

    @staticmethod
    def cosine_similarities(vector_1: ArrayLike, vectors_all: ArrayLike) -> Vector:
        """Return the cosine of one vector with each row of a matrix; 0 where one is zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> KeyedVectors.cosine_similarities([1, 0], [[2, 0], [0, 1], [0, 0]]).tolist()
        [1.0, 0.0, 0.0]
        """
        matrix = np.asarray(vectors_all)
        if matrix.dtype.kind != "f":
            matrix = matrix.astype(np.float64)
        return similarity.cosines(matrix, similarity.norms(matrix), vector_1)

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> np.float32:
        """Return the cosine of the means of two lists of keys; missing keys are left out, all missing gives 0.

        Raises
        ------
        ZeroDivisionError
            For an empty list.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b", "c"], [[1, 0], [0, 1], [1, 1]])
        >>> float(kv.n_similarity(["a", "b"], ["c"]))
        1.0
        """
        if not len(ws1) or not len(ws2):
            raise ZeroDivisionError("n_similarity needs two lists that are not empty")
        return similarity.cosine(
            self.get_mean_vector(ws1, pre_normalize=False), self.get_mean_vector(ws2, pre_normalize=False)
        )

    def wmdistance(self, document1: Sequence[Key], document2: Sequence[Key], norm: bool = True) -> float:
        """Return the Word Mover's Distance of two texts: what it costs to move the words of one to those of the other.

        Parameters
        ----------
        document1, document2 : list of keys
            Missing keys are left out.
        norm : bool
            Measure distances between vectors scaled to length 1.

        Returns
        -------
        float
            Infinity if a text has no known key; 0 if both consist of one and the same key.

        Raises
        ------
        ImportError
            If the package POT is not installed: ``pip install w2vcore[wmd]``.

        Notes
        -----
        Kusner, Sun, Kolkin, Weinberger (2015), "From Word Embeddings To Document Distances".
        """
        found = []
        for document in (document1, document2):
            rows = [row for key in document if (row := self._row(key)) is not None]
            if len(rows) < len(document):
                logger.info("Removed %d OOV words from a document of %d", len(document) - len(rows), len(document))
            found.append(np.unique(np.array(rows, np.intp), return_counts=True))
        (first, counts), (second, others) = found
        transport.require()
        if not len(first) or not len(second):
            logger.warning("At least one of the documents had no words that were in the vocabulary.")
            return float("inf")
        if len(first) == 1 and np.array_equal(first, second):
            return 0.0
        vectors: list[Vector] = [np.asarray(self._vectors[rows], np.float64) for rows in (first, second)]
        if norm:
            vectors = [similarity.unit(rows) for rows in vectors]
        return transport.distance(vectors[0], counts / counts.sum(), vectors[1], others / others.sum())

    def rank_by_centrality(self, words: Sequence[Key], use_norm: bool = True) -> list[tuple[Any, Any]]:
        """Return (similarity, key) of each key with the mean of all of them, best first: the last is the odd one.

        Missing keys are left out with a warning.

        Raises
        ------
        ValueError
            If no key is left.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b", "c"], [[1, 0], [1, 0.1], [0, 1]])
        >>> [word for _, word in kv.rank_by_centrality(["a", "b", "c"])]
        ['b', 'a', 'c']
        """
        rows = [(self._row(word), word) for word in words]
        used = [(row, word) for row, word in rows if row is not None]
        if len(used) < len(rows):
            missing = {plain_key(word) for row, word in rows if row is None}
            logger.warning("vectors for words %s are not present in the model, ignoring these words", missing)
        if not used:
            raise ValueError("cannot select a word from an empty list")
        central = similarity.centrality(np.asarray(self._vectors)[[row for row, _ in used]], use_norm)
        order = np.argsort(-central, kind="stable").tolist()
        return [(central[place], used[place][1]) for place in order]

    def doesnt_match(self, words: Sequence[Key]) -> Any:
        """Return the key farthest from the mean of all of them; see `rank_by_centrality`."""
        return self.rank_by_centrality(words)[-1][1]

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Any:
        """Return the key of a list that is nearest to `key1`."""
        if not len(keys_list):
            raise ValueError("keys_list must hold at least one key, got an empty list")
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def closer_than(self, key1: Key, key2: Key) -> list[Any]:
        """Return the keys that are strictly nearer to `key1` than `key2` is.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b", "c"], [[1, 0], [1, 1], [0, 1]])
        >>> kv.closer_than("a", "c"), kv.rank("a", "c")
        (['b'], 2)
        """
        one, two = self.get_index(key1), self.get_index(key2)
        cosines = similarity.cosines(self._vectors, self._lengths(), np.asarray(self._vectors[one]))
        return [self.index_to_key[row] for row in np.flatnonzero(cosines > cosines[two]).tolist() if row != one]

    def words_closer_than(self, word1: Key, word2: Key) -> list[Any]:
        """Return the keys that are nearer to `word1` than `word2` is; deprecated, use `closer_than`."""
        warnings.warn("words_closer_than is deprecated; use closer_than", DeprecationWarning, stacklevel=2)
        return self.closer_than(word1, word2)

    def rank(self, key1: Key, key2: Key) -> int:
        """Return 1 + the number of keys nearer to `key1` than `key2` is."""
        return len(self.closer_than(key1, key2)) + 1

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """Return the similarity of two keys over the sum of those of the `topn` nearest keys to the first."""
        total: float = sum(value for _, value in self.similar_by_key(wa, topn))
        return float(self.similarity(wa, wb)) / total


def _check_topn(topn: Any) -> int | None:
    """Return `topn` as an int or None."""
    if topn is None:
        return None
    try:
        return operator.index(topn)
    except TypeError:
        raise TypeError(f"topn must be an int, or None for all similarities, got {topn!r}") from None
