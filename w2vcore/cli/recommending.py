"""The command that recommends items for sessions."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.common import command, option, print_json, quoted, say
from w2vcore.cli.lookup import load_vectors, model_class
from w2vcore.cli.paths import LocalPath, check_input, model_argument
from w2vcore.cli.visible import visible
from w2vcore.cli.waiting import size_of, waiting
from w2vcore.corpus.readers import decode

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.word2vec import Word2Vec

_AT_ONCE = 8192  # sessions read from a stream before they are answered
_TABLE = "Tables of sessions"
_TABLES = (".parquet", ".pq", ".arrow", ".feather", ".ipc", ".csv", ".tsv", ".csv.gz", ".tsv.gz")


@command()
@model_argument
@click.argument("sessions", required=False, type=LocalPath())
@option("-n", "--topn", type=click.IntRange(min=1), default=10, help="How many items to recommend.")
@option(
    "--mode",
    type=click.Choice(["next", "similar"]),
    default="next",
    help="Recommend what follows a session, by output vectors, or what is similar to its items.",
)
@option("--last", type=click.IntRange(min=0), default=1, help="How many of the latest items to ask with; 0: all.")
@option("--decay", type=float, default=1.0, help="Weight of an item in relation to the next one.")
@option("--exclude", type=LocalPath(), metavar="FILE", help="Items never to recommend, one a line.")
@option("--candidates", type=LocalPath(), metavar="FILE", help="Recommend no items but these, one a line.")
@option("--titles", type=LocalPath(), metavar="FILE", help="Titles to show: lines of an item, a tab and its title.")
@option("--keep-seen", is_flag=True, help="Items of the session may be recommended, too.")
@option(
    "--format",
    "form",
    type=click.Choice(["tsv", "lines", "json"]),
    default="tsv",
    help="A line for each item, for each session, or an object for each session.",
)
@option("--evaluate", is_flag=True, help="Hide the last item of each session, and print how often it is recommended.")
@option("--user", default="user", section=_TABLE, help="Column of users.")
@option("--item", default="item", section=_TABLE, help="Column of items.")
@option("--time", "moment", default="time", section=_TABLE, help="Column of times.")
@option("--session", "basket", section=_TABLE, help="Column of sessions, in place of --gap.")
@option("--gap", type=click.FloatRange(min=0), section=_TABLE, help="Seconds without an item that end a session.")
def recommend(
    model: Path,
    sessions: Path | None,
    topn: int,
    mode: str,
    last: int,
    decay: float,
    exclude: Path | None,
    candidates: Path | None,
    titles: Path | None,
    keep_seen: bool,
    form: str,
    evaluate: bool,
    user: str,
    item: str,
    moment: str,
    basket: str | None,
    gap: float | None,
) -> None:
    """Recommend items for sessions.

    MODEL is a file from 'w2vcore train' whose words are items. SESSIONS is a text with a session a line, its items
    separated by blanks, the latest last; without it, lines are read from stdin. It may be a table as well, of Parquet,
    Arrow, CSV or TSV, with a row for each item that a user took. A line of the answer is the number of the session (or
    its user), an item, its score and, with --titles, its title. Sessions without a known item get what is popular.

    For example:
      w2vcore recommend shop.safetensors sessions.txt
      echo "tea cup" | w2vcore recommend shop.safetensors --titles titles.tsv
      w2vcore recommend shop.safetensors clicks.parquet --gap 1800 --format json
      w2vcore recommend shop.safetensors tomorrow.txt --evaluate
    """
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.recommend import Recommender
    from w2vcore.recommend import evaluate as evaluated

    for path, name in ((exclude, "--exclude"), (candidates, "--candidates"), (titles, "--titles")):
        if path is not None:
            check_input(path, f"{name} is a text with an item a line")
    trained = _load(model, mode)
    keys = _Keys(trained if isinstance(trained, KeyedVectors) else trained.wv)
    ranker = Recommender(
        trained,
        mode,
        last=last or None,
        decay=decay,
        exclude=() if exclude is None else keys.of(_lines(exclude)),
        candidates=None if candidates is None else keys.of(_lines(candidates)),
        keep_seen=keep_seen,
        titles=None if titles is None else dict(_pairs(titles, keys)),
    )
    columns = {"user": user, "item": item, "time": moment, "session": basket, "gap": gap}
    named = _named_sessions(sessions, keys, columns)
    if evaluate:
        result = evaluated(ranker, [items for _, items in named], topn)
        print_json(result.as_dict()) if form == "json" else click.echo(str(result))
        return
    asked = unknown = cold = 0
    while some := list(islice(named, _AT_ONCE)):
        found = ranker.recommend_batch([items for _, items in some], topn)
        asked, unknown = asked + len(some), unknown + int(found.unknown.sum())
        cold += int(found.cold.sum())
        for number, (name, items) in enumerate(some):
            _print(name, items, found[number], found.titled(number) if titles is not None else None, form)
    if unknown:
        say(f"{unknown:,} items were unknown, and {cold:,} of {asked:,} sessions had no known one.")


def _load(path: Path, mode: str) -> Word2Vec | KeyedVectors:
    """Load a model, or vectors alone where these will do."""
    from w2vcore.formats.recognition import recognise
    from w2vcore.formats.wrapping import is_wrapped

    if mode == "similar":
        return load_vectors(path)
    check_input(path, "MODEL is a file of a model, from 'w2vcore train'")
    kind = recognise(path)
    mapped = kind == "native" and not is_wrapped(path)
    if kind in ("native", "gensim"):
        for name in ("word2vec", "fasttext", "doc2vec"):
            with suppress(AttributeError), waiting(f"Reading {path}{size_of(path)}"):
                return model_class(name).load(path, mmap="r" if mapped else None)
    raise click.ClickException(
        f"{path} has vectors alone, and --mode next needs a whole model, from 'w2vcore train': give one, or --mode "
        "similar"
    )


class _Keys:
    """Items of a command line as keys of a model, which may be integers."""

    def __init__(self, vectors: KeyedVectors) -> None:
        keys = vectors.index_to_key
        self.integers = len(keys) > 0 and not isinstance(keys[0], str)

    def of(self, words: Iterable[Any]) -> list[Any]:
        """Return words as keys; one that is no integer stays as it is, and unknown."""
        return [self.one(word) for word in words] if self.integers else list(map(str, words))

    def one(self, word: Any) -> Any:
        """Return one word as a key."""
        if not self.integers or not isinstance(word, str):
            return word if self.integers else str(word)
        return int(word) if len(word) < 20 and word.removeprefix("-").isdecimal() else word


def _named_sessions(source: Path | None, keys: _Keys, columns: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the name and the items of each session of a table, a text or stdin."""
    if source is not None:
        check_input(source, "SESSIONS is a text with a session a line, or a table")
    if source is None or not source.name.lower().endswith(_TABLES):
        for number, line in enumerate(_lines(source), 1):
            yield str(number), keys.of(line.split())
        return
    from w2vcore.recommend import read_sessions

    table = read_sessions(source, **columns)
    for number, items in enumerate(table):
        yield visible(table.users[number]), keys.of(items)


