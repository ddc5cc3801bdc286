import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._contract import Selector

class PathSelector(Selector):
    def __init__(self, offsets: NDArray[np.int64], points: NDArray[np.uint32], codes: NDArray[np.uint8]) -> None: ...
