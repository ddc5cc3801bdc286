"""What a trained model expects: the likelihood of sentences, and of a word for its context. Arrays only, no keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .similarity import dots

Floats: TypeAlias = "NDArray[np.floating[Any]]"

_BLOCK_FLOATS = 1 << 19  # in an array of a block of centres: 2 MB, so that a block's arrays stay in the cache


@dataclass(frozen=True)
class TreeModel:
    """A model of hierarchical softmax, as `sentence_scores` needs it.

    Attributes
    ----------
    vectors : ndarray, shape (V, D)
    nodes : ndarray, shape (V, D)
        Vectors of the inner nodes, V - 1 or more rows.
    offsets, points, codes : ndarray
        As in TreePaths.
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


@dataclass(frozen=True)
class SoftmaxModel:
    """A model whose scores are log-probabilities of words up to a constant, as `sentence_scores` needs it.

    Attributes
    ----------
    vectors, targets : ndarray, shape (V, D)
    prior : ndarray, shape (V,)
        What is added to the score of each word.
    window, skipgram, mean
        As in TreeModel.
    """

    vectors: Floats
    targets: Floats
    prior: NDArray[np.float64]
    window: int
    skipgram: bool
    mean: bool


def sentence_scores(
    model: TreeModel | SoftmaxModel, ids: NDArray[np.int64], offsets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Log-likelihood of sentences: the sum over centres of the log of the chance to reach them in the tree.

    Or, in a model of a softmax, of the log of their probability. With full windows and no subsampling (Taddy 2015,
    arXiv:1504.07295). Skip-gram adds up over pairs of context and centre, CBOW over centres.

    Parameters
    ----------
    model : TreeModel or SoftmaxModel
    ids : ndarray of int, shape (tokens,)
        Rows of the words of all sentences.
    offsets : ndarray of int, shape (n + 1,)
        Sentence ``s`` is ``ids[offsets[s]:offsets[s + 1]]``; it may be empty.

    Returns
    -------
    ndarray of float64, shape (n,)

    Examples
    --------
    >>> paths = np.array([0, 1, 2]), np.array([0, 0], np.uint32), np.array([1, 0], np.uint8)
    >>> model = TreeModel(np.ones((2, 1)), np.zeros((1, 1)), *paths, window=5, skipgram=True, mean=True)
    >>> sentence_scores(model, np.array([0, 1, 0]), np.array([0, 2, 3])).round(3).tolist()
    [-1.386, 0.0]
    """
    lengths = np.diff(offsets)
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    places = np.arange(len(ids))
    low = np.maximum(places - model.window, offsets[sentence])
    high = np.minimum(places + model.window, offsets[sentence + 1] - 1)
    widest, size = int((high - low).max(initial=1)), model.vectors.shape[1]
    if isinstance(model, SoftmaxModel):
        floats = max(widest * size, (widest if model.skipgram else 1) * len(model.targets))
    else:
        deepest = int((model.offsets[ids + 1] - model.offsets[ids]).max(initial=1))
        floats = max(widest * size, deepest * size, widest * deepest)
    step = max(1, _BLOCK_FLOATS // floats)
    scores = np.zeros(len(ids))
    for start in range(0, len(ids), step):
        block = slice(start, start + step)
        around = places[block], low[block], high[block]
        if isinstance(model, SoftmaxModel):
            scores[block] = _softmax_scores(model, ids, *around)
        else:
            scores[block] = (_pair_scores if model.skipgram else _window_scores)(model, ids, *around)
    return np.asarray(np.bincount(sentence, scores, len(lengths)), np.float64)


def _log_sigmoid(scores: Floats) -> Floats:
    """Return log(1 / (1 + exp(-x))), overwriting `scores`; exact for large numbers of either sign."""
    tail = np.exp(-np.abs(scores))
    np.log1p(tail, out=tail)
    np.minimum(scores, 0, out=scores)
    scores -= tail
    return scores


def _paths(model: TreeModel, words: NDArray[np.int64]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Node vectors (n, depth, D) of the words' paths, signs (n, depth; 1 is left, -1 right), and a mask of the path."""
    starts, stops = model.offsets[words], model.offsets[words + 1]
    steps = np.arange(int((stops - starts).max(initial=0)))
    on_path = starts[:, np.newaxis] + steps < stops[:, np.newaxis]
    turns = np.where(on_path, starts[:, np.newaxis] + steps, 0)
    signs = (1 - 2 * model.codes[turns].astype(np.int8)).astype(np.float32)
    return model.nodes[model.points[turns]], signs, on_path


def _contexts(
    places: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Places of the context words (n, widest), and a mask that is False for padding."""
    columns = np.arange(int((high - low).max(initial=0)))
    around = low[:, np.newaxis] + columns
    around += around >= places[:, np.newaxis]  # step over the centre
    inside = around <= high[:, np.newaxis]
    return np.where(inside, around, places[:, np.newaxis]), inside


def _pair_scores(
    model: TreeModel,
    ids: NDArray[np.int64],
    places: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> Floats:
    """Skip-gram: each context word predicts the centre."""
    if not len(model.points):  # a single word: its path is empty
        return np.zeros(len(places))
    nodes, signs, on_path = _paths(model, ids[places])
    around, inside = _contexts(places, low, high)
    scores = np.matmul(model.vectors[ids[around]], nodes.transpose(0, 2, 1))
    scores *= signs[:, np.newaxis, :]
    terms = _log_sigmoid(scores)
    terms *= inside[:, :, np.newaxis] & on_path[:, np.newaxis, :]
    result: Floats = terms.sum(axis=(1, 2), dtype=np.float64)
    return result


def _window_scores(
    model: TreeModel,
    ids: NDArray[np.int64],
    places: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> Floats:
    """CBOW: the mean or sum of the context predicts the centre; a centre without context has the vector zero."""
    if not len(model.points):
        return np.zeros(len(places))
    nodes, signs, on_path = _paths(model, ids[places])
    around, inside = _contexts(places, low, high)
    hidden = np.matmul(inside[:, np.newaxis, :].astype(np.float32), model.vectors[ids[around]])
    if model.mean:
        hidden /= np.maximum(high - low, 1).astype(np.float32)[:, np.newaxis, np.newaxis]
    scores = np.matmul(hidden, nodes.transpose(0, 2, 1))[:, 0, :]
    scores *= signs
    terms = _log_sigmoid(scores)
    terms *= on_path
    result: Floats = terms.sum(axis=1, dtype=np.float64)
    return result


def _softmax_scores(
    model: SoftmaxModel,
    ids: NDArray[np.int64],
    places: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> Floats:
    """Log-probability of the centres: by each context word in skip-gram, else by the mean or sum of the context."""
    around, inside = _contexts(places, low, high)
    if model.skipgram:
        hidden, centres = model.vectors[ids[around[inside]]], np.repeat(ids[places], inside.sum(axis=1))
    else:
        sums = np.matmul(inside[:, np.newaxis, :].astype(np.float32), model.vectors[ids[around]])[:, 0, :]
        hidden, centres = sums, ids[places]
        if model.mean:
            hidden = sums / np.maximum(high - low, 1).astype(np.float32)[:, np.newaxis]
    logits = hidden @ model.targets.T + model.prior
    logits -= logits.max(axis=1, keepdims=True, initial=-np.inf)
    terms = logits[np.arange(len(centres)), centres] - np.log(np.exp(logits).sum(axis=1))
    if not model.skipgram:
        return np.asarray(terms)
    pairs = np.repeat(np.arange(len(places)), inside.sum(axis=1))
    return np.asarray(np.bincount(pairs, terms, len(places)), np.float64)


def output_probabilities(
    vectors: Floats,
    targets: Floats,
    rows: NDArray[np.int64],
    mean: bool,
    prior: NDArray[np.float64] | None = None,
) -> NDArray[np.float32]:
    """Probability of each word as the centre of a context: a softmax of the scores.

    Negative sampling does not train a softmax, so there the numbers order the words rather than count them.

    Parameters
    ----------
    vectors, targets : ndarray, shape (V, D)
    rows : ndarray of int
        Rows of the context words.
    mean : bool
        Take the mean of the context vectors, else their sum.
    prior : ndarray, shape (V,), optional
        What is added to the score of each word.

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
    if prior is not None:
        scores += prior
    chances = np.exp(scores - scores.max())
    result: NDArray[np.float32] = (chances / chances.sum()).astype(np.float32)
    return result
