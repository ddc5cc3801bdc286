"""w2vcore's own file: one safetensors file that holds a whole model, or a set of vectors. No pickle, no code.

====================  ==============================================================================================
tensor                content
====================  ==============================================================================================
embeddings            input vectors, (V, D)
negative              output matrix of negative sampling, (V, D)
tree                  that of hierarchical softmax, (V - 1, D), a row for each inner node; (1, D) for a single key
tree.children         int64 (V - 1, 2), the two children of each inner node: a row, or -1 - k for the inner node k; only
                      where they do not follow from `counts`, in version 2
counts                int64 (V,), occurrences of each key
lockf                 learning-rate factors of the rows
expando.NAME          a column of V values; texts and other JSON values as expando.NAME.bytes and .offsets
keys.bytes, .offsets  keys that are str: their UTF-8 bytes (lone surrogates allowed) and int64 (V + 1,) offsets
keys.int64            keys that are integers
====================  ==============================================================================================

The metadata map str to str: ``format`` "w2vcore", ``format_version``, ``kind``, ``keys`` ("str" or "int64"),
``columns`` (JSON list of the columns kept as JSON) and ``settings`` (JSON object). Nothing in the header grows with the
vocabulary.
"""

from __future__ import annotations

import json
import os
from collections.abc import Hashable, Sequence
from functools import partial
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.keying import why_not_saved
from w2vcore.formats import foreign, safetensors_file, text_table
from w2vcore.formats.atomic import PathLike, expanded, is_url, open_binary
from w2vcore.formats.mapping import MMAP_MODES, mapped
from w2vcore.formats.safetensors_file import Header
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.streams import stream_size
from w2vcore.formats.wrapping import is_wrapped
from w2vcore.model import weights

FORMAT_VERSION = 2  # 2: with a tree of its own; without one, files are of version 1
KINDS = ("word2vec", "fasttext", "doc2vec", "keyedvectors")
PHRASES = ("phrases", "frozenphrases")  # phrases_file.py
_NO_MATRICES = ("counts", "lockf", "random")  # names without a dot; all others are matrices of a model
_COLUMN = "expando."
TREE = "tree.children"  # a reader of version 1 would take the rows of `tree` for other nodes


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like safetensors."""
    return foreign.is_safetensors(head)


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> None:
    """Save a snapshot.

    Parameters
    ----------
    snapshot : Snapshot
        Its keys must be all str or all integers.
    target : str, path-like or binary file
        A path is replaced atomically, and packed if it ends in .gz, .bz2, .xz or .zst.

    Raises
    ------
    TypeError
        For keys, columns or settings that cannot be stored, before anything is written.

    Examples
    --------
    >>> import io, numpy as np
    >>> file = io.BytesIO()
    >>> write(Snapshot("keyedvectors", ["a", "b"], {"vectors": np.eye(2, dtype=np.float32)}), file)
    >>> _ = file.seek(0)
    >>> read(file).keys
    ['a', 'b']
    """
    tag, arrays = _encode_keys(snapshot.keys)
    columns: list[str] = []
    for name, array in snapshot.arrays.items():
        array = np.asarray(array)
        if name.startswith(("keys.", "embeddings")):
            raise ValueError(f"the name {name!r} is taken by the file format; rename the array")
        if array.dtype.kind in "OU":
            columns.append(name)
            arrays[f"{name}.bytes"], arrays[f"{name}.offsets"] = _encode_column(name, array)
        elif safetensors_file.stored_dtype(array) is None:
            raise TypeError(f"array {name!r} has dtype {array.dtype}; only numbers and str can be saved")
        else:
            arrays["embeddings" if name == "vectors" else name] = array
    metadata = {
        "format": "w2vcore",
        "format_version": str(FORMAT_VERSION if TREE in arrays else 1),
        "kind": snapshot.kind,
        "keys": tag,
        "columns": json.dumps(columns),
        "settings": safetensors_file.json_text(snapshot.settings),
    }
    safetensors_file.save(target, arrays, metadata)


def _encode_keys(keys: Sequence[Hashable]) -> tuple[str, dict[str, NDArray[Any]]]:
    """Return the type tag and the tensors of the keys."""
    if isinstance(keys, CompactKeys):
        return "str", {"keys.bytes": keys.data, "keys.offsets": keys.offsets}
    reason = why_not_saved(keys)
    if reason is not None:
        raise TypeError(reason)
    if len(keys) and not isinstance(keys[0], str):
        return "int64", {"keys.int64": np.fromiter(cast("Sequence[int]", keys), np.int64, len(keys))}
    data, offsets = text_table.pack(cast("Sequence[str]", keys))
    return "str", {"keys.bytes": data, "keys.offsets": offsets}


def _encode_column(name: str, column: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return a column of Python values as JSON texts."""
    texts = []
    for row, value in enumerate(column.tolist()):
        if value is not None and type(value) not in (str, int, float, bool):
            raise TypeError(
                f"array {name!r}, row {row}: cannot save {value!r}; only numbers, str, bool and None can be saved"
            )
        texts.append(json.dumps(value))
    return text_table.pack(texts)


