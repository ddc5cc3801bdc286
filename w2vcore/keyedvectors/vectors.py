"""KeyedVectors: keys, vectors and questions about them, with gensim 4's names.

The class holds a `VectorTable` (keys and matrix) and columns. What its methods do stands in the other modules of this
package, as functions over it, which call the methods of the class wherever a subclass may override them.
"""

from __future__ import annotations

import copy
import warnings
import weakref
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from w2vcore.facade import notebook
from w2vcore.facade.saveload import SaveLoad
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import has_subwords
from w2vcore.keyedvectors import changes, display, evaluation, files, queries
from w2vcore.keyedvectors.columns import Columns
from w2vcore.keyedvectors.combination import combined_matrix
from w2vcore.keyedvectors.inputs import resolved
from w2vcore.keyedvectors.keys import Keys
from w2vcore.keyedvectors.matrix import Matrix
from w2vcore.keyedvectors.sentences import SentenceVectorizer
from w2vcore.keyedvectors.table import Key, Vector, VectorTable
from w2vcore.model.subwords import Subwords
from w2vcore.query import analogies as query_analogies
from w2vcore.query import similarity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Self

K = TypeVar("K")
# The type of the keys is unknown. Where a query names text only, they are taken for text. (Arrays are Iterable, too.)
Words: TypeAlias = "str | Sequence[str | tuple[str, float]] | Set[str]"


