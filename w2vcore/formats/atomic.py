"""Files that are either complete or untouched: every writer of w2vcore goes through here.

The bytes go to a temporary file in the folder of the target, are flushed to the disk, and take the target's name in one
step. A crash, a full disk or Ctrl-C leaves the old file as it was, and an exception leaves no temporary file behind.
"""

from __future__ import annotations

import errno
import lzma
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeAlias

import smart_open

from w2vcore.formats.streams import unpacked

PathLike: TypeAlias = "str | os.PathLike[str]"

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # disk, limit of the process, quota

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")  # extensions that smart_open packs and unpacks by itself


def is_compressed(path: PathLike) -> bool:
    """Whether smart_open compresses a file of this name."""
    return os.fspath(path).lower().endswith(COMPRESSED)


def is_url(path: PathLike) -> bool:
    """Whether `path` is an address for smart_open (``s3://...``) rather than a local path."""
    return isinstance(path, str) and "://" in path


@contextmanager
def open_binary(path: PathLike) -> Iterator[IO[bytes]]:
    """Open a local, compressed or remote file for reading.

    Parameters
    ----------
    path : str or path-like

    Yields
    ------
    file object
        Gives bytes, uncompressed by the file's extension.

    Raises
    ------
    ValueError
        If what is compressed turns out to be damaged while it is read, or to unpack to more than vectors do.
    MemoryError
        If there is not enough for what is made of the file; the message names it.
    """
    name = os.fspath(path)
    try:
        if not is_url(path) and not is_compressed(path):
            with Path(path).open("rb") as plain:
                yield plain
            return
        with unpacking(name), smart_open.open(name, "rb") as stream:
            local = not is_url(path)
            yield unpacked(stream, Path(path).stat().st_size, name) if local else stream
    except MemoryError as error:
        if name in str(error):
            raise
        raise MemoryError(f"{name}: there is not enough memory for what it holds. {error}".rstrip()) from None


@contextmanager
def unpacking(name: str) -> Iterator[None]:
    """Turn the errors of the decompressors, which have no type in common, into a ValueError that names the file."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, (zlib.error, lzma.LZMAError)) and type(error).__name__ != "ZstdError":
            raise
        raise ValueError(f"{name}: the compressed file is damaged: {error}") from None


@contextmanager
def naming(source: object) -> Iterator[None]:
    """Turn what is said of a wrong setting or key in a file into a ValueError that names the file.

    Examples
    --------
    >>> with naming("x.model"):
    ...     raise TypeError("alpha must be a number, got 'x'")
    Traceback (most recent call last):
    ...
    ValueError: x.model: alpha must be a number, got 'x'
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        name = os.fspath(source) if isinstance(source, (str, os.PathLike)) else str(getattr(source, "name", "the file"))
        if isinstance(error, UnicodeError) or str(name) in str(error):
            raise
        raise ValueError(f"{name}: {error}") from error


@contextmanager
def atomic_write(path: PathLike) -> Iterator[IO[bytes]]:
    """Open a file for writing that replaces `path` only when the block ends without an exception.

    Names with a compressed extension are packed. Links are followed, permissions of an existing file are kept and a
    new file gets those of ``open()``. What cannot be renamed over (a device, a pipe, an address) is written directly.

    Parameters
    ----------
    path : str or path-like

    Yields
    ------
    file object
        Open for writing bytes.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x"
    >>> with atomic_write(path) as file:
    ...     _ = file.write(b"hello")
    >>> path.read_bytes()
    b'hello'
    """
    if is_url(path):
        with smart_open.open(os.fspath(path), "wb") as stream:
            yield stream
        return
    given = Path(path)
    if given.is_dir():
        raise IsADirectoryError(f"{os.fspath(path)!r} is a folder; give the name of a file in it")
    if given.exists() and not given.is_file():
        with given.open("wb") as device:
            yield device
        return
    target = Path(os.path.realpath(given))  # not before: the pipe behind /dev/stdout has no path of its own
    temporary = _create_beside(target)
    try:
        with _open_packed(temporary, target) as file:
            yield file
        _sync(temporary)
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        os.replace(temporary, target)  # noqa: PTH105 - one name for tests to replace
    except BaseException as error:
        written = temporary.stat().st_size if temporary.exists() else 0
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno in _FULL:
            raise _no_room(error, target, written) from error
        raise
    _sync_folder(target.parent)


def _no_room(error: OSError, target: Path, written: int) -> OSError:
    """Return the error of a full disk, or of a limit on the size of files, with what the user wants to know."""
    kept = "the file that was there is unchanged" if target.exists() else "nothing is left of it"
    return OSError(
        error.errno,
        f"no room to write {str(target)!r}: {error.strerror} after {written:,} bytes, "
        f"{shutil.disk_usage(target.parent).free:,} free in that folder; {kept}",
    )


def _create_beside(target: Path) -> Path:
    """Make an empty file in the folder of `target`; os.open gives it the permissions that open() would."""
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such folder, make it first", str(target.parent))
    while True:
        # the extension stays, since it chooses the compression
        temporary = target.with_name(f".w2vcore-{secrets.token_hex(8)}{target.suffix}")
        with suppress(FileExistsError):
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            return temporary


def _open_packed(temporary: Path, target: Path) -> IO[bytes]:
    if is_compressed(target):
        packed: IO[bytes] = smart_open.open(str(temporary), "wb")
        return packed
    return temporary.open("wb")


def _sync(path: Path) -> None:
    """Wait until the bytes of a file are on the disk, so that the new name never stands for an empty file."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Wait until the new name is on the disk. Windows cannot open folders, and network disks may refuse."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
