"""How rows that several ranks have trained are merged: with which coefficient, and when.

Between two merges each rank trains its own copy of the model. What a rank has changed in a row since the last merge is
added up over all ranks, and the row becomes what it was then plus a coefficient times that sum.

*Which coefficient.* One machine that did the work of all N ranks would do it in turn. Let q be what a rank would change
if it came after another one, relative to what that one has changed. Then the whole change is 1 + q + q**2 + ... +
q**(N - 1) times that of one rank, and the coefficient of the sum of N changes is

    (1 - q**N) / (N (1 - q))

Two things make q differ from 1. A row moves towards a minimum: the first rank leaves the share exp(-x) of the distance,
and the coefficient goes down to 1/N, the mean, where each rank alone reaches the minimum. And vectors that are still
growing grow the faster, the longer the vectors are along which they are updated: the change of a row is proportional to
a power of the words trained (`Objective.growth`). After further words, h times all the words before, it is
(1 + h)**growth times as large. Hence

    q = exp(-x + log(1 + h) growth / N)

A row can be at its minimum along some directions while it grows along others: x is the learning rate, accumulated over
the row's updates, times the curvature in each direction (curvature.py). The plain sum diverges within an epoch, and
the mean learns too little: docs/distributed.md has the numbers. The learning rate is the same for any number of
ranks.

All that is for rows that each rank updates. Most tags belong to a document, which one rank has: a tag that no other
rank has changed takes that rank's change as it is.

*When.* The vectors change fastest at the beginning. There, the ranks merge after few words, and then ever more rarely
(`interval_after`). And the more often a row is updated, the more often it is merged: every merge takes the FIRST_ROWS
hottest rows, every second merge also those that are updated a quarter as often, every fourth merge those that are
updated a sixteenth as often, and so on; the end of an epoch merges all. So the time between two merges of a row is
proportional to 1 / sqrt(its update rate). Of all schedules that merge as many rows, this one minimises the updates,
over all rows, that other ranks have not seen yet. (Ji et al. 2016, arXiv 1604.04661, and kernels/replica.h count rows
instead: twice as many at every second merge.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.architectures.registry import architecture
from w2vcore.kernels._merge_ranks import MOST_EIGENVECTORS, RankMatrix
from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import INPUT, Table, WordRates
from w2vcore.model.weights import Weights, zeros
from w2vcore.objectives.registry import objective

from .base import Plan
from .curvature import SAMPLE, Curvature, curvature, moments, one_blas_thread
from .run_tables import plan_tables, word_rates
from .team import Team

# Number of rows in every merge.
FIRST_ROWS = 128
# One of N ranks merges when it has trained 1/(RAMP N) more words than at its last merge, but no fewer than SHORTEST/N
# more, and no more than LONGEST for each of its workers. The more ranks there are, the more they learn between two
# merges that the others have not seen.
RAMP = 10
SHORTEST = 40_000
LONGEST = 1_000_000
# Where tags and words are inputs side by side, they merge so many times more often, and after so many words at most. A
# tag learns what the words around it leave to be explained, in one passage of an epoch: while the words of its rank lag
# behind those of the others, it learns the difference, too. docs/distributed.md has the numbers.
OFTENER_WITH_TAGS = 4
LONGEST_WITH_TAGS = 20_000
# Bounds of the growth: at the very beginning a step has many times the words of all steps before; and while vectors are
# small, an update at a learning rate of 1 moves a row by half of the row that it meets.
LONGEST_STEP = 1.0
FASTEST = 0.5
# The rarest rows take part in each merge whose number is a multiple of 2**RAREST.
RAREST = 10
# Contexts that are counted: in short sentences a wide window has fewer than it could. With sentences of six words and a
# window of 100, eight ranks that counted 101 had a loss of 17.95 in the first epoch, and one rank 2.73.
MOST_CONTEXTS = 6.0
# Merges between two computations of the curvature.
CURVATURE_INTERVAL = 8

# Bytes that are summed at a time: they stay in the cache, with their rows, and keep a network busy.
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Schedule:
    """Which rows of a matrix take part in each merge. Rows are numbered from the one that is updated most often.

    Attributes
    ----------
    stops : tuple of int
        The rows before ``stops[k]`` take part in each merge whose number is a multiple of 2**k, later rows more rarely.

    Examples
    --------
    >>> schedule = Schedule((2, 3, 7))
    >>> [schedule.rows_at(merge) for merge in range(1, 9)]
    [2, 3, 2, 7, 2, 3, 2, 7]
    >>> schedule.blocks
    [(0, 2), (2, 3), (3, 7)]
    """

    stops: tuple[int, ...]

    @classmethod
    def of(cls, heat: NDArray[np.float32], first: int) -> Schedule:
        """Return the schedule in which the time between two merges of a row is proportional to 1 / sqrt(heat).

        Parameters
        ----------
        heat : ndarray
            How often each row is updated, in descending order.
        first : int
            Rows that take part in every merge.

        Examples
        --------
        >>> Schedule.of(np.array([64, 64, 16, 4, 4, 1]), first=2).stops
        (2, 3, 5, 6)
        """
        first = min(first, len(heat))
        at_first = float(heat[first - 1])
        levels = np.log2(np.maximum(at_first, 1e-30) / np.maximum(heat[first:], 1e-30)) / 2 + 1e-6
        levels = np.clip(levels, 0, RAREST).astype(np.int64)
        counts = np.bincount(levels, minlength=1)
        return cls(tuple(int(stop) for stop in first + np.cumsum(counts)))

    def rows_at(self, merge: int) -> int:
        """Return how many of the hottest rows take part in a merge; merges are numbered from 1."""
        twos = (merge & -merge).bit_length() - 1
        return self.stops[min(twos, len(self.stops) - 1)]

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """Ranges of rows that are always merged together."""
        return list(zip((0, *self.stops[:-1]), self.stops, strict=True))


def interval_after(trained: int, workers: int, ranks: int, often: int = 1, longest: int = LONGEST) -> int:
    """Return how many words a rank trains from one merge to the next.

    Parameters
    ----------
    trained : int
        Words that this rank has trained.
    workers : int
        Of this rank.
    ranks : int
    often, longest : int
        How many times more often, and after how many words of a worker at most: see `pace`.

    Examples
    --------
    >>> [interval_after(trained, workers=1, ranks=2) for trained in (0, 10**6, 10**9)]
    [20000, 50000, 1000000]
    >>> [interval_after(trained, 1, 2, often=4, longest=250_000) for trained in (0, 10**6, 10**9)]
    [5000, 12500, 250000]
    """
    return min(max(SHORTEST, trained // RAMP) // (ranks * often), longest * workers)


def pace(plan: Plan) -> tuple[int, int]:
    """Return how many times more often than by the rule ranks merge, and after how many words of a worker at most.

    It is the most that an objective or tags ask for.
    """
    often = max(objective(name).rank_merges for name in plan.config.objectives)
    longest = LONGEST // often
    if plan.tag_words is not None and architecture(plan.config.architecture).reads_contexts:
        return max(often, OFTENER_WITH_TAGS), min(longest, LONGEST_WITH_TAGS)
    return often, longest


@dataclass
class _Matrix:
    """A matrix, each row as it was at its last merge, and how often its rows are updated, hottest first."""

    own: NDArray[np.float32]
    base: NDArray[np.float32]
    order: NDArray[np.int64] | None
    heat: NDArray[np.float32]
    schedule: Schedule
    rows: RankMatrix
    # Since the last merge of each range of rows:
    since: NDArray[np.float64]  # words that one rank has trained, times their learning rate
    words: NDArray[np.float64]  # words that all ranks have trained
    tags: int = 0  # how many of the last rows are those of tags

    @classmethod
    def of(cls, table: Table, own: NDArray[np.float32], words: WordRates, tags: int = 0) -> _Matrix:
        """Rank the rows of a matrix by how often they are updated."""
        updates, order = table.update_rates(words), table.hottest(words)
        tag_rows = np.arange(len(updates), len(own))  # without a rate: its own rank trains each of them
        updates, order = np.pad(updates, (0, len(tag_rows))), np.concatenate([order, tag_rows])
        heat = updates[order].astype(np.float32)
        schedule = Schedule.of(heat, FIRST_ROWS)
        as_they_lie = None if bool((order == np.arange(len(order))).all()) else order
        base = zeros(*own.shape)
        base[...] = own
        rows = RankMatrix(own, base, as_they_lie)
        since, trained = np.zeros(len(schedule.stops)), np.zeros(len(schedule.stops))
        return cls(own, base, as_they_lie, heat, schedule, rows, since, trained, tags)

    def due(self, merge: int, everything: bool) -> int:
        """Return how many of the hottest rows are merged now."""
        return self.schedule.stops[-1] if everything else self.schedule.rows_at(merge)

    def accumulated_lr(self, rows: int) -> NDArray[np.float32]:
        """Return the sum of learning rates over one rank's updates of the first rows since their last merge."""
        return self.heat[:rows] * self._of_rows(self.since, rows)

    def log_growth(self, accumulated_lr: NDArray[np.float32], trained: float, power: float) -> NDArray[np.float32]:
        """Return the logarithm of how much more a rank would have changed the first rows after another rank's work.

        Changes grow like this power of the words that all ranks have trained.
        """
        step = np.minimum(self.words / np.maximum(trained - self.words, 1), LONGEST_STEP)
        log_growth = self._of_rows(power * np.log1p(step), len(accumulated_lr))
        bounded: NDArray[np.float32] = np.minimum(log_growth, np.float32(FASTEST) * accumulated_lr)
        return bounded

    def are_tags(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Return for some rows whether each is that of a tag."""
        rows = np.arange(start, stop) if self.order is None else self.order[start:stop]
        found: NDArray[np.bool_] = rows >= len(self.own) - self.tags
        return found

    def merged(self, rows: int) -> None:
        """Restart the counts of the first rows."""
        done = np.array(self.schedule.stops) <= rows
        self.since[done] = self.words[done] = 0

    def _of_rows(self, of_blocks: NDArray[np.float64], rows: int) -> NDArray[np.float32]:
        blocks = [(first, last) for first, last in self.schedule.blocks if first < rows]
        return np.repeat(of_blocks[: len(blocks)].astype(np.float32), [last - first for first, last in blocks])

    def moments(self) -> NDArray[np.float32]:
        number = min(SAMPLE, len(self.own))
        hottest = self.own[:number] if self.order is None else self.own[self.order[:number]]
        total = max(float(self.heat.sum(dtype=np.float64)), 1e-30)
        return moments(hottest, self.heat[:number] / np.float32(total))


def curvature_parts(config: TrainingConfig, contexts: float) -> tuple[float, float]:
    """Return what is left of the curvature of an input row, and of that of a target, where inputs are sums of n rows.

    An input row moves the sum by its factor, and receives the error by another. A target meets the sum, whose square is
    n times that of a row: what the rows have in common would make it up to n**2 times, but two ranks learn more without
    that (docs/distributed.md).

    Parameters
    ----------
    config : TrainingConfig
    contexts : float
        Of a centre, on average.

    Examples
    --------
    >>> curvature_parts(TrainingConfig(architecture="skipgram"), 6.0)
    (1.0, 1.0)
    >>> [round(part, 3) for part in curvature_parts(TrainingConfig(architecture="cbow"), 6.0)]
    [0.167, 0.167]
    >>> cbow = TrainingConfig(architecture="cbow")
    >>> curvature_parts(cbow, 101.0) == curvature_parts(cbow, 6.0)
    True
    """
    chosen = architecture(config.architecture)
    number = chosen.inputs(min(contexts, MOST_CONTEXTS))
    scale, error_scale = chosen.scales(config, number)
    return scale * error_scale, number * scale**2


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
        Bytes that have been summed so far.
    """

    def __init__(self, plan: Plan, weights: Weights, team: Team) -> None:
        self._team = team
        self._size = weights.vector_size
        words, tables = word_rates(plan), plan_tables(plan)
        tags = {INPUT: 0 if plan.tag_words is None else len(plan.tag_words)}
        self._matrices = {
            name: _Matrix.of(tables[name], own, words, tags.get(name, 0)) for name, own in weights.matrices.items()
        }
        columns = next(iter(weights.matrices.values())).shape[1]
        if any(matrix.shape[1] != columns for matrix in weights.matrices.values()):
            name = plan.config.architecture
            raise ValueError(f"the architecture {name!r} is trained by one process, as its matrices differ in width")
        self._room = zeros(max(MOST_BYTES // (4 * columns), 1), columns)
        self._parts = curvature_parts(plan.config, words.contexts)
        self._growth = min(objective(name).growth for name in plan.config.objectives) / team.size
        self.bytes = 0
        self.restart()

    def restart(self) -> None:
        """Restart the schedule. All rows are merged."""
        self._merges = 0
        for matrix in self._matrices.values():
            matrix.since[:] = matrix.words[:] = 0
        self._curvature: dict[str, Curvature] = {}

    def take_weights(self) -> None:
        """Take the rows as they are now for merged ones."""
        for matrix in self._matrices.values():
            matrix.base[...] = matrix.own

    def merge(self, trained: float, words: float, weighted_words: float, everything: bool) -> None:
        """Merge what is due, or all rows.

        Parameters
        ----------
        trained, words : float
            Words that all ranks have trained: in total, and since the last call.
        weighted_words : float
            Words that a rank has trained since the last call, times their learning rate; the mean over the ranks.
        everything : bool
        """
        # At the beginning the curvature grows from zero, so it is computed at the merges 0, 1, 2, 4, 8 of an epoch too.
        if self._merges % CURVATURE_INTERVAL == 0 or self._merges & (self._merges - 1) == 0:
            self._update_curvature()
        self._merges += 1
        # accumulated_lr and log_growth of the rows that are due
        how: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        for name, matrix in self._matrices.items():
            matrix.since += weighted_words
            matrix.words += words
            accumulated_lr = matrix.accumulated_lr(matrix.due(self._merges, everything))
            how[name] = accumulated_lr, matrix.log_growth(accumulated_lr, trained, self._growth)
        for piece in self._pieces({name: len(accumulated_lr) for name, (accumulated_lr, _) in how.items()}):
            self._merge_piece(piece, how)
        for name, (accumulated_lr, _) in how.items():
            self._matrices[name].merged(len(accumulated_lr))
        if everything:
            self.restart()

    def _pieces(self, due: dict[str, int]) -> Iterator[list[tuple[str, int, int]]]:
        """Cut the rows that are due into pieces that are summed at once: lists of (matrix, first row, stop)."""
        piece, left = [], len(self._room)
        for name, rows in due.items():
            start = 0
            while start < rows:
                stop = min(rows, start + left)
                piece.append((name, start, stop))
                left -= stop - start
                start = stop
                if not left:
                    yield piece
                    piece, left = [], len(self._room)
        if piece:
            yield piece

    def _merge_piece(
        self, piece: list[tuple[str, int, int]], how: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    ) -> None:
        views, end = [], 0
        for name, start, stop in piece:
            view = self._room[end : end + stop - start]
            self._matrices[name].rows.changes(start, stop, view)
            views.append((name, start, stop, view))
            end += stop - start
        sums = self._room[:end]
        of_one_rank = {name: self._rows_of_one_rank(name, start, stop, view) for name, start, stop, view in views}
        self._team.allreduce(sums)
        self.bytes += sums.nbytes
        for name, start, stop, view in views:
            accumulated_lr, log_growth = (of_rows[start:stop] for of_rows in how[name])
            if (alone := of_one_rank[name]) is not None:  # no curvature, no growth: the sum
                accumulated_lr, log_growth = accumulated_lr.copy(), log_growth.copy()
                accumulated_lr[alone] = log_growth[alone] = 0
            found, rows = self._curvature[name], self._matrices[name].rows
            rows.merge_ranks(
                start, stop, view, accumulated_lr, log_growth, found.eigenvectors, found.eigenvalues, found.rest,
                self._team.size,
            )  # fmt: skip

    def _rows_of_one_rank(
        self, name: str, start: int, stop: int, changes: NDArray[np.float32]
    ) -> NDArray[np.bool_] | None:
        """Return which of some rows are of tags that at most one rank has changed; None if there are no tags."""
        matrix = self._matrices[name]
        if not matrix.tags:
            return None
        changed: NDArray[np.float32] = np.any(changes, axis=1).astype(np.float32)
        self._team.allreduce(changed)
        self.bytes += changed.nbytes
        return matrix.are_tags(start, stop) & (changed <= 1)

    def _update_curvature(self) -> None:
        """Compute the curvature from the rows as rank 0 has them now, so that all ranks have the same bits.

        Raises
        ------
        RuntimeError
            If these are no longer finite; on all ranks, since all wait for the broadcast.
        """
        columns = self._room.shape[1]
        table = np.zeros((len(self._matrices), MOST_EIGENVECTORS + 2, columns), np.float32)
        if self._team.rank == 0:
            self._fill_in(table)
        self._team.broadcast(table.reshape(-1).view(np.uint8), 0)
        if np.isnan(table).any():
            raise RuntimeError("the vectors have become infinite or NaN: the training diverges; lower alpha")
        for place, name in zip(table, self._matrices, strict=True):
            self._curvature[name] = Curvature(place[:-2], place[-2, :MOST_EIGENVECTORS], float(place[-1, 0]))

    def _fill_in(self, table: NDArray[np.float32]) -> None:
        """Write the curvature of each matrix into an array, or NaN if rows are not finite."""
        with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
            means = {name: matrix.moments() for name, matrix in self._matrices.items()}
            targets = [mean for name, mean in means.items() if name != INPUT]
            if not all(np.isfinite(mean).all() for mean in means.values()):
                table[:] = np.nan
                return
            of_input, of_target = map(np.float32, self._parts)
            for place, name in zip(table, self._matrices, strict=True):
                is_input = name == INPUT
                met = of_input * sum(targets[1:], targets[0]) if is_input else of_target * means[INPUT]
                found = curvature(met, self._size)
                place[:-2], place[-2, :MOST_EIGENVECTORS] = found.eigenvectors, found.eigenvalues
                place[-1, 0] = found.rest
