"""How a snapshot holds the n-grams of fastText and the vectors of words by parts, whatever file they come from.

====================  ==============================================================================================
array                 content
====================  ==============================================================================================
fasttext.buckets      vectors of n-grams, (rows, D), float32 or float16
fasttext.kept         int32 (2, rows): the hashes of a pruned table, ascending, and the row of each; without it, a row
                      is that of the hash of its number
fasttext.words        what words have of their own, (V, D); without it, it follows from their vectors
fasttext.output       the output matrix of a model that was read whole
====================  ==============================================================================================

The settings are under ``fasttext``: ``minn``, ``maxn`` and ``bucket``, by fastText's names, and what else a file of
fastText has. ``spellings`` has the bytes of words that are no UTF-8, as [row, text in Latin-1].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.snapshot import Snapshot
from w2vcore.model.subwords import MOST_CHARACTERS, Subwords

SETTINGS = "fasttext"
BUCKETS, KEPT, WORDS, OUTPUT = "fasttext.buckets", "fasttext.kept", "fasttext.words", "fasttext.output"
_MOST_BUCKETS = (1 << 31) - 1


def has_subwords(snapshot: Snapshot) -> bool:
    """Whether vectors can be made of words that are no keys; a table may be one of n-grams of words."""
    settings, table = snapshot.settings.get(SETTINGS), snapshot.arrays.get(BUCKETS)
    if not isinstance(settings, dict) or table is None or not table.ndim or not len(table):
        return False
    shortest, longest = settings.get("minn", -1), settings.get("maxn", -1)
    return _is_count(shortest) and _is_count(longest) and max(shortest, 1) <= longest


def subwords_of(snapshot: Snapshot) -> Subwords | None:
    """Take the n-grams out of a snapshot; None if there are none.

    Raises
    ------
    ValueError
        If they do not go together.
    """
    if not has_subwords(snapshot):
        return None
    settings, table, kept = snapshot.settings[SETTINGS], snapshot.arrays[BUCKETS], snapshot.arrays.get(KEPT)
    buckets = len(table) if kept is None else settings.get("bucket")
    width = snapshot.arrays["vectors"].shape[1]
    if table.ndim != 2 or table.dtype not in (np.float16, np.float32) or table.shape[1] != width:
        raise ValueError(
            f"n-grams of shape {table.shape} of {table.dtype}, for vectors of {width} numbers; the file is damaged"
        )
    if type(buckets) is not int or not 0 < buckets <= _MOST_BUCKETS:
        raise ValueError(f"a table of n-grams for {buckets!r:.30} hashes; the file is damaged")
    if kept is not None:
        check_kept(kept, len(table), buckets)
    return Subwords(table, settings["minn"], settings["maxn"], None if kept is None else buckets, kept)


def without_subwords(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot of the words alone."""
    arrays = {name: array for name, array in snapshot.arrays.items() if not name.startswith("fasttext.")}
    settings = {name: value for name, value in snapshot.settings.items() if name != SETTINGS}
    return replace(snapshot, arrays=arrays, settings=settings)


def check_kept(kept: NDArray[Any], rows: int, buckets: int) -> None:
    """Refuse hashes of a pruned table that are not in order, or have no row.

    Raises
    ------
    ValueError
    """
    fits = kept.ndim == 2 and kept.shape[0] == 2 and kept.shape[1] > 0 and kept.dtype == np.int32
    if fits:
        hashes, places = kept
        fits = hashes[0] >= 0 and hashes[-1] < buckets and places.min() >= 0 and places.max() < rows
        fits = bool(fits) and bool((np.diff(hashes) > 0).all())
    if not fits:
        raise ValueError(f"{kept.shape[-1]} subwords that were kept have no places; the file is damaged")


def spellings_of(settings: Mapping[str, Any], keys: Sequence[Any]) -> dict[Any, bytes]:
    """Return the bytes of those keys that are not their UTF-8."""
    stored = settings.get("spellings", [])
    found: dict[Any, bytes] = {}
    for entry in stored if isinstance(stored, list) else ():
        row, text = entry if isinstance(entry, list) and len(entry) == 2 else (None, None)
        if type(row) is int and 0 <= row < len(keys) and isinstance(text, str) and max(text, default="") < "\u0100":
            found[keys[row]] = text.encode("latin-1")
    return found


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MOST_CHARACTERS
