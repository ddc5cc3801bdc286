"""A line that says what is being done and for how long, where no progress can be shown."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from w2vcore.cli.common import WAITING, say
from w2vcore.cli.visible import columns, visible

FIRST_SECONDS, EACH_SECONDS = 0.5, 1.0  # on a terminal: until the line appears, and between updates
LONG_SECONDS = 5.0  # elsewhere, such as in a log: until the only line


@contextmanager
def waiting(what: str, quiet: bool = False) -> Iterator[None]:
    """Show, while the block runs, what it does and for how long; on a terminal the line is removed afterwards.

    Parameters
    ----------
    what : str
        Such as "Reading news.bin".
    quiet : bool
        Show nothing.
    """
    if quiet:
        yield
        return
    line = _Line(visible(what), sys.stderr.isatty())
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta[WAITING] = line.clear
    thread = threading.Thread(target=line.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        line.ended.set()
        thread.join()
        line.clear()
        if context is not None:
            context.meta.pop(WAITING, None)


class _Line:
    """The line, drawn by a thread of its own."""

    def __init__(self, what: str, terminal: bool) -> None:
        self.ended = threading.Event()
        self._what, self._terminal = what, terminal
        self._began, self._drawn, self._lock = time.monotonic(), 0, threading.Lock()

    def run(self) -> None:
        """Draw until the end."""
        if not self._terminal:
            if not self.ended.wait(LONG_SECONDS):
                say(f"{self._what} ...")
            return
        pause = FIRST_SECONDS
        while not self.ended.wait(pause):
            text = f"{self._what}: {time.monotonic() - self._began:,.0f} s"
            while columns(text) >= shutil.get_terminal_size().columns:
                text = text[:-1]
            with self._lock:
                click.echo(f"\r{text}", nl=False, err=True)
                self._drawn = max(self._drawn, columns(text))
            pause = EACH_SECONDS

    def clear(self) -> None:
        """Remove the line, to make room for other output."""
        with self._lock:
            if self._drawn:
                click.echo(f"\r{' ' * self._drawn}\r", nl=False, err=True)
                self._drawn = 0


def size_of(path: Path) -> str:
    """Return the size of a file in readable units, in parentheses; "" for anything but a file.

    Examples
    --------
    >>> size_of(Path("no such file"))
    ''
    """
    if not path.is_file():
        return ""
    size = path.stat().st_size
    return f" ({size / 1e9:,.1f} GB)" if size >= 1e9 else f" ({size / 1e6:,.1f} MB)"
