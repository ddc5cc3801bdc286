"""Commands that draw: a map as an image, a page to explore vectors, a page that replays a training."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import Decorated, command, option, say
from w2vcore.cli.corpora import corpus_argument, opened_corpus, text_options
from w2vcore.cli.lookup import find_key, load_vectors
from w2vcore.cli.paths import LocalPath, check_output, model_argument
from w2vcore.cli.waiting import waiting

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.visual.maps import AnyMethod, Method

METHODS = ("pca", "tsne", "umap")


def _page_options(what: str) -> Callable[[Decorated], Decorated]:
    """Return a decorator that adds --output, whose help says `what` the file is, and --quiet."""

    def add(function: Decorated) -> Decorated:
        function = option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")(function)
        output = option("-o", "--output", type=LocalPath(), required=True, help=f"File to write: {what}.")
        return output(function)

    return add


def _map_options(default: str, more: tuple[str, ...] = ()) -> Callable[[Decorated], Decorated]:
    """Return a decorator that adds the options for the map."""

    def add(function: Decorated) -> Decorated:
        function = option("--seed", type=int, default=1, help="For everything that is drawn at random.")(function)
        return option(
            "--method",
            type=click.Choice((*more, *METHODS)),
            default=default,
            help="tsne needs openTSNE, umap umap-learn: pip install w2vcore[viz] or w2vcore[umap].",
        )(function)

    return add


_metadata = option(
    "--metadata",
    type=LocalPath(exists=True, dir_okay=False),
    help="A .tsv or .csv file: a line of names, then a line a key: title, categories, numbers.",
)


def _topn(default: int, what: str) -> Callable[[Decorated], Decorated]:
    return option("-n", "--topn", type=click.IntRange(min=1), default=default, help=f"How many words: {what}.")


def _keys(vectors: KeyedVectors, words: tuple[str, ...]) -> list[Any] | None:
    return [find_key(vectors, word) for word in words] or None


def _written(output: Path, quiet: bool) -> None:
    if not quiet:
        say(f"Written to {output.resolve()} ({output.stat().st_size / 1e6:.1f} MB)")


@command()
@model_argument
@click.argument("words", nargs=-1, metavar="[WORD]...")
@_page_options("its ending, such as .png, .svg or .pdf, names the format")
@_topn(100, "the most frequent ones, if no WORD is given")
@_map_options("pca")
@option("--color-by", metavar="COLUMN", help='"cluster", or a column of --metadata.')
@_metadata
@option("--every-dot", is_flag=True, help="Draw words whose labels find no room as grey dots; else they are left out.")
@option("--size", type=click.FloatRange(1, 100), default=6.5, help="Width and height in inches.")
def plot(
    model: Path,
    words: tuple[str, ...],
    output: Path,
    topn: int,
    method: Method,
    seed: int,
    color_by: str | None,
    metadata: Path | None,
    every_dot: bool,
    size: float,
    quiet: bool,
) -> None:
    """Draw a map of words, each dot with its label.

    Needs matplotlib: pip install w2vcore[viz].

    For example:
      w2vcore plot model.safetensors -o map.png
      w2vcore plot model.safetensors king queen father mother sword crown -o map.svg
      w2vcore plot model.safetensors -o map.pdf --topn 300 --method tsne --color-by cluster
    """
    from w2vcore.visual.maps import METHODS, check_method
    from w2vcore.visual.plots import kind_of
    from w2vcore.visual.plots import plot as draw

    check_output(output, source=model)
    check_method(method, "plot")
    kind_of(output)
    vectors = load_vectors(model)
    keys = _keys(vectors, words)
    with waiting(f"Drawing a map of {min(len(keys or vectors), topn):,} words by {METHODS[method]}", quiet):
        draw(
            vectors,
            keys,
            topn=topn,
            method=method,
            color_by=color_by,
            metadata=metadata,
            every_dot=every_dot,
            size=(size, size),
            path=output,
            seed=seed,
        )
    _written(output, quiet)


@command()
@model_argument
@_page_options("a page such as words.html")
@_topn(20_000, "the most frequent ones")
@_map_options("auto", ("auto",))
@option("--clusters", type=click.IntRange(0, 255), help="How many to find; default: up to 24, by the number of words.")
@_metadata
@option("--noun", help='What the vectors are of, such as product; default: "item" for ids and titles, else "word".')
@option("--title", help="Title of the page; default: the name of MODEL.")
@option("--open", "opened", is_flag=True, help="Show the page in the browser.")
def explore(
    model: Path,
    output: Path,
    topn: int,
    method: AnyMethod,
    seed: int,
    clusters: int | None,
    metadata: Path | None,
    noun: str | None,
    title: str | None,
    opened: bool,
    quiet: bool,
) -> None:
    """Write a web page to explore vectors.

    It has a map with named clusters, a search, neighbours, analogies, comparisons and lists. It is one file, which a
    browser opens from disk without network.

    The map is by t-SNE where openTSNE is installed (pip install w2vcore[viz]), else by UMAP or PCA.

    For example:
      w2vcore explore model.safetensors -o words.html
      w2vcore explore model.safetensors -o words.html --topn 5000 --method pca --open
      w2vcore explore items.safetensors -o items.html --metadata items.tsv
    """
    from w2vcore.visual.explorer import explore as write
    from w2vcore.visual.maps import check_method

    check_output(output, source=model)
    check_method(method, "explore", auto=True)
    vectors = load_vectors(model)
    bar = sys.stderr.isatty() and not quiet
    with waiting(f"Making a map of {min(len(vectors), topn):,} words", quiet or bar):
        page = write(
            vectors,
            output,
            topn=topn,
            method=method,
            clusters=clusters,
            metadata=metadata,
            noun=noun,
            seed=seed,
            title=title or model.name,
            progress=bar,
        )
    _written(output, quiet)
    if opened:
        page.show()


@command()
@corpus_argument
@_page_options("a page such as training.html")
@option("--word", "words", multiple=True, metavar="WORD", help="Show this word; may be repeated.")
@_topn(60, "the most frequent content words, without --word")
@option("--snapshots", type=click.IntRange(min=1), default=60, help="Steps to show.")
@option("--max-tokens", type=click.IntRange(min=1), default=1_000_000, help="Refuse a corpus of more words.")
@option("--title", help="Title of the page.")
@option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@text_options
@option("--sg/--cbow", default=True, section="Model", help="Skip-gram, or CBOW.", show_default=True)
@option("--vector-size", type=int, default=16, section="Model", help="Length of a vector.")
@option("--window", type=int, default=5, section="Model", help="Context words on each side.")
@option("--negative", type=int, default=5, section="Model", help="Noise words for an example; 0 for none.")
@option("--hs/--no-hs", default=False, section="Model", help="Hierarchical softmax.")
@option("--min-count", type=int, default=1, section="Model", help="Leave out words that occur less often.")
@option("--sample", type=float, default=0, section="Training", help="Threshold for dropping frequent words.")
@option("--epochs", type=int, default=40, section="Training", help="Passes over the corpus.")
@option("--alpha", type=float, default=0.05, section="Training", help="Learning rate at the start.")
@option("--seed", type=int, default=1, section="Training", help="Seed of all random numbers.")
@option("--workers", type=int, default=1, section="Training", help="Threads; 1 gives the same page each time.")
def watch(
    corpus: tuple[str, ...], output: Path, words: tuple[str, ...], opened: bool, quiet: bool, **settings: Any
) -> None:
    """Write a web page that shows how word vectors are learnt.

    The page replays a small training: how the vectors move over a map, the curve of the loss, and the weights. It also
    trains by itself, step by step, on a text and with settings that its reader may change. It is one file, and needs no
    network.

    For example:
      w2vcore watch poems.txt -o training.html --lower --strip-punctuation
      w2vcore watch poems.txt -o training.html --word sea --word wind --word ship --epochs 100
    """
    from w2vcore.corpus.readers import CorpusFile
    from w2vcore.visual.watcher import watch as write

    check_output(output)
    lower, strip = settings.pop("lower"), settings.pop("strip_punctuation")
    settings.update(sg=int(settings["sg"]), hs=int(settings["hs"]))
    with opened_corpus(corpus, lower, strip, written=[("--output", output)]) as sources:
        bar = sys.stderr.isatty() and not quiet
        page = write(CorpusFile(sources), output, words=words or None, progress=bar, **settings)
    _written(output, quiet)
    if opened:
        page.show()
