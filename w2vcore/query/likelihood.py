"""What a trained model expects: the likelihood of sentences, and of a word for its context. Arrays only, no keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .similarity import dots

Floats: TypeAlias = "NDArray[np.floating[Any]]"

_CENTRES = 256  # of a sentence at a time: a path has some 20 nodes, so 256 * 20 * 300 float64 are 12 MB


@dataclass(frozen=True)
class TreeModel:
    """A model of hierarchical softmax, as `sentence_score` needs it.

    Attributes
    ----------
    vectors : ndarray, shape (V, D)
    nodes : ndarray, shape (V - 1, D)
        Vectors of the inner nodes.
    offsets, points, codes : ndarray
        The paths of a HuffmanTree.
    window : int
        Words on each side; the whole sentence if it is as long.
    skipgram : bool
    mean : bool
        CBOW: the mean of the context vectors, else their sum.
    """

    vectors: Floats
    nodes: Floats
    offsets: NDArray[np.int64]
    points: NDArray[np.uint32]
    codes: NDArray[np.uint8]
    window: int
    skipgram: bool
    mean: bool


def sentence_score(model: TreeModel, ids: NDArray[np.int64]) -> float:
    """Log-likelihood of a sentence: the sum over centres of the log of the chance to reach them in the tree.

    With full windows and no subsampling (Taddy 2015, arXiv:1504.07295). Skip-gram adds up over pairs of context and
    centre, CBOW over centres.

    Parameters
    ----------
    model : TreeModel
    ids : ndarray of int, shape (n,)
        Rows of the words.

    Examples
    --------
    >>> paths = np.array([0, 1, 2]), np.array([0, 0], np.uint32), np.array([1, 0], np.uint8)
    >>> model = TreeModel(np.ones((2, 1)), np.zeros((1, 1)), *paths, window=5, skipgram=True, mean=True)
    >>> round(sentence_score(model, np.array([0, 1])), 6), round(2 * float(np.log(0.5)), 6)
    (-1.386294, -1.386294)
    """
    total = 0.0
    for start in range(0, len(ids), _CENTRES):
        centres = np.arange(start, min(start + _CENTRES, len(ids)))
        total += (_pair_scores if model.skipgram else _window_scores)(model, ids, centres)
    return total


def _log_sigmoid(scores: Floats) -> Floats:
    result: Floats = -np.logaddexp(0.0, -scores)
    return result


def _signs(codes: NDArray[np.uint8]) -> Floats:
    """Return 1 where the path turns left, -1 where it turns right."""
    result: Floats = 1.0 - 2.0 * codes
    return result


def _pair_scores(model: TreeModel, ids: NDArray[np.int64], centres: NDArray[np.int64]) -> float:
    """Skip-gram: each context word predicts the centre."""
    total = 0.0
    for place in centres.tolist():
        path = slice(model.offsets[ids[place]], model.offsets[ids[place] + 1])
        nodes = model.nodes[model.points[path]].astype(np.float64)
        around = np.concatenate([ids[max(0, place - model.window) : place], ids[place + 1 : place + 1 + model.window]])
        scores = model.vectors[around].astype(np.float64) @ nodes.T
        total += float(_log_sigmoid(scores * _signs(model.codes[path])).sum())
    return total


def _window_scores(model: TreeModel, ids: NDArray[np.int64], centres: NDArray[np.int64]) -> float:
    """CBOW: the mean or sum of the context predicts the centre; a centre without context has the vector zero."""
    low = np.maximum(centres - model.window, 0)
    high = np.minimum(centres + model.window + 1, len(ids))
    first = int(low[0])
    rows = model.vectors[ids[first : high[-1]]].astype(np.float64)
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    hidden = sums[high - first] - sums[low - first] - rows[centres - first]
    if model.mean:
        hidden /= np.maximum(high - low - 1, 1)[:, np.newaxis]
    starts, stops = model.offsets[ids[centres]], model.offsets[ids[centres] + 1]
    path = np.concatenate([np.arange(start, stop) for start, stop in zip(starts, stops, strict=True)])
    nodes = model.nodes[model.points[path]]
    scores = np.einsum("ij,ij->i", np.repeat(hidden, stops - starts, axis=0), nodes)
    return float(_log_sigmoid(scores * _signs(model.codes[path])).sum())


def output_probabilities(vectors: Floats, targets: Floats, rows: NDArray[np.int64], mean: bool) -> NDArray[np.float32]:
    """How likely each word is as the centre of a context, in a model of negative sampling: a softmax of the scores.

    Negative sampling does not train a softmax, so the numbers order the words rather than count them.

    Parameters
    ----------
    vectors, targets : ndarray, shape (V, D)
    rows : ndarray of int
        Rows of the context words.
    mean : bool
        Take the mean of the context vectors, else their sum.

    Examples
    --------
    >>> eye = np.eye(3, dtype=np.float32)
    >>> output_probabilities(eye, 9 * eye, np.array([1]), mean=True).round(3).tolist()
    [0.0, 1.0, 0.0]
    """
    hidden = vectors[rows].astype(np.float64).sum(axis=0)
    if mean:
        hidden /= len(rows)
    scores = dots(targets, hidden).astype(np.float64)
    chances = np.exp(scores - scores.max())
    result: NDArray[np.float32] = (chances / chances.sum()).astype(np.float32)
    return result
