"""gensim's own saves, of versions 3 and 4: pickles, with large arrays in ``.npy`` files beside them.

They are read by `inert_pickle`, which runs nothing. Word2Vec models come with everything that training goes on from;
of other models the word vectors are taken. w2vcore writes no pickles: gensim loads the word2vec formats.
"""

from __future__ import annotations

import logging
import math
import mmap as memory_map
import os
import re
import zipfile
import zlib
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import numpy_file
from w2vcore.formats.atomic import PathLike, is_compressed, is_url, open_binary, stream_size
from w2vcore.formats.inert_objects import Record
from w2vcore.formats.inert_pickle import InertUnpickler
from w2vcore.formats.selection import check_matrix, selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import Options
from w2vcore.model.memory import available_bytes

logger = logging.getLogger(__name__)

_BLOCK_BYTES = 8 << 20
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\Z", re.ASCII)
_DEEPEST = 4  # saves within saves: a model, its vectors
_WORD2VEC = "gensim.models.word2vec.Word2Vec"
# Plain attributes that training goes on from, as gensim 3 and 4 name them.
_SETTINGS = (
    *(
        "vector_size",
        "alpha",
        "min_alpha",
        "window",
        "shrink_windows",
        "min_count",
        "max_vocab_size",
        "max_final_vocab",
    ),
    *("sample", "sorted_vocab", "null_word", "seed", "workers", "batch_words", "sg", "hs", "negative", "ns_exponent"),
    *(
        "cbow_mean",
        "epochs",
        "compute_loss",
        "corpus_count",
        "corpus_total_words",
        "effective_min_count",
        "train_count",
    ),
    *("total_train_time", "min_alpha_yet_reached", "running_training_loss"),
)
_TREE_COLUMNS = ("code", "point")  # of hierarchical softmax: the tree, a path for each word


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a pickle that names gensim, or may do so."""
    binary = len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5
    return binary or head.startswith((b"ccopy_reg\n", b"ccopyreg\n"))


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> NoReturn:
    """Refuse: w2vcore writes no pickles."""
    raise ValueError("w2vcore writes no pickles; save_word2vec_format writes files that gensim loads")


def read(source: PathLike | IO[bytes], mmap: str | None = None, **options: Any) -> Snapshot:
    """Load a model or vectors that gensim saved.

    Parameters
    ----------
    source : str, path-like or binary file
        Arrays in files beside it are found by its name.
    mmap : {None, "r", "r+", "c"}
        Map the arrays that are in files of their own instead of reading them.
    **options
        ``limit`` and ``datatype``, as fields of `word2vec_rows.Options`; for vectors only.

    Returns
    -------
    Snapshot
        Of kind ``"word2vec"`` with output matrices and settings for a Word2Vec model, else ``"keyedvectors"``.

    Raises
    ------
    ValueError
        If the pickle names anything but known containers, arrays and gensim's classes (the message says what; nothing
        of it was run), or is damaged.
    FileNotFoundError
        If a file beside it is missing.
    """
    chosen = Options(**options)
    if hasattr(source, "read"):
        stream = cast("IO[bytes]", source)
        name = str(getattr(stream, "name", "the file"))
        root = InertUnpickler(_read_whole(stream, name), name).load()
        path = None
    else:
        path = name = os.fspath(source)
        root = InertUnpickler(_bytes_of(path), name).load()
    if not isinstance(root, Record) or not root.name.startswith("gensim.models."):
        what = root.name if isinstance(root, Record) else type(root).__name__
        raise ValueError(f"{name}: the pickle holds a {what}, not word vectors")
    _attach(root, path, name, mmap, 0)
    return selected(_snapshot(root, name), chosen)


def _bytes_of(path: str) -> bytes | memory_map.mmap:
    """The whole file: mapped, so that the arrays in it are copied once; a packed or remote one is read."""
    with open_binary(path) as stream:
        if is_url(path) or is_compressed(path) or not stream_size(stream):
            return _read_whole(stream, path)
        return memory_map.mmap(stream.fileno(), 0, access=memory_map.ACCESS_READ)


def _read_whole(stream: IO[bytes], name: str) -> bytes:
    """Read to the end, as far as memory goes: a packed file may claim to be endless."""
    free = available_bytes()
    data = bytearray()
    while more := stream.read(_BLOCK_BYTES):
        data += more
        if free is not None and 2 * len(data) > free:
            raise MemoryError(
                f"{name}: over {len(data) / 1e9:,.1f} GB unpacked, and {free / 1e9:,.1f} GB of memory were free"
            )
    return bytes(data)


def _attach(record: Record, path: str | None, name: str, mmap: str | None, depth: int) -> None:
    """Put the arrays that gensim stored in files of their own back where they belong."""
    if depth > _DEEPEST:
        raise ValueError(f"{name}: saves within saves, more than {_DEEPEST} deep; the file is damaged")
    for attribute in _names(record, "__numpys", name):
        record.state[attribute] = _side_array(path, attribute, name, mmap)
    if sparse := _names(record, "__scipys", name):
        raise ValueError(f"{name}: the attributes {', '.join(sparse)} are sparse matrices, which word vectors are not")
    for attribute in _names(record, "__ignoreds", name):
        record.state[attribute] = None
    for attribute in _names(record, "__recursive_saveloads", name):
        child = record.get(attribute)
        if isinstance(child, Record):
            _attach(child, None if path is None else f"{path}.{attribute}", name, mmap, depth + 1)


def _names(record: Record, which: str, name: str) -> list[str]:
    """A list of attributes that gensim keeps; each becomes part of a file name, so nothing but a name is taken."""
    names = record.get(which) or []
    if not isinstance(names, list) or len(names) > 100:
        raise ValueError(f"{name}: {which} is no list of names; the file is damaged")
    for attribute in names:
        if not isinstance(attribute, str) or not _ATTRIBUTE.match(attribute):
            shown = repr(attribute[:60]) if isinstance(attribute, str) else f"a {type(attribute).__name__}"
            raise ValueError(f"{name}: {shown} is no name of an attribute, and no file of that name is opened")
    return names


def _side_array(path: str | None, attribute: str, name: str, mmap: str | None) -> NDArray[Any]:
    if path is None:
        raise ValueError(f"{name}: the array {attribute!r} is in a file beside it: give the path, not an open file")
    packed = name.lower().endswith((".gz", ".bz2"))  # gensim stores .npz beside those
    side = f"{path}.{attribute}.{'npz' if packed else 'npy'}"
    if is_url(name):
        raise ValueError(f"{name}: the array {attribute!r} is in a file beside it; copy all of them to a local folder")
    if not Path(side).is_file():
        raise FileNotFoundError(f"{name}: gensim stored the array {attribute!r} beside it, in {side}, which is missing")
    with Path(side).open("rb") as stream:
        if packed:
            return _packed_array(stream, side)
        if mmap is None:
            return numpy_file.read_array(stream, stream_size(stream), side)
        shape, fortran, dtype, start = numpy_file.read_array_header(stream, side)
        if (stream_size(stream) or 0) < math.prod(shape) * dtype.itemsize:
            raise EOFError(f"{side}: the file is cut short")
    return np.memmap(side, dtype, cast("Any", mmap), start, shape, "F" if fortran else "C")


def _packed_array(stream: IO[bytes], side: str) -> NDArray[Any]:
    try:
        with zipfile.ZipFile(stream) as archive:
            return numpy_file.read_member(archive, archive.getinfo("val.npy"), side)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{side}: the archive is damaged: {error}") from None


# ------------------------------------------------------------------ objects to arrays


def _snapshot(root: Record, name: str) -> Snapshot:
    """Make a snapshot of a model or of vectors."""
    vectors = root.get("wv", root)
    if not isinstance(vectors, Record):
        raise ValueError(f"{name}: {root.name} has no word vectors; the file is damaged")
    keys = _keys(vectors, name)
    arrays = {"vectors": _vectors(vectors, len(keys), name)}
    arrays.update(_columns(vectors, keys, name))
    if root.name != _WORD2VEC:
        if vectors is not root:
            logger.info("%s holds a %s; its word vectors are taken", name, root.name)
        return Snapshot("keyedvectors", keys, arrays)
    sources = [part for part in (root, root.get("vocabulary"), root.get("trainables")) if isinstance(part, Record)]
    for attribute, array in (("syn1neg", "negative"), ("syn1", "tree")):
        matrix = _first(sources, attribute)
        if matrix is not None:
            # of other length where vectors were added or taken away; of the tree's rows the last stands for no node
            rows = len(matrix) if isinstance(matrix, np.ndarray) and matrix.ndim else len(keys)
            arrays[array] = check_matrix(matrix, rows, name)[: max(rows - 1, 0) if array == "tree" else rows]
            if arrays[array].shape[1:] != arrays["vectors"].shape[1:]:
                raise ValueError(f"{name}: {attribute} has shape {matrix.shape}; the file is damaged")
    lock = _first([vectors, *sources], "vectors_lockf")
    if isinstance(lock, np.ndarray) and lock.ndim == 1 and lock.dtype.kind == "f" and len(lock) in (1, len(keys)):
        one = len(lock) > 0 and bool((lock == 1).all())  # gensim 3 has a factor for each row
        arrays["lockf"] = np.ones(1, np.float32) if one else lock.astype(np.float32)
    settings = {}
    for setting in _SETTINGS:
        value = _first(sources, setting)
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, (bool, int, float, str)) or (
            value is None and any(setting in part.state for part in sources)
        ):
            settings[setting] = value
    settings["vector_size"] = arrays["vectors"].shape[1]
    return Snapshot("word2vec", keys, arrays, settings)


def _first(records: Iterable[Record], attribute: str) -> Any:
    return next((record.state[attribute] for record in records if record.get(attribute) is not None), None)


def _keys(vectors: Record, name: str) -> list[Hashable]:
    keys = _first([vectors], "index_to_key")
    for old in ("index2word", "index2entity"):
        keys = _first([vectors], old) if keys is None else keys
    if not isinstance(keys, list):
        raise ValueError(f"{name}: {vectors.name} has no list of keys; the file is damaged, or of a version before 1.0")
    for row, key in enumerate(keys):
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            raise ValueError(f"{name}: key {row} is a {type(key).__name__}; only str and int are keys here")
    return cast("list[Hashable]", keys)


def _vectors(vectors: Record, rows: int, name: str) -> NDArray[Any]:
    matrix = _first([vectors], "vectors")
    matrix = _first([vectors], "syn0") if matrix is None else matrix  # before gensim 3.3
    if matrix is None:
        what = "gensim computes those of FastText when it loads them; " if "FastText" in vectors.name else ""
        raise ValueError(
            f"{name}: {vectors.name} is saved without its vectors; {what}in gensim, save them with save_word2vec_format"
        )
    return check_matrix(matrix, rows, name)


def _columns(vectors: Record, keys: list[Hashable], name: str) -> dict[str, NDArray[Any]]:
    """Counts and further columns: arrays in gensim 4, an object for each word in gensim 3."""
    columns: dict[str, Any] = {}
    stored = vectors.get("expandos")
    words = vectors.get("vocab")
    if isinstance(stored, dict):
        columns = {key: value for key, value in stored.items() if isinstance(key, str)}
    elif isinstance(words, dict):
        entries = [words.get(key) for key in keys]
        if all(isinstance(entry, Record) for entry in entries):
            for attribute in ("count", "sample_int", *_TREE_COLUMNS):
                values = [cast("Record", entry).get(attribute) for entry in entries]
                if keys and all(value is not None for value in values):
                    columns[attribute] = _column(values)
    result: dict[str, NDArray[Any]] = {}
    for key, column in columns.items():
        if not isinstance(column, np.ndarray) or len(column) != len(keys) or column.dtype.kind not in "fiubO":
            continue
        if key in _TREE_COLUMNS:
            result.update(_paths(key, column, name))
        elif key == "count" and column.dtype.kind in "iu":
            result["counts"] = column.astype(np.int64)
        elif column.dtype.kind != "O" or all(_is_plain(value) for value in column.tolist()):
            result[f"expando.{key}"] = column
    return result


def _column(values: list[Any]) -> NDArray[Any]:
    if all(type(value) is int and abs(value) < 1 << 62 for value in values):
        return np.array(values, np.int64)
    column = np.empty(len(values), object)
    for row, value in enumerate(values):
        column[row] = value
    return column


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _paths(key: str, column: NDArray[Any], name: str) -> dict[str, NDArray[Any]]:
    """The tree of hierarchical softmax, a list of numbers for each word, as numbers and offsets."""
    if column.dtype.kind != "O":
        column = _column(list(column)) if column.ndim > 1 else column
    try:
        paths = [np.asarray(path, np.int64).ravel() for path in column]
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name}: the column {key!r} is no path in a tree; the file is damaged") from None
    offsets = np.zeros(len(paths) + 1, np.int64)
    np.cumsum([len(path) for path in paths], out=offsets[1:])
    return {f"tree.{key}": np.concatenate([np.empty(0, np.int64), *paths]), "tree.offsets": offsets}
