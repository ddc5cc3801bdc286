"""The two files of the Embedding Projector: vectors as lines of numbers between tabs, and a line of metadata for each.

``PREFIX_tensor.tsv`` and ``PREFIX_metadata.tsv``, as gensim's word2vec2tensor names them; ``vectors.tsv`` and
``metadata.tsv`` are accepted too. Metadata with several columns begin with a line of names; those with one column do
not. Layout: https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import key_text
from w2vcore.formats import word2vec_rows, word2vec_text
from w2vcore.formats._rows import written_rows
from w2vcore.formats.atomic import PathLike, atomic_writes, expanded, is_compressed, is_url, open_binary, undisturbed
from w2vcore.formats.numpy_file import check_whole, read_lines
from w2vcore.formats.selection import check_matrix, selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import Options

_PAIRS = (("_tensor.tsv", "_metadata.tsv"), ("vectors.tsv", "metadata.tsv"), ("tensor.tsv", "metadata.tsv"))
_NAMES = ("word", "label", "name", "key")  # name of the column with the keys, else the first


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are numbers between tabs."""
    line, newline, _ = head.partition(b"\n")
    fields = line.strip().split(b"\t")
    try:
        return len([float(field) for field in (fields if newline else fields[:-1])]) > 1
    except ValueError:
        return False


def paths(path: PathLike) -> tuple[Path, Path]:
    """Return the paths of vectors and metadata that belong to a prefix, or to the name of either file.

    Examples
    --------
    >>> [path.name for path in paths("x")], [path.name for path in paths("my_tensor.tsv")]
    (['x_tensor.tsv', 'x_metadata.tsv'], ['my_tensor.tsv', 'my_metadata.tsv'])
    """
    given = Path(expanded(path))
    for tensor, metadata in _PAIRS:
        for ending in (tensor, metadata):
            if given.name.endswith(ending):
                stem = given.name.removesuffix(ending)
                return given.with_name(stem + tensor), given.with_name(stem + metadata)
    return given.with_name(f"{given.name}_tensor.tsv"), given.with_name(f"{given.name}_metadata.tsv")


def written_at(path: PathLike) -> list[Path]:
    """Return the files that `write` makes at a path."""
    return list(paths(path))


def is_metadata(path: PathLike) -> bool:
    """Whether a file name is that of the keys, whose vectors are in another file."""
    return paths(path)[1].name == Path(os.fspath(path)).name


def is_tensor(path: PathLike) -> bool:
    """Whether a file name is that of the vectors."""
    return paths(path)[0].name == Path(os.fspath(path)).name


def read(source: PathLike | IO[bytes], metadata: PathLike | None = None, **options: Any) -> Snapshot:
    """Load vectors and their keys.

    Parameters
    ----------
    source : str, path-like or binary file
        The file of vectors.
    metadata : str or path-like, optional
        The file of keys; default: derived from the other name.
    **options
        ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as fields of `word2vec_rows.Options`.

    Raises
    ------
    ValueError
        For a row with a wrong number of values, a value that is not a number, or unequal numbers of keys and vectors.
    FileNotFoundError
        If there is no metadata.
    """
    chosen = Options(**options)
    with undisturbed(source), word2vec_rows.opened(source) as (stream, _, name):
        if metadata is None:
            if hasattr(source, "read"):
                raise ValueError(f"{name}: the keys are in another file: name it with metadata=")
            metadata = paths(source)[1]
            if not metadata.is_file():
                raise FileNotFoundError(
                    f"{name}: no {metadata.name} beside it, which holds the keys; name it with metadata=, or, if the "
                    "first column is the key, call KeyedVectors.load_word2vec_format(path, no_header=True)"
                )
        keys = _read_keys(metadata, chosen)
        vectors = _read_rows(stream, name, metadata, len(keys), chosen)
    return selected(Snapshot("keyedvectors", keys, {"vectors": check_matrix(vectors, len(keys), name)}), chosen)


def _read_rows(stream: IO[bytes], name: str, metadata: PathLike, count: int, options: Options) -> Any:
    """Parse the rows like those of a text file, with row numbers as words and blanks for tabs."""
    wide = Options(datatype=options.datatype, no_header=True)
    rows = io.BufferedReader(_Numbered(stream), 1 << 20)
    try:
        read = word2vec_text.read(rows, **vars(wide))
    except ValueError as error:
        raise ValueError(f"{name}: {str(error).removeprefix('the file: ')}") from None
    check_whole(count, len(read.keys), metadata, name)
    if len(read.keys) != count:
        raise ValueError(f"{name}: {count} keys in the metadata, and {len(read.keys)} vectors")
    return read.arrays["vectors"]


class _Numbered(io.RawIOBase):
    """A stream of lines, each with its number in front, and with blanks for tabs."""

    name = "the file"

    def __init__(self, stream: IO[bytes]) -> None:
        self._lines = enumerate(stream, 1)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        parts, size = [self._rest], len(self._rest)
        for number, line in self._lines:
            parts.append(b"%d %b" % (number, line.replace(b"\t", b" ")))
            size += len(parts[-1])
            if size >= len(buffer):
                break
        data = b"".join(parts)
        self._rest = data[len(buffer) :]
        count = min(len(data), len(buffer))
        buffer[:count] = data[:count]
        return count


def _read_keys(path: PathLike, options: Options) -> list[str]:
    with open_binary(path) as stream:
        lines = read_lines(stream, options, os.fspath(path))
    if not lines or "\t" not in lines[0]:
        return lines
    columns = [title.strip().lower() for title in lines[0].split("\t")]
    column = next((columns.index(title) for title in _NAMES if title in columns), 0)
    keys = []
    for number, line in enumerate(lines[1:], 2):
        fields = line.split("\t")
        if len(fields) != len(columns):
            raise ValueError(f"{os.fspath(path)}: line {number} has {len(fields)} fields instead of {len(columns)}")
        keys.append(fields[column])
    return keys


def write(snapshot: Snapshot, target: PathLike) -> None:
    """Save vectors and keys as two files.

    Parameters
    ----------
    snapshot : Snapshot
    target : str or path-like
        A prefix, or the name of one of the files: see `paths`.

    Raises
    ------
    ValueError
        For a key that holds a tab or a newline.

    Examples
    --------
    >>> import tempfile
    >>> prefix = Path(tempfile.mkdtemp()) / "x"
    >>> write(Snapshot("keyedvectors", ["a", "b c"], {"vectors": np.eye(2, dtype=np.float32)}), prefix)
    >>> read(f"{prefix}_tensor.tsv").keys
    ['a', 'b c']
    """
    if hasattr(target, "write") or is_url(target) or is_compressed(target):
        raise ValueError(f"the Projector's files are two plain local ones, got {target!r}")
    lines = []
    for row, key in enumerate(snapshot.keys):
        text = key_text(key)
        if any(character in text for character in "\t\n\r"):
            raise ValueError(f"key {key!r} (row {row}) holds a tab or a newline, which metadata cannot; use save()")
        lines.append(f"{text}\n".encode())
    tensor, metadata = paths(target)
    with atomic_writes(tensor, metadata) as (rows, words):
        write_rows(snapshot.arrays["vectors"], rows)
        words.writelines(lines)


def write_rows(vectors: NDArray[Any], stream: IO[bytes]) -> None:
    """Write the file of vectors: the shortest numbers that read back as the same float32.

    Parameters
    ----------
    vectors : ndarray, shape (V, D)
    stream : binary file
    """
    for block in word2vec_rows.ordered_blocks(vectors, None, np.float32):
        stream.write(b"".join([row + b"\n" for row in written_rows(block, ord("\t"))]))
