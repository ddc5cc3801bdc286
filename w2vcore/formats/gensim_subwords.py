"""What a FastText model that gensim saved holds of n-grams, and the word vectors that gensim 4 leaves out.

A vector is the mean of the word's own row and of the rows of its subwords, as in `fasttext_binary`, but divided where
fastText multiplies by the inverse: so the numbers are gensim's to the bit.

Before gensim 4 vectors of words are saved, and the table has a row for each bucket in use, ``hash2index``, or for each
n-gram, ``ngrams``. Up to 3.7 gensim hashed characters, not bytes; then only ``ngrams`` says which row is whose.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.budget import REFERENCE
from w2vcore.formats.gensim_save import Save
from w2vcore.formats.inert_objects import Record
from w2vcore.formats.selection import check_matrix
from w2vcore.formats.word2vec_rows import LARGEST_SIZE
from w2vcore.model.subwords import MOST_CHARACTERS, Subwords, bracketed, hashes_of, word_bytes

_TABLES = ("vectors_ngrams", "syn0_ngrams", "syn0_all")  # by the names of gensim 3.3 to 3.8, 3.0 to 3.2, and 2
_MOST_BUCKETS = (1 << 31) - 1
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


def stored_subwords(vectors: Record, root: Record, save: Save) -> Subwords | None:
    """Return the n-grams of a model before gensim 4; None if there are none, or not known which row is whose.

    Raises
    ------
    ValueError
        If a row is not there, or the budget of `save` is spent.
    """
    table = next((vectors.get(name) for name in _TABLES if vectors.get(name) is not None), None)
    min_n, max_n, bucket = (_first(vectors, root, setting) for setting in ("min_n", "max_n", "bucket"))
    if not isinstance(table, np.ndarray) or not (_is_count(min_n) and _is_count(max_n)) or max_n < max(min_n, 1):
        return None
    table = checked_vectors(table, len(table) if table.ndim else 0, save.name).astype(np.float32, copy=False)
    ngrams, hashed = vectors.get("ngrams"), vectors.get("hash2index")
    if isinstance(ngrams, dict) and ngrams:
        texts = [word_bytes(text) for text in ngrams if isinstance(text, str)]
        save.spend(REFERENCE * len(texts) + sum(map(len, texts)))
        buckets = _MOST_BUCKETS
        hashes = hashes_of(texts, buckets)
        rows = list(ngrams.values())
    elif _first(vectors, root, "compatible_hash") is not True or not _is_bucket(bucket):
        return None
    elif isinstance(hashed, dict) and hashed:
        save.spend(REFERENCE * len(hashed))
        buckets, rows = bucket, list(hashed.values())
        if not all(type(key) is int and 0 <= key < buckets for key in hashed):
            raise ValueError(f"{save.name}: hash2index has keys that are no bucket of {buckets}; the file is damaged")
        hashes = np.fromiter(hashed, np.int64, len(hashed))
    else:
        return Subwords(table, min_n, max_n) if len(table) == bucket else None
    if len(hashes) != len(rows) or not all(type(row) is int and 0 <= row < len(table) for row in rows):
        raise ValueError(f"{save.name}: n-grams without a row among {len(table)}; the file is damaged")
    hashes, places = np.unique(hashes, return_index=True)
    kept = np.array([hashes, np.array(rows, np.int64)[places]], np.int32)
    return Subwords(table, min_n, max_n, buckets, kept)


def lengths(vectors: Record, root: Record, subwords: Subwords | None) -> dict[str, int]:
    """Return the settings of n-grams, as `FastText` has them."""
    if subwords is not None:
        return {"min_n": subwords.min_n, "max_n": subwords.max_n, "bucket": subwords.hashes}
    found = {name: _first(vectors, root, name) for name in ("min_n", "max_n")}
    return {**{name: value for name, value in found.items() if _is_count(value)}, "bucket": 0}


def _first(vectors: Record, root: Record, attribute: str) -> Any:
    """Return an attribute of the vectors, or else of the model."""
    value = vectors.get(attribute)
    return root.get(attribute) if value is None else value


def checked_vectors(matrix: Any, rows: int, name: str) -> NDArray[Any]:
    """Return `matrix` if it is one, with the given number of rows, of a width that vectors have."""
    checked = check_matrix(matrix, rows, name)
    if checked.shape[1] > LARGEST_SIZE:
        raise ValueError(f"{name}: vectors of {checked.shape[1]:,} numbers; at most {LARGEST_SIZE:,} are read")
    return checked


def _is_bucket(value: Any) -> bool:
    return type(value) is int and 0 < value <= _MOST_BUCKETS


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_CHARACTERS


def _shown(value: Any) -> str:
    return f"{value}" if type(value) is int and abs(value) < 1 << 64 else f"a {type(value).__name__}"
