import numpy as np
from numpy.typing import NDArray

MOST_EIGENVECTORS: int

class RankMatrix:
    def __init__(
        self, own: NDArray[np.float32], base: NDArray[np.float32], order: NDArray[np.int64] | None = None
    ) -> None: ...
    def changes(self, start: int, stop: int, to: NDArray[np.float32]) -> None: ...
    def merge_ranks(
        self,
        start: int,
        stop: int,
        sums: NDArray[np.float32],
        accumulated_lr: NDArray[np.float32],
        log_growth: NDArray[np.float32],
        eigenvectors: NDArray[np.float32],
        eigenvalues: NDArray[np.float32],
        rest: float,
        ranks: int,
    ) -> None: ...
