"""The columns of `wv` that training reads: counts, and the keep rates that follow from these and `sample`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.vocabulary import downsample
from w2vcore.keyedvectors import KeyedVectors

if TYPE_CHECKING:
    from .model import Word2Vec


def follow_sample(wv: KeyedVectors, made_with: float | None, sample: float) -> float | None:
    """Compute the column again if `sample` has changed; return the `sample` that it follows from now.

    Parameters
    ----------
    wv : KeyedVectors
    made_with : float or None
        The `sample` that it was computed from; None: that is unknown, and the column stays.
    sample : float
    """
    columns = wv.expandos
    if made_with in (None, sample) or not {"count", "sample_int"} <= columns.keys():
        return made_with
    columns["sample_int"] = downsample(np.asarray(columns["count"], np.int64), sample).keep
    return sample


def fill_keep_rates(wv: KeyedVectors, first: int, sample: float) -> None:
    """Give a keep rate to rows from `first` on that have none: keys that were added to `wv` and have counts now."""
    columns = wv.expandos
    if len(columns.get("sample_int", ())) == len(columns.get("count", ())) == len(wv):
        empty = first + np.flatnonzero(columns["sample_int"][first:] == 0)
        columns["sample_int"][empty] = downsample(np.asarray(columns["count"], np.int64), sample).keep[empty]


def columns_of(model: Word2Vec) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]:
    """Return counts and keep rates of the words, and lock factors of the input rows.

    `wv` may be other vectors that a user put there.

    Raises
    ------
    RuntimeError
        If there is no count for each key.
    """
    wv, rows = model.wv, len(model.wv)
    counts = np.asarray(wv.expandos.get("count", ()), np.int64)
    if len(counts) != rows:
        raise RuntimeError(
            f"wv has the counts of {len(counts)} words, but {rows} keys: training needs how often each occurs. "
            "Build the vocabulary with build_vocab(), have build_vocab(sentences, update=True) count new words, or "
            "set the column 'count' with wv.set_vecattr"
        )
    model._sampled = follow_sample(wv, model._sampled, model.sample)
    keep = np.asarray(wv.expandos.get("sample_int", ()), np.uint32)
    if len(keep) != rows:
        keep = model._tables.remembered("keep", model.sample, (counts,), lambda: downsample(counts, model.sample).keep)
    return counts, keep, model._inputs.lock(model)
