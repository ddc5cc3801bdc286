"""Many short texts as two arrays: their bytes one after another, and where each begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ENCODING, _ERRORS = "utf-8", "surrogatepass"  # Python strings may hold lone surrogates, and come back as they were


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
    encoded = [text.encode(_ENCODING, _ERRORS) for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def unpack(data: NDArray[Any], offsets: NDArray[Any], what: str) -> list[str]:
    """Return the texts; `what` names them in errors.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, an offset points into a character, or the bytes are not UTF-8.
    """
    if data.dtype != np.uint8 or data.ndim != 1 or offsets.dtype != np.int64 or offsets.ndim != 1 or len(offsets) == 0:
        raise ValueError(f"{what}: expected uint8 bytes and int64 offsets, got {data.dtype} and {offsets.dtype}")
    if offsets[0] != 0 or offsets[-1] != len(data) or bool((offsets[1:] < offsets[:-1]).any()):
        raise ValueError(
            f"{what}: the offsets must rise from 0 to {len(data)}, the number of bytes; the file is damaged"
        )
    try:
        text = data.tobytes().decode(_ENCODING, _ERRORS)
    except UnicodeDecodeError as error:
        raise ValueError(f"{what}: byte {error.start} is not UTF-8; the file is damaged") from None
    if len(text) != len(data):  # not ASCII: turn offsets in bytes into offsets in characters
        begins = (data & 0xC0) != 0x80  # every byte but the continuations 10xxxxxx begins a character
        inside = offsets[offsets < len(data)]
        if not begins[inside].all():
            raise ValueError(f"{what}: an offset points into the middle of a character; the file is damaged")
        characters = np.zeros(len(data) + 1, np.int64)
        np.cumsum(begins, out=characters[1:])
        offsets = characters[offsets]
    bounds = offsets.tolist()
    return [text[start:stop] for start, stop in pairwise(bounds)]
