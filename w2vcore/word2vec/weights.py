"""The matrices of a model: made, grown with the vocabulary, and found where users see them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.registry import choose
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.config import HIERARCHICAL, threads
from w2vcore.model.memory import check_fits, matrix_bytes
from w2vcore.model.weights import initial_vectors, with_rows, zeros
from w2vcore.objectives.growth import grown
from w2vcore.objectives.registry import objective

from .columns import columns_of, fill_keep_rates
from .memory import memory_report
from .settings import matrix_attribute, objectives_of
from .tree import WordTree, code_tree, plant_tree

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")

Array: TypeAlias = "NDArray[Any]"


def target_matrix(model: Word2Vec, name: str) -> Array:
    """Return the matrix of an objective.

    Raises
    ------
    RuntimeError
        If the model lacks it, since its settings were changed.
    """
    matrix: Array | None = getattr(model, matrix_attribute(name), None)
    if matrix is None:
        raise RuntimeError(
            f"the model has no {matrix_attribute(name)}: it was made with other settings of hs and negative, or "
            "saved without it. Call init_weights() to begin anew"
        )
    return matrix


def begin_weights(model: Word2Vec) -> None:
    """Set all weights to their state before training."""
    logger.info("resetting layer weights")
    wv, rows, inspection = model.wv, len(model.wv), model._inspection
    wv._take(inspection.trust("input", initial_vectors(rows, model.vector_size, model.seed)))
    wv.vectors_lockf = np.ones(1, np.float32)
    for name in objectives_of(model):
        targets = zeros(objective(name).target_rows(rows), model.vector_size)[:, : model.vector_size]
        setattr(model, matrix_attribute(name), inspection.trust(name, targets))
    plant_tree(model)


def check_memory(model: Word2Vec) -> None:
    """Refuse matrices that do not fit into memory.

    Raises
    ------
    MemoryError
    """
    rows, size, matrices = len(model.wv), model.vector_size, 1 + len(objectives_of(model))
    need = matrices * matrix_bytes(rows, size)
    logger.info("estimated required memory for %i words and %i dimensions: %i bytes", rows, size, need)
    check_fits(rows, size, matrices)


def grow_weights(model: Word2Vec) -> None:
    """Add rows for the words that have none, and keep what is there."""
    wv, rows, inspection = model.wv, len(model.wv), model._inspection
    before = {name: target_matrix(model, name) for name in objectives_of(model)}
    targets = dict(before)
    had = min(map(len, targets.values()), default=rows)
    if HIERARCHICAL in targets:
        tree = code_tree(model)
        targets[HIERARCHICAL] = targets[HIERARCHICAL][: tree.words - 1]  # the last row belongs to no node
        model._tree = WordTree.of(grown(tree, columns_of(model)[0]), wv)
    old = wv._vectors
    _grow_vectors(wv, model.seed)
    fill_keep_rates(wv, had, model.sample)
    inspection.inherit("input", old, wv._vectors)
    for name, matrix in targets.items():
        larger = with_rows(np.asarray(matrix), objective(name).target_rows(rows))
        setattr(model, matrix_attribute(name), inspection.inherit(name, before[name], larger))


def _grow_vectors(wv: KeyedVectors, seed: int) -> None:
    """Draw vectors for the keys that have none, and let them learn at the full rate."""
    rows, old = len(wv), wv._vectors
    vectors = initial_vectors(rows, wv.vector_size, seed)
    vectors[: len(old)] = old
    wv._take(vectors)
    lock = wv.vectors_lockf
    if len(lock) == len(old) and len(old) > 1:  # a single factor stands for all rows
        wv.vectors_lockf = np.concatenate([lock, np.ones(rows - len(old), np.float32)])


def memory_of(model: Word2Vec, keys: int | None) -> dict[str, int]:
    """Return what a training takes in memory, for the words of the model (None) or for so many."""
    rows = len(model.wv) if keys is None else keys
    counted = keys is None and "count" in model.wv.expandos
    words = int(model.wv.expandos["count"].sum()) if counted else 0 if keys is None else None
    matrices = {matrix_attribute(name): objective(name).target_rows(rows) for name in objectives_of(model)}
    return memory_report(
        rows,
        words,
        {"vectors": rows, **matrices},
        model.vector_size,
        workers=threads(model.workers),
        backend=choose(model.backend, model.device),
        objectives=objectives_of(model),
        subsample=model.sample > 0,
    )
