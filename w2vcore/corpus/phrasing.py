"""Counting the words of a corpus and the pairs of words that may be phrases."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ._encoding import Encoder
from ._phrases import PhraseCounter
from ._scanner import KeyTable
from .compact import CompactKeys
from .encoding import Batch
from .scanning import scan, text_of
from .sources import as_corpus
from .vocabulary import warn_strings

_BATCH_WORDS = 10_000  # tokens that are encoded before they are counted: their ids stay in the first-level cache


@dataclass(frozen=True)
class PhraseCounts:
    """The result of scanning a corpus for phrases.

    Attributes
    ----------
    table : KeyTable
        Words, and pairs of words joined by the delimiter, with their counts.
    words, sentences : int
        Tokens and sentences read.
    min_reduce : int
        The next pruning would drop keys seen fewer times; 1 if there was none.
    pruned : int
        Number of keys dropped.
    """

    table: KeyTable
    words: int
    sentences: int
    min_reduce: int
    pruned: int


def count_phrases(
    sentences: Iterable[Iterable[Hashable]],
    *,
    delimiter: str,
    connector_words: Iterable[str] = (),
    max_vocab_size: int = 0,
    progress_per: int = 10_000,
    logger: logging.Logger,
) -> PhraseCounts:
    """Count the words of a corpus and the pairs that may be phrases, in one pass.

    A pair is two words that follow each other, or have nothing but connector words between them. Connector words are
    not counted on their own.

    Parameters
    ----------
    sentences : iterable of iterables of str
    delimiter : str
        Joins the words of a pair.
    connector_words : iterable of str
    max_vocab_size : int
        Bounds memory: whenever a sentence raises the number of words and pairs above this, those seen fewer than n
        times are dropped, with n = 1 the first time, 2 the second, and so on. 0: no bound.
    progress_per : int
        Sentences between two log lines of progress.
    logger : Logger

    Raises
    ------
    TypeError
        If a token is not a str, or `sentences` is not a corpus.

    Examples
    --------
    >>> counts = count_phrases([["new", "york"], ["bank", "of", "york"]], delimiter="_", connector_words=["of"],
    ...                        logger=logging.getLogger())
    >>> [counts.table.key(i) for i in range(len(counts.table))], counts.words
    (['new', 'york', 'new_york', 'bank', 'bank_of_york'], 5)
    """
    sentences = as_corpus(sentences, passes=1, for_file="LineSentence({!r})").sentences
    connectors = CompactKeys.of(connector_words).table()
    counter = PhraseCounter(delimiter.encode("utf8", "surrogatepass"), connectors, max_vocab_size)
    words = read = next_report = 0
    logger.info("collecting all words and their counts")
    for table, batch in _batches(sentences):
        if read >= next_report:
            logger.info(
                "PROGRESS: at sentence #%i, processed %i words and %i word types", read, words, len(counter.vocab)
            )
            next_report = (read // progress_per + 1) * progress_per
        counter.count(table, batch.ids, batch.offsets)
        words += batch.raw_words
        read += batch.sentences
    logger.info(
        "collected %i token types (unigram + bigrams) from a corpus of %i words and %i sentences",
        len(counter.vocab),
        words,
        read,
    )
    return PhraseCounts(counter.vocab, words, read, counter.min_reduce, counter.pruned)


def _batches(sentences: Iterable[Iterable[Hashable]]) -> Iterator[tuple[KeyTable, Batch]]:
    """Yield the corpus as ids, with the table of their words, which grows."""
    text = text_of(sentences)
    table = KeyTable()
    if text is not None:
        for batch in scan(text, table, grow=True):
            yield table, batch
        return
    ids: dict[Any, int] = {}
    encoder = Encoder(sentences, ids, _BATCH_WORDS, grow=True)
    warned = False
    while (arrays := encoder.next_batch()) is not None:
        if encoder.first_string and not warned:
            warn_strings(encoder)
            warned = True
        if encoder.table is None:
            _put_new(table, ids)
        yield encoder.table or table, Batch(*arrays)


def _put_new(table: KeyTable, ids: dict[Any, int]) -> None:
    """Put new keys into a table; they must be equal to str."""
    new = list(islice(ids, len(table), None))
    for key in new:
        if not isinstance(key, str):
            raise TypeError(
                f"token {key!r} is of type {type(key).__name__}; phrases are made of str: "
                "[str(token) for token in sentence]"
            )
    packed = CompactKeys.of(new)
    table.put_packed(packed.data, packed.offsets)
