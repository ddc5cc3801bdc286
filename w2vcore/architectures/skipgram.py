"""Skip-gram (Mikolov et al. 2013a): each context word by itself predicts the centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import WINDOW, TrainingConfig
from w2vcore.model.features import Bag, merged

from ._skipgram import SkipGramWorker
from .base import Architecture, DeviceUnit, Unit


class SkipGram(Architecture):
    """One (context, centre) pair at a time; contexts in ascending order, each with noise words of its own.

    With ``negative_sharing="window"`` all pairs of a centre share its noise words, and are one unit.
    """

    name: ClassVar[str] = "skipgram"
    worker: ClassVar[type[SkipGramWorker]] = SkipGramWorker
    shares_targets: ClassVar[bool] = True

    @classmethod
    def units(cls, config: TrainingConfig, contexts: NDArray[np.uint32]) -> Iterator[Unit]:
        """Yield the pairs of a window one by one, or all in one unit."""
        if config.negative_sharing == WINDOW:
            rows, counts = np.unique(contexts, return_counts=True)
            yield Unit(rows, counts.astype(np.float64), len(contexts))
            return
        for ordinal in range(len(contexts)):
            yield Unit(contexts[ordinal : ordinal + 1], np.ones(1), 1, ordinal)

    @classmethod
    def units_of_bags(cls, config: TrainingConfig, bags: Sequence[Bag]) -> Iterator[Unit]:
        """Yield each bag with the centre, or all in one unit; the input of several rows is their weighted mean."""
        if config.negative_sharing == WINDOW:
            rows, counts = merged(bags)
            yield Unit(rows, counts, len(bags))
            return
        for ordinal, bag in enumerate(bags):
            rows, weights = merged([bag])
            yield Unit(rows, weights, 1, ordinal, scale=1.0 / float(weights.sum()), error_scale=1.0)

    @classmethod
    def device_unit(cls, config: TrainingConfig) -> DeviceUnit:
        """Each pair by itself, or all at once."""
        return "window" if config.negative_sharing == WINDOW else "pair"

    @classmethod
    def examples(cls, contexts: float) -> float:
        """Each pair is an example."""
        return contexts
