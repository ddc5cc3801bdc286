"""GloVe's text format: a line ``word v1 v2 ...`` for each vector, without a header.

A few words of the published vectors hold blanks (``. . .``): the last numbers of a line are the vector, and everything
before them is the word.
"""

from __future__ import annotations

from typing import IO, Any

from w2vcore.corpus.files import BYTE_ORDER_MARK
from w2vcore.formats import evidence, word2vec_text
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like a word and at least two numbers, separated by blanks or tabs."""
    line, newline, _ = head.removeprefix(BYTE_ORDER_MARK).partition(b"\n")
    if not newline:  # the last number may be cut off
        line = line.rstrip().rpartition(b" ")[0]
    return b"\0" not in line and evidence.numbers_of_row(line) > 1


def read(source: PathLike | IO[bytes], **options: Any) -> Snapshot:
    r"""Load a file; the options are those of `word2vec_text.read`.

    Examples
    --------
    >>> import io
    >>> read(io.BytesIO(b"the 0.5 1\n. . . 2 3\n")).keys
    ['the', '. . .']
    """
    return word2vec_text.read(source, **{**options, "no_header": True})


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
