"""word2vec's text format: a line ``count size``, then a line ``word v1 v2 ...`` for each vector.

Without the first line it is GloVe's format (``no_header=True``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import foreign, word2vec_rows
from w2vcore.formats._rows import text_rows
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import BLOCK_BYTES, Block, Options, Rows

_NEWLINE = ord("\n")
_LOOK = 1 << 16  # bytes searched at once for the last newline


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like a header and a row of numbers."""
    try:
        _, size, start = word2vec_rows.parse_header(head, "", "")
        row, newline, _ = head[start:].partition(b"\n")
        numbers = row.rstrip().split(b" ")[1:]
        values = [float(number) for number in (numbers if newline else numbers[:-1])]  # the last may be cut
    except ValueError:
        return False
    return len(values) == size or (not newline and 0 < len(values) < size) or head[start:] == b""


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    r"""Load a text file.

    Parameters
    ----------
    source : str, path-like or binary file
    **options
        The fields of `word2vec_rows.Options`.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        For a row with the wrong number of values, a value that is no number, or a file of another kind.
    EOFError
        If there are fewer rows than the header says.
    UnicodeDecodeError
        For a word that does not decode.

    Examples
    --------
    >>> import io
    >>> read(io.BytesIO(b"1 2\nking 0.5 1\n")).keys
    ['king']
    """
    chosen = Options(**options)
    with word2vec_rows.opened(source) as (stream, available, name):
        block = Block(stream, BLOCK_BYTES)
        block.fill()
        if chosen.no_header:
            count, size = None, _first_size(block, name)
        else:
            count, size, start = word2vec_rows.parse_header(block.bytes[:512].tobytes(), name, "a word2vec text file")
            block.used(start)
        wanted = min(number for number in (count, chosen.limit, 1 << 62) if number is not None)
        smallest_row = 2 * size + 1  # a blank and a digit for each number, and a newline
        first = 0 if count is None else word2vec_rows.capacity(wanted, available, smallest_row)
        rows = Rows(size, first, wanted, chosen)
        _Reader(name, block, size, rows, chosen.blanks).read(whole=count is None)
        if count is not None and rows.missing:
            raise word2vec_rows.short_file(name, count, rows.seen, block.position)
        return rows.snapshot()


def _first_size(block: Block, name: str) -> int:
    """Length of the vectors of a file without header."""
    while b"\n" not in block.bytes.tobytes() and len(block.bytes) < word2vec_rows.LONGEST_WORD and block.fill():
        pass
    first = block.bytes.tobytes().split(b"\n", 1)[0]
    size = len(first.split()) - 1
    if not 1 <= size <= word2vec_rows.LARGEST_SIZE:
        what = foreign.describe(first[: foreign.HEAD_BYTES])
        hint = f"; this is {what}" if what else ""
        raise ValueError(f"{name}: expected a word and its numbers in the first line, got {first[:60]!r}{hint}")
    return size


