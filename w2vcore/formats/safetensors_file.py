"""The bytes of a safetensors file: a length, a JSON header, and the tensors without gaps.

The file is not written by the safetensors library, because that stores wrong numbers for a strided view such as
``matrix[:, :100]``, needs the whole file in memory, and aligns data to 8 bytes only. Here rows are written block by
block, the data begins at a multiple of 64, and tensors are ordered by falling element size, so that each is aligned for
a memory map. The library reads the result like any other (a test does so). Layout:
https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import foreign
from w2vcore.formats.atomic import PathLike, atomic_write
from w2vcore.formats.streams import BLOCK_BYTES, read_announced, read_exactly

DATA_ALIGNMENT = 64
MAX_HEADER = 100_000_000  # bytes; the library's own bound
_MOST_DIMENSIONS = 32  # of an array of NumPy 1
_SHOWN = 300  # characters of an error: the names and numbers in it come from the file
_DTYPES = {
    "F64": "<f8",
    "I64": "<i8",
    "U64": "<u8",
    "F32": "<f4",
    "I32": "<i4",
    "U32": "<u4",
    "F16": "<f2",
    "I16": "<i2",
    "U16": "<u2",
    "I8": "|i1",
    "U8": "|u1",
    "BOOL": "|b1",
}
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}


@dataclass(frozen=True)
class Tensor:
    """Where one array lies: bytes ``start`` to ``stop`` of the data."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Header:
    """The parsed head of a file.

    Attributes
    ----------
    metadata : dict of str to str
    tensors : tuple of Tensor
        In the order of their bytes.
    data_start : int
        Where the data begin.
    complete : bool
        Whether the file is known to hold all of them.
    """

    metadata: dict[str, str]
    tensors: tuple[Tensor, ...]
    data_start: int
    complete: bool


def stored_dtype(array: NDArray[Any]) -> np.dtype[Any] | None:
    """Return the little-endian type in which an array can be stored, or None if safetensors has none."""
    if array.dtype.kind not in "fiub":
        return None
    dtype = array.dtype.newbyteorder("<")
    return dtype if dtype in _NAMES else None


def json_text(settings: Mapping[str, Any]) -> str:
    """Return settings as a metadata value; NumPy's numbers become Python's.

    Raises
    ------
    TypeError
        For what JSON cannot hold.
    """
    return json.dumps(settings, default=_plain_number)


def _plain_number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"settings may hold JSON values only, got {value!r}")


