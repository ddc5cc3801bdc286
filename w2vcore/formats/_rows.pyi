from typing import Any

import numpy as np
from numpy.typing import NDArray

def binary_rows(
    block: NDArray[np.uint8],
    size: int,
    most: int,
    matrix: NDArray[np.float32],
    words: NDArray[np.uint8],
    offsets: NDArray[np.int64],
) -> tuple[int, int]: ...
def text_rows(
    block: NDArray[np.uint8],
    size: int,
    most: int,
    numbers: NDArray[np.floating[Any]],
    words: NDArray[np.uint8],
    offsets: NDArray[np.int64],
) -> tuple[int, int, bool]: ...
def first_bad_word(words: NDArray[np.uint8], offsets: NDArray[np.int64]) -> int: ...
def written_rows(matrix: NDArray[np.float32], separator: int) -> list[bytes]: ...
def binary_lines(
    words: NDArray[np.uint8], offsets: NDArray[np.int64], rows: NDArray[np.uint8]
) -> NDArray[np.uint8]: ...
def text_lines(
    words: NDArray[np.uint8], offsets: NDArray[np.int64], matrix: NDArray[np.float32]
) -> NDArray[np.uint8]: ...
