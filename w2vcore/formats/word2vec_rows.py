"""What the text and the binary word2vec format share: the header, rows that arrive in blocks, writing in order."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus._scanner import KeyTable
from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.files import BYTE_ORDER_MARK
from w2vcore.corpus.keying import key_text
from w2vcore.formats import evidence, foreign, text_table
from w2vcore.formats._rows import first_bad_word
from w2vcore.formats.atomic import (
    PathLike,
    atomic_write,
    atomic_writes,
    expanded,
    is_compressed,
    is_url,
    open_binary,
    unpacking,
)
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.streams import stream_size
from w2vcore.threads import in_slices, usual_threads

logger = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 20  # read and parsed at once: many rows of any usual size, and still in the cache when parsed
BLOCK_ROWS = 4096  # written at once
_BYTES_A_THREAD = 1 << 17  # become text in some 3 ms: many times what it takes to wake a thread
LONGEST_WORD = 16 << 20  # bytes; a longer "word" means that the file is something else
LARGEST_SIZE = 1 << 24  # numbers in a vector; 10,000 are many
_WARNINGS = 100  # repeated words that are warned of one by one

# parse(bytes, most, matrix, words, offsets) -> rows, bytes used, whether all was in order
Parser: TypeAlias = Callable[
    [NDArray[np.uint8], int, NDArray[Any], NDArray[np.uint8], NDArray[np.int64]], tuple[int, int, bool]
]


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

    def decoded(self, text: bytes | bytearray, what: str, number: int, where: str) -> str:
        r"""Return a word or a line, decoded as the options say; an error names it and says what to do.

        Examples
        --------
        >>> Options(unicode_errors="replace").decoded(b"caf\xe9", "word", 3, "of x.bin")
        'caf\ufffd'
        """
        try:
            return text.decode(self.encoding, self.unicode_errors)
        except UnicodeDecodeError as error:
            reason = f"{error.reason}: {what} {number} {where}; pass unicode_errors='replace'"
            raise UnicodeDecodeError(error.encoding, error.object, error.start, error.end, reason) from None


@contextmanager
def opened(source: PathLike | IO[bytes]) -> Iterator[tuple[IO[bytes], int | None, str]]:
    """Open a path, or take an open file; yield it with its size in bytes, if known, and its name."""
    if hasattr(source, "read"):
        stream = cast("IO[bytes]", source)
        name = str(getattr(stream, "name", "the file"))
        with unpacking(name):
            yield stream, stream_size(stream), name
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
        Name of the file and its assumed format, for errors.

    Raises
    ------
    ValueError
        If the first line is not two integers; the message says what the file is, or may be.
    """
    mark = len(BYTE_ORDER_MARK) if first.startswith(BYTE_ORDER_MARK) else 0
    end = first.find(b"\n", mark, 200)
    line = first[mark : end if end >= 0 else 200]
    parts = line.split()
    if end >= 0 and len(parts) == 2 and is_count(parts[0]) and is_count(parts[1]) and int(parts[1]):
        if int(parts[1]) > LARGEST_SIZE:
            raise ValueError(
                f"{name}: header says vectors of {int(parts[1]):,} numbers; at most {LARGEST_SIZE:,} are read"
            )
        return int(parts[0]), int(parts[1]), end + 1
    if evidence.numbers_of_row(line if end >= 0 else line.rpartition(b" ")[0]) > 1:
        if "binary" in kind:
            raise ValueError(f"{name}: no header line, and it is text; pass binary=False and no_header=True (GloVe)")
        raise ValueError(f"{name}: no header line; pass no_header=True (GloVe)")
    what = foreign.describe(first[: foreign.HEAD_BYTES])
    if what is not None:
        raise ValueError(f"{name}: not {kind}: this is {what}")
    shown = line[:60].decode("utf8", "backslashreplace")
    raise ValueError(
        f"{name}: {kind} begins with a line of two numbers, how many vectors and their size; got {shown!r}"
    )


def is_count(text: bytes) -> bool:
    """Whether a field of a header is a plausible number."""
    return text.isdigit() and len(text) < 16


