"""The commands that make vectors of texts: with a model of documents, and out of vectors of words."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import click
import numpy as np
from numpy.typing import NDArray

from w2vcore.cli.common import command, option, say
from w2vcore.cli.corpora import plain, text_options
from w2vcore.cli.lookup import load_documents, load_vectors
from w2vcore.cli.paths import LocalPath, check_output, model_argument
from w2vcore.cli.visible import visible
from w2vcore.corpus.readers import decode


@command()
@model_argument
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@option("-o", "--output", type=LocalPath(), help="A .npy file for the vectors, in place of lines on stdout.")
@option("--similar", type=click.IntRange(min=1), metavar="N", help="Print the N tags that are most similar.")
@option("--epochs", type=click.IntRange(min=1), help="Passes over a text; default: as in training.")
@option("--alpha", type=click.FloatRange(min=0), help="Learning rate of the first pass; default: as in training.")
@option("--workers", type=int, default=-1, show_default=True, help="Threads; -1 takes all cores.")
@text_options
def infer(
    model: Path,
    texts: tuple[str, ...],
    output: Path | None,
    similar: int | None,
    epochs: int | None,
    alpha: float | None,
    workers: int,
    lower: bool,
    strip_punctuation: bool,
) -> None:
    """Print the vector of a text by a model of documents.

    MODEL is a file from 'w2vcore train --doc2vec'. Without TEXT each line of stdin is one. A line of the answer is a
    vector, with tabs between its numbers; zeros for a text without known words. The same text has the same vector each
    time.

    For example:
      w2vcore infer articles.safetensors "the cat sat on the mat"
      w2vcore infer articles.safetensors --similar 5 < new.txt
      w2vcore infer articles.safetensors -o vectors.npy --workers 2 < new.txt
    """
    if output is not None and similar is not None:
        raise click.UsageError("--similar prints tags, and --output is a file of vectors: give one of them")
    _check_array(output)
    trained = load_documents(model)
    given = texts or _lines()
    words = [plain(text, lower, strip_punctuation).split() for text in given]
    vectors = trained.infer_vectors(words, alpha, epochs=epochs, workers=workers)
    if similar is not None:
        if not len(trained.dv):
            raise click.ClickException(f"{model} has no tags: it was saved without them, to infer vectors alone")
        for number, vector in enumerate(vectors, 1):
            if not vector.any():  # no known word, as a warning says: no tag is nearer than another
                continue
            for tag, similarity in trained.dv.most_similar([vector], topn=similar):
                click.echo(f"{number}\t{visible(tag)}\t{similarity:.4f}")
    else:
        _give(vectors, output)


@command()
@model_argument
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@option("-o", "--output", type=LocalPath(), help="A .npy file for the vectors, in place of lines on stdout.")
@option(
    "--weighting",
    type=click.Choice(["sif", "mean", "idf"]),
    default="sif",
    show_default=True,
    help="How much a word counts: by how rare it is in all text (sif) or among these texts (idf), or all alike (mean).",
)
@option(
    "--remove-components",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Directions that these texts share, to remove; 0 for a single text.",
)
@option("--zipf", is_flag=True, help="Take counts of words, for sif, from their order: for files without counts.")
@option("--workers", type=click.IntRange(min=1), help="Threads; default: one a core.")
@text_options
def sentences(
    model: Path,
    texts: tuple[str, ...],
    output: Path | None,
    weighting: Literal["sif", "mean", "idf"],
    remove_components: int,
    zipf: bool,
    workers: int | None,
    lower: bool,
    strip_punctuation: bool,
) -> None:
    """Print vectors of sentences, from those of words.

    MODEL is a file of vectors in any format that w2vcore reads. A vector is the weighted mean of those of the words,
    less what all texts have in common, so that texts which are to be compared must be given together. Without TEXT each
    line of stdin is one. A line of the answer is a vector, with tabs between its numbers; zeros for a text without
    known words.

    For example:
      w2vcore sentences model.safetensors < lines.txt > vectors.tsv
      w2vcore sentences model.safetensors -o vectors.npy --weighting idf < lines.txt
      w2vcore sentences glove.txt --zipf -o vectors.npy < lines.txt
    """
    _check_array(output)
    if zipf and weighting != "sif":
        raise click.UsageError("--zipf is for --weighting sif: the others need no counts")
    vectors = load_vectors(model)
    words = [plain(text, lower, strip_punctuation).split() for text in texts or _lines()]
    counts: Literal["zipf"] | None = "zipf" if zipf else None
    _give(vectors.sentence_vectors(words, weighting, remove_components, counts=counts, workers=workers), output)


def _check_array(output: Path | None) -> None:
    """Refuse a file for vectors that is none of NumPy's, or cannot be written."""
    if output is None:
        return
    if output.suffix != ".npy":
        raise click.UsageError(f"{output}: --output is a file of NumPy, NAME.npy; vectors as text go to stdout")
    check_output(output)


def _give(vectors: NDArray[np.float32], output: Path | None) -> None:
    """Save vectors, or print them, one a line."""
    if output is None:
        for vector in vectors:
            click.echo("\t".join(map(str, vector)))
        return
    with output.open("wb") as file:
        np.save(file, vectors)
    say(f"{len(vectors):,} vectors of {vectors.shape[1]} numbers saved in {output.resolve()}.")


def _lines() -> Sequence[str]:
    """Return the lines of stdin."""
    if sys.stdin.isatty():
        click.echo("Reading texts from the terminal, one a line; Ctrl-D ends them.", err=True)
    return list(_decoded())


def _decoded() -> Iterator[str]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        yield decode(line, "stdin", number)
