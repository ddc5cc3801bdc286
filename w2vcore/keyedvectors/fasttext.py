"""Vectors of words by parts: a row for each word, rows for n-grams, and vectors for words never seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from w2vcore.formats import subword_arrays
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import changes, deployment, files
from w2vcore.keyedvectors.gensim_names import prep_vectors
from w2vcore.keyedvectors.inputs import check_finite, resolved
from w2vcore.keyedvectors.table import Key, Vector
from w2vcore.keyedvectors.vectors import KeyedVectors
from w2vcore.model.subwords import StoredRows, Subwords, split_as_fasttext, subwords_of, word_bytes
from w2vcore.query import similarity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

_WORDS = 1 << 14  # whose vectors are made at a time


class FastTextKeyedVectors(KeyedVectors):
    """Vectors of words, and of any other str by its n-grams, as fastText has them.

    The vector of a word of the vocabulary is the mean of a row of its own and of the rows of its n-grams; that of any
    other word is the mean of its n-grams. Such words can be asked about everywhere: ``wv[word]``, `most_similar`,
    `similarity`, `wmdistance` and the others; `vectors_for` makes a million of them in seconds.

    Parameters
    ----------
    vector_size : int
        Length of a vector.
    min_n, max_n : int
        Characters of an n-gram; a word stands between ``<`` and ``>``, which count.
    bucket : int
        Rows for n-grams: that of an n-gram is its hash modulo this number. 0: there are none.
    count : int
        Rows of words to allocate.
    dtype : dtype
        Type of the words' vectors.

    Attributes
    ----------
    vectors : ndarray, shape (keys, vector_size)
        The words' vectors, as `adjust_vectors` makes them of the two matrices below.
    vectors_vocab : ndarray, shape (keys, vector_size)
        What each word has of its own. Where a file does not hold it, and after vectors were assigned, it is what makes
        the mean come out.
    vectors_ngrams : ndarray or None
        The rows of the n-grams, one a bucket; None where there are none. It may be mapped from a file. A trained model
        holds rows of the buckets that its words use alone: of such vectors this is a copy, made when it is asked for,
        which cannot be written into.
    trained_ngrams_only : bool
        Whether the vectors of other words are made of n-grams alone that words of the vocabulary have, and that
        training has met; default: of all, as in fastText and gensim.
    buckets_word : list of ndarray of uint32
        The rows of the n-grams of each word.
    min_n, max_n, bucket : int
    compatible_hash : bool
        True: n-grams are hashed as fastText does.
    vectors_vocab_lockf, vectors_ngrams_lockf : ndarray
        Learning-rate factors of the rows, for a model that trains these vectors; one factor stands for all.

    Notes
    -----
    As in gensim, ``word in wv`` is True whenever there are n-grams; `has_index_for` and `key_to_index` say what is in
    the vocabulary. ``</s>`` has no n-grams, as in fastText. A word without a single n-gram has a vector of zeros.

    Bojanowski, Grave, Joulin, Mikolov (2017), "Enriching Word Vectors with Subword Information".

    Examples
    --------
    >>> import numpy as np
    >>> wv = FastTextKeyedVectors(vector_size=2, min_n=3, max_n=4, bucket=50)
    >>> wv.vectors_ngrams = np.random.default_rng(1).random((50, 2), np.float32)
    >>> wv.add_vectors(["north", "south"], [[1, 0], [0, 1]])
    >>> "northern" in wv, wv.has_index_for("northern"), len(wv)
    (True, False, 2)
    >>> wv.most_similar("northern", topn=1)[0][0] in wv.index_to_key
    True
    """

    compatible_hash = True
    min_n: int = 0
    max_n: int = 0
    bucket: int = 0
    _by_hashes: type[FastTextKeyedVectors] | None = None  # what floret's tables become: FloretKeyedVectors
    _own: NDArray[Any] | None = None  # None: it follows from `vectors`
    _spellings: Mapping[Any, bytes] = {}  # of words that are not UTF-8
    _listed: tuple[Any, list[NDArray[np.uint32]]] = (None, [])

    # ---------------------------------------------------------------- state

    def __init__(
        self,
        vector_size: int,
        min_n: int,
        max_n: int,
        bucket: int,
        count: int = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        if bucket < 0:
            raise ValueError(f"bucket must be at least 0, got {bucket}")
        super().__init__(vector_size, count, dtype)
        self.min_n, self.max_n, self.bucket = min_n, max_n, bucket
        self.vectors_vocab_lockf = np.ones(1, np.float32)
        self.vectors_ngrams_lockf = np.ones(1, np.float32)

    @property
    def subwords(self) -> Subwords | None:
        """What makes vectors of n-grams; None where there are none."""
        return self._table.subwords

    @subwords.setter
    def subwords(self, subwords: Subwords | None) -> None:
        self._table.subwords = subwords

    @property
    def vectors(self) -> NDArray[Any]:
        """The words' vectors."""
        return self._table.matrix.hand_out()

    @vectors.setter
    def vectors(self, value: NDArray[Any]) -> None:
        self._table.matrix.accept(value)
        self.clear_norms()
        self._own = None

    @property
    def vectors_ngrams(self) -> NDArray[Any] | None:
        """The rows of the n-grams."""
        if self.subwords is None or self.subwords.rest is None:
            return None if self.subwords is None else self.subwords.table
        whole = self.subwords.whole()
        whole.flags.writeable = False
        return whole

    @vectors_ngrams.setter
    def vectors_ngrams(self, table: NDArray[Any] | None) -> None:
        if table is None or not self.bucket:
            self.subwords = None
            return
        if np.shape(table) != (self.bucket, self.vector_size):
            raise ValueError(
                f"vectors_ngrams must have the shape ({self.bucket}, {self.vector_size}), one row a bucket, got "
                f"{np.shape(table)}"
            )
        self.subwords = Subwords(table, self.min_n, self.max_n)

    @property
    def trained_ngrams_only(self) -> bool:
        """Whether n-grams count alone that words of the vocabulary have."""
        return self.subwords is not None and self.subwords.trained_only

    @trained_ngrams_only.setter
    def trained_ngrams_only(self, only: bool) -> None:
        subwords = self.subwords
        if subwords is None:
            raise ValueError("trained_ngrams_only needs n-grams, and these vectors have none")
        if only and subwords.kept is None:
            used = np.unique(np.concatenate([np.empty(0, np.uint32), *self.buckets_word])).astype(np.int32)
            rest = StoredRows(subwords.table)
            kept = np.array([used, used], np.int32)
            subwords = replace(subwords, buckets=subwords.hashes, kept=kept, rest=rest)
        self.subwords = replace(subwords, trained_only=bool(only))

    @property
    def vectors_vocab(self) -> NDArray[Any]:
        """What each word has of its own."""
        if self._own is None:
            self._own = self._fitted(range(len(self)))
        return self._own

    @vectors_vocab.setter
    def vectors_vocab(self, own: NDArray[Any]) -> None:
        self._own = own

    @property
    def buckets_word(self) -> list[NDArray[np.uint32]]:
        """The rows of the n-grams of each word; listed again once words were added or taken away."""
        made_of = (self._table.keys, len(self), self.min_n, self.max_n, self.bucket)
        if self._listed[0] != made_of:
            words = self._spelt(range(len(self)))
            if self.bucket:
                borders, buckets = subwords_of(words, self.min_n, self.max_n, self.bucket)
            else:
                borders, buckets = np.zeros(len(self) + 1, np.int64), np.empty(0, np.uint32)
            self._listed = made_of, np.split(buckets, borders[1:-1])[: len(self)]
        return self._listed[1]

    def __contains__(self, key: Key) -> bool:
        return self.subwords is not None or super().__contains__(key)

    # ---------------------------------------------------------------- lookup

    def __getitem__(self, key_or_keys: Any) -> Vector:
        """Return the vector of a word, read-only, or the vectors of a list of words.

        Raises
        ------
        KeyError
            For what is neither a key nor a str, and for a missing word where there are no n-grams.
        ValueError
            For an empty list.
        """
        if isinstance(key_or_keys, str) or self._table.keys.is_one(key_or_keys):
            return self.get_vector(key_or_keys)
        if key_or_keys is None or isinstance(key_or_keys, float):
            raise self._table.missing(key_or_keys)
        keys = list(key_or_keys)
        if not keys:
            raise ValueError("need at least one key, got an empty list")
        return self.vectors_for(keys)

    def get_vector(self, key: Key, norm: bool = False) -> Vector:
        """Return the vector of a word, read-only; with `norm`, scaled to length 1.

        Raises
        ------
        KeyError
            For a missing key that is no str, or of which there are no n-grams to make a vector.
        """
        if self.subwords is None or self._table.keys.row(key) is not None:
            return super().get_vector(key, norm)
        made = self._table.inferred(key)
        if made is None:
            raise self._table.missing(key)
        vector = similarity.unit(made) if norm else made
        vector.flags.writeable = False
        return vector

    def vectors_for(self, words: Iterable[Key]) -> Vector:
        """Return the vectors of many words at once, in the vocabulary or not.

        Parameters
        ----------
        words : iterable of key

        Returns
        -------
        ndarray, shape (words, vector_size)
            A copy. A word without n-grams has a row of zeros.

        Raises
        ------
        KeyError
            As for a single word.
        TypeError
            For a str, which would be a list of letters.

        Examples
        --------
        >>> import numpy as np
        >>> wv = FastTextKeyedVectors(vector_size=2, min_n=3, max_n=4, bucket=50)
        >>> wv.vectors_ngrams = np.ones((50, 2), np.float32)
        >>> wv.add_vectors(["north"], [[0, 3]])
        >>> wv.vectors_for(["north", "northern", ""]).tolist()
        [[0.0, 3.0], [1.0, 1.0], [0.0, 0.0]]
        """
        if isinstance(words, str):
            raise TypeError(f"words must be a list of words, got the str {words!r:.40}: pass [{words!r:.40}]")
        words = list(words)
        table = self._table
        table.check()
        known = table.keys.rows
        rows = np.fromiter((-1 if (row := known.get(word)) is None else row for word in words), np.int64, len(words))
        missing = np.flatnonzero(rows < 0)
        others = []
        for place in missing.tolist():
            word = words[place]
            if isinstance(word, str) and table.subwords is not None:
                others.append(word)
            elif (row := table.keys.row(word)) is not None:  # a number of a row, or a key of NumPy's
                rows[place] = row
            else:
                raise table.missing(word)
        missing = missing[rows[missing] < 0]
        if not len(missing):
            return np.asarray(table.matrix.array)[rows]
        result = np.empty((len(words), table.width), np.float32)
        there = rows >= 0
        result[there] = table.matrix.array[rows[there]]
        assert table.subwords is not None
        for first in range(0, len(others), _WORDS):  # so that there is no second copy of them all
            some = slice(first, first + _WORDS)
            result[missing[some]] = table.subwords.vectors(others[some])
        return result

    def get_sentence_vector(self, sentence: Iterable[Any]) -> Vector:
        """Return the mean of the vectors of words, each scaled to length 1, as fastText's function of this name.

        Vectors of zeros are left out; of nothing else the mean is zeros.

        Parameters
        ----------
        sentence : iterable of key
            Words; an integer that is not a key is the number of a row.

        Examples
        --------
        >>> import numpy as np
        >>> wv = FastTextKeyedVectors(vector_size=2, min_n=3, max_n=4, bucket=50)
        >>> wv.vectors_ngrams = np.ones((50, 2), np.float32)
        >>> wv.add_vectors(["north", "east"], [[0, 3], [2, 0]])
        >>> wv.get_sentence_vector(["north", "east"]).tolist()
        [0.5, 0.5]
        """
        inputs = [resolved(self._table, word, "sentence", place) for place, word in enumerate(sentence)]
        check_finite(inputs)
        units = [similarity.unit(each.vector) for each in inputs if np.any(each.vector)]
        mean: Vector = np.mean(units, axis=0, dtype=np.float32) if units else np.zeros(self.vector_size, np.float32)
        return mean

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """Return new KeyedVectors with these keys only, in their order.

        Parameters
        ----------
        keys : iterable of keys
            A key that occurs twice is taken once.
        allow_inference : bool
            Make vectors of the n-grams of words that are no keys; otherwise they are left out.
        copy_vecattrs : bool
            Copy the columns, too; they are 0 for words that are no keys.

        Examples
        --------
        >>> import numpy as np
        >>> wv = FastTextKeyedVectors(vector_size=2, min_n=3, max_n=4, bucket=50)
        >>> wv.vectors_ngrams = np.ones((50, 2), np.float32)
        >>> wv.add_vectors(["north"], [[0, 3]])
        >>> wv.vectors_for_all(["northern", "north"]).index_to_key
        ['northern', 'north']
        """
        wanted = list(dict.fromkeys(keys))
        known = super().vectors_for_all(wanted, allow_inference, copy_vecattrs)
        others = [key for key in wanted if isinstance(key, str) and not self.has_index_for(key)]
        if not allow_inference or self.subwords is None or not others:
            return known
        result = KeyedVectors(self.vector_size, dtype=self._table.matrix.array.dtype)
        order = [key for key in wanted if isinstance(key, str) or self.has_index_for(key)]
        result.add_vectors(order, self.vectors_for(order))
        if copy_vecattrs:
            for name, column in known.expandos.items():
                result.allocate_vecattrs([name], [column.dtype])
                result.expandos[name][[result.get_index(key) for key in known.index_to_key]] = column
        result.expandos.setdefault("count", np.arange(len(order), 0, -1, dtype=np.int64))
        return result

    # ---------------------------------------------------------------- change

    def adjust_vectors(self) -> None:
        """Make `vectors` anew of what words have of their own and of their n-grams."""
        own = self.vectors_vocab
        if self.subwords is None:
            changes.replace_matrix(self, np.asarray(own))
        else:
            words = split_as_fasttext(self._spelt(range(len(self))))
            changes.replace_matrix(self, self.subwords.composed(words, own))

    def recalc_char_ngram_buckets(self) -> None:
        """List the n-grams of each word again; `buckets_word` does so by itself where words were added."""
        self._listed = (None, [])

    def resize_vectors(self, seed: int = 0) -> None:
        """Draw rows for words and buckets that have none, as before training, and keep the others."""
        own = prep_vectors((len(self), self.vector_size), self._own, seed)
        if self.bucket and self.subwords is None:
            self.vectors_ngrams = prep_vectors((self.bucket, self.vector_size), None, seed + 1)
        self._own = own
        self.allocate_vecattrs()
        self.adjust_vectors()

    def init_post_load(self, fb_vectors: NDArray[Any]) -> None:
        """Take over the input matrix of a fastText model: a row for each word, in their order, then one a bucket.

        Raises
        ------
        ValueError
            If it has another shape.
        """
        expected = (len(self) + self.bucket, self.vector_size)
        if np.shape(fb_vectors) != expected:
            raise ValueError(f"expected a matrix of shape {expected}, words and buckets, got {np.shape(fb_vectors)}")
        self.vectors_ngrams = np.array(fb_vectors[len(self) :])
        self._own = np.array(fb_vectors[: len(self)])
        self.adjust_vectors()

    def add_vector(self, key: Key, vector: ArrayLike) -> int:
        """Add one word in an allocated row that is free; see `KeyedVectors.add_vector`."""
        row = super().add_vector(key, vector)
        self._fit([key])
        return row

    def add_vectors(
        self,
        keys: Any,
        weights: ArrayLike | Sequence[ArrayLike],
        extras: Mapping[str, ArrayLike] | None = None,
        replace: bool = False,
    ) -> None:
        """Add many words at once; see `KeyedVectors.add_vectors`.

        Parameters
        ----------
        keys : word or list of words
        weights : array, shape (words, vector_size)
            Their vectors: what they have of their own is set so that the mean with their n-grams comes out.
        extras : dict of str to array, optional
        replace : bool
        """
        one = self._table.keys.is_one(keys)
        keys = keys if one else list(keys)
        super().add_vectors(keys, weights, extras, replace)
        self._fit([keys] if one else keys)

    def __setitem__(self, keys: Any, weights: ArrayLike) -> None:
        """Set the vector of a word, or those of a list of words; words that are new are added."""
        super().__setitem__(keys, weights)
        self._fit(keys if isinstance(keys, list) and not self._table.keys.is_one(keys) else [keys])

    def unit_normalize_all(self) -> None:
        """Scale the vectors of all words to length 1, in place; n-grams stay as they are."""
        super().unit_normalize_all()
        self._own = None

    def sort_by_descending_frequency(self) -> None:
        """Sort rows and columns by the column 'count', largest first; see `KeyedVectors`."""
        before, own = self._table.keys, self._own
        super().sort_by_descending_frequency()
        if own is not None and before is not self._table.keys:
            self._own = own[[before.rows[key] for key in self.index_to_key]]

    def remove(self, keys: Any) -> None:
        """Drop words, with their rows and their values in all columns; see `KeyedVectors.remove`."""
        before, own = self._table.keys, self._own
        super().remove(keys)
        if own is not None:
            self._own = own[[before.rows[key] for key in self.index_to_key]]

    def _fit(self, keys: Iterable[Key]) -> None:
        """Let what words have of their own follow the vectors that they were given."""
        if self._own is None:
            return
        own = np.zeros((len(self), self.vector_size), self._own.dtype)
        own[: len(self._own)] = self._own
        rows = list(dict.fromkeys(self.get_index(key) for key in keys))
        own[rows] = self._fitted(rows)
        self._own = own

    def _fitted(self, rows: Sequence[int]) -> NDArray[Any]:
        """Return the rows of their own with which the mean gives the vectors that words have."""
        vectors = np.asarray(self._table.matrix.array)[list(rows)].reshape(len(rows), -1)
        if self.subwords is None:
            return vectors
        return self.subwords.fitted(split_as_fasttext(self._spelt(rows)), vectors)

    def _spelt(self, rows: Iterable[int]) -> list[bytes]:
        """Return words as bytes."""
        listed, spellings = self._table.keys.listed, self._spellings
        return [spellings[key] if key in spellings else word_bytes(f"{key}") for key in map(listed.__getitem__, rows)]

    # ---------------------------------------------------------------- files

    def _listed_spellings(self) -> dict[str, Any]:
        """Return what settings say of words that are not UTF-8."""
        listed = [(self.get_index(key, -1), word.decode("latin-1")) for key, word in self._spellings.items()]
        return {"spellings": [[row, word] for row, word in listed if row >= 0]} if listed else {}

    def snapshot(self) -> Snapshot:
        """Return everything as plain arrays, not copied, for `formats` to write."""
        result = super().snapshot()
        settings: dict[str, Any] = {"minn": self.min_n, "maxn": self.max_n, "bucket": self.bucket}
        settings |= self._listed_spellings()
        result.settings[subword_arrays.SETTINGS] = settings
        if self.subwords is not None:
            result.arrays[subword_arrays.BUCKETS] = self.subwords.table
            if self.subwords.kept is not None:
                result.arrays[subword_arrays.KEPT] = self.subwords.kept
            result.arrays.update(subword_arrays.rest_arrays(self.subwords))
            settings.update(subword_arrays.rest_settings(self.subwords))
        if self._own is not None:
            result.arrays[subword_arrays.WORDS] = self._own
        return result

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Self:
        """Make an object of the keys, vectors, columns and n-grams of a snapshot; its arrays are taken over.

        Where words and n-grams share floret's table, `FastTextKeyedVectors` itself makes `FloretKeyedVectors`.
        """
        by_hashes = FastTextKeyedVectors._by_hashes
        if cls is FastTextKeyedVectors and by_hashes is not None and subword_arrays.is_floret(snapshot):
            return by_hashes.from_snapshot(snapshot)  # type: ignore[return-value]
        result = files.from_snapshot(cls, snapshot)
        subwords = subword_arrays.subwords_of(snapshot)
        if subwords is not None:
            result.min_n, result.max_n = subwords.min_n, subwords.max_n
            result.bucket = len(subwords.table) if subwords.buckets is None else subwords.buckets
            result.subwords = subwords
        else:
            result.min_n, result.max_n = subword_arrays.lengths_of(snapshot)
        stored = snapshot.settings.get(subword_arrays.SETTINGS)
        if isinstance(stored, dict):
            result._spellings = subword_arrays.spellings_of(stored, snapshot.keys)
        own = snapshot.arrays.get(subword_arrays.WORDS)
        if own is not None and own.shape == result._table.matrix.array.shape:
            result._own = own
        result.vectors_vocab_lockf = np.ones(1, np.float32)
        result.vectors_ngrams_lockf = np.ones(1, np.float32)
        return result

    def save(
        self,
        fname_or_handle: PathLike | IO[bytes],
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Any = frozenset(),
        pickle_protocol: int = 4,
        *,
        dtype: DTypeLike | None = None,
        prune: int | None = None,
    ) -> None:
        """Save to one safetensors file, atomically; `load` opens it, mapped if you like, words and n-grams alike.

        Parameters
        ----------
        fname_or_handle : str, path-like or binary file
            A name ending in .gz or .bz2 is packed.
        separately, sep_limit, ignore, pickle_protocol
            Accepted as gensim's, and ignored: there is one file and no pickle.
        dtype : {None, "float16", "float32"}
            Type of the numbers in the file, for deployment: float16 halves it. Default: as they are.
        prune : int, optional
            Keep the vectors of so many n-grams, for deployment: those that occur most often in the words of the
            vocabulary, by their counts. Vectors of words stay as they are; those of other words are made of the
            n-grams that are left. Default: all.

        Raises
        ------
        TypeError
            If the keys are not all str or all int, before anything is written.
        ValueError
            For another `dtype`, or `prune` below 1.

        Examples
        --------
        >>> import numpy as np, pathlib, tempfile
        >>> wv = FastTextKeyedVectors(vector_size=2, min_n=3, max_n=4, bucket=5000)
        >>> wv.vectors_ngrams = np.ones((5000, 2), np.float32)
        >>> wv.add_vectors(["north"], [[0, 3]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "small.kv"
        >>> wv.save(path, dtype="float16", prune=100)
        >>> FastTextKeyedVectors.load(path)["northern"].tolist(), path.stat().st_size < 2000
        ([1.0, 1.0], True)
        """
        snapshot = self.snapshot()
        if dtype is not None or prune is not None:
            snapshot = deployment.reduced(snapshot, self.buckets_word, dtype, prune)
        files.save(self, fname_or_handle, separately, sep_limit, ignore, pickle_protocol, snapshot=snapshot)


KeyedVectors._by_parts = FastTextKeyedVectors