class Block:
    """The bytes of a stream that are in memory: `fill` adds more, `used` drops those at the front.

    Parameters
    ----------
    stream : binary file
    room : int
        Bytes to read at once.
    """

    def __init__(self, stream: IO[bytes], room: int) -> None:
        self._stream = stream
        self._data = np.empty(room, np.uint8)
        self._start = self._stop = 0
        self.position = 0  # bytes read from the stream

    @property
    def room(self) -> int:
        """Capacity in bytes."""
        return len(self._data)

    @property
    def ended(self) -> bool:
        """Whether the last `fill` reached the end of the stream."""
        return self._stop < len(self._data)

    @property
    def bytes(self) -> NDArray[np.uint8]:
        """The bytes that are in memory and not used."""
        return self._data[self._start : self._stop]

    def used(self, count: int) -> None:
        """Drop bytes at the front."""
        self._start += count

    def append(self, byte: int) -> None:
        """Add a byte that is not in the stream."""
        self._make_room()
        self._data[self._stop] = byte
        self._stop += 1

    def fill(self) -> bool:
        """Read until the room is full or the stream ends; return whether anything came."""
        self._make_room()
        before = self._stop
        view = self._data.data
        while self._stop < len(self._data):
            got = _read_into(self._stream, view[self._stop :])
            if not got:
                break
            self._stop += got
        self.position += self._stop - before
        return self._stop > before

    def _make_room(self) -> None:
        """Move the rest to the front; if it fills all room, double that. So memory follows what was read."""
        left = self._stop - self._start
        if self._start:
            self._data[:left] = self.bytes  # NumPy copies overlapping arrays correctly
            self._start, self._stop = 0, left
        elif left == len(self._data):
            self._data = np.concatenate([self._data, np.empty_like(self._data)])


def _read_into(stream: IO[bytes], view: memoryview) -> int:
    """Read some bytes; return 0 at the end. A user's open file may have no method but `read`."""
    if hasattr(stream, "readinto"):
        return int(stream.readinto(view) or 0)
    data = stream.read(len(view))
    view[: len(data)] = data
    return len(data)


