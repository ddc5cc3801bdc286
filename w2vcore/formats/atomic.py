"""Files that are either complete or untouched: every writer of w2vcore goes through here.

The bytes go to a temporary file in the folder of the target, are flushed to the disk, and take the target's name in one
step. A crash, a full disk or Ctrl-C leaves the old file as it was, and an exception leaves no temporary file behind.
Files that belong together, such as vectors and their keys, are all written before any takes its name, so that old ones
are never beside new ones.
"""

from __future__ import annotations

import errno
import lzma
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

from w2vcore.corpus.files import BY_EXTENSION
from w2vcore.corpus.paths import PathLike, check_address, check_target, expanded, is_url
from w2vcore.formats.temporary import Temporary, name_beside
from w2vcore.formats.wrapping import open_inside

__all__ = [
    "COMPRESSED",
    "PathLike",
    "atomic_write",
    "atomic_writes",
    "expanded",
    "is_compressed",
    "is_url",
    "naming",
    "open_binary",
    "undisturbed",
    "unpacking",
]

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # disk, limit of the process, quota

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")  # extensions that smart_open compresses and decompresses by itself


def is_compressed(path: PathLike) -> bool:
    """Whether smart_open compresses a file of this name."""
    return os.fspath(path).lower().endswith(COMPRESSED)


@contextmanager
def open_binary(path: PathLike) -> Iterator[IO[bytes]]:
    """Open a local, compressed or remote file for reading.

    Parameters
    ----------
    path : str or path-like

    Yields
    ------
    file object
        Gives bytes, decompressed as the first bytes of the file say.

    Raises
    ------
    ValueError
        If a compressed file turns out to be damaged while it is read, or unpacks to more than vectors ever do.
    MemoryError
        If there is not enough memory for the contents of the file; the message names the file.
    """
    name = os.fspath(path)
    try:
        opened = _smart(path, "rb") if is_url(path) else open_inside(expanded(path))
        with unpacking(name), opened as stream:
            yield stream
    except MemoryError as error:
        if name in str(error):
            raise
        raise MemoryError(f"{name}: there is not enough memory for what it holds. {error}".rstrip()) from None


@contextmanager
def undisturbed(source: PathLike | IO[bytes]) -> Iterator[None]:
    """Raise ValueError if a file is replaced while the block reads it and its companion.

    The files of `atomic_writes` take their names one after another; whoever reads the first before and the last after
    that has read files that do not belong together.
    """
    before = _identity(source)
    yield
    if _identity(source) != before:
        raise ValueError(f"{source!s}: another process saved the file while it was read; load it again")


