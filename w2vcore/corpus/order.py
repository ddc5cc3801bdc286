"""The sentences of an encoded corpus in a new order, which costs memory for a few passages and no second corpus.

    corpus     | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 |     passages: whole sentences that follow on each other
    batches    | 6 | 1 | 4 |, | 3 | 0 | 7 |, ...     passages in a new order, copied a few at a time
    sentences  all those of a batch in a new order, too, if they are to be mixed

A passage is read from its beginning to its end, so that a corpus in a mapped file is read in long stretches. What comes
of it are batches like those of any corpus: whoever cuts them into jobs, trains them or counts them knows of no order,
and a token's place in the epoch is that at which it is trained.

Sentences and passages are sorted by random numbers that depend on seed, epoch and the place in the corpus of their
first token alone. So the order is the same for any number of workers, on any device, and when an epoch is gone through
again from its beginning, as after a crash. Two numbers are equal in one of 10^19 pairs; those keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels.reference_random import PURPOSE_ORDER, random_key, random_words

from .encoding import Batch
from .tagging import Tags

# Tokens of a batch, about: 1 MB in memory beside the corpus for each batch that is being trained. With passages of
# 10,000 tokens these are sentences from 26 places, which trained as well as all sentences in one order did (see
# docs/choosing-parameters.md). Few enough that a GPU, which keeps large batches, takes them as a stream.
BATCH_TOKENS = 1 << 18

_SENTENCES, _PASSAGES = 0, 1  # streams of random numbers

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Order:
    """An order of the sentences of a corpus, for one epoch.

    Attributes
    ----------
    passage : int
        Tokens of a passage, about: it ends with the sentence that brings it to so many.
    mixed : bool
        Whether the sentences of a batch change places, too; else those of a passage stay together, in order.
    seed, epoch : int
        What the order follows from.
    first_token : int
        Place in the whole corpus of the first token, which another rank's part may precede.
    """

    passage: int
    mixed: bool
    seed: int
    epoch: int
    first_token: int = 0

    def permutation(self, stream: int, places: Numbers) -> NDArray[np.intp]:
        """Return the numbers of these places, in random order."""
        key = random_key(self.seed, self.epoch, PURPOSE_ORDER)
        words = random_words(key, stream, places + self.first_token)
        return np.argsort(words[:, 0] << np.uint64(32) | words[:, 1], kind="stable")


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
    >>> [part.ids.tolist() for part in reordered(corpus, Order(passage=4, mixed=False, seed=1, epoch=0))]
    [[0, 1, 2, 3, 8, 9, 4, 5, 6, 7]]
    >>> [part.ids.tolist() for part in reordered(corpus, Order(passage=4, mixed=True, seed=1, epoch=0))]
    [[8, 9, 4, 5, 0, 1, 6, 7, 2, 3]]
    """
    if len(batch.offsets) <= 2:  # nothing changes places with anything
        yield batch
        return
    size, tokens, words, sentences = len(batch), 0, 0, 0
    for spans in _batches(batch.offsets, order):
        part = _joined([_part(batch, first, last) for first, last in spans])
        if order.mixed and len(part.offsets) > 2:
            places = np.concatenate([batch.offsets[first:last] for first, last in spans])
            part = _permuted(part, order.permutation(_SENTENCES, places))
        tokens += len(part)
        words_before, sentences_before = words, sentences
        words, sentences = batch.raw_words * tokens // size, batch.sentences * tokens // size
        yield Batch(part.ids, part.offsets, words - words_before, sentences - sentences_before, part.tags)


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


def _batches(offsets: Numbers, order: Order) -> Iterator[list[tuple[int, int]]]:
    """Yield the passages of each batch, as the numbers of their first sentence and of the one after their last."""
    borders = passages(offsets, order.passage)
    places = offsets[borders]
    spans: list[tuple[int, int]] = []
    held = 0
    for number in order.permutation(_PASSAGES, places[:-1]).tolist():
        tokens = int(places[number + 1] - places[number])
        if spans and held + tokens > BATCH_TOKENS:
            yield spans
            spans, held = [], 0
        spans.append((int(borders[number]), int(borders[number + 1])))
        held += tokens
    yield spans


def _part(batch: Batch, first: int, last: int) -> Batch:
    """Return some sentences that follow on each other, as they lie in the corpus."""
    return Batch(*_range(batch.ids, batch.offsets, first, last), 0, 0, _tags_of(batch, first, last))


def _tags_of(batch: Batch, first: int, last: int) -> Tags | None:
    if batch.tags is None:
        return None
    rows, offsets = _range(batch.tags.rows, batch.tags.offsets, first, last)
    return Tags(offsets, rows)


def _range(values: NDArray[np.uint32], offsets: Numbers, first: int, last: int) -> tuple[NDArray[np.uint32], Numbers]:
    """Return what the items first..last hold, and their offsets in that."""
    start, stop = int(offsets[first]), int(offsets[last])
    return values[start:stop], offsets[first : last + 1] - start


def _joined(parts: list[Batch]) -> Batch:
    """Return parts as one; a single one is not copied, as it may be a sentence as long as the corpus."""
    if len(parts) == 1:
        return parts[0]
    ids, offsets = _concatenated([(part.ids, part.offsets) for part in parts])
    tags = [part.tags for part in parts if part.tags is not None]
    if not tags:
        return Batch(ids, offsets, 0, 0)
    rows, tag_offsets = _concatenated([(each.rows, each.offsets) for each in tags])
    return Batch(ids, offsets, 0, 0, Tags(tag_offsets, rows))


def _concatenated(parts: list[tuple[NDArray[np.uint32], Numbers]]) -> tuple[NDArray[np.uint32], Numbers]:
    lengths = np.concatenate([np.diff(offsets) for _, offsets in parts])
    return np.concatenate([values for values, _ in parts]), _offsets(lengths)


def _permuted(batch: Batch, order: NDArray[np.intp]) -> Batch:
    """Return the sentences of a batch in an order, with their tags."""
    ids, offsets = _gathered(batch.ids, batch.offsets, order)
    if batch.tags is None:
        return Batch(ids, offsets, 0, 0)
    rows, tag_offsets = _gathered(batch.tags.rows, batch.tags.offsets, order)
    return Batch(ids, offsets, 0, 0, Tags(tag_offsets, rows))


def _gathered(
    values: NDArray[np.uint32], offsets: Numbers, order: NDArray[np.intp]
) -> tuple[NDArray[np.uint32], Numbers]:
    """Return the items that lie between offsets in an order, and their new offsets."""
    lengths = np.diff(offsets)[order]
    found = _offsets(lengths)
    where = np.arange(found[-1]) + np.repeat(offsets[:-1][order] - found[:-1], lengths)
    return values[where], found


def _offsets(lengths: Numbers) -> Numbers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
