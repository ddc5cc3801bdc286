"""GloVe's text format: a line ``word v1 v2 ...`` for each vector, without a header.

A few words of the published vectors hold blanks (``. . .``): the last numbers of a line are the vector, and what stands
before them is the word.
"""

from __future__ import annotations

from typing import IO, Any

from w2vcore.formats import word2vec_text
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like a word and at least two numbers, separated by blanks."""
    line, newline, _ = head.partition(b"\n")
    fields = line.rstrip().split(b" ")
    numbers = fields[1:] if newline else fields[1:-1]  # the last may be cut
    if len(numbers) < 2 or b"\0" in line:
        return False
    try:
        float(numbers[-1])
        return sum(_is_number(field) for field in numbers) >= 2
    except ValueError:
        return False


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    r"""Load a file; the options are those of `word2vec_text.read`.

    Examples
    --------
    >>> import io
    >>> read(io.BytesIO(b"the 0.5 1\n. . . 2 3\n")).keys
    ['the', '. . .']
    """
    return word2vec_text.read(source, **{"blanks": True, **options, "no_header": True})


def write(snapshot: Snapshot, target: PathLike | IO[bytes], **options: Any) -> None:
    r"""Save vectors; the options are those of `word2vec_text.write`.

    Examples
    --------
    >>> import io, numpy as np
    >>> file = io.BytesIO()
    >>> write(Snapshot("keyedvectors", ["a"], {"vectors": np.array([[0.5, 2]], np.float32)}), file)
    >>> file.getvalue()
    b'a 0.5 2.0\n'
    """
    word2vec_text.write(snapshot, target, **{**options, "write_header": False})
