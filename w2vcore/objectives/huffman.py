"""The Huffman tree of a vocabulary: short codes for frequent words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._huffman import paths


@dataclass(frozen=True)
class HuffmanTree:
    """The path from the root to each leaf, all in three arrays.

    Attributes
    ----------
    offsets : ndarray of int64, shape (V + 1,)
        The path of id ``i`` is ``points[offsets[i]:offsets[i + 1]]``, and its code the same range of `codes`.
    points : ndarray of uint32
        Inner nodes from the root (V - 2) down; a node's number is the order in which it was made, and its row in the
        target matrix.
    codes : ndarray of uint8
        0 for the left child, the rarer of the two, 1 for the right.
    """

    offsets: NDArray[np.int64]
    points: NDArray[np.uint32]
    codes: NDArray[np.uint8]

    @property
    def max_depth(self) -> int:
        """Length of the longest code."""
        return int(np.diff(self.offsets).max(initial=0))


def huffman(counts: NDArray[np.int64]) -> HuffmanTree:
    """Build the tree: join the two smallest nodes until one is left (Huffman 1952), with two queues in linear time.

    Node numbers and codes are gensim's where counts and their sums differ. Ties: a leaf before an inner node, which
    keeps the longest code short (Schwartz 1964), and of equal leaves the one with the higher id.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        In any order. A one-word vocabulary has an empty path.

    Examples
    --------
    >>> tree = huffman(np.array([5, 2, 1]))
    >>> [tree.codes[a:b].tolist() for a, b in zip(tree.offsets, tree.offsets[1:])]
    [[1], [0, 1], [0, 0]]
    """
    counts = np.ascontiguousarray(counts, np.int64)
    ids = np.arange(len(counts))
    order = np.lexsort((-ids, counts))
    return HuffmanTree(*paths(counts[order], order))
