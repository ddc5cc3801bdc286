"""The two loops of an order: random numbers to sort passages by, and copies of passages that lie anywhere."""

import numpy as np

from libc.string cimport memcpy

from w2vcore.kernels._prefetch cimport w2v_prefetch
from w2vcore.kernels._random cimport w2v_random, w2v_random_block
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

# Passages between asking for the memory of one and copying it: hardware foresees no random place.
cdef int64_t AHEAD = 8


def sort_keys(uint64_t key, uint64_t stream, int64_t n):
    """Return n distinct uint64 numbers: number i has i in its lowest bits, as many as n - 1 has, and is random above.

    Two numbers of a block of random.h, the first of the upper 32 bits, are drawn for each i.
    """
    keys = np.empty(n, np.uint64)
    cdef uint64_t[::1] out = keys
    cdef uint64_t below = (1 << max(n - 1, 0).bit_length()) - 1, random
    cdef w2v_random_block drawn
    cdef int64_t i
    with nogil:
        for i in range(n):
            if i % 2 == 0:
                drawn = w2v_random(key, stream, <uint64_t>(i // 2))
            random = <uint64_t>drawn.word[i % 2 * 2] << 32 | drawn.word[i % 2 * 2 + 1]
            out[i] = (random & ~below) | <uint64_t>i
    return keys


def copied(
    const uint32_t[::1] values, const int64_t[::1] offsets, const int64_t[::1] first, const int64_t[::1] last
):
    """Return the sentences first[k]..last[k] - 1 of all k, one after the other: what they hold, and its offsets.

    Parameters
    ----------
    values : ndarray of uint32
    offsets : ndarray of int64
        Sentence s is ``values[offsets[s]:offsets[s + 1]]``.
    first, last : ndarray of int64
        There must be such sentences.
    """
    cdef int64_t parts = first.shape[0], k, s, at, used, sentences = 0, size = 0
    for k in range(parts):
        sentences += last[k] - first[k]
        size += offsets[last[k]] - offsets[first[k]]
    found, borders = np.empty(size, np.uint32), np.empty(sentences + 1, np.int64)
    cdef int64_t[::1] out_offsets = borders
    cdef uint32_t[::1] out = found
    cdef const uint32_t *source = NULL
    cdef uint32_t *target = NULL
    if size:
        source, target = &values[0], &out[0]
    out_offsets[0] = used = 0
    sentences = 1
    with nogil:
        for k in range(parts):
            if source is not NULL and k + AHEAD < parts:
                w2v_prefetch(source + offsets[first[k + AHEAD]])
            at = offsets[first[k]]
            size = offsets[last[k]] - at
            if size:
                memcpy(target + used, source + at, <size_t>size * sizeof(uint32_t))
            for s in range(first[k] + 1, last[k] + 1):
                out_offsets[sentences] = used + offsets[s] - at
                sentences += 1
            used += size
    return found, borders
