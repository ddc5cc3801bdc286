"""How the rows that several ranks have trained become one: which rows, when, and what is made of N changes.

Between two merges each rank trains its own copy of the model. What a rank has changed in a row since the last merge is
added up over all ranks, and a part of the sum is added to the row as it was then.

*Which part.* Let a row be pulled towards a place where it would stay, by a share of the distance with each update, and
let q be what is left of the distance after what one rank does between two merges. One machine that did the work of all
N ranks would have gone 1 - q**N of the way; the sum of the changes goes N (1 - q). So the part is

    (1 - q**N) / (N (1 - q)),  q = exp(-STIFFNESS * alpha * updates of the row by one rank)

that is 1 (add all up) for rows that were met seldom or at a low rate, where the ranks have learned different things,
and 1/N (take the mean) for rows that were met so often that each rank alone is almost there. The learning rate is the
same for any number of ranks.

*When.* The more often a row is met the sooner it is merged: after each interval the first FIRST_ROWS rows, after each
second one twice as many, after each fourth four times as many, and so on; all at the end of an epoch. So each row has
been met about as often between two merges. (Ji et al. 2016, arXiv 1604.04661; kernels/replica.h does so between
threads.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import CBOW, HIERARCHICAL, NEGATIVE, SENTENCE, TrainingConfig
from w2vcore.model.weights import Weights
from w2vcore.objectives.huffman import huffman
from w2vcore.objectives.negative_sampling import noise_weights

from .base import Plan
from .team import Team

# Rows that are merged each time.
FIRST_ROWS = 256
# A rank merges when it has trained 1/RAMP more words than it had at the merge before, but not before SHORTEST more, and
# at the latest after LONGEST more for each of its workers.
RAMP = 150
SHORTEST = 1000
LONGEST = 250_000
# How fast a row approaches the place to which it is pulled: the share of the distance for an update at a rate of 1.
STIFFNESS = 0.2

# Floats that are added up at a time: large enough for the network, and they pass through the cache; far below the 2**31
# items that MPI can count.
CHUNK = 1 << 18

Rows = slice | NDArray[np.int64]


@dataclass(frozen=True)
class Schedule:
    """Which rows are merged at each tick.

    Attributes
    ----------
    first : int
        Rows that are merged at every tick.
    rows : int
        Rows of the largest matrix.

    Examples
    --------
    >>> schedule = Schedule(first=2, rows=7)
    >>> [schedule.rows_at(tick) for tick in range(1, 9)]
    [2, 4, 2, 7, 2, 4, 2, 7]
    >>> schedule.blocks
    [(0, 2), (2, 4), (4, 7)]
    """

    first: int
    rows: int

    def rows_at(self, tick: int) -> int:
        """How many rows, the hottest ones, are merged at a tick; ticks count from 1."""
        return min(self.first * (tick & -tick), self.rows)

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """Ranges of rows that are always merged together."""
        stops = [min(self.first, self.rows)]
        while stops[-1] < self.rows:
            stops.append(min(2 * stops[-1], self.rows))
        return list(zip([0, *stops[:-1]], stops, strict=True))


@dataclass
class _Matrix:
    """A matrix, as it was at the last merge of each row, and how often its rows are met; hottest first."""

    own: NDArray[np.float32]
    base: NDArray[np.float32]
    order: NDArray[np.int64] | None
    heat: NDArray[np.float32]

    def rows(self, start: int, stop: int) -> Rows:
        return slice(start, stop) if self.order is None else self.order[start:stop]


def interval_after(trained: int, workers: int) -> int:
    """Return how many words a rank of so many workers trains from one merge to the next.

    The vectors change fastest at the beginning. There, the ranks merge after few words, and then ever more rarely:
    after each so many per cent of what has been trained.

    Parameters
    ----------
    trained : int
        Words that this rank has trained.
    workers : int

    Examples
    --------
    >>> [interval_after(trained, workers=1) for trained in (0, 10**6, 10**9)]
    [1000, 6666, 250000]
    """
    return min(max(SHORTEST, trained // RAMP), LONGEST * workers)


class Merger:
    """Merges the matrices of one rank with those of the others.

    Parameters
    ----------
    plan : Plan
    weights : Weights
        The same on all ranks.
    team : Team
    """

    def __init__(self, plan: Plan, weights: Weights, team: Team) -> None:
        self._team = team
        self._matrices = [_matrix(name, matrix, plan) for name, matrix in weights.matrices.items()]
        self.schedule = Schedule(FIRST_ROWS, max(len(matrix) for matrix in weights.matrices.values()))
        self.bytes = 0  # that were added up
        self.restart()

    def restart(self) -> None:
        """Begin the schedule anew; all rows are merged."""
        self._ticks = 0
        self._since = np.zeros(len(self.schedule.blocks))  # words times learning rate of a rank, since the last merge

    def merge(self, effort: float, everything: bool) -> None:
        """Merge what is due, or all rows.

        Parameters
        ----------
        effort : float
            Words that a rank has trained since the last call, on average, times their learning rate.
        everything : bool
        """
        self._since += effort
        self._ticks += 1
        rows = self.schedule.rows if everything else self.schedule.rows_at(self._ticks)
        for number, (start, stop) in enumerate(self.schedule.blocks):
            if stop <= rows:
                for matrix in self._matrices:
                    self._merge_block(matrix, start, min(stop, len(matrix.own)), self._since[number])
                self._since[number] = 0.0
        if everything:
            self.restart()

    def _merge_block(self, matrix: _Matrix, start: int, stop: int, effort: float) -> None:
        step = max(1, CHUNK // matrix.own.shape[1])
        for first in range(start, stop, step):
            last = min(first + step, stop)
            rows = matrix.rows(first, last)
            base = matrix.base[rows]
            change = matrix.own[rows] - base
            self._team.allreduce(change)
            self.bytes += change.nbytes
            change *= part(matrix.heat[first:last] * effort, self._team.size)[:, None]
            change += base
            matrix.base[rows] = matrix.own[rows] = change


def part(effort: NDArray[np.float32], ranks: int) -> NDArray[np.float32]:
    """Which part of the sum of all changes a row takes.

    Parameters
    ----------
    effort : ndarray
        Updates of each row by one rank since the last merge, times the learning rate.
    ranks : int

    Examples
    --------
    >>> part(np.array([0.0, 1e9], np.float32), 4).tolist()
    [1.0, 0.25]
    """
    x = np.maximum(STIFFNESS * effort.astype(np.float64), 1e-9)
    factor: NDArray[np.float64] = np.expm1(-ranks * x) / (ranks * np.expm1(-x))
    return factor.astype(np.float32)


def _matrix(name: str, own: NDArray[np.float32], plan: Plan) -> _Matrix:
    """Find out which rows of a matrix are met often."""
    heat = updates_per_word(name, plan)
    order = np.argsort(-heat, kind="stable")
    in_order = bool((order == np.arange(len(order))).all())
    return _Matrix(own, own.copy(), None if in_order else order, heat[order].astype(np.float32))


def updates_per_word(name: str, plan: Plan) -> NDArray[np.float64]:
    """How often a row is met, on average, while a word of the corpus is trained.

    Parameters
    ----------
    name : str
        Of a matrix: "input" or an objective.
    plan : Plan

    Returns
    -------
    ndarray, shape (rows,)
    """
    counts = plan.counts.astype(np.float64)
    total = max(counts.sum(), 1.0)
    kept = counts * ((plan.keep.astype(np.float64) + 1) / 2**32) if plan.config.subsample else counts
    kept = kept / total
    pairs = _pairs_per_word(plan.config)
    examples = 1.0 if plan.config.architecture == CBOW else pairs
    if name == "input":
        heat: NDArray[np.float64] = kept * pairs
        return heat
    if name == NEGATIVE:
        noise = noise_weights(plan.counts, plan.config.ns_exponent)
        heat = examples * (kept + plan.config.negative * kept.sum() / noise.sum() * noise)
        return heat
    assert name == HIERARCHICAL
    tree = huffman(plan.counts)
    visits = np.repeat(kept, np.diff(tree.offsets))
    met: NDArray[np.float64] = np.bincount(tree.points, visits, minlength=max(len(counts) - 1, 1)).astype(np.float64)
    return examples * met


def _pairs_per_word(config: TrainingConfig) -> float:
    """Context words of a centre: those of a window that is nowhere cut off."""
    window = 20 if config.window == SENTENCE else int(config.window)
    return window + 1.0 if config.shrink_windows else 2.0 * window
