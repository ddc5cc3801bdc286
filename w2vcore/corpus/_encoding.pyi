from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._scanner import KeyTable
from .tagging import Documents, Tags

GONE: int

def renumber_in_place(
    ids: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    new_id: NDArray[np.uint32],
    tag_offsets: NDArray[np.int64] | None = None,
    tags: NDArray[np.uint32] | None = None,
) -> tuple[int, int]: ...

class SentenceLoop:
    sentences: int
    words: int
    first_string: tuple[int, str] | None
    head_strings: list[str]
    def __init__(self, sentences: Iterable[Iterable[Hashable]]) -> None: ...

class TokenCounter(SentenceLoop):
    table: KeyTable | None
    def __init__(self, sentences: Iterable[Iterable[Hashable]], prunable: bool = False) -> None: ...
    def __len__(self) -> int: ...
    def scan(self, max_sentences: int, max_types: int) -> bool: ...
    def prune(self, keep: Callable[[Hashable, int], bool]) -> tuple[int, int]: ...
    def counts(self) -> dict[Hashable, int]: ...

class Encoder(SentenceLoop):
    table: KeyTable | None
    types: int
    tags: Tags | None
    def __init__(
        self,
        sentences: Iterable[Iterable[Hashable]],
        key_to_index: dict[Any, int],
        batch_words: int,
        grow: bool = False,
        documents: Documents | None = None,
        keep_empty: bool = False,
    ) -> None: ...
    def next_batch(self) -> tuple[NDArray[np.uint32], NDArray[np.int64], int, int] | None: ...
