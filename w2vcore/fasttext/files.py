"""Files of fastText."""

from __future__ import annotations

import logging
import os
from typing import IO, Literal, cast

from w2vcore.formats import fasttext_binary
from w2vcore.formats.atomic import PathLike, expanded, is_url, naming
from w2vcore.formats.wrapping import is_wrapped
from w2vcore.keyedvectors import FastTextKeyedVectors

logger = logging.getLogger(__name__)


def load_facebook_vectors(
    path: PathLike | IO[bytes], encoding: str = "utf-8", *, mmap: Literal["r"] | None = "r"
) -> FastTextKeyedVectors:
    r"""Load the word vectors and n-grams of a fastText model: ``.bin``, supervised or not, and quantised ``.ftz``.

    Parameters
    ----------
    path : str, path-like or binary file
        May be compressed, or an address that smart_open reads.
    encoding : str
        Of the words. Bytes that do not decode are shown as ``\xe9``; the vectors are those of the bytes all the same.
    mmap : {"r", None}
        Leave the matrices in the file, where it is local and not compressed, and read what is asked for: processes
        share the memory. None reads all of it.

    Returns
    -------
    FastTextKeyedVectors
        With the vectors that fastText itself gives, for words in the vocabulary and any others. A model without n-grams
        (``maxn=0``) has vectors of its words only.

    Raises
    ------
    ValueError
        For another kind of file, or a damaged one.
    EOFError
        If the file is cut short.

    Examples
    --------
    >>> wv = load_facebook_vectors("cc.en.300.bin")  # doctest: +SKIP
    >>> wv.most_similar("unforeseeably", topn=2)  # doctest: +SKIP
    """
    if not isinstance(path, (str, os.PathLike)) or is_url(expanded(path)) or is_wrapped(expanded(path)):
        mmap = None
    snapshot = fasttext_binary.read(path, mmap=mmap, whole=False, encoding=encoding, unicode_errors="backslashreplace")
    with naming(path):
        wv = FastTextKeyedVectors.from_snapshot(snapshot)
    shown = cast("list[tuple[int, str]]", snapshot.settings["fasttext"]["spellings"])
    if shown and encoding.lower().replace("-", "") == "utf8":
        logger.error("%s: %d words are not valid UTF-8, such as %r", path, len(shown), snapshot.keys[shown[0][0]])
    wv.add_lifecycle_event("load_facebook_vectors", msg=f"loaded {len(wv)} words and {wv.bucket} buckets from {path}")
    return wv
