"""How a snapshot holds the n-grams of fastText and the vectors of words by parts, whatever file they come from.

====================  ==============================================================================================
array                 content
====================  ==============================================================================================
fasttext.buckets      vectors of n-grams, (rows, D), float32 or float16
fasttext.kept         int32 (2, rows): the hashes that have a row, ascending, and the row of each; without it, a row
                      is that of the hash of its number
fasttext.rest         rows of all hashes, (bucket, D), of which those count that are not among the above
fasttext.words        what words have of their own, (V, D); without it, it follows from their vectors
fasttext.output       the output matrix of a model that was read whole
====================  ==============================================================================================

The settings are under ``fasttext``: ``minn``, ``maxn`` and ``bucket``, by fastText's names, and what else a file of
fastText has. ``rest_seed`` is the seed of the rows of all other hashes, where they are neither stored nor left out, and
``trained_only`` says that they do not count. ``spellings`` has the bytes of words that are no UTF-8, as [row, text in
Latin-1]. ``floret`` is there where words and n-grams share the table, as floret has them: the number of hashes, their
seed, and the two marks of a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.snapshot import Snapshot
from w2vcore.model.floret import MOST_HASHES, FloretSubwords
from w2vcore.model.subwords import MOST_CHARACTERS, InitialRows, StoredRows, Subwords

SETTINGS, FLORET = "fasttext", "floret"
BUCKETS, KEPT, WORDS, OUTPUT = "fasttext.buckets", "fasttext.kept", "fasttext.words", "fasttext.output"
REST = "fasttext.rest"
_MOST_BUCKETS = (1 << 31) - 1


def has_subwords(snapshot: Snapshot) -> bool:
    """Whether vectors can be made of words that are no keys; a table may be one of n-grams of words."""
    settings, table = snapshot.settings.get(SETTINGS), snapshot.arrays.get(BUCKETS)
    if not isinstance(settings, dict) or table is None or not table.ndim:
        return False
    if not len(table) and REST not in snapshot.arrays and "rest_seed" not in settings:
        return False
    shortest, longest = settings.get("minn", -1), settings.get("maxn", -1)
    return _is_count(shortest) and _is_count(longest) and (FLORET in settings or max(shortest, 1) <= longest)


def is_floret(snapshot: Snapshot) -> bool:
    """Whether the vectors are made of floret's table.

    Examples
    --------
    >>> is_floret(Snapshot("keyedvectors", [], {"vectors": np.zeros((0, 2), np.float32)}))
    False
    """
    return has_subwords(snapshot) and FLORET in snapshot.settings[SETTINGS]


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
    if FLORET in settings:
        return _floret_of(settings, table)
    if kept is None:
        return Subwords(table, settings["minn"], settings["maxn"])
    if kept.shape != (2, 0):
        check_kept(kept, len(table), buckets)
    rest, only = _rest_of(snapshot, buckets, width), settings.get("trained_only") is True
    return Subwords(table, settings["minn"], settings["maxn"], buckets, kept, rest, only and rest is not None)


def floret_arrays(table: FloretSubwords) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return what a snapshot holds of floret's table: arrays, and settings under ``fasttext``."""
    settings = {"minn": table.min_n, "maxn": table.max_n, "bucket": len(table.table)}
    return {BUCKETS: table.table}, {**settings, FLORET: [table.hash_count, table.seed, table.begin, table.end]}


def _floret_of(settings: Mapping[str, Any], table: NDArray[Any]) -> FloretSubwords:
    described = settings[FLORET]
    described = described if isinstance(described, list) and len(described) == 4 else [None] * 4
    count, seed, *marks = described
    numbers = type(count) is int and 1 <= count <= MOST_HASHES and type(seed) is int and 0 <= seed < 1 << 32
    if not numbers or not all(isinstance(mark, str) and len(mark) <= MOST_CHARACTERS for mark in marks):
        raise ValueError(f"a table of floret's with the hashes {settings[FLORET]!r:.60}; the file is damaged")
    # it is small, and is read in each question: not decoded again for each
    table = table.astype(np.float32, copy=False)
    return FloretSubwords(
        table, settings["minn"], settings["maxn"], hash_count=count, seed=seed, begin=marks[0], end=marks[1]
    )


def _rest_of(snapshot: Snapshot, buckets: int, width: int) -> InitialRows | StoredRows | None:
    stored, seed = snapshot.arrays.get(REST), snapshot.settings[SETTINGS].get("rest_seed")
    if stored is not None:
        if stored.shape != (buckets, width) or stored.dtype not in (np.float16, np.float32):
            raise ValueError(
                f"rows of shape {stored.shape} of {stored.dtype} for {buckets} hashes; the file is damaged"
            )
        return StoredRows(stored)
    if seed is not None and (type(seed) is not int or not 0 <= seed <= 1 << 32):
        raise ValueError(f"n-grams drawn with the seed {seed!r:.30}; the file is damaged")
    return None if seed is None else InitialRows(seed, width)


def rest_arrays(subwords: Subwords) -> dict[str, NDArray[Any]]:
    """Return what a snapshot holds of the hashes that have no row of their own."""
    return {REST: subwords.rest.table} if isinstance(subwords.rest, StoredRows) else {}


def rest_settings(subwords: Subwords) -> dict[str, Any]:
    """Return what its settings say of them."""
    settings: dict[str, Any] = {"trained_only": True} if subwords.trained_only else {}
    if isinstance(subwords.rest, InitialRows):
        settings["rest_seed"] = subwords.rest.seed
    return settings


def lengths_of(snapshot: Snapshot) -> tuple[int, int]:
    """Return `min_n` and `max_n` of vectors that have no n-grams, as far as they are known."""
    settings = snapshot.settings.get(SETTINGS)
    found: list[Any] = [settings.get(name) for name in ("minn", "maxn")] if isinstance(settings, dict) else []
    return (found[0], found[1]) if found and all(map(_is_count, found)) else (0, 0)


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
