"""Maps: vectors of any length as points in a plane or in space; the same vectors always give the same points.

Vectors are scaled to length 1 first, so that words with a large cosine, as in `most_similar`, are near each other on
the map. PCA shows the directions in which vectors differ most, and preserves large distances. t-SNE and UMAP keep
neighbours together; with them, distances between groups mean little.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.query.similarity import unit
from w2vcore.visual import tsne
from w2vcore.visual.extras import require

Method: TypeAlias = Literal["pca", "tsne", "umap"]
AnyMethod: TypeAlias = Literal["auto", "pca", "tsne", "umap"]
METHODS: dict[str, str] = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
AUTO = "auto"
FEWEST_TO_GROUP = 50  # "auto": with fewer words, PCA shows what there is
_FEWEST = {
    "pca": 2,
    "tsne": 4,
    "umap": 4,
}  # with fewer words, scikit-learn and umap-learn fail with errors of their own

NEIGHBOURS = 15  # of UMAP: umap-learn's default; lower for few words


@dataclass(frozen=True)
class Projection:
    """A linear map into few dimensions: the mean, which is subtracted, and the axes.

    Attributes
    ----------
    mean : ndarray, shape (D,)
    axes : ndarray, shape (dimensions, D)
        Of length 1 and at right angles; zero where the vectors have no further direction.
    shares : ndarray, shape (dimensions,)
        The share of the variance along each axis.
    """

    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    shares: NDArray[np.float64]

    def __call__(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """Return points, shape (..., dimensions), for vectors of shape (..., D)."""
        points: NDArray[np.float64] = (np.asarray(vectors, np.float64) - self.mean) @ self.axes.T
        return points


def principal_axes(vectors: NDArray[Any], dimensions: int) -> Projection:
    """Return the axes along which vectors vary most.

    Parameters
    ----------
    vectors : ndarray, shape (n, D)
    dimensions : int

    Returns
    -------
    Projection
        The sign of each axis is such that its largest component is positive: the same vectors give the same picture on
        every machine.

    Examples
    --------
    >>> projection = principal_axes(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]), dimensions=1)
    >>> projection(np.array([[3.0, 4.0], [6.0, 8.0]])).round(3).tolist(), projection.shares.round(3).tolist()
    ([[0.0], [5.0]], [1.0])
    """
    table = np.asarray(vectors, np.float64)
    mean = table.mean(axis=0)
    variances, directions = _directions(table - mean)
    found = min(dimensions, len(directions))
    axes = np.zeros((dimensions, table.shape[1]))
    axes[:found] = directions[:found]
    largest = axes[np.arange(dimensions), np.abs(axes).argmax(axis=1)]
    axes[largest < 0] *= -1
    shares = np.zeros(dimensions)
    shares[:found] = variances[:found] / max(float(variances.sum()), np.finfo(float).tiny)
    return Projection(mean, axes, shares)


def _directions(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sums of squares along the principal axes, largest first, and the axes as rows."""
    rows, columns = centred.shape
    if rows <= 2 * columns:
        _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
        return lengths**2, axes
    values, vectors = np.linalg.eigh(centred.T @ centred)  # in a tenth of the time, where there are many more rows
    return np.maximum(values[::-1], 0), vectors.T[::-1]


def check_method(method: Any, needed_by: str, auto: bool = False) -> None:
    """Refuse an unknown method, or one whose package is not installed, before any work.

    Raises
    ------
    ValueError
        If there is no such method.
    ImportError
        If its package is missing.
    """
    allowed = [*[AUTO] * auto, *METHODS]
    if method not in allowed:
        raise ValueError(f"method must be one of {', '.join(map(repr, allowed))}, got {method!r}")
    if method == "tsne" and not tsne.is_fast():
        require("sklearn.manifold", "scikit-learn", f"{needed_by} with method='tsne'", "tsne")
    if method == "umap":
        require("umap", "umap-learn", f"{needed_by} with method='umap'", "umap")


def taken(method: AnyMethod, words: int) -> tuple[Method, str]:
    """Return the method that "auto" stands for, and why it is not t-SNE; other methods as they are.

    Examples
    --------
    >>> taken("umap", 9), taken("auto", 9)
    (('umap', ''), ('pca', 'few words'))
    """
    if method != "auto":
        return method, ""
    if words < FEWEST_TO_GROUP:
        return "pca", "few words"
    if tsne.is_fast():
        return "tsne", ""
    if find_spec("umap") is not None:
        return "umap", "openTSNE is not installed"
    return "pca", "openTSNE is not installed: pip install w2vcore[viz]"


def check_size(method: str, words: int) -> None:
    """Refuse to make a map of too few words.

    Raises
    ------
    ValueError
        If there are fewer than two for PCA, or than four for the others.
    """
    if words < _FEWEST[method]:
        raise ValueError(
            f"a map by {METHODS[method]} needs at least {_FEWEST[method]} words, got {words}; name more words, or "
            "raise topn"
        )


def silent(_what: str, _done: int, _all: int) -> None:
    """Report no progress."""


def project(
    vectors: NDArray[Any],
    dimensions: int = 2,
    method: str = "pca",
    seed: int = 1,
    report: tsne.Report = silent,
) -> NDArray[np.float64]:
    """Return points, shape (n, dimensions), that stand for vectors, shape (n, D).

    Parameters
    ----------
    vectors : ndarray
        Of any length; they are scaled to length 1 here. Zero vectors stay zero.
    dimensions : int
        2; for PCA also 3.
    method : str
        "pca", "tsne" (van der Maaten and Hinton 2008; openTSNE, or else scikit-learn) or "umap" (McInnes, Healy,
        Melville 2018; umap-learn).
    seed : int
        For t-SNE and UMAP; PCA draws nothing.
    report : callable
        Told what is being done, how much of it is done, and of how much.

    Examples
    --------
    >>> vectors = np.array([[1.0, 0, 0], [2.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> points = project(vectors)
    >>> points.shape, bool(np.allclose(points[0], points[1]))
    ((4, 2), True)
    """
    check_method(method, "a map")
    check_size(method, len(vectors))
    table = unit(np.asarray(vectors, np.float64))
    if method == "umap":
        umap = require("umap", "umap-learn", "a map by UMAP", "umap").UMAP(
            n_neighbors=min(NEIGHBOURS, len(table) - 1),
            n_components=2,
            init="spectral" if len(table) > 4 else "random",
            random_state=seed,
            n_jobs=1,
        )
        return np.asarray(umap.fit_transform(table.astype(np.float32)), np.float64)
    points = principal_axes(table, dimensions)(table)
    return tsne.embed(table, points[:, :2], seed, report) if method == "tsne" else points
