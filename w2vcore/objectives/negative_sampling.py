"""Negative sampling (Mikolov et al. 2013b, section 2.2): the true word against a few noise words."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels.reference_random import random_key, random_words
from w2vcore.model.config import UNIGRAM, TrainingConfig
from w2vcore.model.tables import HotEnd, Table, WordRates

from ._negative_sampling import PURPOSE, NegativeSelector, vose
from .base import DeviceHalf, DeviceTables, Objective, Targets
from .noise import candidate_chances, candidate_weights, noise_weights
from .sharing import Sharing, noise_sharing

__all__ = ["NegativeSampling", "NegativeSelector", "alias_table", "cumulative_table", "noise_weights"]

# A slot of the alias table on a GPU, which negative_sampling.cuh reads at once.
ALIAS_SLOT = np.dtype([("threshold", "u4"), ("alias", "u4")], align=True)
# Targets that a warp names at once, at least, so that reads of the alias table overlap.
DRAWN_AHEAD = 128


def alias_table(counts: NDArray[np.int64], exponent: float) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the alias table (Walker 1977, built as by Vose 1991) of the noise distribution.

    A draw takes a slot uniformly, then the slot itself if a second 32-bit number is below its threshold, else its
    alias: exact to 2**-32 and the same time for every distribution.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
    exponent : float
        Keys are drawn in proportion to ``counts ** exponent``.

    Returns
    -------
    threshold, alias : ndarray of uint32, shape (V,)

    Examples
    --------
    >>> threshold, alias = alias_table(np.array([3, 1]), 1.0)
    >>> (threshold / 2**32).round(3), alias
    (array([1. , 0.5]), array([0, 0], dtype=uint32))
    """
    return alias_table_of(noise_weights(np.asarray(counts), exponent))


