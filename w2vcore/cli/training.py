"""Commands that train on text files, resume a stopped training, and train on Shakespeare as a demonstration."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.cli.common import ON_INTERRUPT, Decorated, command, option, quoted, say
from w2vcore.cli.corpora import corpus_argument, opened_corpus, text_options, training_corpus, training_documents
from w2vcore.cli.formats import FormatName, by_ending, check_format, files_of, save_model, shown
from w2vcore.cli.interruption import Interruption
from w2vcore.cli.lookup import model_class
from w2vcore.cli.paths import LocalPath, check_input, check_output, check_output_folder
from w2vcore.cli.settings import (
    all_settings,
    arguments_of,
    as_arguments,
    of_resume,
    of_the_model,
    resumed_settings,
    with_preset,
)
from w2vcore.cli.wording import with_options

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

SHOWN_EPOCHS = 5  # in the lines after a bar
DEMO_WORDS = ("king", "father", "wife", "night", "heaven", "romeo")

# Chosen by eye for a text of 200,000 words: many epochs, a low `sample` so that the commonest words do not crowd the
# windows, and shorter vectors than for a large text. With one worker the same machine shows the same numbers each
# time.
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


@command()
@option(
    "-o",
    "--output",
    type=LocalPath(),
    default="shakespeare.w2v.safetensors",
    help="File to save the model in.",
)
@option("--text", is_flag=True, help="Print the text and train nothing.")
def demo(output: Path, text: bool) -> None:
    """Train on Shakespeare and show the result.

    It takes a few seconds. The text, 200,000 words of the plays, comes with the package.

    For example:
      w2vcore demo
      w2vcore demo --text > shakespeare.txt
    """
    from w2vcore import datasets

    plays = datasets.shakespeare().read_text(encoding="utf8")
    if text:
        click.echo(plays, nl=False)
        return
    check_format(output, by_ending(output) or "native", "--output")
    _demonstrate(plays, output)


def _demonstrate(plays: str, output: Path) -> None:
    from w2vcore.utils import simple_preprocess
    from w2vcore.word2vec import Word2Vec

    sentences = [simple_preprocess(speech) for speech in plays.split("\n\n")]
    words = sum(map(len, sentences))
    say(f"Training skip-gram on Shakespeare: {words:,} words in {len(sentences):,} speeches.")
    began = time.perf_counter()
    bar = sys.stderr.isatty()
    model = Word2Vec(sentences, compute_loss=True, progress=bar, **DEMO_SETTINGS)
    seconds = time.perf_counter() - began
    say(f"{len(model.wv):,} vectors of {model.vector_size} numbers after {seconds:.1f} s.")
    click.echo("epoch   loss")
    for row in model.training_history:
        click.echo(f"{row['epoch'] + 1:>5}  {row['loss']:.3f}")
    click.echo()
    for word in DEMO_WORDS:
        neighbours = ", ".join(f"{near} {similarity:.2f}" for near, similarity in model.wv.most_similar(word, topn=5))
        click.echo(f"{word:>8}: {neighbours}")
    name = by_ending(output) or "native"
    save_model(model, output, name)
    file = files_of(output, name)[0]
    say(f"\n{'Model' if name == 'native' else 'Vectors'} saved in {file.resolve()}")
    say(f"Ask it: w2vcore similar {quoted(file)} crown sword")


# ---------------------------------------------------------------------- train, resume


def _output_options(command: Decorated) -> Decorated:
    """Add what `train` and `resume` have in common."""
    options = (
        option(
            "-o",
            "--output",
            type=LocalPath(),
            required=True,
            section="Result",
            help="File to save the model in.",
        ),
        option(
            "--save-format",
            type=FormatName(written=True),
            section="Result",
            help="Native keeps the whole model, the others only its vectors; default: that of the output's ending, as "
            "in 'convert', else native.",
        ),
        option(
            "--tensorboard",
            type=LocalPath(file_okay=False),
            section="Result",
            metavar="LOG_DIR",
            help="Folder for TensorBoard: curves (with --compute-loss also of loss and accuracy) and the vectors.",
        ),
        option("-q", "--quiet", is_flag=True, section="Result", help="Print nothing but failures."),
    )
    for one in reversed(options):
        command = one(command)
    return command


@command()
@corpus_argument
@_output_options
@text_options
@all_settings
@option(
    "--resume",
    is_flag=True,
    section="Checkpoints",
    help="Continue from the file of --checkpoint, if it exists; otherwise start.",
)
@click.pass_context
def train(ctx: click.Context, /, corpus: tuple[str, ...], output: Path, resume: bool, **arguments: Any) -> None:
    """Train word vectors on text and save the model.

    CORPUS: one or more files with one sentence per line and white space between words, compressed or not; a folder
    stands for its files. Or one address (https, s3, ...), or - for stdin.

    For example:
      w2vcore train corpus.txt -o model.safetensors
      w2vcore train news/ more.txt.gz -o model.safetensors --sg --vector-size 200 --epochs 10
      w2vcore train corpus.txt -o model.safetensors --preset best --epochs 10
      w2vcore train corpus.txt -o model.safetensors --fasttext --sg --min-n 3 --max-n 5
      w2vcore train articles.txt -o model.safetensors --doc2vec --dbow --epochs 20
      w2vcore train novel.txt -o vectors.bin --lower --strip-punctuation
      zcat wiki.xml.gz | ./extract | w2vcore train - -o model.safetensors
      w2vcore train corpus.txt -o model.safetensors --checkpoint run.ckpt --resume
    """
    lower, strip, save_format, quiet, log_dir = (
        arguments.pop(name) for name in ("lower", "strip_punctuation", "save_format", "quiet", "tensorboard")
    )
    run = _Run(output, save_format, quiet, log_dir, _rank(corpus, arguments["backend"]))
    kind = _kind_of(arguments.pop("fasttext"), arguments.pop("doc2vec"), run)
    arguments, chosen = with_preset(ctx, arguments)
    settings = as_arguments(arguments_of(kind, arguments, chosen))
    _check_file_of_hashes(run.save_format, settings.get("hash_count"))
    checkpoint = settings["checkpoint"]
    if resume and checkpoint is None:
        raise click.UsageError("--resume goes on from the file of --checkpoint: give that too")
    going_on = resume and Path(checkpoint).exists()
    if going_on:
        if kind != "word2vec" and _kind(checkpoint) != kind:
            what = {"fasttext": "n-grams", "doc2vec": "documents"}[kind]
            raise click.UsageError(f"--{kind}: the run of {checkpoint} trains no {what}; leave it out to go on")
        _check_unchanged(ctx, checkpoint, settings, chosen)
    elif isinstance(checkpoint, Path):
        check_output(checkpoint, "--checkpoint")
    _check_apart(run.files, checkpoint, "--checkpoint")
    run.interruption = ctx.meta[ON_INTERRUPT] = Interruption(
        output, run.save, checkpoint, _how_to_go_on(checkpoint, corpus, output, lower, strip, save_format), going_on
    )
    written = [*(("--output", file) for file in run.files), ("--checkpoint", checkpoint)]
    with opened_corpus(corpus, lower, strip, settings["cache_dir"], written) as sources:
        if going_on:
            model = run.resumed(checkpoint, sources, **of_resume(settings))
        else:
            model = run.trained(sources, settings, kind)
    run.finish(model)
    if settings["seed"] is None and not run.quiet:
        say(f"Drawn seed: {model.seed} (--seed {model.seed} with --workers 1 trains such a model again)")


@command()
@click.argument("checkpoint", type=LocalPath())
@corpus_argument
@_output_options
@text_options
@resumed_settings
@click.pass_context
def resume(ctx: click.Context, /, checkpoint: Path, corpus: tuple[str, ...], output: Path, **changes: Any) -> None:
    """Continue a stopped training.

    CHECKPOINT: the file that 'w2vcore train --checkpoint' wrote. CORPUS: the same as there, with the same --lower and
    --strip-punctuation. All other settings are in the checkpoint.

    For example:
      w2vcore train corpus.txt -o model.safetensors --checkpoint run.ckpt     (stopped)
      w2vcore resume run.ckpt corpus.txt -o model.safetensors
    """
    check_input(checkpoint, "CHECKPOINT is the file that 'w2vcore train --checkpoint' wrote")
    lower, strip, save_format, quiet, log_dir = (
        changes.pop(name) for name in ("lower", "strip_punctuation", "save_format", "quiet", "tensorboard")
    )
    run = _Run(output, save_format, quiet, log_dir, _rank(corpus, changes["backend"]))
    _check_apart(run.files, checkpoint, "CHECKPOINT")
    ctx.meta[ON_INTERRUPT] = Interruption(
        output, run.save, checkpoint, _how_to_go_on(checkpoint, corpus, output, lower, strip, save_format), True
    )
    written = [*(("--output", file) for file in run.files), ("CHECKPOINT", checkpoint)]
    with opened_corpus(corpus, lower, strip, changes["cache_dir"], written) as sources:
        if not run.quiet and _is_finished(checkpoint):
            say(f"The run of {checkpoint} was trained to its end: nothing is left to train.")
        model = run.resumed(checkpoint, sources, **changes)
    run.finish(model)


def _kind_of(subwords: bool, documents: bool, run: _Run) -> str:
    """Return which kind of model is trained."""
    if subwords and documents:
        raise click.UsageError("--fasttext and --doc2vec are two kinds of models: give one of them")
    if documents and run.save_format != "native":
        raise click.UsageError(
            "--doc2vec makes a model of words and lines, which only the native format holds: -o NAME.safetensors"
        )
    return "fasttext" if subwords else "doc2vec" if documents else "word2vec"


def _check_file_of_hashes(save_format: str, hash_count: int | None) -> None:
    """Refuse, before the work, floret's file for other models, and fastText's file for its table."""
    if save_format == "floret" and not hash_count:
        raise click.UsageError(
            "a floret file holds one table of words and n-grams: give --fasttext --hash-count 2 --bucket 50000, too"
        )
    if save_format == "fasttext_binary" and hash_count:
        raise click.UsageError("--hash-count makes floret's table, which fastText does not read: -o NAME.floret")


def _is_finished(checkpoint: Path) -> bool:
    """Whether the run of a checkpoint is finished; False for any other file, which is refused later."""
    from w2vcore.formats import native
    from w2vcore.formats.recognition import recognise

    try:
        if recognise(checkpoint) != "native":
            return False
        state = native.read(checkpoint, mmap="r").settings.get("checkpoint")
    except (ValueError, EOFError):
        return False
    return isinstance(state, dict) and state.get("finished") is True


def _kind(checkpoint: str | Path) -> str:
    """Return which kind of model a checkpoint is of; "" for any other file, which is refused later."""
    from w2vcore.formats import native
    from w2vcore.formats.recognition import recognise

    try:
        return native.read(checkpoint, mmap="r").kind if recognise(Path(checkpoint)) == "native" else ""
    except (ValueError, EOFError, OSError):
        return ""


def _check_apart(files: list[Path], checkpoint: str | Path | None, what: str) -> None:
    """Refuse an output that would overwrite the checkpoint."""
    if checkpoint is not None and Path(checkpoint).resolve() in [file.resolve() for file in files]:
        raise click.UsageError(f"{checkpoint} is the file of {what}, too; give another --output")


def _how_to_go_on(
    checkpoint: str | Path | None,
    corpus: tuple[str, ...],
    output: Path,
    lower: bool,
    strip: bool,
    save_format: str | None,
) -> str:
    """Return the command line that continues from a checkpoint."""
    words = [str(checkpoint), *corpus, "-o", str(output), *["--lower"] * lower, *["--strip-punctuation"] * strip]
    words += [] if save_format is None else ["--save-format", shown(save_format)]
    return f"w2vcore resume {' '.join(map(quoted, words))}"


def _check_unchanged(ctx: click.Context, checkpoint: str | Path, settings: dict[str, Any], chosen: set[str]) -> None:
    """Refuse settings that were chosen on the command line and are not those of the checkpoint."""
    from w2vcore.formats import native

    stored = native.read(checkpoint, mmap="r").settings
    for name, value in of_the_model(settings).items():
        # a seed of None is --seed random, which was drawn then
        if name in chosen and name in stored and value is not None and stored[name] != value:
            given_as = with_options(f"{name}={value!r}", ctx.command.params)
            raise click.UsageError(
                f"{given_as} is not that of {checkpoint}, {stored[name]!r}: leave it out to go on, or remove the "
                "checkpoint to begin anew"
            )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _example(model: Word2Vec) -> str:
    """Return a frequent word that is longer than most particles."""
    words = [str(key) for key in model.wv.index_to_key[:500]]
    return next((word for word in words if len(word) > 4 and word.isalpha()), words[0])


class _Epochs(CallbackAny2Vec):
    """Prints a line for each epoch, where no progress bar is shown."""

    def on_epoch_end(self, model: Word2Vec) -> None:
        """Print a line."""
        say(_epoch_line(model.training_history[-1]))


def _epoch_line(row: dict[str, Any]) -> str:
    return f"epoch {row['epoch'] + 1}: {row['seconds']:.2f} s, {row['words_per_second']:,.0f} words/s{_measured(row)}"


def _some(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return at most `SHOWN_EPOCHS` epochs, the first, the last, and some between them at equal distances.

    The bar has shown each of them, and `w2vcore info` shows all.

    Examples
    --------
    >>> _some([{"epoch": number} for number in range(20)])
    [{'epoch': 0}, {'epoch': 5}, {'epoch': 10}, {'epoch': 14}, {'epoch': 19}]
    >>> _some([{"epoch": 0}, {"epoch": 1}])
    [{'epoch': 0}, {'epoch': 1}]
    """
    if len(history) <= SHOWN_EPOCHS:
        return history
    step = (len(history) - 1) / (SHOWN_EPOCHS - 1)
    return [history[round(number * step)] for number in range(SHOWN_EPOCHS)]


