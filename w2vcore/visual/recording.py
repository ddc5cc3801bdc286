"""A small training, and what it does to the vectors of some words: a series of snapshots.

`Word2Vec.train` is called piece by piece: for whole epochs, or for pieces of an epoch if there are fewer epochs than
snapshots. The learning rate falls over all pieces as it would in one call, so the model is as good as any other.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.bars import new_bar
from w2vcore.corpus.containers import words_of
from w2vcore.corpus.sources import as_corpus
from w2vcore.model.checks import check_int
from w2vcore.visual.content import content_rows
from w2vcore.visual.maps import check_size
from w2vcore.visual.shown import rows_of
from w2vcore.word2vec import Word2Vec
from w2vcore.word2vec.settings import word_targets

# For texts of some pages, after Rong's wevi: few numbers a word, so that all can be shown; no word dropped or
# subsampled; and enough epochs to see a path.
SETTINGS: dict[str, Any] = {
    "vector_size": 16,
    "sg": 1,
    "min_count": 1,
    "sample": 0,
    "alpha": 0.05,
    "epochs": 40,
    "seed": 1,
    "workers": 1,
}

# Arguments of Word2Vec that are not for users here: the corpus is trained piece by piece, and the loss is computed.
_NOT_HERE = ("sentences", "corpus_file", "callbacks", "progress", "checkpoint", "checkpoint_every", "compute_loss")
BEGINNING = 300  # words, with which a page trains by itself: some ten thousand examples an epoch or fewer
_LARGEST = 100_000_000  # bytes of snapshots: 12 times as many as with the default settings


@dataclass(frozen=True)
class Step:
    """The state of the training at a snapshot.

    Attributes
    ----------
    epoch : float
        Epochs done.
    words : int
        Words seen so far.
    alpha : float
        Learning rate after the snapshot.
    loss : float or None
        Mean loss of an example since the previous snapshot; None at the beginning, or if there was no example.
    """

    epoch: float
    words: int
    alpha: float
    loss: float | None


@dataclass(frozen=True)
class Recording:
    """A model, and the snapshots that were taken while it was trained.

    Attributes
    ----------
    model : Word2Vec
        Trained.
    rows : ndarray, shape (n,)
        Of the words that were recorded.
    steps : list of Step
    inputs : ndarray, shape (len(steps), n, D)
        Vectors of these words, ``model.wv.vectors``.
    outputs : ndarray of the same shape, or None
        Their output vectors, such as ``model.syn1neg``; None with a tree alone: its vectors belong to no word.
    beginning : list of lists of keys
        The first sentences of the corpus, about `BEGINNING` words.
    """

    model: Word2Vec
    rows: NDArray[np.intp]
    steps: list[Step]
    inputs: NDArray[np.float32]
    outputs: NDArray[np.float32] | None
    beginning: list[list[Any]]


def record(
    corpus: Any,
    *,
    words: Iterable[Any] | None = None,
    topn: int = 60,
    snapshots: int = 60,
    max_tokens: int = 1_000_000,
    progress: bool = False,
    **settings: Any,
) -> Recording:
    """Train a model on a small corpus, and record the vectors of some words.

    Parameters
    ----------
    corpus : str, path-like, or iterable of lists of words
        A file with a sentence a line, or sentences; held in memory.
    words : iterable of keys, optional
        Which words to record; default: the most frequent content words (content.py).
    topn : int
        How many of these, without `words`.
    snapshots : int
        How many to take after the one at the beginning; fewer if the corpus has too few sentences to cut it so often.
    max_tokens : int
        The largest corpus that is accepted.
    progress : bool
        Show a bar on stderr.
    **settings
        Of `Word2Vec`; these differ from its defaults: vector_size=16, sg=1, min_count=1, sample=0, alpha=0.05,
        epochs=40, workers=1.

    Raises
    ------
    TypeError
        For an unknown setting, or one that makes no sense here.
    ValueError
        If the corpus is empty or too large, fewer than two words are to be recorded, or so many numbers that no page
        could show them.
    KeyError
        For a word that is not in the vocabulary.

    Examples
    --------
    >>> film = record([["road", "sun"], ["sun", "road", "sun"]] * 5, snapshots=4, epochs=2, vector_size=8)
    >>> film.inputs.shape, [step.epoch for step in film.steps]
    ((5, 2, 8), [0.0, 0.5, 1.0, 1.5, 2.0])
    """
    topn, snapshots, max_tokens = (
        check_int(name, value, 1)
        for name, value in (("topn", topn), ("snapshots", snapshots), ("max_tokens", max_tokens))
    )
    for name in _NOT_HERE:
        if name in settings:
            raise TypeError(f"{name} is no setting of a recorded training; got {name}={settings[name]!r:.60}")
    check_int("epochs", {**SETTINGS, **settings}["epochs"], 1)
    model = Word2Vec(**{**SETTINGS, **settings}, compute_loss=True)
    sentences = _sentences(corpus, max_tokens)
    model.build_vocab(sentences)
    if words is None:
        counts = np.array([model.wv.get_vecattr(key, "count") for key in model.wv.index_to_key])
        chosen = content_rows(model.wv.index_to_key, counts, sentences, topn)
        words = [model.wv.index_to_key[row] for row in chosen]
    rows = rows_of(model.wv, words, topn)
    check_size("pca", len(rows))
    table = word_targets(model)
    targets = None if table is None else table.attribute
    _check_room(len(rows), snapshots, model.vector_size, 1 if targets is None else 2)
    pieces = _pieces(sentences, model.epochs, snapshots)
    film = _Film(model, rows, targets)
    film.take(Step(0.0, 0, model.alpha, None))
    _train(model, pieces, snapshots, film, progress)
    outputs = np.stack(film.outputs) if film.outputs else None
    return Recording(model, rows, film.steps, np.stack(film.inputs), outputs, _beginning(sentences))


class _Film:
    """The snapshots that were taken so far."""

    def __init__(self, model: Word2Vec, rows: NDArray[np.intp], targets: str | None) -> None:
        self.model, self.rows, self.targets = model, rows, targets
        self.steps: list[Step] = []
        self.inputs: list[NDArray[np.float32]] = []
        self.outputs: list[NDArray[np.float32]] = []

    def take(self, step: Step) -> None:
        self.steps.append(step)
        self.inputs.append(np.array(np.asarray(self.model.wv.vectors)[self.rows], np.float32))
        if self.targets is not None:
            outputs = getattr(self.model, self.targets)
            self.outputs.append(np.array(np.asarray(outputs)[self.rows], np.float32))


def _sentences(corpus: Any, max_tokens: int) -> list[list[Any]]:
    """Return the corpus as lists of words, unless it is too large."""
    source = (None, corpus) if isinstance(corpus, (str, os.PathLike)) else (corpus, None)
    sentences: list[list[Any]] = []
    tokens = 0
    for number, sentence in enumerate(as_corpus(*source, passes=1).sentences):
        sentences.append(words_of(sentence, number))
        tokens += len(sentences[-1])
        if tokens > max_tokens:
            raise ValueError(
                f"the corpus has more than max_tokens={max_tokens:,} words; a recorded training is for small ones: "
                "pass a part of it, or raise max_tokens"
            )
    sentences = [sentence for sentence in sentences if sentence]
    if not sentences:
        raise ValueError("the corpus is empty: there is nothing to train on")
    return sentences


def _beginning(sentences: list[list[Any]]) -> list[list[Any]]:
    """Return the first sentences that have `BEGINNING` words together, or a part of the first one if it has more."""
    ends = np.cumsum([len(sentence) for sentence in sentences])
    return [sentence[:BEGINNING] for sentence in sentences[: max(1, int(np.searchsorted(ends, BEGINNING, "right")))]]


def _check_room(words: int, snapshots: int, dimensions: int, matrices: int) -> None:
    """Refuse to record more than a page can show."""
    size = 4 * words * (snapshots + 1) * dimensions * matrices
    if size > _LARGEST:
        raise ValueError(
            f"{words:,} words, {snapshots:,} snapshots and vector_size={dimensions} are {size:,} bytes to record, and "
            f"{_LARGEST:,} are allowed: lower topn, snapshots or vector_size"
        )


def _pieces(sentences: list[list[Any]], epochs: int, snapshots: int) -> list[list[list[Any]]]:
    """Cut the corpus into pieces of about equal numbers of words, one for each snapshot in an epoch."""
    wanted = min(len(sentences), math.ceil(snapshots / epochs))
    ends = np.cumsum([len(sentence) for sentence in sentences])
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, wanted) / wanted) + 1
    borders = [0, *(int(cut) for cut in cuts), len(sentences)]
    pieces = [sentences[start:stop] for start, stop in pairwise(borders)]
    return [piece for piece in pieces if piece]


def _train(model: Word2Vec, pieces: list[list[list[Any]]], snapshots: int, film: _Film, progress: bool) -> None:
    """Train piece by piece, and take snapshots at equal distances, the last one at the end."""
    epochs, alpha, min_alpha = model.epochs, model.alpha, model.min_alpha
    sizes = [sum(map(len, piece)) for piece in pieces]
    in_all = epochs * len(pieces)
    wanted = {math.ceil(number * in_all / snapshots) for number in range(1, snapshots + 1)}
    words, loss, examples = 0, 0.0, 0

    def rate() -> float:
        return float(alpha + (min_alpha - alpha) * words / (epochs * sum(sizes)))

    for number in new_bar(iterable=range(in_all), desc="training", disable=not progress):
        piece, size, start = pieces[number % len(pieces)], sizes[number % len(pieces)], rate()
        words += size
        model.train(piece, total_examples=len(piece), total_words=size, epochs=1, start_alpha=start, end_alpha=rate())
        loss += model.training_history[-1]["loss_sum"]
        examples += model.training_history[-1]["examples"]
        if number + 1 in wanted:
            film.take(Step((number + 1) / len(pieces), words, rate(), loss / examples if examples else None))
            loss, examples = 0.0, 0
    model.epochs, model.alpha, model.min_alpha = epochs, alpha, min_alpha
