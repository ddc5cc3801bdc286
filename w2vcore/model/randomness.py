"""The state of a NumPy RandomState as an array and plain numbers, so that a file can hold it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checks import check_int


def random_state(random: np.random.RandomState) -> tuple[NDArray[np.uint32], dict[str, Any]]:
    """Return the key of the generator and the rest of its state.

    Examples
    --------
    >>> first, second = np.random.RandomState(1), np.random.RandomState(2)
    >>> _ = first.standard_normal(3)
    >>> set_random_state(second, *random_state(first))
    >>> bool((first.standard_normal(5) == second.standard_normal(5)).all())
    True
    """
    state: Any = random.get_state(legacy=False)
    rest = {name: value for name, value in state.items() if name != "state"}
    return state["state"]["key"], {**rest, "pos": state["state"]["pos"]}


def set_random_state(random: np.random.RandomState, key: NDArray[np.uint32], rest: dict[str, Any]) -> None:
    """Put a generator into a state.

    Raises
    ------
    ValueError
        If it is no state of this kind of generator. NumPy itself would take any `pos`, and read beyond the key.
    """
    wanted = random_state(random)[0]
    try:
        position = check_int("pos", rest["pos"], 0, len(wanted))
        if key.shape != wanted.shape or key.dtype != wanted.dtype:
            raise ValueError(f"the key has shape {key.shape} of {key.dtype}")
        own = {name: value for name, value in rest.items() if name != "pos"}
        random.set_state({**own, "state": {"key": key, "pos": position}})
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"this is no state of {type(random).__name__}: {error}") from None
