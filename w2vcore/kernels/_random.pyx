"""A door to the random numbers of random.h, for tests and for the NumPy reference."""

import numpy as np

from ._types cimport int64_t, uint32_t, uint64_t

PURPOSE_TOKEN = W2V_PURPOSE_TOKEN


def random_key(uint64_t seed, uint64_t epoch, uint32_t purpose):
    """Mix (seed, epoch, purpose) to the key of their random numbers."""
    return w2v_random_key(seed, epoch, purpose)


def philox(uint64_t key, uint64_t stream, uint64_t block):
    """Return four random numbers, an array of uint32: block number `block` of stream `stream`."""
    return draws(key, np.array([stream], np.uint64), block)[0]


def draws(uint64_t key, streams, uint64_t block):
    """Return block number `block` of each stream: uint32, shape (len(streams), 4)."""
    cdef const uint64_t[:] stream = np.asarray(streams).astype(np.uint64)
    cdef int64_t n = stream.shape[0], i
    out = np.empty((n, 4), np.uint32)
    cdef uint32_t[:, ::1] words = out
    cdef w2v_random_block drawn
    with nogil:
        for i in range(n):
            drawn = w2v_random(key, stream[i], block)
            words[i, 0] = drawn.word[0]
            words[i, 1] = drawn.word[1]
            words[i, 2] = drawn.word[2]
            words[i, 3] = drawn.word[3]
    return out


def below(random, uint64_t n):
    """Bring random numbers, an array of uint32, to [0, n), n <= 2**32: uint32, shape (len(random),)."""
    cdef const uint32_t[:] numbers = np.asarray(random, np.uint32)
    cdef int64_t size = numbers.shape[0], i
    if not 1 <= n <= (<uint64_t> 1 << 32):
        raise ValueError(f"n must be from 1 to 2**32, got {n}")
    out = np.empty(size, np.uint32)
    cdef uint32_t[::1] result = out
    for i in range(size):
        result[i] = w2v_below(numbers[i], n)
    return out
