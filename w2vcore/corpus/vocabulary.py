"""From a corpus to its vocabulary: count tokens, choose which become keys, order them, thin out the frequent."""

from __future__ import annotations

import logging
import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ._encoding import SentenceLoop, TokenCounter
from ._scanner import KeyTable
from .compact import CompactCounts
from .encoding import Batch
from .files import LONGEST_PATH, kind_of
from .keying import ALWAYS_KEYS, MAKE_STR, clean_key, why_not_saved
from .numbered import NumberCounts, NumberedCorpus, is_numbered
from .scanning import Text, scan, text_of
from .sources import why_empty
from .trimming import RULE_DEFAULT, RULE_KEEP, TrimRule, answer_of, check_trim_rule, keep_vocab_item
from .warning import warn

logger = logging.getLogger(__name__)

KEEP_ALWAYS = 0xFFFFFFFF  # a 32-bit draw is never larger


@dataclass(frozen=True)
class RawCounts:
    """The result of scanning a corpus.

    Attributes
    ----------
    counts : mapping of key to int
        In the order in which the keys were first seen: `CompactCounts` if all of them are str, else a dict.
    words, sentences : int
        Tokens and sentences read.
    pruned : int
        Keys that `max_vocab_size` dropped during the scan; a key that was dropped twice is counted twice.
    nothing : str
        Why there was nothing to count, if there was nothing.
    """

    counts: Mapping[Any, int]
    words: int
    sentences: int
    pruned: int = 0
    nothing: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True)
class Retained:
    """The keys that stay, in index order.

    Attributes
    ----------
    keys : list, or CompactKeys
    counts : ndarray of int64
        Occurrences of each key.
    effective_min_count : int
        The threshold that was applied: `min_count`, or what `max_final_vocab` raised it to.
    drop_unique, retain_total : int
        Number of keys dropped, and occurrences of those that stay.
    original_unique, original_total : int
        Keys and occurrences before.
    """

    keys: Sequence[Any]
    counts: NDArray[np.int64]
    effective_min_count: int
    drop_unique: int
    retain_total: int
    original_unique: int
    original_total: int


@dataclass(frozen=True)
class Downsampling:
    """The share of each key's tokens that is trained.

    Attributes
    ----------
    keep : ndarray of uint32
        A token is kept when its 32-bit draw is at most ``keep[id]`` (gensim's ``sample_int``).
    unique : int
        How many keys are thinned out.
    total : int
        Expected number of tokens left.
    """

    keep: NDArray[np.uint32]
    unique: int
    total: int


class ScanLog(Protocol):
    """What a scan tells the log."""

    def progress(self, sentences: int, words: int, types: int) -> None:
        """Log how far it has come."""

    def collected(self, raw: RawCounts) -> None:
        """Log what it has found."""


