"""DBOW (Le and Mikolov 2014, arXiv:1405.4053): each tag of a document by itself predicts each of its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Bag, one_row
from w2vcore.model.tables import Table, WordRates, input_table

from ._dbow import DbowWorker
from .base import STRETCH, Architecture, Unit


class Dbow(Architecture):
    """One tag and the words of a stretch of the document at a time; each word has noise words of its own.

    The words of a stretch are scored together, from the values before the first of them: a pair at a time waits for its
    sigmoid, while theirs are taken side by side. Noise is not shared: with one noise for eight words the vectors are
    worse (the next line among the first ten in .081 of cases, not .099).

    Words are targets alone, and the settings of windows mean nothing to it. A sentence without tags trains nothing.
    """

    name: ClassVar[str] = "dbow"
    worker: ClassVar[type[DbowWorker]] = DbowWorker
    reads_contexts: ClassVar[bool] = False
    takes_stretches: ClassVar[bool] = True

    @classmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Refuse: there are no windows."""
        raise ValueError(f"the architecture {cls.name!r} trains stretches of sentences, not windows")

    @classmethod
    def units_of_bags(
        cls, config: TrainingConfig, bags: Sequence[Bag], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Refuse: there are no windows."""
        raise ValueError(f"the architecture {cls.name!r} trains stretches of sentences, not windows")

    @classmethod
    def units_of_stretch(
        cls,
        config: TrainingConfig,
        tags: NDArray[np.uint32],
        words: NDArray[np.uint32],
        places: NDArray[np.int64],
        apart: bool = False,
    ) -> Iterator[Unit]:
        """Yield each tag with the words."""
        size = 1 if apart else STRETCH
        for first in range(0, len(words), size):
            group = slice(first, first + size)
            for ordinal, tag in enumerate(tags.tolist()):
                yield Unit(
                    *one_row(tag),
                    len(words[group]),
                    ordinal,
                    scale=1.0,
                    error_scale=1.0,
                    positives=words[group],
                    places=places[group],
                )

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
