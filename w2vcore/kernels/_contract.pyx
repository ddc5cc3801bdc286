"""The object that carries a selector (see _contract.pxd), and a door to it for tests."""

import numpy as np

from ._random cimport w2v_random, w2v_random_block, w2v_random_key
from ._types cimport int64_t, uint32_t, uint64_t


cdef class Selector:
    """One objective, ready to be called without the GIL."""

    def __init__(self):
        if self.select is NULL or self.warm is NULL:
            raise TypeError("Selector is abstract: make one of an objective")

    def __call__(self, uint32_t centre, int64_t position, int64_t draw0=0, uint64_t seed=1, uint64_t epoch=0):
        """Call the selector once from Python: (rows, labels, counts, offsets); without offsets, the last is None."""
        cdef uint32_t[::1] rows = np.empty(self.max_targets, np.uint32)
        cdef float[::1] counts = np.empty(self.max_targets, np.float32)
        cdef float[::1] floats = np.empty(max(1, self.max_targets * self.floats), np.float32)
        cdef w2v_room room
        room.rows, room.counts, room.floats = &rows[0], &counts[0], &floats[0]
        cdef uint64_t key = w2v_random_key(seed, epoch, self.purpose)
        cdef int64_t first = w2v_draw_block(draw0), size = w2v_draw_block(draw0 + self.draws) + 1 - first, i
        cdef uint32_t[:, ::1] numbers = np.empty((size, 4), np.uint32)
        for i in range(size):
            (<w2v_random_block *>&numbers[i, 0])[0] = w2v_random(key, <uint64_t>position, <uint64_t>(first + i))
        cdef w2v_targets named
        named.soft_labels = named.offsets = NULL
        named.examples = NULL
        self.select(self.state, centre, &numbers[0, w2v_draw_word(draw0)], &room, &named)
        return (
            np.array([named.rows[i] for i in range(named.n)], np.uint32),
            np.array([named.labels[i] if named.soft_labels is NULL else named.soft_labels[i] for i in range(named.n)],
                     np.float32),
            np.array([1 if named.counts is NULL else named.counts[i] for i in range(named.n)], np.float32),
            None if named.offsets is NULL else np.array([named.offsets[i] for i in range(named.n)], np.float32),
        )
