"""Hierarchical softmax: the selector. It points to a path; nothing is drawn."""

import numpy as np

from w2vcore.kernels._contract cimport Selector, W2V_JUDGE_TARGETS, w2v_room, w2v_targets
from w2vcore.kernels._prefetch cimport w2v_prefetch
from w2vcore.kernels._types cimport int64_t, uint8_t, uint32_t


# Levels of the tree, from the root, whose 255 nodes stay in the cache: to prefetch them takes 3 % of the time.
cdef int64_t CACHED_LEVELS = 8

cdef struct PathState:
    const int64_t *offsets
    const uint32_t *points
    const uint8_t *labels


cdef void warm_path(const void *state, uint32_t centre, const uint32_t *numbers) noexcept nogil:
    """Start to fetch the path."""
    cdef const PathState *tree = <const PathState *>state
    cdef int64_t start = tree.offsets[centre], last = tree.offsets[centre + 1] - 1
    w2v_prefetch(tree.points + start)
    w2v_prefetch(tree.points + last)  # a path is shorter than a line of the cache, but often begins inside of one
    w2v_prefetch(tree.labels + start)


cdef void select_path(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """The inner nodes from the root to the centre (see _contract.pxd)."""
    cdef const PathState *tree = <const PathState *>state
    cdef int64_t start = tree.offsets[centre]
    named.rows = tree.points + start
    named.labels = tree.labels + start
    named.counts = NULL
    named.n = tree.offsets[centre + 1] - start


cdef class PathSelector(Selector):
    """The selector of hierarchical softmax.

    Parameters
    ----------
    offsets, points, codes : ndarray
        As in TreePaths.
    """

    cdef PathState tree
    cdef object arrays  # keeps the memory alive that `tree` points to

    def __init__(self, offsets, points, codes):
        # one element too many, so that an empty tree has an address too
        self.arrays = (
            np.ascontiguousarray(offsets, np.int64),
            np.append(points, 0).astype(np.uint32),
            1 - np.append(codes, 0).astype(np.uint8),
        )
        cdef const int64_t[::1] offsets_view = self.arrays[0]
        cdef const uint32_t[::1] points_view = self.arrays[1]
        cdef const uint8_t[::1] labels_view = self.arrays[2]
        self.tree.offsets = &offsets_view[0]
        self.tree.points = &points_view[0]
        self.tree.labels = &labels_view[0]
        self.state = &self.tree
        self.select = select_path
        self.warm = warm_path
        self.n_cached = CACHED_LEVELS
        self.judge = W2V_JUDGE_TARGETS  # each node is a decision of its own
        self.max_targets = max(int(np.diff(self.arrays[0]).max(initial=0)), 1)
        super().__init__()