def read(source: PathLike | IO[bytes], mmap: str | None = None, padded: bool = False) -> Snapshot:
    """Load a snapshot.

    Parameters
    ----------
    source : str, path-like or binary file
    mmap : {None, "r", "r+", "c"}
        Map the matrices instead of reading them: read-only, writing to the file, or copied on write. Needs an
        uncompressed path.
    padded : bool
        Read the float32 matrices into memory laid out for training: views ``[:, :D]`` with padded, aligned rows.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        If this is another kind of file (the message says which), a damaged one, or one of a newer version.
    AttributeError
        If it holds a model that has no vectors, such as phrases.
    EOFError
        If the file is cut short.
    OSError
        For `mmap` of a compressed file.
    """
    if mmap is not None and mmap not in MMAP_MODES:
        raise ValueError(f"mmap must be None, 'r', 'r+' or 'c', got {mmap!r}")
    if hasattr(source, "read"):
        if mmap is not None:
            raise ValueError(f"mmap={mmap!r} needs a path, got an open file")
        stream = cast("IO[bytes]", source)
        return _read_stream(stream, None, None, padded, getattr(stream, "name", "the file"))
    name = expanded(source)
    if mmap is not None and (is_url(name) or is_wrapped(name)):
        raise OSError(f"mmap={mmap!r} needs an uncompressed local file, got {name!r}; unpack it or use mmap=None")
    with open_binary(name) as stream:
        return _read_stream(stream, name, mmap, padded, name)


def _read_stream(stream: IO[bytes], path: str | None, mmap: str | None, padded: bool, name: Any) -> Snapshot:
    name = str(name)
    header = safetensors_file.read_header(stream, stream_size(stream), name)
    check_metadata(header, name)
    tensors: dict[str, NDArray[Any]] = {}
    for tensor in header.tensors:
        if mmap is not None and path is not None and tensor.shape and tensor.stop > tensor.start:
            # columns are small beside the matrices: they are copied, so that changes do not reach the file
            mode = mmap if len(tensor.shape) == 2 else "c"
            tensors[tensor.name] = mapped(path, mode, header.data_start + tensor.start, tensor.dtype, tensor.shape)
            stream.seek(tensor.stop - tensor.start, os.SEEK_CUR)
        else:
            room: Any = np.empty
            if padded and len(tensor.shape) == 2 and tensor.dtype == np.float32:
                # a model's target matrix may have one row more than the file, which leaves out a row that is never used
                room = partial(_room_for_training, spare=tensor.name != "embeddings")
            tensors[tensor.name] = safetensors_file.read_array(stream, tensor, header, name, room)
    return _decode(header, tensors, name, mapped=mmap is not None)


def _room_for_training(shape: tuple[int, int], _: np.dtype[Any], spare: bool) -> NDArray[np.float32]:
    rows, columns = shape
    return weights.zeros(rows + spare, columns)[:rows, :columns]


