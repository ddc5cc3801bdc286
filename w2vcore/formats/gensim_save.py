"""A file that gensim 0.12 to 4 saved: a pickle, with large arrays in files of their own beside it.

It is read by `inert_pickle`, which runs nothing, and becomes one `Record`: an object as its attributes. `gensim_native`
and `gensim_phrases` know what these mean.
"""

from __future__ import annotations

import logging
import math
import mmap as memory_map
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import foreign, numpy_file
from w2vcore.formats.atomic import PathLike, expanded, is_url, open_binary
from w2vcore.formats.budget import Budget
from w2vcore.formats.inert_objects import Global, Record, unknown
from w2vcore.formats.inert_pickle import InertUnpickler
from w2vcore.formats.mapping import MMAP_MODES, mapped
from w2vcore.formats.streams import BLOCK_BYTES, stream_size
from w2vcore.formats.wrapping import is_wrapped
from w2vcore.model.memory import available_bytes

logger = logging.getLogger(__name__)

_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\Z", re.ASCII)
_DEEPEST = 4  # saves within saves: a model, its vectors
_MOST_NAMES = 100
_FUNCTIONS = ("hashfxn", "scoring")  # attributes that are functions, possibly the user's own


@dataclass(frozen=True)
class Save:
    """What a file holds.

    Attributes
    ----------
    root : Record
        The object that was saved, with the arrays from files beside it in their places.
    name : str
        Of the file, for errors.
    budget : Budget
        What may still be made of it.
    """

    root: Record
    name: str
    budget: Budget

    def spend(self, amount: int) -> None:
        """Book what is about to be made of it, as `Budget.spend`; the error names the file."""
        try:
            self.budget.spend(amount)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a pickle that names gensim or may name it further on."""
    return len(head) > 2 and foreign.is_pickle(head)


def open_save(source: PathLike | IO[bytes], mmap: str | None = None) -> Save:
    """Read a save, with the arrays beside it.

    Parameters
    ----------
    source : str, path-like or binary file
        Arrays in files beside it are found by its name.
    mmap : {None, "r", "r+", "c"}
        Map the arrays that are in files of their own instead of reading them.

    Raises
    ------
    ValueError
        If the pickle names anything but known containers, arrays and gensim's classes (the message says what; nothing
        of it was run), asks for more than its bytes can pay for, or is damaged.
    FileNotFoundError
        If a file beside it is missing.
    OSError
        For `mmap` of a packed file.
    """
    if mmap is not None and mmap not in MMAP_MODES:
        raise ValueError(f"mmap must be None, 'r', 'r+' or 'c', got {mmap!r}")
    path = None
    if hasattr(source, "read"):
        stream = cast("IO[bytes]", source)
        name = str(getattr(stream, "name", "the file"))
        if mmap is not None:
            raise ValueError(f"mmap={mmap!r} needs a path, got an open file")
        machine = InertUnpickler(_read_whole(stream, name), name)
    else:
        path = name = expanded(source)
        machine = InertUnpickler(_bytes_of(path), name)
    root = machine.load()
    if not isinstance(root, Record) or not root.name.startswith("gensim.models."):
        what = root.name if isinstance(root, Record) else type(root).__name__
        raise ValueError(
            f"{name}: the pickle holds a {what}, not word vectors or phrases{foreign.describe_pickled(what)}"
        )
    _refuse_unknown(machine.unknown, root, name)
    _attach(root, path, name, mmap, 0, set())
    logger.info(
        "%s was saved by gensim (%s): it is read as data, and nothing in it is run; save() writes w2vcore's format",
        *(name, root.name.removeprefix("gensim.models.")),
    )
    return Save(root, name, machine.budget)


def _refuse_unknown(names: set[str], root: Record, name: str) -> None:
    """Accept the name of a user's function, which is only kept; it is never called."""
    parts = [root, *(value for value in root.state.values() if isinstance(value, Record))]
    functions = [part.get(attribute) for part in parts for attribute in _FUNCTIONS]
    kept = {function.name for function in functions if isinstance(function, Global)}
    for other in sorted(names - kept):
        raise ValueError(f"{name}: {unknown(other)}")


