"""floret's text file: the one table of words and n-grams, from which it makes the vector of any word.

The first line has eight fields between blanks: rows, numbers in a row, the shortest and the longest n-gram, the number
of hashes, their seed, and the two marks of a word. Each other line is the number of a row, from 0 on, and the row.
"""

from __future__ import annotations

import io
from typing import IO, Any

from w2vcore.formats import word2vec_rows, word2vec_text
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.model.floret import MOST_HASHES, FloretSubwords
from w2vcore.model.subwords import MOST_CHARACTERS

_FIELDS = 8
_LONGEST_HEADER = 1000


def read(source: PathLike | IO[bytes]) -> FloretSubwords:
    r"""Load a table.

    Parameters
    ----------
    source : str, path-like or binary file
        May be compressed.

    Raises
    ------
    ValueError
        If it is another kind of file, or damaged.
    EOFError
        If it is cut short.

    Examples
    --------
    >>> import io
    >>> table = read(io.BytesIO(b"2 3 2 4 1 2166136261 < >\n0 1 0 0 \n1 0 1 0 \n"))
    >>> table.table.tolist(), table.max_n
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 4)
    """
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
    return FloretSubwords(table, min_n, max_n, hash_count=hash_count, seed=seed, begin=marks[0], end=marks[1])


def write(table: FloretSubwords, target: PathLike | IO[bytes]) -> None:
    """Save a table so that floret and spaCy load it; numbers have the digits that give the same float32 back.

    Parameters
    ----------
    table : FloretSubwords
    target : str, path-like or binary file
        A path is replaced atomically.
    """
    rows, size = table.table.shape
    header = [rows, size, table.min_n, table.max_n, table.hash_count, table.seed, table.begin, table.end]
    snapshot = Snapshot("keyedvectors", [str(row) for row in range(rows)], {"vectors": table.table})
    with word2vec_rows.destination(target, append=False) as stream:
        stream.write(" ".join(map(str, header)).encode("utf8") + b"\n")
        word2vec_text.write(snapshot, stream, write_header=False)


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
