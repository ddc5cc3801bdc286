"""Why a corpus leaves no word to train on."""

from __future__ import annotations

from .vocabulary import RawCounts, Retained


def shortfall(raw: RawCounts, retained: Retained) -> str | None:
    """Say why no word is left, and what to do; None if there is one.

    Parameters
    ----------
    raw : RawCounts
    retained : Retained
        The keys that were chosen from it.

    Examples
    --------
    >>> from w2vcore.corpus.vocabulary import count_tokens, retain
    >>> raw = count_tokens([["once", "upon"]])
    >>> shortfall(raw, retain(raw.counts, min_count=5))  # doctest: +ELLIPSIS
    'no word occurs min_count=5 times: 2 words seen, the most frequent 1 time. Lower min_count or check tokenisation.'
    """
    if len(retained.keys):
        return None
    if not raw.counts and raw.pruned:
        return "max_vocab_size dropped every word during the scan, or trim_rule did so; raise max_vocab_size"
    if not raw.counts and raw.nothing:
        return raw.nothing
    if not raw.counts and raw.sentences:
        return f"the corpus has no words: {_times(raw.sentences, 'sentence')} seen, all empty. Check tokenisation."
    if not raw.counts:
        return "there are no counts of words to choose from: scan a corpus first"
    most, wanted, seen = max(raw.counts.values()), retained.effective_min_count, _times(len(raw.counts), "word")
    if most >= wanted:
        return f"trim_rule drops every word: {seen} seen, the most frequent {_times(most, 'time')}."
    return (
        f"no word occurs min_count={wanted} times: {seen} seen, the most frequent {_times(most, 'time')}. "
        "Lower min_count or check tokenisation."
    )


def _times(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
