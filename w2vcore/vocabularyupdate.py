"""`build_vocab(update=True)`: counts of a further corpus, and rows for its new words beside those that were trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.weights import initial_vectors


def check_prior_vocabulary(wv: KeyedVectors) -> None:
    """Refuse to update a vocabulary that is not there.

    Raises
    ------
    RuntimeError
    """
    if not len(wv):
        raise RuntimeError(
            "You cannot do an online vocabulary-update of a model which has no prior vocabulary. "
            "First build the vocabulary of your model with a corpus before doing an online update."
        )


def merged_counts(
    wv: KeyedVectors, raw_counts: Mapping[Any, int], keys: Sequence[Any], counts: NDArray[np.int64]
) -> tuple[list[Any], NDArray[np.int64]]:
    """Add counts of a further corpus to those that are there; known words count even where it has them seldom.

    Parameters
    ----------
    wv : KeyedVectors
        The vocabulary that is there.
    raw_counts : mapping
        Of all words of the further corpus.
    keys, counts
        Of those that are often enough in it to be kept.

    Returns
    -------
    keys, counts
        The known words first, in their order.
    """
    known = wv.key_to_index
    merged = np.array([raw_counts.get(key, 0) for key in wv.index_to_key], np.int64)
    merged += np.asarray(wv.expandos["count"], np.int64)
    fresh = [(key, count) for key, count in zip(keys, counts, strict=True) if key not in known]
    new_counts = np.array([count for _, count in fresh], np.int64)
    return wv.index_to_key + [key for key, _ in fresh], np.concatenate([merged, new_counts])


def grow_vectors(wv: KeyedVectors, seed: int) -> None:
    """Draw vectors for the keys that have none, and let them learn at the full rate."""
    rows, old = len(wv), wv._vectors
    vectors = initial_vectors(rows, wv.vector_size, seed)
    vectors[: len(old)] = old
    wv._take(vectors)
    lock = wv.vectors_lockf
    if len(lock) == len(old) and len(old) > 1:  # a single factor stands for all rows
        wv.vectors_lockf = np.concatenate([lock, np.ones(rows - len(old), np.float32)])
