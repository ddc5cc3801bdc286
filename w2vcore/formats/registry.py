"""The formats by name, loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import IO, Any, Protocol

from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot

# A format is a module with read, write and sniff; one line here makes it known.
FORMATS: dict[str, str] = {
    "native": "w2vcore.formats.native",
    "word2vec_text": "w2vcore.formats.word2vec_text",
    "word2vec_binary": "w2vcore.formats.word2vec_binary",
    "glove": "w2vcore.formats.glove",
    "fasttext_binary": "w2vcore.formats.fasttext_binary",
    "numpy": "w2vcore.formats.numpy_file",
    "projector": "w2vcore.formats.projector",
    "finalfusion": "w2vcore.formats.finalfusion",
    "parquet": "w2vcore.formats.parquet",
    "gensim": "w2vcore.formats.gensim_native",
}


class Format(Protocol):
    """The interface of a format's module."""

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
    module: Any = import_module(FORMATS[name])
    return module  # type: ignore[no-any-return]
