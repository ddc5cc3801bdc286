"""Vectors as tables of other packages: a pandas DataFrame, a Parquet file."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from w2vcore.formats.atomic import PathLike, atomic_write, expanded
from w2vcore.formats.destination import check_destination
from w2vcore.model.checks import check_int
from w2vcore.visual import maps
from w2vcore.visual.metadata import metadata_of


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"a table needs {name}: pip install w2vcore[tables] ({error})") from error


def columns(wv: Any, limit: int | None, method: str | None, metadata: Any, seed: int) -> dict[str, Any]:
    """Return what is known of keys by the names of columns; ``vector`` is the matrix."""
    limit = len(wv) if limit is None else check_int("limit", limit, 1, hint="rows; None: all")
    keys = wv.index_to_key[:limit]
    if None in keys:
        raise ValueError(
            f"row {keys.index(None)} has no key (allocated and never filled); fill it with add_vector first"
        )
    vectors = np.asarray(wv.vectors)[: len(keys)]
    if method is not None:
        maps.check_method(method, "a table", auto=True)
        chosen, _ = maps.taken(method, len(keys))  # type: ignore[arg-type]
        points = maps.project(vectors, 2, chosen, seed)
    known = metadata_of(metadata, keys)
    found: dict[str, Any] = {"key": keys}
    if known.titles is not None:
        found["title"] = known.titles
    for name, column in wv.expandos.items():
        if len(column) >= len(keys):
            found[name] = column[: len(keys)]
    for each in known.columns:
        found[each.name] = each.texts if each.numbers is None else each.numbers
    if method is not None:
        found |= {"x": points[:, 0], "y": points[:, 1]}
    return found | {"vector": vectors}


def to_frame(wv: Any, limit: int | None, method: str | None, metadata: Any, seed: int) -> Any:
    """Return a DataFrame; see `KeyedVectors.to_frame`."""
    pandas = _package("pandas")
    found = columns(wv, limit, method, metadata, seed)
    return pandas.DataFrame({**found, "vector": list(found["vector"])})


def export_parquet(wv: Any, path: PathLike, limit: int | None, method: str | None, metadata: Any, seed: int) -> Path:
    """Write a Parquet file; see `KeyedVectors.export_parquet`."""
    arrow = _package("pyarrow")
    parquet = _package("pyarrow.parquet")
    check_destination(path, f"path={os.fspath(path)!r}")
    found = columns(wv, limit, method, metadata, seed)
    matrix = np.ascontiguousarray(found.pop("vector"), np.float32)
    arrays = {name: arrow.array(values) for name, values in found.items()}
    arrays["vector"] = arrow.FixedSizeListArray.from_arrays(arrow.array(matrix.ravel()), matrix.shape[1])
    with atomic_write(path) as file:
        parquet.write_table(arrow.table(arrays), file)
    return Path(expanded(path))
