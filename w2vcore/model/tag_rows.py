"""Rows of the input matrix for tags of documents, after those of words: how often each is updated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .tables import HotEnd, Table, WordRates

# Jobs that the words of a tag fill: from here on several workers are likely to train it at once.
_SHARED_JOBS = 4


def with_tags(table: Table, tag_words: NDArray[np.int64]) -> Table:
    """Return the table of input vectors with rows for tags at its end.

    Where the words of one tag fill several jobs, workers meet in its row, which is none of the first: then nothing is
    said of where the hottest rows are.

    Parameters
    ----------
    table : Table
        That of the words.
    tag_words : ndarray of int64, shape (T,)
        For each tag, how many words the documents with it have.

    Examples
    --------
    >>> from w2vcore.model.config import TrainingConfig
    >>> from w2vcore.model.tables import centre_rates, input_table
    >>> counts = np.array([3, 1])
    >>> words = WordRates(TrainingConfig(), counts, centre_rates(counts, None), contexts=6.0, examples=1.0)
    >>> table = with_tags(input_table(100), np.array([1, 3]))
    >>> table.update_rates(words).tolist(), table.rows(2), table.hot_end(words)
    ([4.5, 1.5, 0.25, 0.75], 4, 'first')
    """
    tags = len(tag_words)

    def rates(words: WordRates) -> NDArray[np.float64]:
        share = tag_words / max(float(words.counts.sum()), float(tag_words.max(initial=1)))
        return np.concatenate([table.update_rates(words), share * words.centres.sum()])

    def hot_end(words: WordRates) -> HotEnd:
        if int(tag_words.max(initial=0)) > _SHARED_JOBS * words.config.batch_words:
            return None
        return table.hot_end(words)

    def rows(vocabulary: int) -> int:
        return table.rows(vocabulary) + tags

    return replace(table, rows=rows, used_rows=rows, update_rates=rates, hot_end=hot_end)