class KeyedVectors(SaveLoad):
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
        May be a view with a row stride (``padded[:, :D]``) or a memory map. Norms are cached. They are computed again
        after this attribute was assigned (``kv.vectors = x``) or read (``kv.vectors[3] = x``). A write through an array
        that you took before the last query (``v = kv.vectors``; a query; ``v[3] = x``) is noticed only if a query asks
        about row 3 or answers with it: call `clear_norms` after such writes.
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
        There if a file with n-grams was read: ``subwords.vector(word)`` is the vector of a word that is not a key.
        `FastTextKeyedVectors`, which `load` and `load_any` then return, ask it by themselves.
    dropped_counts, min_count : mapping or None, int or None
        The counts of the words that a model dropped, if it keeps them; errors about missing keys name them.
    lifecycle_events : list of dict or None
        What was done to these vectors, and when; saved with them. None switches it off.

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
    vectors_lockf: NDArray[np.float32]
    _by_parts: type[KeyedVectors] | None = None  # what files with n-grams become: FastTextKeyedVectors, which says so

    # ---------------------------------------------------------------- state

    def __init__(
        self, vector_size: int, count: int = 0, dtype: DTypeLike = np.float32, mapfile_path: str | None = None
    ) -> None:
        self.vector_size = vector_size
        self._table = VectorTable(Keys([None] * count), Matrix(np.zeros((count, vector_size), dtype)))
        self._model: weakref.ref[Any] | None = None  # whose `wv` this is
        self.clear_norms()  # which a subclass may override to begin with something of its own
        self.expandos: dict[str, NDArray[Any]] = Columns()
        self.mapfile_path = mapfile_path
        self.lifecycle_events = []

    @classmethod
    def _empty(cls, vector_size: int, dtype: DTypeLike = np.float32) -> Self:
        """Return an object without keys; the constructor, which in a subclass may take anything, is not called."""
        result = cls.__new__(cls)
        KeyedVectors.__init__(result, vector_size, dtype=dtype)
        return result

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of: the vectors of a model become vectors of their own."""
        return {**self.__dict__, "_model": None, "_table": copy.copy(self._table)}

    @property
    def index_to_key(self) -> list[Any]:
        """The key of each row."""
        return self._table.keys.listed

    @index_to_key.setter
    def index_to_key(self, keys: list[Any]) -> None:
        self._table.keys = Keys(keys, self._table.keys.rows)

    @property
    def key_to_index(self) -> dict[Any, int]:
        """The row of each key."""
        return self._table.keys.rows

    @key_to_index.setter
    def key_to_index(self, rows: dict[Any, int]) -> None:
        self._table.keys = Keys(self._table.keys.listed, rows)

    @property
    def next_index(self) -> int:
        """The next allocated row that is free."""
        return self._table.keys.next_index

    @next_index.setter
    def next_index(self, row: int) -> None:
        self._table.keys.next_index = row

    @property
    def vectors(self) -> NDArray[Any]:
        """The matrix, one row a key."""
        return self._table.matrix.hand_out()

    @vectors.setter
    def vectors(self, value: NDArray[Any]) -> None:
        self._table.matrix.accept(value)
        self.clear_norms()

    @property
    def norms(self) -> NDArray[np.float32] | None:
        """Lengths of the vectors, computed when first needed."""
        return self._table.matrix.lengths

    @norms.setter
    def norms(self, lengths: NDArray[np.float32] | None) -> None:
        self._table.matrix.lengths = lengths

    @property
    def dropped_counts(self) -> Mapping[Any, int] | None:
        """Counts of the words that are too rare to be keys; None if they are not known."""
        return self._table.dropped_counts

    @dropped_counts.setter
    def dropped_counts(self, counts: Mapping[Any, int] | None) -> None:
        self._table.dropped_counts = counts

    @property
    def min_count(self) -> int | None:
        """How often a word had to occur to become a key; None if that is not known."""
        return self._table.min_count

    @min_count.setter
    def min_count(self, count: int | None) -> None:
        self._table.min_count = count

    def clear_norms(self) -> None:
        """Forget the cached norms: see `vectors` for when that is needed."""
        self._table.matrix.lengths = None

    def __str__(self) -> str:
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    def _repr_html_(self) -> str:
        """Show vectors in a notebook: how many, and neighbours of some keys."""
        facts, neighbours = display.parts(self)
        return notebook.card(type(self).__name__, facts, neighbours)

    def __len__(self) -> int:
        return len(self._table.keys)

    def __contains__(self, key: Key) -> bool:
        return self._table.keys.row(key) is not None

    # ---------------------------------------------------------------- lookup

    def __getitem__(self, key_or_keys: Any) -> Vector:
        """Return the vector of a key, a read-only view, or the vectors of a list of keys, a copy.

        Parameters
        ----------
        key_or_keys : key, or iterable of keys

        Raises
        ------
        KeyError
            If a key is missing.
        ValueError
            For an empty list.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[1, 2], [3, 4]])
        >>> kv["a"].tolist(), kv[["b", "a"]].tolist()
        ([1.0, 2.0], [[3.0, 4.0], [1.0, 2.0]])
        """
        if isinstance(key_or_keys, str) or self._table.keys.is_one(key_or_keys):
            return self.get_vector(key_or_keys)
        return self._table.copied([self.get_index(key) for key in key_or_keys])

    def get_index(self, key: Key, default: int | None = None) -> int:
        """Return the row of a key.

        Parameters
        ----------
        key : key
            An integer that is not a key is a row number, unless some key is an integer.
        default : int, optional
            Returned for a missing key; without a default, a missing key is a KeyError.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b"], [[1], [2]])
        >>> kv.get_index("b"), kv.get_index("c", -1)
        (1, -1)
        """
        row = self._table.keys.row(key)
        if row is not None:
            return row
        if default is not None:
            return default
        raise self._table.missing(key)

    def has_index_for(self, key: Key) -> bool:
        """Whether `get_index` finds a row for the key; the same as ``key in kv``."""
        return self._table.keys.row(key) is not None

    def get_vector(self, key: Key, norm: bool = False) -> Vector:
        """Return the vector of a key, a read-only view; with `norm`, scaled to length 1.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a"], [[0, 4]])
        >>> kv.get_vector("a", norm=True).tolist()
        [0.0, 1.0]
        """
        row, table = self.get_index(key), self._table
        array, rows = table.matrix.array, table.matrix.read_only
        if len(array) != table.keys.agreed:
            table.check()
        vector: Vector = array[row] if rows is None else rows[row]
        if norm:
            vector = similarity.unit(np.asarray(vector))
        if norm or rows is None:  # otherwise it is: to make it so takes longer than to look it up
            vector.flags.writeable = False
        return vector

    def word_vec(self, *args: Any, **kwargs: Any) -> Vector:
        """Return the vector of a key; deprecated, use `get_vector`."""
        warnings.warn("word_vec is deprecated; use get_vector", DeprecationWarning, stacklevel=2)
        return self.get_vector(*args, **kwargs)

    def fill_norms(self, force: bool = False) -> None:
        """Compute `norms` if they are not in the cache, or in any case with `force`."""
        if force:
            self.clear_norms()
        self._table.matrix.current_lengths()

    def get_normed_vectors(self) -> Vector:
        """Return all vectors scaled to length 1: a copy; a zero vector stays zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[0, 4], [0, 0]])
        >>> kv.get_normed_vectors().tolist()
        [[0.0, 1.0], [0.0, 0.0]]
        """
        return self._table.matrix.scaled()

    # ---------------------------------------------------------------- change

    def add_vector(self, key: Key, vector: ArrayLike) -> int:
        """Add one key in an allocated row that is free; without one, all rows are copied, and a warning says so.

        Parameters
        ----------
        key : key
            If it is there already, it keeps its vector; assign ``kv[key] = vector`` to replace it.
        vector : array, shape (vector_size,)

        Returns
        -------
        int
            The row of the key.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2, count=2)
        >>> kv.add_vector("a", [1, 2]), kv.add_vector("b", [3, 4])
        (0, 1)
        """
        return changes.add_vector(self, key, vector)

    def add_vectors(
        self,
        keys: Any,
        weights: ArrayLike | Sequence[ArrayLike],
        extras: Mapping[str, ArrayLike] | None = None,
        replace: bool = False,
    ) -> None:
        """Add many keys at once.

        Parameters
        ----------
        keys : key or list of keys
        weights : array, shape (keys, vector_size)
            Stored in the type of `vectors`.
        extras : dict of str to array, optional
            Values of further columns for these keys; see `set_vecattr`.
        replace : bool
            Overwrite the vectors of keys that are there already; otherwise they stay as they are.

        Raises
        ------
        ValueError
            If the shapes do not fit. Then nothing is changed.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b"], [[1], [2]], extras={"count": [7, 5]})
        >>> kv.add_vectors(["b", "c"], [[9], [3]], replace=True)
        >>> kv.vectors.tolist(), kv.get_vecattr("a", "count").item()
        ([[1.0], [9.0], [3.0]], 7)
        """
        changes.add_vectors(self, keys, weights, extras, replace)

    def __setitem__(self, keys: Any, weights: ArrayLike) -> None:
        """Set the vector of a key, or those of a list of keys; keys that are new are added."""
        changes.assign(self, keys, weights)

    def allocate_vecattrs(self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None) -> None:
        """Make sure that columns exist and have a value for each row; new values are 0.

        Parameters
        ----------
        attrs : list of str, optional
            Names; by default all existing columns grow to the number of keys.
        types : list of type, optional
            Their types; int is stored as int64, str as object.

        Raises
        ------
        TypeError
            If a column exists with a type that cannot hold the one asked for.
        """
        changes.allocate_vecattrs(self, attrs, types)

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Set the value of a key in a column; the first value makes the column, with its type.

        Raises
        ------
        TypeError
            If the value does not fit the type of the column.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a"], [[1]])
        >>> kv.set_vecattr("a", "count", 12)
        >>> kv.get_vecattr("a", "count").item()
        12
        """
        row = self.get_index(key)
        self.allocate_vecattrs([attr], [type(val)])
        self.expandos[attr][row] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """Return the value of a key in a column.

        Raises
        ------
        KeyError
            If there is no such column, or no such key.
        """
        row = self.get_index(key)
        if attr not in self.expandos:
            raise KeyError(f"no attribute {attr!r}; there are: {', '.join(sorted(self.expandos)) or 'none'}")
        return self.expandos[attr][row]

    def resize_vectors(self, seed: int = 0) -> None:
        """Draw a vector for each key that has none, as before training, and keep the others."""
        changes.resize_vectors(self, seed)

    def sort_by_descending_frequency(self) -> None:
        """Sort rows and columns by the column 'count', largest first; equal ones in reverse order, as gensim does."""
        changes.sort_by_descending_frequency(self)

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place; this cannot be undone. A zero vector stays zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a"], [[3, 4]])
        >>> kv.unit_normalize_all()
        >>> [round(x, 6) for x in kv["a"].tolist()]
        [0.6, 0.8]
        """
        self._table.matrix.scale()
        self.clear_norms()

    def init_sims(self, replace: bool = False) -> None:
        """Fill the norms, or with `replace` call `unit_normalize_all`; deprecated, use `fill_norms`."""
        warnings.warn("init_sims is deprecated; use fill_norms or unit_normalize_all", DeprecationWarning, stacklevel=2)
        if replace:
            self.unit_normalize_all()
        else:
            self.fill_norms()

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
            One for each; 1 by default.
        pre_normalize : bool
            Scale the vectors of keys to length 1 first. Vectors in `keys` are not scaled.
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
        return queries.get_mean_vector(self, keys, weights, pre_normalize, post_normalize, ignore_missing)

    def sentence_vectors(
        self,
        sentences: Any = None,
        weighting: Literal["sif", "mean", "idf"] = "sif",
        remove_components: int = 1,
        *,
        corpus_file: PathLike | Sequence[PathLike] | None = None,
        a: float = 1e-3,
        counts: ArrayLike | Literal["zipf"] | None = None,
        pre_normalize: bool = False,
        workers: int | None = None,
    ) -> NDArray[np.float32]:
        """Return a vector for each sentence: the weighted mean of its words, less what all sentences have in common.

        Parameters
        ----------
        sentences : iterable of lists of words, optional
            Read once. Words that are no keys are left out; where there are n-grams, they have vectors, too.
        weighting : {"sif", "mean", "idf"}
            "sif": a / (a + p), with the share p of the word in all text. "mean": all words count alike. "idf": the
            rarer a word is among these sentences, the more it counts.
        remove_components : int
            How many of the first principal components of these sentences to remove.
        corpus_file : str or path-like, or list of them, optional
            Instead of `sentences`: files with a sentence a line; row i is line i, blank lines count.
        a : float
            Of "sif": the share of a word that counts half.
        counts : {None, "zipf"} or array, optional
            Of "sif": how often each key occurs. Default: the column 'count'; "zipf": as the order of the keys suggests.
        pre_normalize : bool
            Scale the vectors of words to length 1 first.
        workers : int, optional
            Threads; default: one a core.

        Returns
        -------
        ndarray of float32, shape (sentences, vector_size)
            Zeros for a sentence without a known word; one warning says how many there are.

        Raises
        ------
        ValueError
            For "sif" where counts are not known; where there are too few sentences to remove components.
        TypeError
            For a sentence that is a str.

        Notes
        -----
        With ``weighting="mean", remove_components=0, pre_normalize=True`` each row is what `get_mean_vector` returns.
        `SentenceVectorizer` keeps what was fitted, for further sentences.

        Arora, Liang, Ma (2017), "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["the", "cat", "sun"], [[1, 1], [2, 0], [0, 2]], extras={"count": [98, 1, 1]})
        >>> kv.sentence_vectors([["the", "cat"], ["cat", "sun"]], "mean", remove_components=0).tolist()
        [[1.5, 0.5], [1.0, 1.0]]
        >>> print(kv.sentence_vectors([["the", "cat"], ["the", "sun"], ["cat", "sun"]]).round(2))
        [[ 0.05 -0.05]
         [-0.05  0.05]
         [ 0.    0.  ]]
        """
        vectorizer = SentenceVectorizer(
            self, weighting, remove_components, a=a, counts=counts, pre_normalize=pre_normalize
        )
        return vectorizer.fit_transform(sentences, corpus_file, workers=workers)

    @overload
    def most_similar(
        self,
        positive: Words | None = None,
        negative: Words | None = None,
        topn: SupportsIndex = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: None = None,
    ) -> list[tuple[str, float]]: ...

    @overload
    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: SupportsIndex = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: None = None,
    ) -> list[tuple[Any, float]]: ...

    @overload
    def most_similar(
        self,
        positive: Any,
        negative: Any,
        topn: None,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Vector: ...

    @overload
    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        *,
        topn: None,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Vector: ...

    @overload
    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: SupportsIndex = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        *,
        indexer: object,
    ) -> Any: ...

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: SupportsIndex | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> list[tuple[Any, float]] | Vector:
        """Return the keys whose vectors are nearest by cosine to the mean of the inputs.

        Parameters
        ----------
        positive, negative : key, vector, (key, weight), list of these, or 2-D array
            Vectors of keys are scaled to length 1, other vectors are not. The weights are 1 and -1 unless you give
            others.
        topn : int or None
            How many; None returns the similarities of all rows (of the clipped range) as an array.
        clip_start, clip_end : int
            Search rows ``clip_start:clip_end`` only.
        restrict_vocab : int, optional
            Search the first `restrict_vocab` rows only: the most frequent words. Overrides the above.
        indexer : object, optional
            Its ``most_similar(vector, topn)`` answers instead; its result is returned as it is.

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
        return queries.most_similar(self, positive, negative, topn, clip_start, clip_end, restrict_vocab, indexer)

    @overload
    def most_similar_batch(
        self,
        keys_or_vectors: Sequence[str],
        topn: SupportsIndex = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        threads: int | None = None,
    ) -> list[list[tuple[str, float]]]: ...

    @overload
    def most_similar_batch(
        self,
        keys_or_vectors: Any,
        topn: SupportsIndex = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        threads: int | None = None,
    ) -> list[list[tuple[Any, float]]]: ...

    def most_similar_batch(
        self,
        keys_or_vectors: Any,
        topn: SupportsIndex = 10,
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
            By default one for each core, or as many as OPENBLAS_NUM_THREADS or OMP_NUM_THREADS says. Without AVX2 or
            AVX-512, and for vectors that are not float32, BLAS decides.

        Returns
        -------
        list of lists of (key, float)
            One list for each query, best first; a query that is a key is not in its own answer.

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
        return queries.most_similar_batch(self, keys_or_vectors, topn, clip_start, clip_end, restrict_vocab, threads)

    @overload
    def similar_by_word(
        self, word: str, topn: SupportsIndex = 10, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]: ...

    @overload
    def similar_by_word(
        self, word: Key, topn: SupportsIndex = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]]: ...

    @overload
    def similar_by_word(self, word: Key, topn: None, restrict_vocab: int | None = None) -> Vector: ...

    def similar_by_word(
        self, word: Key, topn: SupportsIndex | None = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]] | Vector:
        """Return the nearest keys to a key; see `most_similar`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    @overload
    def similar_by_key(
        self, key: str, topn: SupportsIndex = 10, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]: ...

    @overload
    def similar_by_key(
        self, key: Key, topn: SupportsIndex = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]]: ...

    @overload
    def similar_by_key(self, key: Key, topn: None, restrict_vocab: int | None = None) -> Vector: ...

    def similar_by_key(
        self, key: Key, topn: SupportsIndex | None = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]] | Vector:
        """Return the nearest keys to a key; see `most_similar`."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    @overload
    def similar_by_vector(
        self, vector: Any, topn: SupportsIndex = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]]: ...

    @overload
    def similar_by_vector(self, vector: Any, topn: None, restrict_vocab: int | None = None) -> Vector: ...

    def similar_by_vector(
        self, vector: Any, topn: SupportsIndex | None = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]] | Vector:
        """Return the nearest keys to a vector, or to a key as in gensim; see `most_similar`."""
        one = vector if self._table.keys.is_one(vector) else resolved(self._table, np.asarray(vector), "vector").vector
        return self.most_similar(positive=[one], topn=topn, restrict_vocab=restrict_vocab)

    @overload
    def most_similar_cosmul(
        self,
        positive: Words | None = None,
        negative: Words | None = None,
        topn: SupportsIndex = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]: ...

    @overload
    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, topn: SupportsIndex = 10, restrict_vocab: int | None = None
    ) -> list[tuple[Any, float]]: ...

    @overload
    def most_similar_cosmul(
        self, positive: Any, negative: Any, topn: None, restrict_vocab: int | None = None
    ) -> Vector: ...

    @overload
    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, *, topn: None, restrict_vocab: int | None = None
    ) -> Vector: ...

    def most_similar_cosmul(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: SupportsIndex | None = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[Any, float]] | Vector:
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
        return queries.most_similar_cosmul(self, positive, negative, topn, restrict_vocab)

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
        return queries.distances(self, word_or_vector, other_words)

    @staticmethod
    def cosine_similarities(vector_1: ArrayLike, vectors_all: ArrayLike) -> Vector:
        """Return the cosine of one vector with each row of a matrix; 0 where one is zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> KeyedVectors.cosine_similarities([1, 0], [[2, 0], [0, 1], [0, 0]]).tolist()
        [1.0, 0.0, 0.0]
        """
        return queries.cosine_similarities(vector_1, vectors_all)

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
        return similarity.cosine(*(self.get_mean_vector(words, pre_normalize=False) for words in (ws1, ws2)))

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
        return queries.wmdistance(self, document1, document2, norm)

    def rank_by_centrality(self, words: Sequence[K], use_norm: bool = True) -> list[tuple[np.float32, K]]:
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
        return queries.rank_by_centrality(self, words, use_norm)

    def doesnt_match(self, words: Sequence[K]) -> K:
        """Return the key farthest from the mean of all of them; see `rank_by_centrality`."""
        return self.rank_by_centrality(words)[-1][1]

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[K]) -> K:
        """Return the key of a list that is nearest to `key1`."""
        if not len(keys_list):
            raise ValueError("keys_list must hold at least one key, got an empty list")
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    @overload
    def closer_than(self, key1: str, key2: Key) -> list[str]: ...

    @overload
    def closer_than(self, key1: Key, key2: Key) -> list[Any]: ...

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
        return queries.closer_than(self, key1, key2)

    @overload
    def words_closer_than(self, word1: str, word2: Key) -> list[str]: ...

    @overload
    def words_closer_than(self, word1: Key, word2: Key) -> list[Any]: ...

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

    # ---------------------------------------------------------------- quality

    def evaluate_word_analogies(
        self,
        analogies: PathLike,
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[evaluation.AnalogySection]]:
        r"""Answer questions "a is to b as c is to what?", all in one go, and count the right answers.

        Parameters
        ----------
        analogies : str or path-like
            A file of lines ``a b c d`` under headings ``: section``, such as Google's questions-words.txt.
        restrict_vocab : int or None
            Use the first rows only. This changes the score: state it with the score.
        case_insensitive : bool
            Compare in upper case; of words that differ only in case, the first row counts.
        dummy4unknown : bool
            Count questions with unknown words as wrong, instead of leaving them out.
        similarity_function : str
            A method that answers. "most_similar" and "most_similar_cosmul" answer in batches; any other is called for
            each question, as ``method(positive=[b, c], negative=[a], topn=5, restrict_vocab=restrict_vocab)``.

        Returns
        -------
        score : float
            Share of right answers, 0 if nothing was asked.
        sections : list of dict
            Each has the keys 'section', 'correct' and 'incorrect'; the values of the latter two are lists of
            (a, b, c, d). The last section is 'Total accuracy'.

        Raises
        ------
        ValueError
            For a question before the first heading, or an unknown `similarity_function`.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "questions.txt"
        >>> _ = path.write_text(": family\nman woman king queen\n")
        >>> score, sections = kv.evaluate_word_analogies(path)
        >>> score, sections[0]
        (1.0, {'section': 'family', 'correct': [('MAN', 'WOMAN', 'KING', 'QUEEN')], 'incorrect': []})
        """
        batched: evaluation.Batched = {
            KeyedVectors.most_similar: query_analogies.by_sum,
            KeyedVectors.most_similar_cosmul: query_analogies.by_product,
        }
        return evaluation.evaluate_word_analogies(
            self, analogies, restrict_vocab, case_insensitive, dummy4unknown, similarity_function, batched
        )

    @staticmethod
    def log_accuracy(section: Mapping[str, Any]) -> None:
        """Log how many questions of a section were answered right; nothing for an empty one."""
        evaluation.log_accuracy(section)

    def evaluate_word_pairs(
        self,
        pairs: PathLike,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[evaluation.Correlation, evaluation.Correlation, float]:
        r"""Compare cosines with the similarities that people gave to pairs of words.

        Parameters
        ----------
        pairs : str or path-like
            A file of lines ``word<delimiter>word<delimiter>number``, such as WordSim-353; ``#`` begins a comment. A
            warning says what is done about lines of more columns.
        delimiter, encoding : str
        restrict_vocab : int or None
            Use the first rows only.
        case_insensitive : bool
            Compare in upper case; of words that differ only in case, the first row counts.
        dummy4unknown : bool
            Take 0 as the cosine of a pair with an unknown word, instead of leaving it out.

        Returns
        -------
        pearson, spearman
            Results of `scipy.stats.pearsonr` and `spearmanr`: correlation and p-value, by index or by the names
            ``statistic`` and ``pvalue``.
        oov : float
            Percentage of pairs with an unknown word.

        Raises
        ------
        ValueError
            If fewer than two pairs can be used.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b", "c"], [[1, 0], [2, 1], [0, 1]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "pairs.tsv"
        >>> _ = path.write_text("a\tb\t9\na\tc\t1\nb\tc\t3\na\td\t5\n")
        >>> pearson, spearman, oov = kv.evaluate_word_pairs(path)
        >>> round(float(spearman.statistic), 3), oov
        (1.0, 25.0)
        """
        return evaluation.evaluate_word_pairs(
            self, pairs, delimiter, encoding, restrict_vocab, case_insensitive, dummy4unknown
        )

    @staticmethod
    def log_evaluate_word_pairs(pearson: Any, spearman: Any, oov: float, pairs: PathLike) -> None:
        """Log the results of `evaluate_word_pairs`.

        Parameters
        ----------
        pearson, spearman : (float, float)
            Correlation coefficient and p-value.
        oov : float
            Share of the pairs that could not be used, in per cent.
        pairs : str or path
            The file of the pairs, which the log names.
        """
        evaluation.log_evaluate_word_pairs(pearson, spearman, oov, pairs)

    # ---------------------------------------------------------------- other vectors

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """Return new KeyedVectors with these keys only, in their order; missing keys are left out.

        Parameters
        ----------
        keys : iterable of keys
            A key that occurs twice is taken once.
        allow_inference : bool
            As in gensim, for classes that make vectors for unknown keys; this class does not.
        copy_vecattrs : bool
            Copy the columns, too. If there is no column 'count', it is n, n - 1, ..., 1.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b", "c"], [[1], [2], [3]])
        >>> some = kv.vectors_for_all(["c", "missing", "a", "c"])
        >>> some.index_to_key, some.vectors.tolist()
        (['c', 'a'], [[3.0], [1.0]])
        """
        found = self._table.found(keys)
        rows = list(found.values())
        result = KeyedVectors._empty(self.vector_size, self._table.matrix.array.dtype)
        result._table.keys = Keys(list(found))
        result._table.matrix.replace(np.asarray(self._table.matrix.array)[rows])
        result.expandos = changes.selected_columns(self, rows, copy_vecattrs)
        return result

    def combined(self, output: float | Literal["concatenated"] = 0.25) -> KeyedVectors:
        """Return new KeyedVectors with the input and the output vectors of a model in one; keys and columns are equal.

        Only the vectors of a model can be asked, ``model.wv.combined()``: output vectors are the model's, `syn1neg`.
        They tell which words a word is found among, where input vectors tell what it is like. The sum was better for
        related words and for semantic analogies on a large text, and worse for words that are alike; side by side was
        better for all analogies, and worse for related words. Rare words lose by the sum, as their output vectors have
        learned less: docs/choosing-parameters.md has the numbers. The model is not changed.

        Parameters
        ----------
        output : float or "concatenated"
            Weight of the output vector in the sum, input + weight * output; "concatenated": both, scaled to length 1,
            side by side, in vectors of twice the length. A cosine of these is the mean of the two cosines.

        Raises
        ------
        RuntimeError
            If these are not the vectors of a model that is still there, or if the model has no output vector of each
            word: hierarchical softmax has vectors of the inner nodes of its tree.
        TypeError, ValueError
            If `output` is not allowed.

        Notes
        -----
        Pennington, Socher, Manning (2014), "GloVe: Global Vectors for Word Representation" (their vectors are such
        sums, of equal weight); Levy, Goldberg, Dagan (2015), "Improving Distributional Similarity with Lessons Learned
        from Word Embeddings" ("w+c").

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> model = Word2Vec([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1, workers=1)
        >>> both = model.wv.combined(output=0.25)
        >>> bool((both["cat"] == model.wv["cat"] + 0.25 * model.syn1neg[model.wv.get_index("cat")]).all())
        True
        >>> model.wv.combined(output="concatenated").vector_size
        16
        """
        matrix = combined_matrix(self, output)
        result = KeyedVectors._empty(matrix.shape[1], matrix.dtype)
        result._table.keys = Keys.of(self._table.keys.stored)
        result._table.matrix.replace(matrix)
        result.expandos = Columns({name: column.copy() for name, column in files.columns_to_save(self).items()})
        result.dropped_counts, result.min_count = self.dropped_counts, self.min_count
        result.add_lifecycle_event("combined", output=output)
        return result

    def remove(self, keys: Any) -> None:
        """Drop keys, with their vectors and their values in all columns; the rows close up.

        It takes one pass over all rows for any number of keys. The list, the dict and the arrays are replaced by new
        ones, so those that you took before do not change.

        Parameters
        ----------
        keys : key or iterable of keys
            Row numbers are not taken for keys here.

        Raises
        ------
        KeyError
            If a key is missing. Then nothing is changed.
        RuntimeError
            If these are the vectors of a model, which has other matrices that go with them row by row.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b", "c", "d"], [[1], [2], [3], [4]], extras={"count": [9, 7, 5, 3]})
        >>> kv.remove(["a", "c"])
        >>> kv.index_to_key, kv.vectors.tolist(), kv.expandos["count"].tolist()
        (['b', 'd'], [[2.0], [4.0]], [7, 3])
        """
        changes.remove(self, keys)

    def similarity_unseen_docs(self, *args: Any, **kwargs: Any) -> float:
        """Raise NotImplementedError, as in gensim: only models of documents can infer vectors for new ones."""
        raise NotImplementedError("similarity_unseen_docs needs a Doc2Vec model; here, use n_similarity or wmdistance")

    def intersect_word2vec_format(
        self,
        fname: PathLike | IO[bytes],
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        *,
        keys: type[int] | type[str] | None = None,
    ) -> None:
        r"""Replace the vectors of the keys that are also in a file of word2vec.c's format; no key is added.

        Parameters
        ----------
        fname : str, path-like or binary file
            May be compressed.
        lockf : float
            Set in `vectors_lockf` for the replaced rows: 0 keeps training from changing them, 1 lets it. All other rows
            keep their factor.
        binary : bool
        encoding, unicode_errors : str
            How words are decoded.
        keys : {None, int, str}
            As in `load_word2vec_format`.

        Raises
        ------
        ValueError
            If the vectors in the file have another size. Then nothing is changed.

        Examples
        --------
        >>> import io
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[1, 2], [3, 4]])
        >>> kv.intersect_word2vec_format(io.BytesIO(b"2 2\nb 7 8\nc 9 9\n"))
        >>> kv.vectors.tolist(), kv.vectors_lockf.tolist()
        ([[1.0, 2.0], [7.0, 8.0]], [1.0, 0.0])
        """
        changes.intersect_word2vec_format(self, fname, lockf, binary, encoding, unicode_errors, keys)

    # ---------------------------------------------------------------- files

    def snapshot(self) -> Snapshot:
        """Return keys, vectors and columns as plain arrays, not copied, for `formats` to write.

        Raises
        ------
        ValueError
            If `index_to_key`, `key_to_index` and `vectors` do not agree.
        """
        return files.snapshot(self)

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Self:
        """Make an object of the keys, vectors and columns of a snapshot; its arrays are taken over, not copied.

        Where there are vectors of n-grams, `KeyedVectors` itself makes `FastTextKeyedVectors`.

        Raises
        ------
        ValueError
            If a key occurs twice.
        """
        by_parts = KeyedVectors._by_parts
        if cls is KeyedVectors and by_parts is not None and snapshot.kind != "word2vec" and has_subwords(snapshot):
            return by_parts.from_snapshot(snapshot)  # type: ignore[return-value]
        return files.from_snapshot(cls, snapshot)

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
        files.save(self, fname_or_handle, separately, sep_limit, ignore, pickle_protocol)

    @classmethod
    def load(
        cls,
        fname: PathLike | IO[bytes],
        mmap: Literal["r", "r+", "c"] | None = None,
        *,
        keys: type[int] | type[str] | None = None,
    ) -> Self:
        """Load what `save` wrote, or the vectors of a saved model; files of gensim 0.12 to 4, too, running no code.

        Parameters
        ----------
        fname : str, path-like or binary file
        mmap : {None, "r", "r+", "c"}
            Map the vectors instead of reading them, so that processes share the memory: read-only, writing to the file,
            or copied on write. For files of gensim, the arrays in separate files are mapped.
        keys : {None, int, str}
            As in `load_word2vec_format`: None leaves them as they were when they were saved.

        Raises
        ------
        ValueError
            If this is another kind of file; the message says which.
        EOFError
            If the file is cut short.
        OSError
            For `mmap` of a compressed file.
        """
        return files.load(cls, fname, mmap, keys)

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
        files.save_word2vec_format(self, fname, fvocab, binary, total_vec, write_header, prefix, append, sort_attr)

    def export_projector(
        self, log_dir: PathLike, name: str = "word2vec", *, limit: int | None = None, metadata: Any = None
    ) -> Path:
        """Write what TensorBoard's Embedding Projector shows; see `w2vcore.visual.projector.export_projector`.

        Parameters
        ----------
        log_dir : str or path-like
            A local folder, for ``tensorboard --logdir``; made if it is not there.
        name : str
            How the Projector calls the vectors.
        limit : int, optional
            The first rows only; default: all.
        metadata : dict, DataFrame, str or path-like, optional
            Further columns, as `w2vcore.visual.explore` takes them.

        Returns
        -------
        Path
            The folder, with vectors.tsv, metadata.tsv and projector_config.pbtxt in it.

        Raises
        ------
        ValueError, TypeError, NotADirectoryError
            As `w2vcore.visual.projector.export_projector`.

        Examples
        --------
        >>> import tempfile
        >>> wv = KeyedVectors(2)
        >>> wv.add_vectors(["road", "sun"], [[0.5, 1], [0.25, -1]])
        >>> sorted(path.name for path in wv.export_projector(tempfile.mkdtemp()).iterdir())
        ['metadata.tsv', 'projector_config.pbtxt', 'vectors.tsv']
        """
        from w2vcore.visual.projector import export_projector

        return export_projector(self, log_dir, name, limit=limit, metadata=metadata)

    def to_frame(
        self,
        *,
        limit: int | None = None,
        method: Literal["auto", "pca", "tsne", "umap"] | None = None,
        metadata: Any = None,
        seed: int = 1,
    ) -> Any:
        """Return a pandas DataFrame with a row a key: key, columns such as count, vector.

        Parameters
        ----------
        limit : int, optional
            The first rows only; default: all.
        method : str, optional
            Add columns x and y, a map by this method, as in `w2vcore.visual.explore`; default: none.
        metadata : dict, DataFrame, str or path-like, optional
            Further columns by key, as `w2vcore.visual.explore` takes them.
        seed : int
            For the map.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        ImportError
            If pandas, or the package of a method, is missing.
        ValueError
            If a row has no key.

        Examples
        --------
        >>> wv = KeyedVectors(2)
        >>> wv.add_vectors(["road", "sun"], [[0.5, 1], [0.25, -1]])
        >>> frame = wv.to_frame(metadata={"sun": {"kind": "star"}})
        >>> list(frame.columns), frame["vector"][0].tolist()
        (['key', 'kind', 'vector'], [0.5, 1.0])
        """
        from w2vcore.keyedvectors import frames

        return frames.to_frame(self, limit, method, metadata, seed)

    def export_parquet(
        self,
        path: PathLike,
        *,
        limit: int | None = None,
        method: Literal["auto", "pca", "tsne", "umap"] | None = None,
        metadata: Any = None,
        seed: int = 1,
    ) -> Path:
        """Write `to_frame`'s table as a Parquet file, for tools that show millions of points, such as embedding-atlas.

        `load_any` reads it again. Needs pyarrow: ``pip install w2vcore[parquet]``.

        Parameters
        ----------
        path : str or path-like
            Such as ``words.parquet``; then, for example,
            ``embedding-atlas words.parquet --text key --x x --y y --vector vector``.
        limit, method, metadata, seed
            As in `to_frame`.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ImportError
            If pyarrow, or the package of a method, is missing.
        ValueError
            If a row has no key.
        """
        from w2vcore.keyedvectors import frames

        return frames.export_parquet(self, path, limit, method, metadata, seed)

    def plot(
        self,
        words: Iterable[Any] | None = None,
        *,
        topn: int = 100,
        method: Literal["pca", "tsne", "umap"] = "pca",
        color_by: str | None = None,
        metadata: Any = None,
        every_dot: bool = False,
        size: tuple[float, float] = (6.5, 6.5),
        path: PathLike | None = None,
        ax: Axes | None = None,
        seed: int = 1,
    ) -> Axes:
        """Draw a map of words, each dot with its label; see `w2vcore.visual.plots.plot`.

        Parameters
        ----------
        words : iterable of keys, optional
            Which words; default: the most frequent ones.
        topn : int
            How many of the most frequent ones, without `words`.
        method : str
            "pca", "tsne" (``pip install w2vcore[viz]``) or "umap" (``pip install w2vcore[umap]``).
        color_by : str, optional
            "cluster", or a column of `metadata`.
        metadata : dict, DataFrame, str or path-like, optional
            Titles and further columns by key.
        every_dot : bool
            Draw words whose labels find no room as small grey dots; otherwise they are left out.
        size : tuple of float
            Width and height of a new figure in inches.
        path : str or path-like, optional
            Where to save the picture: .png, .svg, .pdf.
        ax : matplotlib Axes, optional
            Where to draw; default: a new figure.
        seed : int
            For t-SNE and UMAP.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        ImportError
            If matplotlib (``pip install w2vcore[viz]``), or the package of a method, is missing.
        KeyError, TypeError, ValueError
            As `w2vcore.visual.plots.plot`.
        """
        from w2vcore.visual.plots import plot

        return plot(
            self,
            words,
            topn=topn,
            method=method,
            color_by=color_by,
            metadata=metadata,
            every_dot=every_dot,
            size=size,
            path=path,
            ax=ax,
            seed=seed,
        )

    @classmethod
    def load_word2vec_format(
        cls,
        fname: PathLike | IO[bytes],
        fvocab: PathLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: DTypeLike = np.float32,
        no_header: bool = False,
        *,
        keys: type[int] | type[str] | None = None,
    ) -> Self:
        r"""Load vectors in the format of word2vec.c. They answer queries, but cannot be trained further.

        Parameters
        ----------
        fname : str, path-like or binary file
            May be compressed, or an address that smart_open reads.
        fvocab : str or path-like, optional
            A file of lines ``word count``; without it the counts are n, n - 1, ..., 1.
        binary : bool
        encoding, unicode_errors : str
            How words are decoded; ``unicode_errors="replace"`` accepts words cut inside a character.
        limit : int, optional
            Read the first rows only.
        datatype : dtype
            Type to store; np.float16 halves the memory.
        no_header : bool
            The file has no first line ``count size`` (GloVe); text only.
        keys : {None, int, str}
            int: the words are integers, such as ids of items, and become keys of that type. By default they are str.

        Raises
        ------
        ValueError
            For an invalid header, row or number, or another kind of file; the message says which. With ``keys=int``,
            for a word that is not an integer.
        EOFError
            If there are fewer rows than the header says.

        Examples
        --------
        >>> import io
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors.load_word2vec_format(io.BytesIO(b"1 2\nking 0.5 1\n"))
        >>> kv["king"].tolist()
        [0.5, 1.0]
        >>> KeyedVectors.load_word2vec_format(io.BytesIO(b"1 2\n2872 0.5 1\n"), keys=int)[2872].tolist()
        [0.5, 1.0]
        """
        return files.load_word2vec_format(
            cls, fname, fvocab, binary, encoding, unicode_errors, limit, datatype, no_header, keys
        )

    @classmethod
    def load_any(
        cls,
        path: PathLike,
        mmap: Literal["r", "r+", "c"] | None = None,
        *,
        keys: type[int] | type[str] | None = None,
        **options: Any,
    ) -> Self:
        r"""Load a file of vectors of any known format; the log (INFO) says which it is.

        The formats are w2vcore's own, word2vec's text and binary, GloVe, fastText's .vec, .bin and .ftz, floret's,
        NumPy's .npz, and .npy with a text file of the keys, the Embedding Projector's TSV, finalfusion's .fifu, Parquet
        and Arrow, and the files of gensim 0.12 to 4. No code in a file is run.

        Parameters
        ----------
        path : str or path-like
            May be compressed, the only file of a zip or tar archive, or an address that smart_open reads.
        mmap : {None, "r", "r+", "c"}
            As in `load`; for files of w2vcore, for those of gensim with separate arrays, and "r" for fastText's .bin.
        keys : {None, int, str}
            As in `load_word2vec_format`: int for ids that are integers; None leaves keys as the file has them.
        **options
            ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as in `load_word2vec_format`.

        Returns
        -------
        KeyedVectors
            From a fastText .bin or .ftz with n-grams, a floret table, or a FastText of gensim's,
            `FastTextKeyedVectors`, which have a vector for any word.

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
        return files.load_any(cls, path, mmap, keys, options)

    # ---------------------------------------------------------------- gone since gensim 4

    if not TYPE_CHECKING:  # type checkers refuse these names like any others that do not exist

        @property
        def vocab(self):
            """Gone since gensim 4: an AttributeError names what to use."""
            raise AttributeError(
                "vocab was removed in gensim 4; use key_to_index (dict), index_to_key (list), "
                "get_vecattr(key, 'count') and set_vecattr(key, attr, value)"
            )

        @property
        def index2word(self):
            """Gone since gensim 4: an AttributeError names what to use."""
            raise AttributeError("index2word was renamed index_to_key")

        @property
        def index2entity(self):
            """Gone since gensim 4: an AttributeError names what to use."""
            raise AttributeError("index2entity was renamed index_to_key")

        @property
        def vectors_norm(self):
            """Gone since gensim 4: an AttributeError names what to use."""
            raise AttributeError("vectors_norm was removed in gensim 4; use get_normed_vectors()")
