from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

def run_block(
    name: str,
    shape: Literal["pairs", "mean"],
    with_loss: bool,
    inputs: NDArray[np.float32],
    targets: NDArray[np.float32],
    input_rows: ArrayLike,
    input_counts: ArrayLike | None,
    target_rows: ArrayLike,
    labels: ArrayLike,
    target_counts: ArrayLike | None,
    lock: ArrayLike | None,
    alpha: float,
    scale: float = 1.0,
    times: int = 1,
    judge: Literal["examples", "targets"] = "examples",
    columns: int | None = None,
    error_scale: float = 1.0,
    offsets: ArrayLike | None = None,
    weight: float = 1.0,
    link: Literal["sigmoid", "softmax"] = "sigmoid",
) -> tuple[float, float, float]: ...
def run_paired(
    name: str,
    with_loss: bool,
    inputs: NDArray[np.float32],
    targets: NDArray[np.float32],
    first: Sequence[Any],
    second: Sequence[Any],
    lock: ArrayLike | None,
    alpha: float,
    judge: Literal["examples", "targets"] = "examples",
    columns: int | None = None,
    input_counts: ArrayLike | None = None,
    link: Literal["sigmoid", "softmax"] = "sigmoid",
) -> tuple[float, float, float]: ...
def run_several(
    name: str,
    with_loss: bool,
    inputs: NDArray[np.float32],
    targets: NDArray[np.float32],
    input_rows: ArrayLike,
    input_counts: ArrayLike | None,
    examples: Sequence[Any],
    lock: ArrayLike | None,
    alpha: float,
    scale: float = 1.0,
    error_scale: float = 1.0,
    weight: float = 1.0,
    judge: Literal["examples", "targets"] = "examples",
    columns: int | None = None,
    link: Literal["sigmoid", "softmax"] = "sigmoid",
    frozen_from: int = -1,
) -> tuple[float, float, float]: ...
def run_merge(name: str, shared: NDArray[np.float32], own: NDArray[np.float32], base: NDArray[np.float32]) -> None: ...
def run_merge_ranks(
    name: str,
    own: NDArray[np.float32],
    base: NDArray[np.float32],
    rows: ArrayLike | None,
    sums: NDArray[np.float32],
    accumulated_lr: ArrayLike,
    log_growth: ArrayLike,
    eigenvectors: NDArray[np.float32],
    eigenvalues: ArrayLike,
    rest: float,
    ranks: int,
) -> None: ...
def run_random(name: str, key: int, streams: ArrayLike, blocks: ArrayLike, length: int) -> NDArray[np.uint32]: ...
def run_sigmoid(name: str, scores: ArrayLike) -> NDArray[np.float32]: ...
