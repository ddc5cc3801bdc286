import numpy as np
from numpy.typing import NDArray

def add_subwords(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    table: NDArray[np.float32] | NDArray[np.float16],
    min_n: int,
    max_n: int,
    sums: NDArray[np.float32],
    counts: NDArray[np.int64],
    buckets: int,
    kept: NDArray[np.int32] | None = None,
    rest: NDArray[np.float32] | NDArray[np.float16] | None = None,
    initial: NDArray[np.uint64] | None = None,
) -> None: ...
def initial_rows(buckets: NDArray[np.int64], initial: NDArray[np.uint64], rows: NDArray[np.float32]) -> None: ...
def hash_texts(data: NDArray[np.uint8], offsets: NDArray[np.int64], hashes: NDArray[np.int64]) -> None: ...
def list_subwords(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], min_n: int, max_n: int, buckets: int
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]: ...
