"""Wrappings of a file of vectors: a compression, recognised by its first bytes, or an archive of one file.

So a download can be read as it is, whatever its name ends in. In an archive with several files it is unclear which one
is meant, so they are listed.
"""

from __future__ import annotations

import logging
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from typing import IO, Any

from w2vcore.corpus.files import NO_COMPRESSION, compression_of, open_packed
from w2vcore.corpus.paths import PathLike, expanded
from w2vcore.formats import foreign
from w2vcore.formats.streams import unpacked

logger = logging.getLogger(__name__)

# What archive modules raise for damaged archives; NotImplementedError, RuntimeError: for compressions and passwords.
_IN_READING: tuple[type[Exception], ...] = (zipfile.BadZipFile, tarfile.TarError, zlib.error)
_IN_OPENING = (*_IN_READING, NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError, struct.error)
_SHOWN = 8  # names of an archive's files in a message


def packing_of(path: PathLike) -> str | None:
    """Return smart_open's name of a compression, or None for a file that is read as it is."""
    name = expanded(path)
    found = compression_of(name)
    if found.startswith("."):
        return found
    if found == NO_COMPRESSION or not name.lower().endswith((".gz", ".bz2", ".xz", ".zst")):
        return None
    head = _first_bytes(name)
    if head and not foreign.is_packed(head):
        logger.info("%s is not compressed, although its name says so; it is read as it is", name)
        return None
    return found


def is_wrapped(path: PathLike) -> bool:
    """Whether a local file must be unpacked to be read, so that it cannot be mapped."""
    head = _first_bytes(path)
    return packing_of(path) is not None or foreign.is_zip(head) or foreign.is_tar(head)


@contextmanager
def open_inside(path: PathLike) -> Iterator[IO[bytes]]:
    """Open a local file, what is packed in it, or the only file of an archive.

    Raises
    ------
    ValueError
        If the archive has several files, or cannot be read.
    """
    packing = packing_of(path)
    with Path(path).open("rb") if packing is None else _packed(os.fspath(path), packing) as stream:
        peek: Any = getattr(stream, "peek", lambda count: b"")
        head = _first_bytes(path) if packing is None else peek(foreign.HEAD_BYTES)[: foreign.HEAD_BYTES]
        if foreign.is_zip(head) and packing is None:
            opened: Any = _of_zip(stream, path)
        elif foreign.is_tar(head):
            opened = _of_tar(stream, path)
        else:
            opened = nullcontext(stream)
        with _naming(path, _IN_READING), opened as inside:
            yield inside


@contextmanager
def _packed(name: str, packing: str) -> Iterator[IO[bytes]]:
    """Return the unpacked stream, limited in size."""
    with open_packed(name, packing) as stream:
        yield unpacked(stream, Path(name).stat().st_size, name)


@contextmanager
def _of_zip(stream: IO[bytes], path: PathLike) -> Iterator[IO[bytes]]:
    with _naming(path, _IN_OPENING):
        archive = zipfile.ZipFile(stream)
        members = [name for name in archive.namelist() if not name.endswith("/")]
        if any(name.endswith(".npy") for name in members):  # NumPy's .npz, which is a format of its own
            stream.seek(0)
            member = stream
        else:
            opened = archive.open(_only(members, path))
            member = unpacked(opened, Path(path).stat().st_size, os.fspath(path))
    with archive, member:
        yield member


@contextmanager
def _of_tar(stream: IO[bytes], path: PathLike) -> Iterator[IO[bytes]]:
    with _naming(path, _IN_OPENING):
        archive = tarfile.TarFile(fileobj=stream)
        name = _only([info.name for info in archive.getmembers() if info.isfile()], path)
        member = archive.extractfile(name)
        if member is None:
            raise KeyError(name)
    with archive, member:
        yield member


def _only(members: list[str], path: PathLike) -> str:
    """Return the name of the only file, apart from what systems put into archives for themselves."""
    wanted = [name for name in members if not name.startswith("__MACOSX/") and PurePosixPath(name).name[:1] != "."]
    if len(wanted) == 1:
        logger.info("%s: reading %s, the only file of the archive", os.fspath(path), wanted[0])
        return wanted[0]
    what = foreign.describe_archive(members)
    if what is not None:
        raise ValueError(f"{os.fspath(path)}: this is {what}")
    names = ", ".join(wanted[:_SHOWN]) + (f" and {len(wanted) - _SHOWN} more" if len(wanted) > _SHOWN else "")
    raise ValueError(
        f"{os.fspath(path)}: an archive of {len(wanted)} files: {names or 'none'}; unpack it, and name the one with "
        "the vectors"
    )


@contextmanager
def _naming(path: PathLike, kinds: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turn the errors of archives into a ValueError that names the file."""
    try:
        yield
    except kinds as error:
        if isinstance(error, ValueError) and os.fspath(path) in str(error):
            raise
        raise ValueError(f"{os.fspath(path)}: the archive cannot be read: {error}") from None


def _first_bytes(path: PathLike) -> bytes:
    """Return the first bytes of a plain file; none of anything else, which may be readable only once."""
    file_path = Path(expanded(path))
    if not file_path.is_file():
        return b""
    with file_path.open("rb") as file:
        return file.read(foreign.HEAD_BYTES)
