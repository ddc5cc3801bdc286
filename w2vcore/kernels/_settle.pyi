import numpy as np
from numpy.typing import NDArray

MOST_DIRECTIONS: int

class RankMatrix:
    def __init__(
        self, own: NDArray[np.float32], base: NDArray[np.float32], order: NDArray[np.int64] | None = None
    ) -> None: ...
    def changes(self, start: int, stop: int, to: NDArray[np.float32]) -> None: ...
    def settle(
        self,
        start: int,
        stop: int,
        sums: NDArray[np.float32],
        efforts: NDArray[np.float32],
        growths: NDArray[np.float32],
        directions: NDArray[np.float32],
        pull: NDArray[np.float32],
        rest: float,
        ranks: int,
    ) -> None: ...
