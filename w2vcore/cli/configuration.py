"""The command that says what is active in this installation."""

from __future__ import annotations

import click

from w2vcore.cli.common import with_traceback


@click.command()
@with_traceback
def config() -> None:
    """Show the version, the instruction set in use and the packages found."""
    from w2vcore import show_config

    show_config()
