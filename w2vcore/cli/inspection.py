"""The command that says what a file is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from w2vcore.cli.common import command, print_json, with_json
from w2vcore.cli.formats import shown
from w2vcore.cli.paths import LocalPath, check_input
from w2vcore.cli.visible import visible
from w2vcore.cli.waiting import size_of, waiting

SHOWN_WORDS = 5
_HIDDEN = {
    "lifecycle_events",
    "random",
    "ignored",
    "training_history",
    "checkpoint",
    "fasttext",
}  # long, or shown elsewhere


@command()
@click.argument("file", type=LocalPath())
@with_json
def info(file: Path, as_json: bool) -> None:
    """Say what a file is and what is in it.

    This shows the format, the number and size of the vectors, counts and settings.

    FILE: vectors or a model of any format that w2vcore reads, a checkpoint, or phrases.

    For example:
      w2vcore info model.safetensors
      w2vcore info GoogleNews-vectors.bin.gz --json
    """
    check_input(file, "FILE is a model, vectors, a checkpoint or phrases")
    with waiting(f"Reading {file}{size_of(file)}"):
        report = describe(file)
    if as_json:
        print_json(report)
        return
    for name, value in report.items():
        if isinstance(value, dict):
            click.echo(f"{visible(name)}:")
            for inner, item in value.items():
                click.echo(f"  {visible(inner) + ' ':.<26} {_text(item)}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            click.echo(f"{name}:")
            _table(value)
        else:
            click.echo(f"{name + ' ':.<28} {_text(value)}")


def describe(file: Path) -> dict[str, Any]:
    """Return a description of a file, as JSON values."""
    from w2vcore.formats.recognition import recognise
    from w2vcore.formats.registry import FORMATS

    found = recognise(file)
    report: dict[str, Any] = {"file": str(file), "format": shown(found), "called": FORMATS[found].called}
    if found == "native":
        return report | _native(file)
    if found in ("word2vec_text", "word2vec_binary"):
        return report | _word2vec(file, found)
    from w2vcore.formats.recognition import read
    from w2vcore.formats.wrapping import is_wrapped

    mapped = found == "fasttext_binary" and not is_wrapped(file)
    snapshot = read(file, mmap="r" if mapped else None)
    return report | _vectors(snapshot) | (_facebook(snapshot) if found == "fasttext_binary" else {})


def _facebook(snapshot: Any) -> dict[str, Any]:
    """Say what a model of fastText is, with its settings by fastText's names."""
    from w2vcore.formats import fasttext_binary
    from w2vcore.formats.subword_arrays import OUTPUT, SETTINGS

    stored = snapshot.settings[SETTINGS]
    supervised, quantised = stored["model"] == 3, OUTPUT not in snapshot.arrays
    named = fasttext_binary.named(stored)
    kind = "fasttext" + " supervised" * supervised + " quantised" * quantised
    use = "load_facebook_model loads it, and it can be trained further"
    if supervised or quantised:
        use = "load_facebook_vectors loads its vectors; it is not trained further here"
    hidden = ("spellings", "labels")
    settings = {name: value for name, value in {**stored, **named}.items() if name not in hidden}
    if stored["labels"]:
        settings["labels"] = len(stored["labels"])
    return {"kind": kind, "use": use, "settings": settings}


def _native(file: Path) -> dict[str, Any]:
    """Describe w2vcore's own file: a model, a checkpoint, vectors, or phrases."""
    from w2vcore.formats import native, phrases_file, safetensors_file
    from w2vcore.formats.atomic import open_binary
    from w2vcore.formats.streams import stream_size
    from w2vcore.formats.wrapping import is_wrapped

    with open_binary(file) as stream:
        header = safetensors_file.read_header(stream, stream_size(stream), str(file))
    if header.metadata.get("kind") in (phrases_file.COUNTED, phrases_file.FROZEN):
        return _phrases(file)
    snapshot = native.read(file, mmap=None if is_wrapped(file) else "r")
    report = _vectors(snapshot)
    run = snapshot.settings.get("checkpoint")
    if isinstance(run, dict):
        report = {"kind": "checkpoint"} | {name: value for name, value in report.items() if name != "kind"}
        report["checkpoint"] = _position(run)
    return report


