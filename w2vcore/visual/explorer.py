"""A page on which vectors are explored: a map, a search, neighbours, analogies."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from w2vcore.formats.atomic import PathLike, expanded
from w2vcore.formats.destination import check_destination
from w2vcore.model.checks import check_int
from w2vcore.query.similarity import unit
from w2vcore.visual import pages
from w2vcore.visual.maps import METHODS, Method, check_method, check_size, principal_axes, project
from w2vcore.visual.protocol import ShownVectors
from w2vcore.visual.shown import check_not_empty, counts_of, names_of, rows_of

SCRIPTS = ("common.js", "labels.js", "vectors.js", "suggestions.js", "map.js", "explore.js")


def explore(
    wv: ShownVectors,
    path: PathLike,
    *,
    words: Iterable[Any] | None = None,
    topn: int = 20_000,
    method: Method = "pca",
    title: str | None = None,
    seed: int = 1,
) -> Path:
    """Write a page to explore vectors with: one file, opened from disk, that needs no network.

    It has a map in two and three dimensions, a search, the neighbours of a word with their cosines, and a box for
    analogies. It finds neighbours among the words of the page, with vectors that are stored in one byte a number:
    cosines are exact to about 0.005.

    Parameters
    ----------
    wv : KeyedVectors
        ``model.wv`` of a model.
    path : str or path-like
        The file to write, such as ``words.html``.
    words : iterable of keys, optional
        Which words; default: the most frequent ones.
    topn : int
        How many of the most frequent ones, without `words`. The page takes 5 MB for the plotting library, and for each
        word 1.33 bytes a dimension and about 50 bytes.
    method : str
        For the map in two dimensions: "pca", "tsne" (scikit-learn: ``pip install w2vcore[tsne]``; minutes for 20,000
        words) or "umap" (umap-learn: ``pip install w2vcore[umap]``). The map in three dimensions is by PCA.
    title : str, optional
        Of the page; default: "Word vectors".
    seed : int
        For t-SNE and UMAP.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ImportError
        If plotly (``pip install w2vcore[viz]``), or the package of a method, is missing.
    KeyError
        For a word that is not there.
    TypeError
        If `wv` is no KeyedVectors, or `words` a single string.
    ValueError
        For an unknown `method`, too few words, or vectors that are not finite.

    Examples
    --------
    >>> from w2vcore import KeyedVectors
    >>> wv = KeyedVectors(3)
    >>> wv.add_vectors(["road", "street", "sun"], [[1, 0.1, 0], [1, 0.2, 0], [0, 0, 1]])
    >>> import tempfile, pathlib
    >>> page = explore(wv, pathlib.Path(tempfile.mkdtemp()) / "words.html", title="Three words")
    >>> "<title>Three words</title>" in page.read_text()
    True
    """
    check_not_empty(wv)
    check_method(method, "explore")
    seed = check_int("seed", seed, 0, 2**32 - 1)
    library = pages.plotting_library("explore")
    check_destination(path, f"path={os.fspath(path)!r}")
    rows = rows_of(wv, words, topn)
    check_size(method, len(rows))
    vectors = np.asarray(wv.vectors)[rows]
    table = unit(np.asarray(vectors, np.float64))
    projection = principal_axes(table, 3)
    space = projection(table)
    plane = space[:, :2] if method == "pca" else project(vectors, 2, method, seed)
    numbers, scales = pages.quantised(vectors)
    title = title or "Word vectors"
    data = {
        "title": title,
        "words": names_of(wv, rows),
        "counts": counts_of(wv, rows),
        "vocabulary": len(wv),
        "dimensions": int(vectors.shape[1]),
        "method": METHODS[method],
        "shares": [round(float(share), 4) for share in projection.shares],
        "plane": pages.packed(plane.astype(np.float32)),
        "space": pages.packed(space.astype(np.float32)),
        "vectors": pages.packed(numbers),
        "scales": pages.packed(scales),
    }
    pages.write(pages.build("explore", SCRIPTS, title, data, library), path)
    return Path(expanded(path))
