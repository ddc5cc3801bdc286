"""Which rows a worker trains on private copies, and for how long: the policy for kernels/replica.h.

The first worker always trains the shared matrices; each further one has a copy of their hottest rows, and merges it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.config import PAIR, TrainingConfig
from w2vcore.model.features import Features
from w2vcore.model.tables import INPUT, HotEnd
from w2vcore.model.weights import Weights, zeros
from w2vcore.objectives.registry import objective

from .base import Plan
from .run_tables import plan_tables, word_rates

# The more workers there are, the more each misses between two merges, and the more often all must merge. With more
# workers than this, merging costs what it saves.
MOST_WORKERS = 4
# Memory of all copies together, including their values at the last merge. More would be up to 1 % faster between cores
# without a common cache, and slower between others, since each epoch copies and merges all of it.
MOST_BYTES = 16 << 20
# Words of an epoch that a worker trains on the shared rows before it makes copies. A small corpus is done by then.
WORDS_BEFORE = 10_000
# Changes of all workers are added up, so rows that they all move in the same direction move too far. That harms most in
# the beginning, when rows grow from nothing in a few common directions, and it takes off with three and more workers.
# So from tick to tick there are also at most MOST_BLOCKS blocks for two workers at the first learning rate, a part of
# that for more, which falls with the fourth power of their number, and of either a quarter until all together have
# trained EARLY_WORDS. Simulated on 3.2 million words (skip-gram, 3 or 4 seeds, standard error .003), wordsim353 after
# one epoch of two workers goes from .144 to .254 (one worker: .240), analogies after two epochs of four workers from
# .050 to .057 (one: .058).
MOST_BLOCKS = 8192
EARLY_WORDS = 2_000_000
EARLY = 4
# In a smaller vocabulary each word is met so often between two merges that the sum of all workers' changes overshoots:
# with 60 words the loss of CBOW with two workers came out .060 higher than with one (standard error .009), with 400
# words .0074 (.0005), and without copies .0005 and -.0003 (200,000 words of planted pairs, 3 seeds, workers simulated
# in turns). A small vocabulary trains fast anyway.
FEWEST_WORDS = 5_000

# Rows of a table that are merged at every tick, where a row is taken to be updated the more often the lower its number:
# twice as many are at every second tick, four times as many at every fourth one.
FIRST_ROWS = 128

# With features, updates of a row between two merges, each of them the gradients of one example. What overshoots are
# target rows: input vectors that share n-grams have much in common, along which targets move together, and far. With
# 40,000 lines of text (3.2 million words, 100 dimensions, one seed) the loss of skip-gram's first epoch is 2.161 with
# one worker, 2.182 with two and all rows shared, 2.179 with copies of inputs alone, 2.249 and 2.312 where targets wait
# for 8 and 24 updates, too, and the scores of the vectors are no lower (docs/performance.md has them). Means in place
# of sums take the loss down to 1.94, and a third of the analogies with it.
INPUT_UPDATES = 96
TARGET_UPDATES = 8
# Rows that are updated less often in an epoch are shared: workers seldom meet in them, and each would miss much of what
# the others learn.
FEWEST_UPDATES = 1_000
# The rarest copies are merged at each tick whose number is a multiple of 2**RAREST.
RAREST = 16

Locks = dict[str, NDArray[np.int32]]


@dataclass(frozen=True, eq=False)
class HotRows:
    """The rows of one matrix that a worker copies.

    Attributes
    ----------
    stops : ndarray of int64, shape (n,)
        How many of the hottest are merged at every tick, at every second one, every fourth one, and so on; the last is
        how many are copied.
    end : {"first", "last", None}
        Whether they are the first or the last rows of the matrix; None: `rows` lists them.
    rows : ndarray of int64, shape (stops[-1],), or None
    """

    stops: NDArray[np.int64]
    end: HotEnd = "first"
    rows: NDArray[np.int64] | None = None

    @property
    def number(self) -> int:
        """How many are copied."""
        return int(self.stops[-1])


@dataclass(frozen=True, eq=False)
class Copied:
    """What further workers copy, and when they merge it.

    Attributes
    ----------
    matrices : dict of str to HotRows
        By name; of others nothing is copied.
    interval : int
        Blocks from tick to tick, for two workers at the first learning rate.
    features : Features or None
        What stands for each word, by the numbers that input rows have as copies (`WorkerMatrix.detach`).
    """

    matrices: dict[str, HotRows] = field(default_factory=dict)
    interval: int = 1
    features: Features | None = None


def hot_rows(plan: Plan, weights: Weights) -> Copied:
    """Return which rows of each matrix a worker copies; none if all workers train the shared rows alone.

    There are no copies with a small vocabulary, nor where the hottest rows of a matrix are scattered: with
    ``sorted_vocab=0``, after an update of the vocabulary, and with a negative ``ns_exponent``. With features, input
    rows are copied wherever they are.
    """
    config = plan.config
    if not 1 < config.workers <= MOST_WORKERS or len(plan.counts) < FEWEST_WORDS:
        return Copied()
    row_bytes = sum(matrix.itemsize * matrix.shape[1] for matrix in weights.matrices.values())
    most = int(MOST_BYTES // (2 * (config.workers - 1) * row_bytes))
    if plan.features is not None:
        return _by_rate(plan, weights, most)
    words = word_rates(plan)
    ends = {name: table.hot_end(words) for name, table in plan_tables(plan).items()}
    if None in ends.values():
        return Copied()
    numbers = {name: min(most, len(weights.matrices[name])) for name in ends}
    interval = min(objective(name).merge_interval for name in config.objectives)
    return Copied({name: HotRows(doubling_stops(numbers[name]), end) for name, end in ends.items()}, interval)


def doubling_stops(number: int) -> NDArray[np.int64]:
    """Return the stops by which row r, updated at most once in r words, has as many updates between two merges."""
    levels = max(0, math.ceil(math.log2(number / FIRST_ROWS)))
    return np.append(FIRST_ROWS << np.arange(levels, dtype=np.int64), number)


def _by_rate(plan: Plan, weights: Weights, most: int) -> Copied:
    """Return copies that are merged when they have been updated INPUT_UPDATES or TARGET_UPDATES times."""
    words, features = word_rates(plan), plan.features
    assert features is not None
    blocks = float(words.centres.sum()) * (words.examples if plan.config.negative_sharing == PAIR else 1.0)
    found: dict[str, tuple[HotEnd, NDArray[np.int64] | None, NDArray[np.float64]]] = {}
    for name, table in plan_tables(plan).items():
        rates = table.update_rates(words)
        number = min(most, int((rates * float(plan.counts.sum()) >= FEWEST_UPDATES).sum()))
        if name == INPUT and len(plan.lock) == 1:  # a longer lock goes by the number of a row
            rows = np.argsort(-rates[: features.input_rows], kind="stable")[:number].astype(np.int64)
            found[name] = None, rows, rates[rows] / INPUT_UPDATES
        elif name != INPUT and (end := table.hot_end(words)) is not None:
            found[name] = end, None, (rates if end == "first" else rates[::-1])[:number] / TARGET_UPDATES
    found = {name: copied for name, copied in found.items() if len(copied[2])}
    if not found:
        return Copied()
    interval = max(1, int(min(blocks / shares.max() for _, _, shares in found.values())))
    matrices = {
        name: HotRows(_stops(shares * (interval / blocks)), end, rows) for name, (end, rows, shares) in found.items()
    }
    inputs = matrices[INPUT].rows if INPUT in matrices else None
    renamed = None if inputs is None else features.renamed(inputs, len(weights.matrices[INPUT]))
    return Copied(matrices, interval, renamed)


def _stops(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the stops by which rows are merged before such shares of the updates that they may wait for add up to 1.

    Parameters
    ----------
    shares : ndarray of float64
        What each row has of these from tick to tick, in descending order.

    Examples
    --------
    >>> _stops(np.array([1.0, 0.6, 0.5, 0.3, 0.1])).tolist()
    [2, 4, 4, 5]
    """
    levels = np.log2(1 / np.maximum(shares, 0.5**RAREST)).astype(np.int64)
    return np.cumsum(np.bincount(np.maximum.accumulate(np.maximum(levels, 0))))


