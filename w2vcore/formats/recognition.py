"""Any file of vectors: recognise its format by its first bytes and its name, and load it."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import IO, Any, cast

from w2vcore.formats import evidence, foreign, gensim_native, gensim_save, native, projector, registry, word2vec_binary
from w2vcore.formats.atomic import PathLike, expanded, is_url, open_binary
from w2vcore.formats.selection import selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.streams import read_exactly
from w2vcore.formats.word2vec_rows import Options, parse_header

logger = logging.getLogger(__name__)


def candidates() -> list[str]:
    """Return the names of the formats in the order in which they are asked: those with a mark of their own first."""
    return sorted(registry.FORMATS, key=lambda name: not registry.FORMATS[name].marked)


def recognise(path: PathLike) -> str:
    r"""Return the name of the format of a file, as in the registry.

    Raises
    ------
    ValueError
        If no format matches; the message says what the file is, or shows how it begins.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.txt"
    >>> _ = path.write_text("the 0.5 1\n")
    >>> recognise(path)
    'glove'
    """
    name = os.fspath(path)
    if projector.is_metadata(path):
        return "projector"
    with open_binary(path) as stream:
        head = read_exactly(stream, evidence.SAMPLE_BYTES)
    if projector.is_tensor(path) and projector.sniff(head):  # a row of two integers would be a header
        return "projector"
    for candidate in candidates():
        if registry.get(candidate).sniff(head):
            return candidate
    what = foreign.describe(head[: foreign.HEAD_BYTES], name)
    if what is None:
        _check_header(head, name)
    begins = f"it begins with {head[:40]!r}"
    if not head.strip():
        begins = "there is nothing but blanks in it" if head else "it is empty; was it copied or downloaded to its end?"
    raise ValueError(f"{name}: {f'this is {what}' if what else f'no known file of vectors: {begins}'}")


def _check_header(head: bytes, name: str) -> None:
    """Say what is wrong with a file that has a word2vec header."""
    try:
        count, size, start = parse_header(head[:512], "", "")
    except ValueError:
        return
    word2vec_binary.check_rows(head[start:], count, size, len(head) < evidence.SAMPLE_BYTES, name)


def read(path: PathLike, mmap: str | None = None, **options: Any) -> Snapshot:
    """Load a file of any known format.

    Parameters
    ----------
    path : str or path-like
        May be compressed, or an address that smart_open reads.
    mmap : {None, "r", "r+", "c"}
        Map the matrices; w2vcore's own files, gensim's with arrays beside them, and fastText's models ("r" only).
    **options
        ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as fields of `word2vec_rows.Options`.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError, EOFError
        As the format raises it, with the format that was recognised.
    """
    chosen = Options(**options)
    found = recognise(path)
    called = registry.FORMATS[found].called
    logger.info("%s: %s", os.fspath(path), called)
    if mmap is not None and not registry.FORMATS[found].mapped:
        raise ValueError(
            f"mmap={mmap!r} is for files of w2vcore, gensim and fastText; {os.fspath(path)!r} is a {called}"
        )
    module: Any = registry.get(found)
    try:
        if found == "native":
            return selected(module.read(path, mmap=mmap), chosen)
        if registry.FORMATS[found].mapped:
            return _as_read(module.read(path, mmap=mmap, **options))
        if found == "projector":
            path = module.paths(path)[0] if module.is_metadata(path) else path
        return _as_read(module.read(path, **options))
    except (ValueError, EOFError) as error:
        if not isinstance(error, UnicodeDecodeError) and len(error.args) == 1:
            error.args = (f"{error.args[0]} (read as {called})",)
        raise


def is_gensim_save(source: PathLike | IO[bytes]) -> bool:
    """Whether a file begins like gensim's saves; the position of an open one does not change.

    Examples
    --------
    >>> import io, pickle
    >>> is_gensim_save(io.BytesIO(pickle.dumps({})))
    True
    """
    if not hasattr(source, "read"):
        if (
            not is_url(source) and not Path(expanded(source)).is_file()
        ):  # missing, or a pipe, which can be read only once
            return False
        with open_binary(source) as stream:
            return gensim_save.sniff(read_exactly(stream, foreign.HEAD_BYTES))
    stream = cast("IO[bytes]", source)
    if not stream.seekable():  # the buffer of a pipe may hold its beginning
        peek: Any = getattr(stream, "peek", lambda count: b"")
        return gensim_save.sniff(peek(foreign.HEAD_BYTES))
    here = stream.tell()
    head = read_exactly(stream, foreign.HEAD_BYTES)
    stream.seek(here)
    return gensim_save.sniff(head)


def read_saved(source: PathLike | IO[bytes], mmap: str | None = None) -> Snapshot:
    """Load vectors, or a model, that `save` wrote: w2vcore's or gensim's.

    Parameters
    ----------
    source : str, path-like or binary file
    mmap : {None, "r", "r+", "c"}
        Map the matrices.

    Raises
    ------
    ValueError, EOFError, AttributeError, OSError
        As the format raises it.
    """
    if is_gensim_save(source):
        return gensim_native.read(source, mmap, datatype=None)
    return native.read(source, mmap=mmap)


def _as_read(snapshot: Snapshot) -> Snapshot:
    logger.info("%d keys, vectors of %d numbers", *snapshot.arrays["vectors"].shape)
    return snapshot