def _identity(source: PathLike | IO[bytes]) -> tuple[int, ...] | None:
    """Return what tells a local file from another one that takes its place."""
    if not isinstance(source, (str, os.PathLike)) or is_url(source):
        return None
    try:
        found = Path(expanded(source)).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def unpacking(name: str) -> Iterator[None]:
    """Turn the errors of the decompressors, which share no type, into a ValueError that names the file."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, (zlib.error, lzma.LZMAError)) and type(error).__name__ != "ZstdError":
            raise
        raise ValueError(f"{name}: the compressed file is damaged: {error}") from None


@contextmanager
def naming(source: object) -> Iterator[None]:
    """Turn an error about a wrong setting or key in a file into a ValueError that names the file.

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

    Names with a compressed extension are compressed. Links are followed. The new file has the owner, group and
    permissions of an existing one before its first byte is written, or else those of ``open()``. Devices, pipes, and
    addresses of stores, where a file appears when it is complete, cannot be replaced by renaming and are written
    directly.

    Parameters
    ----------
    path : str or path-like

    Yields
    ------
    file object
        Open for writing bytes.

    Raises
    ------
    OSError
        If the file cannot be written: see `check_target`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x"
    >>> with atomic_write(path) as file:
    ...     _ = file.write(b"hello")
    >>> path.read_bytes()
    b'hello'
    """
    with atomic_writes(path) as (stream,):
        yield stream


@contextmanager
def atomic_writes(*paths: PathLike) -> Iterator[tuple[IO[bytes], ...]]:
    """Open files that belong together, which replace `paths` only when the block ends without an exception.

    No system renames two files in one step. So the last file is empty while these take their names: an empty one means
    that a write was cut short, and no old file is ever beside a new one.

    Parameters
    ----------
    *paths : str or path-like
        The last is one without which the others are useless, such as the keys of their rows. Its reader must refuse an
        empty one if the others hold anything.

    Yields
    ------
    tuple of file objects

    Raises
    ------
    ValueError
        If two of the paths lead to one file.
    OSError
        As `atomic_write`. All old files are as they were.
    """
    files: list[_Replacement] = []
    with ExitStack() as opened:
        try:
            streams: list[IO[bytes]] = []
            for path in paths:
                if is_url(path):
                    check_address(os.fspath(path))
                    streams.append(opened.enter_context(_smart(path, "wb")))
                    continue
                target = check_target(path)
                if target.exists() and not target.is_file():  # a device or a pipe
                    streams.append(opened.enter_context(target.open("wb")))
                    continue
                if any(file.target == target for file in files):
                    raise ValueError(
                        f"{os.fspath(path)!r} would be written twice, with different content; give two paths"
                    )
                files.append(_Replacement(target))
                streams.append(files[-1].stream)
            yield tuple(streams)
            opened.close()
            for file in files:
                file.complete()
            _publish(files)
        except BaseException as error:
            written = sum(file.discard() for file in files)
            if isinstance(error, OSError) and error.errno in _FULL:
                raise _no_room(error, [file.target for file in files], written) from error
            raise


def _smart(path: PathLike, mode: Literal["rb", "wb"], compression: str = BY_EXTENSION) -> IO[bytes]:
    """Open what is remote or packed."""
    import smart_open  # slow to import, and rarely needed

    return smart_open.open(os.fspath(path), mode, compression=compression)


class _Replacement:
    """A file that is written under another name, and then takes the place of its target."""

    def __init__(self, target: Path) -> None:
        self.target = target
        packed = is_compressed(target)
        self._temporary = Temporary(target, target.suffix if packed else "")  # smart_open packs by the extension
        try:
            path = self._temporary.path
            self.stream: IO[bytes] = _smart(path, "wb", compression=path.suffix.lower()) if packed else path.open("wb")
        except BaseException:
            self._temporary.remove()
            raise

    def complete(self) -> None:
        """Flush everything to the disk."""
        self.stream.close()
        _sync(self._temporary.path)

    def publish(self) -> None:
        """Take the name of the target."""
        os.replace(self._temporary.path, self.target)  # noqa: PTH105 - one name for tests to replace
        self._temporary.release()

    def discard(self) -> int:
        """Remove what was written, if it has no name yet; return its size in bytes."""
        with suppress(Exception):  # it is removed anyway
            self.stream.close()
        written = self._temporary.path.stat().st_size if self._temporary.path.exists() else 0
        self._temporary.remove()
        return written


def _publish(files: Sequence[_Replacement]) -> None:
    """Give complete files their names, with no state in between that could be taken for complete."""
    folders = {file.target.parent: None for file in files}
    if len(files) < 2:
        for file in files:
            file.publish()
    else:
        *others, last = files
        empty = _Replacement(last.target)
        empty.complete()
        old = _second_names([last.target, *(file.target for file in others)])
        try:
            empty.publish()
            _sync_folder(last.target.parent)
            for file in others:
                file.publish()
            for folder in folders:
                _sync_folder(folder)
            last.publish()
        except BaseException:
            _put_back(old)
            empty.discard()
            raise
        for name in old.values():
            if name is not None:
                name.unlink(missing_ok=True)
    for folder in folders:
        _sync_folder(folder)


def _second_names(targets: Sequence[Path]) -> dict[Path, Path | None]:
    """Give old files second names, None for a missing file; empty where the system has no hard links."""
    names: dict[Path, Path | None] = {}
    try:
        for target in targets:
            names[target] = None
            if target.exists():
                name = name_beside(target)
                os.link(target, name)
                names[target] = name
    except OSError:
        for made in names.values():
            if made is not None:
                made.unlink()
        return {}
    return names


def _put_back(old: dict[Path, Path | None]) -> None:
    """Put old files back, the one that completes them last; stop at the first that cannot be put back."""
    with suppress(OSError):
        for target, name in reversed(old.items()):
            if name is None:
                target.unlink(missing_ok=True)
            else:
                os.replace(name, target)  # noqa: PTH105 - one name for tests to replace
                name.unlink(missing_ok=True)  # still there where both are names of one file


def _no_room(error: OSError, targets: Sequence[Path], written: int) -> OSError:
    """Return the error of a full disk, or of a limit on the size of files, with the details that a user needs."""
    names = " and ".join(repr(str(target)) for target in targets) or repr(error.filename)
    kept = "nothing is left of it"
    if any(target.exists() for target in targets):
        several = len(targets) > 1
        kept = f"the {'files that were' if several else 'file that was'} there {'are' if several else 'is'} unchanged"
    folder = targets[0].parent if targets else Path(str(error.filename)).parent
    return OSError(
        error.errno,
        f"no room to write {names}: {error.strerror} after {written:,} bytes, "
        f"{shutil.disk_usage(folder).free:,} free in that folder; {kept}",
    )


def _sync(path: Path) -> None:
    """Wait until the bytes of a file are on the disk, so that the new name never stands for an empty file."""
    descriptor = os.open(path, os.O_WRONLY)  # the file may be unreadable
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
