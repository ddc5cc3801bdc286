"""The formats by name, loaded when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, Protocol

from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot


@dataclass(frozen=True)
class Entry:
    """What is known of a format before its module is loaded.

    Attributes
    ----------
    module : str
        Has what `Format` lists.
    called : str
        What messages call a file of it.
    endings : tuple of str
        Of names for which the command line writes it, if it is not told what to write.
    written : bool
        Whether it can be written, or read only.
    packed : bool
        Whether a file may be compressed; not where it is written with seeks, or is two files.
    mapped : bool
        Whether its matrices can be mapped into memory.
    marked : bool
        Whether its files begin with a mark of their own; others look like any text.
    """

    module: str
    called: str
    endings: tuple[str, ...] = ()
    written: bool = True
    packed: bool = True
    mapped: bool = False
    marked: bool = False


# A format is a module and an entry here, in the order in which help lists them. A file is of the first whose `sniff`
# takes it, those with a mark being asked first.
FORMATS = {
    "native": Entry(
        "w2vcore.formats.native",
        "w2vcore's safetensors file",
        (".safetensors", ".kv", ".model"),
        mapped=True,
        marked=True,
    ),
    "word2vec_text": Entry(
        "w2vcore.formats.word2vec_text", "word2vec text with a header (fastText's .vec too)", (".txt", ".vec")
    ),
    "word2vec_binary": Entry("w2vcore.formats.word2vec_binary", "word2vec binary", (".bin",)),
    "projector": Entry("w2vcore.formats.projector", "Embedding Projector's TSV", (".tsv",), packed=False),
    "glove": Entry("w2vcore.formats.glove", "GloVe text without a header", (".glove", ".glove.txt")),
    "fasttext_binary": Entry("w2vcore.formats.fasttext_binary", "fastText model (.bin)", mapped=True, marked=True),
    "floret": Entry("w2vcore.formats.floret", "floret table", (".floret",), marked=True),
    "numpy": Entry("w2vcore.formats.numpy_file", "NumPy file", (".npz", ".npy"), packed=False, marked=True),
    "finalfusion": Entry("w2vcore.formats.finalfusion", "finalfusion file (.fifu)", (".fifu",), marked=True),
    "parquet": Entry(
        "w2vcore.formats.parquet",
        "table in a Parquet or Arrow file",
        (".parquet", ".arrow", ".feather"),
        marked=True,
    ),
    "gensim": Entry(
        "w2vcore.formats.gensim_native",
        "gensim save (a pickle, read without running it)",
        written=False,
        mapped=True,
        marked=True,
    ),
}


class Format(Protocol):
    """The interface of a format's module.

    One that writes more than the file at the path also has ``written_at(path)``, which returns all of them.
    """

    def read(self, source: PathLike | IO[bytes], **options: Any) -> Snapshot:
        """Return the contents of the file."""

    def write(self, snapshot: Snapshot, target: PathLike | IO[bytes], **options: Any) -> None:
        """Write a snapshot; a path is written atomically."""

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes (`foreign.HEAD_BYTES`) of a file look like this format."""


def get(name: str) -> Format:
    """Return the module of a format.

    Parameters
    ----------
    name : str

    Returns
    -------
    module
        With ``read``, ``write`` and ``sniff``.

    Raises
    ------
    ValueError
        If the name is unknown; the message lists the known ones.

    Examples
    --------
    >>> get("native").__name__
    'w2vcore.formats.native'
    """
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}; known formats: {', '.join(sorted(FORMATS))}")
    module: Any = import_module(FORMATS[name].module)
    return module  # type: ignore[no-any-return]
