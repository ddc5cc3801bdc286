"""Vectors with n-grams made small, for programs that only ask: numbers of 16 bits, and the n-grams that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import BUCKETS, KEPT, SETTINGS, WORDS, is_floret
from w2vcore.model.checks import check_int

_TYPES = (np.float16, np.float32)


def reduced(
    snapshot: Snapshot, buckets_of_words: Sequence[NDArray[np.uint32]], dtype: DTypeLike | None, prune: int | None
) -> Snapshot:
    """Return a snapshot with other numbers, and with some n-grams only.

    Words lose what they have of their own, which follows from their vectors.

    Parameters
    ----------
    snapshot : Snapshot
        Of `FastTextKeyedVectors`.
    buckets_of_words : sequence of arrays
        Of each word.
    dtype : {None, "float16", "float32"}
    prune : int, optional
        How many n-grams stay.

    Raises
    ------
    ValueError
        For another type, or no n-gram; for `prune` of floret's table.
    """
    if dtype is not None and np.dtype(dtype) not in _TYPES:
        raise ValueError(f"dtype must be 'float16', 'float32' or None, got {dtype!r}")
    arrays = {name: array for name, array in snapshot.arrays.items() if name != WORDS}
    if prune is not None and is_floret(snapshot):
        raise ValueError(f"prune must be None, as words and n-grams share all rows of floret's table, got {prune!r}")
    if prune is not None:
        arrays |= _pruned(snapshot, buckets_of_words, check_int("prune", prune, 1, hint="or None for all n-grams"))
    if dtype is not None:
        arrays |= {name: arrays[name].astype(dtype) for name in ("vectors", BUCKETS) if name in arrays}
    return replace(snapshot, arrays=arrays)


def _pruned(snapshot: Snapshot, buckets_of_words: Sequence[NDArray[np.uint32]], most: int) -> dict[str, NDArray[Any]]:
    """Return the table of the n-grams that words have most often, and their hashes with their rows."""
    table = snapshot.arrays.get(BUCKETS)
    if table is None:
        return {}
    counts = snapshot.arrays.get("counts", np.ones(len(snapshot.keys), np.int64))
    uses = np.zeros(snapshot.settings[SETTINGS]["bucket"])
    sizes = [len(buckets) for buckets in buckets_of_words]
    np.add.at(uses, np.concatenate([np.empty(0, np.uint32), *buckets_of_words]), np.repeat(counts, sizes))
    kept = snapshot.arrays.get(KEPT)
    if kept is None:
        kept = np.array([np.arange(len(table)), np.arange(len(table))], np.int32)
    order = np.argsort(-uses[kept[0]], kind="stable")[:most]
    order = np.sort(order[uses[kept[0][order]] > 0])
    hashes, rows = kept[:, order]
    return {BUCKETS: table[rows], KEPT: np.array([hashes, np.arange(len(rows))], np.int32)}
