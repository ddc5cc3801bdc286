"""What users pass to queries as keys, vectors and weights, as rows and vectors; what is wrong is refused by name."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np

from w2vcore.keyedvectors.table import Vector, VectorTable


def resolved(
    table: VectorTable, item: Any, argument: str, place: int | None = None, ignore_missing: bool = False
) -> tuple[int | None, Vector | None]:
    """Return (row, vector) of a key, (None, vector) of a vector, (None, None) of a missing key if that is allowed.

    Parameters
    ----------
    table : VectorTable
    item : key or vector
    argument : str
        Where it was passed, for errors.
    place : int, optional
        Its place in that argument.
    ignore_missing : bool

    Raises
    ------
    KeyError
        For a missing key.
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
        return None, vector
    if not isinstance(item, Hashable) or (isinstance(item, float) and not keys.is_one(item)):
        raise TypeError(f"expected a key, a vector or a (key, weight) tuple, got {item!r}")
    row = keys.row(item)
    if row is not None:
        return row, np.asarray(table.matrix.array[row])
    if ignore_missing:
        return None, None
    raise table.missing(item, " in vocabulary")


def resolved_all(table: VectorTable, value: Any, argument: str) -> list[tuple[int | None, Vector]]:
    """Return (row, vector) of each key, (None, vector) of each vector, in what `most_similar` accepts."""
    found = [resolved(table, item, argument, place) for place, item in enumerate(as_list(table, value))]
    return [(row, vector) for row, vector in found if vector is not None]


def weighted(table: VectorTable, value: Any, default: float, argument: str) -> list[tuple[int | None, Vector, float]]:
    """Return (row or None, vector, weight) of each item; an item that is no (item, weight) gets the default weight."""
    result = []
    for place, item in enumerate(as_list(table, value)):
        weight = default
        if isinstance(item, tuple) and len(item) == 2 and _is_number(item[1]) and not table.keys.is_one(item):
            item, weight = item[0], float(item[1])
            if not math.isfinite(weight):
                raise ValueError(f"the weight of {argument}[{place}] must be a finite number, got {weight}")
        row, vector = resolved(table, item, argument, place)
        assert vector is not None
        result.append((row, vector, weight))
    return result


def as_list(table: VectorTable, value: Any) -> list[Any]:
    """Make a list of what `most_similar` accepts: None, one key, one vector, a list, a tuple, or a matrix."""
    if value is None:
        return []
    if table.keys.is_one(value) or (isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub"):
        return [value]
    return list(value)


def check_finite(table: VectorTable, rows: Iterable[int | None], vectors: Iterable[Vector]) -> None:
    """Refuse vectors of keys that are not finite; vectors with row None were passed by the user, and are checked.

    Raises
    ------
    ValueError
    """
    for row, vector in zip(rows, vectors, strict=True):
        if row is not None and not np.isfinite(vector).all():
            raise ValueError(_not_finite(f"the vector of {table.keys.listed[row]!r}", vector))


def _not_finite(name: str, vector: Vector) -> str:
    place = int(np.argmin(np.isfinite(vector)))
    return f"{name} holds {vector[place]} at place {place}: a vector must hold finite numbers"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
