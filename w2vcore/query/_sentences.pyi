import numpy as np
from numpy.typing import NDArray

def mean_rows(
    rows: NDArray[np.float32],
    ids: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    means: NDArray[np.float32],
    counts: NDArray[np.int64],
) -> None: ...
def count_sentences(ids: NDArray[np.uint32], offsets: NDArray[np.int64], containing: NDArray[np.int64]) -> None: ...
