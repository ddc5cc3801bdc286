"""The expected size of an epoch, and checks of what the epoch held."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from w2vcore.backends.base import EpochStats

logger = logging.getLogger("w2vcore.word2vec")


@dataclass(frozen=True)
class Expected:
    """Size of an epoch, as the caller gave it or the vocabulary scan counted it; None where it is unknown."""

    sentences: int | None
    words: int | None


def check_epoch_size(epoch: int, stats: EpochStats, expected: Expected, empty: bool) -> None:
    """Refuse an empty epoch of a corpus that should have text; warn if an epoch differs from the expected size.

    Parameters
    ----------
    epoch : int
    stats : EpochStats
    expected : Expected
    empty : bool
        Whether the corpus is known to be empty.
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
    """Return why an epoch that read words trained no example; "" if subsampling may be the reason.

    Parameters
    ----------
    stats : EpochStats
    tokens : int
        Words that were read and are in the vocabulary.

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
