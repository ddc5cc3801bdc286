import numpy as np
from numpy.typing import NDArray

def paths(
    counts: NDArray[np.int64], leaf_ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint8]]: ...
