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

    With ``negative_sharing="window"`` all pairs of a centre share its noise words, and are one unit. Where contexts
    have weights, the gradients of a pair are multiplied with its context's.
    """

    name: ClassVar[str] = "skipgram"
    worker: ClassVar[type[SkipGramWorker]] = SkipGramWorker
    shares_targets: ClassVar[bool] = True
    weighs_contexts: ClassVar[bool] = True

    @classmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield the pairs of a window one by one, or all in one unit."""
        each = np.ones(len(contexts)) if weights is None else weights
        if config.negative_sharing == WINDOW:
            yield Unit(*merged([(contexts, each)]), len(contexts))
            return
        for ordinal in range(len(contexts)):
            one = slice(ordinal, ordinal + 1)
            yield Unit(contexts[one], each[one], 1, ordinal)

    @classmethod
    def units_of_bags(
        cls, config: TrainingConfig, bags: Sequence[Bag], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield each bag with the centre, or all in one unit; the input of several rows is their weighted mean."""
        each = np.ones(len(bags)) if weights is None else weights
        if config.negative_sharing == WINDOW:
            rows, counts = merged([(rows, times * weight) for (rows, times), weight in zip(bags, each, strict=True)])
            yield Unit(rows, counts, len(bags))
            return
        for ordinal, (bag, weight) in enumerate(zip(bags, each.tolist(), strict=True)):
            rows, counts = merged([bag])
            share = 1.0 / float(counts.sum())
            yield Unit(rows, counts, 1, ordinal, scale=share, error_scale=1.0, weight=weight)

    @classmethod
    def device_unit(cls, config: TrainingConfig) -> DeviceUnit:
        """Each pair by itself, or all at once."""
        return "window" if config.negative_sharing == WINDOW else "pair"

    @classmethod
    def examples(cls, contexts: float) -> float:
        """Each pair is an example."""
        return contexts
