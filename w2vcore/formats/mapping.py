"""Arrays that stay in their file and are read when they are used."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MMAP_MODES = ("r", "r+", "c")


def mapped(
    path: str, mode: str, start: int, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any = "C"
) -> NDArray[Any]:
    """Map an array, or copy one whose numbers are not aligned in the file.

    Parameters
    ----------
    path : str
    mode : {"r", "r+", "c"}
        Read-only, writing to the file, or copied on write.
    start : int
        Its first byte in the file.
    dtype : dtype
    shape : tuple of int
    order : {"C", "F"}

    Returns
    -------
    ndarray
        A `numpy.memmap` where the numbers are aligned: compiled loops read them one by one, and on some processors a
        number that is not aligned stops the program.

    Raises
    ------
    ValueError
        For ``"r+"`` if only a copy is possible: changes would not reach the file.
    """
    array: NDArray[Any] = np.memmap(path, dtype, mode, start, shape, order)  # type: ignore[call-overload]
    if array.flags.aligned:
        return array
    if mode == "r+":
        raise ValueError(
            f"{path}: an array begins at byte {start}, where no {dtype} can be changed in place; use mmap='c' or None"
        )
    copy = np.array(array, order=order)
    copy.flags.writeable = mode != "r"
    return copy
