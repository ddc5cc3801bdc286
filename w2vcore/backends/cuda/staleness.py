"""How many warps may work at once: so many that they do not all correct the same row from the same stale value.

A warp reads a row, computes, and adds its change later. Of W warps, W * p work at the same time on a row that a share p
of all words takes; none of them sees what the others add. Together they make one step that is up to W * p times as long
as a single one. A step of gradient descent on the logistic loss overshoots when step length times curvature passes 2;
the curvature of one example is at most |x|^2 / 4. With the usual rate of 0.025 and rows of length about 1, that is at
W * p = 2 / (0.025 / 4) = 320; a limit of 64 keeps a factor of five for longer rows.

For a large vocabulary with subsampling (p about 0.01) this allows thousands of warps, more than any device holds. It
binds where a few words are most of the text: small vocabularies, and sample=0.
"""

from __future__ import annotations

import numpy as np

from w2vcore.backends.base import Plan
from w2vcore.model.config import HIERARCHICAL, NEGATIVE
from w2vcore.objectives.negative_sampling import noise_weights

MOST_AT_ONCE = 64
# The root of a tree is a target of every window, p = 1. But the words left and right of it pull to opposite sides, so
# only what the contexts have in common adds up; an eighth is a choice, to be measured (tests/gpu/prove.py).
SHARE_OF_ROOT = 1 / 8


def busiest_share(plan: Plan) -> float:
    """Return the largest share that a row has of the kept tokens, or of the noise words."""
    config, counts = plan.config, np.asarray(plan.counts, np.float64)
    if not counts.sum():
        counts = np.ones_like(counts)
    kept = counts * ((plan.keep + 1.0) / 2**32 if config.subsample else 1.0)
    share = kept.max() / kept.sum()
    if NEGATIVE in config.objectives:
        noise = noise_weights(plan.counts, config.ns_exponent)
        share = max(share, noise.max() / noise.sum())
    if HIERARCHICAL in config.objectives:
        share = max(share, SHARE_OF_ROOT)
    return float(share)


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
