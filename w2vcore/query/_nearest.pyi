from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

LISTED: int

def panel(isa: str = "") -> int: ...
def cosines(
    vectors: NDArray[np.float32],
    lengths: NDArray[np.float32],
    query: NDArray[np.float32],
    result: NDArray[np.float32],
    isa: str = "",
) -> None: ...
def best(values: NDArray[np.float32], wanted: int, excluded: Sequence[int]) -> list[int]: ...
def have_lengths(
    vectors: NDArray[np.float32], lengths: NDArray[np.float32], rows: Iterable[int], tolerance: float
) -> bool: ...
def search(
    vectors: NDArray[np.float32],
    inverse: NDArray[np.float32],
    queries: NDArray[np.float32],
    bounds: NDArray[np.float32],
    values: NDArray[np.float32],
    found: NDArray[np.int64],
    isa: str = "",
) -> None: ...