def _measured(row: dict[str, Any]) -> str:
    """Return the loss and accuracy of an epoch, as far as they were measured."""
    found = [(name, row.get(name)) for name in ("loss", "accuracy")]
    return "".join(f", {name} {value:.4f}" for name, value in found if value is not None)


def _rank(corpus: tuple[str, ...], backend: str | None) -> int:
    """Return the number of this process among those that train one model; refuse a corpus that only the first has."""
    from w2vcore.backends.registry import crew_of

    crew = crew_of(backend) if backend is not None else None
    if crew is not None and crew.size > 1 and "-" in corpus:
        raise click.UsageError("stdin (-) reaches one process only: write the text to a file that all can read")
    return 0 if crew is None else crew.rank


def _check_facebook(kind: type[Word2Vec], settings: dict[str, Any]) -> None:
    """Refuse, before the work, settings of a model that a file of fastText cannot hold."""
    from w2vcore.fasttext import FastText
    from w2vcore.fasttext.files import check_facebook_settings

    if issubclass(kind, FastText):
        check_facebook_settings(kind(**{name: settings[name] for name in kind._declared if name in settings}))


class _Run:
    """A training with its terminal output and its files; with several processes, only the first prints and saves."""

    def __init__(self, output: Path, save_format: str | None, quiet: bool, log_dir: Path | None, rank: int) -> None:
        self.output, self.quiet, self.rank = output, quiet or rank > 0, rank
        self.save_format: str = save_format or by_ending(output) or "native"
        self.told_by_ending = save_format is None
        self.files = files_of(output, self.save_format)
        check_format(output, self.save_format, "--output")
        if log_dir is not None:
            check_output_folder(log_dir, "--tensorboard")
        self.interruption: Interruption | None = None
        quiet, log_dir = self.quiet, None if rank else log_dir
        self.bar = not quiet and sys.stderr.isatty()
        lines = not quiet and not self.bar
        self.log_dir = log_dir
        callbacks: list[CallbackAny2Vec] = [_Epochs()] if lines else []
        if log_dir is not None:
            from w2vcore.callbacks import TensorBoard

            callbacks.append(TensorBoard(log_dir))
        self.seen: dict[str, Any] = {"progress": self.bar, "callbacks": callbacks}
        self.began = time.perf_counter()

    def trained(self, sources: list[str], settings: dict[str, Any], kind: str) -> Word2Vec:
        chosen = model_class(kind)
        if self.save_format == "fasttext_binary":
            _check_facebook(chosen, settings)
        model = chosen.__new__(chosen)  # so that Ctrl-C in the constructor, which trains, can save it
        if self.interruption is not None and not self.rank:
            self.interruption.model = model
        corpus = training_documents(sources) if kind == "doc2vec" else training_corpus(sources)
        model.__init__(**corpus, **self.seen, **settings)  # type: ignore[misc]
        return model

    def resumed(self, checkpoint: str | Path, sources: list[str], **changes: Any) -> Word2Vec:
        kind = _kind(checkpoint)
        source = training_documents(sources) if kind == "doc2vec" else training_corpus(sources)
        source["corpus_iterable"] = source.pop("documents" if kind == "doc2vec" else "sentences", None)
        return model_class(kind).resume(checkpoint, **source, **self.seen, **changes)

    def finish(self, model: Word2Vec) -> None:
        """Save the model and sum up."""
        if self.rank:
            return
        self.save(model, self.output)
        if not self.quiet:
            self._sum_up(model, self.files)

    def save(self, model: Word2Vec, path: Path) -> None:
        """Save a model, or its vectors, in the format that was asked for."""
        save_model(model, path, self.save_format)

    def _sum_up(self, model: Word2Vec, files: list[Path]) -> None:
        if self.bar:
            for row in _some(model.training_history):
                say(_epoch_line(row))
        history = model.training_history
        last = _measured(history[-1]) if history else ""
        say(
            f"Trained on {model.corpus_total_words:,} words in {model.corpus_count:,} sentences, "
            f"{_counted(len(history), 'epoch')} in {time.perf_counter() - self.began:.1f} s{last}."
        )
        say(f"Vocabulary: {len(model.wv):,} words, {model.vector_size} numbers each.")
        size = sum(path.stat().st_size for path in files) / 1e6
        say(f"Saved in {', '.join(str(path.resolve()) for path in files)} ({size:,.1f} MB, {shown(self.save_format)}).")
        if self.log_dir is not None:
            say(f"Curves and vectors: tensorboard --logdir {quoted(self.log_dir)}")
        meant = by_ending(self.output)
        if self.save_format == "native" and meant is not None and meant != "native":
            other = f"w2vcore convert {quoted(self.output)} FILE --to {shown(meant)}"
            say(f"This is w2vcore's own format; for others: {other}")
        elif self.save_format not in ("native", "floret") and self.told_by_ending:
            less = "words' vectors alone, without n-grams" if model.wv.subwords is not None else "vectors alone"
            say(f"These are the {less}; to train on, save the model: -o NAME.safetensors")
        say(f"Ask it: w2vcore similar {quoted(files[0])} {quoted(_example(model))}")
