"""What the kernel looks up beside weights and tokens: keep rates, lock factors, and what each objective brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Plan
from w2vcore.kernels.reference_random import PURPOSE_TOKEN, random_key
from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import INPUT
from w2vcore.model.weights import Weights
from w2vcore.model.window_weights import weights_by_distance
from w2vcore.objectives.base import DeviceTables
from w2vcore.objectives.registry import objective

from .layout import ARRAY_FIELDS, LAUNCH, OBJECTIVE_FIELDS, common_number, refusal, window_of

Launch = NDArray[np.void]


@dataclass(frozen=True)
class Tables:
    """Host arrays by the names of the launch's fields; a table that a run does not need is not there.

    Attributes
    ----------
    arrays : dict of str to ndarray
        A name with a dot is a field of an objective, as in "first.array0".
    halves : dict of str to DeviceTables
        What each objective brings, by its name.
    """

    arrays: dict[str, NDArray[Any]]
    halves: dict[str, DeviceTables]

    @property
    def nbytes(self) -> int:
        """Bytes on the device."""
        return sum(array.nbytes for array in self.arrays.values())

    @property
    def max_targets(self) -> int:
        """The most that one example can have."""
        return max(half.max_targets for half in self.halves.values())


def tables(plan: Plan) -> Tables:
    """Build the tables of a run.

    Raises
    ------
    ValueError
        If an objective has no device half.

    Examples
    --------
    >>> from w2vcore.model.config import TrainingConfig
    >>> keep, lock = np.full(3, 2**32 - 1, np.uint32), np.ones(1, np.float32)
    >>> built = tables(Plan(TrainingConfig(negative=5, subsample=False), np.array([5, 2, 1]), keep, lock))
    >>> sorted(built.arrays), built.max_targets
    (['first.array0'], 6)
    """
    config = plan.config
    arrays: dict[str, NDArray[Any]] = {}
    halves: dict[str, DeviceTables] = {}
    if config.subsample:
        arrays["keep"] = np.ascontiguousarray(plan.keep, np.uint32)
    if len(plan.lock) != 1 or plan.lock[0] != 1:
        arrays["lock"] = np.ascontiguousarray(plan.lock, np.float32)
    if plan.features is not None:
        arrays["bag_from"], arrays["bag_rows"] = plan.features.indptr, plan.features.rows
        if plan.features.weights is not None:
            arrays["bag_weights"] = plan.features.weights
    for field, name in zip(OBJECTIVE_FIELDS, config.objectives, strict=False):
        chosen = objective(name)
        half = chosen.device_half()
        if half is None:
            raise ValueError(refusal("objective", name))
        halves[name] = half.tables(config, *(getattr(plan, part) for part in chosen.made_of))
        for inner, array in zip(ARRAY_FIELDS, halves[name].arrays, strict=False):
            arrays[f"{field}.{inner}"] = array
    return Tables(arrays, halves)


def context_weights(config: TrainingConfig, longest: int) -> NDArray[np.float32]:
    """Return the weights of contexts by their distance, as far as they reach in sentences of so many words.

    Examples
    --------
    >>> context_weights(TrainingConfig(window=4, window_weights="linear"), 3).tolist()
    [1.0, 0.75, 0.5]
    """
    return weights_by_distance(config.window, config.window_weights, max(longest, 1)).astype(np.float32)


def matrix_fields(config: TrainingConfig) -> dict[str, str]:
    """Return the matrices of a run, and the fields of a launch that have their addresses.

    Examples
    --------
    >>> matrix_fields(TrainingConfig(objectives=("tree", "negative")))
    {'input': 'input', 'tree': 'first.matrix', 'negative': 'second.matrix'}
    """
    fields = (f"{field}.matrix" for field in OBJECTIVE_FIELDS)
    return {INPUT: "input", **dict(zip(config.objectives, fields, strict=False))}


def put(launch: Launch, values: Mapping[str, Any]) -> None:
    """Write fields of a launch; a name with a dot is a field of an objective."""
    for name, value in values.items():
        owner, _, field = name.rpartition(".")
        (launch[owner] if owner else launch)[field] = value


def settings(plan: Plan, weights: Weights, built: Tables) -> Launch:
    """Return a launch with all that is neither an address nor changes from launch to launch.

    Parameters
    ----------
    plan : Plan
    weights : Weights
    built : Tables
    """
    config = plan.config
    launch = np.zeros(1, LAUNCH)
    launch["vocabulary"], launch["stride"] = len(plan.counts), weights.matrices[INPUT].shape[1]
    launch["size"] = weights.vector_size
    launch["lock_size"] = len(plan.lock)
    launch["window"] = window_of(config)
    launch["targets"] = common_number(built.halves)
    launch["shrink"] = config.draws_windows and launch["window"] > 1
    launch["cbow_mean"], launch["corrected"] = config.cbow_mean, config.cbow_corrected
    launch["max_targets"] = built.max_targets
    for field, half in zip(OBJECTIVE_FIELDS, built.halves.values(), strict=False):
        put(launch, {f"{field}.draws": half.draws, f"{field}.shared_bytes": half.shared_bytes})
    return launch


def set_keys(launch: Launch, config: TrainingConfig, epoch: int) -> None:
    """Write an epoch's keys of random numbers into a launch."""
    launch["token_key"] = random_key(config.seed, epoch, PURPOSE_TOKEN)
    for field, name in zip(OBJECTIVE_FIELDS, config.objectives, strict=False):
        purpose = objective(name).purpose
        put(launch, {f"{field}.key": 0 if purpose is None else random_key(config.seed, epoch, purpose)})
