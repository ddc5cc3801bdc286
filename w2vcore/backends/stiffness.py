"""How far a row comes between two merges: how often it is met, and how strongly it is pulled.

An update moves a row x along the other row v of its example, by ``alpha * (label - sigmoid(x v)) * v``. Near the place
where x would stay, that takes away the share ``alpha * sigmoid' * |v|**2`` of the distance in the direction of v, and
nothing of it in the others. Over many updates a row is pulled by the mean of ``v v'`` over the rows that it meets: the
stiffness of the model. Its eigenvalues differ by a factor of a hundred, because all vectors have a large part in
common; so a row has soon come to its place in a few directions, while in all others it has hardly moved.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from w2vcore.kernels._settle import MOST_DIRECTIONS
from w2vcore.model.config import CBOW, HIERARCHICAL, NEGATIVE, SENTENCE, TrainingConfig
from w2vcore.objectives.huffman import word_paths
from w2vcore.objectives.negative_sampling import noise_weights

from .base import Plan

# What stands for the mean of the sigmoid's slope over all updates, found by measurement (docs/distributed.md). The
# slope is at most 1/4; but the rows that pull move at the same time in the same way, and that is as much again.
SLOPE = 0.5
# Rows, the hottest ones, over which the mean of v v' is taken.
SAMPLE = 2048
# The mean window of "sentence", for which the corpus would have to be looked at.
SENTENCE_WINDOW = 20


@dataclass(frozen=True)
class Stiffness:
    """How strongly the rows of a matrix are pulled; kernels/block_settle.h makes use of it.

    Attributes
    ----------
    directions : ndarray of float32, shape (MOST_DIRECTIONS, columns)
        The stiffest ones, orthonormal; behind them zeros, if a row has fewer.
    steep : ndarray of float32, shape (MOST_DIRECTIONS,)
        Share of the distance that an update at a rate of 1 takes away in each of them.
    flat : float
        The mean of that share in all others.
    """

    directions: NDArray[np.float32]
    steep: NDArray[np.float32]
    flat: float


def one_blas_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread.

    Its other threads would keep waiting for more work for a while, on the cores on which ranks train: without this, two
    ranks on two cores are a third slower. Needs threadpoolctl, of the extra mpi; does nothing without it.
    """
    pools = _blas_pools()
    return nullcontext() if pools is None else pools.limit(limits=1, user_api="blas")


@cache
def _blas_pools() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def moments(rows: NDArray[np.float32], share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of ``v v'`` over rows that are met in such shares of all updates; others count as zero.

    Examples
    --------
    >>> moments(np.array([[1, 0], [0, 2]], np.float32), np.array([0.75, 0.25], np.float32)).tolist()
    [[0.75, 0.0], [0.0, 1.0]]
    """
    mean: NDArray[np.float32] = (rows * share[:, None]).T @ rows
    return mean


def stiffness(mean: NDArray[np.float32], size: int) -> Stiffness:
    """Return the stiffness of rows that meet others of these moments.

    Parameters
    ----------
    mean : ndarray, shape (columns, columns)
    size : int
        Length of a vector; columns beyond are padding.

    Examples
    --------
    >>> pull = stiffness(np.diag(np.array([4, 2, 0], np.float32)), size=2)
    >>> (pull.steep / SLOPE)[:3].tolist(), pull.flat
    ([4.0, 2.0, 0.0], 0.0)
    """
    columns, number = len(mean), min(MOST_DIRECTIONS, size)
    values, vectors = eigh(mean, subset_by_index=(columns - number, columns - 1), check_finite=False)
    directions, steep = np.zeros((MOST_DIRECTIONS, columns), np.float32), np.zeros(MOST_DIRECTIONS, np.float32)
    directions[:number], steep[:number] = vectors.T[::-1], np.maximum(values[::-1], 0)
    rest = max(float(np.trace(mean)) - float(steep.sum()), 0.0) / max(size - number, 1)
    return Stiffness(directions, np.float32(SLOPE) * steep, SLOPE * rest)


def updates_per_word(name: str, plan: Plan) -> NDArray[np.float64]:
    """How often a row is met, on average, while a word of the corpus is trained.

    Parameters
    ----------
    name : str
        Of a matrix: "input" or an objective.
    plan : Plan

    Returns
    -------
    ndarray, shape (rows,)
    """
    counts = plan.counts.astype(np.float64)
    total = max(counts.sum(), 1.0)
    kept = counts * ((plan.keep.astype(np.float64) + 1) / 2**32) if plan.config.subsample else counts
    kept = kept / total
    pairs = _pairs_per_word(plan.config)
    examples = 1.0 if plan.config.architecture == CBOW else pairs
    if name == "input":
        heat: NDArray[np.float64] = kept * pairs
        return heat if plan.features is None else plan.features.updates(heat)
    if name == NEGATIVE:
        noise = noise_weights(plan.counts, plan.config.ns_exponent)
        heat = examples * (kept + plan.config.negative * kept.sum() / noise.sum() * noise)
        return heat
    assert name == HIERARCHICAL
    tree = word_paths(plan.counts, plan.tree)
    visits = np.repeat(kept, np.diff(tree.offsets))
    met: NDArray[np.float64] = np.bincount(tree.points, visits, minlength=len(counts)).astype(np.float64)
    return examples * met


def _pairs_per_word(config: TrainingConfig) -> float:
    """Context words of a centre: those of a window that is nowhere cut off."""
    window = SENTENCE_WINDOW if config.window == SENTENCE else int(config.window)
    return window + 1.0 if config.shrink_windows else 2.0 * window
