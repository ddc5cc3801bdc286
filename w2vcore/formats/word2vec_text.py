"""word2vec's text format: a line ``count size``, then a line ``word v1 v2 ...`` for each vector.

Without the first line it is GloVe's format (``no_header=True``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import word2vec_rows
from w2vcore.formats.atomic import PathLike, read_exactly
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import BLOCK_BYTES, Options, Rows


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like a header and a row of numbers."""
    try:
        _, size, start = word2vec_rows.parse_header(head, "", "")
        numbers = head[start:].split(b"\n")[0].split(b" ")[1:-1]  # the last may be cut
        values = [float(number) for number in numbers[:size]]
    except ValueError:
        return False
    return len(values) > 0 or size == 1


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
        buffer = read_exactly(stream, BLOCK_BYTES)
        if chosen.no_header:
            count, size, start = None, _first_size(buffer, name), 0
        else:
            count, size, start = word2vec_rows.parse_header(buffer, name, "a word2vec text file")
        wanted = min(number for number in (count, chosen.limit, 1 << 62) if number is not None)
        # the shortest row is a space and a digit for each number, and a newline
        rows = Rows(size, word2vec_rows.capacity(wanted, None if count is None else available, 2 * size + 1), chosen)
        position, buffer = len(buffer), buffer[start:]
        while rows.seen < wanted:
            lines = buffer.split(b"\n")
            rest = lines.pop()
            _add(rows, lines, wanted, name)
            if rows.seen == wanted:
                break
            more = stream.read(BLOCK_BYTES)
            if not more:
                _add_last(rows, rest, count is None, name)
                break
            if len(rest) > word2vec_rows.LONGEST_WORD + 64 * size:
                raise ValueError(
                    f"{name}: row {rows.seen + 1} has no end; is this a binary file? Then pass binary=True"
                )
            position += len(more)
            buffer = rest + more
        if count is not None and rows.seen < wanted:
            raise word2vec_rows.short_file(name, count, rows.seen, position)
        return rows.snapshot()


def _first_size(first: bytes, name: str) -> int:
    """Length of the vectors of a file without header."""
    size = len(first.split(b"\n", 1)[0].split()) - 1
    if size < 1:
        raise ValueError(f"{name}: expected a word and its numbers in the first line, got {first[:60]!r}")
    return size


def _add(rows: Rows, lines: Sequence[bytes], wanted: int, name: str) -> None:
    """Parse whole lines; blank ones are skipped, those beyond `wanted` ignored."""
    size = rows.vectors.shape[1]
    filled = (line.rstrip() for line in lines if line.strip())
    fields = [line.split(b" ") for line in islice(filled, wanted - rows.seen)]
    if any(len(field) != size + 1 for field in fields):
        raise _explain(fields, size, rows.seen, name)
    numbers = chain.from_iterable(field[1:] for field in fields)
    try:
        values = np.fromiter(map(float, numbers), rows.vectors.dtype, len(fields) * size)
    except ValueError:
        raise _explain(fields, size, rows.seen, name) from None
    rows.add([field[0] for field in fields], values.reshape(len(fields), size))


def _add_last(rows: Rows, line: bytes, must_be_whole: bool, name: str) -> None:
    """Parse a last line without newline; if it has too few numbers the file was cut, which the caller reports."""
    if must_be_whole or len(line.rstrip().split(b" ")) > rows.vectors.shape[1]:
        _add(rows, [line], rows.seen + 1, name)


def _explain(fields: Sequence[Sequence[bytes]], size: int, before: int, name: str) -> ValueError:
    """The error for the first bad row."""
    for number, (word, *values) in enumerate(fields, before + 1):
        shown = f"{name}: row {number} (word {word[:60].decode('utf8', 'backslashreplace')!r})"
        hint = "; is this a binary file? Then pass binary=True" if any(b"\0" in value for value in values) else ""
        if len(values) != size:
            return ValueError(f"{shown} has {len(values)} values instead of {size}{hint}")
        for value in values:
            try:
                float(value)
            except ValueError:
                bad = value[:40].decode("utf8", "backslashreplace")
                return ValueError(f"{shown}: {bad!r} is not a number{hint}")
    raise AssertionError("unreachable: called for rows that do not parse")


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
    r"""Save the vectors as text, each number in the fewest digits that give the same float32 again.

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
        for block in word2vec_rows.ordered_blocks(snapshot.arrays["vectors"], order):
            texts = block.astype(np.bytes_).tolist()  # numpy's shortest form, as str(np.float32(x))
            stream.write(b"".join(b"%b %b\n" % (next(words), b" ".join(row)) for row in texts))
