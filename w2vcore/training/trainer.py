"""What is checked of an epoch: that it saw the corpus that was expected, and left numbers that are finite."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from w2vcore.backends.base import EpochStats
from w2vcore.model.weights import Weights

from .schedule import LinearDecay

logger = logging.getLogger("w2vcore.word2vec")


@dataclass(frozen=True)
class Expected:
    """What the caller said, or the vocabulary scan saw, of one epoch; None where nothing is known."""

    sentences: int | None
    words: int | None


def check_epoch_size(epoch: int, stats: EpochStats, expected: Expected, empty: bool) -> None:
    """Refuse an epoch that saw nothing of a corpus that had something; warn of one that saw another number.

    Parameters
    ----------
    epoch : int
    stats : EpochStats
    expected : Expected
    empty : bool
        Whether it is known that there is nothing in the corpus.
    """
    if empty:
        return
    if stats.sentences == 0 and stats.raw_words == 0 and (expected.sentences or expected.words):
        said = f"{expected.sentences} sentences" if expected.sentences else f"{expected.words} words"
        raise RuntimeError(
            f"epoch {epoch} saw 0 sentences, {said} were expected: the corpus is empty or can be read only once, and "
            "was used up before. Pass a list, or an object whose __iter__ starts from the beginning each time; or make "
            "it anew for Word2Vec(corpus, cache_corpus=True), which reads it once"
        )
    if stats.raw_words == 0 and (expected.sentences or expected.words):
        raise RuntimeError(
            f"epoch {epoch} saw {stats.sentences} sentences and no word in them: they are empty, or iterators such as "
            "map or a generator, which can be read only once. Make them lists: [list(sentence) for sentence in corpus]"
        )
    for name, unit, actual, said_number in (
        ("example", "sentences", stats.sentences, expected.sentences),
        ("raw word", "words", stats.raw_words, expected.words),
    ):
        if said_number is not None and actual != said_number:
            logger.warning(
                "EPOCH %i: supplied %s count (%i) did not equal expected count (%i %s): the learning rate fell too %s",
                epoch,
                name,
                actual,
                said_number,
                unit,
                "slowly" if actual < said_number else "fast",
            )


def why_nothing(stats: EpochStats, tokens: int) -> str:
    """Return why an epoch that read words trained no example; an empty text: because of subsampling, it may be.

    Parameters
    ----------
    stats : EpochStats
    tokens : int
        Words of the vocabulary among those that were read.

    Examples
    --------
    >>> why_nothing(EpochStats(words=0, raw_words=9, sentences=3), tokens=0)
    'none of the words is in the vocabulary'
    """
    if not tokens:
        return "none of the words is in the vocabulary"
    if stats.raw_words <= stats.sentences:
        return "each sentence is a single word, which has no context. Sentences are lists of several words"
    if stats.words == tokens:
        return "no sentence has a second word that is in the vocabulary, so none has a context"
    return ""


def check_finite(epoch: int, weights: Weights, decay: LinearDecay, doubt: str = "") -> None:
    """Raise FloatingPointError if training has left the finite numbers: one pass over the matrices, no copy.

    `doubt` is what else may have made them so.
    """
    for name, matrix in weights.matrices.items():
        with np.errstate(all="ignore"):
            bad = not np.isfinite(np.add.reduce(matrix, axis=None, dtype=np.float64))
        if bad:
            raise FloatingPointError(
                f"vectors became non-finite in epoch {epoch} (matrix {name!r}) with alpha={decay.start:g}; lower alpha"
                f"{doubt}"
            )