def copies_bytes(workers: int, model_bytes: int) -> int:
    """Return the most bytes that the copies of all workers take, for matrices of `model_bytes`."""
    copying = workers - 1 if workers <= MOST_WORKERS else 0
    return min(MOST_BYTES, 2 * copying * model_bytes)


def merge_locks(weights: Weights) -> Locks:
    """Return a lock for merging into each matrix, on cache lines of its own."""
    return {name: np.zeros(64, np.int32)[32:33] for name in weights.matrices}  # 128 bytes before and after


class Replicas:
    """One worker's copies.

    Parameters
    ----------
    config : TrainingConfig
    views : dict of str to WorkerMatrix
        The matrices as this worker sees them.
    copied : Copied
    locks : dict of str to ndarray of int32, shape (1,)
        What `merge_locks` made, the same for all workers.
    """

    def __init__(self, config: TrainingConfig, views: dict[str, WorkerMatrix], copied: Copied, locks: Locks) -> None:
        self._config = config
        self._views = views
        self._copied = copied
        self._locks = locks
        self._room: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        self._words = 0  # of this epoch,
        self._all_words = 0  # and of all epochs

    def merge_interval(self, alpha: float) -> int:
        """Return the number of blocks between two merges, at a learning rate.

        What a worker misses between two merges, and how far the sum of all changes overshoots, grow with the learning
        rate and the number of other workers. The second is also larger in the beginning.
        """
        workers = self._config.workers
        late = min(self._config.alpha / alpha, 16.0) if alpha else 16.0
        early = EARLY if self._all_words * workers < EARLY_WORDS else 1
        missing = self._copied.interval * (2 / workers) ** 2
        overshooting = MOST_BLOCKS * (2 / workers) ** 4 / early
        return max(1, round(late * min(missing, overshooting)))

    def trained(self, words: int) -> None:
        """Count words that were trained, and make the copies once WORDS_BEFORE are reached."""
        self._all_words += words
        before, self._words = self._words, self._words + words
        if self._copied.matrices and before < WORDS_BEFORE <= self._words:
            self._detach()

    def _detach(self) -> None:
        for name, hot in self._copied.matrices.items():
            view = self._views[name]
            number, columns = hot.number, view.shared.shape[1]
            if name not in self._room:
                self._room[name] = zeros(number, columns), zeros(number, columns)
            own, base = self._room[name]
            features = self._copied.features if name == INPUT else None
            view.detach(own, base, hot.stops, self._locks[name], hot.end == "last", hot.rows, features)

    def attach(self) -> None:
        """Merge, and train on the shared rows from now on."""
        self._words = 0
        for view in self._views.values():
            view.attach()
