"""Commands that train: on text files, on with a training that was stopped, and on Shakespeare as a demonstration."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import Decorated, check_output, quoted, say, with_traceback

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

DEMO_WORDS = ("king", "father", "wife", "night", "heaven", "romeo")

# Chosen by eye for a text of 200,000 words: many epochs, a low `sample` so that the commonest words do not crowd the
# windows, and fewer numbers a word than for a large text. One worker, so that the same machine shows the same numbers
# each time.
DEMO_SETTINGS: dict[str, Any] = {
    "vector_size": 32,
    "sg": 1,
    "window": 5,
    "negative": 5,
    "min_count": 10,
    "sample": 1e-4,
    "alpha": 0.05,
    "epochs": 20,
    "seed": 1,
    "workers": 1,
}


# ---------------------------------------------------------------------- demo


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="shakespeare.w2v.safetensors",
    show_default=True,
    help="File to save the model in.",
)
@with_traceback
def demo(output: Path) -> None:
    """Train on Shakespeare for a few seconds and show what came out."""
    from w2vcore import Word2Vec, datasets, utils

    check_output(output)
    speeches = datasets.shakespeare().read_text(encoding="utf8").split("\n\n")
    sentences = [utils.simple_preprocess(speech) for speech in speeches]
    words = sum(map(len, sentences))
    say(f"Training skip-gram on Shakespeare: {words:,} words in {len(sentences):,} speeches.")
    began = time.perf_counter()
    model = Word2Vec(sentences, compute_loss=True, progress=True, **DEMO_SETTINGS)
    seconds = time.perf_counter() - began
    say(f"{len(model.wv):,} vectors of {model.vector_size} numbers after {seconds:.1f} s.")
    click.echo("epoch   loss")
    for row in model.training_history:
        click.echo(f"{row['epoch'] + 1:>5}  {row['loss']:.3f}")
    click.echo()
    for word in DEMO_WORDS:
        neighbours = ", ".join(f"{near} {similarity:.2f}" for near, similarity in model.wv.most_similar(word, topn=5))
        click.echo(f"{word:>8}: {neighbours}")
    model.save(output)
    say(f"\nModel saved in {output.resolve()}")
    say(f"Ask it: w2vcore similar {quoted(output)} crown sword")


# ---------------------------------------------------------------------- train


class _Window(click.ParamType[Any]):
    """A number of words, or "sentence"."""

    name = "words|sentence"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "sentence":
            return value
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number of words nor 'sentence'", param, ctx)


def _setting(*names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    return click.option(*names, show_default=attributes.get("default") is not None, **attributes)


# The arguments of Word2Vec, in the order in which `--help` shows them; a test holds the defaults against the class.
_SETTINGS = (
    _setting("--vector-size", type=int, default=100, help="Length of a vector."),
    _setting("--window", type=_Window(), default=5, help="Context words on each side, or the whole 'sentence'."),
    _setting("--min-count", type=int, default=5, help="Leave out words that occur less often."),
    _setting("--sg/--cbow", default=False, help="Skip-gram, or CBOW."),
    _setting("--negative", type=int, default=5, help="Noise words for an example; 0 for none."),
    _setting(
        "--negative-sharing",
        type=click.Choice(["auto", "pair", "window"]),
        default="auto",
        help="Skip-gram: noise words for each pair, or for all pairs of a window (faster).",
    ),
    _setting("--hs/--no-hs", default=False, help="Hierarchical softmax (with --negative 0: instead of noise words)."),
    _setting("--epochs", type=int, default=5, help="Passes over the corpus."),
    _setting("--sample", type=float, default=1e-3, help="Threshold for dropping frequent words; 0 drops none."),
    _setting("--alpha", type=float, default=0.025, help="Learning rate at the start."),
    _setting("--min-alpha", type=float, default=0.0001, help="Learning rate at the end."),
    _setting("--workers", type=int, default=-1, help="Threads; -1 takes all cores, 1 gives the same model each time."),
    _setting("--seed", type=int, default=1, help="Seed of all random numbers."),
    _setting("--device", default="cpu", help="Where to train: cpu, cuda, cuda:N, or auto (a GPU if there is one)."),
    _setting("--backend", help="What runs the jobs, by name; default: what trains on --device."),
    _setting("--max-vocab-size", type=int, help="Prune rare words when more than this many are being counted."),
    _setting("--max-final-vocab", type=int, help="Keep at most this many words."),
    _setting("--ns-exponent", type=float, default=0.75, help="Noise words are drawn by count to this power."),
    _setting("--cbow-mean/--cbow-sum", default=True, help="CBOW takes the mean, or the sum, of the context."),
    _setting(
        "--shrink-windows/--full-windows", default=True, help="Draw each window from 1 to --window, or take it whole."
    ),
    _setting("--batch-words", type=int, default=10000, help="Words in a job for a thread."),
    _setting("--compute-loss/--no-compute-loss", default=False, help="Measure the mean loss of each epoch."),
    _setting("--cache-dir", type=click.Path(file_okay=False), help="Folder for a corpus that is too large for memory."),
    _setting("--checkpoint", type=click.Path(dir_okay=False), help="File from which 'w2vcore resume' can go on."),
    _setting("--checkpoint-every", type=int, help="Words between two checkpoints, beside those after each epoch."),
)


def _all_settings(command: Decorated) -> Decorated:
    for setting in reversed(_SETTINGS):
        command = setting(command)
    return command


@click.command()
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to save the model in.")
@_all_settings
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
@with_traceback
def train(corpus: tuple[str, ...], output: Path, quiet: bool, **settings: Any) -> None:
    """Train on text files and save the model.

    CORPUS: one or more files with a sentence a line and white space between words, compressed or not; a folder stands
    for the files in it. Or one URL.
    """
    from w2vcore import Word2Vec

    check_output(output)
    for name in ("sg", "hs", "cbow_mean"):
        settings[name] = int(settings[name])
    _finish(Word2Vec(**_source(corpus), progress=not quiet, **settings), output, quiet)


@click.command()
@click.argument("checkpoint", type=click.Path(exists=True, dir_okay=False))
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to save the model in.")
@click.option("--workers", type=int, help="Threads; default: as before.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
@with_traceback
def resume(checkpoint: str, corpus: tuple[str, ...], output: Path, workers: int | None, quiet: bool) -> None:
    """Go on with a training that was stopped, and save the model.

    CHECKPOINT: the file that 'w2vcore train --checkpoint' wrote. CORPUS: the same as there.
    """
    from w2vcore import Word2Vec

    check_output(output)
    source = _source(corpus)
    source["corpus_iterable"] = source.pop("sentences", None)
    _finish(Word2Vec.resume(checkpoint, **source, workers=workers, progress=not quiet), output, quiet)


def _finish(model: Word2Vec, output: Path, quiet: bool) -> None:
    """Save a trained model and say how it went."""
    model.save(output)
    if not quiet:
        _report(model)
        say(f"Model saved in {output.resolve()}")


def _source(corpus: tuple[str, ...]) -> dict[str, Any]:
    """Return the arguments of Word2Vec that name the corpus."""
    from w2vcore import LineSentence, PathLineSentences

    if len(corpus) == 1 and "://" in corpus[0]:
        return {"sentences": LineSentence(corpus[0], max_sentence_length=None)}
    files: list[str] = []
    for name in corpus:
        if "://" in name:
            raise click.UsageError(f"{name}: a URL must be the only corpus; download it to train on several files")
        if not Path(name).exists():
            raise click.ClickException(
                f"{name}: no such file; CORPUS is the path of a text file or of a folder of them"
            )
        files += PathLineSentences(name).input_files
    if not files:
        raise click.ClickException(f"no file to train on in {', '.join(corpus)}")
    return {"corpus_file": files}


def _report(model: Word2Vec) -> None:
    """Say what was trained."""
    say(f"{len(model.wv):,} words, {model.vector_size} numbers each.")
    for row in model.training_history:
        loss = "" if row["loss"] is None else f", loss {row['loss']:.4f}"
        say(f"epoch {row['epoch'] + 1}: {row['words_per_second']:,.0f} words/s{loss}")
