"""How ``negative_sharing="auto"`` chooses "pair" or "window", from the words and their counts, when a run begins.

The two ways differ in one term. With "pair", a context moves along target rows that the contexts before it in the
window have just moved. So its update includes, beside its own gradient, a little of each of them: ``alpha**2 * sum_t e
e'`` times the other's vector, where e and e' are their errors at target t. Errors at one target have the same sign, so
this term pulls the contexts of a window together. With "window" all contexts start from the same values, and there is
no such term.

Where a word is easily told from noise, errors are small, and so is the term. It matters where noise words often fit the
window: with a small vocabulary, and with many noise words. There, "pair" learns finer neighbourhoods from it. In text
it mostly pulls towards the frequent words, and nothing is lost without it. Corpora with equally frequent words lose
most; they set the limits (docs/performance.md, tests/quality/sharing.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vcore.architectures.registry import architecture
from w2vcore.model.config import AUTO, PAIR, SENTENCE, WINDOW, TrainingConfig
from w2vcore.objectives.registry import objective


def choose_sharing(
    asked: str, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]
) -> tuple[str, str]:
    """Return "pair" or "window", and the reason if `asked` is "auto", otherwise "".

    Parameters
    ----------
    asked : {"auto", "pair", "window"}
    config : TrainingConfig
        Of the run; its own `negative_sharing` is ignored.
    counts, keep : ndarray, shape (V,)
        How often each word occurs, and the probability of keeping it, scaled to 32 bits.

    Examples
    --------
    >>> config = TrainingConfig(architecture="skipgram")
    >>> counts, keep = np.ones(240, np.int64), np.full(240, 2**32 - 1, np.uint32)
    >>> choose_sharing("auto", config, counts, keep)
    ('pair', 'the noise words are as varied as 240 equally frequent ones, fewer than 6,000')
    """
    if asked != AUTO:
        return asked, ""
    if not architecture(config.architecture).shares_targets:
        return PAIR, ""  # it has no pairs, so the setting does not matter
    conditions = [objective(name).sharing(config, counts, keep) for name in reversed(config.objectives)]
    widest = min(each.widest for each in conditions)
    if config.window == SENTENCE or config.window > widest:
        return PAIR, f"window={config.window!r} is wider than {widest}"
    for each in conditions:
        if each.refusal:
            return PAIR, each.refusal
    for each in conditions:
        if round(each.number) < each.least:
            return PAIR, (
                f"the {each.what} are as varied as {each.number:,.0f} equally frequent ones, fewer than {each.least:,}"
            )
    first = conditions[0]
    return WINDOW, (
        f"the {first.what} are as varied as {first.number:,.0f} equally frequent ones, at least {first.least:,}"
    )
