"""The table under KeyedVectors: keys, rows and columns, looked up and changed. The rest is in keyedvectors.py."""

from __future__ import annotations

import logging
import warnings
import weakref
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from w2vcore.columns import Columns, as_columns, column_type
from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.keying import clean_keys, plain_key
from w2vcore.facade.saveload import SaveLoad
from w2vcore.keys import Keys
from w2vcore.model import weights as model_weights
from w2vcore.query import similarity

logger = logging.getLogger("w2vcore.keyedvectors")

Key: TypeAlias = Hashable
Vector: TypeAlias = "NDArray[np.floating[Any]]"
Self = TypeVar("Self", bound="KeyedTable")


class _Loan:
    """Whether the matrix was ever in somebody else's hands: one for all shallow copies, as they share the matrix."""

    given = False


class KeyedTable(SaveLoad):
    """Keys, their rows in a matrix, and further columns; documented in KeyedVectors, its only subclass."""

    vectors_lockf: NDArray[np.float32]

    def __init__(
        self, vector_size: int, count: int = 0, dtype: DTypeLike = np.float32, mapfile_path: str | None = None
    ) -> None:
        self._begin(vector_size, count, dtype, mapfile_path)

    @classmethod
    def _empty(cls: type[Self], vector_size: int, dtype: DTypeLike = np.float32) -> Self:
        """Return an object without keys; the constructor, which in a subclass may take anything, is not called."""
        result = cls.__new__(cls)
        result._begin(vector_size, 0, dtype, None)
        return result

    def _begin(self, vector_size: int, count: int, dtype: DTypeLike, mapfile_path: str | None) -> None:
        self.vector_size = vector_size
        self._keys = Keys([None] * count)
        self._model: weakref.ref[Any] | None = None  # whose `wv` this is
        self.norms: NDArray[np.float32] | None = None
        self._handed_out = False
        self._loan = _Loan()
        self._take(np.zeros((count, vector_size), dtype))
        self.expandos: dict[str, NDArray[Any]] = Columns()
        self.mapfile_path = mapfile_path
        self.dropped_counts: Mapping[Any, int] | None = None
        self.min_count: int | None = None
        self.lifecycle_events = []

    # ---------------------------------------------------------------- state

    def _belong_to(self, model: Any) -> None:
        """Know that a model has matrices whose rows go with these, as long as this is its `wv`."""
        self._model = weakref.ref(model)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of: the vectors of a model become vectors of their own."""
        return {**self.__dict__, "_model": None}

    @property
    def index_to_key(self) -> list[Any]:
        """The key of each row."""
        return self._keys.listed

    @index_to_key.setter
    def index_to_key(self, keys: list[Any]) -> None:
        self._keys = Keys(keys, self._keys.rows)

    @property
    def key_to_index(self) -> dict[Any, int]:
        """The row of each key."""
        return self._keys.rows

    @key_to_index.setter
    def key_to_index(self, rows: dict[Any, int]) -> None:
        self._keys = Keys(self._keys.listed, rows)

    @property
    def next_index(self) -> int:
        """The next allocated row that is free."""
        return self._keys.next_index

    @next_index.setter
    def next_index(self, row: int) -> None:
        self._keys.next_index = row

    def _set_keys(self, keys: Sequence[Any]) -> None:
        """Replace all keys, which must differ; CompactKeys are kept compact, of others a list is made."""
        self._keys = Keys(keys if isinstance(keys, CompactKeys) else list(keys))

    @property
    def _stored_keys(self) -> Sequence[Any]:
        """`index_to_key`, or the compact keys from which it will be made."""
        return self._keys.stored

    @property
    def _stored_rows(self) -> dict[Any, int] | CompactKeys:
        """`key_to_index`, or the compact keys from which it will be made."""
        return self._keys.stored_rows

    def _check_rows(self) -> None:
        """Refuse what a user has changed in one place and not in the others."""
        self._keys.check()
        if len(self._vectors) != len(self):
            raise ValueError(
                f"{len(self)} keys and {len(self._vectors)} vectors: each key needs a row. Change keys and vectors "
                "alike, or call resize_vectors()"
            )

    @property
    def vectors(self) -> NDArray[Any]:
        """The matrix, one row a key."""
        self._handed_out = self._loan.given = True
        return self._vectors

    @vectors.setter
    def vectors(self, value: NDArray[Any]) -> None:
        self._loan.given = True
        self._take(value)

    def _take(self, value: NDArray[Any]) -> None:
        """Replace the matrix by one that nobody else can write into, as far as is known."""
        self._vectors = value
        self._loan.given |= isinstance(value, np.memmap)  # other processes may have the file mapped
        self.clear_norms()

    # Whoever was handed the matrix may have written into it, and numpy tells nobody. So norms are computed anew by the
    # first query after the matrix was handed out, at about the price of that query; and once it has been, each query
    # looks whether the rows that it met still have their norms. The library itself uses `_vectors` and `_take`.

    def clear_norms(self) -> None:
        """Forget the cached norms: see `vectors` for when that is needed."""
        self.norms = None

    def _written_behind(self, rows: Sequence[int] | NDArray[np.intp]) -> bool:
        """Whether some of these rows no longer have the norms that are cached; if so, forget the norms."""
        norms = self.norms  # another thread may clear them
        if not self._loan.given or norms is None or not self._vectors.flags.writeable:
            return False
        changed = not similarity.have_lengths(self._vectors, norms, rows)
        if changed:
            self.clear_norms()
        return changed

    def __str__(self) -> str:
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Key) -> bool:
        return self._keys.row(key) is not None

    @property
    def vocab(self) -> Any:
        """Gone since gensim 4: an AttributeError names what to use."""
        raise AttributeError(
            "vocab was removed in gensim 4; use key_to_index (dict), index_to_key (list), "
            "get_vecattr(key, 'count') and set_vecattr(key, attr, value)"
        )

    @property
    def index2word(self) -> Any:
        """Gone since gensim 4: an AttributeError names what to use."""
        raise AttributeError("index2word was renamed index_to_key")

    @property
    def index2entity(self) -> Any:
        """Gone since gensim 4: an AttributeError names what to use."""
        raise AttributeError("index2entity was renamed index_to_key")

    @property
    def vectors_norm(self) -> Any:
        """Gone since gensim 4: an AttributeError names what to use."""
        raise AttributeError("vectors_norm was removed in gensim 4; use get_normed_vectors()")

    # ---------------------------------------------------------------- lookup

    def _row(self, key: Any) -> int | None:
        """Row of a key, or of a row number where integers are that; None if there is none."""
        return self._keys.row(key)

    def _missing(self, key: Any, where: str = "") -> KeyError:
        seen = self.dropped_counts.get(plain_key(key)) if self.dropped_counts is not None else None
        if not seen:
            return self._keys.unknown(key, where)
        times = f"{seen} time{'s' if seen > 1 else ''}"
        return KeyError(f"{self._keys.missing(key, where)} (seen {times}, below min_count={self.min_count})")

    def _is_one_key(self, value: Any) -> bool:
        """Whether `value` is a single key rather than several, or a vector."""
        return self._keys.is_one(value)

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
        if isinstance(key_or_keys, str) or self._is_one_key(key_or_keys):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        self._check_rows()
        if not rows:
            raise ValueError("need at least one key, got an empty list")
        return np.asarray(self._vectors)[rows]

    def get_index(self, key: Key, default: int | None = None) -> int:
        """Return the row of a key.

        Parameters
        ----------
        key : key
            An integer that is no key is a row number, unless some key is an integer.
        default : int, optional
            Returned for a missing key; without it that is a KeyError.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b"], [[1], [2]])
        >>> kv.get_index("b"), kv.get_index("c", -1)
        (1, -1)
        """
        row = self._keys.row(key)
        if row is not None:
            return row
        if default is not None:
            return default
        raise self._missing(key)

    def has_index_for(self, key: Key) -> bool:
        """Whether `get_index` finds a row for the key; the same as ``key in kv``."""
        return self._keys.row(key) is not None

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
        row = self.get_index(key)
        if len(self._vectors) != self._keys.agreed:
            self._check_rows()
        vector: Vector = self._vectors[row]
        if norm:
            vector = similarity.unit(np.asarray(vector))
        vector.flags.writeable = False
        return vector

    def word_vec(self, *args: Any, **kwargs: Any) -> Vector:
        """Return the vector of a key; deprecated, use `get_vector`."""
        warnings.warn("word_vec is deprecated; use get_vector", DeprecationWarning, stacklevel=2)
        return self.get_vector(*args, **kwargs)

    def _lengths(self) -> NDArray[np.float32]:
        """Return `norms`, computed if need be; another thread may ask for them, or clear them, at any moment."""
        norms = self.norms
        written = self._handed_out and self._vectors.flags.writeable
        if written or norms is None or len(norms) != len(self._vectors):
            self.norms = None  # before the flag: who asks meanwhile must not be given the old ones
            self._handed_out = False
            self.norms = norms = similarity.norms(self._vectors)
        return norms

    def fill_norms(self, force: bool = False) -> None:
        """Compute `norms` if they are not there, or anew with `force`."""
        if force:
            self.clear_norms()
        self._lengths()

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
        lengths = self._lengths()
        result: Vector = np.asarray(self._vectors) / np.where(lengths == 0, 1, lengths)[:, np.newaxis]
        return result.astype(self._vectors.dtype, copy=False)

    # ---------------------------------------------------------------- change

    def add_vector(self, key: Key, vector: ArrayLike) -> int:
        """Add one key; fills an allocated row if there is a free one, else grows, with a warning as that is slow.

        Parameters
        ----------
        key : key
            One that is there already keeps its vector; assign ``kv[key] = vector`` to replace it.
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
        if not self._keys.has(key) and not self._keys.has_free_row:
            warnings.warn(
                "add_vector copies all vectors to add one; use add_vectors, or allocate rows: KeyedVectors(count=...)",
                UserWarning,
                stacklevel=2,
            )
        (key,) = self._add([key], np.asarray(vector)[np.newaxis], {}, False)
        return self.key_to_index[key]

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
            Overwrite the vectors of keys that are there already, which otherwise stay as they are.

        Raises
        ------
        ValueError
            If the shapes do not fit; nothing is changed then.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b"], [[1], [2]], extras={"count": [7, 5]})
        >>> kv.add_vectors(["b", "c"], [[9], [3]], replace=True)
        >>> kv.vectors.tolist(), kv.get_vecattr("a", "count").item()
        ([[1.0], [9.0], [3.0]], 7)
        """
        if self._is_one_key(keys):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        self._add(list(keys), np.asarray(weights), extras or {}, replace)

    def __setitem__(self, keys: Any, weights: ArrayLike) -> None:
        """Set the vector of a key, or those of a list of keys; keys that are new are added."""
        if self._is_one_key(keys) or not isinstance(keys, list):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        self._add([self._keys.assigned(key) for key in keys], np.asarray(weights), {}, True)

    def _add(self, keys: list[Any], values: NDArray[Any], extras: Mapping[str, ArrayLike], replace: bool) -> list[Any]:
        """Check everything, then add or replace, and return the keys: an error leaves all as it was."""
        self._keys.check()
        keys = clean_keys(keys, "keys")
        width = self._vectors.shape[1]
        if values.shape != (len(keys), width) and not (len(keys) == 0 and values.size == 0):
            raise ValueError(f"{len(keys)} keys need vectors of shape ({len(keys)}, {width}), got {values.shape}")
        if values.dtype.kind not in "fiub":
            raise ValueError(f"vectors must be numbers, got an array of {values.dtype}")
        columns = {name: np.asarray(column) for name, column in extras.items()}
        for name, column in columns.items():
            if len(column) != len(keys):
                raise ValueError(
                    f"extras[{name!r}] must have one value for each of {len(keys)} keys, got {len(column)}"
                )
            column_type(name, column.dtype, self.expandos.get(name))
        new = list(dict.fromkeys(key for key in keys if key not in self.key_to_index))
        known_before = set(keys).difference(new)
        self._keys.reserve(new)
        self._grow()
        chosen: dict[int, int] = {}  # row of the matrix -> place in keys; a key given twice: the last wins if replacing
        for place, key in enumerate(keys):
            row = self.key_to_index[key]
            if replace or (key not in known_before and row not in chosen):
                chosen[row] = place
        rows, places = list(chosen), list(chosen.values())
        if rows:
            self._vectors[rows] = values[places]
        self.allocate_vecattrs()
        for name, column in columns.items():
            self.allocate_vecattrs([name], [column.dtype])
            self.expandos[name][rows] = column[places]
        self.clear_norms()
        return keys

    def _grow(self) -> None:
        """Give rows of zeros to the keys that have none yet."""
        missing = len(self) - len(self._vectors)
        if missing > 0:
            grown = np.zeros((len(self), self._vectors.shape[1]), self._vectors.dtype)
            grown[: len(self._vectors)] = self._vectors
            self._take(grown)
            lock = getattr(self, "vectors_lockf", None)
            if lock is not None and len(lock) > 1:  # a single factor stands for all rows
                self.vectors_lockf = np.concatenate([lock, np.ones(missing, np.float32)])

    def allocate_vecattrs(self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None) -> None:
        """Make sure that columns exist and have a value for each row; new values are 0.

        Parameters
        ----------
        attrs : list of str, optional
            Names; without it all existing columns grow to the number of keys.
        types : list of type, optional
            Their types; int is stored as int64, str as object.

        Raises
        ------
        TypeError
            If a column exists with a type that cannot hold the one asked for.
        """
        if attrs is None or types is None:
            self.expandos = columns = as_columns(self.expandos)
            columns.grow(len(self))
            attrs = list(columns.stored())
            types = [column.dtype for column in columns.stored().values()]
        for attr, dtype in zip(attrs, types, strict=True):
            chosen = column_type(attr, dtype, self.expandos.get(attr))
            present = self.expandos.get(attr, np.zeros(0, chosen))
            if len(present) < len(self) or attr not in self.expandos:
                column = np.zeros((len(self), *present.shape[1:]), chosen)
                column[: len(present)] = present
                self.expandos[attr] = column

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Set the value of a key in a column, which is made at its first use with the type of that value.

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
        """Give a random vector to each key that has none yet, drawn as before training, and keep the others."""
        rows = len(self)
        if self._vectors.shape != (rows, self.vector_size):
            grown = model_weights.initial_vectors(rows, self.vector_size, seed).astype(self._vectors.dtype, copy=False)
            kept = min(rows, len(self._vectors))
            grown[:kept] = self._vectors[:kept]
            self._take(grown)
        self.allocate_vecattrs()
        self.clear_norms()

    def sort_by_descending_frequency(self) -> None:
        """Sort rows and columns by the column 'count', largest first; equal ones in reverse order, as gensim does."""
        if not len(self):
            return
        self._keys.check()
        order = np.argsort(self.expandos["count"], kind="stable")[::-1]
        self._set_keys([self.index_to_key[row] for row in order.tolist()])
        self.allocate_vecattrs()
        self.expandos = as_columns(self.expandos).taken(order)
        if len(getattr(self, "vectors_lockf", ())) == len(order) > 1:
            self.vectors_lockf = self.vectors_lockf[order]
        if len(self._vectors):
            logger.warning("sorting after vectors have been allocated is expensive & error-prone")
            self._take(self._vectors[order])

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place and for good; a zero vector stays zero.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a"], [[3, 4]])
        >>> kv.unit_normalize_all()
        >>> [round(x, 6) for x in kv["a"].tolist()]
        [0.6, 0.8]
        """
        lengths = self._lengths()
        vectors = self._vectors
        if not vectors.flags.writeable:
            raise ValueError("vectors are mapped read-only; load with mmap=None or mmap='c' to change them")
        vectors /= np.where(lengths == 0, 1, lengths)[:, np.newaxis].astype(vectors.dtype)
        self.clear_norms()

    def init_sims(self, replace: bool = False) -> None:
        """Fill the norms, or with `replace` call `unit_normalize_all`; deprecated, use `fill_norms`."""
        warnings.warn("init_sims is deprecated; use fill_norms or unit_normalize_all", DeprecationWarning, stacklevel=2)
        if replace:
            self.unit_normalize_all()
        else:
            self.fill_norms()
