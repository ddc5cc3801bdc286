"""The command ``w2vcore``: train word vectors on text, ask them, and turn files of vectors into other files.

What a command was asked for goes to stdout, everything else (progress, where a file went, failures) to stderr. A
failure is one line that says what to do, and exit status 1; a wrong command line gives 2, Ctrl-C 130.

Each command is in a module of its kind, which is imported when the command is called.
"""

from __future__ import annotations

import warnings

import click

from w2vcore._version import __version__
from w2vcore.cli.common import CommandTable, show_warning, with_traceback

# Command -> module:function, in the order in which `w2vcore --help` shows them.
COMMANDS: dict[str, str] = {
    "demo": "w2vcore.cli.training:demo",
    "train": "w2vcore.cli.training:train",
    "resume": "w2vcore.cli.training:resume",
    "similar": "w2vcore.cli.asking:similar",
    "config": "w2vcore.cli.configuration:config",
}


@click.group(
    cls=CommandTable, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", message="w2vcore %(version)s")
@with_traceback
def main() -> None:
    """Train word vectors and ask them.

    Start with: w2vcore demo
    """
    warnings.showwarning = show_warning
