"""Sessions as rows of a catalogue: two arrays, in which unknown items keep their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.containers import check_container, words_of
from w2vcore.corpus.keying import ALWAYS_KEYS, is_converted, plain_key

UNKNOWN = -1
_AT_ONCE = 1 << 20  # items in a block of prefixes


@dataclass(frozen=True, eq=False)
class Encoded:
    """Sessions as rows of a catalogue.

    Attributes
    ----------
    rows : ndarray of int64, shape (items,)
        The row of each item; `UNKNOWN` for those that are not in the catalogue.
    offsets : ndarray of int64, shape (sessions + 1,)
        Session ``s`` is ``rows[offsets[s]:offsets[s + 1]]``; it may be empty.
    """

    rows: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def sessions_of_items(self) -> NDArray[np.int64]:
        """Return the number of the session of each item."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def part(self, some: slice) -> Encoded:
        """Return some of the sessions; the slice has a start and a stop."""
        stop = min(some.stop, len(self))
        offsets = self.offsets[some.start : stop + 1]
        return Encoded(self.rows[offsets[0] : offsets[-1]], offsets - offsets[0])

    def known(self) -> Encoded:
        """Return the same sessions without unknown items."""
        kept = self.rows != UNKNOWN
        before = np.concatenate([[0], np.cumsum(kept)])
        return Encoded(self.rows[kept], before[self.offsets])

    def without_last(self) -> Encoded:
        """Return the sessions, none of which may be empty, without their last items."""
        kept = np.ones(len(self.rows), bool)
        kept[self.offsets[1:] - 1] = False
        return Encoded(self.rows[kept], self.offsets - np.arange(len(self.offsets)))

    def prefixes(self) -> Iterator[tuple[Encoded, NDArray[np.int64]]]:
        """Yield what precedes each item but the first of a session, and that item's row, some at a time."""
        numbers = self.sessions_of_items()
        lengths = np.arange(len(self.rows)) - self.offsets[numbers]
        places = np.flatnonzero(lengths)  # all but the first items
        ends = np.cumsum(lengths[places])
        begin = 0
        while begin < len(places):
            done = int(ends[begin - 1]) if begin else 0
            stop = max(begin + 1, int(np.searchsorted(ends, done + _AT_ONCE)))
            some = places[begin:stop]
            sizes = lengths[some]
            offsets = np.concatenate([[0], np.cumsum(sizes)])
            within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], sizes)
            yield Encoded(self.rows[np.repeat(some - sizes, sizes) + within], offsets), self.rows[some]
            begin = stop


def encode(sessions: Iterable[Any], rows: Mapping[Any, int]) -> Encoded:
    """Return sessions as rows.

    Parameters
    ----------
    sessions : iterable of iterables of items
    rows : mapping
        Row of each item.

    Raises
    ------
    TypeError
        If a session is a string, a mapping or a table, or `sessions` is one.

    Examples
    --------
    >>> encoded = encode([["tea", "jam"], [], ["cup"]], {"tea": 0, "cup": 1})
    >>> encoded.rows.tolist(), encoded.offsets.tolist()
    ([0, -1, 1], [0, 2, 2, 3])
    """
    check_container(sessions)
    lists = [words_of(session, number) for number, session in enumerate(sessions)]
    offsets = np.concatenate([[0], np.cumsum(np.fromiter(map(len, lists), np.int64, len(lists)))])
    return Encoded(rows_of(chain.from_iterable(lists), rows, int(offsets[-1])), offsets.astype(np.int64))


def rows_of(items: Iterable[Any], rows: Mapping[Any, int], count: int = -1) -> NDArray[np.int64]:
    """Return the row of each of `count` items (-1: that is not known), `UNKNOWN` for unknown ones."""
    get = rows.get

    def row(item: Any) -> int:
        kind = type(item)
        if kind not in ALWAYS_KEYS and is_converted(kind):
            item = plain_key(item)
        try:
            return get(item, UNKNOWN)
        except TypeError as error:
            raise TypeError(f"item {item!r:.60} of a session cannot be a key: {error}") from None

    return np.fromiter(map(row, items), np.int64, count)
