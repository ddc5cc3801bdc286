"""Columns of tables as arrays: files of Parquet, Arrow and CSV, data frames, and mappings of arrays.

Ids become numbers from 0 on and a list of what they stand for, in the form that they have in the table: integers stay
integers. In a CSV file they are integers if all of a column are written as Python writes them, else text: ``007`` is
not 7. pandas and pyarrow are imported when a table is theirs.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.keying import as_integers, clean_keys

_PARQUET, _ARROW = (".parquet", ".pq"), (".arrow", ".feather", ".ipc")
_CSV = {".csv": ",", ".tsv": "\t"}
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
MISSING = -1


@dataclass(frozen=True, eq=False)
class Ids:
    """A column of ids.

    Attributes
    ----------
    codes : ndarray of int64, shape (rows,)
        The number of each id; `MISSING` where there is none.
    keys : list
        The id of each number.
    """

    codes: NDArray[np.int64]
    keys: list[Any]


def columns_of(source: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Return some columns of a table, each as its library has it.

    Parameters
    ----------
    source : path, data frame, table or mapping of arrays
    names : mapping
        What a column is for -> its name. One for "time" is read as it is, the others as ids.

    Raises
    ------
    ValueError
        If a column is not there, or the ending of a file says nothing.
    ImportError
        If a file needs a package that is not installed.
    """
    table, there = _opened(source, names) if isinstance(source, (str, os.PathLike)) else _in_memory(source)
    for purpose, name in names.items():
        if name not in there:
            shown = ", ".join(map(str, there[:20])) or "none"
            raise ValueError(f"{purpose}={name!r} is not a column of the table, which has: {shown}")
    return {purpose: table[name] for purpose, name in names.items()}


def _in_memory(source: Any) -> tuple[Any, list[Any]]:
    if hasattr(source, "to_arrow"):  # polars
        source = source.to_arrow()
    if hasattr(source, "column_names"):  # pyarrow
        return source, list(source.column_names)
    if isinstance(source, Mapping) or hasattr(source, "columns"):
        return source, list(source.columns if hasattr(source, "columns") else source)
    raise TypeError(
        f"a table of sessions must be a file, a data frame, or a mapping of columns, got {type(source).__name__}"
    )


def _opened(source: str | os.PathLike[str], names: Mapping[str, str]) -> tuple[Any, list[Any]]:
    path = Path(source)
    endings = [ending.lower() for ending in path.suffixes]
    packed = bool(endings) and endings[-1] in _PACKED
    ending = (endings[:-1] if packed else endings)[-1:]
    kind = ending[0] if ending else ""
    if kind in _CSV:
        return _read_csv(path, _CSV[kind], names)
    if packed or kind not in _PARQUET + _ARROW:
        known = ", ".join([*_PARQUET, *_ARROW, *_CSV])
        raise ValueError(f"{path}: the name of a table must end in one of {known} (or .csv.gz and the like)")
    arrow = _package("pyarrow", path)
    if kind in _ARROW:
        with path.open("rb") as stream:
            table = arrow.ipc.open_file(stream).read_all()
        return table, list(table.column_names)
    parquet = import_module("pyarrow.parquet")
    there = list(parquet.read_schema(path).names)
    return parquet.read_table(path, columns=[name for name in names.values() if name in there]), there


def _read_csv(path: Path, separator: str, names: Mapping[str, str]) -> tuple[Any, list[Any]]:
    pandas = _package("pandas", path)
    there = list(pandas.read_csv(path, sep=separator, nrows=0).columns)
    wanted = [name for name in names.values() if name in there]
    ids = {name: str for purpose, name in names.items() if purpose != "time"}
    # only an empty field is missing: an item may be called NA or null
    missing = {"keep_default_na": False, "na_values": [""]}
    frame = pandas.read_csv(path, sep=separator, usecols=wanted, dtype=ids, **missing)
    return {name: _TextIds(frame[name]) if name in ids else frame[name] for name in wanted}, there


@dataclass(frozen=True)
class _TextIds:
    """Ids as they are written in a file, which are integers if all are written so."""

    column: Any


def _package(name: str, needed_by: Path) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"{needed_by} needs {name}: pip install w2vcore[tables] ({error})") from error


