from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._scanner import KeyTable

DEFAULT: int
NPMI: int
CUSTOM: int

class PhraseCounter:
    vocab: KeyTable
    min_reduce: int
    pruned: int
    def __init__(self, delimiter: bytes, connectors: KeyTable, max_vocab_size: int = 0) -> None: ...
    def count(self, words: KeyTable, ids: NDArray[np.uint32], borders: NDArray[np.int64]) -> None: ...

def frequent(table: KeyTable, least: int) -> KeyTable: ...
def add_counts(table: KeyTable, more: KeyTable) -> None: ...

class PhraseScorer:
    def __init__(
        self,
        kind: int,
        function: Callable[..., Any] | None,
        threshold: float,
        min_count: float,
        len_vocab: int,
        corpus_word_count: int,
    ) -> None: ...

def export_phrases(vocab: KeyTable, delimiter: bytes, scorer: PhraseScorer) -> dict[str, Any]: ...

class PhraseJoiner:
    def __init__(
        self,
        delimiter: str,
        connectors: Iterable[str],
        phrases: dict[str, Any] | None = None,
        threshold: float | None = None,
        vocab: KeyTable | None = None,
        scorer: PhraseScorer | None = None,
    ) -> None: ...
    def join(self, sentence: Iterable[str]) -> list[str]: ...
    def analyze(self, sentence: Iterable[str]) -> list[tuple[str, Any]]: ...
