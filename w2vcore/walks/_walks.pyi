import numpy as np
from numpy.typing import NDArray

TRIALS: int

def draw(
    begin: NDArray[np.int64],
    ends: NDArray[np.uint32],
    upper: NDArray[np.uint32] | None,
    starts: NDArray[np.uint32],
    first_walk: int,
    key: int,
    length: int,
    p: float = 1.0,
    q: float = 1.0,
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]: ...
