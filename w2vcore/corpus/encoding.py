"""Encoded text: the form in which a corpus is trained. No Python string comes after this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._encoding import Encoder
from .tagging import Documents, Tags
from .warning import warn


@dataclass(frozen=True)
class Batch:
    """Whole sentences as ids.

    Tokens outside the vocabulary are not in `ids`, so windows reach over them (as in word2vec.c and gensim). Sentences
    that are empty after that have no offsets of their own, but count in `sentences`.

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
    tags : Tags or None
        Rows that belong to sentences as a whole.
    """

    ids: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    raw_words: int
    sentences: int
    tags: Tags | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def longest(self) -> int:
        """Tokens in the longest sentence: what a worker makes room for."""
        return int(np.diff(self.offsets).max(initial=0))

    def check_tags(self, number: int) -> None:
        """Raise ValueError unless each sentence has so many tags."""
        if self.tags is None:
            raise ValueError(f"each document must have {number} tags, and these have none")
        self.tags.check_number(number)

    @cached_property
    def highest_id(self) -> int:
        """The highest id, to check against the rows of a matrix; -1 without tokens."""
        return int(self.ids.max()) if len(self.ids) else -1


def encode(
    sentences: Iterable[Any],
    key_to_index: dict[Any, int],
    batch_words: int = 10_000,
    tag_to_row: Mapping[Any, int] | None = None,
) -> Iterator[Batch]:
    """Encode a corpus, as many whole sentences at a time as make `batch_words` tokens.

    Parameters
    ----------
    sentences : iterable of iterables of tokens
        Lists, tuples, numpy rows, generators; of any length.
    key_to_index : dict
        Id of each key. Other tokens are counted in ``raw_words`` only.
    batch_words : int
        A batch ends with the sentence that brings it to this many tokens, in and out of the vocabulary.
    tag_to_row : mapping, optional
        The row of each tag. Then each sentence is a pair (words, tags); tags without a row are skipped.

    Yields
    ------
    Batch
        Every sentence is in exactly one batch.

    Raises
    ------
    TypeError
        If a sentence is bytes or not iterable, or a token is not hashable.
    ValueError
        If `batch_words` is less than 1.
    Exception
        Whatever `sentences` raises, with the sentence's number in a note (Python 3.11 and later).

    Examples
    --------
    >>> corpus = [["the", "cat"], [], ["a", "dog"], ["the", "the"]]
    >>> for batch in encode(corpus, {"the": 0, "cat": 1, "dog": 2}, batch_words=4):
    ...     print(batch.ids, batch.offsets, batch.raw_words, batch.sentences)
    [0 1 2] [0 2 3] 4 3
    [0 0] [0 2] 2 1
    >>> documents = [(["the", "cat"], ["pets"]), (["a"], []), (["dog"], ["pets", "loud"])]
    >>> (batch,) = encode(documents, {"the": 0, "cat": 1, "dog": 2}, tag_to_row={"pets": 3, "loud": 4})
    >>> [batch.tags.of(sentence).tolist() for sentence in range(2)]  # the second one has no known word
    [[3], [3, 4]]
    """
    if batch_words < 1:
        raise ValueError(f"batch_words must be at least 1, got {batch_words!r}")
    return _batches(sentences, key_to_index, batch_words, tag_to_row)


def _batches(
    sentences: Iterable[Any], key_to_index: dict[Any, int], batch_words: int, tag_to_row: Mapping[Any, int] | None
) -> Iterator[Batch]:
    """Yield the batches of `encode`; a generator, so that nothing is read before the first is needed."""
    documents = None if tag_to_row is None else Documents(sentences, tag_to_row)
    encoder = Encoder(sentences if documents is None else documents, key_to_index, batch_words, documents=documents)
    while (arrays := encoder.next_batch()) is not None:
        yield Batch(*arrays, encoder.tags)
    if documents is not None and documents.unknown:
        warn(
            f"documents have {documents.unknown:,} tags that are not known, and are not trained for them: have them "
            "counted by build_vocab(documents, update=True)"
        )
