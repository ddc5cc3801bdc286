"""How KeyedVectors change: keys added and removed, rows grown, sorted, scaled, and replaced from a file.

What a user passes is checked in full before anything is changed.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.corpus.keying import clean_keys
from w2vcore.formats import registry
from w2vcore.formats.atomic import PathLike, naming
from w2vcore.formats.selection import with_keys
from w2vcore.keyedvectors.columns import Columns, allocate, as_columns, column_type
from w2vcore.keyedvectors.keys import Keys
from w2vcore.keyedvectors.protocol import Vectors
from w2vcore.keyedvectors.table import Key
from w2vcore.model.weights import initial_vectors

if TYPE_CHECKING:
    from w2vcore.formats.snapshot import Snapshot

logger = logging.getLogger("w2vcore.keyedvectors")


def replace_matrix(wv: Vectors, array: NDArray[Any]) -> None:
    """Replace the matrix by one that nobody else can write into, as far as is known."""
    wv._table.matrix.replace(array)
    wv.clear_norms()


# -------------------------------------------------------------------- keys added


def add_vector(wv: Vectors, key: Key, vector: ArrayLike) -> int:
    """Add one key, and return its row."""
    keys = wv._table.keys
    if not keys.has(key) and not keys.has_free_row:
        warnings.warn(
            "add_vector copies all vectors to add one; use add_vectors, or allocate rows: KeyedVectors(count=...)",
            UserWarning,
            stacklevel=3,
        )
    (key,) = _add(wv, [key], np.asarray(vector)[np.newaxis], {}, False)
    return keys.rows[key]


def add_vectors(wv: Vectors, keys: Any, weights: Any, extras: Mapping[str, ArrayLike] | None, replace: bool) -> None:
    """Add many keys at once."""
    if wv._table.keys.is_one(keys):
        keys, weights = [keys], np.asarray(weights).reshape(1, -1)
    _add(wv, list(keys), np.asarray(weights), extras or {}, replace)


def assign(wv: Vectors, keys: Any, weights: ArrayLike) -> None:
    """Set the vector of a key, or those of a list of keys; keys that are new are added."""
    own = wv._table.keys
    if own.is_one(keys) or not isinstance(keys, list):
        keys, weights = [keys], np.asarray(weights).reshape(1, -1)
    _add(wv, [own.assigned(key) for key in keys], np.asarray(weights), {}, True)


def _add(
    wv: Vectors, keys: list[Any], values: NDArray[Any], extras: Mapping[str, ArrayLike], replace: bool
) -> list[Any]:
    """Check everything, then add or replace, and return the keys: an error leaves all as it was."""
    own = wv._table.keys
    own.check()
    keys = clean_keys(keys, "keys")
    columns = _checked(wv, keys, values, extras)
    new = list(dict.fromkeys(key for key in keys if key not in own.rows))
    known_before = set(keys).difference(new)
    own.reserve(new)
    _grow(wv)
    chosen: dict[int, int] = {}  # row of the matrix -> place in keys; a key given twice: the last wins if replacing
    for place, key in enumerate(keys):
        row = own.rows[key]
        if replace or (key not in known_before and row not in chosen):
            chosen[row] = place
    rows, places = list(chosen), list(chosen.values())
    if rows:
        wv._table.matrix.array[rows] = values[places]
    wv.allocate_vecattrs()
    for name, column in columns.items():
        wv.allocate_vecattrs([name], [column.dtype])
        wv.expandos[name][rows] = column[places]
    wv.clear_norms()
    return keys


def _checked(
    wv: Vectors, keys: list[Any], values: NDArray[Any], extras: Mapping[str, ArrayLike]
) -> dict[str, NDArray[Any]]:
    """Return the values of further columns as arrays, if they, and the vectors, fit the keys and what is there."""
    width = wv._table.width
    if values.shape != (len(keys), width) and not (len(keys) == 0 and values.size == 0):
        raise ValueError(f"{len(keys)} keys need vectors of shape ({len(keys)}, {width}), got {values.shape}")
    if values.dtype.kind not in "fiub":
        raise ValueError(f"vectors must be numbers, got an array of {values.dtype}")
    columns = {name: np.asarray(column) for name, column in extras.items()}
    for name, column in columns.items():
        if len(column) != len(keys):
            raise ValueError(f"extras[{name!r}] must have one value for each of {len(keys)} keys, got {len(column)}")
        column_type(name, column.dtype, wv.expandos.get(name))
    return columns


# -------------------------------------------------------------------- rows and columns


def _grow(wv: Vectors) -> None:
    """Give rows of zeros to the keys that have none yet."""
    array = wv._table.matrix.array
    missing = len(wv) - len(array)
    if missing > 0:
        grown = np.zeros((len(wv), array.shape[1]), array.dtype)
        grown[: len(array)] = array
        replace_matrix(wv, grown)
        lock = getattr(wv, "vectors_lockf", None)
        if lock is not None and len(lock) > 1:  # a single factor stands for all rows
            wv.vectors_lockf = np.concatenate([lock, np.ones(missing, np.float32)])


def allocate_vecattrs(wv: Vectors, attrs: Sequence[str] | None, types: Sequence[Any] | None) -> None:
    """Make sure that columns exist and have a value for each row."""
    if attrs is None or types is None:
        wv.expandos = columns = as_columns(wv.expandos)
        columns.grow(len(wv))
        attrs = list(columns.stored())
        types = [column.dtype for column in columns.stored().values()]
    allocate(wv.expandos, attrs, types, len(wv))


def resize_vectors(wv: Vectors, seed: int) -> None:
    """Give a random vector to each key that has none yet, and keep the others."""
    rows, array = len(wv), wv._table.matrix.array
    if array.shape != (rows, wv.vector_size):
        grown = initial_vectors(rows, wv.vector_size, seed).astype(array.dtype, copy=False)
        kept = min(rows, len(array))
        grown[:kept] = array[:kept]
        replace_matrix(wv, grown)
    wv.allocate_vecattrs()
    wv.clear_norms()


def sort_by_descending_frequency(wv: Vectors) -> None:
    """Sort rows and columns by the column 'count', largest first."""
    if not len(wv):
        return
    table = wv._table
    table.keys.check()
    order = np.argsort(wv.expandos["count"], kind="stable")[::-1]
    table.keys = Keys([table.keys.listed[row] for row in order.tolist()])
    wv.allocate_vecattrs()
    wv.expandos = as_columns(wv.expandos).taken(order)
    if len(getattr(wv, "vectors_lockf", ())) == len(order) > 1:
        wv.vectors_lockf = wv.vectors_lockf[order]
    if len(table.matrix.array):
        logger.warning("sorting after vectors have been allocated is expensive & error-prone")
        replace_matrix(wv, table.matrix.array[order])


def selected_columns(wv: Vectors, rows: list[int], copied: bool) -> Columns:
    """Return the columns for some of the rows, if they are to be `copied`; always with a column 'count'."""
    columns = Columns()
    if copied:
        wv.allocate_vecattrs()
        columns = as_columns(wv.expandos).taken(rows)
    columns.setdefault("count", np.arange(len(rows), 0, -1, dtype=np.int64))
    return columns


# -------------------------------------------------------------------- keys removed


def remove(wv: Vectors, keys: Any) -> None:
    """Drop keys, with their vectors and their values in all columns; the rows close up."""
    _refuse_vectors_of_model(wv)
    table = wv._table
    table.check()
    gone = [_row_to_remove(wv, key) for key in ([keys] if table.keys.is_one(keys) else keys)]
    wv.allocate_vecattrs()
    stays = np.ones(len(wv), bool)
    stays[gone] = False
    table.keys = table.keys.without(gone)
    wv.expandos = {name: column[: len(stays)][stays] for name, column in wv.expandos.items()}
    lock = getattr(wv, "vectors_lockf", None)
    if lock is not None and len(lock) == len(stays) > 1:
        wv.vectors_lockf = lock[stays]
    replace_matrix(wv, np.asarray(table.matrix.array)[stays])


def _refuse_vectors_of_model(wv: Vectors) -> None:
    model = None if wv._model is None else wv._model()
    if model is not None and model.wv is wv:
        raise RuntimeError(
            "these are the vectors of a model, which could not be trained without their rows in its other "
            "matrices: keep some of them as vectors of their own, kv = model.wv.vectors_for_all(keys, "
            "copy_vecattrs=True), or take words out of kv = copy.deepcopy(model.wv)"
        )


def _row_to_remove(wv: Vectors, key: Any) -> int:
    """Return the row of a key; numbers of rows are not taken for keys."""
    table = wv._table
    row = table.keys.row_of_key(key)
    if row is not None:
        return row
    number = table.keys.row(key)
    if number is not None:
        raise KeyError(f"{key} is not a key: remove takes keys, and row {key} is that of {table.keys.listed[number]!r}")
    raise table.missing(key)


# -------------------------------------------------------------------- rows replaced from a file


def intersect_word2vec_format(
    wv: Vectors, fname: PathLike | IO[bytes], lockf: float, binary: bool, encoding: str, unicode_errors: str, keys: Any
) -> None:
    """Replace the vectors of the keys that are also in a file of word2vec.c's format."""
    table = wv._table
    table.matrix.check_writeable()
    logger.info("loading projection weights from %s", fname)
    reader = registry.get("word2vec_binary" if binary else "word2vec_text")
    options = {"encoding": encoding, "unicode_errors": unicode_errors}
    if isinstance(fname, (str, os.PathLike)):  # the size is in the first line: read that before all of it
        _check_width(wv, reader.read(fname, limit=0, **options), fname)
    with naming(fname):
        theirs = with_keys(reader.read(fname, **options), keys)
    _check_width(wv, theirs, fname)
    own = table.keys.rows
    pairs = [(row, place) for place, key in enumerate(theirs.keys) if (row := own.get(key)) is not None]
    rows, places = np.array(pairs, np.intp).reshape(-1, 2).T
    if len(theirs.keys) and len(wv) and not pairs:
        there, here = theirs.keys[0], table.keys.listed[0]
        logger.warning(
            "no key of the file is one of these: there they are %s, such as %r, here %s, such as %r; keys=int "
            "reads integers",
            *(type(there).__name__, there, type(here).__name__, here),
        )
    table.matrix.array[rows] = theirs.arrays["vectors"][places]
    wv.clear_norms()
    factors = getattr(wv, "vectors_lockf", np.ones(1, np.float32))
    if len(factors) != len(wv):  # one factor for all rows
        factors = np.full(len(wv), factors[0] if len(factors) else 1.0, np.float32)
    factors[rows] = lockf
    wv.vectors_lockf = factors
    wv.add_lifecycle_event(
        "intersect_word2vec_format",
        msg=f"merged {len(rows)} vectors into {table.matrix.array.shape} matrix from {fname}",
    )


def _check_width(wv: Vectors, theirs: Snapshot, fname: PathLike | IO[bytes]) -> None:
    size, width = theirs.arrays["vectors"].shape[1], wv._table.width
    if size != width:
        raise ValueError(f"incompatible vector size {size} in file {fname}: here it is {width}")
