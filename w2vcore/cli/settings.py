"""The options of ``w2vcore train`` that are arguments of `Word2Vec`, by the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import Decorated, option
from w2vcore.cli.paths import LocalPath

if TYPE_CHECKING:
    AnyType = click.ParamType[Any]
else:
    AnyType = click.ParamType  # takes no type before click 8.4

FLAGS = ("sg", "hs", "cbow_mean", "sorted_vocab", "null_word")  # bool here, 0 or 1 in Word2Vec


class _Window(AnyType):
    """A number of words, or "sentence"."""

    name = "words|sentence"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an int or "sentence"."""
        if value == "sentence":
            return value
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number of words nor 'sentence'", param, ctx)


class _Seed(AnyType):
    """A number, or "random"."""

    name = "number|random"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an int, or None to have one drawn."""
        if value == "random":
            return None
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number nor 'random'", param, ctx)


def _of(section: str) -> Callable[..., Callable[[Decorated], Decorated]]:
    """Return `option` for a section of the help."""

    def setting(*names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
        return option(*names, section=section, **{"show_default": attributes.get("default") is not None, **attributes})

    return setting


_model, _vocabulary, _training, _machine, _checkpoints = (
    _of(section) for section in ("Model", "Vocabulary", "Training", "Machine", "Checkpoints")
)

# In the order in which `--help` shows them; a test holds names and defaults against the class.
_SETTINGS = (
    _model("--sg/--cbow", default=False, help="Skip-gram, or CBOW."),
    _model("--vector-size", type=int, default=100, help="Length of a vector."),
    _model("--window", type=_Window(), default=5, help="Context words on each side, or the whole 'sentence'."),
    _model("--negative", type=int, default=5, help="Noise words for an example; 0 for none."),
    _model("--hs/--no-hs", default=False, help="Hierarchical softmax (with --negative 0: instead of noise words)."),
    _model("--cbow-mean/--cbow-sum", default=True, help="CBOW takes the mean, or the sum, of the context."),
    _model(
        "--shrink-windows/--full-windows", default=True, help="Draw each window from 1 to --window, or take it whole."
    ),
    _model("--ns-exponent", type=float, default=0.75, help="Noise words are drawn by count to this power."),
    _model(
        "--negative-sharing",
        type=click.Choice(["auto", "pair", "window"]),
        default="auto",
        help="Skip-gram: noise words for each pair, or for all pairs of a window (faster; auto: with many words).",
    ),
    _model("--comment", help="Text to store with the model."),
    _vocabulary("--min-count", type=int, default=5, help="Leave out words that occur less often."),
    _vocabulary("--max-final-vocab", type=int, help="Keep at most this many words, the most frequent ones."),
    _vocabulary("--sample", type=float, default=1e-3, help="Threshold for dropping frequent words; 0 drops none."),
    _vocabulary("--max-vocab-size", type=int, help="Prune rare words when more than this many are being counted."),
    _vocabulary("--sorted-vocab/--unsorted-vocab", default=True, help="Rows by frequency, or as words come."),
    _vocabulary("--null-word/--no-null-word", default=False, help='Add the word "\\0" with count 1.'),
    _training("--epochs", type=int, default=5, help="Passes over the corpus."),
    _training("--alpha", type=float, default=0.025, help="Learning rate at the start."),
    _training("--min-alpha", type=float, default=0.0001, help="Learning rate at the end."),
    _training("--seed", type=_Seed(), default=1, help="Seed of all random numbers; 'random' draws one."),
    _training(
        "--compute-loss/--no-compute-loss", default=False, help="Show the mean loss while training (takes time)."
    ),
    _machine("--workers", type=int, default=-1, help="Threads; -1 takes all cores, 1 gives the same model each time."),
    _machine("--device", default="cpu", help="Where to train: cpu, cuda, cuda:N, or auto (a GPU if there is one)."),
    _machine("--backend", help="What runs the jobs, by name; mpi: all processes that mpiexec has started."),
    _machine("--batch-words", type=int, default=10000, help="Words in a job for a thread."),
    _machine(
        "--cache-dir", type=LocalPath(exists=True, file_okay=False), help="Folder for what is too large for memory."
    ),
    _checkpoints(
        "--checkpoint",
        type=LocalPath(addresses=True, dir_okay=False),
        help="File from which a stopped training can go on.",
    ),
    _checkpoints("--checkpoint-every", type=int, help="Words between two checkpoints, beside those after each epoch."),
)


def all_settings(command: Decorated) -> Decorated:
    """Add all options."""
    for setting in reversed(_SETTINGS):
        command = setting(command)
    return command
