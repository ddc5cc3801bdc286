"""Keys that are spelt almost as a word that is none: in other case, or with a letter wrong.

What it takes does not grow with the vocabulary: spellings one edit away are made and looked up, and only the first
keys, which are mostly the most frequent ones, are gone through.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

SUGGESTIONS = 3
FIRST_KEYS = 20_000  # gone through for other case
COMPARED = 50_000  # by difflib
_SAMPLE = 1_000  # keys of which the letters are taken
_LETTERS = 64  # tried in each place, the commonest ones
_LONGEST = 40  # letters of a word of which edits are made


def near_spellings(
    word: str, rows: Mapping[Any, int], listed: Sequence[Any], count: int = SUGGESTIONS, thorough: bool = False
) -> list[str]:
    """Return keys that may have been meant by a word that is none, the likeliest first.

    First come those that differ in case or in the form of Unicode, then those that are one edit away (a letter more,
    less or another one, or two letters changed about), the most frequent ones first.

    Parameters
    ----------
    word : str
    rows : mapping
        Key -> row.
    listed : sequence
        The key of each row.
    count : int
        At most so many.
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
    """Yield groups of keys, the likeliest first; the next one is made when the one before was not enough."""
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
    """Yield a word in other case, and in the other forms of Unicode."""
    for form in (word, word.lower(), word.capitalize(), word.upper(), word.title(), word.swapcase()):
        yield form
        for name in ("NFC", "NFKC", "NFD", "NFKD"):
            yield unicodedata.normalize(name, form)


def _edits(word: str, letters: Iterable[str]) -> Iterator[str]:
    """Yield what is one edit away from a word."""
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
