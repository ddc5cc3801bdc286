"""A warning before a training that takes much longer than users may expect: the softmax over a large vocabulary."""

from __future__ import annotations

import os

from w2vcore.backends.base import Plan
from w2vcore.backends.run_tables import word_rates
from w2vcore.objectives.registry import objective

# Measured on a core of an Intel Xeon (Emerald Rapids), skip-gram over 500 to 3,200 words, with noise words shared and
# not: an epoch took 1/13 to 1/15 of as many times as long as with 5 noise words as there are words. In a second it
# did 3 to 15 times 10^9 products of two numbers, with what belongs to each.
NOISE_EPOCHS_PER_WORD = 1 / 13
PRODUCTS_PER_SECOND = 5e9
# An epoch of so many seconds is worth a warning; so are so many epochs, where it is not known how long one takes.
LONG_SECONDS, MANY_EPOCHS = 600, 1000


def why_slow(plan: Plan, words: int | None) -> str:
    """Return what to say before an epoch that takes long since each example trains all words; "": it does not.

    Parameters
    ----------
    plan : Plan
    words : int or None
        Of an epoch; None: that is not known.

    Examples
    --------
    >>> import numpy as np
    >>> from w2vcore.model.config import TrainingConfig
    >>> config = TrainingConfig(objectives=("softmax",), subsample=False, workers=1)
    >>> plan = Plan(config, np.ones(20_000, np.int64), np.ones(20_000, np.uint32), np.ones(1, np.float32))
    >>> print(why_slow(plan, 10**8))
    objective='softmax' trains all 20,000 words in each example: an epoch takes about 1,500 times as long as with 5
    noise words, some 11 hours here. Take objective='sampled_softmax', 'nce' or hs=1, or lower max_final_vocab
    >>> why_slow(plan, 10**5)
    ''
    """
    config, size = plan.config, len(plan.counts)
    slow = [name for name in config.objectives if objective(name).all_words()]
    if not slow:
        return ""
    epochs, takes = size * NOISE_EPOCHS_PER_WORD, ""
    if words is not None:
        rates = word_rates(plan)
        examples = words * rates.examples * float(rates.centres.sum())
        threads = min(config.workers, os.cpu_count() or 1)
        seconds = examples * size * config.vector_size / (PRODUCTS_PER_SECOND * threads)
        if seconds < LONG_SECONDS:
            return ""
        takes = f", some {_duration(seconds)} here"
    elif epochs < MANY_EPOCHS:
        return ""
    return (
        f"objective={slow[0]!r} trains all {size:,} words in each example: an epoch takes about "
        f"{float(f'{epochs:.2g}'):,.0f} times as long as with 5 noise words{takes}. Take "
        "objective='sampled_softmax', 'nce' or hs=1, or lower max_final_vocab"
    )


def _duration(seconds: float) -> str:
    """Return about how long that is.

    Examples
    --------
    >>> _duration(700), _duration(9000), _duration(10**6)
    ('12 minutes', '2 hours', '12 days')
    """
    for length, unit, most in ((60, "minutes", 120), (3600, "hours", 48)):
        if seconds < most * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"
