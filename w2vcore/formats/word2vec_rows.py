"""What the text and the binary word2vec format share: the header, rows that arrive in blocks, writing in order."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import foreign
from w2vcore.formats.atomic import PathLike, atomic_write, is_compressed, is_url, open_binary, stream_size
from w2vcore.formats.snapshot import Snapshot

logger = logging.getLogger(__name__)

BLOCK_BYTES = 8 << 20  # read and parsed at once: many rows of any usual size, small beside the vectors
BLOCK_ROWS = 4096  # written at once
LONGEST_WORD = 16 << 20  # bytes; a longer "word" means that the file is something else


@dataclass(frozen=True)
class Options:
    """How to read word vectors: the arguments of ``load_word2vec_format``."""

    encoding: str = "utf8"
    unicode_errors: str = "strict"
    limit: int | None = None
    datatype: Any = np.float32
    no_header: bool = False

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 0:
            raise ValueError(f"limit must be None (all rows) or at least 0, got {self.limit}")


@contextmanager
def opened(source: PathLike | IO[bytes]) -> Iterator[tuple[IO[bytes], int | None, str]]:
    """Open a path, or take an open file; yields it with its size in bytes, where known, and its name."""
    if hasattr(source, "read"):
        stream = cast("IO[bytes]", source)
        yield stream, stream_size(stream), str(getattr(stream, "name", "the file"))
        return
    with open_binary(source) as stream:
        yield stream, stream_size(stream), os.fspath(source)


def parse_header(first: bytes, name: str, kind: str) -> tuple[int, int, int]:
    """Return the number of vectors, their size, and where the rows begin.

    Parameters
    ----------
    first : bytes
        The beginning of the file.
    name, kind : str
        Name of the file and what it was taken for, for errors.

    Raises
    ------
    ValueError
        If the first line is not two integers; the message says what the file is, or may be.
    """
    end = first.find(b"\n", 0, 200)
    line = first[: end if end >= 0 else 200]
    parts = line.split()
    if end >= 0 and len(parts) == 2 and parts[0].isdigit() and parts[1].isdigit() and 0 < int(parts[1]) < 1 << 40:
        return int(parts[0]), int(parts[1]), end + 1
    what = foreign.describe(first[: foreign.HEAD_BYTES])
    if what is not None:
        raise ValueError(f"{name}: not {kind}: this is {what}")
    if len(parts) > 2 and _is_number(parts[1]) and _is_number(parts[2]):
        raise ValueError(f"{name}: no header line; pass no_header=True (GloVe)")
    shown = line[:60].decode("utf8", "backslashreplace")
    raise ValueError(
        f"{name}: {kind} begins with a line of two numbers, how many vectors and their size; got {shown!r}"
    )


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class Rows:
    """Collects blocks of rows: keeps the first of equal words, grows as needed, never by what a header claims.

    Parameters
    ----------
    size : int
        Length of a vector.
    capacity : int
        Rows to make room for at first.
    options : Options
    """

    def __init__(self, size: int, capacity: int, options: Options) -> None:
        self.vectors = np.empty((capacity, size), options.datatype)
        self.key_to_index: dict[str, int] = {}
        self.seen = 0
        self._options = options

    def add(self, words: Sequence[bytes], block: NDArray[Any]) -> None:
        """Append the rows of `block`, one for each word."""
        keys = self._decode(words)
        start = len(self.key_to_index)
        for key in keys:
            # a dict keeps its first value and its order, so the length tells whether the key was new
            self.key_to_index.setdefault(key, len(self.key_to_index))
        if len(self.key_to_index) < start + len(keys):
            block = block[self._first_of_equal(keys, start)]
        self._reserve(start + len(block))
        self.vectors[start : start + len(block)] = block
        self.seen += len(keys)

    def _decode(self, words: Sequence[bytes]) -> list[str]:
        encoding, errors = self._options.encoding, self._options.unicode_errors
        try:
            return [word.decode(encoding, errors) for word in words]
        except UnicodeDecodeError:
            pass
        for number, word in enumerate(words, self.seen + 1):
            try:
                word.decode(encoding, errors)
            except UnicodeDecodeError as error:
                named = "UTF-8" if error.encoding in ("utf8", "utf-8") else error.encoding
                reason = f"{error.reason}: word {number} is not {named}; pass unicode_errors='replace'"
                raise UnicodeDecodeError(error.encoding, error.object, error.start, error.end, reason) from None
        raise AssertionError("unreachable: one of the words failed above")

    def _first_of_equal(self, keys: Sequence[str], start: int) -> list[int]:
        """Rows of the block whose key was not seen before; warns of the others."""
        kept: list[int] = []
        for row, key in enumerate(keys):
            if self.key_to_index[key] == start + len(kept):
                kept.append(row)
            else:
                logger.warning("duplicate word '%s' in word2vec file, ignoring all but first", key)
        return kept

    def _reserve(self, rows: int) -> None:
        if rows > len(self.vectors):
            self.vectors.resize((max(rows, 2 * len(self.vectors)), self.vectors.shape[1]), refcheck=False)

    def snapshot(self) -> Snapshot:
        """Return what was collected, without spare rows."""
        if len(self.key_to_index) < len(self.vectors):
            self.vectors.resize((len(self.key_to_index), self.vectors.shape[1]), refcheck=False)
        return Snapshot("keyedvectors", list(self.key_to_index), {"vectors": self.vectors})


def capacity(wanted: int, available: int | None, smallest_row: int) -> int:
    """Rows to allocate: what was announced, but no more than the file can hold; little where its size is unknown."""
    return min(wanted, (64 << 20 if available is None else available) // smallest_row)


def short_file(name: str, count: int, rows: int, position: int) -> EOFError:
    """The error for a file with fewer rows than its header says."""
    return EOFError(f"{name}: header says {count} vectors, file ends after {rows} (byte {position})")


def written_words(snapshot: Snapshot, order: Sequence[int] | NDArray[Any] | None, prefix: str) -> list[bytes]:
    """Return the words as they go to the file, in the order of writing, checked before anything is written.

    Raises
    ------
    ValueError
        If a word holds a space or a newline: no reader could tell where it ends.
    """
    keys = snapshot.keys
    rows = range(len(keys)) if order is None else order
    words = []
    for row in rows:
        key = keys[row]
        if key is None:
            raise TypeError(f"row {row} has no key (allocated and never filled); fill it with add_vector before saving")
        text = f"{prefix}{key}"
        if " " in text or "\n" in text:
            raise ValueError(
                f"key {text!r} (row {row}) holds a space or a newline, which the word2vec formats cannot store; "
                "replace it, or use save()"
            )
        try:
            words.append(text.encode("utf8"))
        except UnicodeEncodeError:
            raise ValueError(f"key {text!r} (row {row}) cannot be written as UTF-8; use save()") from None
    return words


@contextmanager
def destination(target: PathLike | IO[bytes], append: bool) -> Iterator[IO[bytes]]:
    """Open the file to write: replaced atomically, except when appending or when it is open already."""
    if hasattr(target, "write"):
        with nullcontext(cast("IO[bytes]", target)) as stream:
            yield stream
    elif not append:
        with atomic_write(target) as stream:
            yield stream
    elif is_url(target) or is_compressed(target):
        raise ValueError(f"append=True needs a plain local file, got {os.fspath(target)!r}")
    else:
        with Path(target).open("ab") as stream:
            yield stream


def header_line(snapshot: Snapshot, total_vec: int | None) -> bytes:
    """The first line: how many vectors, and their size."""
    count = len(snapshot.keys) if total_vec is None else total_vec
    return f"{count} {snapshot.arrays['vectors'].shape[1]}\n".encode()


def ordered_blocks(vectors: NDArray[Any], order: Sequence[int] | NDArray[Any] | None) -> Iterator[NDArray[np.float32]]:
    """Yield the rows as float32, a block at a time, in the order of writing."""
    for start in range(0, len(vectors), BLOCK_ROWS):
        stop = start + BLOCK_ROWS
        block = vectors[start:stop] if order is None else vectors[np.asarray(order[start:stop], np.intp)]
        yield np.ascontiguousarray(block, dtype="<f4")


def read_counts(path: PathLike, encoding: str = "utf8", unicode_errors: str = "strict") -> dict[str, int]:
    """Read a vocabulary file: a line ``word count`` for each word.

    Raises
    ------
    ValueError
        For a line that is not a word and an integer.
    """
    counts = {}
    with open_binary(path) as stream:
        for number, line in enumerate(stream, 1):
            parts = line.decode(encoding, unicode_errors).strip("\r\n").rsplit(" ", 1)
            if len(parts) != 2 or not parts[1].lstrip("-").isdigit():
                raise ValueError(f"{os.fspath(path)}: line {number} is not 'word count': {line[:60]!r}")
            counts[parts[0]] = int(parts[1])
    return counts


def write_counts(path: PathLike, words: Sequence[bytes], counts: Sequence[Any]) -> None:
    """Write a vocabulary file, as `read_counts` reads it."""
    with atomic_write(path) as stream:
        stream.writelines(b"%b %b\n" % (word, str(count).encode()) for word, count in zip(words, counts, strict=True))
