from typing import Any

import numpy as np
from numpy.typing import NDArray

class WorkerMatrix:
    shared: NDArray[np.float32]
    rows: int
    stride: int
    private: bool
    suspect: bool
    def __init__(self, shared: NDArray[np.float32]) -> None: ...
    features: Any
    def detach(
        self,
        own: NDArray[np.float32],
        base: NDArray[np.float32],
        stops: NDArray[np.int64],
        lock: NDArray[np.int32],
        from_end: bool = False,
        rows: NDArray[np.int64] | None = None,
        features: Any = None,
    ) -> None: ...
    def tick(self) -> None: ...
    def merge(self) -> None: ...
    def attach(self) -> None: ...
