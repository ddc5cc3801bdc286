"""click's runner of commands, with what they print on stdout and on stderr apart."""

import inspect

from click.testing import CliRunner


def runner():
    """Return a CliRunner. Before click 8.2 it has to be told to keep the two apart."""
    before = "mix_stderr" in inspect.signature(CliRunner).parameters
    return CliRunner(mix_stderr=False) if before else CliRunner()