def count_tokens(
    sentences: Iterable[Iterable[Hashable]],
    *,
    max_vocab_size: int | None = None,
    trim_rule: TrimRule | None = None,
    progress_per: int = 10_000,
    workers: int = 1,
    log: ScanLog | None = None,
) -> RawCounts:
    """Count every token of a corpus, in one pass.

    Parameters
    ----------
    sentences : iterable of iterables of tokens
    max_vocab_size : int, optional
        Bounds memory: whenever a sentence raises the number of keys above this, those seen fewer than n times so far
        are dropped, with n = 1 the first time, 2 the second, and so on. Counts of rare words are then too low; a
        warning says how many keys were dropped.
    trim_rule : callable, optional
        ``f(word, count, n)`` decides during such a pruning; see `keep_vocab_item`.
    progress_per : int
        Sentences between two log lines of progress.
    workers : int
        Threads that scan text in files, unless there is a `max_vocab_size`; the result is the same for any number.
    log : ScanLog, optional
        Writes other lines to the log than those about sentences.

    Raises
    ------
    TypeError
        If a sentence is bytes or not iterable, or a token is None, NaN or not hashable.

    Warns
    -----
    UserWarning
        If sentences are strings (their letters are counted, as in gensim), or if `max_vocab_size` dropped keys.

    Examples
    --------
    >>> count_tokens([["a", "b", "a"], [], [7, "a"]])
    RawCounts(counts={'a': 3, 'b': 1, 7: 1}, words=5, sentences=3, pruned=0)
    """
    if progress_per < 1:
        raise ValueError(f"progress_per must be at least 1, got {progress_per!r}")
    if max_vocab_size is not None and max_vocab_size < 0:
        raise ValueError(f"max_vocab_size must be at least 1, or None for no limit, got {max_vocab_size!r}")
    check_trim_rule(trim_rule)
    logger.info("collecting all words and their counts")
    text = None if max_vocab_size else text_of(sentences)  # pruning goes by sentences, and drops keys
    if text is not None:
        return _count_text(text, sentences, progress_per, workers)
    if is_numbered(sentences) and not max_vocab_size:
        return _count_numbered(sentences, workers)
    counter = TokenCounter(sentences, prunable=bool(max_vocab_size))
    min_reduce, pruned, pruned_words, warned = 1, 0, 0, False
    more, next_report = True, 0
    while more:
        if counter.sentences == next_report:
            (log_progress if log is None else log.progress)(counter.sentences, counter.words, len(counter))
            next_report += progress_per
        more = counter.scan(next_report - counter.sentences, max_vocab_size or 0)
        if counter.first_string and not warned:
            warn_strings(counter)
            warned = True
        if more and max_vocab_size and len(counter) > max_vocab_size:
            gone, words = _prune(counter, min_reduce, trim_rule)
            min_reduce, pruned, pruned_words = min_reduce + 1, pruned + gone, pruned_words + words
    counts = counter.counts() if counter.table is None else CompactCounts(counter.table)
    raw = RawCounts(counts, counter.words, counter.sentences, pruned, why_empty(sentences, counter.sentences))
    (log_collected if log is None else log.collected)(raw)
    if pruned:
        warn(
            f"max_vocab_size={max_vocab_size} dropped {pruned:,} word types ({pruned_words:,} occurrences) during the "
            f"scan, {len(raw.counts):,} are left, and counts of rare words are too low; raise it, or use "
            "max_final_vocab, which is exact"
        )
    return raw


def _count_numbered(corpus: NumberedCorpus, workers: int) -> RawCounts:
    """Count the tokens of a corpus that has numbers."""
    counts = NumberCounts(len(corpus.number_to_key))
    for batch in corpus.batches(0, workers):
        counts.add(batch)
    return collected_numbers(corpus, counts)


def collected_numbers(corpus: NumberedCorpus, counts: NumberCounts) -> RawCounts:
    """Log and return what was counted of a corpus that has numbers."""
    by_key = counts.by_key(corpus.number_to_key)
    raw = RawCounts(by_key, counts.words, counts.sentences, nothing=why_empty(corpus, counts.sentences))
    log_collected(raw)
    return raw


def _count_text(text: Text, corpus: Any, progress_per: int, workers: int) -> RawCounts:
    """Count the tokens of text in files."""
    table = KeyTable()
    words = sentences = 0
    for batch in scan_text(text, table, grow=True, workers=workers, progress_per=progress_per):
        words += batch.raw_words
        sentences += batch.sentences
    raw = RawCounts(CompactCounts(table), words, sentences, nothing=why_empty(corpus, sentences))
    log_collected(raw)
    return raw


