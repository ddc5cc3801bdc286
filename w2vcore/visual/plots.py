"""A map of words as a picture for paper and screens, drawn by matplotlib; textalloc finds room for the labels."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from w2vcore.formats.atomic import PathLike, atomic_write
from w2vcore.formats.destination import check_destination
from w2vcore.model.checks import check_int
from w2vcore.visual.extras import require
from w2vcore.visual.maps import METHODS, Method, check_method, check_size, project
from w2vcore.visual.protocol import ShownVectors
from w2vcore.visual.shown import check_not_empty, names_of, rows_of, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (9.0, 9.0)  # inches; with 8-point labels some 300 words find room
DOTS = 150  # per inch, in files of pixels
POINTS, LINES = "#1f4e79", "#9aa3ad"


def plot(
    wv: ShownVectors,
    words: Iterable[Any] | None = None,
    *,
    topn: int = 100,
    method: Method = "pca",
    path: PathLike | None = None,
    ax: Axes | None = None,
    seed: int = 1,
) -> Axes:
    """Draw a map of words, with labels that do not overlap.

    Parameters
    ----------
    wv : KeyedVectors
        ``model.wv`` of a model.
    words : iterable of keys, optional
        Which words; default: the most frequent ones.
    topn : int
        How many of the most frequent ones, without `words`. From some 300 on, labels that find no room are left out,
        those of rarer words first; their points are drawn.
    method : str
        "pca", which needs no further package, "tsne" (scikit-learn: ``pip install w2vcore[tsne]``) or "umap"
        (umap-learn: ``pip install w2vcore[umap]``).
    path : str or path-like, optional
        Where to save the picture; the extension names its format: .png, .svg, .pdf or another one of matplotlib.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure, which ``matplotlib.pyplot`` knows if no `path` is given.
    seed : int
        For t-SNE and UMAP. Equal seeds give equal pictures.

    Returns
    -------
    matplotlib Axes
        Change it as you like; ``.figure`` is its figure.

    Raises
    ------
    ImportError
        If matplotlib or textalloc (``pip install w2vcore[viz]``), or the package of a method, is missing.
    KeyError
        For a word that is not there.
    TypeError
        If `wv` is no KeyedVectors, or `words` a single string.
    ValueError
        For an unknown `method` or extension, too few words, or vectors that are not finite.

    Examples
    --------
    >>> from w2vcore import KeyedVectors
    >>> wv = KeyedVectors(3)
    >>> wv.add_vectors(["road", "street", "sun"], [[1, 0.1, 0], [1, 0.2, 0], [0, 0, 1]])
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "map.svg"
    >>> axes = plot(wv, ["road", "street", "sun"], path=path)
    >>> axes.get_title(loc="left"), sorted(text.get_text() for text in axes.texts), path.exists()
    ('3 words, PCA', ['road', 'street', 'sun'], True)
    """
    check_not_empty(wv)
    check_method(method, "plot")
    seed = check_int("seed", seed, 0, 2**32 - 1)
    require("matplotlib", "matplotlib", "plot", "viz")
    textalloc = require("textalloc", "textalloc", "plot", "viz")
    kind = None if path is None else kind_of(path)
    if path is not None:
        check_destination(path, f"path={os.fspath(path)!r}")
    rows = rows_of(wv, words, topn)
    check_size(method, len(rows))
    points = project(np.asarray(wv.vectors)[rows], 2, method, seed)
    axes = _new_axes(pyplot=path is None) if ax is None else ax
    axes.scatter(points[:, 0], points[:, 1], s=9, color=POINTS, linewidths=0, zorder=2)
    axes.margins(0.06)
    axes.set_aspect("equal", "datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(f"{len(rows):,} words, {METHODS[method]}", loc="left", fontsize=10, color="0.35")
    textalloc.allocate(
        axes,
        points[:, 0],
        points[:, 1],
        [shortened(name) for name in names_of(wv, rows)],
        x_scatter=points[:, 0],
        y_scatter=points[:, 1],
        textsize=8,
        max_distance=0.12,
        avoid_label_lines_overlap=True,
        draw_all=False,
        linecolor=LINES,
        linewidth=0.5,
        parse_math=False,  # a word may hold dollar signs
    )
    if path is not None:
        _save(axes, path, kind)
    return axes


def _new_axes(pyplot: bool) -> Axes:
    """Return the axes of a new figure. Notebooks show the figures that pyplot knows, and keep them until closed."""
    if pyplot:
        figure = require("matplotlib.pyplot", "matplotlib", "plot", "viz").figure(figsize=SIZE, layout="constrained")
    else:
        figure = require("matplotlib.figure", "matplotlib", "plot", "viz").Figure(figsize=SIZE, layout="constrained")
    axes: Axes = figure.add_subplot()
    return axes


def kind_of(path: PathLike) -> str:
    """Return the format that an extension names.

    Raises
    ------
    ValueError
        If matplotlib cannot write it.
    """
    known = require("matplotlib.backend_bases", "matplotlib", "plot", "viz").FigureCanvasBase.get_supported_filetypes()
    kind = Path(os.fspath(path)).suffix.lower().lstrip(".")
    if kind not in known:
        raise ValueError(
            f"path must end in one of {', '.join('.' + name for name in sorted(known))}, got {os.fspath(path)!r}"
        )
    return kind


def _save(axes: Axes, path: PathLike, kind: str | None) -> None:
    """Write the figure without the date that matplotlib would add, so that equal pictures are equal files."""
    matplotlib = require("matplotlib", "matplotlib", "plot", "viz")
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}.get(kind or "")
    figure: Any = axes.figure.figure  # the outermost one, if the axes are in a subfigure
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "w2vcore"}):
        figure.savefig(buffer, format=kind, dpi=DOTS, metadata=metadata)
    with atomic_write(path) as file:
        file.write(buffer.getbuffer())
