import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._replica import WorkerMatrix

class FrozenMatrix(WorkerMatrix):
    def __init__(self, frozen: NDArray[np.float32], own: NDArray[np.float32] | None = None) -> None: ...
