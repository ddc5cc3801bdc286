"""The curvature of the loss by one row, as a matrix of low rank: how fast updates bring a row to its minimum.

An update moves a row x along the other row v of its example, by ``alpha * (label - sigmoid(x v)) * v``. Near the
minimum that reduces the distance in the direction of v by the share ``alpha * sigmoid' * |v|**2``, and leaves all other
directions alone. Over many updates the curvature is the mean of ``sigmoid' * v v'`` over the rows that a row meets (the
Gauss-Newton matrix). Its eigenvalues differ by a factor of a hundred, because all vectors have a large part in common:
along a few eigenvectors a row reaches its minimum soon, while in all other directions it has hardly moved. So the
largest eigenvalues are kept with their eigenvectors, and for the others their mean.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from w2vcore.kernels._merge_ranks import MOST_EIGENVECTORS

# Effective mean of the sigmoid's slope over all updates, found by measurement (docs/distributed.md). The slope is at
# most 1/4, but the rows v move at the same time in the same way, which doubles its effect.
SLOPE = 0.5
# Number of rows, the hottest ones, over which the mean of v v' is taken.
SAMPLE = 2048


@dataclass(frozen=True)
class Curvature:
    """The curvature for the rows of a matrix; kernels/block_merge_ranks.h uses it.

    Attributes
    ----------
    eigenvectors : ndarray of float32, shape (MOST_EIGENVECTORS, columns)
        Those of the largest eigenvalues, orthonormal; the rest is zero if a vector has fewer components.
    eigenvalues : ndarray of float32, shape (MOST_EIGENVECTORS,)
        Share by which an update at a learning rate of 1 reduces the distance along each eigenvector.
    rest : float
        The mean of the other eigenvalues.
    """

    eigenvectors: NDArray[np.float32]
    eigenvalues: NDArray[np.float32]
    rest: float


def one_blas_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread.

    Idle BLAS threads spin for a while, on the cores on which ranks train: without this, two ranks on two cores are a
    third slower. It needs threadpoolctl, of the extra mpi, and does nothing without it.
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
    """Return the mean of ``v v'``, each row weighted by its share of all updates. Omitted rows count as zero.

    Examples
    --------
    >>> moments(np.array([[1, 0], [0, 2]], np.float32), np.array([0.75, 0.25], np.float32)).tolist()
    [[0.75, 0.0], [0.0, 1.0]]
    """
    mean: NDArray[np.float32] = (rows * share[:, None]).T @ rows
    return mean


def curvature(mean: NDArray[np.float32], size: int) -> Curvature:
    """Return the curvature for rows that are updated along rows with these moments.

    Parameters
    ----------
    mean : ndarray, shape (columns, columns)
        As `moments` returns it.
    size : int
        Length of a vector; columns beyond are padding.

    Examples
    --------
    >>> found = curvature(np.diag(np.array([4, 2, 0], np.float32)), size=2)
    >>> (found.eigenvalues / SLOPE)[:3].tolist(), found.rest
    ([4.0, 2.0, 0.0], 0.0)
    """
    columns, number = len(mean), min(MOST_EIGENVECTORS, size)
    values, vectors = eigh(mean, subset_by_index=(columns - number, columns - 1), check_finite=False)
    eigenvectors = np.zeros((MOST_EIGENVECTORS, columns), np.float32)
    eigenvalues = np.zeros(MOST_EIGENVECTORS, np.float32)
    eigenvectors[:number], eigenvalues[:number] = vectors.T[::-1], np.maximum(values[::-1], 0)
    rest = max(float(np.trace(mean)) - float(eigenvalues.sum()), 0.0) / max(size - number, 1)
    return Curvature(eigenvectors, np.float32(SLOPE) * eigenvalues, SLOPE * rest)
