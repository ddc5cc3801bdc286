"""Full softmax: the selector. Every row is a target, and nothing is drawn or copied."""

import numpy as np

from w2vcore.kernels._contract cimport Selector, W2V_JUDGE_EXAMPLES, W2V_LINK_SOFTMAX, w2v_room, w2v_targets
from w2vcore.kernels._types cimport int64_t, uint8_t, uint32_t


cdef struct AllRows:
    const uint32_t *rows   # [size] all of them
    const uint8_t *labels  # [2 size - 1] zeros, but for a one in the middle: the those of a centre begin so many before
    int64_t size


cdef void warm_nothing(const void *state, uint32_t centre, const uint32_t *numbers) noexcept nogil:
    """There is nothing to fetch: the rows are read in order."""


cdef void select_all(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """All rows in order (see _contract.pxd)."""
    cdef const AllRows *all = <const AllRows *>state
    named.rows = all.rows
    named.labels = all.labels + (all.size - 1 - <int64_t>centre)
    named.counts = NULL
    named.n = all.size


cdef class AllRowsSelector(Selector):
    """The selector of full softmax.

    Parameters
    ----------
    size : int
        Words of the vocabulary.
    """

    cdef AllRows all
    cdef object arrays  # keeps the memory alive that `all` points to

    def __init__(self, int64_t size):
        if size < 1:
            raise ValueError(f"need a vocabulary of at least one word, got {size}")
        self.arrays = np.arange(size, dtype=np.uint32), np.zeros(2 * size - 1, np.uint8)
        self.arrays[1][size - 1] = 1
        cdef const uint32_t[::1] rows = self.arrays[0]
        cdef const uint8_t[::1] labels = self.arrays[1]
        self.all.rows = &rows[0]
        self.all.labels = &labels[0]
        self.all.size = size
        self.state = &self.all
        self.select = select_all
        self.warm = warm_nothing
        self.n_cached = size  # the next unit needs the same rows: to prefetch them would fetch them twice
        self.max_targets = size
        self.judge = W2V_JUDGE_EXAMPLES  # the centre is to score above all other words
        self.link = W2V_LINK_SOFTMAX
        super().__init__()
