"""Text or binary: tell them apart by the bytes after the header of a word2vec file.

Both formats begin with the same line, any bytes are float32 numbers, and any text is a word. So neither is taken for
granted. A file is text if it begins with rows of a word and its numbers. It is binary if it has a word and a blank
before each vector, at the distance that the header gives, and vectors that are not digits. A file that is neither is
damaged; if it consists of digits or characters it is treated as text, whose reader explains best what is wrong.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

SAMPLE_BYTES = 1 << 16  # looked at; a row of text may be long
_LINES = 20
_NUMBER_BYTES = b"0123456789+-.eE,: \t\r\n"
_PLAIN = re.compile(rb"[!-~]{4}")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")

# Random float32 numbers have 8 % of such bytes; the chance that four of ten numbers in [-1, 1] are plain characters is
# below 1e-5. In fewer bytes the chance is not negligible.
_ENOUGH = 16

Kind = Literal["text", "binary"]


def is_number(field: bytes) -> bool:
    """Whether a field of a text is a number as Python writes it, including NaN and infinity."""
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


def numbers_of_row(line: bytes) -> int:
    """Return how many numbers stand at the end of a line of text, without the first field, which is the word.

    Examples
    --------
    >>> numbers_of_row(b"new york 0.5 1"), numbers_of_row(b"1850 0.5 1"), numbers_of_row(b"the")
    (2, 2, 0)
    """
    fields = line.split()
    if line[:1] in (b" ", b"\t"):  # the word may be empty
        fields.insert(0, b"")
    count = 0
    while count < len(fields) - 1 and is_number(fields[-1 - count]):
        count += 1
    return count


def usual_numbers(lines: list[bytes]) -> int:
    """Return how many numbers most rows have; without a majority, the first row; 0 without rows.

    Words that end in a number, such as "windows 95", have one more.

    Examples
    --------
    >>> usual_numbers([b"windows 95 0.5 1", b"new york 2 3", b"the 4 5"])
    2
    """
    counts = [numbers_of_row(line) for line in lines if line.strip()]
    if not counts:
        return 0
    usual, lines_with_it = Counter(counts).most_common(1)[0]
    return usual if usual and 2 * lines_with_it > len(counts) else counts[0]


def is_text_row(line: bytes, size: int) -> bool:
    """Whether a line is a word, which may hold blanks, and `size` numbers."""
    fields = line.split(b" ")  # as it is written, whatever blanks of other kinds are in the word
    if len(fields) == size + 1 and all(map(is_number, fields[1:])):
        return True
    fields = line.rsplit(None, size)
    if len(fields) == size and line[:1] in (b" ", b"\t"):  # the word is empty
        fields = [b"", *fields]
    return len(fields) == size + 1 and all(map(is_number, fields[1:]))


@dataclass(frozen=True)
class Walk:
    """The rows of a binary file, as far as there are bytes.

    Attributes
    ----------
    words : list of bytes
        The word of each row, including a last row whose vector is cut off.
    vectors : bytes
        The bytes where the vectors should be, end to end.
    exact : bool
        Whether there are as many rows as the header says, and nothing but newlines after them.
    lost : bool
        Whether no blank follows, so that the last word does not end within the bytes at hand.
    """

    words: list[bytes]
    vectors: bytes
    exact: bool
    lost: bool

    @property
    def strange(self) -> list[int]:
        """The numbers, from 0, of words that are not UTF-8."""
        return [row for row, word in enumerate(self.words) if not _is_utf8(word)]

    @property
    def plausible(self) -> bool:
        """Whether the words are plausible: no encoding has control characters in words that are not UTF-8."""
        strange = self.strange
        controls = sum(bool(_CONTROLS.search(self.words[row])) for row in strange)
        return 2 * len(strange) < len(self.words) or 8 * controls < len(strange)

    def ends_in_letters(self, size: int) -> bool:
        """Whether only the last number of each row is four characters: then these begin the next word."""
        width = 4 * size
        rows = [self.vectors[at : at + width] for at in range(0, len(self.vectors) - width + 1, width)]
        return (
            size > 1
            and len(rows) >= 8
            and all(_PLAIN.fullmatch(row[-4:]) for row in rows)
            and sum(bool(_PLAIN.fullmatch(row[:4])) for row in rows) < 0.5 * len(rows)
        )


def walk(data: bytes, count: int, size: int, whole: bool) -> Walk:
    """Go through the rows of a binary file; `data` follows the header, and is the rest of the file if `whole`."""
    words: list[bytes] = []
    vectors: list[bytes] = []
    at = 0
    while len(words) < count:
        while data[at : at + 1] == b"\n":
            at += 1
        blank = data.find(b" ", at)
        if blank < 0:
            return Walk(words, b"".join(vectors), False, at < len(data))
        words.append(data[at:blank])
        at = blank + 1 + 4 * size
        vectors.append(data[blank + 1 : at])
        if at > len(data):
            return Walk(words, b"".join(vectors), False, False)
    return Walk(words, b"".join(vectors), whole and not data[at:].strip(b"\r\n"), False)


def kind(data: bytes, count: int, size: int, whole: bool) -> Kind | None:
    r"""Return what the bytes after a header are, or None if they are neither.

    Parameters
    ----------
    data : bytes
        The beginning of what follows the header.
    count, size : int
        What the header says.
    whole : bool
        Whether the file ends there.

    Examples
    --------
    >>> kind(b"new york 0.5 1\nthe 2 3\n", 2, 2, whole=True)
    'text'
    >>> kind(b"the \x00\x00\x00\x3f\x00\x00\x80\x3f", 1, 2, whole=True)
    'binary'
    >>> kind(b"a 9:0.02 17:0.5 33:0.25 40:1\n", 1, 40, whole=True)  # damaged
    'text'
    """
    if not data.strip() or begins_with_text_rows(data, count, size, whole):
        return "text"
    rows = walk(data, count, size, whole)
    if _is_text(data, rows):
        return "text"
    if rows.exact:
        return "binary"
    if not rows.words:  # no blank anywhere near
        return None
    return "binary" if rows.plausible and not rows.ends_in_letters(size) else None


def begins_with_text_rows(data: bytes, count: int, size: int, whole: bool) -> bool:
    """Whether the first lines are rows of text of the size in the header."""
    *lines, rest = data.split(b"\n", _LINES)
    if whole and len(lines) < _LINES:
        lines.append(rest)
    lines = [line for line in lines if line.strip()][:count]
    if lines:
        return all(is_text_row(line, size) for line in lines)
    numbers = rest.split()[1:-1]  # a row that is longer than the data at hand
    return not whole and 0 < len(numbers) < size and numbers_of_row(b" ".join(rest.split()[:-1])) > 0


def is_surely_text(data: bytes, count: int, size: int, whole: bool) -> bool:
    """Whether a file that is said to be binary is text; a few bytes that could be both count as binary."""
    rows = walk(data, count, size, whole)
    if rows.exact and len(rows.vectors) < _ENOUGH:
        return False
    if rows.lost and not rows.words:
        return b"\n" in data.strip() and _is_text(data, rows)  # lines without blanks
    if begins_with_text_rows(data, count, size, whole) and data.strip():
        return whole or len(rows.vectors) >= _ENOUGH
    return len(rows.vectors) >= _ENOUGH and _is_text(data, rows)


def _is_text(data: bytes, rows: Walk) -> bool:
    """Whether there are digits, or plain characters, where a binary file has its vectors."""
    there = len(rows.vectors)
    digits = there - len(rows.vectors.translate(None, _NUMBER_BYTES))
    if rows.exact:  # rows that add up are not text by chance, unless they are few and short
        return there > 4 and digits >= 0.9 * there
    if there >= _ENOUGH and digits >= (0.5 if there >= 16 * _ENOUGH else 0.75) * there:
        return 50 * len(_CONTROLS.findall(rows.vectors)) < there
    if there < _ENOUGH and there > digits and not data.endswith(b"\n"):  # possibly cut off in its first vectors
        return False
    return is_plain(data)


def is_plain(data: bytes) -> bool:
    """Whether bytes are nothing but characters of a text."""
    return not _CONTROLS.search(data) and _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8; the last character may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True
