"""The command that says what is active in this installation."""

from __future__ import annotations

from w2vcore.cli.common import command, print_json, with_json


@command()
@with_json
def config(as_json: bool) -> None:
    """Show version, instruction set and packages.

    For example:
      w2vcore config
      w2vcore config --json
    """
    from w2vcore import diagnostics

    if as_json:
        print_json(diagnostics.config())
    else:
        diagnostics.show_config()
