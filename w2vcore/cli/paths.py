"""Paths on the command line: with "~" expanded, checked before the work, and no addresses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from w2vcore.cli.common import Decorated
from w2vcore.corpus.paths import expanded

if TYPE_CHECKING:
    StringType = click.ParamType[str]
else:
    StringType = click.ParamType  # takes no type before click 8.4


class LocalPath(click.Path):
    """The path of a file or folder of this machine, as a `Path`.

    A shell expands "~" only at the beginning of a word, not in ``--output=~/m`` nor in quotes.

    Parameters
    ----------
    addresses : bool
        Accept addresses (``s3://...``), as str.
    **attributes
        As for `click.Path`.
    """

    def __init__(self, addresses: bool = False, **attributes: Any) -> None:
        super().__init__(path_type=Path, **attributes)
        self.addresses = addresses

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        name = os.fspath(value)
        if "://" in name:
            if self.addresses:
                return name
            self.fail(f"{name} is an address: give the path of a file on this machine", param, ctx)
        if not name:
            self.fail("the path is empty", param, ctx)
        return super().convert(expanded(name), param, ctx)


class CorpusName(StringType):
    """A file, a folder, an address or "-", as str."""

    name = "corpus"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name with "~" expanded."""
        if not value:
            self.fail("the name is empty", param, ctx)
        return str(value) if "://" in str(value) else expanded(str(value))


def model_argument(command: Decorated) -> Decorated:
    """Add the argument MODEL, given to the function as a path."""
    return click.argument("model", type=LocalPath())(command)


def check_output(path: Path, option: str = "--output", source: Path | None = None) -> None:
    """Refuse, before the work, a file that cannot be written, or that is `source`, the file to read."""
    from w2vcore.formats.destination import check_destination

    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise click.UsageError(f"{path} is the file that is read, and would be written over; give another {option}")
    if path.is_dir():
        raise click.ClickException(
            f"{path} is a folder; {option} is the file to write, e.g. {path / 'model.safetensors'}"
        )
    _with_option(option, lambda: check_destination(path, str(path)))


def check_output_folder(path: Path, option: str) -> None:
    """Refuse, before the work, a folder in which no file can be written."""
    from w2vcore.formats.destination import check_folder_to_write

    _with_option(option, lambda: check_folder_to_write(path, str(path)))


@contextmanager
def opened_output(path: Path | None) -> Iterator[IO[bytes]]:
    """Yield a file to write, which is there only when all is written, or without a path stdout."""
    from w2vcore.formats.atomic import atomic_write

    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with atomic_write(path) as file:
        yield file


def _with_option(option: str, check: Callable[[], None]) -> None:
    """Run a check; add the advice to give another path to an OSError."""
    try:
        check()
    except OSError as error:
        raise click.ClickException(f"{error}, or give another {option}") from error


def check_input(path: Path, what: str) -> None:
    """Refuse a file that is missing or empty; `what` says what was expected."""
    if path.is_dir():
        raise click.ClickException(f"{path} is a folder; {what}")
    if not path.exists():
        raise click.ClickException(f"{path}: no such file; {what}")
    if path.is_file() and not path.stat().st_size:
        raise click.ClickException(f"{path} is empty; {what}")
