"""How a trained model scores what follows an item: by output vectors, or by the tree of hierarchical softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.query.similarity import norms
from w2vcore.word2vec import Word2Vec
from w2vcore.word2vec.expectation import tree_model
from w2vcore.word2vec.weights import output_vectors

from .ranking import Scores

Floats: TypeAlias = "NDArray[np.floating[Any]]"

_SHORTEST = 1e-38  # length of a row: one over it is finite in float32


@dataclass(frozen=True, eq=False)
class Rows:
    """Vectors whose products with a query are scores.

    Attributes
    ----------
    vectors : ndarray, shape (items, D)
    scales : ndarray of float32, shape (items,), or None
        What the products are multiplied by: one over the lengths, for cosines.
    """

    vectors: Floats
    scales: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, vectors: Floats, cosines: bool) -> Rows:
        """Make scores of vectors, by cosine or as they are."""
        lengths = np.maximum(norms(vectors), np.float32(_SHORTEST)) if cosines else None
        return cls(vectors, None if lengths is None else (1 / lengths).astype(np.float32))

    def among(self, rows: NDArray[np.intp]) -> Rows:
        """Return those of some rows, copied."""
        return Rows(np.asarray(self.vectors[rows]), None if self.scales is None else self.scales[rows])

    def scores(self, queries: NDArray[np.float32]) -> Scores:
        """Return what scores slices of the queries and of the rows."""
        vectors, scales = self.vectors, self.scales

        def product(asked: slice, some: slice) -> Floats:
            block: Floats = queries[asked] @ np.asarray(vectors[some], np.float32).T
            if scales is not None:
                block *= scales[some]
            return block

        return product


@dataclass(frozen=True, eq=False)
class Tree:
    """The inner nodes of hierarchical softmax: the score of an item is the log of the chance to reach its leaf.

    Attributes
    ----------
    nodes : ndarray, shape (nodes, D)
    offsets, points, codes : ndarray
        The path of each item, as in `TreePaths`.
    """

    nodes: Floats
    offsets: NDArray[np.int64]
    points: NDArray[np.uint32]
    codes: NDArray[np.uint8]

    def among(self, rows: NDArray[np.intp]) -> Tree:
        """Return the paths of some items."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        turns = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths) + np.repeat(self.offsets[rows], lengths)
        return Tree(self.nodes, offsets, self.points[turns], self.codes[turns])

    def scores(self, queries: NDArray[np.float32]) -> Scores:
        """Return what scores slices of the queries and of the items."""
        lengths = np.diff(self.offsets)

        def chances(asked: slice, some: slice) -> Floats:
            """Add up the logs along the paths, one step of all paths after the other."""
            nodes = np.asarray(self.nodes, np.float32)
            block = np.zeros((asked.stop - asked.start, some.stop - some.start), np.float32)
            for step in range(int(lengths[some].max(initial=0))):
                deep = np.flatnonzero(lengths[some] > step)
                turns = self.offsets[some][deep] + step
                met, at = np.unique(self.points[turns], return_inverse=True)
                signs = 1 - 2 * self.codes[turns].astype(np.float32)
                block[:, deep] -= np.logaddexp(0, -signs * (queries[asked] @ nodes[met].T)[:, at])
            return block

        return chances


def outputs_of(model: Word2Vec) -> Floats | Tree:
    """Return what a model has learned to predict items by: output vectors, or a tree.

    Raises
    ------
    ValueError
        If it has nothing of that kind, or items were added to it or removed from it since.
    """
    try:
        vectors = np.asarray(output_vectors(model))
    except RuntimeError as error:
        try:
            tree = tree_model(model)
        except RuntimeError:
            raise ValueError(f"mode='next' needs output vectors: {error}; or ask with mode='similar'") from error
        return Tree(tree.nodes, tree.offsets, tree.points, tree.codes)
    if len(vectors) != len(model.wv):
        raise ValueError(
            f"mode='next' needs an output vector for each item, and there are {len(vectors)} for {len(model.wv)} keys: "
            "items were added to wv or removed from it after training. Name those that are gone in exclude=, and ask "
            "for new ones with mode='similar'"
        )
    return vectors
