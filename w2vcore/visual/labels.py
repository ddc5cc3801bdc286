"""How a picture writes a key: as one visible line."""

from __future__ import annotations

import re
from typing import Any

from w2vcore.corpus.keying import key_text

EMPTY = "(empty)"

# Characters that some reader takes for the end of a line or a column, that terminals do not show, or that UTF-8 cannot
# encode. Format characters (U+200D in emoji, U+200C in Persian) belong to words.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def label(key: Any) -> str:
    r"""Return a key as pictures can show it: one line, one column, something to see.

    Control characters, line separators and what UTF-8 cannot encode are escaped as in a string literal of Python. A
    word of spaces becomes ``\x20`` for each, the empty word ``(empty)``. Every other word stays as it is.

    Examples
    --------
    >>> print(label("New\tYork"), label(" "), label(""), label(7))
    New\tYork \x20 (empty) 7
    """
    text = key_text(key)
    if not text:
        return EMPTY
    if text.isspace():
        return text.encode("unicode_escape").decode("ascii").replace(" ", r"\x20")
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def on_a_line(text: str) -> str:
    r"""Return a text with a space for each character that would end its line or its column.

    Examples
    --------
    >>> on_a_line("blue\tmug")
    'blue mug'
    """
    return _UNSEEN.sub(" ", text)
