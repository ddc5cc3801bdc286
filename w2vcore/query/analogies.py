"""Questions "a is to b as c is to what?": read from files, answered in batches.

The answer is the best of the five rows nearest to b - a + c that stands for another word than the three of the
question, as in word2vec.c's compute-accuracy and in gensim.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.files import open_bytes
from w2vcore.corpus.paths import PathLike

from . import search, similarity
from .similarity import Floats

logger = logging.getLogger("w2vcore.keyedvectors")

Question = tuple[str, str, str, str]
Answers = Callable[[NDArray[np.intp]], NDArray[np.intp]]

CANDIDATES = 5


@dataclass
class Section:
    """The questions below one heading of a file."""

    name: str
    questions: list[Question] = field(default_factory=list)


def read(path: PathLike, fold: Callable[[str], str]) -> list[Section]:
    """Read a file of lines ``: section`` and ``a b c d``; other lines are skipped, with a log line.

    Parameters
    ----------
    path : str or path-like
        May be compressed.
    fold : callable
        Maps words that differ only in case to one word; `str` leaves them as they are.

    Raises
    ------
    ValueError
        If a question comes before the first section.
    """
    sections: list[Section] = []
    with open_bytes(path) as file:
        for number, raw in enumerate(file, 1):
            line = raw.decode("utf8").strip()
            if line.startswith(": "):
                sections.append(Section(line.removeprefix(": ").strip()))
                continue
            if not sections:
                raise ValueError(
                    f"Missing section header before line #{number} in {os.fspath(path)}: it must be ': name'"
                )
            words = [fold(word) for word in line.split()]
            if len(words) == 4:
                sections[-1].questions.append((words[0], words[1], words[2], words[3]))
            else:
                logger.info("Skipping invalid line #%i in %s", number, os.fspath(path))
    return sections


def right(questions: NDArray[np.intp], nearest: Answers, words: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which questions are answered correctly.

    Parameters
    ----------
    questions : ndarray of int, shape (n, 4)
        Rows of a, b, c and the answer that is expected.
    nearest : callable
        Returns the rows that answer some questions, of shape (questions, candidates), best first, -1 for none.
    words : ndarray of int
        For each row the first row that stands for the same word, perhaps in another case.

    Examples
    --------
    >>> rows = np.array([[0, 1, 2, 3], [0, 1, 2, 4]])
    >>> right(rows, lambda asked: np.array([[1, 3, 4]] * len(asked)), np.arange(5)).tolist()
    [True, False]
    """
    found = nearest(questions)
    candidates = np.where(found < 0, -1, words[found])
    given = words[questions[:, :3]]
    fit = (candidates >= 0) & ~(candidates[:, :, np.newaxis] == given[:, np.newaxis, :]).any(axis=2)
    if not fit.shape[1]:
        return np.zeros(len(questions), bool)
    answer = np.take_along_axis(candidates, fit.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    result: NDArray[np.bool_] = fit.any(axis=1) & (answer == words[questions[:, 3]])
    return result


def by_sum(vectors: Floats, lengths: NDArray[np.float32]) -> Answers:
    """Answers by 3CosAdd: the rows nearest to b - a + c, each scaled to length 1."""

    def nearest(questions: NDArray[np.intp]) -> NDArray[np.intp]:
        a, b, c = (similarity.unit(np.asarray(vectors[questions[:, place]], np.float64)) for place in range(3))
        return search.nearest(vectors, lengths, b - a + c, CANDIDATES, questions[:, :3])[0]

    return nearest


def by_product(vectors: Floats, lengths: NDArray[np.float32]) -> Answers:
    """Answers by 3CosMul of Levy and Goldberg (2014); see `similarity.cosmul`."""

    def nearest(questions: NDArray[np.intp]) -> NDArray[np.intp]:
        # all questions are made of the same few hundred words
        asked, places = np.unique(questions[:, :3], return_inverse=True)
        places = places.reshape(-1, 3)
        units = similarity.unit(np.asarray(vectors[asked], np.float64)).astype(np.float32)
        inverse = 1 / np.maximum(lengths, search.SHORTEST)
        last: list[Any] = [None, None]  # the last slice of rows, and its cosines

        def scores(some: slice, rows: slice) -> Floats:
            if last[0] != rows:
                last[:] = rows, units @ np.asarray(vectors[rows]).astype(np.float32, copy=False).T * inverse[rows]
            a, b, c = (last[1][places[some, place]] for place in range(3))
            return similarity.cosmul([b, c], [a])

        return search.best(scores, len(questions), len(vectors), CANDIDATES, questions[:, :3])[0]

    return nearest
