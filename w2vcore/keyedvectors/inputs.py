"""What users pass to queries as keys, vectors and weights, as rows and vectors; what is wrong is refused by name."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

import numpy as np

from w2vcore.keyedvectors.table import Vector, VectorTable


class Input(NamedTuple):
    """A vector that a query asks about.

    Attributes
    ----------
    vector : ndarray
    row : int or None
        Of a key; None for a vector that a user passed, and for one made of the n-grams of a word.
    key : key or None
        What the user named; None for a vector that was passed, which is taken as it is where others are scaled.
    """

    vector: Vector
    row: int | None = None
    key: Any = None


def resolved(table: VectorTable, item: Any, argument: str, place: int | None = None) -> Input:
    """Return what a key or a vector stands for.

    Parameters
    ----------
    table : VectorTable
    item : key or vector
    argument : str
        Where it was passed, for errors.
    place : int, optional
        Its place in that argument.

    Raises
    ------
    KeyError
        For a missing key, of which no vector can be made.
    ValueError, TypeError
        For a vector of another length, numbers that are not finite, and what is neither key nor vector.
    """
    keys = table.keys
    if isinstance(item, (np.ndarray, list)) and not keys.is_one(item):
        vector = np.asarray(item)
        if vector.dtype.kind not in "fiu" or vector.shape != (table.width,):
            raise ValueError(f"a vector must hold {table.width} numbers, got shape {vector.shape} of {vector.dtype}")
        if not np.isfinite(vector).all():
            raise ValueError(_not_finite(argument if place is None else f"{argument}[{place}]", vector))
        return Input(vector)
    if not isinstance(item, Hashable) or (isinstance(item, float) and not keys.is_one(item)):
        raise TypeError(f"expected a key, a vector or a (key, weight) tuple, got {item!r}")
    found = named(table, item)
    if found is None:
        raise table.missing(item, " in vocabulary")
    return found


def named(table: VectorTable, key: Any) -> Input | None:
    """Return what a key stands for; None if it is missing, and no vector can be made of it."""
    row = table.keys.row(key)
    if row is not None:
        return Input(np.asarray(table.matrix.array[row]), row, table.keys.at([row])[0])
    made = table.inferred(key)
    return None if made is None else Input(made, None, key)


def resolved_all(table: VectorTable, value: Any, argument: str) -> list[Input]:
    """Return what each key and each vector stands for, in what `most_similar` accepts."""
    return [resolved(table, item, argument, place) for place, item in enumerate(as_list(table, value))]


def weighted(table: VectorTable, value: Any, default: float, argument: str) -> list[tuple[Input, float]]:
    """Return (input, weight) of each item; an item that is no (item, weight) gets the default weight."""
    result = []
    for place, item in enumerate(as_list(table, value)):
        weight = default
        if isinstance(item, tuple) and len(item) == 2 and _is_number(item[1]) and not table.keys.is_one(item):
            item, weight = item[0], float(item[1])
            if not math.isfinite(weight):
                raise ValueError(f"the weight of {argument}[{place}] must be a finite number, got {weight}")
        result.append((resolved(table, item, argument, place), weight))
    return result


def as_list(table: VectorTable, value: Any) -> list[Any]:
    """Make a list of what `most_similar` accepts: None, one key, one vector, a list, a tuple, or a matrix."""
    if value is None:
        return []
    if table.keys.is_one(value) or (isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub"):
        return [value]
    return list(value)


def check_finite(inputs: Iterable[Input]) -> None:
    """Refuse vectors of keys that are not finite; those that a user passed are checked already.

    Raises
    ------
    ValueError
    """
    for vector, _, key in inputs:
        if key is not None and not np.isfinite(vector).all():
            raise ValueError(_not_finite(f"the vector of {key!r}", vector))


def _not_finite(name: str, vector: Vector) -> str:
    place = int(np.argmin(np.isfinite(vector)))
    return f"{name} holds {vector[place]} at place {place}: a vector must hold finite numbers"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