def save(target: PathLike | IO[bytes], arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """`write` to a path, atomically, or to an open binary file."""
    with nullcontext(cast("IO[bytes]", target)) if hasattr(target, "write") else atomic_write(target) as stream:
        write(stream, arrays, metadata)


def write(stream: IO[bytes], arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Write a whole file.

    Parameters
    ----------
    stream : binary file
    arrays : dict of str to ndarray
        Views with any strides; no second copy of an array is made.
    metadata : dict of str to str
    """
    order = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    start = 0
    for name in order:
        array = arrays[name]
        dtype = stored_dtype(array)
        if dtype is None:
            raise TypeError(f"array {name!r} has dtype {array.dtype}, which safetensors cannot store")
        header[name] = {
            "dtype": _NAMES[dtype],
            "shape": list(array.shape),
            "data_offsets": [start, start + array.nbytes],
        }
        start += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % DATA_ALIGNMENT)
    if len(text) > MAX_HEADER:
        raise ValueError(f"the header has {len(text):,} bytes, more than the {MAX_HEADER:,} that readers accept")
    _write_all(stream, len(text).to_bytes(8, "little") + text)
    for name in order:
        _write_rows(stream, np.atleast_1d(arrays[name]))


def _write_rows(stream: IO[bytes], array: NDArray[Any]) -> None:
    dtype = array.dtype.newbyteorder("<")
    for rows in _row_blocks(array.shape, dtype.itemsize):
        # no copy if the rows are contiguous already
        _write_all(stream, np.ascontiguousarray(array[rows], dtype=dtype).data.cast("B"))


def _row_blocks(shape: tuple[int, ...], itemsize: int) -> list[slice]:
    """Return slices of rows of about BLOCK_BYTES each; none for an array without elements."""
    if math.prod(shape) == 0:
        return []
    step = max(1, BLOCK_BYTES // (math.prod(shape[1:]) * itemsize))
    return [slice(start, min(start + step, shape[0])) for start in range(0, shape[0], step)]


def _write_all(stream: IO[bytes], data: bytes | memoryview) -> None:
    """Write every byte: an unbuffered file may accept fewer at a time."""
    view = memoryview(data)
    while view:
        written = stream.write(view)
        view = view[written if written is not None else len(view) :]


def read_header(stream: IO[bytes], size: int | None, name: str) -> Header:
    """Read and check the header before anything is allocated from it.

    Parameters
    ----------
    stream : binary file
    size : int or None
        Bytes from here to the end of the file, where known.
    name : str
        For errors.

    Raises
    ------
    ValueError
        If this is no safetensors file (the message says what it is instead), or a damaged one.
    EOFError
        If the file is shorter than its header says.
    """
    head = stream.read(8)
    length = int.from_bytes(head, "little")
    text = read_exactly(stream, length) if len(head) == 8 and _fits(length, size) else stream.read(foreign.HEAD_BYTES)
    if not foreign.is_safetensors(head + text[:1]):
        what = foreign.describe((head + text)[: foreign.HEAD_BYTES])
        raise ValueError(f"{name}: this is {what or _NOT_OURS}")
    if len(text) < length or not _fits(length, size):
        there = max(0, size - 8) if size is not None else len(text)
        raise EOFError(f"{name}: the file is cut short: its header has {length:,} bytes, {there:,} are there")
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_no_duplicates)
        metadata = header.pop("__metadata__", {})
        if not all(isinstance(value, str) for value in metadata.values()):
            raise ValueError("metadata must map str to str")
        tensors = sorted(
            (_tensor(key, entry) for key, entry in header.items()), key=lambda item: (item.start, item.stop)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{name}: the safetensors header is damaged: {error!s:.{_SHOWN}}") from None
    _check_layout(tensors, None if size is None else size - 8 - length, name)
    return Header(metadata, tuple(tensors), 8 + length, complete=size is not None)


_NOT_OURS = "not a file saved by w2vcore (no safetensors header); KeyedVectors.load_any reads other files of vectors"


def _fits(length: int, size: int | None) -> bool:
    return length <= MAX_HEADER and (size is None or length <= size - 8)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name occurs twice")
    return result


def _tensor(name: str, entry: dict[str, Any]) -> Tensor:
    """Check one entry of the header by itself."""
    if entry["dtype"] not in _DTYPES:
        raise ValueError(f"tensor {name!r} has dtype {entry['dtype']!r}; known: {', '.join(_DTYPES)}")
    dtype = np.dtype(_DTYPES[entry["dtype"]])
    shape, offsets = entry["shape"], entry["data_offsets"]
    if len(shape) > _MOST_DIMENSIONS or len(offsets) != 2:  # before their product is made
        raise ValueError(f"tensor {name!r:.60} has {len(shape):,} dimensions and {len(offsets):,} offsets")
    for number in (*shape, *offsets):
        if type(number) is not int or not 0 <= number < 1 << 63:
            raise ValueError(f"tensor {name!r} has shape {shape} and offsets {offsets}")
    start, stop = offsets
    if stop - start != math.prod(shape) * dtype.itemsize:
        raise ValueError(
            f"tensor {name!r} of shape {shape} and dtype {entry['dtype']} cannot lie at bytes {start} to {stop}"
        )
    return Tensor(name, dtype, tuple(shape), start, stop)


def _check_layout(tensors: list[Tensor], available: int | None, name: str) -> None:
    """Check that the tensors fill the data without gap or overlap."""
    end = 0
    for tensor in tensors:
        if tensor.start != end:
            problem = "overlaps the one before" if tensor.start < end else "leaves a gap"
            raise ValueError(f"{name}: the safetensors header is damaged: tensor {tensor.name!r:.60} {problem}")
        end = tensor.stop
    if available is not None and available < end:
        raise EOFError(
            f"{name}: the file is cut short: its header names {end:,} bytes of data, {available:,} are there"
        )
    if available is not None and available > end:
        raise ValueError(f"{name}: the file has {available - end:,} bytes after the last tensor; it is damaged")


def read_array(
    stream: IO[bytes],
    tensor: Tensor,
    header: Header,
    name: str,
    room: Callable[[tuple[int, ...], np.dtype[Any]], NDArray[Any]] = np.empty,
) -> NDArray[Any]:
    """Read the array of `tensor` from the present position.

    Parameters
    ----------
    stream : binary file
    tensor : Tensor
    header : Header
        It says whether memory may be allocated for the whole array at once, or only as data arrives.
    name : str
        For errors.
    room : callable, optional
        ``room(shape, dtype)`` returns the array to fill, which may be a view with other strides.

    Raises
    ------
    EOFError
        If the file is cut short.
    """
    if header.complete:
        array = room(tensor.shape, tensor.dtype)
        _read_into(stream, tensor, array, name)
        return array
    wanted = math.prod(tensor.shape) * tensor.dtype.itemsize
    data = read_announced(stream, wanted, known=False)
    if len(data) < wanted:
        raise _cut_short(tensor, name)
    read: NDArray[Any] = np.frombuffer(data, tensor.dtype).reshape(tensor.shape)
    if room is np.empty:
        return read
    array = room(tensor.shape, tensor.dtype)
    array[...] = read
    return array


def _cut_short(tensor: Tensor, name: str) -> EOFError:
    return EOFError(f"{name}: the file is cut short inside tensor {tensor.name!r:.60}")


def _read_into(stream: IO[bytes], tensor: Tensor, array: NDArray[Any], name: str) -> None:
    """Fill `array`, a view with any strides, with the bytes of `tensor`."""
    array = np.atleast_1d(array)
    for rows in _row_blocks(array.shape, tensor.dtype.itemsize):
        shape = (rows.stop - rows.start, *array.shape[1:])
        wanted = math.prod(shape) * tensor.dtype.itemsize
        data = read_exactly(stream, wanted)
        if len(data) < wanted:
            raise _cut_short(tensor, name)
        array[rows] = np.frombuffer(data, tensor.dtype).reshape(shape)
