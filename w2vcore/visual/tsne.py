"""t-SNE (van der Maaten and Hinton 2008) in seconds: by the package openTSNE, else by scikit-learn.

openTSNE interpolates the repulsion on a grid (Linderman and others 2019), so its time grows with the number of words
and not with their pairs. Neighbours are found exactly, by the search behind `most_similar`. Of more than 20,000 words
the first, most frequent ones are laid out; every other word is put among those that are nearest to it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.query import search
from w2vcore.query.similarity import norms
from w2vcore.visual.extras import require

# Called with what is being done, and with how much of it is done and of how much.
Report: TypeAlias = Callable[[str, int, int], None]

PERPLEXITY = 30.0  # the usual one of both packages; lower for few words
LANDMARKS = 20_000  # words that are laid out by t-SNE itself
_NEIGHBOURS = 45  # of each word: 1.5 times the perplexity; three times as many give the same picture in twice the time
_PUT_BY = 3  # landmarks
_QUERIES = 4096  # words whose neighbours are looked for at once
_EARLY, _LATE = 100, 250  # iterations
_EARLY_EXAGGERATION = 12.0  # van der Maaten 2014
_LATE_EXAGGERATION = 1.5  # above 1, groups are drawn together and space opens between them (Böhm and others 2022)
_BY_GRID = 5_000  # more words than so many repel each other by a grid, fewer by a tree
_EVERY = 10  # iterations between two reports


def is_fast() -> bool:
    """Whether openTSNE is installed."""
    return find_spec("openTSNE") is not None


def embed(table: NDArray[Any], start: NDArray[np.float64], seed: int, report: Report) -> NDArray[np.float64]:
    """Return points, shape (n, 2).

    Parameters
    ----------
    table : ndarray, shape (n, D)
        Vectors of length 1, the most frequent word first; at least four.
    start : ndarray, shape (n, 2)
        Where the words are by PCA.
    seed : int
        For scikit-learn, and for the places of words beyond the landmarks.
    report : callable
        Told how far it is.
    """
    perplexity = min(PERPLEXITY, (min(len(table), LANDMARKS) - 1) / 3)
    narrow = table.astype(np.float32)
    known = narrow[:LANDMARKS]
    if is_fast():
        points = _fast(known, start[: len(known)], perplexity, report)
    else:
        points = _slow(known, perplexity, seed)
    return _with_others(points, known, narrow[len(known) :], seed, report)


def _fast(
    table: NDArray[np.float32], start: NDArray[np.float64], perplexity: float, report: Report
) -> NDArray[np.float64]:
    package = require("openTSNE", "openTSNE", "a map by t-SNE", "viz")
    nearest = require("openTSNE.nearest_neighbors", "openTSNE", "a map by t-SNE", "viz")
    count = min(_NEIGHBOURS, len(table) - 1)
    rows, cosines = _neighbours(table, table, count, True, "Neighbours", report)
    distances = np.sqrt(np.maximum(0, 2 - 2 * cosines.astype(np.float64)))
    affinities = package.affinity.PerplexityBasedNN(
        perplexity=min(perplexity, count / 1.5), knn_index=nearest.PrecomputedNeighbors(rows, distances)
    )
    spread = start[:, 0].std() or 1.0
    embedding = package.TSNEEmbedding(
        start / spread * 1e-4,
        affinities,
        negative_gradient_method="fft" if len(table) > _BY_GRID else "bh",
        n_jobs=1,  # the same picture each time; two threads take 1.5 times the processor's time
    )
    done = 0
    for iterations, exaggeration, momentum in ((_EARLY, _EARLY_EXAGGERATION, 0.5), (_LATE, _LATE_EXAGGERATION, 0.8)):

        def told(iteration: int, _error: float, _points: Any, before: int = done) -> None:
            report("Layout by t-SNE", before + iteration, _EARLY + _LATE)

        embedding.optimize(
            iterations,
            exaggeration=exaggeration,
            momentum=momentum,
            inplace=True,
            callbacks=told,
            callbacks_every_iters=_EVERY,
        )
        done += iterations
    return np.asarray(embedding, np.float64)


def _slow(table: NDArray[np.float32], perplexity: float, seed: int) -> NDArray[np.float64]:
    package = require("sklearn.manifold", "scikit-learn", "a map by t-SNE", "tsne")
    return np.asarray(
        package.TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(table), np.float64
    )


def _neighbours(
    table: NDArray[np.float32],
    queries: NDArray[np.float32],
    count: int,
    without_itself: bool,
    what: str,
    report: Report,
) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Return the rows of `table` that are nearest to each query, and their cosines."""
    lengths = norms(table)
    rows, cosines = [], []
    for begin in range(0, len(queries), _QUERIES):
        some = queries[begin : begin + _QUERIES]
        own = np.arange(begin, begin + len(some))[:, None] if without_itself else None
        found, values = search.nearest(table, lengths, some, count, own)
        rows.append(found)
        cosines.append(values)
        report(what, begin + len(some), len(queries))
    return np.concatenate(rows), np.concatenate(cosines)


def _with_others(
    points: NDArray[np.float64],
    known: NDArray[np.float32],
    others: NDArray[np.float32],
    seed: int,
    report: Report,
) -> NDArray[np.float64]:
    """Put further words among the points of those that are nearest to them."""
    if not len(others):
        return points
    rows, cosines = _neighbours(known, others, _PUT_BY, False, "Rarer words", report)
    weights = np.maximum(cosines.astype(np.float64), 1e-3) ** 4
    weights /= weights.sum(axis=1, keepdims=True)
    spread = 0.01 * (np.ptp(points, axis=0).max() or 1.0)
    noise = np.random.default_rng(seed).normal(scale=spread, size=(len(others), 2))
    # The mean of landmarks far apart would lie in a void between them: only those near the first one count.
    near = np.linalg.norm(points[rows] - points[rows[:, :1]], axis=2) < 10 * spread
    weights *= near
    weights /= weights.sum(axis=1, keepdims=True)
    put = (points[rows] * weights[..., None]).sum(axis=1) + noise
    return np.concatenate([points, put])
