"""What ``negative_sharing="auto"`` takes: decided from the words and their counts, when a run begins.

The two ways differ in one term. With "pair", a context moves along target rows that the contexts before it in the
window have just moved; so it takes, beside its own gradient, a little of each of them: ``alpha**2 * sum_t e e'`` times
the other's vector, where e and e' are their errors at target t. Errors at one target have one sign, so this pulls the
contexts of a window together. With "window" all start from the same values, and nothing does.

Where a word can be told from noise, errors are small, and so is the pull. It counts where a noise word is often one
that would have fitted: with a small vocabulary, and with many noise words. There "pair" learns the finer neighbourhoods
from it, and "window" does not. In text it pulls to the frequent words above all, and nothing is lost without it. Words
that are equally frequent lose most; they set the limits (docs/performance.md, tests/quality/sharing.py).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import AUTO, CBOW, HIERARCHICAL, NEGATIVE, PAIR, SENTENCE, WINDOW, TrainingConfig
from w2vcore.objectives.negative_sampling import noise_weights

# The widest windows that share noise words, or the path of hierarchical softmax: in wider ones a gradient stands for
# too many pairs, in text too.
WIDEST_SHARED = 10
WIDEST_SHARED_TREE = 5
# The fewest words that share: of those from which noise words are drawn, where five are drawn, and of those in a tree.
LEAST_NOISE_WORDS = 6000
LEAST_WORDS_IN_TREE = 2500


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


def least_noise_words(config: TrainingConfig) -> int:
    """Return how many words noise must be drawn from: what is lost grows about as the root of the noise words' number.

    An objective of somebody else's is judged as one with five.

    Examples
    --------
    >>> [least_noise_words(TrainingConfig(negative=number)) for number in (1, 5, 20)]
    [2683, 6000, 12000]
    """
    negative = config.negative if NEGATIVE in config.objectives else 5
    return round(LEAST_NOISE_WORDS * math.sqrt(negative / 5))


def choose_sharing(
    asked: str, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]
) -> tuple[str, str]:
    """Return "pair" or "window", and why, if that was left to this function ("" elsewhere).

    Parameters
    ----------
    asked : {"auto", "pair", "window"}
    config : TrainingConfig
        Of the run; its own `negative_sharing` is not looked at.
    counts, keep : ndarray, shape (V,)
        How often each word occurs, and its rate of keeping in 32 bits.

    Examples
    --------
    >>> config = TrainingConfig(architecture="skipgram")
    >>> counts, keep = np.ones(240, np.int64), np.full(240, 2**32 - 1, np.uint32)
    >>> choose_sharing("auto", config, counts, keep)
    ('pair', 'the noise words are as varied as 240 equally frequent ones, fewer than 6,000')
    """
    if asked != AUTO:
        return asked, ""
    if config.architecture == CBOW:
        return PAIR, ""  # it has no pairs, and looks at neither
    tree = HIERARCHICAL in config.objectives
    widest = WIDEST_SHARED_TREE if tree else WIDEST_SHARED
    if config.window == SENTENCE or config.window > widest:
        return PAIR, f"window={config.window!r} is wider than {widest}"
    if tree and not config.subsample:
        return PAIR, "hierarchical softmax shares only with subsampling, and sample=0"
    judged = []
    if config.objectives != (HIERARCHICAL,):
        noise = effective_number(noise_weights(counts, config.ns_exponent))
        judged.append(("noise words", noise, least_noise_words(config)))
    if tree:
        trained = effective_number(counts * ((keep + 1.0) / 2**32))
        judged.append(("words in the tree", trained, LEAST_WORDS_IN_TREE))
    for what, number, least in judged:
        if round(number) < least:
            return PAIR, f"the {what} are as varied as {number:,.0f} equally frequent ones, fewer than {least:,}"
    what, number, least = judged[0]
    return WINDOW, f"the {what} are as varied as {number:,.0f} equally frequent ones, at least {least:,}"
