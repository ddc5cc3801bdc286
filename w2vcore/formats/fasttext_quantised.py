"""The matrices of fastText's small models (``.ftz``): codes instead of numbers.

This is product quantisation: a row is cut into parts of a few columns, and a byte for each part names one of its 256
centroids. If the rows were divided by their lengths before, the lengths are coded likewise, in a byte for each row.

Layout, all numbers little-endian (quantmatrix.cc, productquantizer.cc): a byte, 1 if there are lengths; rows and
columns (int64), number of codes (int32), and the codes; the quantiser: columns, parts, columns of a part and of the
last part (int32), and the centroids, float32, part by part; then a code for each length, and a quantiser of one column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_CENTROIDS = 256
# Columns of a part: one byte of the file becomes this many numbers. fastText's own choice is 2.
WIDEST_PART = 64


class Reader(Protocol):
    """What is needed of a file."""

    name: str

    def numbers(self, code: str) -> tuple[Any, ...]:
        """Return numbers, as `struct.unpack` does."""

    def block(self, count: int) -> bytes | bytearray:
        """Return that many bytes; memory follows what is really there."""


@dataclass(frozen=True)
class _Quantiser:
    """The vector for which each code of each part stands."""

    columns: int
    width: int
    centroids: NDArray[np.float32]

    @classmethod
    def read(cls, reader: Reader, columns: int) -> _Quantiser:
        stored, parts, width, last = reader.numbers("<4i")
        if (
            stored != columns
            or not 0 < width <= WIDEST_PART
            or parts != -(-columns // width)
            or last != columns - (parts - 1) * width
        ):
            raise ValueError(
                f"{reader.name}: {parts} parts of {width} columns, the last of {last}, for vectors of {columns}; the "
                "file is damaged"
            )
        data = reader.block(4 * _CENTROIDS * columns)
        return cls(columns, width, np.frombuffer(data, "<f4").astype(np.float32, copy=False))

    def rows(self, codes: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vectors for which rows of codes stand."""
        made = np.empty((len(codes), self.columns), np.float32)
        for part, first in enumerate(range(0, self.columns, self.width)):
            last = min(first + self.width, self.columns)
            made[:, first:last] = self.centroids[_CENTROIDS * first : _CENTROIDS * last].reshape(-1, last - first)[
                codes[:, part]
            ]
        return made


def read_matrix(reader: Reader, largest: int) -> NDArray[np.float32]:
    """Return a matrix as numbers.

    Parameters
    ----------
    reader : Reader
    largest : int
        Most columns.

    Raises
    ------
    ValueError
        If its sizes do not go together.
    EOFError
        If the file is cut short.
    """
    with_lengths, rows, columns, size = reader.numbers("<b2qi")
    parts = size // rows if rows > 0 else 0
    if with_lengths not in (0, 1) or rows < 0 or not 0 < columns <= largest or size != rows * parts or size < 0:
        raise ValueError(f"{reader.name}: a matrix of {rows} × {columns} in {size} codes; the file is damaged")
    codes = np.frombuffer(reader.block(size), np.uint8).reshape(rows, parts)
    quantiser = _Quantiser.read(reader, columns)
    if rows and parts != -(-columns // quantiser.width):
        raise ValueError(
            f"{reader.name}: {parts} codes a row, for vectors of {columns} in parts of {quantiser.width}; the file is "
            "damaged"
        )
    table = quantiser.rows(codes)
    if with_lengths:
        lengths = np.frombuffer(reader.block(rows), np.uint8).reshape(rows, 1)
        table *= _Quantiser.read(reader, 1).rows(lengths)
    return table
