"""The honest twins of the objectives: which target rows, with which labels, for one centre."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import HIERARCHICAL, NEGATIVE, TrainingConfig
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.negative_sampling import alias_table
from w2vcore.objectives.registry import objective

from .reference_links import Link, sigmoid_link
from .reference_random import PURPOSE_NEGATIVE, random_key, random_words

EXAMPLES, TARGETS = "examples", "targets"  # what is judged for the accuracy (block.h)

Targets = tuple[NDArray[np.uint32], NDArray[Any], NDArray[Any]]  # distinct rows, labels, counts


class Objective(Protocol):
    """What the reference backend needs of an objective."""

    draws: int  # draw numbers that one call takes
    judge: str  # EXAMPLES or TARGETS

    @property
    def link(self) -> Link:
        """What makes errors and losses of the scores."""

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the target rows for a centre.

        Parameters
        ----------
        epoch : int
        centre : int
            Id of the centre word.
        position : int
            Place of the centre in the epoch, which its random draws belong to.
        draw0 : int
            Number of the first draw that is free.

        Returns
        -------
        rows, labels, counts : ndarray
            Distinct rows of the target matrix; what each is to say, 1 or 0; how often each was drawn.
        """


class NegativeSampling:
    """The centre with label 1 and `negative` noise draws with label 0; a draw of the centre itself is dropped.

    The alias table is the library's, since equally right tables differ in their slots; a test compares the distribution
    that it implies with ``counts ** exponent``.
    """

    judge = EXAMPLES
    link = staticmethod(sigmoid_link)

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64]) -> None:
        self.draws = config.negative
        self.seed = config.seed
        self.threshold, self.alias = alias_table(counts, config.ns_exponent)

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the centre, then the distinct noise rows in the order of their first draws."""
        times = {centre: 1}
        for row in self.noise(epoch, position, np.arange(draw0, draw0 + self.draws)).tolist():
            if row != centre:
                times[row] = times.get(row, 0) + 1
        labels = np.zeros(len(times))
        labels[0] = 1.0
        return np.array(list(times), np.uint32), labels, np.array(list(times.values()), np.float64)

    def noise(self, epoch: int, position: int, draws: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the rows of these draw numbers, two 32-bit words each: one for the slot, one for its threshold."""
        key = random_key(self.seed, epoch, PURPOSE_NEGATIVE)
        words = random_words(key, position, draws // 2)
        which = np.arange(len(draws))
        first, second = words[which, 2 * (draws % 2)], words[which, 2 * (draws % 2) + 1]
        slot = ((first * np.uint64(len(self.alias))) >> np.uint64(32)).astype(np.uint32)
        rows: NDArray[np.uint32] = np.where(second < self.threshold[slot], slot, self.alias[slot])
        return rows


class HierarchicalSoftmax:
    """The inner nodes on the centre's path from the root, each with label ``1 - code``; no random draws."""

    draws = 0
    judge = TARGETS
    link = staticmethod(sigmoid_link)

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64], tree: CodeTree | None = None) -> None:
        self.paths = huffman_paths(counts.tolist()) if tree is None else tree_paths(tree.children.tolist())

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the path of the centre; that of a one-word vocabulary is empty."""
        points, codes = self.paths[centre]
        return np.array(points, np.uint32), 1.0 - np.array(codes, np.float64), np.ones(len(points))


OBJECTIVES: dict[str, type[NegativeSampling] | type[HierarchicalSoftmax]] = {
    NEGATIVE: NegativeSampling,
    HIERARCHICAL: HierarchicalSoftmax,
}


def twin(name: str) -> Callable[..., Objective]:
    """Return what makes the twin of an objective; one that was added to the registry is its own.

    Raises
    ------
    ValueError
        If there is no such objective.

    Examples
    --------
    >>> twin("tree").__name__
    'HierarchicalSoftmax'
    """
    return OBJECTIVES.get(name) or cast("Callable[..., Objective]", objective(name))


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
