"""The sums of rows that "subword_cbow" keeps from window to window, as the reference backend has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.features import Features, one_row

Real = NDArray[np.floating[Any]]


@dataclass
class WordSum:
    """A word in reach.

    Attributes
    ----------
    rows, weights : ndarray
        What stands for it.
    sum, before : ndarray
        The weighted sum of its rows, as it is trained and as it came.
    factor : float
        By how much the sum moves if each row receives an error of 1 times its weight and its lock.
    """

    rows: NDArray[np.uint32]
    weights: Real
    sum: Real
    before: Real
    factor: float


class WordSums:
    """The words in reach of a centre, by their place in a sentence.

    Parameters
    ----------
    matrix : ndarray
        The input matrix, whose rows change when words leave.
    lock : ndarray
    features : Features or None
    """

    def __init__(self, matrix: Real, lock: Real, features: Features | None) -> None:
        self._matrix = matrix
        self._lock = lock
        self._features = features
        self._words: dict[int, WordSum] = {}

    def move(self, ids: NDArray[np.uint32], first: int, last: int) -> None:
        """Let the words before `first` leave and those up to `last` come, both in ascending order of place."""
        for place in [place for place in self._words if place < first]:
            self._leave(self._words.pop(place))
        for place in range(max([first, *(place + 1 for place in self._words)]), last + 1):
            self._words[place] = self._come(int(ids[place]))

    def clear(self) -> None:
        """Let all words leave."""
        for word in self._words.values():
            self._leave(word)
        self._words = {}

    def take(self, places: list[int]) -> tuple[Real, Real, Real]:
        """Return the sums of some words, their factors, and the sums of the weights of their rows."""
        words = [self._words[place] for place in places]
        sums = np.stack([word.sum for word in words])
        factors = np.array([word.factor for word in words], sums.dtype)
        return sums, factors, np.array([word.weights.sum() for word in words])

    def put(self, places: list[int], sums: Real) -> None:
        """Set the sums of some words."""
        for place, changed in zip(places, sums, strict=True):
            self._words[place].sum = changed

    def _come(self, word: int) -> WordSum:
        rows, weights = one_row(word) if self._features is None else self._features.bag(word)
        weights = weights.astype(self._matrix.dtype)
        total = weights @ self._matrix[rows]
        factor = float((weights**2 * self._lock[rows % len(self._lock)]).sum())
        return WordSum(rows, weights, total, total.copy(), factor)

    def _leave(self, word: WordSum) -> None:
        if word.factor:
            error = (word.sum - word.before) / word.factor
            shares = word.weights * self._lock[word.rows % len(self._lock)]
            np.add.at(self._matrix, word.rows, shares[:, None] * error)
