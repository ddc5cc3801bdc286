"""Temporary files, each beside the file whose place it will take.

Nobody may read one who may not read that file. While a process lives it holds a lock on its temporary files, so that
those which a killed process left behind are told from those that are being written.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import secrets
import socket
import stat
import zlib
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nothing is locked, and nothing of others cleared away
    fcntl = None  # type: ignore[assignment]

_PREFIX = ".w2vcore"


class Temporary:
    """An empty file in the folder of a target, with the rights of the target if that is there, else of a new file.

    Leftovers of earlier processes that were writing to the same target are removed first.

    Parameters
    ----------
    target : Path
    suffix : str
        How the name is to end.

    Attributes
    ----------
    path : Path

    Raises
    ------
    OSError
        If it cannot be made; the error names the target.
    """

    def __init__(self, target: Path, suffix: str = "") -> None:
        _remove_leftovers(target)
        try:
            self.path, self._descriptor = _create(target, suffix)
        except OSError as error:
            message = f"cannot be written in {str(target.parent)!r}: {error.strerror}"
            raise OSError(error.errno, message, str(target)) from error

    def release(self) -> None:
        """Give up the lock: the file has another name now, or none."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def remove(self) -> None:
        """Remove the file, if it still has its name."""
        with suppress(OSError):
            self.path.unlink()
        self.release()


def name_beside(target: Path, suffix: str = "") -> Path:
    """Return a name in the folder of `target` that nobody else takes."""
    return target.with_name(f"{_start(target)}{secrets.token_hex(8)}{suffix}")


def _create(target: Path, suffix: str) -> tuple[Path, int | None]:
    """Make the file; returns its path and, where there are locks, the descriptor that holds one."""
    old = target.stat() if target.exists() else None
    while True:
        path = name_beside(target, suffix)
        try:
            # nobody else may read it, until it is known who may; what is new gets the permissions that open() gives
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666 if old is None else 0o600)
        except FileExistsError:
            continue
        try:
            if old is not None and os.name != "nt":
                _take_rights(descriptor, old)
            if fcntl is not None and _lock(descriptor, path):
                return path, descriptor
        except BaseException:
            os.close(descriptor)
            path.unlink()
            raise
        os.close(descriptor)
        if fcntl is None:
            return path, None


def _lock(descriptor: int, path: Path) -> bool:
    """Lock a file; False if another process has taken it for a leftover before it was locked, and removed it."""
    with suppress(OSError):  # a file system without locks: such files are never taken for leftovers
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _take_rights(descriptor: int, old: os.stat_result) -> None:
    """Give a new file the owner, group and permissions of the one whose place it takes, as far as that is allowed."""
    mode = stat.S_IMODE(old.st_mode)
    for owner in (old.st_uid, -1):  # only root may give a file away, its owner only to groups of his own
        if (os.fstat(descriptor).st_uid, os.fstat(descriptor).st_gid) != (old.st_uid, old.st_gid):
            with suppress(OSError):
                os.chown(descriptor, owner, old.st_gid)
    if os.fstat(descriptor).st_gid != old.st_gid:  # this group may do no more than everybody
        mode = mode & ~0o070 | (mode & 0o007) << 3
    os.chmod(descriptor, mode & 0o777)


# ------------------------------------------------------------------ what killed processes leave behind


def _start(target: Path) -> str:
    """How the names of all temporary files of a target begin, on this machine."""
    return f"{_PREFIX}-{zlib.crc32(os.fsencode(target.name)):08x}-{_machine()}-"


@functools.cache
def _machine() -> str:
    """A name for this machine: locks of others, which share a disk with it, may not be seen here."""
    known = [socket.gethostname()]
    with suppress(OSError):
        known.append(Path("/etc/machine-id").read_text(encoding="ascii"))
    return hashlib.sha256("\n".join(known).encode("utf8", "surrogateescape")).hexdigest()[:8]


def _remove_leftovers(target: Path) -> None:
    """Remove what processes of this machine that are dead have left of their attempts to write `target`."""
    if fcntl is None:
        return
    start = _start(target)
    with suppress(OSError), os.scandir(target.parent) as entries:
        for name in [entry.name for entry in entries if entry.name.startswith(start)]:
            with suppress(OSError):
                _remove_unlocked(target.with_name(name))


def _remove_unlocked(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
    else:
        path.unlink()
    finally:
        os.close(descriptor)
