"""word2vec's text format: a line ``count size``, then a line ``word v1 v2 ...`` for each vector.

Without the first line it is GloVe's format (``no_header=True``).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.files import BYTE_ORDER_MARK
from w2vcore.formats import evidence, foreign, word2vec_rows
from w2vcore.formats._rows import text_lines, text_rows
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import BLOCK_BYTES, Block, Options, Rows

_NEWLINE = ord("\n")
_LOOK = 1 << 16  # bytes searched at once for the last newline

# What a field that is not a number may mean -> how to make a number of it.
_NOT_A_NUMBER = (
    (re.compile("−".encode()), "it has the Unicode minus U+2212; sed 's/−/-/g' FILE > NEW"),
    (re.compile(rb"\d:[-+.\d]"), "these are sparse vectors (index:value), which are not read"),
    (re.compile(rb"[-+]?\d+,\d+\Z"), "it has a decimal comma; sed 's/,/./g' FILE > NEW"),
)


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like a header and rows of text, which may be damaged."""
    try:
        count, size, start = word2vec_rows.parse_header(head, "", "")
    except ValueError:
        return False
    return evidence.kind(head[start:], count, size, len(head) < evidence.SAMPLE_BYTES) == "text"


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
            _check_size(block, count, size, name)
        wanted = min(number for number in (count, chosen.limit, 1 << 62) if number is not None)
        smallest_row = 2 * size + 1  # a blank and a digit for each number, and a newline
        first = 0 if count is None else word2vec_rows.capacity(wanted, available, smallest_row)
        rows = Rows(size, first, wanted, chosen)
        binary = _is_binary(block, count, size)
        try:
            _Reader(name, block, size, rows).read(whole=count is None)
            if count is not None and rows.missing:
                raise word2vec_rows.short_file(name, count, rows.seen, block.position)
        except (ValueError, EOFError) as error:
            if binary:
                raise ValueError(
                    f"{name}: this is a binary file, a word and a vector of {size} float32 numbers in each row; pass "
                    "binary=True"
                ) from error
            raise
        return rows.snapshot()


def _is_binary(block: Block, count: int | None, size: int) -> bool:
    """Whether rows of the binary format follow the header, to say so if they cannot be read as text."""
    sample = block.bytes[: evidence.SAMPLE_BYTES].tobytes()
    if count is None or evidence.is_plain(sample):
        return False
    return evidence.kind(sample, count, size, block.ended and len(sample) == len(block.bytes)) == "binary"


def _whole_lines(block: Block) -> list[bytes]:
    """Return the first complete lines."""
    return block.bytes[: evidence.SAMPLE_BYTES].tobytes().split(b"\n")[:20][:-1]


def _check_size(block: Block, count: int, size: int, name: str) -> None:
    """Refuse a file whose rows have another size than the header says, as numbers would be taken for words."""
    lines = [line for line in _whole_lines(block) if line.strip()][:count]
    usual = evidence.usual_numbers(lines)
    if usual not in (0, size) and not any(_has_size(line, size) for line in lines):
        raise ValueError(
            f"{name}: the header says vectors of {size} numbers, and the rows have {usual}; correct that line"
        )


def _has_size(line: bytes, size: int) -> bool:
    """Whether a row has a size, and not a larger one."""
    written = line.rstrip().count(b" ") == size and evidence.is_text_row(line, size)
    return written or evidence.numbers_of_row(line) == size


def _first_size(block: Block, name: str) -> int:
    """Return the length of the vectors of a file without header."""
    while b"\n" not in block.bytes.tobytes() and len(block.bytes) < word2vec_rows.LONGEST_WORD and block.fill():
        pass
    if block.bytes[:4].tobytes().startswith(BYTE_ORDER_MARK) and block.bytes[3:4].tobytes() not in (b" ", b"\t"):
        block.used(len(BYTE_ORDER_MARK))
    first = block.bytes.tobytes().split(b"\n", 1)[0]
    size = evidence.usual_numbers(_whole_lines(block) or [first])
    _check_no_header(block, first, name)
    if not 1 <= size <= word2vec_rows.LARGEST_SIZE:
        what = foreign.describe(first[: foreign.HEAD_BYTES])
        hint = f"; this is {what}" if what else ""
        raise ValueError(f"{name}: expected a word and its numbers in the first line, got {first[:60]!r}{hint}")
    return size


def _check_no_header(block: Block, first: bytes, name: str) -> None:
    """Refuse a file that has a header although the caller says that it has none."""
    fields = first.split()
    if len(fields) != 2 or not all(map(word2vec_rows.is_count, fields)) or not int(fields[1]):
        return
    sample = block.bytes[: evidence.SAMPLE_BYTES].tobytes()
    whole = block.ended and len(sample) == len(block.bytes)
    rest, count, size = sample[len(first) + 1 :], int(fields[0]), int(fields[1])
    if evidence.kind(rest, count, size, whole) == "binary":
        raise ValueError(
            f"{name}: this is a binary file, it begins with a header; pass binary=True, and leave no_header out"
        )
    if size > 1 and rest.strip() and evidence.begins_with_text_rows(rest, count, size, whole):
        shown = first.strip().decode()
        raise ValueError(f"{name}: the first line, {shown!r}, is a header; leave no_header=True out")


