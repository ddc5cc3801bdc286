"""Text in files, scanned without a Python object for any token: faster than the readers, with the same result.

`text_of` says which corpora can be read so: those whose sentences are known to be plain text in files, cut by the one
rule of readers.py. `scan` reads them in blocks that end at a blank, and turns each block into ids; several threads take
blocks in turn::

    main thread    read round 2 | give round 1 its ids, count it | read round 3 | ...
    threads        scan round 1 | scan round 2                   | scan ...

Ids do not depend on how many there are, nor on the size of blocks: keys have ids in the order in which they stand in
the text. Files are read rather than mapped: that is as fast (a read copies 10 times as fast as a scan goes), pages that
were read do not count as memory of this process, a file that is truncated meanwhile is an error and does not kill the
process, and packed files and URLs are read in the same way.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from . import readers
from ._scanner import KeyTable, Piece, SentenceCutter
from .encoding import Batch
from .files import Seen, is_plain, open_bytes
from .readers import CorpusFile, LineSentence, PathLineSentences, Text8Corpus
from .shares import FileShare, lines_before, read_span

logger = logging.getLogger(readers.__name__)  # log lines are the same as with the readers

BLOCK_BYTES = 1 << 18  # bytes scanned at a time; with its ids a block stays in the second-level cache

# Blocks in a round, for any number of threads: if there are few threads, a slow one leaves blocks to the others. More
# threads than blocks would wait for the one that reads and counts.
BLOCKS_A_ROUND = MAX_THREADS = 8


@dataclass(frozen=True)
class Text:
    """What a reader reads, in plain terms.

    Attributes
    ----------
    names : tuple of str or path-like
        Files and URLs.
    longest : int or None
        Longer sentences are cut into pieces of this length.
    limit : int or None
        Lines to read of each file.
    by_line : bool
        Whether a sentence ends at the end of a line; always at the end of a file.
    spans : tuple of (int, int), optional
        For each file, the range of bytes whose lines are read; default: all.
    seen : tuple of Seen, optional
        For each file, its state at that time: it is read up to the length that it had.
    """

    names: tuple[Any, ...]
    longest: int | None = None
    limit: int | None = None
    by_line: bool = True
    spans: tuple[tuple[int, int], ...] | None = None
    seen: tuple[Seen | None, ...] | None = None

    @property
    def most_tokens(self) -> int:
        """How many tokens there can be; more if files are packed."""
        if self.spans is not None:
            return sum((stop - start) // 2 + 1 for start, stop in self.spans)
        paths = [Path(name) for name in self.names]
        return sum(path.stat().st_size // 2 + 1 for path in paths if path.is_file())

    def is_short(self, keys: int) -> bool:
        """Whether there are surely fewer tokens than `keys`: then making a table of the keys would take longer."""
        return self.most_tokens < keys and all(map(is_plain, self.names))


def text_of(sentences: Any) -> Text | None:
    """Return the text to scan instead of iterating over `sentences`, or None if the result would differ.

    Subclasses may change what is read, and open files are read from Python; options with values that the readers would
    refuse are left to the readers.

    Examples
    --------
    >>> text_of(LineSentence("corpus.txt", limit=3))
    Text(names=('corpus.txt',), longest=10000, limit=3, by_line=True, spans=None, seen=None)
    >>> text_of([["a", "list"]]) is None
    True
    """
    kind = type(sentences)
    if kind is CorpusFile:
        text = Text(tuple(sentences.paths), seen=sentences.seen)
    elif kind is LineSentence:
        text = Text((sentences.source,), sentences.max_sentence_length, sentences.limit)
    elif kind is PathLineSentences:
        text = Text(tuple(sentences.input_files), sentences.max_sentence_length, sentences.limit)
    elif kind is Text8Corpus:
        text = Text((sentences.fname,), sentences.max_sentence_length, by_line=False)
    elif kind is FileShare:
        text = Text(sentences.names, sentences.longest, spans=sentences.spans)
    else:
        return None
    named = all(isinstance(name, (str, os.PathLike)) and not hasattr(name, "seek") for name in text.names)
    return text if named and _is_number(text.longest, 1) and _is_number(text.limit, 0) else None


def _is_number(value: Any, low: int) -> bool:
    return value is None or (type(value) is int and value >= low)


@dataclass(frozen=True)
class _Block:
    """Bytes of a file that begin and end between tokens; `first` and `last` mark the first and last ones read of it.

    `start` is the beginning of the range to which the lines belong.
    """

    name: Any
    data: bytes
    first: bool
    last: bool
    start: int = 0
    seen: Seen | None = None


_Scanned: TypeAlias = "tuple[_Block, Piece]"


def scan(
    text: Text, table: KeyTable, *, grow: bool, workers: int = 1, block_bytes: int = BLOCK_BYTES
) -> Iterator[Batch]:
    """Read a text as ids of the keys in `table`.

    Parameters
    ----------
    text : Text
    table : KeyTable
        With `grow`, new keys are added to it, and it counts all tokens; else tokens that are not keys are left out.
    grow : bool
    workers : int
        Threads that scan.
    block_bytes : int
        Bytes that are read at a time.

    Yields
    ------
    Batch
        Pieces for `TokenCache.store`: the ids after the last offset belong to a sentence that continues in the next
        piece.

    Raises
    ------
    OSError, ImportError
        If a file cannot be read.
    UnicodeDecodeError
        If a line is not UTF-8; the reason names the file and the line.
    ValueError
        If there are more different keys than ids.
    """
    blocks = _blocks(text, block_bytes)
    workers = min(workers, MAX_THREADS)
    cutter = SentenceCutter(text.longest, text.by_line)
    line = 1
    scanned = _scan_in_rounds(blocks, table, grow, workers) if workers > 1 else _scan_one(blocks, table, grow)
    for block, piece in scanned:
        line = 1 if block.first else line
        line += piece.newlines
        if not piece.is_utf8:
            _raise_undecodable(block, line + lines_before(block.name, block.start))
        yield Batch(*cutter.cut(piece, block.last))


def _scan_one(blocks: Iterator[_Block], table: KeyTable, grow: bool) -> Iterator[_Scanned]:
    """Scan one block after another, each with the keys of the earlier ones."""
    piece = Piece()
    for block in blocks:
        piece.scan(block.data, table, grow, False)
        yield block, piece


def _scan_in_rounds(blocks: Iterator[_Block], table: KeyTable, grow: bool, workers: int) -> Iterator[_Scanned]:
    """Scan a round of blocks at a time with the keys of all earlier rounds; meanwhile, hand out the last round."""
    current, spare = [Piece() for _ in range(BLOCKS_A_ROUND)], [Piece() for _ in range(BLOCKS_A_ROUND)]
    done: list[_Scanned] = []
    batch, trouble = _take(blocks, BLOCKS_A_ROUND)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="w2vcore-scan")
    try:
        while batch:
            running = [
                pool.submit(piece.scan, block.data, table, grow, True)
                for block, piece in zip(batch, current, strict=False)
            ]
            yield from done
            upcoming, later_trouble = ([], None) if trouble else _take(blocks, BLOCKS_A_ROUND)
            for future in running:
                future.result()
            done = list(zip(batch, current, strict=False))
            for _, piece in done:
                piece.adopt()
            current, spare = spare, current
            batch, trouble = upcoming, trouble or later_trouble
        yield from done
    finally:
        # Threads end by themselves after their present block. If this generator is collected before its end, waiting
        # for them could deadlock, as some lock of `threading` may be held.
        pool.shutdown(wait=False, cancel_futures=True)
    if trouble is not None:
        raise trouble


def _take(blocks: Iterator[_Block], number: int) -> tuple[list[_Block], Exception | None]:
    """Read some blocks; an error is returned with the blocks before it, which may contain an earlier error."""
    taken: list[_Block] = []
    try:
        for block in islice(blocks, number):  # one by one, to keep those before an error
            taken.append(block)
    except Exception as error:
        return taken, error
    return taken, None


def _blocks(text: Text, size: int) -> Iterator[_Block]:
    """Yield the blocks of all files."""
    nothing = [None] * len(text.names)
    for name, span, seen in zip(text.names, text.spans or nothing, text.seen or nothing, strict=True):
        logger.info("reading file %s", name)
        first = True
        reads = _read(name, size, text.limit, seen) if span is None else read_span(name, span, size)
        for data, last in _cut_at_blanks(reads):
            yield _Block(name, data, first, last, 0 if span is None else span[0], seen)
            first = False


def _read(name: Any, size: int, limit: int | None, seen: Seen | None) -> Iterator[bytes]:
    """Yield the bytes of a file up to the end of line number `limit`."""
    with open_bytes(name, seen) as file:
        while (limit is None or limit > 0) and (data := file.read(size)):
            if limit is not None:
                lines = data.count(b"\n")
                if lines >= limit:
                    data = data[: _end_of_line(data, limit)]
                limit -= lines
            yield data


def _end_of_line(data: bytes, number: int) -> int:
    """Return where line `number` of some bytes ends, after its newline."""
    end = 0
    for _ in range(number):
        end = data.index(b"\n", end) + 1
    return end


def _cut_at_blanks(reads: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks that end at a blank, and whether each is the last; that one may be empty.

    Blocks end only at ASCII blanks, whose bytes are in no UTF-8 sequence. The bytes after the last blank wait for the
    next one, however far it is, and are copied once.
    """
    rest: list[bytes] = []  # bytes read since the last blank
    for data in reads:
        cut = data.rfind(b" ") + 1 or data.rfind(b"\n") + 1 or data.rfind(b"\t") + 1
        if cut:
            yield b"".join([*rest, memoryview(data)[:cut]]), False
            rest.clear()
        rest.append(data[cut:])
    yield b"".join(rest), True


def _raise_undecodable(block: _Block, line: int) -> None:
    """Raise the error that reading this line in Python raises."""
    with open_bytes(block.name, block.seen) as file:
        data = next(islice(file, line - 1, None), b"")
    readers.decode(data, readers.name_of(block.name), line)
    raise OSError(
        f"line {line} of {block.name} was not UTF-8 when it was scanned, and is now: the file has been changed"
    )
