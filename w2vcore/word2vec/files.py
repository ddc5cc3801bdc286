"""Files of a model: all of it as a `Snapshot` of plain arrays and settings, and a model made of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from w2vcore.corpus.warning import warn
from w2vcore.facade.attributes import restore, user_attributes
from w2vcore.facade.lifecycle import plain_events
from w2vcore.formats import gensim_documents, gensim_native, native, recognition
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors.internals import belong_to
from w2vcore.model.config import within_bounds
from w2vcore.model.randomness import random_state, set_random_state
from w2vcore.model.tables import INPUT, Table
from w2vcore.objectives.registry import OBJECTIVES, needs_tree

from .columns import follow_sample
from .settings import known_tables
from .tree import WordTree, read_tree, stored_tree, take_paths

if TYPE_CHECKING:
    from .model import Word2Vec

AnyModel = TypeVar("AnyModel", bound="Word2Vec")

# Results of training that a file keeps beside the settings: plain numbers and lists.
RESULTS = (
    *("corpus_count", "corpus_total_words", "effective_min_count", "train_count", "epochs_trained", "total_train_time"),
    *("min_alpha_yet_reached", "running_training_loss", "training_history"),
)
NOT_SAVED = ("expando.code", "expando.point")  # they follow from the tree

# What a model has beside these, its settings and the matrices is the user's.
ATTRIBUTES = frozenset({*RESULTS, "layer1_size", "random", "wv", "dv", "load", "lifecycle_events"})

# The classes that load files of a kind.
LOADERS = {"word2vec": "Word2Vec", "fasttext": "FastText", "doc2vec": "Doc2Vec"}


def snapshot_of(model: Word2Vec, ignore: frozenset[str] = frozenset()) -> Snapshot:
    """Return a model as plain arrays, not copied, and settings.

    Parameters
    ----------
    model : Word2Vec
    ignore : frozenset of str
        Attributes to leave out.
    """
    model._sampled = follow_sample(model.wv, model._sampled, model.sample)
    vectors = model.wv.snapshot()
    arrays = {name: array for name, array in vectors.arrays.items() if name not in NOT_SAVED}
    for table in _target_tables(model):
        matrix = getattr(model, table.attribute, None)
        if matrix is not None and table.attribute not in ignore:
            arrays[table.name] = table.stored(matrix, len(model.wv))
    if needs_tree(arrays.keys() & OBJECTIVES):
        arrays.update(stored_tree(model._tree, model.wv))
    arrays.update(model._inputs.arrays(model))
    saved = (*(name for name, setting in model._declared.items() if setting.saved), *RESULTS)
    settings = {name: getattr(model, name) for name in saved if name not in ignore}
    settings["lifecycle_events"] = plain_events(model.lifecycle_events)
    settings = {**vectors.settings, **settings}
    if own := user_attributes(model, ATTRIBUTES | model._declared.keys() | ignore):
        settings["attributes"] = own
    if isinstance(model.random, np.random.RandomState) and "random" not in ignore:
        arrays["random"], settings["random"] = random_state(model.random)
    settings["ignored"] = sorted(ignore)
    return Snapshot(model._kind, vectors.keys, arrays, settings)


def model_of(cls: type[AnyModel], snapshot: Snapshot) -> AnyModel:
    """Return a model of a class, whose constructor is not called.

    Raises
    ------
    ValueError
        If a setting or the tree is damaged.
    """
    settings = within_bounds(snapshot.settings)
    model = cls.__new__(cls)
    stored = {name: settings[name] for name, setting in cls._declared.items() if setting.saved and name in settings}
    model._begin({**{name: setting.default for name, setting in cls._declared.items()}, **stored})
    _take_matrices(model, snapshot)
    for name in (*RESULTS, "lifecycle_events"):  # `_begin` has taken the settings
        if name in settings:
            setattr(model, name, settings[name])
    model._sampled = model.sample
    restore(model, settings.get("attributes"), ATTRIBUTES | cls._declared.keys())
    if "random" in snapshot.arrays:
        set_random_state(model.random, snapshot.arrays["random"], dict(settings.get("random") or {}))
    for name in settings.get("ignored", []):
        if not isinstance(getattr(cls, name, None), property):
            setattr(model, name, None)
    model.layer1_size = model.vector_size
    return model


def _target_tables(model: Word2Vec) -> list[Table]:
    """Return the tables of all matrices that a model may have beside its vectors."""
    return [table for table in known_tables(model).values() if table.name != INPUT]


def _take_matrices(model: Word2Vec, snapshot: Snapshot) -> None:
    """Give a model its vectors, target matrices and tree."""
    model.wv = type(model.wv).from_snapshot(snapshot)
    belong_to(model.wv, model)
    if not hasattr(model.wv, "vectors_lockf"):
        model.wv.vectors_lockf = np.ones(1, np.float32)
    model._inputs.take(model, snapshot)
    for table in _target_tables(model):
        matrix = snapshot.arrays.get(table.name)
        if matrix is not None:
            mapped = isinstance(matrix, np.memmap)
            setattr(model, table.attribute, matrix if mapped else table.restored(matrix, len(model.wv)))
    if needs_tree(snapshot.arrays.keys() & OBJECTIVES):
        tree = read_tree(snapshot.arrays)
        model._tree = None if tree is None else WordTree.of(tree, model.wv)


def read_model(cls: type[Word2Vec], fname: Any, mmap: str | None = None) -> Snapshot:
    """Read a file that holds a model, of this library or of gensim.

    Raises
    ------
    AttributeError
        If it holds another kind of model, or vectors only.
    """
    if recognition.is_gensim_save(fname):
        return read_gensim(fname, mmap, cls._kind)
    snapshot = native.read(fname, mmap=mmap, padded=True)
    if snapshot.kind != cls._kind:
        loader = LOADERS.get(snapshot.kind, "KeyedVectors")
        raise AttributeError(
            f"Model of type {snapshot.kind} can't be loaded by {cls.__name__}: use {loader}.load({fname!r})"
        )
    return snapshot


def read_gensim(path: Any, mmap: str | None, kind: str) -> Snapshot:
    """Read a model that gensim saved; leave out the weights of its tree if the paths of the words make no tree."""
    if kind == "doc2vec":
        snapshot = gensim_documents.read_model(path, mmap)
    else:
        snapshot = gensim_native.read_model(path, mmap, kind)
    of_trees = [name for name in snapshot.arrays.keys() & OBJECTIVES if needs_tree([name])]
    if of_trees and not take_paths(snapshot.arrays):
        warn(
            f"{path}: the paths of hierarchical softmax make no tree of these words, so its weights (syn1) are "
            "left out; call init_weights() to train anew"
        )
        for name in of_trees:
            del snapshot.arrays[name]
    return snapshot
