"""How much of a GPU's memory a run takes, and the error if it does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from w2vcore.corpus.encoding import Batch
from w2vcore.objectives.registry import objective

# CUDA's context, the code of the kernels, CuPy's allocator and other programs need some of the free memory.
SPARE_BYTES = 256 << 20
# Two slots, of buffers for the largest group of jobs (feeding.py).
STAGED_BYTES = 256 << 20


def token_bytes(batch: Batch, subsample: bool) -> int:
    """Return the bytes that a whole batch takes on the device: ids, offsets and, with subsampling, the kept tokens.

    Examples
    --------
    >>> import numpy as np
    >>> token_bytes(Batch(np.zeros(9, np.uint32), np.array([0, 9]), 9, 1), subsample=True)
    128
    """
    kept = 8 * len(batch) + 4 * (len(batch.offsets) - 1) if subsample else 0
    tags = 0 if batch.tags is None else batch.tags.offsets.nbytes + batch.tags.rows.nbytes
    return 4 * len(batch) + 8 * len(batch.offsets) + kept + tags


def estimate(rows: int, matrices: int, objectives: Sequence[str], tokens: int, subsample: bool) -> int:
    """Return about how many bytes a run takes on the device.

    Parameters
    ----------
    rows : int
        Words in the vocabulary.
    matrices : int
        Bytes of all matrices.
    objectives : sequence of str
        An objective without a device half takes nothing.
    tokens : int
        Of the corpus, if it is encoded at once; 0 if it is read during training.
    subsample : bool
    """
    halves = [objective(name).device_half() for name in objectives]
    tables = sum(half.nbytes(rows) for half in halves if half is not None)
    return matrices + tables + 4 * rows * subsample + (12 if subsample else 4) * tokens + STAGED_BYTES


def check_fits(need: dict[str, int], free: int, total: int, device: str) -> None:
    """Raise MemoryError with the sizes if a model does not fit on a device.

    Parameters
    ----------
    need : dict of str to int
        Purpose -> bytes.
    free, total : int
    device : str

    Raises
    ------
    MemoryError
    """
    if sum(need.values()) + SPARE_BYTES > free:
        raise MemoryError(too_large(need, free, total, device))


def too_large(need: dict[str, int], free: int, total: int, device: str) -> str:
    """Return the message for a model that is too large for a device.

    Examples
    --------
    >>> print(too_large({"tables": 12 * 10**9, "buffers": 10**8}, 9 * 10**9, 10**10, "cuda:0"))
    tables 12.0 GB + buffers 0.1 GB = 12.1 GB; 9.0 of 10.0 GB free on cuda:0. Raise min_count, lower vector_size,
    or train with device='cpu'
    """
    parts = " + ".join(f"{name} {size / 1e9:,.1f} GB" for name, size in need.items())
    return (
        f"{parts} = {sum(need.values()) / 1e9:,.1f} GB; {free / 1e9:,.1f} of {total / 1e9:,.1f} GB free on {device}. "
        "Raise min_count, lower vector_size, or train with device='cpu'"
    )
