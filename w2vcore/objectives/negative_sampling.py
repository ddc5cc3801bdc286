"""Negative sampling (Mikolov et al. 2013b, section 2.2): the true word against a few noise words."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig

from ._negative_sampling import NegativeSelector, vose
from .base import Objective


def noise_weights(counts: NDArray[np.int64], exponent: float) -> NDArray[np.float64]:
    """Return weights proportional to ``counts ** exponent``, the largest 1, for any finite exponent.

    A key that was never counted is never drawn, unless the exponent is 0 or nothing was counted: then all are equal.
    """
    if exponent == 0 or not (counts > 0).any():
        return np.ones(len(counts))
    with np.errstate(divide="ignore", under="ignore"):
        logs = exponent * np.log(counts.astype(np.float64))
        logs[counts <= 0] = -np.inf
        weights: NDArray[np.float64] = np.exp(logs - logs.max())
    return weights


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
    weights = noise_weights(np.asarray(counts), exponent)
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


class NegativeSampling(Objective):
    """The centre with label 1, and `negative` noise draws with label 0; a draw of the centre is dropped."""

    name: ClassVar[str] = "negative"

    @staticmethod
    def target_rows(vocabulary_size: int) -> int:
        """One row a key."""
        return vocabulary_size

    @classmethod
    def settings(cls, config: TrainingConfig) -> tuple[float, int]:
        """The distribution, and how often it is drawn from."""
        return config.ns_exponent, config.negative

    @staticmethod
    def selector(config: TrainingConfig, counts: NDArray[np.int64]) -> NegativeSelector:
        """Build the alias table."""
        return NegativeSelector(*alias_table(counts, config.ns_exponent), config.negative)
