"""NumPy's files: an ``.npz`` archive with vectors and keys, or an ``.npy`` matrix with the keys in a text beside it.

``.npz``: ``vectors``, float (V, D), and ``keys``, str or int64 (V,); a matrix and an array of keys with other names are
accepted too, if there is one of each. ``.npy``: the keys are lines of ``NAME.keys.txt`` (or ``NAME.txt``,
``NAME.vocab``), in the order of the rows. Arrays of objects are pickles, and refused.

Layout: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
import math
import os
import re
import zipfile
import zlib
from collections.abc import Collection, Hashable, Sequence
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from w2vcore.corpus.files import BYTE_ORDER_MARK
from w2vcore.corpus.keying import key_text, why_not_saved
from w2vcore.formats import text_table, word2vec_rows
from w2vcore.formats.atomic import (
    PathLike,
    atomic_writes,
    expanded,
    is_compressed,
    is_url,
    open_binary,
    undisturbed,
)
from w2vcore.formats.selection import check_matrix, selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.streams import most_unpacked, read_announced, read_exactly
from w2vcore.formats.word2vec_rows import Options

KEY_EXTENSIONS = (".keys.txt", ".txt", ".vocab")  # the first is written
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # bytes; numpy's own bound
_TYPE = re.compile(r"[<>|=](f[248]|[iu][1248]|b1|[US][1-9][0-9]{0,5})\Z", re.ASCII)
_LONG = re.compile(r"([0-9])L(?=[,)])")  # how Python 2 wrote some numbers
_COUNTED = re.compile(r".+ [0-9]+", re.DOTALL)
_MOST_MEMBERS = 16  # of an archive in which vectors and keys have other names
_LONGEST_KEY = 1000  # characters; NumPy gives every key the space of the longest


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an array, or of an archive that begins with one."""
    return head.startswith(_MAGIC) or (head.startswith(b"PK\x03\x04") and b".npy" in head[30:100])


def read(source: PathLike | IO[bytes], keys: PathLike | None = None, **options: Any) -> Snapshot:
    """Load vectors and keys.

    Parameters
    ----------
    source : str, path-like or binary file
        Its first bytes say whether it is an archive.
    keys : str or path-like, optional
        For an ``.npy``: the text file with the keys; default: the one beside it.
    **options
        ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as fields of `word2vec_rows.Options`.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        If arrays are missing, do not fit each other, or hold Python objects.
    EOFError
        If the file is cut short.
    FileNotFoundError
        If an ``.npy`` has no keys beside it.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write(Snapshot("keyedvectors", ["a", "b"], {"vectors": np.eye(2, dtype=np.float32)}), file)
    >>> _ = file.seek(0)
    >>> list(read(file).keys)
    ['a', 'b']
    """
    chosen = Options(**options)
    with undisturbed(source), word2vec_rows.opened(source) as (stream, available, name):
        if _is_archive(stream):
            words, vectors = _read_archive(stream, available, name)
        else:
            vectors = read_array(stream, available, name)
            words = _read_keys(source, keys, chosen, name, len(vectors) if vectors.ndim else 0)
    return selected(Snapshot("keyedvectors", words, {"vectors": check_matrix(vectors, len(words), name)}), chosen)


def _is_archive(stream: IO[bytes]) -> bool:
    """Whether the stream is a zip archive, which is read from its end; packed streams are arrays."""
    if not stream.seekable():
        return False
    here = stream.tell()
    head = stream.read(4)
    stream.seek(here)
    return head == b"PK\x03\x04"


def read_array(stream: IO[bytes], available: int | None, name: str) -> NDArray[Any]:
    """Read one array, after checking that the bytes for it are there.

    Parameters
    ----------
    stream : binary file
    available : int or None
        Bytes that follow, where known.
    name : str
        For errors.
    """
    shape, fortran, dtype, start = read_array_header(stream, name)
    wanted = math.prod(shape) * dtype.itemsize
    if available is not None and available - start < wanted:
        raise EOFError(
            f"{name}: the file is cut short: the array has {wanted:,} bytes, {available - start:,} are there"
        )
    data = read_announced(stream, wanted, known=available is not None)
    if len(data) < wanted:
        raise EOFError(f"{name}: the file is cut short: the array has {wanted:,} bytes, {len(data):,} are there")
    array: NDArray[Any] = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    text_table.check_characters(array, name)
    return array


