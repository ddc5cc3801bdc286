import numpy as np
from numpy.typing import NDArray

MOST_HASHES: int

def murmur3(text: bytes | NDArray[np.uint8], seed: int) -> list[int]: ...
def add_parts(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    table: NDArray[np.float32],
    min_n: int,
    max_n: int,
    hashes: int,
    seed: int,
    sums: NDArray[np.float32],
    counts: NDArray[np.int64],
) -> None: ...
def list_parts(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    rows: int,
    min_n: int,
    max_n: int,
    hashes: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]: ...
