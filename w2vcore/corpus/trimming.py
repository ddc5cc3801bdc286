"""Whether a word stays: by its count, or by a user's trim_rule."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import index
from typing import Any

import numpy as np

# What a trim_rule returns; the numbers are gensim's (gensim.utils).
RULE_DEFAULT = 0
RULE_DISCARD = 1
RULE_KEEP = 2

TrimRule = Callable[[Any, int, int], Any]

_ALLOWED = "utils.RULE_DEFAULT, RULE_DISCARD or RULE_KEEP"


def check_trim_rule(trim_rule: Any) -> None:
    """Refuse a rule that cannot be called.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> check_trim_rule("keep")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    TypeError: trim_rule must be None or a function f(word, count, min_count) that returns utils.RULE_DEFAULT, ...
    """
    if trim_rule is not None and not callable(trim_rule):
        raise TypeError(
            f"trim_rule must be None or a function f(word, count, min_count) that returns {_ALLOWED}, got {trim_rule!r}"
        )


def answer_of(trim_rule: TrimRule, word: Hashable, count: int, min_count: int) -> int:
    """Check and return the answer of a trim_rule: one of the three numbers, and not a bool, which is ambiguous.

    Raises
    ------
    TypeError
        If the answer is not an int: None from a forgotten return, or a bool.
    ValueError
        If it is another int.
    """
    answer = trim_rule(word, count, min_count)
    try:
        number = -1 if isinstance(answer, (bool, np.bool_)) else index(answer)
    except TypeError:
        number = -1
    if RULE_DEFAULT <= number <= RULE_KEEP:
        return number
    hint = "; is a return missing on one of its ways?" if answer is None else ""
    kind = ValueError if number != -1 or answer == -1 else TypeError
    raise kind(f"trim_rule must return {_ALLOWED}, got {answer!r:.60} for the word {word!r:.60}{hint}")


def keep_vocab_item(word: Hashable, count: int, min_count: int, trim_rule: TrimRule | None = None) -> bool:
    """Whether a word stays in the vocabulary: what `trim_rule` says, or else ``count >= min_count``.

    Parameters
    ----------
    word : hashable
    count : int
        How often it occurs.
    min_count : int
    trim_rule : callable, optional
        ``f(word, count, min_count)`` returning RULE_KEEP, RULE_DISCARD or RULE_DEFAULT.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        If `trim_rule` returns anything else.

    Examples
    --------
    >>> keep_vocab_item("rare", 1, 5), keep_vocab_item("rare", 1, 5, lambda word, count, min_count: RULE_KEEP)
    (False, True)
    """
    check_trim_rule(trim_rule)
    answer = RULE_DEFAULT if trim_rule is None else answer_of(trim_rule, word, count, min_count)
    return count >= min_count if answer == RULE_DEFAULT else answer == RULE_KEEP
