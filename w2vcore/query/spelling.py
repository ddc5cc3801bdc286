"""Keys that are spelt almost like a word that is not a key: in another case, or with one letter wrong.

The cost does not grow with the vocabulary: spellings one edit away are generated and looked up, and only the first
keys, which are mostly the most frequent ones, are searched one by one.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

SUGGESTIONS = 3
FIRST_KEYS = 20_000  # searched for the same word in another case
COMPARED = 50_000  # keys that difflib compares
_SAMPLE = 1_000  # keys that say which letters are common
_LETTERS = 64  # the most common ones, tried in each place
_LONGEST = 40  # letters; of a longer word no edits are generated


def near_spellings(
    word: str, rows: Mapping[Any, int], listed: Sequence[Any], count: int = SUGGESTIONS, thorough: bool = False
) -> list[str]:
    """Return keys that a word which is not a key may stand for, the likeliest first.

    First come those that differ in case or in the form of Unicode, then those that are one edit away (a letter added,
    left out or replaced, or two letters swapped), the most frequent ones first.

    Parameters
    ----------
    word : str
    rows : mapping
        Key -> row.
    listed : sequence
        The key of each row.
    count : int
        The most keys to return.
    thorough : bool
        Also compare with each of the first keys by difflib, which takes some tenths of a second.

    Examples
    --------
    >>> keys = ["king", "ring", "kings", "queen"]
    >>> near_spellings("King", {key: row for row, key in enumerate(keys)}, keys)
    ['king', 'ring', 'kings']
    """
    found: dict[str, None] = {}
    for group in _groups(word, rows, listed, thorough):
        found |= dict.fromkeys(key for key in group if key != word)
        if len(found) >= count:
            break
    return list(islice(found, count))


def _groups(word: str, rows: Mapping[Any, int], listed: Sequence[Any], thorough: bool) -> Iterator[Iterable[str]]:
    """Yield groups of keys, the likeliest first; each is made only when it is asked for."""
    yield (form for form in _forms(word) if form in rows)
    first = [key for key in islice(listed, FIRST_KEYS) if isinstance(key, str)]
    folded = word.casefold()
    yield (key for key in first if key.casefold() == folded)
    if len(word) <= _LONGEST:
        letters = [letter for letter, _ in Counter("".join(first[:_SAMPLE])).most_common(_LETTERS)]
        edited = {edit for form in {word, word.lower()} for edit in _edits(form, letters) if edit in rows}
        yield sorted(edited, key=lambda key: rows[key])
    if thorough:
        compared = [key for key in islice(listed, COMPARED) if isinstance(key, str)]
        yield difflib.get_close_matches(word, compared, n=SUGGESTIONS)


def _forms(word: str) -> Iterator[str]:
    """Yield a word in other cases, and in the other forms of Unicode."""
    for form in (word, word.lower(), word.capitalize(), word.upper(), word.title(), word.swapcase()):
        yield form
        for name in ("NFC", "NFKC", "NFD", "NFKD"):
            yield unicodedata.normalize(name, form)


def _edits(word: str, letters: Iterable[str]) -> Iterator[str]:
    """Yield all spellings one edit away from a word."""
    letters = list(letters)
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
            for letter in letters:
                yield head + letter + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in letters:
            yield head + letter + tail
