"""The matrix of KeyedVectors, the cached lengths of its rows, and whether somebody else may have written into it.

NumPy tells nobody when an array changes. So the lengths are computed anew by the first query after the matrix was
handed out, at about the price of that query. Once it has been handed out, each query also checks whether the rows that
it met still have the lengths in the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.query import similarity


class _Loan:
    """Whether the array was ever in somebody else's hands: one for all shallow copies, as they share the array."""

    given = False


class Matrix:
    """Rows of numbers, and their lengths.

    Parameters
    ----------
    array : ndarray, shape (rows, columns)
        Taken over. A memory map counts as handed out, as other processes may map the same file.

    Attributes
    ----------
    array : ndarray
        For those who only read it, or clear the lengths after they wrote into it; `hand_out` is for everybody else.
    read_only : ndarray or None
        A view of it whose rows can be given away; None if it is no ndarray.
    lengths : ndarray or None
        What `current_lengths` computed last.

    Examples
    --------
    >>> matrix = Matrix(np.array([[3, 4], [0, 1]], np.float32))
    >>> matrix.current_lengths().tolist()
    [5.0, 1.0]
    >>> matrix.hand_out()[1] = [0, 2]
    >>> matrix.current_lengths().tolist()
    [5.0, 2.0]
    """

    array: NDArray[Any]
    read_only: NDArray[Any] | None
    lengths: NDArray[np.float32] | None

    def __init__(self, array: NDArray[Any]) -> None:
        self._handed_out = False
        self._loan = _Loan()
        self.replace(array)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of; a deep one would otherwise hold the numbers twice."""
        return {**self.__dict__, "read_only": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.read_only = _read_only(self.array)

    def hand_out(self) -> NDArray[Any]:
        """Return the array to somebody who may keep it and write into it."""
        self._handed_out = self._loan.given = True
        return self.array

    def accept(self, array: NDArray[Any]) -> None:
        """Replace the array by one that its giver may keep and write into."""
        self._loan.given = True
        self.replace(array)

    def replace(self, array: NDArray[Any]) -> None:
        """Replace the array by one that nobody else can write into, as far as is known."""
        self.array = array
        self.read_only = _read_only(array)
        self._loan.given |= isinstance(array, np.memmap)
        self.lengths = None

    def current_lengths(self) -> NDArray[np.float32]:
        """Return `lengths`, computed if need be; another thread may ask for them, or clear them, at any moment."""
        lengths = self.lengths
        written = self._handed_out and self.array.flags.writeable
        if written or lengths is None or len(lengths) != len(self.array):
            self.lengths = None  # before the flag: another thread that asks meanwhile must not be given the old ones
            self._handed_out = False
            self.lengths = lengths = similarity.norms(self.array)
        return lengths

    def has_changed(self, rows: Sequence[int] | NDArray[np.intp]) -> bool:
        """Whether some of these rows no longer have the lengths in the cache."""
        lengths = self.lengths  # another thread may clear them
        if not self._loan.given or lengths is None or not self.array.flags.writeable:
            return False
        return not similarity.have_lengths(self.array, lengths, rows)

    def scaled(self) -> NDArray[Any]:
        """Return a copy whose rows have length 1; rows of zeros stay so."""
        result: NDArray[Any] = np.asarray(self.array) / self._divisors()
        return result.astype(self.array.dtype, copy=False)

    def scale(self) -> None:
        """Do what `scaled` does in place."""
        divisors = self._divisors()
        self.check_writeable()
        self.array /= divisors.astype(self.array.dtype)

    def _divisors(self) -> NDArray[np.float32]:
        lengths = self.current_lengths()
        divisors: NDArray[np.float32] = np.where(lengths == 0, 1, lengths)[:, np.newaxis]
        return divisors

    def check_writeable(self) -> None:
        """Refuse to write into a file that is mapped read-only.

        Raises
        ------
        ValueError
        """
        if not self.array.flags.writeable:
            raise ValueError("vectors are mapped read-only; load with mmap=None or mmap='c' to change them")


def _read_only(array: NDArray[Any]) -> NDArray[Any] | None:
    if not isinstance(array, np.ndarray):  # a user may have put anything there
        return None
    view: NDArray[Any] = array.view()
    view.flags.writeable = False
    return view
