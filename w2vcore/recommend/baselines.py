"""What a model should beat: the most popular items, and what occurred beside the last one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from w2vcore.model.checks import check_int

from .encoding import Encoded, encode
from .ranking import Floats, Ranker, Scores


def _counted(sessions: Iterable[Iterable[Any]]) -> tuple[list[Any], dict[Any, int], Encoded, NDArray[np.int64]]:
    """Return the items in descending order of count, their rows, the sessions as rows, and the counts."""
    first = _Rows()
    encoded = encode(sessions, first)
    counts = np.bincount(encoded.rows, minlength=len(first)).astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    seen = list(first)
    keys = [seen[row] for row in order.tolist()]
    rows = {key: row for row, key in enumerate(keys)}
    return keys, rows, Encoded(place[encoded.rows], encoded.offsets), counts[order]


class _Rows(dict[Any, int]):
    """Gives each new item the next row."""

    def get(self, item: Any, _: Any = None) -> Any:
        """Return the row of an item."""
        return self.setdefault(item, len(self))


class Popularity(Ranker):
    """Recommends the items that occur most often, to everybody the same but for what the session has.

    Parameters
    ----------
    sessions : iterable of iterables of hashable
        Those to count.
    **options
        ``exclude``, ``candidates``, ``keep_seen`` and ``titles`` of `Ranker`.

    Examples
    --------
    >>> Popularity([["tea", "cup"], ["tea", "jam"], ["tea", "cup"]]).recommend(["jam"], topn=2)
    [('tea', 3.0), ('cup', 2.0)]
    """

    def __init__(self, sessions: Iterable[Iterable[Any]], **options: Any) -> None:
        keys, rows, _, counts = _counted(sessions)
        self._numbers = counts.astype(np.float32)
        super().__init__(keys, rows, counts, **options)

    def _scores(self, sessions: Encoded, among: NDArray[np.intp] | None) -> Scores:
        numbers = self._numbers if among is None else self._numbers[among]
        return lambda asked, some: np.tile(numbers[some], (asked.stop - asked.start, 1))


class CoOccurrence(Ranker):
    """Recommends what occurred beside the last item most often, and then what is popular.

    Parameters
    ----------
    sessions : iterable of iterables of hashable
        Those to count.
    window : int, optional
        How far apart two items of a session may be; None: any two items of a session count, once.
    following : bool
        Count only what came after.
    scores : {"count", "cosine"}
        "cosine" divides the counts by the square root of the product of how often both occur.
    **options
        ``exclude``, ``candidates``, ``keep_seen``, ``cold`` and ``titles`` of `Ranker`.

    Examples
    --------
    >>> pairs = CoOccurrence([["tea", "cup"], ["tea", "jam"], ["tea", "cup"], ["tent", "map"]])
    >>> [item for item, score in pairs.recommend(["map", "tea"], topn=2)]
    ['cup', 'jam']
    """

    def __init__(
        self,
        sessions: Iterable[Iterable[Any]],
        window: int | None = None,
        *,
        following: bool = False,
        scores: str = "count",
        **options: Any,
    ) -> None:
        if scores not in ("count", "cosine"):
            raise ValueError(f"scores must be 'count' or 'cosine', got {scores!r}")
        if window is None and following:
            raise ValueError("following=True must have a window, got window=None")
        keys, rows, encoded, counts = _counted(sessions)
        size = len(keys)
        if window is None:
            beside = _of_sessions(encoded, size)
        else:
            beside = _of_windows(encoded, size, check_int("window", window, 1), following)
        beside.setdiag(0)
        beside.eliminate_zeros()
        if scores == "cosine":
            scale = sparse.diags_array(1 / np.sqrt(np.maximum(counts, 1)))
            beside = scale @ beside @ scale
        self._beside = sparse.csr_array(beside.astype(np.float32))
        super().__init__(keys, rows, counts, **options)

    def _scores(self, sessions: Encoded, among: NDArray[np.intp] | None) -> Scores:
        last = sessions.rows[sessions.offsets[1:] - 1]
        beside = self._beside
        kept: dict[tuple[int, int], Any] = {}

        def counts(asked: slice, some: slice) -> Floats:
            block = (asked.start, asked.stop)
            if block not in kept:  # columns are cut out of this again and again
                kept.clear()
                lines = beside[last[asked]] if among is None else beside[last[asked]][:, among]
                kept[block] = sparse.csc_array(lines)
            numbers: Floats = kept[block][:, some].toarray()
            return numbers  # rows are in order of popularity, and equal scores in order of rows

        return counts


def _of_sessions(sessions: Encoded, size: int) -> Any:
    """Return in how many sessions each two items occur together."""
    numbers = sessions.sessions_of_items()
    there = sparse.csr_array((np.ones(len(numbers), np.float32), (numbers, sessions.rows)), (len(sessions), size))
    there.data[:] = 1  # an item that occurs twice in a session
    return sparse.csr_array(there.T @ there)


def _of_windows(sessions: Encoded, size: int, window: int, following: bool) -> Any:
    """Return how often each two items occur within so many places."""
    numbers, rows = sessions.sessions_of_items(), sessions.rows
    total = sparse.csr_array((size, size), dtype=np.float32)
    for distance in range(1, min(window, max(int(np.diff(sessions.offsets).max(initial=0)) - 1, 0)) + 1):
        same = numbers[distance:] == numbers[:-distance]
        earlier, later = rows[:-distance][same], rows[distance:][same]
        pairs = sparse.coo_array((np.ones(len(earlier), np.float32), (earlier, later)), (size, size)).tocsr()
        total = total + (pairs if following else pairs + pairs.T)
    return sparse.csr_array(total)
