"""The tags of a model: their order, and how many documents and words each has.

Integers come first, in ascending order, so that the tags 0, 1, 2, ... of a list of documents are the numbers of their
rows; then all others, as they are met. An integer is a key like any other: a tag of 5,000,000,000 takes one row.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.tagging import TagScan
from w2vcore.corpus.vocabulary import RawCounts
from w2vcore.corpus.warning import warn
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.keyedvectors.columns import Columns
from w2vcore.keyedvectors.internals import keys_of, replace_keys

logger = logging.getLogger("w2vcore.doc2vec")

DOCUMENTS, WORDS = "doc_count", "word_count"  # columns of ``dv``


class Log:
    """What a scan of documents tells the log: gensim's lines.

    Parameters
    ----------
    scan : TagScan
    """

    def __init__(self, scan: TagScan) -> None:
        self._scan = scan
        self._time, self._words = time.perf_counter(), 0

    def progress(self, documents: int, words: int, types: int) -> None:
        """Log how far the scan has come."""
        now = time.perf_counter()
        logger.info(
            "PROGRESS: at example #%i, processed %i words (%i words/s), %i word types, %i tags",
            documents,
            words,
            (words - self._words) / max(now - self._time, 1e-5),
            types,
            len(self._scan),
        )
        self._time, self._words = now, words

    def collected(self, raw: RawCounts) -> None:
        """Log what it has found."""
        logger.info(
            "collected %i word types and %i unique tags from a corpus of %i examples and %i words",
            len(raw.counts),
            len(self._scan),
            raw.sentences,
            raw.words,
        )
        if len(self._scan) > raw.sentences:
            logger.warning("More unique tags (%i) than documents (%i).", len(self._scan), raw.sentences)


def in_order(tags: Sequence[Any]) -> list[Any]:
    """Return tags in the order of their rows.

    Examples
    --------
    >>> in_order(["b", 2, "a", 0])
    [0, 2, 'b', 'a']
    """
    return sorted(tag for tag in tags if isinstance(tag, int)) + [tag for tag in tags if not isinstance(tag, int)]


def take_tags(dv: KeyedVectors, scan: TagScan, update: bool) -> None:
    """Make the tags of a scan the keys, or with `update` add those that are new, and count the others further.

    Their rows are made with the weights.
    """
    known = list(dv.index_to_key) if update else []
    before = set(known)
    keys = known + in_order([tag for tag in scan.documents if tag not in before])
    columns = {}
    for name, counted in ((DOCUMENTS, scan.documents), (WORDS, scan.words)):
        column = np.array([counted.get(tag, 0) for tag in keys], np.int64)
        if update:
            column[: len(known)] += numbers(dv, name)
        columns[name] = column
    others = {name: column for name, column in dv.expandos.items() if update and name not in columns}
    _warn_unsaved(keys[len(known) :])
    replace_keys(dv, keys)
    dv.expandos = Columns({**others, **columns})
    dv.allocate_vecattrs()
    dv.clear_norms()


def _warn_unsaved(tags: Sequence[Any]) -> None:
    """Warn, before training, of tags that no file can hold."""
    other = next((tag for tag in tags if not isinstance(tag, (str, int))), None)
    if other is not None:
        warn(
            f"tag {other!r} is neither a str nor an int: this model can be trained and asked, but cannot be saved; "
            "make the tags str, or numbers of your own"
        )


def numbers(dv: KeyedVectors, name: str) -> NDArray[np.int64]:
    """Return a column of counts, with 0 for tags that somebody added to `dv` without one."""
    column: NDArray[np.int64] = np.zeros(len(dv), np.int64)
    there = np.asarray(dv.expandos.get(name, ()), np.int64)[: len(dv)]
    column[: len(there)] = there
    return column


def stored_keys(dv: KeyedVectors) -> NDArray[Any]:
    """Return the tags as a file keeps them: integers, or any mix of these and str."""
    keys = list(keys_of(dv))
    if keys and all(isinstance(key, int) for key in keys):
        return np.array(keys, np.int64)
    column: NDArray[Any] = np.empty(len(keys), object)
    column[:] = keys
    return column
