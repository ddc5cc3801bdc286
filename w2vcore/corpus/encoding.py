"""Encoded text: the form in which a corpus is trained. No Python string comes after this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Batch:
    """Whole sentences as ids.

    Tokens outside the vocabulary are not in `ids`, so windows reach over them (as in word2vec.c and gensim). Sentences that
    are empty after that have no offsets of their own, but count in `sentences`.

    Attributes
    ----------
    ids : ndarray of uint32, shape (tokens,)
        Row of each in-vocabulary token.
    offsets : ndarray of int64, shape (non-empty sentences + 1,)
        Sentence ``s`` is ``ids[offsets[s]:offsets[s + 1]]``; ``offsets[0] == 0``, ``offsets[-1] == len(ids)``.
    raw_words : int
        Tokens read, in and out of the vocabulary.
    sentences : int
        Sentences read, empty ones included.
    """

    ids: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    raw_words: int
    sentences: int

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def longest(self) -> int:
        """Tokens in the longest sentence: what a worker makes room for."""
        return int(np.diff(self.offsets).max(initial=0))

    @cached_property
    def highest_id(self) -> int:
        """The highest id, to be checked against the rows of a matrix; -1 without tokens."""
        return int(self.ids.max()) if len(self.ids) else -1
