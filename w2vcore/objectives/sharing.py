"""What an objective asks of a corpus before the pairs of a window share their targets (training/sharing.py decides)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The fewest words of which five noise words are drawn, and the widest windows, that share noise words: in wider ones a
# gradient stands for too many pairs, in text too (docs/performance.md).
LEAST_NOISE_WORDS = 6000
WIDEST_SHARED = 10


@dataclass(frozen=True)
class Sharing:
    """The conditions of one objective.

    Attributes
    ----------
    what : str
        The words that must be varied enough, for messages.
    number : float
        As how many equally frequent ones they are varied.
    least : int
        As how many they must be, at least.
    widest : int
        The widest window that shares.
    refusal : str
        Why nothing is shared whatever the corpus; "": no such reason.
    """

    what: str
    number: float
    least: int
    widest: int
    refusal: str = ""


def effective_number(weights: NDArray[np.float64]) -> float:
    """Return how many equally likely things are as uncertain as these: their perplexity, exp(entropy).

    Examples
    --------
    >>> round(effective_number(np.array([1.0, 1.0, 1.0])), 6), round(effective_number(np.array([98.0, 1.0, 1.0])), 2)
    (3.0, 1.12)
    """
    weights = weights[weights > 0]
    if not len(weights):
        return 0.0
    share = weights / weights.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def least_noise_words(negative: int) -> int:
    """Return how many words noise must be drawn from: what is lost grows about as the root of the noise words' number.

    Examples
    --------
    >>> [least_noise_words(negative) for negative in (1, 5, 20)]
    [2683, 6000, 12000]
    """
    return round(LEAST_NOISE_WORDS * math.sqrt(negative / 5))


def noise_sharing(weights: NDArray[np.float64], negative: int) -> Sharing:
    """Return the conditions of an objective that draws so many noise words in proportion to these weights."""
    return Sharing("noise words", effective_number(weights), least_noise_words(negative), WIDEST_SHARED)