def scan_text(
    text: Text, table: KeyTable, *, grow: bool, workers: int = 1, progress_per: int = 10_000
) -> Iterator[Batch]:
    """Do what `scanning.scan` does and, when counting, log progress every `progress_per` sentences."""
    words = sentences = next_report = 0
    for batch in scan(text, table, grow=grow, workers=workers):
        words += batch.raw_words
        sentences += batch.sentences
        if grow and sentences >= next_report:
            log_progress(sentences, words, len(table))
            next_report = (sentences // progress_per + 1) * progress_per
        yield batch


def log_progress(sentences: int, words: int, types: int) -> None:
    """Log how far a scan has come, as gensim does."""
    logger.info(
        "PROGRESS: at sentence #%i, processed %i words, keeping %i word types", sentences, words, types
    )  # fmt: skip


def log_collected(raw: RawCounts) -> None:
    """Log what a scan has found, as gensim does."""
    logger.info(
        "collected %i word types from a corpus of %i raw words and %i sentences",
        len(raw.counts),
        raw.words,
        raw.sentences,
    )


def _prune(counter: TokenCounter, min_reduce: int, trim_rule: TrimRule | None) -> tuple[int, int]:
    """Drop the keys seen fewer than `min_reduce` times; return the numbers of keys and of tokens dropped."""
    before = len(counter)
    gone, words = counter.prune(lambda key, count: keep_vocab_item(key, count, min_reduce, trim_rule))
    logger.info(
        "pruned out %i tokens with count <%i (before %i, after %i)", gone, min_reduce, before, len(counter)
    )  # fmt: skip
    return gone, words


def warn_strings(counter: SentenceLoop) -> None:
    """Say once that sentences are strings, and what to write instead."""
    assert counter.first_string is not None
    number, text = counter.first_string
    head = counter.head_strings
    if len(text) < LONGEST_PATH and kind_of(text) is None:
        what = f"sentence {number} is {text!r}, the name of a file; pass LineSentence({text!r})"
    # several strings in a row and no blank in any of them: words, not sentences
    elif len(head) > 1 and len(head) >= min(counter.sentences, 5) and not any(word.split()[1:] for word in head):
        what = "got one sentence where a list of sentences is expected; wrap it: [words]"
    else:
        shown = text if len(text) <= 60 else text[:57] + "..."
        what = f"sentence {number} is the string {shown!r}; pass a list of words, e.g. s.split()"
    # the first sentence is gensim's, which people look for in logs
    message = f"Each 'sentences' item should be a list of words (usually unicode strings). Here {what}"
    logger.warning(message)
    warn(message)


def warn_unsaved(keys: Sequence[Any], before: Sequence[Any] = ()) -> None:
    """Warn, before training, of keys that no file can hold, unless the keys `before` gave that warning."""
    reason = why_not_saved(keys)
    if reason is not None and why_not_saved(before) is None:
        warn(f"{reason}. This model can be trained and asked, but cannot be saved: {MAKE_STR}")


def given_counts(word_freq: Mapping[Any, int], sentences: int = 0) -> RawCounts:
    """Check and return a user's counts, as if they came from a scan of no words (``build_vocab_from_freq``).

    Raises
    ------
    TypeError
        If it is not a mapping, a key is None or NaN, or a count is not an integer.
    ValueError
        If a count is negative, or their sum does not fit into 64 bits.

    Examples
    --------
    >>> given_counts({"the": 10, "cat": 2}).counts
    {'the': 10, 'cat': 2}
    """
    if not hasattr(word_freq, "items"):
        raise TypeError(f"word_freq must be a dict of words and their counts, got {word_freq!r:.60}")
    logger.info("Processing provided word frequencies")
    counts: dict[Any, int] = {}
    for i, (word, count) in enumerate(word_freq.items()):
        try:
            number = index(count)
        except TypeError:
            raise TypeError(f"the count of {word!r} must be an int, got {count!r}") from None
        if number < 0:
            raise ValueError(f"the count of {word!r} must be at least 0, got {count!r}")
        key = word if type(word) in ALWAYS_KEYS else clean_key(word, f"key {i} of word_freq")
        counts[key] = counts.get(key, 0) + number
    total = sum(counts.values())
    if total >= 1 << 63:
        raise ValueError(f"the counts of all words add up to {total:,}, and must stay below 2**63")
    logger.info("collected %i unique word types, with total frequency of %i", len(counts), total)
    nothing = "" if counts else "word_freq is empty: it has no word with its count"
    return RawCounts(counts, 0, sentences, nothing=nothing)


def retain(
    counts: Mapping[Any, int],
    *,
    min_count: int,
    max_final_vocab: int | None = None,
    trim_rule: TrimRule | None = None,
    sorted_vocab: bool = True,
) -> Retained:
    """Choose the keys of the vocabulary and put them in index order.

    Index order is by descending count; keys of equal count are in reverse first-seen order (as in gensim 4.4).
    Unsorted, keys stay in first-seen order.

    Parameters
    ----------
    counts : mapping of key to int
        In first-seen order.
    min_count : int
        Keys seen fewer times are dropped.
    max_final_vocab : int, optional
        At most this many keys stay: those that come first in index order, after any that `trim_rule` keeps. (gensim
        raises `min_count` instead, so that all keys of a count are dropped together and fewer stay than requested.)
    trim_rule : callable, optional
        ``f(word, count, effective_min_count)``; see `keep_vocab_item`.
    sorted_vocab : bool

    Examples
    --------
    >>> kept = retain({"a": 2, "b": 1, "c": 2, "d": 5}, min_count=2)
    >>> kept.keys, kept.counts.tolist(), kept.drop_unique
    (['d', 'c', 'a'], [5, 2, 2], 1)
    >>> retain({"a": 2, "b": 1, "c": 2, "d": 5}, min_count=1, max_final_vocab=2).keys
    ['d', 'c']
    """
    check_trim_rule(trim_rule)
    if max_final_vocab is not None and max_final_vocab < 1:
        raise ValueError(f"max_final_vocab must be at least 1, or None for no limit, got {max_final_vocab!r}")
    numbers = _numbers(counts)
    threshold = _effective_min_count(numbers, min_count, max_final_vocab)
    stays, forced = _apply_rules(counts, numbers, threshold, trim_rule)
    rows = np.flatnonzero(stays)
    chosen = rows[np.argsort(numbers[rows], kind="stable")[::-1]]  # by count descending, then last seen first
    if max_final_vocab is not None and len(chosen) > max_final_vocab:
        first = np.argsort(~forced[chosen], kind="stable")[:max_final_vocab]
        chosen = chosen[np.sort(first)]
    if not sorted_vocab:
        chosen = np.sort(chosen)
    retained = Retained(
        keys=_keys_at(counts, chosen),
        counts=numbers[chosen],
        effective_min_count=threshold,
        drop_unique=len(counts) - len(chosen),
        retain_total=int(numbers[chosen].sum()),
        original_unique=len(counts),
        original_total=int(numbers.sum()),
    )
    _log_retained(retained)
    return retained


def merged(
    known: Mapping[Any, int], raw: Mapping[Any, int], keys: Sequence[Any], counts: NDArray[np.int64]
) -> tuple[list[Any], NDArray[np.int64]]:
    """Add the keys and counts of another corpus to existing ones.

    Parameters
    ----------
    known : mapping of key to int
        In index order. Their counts grow by those in `raw`, even if these are too low for a new key.
    raw : mapping of key to int
        All counts of the other corpus.
    keys, counts
        The keys chosen from it, and their counts.

    Examples
    --------
    >>> merged({"a": 5, "b": 5}, {"b": 1, "c": 3, "d": 1}, ["c"], np.array([3]))
    (['a', 'b', 'c'], array([5, 6, 3]))
    """
    total = [count + raw.get(key, 0) for key, count in known.items()]
    fresh = [(key, int(count)) for key, count in zip(keys, counts, strict=True) if key not in known]
    return [*known, *(key for key, _ in fresh)], np.array([*total, *(count for _, count in fresh)], np.int64)


def _effective_min_count(numbers: NDArray[np.int64], min_count: int, max_final_vocab: int | None) -> int:
    """Return the lowest count that can stay: gensim's, or the count at the border if only some of its keys fit."""
    if max_final_vocab is None or max_final_vocab >= len(numbers):
        return min_count
    border = len(numbers) - max_final_vocab
    ascending = np.partition(numbers, (border - 1, border))
    last_in, first_out = int(ascending[border]), int(ascending[border - 1])
    return max(min_count, min(last_in, first_out + 1))


def _numbers(counts: Mapping[Any, int]) -> NDArray[np.int64]:
    """Return the counts as an array, in the order of the keys."""
    if isinstance(counts, CompactCounts):
        return counts.numbers()
    return np.fromiter(counts.values(), np.int64, len(counts))


def _keys_at(counts: Mapping[Any, int], places: NDArray[np.int64]) -> Sequence[Any]:
    """Return the keys at some places in their order; compact keys stay compact."""
    if isinstance(counts, CompactCounts):
        return counts.keys_at(places)
    keys = list(counts)
    return [keys[place] for place in places.tolist()]


def _apply_rules(
    keys: Iterable[Any], numbers: NDArray[np.int64], min_count: int, trim_rule: TrimRule | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which keys may stay, and which of them `trim_rule` keeps in any case."""
    stays = numbers >= min_count
    forced = np.zeros(len(numbers), np.bool_)
    if trim_rule is not None:
        for i, (key, count) in enumerate(zip(keys, numbers.tolist(), strict=True)):
            answer = answer_of(trim_rule, key, count, min_count)
            if answer != RULE_DEFAULT:
                stays[i] = forced[i] = answer == RULE_KEEP
    return stays, forced


def _log_retained(retained: Retained) -> None:
    """Log what gensim logs after choosing the vocabulary."""
    kept, unique, total = len(retained.keys), retained.original_unique, retained.original_total
    logger.info(
        "effective_min_count=%i retains %i unique words (%.2f%% of original %i, drops %i)",
        retained.effective_min_count,
        kept,
        100 * kept / max(unique, 1),
        unique,
        retained.drop_unique,
    )
    logger.info(
        "effective_min_count=%i leaves %i word corpus (%.2f%% of original %i, drops %i)",
        retained.effective_min_count,
        retained.retain_total,
        100 * retained.retain_total / max(total, 1),
        total,
        total - retained.retain_total,
    )


def downsample(counts: NDArray[np.int64], sample: float) -> Downsampling:
    """Return how often tokens of each key are kept, so that frequent words do not crowd out the others.

    A key of count v is kept with probability ``(sqrt(v / t) + 1) * t / v``, at most 1, as in word2vec.c and gensim.

    Parameters
    ----------
    counts : ndarray of int64
        Occurrences of each key.
    sample : float
        Below 1, a share of all tokens: ``t = sample * counts.sum()``. From 1, a count, as in gensim:
        ``t = int(sample * (3 + sqrt(5)) / 2)``. Keys with v above 2.618 t (the golden ratio squared) are thinned out.
        0 keeps all.

    Examples
    --------
    >>> thinned = downsample(np.array([1000, 10, 1]), sample=0.01)
    >>> (thinned.keep / 0xFFFFFFFF).round(3).tolist(), thinned.unique, thinned.total
    ([0.111, 1.0, 1.0], 1, 121)
    """
    if not (isinstance(sample, (int, float, np.number)) and 0 <= sample < math.inf):
        raise ValueError(f"sample must be a finite number of at least 0 (0 keeps all words), got {sample!r}")
    total = int(counts.sum())
    probability = np.ones(len(counts))
    if sample and total:
        threshold = sample * total if sample < 1 else float(int(sample * (3 + np.sqrt(5)) / 2))
        seen = counts > 0
        v = counts[seen].astype(np.float64)
        probability[seen] = np.minimum((np.sqrt(v / threshold) + 1) * (threshold / v), 1.0)
    # 1 - 2**-53, the largest double below 1, times 0xFFFFFFFF is still below 2**32: the cast only drops the fraction
    keep = (probability * KEEP_ALWAYS).astype(np.uint32)
    unique = int((probability < 1).sum())
    logger.info("sample=%g downsamples %i most-common words", sample, unique)
    return Downsampling(keep, unique, int((probability * counts).sum()))
