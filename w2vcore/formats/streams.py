"""Streams of bytes, and limits on how much they may yield.

The size of a packed file, a pipe or a member of an archive is unknown until it is read, and what it says of itself may
be false. So memory is allocated for what has arrived and not for what is announced, and a packed file may not unpack to
more than vectors ever do.
"""

from __future__ import annotations

import io
import os
from typing import IO, Any

BLOCK_BYTES = 8 << 20  # read at once: large against a system call, small against a model
# Deflate packs at most 1,032 bytes (zeros) into one, other methods more; no vectors but zeros come near it.
MOST_UNPACKED = 1040
_ALWAYS_UNPACKED = 64 << 20


def most_unpacked(packed: int) -> int:
    """Return the number of bytes to which a packed file of a given size may unpack.

    Examples
    --------
    >>> most_unpacked(0) == 64 << 20
    True
    """
    return MOST_UNPACKED * packed + _ALWAYS_UNPACKED


def unpacked(stream: IO[bytes], packed: int, name: str) -> IO[bytes]:
    """Return a stream of unpacked bytes that raises an error when they become too many.

    Parameters
    ----------
    stream : binary file
        The stream that unpacks.
    packed : int
        Bytes of the packed file.
    name : str
        For the error.

    Examples
    --------
    >>> stream = unpacked(io.BytesIO(bytes(100 << 20)), 1000, "x.gz")
    >>> while stream.read(1 << 20):
    ...     pass
    Traceback (most recent call last):
    ...
    ValueError: x.gz: its 1,000 bytes unpack to over 68,148,864, which no vectors do; refused
    """
    return io.BufferedReader(_Unpacked(stream, packed, name), BLOCK_BYTES >> 3)


class _Unpacked(io.RawIOBase):
    def __init__(self, stream: IO[bytes], packed: int, name: str) -> None:
        self._stream, self._packed, self._name = stream, packed, name
        self._at, self._most = 0, most_unpacked(packed)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = self._stream.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._at += len(data)
        if self._at > self._most:
            raise ValueError(
                f"{self._name}: its {self._packed:,} bytes unpack to over {self._most:,}, which no vectors do; refused"
            )
        return len(data)


def stream_size(stream: IO[bytes]) -> int | None:
    """Return the bytes from the present position to the end; None if unknown (a pipe, a packed file)."""
    raw = stream.raw if isinstance(stream, io.BufferedReader | io.BufferedRandom) else stream
    if (
        not isinstance(raw, io.FileIO | io.BytesIO) or not stream.seekable()
    ):  # seeking in a packed file unpacks all of it
        return None
    here = stream.tell()
    end = stream.seek(0, os.SEEK_END)
    stream.seek(here)
    return end - here


def read_exactly(stream: IO[bytes], wanted: int) -> bytes:
    """Read `wanted` bytes, or fewer at the end of the file: an unbuffered or packed stream may give less than asked."""
    data = stream.read(wanted)
    while 0 < len(data) < wanted:
        more = stream.read(wanted - len(data))
        if not more:
            break
        data += more
    return data


def read_announced(stream: IO[bytes], wanted: int, known: bool) -> bytearray:
    """Read `wanted` bytes, or fewer at the end of the file.

    Parameters
    ----------
    stream : binary file
    wanted : int
    known : bool
        Whether they are known to be there, so that memory can be allocated for all of them at once.

    Examples
    --------
    >>> read_announced(io.BytesIO(b"abc"), 1 << 60, known=False)
    bytearray(b'abc')
    """
    data = bytearray(wanted if known else 0)
    got = 0
    while got < wanted and (more := read_exactly(stream, min(BLOCK_BYTES, wanted - got))):
        data[got : got + len(more)] = more  # beyond the end it grows
        got += len(more)
    del data[got:]
    return data
