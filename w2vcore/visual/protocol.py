"""What pictures need of vectors: `KeyedVectors` have it. Nothing else of that class is known here."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray


@runtime_checkable
class ShownVectors(Protocol):
    """Vectors by key."""

    @property
    def index_to_key(self) -> Sequence[Any]:
        """The key of each row; None where a row has none yet."""

    @property
    def vectors(self) -> NDArray[Any]:
        """The matrix, one row a key."""

    @property
    def expandos(self) -> Mapping[str, NDArray[Any]]:
        """Further columns; 'count' says how often a key occurred."""

    def __len__(self) -> int: ...

    def get_index(self, key: Hashable) -> int:
        """Return the row of a key, or raise a KeyError."""


def check_vectors(wv: Any) -> ShownVectors:
    """Return what was passed, if it is vectors by key.

    Raises
    ------
    TypeError
    """
    if not isinstance(wv, ShownVectors):
        hint = ": pass model.wv" if isinstance(getattr(wv, "wv", None), ShownVectors) else ""
        raise TypeError(f"wv must be KeyedVectors, got {type(wv).__name__}{hint}")
    return wv
