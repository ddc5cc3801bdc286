"""A snapshot: a model as plain arrays and settings, the only thing that facades and formats exchange."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Snapshot:
    """A model or a set of vectors, with no code and no Python object that a file could not hold.

    Attributes
    ----------
    kind : str
        ``"word2vec"``, ``"fasttext"`` or ``"doc2vec"`` (models that can be trained on), or ``"keyedvectors"``.
    keys : sequence
        Key of each row. A format may restrict the types it can store.
    arrays : dict of str to ndarray
        ``"vectors"`` (V, D) always; ``"negative"`` (V, D) and ``"tree"`` (V - 1, D), output matrices; ``"counts"``
        int64 (V,); further columns of V rows as ``"expando.<name>"``; ``"lockf"``. Views with a row stride are allowed:
        formats must not assume C order.
    settings : dict
        JSON values only: the training settings and whatever else the facade needs again.

    Examples
    --------
    >>> Snapshot("keyedvectors", ["north"], {"vectors": np.ones((1, 2), np.float32)}).settings
    {}
    """

    kind: str
    keys: Sequence[Hashable]
    arrays: dict[str, NDArray[Any]]
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        vectors = self.arrays.get("vectors")
        if vectors is None or np.ndim(vectors) != 2 or len(vectors) != len(self.keys):
            shape = None if vectors is None else np.shape(vectors)
            raise ValueError(f"a snapshot needs 'vectors' of shape ({len(self.keys)}, D), one row a key; got {shape}")
