from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.encoding import Batch
from w2vcore.kernels._contract import Selector
from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Features

class WindowWorker:
    def __init__(
        self,
        config: TrainingConfig,
        keep: NDArray[np.uint32],
        lock: NDArray[np.float32],
        inputs: WorkerMatrix,
        objectives: Sequence[tuple[Selector, WorkerMatrix]],
        stop_flag: NDArray[np.int32],
        features: Features | None = None,
    ) -> None: ...
    def freeze(self) -> None: ...
    def run(
        self,
        batch: Batch,
        start: int,
        stop: int,
        position: int,
        alpha: float,
        epoch: int,
        tick: int = 1,
    ) -> tuple[int, int, float, float, float, float]: ...
    def infer(self, batch: Batch, rates: NDArray[np.float64]) -> None: ...
    def may_have_diverged(self) -> bool: ...
