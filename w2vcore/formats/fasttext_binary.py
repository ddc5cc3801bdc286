"""fastText's model file (``.bin``, quantised ``.ftz``): words, rows of words and of subwords, and the output matrix.

A word's vector is the mean of its own row and the rows of its subwords, as in the ``.vec`` file; it is computed here.
The tables and settings are kept in the snapshot as `subword_arrays` says, so that `Subwords` makes vectors for words
that are not in the vocabulary, and `write` the same bytes again.

Layout, all numbers little-endian (fasttext.cc, args.cc, dictionary.cc, densematrix.cc): magic and version, int32 each;
12 settings of int32 and one double; numbers of entries, words and labels (int32), of tokens and of subwords kept, or -1
for all (int64); each entry with a NUL at its end, an int64 count and a byte, 0 for words; for each subword that was
kept its hash and its row, int32; then twice a byte, 1 for quantised, rows and columns in int64, and the float32 matrix,
or what `fasttext_quantised` says. The first versions (of 2016) had neither magic and version, nor the number of kept
subwords, nor the bytes for quantised.
"""

from __future__ import annotations

import itertools
import math
import mmap as memory_map
import os
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import key_text
from w2vcore.formats import fasttext_quantised, word2vec_rows
from w2vcore.formats.atomic import PathLike, expanded, is_url
from w2vcore.formats.selection import selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.streams import read_exactly
from w2vcore.formats.subword_arrays import (
    BUCKETS,
    KEPT,
    OUTPUT,
    SETTINGS,
    WORDS,
    check_kept,
    is_floret,
    spellings_of,
    subwords_of,
)
from w2vcore.formats.word2vec_rows import Options
from w2vcore.formats.wrapping import is_wrapped
from w2vcore.model._subwords import list_subwords
from w2vcore.model.subwords import MOST_CHARACTERS, Subwords, bracketed, joined, split_as_fasttext, word_bytes

MAGIC = b"\xba\x16\x4f\x2f"
_VERSIONS = (11, 12)
_SETTINGS = (
    "dim",
    "ws",
    "epoch",
    "minCount",
    "neg",
    "wordNgrams",
    "loss",
    "model",
    "bucket",
    "minn",
    "maxn",
    "lrUpdateRate",
)
_NEGATIVE_SAMPLING, _SKIP_GRAM = 2, 2  # loss and model in args.h
_LOSSES = _MODELS = (1, 2, 3)
# What the numbers of a loss and of a model mean, as fastText's options spell it (args.cc).
_NAMES = {"loss": ("hs", "ns", "softmax", "ova"), "model": ("cbow", "skipgram", "supervised")}
_UNMARKED = "<12id3iq"  # the beginning of a file without magic: settings, and numbers of entries and tokens
_LONGEST_WORD = 16 << 20
_BLOCK_BYTES = 8 << 20
_WORDS_AT_A_TIME = 1 << 14  # of a mapped file
_MOST_PORTIONS = 4  # of its words
_FEW_IN_USE = 0.8  # share of rows in use up to which they are copied; beyond, the whole table is hardly more
# Bytes of rows that may be added up for each byte of the file; models of words, whose rows are there, add 20 to 100.
_MOST_ADDED = 1024
_ADDED_FOR_ANY_FILE = 1 << 30  # half a second


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a fastText model."""
    return head.startswith(MAGIC) or _is_unmarked(head)


def named(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what the settings of a file say of its loss and its model, by fastText's names.

    Examples
    --------
    >>> named({"loss": 2, "model": 3})
    {'loss': 'ns', 'model': 'supervised'}
    """
    return {
        name: names[settings[name] - 1] if 0 < settings[name] <= len(names) else f"unknown ({settings[name]})"
        for name, names in _NAMES.items()
    }


