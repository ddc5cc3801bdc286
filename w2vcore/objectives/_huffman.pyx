"""Huffman's algorithm on sorted counts, and the paths and weights of a binary tree, whoever made it."""

import numpy as np

from w2vcore.kernels._types cimport int64_t, uint32_t

from libc.stdint cimport uint8_t


def join(const int64_t[::1] counts, const int64_t[::1] leaf_ids, int64_t first, bint leaf_first=True):
    """Return the children of the nodes that Huffman's algorithm makes, as CodeTree has them.

    Parameters
    ----------
    counts : ndarray of int64, shape (n,)
        Ascending; in another order the tree is a tree, but not the shortest.
    leaf_ids : ndarray of int64, shape (n,)
        Id of each leaf.
    first : int
        Number of the first node.
    leaf_first : bool
        Whether a leaf goes before an inner node of the same weight.

    Returns
    -------
    ndarray of int64, shape (n - 1, 2)
    """
    cdef int64_t size = counts.shape[0], inner = 0, leaf = 0, made, side
    cdef int64_t[::1] total = np.zeros(max(size - 1, 1), np.int64)  # weight of each node
    children_array = np.empty((max(size - 1, 0), 2), np.int64)
    cdef int64_t[:, ::1] children = children_array
    # nodes come out in ascending weight, so both queues are arrays
    for made in range(size - 1):
        for side in range(2):
            if leaf < size and (
                    inner >= made or counts[leaf] < total[inner] or (leaf_first and counts[leaf] == total[inner])):
                total[made] += counts[leaf]
                children[made, side] = leaf_ids[leaf]
                leaf += 1
            else:
                total[made] += total[inner]
                children[made, side] = -1 - (first + inner)
                inner += 1
    return children_array


def top_down(const int64_t[:, ::1] children):
    """Return the inner nodes of a tree in an order in which each comes before those below it.

    Raises
    ------
    ValueError
        If this is no binary tree with the leaves 0 to n, for n inner nodes.
    """
    cdef int64_t nodes = children.shape[0], node, side, child, found, at
    parents_array = np.full(2 * nodes + 1, -1, np.int64)  # of the inner nodes, then of the leaves
    cdef int64_t[::1] parents = parents_array
    for node in range(nodes):
        for side in range(2):
            child = children[node, side]
            if not -nodes <= child <= nodes:
                raise ValueError(f"node {node} has the child {child}, which is neither a word nor a node")
            child = nodes + child if child >= 0 else -1 - child
            if parents[child] >= 0:
                raise ValueError(f"node {node} has a child that is also one of node {parents[child]}")
            parents[child] = node
    # as all children differ, all but one have a parent
    order_array = np.empty(nodes, np.int64)
    cdef int64_t[::1] order = order_array
    found = 0
    if nodes:
        if parents_array[nodes:].min() < 0:
            raise ValueError("a word is in no place of the tree")
        order[0] = int(np.argmin(parents_array[:nodes]))
        found = 1
    at = 0
    while at < found:
        for side in range(2):
            child = children[order[at], side]
            if child < 0:
                order[found] = -1 - child
                found += 1
        at += 1
    if found < nodes:
        raise ValueError(f"{nodes - found} nodes are in a circle")
    return order_array


def paths(const int64_t[:, ::1] children, const int64_t[::1] order):
    """Return (offsets, points, codes) as TreePaths has them.

    Parameters
    ----------
    children : ndarray of int64, shape (V - 1, 2)
    order : ndarray of int64, shape (V - 1,)
        What `top_down` returns for them.
    """
    cdef int64_t nodes = children.shape[0], size = nodes + 1, node, side, child, i, at
    cdef int64_t[::1] parent = np.zeros(2 * nodes + 1, np.int64)  # of the inner nodes, then of the leaves
    cdef uint8_t[::1] code = np.zeros(2 * nodes + 1, np.uint8)
    cdef int64_t[::1] depth = np.zeros(2 * nodes + 1, np.int64)
    for i in range(nodes):
        node = order[i]
        for side in range(2):
            child = children[node, side]
            child = nodes + child if child >= 0 else -1 - child
            parent[child] = node
            code[child] = <uint8_t>side
            depth[child] = depth[node] + 1
    offsets_array = np.zeros(size + 1, np.int64)
    cdef int64_t[::1] offsets = offsets_array
    np.cumsum(depth[nodes:], out=offsets_array[1:])
    points_array = np.empty(offsets_array[size], np.uint32)
    codes_array = np.empty(offsets_array[size], np.uint8)
    cdef uint32_t[::1] points = points_array
    cdef uint8_t[::1] codes = codes_array
    for i in range(size):
        node = nodes + i
        for at in range(offsets[i + 1] - 1, offsets[i] - 1, -1):
            points[at] = <uint32_t>parent[node]
            codes[at] = code[node]
            node = parent[node]
    return offsets_array, points_array, codes_array


def weights(const int64_t[:, ::1] children, const int64_t[::1] order, const int64_t[::1] counts):
    """Return the sum of the counts of the words below each inner node.

    Parameters
    ----------
    children, order
        As in `paths`.
    counts : ndarray of int64, shape (V,)

    Returns
    -------
    ndarray of int64, shape (V - 1,)
    """
    cdef int64_t i, node, side, child
    total_array = np.zeros(children.shape[0], np.int64)
    cdef int64_t[::1] total = total_array
    for i in range(children.shape[0] - 1, -1, -1):
        node = order[i]
        for side in range(2):
            child = children[node, side]
            total[node] += counts[child] if child >= 0 else total[-1 - child]
    return total_array
