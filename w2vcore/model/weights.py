"""The matrices of a model: float32, rows padded to 16 floats, 64-byte aligned, addressed with 64 bits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.threads import in_slices, usual_threads

from .inspection import Inspection

ROW_MULTIPLE = 16  # floats; W2V_ROW_MULTIPLE in kernels/block.h
ALIGNMENT = 64  # bytes; W2V_ROW_ALIGN in kernels/block.h
_BYTES_A_THREAD = 4 << 20  # drawn in some 4 ms: many times what it takes to wake a thread


def padded(size: int) -> int:
    """Floats from one row to the next for vectors of `size` floats.

    Examples
    --------
    >>> padded(100), padded(16), padded(1)
    (112, 16, 16)
    """
    return -(-size // ROW_MULTIPLE) * ROW_MULTIPLE


def zeros(rows: int, size: int) -> NDArray[np.float32]:
    """An aligned, zeroed matrix (rows, padded(size)); slice it ``[:, :size]`` to see the vectors."""
    stride = padded(size)
    raw = np.zeros(rows * stride * 4 + ALIGNMENT, np.uint8)
    first = -raw.ctypes.data % ALIGNMENT
    return raw[first : first + rows * stride * 4].view(np.float32).reshape(rows, stride)


def is_padded(matrix: NDArray[np.float32], size: int) -> bool:
    """Whether `matrix` is the ``[:, :size]`` view of a matrix as the kernels need it, and may be written."""
    return bool(
        matrix.ndim == 2
        and matrix.dtype == np.float32
        and matrix.shape[1] == size
        and matrix.strides == (padded(size) * 4, 4)
        and matrix.ctypes.data % ALIGNMENT == 0
        and matrix.flags.writeable
        and isinstance(matrix.base, np.ndarray)
    )


def initial_vectors(rows: int, size: int, seed: int) -> NDArray[np.float32]:
    """Input vectors before training, uniform in [-1, 1) / size, as a view of a padded matrix.

    The numbers are those of gensim 4: ``np.random.default_rng(seed).random((rows, size), float32)``, twice as wide as
    in word2vec.c.
    """
    vectors = zeros(rows, size)[:, :size]
    draw_vectors(vectors, seed)
    return vectors


def draw_vectors(vectors: NDArray[np.float32], seed: int) -> None:
    """Write the numbers of `initial_vectors` into some rows; they are the same for any number of threads.

    Several threads draw twice as fast and more: memory that nobody has touched yet costs as much time as the numbers.
    """
    count = max(1, min(usual_threads(), vectors.nbytes // _BYTES_A_THREAD))
    in_slices(lambda rows: _draw(vectors[rows], seed, rows.start), len(vectors), count)


def _draw(vectors: NDArray[np.float32], seed: int, before: int) -> None:
    """Write the numbers of the rows that follow `before` others."""
    rows, size = vectors.shape
    generator = np.random.PCG64(seed)  # of default_rng
    generator.advance(before * size // 2)  # a number of 64 bits makes two of 32
    rng = np.random.Generator(generator)
    rng.random(before * size % 2, np.float32)
    step = max(1, (1 << 15) // max(size, 1))  # rows at a time: scratch in the cache, and the same numbers as in one go
    scratch = np.empty((min(step, rows), size), np.float32)
    for start in range(0, rows, step):
        part = scratch[: min(step, rows - start)]
        rng.random(out=part, dtype=np.float32)
        part *= 2
        part -= 1
        np.divide(part, size, out=vectors[start : start + len(part)])


def with_rows(matrix: NDArray[Any], rows: int) -> NDArray[np.float32]:
    """Return a matrix with zeros as further rows: a view if zeros follow it in memory, else a padded copy.

    Examples
    --------
    >>> room = zeros(3, 2)[:, :2]
    >>> room[:2] = 1
    >>> longer = with_rows(room[:2], 3)
    >>> longer.tolist(), np.shares_memory(longer, room)
    ([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]], True)
    """
    number, size = matrix.shape
    if is_padded(matrix, size) and number:
        high = np.lib.array_utils.byte_bounds(_owner(matrix))[1]
        longer = np.lib.stride_tricks.as_strided(matrix, (rows, size), matrix.strides)
        if np.lib.array_utils.byte_bounds(longer)[1] <= high and not longer[number:].any():
            return longer
    copy = zeros(rows, size)[:, :size]
    copy[:number] = matrix
    return copy


@dataclass
class Weights:
    """The matrices by name: ``"input"``, and one for each objective ("negative", "tree").

    Attributes
    ----------
    matrices : dict of str to ndarray of float32, shape (rows, padded(vector_size))
    vector_size : int
    inspection : Inspection
        What is known of them.
    """

    matrices: dict[str, NDArray[np.float32]]
    vector_size: int
    inspection: Inspection = field(default_factory=Inspection)


def adopt(matrix: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Return the padded matrix behind a ``[:, :size]`` view, or a padded copy of any other 2-D array.

    So weights that a user replaced (``model.wv.vectors = mine``, a copy, a read-only memory map) can be trained:
    compare the result's memory with the argument's to see whether it was copied.
    """
    whole = whole_behind(matrix, size)
    return padded_copy(matrix, size) if whole is None else whole


