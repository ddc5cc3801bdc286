"""KeyedVectors and their files: as a snapshot of plain arrays, and from one; ``formats/`` knows the bytes."""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.facade.attributes import restore, user_attributes
from w2vcore.facade.lifecycle import plain_events
from w2vcore.formats import native, recognition, registry, word2vec_rows
from w2vcore.formats.atomic import PathLike, naming, undisturbed
from w2vcore.formats.selection import with_keys
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import subwords_of
from w2vcore.keyedvectors.changes import replace_matrix
from w2vcore.keyedvectors.columns import as_columns
from w2vcore.keyedvectors.keys import Keys
from w2vcore.keyedvectors.protocol import Vectors

logger = logging.getLogger("w2vcore.keyedvectors")

V = TypeVar("V", bound=Vectors)

OWN = "attributes of the vectors"  # in the settings of a file: those that users set
ATTRIBUTES = frozenset(  # what vectors have beside these is the user's
    {"vector_size", "next_index", "norms", "expandos", "mapfile_path", "dropped_counts", "min_count", "subwords"}
    | {"lifecycle_events", "vectors_lockf"}
    | {"min_n", "max_n", "bucket", "vectors_vocab_lockf", "vectors_ngrams_lockf"}
)
_COLUMN = "expando."
_PICKLE_DEFAULTS: tuple[Any, ...] = (None, 10 * 1024**2, frozenset(), 4)


# -------------------------------------------------------------------- snapshots


def snapshot(wv: Vectors) -> Snapshot:
    """Return keys, vectors and columns as plain arrays, not copied."""
    table = wv._table
    table.check()
    table.keys.check_all()
    arrays: dict[str, NDArray[Any]] = {"vectors": wv.vectors}
    for name, column in columns_to_save(wv).items():
        counts = name == "count" and column.dtype == np.int64
        arrays["counts" if counts else _COLUMN + name] = column
    if hasattr(wv, "vectors_lockf"):
        arrays["lockf"] = wv.vectors_lockf
    settings: dict[str, Any] = {}
    if wv.lifecycle_events:
        settings["lifecycle_events"] = plain_events(wv.lifecycle_events)
    if own := user_attributes(wv, ATTRIBUTES):
        settings[OWN] = own
    return Snapshot("keyedvectors", table.keys.stored, arrays, settings)


def columns_to_save(wv: Vectors) -> dict[str, NDArray[Any]]:
    """Return the columns with a value for each row: users who replace keys and vectors may leave them as they were.

    What is missing is 0, as it would be for new keys, and values beyond the last key are left out.
    """
    columns = {}
    for name, column in as_columns(wv.expandos).stored().items():
        if len(column) != len(wv):
            logger.warning("column %r has %i values for %i keys: cut off or filled up", name, len(column), len(wv))
            fitted = np.zeros((len(wv), *column.shape[1:]), column.dtype)
            fitted[: len(column)] = column[: len(wv)]
            column = fitted
        columns[name] = column
    return columns


def from_snapshot(cls: type[V], snapshot: Snapshot) -> V:
    """Make an object of the keys, vectors and columns of a snapshot; its arrays are taken over, not copied."""
    vectors = snapshot.arrays["vectors"]
    result = cls._empty(vectors.shape[1], vectors.dtype)
    twice = _first_repeated(snapshot.keys)
    if twice is not None:
        raise ValueError(f"key {twice!r} occurs twice; the file is damaged")
    result._table.keys = Keys.of(snapshot.keys)
    replace_matrix(result, vectors)
    for name, array in snapshot.arrays.items():
        if name == "counts":
            result.expandos["count"] = array
        elif name.startswith(_COLUMN):
            result.expandos[name.removeprefix(_COLUMN)] = array
        elif name == "lockf":
            result.vectors_lockf = array
    events = snapshot.settings.get("lifecycle_events")
    if isinstance(events, list) and all(isinstance(event, dict) for event in events):
        result.lifecycle_events = events
    restore(result, snapshot.settings.get(OWN), ATTRIBUTES)
    return result


def _first_repeated(keys: Any) -> Any:
    if isinstance(keys, CompactKeys):
        return keys.first_repeated()
    rows = {key: row for row, key in enumerate(keys)}
    return next((key for row, key in enumerate(keys) if rows[key] != row), None)


# -------------------------------------------------------------------- files of w2vcore, and of any kind


def save(wv: Vectors, fname: PathLike | IO[bytes], *ignored: Any, snapshot: Snapshot | None = None) -> None:
    """Save to one safetensors file, atomically; `ignored` are gensim's arguments about pickles.

    Parameters
    ----------
    wv : KeyedVectors
    fname : str, path-like or binary file
    *ignored
    snapshot : Snapshot, optional
        What to write; default: that of the vectors.
    """
    separately, sep_limit, ignore, pickle_protocol = ignored
    if (separately, sep_limit, frozenset(ignore), pickle_protocol) != _PICKLE_DEFAULTS:
        logger.debug("separately, sep_limit, ignore and pickle_protocol are ignored: one file is written, no pickle")
    logger.info("saving %s object under %s", type(wv).__name__, fname)
    registry.get("native").write(wv.snapshot() if snapshot is None else snapshot, fname)
    logger.info("saved %s", fname)


