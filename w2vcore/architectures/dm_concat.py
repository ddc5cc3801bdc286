"""DM with joined inputs (Le and Mikolov 2014, arXiv:1405.4053): tags and words, side by side, predict the centre."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import SENTENCE, TrainingConfig

from ._dm_concat import DmConcatWorker
from .base import Architecture, Unit


class DmConcat(Architecture):
    """One window at a time; the hidden row is the rows of ``joined_tags`` tags and of each place of the window.

    Where a place has no word, the row of the word `padding` is taken, and is trained. Target rows are as wide as the
    hidden row, so there are many times as many weights as in other architectures.
    """

    name: ClassVar[str] = "dm_concat"
    worker: ClassVar[type[DmConcatWorker]] = DmConcatWorker
    joins: ClassVar[bool] = True

    @classmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield nothing: these are words of a sentence without tags."""
        return iter(())

    @classmethod
    def joined_units(
        cls, config: TrainingConfig, tags: NDArray[np.uint32], before: NDArray[np.uint32], after: NDArray[np.uint32]
    ) -> Iterator[Unit]:
        """Yield the one unit of a window."""
        window = int(config.window)
        left = np.full(window - len(before), config.padding, np.uint32)
        right = np.full(window - len(after), config.padding, np.uint32)
        rows = np.concatenate([tags, left, before, after, right]).astype(np.uint32)
        yield Unit(rows, np.ones(len(rows)), 1)

    @classmethod
    def target_columns(cls, config: TrainingConfig) -> int:
        """Return how long a target row is: as long as all inputs of a window."""
        if config.window == SENTENCE:
            raise ValueError(f"window must be a number of words with the architecture {cls.name!r}, got {SENTENCE!r}")
        return (config.joined_tags + 2 * int(config.window)) * config.vector_size

    @classmethod
    def examples(cls, contexts: float) -> float:
        """A window is one example."""
        return 1.0
