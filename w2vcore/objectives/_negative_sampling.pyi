import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._contract import Selector

PURPOSE: int

class NegativeSelector(Selector):
    def __init__(
        self,
        threshold: NDArray[np.uint32],
        alias: NDArray[np.uint32],
        negative: int,
        offsets: NDArray[np.floating] | None = None,
        purpose: int = 1,
    ) -> None: ...

class CandidateSelector(NegativeSelector): ...

def vose(scaled: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]: ...
