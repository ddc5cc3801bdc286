"""The command that measures vectors: by analogies, and against similarities that people have judged."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import command, option, print_json, with_json
from w2vcore.cli.lookup import load_vectors
from w2vcore.cli.paths import LocalPath, check_input, model_argument
from w2vcore.cli.visible import visible
from w2vcore.corpus.files import open_bytes

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors

DELIMITERS = ("\t", ",", ";", " ")
HEAD_LINES = 50  # lines from which the kind of a file is recognised


@command()
@model_argument
@click.argument("files", nargs=-1, type=LocalPath(), metavar="[FILE]...")
@option(
    "--restrict-vocab",
    type=click.IntRange(min=0),
    default=300_000,
    help="Use only the first (most frequent) words, as is usual; 0 for all. This changes the score.",
)
@option("--case-sensitive", is_flag=True, help="Treat 'Paris' and 'paris' as two words.")
@option("--unknown-is-wrong", is_flag=True, help="Count questions with unknown words as wrong (pairs: as 0).")
@option("--cosmul", is_flag=True, help="Answer analogies by 3CosMul.")
@with_json
def evaluate(model: Path, files: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Measure vectors by analogies and by judged similarities.

    FILE: analogies, with lines "a b c d" under headings ": section", such as Google's questions-words.txt; or pairs,
    with lines "word word number", separated by tabs, commas or blanks, such as WordSim-353. The kind of a file is
    recognised. Without FILE, a small set of analogies that comes with the package is asked.

    For example:
      w2vcore evaluate model.safetensors
      w2vcore evaluate model.safetensors questions-words.txt wordsim353.tsv
      w2vcore evaluate vectors.bin questions-words.txt --restrict-vocab 30000 --json
    """
    for file in files:
        check_input(file, "FILE holds analogies or pairs of words")
    if not files:
        from w2vcore import datasets

        files = (datasets.analogies(),)
    kinds = [sniff(file) for file in files]
    vectors = load_vectors(model)
    options["restrict_vocab"] = options["restrict_vocab"] or None
    cosmul = options.pop("cosmul")
    common = {
        "restrict_vocab": options["restrict_vocab"],
        "case_insensitive": not options["case_sensitive"],
        "dummy4unknown": options["unknown_is_wrong"],
    }
    reports = []
    for file, delimiter in zip(files, kinds, strict=True):
        if delimiter is None:
            report = _analogies(vectors, file, cosmul, common)
        else:
            report = _pairs(vectors, file, delimiter, common)
        reports.append(report)
        if not as_json:
            _print(report)
    if as_json:
        print_json(reports)


def sniff(file: Path) -> str | None:
    """Return the delimiter of a file of pairs, None for a file of analogies.

    Raises
    ------
    click.ClickException
        If it is neither.
    """
    with open_bytes(file) as stream:
        lines = [line.decode("utf8", "replace").strip() for line in islice(stream, HEAD_LINES)]
    lines = [line for line in lines if line and not line.startswith("#")]
    if any(line.startswith(": ") for line in lines):
        return None
    for delimiter in DELIMITERS:
        if lines and 2 * sum(_is_pair(line.split(delimiter)) for line in lines) > len(lines):
            return delimiter
    raise click.ClickException(
        f"{file}: neither analogies (lines 'a b c d' under headings ': section') nor pairs (lines 'word word number' "
        "with tabs, commas or blanks between)"
    )


def _is_pair(fields: list[str]) -> bool:
    if len(fields) < 3 or not all(fields[:3]):
        return False
    try:
        float(fields[2])
    except ValueError:
        return False
    return True


def _analogies(vectors: KeyedVectors, file: Path, cosmul: bool, common: dict[str, Any]) -> dict[str, Any]:
    from w2vcore.query import analogies

    method = "most_similar_cosmul" if cosmul else "most_similar"
    _, sections = vectors.evaluate_word_analogies(file, similarity_function=method, **common)
    in_file = sum(len(section.questions) for section in analogies.read(file, str))
    rows = [
        {
            "section": section["section"],
            "correct": len(section["correct"]),
            "asked": (asked := len(section["correct"]) + len(section["incorrect"])),
            "accuracy": len(section["correct"]) / asked if asked else None,
        }
        for section in sections
    ]
    total = rows.pop()
    if not total["asked"]:
        raise click.ClickException(
            f"{file}: none of its {in_file:,} questions has four known words, so none could be asked; is it in the "
            "language of the model, and does the model know names?"
        )
    return {
        "file": str(file),
        "kind": "analogies",
        "method": "3CosMul" if cosmul else "3CosAdd",
        "restrict_vocab": common["restrict_vocab"],
        "questions": in_file,
        **{name: total[name] for name in ("asked", "correct", "accuracy")},
        "sections": rows,
    }


def _pairs(vectors: KeyedVectors, file: Path, delimiter: str, common: dict[str, Any]) -> dict[str, Any]:
    pearson, spearman, unknown = vectors.evaluate_word_pairs(file, delimiter=delimiter, **common)
    return {
        "file": str(file),
        "kind": "similarity",
        "restrict_vocab": common["restrict_vocab"],
        "unknown_percent": unknown,
        "spearman": float(spearman[0]),
        "spearman_p": float(spearman[1]),
        "pearson": float(pearson[0]),
        "pearson_p": float(pearson[1]),
    }


def _print(report: dict[str, Any]) -> None:
    words = "all words" if report["restrict_vocab"] is None else f"the first {report['restrict_vocab']:,} words"
    name = visible(Path(report["file"]).name)
    if report["kind"] == "similarity":
        click.echo(f"{name}: pairs, {words}")
        click.echo(f"  Spearman {report['spearman']:.3f} (p {report['spearman_p']:.1e})")
        click.echo(f"  Pearson  {report['pearson']:.3f} (p {report['pearson_p']:.1e})")
        click.echo(f"  {report['unknown_percent']:.1f} % of the pairs have an unknown word")
        return
    click.echo(f"{name}: analogies by {report['method']}, {words}")
    for row in [*report["sections"], {"section": "all", **report}]:
        share = "-" if row["accuracy"] is None else f"{100 * row['accuracy']:.1f} %"
        click.echo(f"  {share:>7}  {row['correct']:>6,} of {row['asked']:>6,}  {visible(row['section'])}")
    left = report["questions"] - report["asked"]
    click.echo(f"  {left:,} of {report['questions']:,} questions were left out: they have an unknown word")
