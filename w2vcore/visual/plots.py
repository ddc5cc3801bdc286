"""A map of words as a picture for paper and screens, drawn by matplotlib."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.atomic import PathLike, atomic_write, expanded
from w2vcore.formats.destination import check_destination
from w2vcore.model.checks import check_int
from w2vcore.visual import clusters as grouping
from w2vcore.visual.extras import require
from w2vcore.visual.maps import METHODS, Method, check_method, check_size, project
from w2vcore.visual.metadata import Column, metadata_of, shown_names
from w2vcore.visual.placement import place
from w2vcore.visual.protocol import ShownVectors
from w2vcore.visual.shown import check_not_empty, names_of, noun_of, plural, rows_of, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (6.5, 6.5)  # inches: the width of the text on a page of paper
TEXT = 8.0  # points
DOTS = 150  # per inch, in files of pixels
POINTS, LINES, NAMELESS = "#1f4e79", "#9aa3ad", "#c9ced4"
CLUSTER = "cluster"
_RADIUS = 1.8  # of a dot, in points
_GAP = 1.0  # around a label, in points


def plot(
    wv: ShownVectors,
    words: Iterable[Any] | None = None,
    *,
    topn: int = 100,
    method: Method = "pca",
    color_by: str | None = None,
    metadata: Any = None,
    every_dot: bool = False,
    size: tuple[float, float] = SIZE,
    path: PathLike | None = None,
    ax: Axes | None = None,
    seed: int = 1,
) -> Axes:
    """Draw a map of words, with labels that cover neither each other nor a dot.

    Parameters
    ----------
    wv : KeyedVectors
        ``model.wv`` of a model.
    words : iterable of keys, optional
        Which words; default: the most frequent ones.
    topn : int
        How many of the most frequent ones, without `words`. A word whose label finds no room is left out, rarer words
        first; the title says how many of them are drawn.
    method : str
        "pca", which needs no further package, "tsne" (openTSNE, of the extra ``viz``, else scikit-learn) or "umap"
        (umap-learn: ``pip install w2vcore[umap]``).
    color_by : str, optional
        "cluster" for clusters that are found and named, as in `explore`, or a column of `metadata`.
    metadata : dict, DataFrame, str or path-like, optional
        What else is known of the keys, as `explore` takes it; titles are shown in place of the keys.
    every_dot : bool
        Draw the words that are left out as small grey dots without labels.
    size : tuple of float
        Width and height of a new figure in inches. Labels are 8 points high in any size.
    path : str or path-like, optional
        Where to save the picture; the extension names its format: .png, .svg, .pdf or another one of matplotlib.
    ax : matplotlib Axes, optional
        Where to draw; default: a new figure, which ``matplotlib.pyplot`` knows if no `path` is given.
    seed : int
        For t-SNE, UMAP and clusters. Equal seeds give equal pictures.

    Returns
    -------
    matplotlib Axes
        Change it as you like; ``.figure`` is its figure. Those of a new figure have ``save(path)``, and notebooks show
        them.

    Raises
    ------
    ImportError
        If matplotlib (``pip install w2vcore[viz]``), or the package of a method, is missing.
    KeyError
        For a word that is not there.
    TypeError
        If `wv` is no KeyedVectors, or `words` a single string.
    ValueError
        For an unknown `method`, extension or column, too few words, or vectors that are not finite.

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
    if path is not None:
        kind_of(path)
        check_destination(path, f"path={os.fspath(path)!r}")
    rows = rows_of(wv, words, topn)
    check_size(method, len(rows))
    vectors = np.asarray(wv.vectors)[rows]
    known = metadata_of(metadata, [wv.index_to_key[row] for row in rows])
    keys = names_of(wv, rows)
    names = shown_names(keys, known.titles)
    nouns = plural(noun_of(keys, known.titles is not None))
    coloured = None
    if color_by == CLUSTER:
        found = grouping.find(vectors, names, grouping.usual_count(len(rows)) or 1, seed)
        coloured = (found.labels, found.names)
    elif color_by is not None:
        coloured = _by_column(known.column(color_by))
    points = project(vectors, 2, method, seed)
    axes = _new_axes(path is None, size) if ax is None else ax
    _frame(axes, points)
    colours = _colours(axes, coloured, len(rows))
    drawn = _draw(axes, points, [shortened(name) for name in names], colours, every_dot)
    shown = f"{len(rows):,}" if every_dot or drawn == len(rows) else f"{drawn:,} of {len(rows):,}"
    axes.set_title(f"{shown} {nouns}, {METHODS[method]}", loc="left", fontsize=10, color="0.35")
    if path is not None:
        save(axes, path)
    return axes


def _frame(axes: Axes, points: NDArray[np.float64]) -> None:
    """Set the limits, and leave room for the title, before anything is measured."""
    axes.set_title(" ", loc="left", fontsize=10)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.margins(0.08)
    axes.set_aspect("equal", "datalim")
    axes.update_datalim(points)
    axes.autoscale_view()


def _by_column(column: Column) -> Any:
    """Return numbers, or labels and the names of categories."""
    if column.numbers is not None:
        return column.numbers
    categories = column.categories()
    if categories is None:
        raise ValueError(f"color_by={column.name!r} has too many different texts to colour by")
    return categories


