"""Skip-gram with the centre as input, as fastText has it: the mean of its rows predicts all its contexts at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import WINDOW, TrainingConfig
from w2vcore.model.features import Bag, merged

from ._subword_skipgram import SubwordSkipGramWorker
from .base import MOST_POSITIVES, Architecture, Unit


class SubwordSkipGram(Architecture):
    """The centre's bag of rows against the targets of its contexts (Bojanowski et al. 2017, arXiv:1607.04606).

    A bag is many rows, and to sum it and to hand it its error costs more than to score a few targets. So both are done
    once for all contexts of a centre: the pairs train the sum, one after the other, and what it has received goes to
    the rows at the end.

    With ``negative_sharing="window"`` the contexts share noise words, and their scores are taken from the values before
    the first. Units have at most `MOST_POSITIVES` contexts then; a window with more is several, one after the other.
    """

    name: ClassVar[str] = "subword_skipgram"
    worker: ClassVar[type[SubwordSkipGramWorker]] = SubwordSkipGramWorker
    shares_targets: ClassVar[bool] = True
    shares_targets_of_bags: ClassVar[bool] = True
    weighs_contexts: ClassVar[bool] = True
    predicts_contexts: ClassVar[bool] = True
    takes_tags: ClassVar[bool] = False

    @classmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Refuse: contexts alone are no unit."""
        raise ValueError(f"the architecture {cls.name!r} needs the centre of a window, not its contexts alone")

    @classmethod
    def units_of_bags(
        cls, config: TrainingConfig, bags: Sequence[Bag], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Refuse tags, for which there is no place here."""
        raise ValueError(f"the architecture {cls.name!r} does not train tags of sentences")

    @classmethod
    def units_of_centre(
        cls,
        config: TrainingConfig,
        bag: Bag,
        contexts: NDArray[np.uint32],
        weights: NDArray[np.float64] | None = None,
        apart: bool = False,
    ) -> Iterator[Unit]:
        """Yield the contexts in groups, each with the mean of the centre's rows, of which all get the whole error."""
        rows, counts = merged([bag])
        share = 1.0 / float(counts.sum())
        if config.negative_sharing != WINDOW:
            most = len(contexts)
        else:
            most = 1 if apart else MOST_POSITIVES
        for first in range(0, len(contexts), most):
            group = slice(first, first + most)
            yield Unit(
                rows,
                counts,
                len(contexts[group]),
                first,
                scale=share,
                error_scale=1.0,
                positives=contexts[group],
                positive_weights=None if weights is None else weights[group],
                shares_draws=config.negative_sharing == WINDOW,
            )

    @classmethod
    def examples(cls, contexts: float) -> float:
        """Each pair is an example."""
        return contexts
