"""From the counts of a scan to a vocabulary: which words are its keys, in which order, and how often each is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .shortfall import shortfall
from .trimming import TrimRule
from .vocabulary import KEEP_ALWAYS, RawCounts, downsample, merged, retain


@dataclass(frozen=True)
class Choice:
    """The settings that shape a vocabulary.

    Attributes
    ----------
    min_count : int
    sample : float
    max_final_vocab : int or None
    sorted_vocab, null_word : bool
    trim_rule : callable or None
    """

    min_count: int
    sample: float
    max_final_vocab: int | None = None
    sorted_vocab: bool = True
    null_word: bool = False
    trim_rule: TrimRule | None = None


@dataclass(frozen=True)
class Prepared:
    """A vocabulary that no model has taken over yet.

    Attributes
    ----------
    keys : sequence
        In index order.
    counts : ndarray of int64
    keep : ndarray of uint32
        How often each is kept in training.
    effective_min_count : int
    report : dict of str to int
        What `Word2Vec.prepare_vocab` returns.
    shortfall : str or None
        Why no word is left, if none is.
    """

    keys: Sequence[Any]
    counts: NDArray[np.int64]
    keep: NDArray[np.uint32]
    effective_min_count: int
    report: dict[str, int]
    shortfall: str | None


def prepare(raw: RawCounts, choice: Choice, known: Mapping[Any, int] | None = None) -> Prepared:
    """Choose the keys of a vocabulary.

    Parameters
    ----------
    raw : RawCounts
    choice : Choice
    known : mapping of key to int, optional
        An existing vocabulary with its counts; the keys of `raw` are added at its end.

    Examples
    --------
    >>> prepared = prepare(RawCounts({"a": 2, "b": 1, "c": 5}, 8, 3), Choice(min_count=2, sample=0))
    >>> prepared.keys, prepared.counts.tolist(), prepared.report["drop_unique"]
    (['c', 'a'], [5, 2], 1)
    """
    in_order = choice.sorted_vocab and known is None
    kept = retain(
        raw.counts,
        min_count=choice.min_count,
        max_final_vocab=choice.max_final_vocab,
        trim_rule=choice.trim_rule,
        sorted_vocab=in_order,
    )
    keys, counts = kept.keys, kept.counts
    if known is not None:
        keys, counts = merged(known, raw.counts, keys, counts)
    sampled = downsample(counts, choice.sample)
    keep = sampled.keep
    if choice.null_word and (len(keys) or known is not None) and "\0" not in keys:
        # among words that occur once, the one added last comes first, as in gensim
        row = int((counts > 1).sum()) if in_order else len(keys)
        keys = [*keys[:row], "\0", *keys[row:]]
        counts, keep = np.insert(counts, row, 1), np.insert(keep, row, KEEP_ALWAYS)
    report = {
        "drop_unique": kept.drop_unique,
        "retain_total": kept.retain_total,
        "downsample_unique": sampled.unique,
        "downsample_total": int(sampled.total),
        "num_retained_words": len(kept.keys),
    }
    reason = shortfall(raw, kept) if known is None else None
    return Prepared(keys, counts, keep, kept.effective_min_count, report, reason)
