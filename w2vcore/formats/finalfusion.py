"""finalfusion's files (.fifu): a header, then chunks, each with a number for its kind and its length.

What is read: words, the matrix, and the lengths of the vectors, which finalfusion keeps apart from their directions.
The rows of n-grams, which files with subwords have after those of the words, are left out, and so are remarks. Files
are written as finalfusion converts word2vec files: words, vectors of length 1, and their lengths, so that a number
comes back within a unit or two in the last place.

Layout: https://finalfusion.github.io/spec (version 0); all numbers are little-endian.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import key_text
from w2vcore.formats import word2vec_rows
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.selection import check_matrix, selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import Options

logger = logging.getLogger(__name__)

_MAGIC = b"FiFu"
_WORDS, _MATRIX, _QUANTISED, _LENGTHS = 1, 2, 4, 6
# Kinds of vocabularies -> the numbers before their words; the first is how many words there are.
_VOCABULARIES = {_WORDS: "<Q", 3: "<QIII", 7: "<QIII", 8: "<QQII"}
_FLOAT = 10
_MOST_CHUNKS = 1000
_BLOCK_BYTES = 8 << 20


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are finalfusion's."""
    return head.startswith(_MAGIC)


@dataclass
class _File:
    """A stream that knows its position, as chunks of numbers are aligned in the file."""

    stream: IO[bytes]
    available: int | None
    name: str
    position: int = field(default=0)

    def take(self, count: int) -> bytearray:
        """Read some bytes; memory follows what is really there."""
        if self.available is not None and count > self.available - self.position:
            raise self._short(count, self.available - self.position)
        data = bytearray()
        while len(data) < count and (more := self.stream.read(min(_BLOCK_BYTES, count - len(data)))):
            data += more
        self.position += len(data)
        if len(data) < count:
            raise self._short(count, len(data))
        return data

    def numbers(self, layout: str) -> tuple[Any, ...]:
        """Read the numbers of a `struct` format."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def floats(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Read an array, whose header has been read up to its type."""
        (kind,) = self.numbers("<I")
        if kind != _FLOAT:
            raise ValueError(f"{self.name}: numbers of type {kind}; float32 ({_FLOAT}) are read")
        self.take(_padding(self.position))
        data = self.take(4 * int(np.prod([int(side) for side in shape], dtype=object)))
        return np.frombuffer(data, "<f4").astype(np.float32, copy=False).reshape(shape)

    def _short(self, wanted: int, there: int) -> EOFError:
        return EOFError(f"{self.name}: the file is cut short: {wanted:,} bytes are missing, {there:,} are there")


def _padding(position: int) -> int:
    """Bytes of padding before an array of float32: up to the next multiple of 4, and 4 at a multiple."""
    return 4 - position % 4


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    """Load the words and their vectors at their original lengths.

    Parameters
    ----------
    source : str, path-like or binary file
    **options
        ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as fields of `word2vec_rows.Options`.

    Raises
    ------
    ValueError
        For another kind of file, a quantised matrix, or parts that do not fit together.
    EOFError
        If the file is cut short.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write(Snapshot("keyedvectors", ["a", "new york"], {"vectors": np.array([[0, 2], [3, 0]], np.float32)}), file)
    >>> _ = file.seek(0)
    >>> read(file).arrays["vectors"].tolist()
    [[0.0, 2.0], [3.0, 0.0]]
    """
    chosen = Options(**options)
    with word2vec_rows.opened(source) as (stream, available, name):
        file = _File(stream, available, name)
        words, matrix, lengths = _chunks(file, chosen)
    if words is None or matrix is None:
        missing = "words" if words is None else "matrix"
        raise ValueError(f"{name}: the finalfusion file has no {missing} of a kind that is read")
    if len(matrix) > len(words):
        logger.info("%s: %d rows of n-grams are left out", name, len(matrix) - len(words))
        matrix = matrix[: len(words)]
    vectors = check_matrix(matrix, len(words), name)
    if lengths is not None:
        if len(lengths) < len(words):
            raise ValueError(f"{name}: {len(words)} words and {len(lengths)} lengths; the file is damaged")
        with np.errstate(all="ignore"):  # a damaged file may have any numbers
            vectors = vectors * lengths[: len(words), np.newaxis]
    return selected(Snapshot("keyedvectors", words, {"vectors": vectors}), chosen)


