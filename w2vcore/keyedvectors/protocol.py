"""KeyedVectors as the functions of this package see it: its parts, and the methods that a subclass may override."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors.table import Key, Vector, VectorTable

if TYPE_CHECKING:
    import weakref
    from collections.abc import Sequence

    from typing_extensions import Self

    from w2vcore.formats.snapshot import Snapshot
    from w2vcore.model.subwords import Subwords


class Vectors(Protocol):
    """What KeyedVectors and its subclasses have.

    The parts are replaced, and changed, by this package alone; the other rooms go through `internals`. The methods are
    called here rather than the parts behind them wherever a class of a user may do something else in them.

    Attributes
    ----------
    _table : VectorTable
        Keys and matrix.
    _model : weakref or None
        The model whose `wv` this is.
    expandos : dict of str to ndarray
        Further columns; a user may have put a plain dict there.
    vectors_lockf : ndarray
        There only on the vectors of a model.
    """

    vector_size: int
    expandos: dict[str, NDArray[Any]]
    vectors_lockf: NDArray[np.float32]
    lifecycle_events: list[dict[str, Any]] | None
    subwords: Subwords | None
    _table: VectorTable
    _model: weakref.ref[Any] | None

    def __len__(self) -> int: ...

    @property
    def vectors(self) -> NDArray[Any]:
        """The matrix, handed out."""

    def get_index(self, key: Key, default: int | None = None) -> int:
        """Return the row of a key."""

    def get_vector(self, key: Key, norm: bool = False) -> Vector:
        """Return the vector of a key."""

    def clear_norms(self) -> None:
        """Forget the lengths in the cache: called after each change of the matrix."""

    def allocate_vecattrs(self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None) -> None:
        """Make sure that columns have a value for each row."""

    def add_lifecycle_event(self, event_name: str, log_level: int | None = ..., **event: Any) -> None:
        """Remember what happened."""

    def snapshot(self) -> Snapshot:
        """Return everything as plain arrays."""

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Self:
        """Make an object of plain arrays."""

    @classmethod
    def _empty(cls, vector_size: int, dtype: Any = ...) -> Self: ...
