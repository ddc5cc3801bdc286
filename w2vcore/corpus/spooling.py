"""Count and encode a corpus in one pass, before it is known which words stay; or encode one with a known vocabulary.

Every token gets a provisional id, in the order in which its key was first seen; when the vocabulary has been chosen the
ids are renumbered in place. So a file is read, decoded and looked up once, and a generator can be trained on. Text in
files goes through the scanner (`scanning`), anything else through Python's iteration (`_encoding`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._encoding import GONE, Encoder, renumber_in_place
from ._scanner import KeyTable
from .compact import CompactCounts, CompactKeys
from .encoding import Batch, encode
from .numbered import NumberCounts, NumberedCorpus, counted, is_numbered, rows_of_numbers
from .scanning import text_of
from .sources import why_empty
from .tagging import Tags
from .token_cache import TokenCache
from .vocabulary import RawCounts, collected_numbers, log_collected, log_progress, logger, scan_text, warn_strings

MOST_AT_ONCE = 10_000  # tokens handed to the cache at once: more would only be held twice
_BLOCK = 1 << 20  # tokens that are counted at a time: bincount makes int64 of them


def count_and_encode(
    sentences: Iterable[Iterable[Hashable]],
    cache: TokenCache,
    batch_words: int = 10_000,
    progress_per: int = 10_000,
    workers: int = 1,
) -> tuple[RawCounts, Batch]:
    """Read a corpus once: its counts, and its tokens under provisional ids.

    Parameters
    ----------
    sentences : iterable of iterables of tokens
    cache : TokenCache
        Holds the tokens; the batch is valid until it is closed.
    batch_words : int
        Tokens that are handed to the cache at a time, if they are no more than `MOST_AT_ONCE`.
    progress_per : int
        Sentences between two log lines of progress.
    workers : int
        Threads that scan text in files; the result is the same for any number.

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
    if is_numbered(sentences):
        return _count_numbered(sentences, cache, workers)
    text = text_of(sentences)
    if text is not None:
        table = KeyTable()
        batches = scan_text(text, table, grow=True, workers=workers, progress_per=progress_per)
        batch = cache.store(batches, text.most_tokens)
        nothing = why_empty(sentences, batch.sentences)
        raw = RawCounts(CompactCounts(table), batch.raw_words, batch.sentences, nothing=nothing)
        log_collected(raw)
        return raw, batch
    ids: dict[Any, int] = {}
    encoder = Encoder(sentences, ids, min(batch_words, MOST_AT_ONCE), grow=True)
    batch = cache.store(_batches(encoder, progress_per))
    counts = _counts(ids, batch) if encoder.table is None else CompactCounts(encoder.table)
    raw = RawCounts(counts, batch.raw_words, batch.sentences, nothing=why_empty(sentences, batch.sentences))
    log_collected(raw)
    return raw, batch


def _count_numbered(corpus: NumberedCorpus, cache: TokenCache, workers: int) -> tuple[RawCounts, Batch]:
    """Do it for a corpus that has numbers; provisional ids are in the order of other corpora."""
    counts = NumberCounts(len(corpus.number_to_key))
    batch = cache.store(counted(corpus.batches(0, workers), counts))
    return collected_numbers(corpus, counts), renumbered(batch, counts.places())


def _counts(ids: dict[Any, int], batch: Batch) -> dict[Any, int]:
    """Return how often each id occurs."""
    counts = np.zeros(len(ids), np.int64)
    for start in range(0, len(batch.ids), _BLOCK):
        counts += np.bincount(batch.ids[start : start + _BLOCK], minlength=len(ids))
    return dict(zip(ids, counts.tolist(), strict=True))


def _batches(encoder: Encoder, progress_per: int) -> Iterator[Batch]:
    warned, next_report = False, 0
    while (arrays := encoder.next_batch()) is not None:
        if encoder.first_string and not warned:
            warn_strings(encoder)
            warned = True
        if encoder.sentences >= next_report:
            log_progress(encoder.sentences, encoder.words, encoder.types)
            next_report += progress_per
        yield Batch(*arrays)


def renumber(batch: Batch, provisional: Mapping[Any, int], keys: Mapping[Any, int] | CompactKeys) -> Batch:
    """Replace provisional ids by rows of the vocabulary, and drop tokens that are not in it.

    Parameters
    ----------
    batch : Batch
        From `count_and_encode`; its arrays are used up.
    provisional : mapping
        The counts that came with it: keys in the order of their provisional ids.
    keys : mapping, or CompactKeys
        Row of each key that stays, or those keys in the order of their rows.
    """
    return renumbered(batch, _rows(provisional, keys))


