"""What may be passed to `Phrases`; each check names the argument."""

from __future__ import annotations

from typing import Any

from w2vcore.model.checks import check_float

# Articles, prepositions and conjunctions; the list is gensim's, so that the same phrases are found.
ENGLISH_CONNECTOR_WORDS = frozenset(
    ("a", "an", "the", "for", "of", "with", "without", "at", "from", "to", "in", "on", "by", "and", "or")
)


def check_numbers(min_count: Any, threshold: Any, scoring: Any) -> None:
    """Refuse a min_count and a threshold that the scorer cannot mean."""
    check_float("min_count", min_count)
    check_float("threshold", threshold)
    if min_count <= 0:
        raise ValueError(f"min_count should be at least 1, got {min_count!r}")
    if scoring == "default" and threshold <= 0:
        raise ValueError(f"threshold should be positive for default scoring, got {threshold!r}")
    if scoring == "npmi" and not -1 <= threshold <= 1:
        raise ValueError(f"threshold should be between -1 and 1 for npmi scoring, got {threshold!r}")


def check_delimiter(delimiter: Any) -> str:
    """Return the delimiter, a str that is not empty."""
    if not isinstance(delimiter, str):
        raise TypeError(f"delimiter must be a str such as '_' (since gensim 4), got {delimiter!r}")
    if not delimiter:
        raise ValueError("delimiter must have at least one character, got '': phrases could not be told from words")
    return delimiter


def check_connectors(words: Any) -> frozenset[str]:
    """Return the connector words as a set of str."""
    if isinstance(words, (str, bytes)):
        raise TypeError(f"connector_words must be a set or list of words, got {words!r}; e.g. {words!r}.split()")
    connectors = frozenset(words)
    for word in connectors:
        if not isinstance(word, str):
            raise TypeError(f"connector_words must be str, got {word!r}")
    return connectors
