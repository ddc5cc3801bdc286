"""The file of an object of a user's class: its arrays as tensors, its plain attributes as JSON. No pickle, no code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import IO, Any, cast

from numpy.typing import NDArray

from w2vcore.formats import safetensors_file
from w2vcore.formats.atomic import PathLike, open_binary
from w2vcore.formats.native import check_metadata
from w2vcore.formats.streams import stream_size

FORMAT_VERSION = 1
KIND = "object"


def write(
    name: str, values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], target: PathLike | IO[bytes]
) -> None:
    """Save the attributes of an object.

    Parameters
    ----------
    name : str
        The name of its class.
    values : mapping of str to JSON value
    arrays : mapping of str to ndarray of numbers
    target : str, path-like or binary file
        A path is replaced atomically, and packed if it ends in .gz, .bz2, .xz or .zst.

    Examples
    --------
    >>> import io, numpy as np
    >>> file = io.BytesIO()
    >>> write("Titles", {"language": "en"}, {"years": np.array([1815, 1922])}, file)
    >>> _ = file.seek(0)
    >>> read(file)
    ('Titles', {'language': 'en'}, {'years': array([1815, 1922])})
    """
    metadata = {
        "format": "w2vcore",
        "format_version": str(FORMAT_VERSION),
        "kind": KIND,
        "class": name,
        "settings": safetensors_file.json_text(values),
    }
    safetensors_file.save(target, arrays, metadata)


def read(source: PathLike | IO[bytes]) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the name of the class, the plain attributes, and the arrays.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If this is another kind of file, a damaged one, or one of a newer version.
    EOFError
        If the file is cut short.
    """
    if hasattr(source, "read"):
        stream = cast("IO[bytes]", source)
        return _read(stream, str(getattr(stream, "name", "the file")))
    with open_binary(source) as stream:
        return _read(stream, os.fspath(source))


def _read(stream: IO[bytes], name: str) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]]]:
    header = safetensors_file.read_header(stream, stream_size(stream), name)
    check_metadata(header, name, FORMAT_VERSION)
    kind = header.metadata.get("kind", "")
    if kind != KIND:
        held = kind[:50] or "something unnamed"
        raise ValueError(f"{name}: the file holds a {held}: load it with the class that saved it")
    arrays: dict[str, NDArray[Any]] = {}
    for tensor in header.tensors:
        arrays[tensor.name] = safetensors_file.read_array(stream, tensor, header, name)
    try:
        values = json.loads(header.metadata["settings"])
        owner = header.metadata["class"]
    except KeyError as error:
        raise ValueError(f"{name}: {error} is missing; the file is damaged") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name}: {error}; the file is damaged") from None
    if not isinstance(values, dict):
        raise ValueError(f"{name}: settings must be a JSON object, got {values!r:.50}; the file is damaged")
    return owner, values, arrays