def _is_unmarked(head: bytes) -> bool:
    """Whether a file begins as the first versions did: possible settings, and counts that add up."""
    if len(head) < struct.calcsize(_UNMARKED):
        return False
    *numbers, threshold, size, n_words, n_labels, tokens = struct.unpack_from(_UNMARKED, head)
    settings = dict(zip(_SETTINGS, numbers, strict=True))
    return (
        0 < settings["dim"] <= word2vec_rows.LARGEST_SIZE
        and settings["loss"] in _LOSSES
        and settings["model"] in _MODELS
        and all(0 <= settings[name] <= MOST_CHARACTERS for name in ("wordNgrams", "minn", "maxn"))
        and min(settings["ws"], settings["epoch"], settings["bucket"], n_labels) >= 0
        and 0 < n_words <= tokens
        and size == n_words + n_labels
        and 0 <= threshold <= 1
    )


class _Reader:
    """Reads numbers and texts from a stream, never more than it holds."""

    def __init__(self, stream: IO[bytes], available: int | None, name: str) -> None:
        self._stream, self._left, self.name = stream, available, name
        self._buffer, self._at = b"", 0
        self.taken = 0  # bytes, so far

    def short(self) -> EOFError:
        return EOFError(f"{self.name}: the file is cut short inside a fastText model")

    def need(self, count: int) -> None:
        """Raise an error if it is known that fewer bytes follow."""
        if self._left is not None and count > self._left + len(self._buffer) - self._at:
            raise self.short()

    def _fill(self, count: int) -> None:
        more = read_exactly(self._stream, count)
        if self._left is not None:
            self._left -= len(more)
        if not more:
            raise self.short()
        self._buffer, self._at = self._buffer[self._at :] + more, 0

    def take(self, count: int) -> bytes:
        while len(self._buffer) - self._at < count:
            self._fill(max(1 << 16, count - len(self._buffer) + self._at))
        start, self._at = self._at, self._at + count
        self.taken += count
        return self._buffer[start : self._at]

    def numbers(self, code: str) -> tuple[Any, ...]:
        return struct.unpack(code, self.take(struct.calcsize(code)))

    def look(self, count: int) -> bytes:
        """Return the next bytes, or fewer, without consuming them."""
        with suppress(EOFError):
            while len(self._buffer) - self._at < count:
                self._fill(1 << 16)
        return self._buffer[self._at : self._at + count]

    def text(self) -> bytes:
        """Return the bytes up to a NUL."""
        looked = 0
        while (end := self._buffer.find(b"\0", self._at + looked)) < 0:
            looked = len(self._buffer) - self._at
            if looked > _LONGEST_WORD:
                raise ValueError(f"{self.name}: a word has no end; the file is damaged")
            self._fill(max(1 << 16, looked))
        return self.take(end - self._at + 1)[:-1]

    def block(self, count: int) -> bytearray:
        """Read many bytes; memory follows what is really there."""
        self.need(count)
        data = bytearray()
        while len(data) < count:
            data += self.take(min(_BLOCK_BYTES, count - len(data)))
        return data

    def matrix(self, path: str | None = None) -> NDArray[np.float32]:
        """Read a dense matrix, after its sizes, or map it if its file has a path.

        The numbers of a mapped one may begin at any byte, as the words before them are of any length.
        """
        rows, columns = self.numbers("<2q")
        if rows < 0 or not 0 <= columns <= word2vec_rows.LARGEST_SIZE or rows * columns >= 1 << 50:
            raise ValueError(f"{self.name}: a matrix of {rows} × {columns}; the file is damaged")
        count = 4 * rows * columns
        if path is None or not count:
            data: Any = self.block(count)
        else:
            self.need(count)
            data = np.memmap(path, np.uint8, "r", self.taken, (count,))
            self._skip(count)
        table: NDArray[np.float32] = np.frombuffer(data, "<f4").reshape(rows, columns).astype(np.float32, copy=False)
        return table

    def _skip(self, count: int) -> None:
        """Pass over bytes that are there."""
        buffered = min(count, len(self._buffer) - self._at)
        self._at += buffered
        self._stream.seek(count - buffered, os.SEEK_CUR)
        self.taken += count
        if self._left is not None:
            self._left -= count - buffered


