"""Word Mover's Distance: how far the words of one text must travel to become those of another.

Kusner, Sun, Kolkin, Weinberger (2015), "From Word Embeddings To Document Distances". The transport problem is solved by
the package POT, which is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_ALL_ZERO = 1e-8  # the sum of distances below which gensim calls all of them zero


def distance(first: ArrayLike, weights: ArrayLike, second: ArrayLike, other_weights: ArrayLike) -> float:
    """Return the cost of moving the weights from the first points to the second ones.

    Parameters
    ----------
    first, second : arrays, shapes (m, D) and (n, D)
    weights, other_weights : arrays, shapes (m,) and (n,)
        Each with the sum 1.

    Returns
    -------
    float
        Infinity if all points are the same.

    Raises
    ------
    ImportError
        If POT is not installed.
    """
    solve = require()
    from scipy.spatial.distance import cdist  # slow to import, and rarely needed

    costs: NDArray[np.float64] = cdist(np.asarray(first, np.float64), np.asarray(second, np.float64))
    if costs.sum() < _ALL_ZERO:
        return float("inf")
    return float(solve(np.asarray(weights, np.float64), np.asarray(other_weights, np.float64), costs))


def require() -> Callable[..., Any]:
    """Return POT's solver, or say what to install."""
    try:
        from ot import emd2
    except ImportError as error:
        raise ImportError(
            "wmdistance needs the package POT, which is not installed: pip install w2vcore[wmd]"
        ) from error
    solver: Callable[..., Any] = emd2
    return solver
