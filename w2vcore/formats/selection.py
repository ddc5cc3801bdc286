"""How formats that are read as a whole apply the options: the first rows, the type, one row per key."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.keying import as_integers, key_text
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import Options

logger = logging.getLogger(__name__)


def check_matrix(vectors: Any, rows: int, name: str) -> NDArray[Any]:
    """Return the vectors if they are a matrix of numbers with `rows` rows, one for each key.

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
    else:  # the rest cannot be trained further, nor is it a whole fastText model
        arrays = {
            array_name: array[rows] if _by_row(array_name) else array
            for array_name, array in snapshot.arrays.items()
            if _by_row(array_name) or array_name == "fasttext.buckets"
        }
    if options.datatype is not None and arrays["vectors"].dtype != options.datatype:
        arrays["vectors"] = arrays["vectors"].astype(options.datatype)
    kind = snapshot.kind if len(keys) == count else "keyedvectors"
    return replace(snapshot, kind=kind, keys=keys, arrays=arrays)


def with_keys(snapshot: Snapshot, keys: Any) -> Snapshot:
    """Return a snapshot whose keys have the type that a user asks for.

    Parameters
    ----------
    snapshot : Snapshot
    keys : {None, int, str}
        None: as the file has them.

    Raises
    ------
    ValueError
        For another `keys`, or with ``int`` for a key that is not an integer.

    Examples
    --------
    >>> with_keys(Snapshot("keyedvectors", ["5"], {"vectors": np.ones((1, 2))}), int).keys
    [5]
    """
    if keys is None:
        return snapshot
    if keys is str:
        whole = isinstance(snapshot.keys, CompactKeys)
        return snapshot if whole else replace(snapshot, keys=list(map(key_text, snapshot.keys)))
    if keys is not int:
        raise ValueError(f"keys must be int, str or None (as they are in the file), got {keys!r}")
    try:
        return replace(snapshot, keys=as_integers(snapshot.keys))
    except ValueError as error:
        raise ValueError(f"{error}; load with keys=str, take it out with remove(), save, and load again") from None


def _by_row(name: str) -> bool:
    """Whether an array has a value for each key."""
    return name in ("vectors", "counts") or name.startswith("expando.")
