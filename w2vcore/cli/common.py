"""What all commands have in common: failures in one line, the look-up of words, and outputs that are checked first."""

from __future__ import annotations

import difflib
import os
import shlex
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class CommandTable(click.Group):
    """A group of commands by name, imported when asked for; each fails with one line on stderr.

    With ``--traceback`` a failure shows its traceback instead.

    Parameters
    ----------
    table : dict of str to str
        Command -> "module:function".
    **attributes
        As for `click.Group`.
    """

    def __init__(self, *arguments: Any, table: dict[str, str], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None for an unknown name."""
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo("Interrupted; no model was saved.", err=True)
            ctx.exit(130)
        except Exception as error:
            if ctx.meta.get("traceback"):
                raise
            raise click.ClickException(one_line(error)) from error


def one_line(error: BaseException) -> str:
    """Return what went wrong in one line.

    Examples
    --------
    >>> one_line(FileNotFoundError(2, "No such file or directory", "corpus.txt"))
    'corpus.txt: No such file or directory'
    >>> one_line(KeyError("Key 'zzz' not present"))
    "Key 'zzz' not present"
    """
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        text = f"{os.fspath(error.filename)}: {error.strerror}"
    elif isinstance(error, KeyError) and error.args:
        text = str(error.args[0])  # str(KeyError) would be its repr
    else:
        text = str(error)
    return " ".join(text.split()) or f"{type(error).__name__} without a message; --traceback shows where"


def with_traceback(command: Decorated) -> Decorated:
    """Add ``--traceback``, which every command takes."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.find_root().meta["traceback"] = True  # meta is one dict for all contexts of a command line

    option = click.option(
        "--traceback", is_flag=True, expose_value=False, callback=remember, help="Show where a failure comes from."
    )
    return option(command)


def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning as one line, without the place in our code that raised it."""
    say(f"Warning: {' '.join(str(message).split())}")


def say(text: str) -> None:
    """Print what is not the answer."""
    click.echo(text, err=True)


def quoted(path: Path) -> str:
    """Return a path as a shell wants it."""
    return shlex.quote(str(path))


def check_output(path: Path) -> None:
    """Refuse, before the work, a file that could not be written after it."""
    folder = path.parent
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder; make it first, or give another --output")
    if path.is_dir():
        raise click.ClickException(
            f"{path} is a folder; --output is the file to write, e.g. {path / 'model.safetensors'}"
        )
    if not os.access(folder, os.W_OK):
        raise click.ClickException(f"{folder}: no permission to write there; give another --output")


def find_key(vectors: KeyedVectors, word: str) -> Any:
    """Return a word of the command line as a key, which may be an integer; name similar keys if there is none."""
    for key in (word, int(word) if word.lstrip("-").isdecimal() else word):
        if key in vectors.key_to_index:
            return key
    near = difflib.get_close_matches(word, [str(key) for key in vectors.index_to_key[:50_000]], n=3)
    hint = (
        f"; did you mean {' or '.join(near)}?" if near else "; words are as they stood in the corpus, capitals included"
    )
    raise click.ClickException(f"Key {word!r} not present{hint}")
