"""The command ``w2vcore``: a demonstration, training on text files, and asking a model.

What a command was asked for goes to stdout, everything else (progress, where a file went, failures) to stderr. A
failure is one line that says what to do, and exit status 1; a wrong command line gives 2, Ctrl-C 130.
"""

from __future__ import annotations

import difflib
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from w2vcore._version import __version__

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.word2vec import Word2Vec

Command = TypeVar("Command", bound=Callable[..., Any])

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


class _OneLineFailures(click.Group):
    """A group whose commands fail with one line on stderr, or with the traceback after ``--traceback``."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo("Interrupted; no model was saved.", err=True)
            ctx.exit(130)
        except Exception as error:
            if ctx.meta.get("traceback"):
                raise
            raise click.ClickException(one_line(error)) from error


def one_line(error: BaseException) -> str:
    """Return what went wrong in one line.

    Examples
    --------
    >>> one_line(FileNotFoundError(2, "No such file or directory", "corpus.txt"))
    'corpus.txt: No such file or directory'
    >>> one_line(KeyError("Key 'zzz' not present"))
    "Key 'zzz' not present"
    """
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        text = f"{os.fspath(error.filename)}: {error.strerror}"
    elif isinstance(error, KeyError) and error.args:
        text = str(error.args[0])  # str(KeyError) would be its repr
    else:
        text = str(error)
    return " ".join(text.split()) or f"{type(error).__name__} without a message; --traceback shows where"


def _with_traceback(command: Command) -> Command:
    """Add ``--traceback``, which every command takes."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.find_root().meta["traceback"] = True  # meta is one dict for all contexts of a command line

    option = click.option(
        "--traceback", is_flag=True, expose_value=False, callback=remember, help="Show where a failure comes from."
    )
    return option(command)


