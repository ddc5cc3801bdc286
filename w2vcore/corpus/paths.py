"""Paths as users give them: ``~`` is a home folder, ``://`` makes an address, and targets are checked early."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any, Union

# object stores, in which an object appears when it is complete, and never if writing ends early
_STORES = ("s3", "s3a", "s3n", "gs", "azure")

PathLike = Union[str, "os.PathLike[str]"]


def is_url(path: PathLike) -> bool:
    """Whether `path` is an address for smart_open (``s3://...``) rather than a local path."""
    return isinstance(path, str) and "://" in path


def expanded(path: PathLike) -> str:
    """Return a path as text, with ``~`` or ``~user`` at its beginning expanded, as a shell does.

    Python's ``open`` takes ``~`` for a folder of that name; every path given to this library goes through here.

    Examples
    --------
    >>> expanded("~/model") == os.path.join(os.path.expanduser("~"), "model"), expanded("a/~b")
    (True, 'a/~b')
    """
    name = os.fspath(path)
    return os.path.expanduser(name) if name[:1] == "~" else name  # noqa: PTH111 - the Path's own raises for "~nobody"


def in_home(source: Any) -> Any:
    """Return a path that begins with ``~`` as text that does not; anything else as it is, open files too."""
    is_path = isinstance(source, (str, os.PathLike))
    return expanded(source) if is_path and os.fspath(source)[:1] == "~" else source


def check_address(address: str) -> None:
    """Refuse to write to an address where half a file could be seen if the writing is cut short.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> check_address("s3://bucket/model.safetensors")
    >>> check_address("file:///data/model.safetensors")
    Traceback (most recent call last):
    ...
    ValueError: 'file:///data/model.safetensors' is on this machine: give the path itself, '/data/model.safetensors'
    """
    scheme, _, rest = address.partition("://")
    if scheme.lower() == "file":
        raise ValueError(f"{address!r} is on this machine: give the path itself, {rest!r}")
    if scheme.lower() not in _STORES:
        raise ValueError(
            f"{address!r}: files at such addresses are not replaced in one step, and half of one might be left "
            f"({', '.join(_STORES)} are fine): save to a local path, and copy the file there"
        )


def check_target(path: PathLike) -> Path:
    """Return where a local file would be written, with links followed, if nothing is in the way.

    Parameters
    ----------
    path : str or path-like
        A file, which need not exist. The path of a device or a pipe is returned as it is.

    Raises
    ------
    IsADirectoryError
        If it is a folder.
    FileNotFoundError
        If there is no such folder.
    PermissionError
        If the file, or its folder, may not be written.
    OSError
        If it is a symbolic link that leads back to itself.

    Examples
    --------
    >>> check_target(os.curdir)
    Traceback (most recent call last):
    ...
    IsADirectoryError: '.' is a folder; give the name of a file in it
    """
    name = expanded(path)
    mode = _mode_of(name)
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{name!r} is a folder; give the name of a file in it")
    if mode is not None and not stat.S_ISREG(mode):
        return Path(name)  # the pipe behind /dev/stdout has no other path
    target = Path(os.path.realpath(name))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such folder, make it first", str(target.parent))
    if mode is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "The file is read-only; allow writing, or give another path", str(target))
    if not os.access(target.parent, os.W_OK):
        message = "No permission to write in its folder, where a new file takes the place of the old one"
        raise PermissionError(errno.EACCES, message, str(target))
    return target


def _mode_of(name: str) -> int | None:
    """Return type and permissions of what a path leads to; None if it leads to nothing."""
    try:
        return Path(name).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise OSError(errno.ELOOP, "A symbolic link that leads back to itself", name) from None
