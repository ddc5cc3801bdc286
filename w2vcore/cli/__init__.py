"""The command ``w2vcore``: train word vectors on text, query them, and convert files of vectors.

Results go to stdout, everything else (progress, where a file was written, failures) to stderr. A failure is one line
that says what to do, with exit status 1; a wrong command line gives 2, Ctrl-C 130.

Commands of one kind share a module, which is imported when one of them is called.
"""

from __future__ import annotations

import logging
import sys
import warnings

import click

from w2vcore._version import __version__
from w2vcore.cli.common import CommandTable, LogLines, with_traceback

# Command -> module:function, in the order in which `w2vcore --help` shows them.
COMMANDS: dict[str, str] = {
    "demo": "w2vcore.cli.training:demo",
    "train": "w2vcore.cli.training:train",
    "resume": "w2vcore.cli.training:resume",
    "phrases": "w2vcore.cli.phrases:phrases",
    "walks": "w2vcore.cli.walks:walks",
    "similar": "w2vcore.cli.asking:similar",
    "analogy": "w2vcore.cli.asking:analogy",
    "odd-one-out": "w2vcore.cli.asking:odd_one_out",
    "similarity": "w2vcore.cli.asking:similarity",
    "vector": "w2vcore.cli.asking:vector",
    "infer": "w2vcore.cli.documents:infer",
    "sentences": "w2vcore.cli.documents:sentences",
    "recommend": "w2vcore.cli.recommending:recommend",
    "evaluate": "w2vcore.cli.evaluation:evaluate",
    "info": "w2vcore.cli.inspection:info",
    "convert": "w2vcore.cli.files:convert",
    "export-projector": "w2vcore.cli.files:export_projector",
    "plot": "w2vcore.cli.pictures:plot",
    "explore": "w2vcore.cli.pictures:explore",
    "watch": "w2vcore.cli.pictures:watch",
    "config": "w2vcore.cli.configuration:config",
    "completion": "w2vcore.cli.completion:completion",
}


@click.group(
    cls=CommandTable,
    table=COMMANDS,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "token_normalize_func": lambda name: name.replace("_", "-"),  # --vector_size too, as Python spells it
    },
)
@click.version_option(__version__, "-V", "--version", message="w2vcore %(version)s")
@with_traceback
@click.pass_context
def main(ctx: click.Context) -> None:
    """Train word vectors on text, query them, and convert them to other formats.

    Begin with:
      w2vcore demo                                  train on Shakespeare in a second or two
      w2vcore train my-text.txt -o my.safetensors   the same with your own text
      w2vcore similar my.safetensors                query it, one word after another

    'w2vcore COMMAND --help' shows examples and all options of a command. Results go to stdout, everything else to
    stderr. The exit status is 0 for success, 1 for a failure, 2 for a wrong command line, 130 for Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):  # print what the terminal's encoding lacks as escapes
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    lines, logger = LogLines(logging.WARNING), logging.getLogger("w2vcore")
    warnings.showwarning = lines.show_warning
    logger.addHandler(lines)
    ctx.call_on_close(lambda: logger.removeHandler(lines))