class _Reader:
    """The rows of one text file.

    Parameters
    ----------
    name : str
    block : Block
    size : int
    rows : Rows
        Where they go.
    blanks : bool
        Whether a word may hold blanks: then the last `size` fields of a line are the numbers.
    """

    def __init__(self, name: str, block: Block, size: int, rows: Rows, blanks: bool) -> None:
        self._name, self._block, self._size, self._rows, self._blanks = name, block, size, rows, blanks
        # float16 is rounded from the double, as numpy rounds float16("0.1")
        self._numbers: Any = np.float32 if rows.vectors.dtype == np.float32 else np.float64

    def read(self, whole: bool) -> None:
        """Read to the last row that is wanted, or to the end of the file.

        Parameters
        ----------
        whole : bool
            A last line without newline must be a whole row. Else, one with too few numbers is left to the caller, who
            knows that rows are missing.
        """
        rows, block = self._rows, self._block
        while rows.missing:
            if self._take_lines():
                continue
            if len(block.bytes) > word2vec_rows.LONGEST_WORD + 64 * self._size:
                raise ValueError(
                    f"{self._name}: row {rows.seen + 1} has no end; is this a binary file? Then pass binary=True"
                )
            if not block.fill():
                last = block.bytes.tobytes()
                if last.strip() and (whole or len(last.rstrip().split(b" ")) > self._size):
                    block.append(_NEWLINE)
                    self._take_lines()
                return

    def _take_lines(self) -> bool:
        """Parse the lines that are there as a whole; whether there was one."""
        data = self._block.bytes
        length = _after_last_newline(data)
        if not length:
            return False
        before = len(data)

        def parse(rest: Any, most: int, matrix: Any, words: Any, offsets: Any) -> tuple[int, int, bool]:
            lines = rest[: length - (before - len(rest))]
            return text_rows(lines, self._size, most, matrix, words, offsets)

        while not self._rows.take(self._block, parse, self._numbers, 2 * self._size + 1):
            self._take_odd_line()
        if self._rows.missing:
            self._block.used(length - (before - len(self._block.bytes)))  # empty lines at the end
        return True

    def _take_odd_line(self) -> None:
        """Parse a line that the fast parser left, or say what is wrong with it."""
        data = self._block.bytes
        line = data[: int(np.argmax(data == _NEWLINE))].tobytes()
        self._block.used(len(line) + 1)
        if not line.strip():
            return
        word, *values = line.rstrip().split(b" ")
        if self._blanks and len(values) > self._size:
            word, values = b" ".join([word, *values[: -self._size]]), values[-self._size :]
        numbers = self._checked(word, values)
        self._rows.add(word, numbers)

    def _checked(self, word: bytes, values: Sequence[bytes]) -> NDArray[Any]:
        """The numbers of a row, or the error that says what is wrong with it."""
        name = word[:60].decode("utf8", "backslashreplace")
        shown = f"{self._name}: row {self._rows.seen + 1} (word {name!r})"
        hint = "; is this a binary file? Then pass binary=True" if any(b"\0" in value for value in values) else ""
        if len(values) != self._size:
            raise ValueError(f"{shown} has {len(values)} values instead of {self._size}{hint}")
        numbers = []
        for value in values:
            try:
                if b"_" in value:  # which float() takes
                    raise ValueError
                numbers.append(float(value))
            except ValueError:
                bad = value[:40].decode("utf8", "backslashreplace")
                raise ValueError(f"{shown}: {bad!r} is not a number{hint}") from None
        return np.array(numbers)


def _after_last_newline(data: NDArray[np.uint8]) -> int:
    """Bytes up to and with the last newline, 0 if there is none."""
    for stop in range(len(data), 0, -_LOOK):
        found = data[max(0, stop - _LOOK) : stop].tobytes().rfind(b"\n")
        if found >= 0:
            return max(0, stop - _LOOK) + found + 1
    return 0


def write(
    snapshot: Snapshot,
    target: PathLike | IO[bytes],
    *,
    total_vec: int | None = None,
    write_header: bool = True,
    prefix: str = "",
    append: bool = False,
    order: NDArray[Any] | None = None,
) -> None:
    r"""Save the vectors as text, each number in the fewest digits that give the same float32 (float64) again.

    Parameters
    ----------
    snapshot : Snapshot
    target : str, path-like or binary file
    total_vec : int, optional
        The count in the header, if not the number of keys.
    write_header : bool
    prefix : str
        Put before each word.
    append : bool
        Add to the end of the file, which is then not replaced atomically.
    order : array of int, optional
        The rows in the order of writing.

    Examples
    --------
    >>> import io, numpy as np
    >>> file = io.BytesIO()
    >>> write(Snapshot("keyedvectors", ["a"], {"vectors": np.array([[0.1, 2]], np.float32)}), file)
    >>> file.getvalue()
    b'1 2\na 0.1 2.0\n'
    """
    words = iter(word2vec_rows.written_words(snapshot, order, prefix))
    with word2vec_rows.destination(target, append) as stream:
        if write_header:
            stream.write(word2vec_rows.header_line(snapshot, total_vec))
        vectors = snapshot.arrays["vectors"]
        dtype = "<f8" if vectors.dtype == np.float64 else "<f4"
        for block in word2vec_rows.ordered_blocks(vectors, order, dtype):
            texts = block.astype(np.bytes_).tolist()  # numpy's shortest form, as str(np.float32(x))
            stream.write(b"".join(b"%b %b\n" % (next(words), b" ".join(row)) for row in texts))