def borrow(
    name: str, array: NDArray[np.float32], size: int, inspection: Inspection
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a padded matrix as `adopt` does, and its ``[:, :size]`` view: the array itself, or that of the copy.

    The padding of an array is looked at once, not each time that it is borrowed.
    """
    known = inspection.knows(name, array)
    whole, view = whole_behind(array, size, clean=known), array
    if whole is None:
        whole = padded_copy(array, size)
        view = whole[:, :size]
    if view is not array or not known:
        inspection.remember(name, view)
    return whole, view


def whole_behind(matrix: NDArray[np.float32], size: int, clean: bool = False) -> NDArray[np.float32] | None:
    """Return the padded matrix behind a ``[:, :size]`` view, or None if there is none.

    With `clean`, what lies in the padding is not looked at: the caller knows that it is zero.
    """
    stride = padded(size)
    if not is_padded(matrix, size) or not len(matrix):
        return None
    low, high = np.lib.array_utils.byte_bounds(_owner(matrix))
    whole = np.lib.stride_tricks.as_strided(matrix, (len(matrix), stride), (stride * 4, 4))
    start, stop = np.lib.array_utils.byte_bounds(whole)
    return whole if low <= start and stop <= high and (clean or not whole[:, size:].any()) else None


def padded_copy(matrix: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Return a 2-D array as a padded matrix of its own."""
    copy = zeros(len(matrix), size)
    copy[:, :size] = matrix
    return copy


def checked_matrix(name: str, matrix: Any, rows: int, size: int) -> NDArray[np.float32]:
    """Return a matrix as float32, or say what is wrong with its shape."""
    matrix = np.asarray(matrix)
    if matrix.shape != (rows, size):
        raise ValueError(f"{name} must have shape ({rows}, {size}), one row for each word, got {matrix.shape}")
    checked: NDArray[np.float32] = matrix.astype(np.float32, copy=False)
    return checked


def checked_lock(lock: Any, rows: int, name: str = "wv.vectors_lockf") -> NDArray[np.float32]:
    """Return the lock factors as float32, or say what is wrong with them."""
    factors: NDArray[np.float32] = np.atleast_1d(np.asarray(lock, np.float32))
    if factors.ndim != 1 or not 0 < len(factors) <= max(rows, 1) or not np.isfinite(factors).all():
        raise ValueError(
            f"{name} must be 1 to {rows} finite factors (1 learns, 0 freezes; a single one goes for all), "
            f"got an array of shape {factors.shape}"
        )
    return factors


def _owner(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the array that owns the memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
