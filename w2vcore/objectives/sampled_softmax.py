"""Sampled softmax (Bengio, Senécal 2008; Jean et al. 2015, arXiv:1412.2007): the true word among a few candidates."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import Table, WordRates

from ._negative_sampling import CandidateSelector
from .base import DeviceHalf, DeviceTables, Targets
from .links import softmax_link
from .negative_sampling import (
    NegativeSampling,
    alias_table_of,
    device_bytes_with_offsets,
    device_tables,
    first_unless_rare_noise,
)
from .noise import candidate_chances, candidate_weights


def inclusion_chances(config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how likely each word is to be among the candidates: ``1 - (1 - q) ** K``, of K draws.

    Examples
    --------
    >>> inclusion_chances(TrainingConfig(negative=2, ns_exponent=1.0), np.array([3, 1])).round(4).tolist()
    [0.9375, 0.4375]
    """
    with np.errstate(divide="ignore"):  # of the one word that there is
        never = config.negative * np.log1p(-candidate_chances(config, counts))
    chances: NDArray[np.float64] = -np.expm1(never)
    return chances


def score_corrections(config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Return what is added to the score of each word: minus the log of its chance to be a candidate; None: nothing.

    One that is never drawn is taken to be so with the probability 1e-30.
    """
    if not config.subtract_log_q:
        return None
    return -np.log(np.maximum(inclusion_chances(config, counts), 1e-30))


def centre_and_candidate_rates(words: WordRates) -> NDArray[np.float64]:
    """Return the update rates of a table of which an example updates the centre, and each other candidate once."""
    others = words.centres.sum() - words.centres
    rates: NDArray[np.float64] = words.examples * (
        words.centres + others * inclusion_chances(words.config, words.counts)
    )
    return rates


def tables_on_device(config: TrainingConfig, counts: NDArray[np.int64]) -> DeviceTables:
    """Return the alias table and the corrections as a GPU reads them, and room for drawn words."""
    return device_tables(config, counts, score_corrections(config, counts))


class SampledSoftmax(NegativeSampling):
    """The centre, and the words other than it that K draws bring, each once: a softmax over these.

    Each word has a chance Q to be drawn, whatever the true word is. If words were drawn independently of one another,
    the softmax over the candidates of scores less log Q would be the chance of each to be the true one, given who the
    candidates are; so the scores that fit best are those of a softmax over all words. With K draws that is so but for
    terms of the order of 1 / K. All Q approach 1 as K grows, and the gradient becomes that of the full softmax.

    TensorFlow's samplers go on drawing until K words differ; here the number of draws is fixed, as a draw belongs to
    its token (kernels/random.h).
    """

    name: ClassVar[str] = "sampled_softmax"
    purpose: ClassVar[int] = 3
    takes: ClassVar[frozenset[str]] = frozenset({"candidates", "subtract_log_q"})
    link = staticmethod(softmax_link)

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64]) -> None:
        super().__init__(config, counts)
        self.corrections = score_corrections(config, counts)

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the centre, then the other candidates in the order of their first draws."""
        drawn = self.noise(epoch, position, np.arange(draw0, draw0 + self.draws))
        rows = np.array(list(dict.fromkeys([centre, *drawn.tolist()])), np.uint32)
        labels = np.zeros(len(rows))
        labels[0] = 1.0
        return Targets(rows, labels, np.ones(len(rows)), None if self.corrections is None else self.corrections[rows])

    @classmethod
    def tables(cls, columns: int) -> tuple[Table, ...]:
        """One row for each key: met where it is the centre or a candidate."""
        return (Table(cls.name, f"syn1_{cls.name}", columns, centre_and_candidate_rates, first_unless_rare_noise),)

    @classmethod
    def settings(cls, config: TrainingConfig) -> Hashable:
        """The distribution, how often it is drawn from, and whether scores are corrected for it."""
        return super().settings(config), config.subtract_log_q

    @classmethod
    def log_prior(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Nothing, as scores are log-probabilities; but without corrections they are so less the log of Q."""
        if config.subtract_log_q:
            return np.zeros(len(counts))
        return np.log(np.maximum(inclusion_chances(config, counts), 1e-30))

    @classmethod
    def selector(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> CandidateSelector:
        """Build the alias table, and the corrections."""
        slots = alias_table_of(candidate_weights(config, counts))
        return CandidateSelector(*slots, config.negative, score_corrections(config, counts), cls.purpose)

    device: ClassVar[DeviceHalf | None] = DeviceHalf(
        str(Path(__file__).with_suffix(".cuh")), tables_on_device, device_bytes_with_offsets, soft=True, joint=True
    )