@click.group(cls=_OneLineFailures, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="w2vcore %(version)s")
@_with_traceback
def main() -> None:
    """Train word vectors and ask them.

    Start with: w2vcore demo
    """
    warnings.showwarning = _show_warning


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning as one line, without the place in our code that raised it."""
    click.echo(f"Warning: {' '.join(str(message).split())}", err=True)


# ---------------------------------------------------------------------- demo


@main.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="shakespeare.w2v.safetensors",
    show_default=True,
    help="File to save the model in.",
)
@_with_traceback
def demo(output: Path) -> None:
    """Train on Shakespeare for a few seconds and show what came out."""
    from w2vcore import Word2Vec, datasets, utils

    _check_output(output)
    speeches = datasets.shakespeare().read_text(encoding="utf8").split("\n\n")
    sentences = [utils.simple_preprocess(speech) for speech in speeches]
    words = sum(map(len, sentences))
    _say(f"Training skip-gram on Shakespeare: {words:,} words in {len(sentences):,} speeches.")
    began = time.perf_counter()
    model = Word2Vec(sentences, compute_loss=True, progress=True, **DEMO_SETTINGS)
    seconds = time.perf_counter() - began
    _say(f"{len(model.wv):,} vectors of {model.vector_size} numbers after {seconds:.1f} s.")
    click.echo("epoch   loss")
    for row in model.training_history:
        click.echo(f"{row['epoch'] + 1:>5}  {row['loss']:.3f}")
    click.echo()
    for word in DEMO_WORDS:
        neighbours = ", ".join(f"{near} {similarity:.2f}" for near, similarity in model.wv.most_similar(word, topn=5))
        click.echo(f"{word:>8}: {neighbours}")
    model.save(output)
    _say(f"\nModel saved in {output.resolve()}")
    _say(f"Ask it: w2vcore similar {_quoted(output)} crown sword")


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


def _setting(*names: str, **attributes: Any) -> Callable[[Command], Command]:
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
    _setting("--backend", help="What runs the jobs, by name; mpi: all processes that mpiexec has started."),
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


def _all_settings(command: Command) -> Command:
    for setting in reversed(_SETTINGS):
        command = setting(command)
    return command


@main.command()
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to save the model in.")
@_all_settings
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
@_with_traceback
def train(corpus: tuple[str, ...], output: Path, quiet: bool, **settings: Any) -> None:
    """Train on text files and save the model.

    CORPUS: one or more files with a sentence a line and white space between words, compressed or not; a folder stands
    for the files in it. Or one URL.
    """
    from w2vcore import Word2Vec

    _check_output(output)
    for name in ("sg", "hs", "cbow_mean"):
        settings[name] = int(settings[name])
    _finish(Word2Vec(**_source(corpus), progress=not quiet, **settings), output, quiet)


@main.command()
@click.argument("checkpoint", type=click.Path(exists=True, dir_okay=False))
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="File to save the model in.")
@click.option("--workers", type=int, help="Threads; default: as before.")
@click.option("--backend", help="As in 'train'; mpi: on as many processes as before.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
@_with_traceback
def resume(
    checkpoint: str, corpus: tuple[str, ...], output: Path, workers: int | None, backend: str | None, quiet: bool
) -> None:
    """Go on with a training that was stopped, and save the model.

    CHECKPOINT: the file that 'w2vcore train --checkpoint' wrote. CORPUS: the same as there.
    """
    from w2vcore import Word2Vec

    _check_output(output)
    source = _source(corpus)
    source["corpus_iterable"] = source.pop("sentences", None)
    model = Word2Vec.resume(checkpoint, **source, workers=workers, backend=backend, progress=not quiet)
    _finish(model, output, quiet)


def _finish(model: Word2Vec, output: Path, quiet: bool) -> None:
    """Save a trained model and say how it went; of several processes, only the first."""
    model.save(output)
    if not quiet and not model.rank:
        _report(model)
        _say(f"Model saved in {output.resolve()}")


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
    _say(f"{len(model.wv):,} words, {model.vector_size} numbers each.")
    for row in model.training_history:
        loss = "" if row["loss"] is None else f", loss {row['loss']:.4f}"
        _say(f"epoch {row['epoch'] + 1}: {row['words_per_second']:,.0f} words/s{loss}")


# ---------------------------------------------------------------------- similar


@main.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@click.option("-n", "--topn", type=click.IntRange(min=1), default=10, show_default=True, help="How many to show.")
@click.option("--negative", multiple=True, metavar="WORD", help="Move away from this word; may be repeated.")
@_with_traceback
def similar(model: Path, words: tuple[str, ...], topn: int, negative: tuple[str, ...]) -> None:
    """Print the words most similar to WORD (to the mean of several), one a line with its cosine.

    The question "man is to king as woman is to ...": w2vcore similar MODEL king woman --negative man
    """
    from w2vcore import KeyedVectors

    vectors = KeyedVectors.load(model, mmap="r") if _can_map(model) else KeyedVectors.load(model)
    positive, away = ([_key(vectors, word) for word in group] for group in (words, negative))
    for near, similarity in vectors.most_similar(positive=positive, negative=away, topn=topn):
        click.echo(f"{near}\t{similarity:.4f}")


def _can_map(model: Path) -> bool:
    return model.suffix == ".safetensors"


def _key(vectors: KeyedVectors, word: str) -> Any:
    """Return a word of the command line as a key, which may be an integer; name similar keys if there is none."""
    for key in (word, int(word) if word.lstrip("-").isdecimal() else word):
        if key in vectors.key_to_index:
            return key
    near = difflib.get_close_matches(word, [str(key) for key in vectors.index_to_key[:50_000]], n=3)
    hint = (
        f"; did you mean {' or '.join(near)}?" if near else "; words are as they stood in the corpus, capitals included"
    )
    raise click.ClickException(f"Key {word!r} not present{hint}")


# ---------------------------------------------------------------------- config, helpers


@main.command()
@_with_traceback
def config() -> None:
    """Show the version, the instruction set in use and the packages found."""
    from w2vcore import show_config

    show_config()


def _say(text: str) -> None:
    click.echo(text, err=True)


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def _check_output(path: Path) -> None:
    """Refuse, before the training, a file that could not be written after it."""
    folder = path.parent
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder; make it first, or give another --output")
    if path.is_dir():
        raise click.ClickException(
            f"{path} is a folder; --output is the file to write, e.g. {path / 'model.safetensors'}"
        )
    if not os.access(folder, os.W_OK):
        raise click.ClickException(f"{folder}: no permission to write there; give another --output")
