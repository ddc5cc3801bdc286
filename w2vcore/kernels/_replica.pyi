import numpy as np
from numpy.typing import NDArray

class WorkerMatrix:
    shared: NDArray[np.float32]
    rows: int
    stride: int
    private: bool
    suspect: bool
    def __init__(self, shared: NDArray[np.float32]) -> None: ...
    def detach(
        self,
        own: NDArray[np.float32],
        base: NDArray[np.float32],
        from_end: bool,
        lock: NDArray[np.int32],
        begin: int = 0,
    ) -> None: ...
    def tick(self) -> None: ...
    def merge(self) -> None: ...
    def attach(self) -> None: ...
