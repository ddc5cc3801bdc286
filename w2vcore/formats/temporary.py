"""Temporary files, each beside the file whose place it will take.

Only those who may read that file may read the temporary one. A living process holds a lock on its temporary files,
which tells files that are being written from those that a killed process left behind.
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
except ImportError:  # Windows, where nothing is locked, and no leftovers are removed
    fcntl = None  # type: ignore[assignment]

_PREFIX = ".w2vcore"


class Temporary:
    """An empty file in the folder of a target, with the target's permissions, or those of a new file if it has none.

    Leftovers of earlier processes that were writing to the same target are removed first.

    Parameters
    ----------
    target : Path
    suffix : str
        The end of its name.

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
        """Release the lock: the file has been renamed or removed."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def remove(self) -> None:
        """Remove the file, if it still has its name."""
        with suppress(OSError):
            self.path.unlink()
        self.release()


def name_beside(target: Path, suffix: str = "") -> Path:
    """Return a name in the folder of `target` that nobody else uses."""
    return target.with_name(f"{_start(target)}{secrets.token_hex(8)}{suffix}")


def _create(target: Path, suffix: str) -> tuple[Path, int | None]:
    """Make the file; returns its path and, where there are locks, the descriptor that holds one."""
    old = target.stat() if target.exists() else None
    while True:
        path = name_beside(target, suffix)
        try:
            # private until the permissions of the target are set; a new file gets those of open()
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
    """Lock a file; False if another process removed it before that, as a leftover."""
    with suppress(OSError):  # a file system without locks: such files are never taken for leftovers
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _take_rights(descriptor: int, old: os.stat_result) -> None:
    """Give a new file the owner, group and permissions of the one whose place it takes, as far as that is allowed."""
    mode = stat.S_IMODE(old.st_mode)
    for owner in (old.st_uid, -1):  # only root may change the owner; the owner may choose only a group of their own
        if (os.fstat(descriptor).st_uid, os.fstat(descriptor).st_gid) != (old.st_uid, old.st_gid):
            with suppress(OSError):
                os.chown(descriptor, owner, old.st_gid)
    if os.fstat(descriptor).st_gid != old.st_gid:  # the group gets no more permissions than everybody
        mode = mode & ~0o070 | (mode & 0o007) << 3
    os.chmod(descriptor, mode & 0o777)


# ------------------------------------------------------------------ what killed processes leave behind


def _start(target: Path) -> str:
    """Return the beginning of the names of all temporary files of a target, on this machine."""
    return f"{_PREFIX}-{zlib.crc32(os.fsencode(target.name)):08x}-{_machine()}-"


@functools.cache
def _machine() -> str:
    """Return a name for this machine: locks of others that share its disk may be invisible here."""
    known = [socket.gethostname()]
    with suppress(OSError):
        known.append(Path("/etc/machine-id").read_text(encoding="ascii"))
    return hashlib.sha256("\n".join(known).encode("utf8", "surrogateescape")).hexdigest()[:8]


def _remove_leftovers(target: Path) -> None:
    """Remove what dead processes of this machine have left of their attempts to write `target`."""
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
