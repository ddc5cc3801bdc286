"""What is recommended for some sessions: a value, to be read by session, as arrays, or with titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .encoding import UNKNOWN


@dataclass(frozen=True, eq=False)
class Recommendations:
    """The items recommended for each of some sessions, best first.

    Number s is the list of ``(item, score)`` for session s: it has a length, and can be iterated.

    Attributes
    ----------
    rows : ndarray of int, shape (sessions, topn)
        Rows of the items in the catalogue; -1 where there is no further one.
    scores : ndarray of float32, of the same shape
        What they were ordered by; NaN for popular items that stand in for an answer.
    keys : sequence
        The item of each row.
    cold : ndarray of bool, shape (sessions,)
        True for sessions without any known item. They get the most popular items, or none.
    unknown : ndarray of int, shape (sessions,)
        How many items of each session are unknown, and had no say.
    titles : mapping
        Item -> what to show in its place.

    Examples
    --------
    >>> from w2vcore.recommend import Popularity
    >>> found = Popularity([["tea", "cup"], ["tea"]]).recommend_batch([["milk"], ["tea", "milk"]])
    >>> found.items(), found.cold.tolist(), found.unknown.tolist()
    ([['tea', 'cup'], ['cup']], [True, False], [1, 1])
    >>> found[1]
    [('cup', 1.0)]
    """

    rows: NDArray[np.intp]
    scores: NDArray[np.floating[Any]]
    keys: Sequence[Any]
    cold: NDArray[np.bool_]
    unknown: NDArray[np.int64]
    titles: Mapping[Any, str] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, session: Any) -> Any:
        if isinstance(session, slice):
            return [self[number] for number in range(*session.indices(len(self)))]
        pairs = zip(self.rows[session].tolist(), self.scores[session].tolist(), strict=True)
        return [(self.keys[row], score) for row, score in pairs if row != UNKNOWN]

    def __iter__(self) -> Iterator[list[tuple[Any, float]]]:
        return (self[number] for number in range(len(self)))

    def items(self) -> list[list[Any]]:
        """Return the items of each session alone."""
        return [[self.keys[row] for row in rows if row != UNKNOWN] for rows in self.rows.tolist()]

    def titled(self, session: int) -> list[tuple[str, float]]:
        """Return the list of a session with titles in place of items; an item without one shows itself.

        Examples
        --------
        >>> from w2vcore.recommend import Popularity
        >>> Popularity([[17, 4], [17]], titles={17: "A teapot"}).recommend_batch([[4]]).titled(0)
        [('A teapot', 2.0)]
        """
        titles = self.titles or {}
        return [(str(titles.get(item, item)), score) for item, score in self[session]]

    def __str__(self) -> str:
        shown = [", ".join(title for title, _ in self.titled(number)) for number in range(min(len(self), 10))]
        more = [f"... and {len(self) - len(shown):,} more sessions"] if len(self) > len(shown) else []
        return "\n".join([*shown, *more])

    __repr__ = __str__
