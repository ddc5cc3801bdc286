"""Commands that ask a model about words."""

from __future__ import annotations

from pathlib import Path

import click

from w2vcore.cli.common import find_key, with_traceback


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@click.option("-n", "--topn", type=click.IntRange(min=1), default=10, show_default=True, help="How many to show.")
@click.option("--negative", multiple=True, metavar="WORD", help="Move away from this word; may be repeated.")
@with_traceback
def similar(model: Path, words: tuple[str, ...], topn: int, negative: tuple[str, ...]) -> None:
    """Print the words most similar to WORD (to the mean of several), one a line with its cosine.

    The question "man is to king as woman is to ...": w2vcore similar MODEL king woman --negative man
    """
    from w2vcore import KeyedVectors

    vectors = KeyedVectors.load(model, mmap="r") if _can_map(model) else KeyedVectors.load(model)
    positive, away = ([find_key(vectors, word) for word in group] for group in (words, negative))
    for near, similarity in vectors.most_similar(positive=positive, negative=away, topn=topn):
        click.echo(f"{near}\t{similarity:.4f}")


def _can_map(model: Path) -> bool:
    return model.suffix == ".safetensors"
