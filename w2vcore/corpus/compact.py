"""Keys and counts without a Python object for each, as a scan of files or a file of vectors gives them.

`CompactKeys` reads like a list of str, `CompactCounts` like a dict of counts; both make a str only for a key that is
accessed. A key costs its bytes and 8 more here; in a list and a dict it would cost about 150.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from itertools import zip_longest
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ._scanner import KeyTable, decode_keys

_CHUNK = 4096  # keys that iterators make at a time
_SHOWN = 100  # keys in a repr


class CompactKeys(Sequence[str]):
    """A sequence of str that never changes.

    Parameters
    ----------
    data : ndarray of uint8
        UTF-8 of all keys, one after another; lone surrogates are allowed, as in Python's str.
    offsets : ndarray of int64, shape (keys + 1,)
        Key i is ``data[offsets[i]:offsets[i + 1]]``. Neither array is checked.
    distinct : bool
        Whether it is known that no key occurs twice.

    Examples
    --------
    >>> keys = CompactKeys.of(["a", "é", ""])
    >>> keys.data.tolist(), keys.offsets.tolist()
    ([97, 195, 169], [0, 1, 3, 3])
    >>> keys[1], keys[::-1], len(keys), keys == ["a", "é", ""]
    ('é', ['', 'é', 'a'], 3, True)
    """

    def __init__(self, data: NDArray[np.uint8], offsets: NDArray[np.int64], distinct: bool = False) -> None:
        self._data = data
        self._offsets = offsets
        self._load: Callable[[], CompactKeys] | None = None
        self._count = 0
        self.distinct = distinct

    @classmethod
    def of(cls, keys: Iterable[str]) -> CompactKeys:
        """Pack some strings."""
        encoded = [key.encode("utf8", "surrogatepass") for key in keys]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    @classmethod
    def later(cls, count: int, load: Callable[[], CompactKeys]) -> CompactKeys:
        """Stand for `count` distinct keys that are loaded on first use; `load` raises if they are not distinct.

        Examples
        --------
        >>> keys = CompactKeys.later(1, lambda: CompactKeys.of(["a"]))
        >>> len(keys), keys[0]
        (1, 'a')
        """
        keys = cls(np.empty(0, np.uint8), np.empty(0, np.int64), distinct=True)
        keys._load, keys._count = load, count
        return keys

    def _needed(self) -> None:
        if self._load is not None:
            loaded = self._load()
            self._data, self._offsets, self._load = loaded.data, loaded.offsets, None

    @property
    def data(self) -> NDArray[np.uint8]:
        """UTF-8 of all keys."""
        self._needed()
        return self._data

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where each key begins, and where the last one ends."""
        self._needed()
        return self._offsets

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.data, self.offsets, self.distinct)

    def __len__(self) -> int:
        return self._count if self._load is not None else len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        rows = range(len(self))[index]
        if isinstance(rows, int):
            return decode_keys(self.data, self.offsets[rows : rows + 2])[0]
        if rows.step == 1:
            return decode_keys(self.data, self.offsets[rows.start : rows.stop + 1]) if rows else []
        return [self[row] for row in rows]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _CHUNK):
            yield from self[start : start + _CHUNK]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (CompactKeys, list, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip_longest(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if len(self) <= _SHOWN:
            return repr(self.tolist())
        return f"{repr(self[:_SHOWN])[:-1]}, ... {len(self):,} keys]"

    def tolist(self) -> list[str]:
        """Return all keys as a list."""
        return self[:]

    def table(self) -> KeyTable:
        """Return a table that finds row numbers by key; keys must differ.

        Examples
        --------
        >>> CompactKeys.of(["a", "b"]).table().find("b")
        1
        """
        table = KeyTable()
        table.put_packed(self.data, self.offsets)
        return table

    def first_repeated(self) -> str | None:
        """Return the first key that repeats an earlier one, or None.

        Examples
        --------
        >>> CompactKeys.of(["a", "b", "a"]).first_repeated()
        'a'
        """
        row = -1 if self.distinct else KeyTable().put_packed(self.data, self.offsets)
        self.distinct = row < 0
        return None if row < 0 else self[row]


class CompactCounts(Mapping[Any, int]):
    """How often each key was seen, in the order in which they were first seen; reads like a dict.

    Parameters
    ----------
    table : KeyTable
        Owned by this object from now on.

    Examples
    --------
    >>> table = CompactKeys.of(["b", "a"]).table()
    >>> table.set_counts(np.array([2, 1]))
    >>> counts = CompactCounts(table)
    >>> counts, counts["a"], counts.get("c", 0), list(counts)
    ({'b': 2, 'a': 1}, 1, 0, ['b', 'a'])
    """

    def __init__(self, table: KeyTable) -> None:
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, key: Any) -> int:
        row = self.table.find(str.__str__(key)) if isinstance(key, str) else -1
        if row < 0:
            raise KeyError(key)
        return self.table.count(row)

    def __iter__(self) -> Iterator[Any]:
        return map(self.table.key, range(len(self)))

    def values(self) -> ValuesView[int]:
        """Return the counts, in the order of the keys."""
        return _Values(self)

    def items(self) -> ItemsView[Any, int]:
        """Return pairs of key and count."""
        return _Items(self)

    def __repr__(self) -> str:
        if len(self) <= _SHOWN:
            return repr(dict(self.items()))
        return f"<counts of {len(self):,} keys>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as packed keys and counts, as the table itself is C memory."""
        every = np.arange(len(self), dtype=np.int64)
        return _counts_of, (self.keys_at(every), self.numbers())

    def copy(self) -> dict[Any, int]:
        """Return a dict of all."""
        return dict(self.items())

    def numbers(self) -> NDArray[np.int64]:
        """Return all counts as an array."""
        return self.table.counts()

    def keys_at(self, rows: NDArray[np.int64]) -> CompactKeys:
        """Return the keys at these places in first-seen order."""
        return CompactKeys(*self.table.packed(np.ascontiguousarray(rows, np.int64)))

    def places_of(self, keys: CompactKeys) -> NDArray[np.int64]:
        """Return the place of each key in first-seen order, -1 for those never seen."""
        return self.table.find_packed(keys.data, keys.offsets)


class _Values(ValuesView[int]):
    """Iterates without looking keys up."""

    _mapping: CompactCounts

    def __iter__(self) -> Iterator[int]:
        numbers = self._mapping.numbers()
        for start in range(0, len(numbers), _CHUNK):
            yield from numbers[start : start + _CHUNK].tolist()


class _Items(ItemsView[Any, int]):
    """Iterates without looking keys up."""

    _mapping: CompactCounts

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        return zip(self._mapping, self._mapping.values(), strict=True)


def _counts_of(keys: CompactKeys, numbers: NDArray[np.int64]) -> CompactCounts:
    """Make a CompactCounts of its parts."""
    table = keys.table()
    table.set_counts(numbers)
    return CompactCounts(table)
