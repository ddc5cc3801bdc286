"""What the kernel looks up beside weights and tokens: keep rates, lock factors, noise table, paths of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Plan
from w2vcore.kernels.reference_random import PURPOSE_TOKEN, random_key
from w2vcore.model.config import HIERARCHICAL, NEGATIVE
from w2vcore.model.weights import Weights
from w2vcore.objectives.huffman import word_paths
from w2vcore.objectives.negative_sampling import NegativeSampling, alias_table

from .layout import ALIAS_SLOT, LAUNCH, window_of

Launch = NDArray[np.void]


@dataclass(frozen=True)
class Tables:
    """Host arrays by the names of the launch's fields; a table that a run does not need is not there.

    Attributes
    ----------
    arrays : dict of str to ndarray
    max_targets : int
        The most that one centre can have.
    """

    arrays: dict[str, NDArray[Any]]
    max_targets: int

    @property
    def nbytes(self) -> int:
        """Bytes on the device."""
        return sum(array.nbytes for array in self.arrays.values())


def tables(plan: Plan) -> Tables:
    """Build the tables of a run.

    Examples
    --------
    >>> from w2vcore.model.config import TrainingConfig
    >>> keep, lock = np.full(3, 2**32 - 1, np.uint32), np.ones(1, np.float32)
    >>> built = tables(Plan(TrainingConfig(negative=5, subsample=False), np.array([5, 2, 1]), keep, lock))
    >>> sorted(built.arrays), built.max_targets
    (['alias'], 6)
    """
    config, counts = plan.config, np.asarray(plan.counts, np.int64)
    arrays: dict[str, NDArray[Any]] = {}
    most = 1
    if config.subsample:
        arrays["keep"] = np.ascontiguousarray(plan.keep, np.uint32)
    if len(plan.lock) != 1 or plan.lock[0] != 1:
        arrays["lock"] = np.ascontiguousarray(plan.lock, np.float32)
    if NEGATIVE in config.objectives:
        threshold, alias = alias_table(counts, config.ns_exponent)
        slots = np.empty(len(counts), ALIAS_SLOT)
        slots["threshold"], slots["alias"] = threshold, alias
        arrays["alias"] = slots
        most = 1 + config.negative
    if HIERARCHICAL in config.objectives:
        tree = word_paths(counts, plan.tree)
        arrays["path_offsets"], arrays["path_nodes"] = tree.offsets, tree.points
        arrays["path_labels"] = (1 - tree.codes).astype(np.uint8)
        most = max(most, tree.max_depth)
    return Tables(arrays, most)


def settings(plan: Plan, weights: Weights, max_targets: int) -> Launch:
    """Return a launch with all that is neither an address nor changes from launch to launch.

    Parameters
    ----------
    plan : Plan
    weights : Weights
    max_targets : int
    """
    config = plan.config
    launch = np.zeros(1, LAUNCH)
    launch["vocabulary"], launch["stride"] = weights.matrices["input"].shape
    launch["size"] = weights.vector_size
    launch["lock_size"] = len(plan.lock)
    launch["window"] = window_of(config)
    launch["noise"] = config.negative if NEGATIVE in config.objectives else 0
    launch["shrink"] = config.shrink_windows and launch["window"] > 1
    launch["cbow_mean"] = config.cbow_mean
    launch["max_targets"] = max_targets
    return launch


def set_keys(launch: Launch, seed: int, epoch: int) -> None:
    """Write an epoch's keys of random numbers into a launch."""
    launch["token_key"] = random_key(seed, epoch, PURPOSE_TOKEN)
    launch["negative_key"] = random_key(seed, epoch, NegativeSampling.purpose)
