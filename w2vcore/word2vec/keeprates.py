"""How often each word is kept in training: the column 'sample_int' of `wv`, made of the counts and of `sample`."""

from __future__ import annotations

import numpy as np

from w2vcore.corpus.vocabulary import downsample
from w2vcore.keyedvectors import KeyedVectors


def follow_sample(wv: KeyedVectors, made_with: float | None, sample: float) -> float | None:
    """Make the column anew if `sample` was set since it was made; return what it is made with now.

    Parameters
    ----------
    wv : KeyedVectors
    made_with : float or None
        The `sample` that it was made with; None: that is not known, and it stays.
    sample : float
    """
    columns = wv.expandos
    if made_with in (None, sample) or not {"count", "sample_int"} <= columns.keys():
        return made_with
    columns["sample_int"] = downsample(np.asarray(columns["count"], np.int64), sample).keep
    return sample


def fill_keep_rates(wv: KeyedVectors, first: int, sample: float) -> None:
    """Give a keep rate to rows from `first` on that have none: keys that were added to `wv`, and counted since."""
    columns = wv.expandos
    if len(columns.get("sample_int", ())) == len(columns.get("count", ())) == len(wv):
        empty = first + np.flatnonzero(columns["sample_int"][first:] == 0)
        columns["sample_int"][empty] = downsample(np.asarray(columns["count"], np.int64), sample).keep[empty]
