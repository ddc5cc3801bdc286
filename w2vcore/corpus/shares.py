"""One rank's share of text in files: whole lines, as many bytes as the others have; the shares in order are the text.

A line belongs to the rank in whose range of bytes it begins. The files count as one text, so each rank gets a run of
files, and only files at the borders are split between ranks. A range of a packed file refers to its unpacked bytes;
each rank unpacks it up to the end of its range.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import readers
from .files import is_packed, open_bytes

_SEEN = 1 << 16  # bytes at both ends of a file that identify it
_BLOCK = 1 << 20


class FileShare:
    """Ranges of lines of some files, as sentences; can be iterated any number of times.

    Parameters
    ----------
    names : sequence of str or path-like
    spans : sequence of (int, int)
        For each file, the range of bytes in which the lines begin.
    longest : int, optional
        Longer sentences are cut into pieces of this length.
    """

    def __init__(self, names: Sequence[Any], spans: Sequence[tuple[int, int]], longest: int | None = None) -> None:
        self.names = tuple(names)
        self.spans = tuple(spans)
        self.longest = longest

    def __iter__(self) -> Iterator[list[str]]:
        for words in self.lines():
            yield from readers.pieces(words, self.longest)

    def lines(self) -> Iterator[list[str]]:
        """Yield the tokens of each line, empty lists for blank lines."""
        for name, span in zip(self.names, self.spans, strict=True):
            line, rest = 1 + lines_before(name, span[0]), b""
            for data in read_span(name, span, _BLOCK):
                texts = (rest + data).split(b"\n")
                rest = texts.pop()
                for text in texts:
                    yield readers.decode(text, readers.name_of(name), line).split()
                    line += 1
            if rest:
                yield readers.decode(rest, readers.name_of(name), line).split()

    def count_lines(self) -> int:
        r"""Return the number of lines, blank ones included.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "text"
        >>> _ = path.write_bytes(b"some words\n\nmore")
        >>> FileShare([path], [(0, 16)]).count_lines(), FileShare([path], [(5, 16)]).count_lines()
        (3, 2)
        """
        lines = 0
        for name, span in zip(self.names, self.spans, strict=True):
            end = b"\n"
            for data in read_span(name, span, _BLOCK):
                lines += data.count(b"\n")
                end = data[-1:] or end
            lines += end != b"\n"
        return lines

    def __repr__(self) -> str:
        return f"FileShare({len(self.names)} files, {sum(stop - start for start, stop in self.spans):,} bytes)"


def read_span(name: Any, span: tuple[int, int], size: int) -> Iterator[bytes]:
    """Yield the bytes of the lines that begin in a range of a file, about `size` at a time."""
    start, stop = span
    if start >= stop:
        return
    with open_bytes(name) as file:
        data = b"\n"
        if start:
            file.seek(start - 1)
            start += len(file.readline()) - 1
        elif file.tell():  # after a byte order mark; the line that begins with it is this range's
            start = file.tell()
            stop, data = max(stop, start), b""
        while start < stop and (data := file.read(min(size, stop - start))):
            start += len(data)
            yield data
        if start == stop and not data.endswith(b"\n"):
            yield file.readline()


def lines_before(name: Any, start: int) -> int:
    """Count the lines of a file that begin before a byte: those that precede a range that starts there."""
    lines = left = 0
    if not start:
        return 0
    with open_bytes(name) as file:
        left, data = start - 1 - file.tell(), b"\n"
        while left > 0 and (data := file.read(min(left, _BLOCK))):
            lines += data.count(b"\n")
            left -= len(data)
        return lines + 1


def file_size(name: Any) -> int:
    """Return the number of unpacked bytes of a file or URL."""
    path = Path(name)
    if path.is_file() and not is_packed(os.fspath(name)):
        return path.stat().st_size
    with open_bytes(name) as file:
        size = file.tell()  # a byte order mark, or nothing
        while data := file.read(_BLOCK):
            size += len(data)
    return size


def fingerprint(name: Any) -> str:
    """Return a fingerprint that tells whether two machines have the same file: its size, and a checksum of both ends.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "text"
    >>> _ = path.write_bytes(b"some words")
    >>> fingerprint(path)
    '10 bytes (aea6488b)'
    """
    path = Path(name)
    if not path.is_file():
        return str(name)  # a URL is the same everywhere
    size = path.stat().st_size
    with path.open("rb") as file:
        total = zlib.crc32(file.read(_SEEN))
        file.seek(max(0, size - _SEEN))
        total = zlib.crc32(file.read(_SEEN), total)
    return f"{size} bytes ({total:08x})"


def share(names: Sequence[Any], sizes: Sequence[int], longest: int | None, rank: int, ranks: int) -> FileShare:
    """Return the share of one rank.

    Parameters
    ----------
    names : sequence of str or path-like
    sizes : sequence of int
        Unpacked bytes of each file.
    longest : int or None
    rank, ranks : int

    Examples
    --------
    >>> share(["a", "b"], [30, 10], None, rank=1, ranks=2).spans
    ((20, 30), (0, 10))
    """
    total = sum(sizes)
    start, stop = total * rank // ranks, total * (rank + 1) // ranks
    spans, before, kept = [], 0, []
    for name, size in zip(names, sizes, strict=True):
        first, last = (min(max(border - before, 0), size) for border in (start, stop))
        before += size
        if first < last:
            kept.append(name)
            spans.append((first, last))
    return FileShare(kept, spans, longest)