def read_array_header(stream: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Return shape, whether in Fortran's order, type, and the length of the header."""
    start = read_exactly(stream, 8)
    length_bytes = {1: 2, 2: 4}.get(start[6]) if len(start) == 8 and start.startswith(_MAGIC) else None
    if length_bytes is None:
        raise ValueError(f"{name}: not an array of NumPy (.npy), or one of an unknown version")
    length = read_exactly(stream, length_bytes)
    if int.from_bytes(length, "little") > _LONGEST_HEADER:
        raise ValueError(f"{name}: the header of the array is too long; the file is damaged")
    text = read_exactly(stream, int.from_bytes(length, "little"))
    try:
        # NumPy's own parser would evaluate types of any shape, and raise tokeniser errors
        entries = ast.literal_eval(_LONG.sub(r"\1", text.decode("latin-1")).strip())
        code, fortran, shape = (entries[name] for name in ("descr", "fortran_order", "shape"))
        if len(entries) != 3 or type(fortran) is not bool or type(shape) is not tuple:
            raise ValueError("its entries are not type, order and shape")
        if not all(type(side) is int and 0 <= side < 1 << 48 for side in shape) or math.prod(shape) >= 1 << 60:
            raise ValueError("its shape is impossible")
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"{name}: the header of the array is damaged: {error!s:.200}") from None
    if isinstance(code, str) and code.endswith("O"):
        raise ValueError(f"{name}: an array of Python objects is a pickle; w2vcore does not read pickles")
    if not isinstance(code, str) or not _TYPE.match(code):
        raise ValueError(f"{name}: an array of type {code!r:.60}, neither numbers nor text")
    dtype = np.dtype(code)
    return shape, fortran, dtype, 8 + length_bytes + len(text)


def _read_archive(stream: IO[bytes], available: int | None, name: str) -> tuple[Sequence[Hashable], NDArray[Any]]:
    try:
        with zipfile.ZipFile(stream) as archive:
            members = _wanted({info.filename.removesuffix(".npy"): info for info in archive.infolist()})
            _check_sizes(members.values(), available)
            arrays = {member: read_member(archive, info, name) for member, info in members.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, RuntimeError) as error:
        if isinstance(error, EOFError):
            raise
        raise ValueError(f"{name}: the archive is damaged: {error}") from None
    matrices = {member: array for member, array in arrays.items() if array.ndim == 2 and array.dtype.kind == "f"}
    columns = {member: array for member, array in arrays.items() if array.ndim == 1 and array.dtype.kind in "USiu"}
    vectors = _only("vectors", matrices, arrays, name, "a matrix of floats")
    keys = _only("keys", columns, arrays, name, "a row of str or integers")
    if keys.ndim != 1 or keys.dtype.kind not in "USiu":
        raise ValueError(f"{name}: the keys must be a row of str or integers, got {keys.dtype} of shape {keys.shape}")
    if keys.dtype.kind == "S":
        keys = np.char.decode(keys, "utf8")
    return keys.tolist(), vectors


