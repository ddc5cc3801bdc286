"""floret's text file: the one table of words and n-grams, from which it makes the vector of any word.

The first line has eight fields between blanks: rows, numbers in a row, the shortest and the longest n-gram, the number
of hashes, their seed, and the two marks of a word. Each other line is the number of a row, from 0 on, and the row.
"""

from __future__ import annotations

import io
from typing import IO, Any

import numpy as np

from w2vcore.formats import evidence, word2vec_rows, word2vec_text
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.selection import selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import SETTINGS, floret_arrays, is_floret, spellings_of, subwords_of
from w2vcore.formats.word2vec_rows import Options
from w2vcore.model.floret import MOST_HASHES, FloretSubwords
from w2vcore.model.subwords import MOST_CHARACTERS, word_bytes

_FIELDS = 8
_LONGEST_HEADER = 1000


def sniff(head: bytes) -> bool:
    r"""Whether a file begins with six numbers and two marks, and then the row 0.

    Examples
    --------
    >>> sniff(b"2 3 2 4 1 2166136261 < >\n0 1 0 0 \n"), sniff(b"1 2 3 4 5 6 7 8\n0 1 2 3 4 5 6 7\n")
    (True, False)
    """
    first, _, rest = head[:_LONGEST_HEADER].partition(b"\n")
    fields = first.rstrip(b"\r").split(b" ")
    numbers = [field.isdigit() for field in fields]
    return (
        numbers == [True] * 6 + [False] * 2
        and not any(map(evidence.is_number, fields[6:]))
        and b"0 ".startswith(rest[:2])
    )


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    r"""Load a table.

    Parameters
    ----------
    source : str, path-like or binary file
        May be compressed.
    **options
        Fields of `word2vec_rows.Options`: about words, of which there are none.

    Returns
    -------
    Snapshot
        Without keys; the table is that of its n-grams.

    Raises
    ------
    ValueError
        If it is another kind of file, or damaged.
    EOFError
        If it is cut short.

    Examples
    --------
    >>> import io
    >>> snapshot = read(io.BytesIO(b"2 3 2 4 1 2166136261 < >\n0 1 0 0 \n1 0 1 0 \n"))
    >>> table = subwords_of(snapshot)
    >>> table.table.tolist(), table.max_n
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 4)
    """
    chosen = Options(**options)
    with word2vec_rows.opened(source) as (stream, _, name):
        first = _first_line(stream)
        numbers, marks = _parsed(first, name)
        rows, size, min_n, max_n, hash_count, seed = numbers
        # the rest is word2vec's text format, with numbers for words
        text = io.BufferedReader(_After(f"{rows} {size}\n".encode(), stream, name))
        snapshot = word2vec_text.read(text)
    if list(snapshot.keys) != [str(row) for row in range(rows)]:
        raise ValueError(f"{name}: the rows of a floret table must be numbered 0 to {rows - 1}; the file is damaged")
    table = snapshot.arrays["vectors"]
    found = FloretSubwords(table, min_n, max_n, hash_count=hash_count, seed=seed, begin=marks[0], end=marks[1])
    return selected(of_table(found), chosen)


def of_table(table: FloretSubwords) -> Snapshot:
    """Return a table as a snapshot without words."""
    arrays, settings = floret_arrays(table)
    arrays["vectors"] = np.empty((0, table.table.shape[1]), np.float32)
    return Snapshot("keyedvectors", [], arrays, {SETTINGS: settings})


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> None:
    """Save a table so that floret and spaCy load it; numbers have the digits that give the same float32 back.

    Parameters
    ----------
    snapshot : Snapshot
        Its words are left out, as their vectors follow from the table.
    target : str, path-like or binary file
        A path is replaced atomically.

    Raises
    ------
    ValueError
        If it has no such table, or words with vectors that do not follow from it.
    """
    table = subwords_of(snapshot) if is_floret(snapshot) else None
    if not isinstance(table, FloretSubwords):
        raise ValueError(
            "floret's file holds one table of hashes for words and n-grams, and these vectors are not made of one; "
            "FastText(hash_count=2) trains such vectors"
        )
    spellings = spellings_of(snapshot.settings[SETTINGS], snapshot.keys)
    words = [spellings.get(key) or word_bytes(f"{key}") for key in snapshot.keys]
    others = np.flatnonzero(~table.follows(words, snapshot.arrays["vectors"]))
    if len(others):
        raise ValueError(
            f"{len(others)} words have vectors of their own, which a floret file cannot hold, such as "
            f"{snapshot.keys[others[0]]!r}"
        )
    rows, size = table.table.shape
    header = [rows, size, table.min_n, table.max_n, table.hash_count, table.seed, table.begin, table.end]
    numbered = Snapshot("keyedvectors", [str(row) for row in range(rows)], {"vectors": table.table})
    with word2vec_rows.destination(target, append=False) as stream:
        stream.write(" ".join(map(str, header)).encode("utf8") + b"\n")
        word2vec_text.write(numbered, stream, write_header=False)


def _first_line(stream: IO[bytes]) -> bytes:
    """Read up to the first end of a line, a byte at a time: what follows must not be taken."""
    line = bytearray()
    while len(line) < _LONGEST_HEADER and (byte := stream.read(1)) not in (b"", b"\n"):
        line += byte
    return bytes(line)


def _parsed(line: bytes, name: str) -> tuple[list[int], list[str]]:
    """Return the numbers and the marks in the first line."""
    try:
        fields = line.decode("utf8").strip("\r").split(" ")
        numbers = [int(field) for field in fields[:6] if field.isdecimal() and len(field) < 19]
    except ValueError:
        fields, numbers = [], []
    if len(fields) != _FIELDS or len(numbers) != 6:
        raise ValueError(
            f"{name}: not a floret table, whose first line is 'rows size minn maxn hashes seed < >', got {line[:80]!r}"
        )
    rows, _, min_n, max_n, hash_count, seed = numbers
    if not (rows and 1 <= hash_count <= MOST_HASHES and max_n <= MOST_CHARACTERS and seed < 1 << 32):
        raise ValueError(
            f"{name}: a floret table of {rows} rows, {hash_count} hashes of the seed {seed}, n-grams of {min_n} to "
            f"{max_n} characters; rows, up to {MOST_HASHES} hashes and {MOST_CHARACTERS} characters are expected"
        )
    return numbers, fields[6:]


class _After(io.RawIOBase):
    """A file that goes on with another one."""

    def __init__(self, begin: bytes, stream: IO[bytes], name: str) -> None:
        self._begin, self._stream, self.name = begin, stream, name

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read up to as many bytes as fit."""
        data, self._begin = self._begin[: len(buffer)], self._begin[len(buffer) :]
        data = data or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
