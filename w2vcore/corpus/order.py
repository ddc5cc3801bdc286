"""The sentences of an encoded corpus in a new order, which costs eight bytes a passage and no second corpus.

    corpus     | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 |    passages: single sentences, or several that follow on each other
    batches    | 6   1   4 |, | 3   0   7 |, ...    passages in a new order, copied a few at a time

What comes of it are batches like those of any corpus: whoever cuts them into jobs, trains them or counts them knows of
no order, and a token's place in the epoch is that at which it is trained.

Passages are sorted by random numbers that follow from seed, epoch and the passage's number alone. So the order is the
same for any number of workers and size of batches, on any device, and when an epoch is gone through again from its
beginning, as after a crash. All orders are as good as equally likely: of ten million passages some 50 pairs draw the
same number, of the 40 bits that are left beside those of the passage's own number, and keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels.reference_random import PURPOSE_ORDER, random_key

from ._order import copied, sort_keys
from .encoding import Batch
from .tagging import Tags

# Tokens of a batch, about: 1 MB in memory beside the corpus for each batch that is being trained, and so few that a
# GPU, which keeps large batches, takes them as a stream.
BATCH_TOKENS = 1 << 18

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Order:
    """An order of the sentences of a corpus, for one epoch.

    Attributes
    ----------
    passage : int
        Tokens of a passage, about: it ends with the sentence that brings it to so many. 1: each sentence is one.
    seed, epoch : int
        What the order follows from.
    first_token : int
        Place in the whole corpus of the first token: the parts that ranks train have random numbers of their own.
    """

    passage: int
    seed: int
    epoch: int
    first_token: int = 0

    def permutation(self, passages: int) -> Numbers:
        """Return the numbers from 0 to `passages` - 1 in random order."""
        keys = sort_keys(random_key(self.seed, self.epoch, PURPOSE_ORDER), self.first_token, passages)
        keys.sort()
        keys &= np.uint64((1 << max(passages - 1, 0).bit_length()) - 1)
        return keys.view(np.int64)


def reordered(batch: Batch, order: Order) -> Iterator[Batch]:
    """Yield the sentences of a batch in another order, each once, in batches of about `BATCH_TOKENS`.

    Raw words and sentences are dealt out in proportion to tokens, and add up exactly.

    Parameters
    ----------
    batch : Batch
        A whole corpus.
    order : Order

    Examples
    --------
    >>> corpus = Batch(np.arange(10, dtype=np.uint32), np.arange(0, 11, 2), raw_words=12, sentences=6)
    >>> [part.ids.tolist() for part in reordered(corpus, Order(passage=1, seed=1, epoch=0))]
    [[4, 5, 6, 7, 0, 1, 2, 3, 8, 9]]
    >>> [part.ids.tolist() for part in reordered(corpus, Order(passage=4, seed=1, epoch=0))]
    [[8, 9, 0, 1, 2, 3, 4, 5, 6, 7]]
    """
    if len(batch.offsets) <= 2:  # nothing changes places with anything
        yield batch
        return
    size, tokens, words, sentences = len(batch), 0, 0, 0
    for first, last in _batches(batch.offsets, order):
        ids, offsets = _taken(batch.ids, batch.offsets, first, last)
        tags = None
        if batch.tags is not None:
            rows, borders = _taken(batch.tags.rows, batch.tags.offsets, first, last)
            tags = Tags(borders, rows)
        tokens += len(ids)
        words_before, sentences_before = words, sentences
        words, sentences = batch.raw_words * tokens // size, batch.sentences * tokens // size
        yield Batch(ids, offsets, words - words_before, sentences - sentences_before, tags)


def passages(offsets: Numbers, tokens: int) -> Numbers:
    """Return the borders of passages: the numbers of their first sentences, and the number of sentences.

    A passage has about so many tokens. A sentence of more is one by itself.

    Examples
    --------
    >>> passages(np.array([0, 3, 6, 9, 30, 33]), 5)
    array([0, 2, 3, 4, 5])
    """
    marks = np.arange(0, offsets[-1], tokens)
    within = np.searchsorted(offsets, marks, "right") - 1  # the sentence that has this token
    starts = within + (offsets[within] < marks)
    long = within[1:][within[1:] == within[:-1]]
    return np.unique(np.concatenate([starts, long, long + 1, [len(offsets) - 1]]))


def _batches(offsets: Numbers, order: Order) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the passages of each batch, as the numbers of their first sentences and of those after their last ones."""
    borders = None if order.passage == 1 else passages(offsets, order.passage)
    drawn = order.permutation(len(offsets) - 1 if borders is None else len(borders) - 1)
    step = max(1, BATCH_TOKENS * len(drawn) // int(offsets[-1]))
    for start in range(0, len(drawn), step):
        part = drawn[start : start + step]
        first, last = (part, part + 1) if borders is None else (borders[part], borders[part + 1])
        yield from _of_a_size(offsets, first, last)


def _of_a_size(offsets: Numbers, first: Numbers, last: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Cut passages that would be a large batch, as there are long ones among them, into several: these are alone."""
    ends = np.cumsum(offsets[last] - offsets[first])
    start = 0
    while start < len(first):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + 2 * BATCH_TOKENS, "right")))
        yield first[start:stop], last[start:stop]
        start = stop


def _taken(
    values: NDArray[np.uint32], offsets: Numbers, first: Numbers, last: Numbers
) -> tuple[NDArray[np.uint32], Numbers]:
    """Return what passages hold, and its offsets; one is not copied, as it may be a sentence as long as the corpus."""
    if len(first) > 1:
        return copied(values, offsets, first, last)
    start, stop = offsets[first[0]], offsets[last[0]]
    return values[start:stop], offsets[first[0] : last[0] + 1] - start
