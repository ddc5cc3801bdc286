"""DBOW (Le and Mikolov 2014, arXiv:1405.4053): each tag of a document by itself predicts each of its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Bag, merged
from w2vcore.model.tables import Table, WordRates, input_table

from ._dbow import DbowWorker
from .base import Architecture, Unit


class Dbow(Architecture):
    """One (tag, word) pair at a time; tags in their order, each with noise words of its own.

    Words are targets alone, and the settings of windows mean nothing to it. A sentence without tags trains nothing.
    """

    name: ClassVar[str] = "dbow"
    worker: ClassVar[type[DbowWorker]] = DbowWorker
    reads_contexts: ClassVar[bool] = False

    @classmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield nothing: these are words of a sentence without tags."""
        return iter(())

    @classmethod
    def units_of_bags(
        cls, config: TrainingConfig, bags: Sequence[Bag], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield each tag with the word."""
        for ordinal, bag in enumerate(bags):
            yield Unit(*merged([bag]), 1, ordinal)

    @classmethod
    def examples(cls, contexts: float) -> float:
        """Each tag of a word is an example; usually there is one."""
        return 1.0

    @classmethod
    def tables(cls, columns: int) -> tuple[Table, ...]:
        """Return the table of the input rows, of which those of words are not trained."""
        return (replace(input_table(columns), update_rates=_no_rates),)


def _no_rates(words: WordRates) -> NDArray[np.float64]:
    return np.zeros(len(words.counts))
