"""The random numbers of random.h, written again in NumPy: many draws at once, in uint64 arithmetic."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

PURPOSE_TOKEN = 0  # stream 0; two words a position: keep or drop the token, how much its window shrinks
PURPOSE_ORDER = (1 << 32) - 1  # the last; the stream of a corpus' first token, two words a passage (corpus/order.py)
PURPOSE_STEP = (1 << 32) - 2  # a stream for each random walk (walks/_walks.pyx)
PURPOSE_START = (1 << 32) - 3  # a stream for each round of them, two words a node

_WORD = (1 << 32) - 1
_LONG = (1 << 64) - 1


def _mix64(z: int) -> int:
    """Return the finaliser of splitmix64, variant 13."""
    z = (z + 0x9E3779B97F4A7C15) & _LONG
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _LONG
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _LONG
    return z ^ (z >> 31)


def random_key(seed: int, epoch: int, purpose: int) -> int:
    """Return the 64-bit key of all draws for one purpose in one epoch; `seed` counts modulo 2**64.

    Examples
    --------
    >>> random_key(-1, 0, PURPOSE_TOKEN) == random_key(2**64 - 1, 0, PURPOSE_TOKEN)
    True
    """
    return _mix64(_mix64(_mix64(seed & _LONG) ^ epoch) ^ purpose)


def random_words(key: int, streams: ArrayLike, blocks: ArrayLike) -> NDArray[np.uint64]:
    """Return four 32-bit numbers for each (stream, block), by Philox4x32-10 (Salmon et al. 2011).

    Parameters
    ----------
    key : int
    streams, blocks : array_like of int
        Broadcast against each other; both are 64-bit counters.

    Returns
    -------
    ndarray of uint64, shape (..., 4)
        Numbers below 2**32, held in 64 bits so that products do not overflow.

    Examples
    --------
    The known answer for a zero key and counter, from the generator's authors:

    >>> [hex(word) for word in random_words(0, 0, 0).tolist()]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    mask, half = np.uint64(_WORD), np.uint64(32)
    stream, block = np.broadcast_arrays(np.asarray(streams, np.uint64), np.asarray(blocks, np.uint64))
    c0, c1, c2, c3 = stream & mask, stream >> half, block & mask, block >> half
    k0, k1 = key & _WORD, key >> 32
    for _ in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (
            (p1 >> half) ^ c1 ^ np.uint64(k0),
            p1 & mask,
            (p0 >> half) ^ c3 ^ np.uint64(k1),
            p0 & mask,
        )
        k0, k1 = (k0 + 0x9E3779B9) & _WORD, (k1 + 0xBB67AE85) & _WORD
    return np.stack([c0, c1, c2, c3], axis=-1)