def _position(run: dict[str, Any]) -> dict[str, Any]:
    """Say where the run of a checkpoint stands."""
    try:
        position, epochs = run["position"], run["config"]["epochs"]
        return {
            "finished": run["finished"],
            "epochs done": min(position["epoch"], epochs),
            "epochs in all": epochs,
            "words of the next epoch": 0 if run["finished"] else position["stats"]["raw_words"],
            "seconds": round(run["seconds"], 1),
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"the state of the run is damaged: {error} is missing") from None


def _phrases(file: Path) -> dict[str, Any]:
    from w2vcore.formats import phrases_file

    kind, settings, keys, values = phrases_file.read(file)
    counted = kind == phrases_file.COUNTED
    report = {"kind": kind, "words and pairs" if counted else "phrases": len(keys)}
    if len(values) and counted:
        report["counts"] = {"largest": values.max(), "smallest": values.min()}
    elif len(values):
        report["scores"] = {"largest": values.max(), "smallest": values.min()}
    return report | {"settings": settings}


def _word2vec(file: Path, found: str) -> dict[str, Any]:
    """Describe a file whose first line has the sizes, without reading all of it."""
    from w2vcore.formats import registry
    from w2vcore.formats.atomic import open_binary
    from w2vcore.formats.streams import read_exactly
    from w2vcore.formats.word2vec_rows import parse_header

    with open_binary(file) as stream:
        count, size, _ = parse_header(read_exactly(stream, 512), str(file), found)
    first = registry.get(found).read(file, limit=SHOWN_WORDS, unicode_errors="replace")
    return {
        "kind": "keyedvectors",
        "vectors": count,
        "vector_size": size,
        "dtype": "float32",
        "first words": list(first.keys),
    }


def _vectors(snapshot: Any) -> dict[str, Any]:
    """Describe a snapshot that was read from a file."""
    from w2vcore.formats.subword_arrays import subwords_of
    from w2vcore.model.floret import FloretSubwords

    vectors, counts = snapshot.arrays["vectors"], snapshot.arrays.get("counts")
    report: dict[str, Any] = {
        "kind": snapshot.kind,
        "vectors": len(vectors),
        "vector_size": vectors.shape[1],
        "dtype": str(vectors.dtype),
        "first words": [key for key, _ in zip(snapshot.keys, range(SHOWN_WORDS), strict=False)],
    }
    if not len(vectors):
        del report["first words"]
    if counts is not None and len(counts):
        report["counts"] = {"sum": counts.sum(), "largest": counts.max(), "smallest": counts.min()}
    subwords = subwords_of(snapshot)
    if subwords is not None:
        sizes = f"{subwords.min_n} to {subwords.max_n} characters, in {len(subwords.table):,} rows"
        if isinstance(subwords, FloretSubwords):
            sizes += f" by {subwords.hash_count} hashes (floret)"
        whose = "words that are not in it" if len(vectors) else "all words"
        report["subwords"] = f"of {sizes}: {whose} have vectors{', too' if len(vectors) else ''}"
    others = {name: list(array.shape) for name, array in snapshot.arrays.items() if name not in ("vectors", "counts")}
    if others:
        report["arrays"] = others
    settings = {name: value for name, value in snapshot.settings.items() if name not in _HIDDEN}
    if settings:
        report["settings"] = settings
    history = snapshot.settings.get("training_history")
    if isinstance(history, list) and history and all(isinstance(row, dict) for row in history):
        columns = ("epoch", "words", "seconds", "words_per_second", "alpha", "loss", "accuracy")
        report["training history"] = [{name: row[name] for name in columns if name in row} for row in history]
    return report


def _table(rows: list[dict[str, Any]]) -> None:
    """Print rows with the same keys; epochs are counted from 1 here, as while training."""
    rows = [{**row, "epoch": row["epoch"] + 1} if "epoch" in row else row for row in rows]
    table = [[name, *(_text(row.get(name)) for row in rows)] for name in rows[0]]
    widths = [max(map(len, column)) for column in table]
    for line in zip(*table, strict=True):
        click.echo("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True)))


def _text(value: Any) -> str:
    value = value.item() if hasattr(value, "item") else value  # a plain number for NumPy's
    if isinstance(value, list):
        return (" x " if value and all(isinstance(item, int) for item in value) else " ").join(map(visible, value))
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.6g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "-" if value is None else visible(value)
