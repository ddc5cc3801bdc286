"""Continuous bag of words (Mikolov et al. 2013a): the context words together predict the centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Bag, merged, one_row

from ._cbow import CbowWorker
from .base import Architecture, DeviceUnit, Unit


class Cbow(Architecture):
    """One window at a time; the hidden row is the mean of its context rows, or their sum with ``cbow_mean=0``.

    Each row of the mean gets the whole error, as in word2vec.c; those of the sum share it, as in gensim. So the hidden
    row moves by its error in either case, for windows of any width. With ``cbow_corrected`` the rows of the mean share
    the error, too, as its gradient says (Irsoy, Benton and Stratos 2020, arXiv:2012.15332).

    Where contexts have weights, these are the weights of the mean or the sum, and a row takes its error times its own.
    """

    name: ClassVar[str] = "cbow"
    worker: ClassVar[type[CbowWorker]] = CbowWorker
    weighs_contexts: ClassVar[bool] = True

    @classmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield the one unit of a window."""
        return cls.units_of_bags(config, [one_row(word) for word in contexts], weights)

    @classmethod
    def units_of_bags(
        cls, config: TrainingConfig, bags: Sequence[Bag], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield the one unit of a window, with the rows of all bags."""
        if weights is not None:
            bags = [(rows, weight * times) for (rows, times), weight in zip(bags, weights, strict=True)]
        rows, counts = merged(bags)
        scale, error_scale = cls.scales(config, float(counts.sum()))
        yield Unit(rows, counts, 1, scale=scale, error_scale=error_scale)

    @classmethod
    def inputs(cls, contexts: float) -> float:
        """All contexts together are the input."""
        return contexts

    @classmethod
    def scales(cls, config: TrainingConfig, total: float) -> tuple[float, float]:
        """Return the factors of the sum of rows of a total weight, and of the error that each receives."""
        share = 1.0 / total
        if config.cbow_corrected:
            return share, share
        return (share, 1.0) if config.cbow_mean else (1.0, share)

    @classmethod
    def device_unit(cls, config: TrainingConfig) -> DeviceUnit:
        """The mean, or the sum with ``cbow_mean=0``."""
        return "mean"

    @classmethod
    def examples(cls, contexts: float) -> float:
        """A window is one example."""
        return 1.0
