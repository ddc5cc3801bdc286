"""Facade: KeyedVectors = keys + vectors + questions about them, with gensim 4's names.

This class only translates between keys and rows: the table itself is in ``keyedtable.py``, the arithmetic in
``query/similarity.py``, the files in ``formats/``.
"""

from __future__ import annotations

import logging
import operator
import os
from collections.abc import Hashable, Iterable, Sequence
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.formats import recognition, registry, word2vec_rows
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.fasttext_binary import Subwords
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedtable import Key, KeyedTable, Vector
from w2vcore.query import similarity

logger = logging.getLogger(__name__)

REAL = np.float32
Self = TypeVar("Self", bound="KeyedVectors")

_PICKLE_DEFAULTS: tuple[Any, ...] = (None, 10 * 1024**2, frozenset(), 4)
_COLUMN = "expando."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


class KeyedVectors(KeyedTable):
    """Vectors by key: look up, compare, search, change, save.

    Parameters
    ----------
    vector_size : int
        Length of a vector.
    count : int
        Rows to allocate; they are filled by `add_vector` and `add_vectors`.
    dtype : dtype
        Type of the numbers.
    mapfile_path : str, optional
        Kept as an attribute only, as in gensim.

    Attributes
    ----------
    vectors : ndarray, shape (keys, vector_size)
        May be a view with a row stride (``padded[:, :D]``) or a memory map. Assigning it forgets the cached norms;
        writing into it (``kv.vectors[3] = x``) cannot be seen: call `clear_norms` after that.
    key_to_index : dict
        Row of each key.
    index_to_key : list
        Key of each row; None where a row was allocated and never filled.
    norms : ndarray or None
        Lengths of the vectors, computed when first needed.
    expandos : dict of str to ndarray
        Further columns, such as 'count'; see `set_vecattr`.
    next_index : int
        The next allocated row that is free.
    vectors_lockf : ndarray
        Learning-rate factors of the rows; only set on the vectors of a model.
    subwords : Subwords or None
        Of a fastText model that `load_any` read: ``subwords.vector(word)`` is the vector of a word which is not a key.
    dropped_counts, min_count
        Where a model keeps the counts of the words it dropped, errors on missing keys name them.

    Examples
    --------
    >>> from w2vcore.keyedvectors import KeyedVectors
    >>> kv = KeyedVectors(vector_size=2)
    >>> kv.add_vectors(["north", "east", "northeast"], [[0, 1], [1, 0], [1, 1]])
    >>> print(kv)
    KeyedVectors<vector_size=2, 3 keys>
    >>> kv["east"].tolist(), "south" in kv, len(kv)
    ([1.0, 0.0], False, 3)
    >>> kv.most_similar("north", topn=1)
    [('northeast', 0.7071067690849304)]
    """

    subwords: Subwords | None = None

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
        pre_normalize, post_normalize : bool
            Scale each vector before, and the mean after, to length 1.
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
        found: list[tuple[Vector, float]] = []
        for key, factor in zip(keys, factors.tolist(), strict=True):
            vector = self._input(key, ignore_missing)[1]
            if vector is not None:
                found.append((vector, factor))
        if not found:
            return np.zeros(self.vectors.shape[1], self.vectors.dtype)
        mean = similarity.weighted_mean([v for v, _ in found], [f for _, f in found], pre_normalize, post_normalize)
        return mean.astype(self.vectors.dtype)

    def _input(self, item: Any, ignore_missing: bool = False) -> tuple[int | None, Vector | None]:
        """Return (row, vector) of a key, (None, vector) of a vector, (None, None) of a missing key if allowed."""
        if isinstance(item, np.ndarray | list) and not self._is_one_key(item):
            vector = np.asarray(item)
            if vector.dtype.kind not in "fiu" or vector.shape != (self.vectors.shape[1],):
                raise ValueError(
                    f"a vector must hold {self.vectors.shape[1]} numbers, got shape {vector.shape} of {vector.dtype}"
                )
            return None, vector
        if not isinstance(item, Hashable) or (isinstance(item, float) and not self._is_one_key(item)):
            raise TypeError(f"expected a key, a vector or a (key, weight) tuple, got {item!r}")
        row = self._row(item)
        if row is not None:
            return row, np.asarray(self.vectors[row])
        if ignore_missing:
            return None, None
        raise self._missing(item, " in vocabulary")

    def _as_list(self, value: Any) -> list[Any]:
        """Make a list of what `most_similar` accepts: None, one key, one vector, a list, a tuple, or a matrix."""
        if value is None:
            return []
        if self._is_one_key(value) or (
            isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub"
        ):
            return [value]
        return list(value)

    def _weighted(self, value: Any, default: float) -> list[tuple[Any, float]]:
        """Split (key, weight) tuples; other items get the default weight."""
        result = []
        for item in self._as_list(value):
            if isinstance(item, tuple) and len(item) == 2 and _is_number(item[1]) and not self._is_one_key(item):
                result.append((item[0], float(item[1])))
            else:
                result.append((item, default))
        return result

    def _clip(self, clip_start: int | None, clip_end: int | None, restrict_vocab: int | None) -> tuple[int, int]:
        """Range of rows to search; zero and None mean no bound, as in gensim."""
        if restrict_vocab:
            clip_start, clip_end = 0, restrict_vocab
        start, stop, _ = slice(clip_start or None, clip_end or None).indices(len(self.vectors))
        return start, max(start, stop)

    def _answer(
        self, similarities: Vector, topn: int, inputs: Iterable[int | None], start: int
    ) -> list[tuple[Any, float]]:
        """Return the best (key, similarity) pairs of rows from `start` on, without the inputs."""
        excluded = {row - start for row in inputs if row is not None and start <= row < start + len(similarities)}
        rows = similarity.top(similarities, topn, sorted(excluded))
        return [
            (self.index_to_key[start + row], value)
            for row, value in zip(rows.tolist(), similarities[rows].tolist(), strict=True)
        ]

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
            Each is scaled to length 1 and weighted, by 1 and -1 unless a weight is given (which is taken as it is).
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
            If nothing is given, or a vector has another length.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
        >>> kv.most_similar(positive=["king", "woman"], negative=["man"], topn=1)
        [('queen', 0.7676613926887512)]
        """
        inputs = self._weighted(positive, 1.0) + self._weighted(negative, -1.0)
        if not inputs:
            raise ValueError("cannot compute mean with no input")
        resolved = [self._input(item) for item, _ in inputs]
        mean = similarity.weighted_mean([v for _, v in resolved if v is not None], [w for _, w in inputs], True, True)
        topn = _check_topn(topn)
        if topn is not None and topn < 1:
            return []
        if indexer is not None and topn is not None:
            return indexer.most_similar(mean.astype(self.vectors.dtype), topn)
        start, stop = self._clip(clip_start, clip_end, restrict_vocab)
        similarities = similarity.cosines(self.vectors[start:stop], self._lengths()[start:stop], mean)
        if topn is None:
            return similarities
        return self._answer(similarities, topn, (row for row, _ in resolved), start)

    def similar_by_word(self, word: Key, topn: Any = 10, restrict_vocab: int | None = None) -> Any:
        """Return the nearest keys to a key; see `most_similar`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_key(self, key: Key, topn: Any = 10, restrict_vocab: int | None = None) -> Any:
        """Return the nearest keys to a key; see `most_similar`."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(self, vector: ArrayLike, topn: Any = 10, restrict_vocab: int | None = None) -> Any:
        """Return the nearest keys to a vector; see `most_similar`."""
        return self.most_similar(positive=[np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

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
        inputs = [[self._input(item) for item in self._as_list(value)] for value in (positive, negative)]
        if not inputs[0] and not inputs[1]:
            raise ValueError("cannot compute cosmul with no input")
        topn = _check_topn(topn)
        if topn is not None and topn < 1:
            return []
        start, stop = self._clip(0, None, restrict_vocab)
        vectors, lengths = self.vectors[start:stop], self._lengths()[start:stop]
        above, below = ([similarity.cosines(vectors, lengths, v) for _, v in side if v is not None] for side in inputs)
        similarities = similarity.cosmul(above, below)
        if topn is None:
            return similarities
        return self._answer(similarities, topn, (row for side in inputs for row, _ in side), start)

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
        else:
            query = np.asarray(self._input(np.asarray(word_or_vector))[1])
        rows = [self.get_index(word) for word in other_words]
        if not rows:
            return 1 - similarity.cosines(self.vectors, self._lengths(), query)
        return 1 - similarity.cosines(np.asarray(self.vectors)[rows], self._lengths()[rows], query)

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
            missing = {word for row, word in rows if row is None}
            logger.warning("vectors for words %s are not present in the model, ignoring these words", missing)
        if not used:
            raise ValueError("cannot select a word from an empty list")
        central = similarity.centrality(np.asarray(self.vectors)[[row for row, _ in used]], use_norm)
        order = np.argsort(-central, kind="stable").tolist()
        return [(central[place], used[place][1]) for place in order]

    def doesnt_match(self, words: Sequence[Key]) -> Any:
        """Return the key farthest from the mean of all of them; see `rank_by_centrality`."""
        return self.rank_by_centrality(words)[-1][1]

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Any:
        """Return the key of a list that is nearest to `key1`."""
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
        cosines = similarity.cosines(self.vectors, self._lengths(), np.asarray(self.vectors[one]))
        return [self.index_to_key[row] for row in np.flatnonzero(cosines > cosines[two]).tolist() if row != one]

    def rank(self, key1: Key, key2: Key) -> int:
        """Return 1 + the number of keys nearer to `key1` than `key2` is."""
        return len(self.closer_than(key1, key2)) + 1

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """Return the similarity of two keys over the sum of those of the `topn` nearest keys to the first."""
        total: float = sum(value for _, value in self.similar_by_key(wa, topn))
        return float(self.similarity(wa, wb)) / total

    # ---------------------------------------------------------------- files

    def snapshot(self) -> Snapshot:
        """Return keys, vectors and columns as plain arrays, not copied, for `formats` to write."""
        arrays: dict[str, NDArray[Any]] = {"vectors": self.vectors}
        for name, column in self.expandos.items():
            counts = name == "count" and column.dtype == np.int64
            arrays["counts" if counts else _COLUMN + name] = column
        if hasattr(self, "vectors_lockf"):
            arrays["lockf"] = self.vectors_lockf
        return Snapshot("keyedvectors", self._stored_keys, arrays)

    @classmethod
    def from_snapshot(cls: type[Self], snapshot: Snapshot) -> Self:
        """Make an object of the keys, vectors and columns of a snapshot; its arrays are taken over, not copied.

        Raises
        ------
        ValueError
            If a key occurs twice.
        """
        vectors = snapshot.arrays["vectors"]
        result = cls(vectors.shape[1], dtype=vectors.dtype)
        twice: Any
        if isinstance(snapshot.keys, CompactKeys):
            twice = snapshot.keys.first_repeated()
        else:
            rows = {key: row for row, key in enumerate(snapshot.keys)}
            twice = next((key for row, key in enumerate(snapshot.keys) if rows[key] != row), None)
        if twice is not None:
            raise ValueError(f"key {twice!r} occurs twice; the file is damaged")
        result._set_keys(snapshot.keys)
        result.vectors = vectors
        for name, array in snapshot.arrays.items():
            if name == "counts":
                result.expandos["count"] = array
            elif name.startswith(_COLUMN):
                result.expandos[name.removeprefix(_COLUMN)] = array
            elif name == "lockf":
                result.vectors_lockf = array
        return result

    def save(
        self,
        fname_or_handle: PathLike | IO[bytes],
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Any = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save to one safetensors file, atomically.

        Parameters
        ----------
        fname_or_handle : str, path-like or binary file
            A name ending in .gz or .bz2 is packed.
        separately, sep_limit, ignore, pickle_protocol
            Accepted as gensim's, and ignored: there is one file and no pickle.

        Raises
        ------
        TypeError
            If the keys are not all str or all int, before anything is written.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a"], [[3, 4]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.kv"
        >>> kv.save(path)
        >>> KeyedVectors.load(path, mmap="r")["a"].tolist()
        [3.0, 4.0]
        """
        if (separately, sep_limit, frozenset(ignore), pickle_protocol) != _PICKLE_DEFAULTS:
            logger.debug(
                "separately, sep_limit, ignore and pickle_protocol are ignored: one file is written, no pickle"
            )
        logger.info("saving %s object under %s", type(self).__name__, fname_or_handle)
        registry.get("native").write(self.snapshot(), fname_or_handle)
        logger.info("saved %s", fname_or_handle)

    @classmethod
    def load(cls: type[Self], fname: PathLike | IO[bytes], mmap: str | None = None) -> Self:
        """Load what `save` wrote, or the vectors of a saved model.

        Parameters
        ----------
        fname : str, path-like or binary file
        mmap : {None, "r", "r+", "c"}
            Map the vectors instead of reading them, so that processes share the memory: read-only, writing to the file,
            or copied on write.

        Raises
        ------
        ValueError
            If this is another kind of file; the message says which.
        EOFError
            If the file is cut short.
        OSError
            For `mmap` of a compressed file.
        """
        logger.info("loading %s object from %s", cls.__name__, fname)
        snapshot = registry.get("native").read(fname, mmap=mmap)
        if snapshot.kind not in ("keyedvectors", "word2vec"):
            raise AttributeError(f"Model of type {snapshot.kind} can't be loaded by {cls.__name__}")
        result = cls.from_snapshot(snapshot)
        if snapshot.kind == "word2vec" and hasattr(result, "vectors_lockf"):
            del result.vectors_lockf  # of the model, for training
        return result

    def save_word2vec_format(
        self,
        fname: PathLike,
        fvocab: PathLike | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Save in the format of word2vec.c, text or binary, for other programs.

        Parameters
        ----------
        fname : str or path-like
            Replaced atomically, unless `append`.
        fvocab : str or path-like, optional
            Also write a line ``word count`` for each key there.
        binary : bool
        total_vec : int, optional
            The count in the header, if not the number of keys.
        write_header : bool
        prefix : str
            Put before each key.
        append : bool
            Add to the end of the file.
        sort_attr : str
            Rows are written by this column, largest first, or in order if there is no such column.

        Raises
        ------
        ValueError
            If a key holds a space or newline, or for `fvocab` without `sort_attr`.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[0.1, 2], [3, 4]], extras={"count": [1, 2]})
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.txt"
        >>> kv.save_word2vec_format(path)
        >>> print(path.read_text(), end="")
        2 2
        b 3.0 4.0
        a 0.1 2.0
        """
        column = self.expandos.get(sort_attr)
        if column is None:
            if fvocab is not None:
                raise ValueError(f"fvocab needs the attribute {sort_attr!r}, which these vectors do not have")
            logger.warning("attribute %s not present in %s; will store in internal index order", sort_attr, self)
            order = None
        else:
            last = len(column) - 1
            order = last - np.argsort(column[::-1], kind="stable")[::-1]  # descending, equal ones by row
            order = None if np.array_equal(order, np.arange(len(column))) else order
        snapshot = self.snapshot()
        if fvocab is not None and column is not None:
            logger.info("storing vocabulary in %s", fvocab)
            words = word2vec_rows.written_words(snapshot, order, prefix)
            word2vec_rows.write_counts(fvocab, words, (column if order is None else column[order]).tolist())
        logger.info("storing %sx%s projection weights into %s", *self.vectors.shape, fname)
        registry.get("word2vec_binary" if binary else "word2vec_text").write(
            snapshot, fname, total_vec=total_vec, write_header=write_header, prefix=prefix, append=append, order=order
        )

    @classmethod
    def load_word2vec_format(
        cls: type[Self],
        fname: PathLike | IO[bytes],
        fvocab: PathLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
    ) -> Self:
        r"""Load vectors in the format of word2vec.c. They can be asked, but not trained on.

        Parameters
        ----------
        fname : str, path-like or binary file
            May be compressed, or an address that smart_open reads.
        fvocab : str or path-like, optional
            Lines ``word count``; without it counts are made up: n, n - 1, ..., 1.
        binary : bool
        encoding, unicode_errors : str
            How words are decoded; ``unicode_errors="replace"`` accepts words cut inside a character.
        limit : int, optional
            Read the first rows only.
        datatype : dtype
            Type to store; np.float16 halves the memory.
        no_header : bool
            The file has no first line ``count size`` (GloVe); text only.

        Raises
        ------
        ValueError
            For a header, row or number that is none, or another kind of file; the message says which.
        EOFError
            If there are fewer rows than the header says.

        Examples
        --------
        >>> import io
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors.load_word2vec_format(io.BytesIO(b"1 2\nking 0.5 1\n"))
        >>> kv["king"].tolist()
        [0.5, 1.0]
        """
        logger.info("loading projection weights from %s", fname)
        result = cls.from_snapshot(
            registry.get("word2vec_binary" if binary else "word2vec_text").read(
                fname,
                encoding=encoding,
                unicode_errors=unicode_errors,
                limit=limit,
                datatype=datatype,
                no_header=no_header,
            )
        )
        result.expandos["count"] = np.arange(len(result), 0, -1, dtype=np.int64)
        if fvocab is not None:
            counts = word2vec_rows.read_counts(fvocab, encoding, unicode_errors)
            for word in result.index_to_key:
                if word not in counts:
                    logger.warning("vocabulary file %s has no count for word %r; taken as 0", os.fspath(fvocab), word)
            result.expandos["count"][:] = [counts.get(word, 0) for word in result.index_to_key]
        logger.info("loaded %s matrix of type %s from %s", result.vectors.shape, result.vectors.dtype, fname)
        return result

    @classmethod
    def load_any(cls: type[Self], path: PathLike, mmap: str | None = None, **options: Any) -> Self:
        r"""Load a file of vectors of any format that is known, and say in the log (INFO) which it is.

        Known are w2vcore's files, word2vec's text and binary, GloVe, fastText's .vec and .bin, NumPy's .npz, and .npy
        with the keys in a text beside it, the Embedding Projector's TSV, and what gensim 3 and 4 saved. No code in a
        file is run.

        Parameters
        ----------
        path : str or path-like
            May be compressed, or an address that smart_open reads.
        mmap : {None, "r", "r+", "c"}
            As in `load`; for files saved by w2vcore, and for gensim's with arrays beside them.
        **options
            ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as in `load_word2vec_format`.

        Returns
        -------
        KeyedVectors
            Of a fastText .bin also with `subwords`, whose ``vector(word)`` is that of a word which is not a key.

        Raises
        ------
        ValueError
            If the file is none of these, or damaged.
        EOFError
            If it is cut short.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "glove.txt"
        >>> _ = path.write_text("king 0.5 1\nqueen 0.5 2\n")
        >>> KeyedVectors.load_any(path)["queen"].tolist()
        [0.5, 2.0]
        """
        snapshot = recognition.read(path, mmap, **options)
        result = cls.from_snapshot(snapshot)
        result.subwords = Subwords.of(snapshot)
        if snapshot.kind == "word2vec" and hasattr(result, "vectors_lockf"):
            del result.vectors_lockf  # of the model, for training
        return result


def _check_topn(topn: Any) -> int | None:
    """Return `topn` as an int or None."""
    if topn is None:
        return None
    try:
        return operator.index(topn)
    except TypeError:
        raise TypeError(f"topn must be an int, or None for all similarities, got {topn!r}") from None
