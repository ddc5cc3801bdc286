"""What all commands have in common: help in sections, failures in one line, JSON and messages."""

from __future__ import annotations

import difflib
import json
import logging
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from w2vcore.cli.visible import escape_json, visible
from w2vcore.cli.wording import COMMAND, worded

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

OTHERS = "Other options"  # the last section of each help
WAITING = "w2vcore.waiting"  # in a context's meta: a callable that removes the progress line
ON_INTERRUPT = "w2vcore.interrupt"  # in a context's meta: called after Ctrl-C, returns the message

# ---------------------------------------------------------------------- commands


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
        self.help = _examples_as_they_are(self.help)

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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name; the error for a wrong name suggests the nearest one."""
        name = args[0].replace("_", "-")
        near = difflib.get_close_matches(name, self.table, n=1)
        if name not in self.table and not name.startswith("-"):
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Read the command line up to the name of the command."""
        try:
            with _usage_in_one_line():
                return super().make_context(*arguments, **extra)
        except BrokenPipeError:
            raise
        except OSError as error:  # the help could not be written
            raise click.ClickException(visible(one_line(error))) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            with _usage_in_one_line():
                return super().invoke(ctx)
        except click.ClickException as error:
            if _is_help(error):
                raise
            kind = _BadUsage if error.exit_code == _BadUsage.exit_code else click.ClickException
            raise kind(visible(error.format_message())) from error
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            _end_interrupted(ctx.meta.get(ON_INTERRUPT))
            ctx.exit(130)
        except Exception as error:
            if ctx.meta.get("traceback"):
                raise
            text = visible(worded(one_line(error)))
            of_an_option = isinstance(error, (TypeError, ValueError)) and _OPTION_MUST.match(text)
            raise (_BadUsage if of_an_option else click.ClickException)(text) from error


def _end_interrupted(action: Callable[[], str] | None) -> None:
    """Say how an interrupted command ended; another Ctrl-C ends it at once."""
    if sys.stderr.isatty():  # which shows ^C, perhaps in the middle of a line
        say("")
    try:
        say("Interrupted." if action is None else action())
    except KeyboardInterrupt:
        say("Interrupted.")


# A value that is not allowed: click's own errors of this kind have exit status 2.
_OPTION_MUST = re.compile(r"--[\w-]+ (must|should) be ")


class _BadUsage(click.ClickException):
    """A wrong command line, reported in one line."""

    exit_code = 2


def _is_help(error: click.ClickException) -> bool:
    """Whether an error is the help text, shown because nothing follows the command."""
    return type(error).__name__ == "NoArgsIsHelpError"  # not in click 8.1


def _may_be_a_word(option: str, ctx: click.Context) -> bool:
    return option[:2] != "--" and any(one.name == "words" for one in ctx.command.params)


@contextmanager
def _usage_in_one_line() -> Iterator[None]:
    """Report in one line what click reports in three lines, of which the first is the usage."""
    try:
        yield
    except click.UsageError as error:
        if error.ctx is None or _is_help(error):
            raise
        text = " ".join(error.format_message().split()).rstrip(".")
        if isinstance(error, click.NoSuchOption) and _may_be_a_word(error.option_name, error.ctx):
            text += "; a word that begins with - goes after --"
        raise _BadUsage(f"{visible(text)} ({error.ctx.command_path} --help shows how)") from error


class Command(click.Command):
    """A command whose help has its options in sections, in the order in which they were declared."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.help = _examples_as_they_are(self.help)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; messages name its options instead of arguments."""
        ctx.meta[COMMAND] = self
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                sections.setdefault(getattr(parameter, "section", OTHERS), []).append(record)
        others = {OTHERS: sections.pop(OTHERS)}
        for title, records in (sections | others).items():
            with formatter.section(title):
                formatter.write_dl(records)


def _examples_as_they_are(text: str | None) -> str | None:
    """Mark the paragraph of examples with a backspace, so that click does not rewrap its lines."""
    return text and re.sub(r"(?m)^( *)(?=(?:For example|Begin with):$)", "\\1\b\n\\1", text)


class Option(click.Option):
    """An option that belongs to a section of the help."""

    def __init__(self, *arguments: Any, section: str = "Options", **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.section = section


def option(*names: str, section: str = "Options", **attributes: Any) -> Callable[[Decorated], Decorated]:
    """Add an option; its default is shown unless it is None or an unset flag."""
    shown = attributes.get("default") is not None and not (attributes.get("is_flag") and not attributes["default"])
    return click.option(*names, cls=Option, section=section, **{"show_default": shown, **attributes})


def command(name: str | None = None, cls: type[Command] = Command) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command with ``--traceback``."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        return click.command(name, cls=cls)(with_traceback(function))

    return decorate


def with_traceback(command: Decorated) -> Decorated:
    """Add ``--traceback``, which every command takes."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.find_root().meta["traceback"] = True  # meta is one dict for all contexts of a command line

    option = click.option(
        "--traceback", is_flag=True, expose_value=False, callback=remember, help="Show where a failure comes from."
    )
    return option(command)


def with_json(command: Decorated) -> Decorated:
    """Add ``--json``, given to the function as `as_json`."""
    return option("--json", "as_json", is_flag=True, help="Print JSON, for a script to read.")(command)


# ---------------------------------------------------------------------- what is printed


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
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    elif isinstance(error, OSError) and (asked := getattr(error, "request", None)) is not None:  # of requests
        answer = getattr(error, "response", None)
        text = (
            f"{asked.url}: the server cannot be reached; --traceback shows why"
            if answer is None
            else f"{asked.url}: the server answers {answer.status_code} {answer.reason}"
        )
    elif isinstance(error, UnicodeDecodeError):
        text = error.reason  # this names file and line; the rest of the message is bytes
    elif isinstance(error, KeyError) and error.args:
        text = str(getattr(error, "text", error.args[0]))  # str(KeyError) would be its repr
    else:
        text = str(error)
    return " ".join(text.split()) or f"{type(error).__name__} without a message; --traceback shows where"


def say(text: str) -> None:
    """Print a message, of one line or several, to stderr: stdout is for results."""
    context = click.get_current_context(silent=True)
    clear = None if context is None else context.meta.get(WAITING)
    if clear is not None:
        clear()
    click.echo(visible(text, keep="\n"), err=True)


def print_json(value: Any) -> None:
    """Print an answer as one line of JSON; NumPy's numbers become Python's, NaN becomes null."""
    click.echo(escape_json(json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, str | int) else str(value)


class LogLines(logging.Handler):
    """Prints the warnings and log records of the library on stderr; a message that is both is printed once."""

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self._last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        self._say("Warning: " if record.levelno >= logging.WARNING else "", record.getMessage())

    def show_warning(self, message: Warning | str, category: type[Warning] = UserWarning, *_: Any, **__: Any) -> None:
        """Print a warning without the source line that raised it, but none that is for those who write programs."""
        if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
            self._say("Warning: ", str(message))

    def _say(self, mark: str, text: str) -> None:
        line = mark + worded(" ".join(text.split()))
        if line != self._last:
            say(line)
        self._last = line


def quoted(path: Path | str) -> str:
    """Return a path quoted for a shell."""
    return shlex.quote(str(path))
