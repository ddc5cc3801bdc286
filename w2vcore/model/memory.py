"""How much memory a model takes, said before it is allocated."""

from __future__ import annotations

import os
from pathlib import Path

from .weights import padded

BUFFER_BYTES = 7_000_000  # what scanner, workers and their stacks take, whatever the size of the text and the model


def matrix_bytes(rows: int, vector_size: int) -> int:
    """Bytes of one padded float32 matrix."""
    return rows * padded(vector_size) * 4


def available_bytes() -> int | None:
    """Memory that can be had without swapping, or None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def check_fits(rows: int, vector_size: int, matrices: int, need: int | None = None) -> None:
    """Raise MemoryError with the sizes if the matrices of a model cannot be had.

    Parameters
    ----------
    rows, vector_size, matrices : int
    need : int, optional
        Bytes of all matrices; default: those of padded float32 matrices with a row for each key.

    Raises
    ------
    MemoryError
    """
    need = matrices * matrix_bytes(rows, vector_size) if need is None else need
    free = available_bytes()
    if free is not None and need > free:
        raise MemoryError(
            f"V={rows:,} × D={vector_size:,} × {matrices} float32 tables = {need / 1e9:,.1f} GB; "
            f"{free / 1e9:,.1f} GB free. Raise min_count or lower vector_size."
        )
