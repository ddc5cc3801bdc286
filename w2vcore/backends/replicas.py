"""Which rows a worker has to itself for a while, and when: the policy for kernels/replica.h.

The first worker always trains the shared matrices; each further one has a copy of their hottest rows, and merges it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.config import TrainingConfig
from w2vcore.model.weights import Weights, zeros
from w2vcore.objectives.registry import objective

from .base import Plan

# The more workers there are, the more each misses between two merges, and the more often all must merge: with more
# than these, merging costs what it saves.
MOST_WORKERS = 4
# All copies together take no more memory than this, with what they were when they were last merged. More would be up to
# 1 % faster between cores without a common cache, and slower between others: an epoch begins and ends with all of it.
MOST_BYTES = 16 << 20
# So many words of an epoch a worker trains on the shared rows before it makes a copy: a small corpus is done by then.
WORDS_BEFORE = 10_000
# Of fewer words, each is met so often between two merges that the sum of what all workers have learned overshoots: with
# 60 words the loss of CBOW with two workers came out .060 higher than with one (standard error .009), with 400 words
# .0074 (.0005), and without copies .0005 and -.0003 (200,000 words of planted pairs, 3 seeds, workers simulated in
# turns). A small vocabulary takes little time anyway.
FEWEST_WORDS = 5_000
# Blocks from one tick to the next for two workers, at the first learning rate. The root of a tree is met in each block.
# Twice as far apart they cost sgns a point of analogies; the hottest rows alone bear it (W2V_FIRST in replica.h).
TICKS = {"negative": 8192, "tree": 1024}

Busy = dict[str, NDArray[np.int32]]


def hot_rows(plan: Plan, weights: Weights) -> int:
    """How many rows of each matrix a worker copies; 0 if all workers train the shared rows alone.

    There are no copies of few words, nor where the first rows, or the last nodes of a tree, are not the hottest: with
    ``sorted_vocab=0``, after an update of the vocabulary, for noise words drawn with a negative exponent, and with
    features, whose hottest rows may lie anywhere.
    """
    config = plan.config
    if plan.features is not None:
        return 0
    rare_noise = "negative" in config.objectives and config.ns_exponent < 0
    if not 1 < config.workers <= MOST_WORKERS or len(plan.counts) < FEWEST_WORDS:
        return 0
    if rare_noise or (plan.counts[1:] > plan.counts[:-1]).any():
        return 0
    if "tree" in config.objectives and plan.tree is not None and (np.diff(plan.tree.weights(plan.counts)) < 0).any():
        return 0
    row_bytes = sum(4 * matrix.shape[1] for matrix in weights.matrices.values())
    return int(MOST_BYTES // (2 * (config.workers - 1) * row_bytes))


def copies_bytes(workers: int, model_bytes: int) -> int:
    """Memory that the copies of all workers take at most, for matrices of so many bytes."""
    copying = workers - 1 if workers <= MOST_WORKERS else 0
    return min(MOST_BYTES, 2 * copying * model_bytes)


def busy_flags(weights: Weights) -> Busy:
    """A flag for those who merge into a matrix, for each matrix; on cache lines of their own."""
    return {name: np.zeros(64, np.int32)[32:33] for name in weights.matrices}  # 128 bytes before and behind


class Replicas:
    """One worker's copies.

    Parameters
    ----------
    config : TrainingConfig
    views : dict of str to WorkerMatrix
        The matrices as this worker sees them.
    rows : int
        Rows of each to copy, or all of a smaller one; 0: none.
    busy : dict of str to ndarray of int32, shape (1,)
        What `busy_flags` made, the same for all workers.
    """

    def __init__(self, config: TrainingConfig, views: dict[str, WorkerMatrix], rows: int, busy: Busy) -> None:
        self._config = config
        self._views = views
        self._rows = rows
        self._busy = busy
        self._room: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        self._words = 0

    def tick(self, alpha: float) -> int:
        """Blocks from one tick to the next, at a learning rate.

        What a worker misses between two merges, and how far the sum of what all have learned overshoots, grow with the
        number of the others and with the learning rate.
        """
        late = min(self._config.alpha / alpha, 16.0) if alpha else 16.0
        ticks = min(TICKS.get(name, min(TICKS.values())) for name in self._config.objectives)
        return max(1, round(4 * ticks * late / self._config.workers**2))

    def trained(self, words: int) -> None:
        """So many words of the epoch are done: make the copies if it is time."""
        before, self._words = self._words, self._words + words
        if self._rows and before < WORDS_BEFORE <= self._words:
            self._separate()

    def _separate(self) -> None:
        for name, view in self._views.items():
            rows, columns = view.shared.shape
            if name not in self._room:
                hot = min(rows, self._rows)
                self._room[name] = zeros(hot, columns), zeros(hot, columns)
            own, base = self._room[name]
            view.separate(own, base, name != "input" and objective(name).hottest_last, self._busy[name])

    def rejoin(self) -> None:
        """Merge, and train on the shared rows from now on."""
        self._words = 0
        for view in self._views.values():
            view.rejoin()
