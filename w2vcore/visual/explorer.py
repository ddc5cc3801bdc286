"""A page on which vectors are explored: a map, clusters, a search, neighbours, questions, lists."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.bars import new_bar
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.destination import check_destination
from w2vcore.model.checks import check_int
from w2vcore.query.similarity import unit
from w2vcore.visual import clusters as grouping
from w2vcore.visual import pages
from w2vcore.visual.maps import METHODS, AnyMethod, check_method, check_size, principal_axes, project, taken
from w2vcore.visual.metadata import Column, metadata_of, shown_names
from w2vcore.visual.page import Page
from w2vcore.visual.protocol import ShownVectors
from w2vcore.visual.shown import check_not_empty, counts_of, names_of, noun_of, plural, rows_of

if TYPE_CHECKING:
    from tqdm.std import tqdm

SCRIPTS = (
    *("common.js", "labels.js", "vectors.js", "spelling.js", "suggestions.js", "camera.js", "scatter.js", "drawing.js"),
    *("map.js", "colouring.js", "answers.js", "questions.js", "lists.js", "explore.js"),
)
_LARGEST_INT16 = 32767


def explore(
    wv: ShownVectors,
    path: PathLike | None = None,
    *,
    words: Iterable[Any] | None = None,
    topn: int = 20_000,
    method: AnyMethod = "auto",
    clusters: int | None = None,
    metadata: Any = None,
    noun: str | None = None,
    title: str | None = None,
    seed: int = 1,
    progress: bool = False,
) -> Page:
    """Write a page to explore vectors with: one file, opened from disk, that needs no network.

    It has a map in two and three dimensions, whose clusters are coloured and named by their most typical words; a
    search; the neighbours of a word with their cosines; analogies, drawn as arrows; two words compared; maps with axes
    such as "man" to "woman"; and lists of words. It finds neighbours among the words of the page, with vectors that are
    stored in one byte a number: cosines are exact to about 0.005.

    Parameters
    ----------
    wv : KeyedVectors
        ``model.wv`` of a model.
    path : str or path-like, optional
        The file to write, such as ``words.html``; default: none, and the page is kept in memory.
    words : iterable of keys, optional
        Which words; default: the most frequent ones.
    topn : int
        How many of the most frequent ones, without `words`. The page takes for each word 1.33 bytes a dimension and
        about 40 bytes.
    method : str
        Of the map in two dimensions: "pca", "tsne" (openTSNE, of the extra ``viz``; else scikit-learn, which takes
        minutes for 20,000 words) or "umap" (umap-learn: ``pip install w2vcore[umap]``). "auto" is t-SNE for at least 50
        words where openTSNE is installed, else UMAP where that is, else PCA. The page says which one was taken. It
        begins with PCA, and keeps it as a second map. The map in three dimensions is by PCA.
    clusters : int, optional
        How many clusters to find, at most 255; 0 for none. Default: 4 for 32 words, 12 for 1,000, 24 from 8,000 on, and
        none for fewer than 12 words.
    metadata : dict, DataFrame, str or path-like, optional
        What else is known of the keys: a dict of titles or of dicts by key, a DataFrame whose index or column "key" has
        the keys, or the path of a .tsv or .csv file that begins with a line of names. A column "title" (or "name",
        "label") is shown in place of the keys; by every other one, words can be coloured and filtered.
    noun : str, optional
        What the vectors are of, such as "product". Default: "item" if the keys are numbers or have titles, else "word".
    title : str, optional
        Of the page; default: "Word vectors", or "Item vectors".
    seed : int
        For t-SNE, UMAP and clusters.
    progress : bool
        Show a bar on stderr while the map is made.

    Returns
    -------
    Page
        Shows itself in a notebook; ``save(path)`` writes it, ``show()`` shows it in a browser. It is path-like: with a
        `path`, use it as the path of the file.

    Raises
    ------
    ImportError
        If the package of a method is missing.
    KeyError
        For a word that is not there.
    TypeError
        If `wv` is no KeyedVectors, `words` a single string, or `metadata` of another type.
    ValueError
        For an unknown `method`, too few words, vectors that are not finite, or `metadata` of other keys.

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
    check_method(method, "explore", auto=True)
    seed = check_int("seed", seed, 0, 2**32 - 1)
    clusters = grouping.check_count(clusters)
    if path is not None:
        check_destination(path, f"path={os.fspath(path)!r}")
    rows = rows_of(wv, words, topn)
    chosen, reason = taken(method, len(rows))
    check_size(chosen, len(rows))
    vectors = np.asarray(wv.vectors)[rows]
    keys = names_of(wv, rows)
    known = metadata_of(metadata, [wv.index_to_key[row] for row in rows])
    names = shown_names(keys, known.titles)
    noun = noun or noun_of(keys, known.titles is not None)
    title = title or f"{noun.capitalize()} vectors"
    with _Bar(progress) as bar:
        layouts = _layouts(vectors, chosen, reason, seed, bar)
        bar("Clusters", 0, 1)
        found = grouping.find(vectors, names, clusters, seed)
        bar("Clusters", 1, 1)
    numbers, scales = pages.quantised(vectors)
    data = {
        "title": title,
        "nouns": [noun, plural(noun)],
        "words": names,
        "keys": None if known.titles is None else keys,
        "counts": counts_of(wv, rows),
        "vocabulary": len(wv),
        "dimensions": int(vectors.shape[1]),
        "layouts": layouts,
        "clusters": {"labels": pages.packed(found.labels), "names": found.names},
        "columns": [_shown(column) for column in known.columns],
        "vectors": pages.packed(numbers),
        "scales": pages.packed(scales),
    }
    return Page(pages.build("explore", SCRIPTS, title, data), path)


