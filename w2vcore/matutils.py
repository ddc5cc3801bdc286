"""Those helpers of gensim's matutils that scripts with word vectors use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["argsort", "unitvec"]


def unitvec(vec: ArrayLike, norm: str = "l2", return_norm: bool = False) -> Any:
    """Return a vector scaled to length 1; a zero vector stays as it is.

    Parameters
    ----------
    vec : array_like
        Integers become float64, other types stay.
    norm : {"l2", "l1"}
    return_norm : bool
        Return the length too.

    Returns
    -------
    ndarray, or (ndarray, float)
        The length of a zero vector is given as 1.0, as in gensim.

    Raises
    ------
    ValueError
        If `norm` is another one.

    Examples
    --------
    >>> unitvec(np.array([3.0, 4.0])), unitvec([1, 3], norm="l1", return_norm=True)
    (array([0.6, 0.8]), (array([0.25, 0.75]), 4.0))
    """
    if norm not in ("l1", "l2"):
        raise ValueError(f"norm must be 'l1' or 'l2', got {norm!r}")
    vector: NDArray[Any] = np.asarray(vec)
    if not np.issubdtype(vector.dtype, np.inexact):
        vector = vector.astype(np.float64)
    length = float(np.abs(vector).sum() if norm == "l1" else np.sqrt((vector * vector).sum())) or 1.0
    unit = vector / vector.dtype.type(length)
    return (unit, length) if return_norm else unit


def argsort(x: ArrayLike, topn: int | None = None, reverse: bool = False) -> NDArray[np.intp]:
    """Return the places of the `topn` smallest numbers in ascending order, or of the largest in descending order.

    Parameters
    ----------
    x : array_like
        One-dimensional.
    topn : int, optional
        Default: all.
    reverse : bool
        Largest first.

    Examples
    --------
    >>> argsort([5, 1, 3], topn=2), argsort([5, 1, 3], reverse=True)
    (array([1, 2]), array([0, 2, 1]))
    """
    values = np.asarray(x)
    topn = len(values) if topn is None else topn
    if topn <= 0:
        return np.empty(0, np.intp)
    if reverse:
        values = ~values if values.dtype.kind in "uib" else -values  # of integers, - is not always the other way round
    if topn >= len(values):
        return np.argsort(values)
    best = np.argpartition(values, topn)[:topn]
    order: NDArray[np.intp] = best[np.argsort(values[best])]
    return order
