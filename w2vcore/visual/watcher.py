"""A page that shows how word vectors are learnt: a training replayed, and one that the page does step by step.

After wevi, the word embedding visual inspector of Xin Rong (2014). The page's own trainer (templates/trainer.js)
computes what the reference backend computes.
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
from w2vcore.visual.labels import label
from w2vcore.visual.maps import principal_axes
from w2vcore.visual.page import Page
from w2vcore.visual.recording import Recording, record
from w2vcore.visual.shown import counts_of, names_of
from w2vcore.word2vec import Word2Vec

SCRIPTS = (
    *("common.js", "labels.js", "drawing.js", "canvas.js", "curve.js", "weights.js", "replay.js"),
    *("randomness.js", "noise.js", "codetree.js", "trainer.js", "course.js", "texts.js"),
    *("arrows.js", "network.js", "treepicture.js", "lesson.js", "watch.js"),
)
LARGEST_SIZE = 64  # of the vectors that the page trains: it draws each number
WIDEST = 20  # words on a side, likewise
_LARGEST_INT16 = 32767


class Replay(Page):
    """The page of a training, and the model that was trained.

    In a notebook it shows itself; ``save(path)`` writes it, ``show()`` shows it in a browser. Where a path is expected,
    it is the path of its file.

    Attributes
    ----------
    model : Word2Vec
        Trained.
    """

    def __init__(self, text: str, path: PathLike | None, model: Word2Vec) -> None:
        super().__init__(text, path)
        self.model = model


def watch(
    corpus: Any,
    path: PathLike | None = None,
    *,
    words: Iterable[Any] | None = None,
    topn: int = 60,
    snapshots: int = 60,
    max_tokens: int = 1_000_000,
    title: str | None = None,
    progress: bool = False,
    **settings: Any,
) -> Replay:
    """Train on a small corpus, and make a page that shows how the vectors are learnt.

    The page replays the training: words on a map, the curve of the loss, and input and output vectors as heat maps, at
    each of some steps. All steps have the same projection: the principal axes of the vectors at the end. The page also
    trains by itself, on the first sentences of the corpus or a text that is typed there, one example after the other:
    the words of the window, the noise words or the path down the tree, the scores before and after, and which vectors
    move where. It is one file and needs no network.

    Parameters
    ----------
    corpus : str, path-like, or iterable of lists of words
        A file with a sentence a line, or sentences; held in memory.
    path : str or path-like, optional
        The file to write, such as ``training.html``; default: none, and the page is kept in memory.
    words : iterable of keys, optional
        Which words to show; default: the most frequent content words, not "the", "and", "to". English function words
        are left out, and in longer texts all words that are spread over the text as evenly as chance would spread them.
    topn : int
        How many of these, without `words`.
    snapshots : int
        How many steps to show after the beginning. The page takes 0.1 MB, and 2.7 bytes for each number of the two
        vectors of each word at each step: 0.5 MB with the default settings.
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
    Replay
        Shows itself in a notebook; ``save(path)`` writes it, ``show()`` shows it in a browser, ``model`` is the trained
        model.

    Raises
    ------
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
    >>> page = watch([["wide", "road"], ["hot", "sun"]] * 10, path, epochs=3, snapshots=3, vector_size=4)
    >>> page.exists(), len(page.model.wv)
    (True, 4)
    """
    if path is not None:
        check_destination(path, f"path={os.fspath(path)!r}")
    film = record(
        corpus, words=words, topn=topn, snapshots=snapshots, max_tokens=max_tokens, progress=progress, **settings
    )
    title = title or "A training, replayed"
    data = {"title": title, **_shown(film), "lesson": _lesson(film)}
    return Replay(pages.build("watch", SCRIPTS, title, data), path, film.model)


def _lesson(film: Recording) -> dict[str, Any]:
    """Return with what the page trains by itself, unless its reader changes it: settings near those of the training."""
    model = film.model
    window = model.window if isinstance(model.window, int) else WIDEST
    return {
        "lines": [[label(word) for word in sentence] for sentence in film.beginning],
        "settings": {
            "cbow": not model.sg,
            "tree": bool(model.hs) and not model.negative,
            "negative": min(int(model.negative) or 5, WIDEST),
            "exponent": float(model.ns_exponent),
            "window": min(window, WIDEST),
            "size": min(int(model.vector_size), LARGEST_SIZE),
            "alpha": float(model.alpha),
            "minAlpha": float(model.min_alpha),
            "epochs": int(model.epochs),
            "seed": int(model.seed),
        },
        "differs": _difference(model),
    }


def _difference(model: Word2Vec) -> str:
    """Return what to say where the page cannot train as the model was trained, or an empty text."""
    if model.objective is not None:
        trained = f"with objective {model.objective}"
    elif model.hs and model.negative:
        trained = "with noise words and hierarchical softmax together"
    else:
        return ""
    return f"The replay shows a training {trained}. This page trains with noise words (negative sampling) instead."


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
