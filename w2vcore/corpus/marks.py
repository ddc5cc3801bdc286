"""Recognise files that are not text by their first bytes, to tell a user who passes one as a corpus."""

from __future__ import annotations

import re

# First bytes -> what the file is, and what to do. From the file(1) database; fastText's is in its source.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF; turn it into text first, e.g. with pdftotext"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Word or Excel (.doc, .xls); save it as plain text first"),
    (b"{\\rtf", "a document in RTF; save it as plain text first"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"SQLite format 3\0", "a database (SQLite); write its texts to a file, one a line"),
    (b"PAR1", "a table (Parquet); write its texts to a file, one a line"),
    (b"ARROW1", "a table (Arrow); write its texts to a file, one a line"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x93NUMPY", "an array of NumPy (.npy)"),
    (b"\xba\x16\x4f\x2f", "a model of fastText (.bin)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!\x1a\x07", "a rar archive; unpack it first"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
)
_WORD2VEC = re.compile(rb"[0-9]+ [0-9]+\n")  # the header of word2vec's files, text and binary
_SPARSE = 50  # text has fewer NUL bytes than one in this many, if any


def binary_kind(head: bytes) -> str | None:
    r"""Return what a file is, as the rest of a sentence "this is ..."; None if it may be text.

    Parameters
    ----------
    head : bytes
        A few hundred bytes.

    Examples
    --------
    >>> binary_kind(b"%PDF-1.4\n"), binary_kind("naïve text\n".encode())
    ('a PDF; turn it into text first, e.g. with pdftotext', None)
    """
    for mark, what in _MARKS:
        if head.startswith(mark):
            return what
    if len(head) > 9 and head[8:10] == b'{"' and 2 <= int.from_bytes(head[:8], "little") <= 100_000_000:
        return "a model or vectors (safetensors), such as w2vcore saves"
    if head[:1] == b"\x80" and 2 <= (head[1:2] or b"\0")[0] <= 5:
        return "a pickle of Python, such as gensim saves"
    if _is_utf8(head):
        return None
    if _WORD2VEC.match(head):
        return "a file of vectors (word2vec binary)"
    if len(head) >= _SPARSE and head.count(0) * _SPARSE > len(head):
        return f"a binary file: it begins with {head[:16]!r}"
    return None


def _is_utf8(head: bytes) -> bool:
    """Whether bytes are UTF-8; the last character may be incomplete."""
    try:
        head.decode("utf8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.reason == "unexpected end of data"
    return True
