"""Which rows a worker trains on private copies, and for how long: the policy for kernels/replica.h.

The first worker always trains the shared matrices; each further one has a copy of their hottest rows, and merges it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import HotEnd
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
# In a smaller vocabulary each word is met so often between two merges that the sum of all workers' changes overshoots:
# with 60 words the loss of CBOW with two workers came out .060 higher than with one (standard error .009), with 400
# words .0074 (.0005), and without copies .0005 and -.0003 (200,000 words of planted pairs, 3 seeds, workers simulated
# in turns). A small vocabulary trains fast anyway.
FEWEST_WORDS = 5_000

Locks = dict[str, NDArray[np.int32]]


@dataclass(frozen=True)
class HotRows:
    """Which rows a worker copies.

    Attributes
    ----------
    number : int
        Rows of each matrix (all of a smaller one); 0: none.
    ends : dict of str to {"first", "last", None}
        Whether they are the first or the last rows of each matrix.
    """

    number: int
    ends: dict[str, HotEnd]


def hot_rows(plan: Plan, weights: Weights) -> HotRows:
    """Return which rows of each matrix a worker copies; none if all workers train the shared rows alone.

    There are no copies with a small vocabulary, nor where the hottest rows of a matrix are scattered: with
    ``sorted_vocab=0``, after an update of the vocabulary, with a negative ``ns_exponent``, and with features.
    """
    config = plan.config
    if not 1 < config.workers <= MOST_WORKERS or len(plan.counts) < FEWEST_WORDS:
        return HotRows(0, {})
    words = word_rates(plan)
    ends = {name: table.hot_end(words) for name, table in plan_tables(plan).items()}
    if None in ends.values():
        return HotRows(0, {})
    row_bytes = sum(matrix.itemsize * matrix.shape[1] for matrix in weights.matrices.values())
    return HotRows(int(MOST_BYTES // (2 * (config.workers - 1) * row_bytes)), ends)


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
    rows : HotRows
    locks : dict of str to ndarray of int32, shape (1,)
        What `merge_locks` made, the same for all workers.
    """

    def __init__(self, config: TrainingConfig, views: dict[str, WorkerMatrix], rows: HotRows, locks: Locks) -> None:
        self._config = config
        self._views = views
        self._rows = rows
        self._locks = locks
        self._room: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        self._words = 0

    def merge_interval(self, alpha: float) -> int:
        """Return the number of blocks between two merges, at a learning rate.

        What a worker misses between two merges, and how far the sum of all changes overshoots, grow with the number of
        other workers and with the learning rate.
        """
        late = min(self._config.alpha / alpha, 16.0) if alpha else 16.0
        interval = min(objective(name).merge_interval for name in self._config.objectives)
        return max(1, round(4 * interval * late / self._config.workers**2))

    def trained(self, words: int) -> None:
        """Count words that were trained, and make the copies once WORDS_BEFORE are reached."""
        before, self._words = self._words, self._words + words
        if self._rows.number and before < WORDS_BEFORE <= self._words:
            self._detach()

    def _detach(self) -> None:
        for name, view in self._views.items():
            rows, columns = view.shared.shape
            if name not in self._room:
                hot = min(rows, self._rows.number)
                self._room[name] = zeros(hot, columns), zeros(hot, columns)
            own, base = self._room[name]
            view.detach(own, base, self._rows.ends[name] == "last", self._locks[name])

    def attach(self) -> None:
        """Merge, and train on the shared rows from now on."""
        self._words = 0
        for view in self._views.values():
            view.attach()
