"""The command that joins words that belong together: text in, text out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import command, option, print_json, say
from w2vcore.cli.corpora import corpus_argument, opened_corpus, text_options, training_corpus
from w2vcore.cli.paths import LocalPath, check_input, check_output, opened_output
from w2vcore.cli.visible import visible

if TYPE_CHECKING:
    from w2vcore.phrases import FrozenPhrases

LEARNING = "Learning"


@command()
@corpus_argument
@option(
    "-o",
    "--output",
    type=LocalPath(),
    section="Result",
    help="File for the text; default: stdout. A name that ends in .gz, .bz2, .xz or .zst compresses it.",
)
@option("--save", type=LocalPath(), section="Result", help="File in which to save what was learned.")
@option("--load", type=LocalPath(), section="Result", help="Learn nothing: apply a file that --save wrote.")
@option(
    "--list", "as_list", is_flag=True, section="Result", help="Print the phrases and their scores instead of the text."
)
@option("--json", "as_json", is_flag=True, section="Result", help="With --list: print JSON, for a script to read.")
@text_options
@option("--min-count", type=float, default=5, section=LEARNING, help="Pairs that occur less often are not joined.")
@option(
    "--threshold",
    type=float,
    section=LEARNING,
    help="Score that a phrase must exceed; a higher one gives fewer phrases.  [default: 10.0]",
)
@option(
    "--scoring",
    type=click.Choice(["default", "npmi"]),
    default="default",
    section=LEARNING,
    help="How pairs are scored; npmi ranges from -1 to 1.",
)
@option("--delimiter", default="_", section=LEARNING, help="What joins the words of a phrase.")
@option(
    "--connector-words",
    metavar="WORDS",
    default="",
    section=LEARNING,
    help="Words that may stand inside a phrase, separated by commas; 'english' for a list of 15.",
)
@option(
    "--max-vocab-size",
    type=int,
    default=40_000_000,
    section=LEARNING,
    help="Prune rare words and pairs when more than this many are being counted.",
)
@option("-q", "--quiet", is_flag=True, help="Print nothing but the answer and failures.")
def phrases(corpus: tuple[str, ...], output: Path | None, save: Path | None, load: Path | None, **options: Any) -> None:
    """Join words that belong together: new york to new_york.

    It joins pairs that stand together more often than by chance (Mikolov et al. 2013).

    CORPUS: files with one sentence per line, folders of them, an address, or - for stdin. Apply the command twice for
    phrases of three or more words, like word2phrase. With --save and without -o, only that file is written.

    For example:
      w2vcore phrases corpus.txt -o joined.txt
      w2vcore phrases corpus.txt --list | head
      w2vcore phrases corpus.txt --save phrases.safetensors
      w2vcore phrases other.txt --load phrases.safetensors -o other-joined.txt
    """
    as_list, as_json, quiet = (options.pop(name) for name in ("as_list", "as_json", "quiet"))
    lower, strip = options.pop("lower"), options.pop("strip_punctuation")
    if as_list and output:
        raise click.UsageError("--list prints phrases, -o writes the text: give one of them")
    if as_json and not as_list:
        raise click.UsageError("--json goes with --list: the text itself is plain text")
    if load:
        check_input(load, "--load is a file that --save wrote")
    for path, name in ((output, "--output"), (save, "--save")):
        if path:
            check_output(path, name)
    with opened_corpus(corpus, lower, strip, written=[("--output", output), ("--save", save)]) as sources:
        frozen, seen = _loaded(load, options["threshold"]) if load else _learned(sources, save, options)
        if not quiet:
            say(f"Phrases{seen}: {len(frozen.phrasegrams):,}")
        if as_list:
            _print(frozen, as_json)
        elif output or not save:
            _apply(frozen, sources, output)


def _loaded(path: Path, threshold: float | None) -> tuple[FrozenPhrases, str]:
    """Load phrases. With counts, another threshold may find more phrases; without, it can only drop some."""
    from w2vcore.phrases import FrozenPhrases, Phrases

    try:
        counted = Phrases.load(path)
    except AttributeError:
        frozen = FrozenPhrases.load(path)
        lowest = frozen.threshold if threshold is None else threshold
        frozen.phrasegrams = {phrase: score for phrase, score in frozen.phrasegrams.items() if score > lowest}
    else:
        counted.threshold = counted.threshold if threshold is None else threshold
        frozen = counted.freeze()
    return frozen, f" in {path}"


def _learned(sources: list[str], save: Path | None, options: dict[str, Any]) -> tuple[FrozenPhrases, str]:
    """Count words and pairs, and save the counts, so that another threshold can be tried on them."""
    from w2vcore.corpus.readers import CorpusFile
    from w2vcore.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

    named = options["connector_words"]
    connectors = ENGLISH_CONNECTOR_WORDS if named == "english" else frozenset(filter(None, named.split(",")))
    threshold = options["threshold"]
    settings = {**options, "connector_words": connectors, "threshold": 10.0 if threshold is None else threshold}
    source = training_corpus(sources)
    learned = Phrases(source.get("sentences") or CorpusFile(source["corpus_file"]), **settings)
    if save:
        learned.save(save)
    return learned.freeze(), f" in {learned.corpus_word_count:,} words"


def _print(frozen: FrozenPhrases, as_json: bool) -> None:
    """Print the phrases, best first."""
    rows = sorted(frozen.phrasegrams.items(), key=lambda row: (-row[1], row[0]))
    if as_json:
        print_json([{"phrase": phrase, "score": score} for phrase, score in rows])
        return
    for phrase, score in rows:
        click.echo(f"{visible(phrase)}\t{score:.4f}")


def _apply(frozen: FrozenPhrases, sources: list[str], output: Path | None) -> None:
    """Write the text with its phrases joined, line by line."""
    from w2vcore.corpus.readers import read_lines

    with opened_output(output) as stream:
        for source in sources:
            for words in read_lines(source):
                stream.write(" ".join(frozen[words]).encode("utf8") + b"\n" if words else b"\n")