class _Reader:
    """The rows of one text file.

    Parameters
    ----------
    name : str
    block : Block
    size : int
    rows : Rows
        Where they go.
    """

    def __init__(self, name: str, block: Block, size: int, rows: Rows) -> None:
        self._name, self._block, self._size, self._rows = name, block, size, rows
        # float16 is rounded from the double, as NumPy rounds float16("0.1")
        self._numbers: Any = np.float32 if rows.vectors.dtype == np.float32 else np.float64

    def read(self, whole: bool) -> None:
        """Read to the last row that is wanted, or to the end of the file.

        Parameters
        ----------
        whole : bool
            Whether a last line without newline must be a whole row. If not, a line with too few numbers is left to the
            caller, who knows that rows are missing.
        """
        rows, block = self._rows, self._block
        while rows.missing:
            if self._take_lines():
                continue
            if len(block.bytes) > word2vec_rows.LONGEST_WORD + 64 * self._size:
                raise ValueError(f"{self._name}: row {rows.seen + 1} has no end; this is no text file")
            if not block.fill():
                last = block.bytes.tobytes()
                if last.strip() and (whole or len(last.split()) > self._size):
                    block.append(_NEWLINE)
                    self._take_lines()
                return

    def _take_lines(self) -> bool:
        """Parse the complete lines; return whether there was one."""
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
        numbers = line.rsplit(None, self._size)  # everything before them is the word, which may hold blanks
        if len(numbers) == self._size and line[:1] in (b" ", b"\t"):
            numbers.insert(0, b"")
        if len(numbers) <= self._size:
            word, *values = line.split()
            raise ValueError(
                f"{self._row(word)} has {len(values)} values instead of {self._size}" + self._why_fewer(line, values)
            )
        word = numbers[0].strip()
        self._rows.add(word, np.array([self._number(value, word) for value in numbers[1:]]))

    def _why_fewer(self, line: bytes, values: list[bytes]) -> str:
        """Return a possible reason for too few values, or nothing."""
        if evidence.numbers_of_row(line.replace(b",", b" ")) == self._size:
            return ": there are commas between them; sed 's/,/ /g' FILE > NEW"
        odd = next((value for value in values if not evidence.is_number(value)), b"1")
        hint = _what_is_meant(odd)
        return f", and {_shown(odd)} is not a number{hint}" if hint else ""

    def _row(self, word: bytes) -> str:
        """Return the name of a row in errors."""
        return f"{self._name}: row {self._rows.seen + 1} (word {word[:60].decode('utf8', 'backslashreplace')!r})"

    def _number(self, value: bytes, word: bytes) -> float:
        """Return a number, or raise an error that says what is wrong with it."""
        if evidence.is_number(value):
            return float(value)
        raise ValueError(f"{self._row(word)}: {_shown(value)} is not a number{_what_is_meant(value)}")


def _shown(value: bytes) -> str:
    return repr(value[:40].decode("utf8", "backslashreplace"))


def _what_is_meant(value: bytes) -> str:
    """Return a hint on a field that is not a number, with a colon in front, or nothing."""
    return next((f": {hint}" for mark, hint in _NOT_A_NUMBER if mark.search(value)), "")


def _after_last_newline(data: NDArray[np.uint8]) -> int:
    """Return the number of bytes up to and including the last newline, 0 if there is none."""
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
        Written before each word.
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
    words = word2vec_rows.packed_words(snapshot, order, prefix)
    with word2vec_rows.destination(target, append) as stream:
        if write_header:
            stream.write(word2vec_rows.header_line(snapshot, total_vec))
        vectors = snapshot.arrays["vectors"]
        dtype, lines = (np.float64, _double_lines) if vectors.dtype == np.float64 else (np.float32, text_lines)
        word2vec_rows.write_lines(stream, word2vec_rows.ordered_blocks(vectors, order, dtype), words, lines)


def _double_lines(
    words: NDArray[np.uint8], offsets: NDArray[np.int64], block: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Return the lines of float64 rows, their numbers in NumPy's shortest form."""
    numbers = [b" ".join(row) for row in block.astype(np.bytes_).tolist()]
    named = (words[first:stop].tobytes() for first, stop in pairwise(offsets.tolist()))
    lines = b"".join([b"%b %b\n" % (word, row) for word, row in zip(named, numbers, strict=True)])
    return np.frombuffer(lines, np.uint8)