def ids_of(column: Any, name: str) -> Ids:
    """Return a column as numbers of ids.

    Raises
    ------
    TypeError
        If its values are floats, which ids of integers become where some are missing, or cannot be keys.

    Examples
    --------
    >>> found = ids_of(np.array([70, 20, 70]), "item")
    >>> found.codes.tolist(), found.keys
    ([1, 0, 1], [20, 70])
    """
    if isinstance(column, _TextIds):
        found = ids_of(column.column, name)
        try:
            return Ids(found.codes, as_integers(found.keys))
        except ValueError:
            return found
    if hasattr(column, "dictionary_encode"):
        codes, keys = _of_arrow(column, name)
    elif hasattr(column, "factorize") and not isinstance(column, np.ndarray):
        _refuse_floats(str(column.dtype).lower().startswith("float"), name)
        codes, values = column.factorize(use_na_sentinel=True)
        keys = values.tolist()
    else:
        array = np.asarray(column)
        _refuse_floats(array.dtype.kind == "f", name)
        if array.dtype == object:  # NumPy would sort them, which values of several types do not allow
            rows: dict[Any, int] = {}
            codes = np.array(
                [MISSING if _is_missing(key) else rows.setdefault(key, len(rows)) for key in array.tolist()]
            )
            keys = list(rows)
        else:
            values, codes = np.unique(array, return_inverse=True)
            keys = values.tolist()
    return Ids(np.asarray(codes, np.int64), clean_keys(keys, name))


def _is_missing(key: Any) -> bool:
    return key is None or key != key or type(key).__name__ in ("NAType", "NaTType")  # noqa: PLR0124 - true only for NaN


def _of_arrow(column: Any, name: str) -> tuple[NDArray[Any], list[Any]]:
    kind = getattr(column.type, "value_type", column.type)
    _refuse_floats(str(kind) in ("float", "double", "halffloat"), name)
    encoded = column.dictionary_encode()
    if hasattr(encoded, "unify_dictionaries"):
        encoded = encoded.unify_dictionaries()
    if hasattr(encoded, "combine_chunks"):
        encoded = encoded.combine_chunks()
    if hasattr(encoded, "num_chunks"):  # older versions return one chunk
        if not encoded.num_chunks:
            return np.empty(0, np.int64), []
        encoded = encoded.chunk(0)
    return encoded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def _refuse_floats(are_floats: bool, name: str) -> None:
    if are_floats:
        raise TypeError(
            f"the column {name!r} holds floats, which are no ids; integers become floats where some are missing: "
            f"read them as integers, such as pandas' df[{name!r}].astype('Int64')"
        )


def times_of(column: Any, name: str) -> tuple[NDArray[Any], bool]:
    """Return a column of times as microseconds, and True; or of numbers as they are, and False.

    Text is read as ISO 8601 (by pandas). Times of a zone become UTC.

    Raises
    ------
    TypeError
        If it holds anything else.
    ValueError
        If some are missing.

    Examples
    --------
    >>> times_of(np.array(["1970-01-01T00:00:01"], "datetime64[s]"), "time")
    (array([1000000]), True)
    >>> times_of([3, 1], "time")
    (array([3, 1]), False)
    """
    if hasattr(column, "to_pandas"):  # pyarrow
        column = column.to_numpy() if _is_number(str(column.type)) else column.to_pandas()
    if getattr(column, "dtype", None) is not None and not isinstance(column, np.ndarray):
        column = _of_pandas(column)
    array = np.asarray(column)
    if array.dtype == object:
        array = _of_objects(array.tolist())
    if array.dtype.kind == "M":
        missing, microseconds = np.isnat(array), True
        array = array.astype("datetime64[us]").astype(np.int64)
    elif array.dtype.kind in "iuf":
        missing, microseconds = ~np.isfinite(array), False
    else:
        raise TypeError(f"the column {name!r} must hold times or numbers, got {array.dtype}")
    if missing.any():
        raise ValueError(
            f"the column {name!r} has no time in {int(missing.sum()):,} rows, of which row {int(np.argmax(missing))} "
            "(from 0) is the first; drop them first"
        )
    return array, microseconds


def _of_objects(values: list[Any]) -> NDArray[Any]:
    """Return Python's numbers or times as an array; times of a zone become UTC."""
    if not all(isinstance(value, datetime.datetime) for value in values):
        return np.array(values)
    plain = [
        value if value.tzinfo is None else value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        for value in values
    ]
    return np.array(plain, "datetime64[us]")


def _is_number(kind: str) -> bool:
    return kind.startswith(("int", "uint", "float", "double", "halffloat"))


def _of_pandas(column: Any) -> Any:
    """Return a Series as an array of times or numbers."""
    kind = str(column.dtype).lower()
    if kind.startswith(("int", "uint", "float")):
        return column.to_numpy(np.float64, na_value=np.nan) if column.isna().any() else column.to_numpy()
    if not kind.startswith("datetime"):
        column = import_module("pandas").to_datetime(column, format="ISO8601", utc=True)
    if getattr(column.dt, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return column.to_numpy()
