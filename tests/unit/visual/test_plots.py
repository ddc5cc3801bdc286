"""KeyedVectors.plot: labels that do not overlap, files that come out the same, and what is refused."""

import sys
import warnings

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install .[viz]")
matplotlib.use("agg")


def vectors(count=120, dimensions=8, seed=1):
    wv = KeyedVectors(dimensions)
    keys = [f"word{row}" for row in range(count)]
    counts = {"count": np.arange(count, 0, -1)}
    wv.add_vectors(keys, np.random.default_rng(seed).normal(size=(count, dimensions)), extras=counts)
    return wv


def overlaps(axes):
    """Pairs of labels that overlap."""
    renderer = axes.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    return [(i, j) for i in range(len(boxes)) for j in range(i) if boxes[i].overlaps(boxes[j])]


def dots_and_lines(axes):
    """The dots that have labels and the lines that lead to labels, in pixels."""
    axes.figure.canvas.draw()
    dots, lines = axes.collections[0], axes.collections[-1]
    to_pixels = axes.transData.transform
    return to_pixels(dots.get_offsets()), [to_pixels(line) for line in lines.get_segments()]


@pytest.mark.parametrize(("topn", "least"), [(30, 30), (100, 90), (500, 120)])
def test_every_dot_has_a_label_that_covers_nothing(topn, least):
    axes = vectors(500).plot(topn=topn, ax=figure().add_subplot())
    dots, lines = dots_and_lines(axes)
    assert len(dots) == len(axes.texts) >= least
    shown = f"{topn}" if len(dots) == topn else f"{len(dots)} of {topn}"
    assert axes.get_title(loc="left") == f"{shown} words, PCA"
    assert overlaps(axes) == []
    renderer = axes.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert not [dot for dot in dots for box in boxes if box.contains(*dot)]
    for start, end in lines:
        others = dots[np.linalg.norm(dots - start, axis=1) > 1e-6]
        along = np.clip((others - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
        assert np.linalg.norm(others - start - along[:, None] * (end - start), axis=1).min() > 3


def test_every_dot_if_it_is_wanted():
    axes = vectors(500).plot(topn=500, every_dot=True, ax=figure().add_subplot())
    named, nameless, _ = axes.collections
    assert len(named.get_offsets()) + len(nameless.get_offsets()) == 500
    assert axes.get_title(loc="left") == "500 words, PCA"


def test_colours_by_cluster_category_and_number():
    metadata = {f"word{row}": {"kind": "ab"[row % 2], "size": row} for row in range(30)}
    axes = vectors(40).plot(color_by="kind", metadata=metadata, ax=figure().add_subplot())
    colours = {tuple(colour) for colour in axes.collections[0].get_facecolors()}
    assert len(colours) == 3  # the third one is of words of which nothing is known
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    axes = vectors(40).plot(color_by="size", metadata=metadata, ax=figure().add_subplot())
    assert len({tuple(colour) for colour in axes.collections[0].get_facecolors()}) > 20
    axes = vectors(40).plot(color_by="cluster", ax=figure().add_subplot())
    assert len(axes.get_legend().get_texts()) == 4
    with pytest.raises(ValueError, match="metadata has no column 'colour'; it has 'kind', 'size'"):
        vectors(40).plot(color_by="colour", metadata=metadata)
    axes = vectors(3).plot(metadata={"word1": "The second"}, ax=figure().add_subplot())
    assert {text.get_text() for text in axes.texts} == {"word0", "The second", "word2"}


def test_the_title_calls_items_items():
    titles = {f"word{row}": f"Title {row}" for row in range(5)}
    axes = vectors(5).plot(metadata=titles, ax=figure().add_subplot())
    assert axes.get_title(loc="left") == "5 items, PCA"
    wv = KeyedVectors(3)
    wv.add_vectors([17, 4, 99], np.eye(3))
    assert wv.plot(ax=figure().add_subplot()).get_title(loc="left") == "3 items, PCA"


def test_axes_that_are_saved_and_shown(tmp_path):
    axes = vectors(10).plot(path=tmp_path / "a.png", size=(3.3, 3))
    assert axes.save(tmp_path / "b.png") == tmp_path / "b.png"
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert axes._repr_png_().startswith(b"\x89PNG")
    assert axes.figure.get_size_inches().tolist() == [3.3, 3]
    with pytest.raises(ValueError, match="path must end in one of"):
        axes.save(tmp_path / "c.txt")


def figure():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(9, 9))
    FigureCanvasAgg(drawn)
    return drawn


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_files_are_the_same_each_time(tmp_path, kind):
    paths = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for path in paths:
        vectors(20).plot(path=path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].read_bytes()[:5] in {b"\x89PNG\r", b"<?xml", b"%PDF-"}
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_words_that_are_named():
    wv = vectors()
    axes = wv.plot(["word7", "word3", "word7", "word99"], ax=figure().add_subplot())
    assert sorted(text.get_text() for text in axes.texts) == ["word3", "word7", "word99"]
    assert axes.get_title(loc="left") == "3 words, PCA"


def test_without_an_axes_pyplot_knows_the_figure():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    axes = vectors(10).plot()
    try:
        assert axes.figure.number in pyplot.get_fignums()
        assert axes._repr_png_() is None  # pyplot shows it
    finally:
        pyplot.close(axes.figure)


def test_words_are_shown_as_they_are():
    wv = KeyedVectors(2)
    wv.add_vectors(["$x^2$", r"\alpha", "a\nb", "x" * 100, 7], np.random.default_rng(1).normal(size=(5, 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axes = wv.plot(ax=figure().add_subplot())
        axes.figure.canvas.draw()
    assert {text.get_text() for text in axes.texts} == {"$x^2$", r"\alpha", r"a\nb", "x" * 39 + "…", "7"}


def test_the_most_frequent_ones_even_if_rows_are_not_sorted():
    sentences = [["rare", "common", "usual", "common"], ["usual", "common"]]
    wv = Word2Vec(sentences, min_count=1, sorted_vocab=0, vector_size=4).wv
    axes = wv.plot(topn=2, ax=figure().add_subplot())
    assert {text.get_text() for text in axes.texts} == {"common", "usual"}


def test_refusals(tmp_path):
    wv = vectors(5)
    with pytest.raises(KeyError, match="Key 'nobody' not present"):
        wv.plot(["word1", "nobody"])
    with pytest.raises(TypeError, match="words must be a list of words, got 'word1'"):
        wv.plot("word1")
    with pytest.raises(ValueError, match="method must be one of 'pca', 'tsne', 'umap', got 'PCA'"):
        wv.plot(method="PCA")
    with pytest.raises(ValueError, match=r"path must end in one of .*\.png.* got .*map\.txt"):
        wv.plot(path=tmp_path / "map.txt")
    with pytest.raises(ValueError, match="topn must be an int at least 1, got 0"):
        wv.plot(topn=0)
    with pytest.raises(ValueError, match="there are no vectors to show"):
        KeyedVectors(3).plot()
    wv["word1"] = [np.nan] * 8
    with pytest.raises(ValueError, match="not finite"):
        wv.plot()
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named(monkeypatch):
    def absent(name):
        if name.split(".")[0] == "matplotlib":
            raise ModuleNotFoundError(name)
        return __import__(name)

    monkeypatch.setattr("w2vcore.visual.extras.import_module", absent)
    with pytest.raises(ImportError, match=r"plot needs the package matplotlib.*pip install w2vcore\[viz\]"):
        vectors(5).plot()
