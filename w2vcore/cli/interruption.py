"""Ctrl-C during training: the model is saved, or the message says how to resume."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import one_line

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

POLL_SECONDS = 0.1
NOTHING_SAVED = "Interrupted; no model was saved."


@dataclass
class Interruption:
    """What to do when training is interrupted; a call returns the message.

    If a checkpoint was written, training can continue from there. Otherwise it asks, on a terminal, whether to save
    what was learnt. Elsewhere it saves that beside the output: under the output's name it would pass for a fully
    trained model.

    Attributes
    ----------
    output : Path
        File in which the finished model would be saved.
    save : callable
        Saves a model in a file.
    checkpoint : str, path or None
    go_on : str
        The command line that continues from the checkpoint.
    resumed : bool
        Whether the training was resumed from the checkpoint, so that the file is this training's.
    model : Word2Vec, optional
        The model in training, once it exists.
    """

    output: Path
    save: Callable[[Word2Vec, Path], Any]
    checkpoint: str | Path | None
    go_on: str
    resumed: bool
    model: Word2Vec | None = None

    def __post_init__(self) -> None:
        self._before = _stamp(self.checkpoint)

    def __call__(self) -> str:
        """Save the model or not; return the message."""
        if self.checkpoint is not None and (self.resumed or _stamp(self.checkpoint) != self._before):
            return f"Interrupted; go on with: {self.go_on}"
        model = self.model
        if model is None or not has_learnt(model):
            return NOTHING_SAVED
        target = self.output if _on_terminal() else beside(self.output)
        if target is None or (_on_terminal() and not self._agreed(model, target)):
            return NOTHING_SAVED
        try:
            self.save(model, target)
        except Exception as error:
            return f"{NOTHING_SAVED.rstrip('.')}: {one_line(error)}"
        return (
            f"Interrupted after {_epochs(model)}; what was learnt is in {target}. With --checkpoint FILE a training "
            "can go on"
        )

    def _agreed(self, model: Word2Vec, target: Path) -> bool:
        replaced = ", in the place of the file that is there" if target.exists() else ""
        return agreed(
            f"Interrupted after {_epochs(model)}. Save what was learnt in {target}{replaced}?", default=not replaced
        )


def agreed(question: str, default: bool) -> bool:
    """Ask at the terminal; Ctrl-C and Ctrl-D mean no.

    Ctrl-C must work at any moment. Python's ``input`` misses one that comes just before it begins to read, so this
    polls for a line, which lets Python handle signals.
    """
    text = f"{question} [{'Y/n' if default else 'y/N'}]: "
    try:
        while True:
            click.echo(text, nl=False, err=True)
            while os.name != "nt" and not select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
                pass
            line = sys.stdin.readline()
            answer = line.strip().lower()
            if not line or answer in ("n", "no"):
                break
            if answer in ("", "y", "yes"):
                return default if not answer else True
    except KeyboardInterrupt:
        line = ""
    if not line:
        click.echo(err=True)  # the cursor is still after the question
    return False


def _stamp(checkpoint: str | Path | None) -> Any:
    """Return a value that changes whenever the file is written; None without a file."""
    if checkpoint is None or not Path(checkpoint).is_file():
        return None
    found = Path(checkpoint).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def has_learnt(model: Word2Vec) -> bool:
    """Whether a model has been trained at all: its output matrices begin with zeros."""
    from w2vcore.word2vec.settings import known_tables

    tables = (table for table in known_tables(model).values() if table.role == "target")
    matrices = (getattr(model, table.attribute, None) for table in tables)
    return any(matrix is not None and bool(matrix.any()) for matrix in matrices)


def _epochs(model: Word2Vec) -> str:
    return f"{model.epochs_trained} of {model.epochs} epochs"


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def beside(output: Path) -> Path | None:
    """Return the name under which an unfinished model is saved; None if the output is not a regular file.

    Examples
    --------
    >>> str(beside(Path("out/m.w2v.safetensors"))), str(beside(Path("v.txt.gz"))), str(beside(Path("m")))
    ('out/m.w2v.interrupted.safetensors', 'v.interrupted.txt.gz', 'm.interrupted')
    """
    from w2vcore.formats.atomic import COMPRESSED

    if output.exists() and not output.is_file():
        return None
    packed = output.suffix if output.suffix.lower() in COMPRESSED else ""
    bare = Path(output.name.removesuffix(packed))
    return output.with_name(f"{bare.stem}.interrupted{bare.suffix}{packed}")
