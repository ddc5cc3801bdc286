"""Noise contrastive estimation (Gutmann, Hyvärinen 2010; for words Mnih, Teh 2012, arXiv:1206.6426)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import VOCABULARY, TrainingConfig

from ._negative_sampling import NegativeSelector
from .base import DeviceHalf, DeviceTables, Targets
from .negative_sampling import NegativeSampling, alias_table_of, device_bytes_with_offsets, device_tables
from .noise import candidate_chances, candidate_weights


def noise_offsets(config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ``-log(Z K q)`` of each word: Z is the normaliser, K how many are drawn, and q how likely each is.

    One that is never drawn is taken to be so with the probability 1e-30: its score says that it is no noise.

    Examples
    --------
    >>> counts = np.array([3, 1])
    >>> np.exp(noise_offsets(TrainingConfig(negative=2, ns_exponent=1.0), counts)).round(3).tolist()
    [0.667, 2.0]
    >>> np.exp(noise_offsets(TrainingConfig(negative=2, ns_exponent=1.0, normaliser="vocabulary"), counts)).tolist()
    [0.3333333333333333, 1.0]
    """
    expected = config.negative * np.maximum(candidate_chances(config, counts), 1e-30)
    if config.normaliser == VOCABULARY:
        expected = expected * len(counts)
    offsets: NDArray[np.float64] = -np.log(expected)
    return offsets


def tables_on_device(config: TrainingConfig, counts: NDArray[np.int64]) -> DeviceTables:
    """Return the alias table and the offsets as a GPU reads them, and room for drawn words with their labels."""
    return device_tables(config, counts, noise_offsets(config, counts), columns=3)


class NoiseContrastive(NegativeSampling):
    """Negative sampling that knows how likely each word is as noise.

    The chance that a word of score s is the true one, and not one of K noise words drawn with the probability q, is
    ``sigmoid(s - log(K q))`` if s is the logarithm of its probability. So scores become such logarithms without any
    normalisation: the normaliser Z, the sum of the exponentiated scores of all words, is taken to be 1, which costs
    nothing (Mnih, Teh 2012). It may be any other constant: vectors make it true. But they begin with scores of 0,
    whose normaliser is the number of words, and with another one they have a direction in common that only makes up
    for the difference. So there is none to learn: ``normaliser="vocabulary"`` starts with the right one.

    A word that is drawn as noise while it is also the true one stands for both: of its m + 1 counts one has the label
    1, so its label is 1 / (m + 1).
    """

    name: ClassVar[str] = "nce"
    purpose: ClassVar[int] = 2
    takes: ClassVar[frozenset[str]] = frozenset({"candidates", "normaliser"})

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64]) -> None:
        super().__init__(config, counts)
        self.offsets = noise_offsets(config, counts)

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the centre, then the distinct noise rows in the order of their first draws."""
        drawn = self.noise(epoch, position, np.arange(draw0, draw0 + self.draws))
        times = Counter([centre, *drawn.tolist()])
        rows, counts = np.array(list(times), np.uint32), np.array(list(times.values()), np.float64)
        labels = np.zeros(len(rows))
        labels[0] = 1 / times[centre]
        return Targets(rows, labels, counts, self.offsets[rows])

    @classmethod
    def settings(cls, config: TrainingConfig) -> Hashable:
        """The distribution, how often it is drawn from, and the normaliser."""
        return super().settings(config), config.normaliser

    @classmethod
    def log_prior(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Nothing: scores are log-probabilities, up to what they have in common."""
        return np.zeros(len(counts))

    @classmethod
    def selector(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> NegativeSelector:
        """Build the alias table, and the offsets."""
        slots = alias_table_of(candidate_weights(config, counts))
        return NegativeSelector(*slots, config.negative, noise_offsets(config, counts), cls.purpose)

    device: ClassVar[DeviceHalf | None] = DeviceHalf(
        str(Path(__file__).with_suffix(".cuh")), tables_on_device, device_bytes_with_offsets, soft=True
    )