def _lines(path: Path | None) -> Iterator[str]:
    """Yield the lines of a text, or of stdin, without their ends."""
    if path is None and sys.stdin.isatty():
        click.echo("Reading sessions from the terminal, one a line; Ctrl-D ends them.", err=True)
    with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            yield decode(line, "stdin" if path is None else str(path), number).rstrip("\r\n")


def _pairs(path: Path, keys: _Keys) -> Iterator[tuple[Any, str]]:
    for number, line in enumerate(_lines(path), 1):
        item, tab, title = line.partition("\t")
        if not tab:
            raise click.ClickException(f"{quoted(path)}, line {number}: expected an item, a tab and a title")
        yield keys.one(item), title


def _print(
    name: str,
    items: Sequence[Any],
    found: Sequence[tuple[Any, float]],
    titles: Sequence[tuple[str, float]] | None,
    form: str,
) -> None:
    """Print what is recommended for a session."""
    shown = [None] * len(found) if titles is None else [title for title, _ in titles]
    if form == "json":
        answer = [
            {"item": item, "score": score} | ({} if title is None else {"title": title})
            for (item, score), title in zip(found, shown, strict=True)
        ]
        print_json({"session": name, "items": list(items), "recommended": answer})
    elif form == "lines":
        click.echo(" ".join(visible(item) for item, _ in found))
    else:
        for (item, score), title in zip(found, shown, strict=True):
            columns = [name, visible(item), "" if score != score else f"{score:.4f}"]  # noqa: PLR0124 - NaN
            click.echo("\t".join(columns if title is None else [*columns, visible(title)]))
