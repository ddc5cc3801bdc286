"""Destinations: check that a file can be written there, before the work whose result it will hold."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from w2vcore.corpus.addresses import check_installed
from w2vcore.corpus.paths import check_address, expanded
from w2vcore.formats.atomic import PathLike, atomic_write, is_compressed, is_url


class _Trial(Exception):
    """Ends a trial write after its beginning."""


def check_destination(path: PathLike, named: str) -> None:
    """Refuse a path at which no file could be written. A file that is there already stays as it is.

    To find out, the temporary file of `atomic_write` is made and removed again: the permissions of a folder say nothing
    of a read-only disk, or of a compression that is not installed.

    Parameters
    ----------
    path : str or path-like
    named : str
        What to call it in messages, such as ``"checkpoint='run.ckpt'"``.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, OSError
        If it is a folder, there is no folder for it, or nothing can be written there.
    ImportError
        If its compression, or its kind of address, needs a package that is not installed.
    ValueError
        If files at addresses of its kind might be left half written, or there is no such kind.

    Examples
    --------
    >>> check_destination("no/such/folder/model", "checkpoint='no/such/folder/model'")
    Traceback (most recent call last):
        ...
    FileNotFoundError: checkpoint='no/such/folder/model': there is no folder 'no/such/folder'; make it first
    """
    if is_url(path):
        check_address(os.fspath(path))
        check_installed(os.fspath(path), named)
        return
    given = Path(expanded(path))
    if given.is_dir():
        raise IsADirectoryError(f"{named} is a folder; give the name of a file in it")
    if given.exists() and not given.is_file():  # opening a device or a pipe would already use it
        if not os.access(given, os.W_OK):
            raise PermissionError(f"{named} cannot be written: no permission")
        return
    _check_folder(given.parent, named)
    try:
        with atomic_write(path):
            raise _Trial
    except _Trial:
        return
    except ImportError as error:
        extra = ": pip install w2vcore[zstd]" if is_compressed(path) and given.suffix.lower() == ".zst" else ""
        raise ImportError(f"{named} cannot be packed: a package is missing ({error}){extra}") from error
    except OSError as error:
        raise _cannot(error, named) from error


def check_folder_to_write(path: PathLike, named: str) -> None:
    """Refuse a folder that could not be made or written to; it is not made.

    Parameters
    ----------
    path : str or path-like
    named : str
        As in `check_destination`, which has the errors too.
    """
    folder = Path(expanded(path))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    _check_folder(folder, named)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _cannot(error, named) from error


def _check_folder(folder: Path, named: str) -> None:
    if folder.is_dir():
        return
    if folder.exists():
        raise NotADirectoryError(f"{named}: {str(folder)!r} is a file, not a folder")
    raise FileNotFoundError(f"{named}: there is no folder {str(folder)!r}; make it first")


def _cannot(error: OSError, named: str) -> OSError:
    """Return a system error with its type, and a message that names what it is about."""
    return type(error)(f"{named}: {error.strerror or error}")