class Rows:
    """Collects rows: keeps the first of equal words, and grows as rows arrive, whatever a header claims.

    Parameters
    ----------
    size : int
        Length of a vector.
    capacity : int
        Rows to make room for at first.
    wanted : int
        Rows to read.
    options : Options
    """

    def __init__(self, size: int, capacity: int, wanted: int, options: Options) -> None:
        self.vectors = np.empty((capacity, size), options.datatype)
        self.seen = 0
        self._wanted = wanted
        self._kept = 0
        self._table = KeyTable()
        self._options = options
        self._words = np.empty(0, np.uint8)
        self._offsets = np.empty(0, np.int64)
        self._repeated = 0

    @property
    def missing(self) -> bool:
        """Whether fewer rows were read than wanted."""
        return self.seen < self._wanted

    def take(self, block: Block, parse: Parser, numbers: Any, smallest_row: int) -> bool:
        """Parse the whole rows at the start of a block; return False if the data after them is malformed.

        Parameters
        ----------
        block : Block
        parse : callable
            ``parse(bytes, most, matrix, words, offsets)`` returns rows, bytes used, and whether all was in order.
        numbers : dtype
            What `parse` writes; it is converted if the vectors have another type.
        smallest_row : int
            Bytes.
        """
        good = True
        while self.missing and good:
            if self._kept == len(self.vectors):
                if not len(block.bytes):
                    break
                self._grow()
            most = min(self._wanted - self.seen, len(self.vectors) - self._kept, len(block.bytes) // smallest_row + 1)
            direct = self.vectors.dtype == numbers
            place = self.vectors[self._kept : self._kept + most]
            matrix = place if direct else np.empty((most, self.vectors.shape[1]), numbers)
            self._make_room(block.room, most)
            rows, used, good = parse(block.bytes, most, matrix, self._words, self._offsets)
            if not rows:
                break
            block.used(used)
            if not direct:
                place[:rows] = matrix[:rows]
            self._keep(*self._keys(rows), rows)
        return good

    def add(self, word: bytes, values: Any) -> None:
        """Append one row."""
        if self._kept == len(self.vectors):
            self._grow()
        self.vectors[self._kept] = values
        self._make_room(len(word) + 1, 1)
        self._words[: len(word)] = np.frombuffer(word, np.uint8)
        self._offsets[:2] = 0, len(word)
        self._keep(*self._keys(1), 1)

    def _make_room(self, word_bytes: int, rows: int) -> None:
        if len(self._words) < word_bytes:
            self._words = np.empty(word_bytes, np.uint8)
        if len(self._offsets) < rows + 1:
            self._offsets = np.empty(rows + 1, np.int64)

    def _keys(self, rows: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The words as UTF-8, checked or converted as the options say."""
        words, offsets = self._words, self._offsets[: rows + 1]
        encoding, errors = self._options.encoding, self._options.unicode_errors
        if encoding.lower().replace("-", "") == "utf8":
            bad = first_bad_word(words, offsets)
            if bad < 0:
                return words, offsets
            if errors == "strict":
                self._decode(words[offsets[bad] : offsets[bad + 1]].tobytes(), bad)
        texts = [self._decode(words[offsets[row] : offsets[row + 1]].tobytes(), row) for row in range(rows)]
        return text_table.pack(texts)

    def _decode(self, word: bytes, row: int) -> str:
        utf8 = self._options.encoding.lower() in ("utf8", "utf-8")
        where = f"is not {'UTF-8' if utf8 else self._options.encoding}"
        return self._options.decoded(word, "word", self.seen + row + 1, where)

    def _keep(self, words: NDArray[np.uint8], offsets: NDArray[np.int64], rows: int) -> None:
        """Number the keys of rows that are in place already, and close the gaps that repeated keys leave."""
        first, repeated = 0, []
        while (found := self._table.put_packed(words, offsets[first:])) >= 0:
            repeated.append(first + found)
            first += found + 1
        for row in repeated[: max(0, _WARNINGS - self._repeated)]:
            key = words[offsets[row] : offsets[row + 1]].tobytes().decode("utf8", "surrogatepass")
            logger.warning("duplicate word '%s' in word2vec file, ignoring all but first", key)
        self._repeated += len(repeated)
        if repeated:
            here = self.vectors[self._kept : self._kept + rows]
            here[: rows - len(repeated)] = np.delete(here, repeated, axis=0)
        self._kept += rows - len(repeated)
        self.seen += rows

    def _grow(self) -> None:
        rows = self._kept + self._kept // 2 + 1
        self.vectors.resize((rows, self.vectors.shape[1]), refcheck=False)

    def snapshot(self) -> Snapshot:
        """Return the collected rows, without spare ones."""
        if self._repeated > _WARNINGS:
            logger.warning("%d more words occur again, ignoring all but first", self._repeated - _WARNINGS)
        if self._kept < len(self.vectors):
            self.vectors.resize((self._kept, self.vectors.shape[1]), refcheck=False)
        return Snapshot("keyedvectors", CompactKeys(*self._table.packed(), distinct=True), {"vectors": self.vectors})


def capacity(wanted: int, available: int | None, smallest_row: int) -> int:
    """Return the rows to allocate: as announced, but no more than the file can hold; few if its size is unknown."""
    return min(wanted, (64 << 20 if available is None else available) // smallest_row)


def short_file(name: str, count: int, rows: int, position: int) -> EOFError:
    """Return the error for a file with fewer rows than its header says."""
    return EOFError(f"{name}: header says {count} vectors, file ends after {rows} (byte {position})")


def written_words(snapshot: Snapshot, order: Sequence[int] | NDArray[Any] | None, prefix: str) -> list[bytes]:
    """Return the words as they will be written, in that order, checked before anything is written.

    Raises
    ------
    ValueError
        If a word holds a space or a newline: no reader could tell where it ends.
    """
    keys = snapshot.keys
    if isinstance(keys, CompactKeys) and (packed := _packed_words(keys, prefix)) is not None:
        return packed if order is None else [packed[row] for row in order]
    rows = range(len(keys)) if order is None else order
    words = []
    for row in rows:
        key = keys[row]
        if key is None:
            raise TypeError(f"row {row} has no key (allocated and never filled); fill it with add_vector before saving")
        text = prefix + key_text(key)
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


def packed_words(
    snapshot: Snapshot, order: Sequence[int] | NDArray[Any] | None, prefix: str
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return what `written_words` does, as bytes one after the other and where each begins."""
    keys = snapshot.keys
    if isinstance(keys, CompactKeys) and order is None and not prefix and _is_plain(keys.data.tobytes()):
        return keys.data, keys.offsets
    words = written_words(snapshot, order, prefix)
    offsets = np.zeros(len(words) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, words), np.int64, len(words)), out=offsets[1:])
    return np.frombuffer(b"".join(words), np.uint8), offsets