def load(cls: type[V], fname: PathLike | IO[bytes], mmap: str | None, keys: Any) -> V:
    """Load what `save` wrote, or the vectors of a saved model; of gensim's too."""
    logger.info("loading %s object from %s", cls.__name__, fname)
    snapshot = recognition.read_saved(fname, mmap)
    if snapshot.kind not in native.KINDS:
        raise AttributeError(f"Model of type {snapshot.kind} can't be loaded by {cls.__name__}")
    result = _made(cls, snapshot, fname, keys)
    result.add_lifecycle_event("loaded", fname=str(fname))
    return result


def load_any(cls: type[V], path: PathLike, mmap: str | None, keys: Any, options: dict[str, Any]) -> V:
    """Load a file of vectors of any format that is known."""
    return _made(cls, recognition.read(path, mmap, **options), path, keys)


def _made(cls: type[V], snapshot: Snapshot, fname: PathLike | IO[bytes], keys: Any) -> V:
    """Make an object of a file's snapshot."""
    with naming(fname):
        result = cls.from_snapshot(with_keys(snapshot, keys))
        result.subwords = subwords_of(snapshot)
    if snapshot.kind != "keyedvectors" and hasattr(result, "vectors_lockf"):
        del result.vectors_lockf  # of the model, for training
    return result


# -------------------------------------------------------------------- the format of word2vec.c


def save_word2vec_format(
    wv: Vectors,
    fname: PathLike,
    fvocab: PathLike | None,
    binary: bool,
    total_vec: int | None,
    write_header: bool,
    prefix: str,
    append: bool,
    sort_attr: str,
) -> None:
    """Save in the format of word2vec.c, text or binary."""
    column = columns_to_save(wv).get(sort_attr)
    if column is None:
        if fvocab is not None:
            raise ValueError(f"fvocab needs the attribute {sort_attr!r}, which these vectors do not have")
        logger.warning("attribute %s not present in %s; will store in internal index order", sort_attr, wv)
        order = None
    else:
        last = len(column) - 1
        order = last - np.argsort(column[::-1], kind="stable")[::-1]  # descending, equal ones by row
        order = None if np.array_equal(order, np.arange(len(column))) else order
    snapshot = wv.snapshot()
    write = registry.get("word2vec_binary" if binary else "word2vec_text").write
    options = {"total_vec": total_vec, "write_header": write_header, "prefix": prefix, "order": order}
    logger.info("storing %sx%s projection weights into %s", *wv.vectors.shape, fname)
    if fvocab is None or column is None:
        write(snapshot, fname, append=append, **options)
        return
    logger.info("storing vocabulary in %s", fvocab)
    words = word2vec_rows.written_words(snapshot, order, prefix)
    with word2vec_rows.destinations(fname, fvocab, append) as (stream, counts):
        write(snapshot, stream, **options)
        word2vec_rows.write_counts(counts, words, (column if order is None else column[order]).tolist())


def load_word2vec_format(
    cls: type[V],
    fname: PathLike | IO[bytes],
    fvocab: PathLike | None,
    binary: bool,
    encoding: str,
    unicode_errors: str,
    limit: int | None,
    datatype: Any,
    no_header: bool,
    keys: Any,
) -> V:
    """Load vectors in the format of word2vec.c."""
    logger.info("loading projection weights from %s", fname)
    with nullcontext() if fvocab is None else undisturbed(fname):
        snapshot = registry.get("word2vec_binary" if binary else "word2vec_text").read(
            fname,
            encoding=encoding,
            unicode_errors=unicode_errors,
            limit=limit,
            datatype=datatype,
            no_header=no_header,
        )
        counts = {} if fvocab is None else word2vec_rows.read_counts(fvocab, encoding, unicode_errors)
    with naming(fname):
        result = cls.from_snapshot(with_keys(snapshot, keys))
    result.expandos["count"] = np.arange(len(result), 0, -1, dtype=np.int64)
    if fvocab is not None:
        result.expandos["count"][:] = _counts_of(snapshot, counts, fvocab)
    matrix = result._table.matrix.array
    result.add_lifecycle_event(
        "load_word2vec_format",
        msg=f"loaded {matrix.shape} matrix of type {matrix.dtype} from {fname}",
        binary=binary,
        encoding=encoding,
    )
    return result


def _counts_of(snapshot: Snapshot, counts: dict[str, int], fvocab: PathLike) -> list[int]:
    """Return the count of each key as the file of the vocabulary has it; 0 with a warning where it has none."""
    words = [str(key) for key in snapshot.keys]
    if words and not counts:
        raise ValueError(
            f"{os.fspath(fvocab)}: the vocabulary is empty: saving it with the vectors was cut short, or goes "
            "on; save again, or load without fvocab"
        )
    for word in words:
        if word not in counts:
            logger.warning("vocabulary file %s has no count for word %r; taken as 0", os.fspath(fvocab), word)
    return [counts.get(word, 0) for word in words]
