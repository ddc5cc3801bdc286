"""Vectors by key: keys, and the rows of a matrix that belong to them."""

from __future__ import annotations

import copy
import logging
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import plain_key
from w2vcore.keyedvectors.keys import Keys
from w2vcore.keyedvectors.matrix import Matrix
from w2vcore.model.subwords import Subwords

logger = logging.getLogger("w2vcore.keyedvectors")

Key: TypeAlias = Hashable
Vector: TypeAlias = "NDArray[np.floating[Any]]"


class VectorTable:
    """The keys and the matrix of KeyedVectors, which users may change one without the other.

    Parameters
    ----------
    keys : Keys
    matrix : Matrix

    Attributes
    ----------
    keys, matrix
        Assign another one to replace it.
    dropped_counts : mapping or None
        How often each word occurred that is no key because it is rare; errors name the number.
    min_count : int or None
        How often a word must occur to be a key.
    subwords : Subwords or None
        What a vector is made of where a str is no key; None if that is an error.

    Examples
    --------
    >>> table = VectorTable(Keys(["a"]), Matrix(np.array([[3, 4]], np.float32)))
    >>> table.dropped_counts, table.min_count = {"b": 1}, 5
    >>> table.missing("b")
    KeyError("Key 'b' not present (seen 1 time, below min_count=5)")
    """

    def __init__(self, keys: Keys, matrix: Matrix) -> None:
        self.keys, self.matrix = keys, matrix
        self.dropped_counts: Mapping[Any, int] | None = None
        self.min_count: int | None = None
        self.subwords: Subwords | None = None

    def __copy__(self) -> VectorTable:
        """Return a table with the same keys and the same array, each replaced without the other table."""
        result = VectorTable(self.keys, copy.copy(self.matrix))
        result.dropped_counts, result.min_count = self.dropped_counts, self.min_count
        result.subwords = self.subwords
        return result

    @property
    def width(self) -> int:
        """The length of a vector."""
        return int(self.matrix.array.shape[1])

    def check(self) -> None:
        """Refuse keys and rows that do not go together, as far as their numbers tell.

        Raises
        ------
        ValueError
        """
        self.keys.check()
        if len(self.matrix.array) != len(self.keys):
            raise ValueError(
                f"{len(self.keys)} keys and {len(self.matrix.array)} vectors: each key needs a row. Change keys and "
                "vectors alike, or call resize_vectors()"
            )

    def copied(self, rows: list[int]) -> Vector:
        """Return a copy of some rows.

        Raises
        ------
        ValueError
            If there are none.
        """
        self.check()
        if not rows:
            raise ValueError("need at least one key, got an empty list")
        vectors: Vector = np.asarray(self.matrix.array)[rows]
        return vectors

    def found(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the rows of those keys that are there, each once, in the order of `keys`."""
        return {key: row for key in dict.fromkeys(map(plain_key, keys)) if (row := self.keys.row(key)) is not None}

    def inferred(self, key: Any) -> Vector | None:
        """Return the vector of a key that is missing, out of its n-grams; None if there are none to make it of.

        A str without a single n-gram has a vector of zeros, as in fastText.
        """
        key = plain_key(key)
        if self.subwords is None or not isinstance(key, str):
            return None
        vector = self.subwords.vector(key)
        if not vector.any():
            logger.warning("no n-gram of %r has a vector: it is a vector of zeros", key)
        return vector

    def missing(self, key: Any, where: str = "") -> KeyError:
        """Return the error of a key that is missing; `where` is put after the key."""
        seen = self.dropped_counts.get(plain_key(key)) if self.dropped_counts is not None else None
        if not seen:
            return self.keys.unknown(key, where)
        times = f"{seen} time{'s' if seen > 1 else ''}"
        return KeyError(f"{self.keys.missing(key, where)} (seen {times}, below min_count={self.min_count})")
