"""Tables of keys and vectors in Parquet's and Arrow's files, through the package pyarrow.

A table is read as a column of keys (text or integers), a column of lists of numbers or else all columns of floats, and
a column of integers named ``count``, if there is one. It is written as ``key``, ``vector`` and, if there are counts,
``count``: in Arrow's format if the name ends in .arrow or .feather, else in Parquet's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import key_text, why_not_saved
from w2vcore.formats import word2vec_rows
from w2vcore.formats.atomic import COMPRESSED, PathLike
from w2vcore.formats.selection import check_matrix, selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import Options

_PARQUET, _ARROW = b"PAR1", b"ARROW1"
_ARROW_ENDINGS = (".arrow", ".feather")
_KEYS = ("key", "word", "token", "index", "__index_level_0__")  # preferred; the last is pandas' index
_VECTORS = ("vector", "embedding", "vectors", "embeddings")
_BLOCK_NUMBERS = 1 << 24  # numbers written at once


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are Parquet's or Arrow's."""
    return head.startswith((_PARQUET, _ARROW))


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError(f"Parquet and Arrow files need pyarrow: pip install w2vcore[parquet] ({error})") from error
    return pyarrow


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    """Load keys and vectors.

    Parameters
    ----------
    source : str, path-like or binary file
    **options
        ``limit`` and ``datatype``, as fields of `word2vec_rows.Options`. Texts are UTF-8.

    Raises
    ------
    ValueError
        If the columns cannot be identified, vectors differ in length, or the file is damaged.
    ImportError
        Without pyarrow.
    """
    chosen = Options(**options)
    arrow = _arrow()
    with word2vec_rows.opened(source) as (stream, _, name):
        try:
            table = _read_table(arrow, stream, chosen.limit)
        except arrow.ArrowException as error:
            raise ValueError(f"{name}: the file is damaged: {error!s:.300}") from None
    key, vectors = _columns(arrow, table.schema, name)
    for column in (key, *vectors):
        if table[column].null_count:
            raise ValueError(
                f"{name}: the column {column!r} has {table[column].null_count} empty values; drop them first"
            )
    matrix = _matrix(table, vectors, name)
    arrays = {"vectors": check_matrix(matrix, len(table), name)}
    if "count" in table.schema.names and key != "count" and arrow.types.is_integer(table.schema.field("count").type):
        arrays["counts"] = np.asarray(table["count"].to_numpy(), np.int64)
    return selected(Snapshot("keyedvectors", table[key].to_pylist(), arrays), chosen)


def _read_table(arrow: Any, stream: IO[bytes], limit: int | None) -> Any:
    from pyarrow import parquet

    file = arrow.PythonFile(stream, "r")
    begins = stream.read(6)
    stream.seek(0)
    if begins.startswith(_PARQUET):
        table = parquet.read_table(file)
    else:
        table = arrow.ipc.open_file(file).read_all()
    return table if limit is None else table.slice(0, limit)


def _columns(arrow: Any, schema: Any, name: str) -> tuple[str, list[str]]:
    """Return the names of the column of keys, and of the column of lists or those of floats."""
    types = arrow.types
    texts, integers, lists, floats = [], [], [], []
    for entry in schema:
        kind = entry.type.value_type if types.is_dictionary(entry.type) else entry.type
        if types.is_string(kind) or types.is_large_string(kind):
            texts.append(entry.name)
        elif types.is_integer(kind):
            integers.append(entry.name)
        elif types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
            lists.append(entry.name)
        elif types.is_floating(kind):
            floats.append(entry.name)
    key = _chosen(texts, _KEYS) or _chosen([each for each in integers if each != "count"], _KEYS)
    vector = _chosen(lists, _VECTORS)
    if key is None or (vector is None and not floats):
        there = ", ".join(f"{entry.name} ({entry.type})" for entry in list(schema)[:20])
        raise ValueError(
            f"{name}: expected a column of keys (one of text or integers, or named 'key') and one of lists of numbers "
            f"(or named 'vector'); there is {there or 'nothing'}"
        )
    return key, [vector] if vector is not None else floats


def _chosen(names: list[str], preferred: tuple[str, ...]) -> str | None:
    """Return the column with the first of the preferred names, else the only one."""
    found = next((name for name in preferred if name in names), None)
    return found or (names[0] if len(names) == 1 else None)


def _matrix(table: Any, columns: list[str], name: str) -> NDArray[Any]:
    from pyarrow import compute

    first = table[columns[0]]
    if not hasattr(first.type, "value_type"):  # floats
        return np.stack([table[column].to_numpy() for column in columns], axis=1)
    lengths = compute.list_value_length(first).to_numpy()
    size = getattr(first.type, "list_size", lengths[0] if len(lengths) else 0)
    wrong = np.flatnonzero(lengths != size)
    if len(wrong):
        row = int(wrong[0])
        raise ValueError(f"{name}: row {row + 1} has a vector of {lengths[row]} numbers instead of {size}")
    numbers = compute.list_flatten(first)
    if numbers.null_count:
        raise ValueError(f"{name}: {numbers.null_count} numbers of the vectors are empty")
    matrix: NDArray[Any] = numbers.to_numpy().reshape(len(table), size)
    return matrix


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> None:
    """Save keys, vectors and counts.

    Parameters
    ----------
    snapshot : Snapshot
        Keys must be all str or all integers.
    target : str, path-like or binary file

    Raises
    ------
    TypeError
        For other keys.
    ImportError
        Without pyarrow.
    """
    arrow = _arrow()
    reason = why_not_saved(snapshot.keys)
    if reason is not None:
        raise TypeError(reason)
    ending = "" if hasattr(target, "write") else os.fspath(target).lower()
    for packed in COMPRESSED:
        ending = ending.removesuffix(packed)
    blocks = _blocks(arrow, snapshot)
    first = next(blocks)
    with word2vec_rows.destination(target, append=False) as stream:
        if ending.endswith(_ARROW_ENDINGS):
            writer = arrow.ipc.new_file(stream, first.schema)
        else:
            from pyarrow import parquet

            writer = parquet.ParquetWriter(stream, first.schema)
        with writer:
            writer.write_table(first)
            for block in blocks:
                writer.write_table(block)


def _blocks(arrow: Any, snapshot: Snapshot) -> Iterator[Any]:
    """Yield tables of some rows, at least one table."""
    keys, vectors = snapshot.keys, snapshot.arrays["vectors"]
    integers = len(keys) > 0 and not isinstance(keys[0], str)
    rows = max(1, _BLOCK_NUMBERS // vectors.shape[1])
    for start in range(0, max(1, len(keys)), rows):
        block = np.ascontiguousarray(vectors[start : start + rows])
        some = keys[start : start + rows]
        columns = {
            "key": arrow.array(some, arrow.int64()) if integers else arrow.array(map(key_text, some), arrow.string()),
            "vector": arrow.FixedSizeListArray.from_arrays(arrow.array(block.ravel()), vectors.shape[1]),
        }
        if "counts" in snapshot.arrays:
            columns["count"] = arrow.array(np.asarray(snapshot.arrays["counts"][start : start + rows], np.int64))
        yield arrow.table(columns)
