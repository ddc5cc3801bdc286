"""What is known of a model's arrays, so that a short call of ``train()`` need not read all of them again."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray

# A call is long if it trains so many tokens for each row of the matrices: what takes time in proportion to the matrices
# is a hundredth of it then, or less. (A row of 100 floats is read in 50 ns; a token is trained in 170 ns or more.)
LONG = 64


class Inspection:
    """Remembers which arrays were found to be padded as the kernels need it, and which to be finite.

    An array is known by its identity. After it was trained it is unknown whether it is finite, until that was checked.
    What users write into a known array goes unnoticed until `LONG` tokens for each row have been trained, when all is
    read again.

    Attributes
    ----------
    tokens : int
        Trained since all was read.

    Examples
    --------
    >>> import numpy as np
    >>> inspection, array = Inspection(), np.zeros(3)
    >>> inspection.knows("input", array), inspection.remember("input", array), inspection.knows("input", array)
    (False, None, True)
    >>> inspection.put_finite(["input"])
    >>> inspection.take_finite(["input"]), inspection.take_finite(["input"])
    (True, False)
    """

    def __init__(self) -> None:
        self.tokens = 0
        self._known: dict[str, weakref.ref[NDArray[Any]]] = {}
        self._finite: set[str] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as one that knows nothing: the arrays of a copy are others."""
        return type(self), ()

    def knows(self, name: str, array: NDArray[Any]) -> bool:
        """Whether this is the array that was remembered last under that name."""
        known = self._known.get(name)
        return known is not None and known() is array

    def remember(self, name: str, array: NDArray[Any]) -> None:
        """Remember an array that is padded; nothing else is known of it."""
        self._known[name] = weakref.ref(array)
        self._finite.discard(name)

    def trust(self, name: str, array: NDArray[Any]) -> NDArray[Any]:
        """Remember an array that was made padded and finite, and return it."""
        self.remember(name, array)
        self._finite.add(name)
        return array

    def inherit(self, name: str, old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        """Return an array that takes the place of another: it is trusted if that one is, as it holds its rows."""
        trusted = name in self._finite and self.knows(name, old)
        return self.trust(name, new) if trusted else new

    def take_finite(self, names: Iterable[str]) -> bool:
        """Whether all of these are known to be finite. They are not from now on, as they are about to be trained."""
        asked = set(names)
        known = asked <= self._finite
        self._finite -= asked
        return known

    def put_finite(self, names: Iterable[str]) -> None:
        """Remember that these are finite."""
        self._finite.update(names)
