"""A page that replays a training: words move over a map while the loss falls and the weights grow.

After wevi, the word embedding visual inspector of Xin Rong (2014), which trains in the page itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats.atomic import PathLike
from w2vcore.formats.destination import check_destination
from w2vcore.visual import pages
from w2vcore.visual.maps import principal_axes
from w2vcore.visual.recording import Recording, record
from w2vcore.visual.shown import counts_of, names_of
from w2vcore.word2vec import Word2Vec

SCRIPTS = ("common.js", "labels.js", "weights.js", "watch.js")
_LARGEST_INT16 = 32767


def watch(
    corpus: Any,
    path: PathLike,
    *,
    words: Iterable[Any] | None = None,
    topn: int = 60,
    snapshots: int = 60,
    max_tokens: int = 1_000_000,
    title: str | None = None,
    progress: bool = False,
    **settings: Any,
) -> Word2Vec:
    """Train on a small corpus, and write a page that replays how the vectors move.

    The page shows the words on a map, the curve of the loss, and input and output vectors as heat maps, with a slider
    over the steps. All steps have the same projection: the principal axes of the vectors at the end. The page is one
    file and needs no network.

    Parameters
    ----------
    corpus : str, path-like, or iterable of lists of words
        A file with a sentence a line, or sentences; held in memory.
    path : str or path-like
        The file to write, such as ``training.html``.
    words : iterable of keys, optional
        Which words to show; default: the most frequent ones.
    topn : int
        How many of the most frequent ones, without `words`.
    snapshots : int
        How many steps to show after the beginning. The page takes 5 MB for the plotting library, and 2.7 bytes for each
        number of the two vectors of each word at each step: 0.3 MB with the default settings.
    max_tokens : int
        The largest corpus that is accepted.
    title : str, optional
        Of the page; default: "A training, replayed".
    progress : bool
        Show a bar on stderr while training.
    **settings
        Of `Word2Vec`; these differ from its defaults: vector_size=16, sg=1, min_count=1, sample=0, alpha=0.05,
        epochs=40, workers=1.

    Returns
    -------
    Word2Vec
        The trained model.

    Raises
    ------
    ImportError
        If plotly is missing: ``pip install w2vcore[viz]``.
    TypeError
        For an unknown setting, or one that makes no sense here, such as callbacks.
    ValueError
        If the corpus is empty or too large, fewer than two words are to be shown, or more numbers than a page can hold.
    KeyError
        For a word that is not in the vocabulary.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "training.html"
    >>> model = watch([["wide", "road"], ["hot", "sun"]] * 10, path, epochs=3, snapshots=3, vector_size=4)
    >>> path.exists(), len(model.wv)
    (True, 4)
    """
    library = pages.plotting_library("watch")
    check_destination(path, f"path={os.fspath(path)!r}")
    film = record(
        corpus, words=words, topn=topn, snapshots=snapshots, max_tokens=max_tokens, progress=progress, **settings
    )
    title = title or "A training, replayed"
    data = {"title": title, **_shown(film)}
    pages.write(pages.build("watch", SCRIPTS, title, data, library), path)
    return film.model


def _shown(film: Recording) -> dict[str, Any]:
    """Return the data of the page."""
    model = film.model
    projection = principal_axes(film.inputs[-1], 2)
    return {
        "words": names_of(model.wv, film.rows),
        "counts": counts_of(model.wv, film.rows),
        "vocabulary": len(model.wv),
        "dimensions": int(model.vector_size),
        "epochs": int(model.epochs),
        "settings": _settings(model),
        "shares": [round(float(share), 4) for share in projection.shares],
        "steps": [
            {"epoch": step.epoch, "words": step.words, "alpha": step.alpha, "loss": step.loss} for step in film.steps
        ],
        "points": pages.packed(projection(film.inputs).astype(np.float32)),
        "inputs": _matrix(film.inputs),
        "outputs": None if film.outputs is None else _matrix(film.outputs),
    }


def _settings(model: Word2Vec) -> str:
    """Describe the settings of the training in words."""
    architecture = "skip-gram" if model.sg else "CBOW"
    objectives = [f"{model.negative} noise words"] * bool(model.negative) + ["hierarchical softmax"] * bool(model.hs)
    if model.objective is not None:
        objectives = [f"objective {model.objective}"]
    return f"{architecture}, {' and '.join(objectives)}, window {model.window}"


def _matrix(values: NDArray[np.float32]) -> dict[str, Any]:
    """Return snapshots as integers of two bytes, and for each step the factor that restores the numbers."""
    scales = np.abs(values).max(axis=(1, 2)) / _LARGEST_INT16
    numbers = np.rint(values / np.where(scales > 0, scales, 1)[:, None, None]).astype(np.int16)
    return {"numbers": pages.packed(numbers), "scales": pages.packed(scales.astype(np.float32))}
