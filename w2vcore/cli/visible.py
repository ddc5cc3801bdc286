"""Words made safe for a terminal: without escape sequences, and without what breaks a line or a column."""

from __future__ import annotations

import re
import unicodedata

# Control characters (escape sequences begin with them; tabs and newlines break tables), further line separators,
# characters that change the direction of the text after them, and surrogates. Joiners and direction marks that are
# parts of words (U+200C in Persian, U+200F in Hebrew) stay.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDE = ("W", "F")  # two columns: East Asian Width, Unicode Standard Annex 11
_NO_WIDTH = ("Mn", "Me", "Cf")  # combining marks and format characters


def visible(text: object, keep: str = "") -> str:
    r"""Return a text with control characters escaped as in a Python string.

    Parameters
    ----------
    text : object
        It is converted with str.
    keep : str
        Characters to leave as they are.

    Examples
    --------
    >>> print(visible("a\tb\x1b[31m\u202e"), visible("naïve 東京 \U0001f469\u200d\U0001f680"), visible(7))
    a\tb\x1b[31m\u202e naïve 東京 👩‍🚀 7
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _escaped(found[0]), str(text))


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def escape_json(line: str) -> str:
    r"""Return JSON with control characters as escapes, which mean the same.

    Examples
    --------
    >>> print(escape_json('{"word": "\x9b\u202e"}'))
    {"word": "\u009b\u202e"}
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Examples
    --------
    >>> columns("abc"), columns("東京"), columns("cafe\u0301")
    (3, 4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def padded(text: str, width: int) -> str:
    """Return a text with blanks up to a number of columns.

    Examples
    --------
    >>> padded("東", 4), padded("abcde", 4)
    ('東  ', 'abcde')
    """
    return text + " " * (width - columns(text))
