"""Which words of a text say what it is about: content words, not "the", "and", "to".

Two rules leave words out. The first is a list of English function words. The second knows no language: a content word
comes in bursts, where the text is about it, and a function word is spread as evenly as chance would spread it (Church
and Gale 1995, "Poisson mixtures", Natural Language Engineering 1(2)).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

PASSAGE = 250  # words: some sentences on one thing
FEWEST_PASSAGES = 20  # of fewer, nothing can be said
FEWEST_TOKENS = 20  # of a word, likewise
# The share of the passages that chance would give a word, from which on it counts as spread evenly. In tiny Shakespeare
# "the" has .99, "what" .94, "well" .87, "lord" .69, "king" .54.
EVENLY = 0.8

_ENGLISH = """
    a an the this that these those some any no every each all both either neither such same other another
    i me my mine myself you your yours yourself he him his himself she her hers herself it its itself
    we us our ours ourselves they them their theirs themselves thou thee thy thine ye one ones who whom whose which what
    of in on at by for with from to into onto upon about above below over under between among through during before
    after against without within toward towards up down out off as than like until till since because though although
    while if unless whether and or but nor so yet not only also too very just even still then there here now when where
    why how never ever more most much many few less least own
    be am is are was were been being art do does did doing done doth dost have has had having hath hast can could may
    might must shall should will would shalt wilt let
    s t d ll re ve m o ii iii iv
"""
FUNCTION_WORDS = frozenset(_ENGLISH.split())


def content_rows(keys: Sequence[Any], counts: NDArray[Any], sentences: Iterable[Sequence[Any]], topn: int) -> list[int]:
    """Return the rows of the `topn` most frequent content words, most frequent first.

    Where there are fewer, the most frequent of the other words follow.

    Parameters
    ----------
    keys : sequence
        Of each row.
    counts : ndarray, shape (n,)
    sentences : iterable of sequences of keys
        The text.
    topn : int

    Examples
    --------
    >>> keys, counts = ["the", "of", "sun", "moon"], np.array([9, 8, 3, 2])
    >>> content_rows(keys, counts, [["the", "sun"], ["the", "moon"]], 2), content_rows(keys, counts, [], 3)
    ([2, 3], [2, 3, 0])
    """
    order = np.argsort(-np.asarray(counts), kind="stable")
    even = _spread_evenly(chain.from_iterable(sentences))
    is_content = np.array([_is_content(key) and key not in even for key in keys], bool)
    chosen = [*order[is_content[order]].tolist(), *order[~is_content[order]].tolist()]
    return chosen[:topn]


def _is_content(key: Any) -> bool:
    """Whether a key has a letter or a digit, and is no function word."""
    word = str(key).lower()
    return word not in FUNCTION_WORDS and any(map(str.isalnum, word))


def _spread_evenly(tokens: Iterable[Hashable]) -> set[Hashable]:
    """Return the words that are in about as many passages of a text as they would be if it were shuffled."""
    counts: dict[Hashable, int] = {}
    passages: dict[Hashable, int] = {}  # that have the word,
    latest: dict[Hashable, int] = {}  # and the last of them
    number = 0
    for place, token in enumerate(tokens):
        number = place // PASSAGE
        counts[token] = counts.get(token, 0) + 1
        if latest.get(token) != number:
            latest[token] = number
            passages[token] = passages.get(token, 0) + 1
    in_all = number + 1
    if in_all < FEWEST_PASSAGES:
        return set()
    often = {token: count for token, count in counts.items() if count >= FEWEST_TOKENS}
    return {
        token for token, count in often.items() if passages[token] > EVENLY * in_all * (1 - np.exp(-count / in_all))
    }