def _rows(provisional: Mapping[Any, int], keys: Mapping[Any, int] | CompactKeys) -> NDArray[np.uint32]:
    """Return the row of each provisional id, or GONE."""
    if not isinstance(keys, CompactKeys):
        return np.fromiter((keys.get(key, GONE) for key in provisional), np.uint32, len(provisional))
    if not isinstance(provisional, CompactCounts):
        return _rows(provisional, {key: row for row, key in enumerate(keys)})
    rows = np.full(len(provisional), GONE, np.uint32)
    places = provisional.places_of(keys)
    seen = places >= 0
    rows[places[seen]] = np.flatnonzero(seen)
    return rows


def tokens_kept(counts: Mapping[Any, int], keys: Mapping[Any, int] | CompactKeys) -> int:
    """Return how many of the counted tokens have keys that stay.

    Examples
    --------
    >>> tokens_kept({"b": 2, "a": 1, "c": 5}, {"a": 0, "b": 1})
    3
    """
    numbers = np.fromiter(counts.values(), np.int64, len(counts))
    return int(numbers[_rows(counts, keys) != GONE].sum())


def renumbered(batch: Batch, new_id: NDArray[np.uint32]) -> Batch:
    """Renumber the arrays of a batch in place, and drop tokens whose new number is GONE."""
    ids, offsets, tags = batch.ids, batch.offsets, batch.tags
    arrays: list[NDArray[Any]] = [ids, offsets, *(() if tags is None else (tags.offsets, tags.rows))]
    for array in arrays:
        array.flags.writeable = True
    tokens, borders = renumber_in_place(ids, offsets, new_id, *arrays[2:])
    for array in arrays:
        array.flags.writeable = False
    if tags is not None:
        tags = Tags(tags.offsets[:borders], tags.rows[: tags.offsets[borders - 1]])
    return Batch(ids[:tokens], offsets[:borders], batch.raw_words, batch.sentences, tags)


def encode_into(
    cache: TokenCache,
    sentences: Iterable[Any],
    keys: dict[Any, int] | CompactKeys,
    batch_words: int = 10_000,
    workers: int = 1,
    tag_to_row: Mapping[Any, int] | None = None,
) -> Batch:
    """Encode a whole corpus with a known vocabulary.

    Parameters
    ----------
    cache : TokenCache
        Holds the tokens; the batch is valid until it is closed.
    sentences : iterable of iterables of tokens
    keys : dict, or CompactKeys
        Row of each key, or the keys in the order of their rows.
    batch_words : int
        Tokens that are handed to the cache at a time, if they are no more than `MOST_AT_ONCE`.
    workers : int
        Threads that scan text in files; the result is the same for any number.
    tag_to_row : mapping, optional
        The row of each tag; then each sentence is a pair (words, tags).

    Examples
    --------
    >>> with TokenCache() as cache:
    ...     batch = encode_into(cache, [["b", "a", "b"], ["c"]], {"a": 0, "b": 1})
    ...     print(batch.ids, batch.offsets, batch.raw_words, batch.sentences)
    [1 0 1] [0 3] 4 2
    """
    if tag_to_row is not None:
        rows = keys if isinstance(keys, dict) else {key: row for row, key in enumerate(keys)}
        return cache.store(encode(sentences, rows, min(batch_words, MOST_AT_ONCE), tag_to_row))
    if is_numbered(sentences):
        return renumbered(cache.store(sentences.batches(0, workers)), rows_of_numbers(sentences.number_to_key, keys))
    text = text_of(sentences)
    if text is not None and not isinstance(keys, CompactKeys) and text.is_short(len(keys)):
        return cache.store(encode(sentences, keys, min(batch_words, MOST_AT_ONCE)))
    # a key that is not a str may still be equal to one, which only Python can tell
    if text is None or not (isinstance(keys, CompactKeys) or all(isinstance(key, str) for key in keys)):
        rows = {key: row for row, key in enumerate(keys)} if isinstance(keys, CompactKeys) else keys
        return cache.store(encode(sentences, rows, min(batch_words, MOST_AT_ONCE)))
    compact = keys if isinstance(keys, CompactKeys) else CompactKeys.of(keys)
    batch = cache.store(scan_text(text, compact.table(), grow=False, workers=workers), text.most_tokens)
    if isinstance(keys, CompactKeys):
        return batch
    given = np.fromiter(keys.values(), np.uint32, len(keys))
    return batch if np.array_equal(given, np.arange(len(given))) else renumbered(batch, given)
