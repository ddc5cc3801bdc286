"""Noise words by rank alone: TensorFlow's log-uniform candidate sampler, for any number of true words at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.model.checks import check_int

from .pairs import checked_ids


def log_uniform_probabilities(range_max: int) -> NDArray[np.float64]:
    """Return the probability of each class: ``(ln(k + 2) - ln(k + 1)) / ln(range_max + 1)``, close to Zipf's law.

    Parameters
    ----------
    range_max : int
        Number of classes, from 0 on, in descending order of frequency.

    Returns
    -------
    ndarray of float64, shape (range_max,)

    Examples
    --------
    >>> log_uniform_probabilities(4).round(4)
    array([0.4307, 0.2519, 0.1787, 0.1386])
    """
    range_max = check_int("range_max", range_max, 1)
    chances: NDArray[np.float64] = np.diff(np.log(np.arange(1.0, range_max + 2))) / np.log(range_max + 1)
    return chances


def log_uniform_candidates(
    true_classes: ArrayLike, num_sampled: int, range_max: int, unique: bool = True, seed: int | None = None
) -> NDArray[np.int64]:
    """Draw noise classes for each true class, with the probabilities of `log_uniform_probabilities`.

    The distribution is that of ``tf.random.log_uniform_candidate_sampler``. The true class of a row is never drawn for
    it (TensorFlow's sampler can draw it).

    Parameters
    ----------
    true_classes : int, or sequence of int
        One for each row.
    num_sampled : int
        Noise classes in a row.
    range_max : int
        Number of classes: 0 to ``range_max - 1`` are drawn.
    unique : bool
        No class occurs twice in a row: a repeated one is drawn again.
    seed : int, optional

    Returns
    -------
    ndarray of int64, shape (rows, num_sampled), or (num_sampled,) for a single int

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed, or there are too few classes to draw from.

    Examples
    --------
    Four noise words for the pair ("wide", "road") of a vocabulary of eight, without "road" (3), and for two pairs:

    >>> log_uniform_candidates(3, num_sampled=4, range_max=8, seed=42)
    array([4, 1, 5, 0])
    >>> log_uniform_candidates([3, 4], num_sampled=4, range_max=8, seed=42).shape
    (2, 4)
    """
    num_sampled = check_int("num_sampled", num_sampled, 0)
    range_max = check_int("range_max", range_max, 1)
    single = np.ndim(true_classes) == 0
    true = checked_ids("true_classes", np.atleast_1d(np.asarray(true_classes)), range_max, "range_max")
    least = num_sampled + 1 if unique else min(num_sampled, 1) + 1
    if range_max < least:
        raise ValueError(
            f"range_max must be at least {least} to draw num_sampled={num_sampled} classes beside the true one, "
            f"got {range_max}"
        )
    rng = np.random.default_rng(None if seed is None else check_int("seed", seed, 0))
    drawn = np.empty((len(true), num_sampled), np.int64)
    for column in range(num_sampled):
        taken = np.column_stack([true, drawn[:, :column]]) if unique else true[:, None]
        todo = np.arange(len(true))
        while len(todo):  # redrawing repeated classes is the same as drawing from the rest
            drawn[todo, column] = _draw(rng, len(todo), range_max)
            todo = todo[(drawn[todo, column, None] == taken[todo]).any(axis=1)]
    result: NDArray[np.int64] = drawn[0] if single else drawn
    return result


def _draw(rng: np.random.Generator, size: int, range_max: int) -> NDArray[np.int64]:
    """Draw classes: ``ln(class + 1)``, rounded down to a class, is uniform."""
    classes = np.exp(rng.random(size) * np.log(range_max + 1)).astype(np.int64) - 1
    drawn: NDArray[np.int64] = np.minimum(classes, range_max - 1)  # exp may round up to range_max + 1
    return drawn
