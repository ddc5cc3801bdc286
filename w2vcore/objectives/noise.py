"""The noise distribution: how often each word is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import LOG_UNIFORM, TrainingConfig


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


def log_uniform_weights(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights proportional to ``log((r + 2) / (r + 1))``, the largest 1, of ranks r by count, from 0.

    About what Zipf's law says of a text, and what TensorFlow draws candidates by. It takes the row for the rank; here
    rows may be in any order, and equal counts rank by their rows.

    Examples
    --------
    >>> log_uniform_weights(np.array([5, 9, 1])).round(3).tolist()
    [0.585, 1.0, 0.415]
    """
    ranks = np.empty(len(counts))
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    weights: NDArray[np.float64] = np.log1p(1 / (ranks + 1)) / np.log(2)
    return weights


def candidate_weights(config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights in proportion to which a run draws words, as its `candidates` says.

    Examples
    --------
    >>> candidate_weights(TrainingConfig(ns_exponent=1.0), np.array([4, 1])).tolist()
    [1.0, 0.25]
    """
    if config.candidates == LOG_UNIFORM:
        return log_uniform_weights(counts)
    return noise_weights(counts, config.ns_exponent)


def candidate_chances(config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the probability of each word in one draw.

    Examples
    --------
    >>> candidate_chances(TrainingConfig(ns_exponent=1.0), np.array([4, 1])).tolist()
    [0.8, 0.2]
    """
    weights = candidate_weights(config, counts)
    chances: NDArray[np.float64] = weights / weights.sum()
    return chances