def _shown(column: Column) -> dict[str, Any]:
    """Return a column as numbers, as categories, or as texts where there are too many different ones."""
    if column.numbers is not None:
        return {"name": column.name, "numbers": pages.packed(column.numbers.astype(np.float32))}
    categories = column.categories()
    if categories is None:
        return {"name": column.name, "texts": column.texts}
    labels, values = categories
    return {"name": column.name, "labels": pages.packed(labels), "values": values}


def _layouts(vectors: NDArray[Any], method: str, reason: str, seed: int, bar: _Bar) -> list[dict[str, Any]]:
    """Return the maps of a page, the one to show first, with what is said of each."""
    projection = principal_axes(table := unit(np.asarray(vectors, np.float64)), 3)
    space = projection(table)
    shares = [f"{share:.0%}".rstrip("%") for share in projection.shares]
    why = f"; {reason}" if reason and reason != "few words" else ""
    flat = {"name": "PCA", "note": f"PCA: {shares[0]} and {shares[1]} % of the variance{why}"}
    layouts = [{**flat, **_placed(space[:, :2])}]
    if method != "pca":
        points = project(vectors, 2, method, seed, bar)
        note = f"{METHODS[method]}: near words are alike; distances between groups mean little"
        layouts.insert(0, {"name": METHODS[method], "note": note, **_placed(points)})
    note = f"PCA: {shares[0]}, {shares[1]} and {shares[2]} % of the variance"
    return [*layouts, {"name": "3-D", "note": note, **_placed(space)}]


def _placed(points: NDArray[np.float64]) -> dict[str, Any]:
    """Return points as integers of two bytes, in a ball around their middle whose radius is the largest integer."""
    centred = points - (points.max(axis=0) + points.min(axis=0)) / 2
    radius = float(np.linalg.norm(centred, axis=1).max()) or 1.0
    numbers = np.rint(centred / radius * _LARGEST_INT16).astype(np.int16)
    return {"dimensions": points.shape[1], "points": pages.packed(numbers)}


class _Bar:
    """A bar on stderr for the steps of a map; each step has a length of its own."""

    def __init__(self, shown: bool) -> None:
        self._shown, self._what = shown, ""
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, what: str, done: int, all_of_it: int) -> None:
        if not self._shown:
            return
        if what != self._what:
            self.__exit__()
            self._bar, self._what = new_bar(total=all_of_it, desc=what, leave=False), what
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
