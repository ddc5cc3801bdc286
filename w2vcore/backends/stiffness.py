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

# What stands for the mean of the sigmoid's slope over all updates, found by measurement (docs/distributed.md). The
# slope is at most 1/4; but the rows that pull move at the same time in the same way, and that is as much again.
SLOPE = 0.5
# Rows, the hottest ones, over which the mean of v v' is taken.
SAMPLE = 2048


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