def _bytes_of(path: str) -> bytearray | memory_map.mmap:
    """Return the whole file: mapped, so that its arrays are copied once, or read if it is packed or remote."""
    with open_binary(path) as stream:
        if is_url(path) or is_wrapped(path) or not stream_size(stream):
            return _read_whole(stream, path)
        return memory_map.mmap(stream.fileno(), 0, access=memory_map.ACCESS_READ)


def _read_whole(stream: IO[bytes], name: str) -> bytearray:
    """Read to the end, as far as memory goes: a pipe may be endless."""
    free = available_bytes()
    data = bytearray()
    while more := stream.read(BLOCK_BYTES):
        data += more
        if free is not None and 2 * len(data) > free:
            raise MemoryError(
                f"{name}: over {len(data) / 1e9:,.1f} GB unpacked, and {free / 1e9:,.1f} GB of memory were free"
            )
    return data


def _attach(record: Record, path: str | None, name: str, mmap: str | None, depth: int, done: set[int]) -> None:
    """Put the arrays that gensim stored in files of their own back where they belong."""
    if depth > _DEEPEST:
        raise ValueError(f"{name}: saves within saves, more than {_DEEPEST} deep; the file is damaged")
    done.add(id(record))
    for attribute in _names(record, "__numpys", name):
        record.state[attribute] = _side_array(path, attribute, name, mmap)
    if sparse := _names(record, "__scipys", name):
        raise ValueError(f"{name}: the attributes {', '.join(sparse)} are sparse matrices, which word vectors are not")
    for attribute in _names(record, "__ignoreds", name):
        record.state[attribute] = None
    for attribute in _names(record, "__recursive_saveloads", name):
        child = record.get(attribute)
        if isinstance(child, Record) and id(child) not in done:
            _attach(child, None if path is None else f"{path}.{attribute}", name, mmap, depth + 1, done)


def _names(record: Record, which: str, name: str) -> list[str]:
    """Return a list of attributes that gensim keeps; each becomes part of a file name, so only names are accepted."""
    names = record.get(which) or []
    if not isinstance(names, list) or len(names) > _MOST_NAMES:
        raise ValueError(f"{name}: {which} is no list of names; the file is damaged")
    for attribute in names:
        if not isinstance(attribute, str) or not _ATTRIBUTE.match(attribute):
            shown = repr(attribute[:60]) if isinstance(attribute, str) else f"a {type(attribute).__name__}"
            raise ValueError(f"{name}: {shown} is no name of an attribute, and no file of that name is opened")
    return list(dict.fromkeys(names))


def _side_array(path: str | None, attribute: str, name: str, mmap: str | None) -> NDArray[Any]:
    if path is None:
        raise ValueError(f"{name}: the array {attribute!r} is in a file beside it: give the path, not an open file")
    packed = name.endswith((".gz", ".bz2"))  # beside such files gensim stores .npz, spelled like this
    side = f"{path}.{attribute}.{'npz' if packed else 'npy'}"
    if is_url(name):
        raise ValueError(f"{name}: the array {attribute!r} is in a file beside it; copy all of them to a local folder")
    if not Path(side).is_file():
        raise FileNotFoundError(f"{name}: gensim stored the array {attribute!r} beside it, in {side}, which is missing")
    if packed and mmap is not None:
        raise OSError(f"mmap={mmap!r} needs uncompressed files, got {side!r}; unpack all of them or use mmap=None")
    with Path(side).open("rb") as stream:
        if packed:
            return _packed_array(stream, side)
        if mmap is None:
            return numpy_file.read_array(stream, stream_size(stream), side)
        shape, fortran, dtype, start = numpy_file.read_array_header(stream, side)
        if (stream_size(stream) or 0) < math.prod(shape) * dtype.itemsize:
            raise EOFError(f"{side}: the file is cut short")
    if not math.prod(shape) * dtype.itemsize:  # there is nothing to map
        return np.empty(shape, dtype)
    return mapped(side, mmap, start, dtype, shape, "F" if fortran else "C")


def _packed_array(stream: IO[bytes], side: str) -> NDArray[Any]:
    try:
        with zipfile.ZipFile(stream) as archive:
            return numpy_file.read_member(archive, archive.getinfo("val.npy"), side)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{side}: the archive is damaged: {error}") from None
