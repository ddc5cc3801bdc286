"""Many short texts as two arrays: their bytes one after another, and where each begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys

_LAST_CHARACTER = 0x10FFFF  # of Unicode
_ENCODING, _ERRORS = "utf-8", "surrogatepass"  # Python strings may hold lone surrogates, which come back unchanged


def pack(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the UTF-8 bytes of all texts and the offsets: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Examples
    --------
    >>> data, offsets = pack(["a", "é"])
    >>> data.tolist(), offsets.tolist()
    ([97, 195, 169], [0, 1, 3])
    >>> unpack(data, offsets, "keys")
    ['a', 'é']
    """
    packed = texts if isinstance(texts, CompactKeys) else CompactKeys.of(texts)
    return packed.data, packed.offsets


def check_characters(texts: NDArray[Any], what: str) -> None:
    r"""Raise a ValueError if an array of str from a file holds an invalid character; accept other arrays.

    Examples
    --------
    >>> check_characters(np.frombuffer(b"\xff\xff\xff\xff", "<U1"), "keys")
    Traceback (most recent call last):
    ...
    ValueError: keys: a text holds 0xffffffff, which is no character; the file is damaged
    """
    if texts.dtype.kind != "U" or not texts.size:
        return
    order: Any = "C" if texts.flags.c_contiguous else "F"
    codes = texts.reshape(-1, order=order).view(np.dtype("u4").newbyteorder(cast("Any", texts.dtype.byteorder)))
    if (largest := int(codes.max())) > _LAST_CHARACTER:
        raise ValueError(f"{what}: a text holds {largest:#x}, which is no character; the file is damaged")


def check_types(data: NDArray[Any], offsets: NDArray[Any], what: str) -> None:
    """Raise a ValueError if two arrays cannot be texts and offsets, by their types and shapes."""
    if data.dtype != np.uint8 or data.ndim != 1 or offsets.dtype != np.int64 or offsets.ndim != 1 or len(offsets) == 0:
        raise ValueError(f"{what}: expected uint8 bytes and int64 offsets, got {data.dtype} and {offsets.dtype}")


def unpack(data: NDArray[Any], offsets: NDArray[Any], what: str) -> CompactKeys:
    """Return the texts, which are decoded on demand; `what` names them in errors.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, an offset points into a character, or the bytes are not UTF-8.
    """
    check_types(data, offsets, what)
    if offsets[0] != 0 or offsets[-1] != len(data) or bool((offsets[1:] < offsets[:-1]).any()):
        raise ValueError(
            f"{what}: the offsets must rise from 0 to {len(data)}, the number of bytes; the file is damaged"
        )
    try:
        characters = len(data.tobytes().decode(_ENCODING, _ERRORS))
    except UnicodeDecodeError as error:
        raise ValueError(f"{what}: byte {error.start} is not UTF-8; the file is damaged") from None
    if characters != len(data):  # not ASCII
        begins = (data & 0xC0) != 0x80  # every byte but the continuations 10xxxxxx begins a character
        inside = offsets[offsets < len(data)]
        if not begins[inside].all():
            raise ValueError(f"{what}: an offset points into the middle of a character; the file is damaged")
    return CompactKeys(data, offsets)