def _packed_words(keys: CompactKeys, prefix: str) -> list[bytes] | None:
    """Return the words as they will be written, None if one of them needs to be looked at by itself."""
    data, stops = keys.data.tobytes(), keys.offsets.tolist()
    start = prefix.encode("utf8", "surrogatepass")
    if not (_is_plain(data) and _is_plain(start)):
        return None
    words = [data[first:stop] for first, stop in pairwise(stops)]
    return [start + word for word in words] if start else words


def _is_plain(words: bytes) -> bool:
    """Whether these are words that can be written: UTF-8 without a space and a newline."""
    try:
        words.decode("utf8")
    except UnicodeDecodeError:
        return False
    return b" " not in words and b"\n" not in words


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
        with Path(expanded(target)).open("ab") as stream:
            yield stream


@contextmanager
def destinations(
    target: PathLike | IO[bytes], vocabulary: PathLike, append: bool
) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Open the file to write, as `destination`, and that of its words and counts; both are replaced at once."""
    if not append and not hasattr(target, "write"):
        with atomic_writes(target, vocabulary) as (stream, counts):
            yield stream, counts
    else:
        with destination(target, append) as stream, atomic_write(vocabulary) as counts:
            yield stream, counts


def header_line(snapshot: Snapshot, total_vec: int | None) -> bytes:
    """Return the first line: how many vectors, and their size."""
    count = len(snapshot.keys) if total_vec is None else total_vec
    return f"{count} {snapshot.arrays['vectors'].shape[1]}\n".encode()


def ordered_blocks(
    vectors: NDArray[Any], order: Sequence[int] | NDArray[Any] | None, dtype: Any = "<f4"
) -> Iterator[NDArray[Any]]:
    """Yield the rows as float32 (or another type), a block at a time, in the order of writing."""
    for start in range(0, len(vectors), BLOCK_ROWS):
        stop = start + BLOCK_ROWS
        block = vectors[start:stop] if order is None else vectors[np.asarray(order[start:stop], np.intp)]
        yield np.ascontiguousarray(block, dtype)


def write_lines(
    stream: IO[bytes],
    blocks: Iterator[NDArray[Any]],
    words: tuple[NDArray[np.uint8], NDArray[np.int64]],
    lines: Callable[[NDArray[np.uint8], NDArray[np.int64], NDArray[Any]], NDArray[np.uint8]],
) -> None:
    """Write rows with their words, each block of them as lines that several threads make.

    Parameters
    ----------
    stream : binary file
    blocks : iterator of ndarray
        From `ordered_blocks`.
    words : tuple of ndarray
        From `packed_words`.
    lines : callable
        ``lines(words, offsets, rows)`` returns the bytes of some rows, and needs no GIL.
    """
    data, offsets = words
    first = 0
    for block in blocks:
        made: dict[int, NDArray[np.uint8]] = {}

        def make(rows: slice) -> None:
            made[rows.start] = lines(data, offsets[first + rows.start : first + rows.stop + 1], block[rows])  # noqa: B023

        in_slices(make, len(block), min(usual_threads(), -(-block.nbytes // _BYTES_A_THREAD)))
        for start in sorted(made):
            stream.write(made[start].data)
        first += len(block)


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
            line = line.removeprefix(BYTE_ORDER_MARK if number == 1 else b"").rstrip(b"\r\n")
            parts = line.rsplit(b" ", 1)
            if len(parts) != 2 or not _is_integer(parts[1]):  # other blanks, or more of them
                parts = line.rsplit(None, 1)
            if len(parts) == 2 and _is_integer(parts[1]):
                counts[parts[0].rstrip(b" ").decode(encoding, unicode_errors)] = int(parts[1])
            elif line.strip():
                raise ValueError(f"{os.fspath(path)}: line {number} is not 'word count': {line[:60]!r}")
    return counts


def _is_integer(text: bytes) -> bool:
    return text.removeprefix(b"-").isdigit()


def write_counts(stream: IO[bytes], words: Sequence[bytes], counts: Sequence[Any]) -> None:
    """Write a vocabulary file, as `read_counts` reads it."""
    stream.writelines(b"%b %b\n" % (word, str(count).encode()) for word, count in zip(words, counts, strict=True))