def _wanted(members: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the members to read: those with the right names, or all if there are few."""
    if {"vectors", "keys"} <= members.keys():
        return {member: members[member] for member in ("vectors", "keys")}
    if len(members) > _MOST_MEMBERS:
        raise zipfile.BadZipFile(f"{len(members)} members, and no 'vectors' and 'keys' among them")
    return members


def _check_sizes(members: Collection[zipfile.ZipInfo], available: int | None) -> None:
    """Refuse members that, by the archive's directory, are missing or overlap."""
    packed = sum(info.compress_size for info in members)
    if available is not None and packed > available:
        raise zipfile.BadZipFile(f"its directory names {packed:,} bytes of arrays, {available:,} are there")


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    """Read one array of an archive, without trusting the size in the archive's directory."""
    if info.file_size > most_unpacked(info.compress_size):
        raise ValueError(
            f"{name}: {info.filename!r:.60} claims {info.file_size:,} bytes packed into {info.compress_size:,}; refused"
        )
    with archive.open(info) as member:
        return read_array(member, None, f"{name}, {info.filename:.60}")


def _only(
    wanted: str, fitting: dict[str, NDArray[Any]], arrays: dict[str, NDArray[Any]], name: str, what: str
) -> NDArray[Any]:
    """Return the array of a name, or the only one that qualifies."""
    if wanted in arrays:
        return arrays[wanted]
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    there = ", ".join(f"{member} {array.shape}" for member, array in arrays.items()) or "nothing"
    raise ValueError(f"{name}: expected {wanted!r}, {what}; there is {there}")


def _read_keys(
    source: PathLike | IO[bytes], keys: PathLike | None, options: Options, name: str, rows: int
) -> list[str]:
    if keys is None and hasattr(source, "read"):
        raise ValueError(f"{name}: the keys of an .npy are in another file: name it with keys=")
    path = _keys_beside(cast("PathLike", source)) if keys is None else keys
    with open_binary(path) as stream:
        lines = read_lines(stream, options, os.fspath(path))
    check_whole(len(lines), rows, path, name)
    if os.fspath(path).endswith(".vocab") and lines and all(map(_COUNTED.fullmatch, lines)):  # as word2vec.c writes it
        return [line.rsplit(" ", 1)[0] for line in lines]
    return lines


def check_whole(keys: int, rows: int, path: PathLike, name: str) -> None:
    """Raise ValueError if the file with the keys is as an interrupted `atomic_writes` leaves it."""
    if rows and not keys:
        raise ValueError(
            f"{name}: its keys, in {os.fspath(path)!r}, are empty: saving both was cut short, or goes on; save again, "
            "or load later"
        )


def read_lines(stream: IO[bytes], options: Options, name: str) -> list[str]:
    """Read a key from each line, naming the line in which one cannot be decoded."""
    result = []
    for number, line in enumerate(stream, 1):
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        result.append(options.decoded(line.rstrip(b"\r\n"), "line", number, f"of {name}"))
    return result


def _keys_beside(path: PathLike) -> Path:
    stem = Path(expanded(path)).with_suffix("")
    tried = [stem.with_name(stem.name + extension) for extension in KEY_EXTENSIONS]
    for candidate in tried:
        if candidate.is_file():
            return candidate
    names = ", ".join(candidate.name for candidate in tried)
    raise FileNotFoundError(
        f"{os.fspath(path)}: no keys beside it (looked for {names}), one a line in the order of the rows"
    )


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> None:
    """Save keys and vectors.

    Parameters
    ----------
    snapshot : Snapshot
        Keys must be all str or all integers.
    target : str, path-like or binary file
        A name that ends in ``.npy`` gets the matrix, and the keys go to ``NAME.keys.txt``; anything else is an archive.

    Raises
    ------
    ValueError
        For keys that the file cannot hold: a newline in a text, a NUL at the end of an array's text.
    """
    _check_keys(snapshot.keys)
    vectors = np.ascontiguousarray(snapshot.arrays["vectors"])
    if not hasattr(target, "write") and os.fspath(target).lower().endswith(".npy"):
        lines = [_line(key, row) for row, key in enumerate(snapshot.keys)]
        if is_url(target) or is_compressed(target):
            raise ValueError(f"an .npy and its keys are two plain local files, got {os.fspath(target)!r}")
        path = Path(expanded(target))
        with atomic_writes(path, path.with_suffix(KEY_EXTENSIONS[0])) as (matrix, texts):
            npy.write_array(matrix, vectors, allow_pickle=False)
            texts.writelines(lines)
        return
    keys = _key_array(snapshot.keys)
    with word2vec_rows.destination(target, append=False) as stream:
        np.savez(cast("Any", stream), allow_pickle=False, vectors=vectors, keys=keys)


def written_at(path: PathLike) -> list[Path]:
    """Return the files that `write` makes at a path.

    Examples
    --------
    >>> [file.name for file in written_at("x.npy")], [file.name for file in written_at("x.npz")]
    (['x.npy', 'x.keys.txt'], ['x.npz'])
    """
    target = Path(path)
    return [target, target.with_suffix(KEY_EXTENSIONS[0])] if target.suffix.lower() == ".npy" else [target]


def _line(key: Hashable, row: int) -> bytes:
    text = key_text(key)
    if "\n" in text or "\r" in text:
        raise ValueError(f"key {key!r} (row {row}) cannot be a line of a text file; use save(), or an .npz")
    return text.encode("utf8") + b"\n"


def _check_keys(keys: Sequence[Hashable]) -> None:
    reason = why_not_saved(keys)
    if reason is not None:
        raise TypeError(reason)


def _key_array(keys: Sequence[Hashable]) -> NDArray[Any]:
    if len(keys) and not isinstance(keys[0], str):
        return np.array(list(keys), np.int64)
    texts = list(map(key_text, keys))
    for row, text in enumerate(texts):
        if text.endswith("\0") or len(text) > _LONGEST_KEY:
            raise ValueError(
                f"key {text[:60]!r} (row {row}) ends in a NUL or is longer than {_LONGEST_KEY} characters, which an "
                "array cannot hold; use save()"
            )
    return np.array(texts) if texts else np.empty(0, "<U1")
