"""What formats that are read as a whole do with the options: the first rows, the type, one row a key."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import Options

logger = logging.getLogger(__name__)


def check_matrix(vectors: Any, rows: int, name: str) -> NDArray[Any]:
    """Return the vectors if they are a matrix of numbers with a row for each of `rows` keys.

    Raises
    ------
    ValueError
        If they are not.
    """
    if (
        not isinstance(vectors, np.ndarray)
        or vectors.ndim != 2
        or vectors.dtype.kind not in "fiu"
        or not vectors.shape[1]
    ):
        kind = (
            f"{vectors.dtype} of shape {vectors.shape}" if isinstance(vectors, np.ndarray) else type(vectors).__name__
        )
        raise ValueError(f"{name}: the vectors must be a matrix of numbers, one row a key; got {kind}")
    if len(vectors) != rows:
        raise ValueError(
            f"{name}: {rows} keys and {len(vectors)} vectors; the file is damaged, or the keys are others'"
        )
    return vectors if vectors.dtype.kind == "f" else vectors.astype(np.float32)


def selected(snapshot: Snapshot, options: Options) -> Snapshot:
    """Apply `limit` and `datatype` (None: as it is), and keep the first of equal keys.

    Examples
    --------
    >>> whole = Snapshot("keyedvectors", ["a", "b", "a"], {"vectors": np.eye(3, dtype=np.float32)})
    >>> selected(whole, Options(limit=3, datatype=np.float16)).arrays["vectors"].tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    count = len(snapshot.keys)
    rows: Any = slice(0, count if options.limit is None else min(options.limit, count))
    keys: Sequence[Hashable] = snapshot.keys[rows]
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    if len(first) < len(keys):
        logger.warning("%d keys occur again, ignoring all but first", len(keys) - len(first))
        rows = sorted(first.values())
        keys = [keys[row] for row in rows]
    elif rows.stop == count:
        keys = snapshot.keys
    if len(keys) == count:
        arrays = dict(snapshot.arrays)
    else:  # what is left cannot be trained on, nor is it the whole of a fastText model
        arrays = {
            array_name: array[rows] if _by_row(array_name) else array
            for array_name, array in snapshot.arrays.items()
            if _by_row(array_name) or array_name == "fasttext.buckets"
        }
    if options.datatype is not None and arrays["vectors"].dtype != options.datatype:
        arrays["vectors"] = arrays["vectors"].astype(options.datatype)
    kind = snapshot.kind if len(keys) == count else "keyedvectors"
    return replace(snapshot, kind=kind, keys=keys, arrays=arrays)


def _by_row(name: str) -> bool:
    """Whether an array has a value for each key."""
    return name in ("vectors", "counts") or name.startswith("expando.")