def read(source: PathLike | IO[bytes], mmap: str | None = None, whole: bool = True, **options: Any) -> Snapshot:
    """Load a model.

    Parameters
    ----------
    source : str, path-like or binary file
    mmap : {None, "r"}
        Map the matrices, read-only. Needs an uncompressed path; a quantised model is decoded all the same.
    whole : bool
        Read the output matrix, too, without which `write` writes one of zeros.
    **options
        ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as fields of `word2vec_rows.Options`; words that
        do not decode are shown with backslashes, unless told otherwise, as their bytes are kept.

    Returns
    -------
    Snapshot
        With the tables of subwords, unless ``limit`` leaves words out. A quantised model (``.ftz``) is decoded to
        float32, without its output matrix.

    Raises
    ------
    ValueError
        For another kind of file, or a damaged one.
    EOFError
        If the file is cut short.
    OSError
        For `mmap` of a compressed file.
    UnicodeDecodeError
        For a word that does not decode, with ``unicode_errors="strict"``.
    """
    chosen = Options(**{"unicode_errors": "backslashreplace", **options})
    path = _mappable(source, mmap)
    with word2vec_rows.opened(source) as (stream, available, name):
        reader = _Reader(stream, available, name)
        unmarked = _is_unmarked(reader.look(struct.calcsize(_UNMARKED)))
        settings = _read_settings(reader, unmarked)
        words, counts, labels, kept = _read_dictionary(reader, settings, unmarked)
        quantised, table = _read_matrix(reader, unmarked, path)
        start = reader.taken - table.nbytes
        if kept is not None and not quantised:
            raise ValueError(
                f"{name}: subwords were pruned, and the matrix is whole, which fastText does not load either"
            )
        output = _read_matrix(reader, unmarked, path)[1] if whole else None
    if table.shape[1] != settings["dim"] or len(table) < len(words):
        raise ValueError(f"{name}: {len(words)} words and a table of shape {table.shape}; the file is damaged")
    own, buckets = table[: len(words)], table[len(words) :]
    _check_work(settings, words, reader)
    if kept is not None:
        buckets, kept = _kept_rows(settings, buckets, kept, name)
    subwords = None
    if len(buckets) and settings["maxn"] > 0:
        hashes = None if kept is None else settings["bucket"]
        subwords = Subwords(buckets, settings["minn"], settings["maxn"], hashes, kept)
    # the first versions split </s> like any word
    texts = bracketed(words) if unmarked else split_as_fasttext(words)
    if subwords is None:
        vectors = np.array(own)
    elif path is None or quantised:
        vectors = subwords.composed(texts, own)
    else:
        vectors = _composed_in_portions(texts, own, subwords, path, start + own.nbytes)
    arrays: dict[str, NDArray[Any]] = {"vectors": vectors, "counts": np.array(counts, np.int64), BUCKETS: buckets}
    if not quantised:  # a model that can be written back unchanged
        arrays |= {WORDS: own} | ({} if output is None else {OUTPUT: output})
    if kept is not None:
        arrays[KEPT] = kept
    keys = _decoded(words, chosen)
    settings["labels"] = [[label.decode("utf8", "surrogateescape"), count] for label, count in labels]
    settings["spellings"] = [
        [row, word.decode("latin-1")]
        for row, (word, key) in enumerate(zip(words, keys, strict=True))
        if word_bytes(key) != word
    ]
    return selected(Snapshot("keyedvectors", keys, arrays, {SETTINGS: settings}), chosen)


def _mappable(source: PathLike | IO[bytes], mmap: str | None) -> str | None:
    """Return the path of a file that is to be mapped, None for one that is to be read."""
    if mmap is None:
        return None
    if mmap != "r":
        raise ValueError(f"mmap must be None or 'r' for a fastText model, got {mmap!r}")
    if not isinstance(source, (str, os.PathLike)):
        raise ValueError(f"mmap={mmap!r} needs a path, got an open file")
    name = expanded(source)
    if is_url(name) or is_wrapped(name):
        raise OSError(f"mmap={mmap!r} needs an uncompressed local file, got {name!r}; unpack it or use mmap=None")
    return name


