"""How much a context counts by its distance from the centre, in windows of which every context is trained.

    linear      (window - distance + 1) / window: how often a window drawn from 1 to `window` reaches so far, which is
                what the dynamic windows of Mikolov et al. (2013a) come to on average
    harmonic    1 / distance, as in GloVe (Pennington, Socher and Manning 2014)
    sqrt        the root of linear: between linear and a flat window

To train each context with its weight has the same mean as to draw windows of those chances, without the variance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

DYNAMIC: Literal["dynamic"] = "dynamic"
WindowWeights: TypeAlias = Literal["dynamic", "linear", "harmonic", "sqrt"] | Sequence[float] | NDArray[Any]

_BY_NAME: dict[str, Callable[[NDArray[np.float64], float], NDArray[np.float64]]] = {
    "linear": lambda distance, window: (window - distance + 1) / window,
    "harmonic": lambda distance, window: 1 / distance,
    "sqrt": lambda distance, window: np.sqrt((window - distance + 1) / window),
}
NAMES = (DYNAMIC, *_BY_NAME)
WITHOUT_LENGTH = ("dynamic", "harmonic")  # what has a meaning where the window is the whole sentence


def check_window_weights(window: Any, weights: Any) -> None:
    """Raise ValueError if checked weights do not fit a checked window.

    Examples
    --------
    >>> check_window_weights(3, (1.0, 0.5))
    Traceback (most recent call last):
        ...
    ValueError: window_weights must hold a number for each of window=3 distances, got 2
    >>> check_window_weights("sentence", "linear")
    Traceback (most recent call last):
        ...
    ValueError: window_weights must be 'dynamic' or 'harmonic' with window='sentence', as the others need a number of
    words; got 'linear'
    """
    if isinstance(window, str) and weights not in WITHOUT_LENGTH:
        shown = repr(weights) if isinstance(weights, str) else f"{len(weights)} numbers"
        raise ValueError(
            f"window_weights must be {' or '.join(map(repr, WITHOUT_LENGTH))} with window={window!r}, as the others "
            f"need a number of words; got {shown}"
        )
    if not isinstance(weights, str) and len(weights) != window:
        raise ValueError(f"window_weights must hold a number for each of window={window} distances, got {len(weights)}")


def weights_by_distance(window: Any, weights: Any, most: int) -> NDArray[np.float64]:
    """Return the weights of the contexts at distances 1, 2, ..., as far as the window reaches, and at most so many.

    Parameters
    ----------
    window : int or "sentence"
    weights : str or tuple of float
        Not "dynamic".
    most : int

    Examples
    --------
    >>> weights_by_distance(4, "linear", 10).tolist(), weights_by_distance("sentence", "harmonic", 2).tolist()
    ([1.0, 0.75, 0.5, 0.25], [1.0, 0.5])
    >>> weights_by_distance(4, "sqrt", 10)[-1].item(), weights_by_distance(3, (1.0, 0.0, 2.0), 2).tolist()
    (0.5, [1.0, 0.0])
    """
    reach = most if isinstance(window, str) else min(window, most)
    if not isinstance(weights, str):
        return np.array(weights[:reach], np.float64)
    distance = np.arange(1, reach + 1, dtype=np.float64)
    return _BY_NAME[weights](distance, np.inf if isinstance(window, str) else float(window))
