"""Huffman's algorithm on sorted counts, and the paths of the tree it makes."""

import numpy as np

from w2vcore.kernels._types cimport int64_t, uint32_t

from libc.stdint cimport uint8_t


def paths(const int64_t[::1] counts, const int64_t[::1] leaf_ids):
    """Return (offsets, points, codes) as HuffmanTree has them.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        Ascending.
    leaf_ids : ndarray of int64, shape (V,)
        Id of each leaf.
    """
    cdef int64_t size = counts.shape[0], inner = 0, leaf = 0, made, node, side, child, i, at, parent_node
    cdef int64_t[::1] total = np.zeros(max(size - 1, 1), np.int64)  # weight of each inner node
    # of all nodes: inner ones first, then the leaves, at size - 1 + rank
    cdef int64_t[::1] parent = np.zeros(max(2 * size - 1, 1), np.int64)
    cdef uint8_t[::1] code = np.zeros(max(2 * size - 1, 1), np.uint8)
    cdef int64_t[::1] depth = np.zeros(max(2 * size - 1, 1), np.int64)
    # inner nodes come out in ascending weight, so both queues are arrays
    for made in range(size - 1):
        for side in range(2):
            if leaf < size and (inner >= made or counts[leaf] <= total[inner]):
                total[made] += counts[leaf]
                child = size - 1 + leaf
                leaf += 1
            else:
                total[made] += total[inner]
                child = inner
                inner += 1
            parent[child] = made
            code[child] = <uint8_t>side
    for node in range(size - 3, -1, -1):  # a parent is made after its children: the root, size - 2, has depth 0
        depth[node] = depth[parent[node]] + 1
    offsets_array = np.zeros(size + 1, np.int64)
    cdef int64_t[::1] offsets = offsets_array
    for i in range(size):
        if size > 1:
            depth[size - 1 + i] = depth[parent[size - 1 + i]] + 1
        offsets[leaf_ids[i] + 1] = depth[size - 1 + i]
    np.cumsum(offsets_array, out=offsets_array)
    points_array = np.empty(offsets_array[size], np.uint32)
    codes_array = np.empty(offsets_array[size], np.uint8)
    cdef uint32_t[::1] points = points_array
    cdef uint8_t[::1] codes = codes_array
    for i in range(size):
        node = size - 1 + i
        for at in range(offsets[leaf_ids[i] + 1] - 1, offsets[leaf_ids[i]] - 1, -1):
            parent_node = parent[node]
            points[at] = <uint32_t>parent_node
            codes[at] = code[node]
            node = parent_node
    return offsets_array, points_array, codes_array
