"""`build_vocab(update=True)`: is there anything to update, and vectors for new words beside those of old ones."""

from __future__ import annotations

import numpy as np

from w2vcore.keyedvectors import KeyedVectors
from w2vcore.keyedvectors.internals import matrix_of, replace_matrix
from w2vcore.model.weights import initial_vectors
from w2vcore.word2vec.keeprates import fill_keep_rates


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


def grow_vectors(wv: KeyedVectors, had: int, seed: int, sample: float) -> None:
    """Draw vectors for the keys that have none, and let them learn at the full rate.

    Parameters
    ----------
    wv : KeyedVectors
    had : int
        How many keys were trained before; others may have been added to `wv` since, and lack a keep rate.
    seed : int
    sample : float
    """
    rows, old = len(wv), matrix_of(wv)
    vectors = initial_vectors(rows, wv.vector_size, seed)
    vectors[: len(old)] = old
    replace_matrix(wv, vectors)
    lock = wv.vectors_lockf
    if len(lock) == len(old) and len(old) > 1:  # a single factor stands for all rows
        wv.vectors_lockf = np.concatenate([lock, np.ones(rows - len(old), np.float32)])
    fill_keep_rates(wv, had, sample)