def _chunks(file: _File, options: Options) -> tuple[list[str] | None, Any, Any]:
    """Read the words, the matrix and the lengths; a missing one is None."""
    if file.take(4) != _MAGIC:
        raise ValueError(f"{file.name}: not a finalfusion file")
    version, count = file.numbers("<II")
    if version != 0 or count > _MOST_CHUNKS:
        raise ValueError(f"{file.name}: finalfusion's version {version} with {count} chunks; version 0 is read")
    words, matrix, lengths = None, None, None
    for kind in file.numbers(f"<{count}I"):
        found, size = file.numbers("<IQ")
        start = file.position
        if found != kind:
            raise ValueError(f"{file.name}: chunk {found} where the header has {kind}; the file is damaged")
        if kind in _VOCABULARIES:
            words = _words(file.take(size), kind, file.name, options)
        elif kind == _MATRIX:
            rows, columns = file.numbers("<QI")
            matrix = file.floats((rows, columns))
        elif kind == _LENGTHS:
            lengths = file.floats(file.numbers("<Q"))
        elif kind == _QUANTISED:
            raise ValueError(
                f"{file.name}: the matrix is quantised, which is not read; of what finalfusion.load_finalfusion(path) "
                "gives: kv = KeyedVectors(e.storage.shape[1]); kv.add_vectors(e.vocab.words, [e[w] for w in "
                "e.vocab.words])"
            )
        file.take(max(0, start + size - file.position))  # skip the rest of the chunk
    return words, matrix, lengths


def _words(data: bytearray, kind: int, name: str, options: Options) -> list[str]:
    """Read the words of a vocabulary: each is its length in bytes, then the bytes."""
    layout = _VOCABULARIES[kind]
    if len(data) < struct.calcsize(layout):
        raise EOFError(f"{name}: the file is cut short in the words")
    count, at = struct.unpack_from(layout, data)[0], struct.calcsize(layout)
    words: list[str] = []
    while len(words) < count:
        length = int.from_bytes(data[at : at + 4], "little")
        if at + 4 + length > len(data):
            raise ValueError(f"{name}: word {len(words) + 1} of {count} goes beyond its chunk; the file is damaged")
        words.append(options.decoded(data[at + 4 : at + 4 + length], "word", len(words) + 1, f"of {name}"))
        at += 4 + length
    return words


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> None:
    """Save words, vectors of length 1, and the lengths.

    Parameters
    ----------
    snapshot : Snapshot
    target : str, path-like or binary file

    Raises
    ------
    ValueError
        For a key that cannot be written as UTF-8.
    """
    vectors = snapshot.arrays["vectors"]
    words = b"".join(_packed_words(snapshot))
    lengths = np.concatenate([np.zeros(0, np.float32), *map(_lengths, word2vec_rows.ordered_blocks(vectors, None))])
    with word2vec_rows.destination(target, append=False) as stream:
        position = stream.write(_MAGIC + struct.pack("<5I", 0, 3, _WORDS, _MATRIX, _LENGTHS))
        position += stream.write(struct.pack("<IQQ", _WORDS, 8 + len(words), len(snapshot.keys)) + words)
        pad = _padding(position + 4 + 8 + 8 + 4 + 4)
        size = 8 + 4 + 4 + pad + 4 * vectors.size
        head = struct.pack(f"<IQQII{pad}x", _MATRIX, size, len(vectors), vectors.shape[1], _FLOAT)
        position += stream.write(head) + 4 * vectors.size
        start = 0
        for block in word2vec_rows.ordered_blocks(vectors, None):
            by = lengths[start : start + len(block), np.newaxis]
            start += len(block)
            stream.write(np.divide(block, by, out=np.zeros_like(block), where=by > 0).astype("<f4").tobytes())
        pad = _padding(position + 4 + 8 + 8 + 4)
        stream.write(struct.pack(f"<IQQI{pad}x", _LENGTHS, 8 + 4 + pad + lengths.nbytes, len(lengths), _FLOAT))
        stream.write(lengths.astype("<f4").tobytes())


def _lengths(block: NDArray[Any]) -> NDArray[np.float32]:
    lengths: NDArray[np.float64] = np.linalg.norm(block.astype(np.float64), axis=1)
    return lengths.astype(np.float32)


def _packed_words(snapshot: Snapshot) -> Iterator[bytes]:
    for row, key in enumerate(snapshot.keys):
        try:
            word = key_text(key).encode("utf8")
        except UnicodeEncodeError:
            raise ValueError(f"key {key!r} (row {row}) cannot be written as UTF-8; use save()") from None
        yield len(word).to_bytes(4, "little") + word
