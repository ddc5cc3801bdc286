"""How many warps may work at once, before too many of them correct the same row from the same stale value.

A warp reads a row, computes, and adds its change later. If a row belongs to a share p of all words, W * p of W warps
work on it at the same time, and none of them sees what the others add. Together they make one step that is up to W * p
times as long as a single one. A step of gradient descent on the logistic loss overshoots when step length times
curvature passes 2; the curvature of one example is at most |x|^2 / 4. With the usual rate of 0.025 and rows of length
about 1, this happens at W * p = 2 / (0.025 / 4) = 320; a limit of 64 leaves a factor of five for longer rows.

For a large vocabulary with subsampling (p about 0.01) this allows thousands of warps, more than any device holds. The
limit matters where a few words make up most of the text: with small vocabularies, and with sample=0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from w2vcore.backends.base import Plan
from w2vcore.backends.run_tables import word_rates
from w2vcore.objectives.registry import objective

MOST_AT_ONCE = 64


def busiest_share(plan: Plan) -> float:
    """Return the largest share that a row has of the centres, of the tagged words, or of an objective's targets."""
    words = word_rates(plan)
    if not words.centres.any():
        words = replace(words, counts=np.ones_like(words.counts), centres=np.ones(len(words.counts)))
    shares = [objective(name).busiest_share(words) for name in plan.config.objectives]
    inputs = words.centres if plan.features is None else plan.features.update_rates(words.centres)
    shares.append(min(1.0, float(inputs.max() / words.centres.sum())))
    if plan.tag_words is not None and len(plan.tag_words):
        shares.append(min(1.0, float(plan.tag_words.max() / max(words.counts.sum(), 1))))
    return max(shares)


def most_warps(plan: Plan) -> int:
    """Return how many warps may work at the same time.

    Examples
    --------
    >>> from w2vcore.model.config import TrainingConfig
    >>> keep, lock = np.full(1000, 2**32 - 1, np.uint32), np.ones(1, np.float32)
    >>> most_warps(Plan(TrainingConfig(), np.ones(1000, np.int64), keep, lock))
    64000
    """
    return max(1, int(MOST_AT_ONCE / busiest_share(plan) + 0.5))