def alias_table_of(weights: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the alias table of any distribution.

    Examples
    --------
    >>> threshold, alias = alias_table_of(np.array([1.0, 2.0, 1.0]))
    >>> (threshold / 2**32).round(3), alias
    (array([0.75, 1.  , 0.75]), array([1, 1, 1], dtype=uint32))
    """
    return vose(weights * (len(weights) / weights.sum()))


def cumulative_table(counts: NDArray[np.int64], exponent: float, domain: int) -> NDArray[np.uint32]:
    """Return gensim's table of the noise distribution: its running sum, scaled to `domain` and rounded.

    Training does not use it, as rounding makes very rare words undrawable; see `alias_table`.

    Examples
    --------
    >>> cumulative_table(np.array([3, 1]), 1.0, 100)
    array([ 75, 100], dtype=uint32)
    """
    if not len(counts):
        return np.zeros(0, np.uint32)
    sums = np.cumsum(noise_weights(np.asarray(counts), exponent))
    table: NDArray[np.uint32] = np.rint(sums / sums[-1] * domain).astype(np.uint32)
    return table


def noise_and_centre_rates(words: WordRates) -> NDArray[np.float64]:
    """Return the update rates of a table of which an example updates the centre and the noise words."""
    noise = candidate_chances(words.config, words.counts)
    drawn = words.config.negative * words.centres.sum() * noise
    rates: NDArray[np.float64] = words.examples * (words.centres + drawn)
    return rates


def first_unless_rare_noise(words: WordRates) -> HotEnd:
    """Return where the hottest rows are: the first, unless a negative exponent has rare words drawn most often."""
    rare = words.config.candidates == UNIGRAM and words.config.ns_exponent < 0
    return "first" if words.descending and not rare else None


def device_tables(
    config: TrainingConfig, counts: NDArray[np.int64], offsets: NDArray[np.float64] | None = None, columns: int = 2
) -> DeviceTables:
    """Return the alias table as a GPU reads it, the halves of a slot side by side, and room for drawn words.

    Parameters
    ----------
    config : TrainingConfig
    counts : ndarray of int64, shape (V,)
    offsets : ndarray, shape (V,), optional
        What is added to the score of each word.
    columns : int
        Numbers that a warp keeps of each target: its row, its count, and what else its code has.
    """
    slots = np.empty(len(counts), ALIAS_SLOT)
    slots["threshold"], slots["alias"] = alias_table_of(candidate_weights(config, np.asarray(counts, np.int64)))
    targets = 1 + config.negative
    room = -(-max(targets, DRAWN_AHEAD) // 4) * 4 * columns * 4
    arrays = (slots,) if offsets is None else (slots, np.ascontiguousarray(offsets, np.float32))
    return DeviceTables(arrays, targets, False, config.negative, room, f"negative={config.negative} noise words")


def device_bytes(vocabulary: int) -> int:
    """Return the bytes of the alias table on a GPU."""
    return ALIAS_SLOT.itemsize * vocabulary


def device_bytes_with_offsets(vocabulary: int) -> int:
    """Return the bytes of the alias table and of the offsets on a GPU."""
    return device_bytes(vocabulary) + 4 * vocabulary


class NegativeSampling(Objective):
    """The centre with label 1, and `negative` noise draws with label 0; a draw of the centre is dropped.

    The alias table of `select` is that of the compiled selector, since equally right tables differ in their slots; a
    test compares the distribution that it implies with ``counts ** exponent``.
    """

    name: ClassVar[str] = "negative"
    purpose: ClassVar[int] = PURPOSE
    judge: Literal["examples", "targets"] = "examples"
    growth: ClassVar[float] = 4.0  # found by measurement (docs/distributed.md)
    # Twice as much cost skip-gram a point of analogies; the hottest rows alone bear it (backends/replicas.py).
    merge_interval: ClassVar[int] = 8192

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64]) -> None:
        self.draws = config.negative
        self.seed = config.seed
        self.threshold, self.alias = alias_table_of(candidate_weights(config, counts))

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the centre, then the distinct noise rows in the order of their first draws."""
        times = {centre: 1}
        for row in self.noise(epoch, position, np.arange(draw0, draw0 + self.draws)).tolist():
            if row != centre:
                times[row] = times.get(row, 0) + 1
        labels = np.zeros(len(times))
        labels[0] = 1.0
        return Targets(np.array(list(times), np.uint32), labels, np.array(list(times.values()), np.float64))

    def noise(self, epoch: int, position: int, draws: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the rows of these draw numbers, two 32-bit words each: one for the slot, one for its threshold."""
        key = random_key(self.seed, epoch, self.purpose)
        words = random_words(key, position, draws // 2)
        which = np.arange(len(draws))
        first, second = words[which, 2 * (draws % 2)], words[which, 2 * (draws % 2) + 1]
        slot = ((first * np.uint64(len(self.alias))) >> np.uint64(32)).astype(np.uint32)
        rows: NDArray[np.uint32] = np.where(second < self.threshold[slot], slot, self.alias[slot])
        return rows

    @classmethod
    def tables(cls, columns: int) -> tuple[Table, ...]:
        """One row for each key: met as often as it is a centre, and as often as it is drawn."""
        attribute = "syn1neg" if cls.name == "negative" else f"syn1_{cls.name}"  # gensim's name is not for subclasses
        return (Table(cls.name, attribute, columns, noise_and_centre_rates, first_unless_rare_noise),)

    @classmethod
    def busiest_share(cls, words: WordRates) -> float:
        """The share of the noise words that the one drawn most often has: many warps draw at the same time."""
        return float(candidate_chances(words.config, words.counts).max())

    @classmethod
    def check(cls, config: TrainingConfig) -> None:
        """It needs noise words."""
        if config.negative < 1:
            raise ValueError(f"negative must be at least 1 for the objective {cls.name!r}, got {config.negative}")

    @classmethod
    def settings(cls, config: TrainingConfig) -> Hashable:
        """The distribution, and how often it is drawn from."""
        return config.candidates, config.ns_exponent, config.negative

    @classmethod
    def sharing(cls, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]) -> Sharing:
        """Many words must be drawn."""
        return noise_sharing(candidate_weights(config, counts), config.negative)

    @classmethod
    def selector(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> NegativeSelector:
        """Build the alias table."""
        slots = alias_table_of(candidate_weights(config, counts))
        return NegativeSelector(*slots, config.negative, purpose=cls.purpose)

    device: ClassVar[DeviceHalf | None] = DeviceHalf(
        str(Path(__file__).with_suffix(".cuh")), device_tables, device_bytes
    )
