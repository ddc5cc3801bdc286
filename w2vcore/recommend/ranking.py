"""What everything that recommends has in common: sessions in, the best items of a catalogue out, by blocks."""

from __future__ import annotations

import logging
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.checks import check_int
from w2vcore.query.search import best

from .encoding import UNKNOWN, Encoded, encode, rows_of
from .recommendations import Recommendations

Floats: TypeAlias = "NDArray[np.floating[Any]]"
Scores: TypeAlias = Callable[[slice, slice], Floats]

logger = logging.getLogger("w2vcore.recommend")

_SESSIONS = 8192  # ranked at a time: their queries and answers are all that is held beside the catalogue


class Ranker(ABC):
    """Ranks the items of a catalogue for sessions; a subclass says how a block of them is scored.

    Parameters
    ----------
    keys : sequence of hashable
        The items, by row.
    key_to_index : mapping
        The row of each item.
    counts : ndarray of int, shape (items,), or None
        How often each occurs; None: that is not known.
    exclude : iterable of hashable
        Items that are never recommended, such as those out of stock. Unknown ones are ignored.
    candidates : iterable of hashable, optional
        Recommend none but these. Unknown ones are ignored.
    keep_seen : bool
        Whether items of the session itself may be recommended.
    cold : {"popular", None}
        What sessions without any known item get: the most popular items, or an empty list.
    titles : mapping, optional
        Item -> what `Recommendations` show in its place.
    """

    def __init__(
        self,
        keys: Sequence[Any],
        key_to_index: Mapping[Any, int],
        counts: NDArray[np.int64] | None,
        *,
        exclude: Iterable[Any] = (),
        candidates: Iterable[Any] | None = None,
        keep_seen: bool = False,
        cold: str | None = "popular",
        titles: Mapping[Any, str] | None = None,
    ) -> None:
        if cold not in ("popular", None):
            raise ValueError(f"cold must be 'popular' or None, got {cold!r}")
        self.keys, self.key_to_index, self.counts = keys, key_to_index, counts
        self.keep_seen, self.cold, self.titles = bool(keep_seen), cold, titles
        refused = np.zeros(len(keys), bool)
        if candidates is not None:
            refused[:] = True
            refused[self._known_rows(candidates, "candidates")] = False
        refused[self._known_rows(exclude, "exclude")] = True
        # The rows that are scored. Where few are refused, refusing their scores is cheaper than gathering the others.
        few = 2 * np.count_nonzero(refused) > len(keys)
        self._among: NDArray[np.intp] | None = np.flatnonzero(~refused) if few else None
        self._refused = None if few or not refused.any() else refused

    def _known_rows(self, items: Iterable[Any], what: str) -> NDArray[np.int64]:
        if isinstance(items, (str, bytes)):
            raise TypeError(f"{what} must be an iterable of items, got {items!r:.60}; pass [{items!r:.60}]")
        rows = rows_of(items, self.key_to_index)
        known: NDArray[np.int64] = rows[rows != UNKNOWN]
        return known

    @abstractmethod
    def _scores(self, sessions: Encoded, among: NDArray[np.intp] | None) -> Scores:
        """Return what scores blocks: slices of these sessions, all items of which are known, and of the catalogue.

        `among` are the rows that are asked for, where that is not all; the second slice is one of these then.
        """

    def recommend(self, session: Iterable[Any], topn: int = 10) -> list[tuple[Any, float]]:
        """Return the items that suit a session best, and their scores.

        Parameters
        ----------
        session : iterable of hashable
            Its items, the latest last. Unknown ones have no say.
        topn : int
            How many.

        Examples
        --------
        >>> from w2vcore.recommend import Popularity
        >>> Popularity([["tea", "cup"], ["tea", "jam"], ["tea", "cup"]]).recommend(["tea"], topn=1)
        [('cup', 2.0)]
        """
        if isinstance(session, (str, bytes)):
            raise TypeError(f"session must be an iterable of items, got {session!r:.60}; pass [{session!r:.60}]")
        found: list[tuple[Any, float]] = self.recommend_batch([session], topn)[0]
        return found

    def recommend_batch(
        self,
        sessions: Iterable[Iterable[Any]],
        topn: int = 10,
        *,
        exclude: Iterable[Iterable[Any]] | None = None,
    ) -> Recommendations:
        """Return what suits each of many sessions best.

        Parameters
        ----------
        sessions : iterable of iterables of hashable
            The items of each session, the latest last.
        topn : int
            How many for each.
        exclude : iterable of iterables of hashable, optional
            For each session, items that it must not get, beside those that nobody gets: what the user has bought.

        Warns
        -----
        UserWarning
            If no item of any session is known; a common cause, keys of another type, is named.

        Examples
        --------
        >>> from w2vcore.recommend import Popularity
        >>> ranker = Popularity([["tea", "cup"], ["tea", "jam"], ["tea", "cup"]])
        >>> ranker.recommend_batch([["jam"], ["tea", "cup"]], topn=2).items()
        [['tea', 'cup'], ['jam']]
        >>> ranker.recommend_batch([["jam"]], topn=2, exclude=[["cup"]]).items()
        [['tea']]
        """
        topn = check_int("topn", topn, 0)
        lists = sessions if isinstance(sessions, (list, tuple)) else list(sessions)
        encoded = encode(lists, self.key_to_index)
        beside = None if exclude is None else encode(exclude, self.key_to_index)
        if beside is not None and len(beside) != len(encoded):
            raise ValueError(
                f"exclude must have a list for each of {len(encoded)} sessions, got {len(beside)}; items that no "
                f"session may get go to the constructor: {type(self).__name__}(..., exclude=items)"
            )
        self._report_unknown(encoded, lists)
        rows, scores, cold = self.rank(encoded, topn, beside)
        unknown = np.bincount(encoded.sessions_of_items()[encoded.rows == UNKNOWN], minlength=len(encoded))
        return Recommendations(rows, scores, self.keys, cold, unknown.astype(np.int64), self.titles)

    def rank(
        self, sessions: Encoded, topn: int, exclude: Encoded | None = None
    ) -> tuple[NDArray[np.intp], Floats, NDArray[np.bool_]]:
        """Return the rows of the best items for each session, their scores, and which sessions have no known item.

        Parameters
        ----------
        sessions : Encoded
        topn : int
        exclude : Encoded, optional
            Rows that each session must not get.
        """
        sessions = sessions.known()
        number, columns = len(sessions), min(topn, len(self.keys) if self._among is None else len(self._among))
        rows, scores = np.full((number, columns), UNKNOWN, np.intp), np.full((number, columns), np.nan, np.float32)
        cold = np.diff(sessions.offsets) == 0
        for start in range(0, number, _SESSIONS):
            some = slice(start, min(start + _SESSIONS, number))
            part, beside = sessions.part(some), None if exclude is None else exclude.part(some).known()
            barred = self._barred(part, beside)
            warm = ~cold[some]
            if warm.any():
                asked = _those(part, warm)
                answers = self._best(self._scores(asked, self._among), _those_of(barred, warm), len(asked), columns)
                rows[some][warm], scores[some][warm] = answers
            if not warm.all() and self.cold == "popular" and self.counts is not None:
                counts = self.counts if self._among is None else self.counts[self._among]
                popular, _ = self._best(_same_for_all(counts), _those_of(barred, ~warm), int((~warm).sum()), columns)
                rows[some][~warm] = popular
        return rows, scores, cold

    def _barred(self, sessions: Encoded, beside: Encoded | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of a session's number and a row that it must not get."""
        parts = ([] if self.keep_seen else [sessions]) + ([] if beside is None else [beside])
        pairs = [(part.sessions_of_items(), part.rows) for part in parts]
        empty = np.empty(0, np.int64)
        numbers = np.concatenate([empty, *(numbers for numbers, _ in pairs)])
        return numbers, np.concatenate([empty, *(rows for _, rows in pairs)])

    def _best(
        self,
        scores: Scores,
        barred: tuple[NDArray[np.int64], NDArray[np.int64]],
        sessions: int,
        columns: int,
    ) -> tuple[NDArray[np.intp], Floats]:
        """Return the best rows by scores, less those that are refused or barred; -1 where none is left."""
        among, refused = self._among, self._refused
        size = len(self.keys) if among is None else len(among)
        numbers, rows = barred
        if among is not None:  # rows of the catalogue -> places among the candidates
            places = np.minimum(np.searchsorted(among, rows), max(size - 1, 0))
            there = among[places] == rows if size else np.zeros(len(rows), bool)
            numbers, rows = numbers[there], places[there]
        order = np.argsort(numbers, kind="stable")
        numbers, rows = numbers[order], rows[order]

        def allowed(asked: slice, some: slice) -> Floats:
            block = scores(asked, some)
            if refused is not None:
                block[:, refused[some]] = -np.inf
            first, last = np.searchsorted(numbers, [asked.start, asked.stop])
            inside = (rows[first:last] >= some.start) & (rows[first:last] < some.stop)
            block[numbers[first:last][inside] - asked.start, rows[first:last][inside] - some.start] = -np.inf
            return block

        found, values = best(allowed, sessions, size, columns)
        found = np.where(np.isneginf(values) | (found < 0), UNKNOWN, found if among is None else _at(among, found))
        return found, np.where(found == UNKNOWN, np.float32(np.nan), values)

    def _report_unknown(self, encoded: Encoded, lists: Sequence[Any]) -> None:
        unknown = int(np.count_nonzero(encoded.rows == UNKNOWN))
        if not unknown:
            return
        if unknown < len(encoded.rows):
            logger.info("%i of %i items of the sessions are unknown", unknown, len(encoded.rows))
            return
        item = next(item for session in lists for item in session)
        hint = ""
        if len(self.keys) and type(item) is not type(self.keys[0]):
            hint = f": {item!r:.40} is a {type(item).__name__}, {self.keys[0]!r:.40} a {type(self.keys[0]).__name__}"
        warnings.warn(f"none of the {unknown:,} items of the sessions is in the catalogue{hint}", stacklevel=3)


def _those(sessions: Encoded, chosen: NDArray[np.bool_]) -> Encoded:
    lengths = np.diff(sessions.offsets)
    kept = np.repeat(chosen, lengths)
    return Encoded(sessions.rows[kept], np.concatenate([[0], np.cumsum(lengths[chosen])]))


def _those_of(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]], chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of the chosen sessions, numbered anew."""
    numbers, rows = pairs
    kept = chosen[numbers]
    return (np.cumsum(chosen) - 1)[numbers[kept]], rows[kept]


def _same_for_all(values: NDArray[np.int64]) -> Scores:
    return lambda asked, some: np.repeat(values[some].astype(np.float32)[np.newaxis], asked.stop - asked.start, axis=0)


def _at(among: NDArray[np.intp], found: NDArray[np.intp]) -> NDArray[np.intp]:
    return among[np.maximum(found, 0)] if len(among) else found
