"""Merge the counts of several ranks, each of its shard of the corpus, into those of one pass over the whole.

Shards are in the order of the ranks, so a key that two ranks have seen was first seen by the lower one. The order of
ties in the vocabulary depends on that.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._scanner import KeyTable
from .compact import CompactCounts, CompactKeys
from .vocabulary import RawCounts


def pack(raw: RawCounts) -> bytes:
    """Return counts as bytes, for another process.

    Raises
    ------
    TypeError
        If a key is neither a str nor an int.

    Examples
    --------
    >>> unpack(pack(RawCounts({"a": 2, 7: 1}, 3, 1)))
    RawCounts(counts={'a': 2, 7: 1}, words=3, sentences=1, pruned=0)
    """
    counts = raw.counts
    if isinstance(counts, CompactCounts):
        keys = counts.keys_at(np.arange(len(counts), dtype=np.int64))
        parts: list[NDArray[Any]] = [keys.data, keys.offsets, counts.numbers()]
    else:
        for key in counts:
            if type(key) not in (str, int):
                raise TypeError(
                    f"keys must be str or int to be counted by several processes, got {key!r} of type "
                    f"{type(key).__name__}"
                )
        listed = json.dumps(list(counts)).encode()
        parts = [np.frombuffer(listed, np.uint8), np.fromiter(counts.values(), np.int64, len(counts))]
    head = json.dumps([raw.words, raw.sentences, raw.pruned, [part.nbytes for part in parts]]).encode() + b"\n"
    return head + b"".join(part.tobytes() for part in parts)


def unpack(data: bytes) -> RawCounts:
    """Return the counts that `pack` packed."""
    head, start = data.index(b"\n"), data.index(b"\n") + 1
    words, sentences, pruned, sizes = json.loads(data[:head])
    parts = []
    for size in sizes:
        parts.append(data[start : start + size])
        start += size
    numbers = np.frombuffer(parts[-1], np.int64)
    if len(parts) == 2:
        return RawCounts(dict(zip(json.loads(parts[0]), numbers.tolist(), strict=True)), words, sentences, pruned)
    table = CompactKeys(np.frombuffer(parts[0], np.uint8), np.frombuffer(parts[1], np.int64)).table()
    table.set_counts(numbers)
    return RawCounts(CompactCounts(table), words, sentences, pruned)


def pool(parts: Iterable[RawCounts]) -> RawCounts:
    """Add up the counts of the shards of a corpus, in their order.

    Examples
    --------
    >>> pool([RawCounts({"b": 2, "a": 1}, 3, 1), RawCounts({"c": 1, "b": 1}, 2, 2)])
    RawCounts(counts={'b': 3, 'a': 1, 'c': 1}, words=5, sentences=3, pruned=0)
    """
    whole = RawCounts({}, 0, 0)
    for part in parts:
        whole = RawCounts(
            _add(whole.counts, part.counts) if part.counts else whole.counts,
            whole.words + part.words,
            whole.sentences + part.sentences,
            whole.pruned + part.pruned,
        )
    return whole


def _add(whole: Mapping[Any, int], part: Mapping[Any, int]) -> Mapping[Any, int]:
    if isinstance(part, CompactCounts) and (isinstance(whole, CompactCounts) or not whole):
        return _add_compact(whole if isinstance(whole, CompactCounts) else CompactCounts(KeyTable()), part)
    total = dict(whole.items())
    for key, count in part.items():
        total[key] = total.get(key, 0) + count
    return total


def _add_compact(whole: CompactCounts, part: CompactCounts) -> CompactCounts:
    """Add counts to a table, in place."""
    keys = part.keys_at(np.arange(len(part), dtype=np.int64))
    places = whole.places_of(keys)
    fresh = np.flatnonzero(places < 0)
    numbers = whole.numbers()
    numbers[places[places >= 0]] += part.numbers()[places >= 0]
    new = part.keys_at(fresh)
    whole.table.put_packed(new.data, new.offsets)
    whole.table.set_counts(np.concatenate([numbers, part.numbers()[fresh]]))
    return whole


def digest(raw: RawCounts) -> int:
    """Return a checksum that distinguishes corpora by their counts.

    Examples
    --------
    >>> digest(RawCounts({"a": 1}, 1, 1)) == digest(RawCounts({"b": 1}, 1, 1))
    False
    """
    return zlib.crc32(pack(raw))
