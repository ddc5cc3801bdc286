"""A folder for TensorBoard's Embedding Projector: vectors, words with their counts, and the file that names both.

    log_dir/vectors.tsv             a line of numbers for each word
    log_dir/metadata.tsv            its word, and its count where counts are known
    log_dir/projector_config.pbtxt  by which ``tensorboard --logdir log_dir`` finds them

The page reads metadata line by line and skips empty lines, so each word must be one visible line: see `label`.
Layout: https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from w2vcore.formats import projector
from w2vcore.formats.atomic import PathLike, atomic_writes, expanded, is_url
from w2vcore.model.checks import check_int
from w2vcore.visual.labels import label, on_a_line
from w2vcore.visual.metadata import metadata_of
from w2vcore.visual.protocol import ShownVectors, check_vectors

VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"


def export_projector(
    wv: ShownVectors,
    log_dir: PathLike,
    name: str = "word2vec",
    *,
    limit: int | None = None,
    metadata: Any = None,
) -> Path:
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
    metadata : dict, DataFrame, str or path-like, optional
        What else is known of the keys, as `w2vcore.visual.explore` takes it: further columns, by which the Projector
        colours and labels the points.

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
    table = _columns(keys, counts, metadata)
    folder = check_folder(log_dir)
    folder.mkdir(parents=True, exist_ok=True)
    config = [f'  {field}: "{_quoted(text)}"\n' for field, text in _fields(name)]
    vectors = wv.vectors[: len(keys)]
    with atomic_writes(folder / VECTORS, folder / CONFIG, folder / METADATA) as (rows, fields, words):
        words.writelines(_lines(table))
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


def _columns(keys: list[Any], counts: list[int] | None, metadata: Any) -> list[tuple[str, list[Any]]]:
    """Return the columns of metadata by their names, keys first."""
    known = metadata_of(metadata, keys)
    titles = [] if known.titles is None else [("title", known.titles)]
    further = [(each.name, each.texts) for each in known.columns]
    return [("word", keys), *([] if counts is None else [("count", counts)]), *titles, *further]


def _lines(columns: list[tuple[str, list[Any]]]) -> Iterator[bytes]:
    """Yield the lines of metadata. A single column has no line with its name, several columns do."""
    if len(columns) > 1:
        yield ("\t".join(on_a_line(name) for name, _ in columns) + "\n").encode()
    for key, *cells in zip(*(values for _, values in columns), strict=True):
        yield ("\t".join([label(key), *(on_a_line(str(cell)) for cell in cells)]) + "\n").encode()


def _fields(name: str) -> list[tuple[str, str]]:
    return [("tensor_name", label(name)), ("tensor_path", VECTORS), ("metadata_path", METADATA)]


def _quoted(text: str) -> str:
    """Escape a text for a string of the configuration, which is in protobuf's text format."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
