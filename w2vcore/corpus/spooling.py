"""Count and encode a corpus in one reading, before it is known which words will stay.

Every token gets a provisional id, in the order in which its key was first seen; when the vocabulary has been chosen the
ids are renumbered in place. So a file is read, decoded and looked up once, and a generator can be trained on.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ._encoding import GONE, Encoder, renumber_in_place
from .encoding import Batch
from .token_cache import TokenCache
from .vocabulary import RawCounts, log_progress, logger, warn_strings

_BLOCK = 1 << 20  # tokens that are counted at a time: bincount makes int64 of them


def count_and_encode(
    sentences: Iterable[Iterable[Hashable]], cache: TokenCache, batch_words: int = 10_000, progress_per: int = 10_000
) -> tuple[RawCounts, Batch]:
    """Read a corpus once: its counts, and its tokens under provisional ids.

    Parameters
    ----------
    sentences : iterable of iterables of tokens
    cache : TokenCache
        Holds the tokens; the batch is valid until it is closed.
    batch_words : int
        Tokens that are handed to the cache at a time.
    progress_per : int
        Log progress each so many sentences.

    Raises
    ------
    TypeError
        If a sentence is bytes or no iterable, or a token is None, NaN or not hashable.

    Examples
    --------
    >>> with TokenCache() as cache:
    ...     raw, batch = count_and_encode([["b", "a", "b"], ["c"]], cache)
    ...     print(raw.counts, renumber(batch, raw.counts, {"a": 0, "b": 1}).ids)
    {'b': 2, 'a': 1, 'c': 1} [1 0 1]
    """
    logger.info("collecting all words and their counts")
    ids: dict[Any, int] = {}
    batch = cache.store(_batches(sentences, ids, batch_words, progress_per))
    counts = np.zeros(len(ids), np.int64)
    for start in range(0, len(batch.ids), _BLOCK):
        counts += np.bincount(batch.ids[start : start + _BLOCK], minlength=len(ids))
    raw = RawCounts(dict(zip(ids, counts.tolist(), strict=True)), batch.raw_words, batch.sentences)
    logger.info(
        "collected %i word types from a corpus of %i raw words and %i sentences",
        len(raw.counts),
        raw.words,
        raw.sentences,
    )
    return raw, batch


def _batches(
    sentences: Iterable[Iterable[Hashable]], ids: dict[Any, int], batch_words: int, progress_per: int
) -> Iterator[Batch]:
    encoder = Encoder(sentences, ids, batch_words, grow=True)
    warned, next_report = False, 0
    while (arrays := encoder.next_batch()) is not None:
        if encoder.first_string and not warned:
            warn_strings(encoder)
            warned = True
        if encoder.sentences >= next_report:
            log_progress(encoder, len(ids))
            next_report += progress_per
        yield Batch(*arrays)


def renumber(batch: Batch, provisional: Mapping[Any, int], key_to_index: Mapping[Any, int]) -> Batch:
    """Replace provisional ids by rows of the vocabulary, and drop the tokens that did not stay.

    Parameters
    ----------
    batch : Batch
        From `count_and_encode`; its arrays are used up.
    provisional : mapping
        The counts that came with it: keys in the order of their provisional ids.
    key_to_index : mapping
        Row of each key that stays.
    """
    new_id = np.fromiter((key_to_index.get(key, GONE) for key in provisional), np.uint32, len(provisional))
    ids, offsets = batch.ids, batch.offsets
    ids.flags.writeable = offsets.flags.writeable = True
    tokens, borders = renumber_in_place(ids, offsets, new_id)
    ids.flags.writeable = offsets.flags.writeable = False
    return Batch(ids[:tokens], offsets[:borders], batch.raw_words, batch.sentences)
