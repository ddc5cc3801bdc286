"""gensim's saved Doc2Vec models, of versions 0.12 to 4, whole: words, tags and what training needs to continue.

gensim 4 has the tags in a ``dv`` like its words. Integers among them are rows: ``index_to_key`` lists them, and only
the others are in ``key_to_index`` and have counts. Before, ``docvecs`` had the number of integer rows, a list of the
other tags, and a named tuple with the counts of each of these.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import gensim_native, gensim_subwords
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.budget import REFERENCE
from w2vcore.formats.gensim_save import Save, open_save
from w2vcore.formats.inert_objects import Record
from w2vcore.formats.snapshot import Snapshot

DOC2VEC = "gensim.models.doc2vec.Doc2Vec"

_SETTINGS = ("dbow_words", "dm_concat", "dm_tag_count")
_PLACES = {"doc_count": 2, "word_count": 1}  # in a Doctag of gensim 3: offset, words, documents
_MOST_TAGS_JOINED = 1 << 16  # with dm_concat


def read_model(source: PathLike | IO[bytes], mmap: str | None = None) -> Snapshot:
    """Load a whole Doc2Vec model.

    Parameters
    ----------
    source : str, path-like or binary file
        Arrays in files beside it are found by its name.
    mmap : {None, "r", "r+", "c"}
        Map the arrays that are in files of their own instead of reading them.

    Returns
    -------
    Snapshot
        Of kind ``"doc2vec"``, with the words as in one of kind ``"word2vec"``. Beside them the arrays ``"tags"``
        (T, D), ``"tags.keys"`` (int64, or object where some are str), ``"tags.doc_count"`` and ``"tags.word_count"``
        where gensim counted, and ``"tags.lockf"``. With ``dm_concat`` a row of the output matrices has ``layer1_size``
        numbers.

    Raises
    ------
    AttributeError
        If the file holds anything else.
    ValueError, FileNotFoundError, OSError
        As `gensim_save.open_save`.
    """
    save = open_save(source, mmap)
    if save.root.name != DOC2VEC:
        shown = repr(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else "file"
        raise AttributeError(
            f"Model of type {save.root.name} can't be loaded by Doc2Vec: KeyedVectors.load({shown}) takes word vectors"
        )
    words = gensim_native.words_of(save)
    if len(set(words.keys)) != len(words.keys):
        raise ValueError(f"{save.name}: a key occurs twice; the file is damaged")
    size = words.arrays["vectors"].shape[1]
    snapshot = gensim_native.trained(save, words, "doc2vec", _SETTINGS, _width(save, size))
    tags = _tags(save)
    if tags["tags"].shape[1] != size:
        raise ValueError(f"{save.name}: vectors of {size} numbers for words, of {tags['tags'].shape[1]} for tags")
    snapshot.arrays.update(tags)
    return snapshot


def _width(save: Save, size: int) -> int:
    """Return how many numbers a row of the output matrices has."""
    joined = save.root.get("dm_concat")
    if not joined or save.root.get("sg"):
        return size
    tags, window = save.root.get("dm_tag_count"), save.root.get("window")
    if not all(type(number) is int and 0 < number <= _MOST_TAGS_JOINED for number in (tags, window)):
        raise ValueError(f"{save.name}: dm_concat without its numbers of tags and of words; the file is damaged")
    return int(tags + 2 * window) * size


def _tags(save: Save) -> dict[str, NDArray[Any]]:
    """Return the vectors of tags, their keys and their counts."""
    vectors = save.root.get("dv")
    if vectors is None:
        vectors = save.root.get("docvecs")
    if not isinstance(vectors, Record):
        raise ValueError(f"{save.name}: {save.root.name} has no vectors of documents; the file is damaged")
    keys = gensim_native.keys_of(vectors, save.name)
    if len(set(keys)) != len(keys):
        raise ValueError(f"{save.name}: a tag occurs twice; the file is damaged")
    matrix = gensim_native.matrix_of(vectors)
    arrays = {
        "tags": gensim_subwords.checked_vectors(matrix, len(keys), save.name).astype(np.float32, copy=False),
        "tags.keys": _array_of(keys),
    }
    for name, column in _counts(vectors, keys, save).items():
        arrays[f"tags.{name}"] = column
    factors = gensim_native.factors(_lock(vectors, save.root.get("trainables")), len(keys))
    arrays["tags.lockf"] = np.ones(1, np.float32) if factors is None else factors
    return arrays


def _lock(*parts: Any) -> Any:
    """Return the learning-rate factors of tags as they were saved; gensim 3 has them beside the vectors."""
    there = [part for part in parts if isinstance(part, Record)]
    found = (part.get(name) for name in ("vectors_lockf", "vectors_docs_lockf", "doctag_syn0_lockf") for part in there)
    return next((lock for lock in found if lock is not None), None)


def _array_of(keys: Sequence[Hashable]) -> NDArray[Any]:
    """Return the tags as a native file keeps them."""
    if keys and all(isinstance(key, int) for key in keys):
        return np.array(keys, np.int64)
    column = np.empty(len(keys), object)
    column[:] = keys
    return column


def _counts(vectors: Record, keys: Sequence[Hashable], save: Save) -> dict[str, NDArray[np.int64]]:
    """Return how many documents, and how many words in them, each tag has; 0 where gensim did not count."""
    columns: dict[str, NDArray[np.int64]] = {}
    stored, entries = vectors.get("expandos"), vectors.get("doctags")
    if isinstance(stored, dict):
        for name in _PLACES:
            column = stored.get(name)
            if isinstance(column, np.ndarray) and column.shape == (len(keys),) and column.dtype.kind in "iu":
                columns[name] = column.astype(np.int64)
    elif isinstance(entries, dict) and entries:
        save.spend(REFERENCE * len(_PLACES) * len(keys))
        for name in _PLACES:
            columns[name] = np.array([_count(entries.get(key), name) for key in keys], np.int64)
    return columns


def _count(entry: Any, name: str) -> int:
    """Return a count out of gensim's named tuple of offset, words and documents."""
    place = _PLACES[name]
    if not isinstance(entry, Record) or not isinstance(entry.arguments, tuple) or len(entry.arguments) <= place:
        return 0
    value = entry.arguments[place]
    return value if type(value) is int and 0 <= value < 1 << 62 else 0
