import numpy as np
from numpy.typing import NDArray

def sort_keys(key: int, stream: int, n: int) -> NDArray[np.uint64]: ...
def copied(
    values: NDArray[np.uint32], offsets: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]: ...
