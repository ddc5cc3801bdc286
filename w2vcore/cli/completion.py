"""The command that prints what a shell needs to complete commands and options after Tab."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import BashComplete, get_completion_class

from w2vcore.cli.common import command

SHELLS = ("bash", "zsh", "fish")
PROGRAM, VARIABLE = "w2vcore", "_W2VCORE_COMPLETE"


class _AnyBash(BashComplete):
    """The script for bash, made without a check of this machine's bash: the script may be for another machine."""

    @staticmethod
    def _check_version() -> None:
        """Assume a bash of 4.4 or newer."""


@command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> None:
    """Print a script that completes commands and options.

    Put it where your shell reads it at start; then Tab completes 'w2vcore tr' and 'w2vcore train --ve'. Bash must be
    4.4 or newer.

    For example:
      w2vcore completion bash >> ~/.bashrc
      w2vcore completion zsh >> ~/.zshrc
      w2vcore completion fish > ~/.config/fish/completions/w2vcore.fish
    """
    found: Any = _AnyBash if shell == "bash" else get_completion_class(shell)
    root = ctx.find_root().command
    click.echo(found(root, {}, PROGRAM, VARIABLE).source())
