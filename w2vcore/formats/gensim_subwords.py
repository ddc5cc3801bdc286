"""The word vectors of a FastText model that gensim 4 saved, which leaves them out and computes them when it loads.

A vector is the mean of the word's own row and of the rows of its subwords, as in `fasttext_binary`, but divided where
fastText multiplies by the inverse: so the numbers are gensim's to the bit.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.gensim_save import Save
from w2vcore.formats.inert_objects import Record
from w2vcore.formats.selection import check_matrix
from w2vcore.formats.word2vec_rows import LARGEST_SIZE
from w2vcore.model.subwords import MOST_CHARACTERS, Subwords, bracketed

_WORK = 32  # bytes that can be added up in the time it takes to make one


def word_vectors(vectors: Record, keys: Sequence[Hashable], save: Save) -> tuple[NDArray[np.float32], Subwords | None]:
    """Return the vectors of all keys, and the subwords of other words, if the model has any.

    Raises
    ------
    ValueError
        If `vectors` has no vectors and does not belong to a FastText model of gensim 4.
    """
    name = save.name
    own, table = vectors.get("vectors_vocab"), vectors.get("vectors_ngrams")
    if own is None or table is None or not vectors.get("compatible_hash"):
        raise ValueError(f"{name}: {vectors.name} is saved without its vectors")
    words = checked_vectors(own, len(keys), name).astype(np.float32, copy=False)
    bucket, min_n, max_n = (vectors.get(setting) for setting in ("bucket", "min_n", "max_n"))
    if bucket == 0:
        return words, None
    table = checked_vectors(table, len(table) if isinstance(table, np.ndarray) and table.ndim else 0, name)
    if not (_is_count(min_n) and _is_count(max_n)) or bucket != len(table) or table.shape[1] != words.shape[1]:
        raise ValueError(
            f"{name}: {len(keys)} keys, a table of subwords of shape {table.shape}, bucket={_shown(bucket)}, "
            f"min_n={_shown(min_n)}, max_n={_shown(max_n)}; the file is damaged"
        )
    subwords = Subwords(table.astype(np.float32, copy=False), min_n, max_n)
    texts = bracketed([f"{key}".encode("utf8", "surrogatepass") for key in keys])
    pieces = sum(map(len, texts)) * max(0, max_n - min_n + 1)
    save.spend(pieces * (4 * words.shape[1] + max_n) // _WORK)
    total, counts = subwords.added(texts, words)
    return total / counts.astype(np.float32)[:, np.newaxis], subwords


def checked_vectors(matrix: Any, rows: int, name: str) -> NDArray[Any]:
    """Return `matrix` if it is one, with the given number of rows, of a width that vectors have."""
    checked = check_matrix(matrix, rows, name)
    if checked.shape[1] > LARGEST_SIZE:
        raise ValueError(f"{name}: vectors of {checked.shape[1]:,} numbers; at most {LARGEST_SIZE:,} are read")
    return checked


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_CHARACTERS


def _shown(value: Any) -> str:
    return f"{value}" if type(value) is int and abs(value) < 1 << 64 else f"a {type(value).__name__}"
