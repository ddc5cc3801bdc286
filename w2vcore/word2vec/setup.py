"""The state of a model at one moment of a training: its attributes, checked and frozen, and its matrices, lent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.registry import choose
from w2vcore.kernels._dispatch import active
from w2vcore.keyedvectors.internals import belong_to, keys_of, rows_of
from w2vcore.model.config import AUTO, TrainingConfig
from w2vcore.model.weights import Weights, borrow, checked_matrix
from w2vcore.objectives.registry import needs_tree
from w2vcore.training.setup import Setup
from w2vcore.training.sharing import choose_sharing

from .columns import columns_of
from .settings import trained_tables, training_config
from .tree import code_tree
from .weights import set_trained_matrix, trained_matrix

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")


def setup_of(
    model: Word2Vec,
    queue_factor: int,
    scanned: bool,
    common: Mapping[str, Any],
    last: Setup | None = None,
    sharing: str | None = None,
) -> Setup:
    """Return the state of a model, for a training that begins or goes on.

    Parameters
    ----------
    model : Word2Vec
        Arrays that a user put there are copied into padded ones, which become its attributes.
    queue_factor : int
    scanned : bool
        Whether compact keys will do to encode the corpus.
    common : dict
        What else must be the same on all ranks.
    last : Setup, optional
        What this returned last: matrices whose attributes are still the same arrays are not checked again.
    sharing : str, optional
        What ``negative_sharing="auto"`` stands for, in a run that is resumed.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        If an attribute is not allowed, or does not fit the others; it is named.
    """
    config = training_config(model, queue_factor)
    weights, arrays, attributes = _lent(model, last)
    counts, keep, lock = columns_of(model)
    features = model._inputs.features(model)
    if sharing is not None and model.negative_sharing == AUTO:
        config = replace(config, negative_sharing=sharing)
    elif features is None or model.negative_sharing != AUTO:  # "auto" is "pair" with features
        config = _with_sharing(model, config, counts, keep)
    rows = rows_of(model.wv) if scanned else model.wv.key_to_index
    backend = choose(model.backend, config.device)
    return Setup(
        config=config,
        backend=backend,
        kernels=kernels_of(backend),
        weights=weights,
        arrays=arrays,
        attributes=attributes,
        counts=counts,
        keep=keep,
        lock=lock,
        tree=code_tree(model, whole=True) if needs_tree(config.objectives) else None,
        keys=keys_of(model.wv),
        rows=rows,
        tables=model._tables,
        common=common,
        features=features,
        tag_words=model._inputs.tag_words(model),
    )


def _with_sharing(
    model: Word2Vec, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]
) -> TrainingConfig:
    """Return a config with what ``negative_sharing="auto"`` stands for."""

    def choose_and_say() -> str:
        sharing, reason = choose_sharing(model.negative_sharing, config, counts, keep)
        if reason:
            logger.info("negative_sharing='auto' takes %r: %s", sharing, reason)
        return sharing

    asked = model.negative_sharing, config
    return replace(config, negative_sharing=model._tables.remembered("sharing", asked, (counts, keep), choose_and_say))


def kernels_of(backend: str) -> str:
    """Return the name of the kernels that a backend runs: others round differently."""
    return "cuda" if backend == "cuda" else active()


def _lent(model: Word2Vec, last: Setup | None) -> tuple[Weights, dict[str, np.ndarray[Any, Any]], dict[str, str]]:
    """Return the padded matrices, the attributes that are views of them, and the names of these."""
    belong_to(model.wv, model)
    rows = len(model.wv)
    tables = trained_tables(model)
    matrices, arrays = {}, {}
    for name, table in tables.items():
        array, expected, size = trained_matrix(model, table), table.rows(rows), table.columns
        if last is not None and array is last.arrays.get(name) and array.shape == (expected, size):
            matrices[name], arrays[name] = last.weights.matrices[name], array
            continue
        if array.shape == (table.used_rows(rows), size):  # as in a mapped file
            array = table.restored(array, rows)
        if array.shape[1:] == (size,) and 0 < len(array) < expected:
            _refuse_new_keys(model, table.attribute, array, expected)
        checked = checked_matrix(table.attribute, array, expected, size)
        matrices[name], arrays[name] = borrow(name, checked, size, model._inspection)
    for name, table in tables.items():
        if trained_matrix(model, table) is not arrays[name]:
            set_trained_matrix(model, table, arrays[name])
    attributes = {name: table.attribute for name, table in tables.items()}
    return Weights(matrices, model.vector_size, model._inspection), arrays, attributes


def _refuse_new_keys(model: Word2Vec, attribute: str, array: np.ndarray[Any, Any], expected: int) -> None:
    """Refuse keys that were added to `wv` and have no counts, and say what to do with them."""
    keys = list(model.wv.index_to_key[len(array) - expected :])
    shown = ", ".join(map(repr, keys[:3])) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
    raise ValueError(
        f"{attribute} must have shape ({expected}, {array.shape[1]}), one row for each word, got {array.shape}: it has "
        f"none for the last words of wv, {shown}. If these were added with wv.add_vectors or wv[key] = vector, say how "
        f"often they occur, wv.set_vecattr({keys[0]!r}, 'count', 10) and so on, and call update_weights(); or have "
        "them counted in sentences: build_vocab(sentences, update=True)"
    )
