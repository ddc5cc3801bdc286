"""Skip-gram pairs of a sequence of ids, and the table by which frequent words are thinned out, as Keras has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.model.checks import check_float, check_int

Ids = NDArray[np.int64]

EULER = 0.577  # Euler's constant, with as many digits as Keras uses


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> NDArray[np.float64]:
    """Return the probability with which the word of each rank is kept, for words in descending order of frequency.

    The text is assumed to follow Zipf's law: the word of rank r has frequency
    ``1 / (r (ln r + 0.577) + 1/2 - 1/(12 r))`` (the harmonic series), and is kept with probability
    ``min(1, sqrt(sampling_factor / frequency))``, as in word2vec. Rank 0, which is not a word, has the value of rank 1.

    Parameters
    ----------
    size : int
        Number of ranks.
    sampling_factor : float
        word2vec's threshold of subsampling.

    Returns
    -------
    ndarray of float64, shape (size,)

    Examples
    --------
    >>> print(make_sampling_table(size=10))
    [0.00315225 0.00315225 0.00547597 0.00741556 0.00912817 0.01068435
     0.01212381 0.01347162 0.01474487 0.0159558 ]
    """
    size = check_int("size", size, 0)
    sampling_factor = check_float("sampling_factor", sampling_factor, 0)
    rank = np.maximum(np.arange(size), 1.0)
    inverse_frequency = rank * (np.log(rank) + EULER) + 0.5 - 1 / (12 * rank)
    table: NDArray[np.float64] = np.minimum(1.0, np.sqrt(sampling_factor * inverse_frequency))
    return table


def skipgrams(
    sequence: ArrayLike,
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: ArrayLike | None = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Return the skip-gram pairs of a sequence, and as many noise pairs as asked for, as Keras's function does.

    Each word makes a pair ``[word, context]`` with each word at most `window_size` places away. A noise pair has a word
    of these pairs, and a context drawn uniformly from 1 to ``vocabulary_size - 1``: by chance it may be a true pair, as
    in Keras. The id 0 is padding: it makes no pairs, but occupies a place.

    Parameters
    ----------
    sequence : sequence of int
        Ids from 0 to ``vocabulary_size - 1``.
    vocabulary_size : int
        Number of ids, including 0.
    window_size : int
        Places on each side.
    negative_samples : float
        Noise pairs for each true pair; 0 makes none.
    shuffle : bool
        Shuffle pairs and labels alike. Otherwise the true pairs come first, in the order of the sequence.
    categorical : bool
        Labels are ``[0, 1]`` and ``[1, 0]`` in place of 1 and 0.
    sampling_table : sequence of float, optional
        Probability with which a word of each id is used as the first of its pairs, e.g. `make_sampling_table`. Every
        word is used as context.
    seed : int, optional
        Seeds all draws (in Keras, only the shuffling). The draws differ from those of Keras.

    Returns
    -------
    couples : list of [int, int]
    labels : list of int, or of [int, int]
        1 for a true pair, 0 for a noise pair.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; it is named.

    Examples
    --------
    "The wide road shimmered in the hot sun":

    >>> sentence = [1, 2, 3, 4, 5, 1, 6, 7]
    >>> couples, labels = skipgrams(sentence, vocabulary_size=8, window_size=2, negative_samples=0, shuffle=False)
    >>> len(couples), couples[:4]
    (26, [[1, 2], [1, 3], [2, 1], [2, 3]])
    >>> couples, labels = skipgrams(sentence, vocabulary_size=8, window_size=2, seed=42)
    >>> len(couples), sum(labels)
    (52, 26)
    """
    vocabulary_size = check_int("vocabulary_size", vocabulary_size, 1)
    window_size = check_int("window_size", window_size, 0)
    negative_samples = check_float("negative_samples", negative_samples, 0)
    ids = checked_ids("sequence", sequence, vocabulary_size)
    rng = np.random.default_rng(None if seed is None else check_int("seed", seed, 0))
    table = None if sampling_table is None else checked_table(sampling_table, ids)
    couples = positive_pairs(ids, window_size, table, rng)
    labels = np.ones(len(couples), np.int64)
    noise = int(len(couples) * negative_samples)
    if noise:
        if vocabulary_size < 2:
            raise ValueError(f"vocabulary_size must be at least 2 to draw negative samples, got {vocabulary_size}")
        words = np.resize(rng.permutation(couples[:, 0]), noise)  # each word about equally often
        drawn = np.stack([words, rng.integers(1, vocabulary_size, noise)], axis=1)
        couples, labels = np.concatenate([couples, drawn]), np.append(labels, np.zeros(noise, np.int64))
    if shuffle:
        order = rng.permutation(len(couples))
        couples, labels = couples[order], labels[order]
    return couples.tolist(), (np.eye(2, dtype=np.int64)[labels] if categorical else labels).tolist()


def positive_pairs(
    ids: Ids, window_size: int, table: NDArray[np.float64] | None, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the true pairs (word, context) of a sequence, shape (n, 2), in its order.

    Examples
    --------
    >>> positive_pairs(np.array([7, 8, 0, 9]), 2, None, np.random.default_rng()).tolist()
    [[7, 8], [8, 7], [8, 9], [9, 8]]
    """
    reach = min(window_size, max(len(ids) - 1, 0))
    places = np.flatnonzero(ids)
    if table is not None:
        places = places[rng.random(len(places)) <= table[ids[places]]]
    padded = np.concatenate([np.zeros(reach, np.int64), ids, np.zeros(reach, np.int64)])
    steps = np.concatenate([np.arange(-reach, 0), np.arange(1, reach + 1)])
    contexts = padded[(places + reach)[:, None] + steps]
    words = np.broadcast_to(ids[places][:, None], contexts.shape)
    real = contexts != 0
    return np.stack([words[real], contexts[real]], axis=1)


def checked_ids(name: str, values: ArrayLike, size: int, size_name: str = "vocabulary_size") -> Ids:
    """Return a flat sequence of ids below `size` as an array, or an error that names the argument.

    Examples
    --------
    >>> checked_ids("sequence", [1, 9], 9)
    Traceback (most recent call last):
        ...
    ValueError: sequence must hold ids from 0 to vocabulary_size - 1 = 8, got 9
    """
    ids = np.asarray(values)
    if ids.ndim != 1:
        raise ValueError(f"{name} must be a flat sequence of ids, got an array of shape {ids.shape}")
    if not ids.size:
        return np.zeros(0, np.int64)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold ids, which are ints, got {ids.dtype} ({ids[0]!r:.60} ...)")
    for value in (ids.min(), ids.max()):
        if not 0 <= value < size:
            raise ValueError(f"{name} must hold ids from 0 to {size_name} - 1 = {size - 1}, got {value}")
    return ids.astype(np.int64)


def checked_table(sampling_table: Any, ids: Ids) -> NDArray[np.float64]:
    """Return a sampling table as an array with a probability for each of the ids, or an error that names it."""
    table = np.asarray(sampling_table, np.float64)
    highest = int(ids.max(initial=-1))
    if table.ndim != 1 or len(table) <= highest:
        raise ValueError(
            f"sampling_table must have a probability for each id up to {highest}, got an array of shape {table.shape}; "
            "make_sampling_table(vocabulary_size) has"
        )
    if np.isnan(table).any():
        raise ValueError("sampling_table must hold probabilities, got NaN")
    return table
