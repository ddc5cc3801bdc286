"""The matrices of a model: made, grown with the vocabulary, and stored in the attributes that users see."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.cuda.devices import numbers_of
from w2vcore.backends.registry import choose
from w2vcore.model.config import SENTENCE, threads
from w2vcore.model.memory import check_fits
from w2vcore.model.tables import INPUT, SENTENCE_WINDOW, Table
from w2vcore.objectives.growth import grown
from w2vcore.objectives.registry import needs_tree, objective

from .columns import columns_of, fill_keep_rates
from .memory import memory_report
from .settings import known_tables, objectives_of, trained_tables
from .tree import WordTree, code_tree, plant_tree

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")

Array: TypeAlias = "NDArray[Any]"


def trained_matrix(model: Word2Vec, table: Table) -> Array:
    """Return the matrix of a table.

    Raises
    ------
    RuntimeError
        If the model lacks it, since its settings were changed.
    """
    matrix: Array | None = model._inputs.matrix(model) if table.name == INPUT else getattr(model, table.attribute, None)
    if matrix is None:
        raise RuntimeError(
            f"the model has no {table.attribute}: it was made with other settings of hs and negative, or "
            "saved without it. Call init_weights() to begin anew"
        )
    return matrix


def set_trained_matrix(model: Word2Vec, table: Table, matrix: Array) -> None:
    """Store a matrix in the attribute of its table."""
    if table.name == INPUT:
        model._inputs.replace(model, matrix)
    else:
        setattr(model, table.attribute, matrix)


def output_vectors(model: Word2Vec) -> Array:
    """Return the target matrix whose row i belongs to the word i.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    trained = _targets(trained_tables(model))
    targets = [*trained, *_targets(known_tables(model))]  # settings may have been changed after the training
    for table in targets:
        matrix: Array | None = getattr(model, table.attribute, None)
        if _of_words(table, model) and matrix is not None:
            return matrix
    wanted = " or ".join(table.attribute for table in trained if _of_words(table, model))
    if wanted:
        raise RuntimeError(
            f"the model has no {wanted}: call build_vocab() and train(), or load a file that was saved with it"
        )
    whose = "inner nodes of the tree (hs=1)" if needs_tree(objectives_of(model)) else "something else than words"
    rows = " and ".join(table.attribute for table in trained) or "its matrices"
    raise RuntimeError(
        f"the model has no output vectors of words: the rows of {rows} belong to {whose}; train with negative > 0"
    )


def _targets(tables: dict[str, Table]) -> list[Table]:
    return [table for table in tables.values() if table.role == "target"]


def _of_words(table: Table, model: Word2Vec) -> bool:
    """Whether a table has an output vector for each word."""
    return table.keyed and table.columns == model.vector_size


def begin_weights(model: Word2Vec) -> None:
    """Set all weights to their state before training."""
    logger.info("resetting layer weights")
    for table in trained_tables(model).values():
        rows, inputs = len(model.wv), model._inputs
        initial = inputs.begin(model, table) if table.name == INPUT else table.begin(rows, model.seed)
        set_trained_matrix(model, table, model._inspection.trust(table.name, initial))
    model.wv.vectors_lockf = np.ones(1, np.float32)
    model._inputs.publish(model)
    plant_tree(model)


def check_memory(model: Word2Vec) -> None:
    """Refuse matrices that do not fit into memory.

    Raises
    ------
    MemoryError
    """
    rows, size, tables = len(model.wv), model.vector_size, trained_tables(model).values()
    need = sum(table.nbytes(rows) for table in tables)
    logger.info("estimated required memory for %i words and %i dimensions: %i bytes", rows, size, need)
    check_fits(rows, size, len(tables), need)


def grow_weights(model: Word2Vec) -> None:
    """Add rows for the words that have none, and keep what is there."""
    wv, rows, inspection = model.wv, len(model.wv), model._inspection
    tables = [table for table in trained_tables(model).values() if table.name != INPUT]
    targets = {table: trained_matrix(model, table) for table in tables}
    had = min(map(len, targets.values()), default=rows)
    in_tree = 0
    if needs_tree(objectives_of(model)):
        tree = code_tree(model)
        in_tree = tree.words
        model._tree = WordTree.of(grown(tree, columns_of(model)[0]), wv)
    model._inputs.grow(model)
    model._inputs.publish(model)
    fill_keep_rates(wv, had, model.sample)
    for table, matrix in targets.items():
        larger = table.grown(matrix, len(matrix) if table.keyed else in_tree, rows)
        set_trained_matrix(model, table, inspection.inherit(table.name, matrix, larger))


# Words of a long sentence, beyond which no window reaches: how long the longest is, only its training knows.
LONG_SENTENCE = 1000


def memory_of(model: Word2Vec, keys: int | None) -> dict[str, int]:
    """Return what a training takes in memory, for the words of the model (None) or for so many."""
    rows = len(model.wv) if keys is None else keys
    counted = keys is None and "count" in model.wv.expandos
    words = int(model.wv.expandos["count"].sum()) if counted else 0 if keys is None else None
    contexts = 2 * (SENTENCE_WINDOW if model.window == SENTENCE else min(model.window, LONG_SENTENCE))
    if words:
        contexts = min(contexts, words)
    return memory_report(
        rows,
        words,
        {table.attribute.removeprefix("wv."): table.nbytes(rows) for table in trained_tables(model).values()},
        workers=threads(model.workers),
        backend=choose(model.backend, model.device),
        objectives=objectives_of(model),
        subsample=model.sample > 0,
        scratch=sum(objective(name).scratch_bytes(rows, contexts) for name in objectives_of(model)),
        gpus=len(numbers_of(model.device)),
    )
