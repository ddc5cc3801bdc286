"""gensim's saved models and vectors, of versions 0.12 to 4, as snapshots.

Word2Vec models come with everything that training needs to continue; from other models only the word vectors are read.
w2vcore writes no pickles: gensim loads the word2vec formats.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Hashable, Iterable
from typing import IO, Any, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.vocabulary import KEEP_ALWAYS
from w2vcore.formats import gensim_subwords
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.budget import REFERENCE
from w2vcore.formats.gensim_save import Save, open_save, sniff
from w2vcore.formats.inert_objects import Record
from w2vcore.formats.selection import check_matrix, selected
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import BUCKETS, KEPT, SETTINGS, WORDS
from w2vcore.formats.word2vec_rows import Options

__all__ = ["read", "read_model", "sniff", "write"]

logger = logging.getLogger(__name__)

# Models that are read whole -> the kind of their snapshot, and who loads them.
_MODELS = {
    "gensim.models.word2vec.Word2Vec": ("word2vec", "Word2Vec"),
    "gensim.models.fasttext.FastText": ("fasttext", "FastText"),
}
_PHRASES = "gensim.models.phrases."
# Plain attributes that training needs to continue, as gensim 3 and 4 name them.
_SETTINGS = (
    *(
        "vector_size",
        "alpha",
        "min_alpha",
        "window",
        "shrink_windows",
        "min_count",
        "max_vocab_size",
        "max_final_vocab",
    ),
    *("sample", "sorted_vocab", "null_word", "seed", "workers", "batch_words", "sg", "hs", "negative", "ns_exponent"),
    *(
        "cbow_mean",
        "epochs",
        "compute_loss",
        "corpus_count",
        "corpus_total_words",
        "effective_min_count",
        "train_count",
    ),
    *("total_train_time", "min_alpha_yet_reached", "running_training_loss"),
)
_OLD_NAMES = {"epochs": "iter"}  # before gensim 3.3
# ... of which these may be None
_OPTIONAL = frozenset({"max_vocab_size", "max_final_vocab", "effective_min_count"})
_VECTORS = ("vectors", "syn0")  # before gensim 3.3 the latter
_TAG_VECTORS = ("vectors_docs", "doctag_syn0")  # likewise, of vectors of documents
_OF_TAGS = ("Doc2VecKeyedVectors", "DocvecsArray")
_LARGEST_KEY = 1 << 63
_TREE_COLUMNS = ("code", "point")  # of hierarchical softmax: the tree, a path for each word


def write(snapshot: Snapshot, target: PathLike | IO[bytes]) -> NoReturn:
    """Refuse: w2vcore writes no pickles."""
    raise ValueError("w2vcore writes no pickles; save_word2vec_format writes files that gensim loads")


def read(source: PathLike | IO[bytes], mmap: str | None = None, **options: Any) -> Snapshot:
    """Load a model or vectors that gensim saved.

    Parameters
    ----------
    source : str, path-like or binary file
        Arrays in files beside it are found by its name.
    mmap : {None, "r", "r+", "c"}
        Map the arrays that are in files of their own instead of reading them.
    **options
        ``limit`` and ``datatype``, as fields of `word2vec_rows.Options`; for vectors only.

    Returns
    -------
    Snapshot
        Of kind ``"word2vec"`` or ``"fasttext"`` with output matrices and settings for such a model, else
        ``"keyedvectors"``.

    Raises
    ------
    ValueError, FileNotFoundError, OSError
        As `gensim_save.open_save`.
    AttributeError
        If it holds phrases.
    """
    chosen = Options(**options)
    return selected(_snapshot(open_save(source, mmap)), chosen)


def read_model(source: PathLike | IO[bytes], mmap: str | None = None, kind: str = "word2vec") -> Snapshot:
    """Load a whole model.

    Parameters
    ----------
    source, mmap
        As for `read`.
    kind : {"word2vec", "fasttext"}

    Raises
    ------
    AttributeError
        If the file holds anything else: another model, or vectors.
    """
    save = open_save(source, mmap)
    found, _ = _MODELS.get(save.root.name, ("", ""))
    if found != kind:
        shown = repr(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else "file"
        asked = next((loader for known, loader in _MODELS.values() if known == kind), "a model")
        call, taken = "KeyedVectors.load", ""
        if save.root.name.startswith(_PHRASES):
            call = "Phrases.load"
        elif found:
            call = f"{_MODELS[save.root.name][1]}.load"
        elif "KeyedVectors" not in save.root.name:
            taken = ", which takes its word vectors"
        raise AttributeError(f"Model of type {save.root.name} can't be loaded by {asked}: use {call}({shown}){taken}")
    snapshot = selected(_snapshot(save), Options())
    if snapshot.kind != kind:
        raise ValueError(f"{save.name}: a key occurs twice; the file is damaged")
    return snapshot


# ------------------------------------------------------------------ objects to arrays


def _snapshot(save: Save) -> Snapshot:
    """Make a snapshot of a model or of vectors."""
    words = words_of(save)
    kind, _ = _MODELS.get(save.root.name, ("", ""))
    if kind:
        return trained(save, words, kind)
    if "Vectors" not in save.root.name:
        logger.info("%s: the word vectors of the model are taken", save.name)
    return words


def words_of(save: Save) -> Snapshot:
    """Return the vectors of words in a save, with their columns, as a snapshot of vectors.

    Parameters
    ----------
    save : Save

    Raises
    ------
    AttributeError
        If it holds phrases.
    ValueError
        If it is damaged.
    """
    root, name = save.root, save.name
    if root.name.startswith(_PHRASES):
        raise AttributeError(f"{name}: a model of type {root.name} has no vectors; Phrases.load reads phrases")
    vectors = root.get("wv", root)
    if not isinstance(vectors, Record):
        raise ValueError(f"{name}: {root.name} has no word vectors; the file is damaged")
    keys = keys_of(vectors, name)
    arrays: dict[str, NDArray[Any]] = {}
    settings: dict[str, Any] = {}
    matrix = matrix_of(vectors)
    if matrix is None:
        matrix, subwords = gensim_subwords.word_vectors(vectors, keys, save)
        if subwords is not None:
            arrays[WORDS] = vectors.get("vectors_vocab").astype(np.float32, copy=False)
    else:
        subwords = gensim_subwords.stored_subwords(vectors, root, save)
    if subwords is not None:
        arrays[BUCKETS] = subwords.table
        buckets = len(subwords.table) if subwords.buckets is None else subwords.buckets
        settings[SETTINGS] = {"minn": subwords.min_n, "maxn": subwords.max_n, "bucket": buckets}
        if subwords.kept is not None:
            arrays[KEPT] = subwords.kept
    arrays["vectors"] = gensim_subwords.checked_vectors(matrix, len(keys), name)
    arrays.update(_columns(vectors, keys, save))
    if _MODELS.get(root.name, ("", ""))[0] == "fasttext":
        settings.update(gensim_subwords.lengths(vectors, root, subwords))
    return Snapshot("keyedvectors", keys, arrays, settings)


def trained(save: Save, words: Snapshot, kind: str, others: Iterable[str] = (), width: int | None = None) -> Snapshot:
    """Return a snapshot of a model: its words, with what training needs to continue.

    Parameters
    ----------
    save : Save
    words : Snapshot
        Of `words_of`.
    kind : str
    others : iterable of str
        Settings of this kind of model, beside those of Word2Vec.
    width : int, optional
        Numbers in a row of the output matrices; default: as in the vectors.

    Raises
    ------
    ValueError
        If a matrix does not fit the vectors.
    """
    root, name, keys = save.root, save.name, words.keys
    vectors = root.get("wv", root)
    arrays, settings = dict(words.arrays), dict(words.settings)
    size = arrays["vectors"].shape[1]
    sources = [part for part in (root, root.get("vocabulary"), root.get("trainables")) if isinstance(part, Record)]
    for attribute, array in (("syn1neg", "negative"), ("syn1", "tree")):
        matrix = _first(sources, attribute)
        if matrix is not None:
            # lengths differ if vectors were added or removed; the last row of the tree belongs to no node
            rows = len(matrix) if isinstance(matrix, np.ndarray) and matrix.ndim else len(keys)
            arrays[array] = check_matrix(matrix, rows, name)[: max(rows - 1, 0) if array == "tree" else rows]
            if arrays[array].shape[1] != (size if width is None else width):
                raise ValueError(f"{name}: {attribute} has shape {matrix.shape}; the file is damaged")
    lock = factors(_first([vectors, *sources], "vectors_lockf", "syn0_lockf"), len(keys))
    if lock is not None:
        arrays["lockf"] = lock
    settings.update(_settings(sources, others), vector_size=size)
    return Snapshot(kind, keys, arrays, settings)


def factors(lock: Any, rows: int) -> NDArray[np.float32] | None:
    """Return learning-rate factors of rows; a single one where all are 1; None if these are none."""
    if not (isinstance(lock, np.ndarray) and lock.ndim == 1 and lock.dtype.kind == "f" and len(lock) in (1, rows)):
        return None
    one = len(lock) > 0 and bool((lock == 1).all())  # before gensim 4 there is a factor for each row
    return np.ones(1, np.float32) if one else lock.astype(np.float32)


def _settings(sources: list[Record], others: Iterable[str]) -> dict[str, Any]:
    settings: dict[str, Any] = dict.fromkeys(("corpus_count", "corpus_total_words"))  # None where it is not known
    for setting in (*_SETTINGS, *others):
        value = _first(sources, setting, _OLD_NAMES.get(setting, setting))
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, (bool, int, float, str)) or (
            value is None and setting in _OPTIONAL and any(setting in part.state for part in sources)
        ):
            settings[setting] = value
    return settings


def _first(records: Iterable[Record], *attributes: str) -> Any:
    """Return the first of the attributes that is there, under any of its names."""
    return next(
        (
            record.state[attribute]
            for attribute in attributes
            for record in records
            if record.get(attribute) is not None
        ),
        None,
    )


def matrix_of(vectors: Record) -> Any:
    """Return the vectors of words or of documents as they were saved; None if there are none."""
    return _first([vectors], *(_TAG_VECTORS if vectors.name.endswith(_OF_TAGS) else _VECTORS))


def keys_of(vectors: Record, name: str) -> list[Hashable]:
    """Return the keys of vectors of words or of documents, in the order of their rows.

    Raises
    ------
    ValueError
        If there is no list of them, or a key is neither a str nor an int of 64 bits.
    """
    if vectors.name.endswith(_OF_TAGS):
        keys: Any = _tags(vectors, name)
    else:
        keys = _first([vectors], "index_to_key", "index2word", "index2entity")
    if not isinstance(keys, list):
        raise ValueError(f"{name}: {vectors.name} has no list of keys; the file is damaged")
    result: list[Hashable] = []
    for row, key in enumerate(keys):
        key = key.item() if isinstance(key, (np.integer, np.str_)) else key
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            raise ValueError(f"{name}: key {row} is a {type(key).__name__}; only str and int are keys here")
        if isinstance(key, int) and not -_LARGEST_KEY <= key < _LARGEST_KEY:
            raise ValueError(f"{name}: key {row} does not fit into 64 bits")
        result.append(key)
    return result


def _tags(vectors: Record, name: str) -> list[Any]:
    """Return the keys of document vectors before gensim 4: the integers below a number, then a list of texts."""
    matrix = _first([vectors], *_TAG_VECTORS)
    texts = _first([vectors], "offset2doctag", "index2doctag") or []
    rows = len(matrix) if isinstance(matrix, np.ndarray) and matrix.ndim else 0
    if not isinstance(texts, list) or len(texts) > rows:
        raise ValueError(f"{name}: {vectors.name} has no list of tags for its {rows} vectors; the file is damaged")
    return [*range(rows - len(texts)), *texts]


def _columns(vectors: Record, keys: list[Hashable], save: Save) -> dict[str, NDArray[Any]]:
    """Return counts and further columns: arrays in gensim 4, an object for each word before."""
    columns: dict[str, Any] = {}
    stored = vectors.get("expandos")
    words = vectors.get("vocab")
    if isinstance(stored, dict):
        columns = {key: value for key, value in stored.items() if isinstance(key, str)}
    elif isinstance(words, dict):
        entries = [words.get(key) for key in keys]
        if all(isinstance(entry, Record) for entry in entries):
            for attribute in ("count", "sample_int", *_TREE_COLUMNS):
                values = [cast("Record", entry).get(attribute) for entry in entries]
                if keys and all(value is not None for value in values):
                    columns[attribute] = _column(values)
    result: dict[str, NDArray[Any]] = {}
    for key, column in columns.items():
        if not isinstance(column, np.ndarray) or not column.ndim or len(column) != len(keys):
            continue
        save.spend(REFERENCE * len(column))
        if key in _TREE_COLUMNS:
            result.update(_paths(key, column, save))
        elif key == "count" and column.dtype.kind in "iu":
            result["counts"] = column.astype(np.int64)
        elif key == "sample_int" and column.dtype.kind in "iu":
            # 2**32, what gensim 3 wrote for a word that is never dropped, is 0 once gensim 4 has saved it again
            always = (column == 0) | (column > KEEP_ALWAYS)
            result["expando.sample_int"] = np.where(always, KEEP_ALWAYS, column).astype(np.uint32)
        elif column.dtype.kind in "fiub" or (
            column.dtype.kind == "O" and column.ndim == 1 and all(map(_is_plain, column))
        ):
            result[f"expando.{key}"] = column
    return result


def _column(values: list[Any]) -> NDArray[Any]:
    if all(type(value) is int and abs(value) < 1 << 62 for value in values):
        return np.array(values, np.int64)
    column = np.empty(len(values), object)
    for row, value in enumerate(values):
        column[row] = value
    return column


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _paths(key: str, column: NDArray[Any], save: Save) -> dict[str, NDArray[Any]]:
    """Return the tree of hierarchical softmax, a list of numbers for each word, as numbers and offsets."""
    paths = []
    for row, stored in enumerate(column):
        path = _path(stored, save)
        if path is None:
            raise ValueError(f"{save.name}: row {row} of {key!r} is no path in a tree; the file is damaged")
        paths.append(path)
    offsets = np.zeros(len(paths) + 1, np.int64)
    np.cumsum([len(path) for path in paths], out=offsets[1:])
    return {f"tree.{key}": np.concatenate([np.empty(0, np.int64), *paths]), "tree.offsets": offsets}


def _path(path: Any, save: Save) -> NDArray[np.int64] | None:
    """Return a flat list or array of integers, or None: nested lists may be endless."""
    if isinstance(path, (list, tuple)):
        path = np.array(path, np.int64) if all(type(node) is int and 0 <= node < 1 << 62 for node in path) else None
    if not isinstance(path, np.ndarray) or path.ndim != 1 or path.dtype.kind not in "iu":
        return None
    save.spend(REFERENCE * len(path))
    return path.astype(np.int64)
