"""Formats on the command line: by name, or by the ending of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2vcore.cli.paths import StringType, check_output

if TYPE_CHECKING:
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.word2vec import Word2Vec

_WORD2VEC: dict[str, dict[str, Any]] = {
    "word2vec_text": {},
    "word2vec_binary": {"binary": True},
    "glove": {"write_header": False},
}


def shown(name: str) -> str:
    """Return the registry's name of a format as the command line spells it."""
    return name.replace("_", "-")


class FormatName(StringType):
    """The name of a format in the registry, with hyphens for underscores.

    Parameters
    ----------
    written : bool
        Leave out formats that can only be read.
    """

    name = "format"

    def __init__(self, written: bool) -> None:
        self.written = written

    def names(self) -> list[str]:
        """Return the names as the command line spells them."""
        from w2vcore.formats.registry import FORMATS

        return [shown(name) for name, entry in FORMATS.items() if not self.written or entry.written]

    def get_metavar(self, *_: Any, **__: Any) -> str:
        """Return what the help shows."""
        return "[" + "|".join(self.names()) + "]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the registry's name."""
        name = shown(str(value).lower())
        if name not in self.names():
            self.fail(f"{value!r} is not one of {', '.join(self.names())}", param, ctx)
        return name.replace("-", "_")


def by_ending(path: Path) -> str | None:
    """Return the format that the ending of a name stands for, apart from that of a compression.

    Examples
    --------
    >>> by_ending(Path("vectors.txt.gz")), by_ending(Path("vectors.bin")), by_ending(Path("vectors"))
    ('word2vec_text', 'word2vec_binary', None)
    """
    from w2vcore.formats.atomic import COMPRESSED
    from w2vcore.formats.registry import FORMATS

    name = path.name.lower()
    for packed in COMPRESSED:
        name = name.removesuffix(packed)
    matches = [
        (len(ending), known) for known, entry in FORMATS.items() for ending in entry.endings if name.endswith(ending)
    ]
    return max(matches)[1] if matches else None  # the longest ending wins: .glove.txt is GloVe's


def check_packing(path: Path, name: str) -> None:
    """Refuse, before the work, to compress a format that is written with seeks, or in two files."""
    from w2vcore.formats.atomic import is_compressed
    from w2vcore.formats.registry import FORMATS

    if is_compressed(path) and not FORMATS[name].packed:
        raise click.ClickException(f"{path}: {name} files are not packed; leave {path.suffix} out")


def files_of(path: Path, name: str) -> list[Path]:
    """Return the files that a format writes at a path."""
    from w2vcore.formats import registry

    written_at = getattr(registry.get(name), "written_at", None)  # only formats of two files have it
    return [path] if written_at is None else list(written_at(path))


def check_format(path: Path, name: str, option: str, source: Path | None = None) -> None:
    """Refuse, before the work, a path to which a format cannot be written."""
    check_packing(path, name)
    for file in files_of(path, name):
        check_output(file, option, source)


def save_model(model: Word2Vec, path: Path, name: str) -> None:
    """Save a model: the whole in the native format and, of n-grams, in fastText's; its vectors in others."""
    from w2vcore.fasttext import FastText, save_facebook_model

    if name == "native":
        model.save(path)
    elif name == "fasttext_binary" and isinstance(model, FastText):
        save_facebook_model(model, path)
    else:
        save_vectors(model.wv, path, name)


def save_vectors(vectors: KeyedVectors, path: Path, name: str) -> list[Path]:
    """Save vectors in a format, and return the files that were written."""
    from w2vcore.formats import registry

    if name in _WORD2VEC and "count" in vectors.expandos:  # this sorts the rows by count
        vectors.save_word2vec_format(path, **_WORD2VEC[name])
        return [path]
    registry.get(name).write(vectors.snapshot(), path)
    return files_of(path, name)
