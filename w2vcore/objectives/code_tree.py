"""The binary tree of hierarchical softmax as data: who is whose child. All else follows from that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._huffman import paths, top_down, weights


@dataclass(frozen=True)
class TreePaths:
    """The path from the root to each leaf, all in three arrays.

    Attributes
    ----------
    offsets : ndarray of int64, shape (V + 1,)
        The path of id ``i`` is ``points[offsets[i]:offsets[i + 1]]``, and its code the same range of `codes`.
    points : ndarray of uint32
        Inner nodes from the root down: rows of the target matrix.
    codes : ndarray of uint8
        0 for the left child, 1 for the right.
    """

    offsets: NDArray[np.int64]
    points: NDArray[np.uint32]
    codes: NDArray[np.uint8]

    @property
    def max_depth(self) -> int:
        """Length of the longest code."""
        return int(np.diff(self.offsets).max(initial=0))


@dataclass(frozen=True, eq=False)
class CodeTree:
    """A binary tree whose leaves are words; each of its V - 1 inner nodes is a row of the target matrix.

    Attributes
    ----------
    children : ndarray of int64, shape (V - 1, 2)
        Left and right child of each inner node: the id of a word, or ``-1 - k`` for the inner node k. So the tree can
        grow, and no number in it gets another meaning. A tree of one word has no inner node.

    Examples
    --------
    >>> tree = CodeTree(np.array([[1, 2], [-1, 0]]))
    >>> found = tree.paths()
    >>> [found.points[a:b].tolist() for a, b in zip(found.offsets, found.offsets[1:])]
    [[1], [1, 0], [1, 0]]
    """

    children: NDArray[np.int64]

    @property
    def words(self) -> int:
        """Number of leaves."""
        return len(self.children) + 1

    def paths(self) -> TreePaths:
        """Return the path to each word."""
        return TreePaths(*paths(self.children, top_down(self.children)))

    def weights(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how often each inner node is passed, if the words occur so often.

        Parameters
        ----------
        counts : ndarray of int64, shape (V,)

        Examples
        --------
        >>> CodeTree(np.array([[1, 2], [-1, 0]])).weights(np.array([5, 2, 1])).tolist()
        [3, 8]
        """
        return weights(self.children, top_down(self.children), np.ascontiguousarray(counts, np.int64))

    def same_as(self, other: CodeTree) -> bool:
        """Whether all words have the same paths in both."""
        return np.array_equal(self.children, other.children)

    def reordered(self, order: NDArray[np.intp]) -> CodeTree:
        """Return the tree of a vocabulary whose row i is the row ``order[i]`` of this one's.

        Examples
        --------
        >>> CodeTree(np.array([[1, 2], [-1, 0]])).reordered(np.array([2, 0, 1])).children.tolist()
        [[2, 0], [-1, 1]]
        """
        now = np.empty(self.words, np.int64)
        now[order] = np.arange(self.words)
        children = np.where(self.children < 0, self.children, now[np.maximum(self.children, 0)])
        return CodeTree(children)


def checked(children: NDArray[np.int64]) -> CodeTree:
    """Return the tree with these children, or say why there is none.

    Parameters
    ----------
    children : ndarray
        As in CodeTree; it may come from a damaged file.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> checked(np.array([[1, 2], [-2, 0]]))
    Traceback (most recent call last):
        ...
    ValueError: these are no children of a tree: 1 nodes are in a circle
    """
    if children.ndim != 2 or children.shape[1:] != (2,) or children.dtype.kind not in "iu":
        raise ValueError(f"these are no children of a tree: an array of {children.dtype}, shape {children.shape}")
    tree = CodeTree(np.array(children, np.int64))
    try:
        top_down(tree.children)
    except ValueError as error:
        raise ValueError(f"these are no children of a tree: {error}") from None
    return tree


def tree_of_paths(offsets: NDArray[np.int64], points: NDArray[np.int64], codes: NDArray[np.int64]) -> CodeTree | None:
    """Return the tree that has these paths; None if there is none.

    Parameters
    ----------
    offsets, points, codes : ndarray
        As in TreePaths; of any type, and possibly from a damaged file.

    Examples
    --------
    >>> tree_of_paths(np.array([0, 1, 3, 5]), np.array([1, 1, 0, 1, 0]), np.array([1, 0, 0, 0, 1])).children.tolist()
    [[1, 2], [-1, 0]]
    """
    nodes = len(offsets) - 2
    if nodes < 0 or len(points) != len(codes) or len(points) != offsets[-1] or (np.diff(offsets) < (nodes > 0)).any():
        return None
    if ((points < 0) | (points >= nodes) | (codes < 0) | (codes > 1)).any():
        return None
    following = np.append(-1 - points[1:].astype(np.int64), 0)
    following[offsets[1:] - 1] = np.arange(nodes + 1)
    children = np.full((nodes, 2), nodes + 1, np.int64)  # what is never on a path stays no child of anything
    children[points, codes] = following[: len(points)]
    try:
        tree = checked(children)
    except ValueError:
        return None
    found = tree.paths()
    same = np.array_equal(found.points, points) and np.array_equal(found.codes, codes)
    return tree if same and np.array_equal(found.offsets, offsets) else None