def check_metadata(header: Header, name: str, newest: int = FORMAT_VERSION) -> None:
    """Refuse a safetensors file of another library, or of a version after `newest`; `name` is for messages."""
    if header.metadata.get("format") != "w2vcore":
        raise ValueError(f"{name}: {foreign.describe_tensors({each.name: each.shape for each in header.tensors})}")
    version = header.metadata.get("format_version", "")
    if not (version.isascii() and version.isdigit()):
        raise ValueError(f"{name}: the format version is {version!r:.20}; the file is damaged")
    if int(version) > newest:
        raise ValueError(
            f"{name} has format version {version:.20}; this w2vcore reads versions up to {newest}: upgrade w2vcore"
        )


def _mapped_keys(data: NDArray[Any], offsets: NDArray[Any], name: str) -> CompactKeys:
    """Return the keys of a mapped file, copied and checked on first use, as that takes longer than all else."""
    text_table.check_types(data, offsets, "keys")

    def load() -> CompactKeys:
        try:
            keys = text_table.unpack(np.array(data), np.array(offsets), "keys")
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        twice = keys.first_repeated()
        if twice is not None:
            raise ValueError(f"{name}: key {twice!r} occurs twice; the file is damaged")
        return keys

    return CompactKeys.later(len(offsets) - 1, load)


def _decode(header: Header, tensors: dict[str, NDArray[Any]], name: str, mapped: bool = False) -> Snapshot:
    """Make a snapshot of the tensors as stored."""
    try:
        columns = json.loads(header.metadata.get("columns", "[]"))
        settings = json.loads(header.metadata["settings"])
        kind = header.metadata["kind"]
        if kind in PHRASES and "embeddings" not in tensors:
            raise AttributeError(f"{name}: a model of type {kind!r:.50} has no vectors; Phrases.load reads phrases")
        if kind == "object":
            owner = header.metadata.get("class", "?")
            raise ValueError(f"the file holds an object of a class of its own, {owner!r:.50}: load it with that class")
        if kind not in KINDS and "embeddings" not in tensors:
            raise ValueError(f"unknown kind {kind!r:.50} without vectors; the file is damaged")
        tag = header.metadata["keys"]
        if tag == "str":
            packed = tensors.pop("keys.bytes"), tensors.pop("keys.offsets")
            keys: Sequence[Hashable] = _mapped_keys(*packed, name) if mapped else text_table.unpack(*packed, "keys")
        elif tag == "int64":
            keys = tensors.pop("keys.int64").tolist()
        else:
            raise ValueError(f"unknown type of keys {tag!r:.50}")
        for column in columns:
            texts = text_table.unpack(tensors.pop(f"{column}.bytes"), tensors.pop(f"{column}.offsets"), column)
            tensors[column] = np.empty(len(texts), object)
            tensors[column][:] = [json.loads(text) for text in texts]
        arrays = {"vectors": tensors.pop("embeddings"), **tensors}
        _check_shapes(arrays, len(keys), kind)
        if not isinstance(settings, dict):
            raise ValueError(f"settings must be a JSON object, got {settings!r:.50}")
        return Snapshot(kind, keys, arrays, settings)
    except KeyError as error:
        raise ValueError(f"{name}: {error!s:.60} is missing; the file is damaged") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{name}: {error!s:.300}") from None


def _check_shapes(arrays: dict[str, NDArray[Any]], rows: int, kind: str) -> None:
    vectors = arrays["vectors"]
    for name, array in arrays.items():
        if name == "vectors":
            good = array.ndim == 2 and array.dtype.kind in "fiu" and len(array) == rows
        elif "." not in name and name not in _NO_MATRICES:
            # any number of rows: vectors may be added to or removed from a model that is only queried from then on
            good = array.ndim == 2 and array.dtype.kind == "f" and array.shape[1:] == vectors.shape[1:]
            if kind == "doc2vec" and name != "tags" and array.ndim == 2:  # as long as several vectors side by side
                good = array.dtype.kind == "f" and vectors.ndim == 2 and array.shape[1] % max(vectors.shape[1], 1) == 0
        elif name == "counts" or name.startswith(_COLUMN):
            good = array.ndim >= 1 and len(array) == rows
        else:
            good = True
        if not good:
            raise ValueError(f"{name!r} has shape {array.shape} beside {rows} keys; the file is damaged")
