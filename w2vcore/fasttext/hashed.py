"""The input matrix of FastText with `hash_count`: floret's table, whose rows words and n-grams share.

The vectors own it, as ``wv.vectors_ngrams``. A word has no row of its own: its rows are those that the hashes of the
word and of its n-grams name, so that the matrix is as high as the user says, whatever the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors import FloretKeyedVectors
from w2vcore.keyedvectors.internals import identity_of_keys, spelt
from w2vcore.model.features import Features
from w2vcore.model.tables import Table
from w2vcore.model.weights import checked_lock, initial_vectors
from w2vcore.word2vec.inputs import InputRows

from .inputs import over_features

if TYPE_CHECKING:
    from .model import FastText


@dataclass(frozen=True, eq=False)
class HashedWords:
    """The rows of each word, and what they follow from."""

    features: Features
    made_of: tuple[Any, ...]


class HashedRows(InputRows["FastText"]):
    """The rows of floret's table; a word is the mean of those of its own hashes and of its n-grams'."""

    def table(self, model: FastText, table: Table) -> Table:
        """Return the table, which has a row for each bucket."""
        return over_features(table, "wv.vectors_ngrams", lambda _: model.wv.bucket, lambda: self.features(model))

    def matrix(self, model: FastText) -> NDArray[Any] | None:
        """Return the table's rows."""
        return _vectors(model).table.table

    def replace(self, model: FastText, matrix: NDArray[Any]) -> None:
        """Store another table of rows."""
        wv = _vectors(model)
        if matrix is not wv.table.table:
            wv.subwords = replace(wv.table, table=matrix)

    def begin(self, model: FastText, table: Table) -> NDArray[np.float32]:
        """Draw all rows."""
        wv = _vectors(model)
        wv.vectors_ngrams_lockf = np.ones(1, np.float32)
        drawn = initial_vectors(wv.bucket, model.vector_size, model.seed)
        self.replace(model, drawn)
        return drawn

    def grow(self, model: FastText) -> None:
        """Leave the table as it is: new words share its rows."""

    def features(self, model: FastText) -> Features:
        """Return the rows of each word."""
        wv = _vectors(model)
        table = wv.table
        hashed = len(table.table), table.min_n, table.max_n, table.hash_count, table.seed, table.begin, table.end
        made_of = identity_of_keys(wv), len(wv), hashed
        if model._hashed is None or model._hashed.made_of != made_of:
            model._hashed = HashedWords(table.features(spelt(wv)), made_of)
        return model._hashed.features

    def lock(self, model: FastText) -> NDArray[np.float32]:
        """Return the factors of the rows' learning rates, which go round."""
        wv = model.wv
        return checked_lock(wv.vectors_ngrams_lockf, wv.bucket, "wv.vectors_ngrams_lockf")

    def publish(self, model: FastText) -> None:
        """Make the vectors of the words of the table."""
        model.wv.adjust_vectors()


def _vectors(model: FastText) -> FloretKeyedVectors:
    assert isinstance(model.wv, FloretKeyedVectors)
    return model.wv
