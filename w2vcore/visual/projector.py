"""A folder for TensorBoard's Embedding Projector: vectors, words with their counts, and the file that names both.

    log_dir/vectors.tsv             a line of numbers for each word
    log_dir/metadata.tsv            its word, and its count where counts are known
    log_dir/projector_config.pbtxt  by which ``tensorboard --logdir log_dir`` finds them

The page reads metadata line by line and skips empty lines, so each word must be one visible line: see `label`.
Layout: https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from w2vcore.corpus.keying import key_text
from w2vcore.formats import projector
from w2vcore.formats.atomic import PathLike, atomic_writes, expanded, is_url
from w2vcore.model.checks import check_int
from w2vcore.visual.protocol import ShownVectors, check_vectors

VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"
EMPTY = "(empty)"

# Characters that some reader takes for the end of a line or a column, that terminals do not show, or that UTF-8 cannot
# encode. Format characters (U+200D in emoji, U+200C in Persian) belong to words.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def label(key: Any) -> str:
    r"""Return a key as the Projector can show it: one line, one column, something to see.

    Control characters, line separators and what UTF-8 cannot encode are escaped as in a string literal of Python. A
    word of spaces becomes ``\x20`` for each, the empty word ``(empty)``. Every other word stays as it is.

    Examples
    --------
    >>> print(label("New\tYork"), label(" "), label(""), label(7))
    New\tYork \x20 (empty) 7
    """
    text = key_text(key)
    if not text:
        return EMPTY
    if text.isspace():
        return text.encode("unicode_escape").decode("ascii").replace(" ", r"\x20")
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def export_projector(wv: ShownVectors, log_dir: PathLike, name: str = "word2vec", *, limit: int | None = None) -> Path:
    r"""Write what TensorBoard's Embedding Projector shows: ``tensorboard --logdir LOG_DIR``.

    The three files of an earlier export are replaced together, or stay as they are if anything goes wrong. Without
    TensorBoard, load the two .tsv files at https://projector.tensorflow.org.

    Parameters
    ----------
    wv : KeyedVectors
        ``model.wv`` of a model.
    log_dir : str or path-like
        A local folder; made if it is not there.
    name : str
        How the Projector calls the vectors.
    limit : int, optional
        The first rows only, which are the most frequent words; default: all rows. The page holds all vectors in memory,
        and draws up to 100,000 of them.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    TypeError
        If `wv` is no KeyedVectors, or one of its rows has no key.
    ValueError
        If there are no vectors, or `name` or `limit` is not allowed.
    NotADirectoryError
        If `log_dir` is a file.

    Examples
    --------
    >>> import tempfile
    >>> from w2vcore import KeyedVectors
    >>> wv = KeyedVectors(2)
    >>> wv.add_vectors(["road", "New\nYork"], [[0.5, 1], [0.25, -1]])
    >>> folder = export_projector(wv, tempfile.mkdtemp(), name="two words")
    >>> print((folder / "metadata.tsv").read_text(), end="")
    road
    New\nYork
    """
    keys, counts = _checked(wv, name, limit)
    folder = check_folder(log_dir)
    folder.mkdir(parents=True, exist_ok=True)
    config = [f'  {field}: "{_quoted(text)}"\n' for field, text in _fields(name)]
    vectors = wv.vectors[: len(keys)]
    with atomic_writes(folder / VECTORS, folder / CONFIG, folder / METADATA) as (rows, fields, words):
        words.writelines(_lines(keys, counts))
        projector.write_rows(vectors, rows)
        fields.write("".join(["embeddings {\n", *config, "}\n"]).encode())
    return folder


def _checked(wv: Any, name: Any, limit: Any) -> tuple[list[Any], Any]:
    """Return the keys to write, and their counts or None."""
    wv = check_vectors(wv)
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"name must be a text that the Projector shows, got {name!r}")
    if limit is not None:
        limit = check_int("limit", limit, 1, hint="rows to write; None: all")
    keys = wv.index_to_key[:limit]
    if not keys:
        raise ValueError("there are no vectors to export; train a model or load vectors first")
    if None in keys:
        raise TypeError(
            f"row {keys.index(None)} has no key (allocated and never filled); fill it with add_vector before exporting"
        )
    column = wv.expandos.get("count")
    return keys, None if column is None or len(column) < len(keys) else column[: len(keys)].tolist()


def check_folder(log_dir: Any) -> Path:
    """Return the path of a local folder, which need not be there.

    Raises
    ------
    ValueError
        If it is no local path.
    NotADirectoryError
        If it is a file.
    """
    if not isinstance(log_dir, (str, os.PathLike)) or is_url(os.fspath(log_dir)):
        raise ValueError(f"log_dir must be the path of a local folder, got {log_dir!r}")
    folder = Path(expanded(log_dir))
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"log_dir={os.fspath(log_dir)!r} is a file; give the name of a folder")
    return folder


def _lines(keys: list[Any], counts: list[int] | None) -> Iterator[bytes]:
    """Yield the lines of metadata. A single column has no line with its name, several columns do."""
    if counts is None:
        for key in keys:
            yield f"{label(key)}\n".encode()
        return
    yield b"word\tcount\n"
    for key, count in zip(keys, counts, strict=True):
        yield f"{label(key)}\t{count}\n".encode()


def _fields(name: str) -> list[tuple[str, str]]:
    return [("tensor_name", label(name)), ("tensor_path", VECTORS), ("metadata_path", METADATA)]


def _quoted(text: str) -> str:
    """Escape a text for a string of the configuration, which is in protobuf's text format."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
