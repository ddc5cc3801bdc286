"""The paths of a tree once more, as plainly as they can be written: what the compiled ones are compared with."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def huffman_paths(counts: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Return for each id the inner nodes from the root down, and its code: a plain heap over Python's exact integers.

    The rarer of the two joined nodes is the left child, code 0; inner nodes are numbered as they are made, the root
    last. Equal counts: a leaf before an inner node, of two leaves the higher id, of two inner nodes the older.

    Examples
    --------
    >>> huffman_paths([5, 2, 1])
    [([1], [1]), ([1, 0], [0, 1]), ([1, 0], [0, 0])]
    """
    size = len(counts)
    heap = [(int(count), size - 1 - leaf, leaf) for leaf, count in enumerate(counts)]
    heapq.heapify(heap)
    children: list[tuple[int, int]] = []
    while len(heap) > 1:
        left, right = heapq.heappop(heap), heapq.heappop(heap)
        made = len(children)
        children.append((left[2], right[2]))
        heapq.heappush(heap, (left[0] + right[0], size + made, -1 - made))
    return tree_paths(children)


def tree_paths(children: Sequence[Sequence[int]]) -> list[tuple[list[int], list[int]]]:
    """Return the same for any tree: of each inner node k the left and the right child, an id or ``-1 - k``.

    Examples
    --------
    >>> tree_paths([[2, 1], [-1, 0]])
    [([1], [1]), ([1, 0], [0, 1]), ([1, 0], [0, 0])]
    """
    below = {child for pair in children for child in pair}
    root = next((-1 - node for node in range(len(children)) if -1 - node not in below), 0)
    paths: list[tuple[list[int], list[int]]] = [([], [])] * (len(children) + 1)
    stack: list[tuple[int, list[int], list[int]]] = [(root, [], [])]
    while stack:
        node, points, codes = stack.pop()
        if node >= 0:
            paths[node] = (points, codes)
            continue
        for code, child in enumerate(children[-1 - node]):
            stack.append((child, [*points, -1 - node], [*codes, code]))
    return paths