def _composed_in_portions(
    texts: Sequence[bytes], own: NDArray[np.float32], subwords: Subwords, path: str, start: int
) -> NDArray[np.float32]:
    """Do what `Subwords.composed` does, with a mapped table that begins at byte `start` of its file.

    Through that map each row would bring its page into memory, and the pages around it: most of the table. So the rows
    in use are copied, as far as they are a small part of it, for a portion of the words at a time: there are few
    portions, as each looks for its rows in all of the file, and the copies of one lie in the memory of the one before.
    """
    vectors = np.empty(own.shape, np.float32)
    step = max(_WORDS_AT_A_TIME, -(-len(texts) // _MOST_PORTIONS))
    memory = np.empty((0, subwords.table.shape[1]), np.float32)
    for first in range(0, len(texts), step):
        some = texts[first : first + step]
        used = np.zeros(len(subwords.table), bool)
        used[list_subwords(*joined(some), subwords.min_n, subwords.max_n, len(used))[1]] = True
        numbers = np.flatnonzero(used)
        table = subwords
        if 0 < len(numbers) < _FEW_IN_USE * len(used):
            if len(memory) < len(numbers):
                memory = np.empty((len(numbers) + len(numbers) // 16, memory.shape[1]), np.float32)
            copied = memory[: len(numbers)]
            _copy_rows(copied, numbers, path, start)
            kept = np.array([numbers, np.arange(len(numbers))], np.int32)
            table = Subwords(copied, subwords.min_n, subwords.max_n, len(used), kept)
        vectors[first : first + step] = table.composed(some, own[first : first + step])
    return vectors


def _copy_rows(rows: NDArray[np.float32], numbers: NDArray[np.intp], path: str, start: int) -> None:
    """Copy rows of a matrix in a file, by number, in ascending order; the matrix begins at byte `start`.

    A part of it is mapped at a time. That takes less than half of the time of reading it, as only these rows are
    copied, and the pages of a part do not stay.
    """
    size = 4 * rows.shape[1]
    target = rows.view(np.uint8)
    step = max(1, _BLOCK_BYTES // size)
    done = 0
    with Path(path).open("rb", buffering=0) as stream:
        while done < len(numbers):
            first = int(numbers[done])
            stop = int(np.searchsorted(numbers, first + step))
            some = numbers[done:stop] - first
            length = size * (int(some[-1]) + 1)
            begin = start + size * first
            before = begin % memory_map.ALLOCATIONGRANULARITY
            with memory_map.mmap(
                stream.fileno(), before + length, access=memory_map.ACCESS_READ, offset=begin - before
            ) as part:
                block = np.frombuffer(part, np.uint8, length, before).reshape(-1, size)
                np.take(block, some, axis=0, out=target[done:stop], mode="clip")  # other modes copy twice
                del block  # a map with views of it cannot be closed
            done = stop
    if sys.byteorder == "big":
        rows.byteswap(inplace=True)


def _check_work(settings: dict[str, Any], words: Sequence[bytes], reader: _Reader) -> None:
    """Refuse a file whose words have more subwords than its bytes can pay for."""
    shortest, longest = max(settings["minn"], 1), settings["maxn"]
    added = sum(map(len, words), 2 * len(words)) * max(0, longest - shortest + 1) * 4 * settings["dim"]
    if added > _MOST_ADDED * reader.taken + _ADDED_FOR_ANY_FILE:
        raise ValueError(
            f"{reader.name}: its words have subwords of {shortest} to {longest} characters, whose rows are {added:,} "
            f"bytes to add up, out of a file of {reader.taken:,}; no model of words has so long ones; refused"
        )


def _read_settings(reader: _Reader, unmarked: bool) -> dict[str, Any]:
    magic, version = (MAGIC, _VERSIONS[0]) if unmarked else (reader.take(4), reader.numbers("<i")[0])
    if magic != MAGIC:
        raise ValueError(f"{reader.name}: not a fastText model (.bin)")
    if version not in _VERSIONS:
        raise ValueError(f"{reader.name}: a fastText model of version {version}; versions 11 and 12 are read")
    settings = dict(zip(_SETTINGS, reader.numbers("<12i"), strict=True))
    settings["t"] = reader.numbers("<d")[0]
    if not math.isfinite(settings["t"]):
        raise ValueError(f"{reader.name}: a threshold of {settings['t']}; the file is damaged")
    if settings["maxn"] > MOST_CHARACTERS:
        raise ValueError(
            f"{reader.name}: subwords of up to {settings['maxn']:,} characters (maxn); at most {MOST_CHARACTERS} are "
            "read, and fastText makes them of 6 unless told otherwise; the file is damaged"
        )
    if version == 11 and settings["model"] == 3:  # old supervised models have no subwords
        settings["maxn"] = 0
    return settings


def _kept_rows(
    settings: dict[str, Any], table: NDArray[np.float32], kept: NDArray[np.int32], name: str
) -> tuple[NDArray[np.float32], NDArray[np.int32] | None]:
    """Return the rows of a pruned model, and its hashes in ascending order with their rows, if any was kept."""
    hashes = kept[:, 0]
    kept = np.ascontiguousarray(kept[np.argsort(hashes, kind="stable")].T)
    if not len(hashes):
        return table[:0], None
    try:
        check_kept(kept, len(table), settings["bucket"])
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return table, kept


def _read_dictionary(
    reader: _Reader, settings: dict[str, Any], unmarked: bool
) -> tuple[list[bytes], list[int], list[tuple[bytes, int]], NDArray[np.int32] | None]:
    size, n_words, n_labels, settings["ntokens"], *pruned = reader.numbers("<3iq" if unmarked else "<3i2q")
    if min(size, n_words, n_labels) < 0 or size != n_words + n_labels:
        raise ValueError(f"{reader.name}: {size} entries, {n_words} words and {n_labels} labels; the file is damaged")
    reader.need(10 * size)  # a NUL, the count and the kind
    words, counts, labels = [], [], []
    for row in range(size):
        text = reader.text()
        count, kind = reader.numbers("<qb")
        if kind != (row >= n_words):
            raise ValueError(f"{reader.name}: entry {row} is of kind {kind}; the file is damaged")
        if kind:
            labels.append((text, count))
        else:
            words.append(text)
            counts.append(count)
    if not pruned or pruned[0] < 0:
        return words, counts, labels, None
    if pruned[0] > 1 << 31:
        raise ValueError(f"{reader.name}: {pruned[0]:,} subwords that were kept; the file is damaged")
    data = reader.block(8 * pruned[0])
    return words, counts, labels, np.frombuffer(data, "<i4").reshape(-1, 2).astype(np.int32, copy=False)


def _read_matrix(reader: _Reader, unmarked: bool, path: str | None) -> tuple[bool, NDArray[np.float32]]:
    """Return whether a matrix is quantised, and its numbers."""
    mark = b"\0" if unmarked else reader.take(1)
    if mark not in (b"\0", b"\1"):
        raise ValueError(f"{reader.name}: a matrix is marked {mark!r}; the file is damaged")
    if mark == b"\0":
        return False, reader.matrix(path)
    return True, fasttext_quantised.read_matrix(reader, word2vec_rows.LARGEST_SIZE)


def _decoded(words: Sequence[bytes], options: Options) -> list[str]:
    return [options.decoded(word, "word", number, "is not UTF-8") for number, word in enumerate(words, 1)]


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> None:
    """Save a model that fastText loads: the whole one that was read, or else vectors, with n-grams if there are any.

    Parameters
    ----------
    snapshot : Snapshot
        If it has no output matrix, that is of zeros: fastText gives the vectors, and cannot train them further.
    target : str, path-like or binary file

    Raises
    ------
    ValueError
        For a key that holds a NUL, which ends a word there, or is not valid Unicode; for floret's table.
    """
    if is_floret(snapshot):
        raise ValueError("a file of fastText holds rows of words, and floret's table has none: write a .floret file")
    rows, size = snapshot.arrays["vectors"].shape
    settings = {**dict.fromkeys(_SETTINGS, 0), "dim": size, "ws": 5, "epoch": 5, "minCount": 1, "neg": 5}
    settings |= {"wordNgrams": 1, "loss": _NEGATIVE_SAMPLING, "model": _SKIP_GRAM, "lrUpdateRate": 100, "t": 1e-4}
    stored = snapshot.settings.get(SETTINGS, {})
    spellings = spellings_of(stored, snapshot.keys)
    words = [spellings.get(key) or _word(key, row) for row, key in enumerate(snapshot.keys)]
    if OUTPUT in snapshot.arrays:
        settings |= stored
    table, rows_of_buckets, buckets = snapshot.arrays["vectors"], 0, _rows_of_buckets(snapshot)
    blocks: Iterable[NDArray[Any]] = ()
    if buckets is not None:
        settings |= {name: stored[name] for name in ("bucket", "minn", "maxn")}
        table, (rows_of_buckets, blocks) = _own_rows(snapshot, words), buckets
    output = snapshot.arrays.get(OUTPUT, np.zeros((rows, size), np.float32))
    counts = snapshot.arrays.get("counts", np.arange(rows, 0, -1)).tolist()
    entries = [(word, count, 0) for word, count in zip(words, counts, strict=True)]
    labels = [(word_bytes(label), count, 1) for label, count in settings.get("labels", [])]
    with word2vec_rows.destination(target, append=False) as stream:
        stream.write(MAGIC + struct.pack("<i", 12))
        stream.write(struct.pack("<12id", *(settings[name] for name in _SETTINGS), settings["t"]))
        tokens = settings.get("ntokens", sum(count for _, count, _ in entries))
        # -1: no subwords are pruned
        stream.write(struct.pack("<3i2q", len(entries) + len(labels), len(entries), len(labels), tokens, -1))
        for word, count, kind in (*entries, *labels):
            stream.write(word + b"\0" + struct.pack("<qb", count, kind))
        _write_matrix(stream, len(table) + rows_of_buckets, itertools.chain([table], blocks))
        _write_matrix(stream, len(output), [output])


def _rows_of_buckets(snapshot: Snapshot) -> tuple[int, Iterable[NDArray[Any]]] | None:
    """Return how many rows of buckets there are, and these in parts; None if there are none, or not of all hashes."""
    if BUCKETS not in snapshot.arrays:
        return None
    table, subwords = snapshot.arrays[BUCKETS], subwords_of(snapshot)
    if subwords is None or subwords.kept is None:
        return (len(table), [table]) if KEPT not in snapshot.arrays else None
    return None if subwords.rest is None else (subwords.hashes, subwords.blocks())


def _write_matrix(stream: IO[bytes], rows: int, parts: Iterable[NDArray[Any]]) -> None:
    columns = None
    for part in parts:
        if columns is None:
            columns = part.shape[1]
            stream.write(b"\0" + struct.pack("<2q", rows, columns))
        for block in word2vec_rows.ordered_blocks(part, None):
            stream.write(block.tobytes())


def _own_rows(snapshot: Snapshot, words: Sequence[bytes]) -> NDArray[Any]:
    """Return the rows of words; where a file had none, those with which the mean gives their vectors."""
    own = snapshot.arrays.get(WORDS)
    if own is not None and len(own) == len(words):
        return own
    subwords = subwords_of(snapshot)
    vectors = snapshot.arrays["vectors"]
    return vectors if subwords is None else subwords.fitted(split_as_fasttext(words), vectors)


def _word(key: Any, row: int) -> bytes:
    try:
        word = key_text(key).encode("utf8", "surrogateescape")
    except UnicodeEncodeError:
        word = b"\0"
    if b"\0" in word:
        raise ValueError(
            f"key {key!r} (row {row}) holds a NUL or is not valid Unicode, which fastText cannot store; use save()"
        )
    return word
