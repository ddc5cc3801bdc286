"""What models say when a call lacks something: each text fits the call that was made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

logger = logging.getLogger("w2vcore.word2vec")

READ_BY_TRAIN_ONCE = "pass cache_corpus=True to train(), which then reads it once and keeps the ids"
_READ_ONCE = "pass cache_corpus=True to {}(), which then reads it once and keeps the ids"
_READ_ONCE_WITHOUT_PRUNING = (
    "leave out max_vocab_size (max_final_vocab is exact) and pass cache_corpus=True to {}(): then it reads once"
)

# Arguments of the constructor that are for a corpus, and who takes them where it has none.
_TAKEN_BY = {
    "trim_rule": "build_vocab()",
    "callbacks": "train()",
    "checkpoint": "train()",
    "cache_corpus": "train()",
    "progress": "train()",
}


def passes_of_constructor(name: str, epochs: int, cache_corpus: bool, max_vocab_size: int | None) -> dict[str, Any]:
    """Return how often a constructor reads a corpus that is neither list nor file, and how to have it read once.

    Examples
    --------
    >>> [passes_of_constructor("Word2Vec", 5, cached, None)["passes"] for cached in (True, False)]
    [1, 6]
    """
    once = (_READ_ONCE if max_vocab_size is None else _READ_ONCE_WITHOUT_PRUNING).format(name)
    cached = 1 if max_vocab_size is None else 2
    return {"passes": cached if cache_corpus else epochs + 1, "once": once}


def log_ignored(arguments: Mapping[str, Any]) -> None:
    """Log which arguments of a constructor without a corpus are not used, and where they belong."""
    for name, call in _TAKEN_BY.items():
        if arguments[name]:
            logger.warning("%s is ignored: there is no corpus to use it on; give it to %s", name, call)


def missing_totals(corpus_count: int, words: int) -> str:
    """Return what `train` says without the size of the corpus.

    Parameters
    ----------
    corpus_count : int
        Sentences that were counted; 0 if the counts came without a corpus.
    words : int
        The sum of the counts.
    """
    known = f"after build_vocab on the same corpus pass total_examples=model.corpus_count, here {corpus_count}"
    if not corpus_count:
        known = f"for the corpus whose words were counted pass total_words={words}, or its number of sentences"
    return f"You must specify either total_examples or total_words, for proper learning-rate (alpha) updates; {known}"
