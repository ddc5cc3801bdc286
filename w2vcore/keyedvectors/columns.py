"""The columns of KeyedVectors by name, `expandos`: a dict in which some are computed when they are first read."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Column: TypeAlias = "NDArray[Any]"
Make: TypeAlias = "Callable[[int], Column]"


class Columns(dict[str, Column]):
    """A dict of columns, some of which are derived: they are computed when they are first read, and are not saved.

    The names, their number and their order are known before. Each method that returns a column computes it first.

    Parameters
    ----------
    columns : mapping of str to ndarray

    Examples
    --------
    >>> columns = Columns({"count": np.array([3, 1])})
    >>> columns.derive("rank", np.arange, rows=2)
    >>> list(columns), columns.stored()
    (['count', 'rank'], {'count': array([3, 1])})
    >>> columns["rank"]
    array([0, 1])
    """

    def __init__(self, columns: Mapping[str, Column] | Iterable[tuple[str, Column]] = ()) -> None:
        super().__init__()
        self._derived: dict[str, tuple[Make, int]] = {}  # how to compute a derived column, and its length
        self._pending: set[str] = set()  # derived columns that nobody has read; an empty array is in their place
        self.update(columns)

    def derive(self, name: str, make: Make, rows: int) -> None:
        """Add a derived column, ``make(rows)``; the dict can be pickled only if `make` can."""
        super().__setitem__(name, np.empty(0))
        self._derived[name] = make, rows
        self._pending.add(name)

    def grow(self, rows: int) -> None:
        """Let the derived columns have `rows` values."""
        for name, (make, before) in list(self._derived.items()):
            if before != rows:
                self.derive(name, make, rows)

    def taken(self, rows: NDArray[np.intp] | list[int]) -> Columns:
        """Return the same columns for some of the rows, in that order."""
        result = Columns({name: column[rows] for name, column in self.items()})
        for name in self._derived:
            result.derive(name, partial(_filled_up, result[name]), len(rows))
        return result

    def stored(self) -> dict[str, Column]:
        """Return the columns that are not derived."""
        return {name: self[name] for name in self if name not in self._derived}

    def copy(self) -> Columns:
        """Return a dict of the same columns."""
        build, arguments = self.__reduce__()
        copied: Columns = build(*arguments)
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        there = {name: super(Columns, self).__getitem__(name) for name in self}
        return _again, (there, dict(self._derived), set(self._pending))

    # ---------------------------------------------------------------- a single column

    def __getitem__(self, name: str) -> Column:
        if name in self._pending:
            make, rows = self._derived[name]
            self[name] = make(rows)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a column, or `default`."""
        if name in self:
            return self[name]
        return default

    def setdefault(self, name: str, default: Any = None) -> Any:
        """Return a column; if it is not there, it becomes `default`."""
        if name not in self:
            self[name] = default
        return self[name]

    def __setitem__(self, name: str, column: Column) -> None:
        super().__setitem__(name, column)
        self._pending.discard(name)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._pending.discard(name)
        self._derived.pop(name, None)

    def pop(self, name: str, *default: Any) -> Any:
        """Remove a column and return it."""
        if name not in self:
            return super().pop(name, *default)
        column = self[name]
        del self[name]
        return column

    def popitem(self) -> tuple[str, Column]:
        """Remove the last column, and return its name and the column."""
        return (name := next(reversed(self), "")), self.pop(name)

    # ---------------------------------------------------------------- all of them

    # `dict(columns)` and `{**columns}` read a dict in C, past the methods here, unless it defines how it is iterated.
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def _all(self) -> dict[str, Column]:
        return {name: self[name] for name in self}

    def items(self) -> ItemsView[str, Column]:  # type: ignore[override]
        """Return names and columns."""
        return self._all().items()

    def values(self) -> ValuesView[Column]:  # type: ignore[override]
        """Return the columns."""
        return self._all().values()

    def update(self, *columns: Any, **more: Column) -> None:
        """Add the columns of another dict."""
        for name, column in dict(*columns, **more).items():
            self[name] = column

    def clear(self) -> None:
        """Remove all columns."""
        for name in list(self):
            del self[name]

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, Columns) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __or__(self, other: Any) -> Any:
        result = self.copy()
        result.update(other)
        return result

    def __ror__(self, other: Any) -> Any:
        return Columns(other) | self

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __repr__(self) -> str:
        return repr(self._all())


def as_columns(columns: Mapping[str, Column]) -> Columns:
    """Return columns, which may be a plain dict of a user, as Columns."""
    return columns if isinstance(columns, Columns) else Columns(columns)


def allocate(columns: dict[str, Column], names: Sequence[str], types: Sequence[DTypeLike], rows: int) -> None:
    """Make sure that columns exist and have a value for each row; new values are 0.

    Raises
    ------
    TypeError
        If a column exists with a type that cannot hold the one asked for.

    Examples
    --------
    >>> columns = {"count": np.array([3, 1])}
    >>> allocate(columns, ["count", "share"], [int, np.float32], 3)
    >>> columns
    {'count': array([3, 1, 0]), 'share': array([0., 0., 0.], dtype=float32)}
    """
    for name, dtype in zip(names, types, strict=True):
        chosen = column_type(name, dtype, columns.get(name))
        present = columns.get(name, np.zeros(0, chosen))
        if len(present) < rows or name not in columns:
            column = np.zeros((rows, *present.shape[1:]), chosen)
            column[: len(present)] = present
            columns[name] = column


def column_type(name: str, dtype: DTypeLike, present: Column | None) -> np.dtype[Any]:
    """Return the type of a column for values of `dtype`; its first values fix it.

    Parameters
    ----------
    name : str
    dtype : dtype
    present : ndarray or None
        The column, if there is one.

    Raises
    ------
    TypeError
        If it cannot hold such values.

    Examples
    --------
    >>> column_type("rank", int, None), column_type("rank", np.float64, np.zeros(1, np.float32))
    (dtype('int64'), dtype('float32'))
    """
    wanted = np.dtype(np.int64 if dtype is int else object if dtype is str else dtype)
    wanted = np.dtype(object) if wanted.kind in "US" else wanted
    if present is None:
        return wanted
    if present.dtype == wanted or np.can_cast(wanted, present.dtype, "same_kind" if wanted.kind in "biuf" else "safe"):
        if (present.dtype.kind == "O") == (wanted.kind == "O"):
            return present.dtype
    elif wanted.kind in "iu" and present.dtype.kind in "iu":
        return present.dtype  # int64 values into a uint32 column; a value that does not fit is an OverflowError
    raise TypeError(
        f"Can't allocate type {wanted} for attribute {name}, conflicts with its existing type {present.dtype}"
    )


def _again(there: dict[str, Column], derived: dict[str, tuple[Make, int]], pending: set[str]) -> Columns:
    """Make a copy from its state."""
    columns = Columns(there)
    columns._derived.update(derived)
    columns._pending |= pending
    return columns


def _filled_up(column: Column, rows: int) -> Column:
    """Return a column of `rows` values: filled up with zeros, or cut off."""
    result = np.zeros((rows, *column.shape[1:]), column.dtype)
    kept = min(rows, len(column))
    result[:kept] = column[:kept]
    return result
