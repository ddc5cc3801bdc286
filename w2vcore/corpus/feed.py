"""The corpus of a training as batches, epoch after epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .compact import CompactKeys
from .encoding import Batch, encode
from .imprint import Imprint
from .numbered import is_numbered, rows_of_numbers
from .order import Order, reordered
from .scanning import text_of
from .sources import Corpus, as_corpus
from .spooling import encode_into, renumbered
from .token_cache import TokenCache


def check_order(shuffle: str | bool, corpus: Corpus, once: bool) -> None:
    """Refuse an order for a corpus that is iterated again in each epoch.

    Parameters
    ----------
    shuffle : str or bool
        The setting.
    corpus : Corpus
    once : bool
        Whether it is encoded once.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> check_order("jobs", Corpus(iter([]), False, "corpus of type Walks"), once=False)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: shuffle='jobs' needs a corpus that is encoded once, and the corpus of type Walks is iterated again ...
    """
    if shuffle and not once:
        raise ValueError(
            f"shuffle={shuffle!r} needs a corpus that is encoded once, and the {corpus.name} is iterated again in each "
            "epoch, in its own order: pass cache_corpus=True, which reads it once; or a list or a file; or "
            "shuffle=False, and let its __iter__ give the sentences in another order each time"
        )


class Feed:
    """A corpus that is encoded once, or iterated again in each epoch.

    Parameters
    ----------
    corpus : Corpus
    cache : TokenCache
        Holds the tokens of a corpus that is encoded once.
    once : bool
        Encode it once.
    batch : Batch, optional
        The encoded corpus, if there is one already.
    keys : int
        Number of keys: for a text with fewer tokens than that, preparing a scan would take longer than the scan.
    tag_to_row : mapping, optional
        The row of each tag. Then each sentence of the corpus is a pair (words, tags).

    Attributes
    ----------
    batch : Batch or None
        The encoded corpus; None if it is iterated again in each epoch, or is not encoded yet.
    scanned : bool
        Whether the text is scanned without making a str of any key, so that compact keys suffice.

    Examples
    --------
    >>> sentences = [["b", "a"], ["a"]]
    >>> with TokenCache() as cache:
    ...     feed = Feed(as_corpus(sentences, passes=1), cache, once=True)
    ...     feed.encode({"a": 0, "b": 1}, batch_words=10, workers=1)
    ...     feed.watch()
    ...     sentences.reverse()
    ...     print([batch.ids.tolist() for batch in feed.batches({})], feed.has_changed())
    [[1, 0, 0]] True
    """

    def __init__(
        self,
        corpus: Corpus,
        cache: TokenCache,
        once: bool,
        batch: Batch | None = None,
        keys: int = 0,
        tag_to_row: Mapping[Any, int] | None = None,
    ) -> None:
        self.corpus = corpus
        self.once = once
        self.batch = batch
        text = text_of(corpus.sentences) if once else None
        self.scanned = text is not None and not text.is_short(keys)
        self._cache = cache
        self._tag_to_row = tag_to_row
        self._batch_words = 0
        self._imprint: Imprint | None = None

    def encode(self, rows: dict[Any, int] | CompactKeys, batch_words: int, workers: int) -> None:
        """Encode a corpus that is encoded once, if not done yet; for others only remember the batch size."""
        self._batch_words = batch_words
        if self.once and self.batch is None:
            self.batch = encode_into(self._cache, self.corpus.sentences, rows, batch_words, workers, self._tag_to_row)

    def encode_again(self, rows: dict[Any, int] | CompactKeys, batch_words: int, workers: int) -> None:
        """Encode it again, because the corpus or its keys have changed.

        Raises
        ------
        RuntimeError
            If it could be read only once.
        """
        if self.once and not self.corpus.cacheable:
            try:
                as_corpus(self.corpus.sentences, passes=2)
            except TypeError as error:
                raise RuntimeError(
                    f"a callback has changed the vocabulary, so the {self.corpus.name} must be encoded again, but it "
                    "can be read only once (cache_corpus=True): pass a list, or a class whose __iter__ starts afresh"
                ) from error
        self.batch = self._imprint = None  # not both in memory
        self._cache.close()
        self.encode(rows, batch_words, workers)

    def watch(self) -> None:
        """Remember what the corpus looks like, for `has_changed`."""
        if self.batch is not None and self.corpus.cacheable:
            self._imprint = Imprint(self.corpus.sentences, self.batch.raw_words, self._tag_to_row is not None)

    def has_changed(self) -> bool:
        """Whether a corpus that is encoded once looks different from when `watch` was called."""
        return self._imprint is not None and not self._imprint.fits(self.corpus.sentences)

    def batches(self, rows: dict[Any, int], order: Order | None = None, epoch: int = 0) -> Iterable[Batch]:
        """Return the batches of an epoch.

        Parameters
        ----------
        rows : dict
            With these a corpus is encoded that is iterated again.
        order : Order, optional
            Of the sentences, where `check_order` allows one; default: that of the corpus.
        epoch : int
            Which one it is, for a corpus that draws new sentences in each.
        """
        if self.batch is not None:
            return (self.batch,) if order is None else reordered(self.batch, order)
        sentences = self.corpus.sentences
        if self._tag_to_row is None and is_numbered(sentences):
            new_id = rows_of_numbers(sentences.number_to_key, rows)
            return (renumbered(batch, new_id) for batch in sentences.batches(epoch))
        return encode(self.corpus.sentences, rows, self._batch_words, self._tag_to_row)

    def check_order(self, shuffle: str | bool) -> None:
        """Refuse an order where the corpus is iterated again; see the function of this name."""
        check_order(shuffle, self.corpus, self.once)

    def is_empty(self, sentences_read: int) -> bool:
        """Whether an epoch without a word shows that the corpus is empty, and not that it is used up.

        Parameters
        ----------
        sentences_read : int
            In that epoch.

        Examples
        --------
        >>> with TokenCache() as cache:
        ...     feeds = [Feed(as_corpus(corpus, passes=1), cache, once=False) for corpus in ([[], ()], iter([]))]
        ...     print(feeds[0].is_empty(2), feeds[1].is_empty(0))
        True False
        """
        sentences = self.corpus.sentences
        if isinstance(sentences, (list, tuple, np.ndarray)):
            return all(isinstance(sentence, (list, tuple, str, np.ndarray)) for sentence in sentences)
        return self.corpus.cacheable or (not sentences_read and iter(sentences) is not sentences)
