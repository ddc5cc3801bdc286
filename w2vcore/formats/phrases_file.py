"""The file of `Phrases` and `FrozenPhrases`: one safetensors file, laid out like the native one. No pickle, no code.

====================  ==============================================================================================
tensor                content
====================  ==============================================================================================
keys.bytes, .offsets  words and pairs, or phrases: their UTF-8 bytes (lone surrogates allowed) and int64 offsets
counts                int64, how often each was seen (`COUNTED`)
scores                float64, of each phrase (`FROZEN`)
====================  ==============================================================================================

The metadata map str to str: ``format`` "w2vcore", ``format_version``, ``kind`` and ``settings`` (JSON object).
"""

from __future__ import annotations

import json
import os
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.formats import safetensors_file, text_table
from w2vcore.formats.atomic import PathLike, open_binary
from w2vcore.formats.native import check_metadata
from w2vcore.formats.streams import stream_size

FORMAT_VERSION = 1
COUNTED, FROZEN = "phrases", "frozenphrases"
_COLUMNS = {COUNTED: ("counts", np.dtype(np.int64)), FROZEN: ("scores", np.dtype(np.float64))}


def write(
    kind: str, settings: dict[str, Any], keys: CompactKeys, values: NDArray[Any], target: PathLike | IO[bytes]
) -> None:
    """Save keys with a value each, and settings.

    Parameters
    ----------
    kind : str
        `COUNTED` or `FROZEN`.
    settings : dict
        JSON values.
    keys : CompactKeys
    values : ndarray
        Counts, or scores.
    target : str, path-like or binary file
        A path is replaced atomically, and packed if it ends in .gz, .bz2, .xz or .zst.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write(COUNTED, {"delimiter": "_"}, CompactKeys.of(["a", "a_b"]), np.array([3, 2]), file)
    >>> _ = file.seek(0)
    >>> read(file)
    ('phrases', {'delimiter': '_'}, ['a', 'a_b'], array([3, 2]))
    """
    column, dtype = _COLUMNS[kind]
    arrays: dict[str, NDArray[Any]] = {
        "keys.bytes": keys.data,
        "keys.offsets": keys.offsets,
        column: np.asarray(values, dtype),
    }
    metadata = {
        "format": "w2vcore",
        "format_version": str(FORMAT_VERSION),
        "kind": kind,
        "settings": safetensors_file.json_text(settings),
    }
    safetensors_file.save(target, arrays, metadata)


def read(source: PathLike | IO[bytes]) -> tuple[str, dict[str, Any], CompactKeys, NDArray[Any]]:
    """Return kind, settings, keys and values of a file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If this is another kind of file (the message says which), a damaged one, or one of a newer version.
    EOFError
        If the file is cut short.
    """
    if hasattr(source, "read"):
        stream = cast("IO[bytes]", source)
        return _read(stream, str(getattr(stream, "name", "the file")))
    with open_binary(source) as stream:
        return _read(stream, os.fspath(source))


def _read(stream: IO[bytes], name: str) -> tuple[str, dict[str, Any], CompactKeys, NDArray[Any]]:
    header = safetensors_file.read_header(stream, stream_size(stream), name)
    metadata = header.metadata
    check_metadata(header, name, FORMAT_VERSION)
    kind = metadata.get("kind", "")
    if kind not in _COLUMNS:
        raise ValueError(f"{name}: the file holds {kind[:50] or 'something unnamed'}, not phrases")
    arrays: dict[str, NDArray[Any]] = {}
    for tensor in header.tensors:
        arrays[tensor.name] = safetensors_file.read_array(stream, tensor, header, name)
    column, dtype = _COLUMNS[kind]
    try:
        settings = json.loads(metadata["settings"])
        keys = text_table.unpack(arrays["keys.bytes"], arrays["keys.offsets"], "keys")
        values = arrays[column]
    except KeyError as error:
        raise ValueError(f"{name}: {error!s:.60} is missing; the file is damaged") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: {error}") from None
    if not isinstance(settings, dict):
        raise ValueError(f"{name}: settings must be a JSON object, got {settings!r:.50}; the file is damaged")
    if values.shape != (len(keys),) or values.dtype != dtype:
        raise ValueError(f"{name}: {column} has shape {values.shape} beside {len(keys)} keys; the file is damaged")
    if not (values >= 0).all() and kind == COUNTED:
        raise ValueError(f"{name}: a count is negative; the file is damaged")
    repeated = keys.first_repeated()
    if repeated is not None:
        raise ValueError(f"{name}: the key {repeated!r} occurs twice; the file is damaged")
    return kind, settings, keys, values
