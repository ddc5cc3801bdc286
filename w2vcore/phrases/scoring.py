"""Scorers: how much two words belong together, by how often each of them and both are seen."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from w2vcore.corpus._phrases import DEFAULT, NPMI

NEGATIVE_INFINITY = float("-inf")

SCORER_ARGUMENTS = ("worda_count", "wordb_count", "bigram_count", "len_vocab", "min_count", "corpus_word_count")


def original_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """Score a pair of words by how much more often they stand together than chance would have it.

    ``(bigram_count - min_count) * len_vocab / (worda_count * wordb_count)``: equation 6 of Mikolov et al. 2013
    (arXiv:1310.4546), times the size of the vocabulary.

    Parameters
    ----------
    worda_count, wordb_count, bigram_count : int
        Occurrences of the two words and of the pair.
    len_vocab : int
        Words and pairs that were counted.
    min_count : float
        Discount, which keeps rare pairs from scoring high.
    corpus_word_count : int
        Not used.

    Returns
    -------
    float
        ``-inf`` if a word was never seen.

    Examples
    --------
    >>> original_scorer(10, 20, 8, 1000, 3, 5000)
    25.0
    """
    expected = worda_count * wordb_count
    return (bigram_count - min_count) / float(expected) * len_vocab if expected else NEGATIVE_INFINITY


def npmi_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """Score a pair of words by normalised pointwise mutual information, from -1 to 1.

    ``log(p(a, b) / (p(a) p(b))) / -log p(a, b)``, where p is a count over `corpus_word_count`: Bouma, "Normalized
    (Pointwise) Mutual Information in Collocation Extraction", 2009.

    Parameters
    ----------
    worda_count, wordb_count, bigram_count : int
        Occurrences of the two words and of the pair.
    len_vocab : int
        Not used.
    min_count : float
        Pairs seen less often score ``-inf``.
    corpus_word_count : int
        Words of the corpus.

    Returns
    -------
    float
        ``-inf`` if a count is zero.

    Examples
    --------
    >>> npmi_scorer(20, 20, 10, 0, 1, 1000)
    0.6989700043360189
    """
    if bigram_count < min_count or not (worda_count and wordb_count and bigram_count and corpus_word_count):
        return NEGATIVE_INFINITY
    words = float(corpus_word_count)
    pa, pb, pab = worda_count / words, wordb_count / words, bigram_count / words
    return math.log(pab / (pa * pb)) / -math.log(pab) if pab != 1 else 1.0  # the limit where all is one pair


SCORERS: dict[str, Callable[..., float]] = {"default": original_scorer, "npmi": npmi_scorer}
KINDS = {original_scorer: DEFAULT, npmi_scorer: NPMI}


def check_scoring(scoring: Any) -> Callable[..., Any]:
    """Return the function that scores, or say why there is none."""
    if isinstance(scoring, str):
        if scoring not in SCORERS:
            raise ValueError(f"unknown scoring method string {scoring!r}: use 'default', 'npmi' or a function")
        return SCORERS[scoring]
    if not callable(scoring):
        raise TypeError(f"scoring must be 'default', 'npmi' or a function, got {scoring!r}")
    parameters = inspect.signature(scoring).parameters.values()
    names = {parameter.name for parameter in parameters}
    missing = [name for name in SCORER_ARGUMENTS if name not in names]
    if missing and not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        raise ValueError(
            f"scoring function missing expected parameters {missing}; it is called with {', '.join(SCORER_ARGUMENTS)}, "
            "by keyword"
        )
    function: Callable[..., Any] = scoring
    return function
