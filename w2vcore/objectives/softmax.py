"""Softmax over the whole vocabulary: the basic formulation of skip-gram (Mikolov et al. 2013b, equation 2)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import WordRates

from ._softmax import AllRowsSelector
from .base import DeviceHalf, DeviceTables, Objective, Targets
from .links import softmax_link
from .sharing import WIDEST_SHARED, Sharing

# An epoch takes some five thousand times as long with this many words as with 5 noise words (training/duration.py).
# Beyond it nobody would wait for the end.
MOST_WORDS = 1 << 16


def check_size(words: int) -> None:
    """Refuse a vocabulary that is too large.

    Raises
    ------
    ValueError
    """
    if words > MOST_WORDS:
        raise ValueError(
            f"objective='softmax' must have a vocabulary of at most {MOST_WORDS:,} words, as each example trains them "
            f"all, got {words:,}: take objective='sampled_softmax' or hs=1, or lower max_final_vocab"
        )


def tables_on_device(config: TrainingConfig, counts: NDArray[np.int64]) -> DeviceTables:
    """Return nothing but how many targets there are."""
    check_size(len(counts))
    return DeviceTables((), len(counts))


class Softmax(Objective):
    """All words, the centre with label 1: ``p(w) = exp(s_w) / sum exp(s)``, and the loss is -log p(centre), exactly.

    Nothing is drawn, and a call updates all rows from their values at its entry. So the pairs of a window lose nothing
    but each other's updates if they are trained together, and the matrix is gone over once for all of them.
    """

    name: ClassVar[str] = "softmax"
    link = staticmethod(softmax_link)

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64]) -> None:
        check_size(len(counts))
        self.rows = np.arange(len(counts), dtype=np.uint32)
        self.once = np.ones(len(counts))

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name all rows."""
        labels = np.zeros(len(self.rows))
        labels[centre] = 1.0
        return Targets(self.rows, labels, self.once)

    @classmethod
    def all_words(cls) -> bool:
        """It does."""
        return True

    @classmethod
    def scratch_bytes(cls, vocabulary: int, contexts: int) -> int:
        """A score for each word and context, and 21 floats for each word (`w2v_scratch_floats` in kernels/block.h)."""
        return 4 * (8 * math.ceil(vocabulary / 6) * (contexts + 1) + 21 * vocabulary)

    @classmethod
    def busiest_share(cls, words: WordRates) -> float:
        """Four times the share of the most frequent centre, though each example updates all rows.

        An example moves a word in proportion to its probability p, and the curvature of its loss by that word's score
        is p (1 - p), where that of a logistic loss is at most 1/4.
        """
        return float(min(1.0, 4.0 * words.centres.max() / max(words.centres.sum(), 1e-30)))

    @classmethod
    def settings(cls, config: TrainingConfig) -> tuple[()]:
        """None: there is nothing to choose."""
        return ()

    @classmethod
    def sharing(cls, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]) -> Sharing:
        """Any words: there are no noise words that might be too few."""
        return Sharing("words", float(len(counts)), 0, WIDEST_SHARED)

    @classmethod
    def log_prior(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Nothing: scores are log-probabilities, up to what they have in common."""
        return np.zeros(len(counts))

    @classmethod
    def selector(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> AllRowsSelector:
        """Build the tables."""
        check_size(len(counts))
        return AllRowsSelector(len(counts))

    device: ClassVar[DeviceHalf | None] = DeviceHalf(
        str(Path(__file__).with_suffix(".cuh")), tables_on_device, lambda vocabulary: 0, soft=True, joint=True
    )