def _colours(axes: Axes, coloured: Any, count: int) -> NDArray[Any]:
    """Return the colour of each dot, and draw the legend."""
    matplotlib = require("matplotlib", "matplotlib", "plot", "viz")
    colors = require("matplotlib.colors", "matplotlib", "plot", "viz")
    if coloured is None:
        return np.tile(colors.to_rgba(POINTS), (count, 1))
    figure: Any = axes.figure
    if not isinstance(coloured, tuple):
        shades = matplotlib.colormaps["viridis_r"].with_extremes(bad=NAMELESS)
        scale = require("matplotlib.cm", "matplotlib", "plot", "viz").ScalarMappable(
            colors.Normalize(np.nanmin(coloured), np.nanmax(coloured)), shades
        )
        bar = figure.colorbar(scale, ax=axes, shrink=0.4, aspect=30, pad=0.01)
        bar.ax.tick_params(labelsize=TEXT)
        bar.outline.set_visible(False)
        return np.asarray(scale.to_rgba(np.ma.masked_invalid(coloured)))
    labels, names = coloured
    palette = [*matplotlib.colormaps["tab10"].colors, *matplotlib.colormaps["Dark2"].colors]
    known = np.array([colors.to_rgba(palette[number % len(palette)]) for number in range(len(names))])
    lines = require("matplotlib.lines", "matplotlib", "plot", "viz")
    handles = [
        lines.Line2D([], [], marker="o", linestyle="", markersize=4, color=known[number], label=shortened(name))
        for number, name in enumerate(names)
    ]
    legend = axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        ncols=min(3, len(handles)),
        fontsize=TEXT - 1,
        frameon=False,
        handletextpad=0.1,
        columnspacing=1,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    result = np.tile(colors.to_rgba(NAMELESS), (len(labels), 1))
    has_one = np.asarray(labels) < len(names)
    result[has_one] = known[np.asarray(labels)[has_one]]
    return result


def _draw(axes: Axes, points: NDArray[np.float64], names: list[str], colours: NDArray[Any], every_dot: bool) -> int:
    """Draw dots, labels and lines, and return how many words have a label."""
    figure: Any = axes.figure.figure  # the outermost one, if the axes are in a subfigure
    figure.draw_without_rendering()  # settles where the axes are, and their limits
    renderer = require("matplotlib.backends.backend_agg", "matplotlib", "plot", "viz").RendererAgg(1, 1, figure.dpi)
    point = figure.dpi / 72
    texts = [
        axes.text(0, 0, name, fontsize=TEXT, ha="center", va="center", parse_math=False, zorder=3) for name in names
    ]
    boxes = [text.get_window_extent(renderer) for text in texts]
    sizes = np.array([[box.width, box.height] for box in boxes]) + 2 * _GAP * point
    places = axes.transData.transform(points)
    bounds = np.array(axes.bbox.get_points())
    found = place(places, sizes, bounds, _RADIUS * point, every_dot)
    to_data = axes.transData.inverted().transform
    for each in found:
        across, up = to_data(each.middle)
        texts[each.number].set_position((float(across), float(up)))
    lines = require("matplotlib.collections", "matplotlib", "plot", "viz").LineCollection(
        [to_data(each.line) for each in found if each.line is not None], colors=LINES, linewidths=0.5, zorder=1
    )
    labelled = np.array([each.number for each in found], int)
    for number in set(range(len(names))).difference(labelled.tolist()):
        texts[number].remove()
    axes.set_autoscale_on(False)
    area = (2 * _RADIUS) ** 2
    axes.scatter(points[labelled, 0], points[labelled, 1], s=area, c=colours[labelled], linewidths=0, zorder=2)
    if every_dot:
        others = np.setdiff1d(np.arange(len(names)), labelled)
        axes.scatter(points[others, 0], points[others, 1], s=area / 3, color=NAMELESS, linewidths=0, zorder=1)
    axes.add_collection(lines)
    return len(found)


def _new_axes(pyplot: bool, size: tuple[float, float]) -> Axes:
    """Return the axes of a new figure. Notebooks show the figures that pyplot knows, and keep them until closed."""
    module = "matplotlib.pyplot" if pyplot else "matplotlib.figure"
    library = require(module, "matplotlib", "plot", "viz")
    figure = (library.figure if pyplot else library.Figure)(figsize=size, layout="constrained")
    axes: Axes = figure.add_subplot(axes_class=require("w2vcore.visual.wordaxes", "matplotlib", "plot", "viz").WordAxes)
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


def save(axes: Axes, path: PathLike) -> Path:
    """Write the figure without the date that matplotlib would add, so that equal pictures are equal files."""
    kind = kind_of(path)
    check_destination(path, f"path={os.fspath(path)!r}")
    matplotlib = require("matplotlib", "matplotlib", "plot", "viz")
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}.get(kind)
    figure: Any = axes.figure.figure  # the outermost one, if the axes are in a subfigure
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "w2vcore"}):
        figure.savefig(buffer, format=kind, dpi=DOTS, metadata=metadata)
    with atomic_write(path) as file:
        file.write(buffer.getbuffer())
    return Path(expanded(path))
