"""The arrays that the TensorFlow tutorial trains on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.model.checks import check_int

from .candidates import log_uniform_candidates
from .pairs import checked_ids, checked_table, make_sampling_table, positive_pairs

Ids = NDArray[np.int64]


def generate_training_data(
    sequences: Iterable[ArrayLike],
    window_size: int,
    num_ns: int,
    vocab_size: int,
    seed: int | None = None,
    *,
    sampling_table: ArrayLike | None = None,
) -> tuple[Ids, Ids, Ids]:
    """Turn sequences of ids into training examples: a word, its context and noise words, and their labels.

    This does what the function of this name in TensorFlow's word2vec tutorial does, for all sequences at once: words
    are thinned out by `make_sampling_table` as in `skipgrams`, and each pair gets `num_ns` noise words by
    `log_uniform_candidates` (so 0, the padding, is the commonest of them, as it is in the tutorial).

    Parameters
    ----------
    sequences : ndarray of shape (n, length), or iterable of sequences of int
        Ids from 0 to ``vocab_size - 1``, by frequency; 0 pads. What `vectorize` returns.
    window_size : int
        Places on each side of a word that are its context.
    num_ns : int
        Noise words for each pair.
    vocab_size : int
        Number of ids.
    seed : int, optional
    sampling_table : sequence of float, optional
        Instead of ``make_sampling_table(vocab_size)``; ones keep every word.

    Returns
    -------
    targets : ndarray of int64, shape (examples,)
    contexts : ndarray of int64, shape (examples, num_ns + 1)
        The true context first.
    labels : ndarray of int64, shape (examples, num_ns + 1)
        1 in the first column, else 0.

    All are in the order of the text: shuffle them for training.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; it is named.

    Examples
    --------
    >>> from w2vcore.preprocessing import vectorize
    >>> ids, vocabulary = vectorize(["The wide road shimmered in the hot sun"])
    >>> every_word = np.ones(len(vocabulary))
    >>> targets, contexts, labels = generate_training_data(
    ...     ids, window_size=2, num_ns=4, vocab_size=len(vocabulary), seed=42, sampling_table=every_word
    ... )
    >>> targets.shape, contexts.shape, labels.shape
    ((26,), (26, 5), (26, 5))
    >>> vocabulary[targets[0]], vocabulary[contexts[0, 0]], labels[0]
    ('the', 'wide', array([1, 0, 0, 0, 0]))
    """
    window_size = check_int("window_size", window_size, 1)
    num_ns = check_int("num_ns", num_ns, 0)
    vocab_size = check_int("vocab_size", vocab_size, 1)
    if num_ns >= vocab_size:
        raise ValueError(f"num_ns must be below vocab_size={vocab_size}, as noise words are distinct, got {num_ns}")
    ids, reach = _joined(sequences, window_size, vocab_size)
    table = checked_table(make_sampling_table(vocab_size) if sampling_table is None else sampling_table, ids)
    rng = np.random.default_rng(None if seed is None else check_int("seed", seed, 0))
    pairs = positive_pairs(ids, reach, table, rng)
    noise = log_uniform_candidates(pairs[:, 1], num_ns, vocab_size, seed=int(rng.integers(2**63)))
    contexts = np.column_stack([pairs[:, 1], noise])
    labels = np.zeros_like(contexts)
    labels[:, 0] = 1
    return pairs[:, 0].copy(), contexts, labels


def _joined(sequences: Any, window_size: int, vocab_size: int) -> tuple[Ids, int]:
    """Return the sequences end to end, too far apart for a window to reach over, and that distance."""
    if isinstance(sequences, np.ndarray) and sequences.ndim == 2:
        reach = min(window_size, max(sequences.shape[1] - 1, 0))
        ids = checked_ids("sequences", sequences.ravel(), vocab_size, "vocab_size")
        return np.pad(ids.reshape(sequences.shape), ((0, 0), (0, reach))).ravel(), reach
    if isinstance(sequences, (str, bytes)):
        raise TypeError(f"sequences must be sequences of ids, got {sequences!r:.60}; vectorize() makes them of texts")
    parts = []
    for number, sequence in enumerate(sequences):
        parts.append(checked_ids(f"sequence {number}", sequence, vocab_size, "vocab_size"))
    reach = min(window_size, max(max(map(len, parts), default=1) - 1, 0))
    gap = np.zeros(reach, np.int64)
    return np.concatenate([gap, *chain.from_iterable(zip(parts, repeat(gap), strict=False))]), reach
