"""How the rows that several ranks have trained become one: which rows, when, and what is made of N changes.

Between two merges each rank trains its own copy of the model. What a rank has changed in a row since the last merge is
added up over all ranks, and a part of the sum is added to the row as it was then.

*Which part.* Let a row be pulled towards a place where it would stay, and let q be what is left of the distance after
what one rank does between two merges. One machine that did the work of all N ranks would have gone 1 - q**N of the way;
the sum of the changes goes N (1 - q). So the part is

    (1 - q**N) / (N (1 - q))

that is 1 (add all up) where the row has hardly moved, as the ranks have learned different things there, and 1/N (take
the mean) where each rank alone is almost at the place. A row is both at once, in different directions: q comes from how
often the row is met, from the learning rate, and from how strongly it is pulled in each direction (stiffness.py). To
add all up diverges within an epoch, and to take the mean learns too little: docs/distributed.md has the numbers. The
learning rate is the same for any number of ranks.

*When.* The vectors change fastest at the beginning. There, the ranks merge after few words, and then ever more rarely
(`interval_after`). And the more often a row is met the sooner it is merged: each time the FIRST_ROWS hottest rows, each
second time also those that are met half as often, each fourth time those that are met a quarter as often, and so on;
all at the end of an epoch. So each row has been met about as often between two merges. (Ji et al. 2016, arXiv
1604.04661, and kernels/replica.h count rows instead: twice as many each second time. That is the same for input rows,
where Zipf's law holds; but noise words are drawn by count**0.75, so rare target rows are met far more often.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.weights import Weights

from .base import Plan
from .stiffness import DIRECTIONS, SAMPLE, Stiffness, moments, stiffness, updates_per_word
from .team import Team

# Rows that are merged each time.
FIRST_ROWS = 128
# A rank merges when it has trained 1/RAMP more words than it had at the merge before, but not before SHORTEST more, and
# at the latest after LONGEST more for each of its workers.
RAMP = 300
SHORTEST = 1000
LONGEST = 500_000
# Rows that are hardly ever met are merged at each tick that 2**RAREST divides, at least.
RAREST = 20
# Merges from one look at the stiffness to the next.
LOOK_EACH = 16

# Rows that are added up at a time: at 100 numbers 4 MB, with which the network is at full speed. At any length of
# vectors that is far below the 2**31 items that MPI can count.
MOST_ROWS = 8192

Rows = slice | NDArray[np.int64]


@dataclass(frozen=True)
class Schedule:
    """Which rows of a matrix are merged at each tick; its rows are counted from the one that is met most often.

    Attributes
    ----------
    stops : tuple of int
        The rows before ``stops[k]`` are merged at each tick that 2**k divides, those behind it more rarely.

    Examples
    --------
    >>> schedule = Schedule((2, 3, 7))
    >>> [schedule.rows_at(tick) for tick in range(1, 9)]
    [2, 3, 2, 7, 2, 3, 2, 7]
    >>> schedule.blocks
    [(0, 2), (2, 3), (3, 7)]
    """

    stops: tuple[int, ...]

    @classmethod
    def of(cls, heat: NDArray[np.float32], first: int) -> Schedule:
        """Return the schedule by which each row is met about as often between two merges as row `first` is in a tick.

        Parameters
        ----------
        heat : ndarray
            How often each row is met, in descending order.
        first : int
            Rows that are merged at every tick.

        Examples
        --------
        >>> Schedule.of(np.array([8, 4, 2, 1, 1, 0.5]), first=2).stops
        (2, 3, 5, 6)
        """
        first = min(first, len(heat))
        at_first = float(heat[first - 1])
        levels = np.log2(np.maximum(at_first, 1e-30) / np.maximum(heat[first:], 1e-30)) + 1e-6
        levels = np.clip(levels, 0, RAREST).astype(np.int64)
        counts = np.bincount(levels, minlength=1)
        return cls(tuple(int(stop) for stop in first + np.cumsum(counts)))

    def rows_at(self, tick: int) -> int:
        """How many rows, the hottest ones, are merged at a tick; ticks count from 1."""
        twos = (tick & -tick).bit_length() - 1
        return self.stops[min(twos, len(self.stops) - 1)]

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """Ranges of rows that are always merged together."""
        return list(zip((0, *self.stops[:-1]), self.stops, strict=True))


def interval_after(trained: int, workers: int) -> int:
    """Return how many words a rank of so many workers trains from one merge to the next.

    Parameters
    ----------
    trained : int
        Words that this rank has trained.
    workers : int

    Examples
    --------
    >>> [interval_after(trained, workers=1) for trained in (0, 10**6, 10**9)]
    [1000, 3333, 500000]
    """
    return min(max(SHORTEST, trained // RAMP), LONGEST * workers)


@dataclass
class _Matrix:
    """A matrix, as it was at the last merge of each row, and how often its rows are met; hottest first."""

    own: NDArray[np.float32]
    base: NDArray[np.float32]
    order: NDArray[np.int64] | None
    heat: NDArray[np.float32]
    schedule: Schedule
    since: NDArray[np.float64]  # words times learning rate of a rank since the last merge, for each block

    def rows(self, start: int, stop: int) -> Rows:
        return slice(start, stop) if self.order is None else self.order[start:stop]

    def effort(self, start: int, stop: int) -> NDArray[np.float32]:
        """Updates of some rows by one rank since their last merge, times the learning rate."""
        sizes = [max(0, min(last, stop) - max(first, start)) for first, last in self.schedule.blocks]
        return self.heat[start:stop] * np.repeat(self.since, sizes).astype(np.float32)

    def moments(self) -> NDArray[np.float32]:
        number = min(SAMPLE, len(self.own))
        total = max(float(self.heat.sum(dtype=np.float64)), 1e-30)
        return moments(self.own[self.rows(0, number)], self.heat[:number] / np.float32(total))


class Merger:
    """Merges the matrices of one rank with those of the others.

    Parameters
    ----------
    plan : Plan
    weights : Weights
        The same on all ranks.
    team : Team

    Attributes
    ----------
    bytes : int
        That have been added up.
    """

    def __init__(self, plan: Plan, weights: Weights, team: Team) -> None:
        self._team = team
        self._size = weights.vector_size
        self._matrices = {name: _matrix(name, matrix, plan) for name, matrix in weights.matrices.items()}
        self.bytes = 0
        self.restart()

    def restart(self) -> None:
        """Begin the schedule anew; all rows are merged."""
        self._ticks = 0
        for matrix in self._matrices.values():
            matrix.since[:] = 0
        self._stiffness: dict[str, Stiffness] = {}

    def merge(self, effort: float, everything: bool) -> None:
        """Merge what is due, or all rows.

        Parameters
        ----------
        effort : float
            Words that a rank has trained since the last call, on average, times their learning rate.
        everything : bool
        """
        if self._ticks < LOOK_EACH or self._ticks % LOOK_EACH == 0:  # it grows from nothing at the beginning
            self._look()
        self._ticks += 1
        due = []
        for name, matrix in self._matrices.items():
            matrix.since += effort
            rows = len(matrix.own) if everything else matrix.schedule.rows_at(self._ticks)
            due.append((name, rows))
        for piece in self._pieces(due):
            self._merge_piece(piece)
        for name, rows in due:
            matrix = self._matrices[name]
            matrix.since[np.array(matrix.schedule.stops) <= rows] = 0
        if everything:
            self.restart()

    @staticmethod
    def _pieces(due: list[tuple[str, int]], room: int = MOST_ROWS) -> Iterator[list[tuple[str, int, int]]]:
        """Cut the rows that are due into what is added up at once: (matrix, first row, last row), with a border."""
        piece, left = [], room
        for name, rows in due:
            start = 0
            while start < rows:
                stop = min(rows, start + left)
                piece.append((name, start, stop))
                left -= stop - start
                start = stop
                if not left:
                    yield piece
                    piece, left = [], room
        if piece:
            yield piece

    def _merge_piece(self, piece: list[tuple[str, int, int]]) -> None:
        width = self._matrices[piece[0][0]].own.shape[1]
        changes = np.empty((sum(stop - start for _, start, stop in piece), width), np.float32)
        views, first = [], 0
        for name, start, stop in piece:
            matrix, change = self._matrices[name], changes[first : first + stop - start]
            rows = matrix.rows(start, stop)
            np.subtract(matrix.own[rows], matrix.base[rows], out=change)
            views.append((name, matrix, rows, change, matrix.effort(start, stop)))
            first += stop - start
        self._team.allreduce(changes)
        self.bytes += changes.nbytes
        for name, matrix, rows, change, effort in views:
            self._stiffness[name].weaken(change, effort, self._team.size)
            change += matrix.base[rows]
            matrix.base[rows] = change
            matrix.own[rows] = change

    def _look(self) -> None:
        """Take the stiffness anew, from the rows as rank 0 has them now, so that all have the same bits."""
        width = next(iter(self._matrices.values())).own.shape[1]
        number = min(DIRECTIONS, self._size)
        table = np.zeros((len(self._matrices), width + 2, number), np.float32)
        if self._team.rank == 0:
            means = {name: matrix.moments() for name, matrix in self._matrices.items()}
            for place, name in zip(table, self._matrices, strict=True):
                targets = [mean for other, mean in means.items() if other != "input"]
                pull = stiffness(means["input"] if name != "input" else sum(targets[1:], targets[0]), self._size)
                place[:width], place[width], place[width + 1, 0] = pull.directions, pull.steep, pull.flat
        self._team.broadcast(table.reshape(-1).view(np.uint8), 0)
        for place, name in zip(table, self._matrices, strict=True):
            directions = np.ascontiguousarray(place[:width])
            self._stiffness[name] = Stiffness(directions, place[width], float(place[width + 1, 0]))


def _matrix(name: str, own: NDArray[np.float32], plan: Plan) -> _Matrix:
    """Find out which rows of a matrix are met often."""
    updates = updates_per_word(name, plan)
    order = np.argsort(-updates, kind="stable")
    in_order = bool((order == np.arange(len(order))).all())
    heat = updates[order].astype(np.float32)
    schedule = Schedule.of(heat, FIRST_ROWS)
    return _Matrix(own, own.copy(), None if in_order else order, heat, schedule, np.zeros(len(schedule.stops)))
