"""The noise distribution: how often each word is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
