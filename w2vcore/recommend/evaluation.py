"""How good is a recommender? Items are hidden from it, and what it shows is compared with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.checks import check_int

from .encoding import UNKNOWN, Encoded, encode
from .ranking import Ranker

LAST, EACH = "last", "each"
_SESSIONS = 1024  # asked of a function at a time


@dataclass(frozen=True)
class Evaluation:
    """How often hidden items were shown, and how high.

    A hidden item that the recommender does not know counts as not shown, as does one that the session had before and
    that is therefore left out.

    Attributes
    ----------
    topn : int
        How many items were shown for each question.
    asked : int
        Questions: hidden items.
    hit_rate : float
        Share of questions whose hidden item was shown.
    hit_rate_error : float
        Its standard error, as if the questions were independent of each other.
    mrr : float
        Mean of one over the rank of the hidden item, 0 where it was not shown.
    ndcg : float
        Mean of ``1 / log2(1 + rank)``, which for a single hidden item is the normalised discounted cumulative gain.
    coverage : float
        Share of the items that the recommender knows that was shown to anybody.
    unknown : int
        Questions whose hidden item the recommender does not know.
    repeated : int
        Questions whose hidden item was in the session before.
    cold : int
        Questions without any known item to go by.

    Examples
    --------
    >>> print(Evaluation(10, 200, 0.45, 0.035, 0.2, 0.26, 0.5, 3, 0, 1))
    hit@10 0.450 ±0.035, MRR 0.200, NDCG 0.260, coverage 0.500; 200 questions: 3 hidden unknown, 0 repeated, 1 cold
    """

    topn: int
    asked: int
    hit_rate: float
    hit_rate_error: float
    mrr: float
    ndcg: float
    coverage: float
    unknown: int
    repeated: int
    cold: int

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers by name."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"hit@{self.topn} {self.hit_rate:.3f} ±{self.hit_rate_error:.3f}, MRR {self.mrr:.3f}, "
            f"NDCG {self.ndcg:.3f}, coverage {self.coverage:.3f}; {self.asked:,} questions: "
            f"{self.unknown:,} hidden unknown, {self.repeated:,} repeated, {self.cold:,} cold"
        )


def evaluate(
    recommender: Ranker | Callable[[list[list[Any]], int], Iterable[Sequence[Any]]],
    sessions: Iterable[Iterable[Any]],
    topn: int = 10,
    *,
    hide: str = LAST,
    catalogue: Iterable[Any] | None = None,
) -> Evaluation:
    """Hide items of sessions, and see whether they are recommended.

    Parameters
    ----------
    recommender : Recommender, Popularity, CoOccurrence or callable
        Or any function of sessions (lists of items) and `topn` that returns a list of items for each: a model of
        another library.
    sessions : iterable of iterables of hashable
        Sessions that it was not trained on, by preference later ones: `Sessions.split`. Those of fewer than two items
        ask nothing.
    topn : int
        How many are shown for each question.
    hide : {"last", "each"}
        Hide the last item of each session; or each but the first in turn, so that long sessions ask more often.
    catalogue : iterable of hashable, optional
        For a function: the items that it knows.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If no session has two items, or a function comes without `catalogue`.

    Examples
    --------
    >>> from w2vcore.recommend import Popularity
    >>> result = evaluate(Popularity([["tea", "cup"], ["tea", "jam"]]), [["cup", "tea"], ["tea", "pot"]], topn=1)
    >>> result.hit_rate, result.asked, result.unknown
    (0.5, 2, 1)
    """
    topn = check_int("topn", topn, 1)
    if hide not in (LAST, EACH):
        raise ValueError(f"hide must be 'last' or 'each', got {hide!r}")
    ranker = recommender if isinstance(recommender, Ranker) else _Asked.of(recommender, catalogue)
    encoded = encode(sessions, ranker.key_to_index)
    tally = _Tally(len(ranker.keys))
    for before, hidden in _questions(encoded, hide):
        rows, _, cold = ranker.rank(before, topn)
        tally.add(rows, before, hidden, cold)
    if not tally.asked:
        raise ValueError("there is nothing to ask: no session has two items")
    return tally.result(topn)


def _questions(sessions: Encoded, hide: str) -> Iterator[tuple[Encoded, NDArray[np.int64]]]:
    """Yield what precedes hidden items, and their rows."""
    if hide == EACH:
        yield from sessions.prefixes()
        return
    chosen = np.diff(sessions.offsets) >= 2
    kept = np.repeat(chosen, np.diff(sessions.offsets))
    asking = Encoded(sessions.rows[kept], np.concatenate([[0], np.cumsum(np.diff(sessions.offsets)[chosen])]))
    if len(asking):
        yield asking.without_last(), asking.rows[asking.offsets[1:] - 1]


class _Tally:
    """Sums over questions."""

    def __init__(self, items: int) -> None:
        self.shown = np.zeros(items, bool)
        self.asked = self.hits = self.unknown = self.repeated = self.cold = 0
        self.reciprocal = self.gain = 0.0

    def add(self, rows: NDArray[np.intp], before: Encoded, hidden: NDArray[np.int64], cold: NDArray[np.bool_]) -> None:
        """Add what was shown for some questions."""
        self.asked += len(hidden)
        self.shown[rows[rows != UNKNOWN]] = True
        known = hidden != UNKNOWN
        ranks = 1 + np.nonzero((rows == hidden[:, np.newaxis]) & known[:, np.newaxis])[1]
        self.hits += len(ranks)
        self.reciprocal += float((1 / ranks).sum())
        self.gain += float((1 / np.log2(1 + ranks)).sum())
        self.unknown += int(np.count_nonzero(~known))
        numbers = before.sessions_of_items()
        same = (before.rows == hidden[numbers]) & (before.rows != UNKNOWN)
        self.repeated += len(np.unique(numbers[same]))
        self.cold += int(np.count_nonzero(cold))

    def result(self, topn: int) -> Evaluation:
        """Return the means."""
        rate = self.hits / self.asked
        return Evaluation(
            topn,
            self.asked,
            rate,
            (rate * (1 - rate) / self.asked) ** 0.5,
            self.reciprocal / self.asked,
            self.gain / self.asked,
            float(self.shown.mean()) if len(self.shown) else 0.0,
            self.unknown,
            self.repeated,
            self.cold,
        )


class _Asked:
    """A function of somebody else's, asked as rankers are."""

    def __init__(self, function: Callable[[list[list[Any]], int], Iterable[Sequence[Any]]], keys: list[Any]) -> None:
        self.function, self.keys = function, keys
        self.key_to_index = {key: row for row, key in enumerate(keys)}

    @classmethod
    def of(cls, function: Any, catalogue: Iterable[Any] | None) -> _Asked:
        """Take a function and the items that it knows."""
        if not callable(function):
            raise TypeError(
                "recommender must be a Recommender, a baseline, or a function of sessions and topn, got "
                f"{type(function).__name__}; of a model make Recommender(model)"
            )
        if catalogue is None:
            raise ValueError("catalogue must list the items that a function knows: coverage is the share of these")
        return cls(function, list(dict.fromkeys(catalogue)))

    def rank(self, sessions: Encoded, topn: int) -> tuple[NDArray[np.intp], None, NDArray[np.bool_]]:
        """Return rows of what the function shows, and which sessions have no known item."""
        known = sessions.known()
        rows = np.full((len(known), topn), UNKNOWN, np.intp)
        for start in range(0, len(known), _SESSIONS):
            part = known.part(slice(start, start + _SESSIONS))
            items = [self.keys[row] for row in part.rows.tolist()]
            lists = [items[first:stop] for first, stop in zip(part.offsets[:-1], part.offsets[1:], strict=True)]
            for number, answer in enumerate(self.function(lists, topn), start):
                found = [self.key_to_index.get(item, UNKNOWN) for item in list(answer)[:topn]]
                rows[number, : len(found)] = found
        return rows, None, np.diff(known.offsets) == 0
