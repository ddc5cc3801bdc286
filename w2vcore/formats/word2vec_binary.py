"""word2vec's binary format: a line ``count size``, then for each vector the word, a space, and its float32 numbers.

The C program ends each vector with a newline, gensim does not; both are read. Files are written like gensim's.
"""

from __future__ import annotations

import logging
import sys
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import evidence, word2vec_rows
from w2vcore.formats._rows import binary_lines, binary_rows
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.word2vec_rows import BLOCK_BYTES, Block, Options, Rows

logger = logging.getLogger(__name__)


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like a header, and rows of a word and float32 numbers."""
    try:
        count, size, start = word2vec_rows.parse_header(head, "", "")
    except ValueError:
        return False
    return evidence.kind(head[start:], count, size, len(head) < evidence.SAMPLE_BYTES) == "binary"


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    r"""Load a binary file.

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
        For a file of another kind.
    NotImplementedError
        For ``no_header=True``: without a header the size of the vectors is unknown.
    EOFError
        If there are fewer rows than the header says.
    UnicodeDecodeError
        For a word that does not decode.

    Examples
    --------
    >>> import io
    >>> read(io.BytesIO(b"1 1\nking " + np.float32(0.5).tobytes())).arrays["vectors"].tolist()
    [[0.5]]
    """
    chosen = Options(**options)
    if chosen.no_header:
        raise NotImplementedError("no_header=True is for text files: the size of binary vectors stands in the header")
    with word2vec_rows.opened(source) as (stream, available, name):
        block = Block(stream, BLOCK_BYTES)
        block.fill()
        count, size, start = word2vec_rows.parse_header(block.bytes[:512].tobytes(), name, "a word2vec binary file")
        block.used(start)
        _check_kind(block, count, size, name)
        wanted = count if chosen.limit is None else min(count, chosen.limit)
        smallest_row = 4 * size + 1  # a blank and the vector
        rows = Rows(size, word2vec_rows.capacity(wanted, available, smallest_row), wanted, chosen)

        def parse(data: Any, most: int, matrix: Any, words: Any, offsets: Any) -> tuple[int, int, bool]:
            found, used = binary_rows(data, size, most, matrix, words, offsets)
            if sys.byteorder == "big":
                matrix[:found].byteswap(inplace=True)
            return found, used, True

        while True:
            rows.take(block, parse, np.float32, smallest_row)
            if not rows.missing:
                if rows.seen == count and (block.bytes[:2].tobytes().strip(b"\r\n") or len(block.bytes) > 2):
                    logger.warning(
                        "%s: the header says %d vectors, and more follows them, which is not read", name, count
                    )
                return rows.snapshot()
            if len(block.bytes) > 4 * size + word2vec_rows.LONGEST_WORD:
                raise ValueError(f"{name}: word {rows.seen + 1} has no end; is this a word2vec binary file?")
            if not block.fill():
                raise word2vec_rows.short_file(name, count, rows.seen, block.position)


def _check_kind(block: Block, count: int, size: int, name: str) -> None:
    """Refuse text, and bytes that cannot be rows of the size in the header."""
    sample, whole = block.bytes[: evidence.SAMPLE_BYTES].tobytes(), block.ended
    whole = whole and len(sample) == len(block.bytes)
    if evidence.is_surely_text(sample, count, size, whole):
        row = sample.lstrip().partition(b"\n")[0][:60].decode("utf8", "backslashreplace")
        raise ValueError(f"{name}: this is a text file; pass binary=False (its first row begins {row!r})")
    if len(sample) > 4 * size:
        check_rows(sample, count, size, whole, name)


def check_rows(data: bytes, count: int, size: int, whole: bool, name: str) -> None:
    """Raise a ValueError if what follows a header is neither text nor rows of a binary file."""
    if evidence.kind(data, count, size, whole) is not None:
        return
    rows = evidence.walk(data, count, size, whole)
    what = f"no blank follows word {len(rows.words) + 1}"
    if rows.strange:
        what = f"row {rows.strange[0] + 1} would begin with the word {rows.words[rows.strange[0]][:20]!r}"
    elif rows.words:
        what = f"the last number of each row would be letters, {rows.vectors[4 * size - 4 : 4 * size]!r} in the first"
    raise ValueError(
        f"{name}: no rows of words and {size} float32 numbers: {what}; the size in the header may be wrong, or the "
        "numbers are of another type"
    )


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
    r"""Save the vectors in binary; the arguments are those of `word2vec_text.write`.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write(Snapshot("keyedvectors", ["a"], {"vectors": np.zeros((1, 1), np.float32)}), file)
    >>> file.getvalue()
    b'1 1\na \x00\x00\x00\x00'
    """
    words = word2vec_rows.packed_words(snapshot, order, prefix)
    with word2vec_rows.destination(target, append) as stream:
        if write_header:
            stream.write(word2vec_rows.header_line(snapshot, total_vec))
        blocks = word2vec_rows.ordered_blocks(snapshot.arrays["vectors"], order)
        word2vec_rows.write_lines(stream, (block.view(np.uint8) for block in blocks), words, binary_lines)
