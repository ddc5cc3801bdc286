"""Vectors of sentences: weighted means of rows, without the directions that all of them share.

Arora, Liang, Ma (2017), "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.threads import in_slices, usual_threads

from ._sentences import count_sentences, mean_rows
from .similarity import Floats

NO_ROW = 0xFFFFFFFF  # an id that `means` leaves out
_ROWS_AT_ONCE = 4096  # multiplied in float32, and added up in float64


def smooth_inverse_frequency(counts: NDArray[Any], a: float) -> NDArray[np.float32]:
    """Return a / (a + p) for each word, where p is its share of all words.

    Examples
    --------
    >>> smooth_inverse_frequency(np.array([3, 1, 0]), a=0.25).tolist()
    [0.25, 0.5, 1.0]
    """
    shares = np.asarray(counts, np.float64) / np.sum(counts, dtype=np.float64)
    weights: NDArray[np.float32] = (a / (a + shares)).astype(np.float32)
    return weights


def inverse_document_frequency(documents: int, containing: NDArray[Any]) -> NDArray[np.float32]:
    """Return ln((1 + documents) / (1 + documents that contain the word)) for each word.

    Examples
    --------
    >>> inverse_document_frequency(3, np.array([3, 0])).round(3).tolist()
    [0.0, 1.3860000371932983]
    """
    weights: NDArray[np.float32] = np.log((1 + documents) / (1 + containing)).astype(np.float32)
    return weights


def documents_with(ids: NDArray[np.uint32], offsets: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """Return, for each row, in how many sentences ``ids[offsets[s]:offsets[s + 1]]`` it occurs; others are left out.

    Examples
    --------
    >>> documents_with(np.array([0, 0, 1, 1], np.uint32), np.array([0, 3, 4]), 3).tolist()
    [1, 2, 0]
    """
    containing = np.zeros(rows, np.int64)
    count_sentences(ids, offsets, containing)
    return containing


def means(
    rows: NDArray[np.float32], ids: NDArray[np.uint32], offsets: NDArray[np.int64], workers: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the mean of the rows of each sentence, and how many they are.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, D)
    ids : ndarray of uint32
        Rows by number; one that is not there is left out.
    offsets : ndarray of int64, shape (sentences + 1,)
        Sentence s is ``ids[offsets[s]:offsets[s + 1]]``.
    workers : int, optional
        Threads among which the sentences are divided. By default `usual_threads()`.

    Examples
    --------
    >>> found, counts = means(np.eye(2, dtype=np.float32), np.array([0, 1, NO_ROW], np.uint32), np.array([0, 2, 3]))
    >>> found.tolist(), counts.tolist()
    ([[0.5, 0.5], [0.0, 0.0]], [2, 0])
    """
    result = np.empty((len(offsets) - 1, rows.shape[1]), np.float32)
    counts = np.empty(len(result), np.int64)

    def some(part: slice) -> None:
        mean_rows(rows, ids, offsets[part.start : part.stop + 1], result[part], counts[part])

    in_slices(some, len(result), workers or usual_threads())
    return result, counts


def principal_components(vectors: Floats, number: int) -> NDArray[np.float32]:
    """Return the directions along which the rows are largest, not centred: the first right singular vectors.

    The sign of each is such that its largest number is positive.

    Examples
    --------
    >>> principal_components(np.array([[4, 0], [0, 1], [-3, 0]], np.float32), 1).tolist()
    [[1.0, 0.0]]
    """
    squares = np.zeros((vectors.shape[1],) * 2)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        block = vectors[start : start + _ROWS_AT_ONCE]
        squares += block.T @ block
    directions = np.linalg.eigh(squares)[1][:, ::-1][:, :number].T
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, np.newaxis], axis=1)
    return np.ascontiguousarray(np.where(largest < 0, -directions, directions), np.float32)


def remove_components(vectors: NDArray[np.float32], components: NDArray[np.float32]) -> None:
    """Subtract from each row, in place, its projections on components, which are orthonormal.

    Examples
    --------
    >>> vectors = np.array([[2, 1], [-3, 0]], np.float32)
    >>> remove_components(vectors, np.array([[1, 0]], np.float32))
    >>> vectors.tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    if not len(components):
        return
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        block = vectors[start : start + _ROWS_AT_ONCE]
        block -= (block @ components.T) @ components
