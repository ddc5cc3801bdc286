"""The Huffman tree of a vocabulary: short codes for frequent words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._huffman import join
from .code_tree import CodeTree, TreePaths


def huffman_tree(counts: NDArray[np.int64]) -> CodeTree:
    """Build the tree: join the two smallest nodes until one is left (Huffman 1952), with two queues in linear time.

    A node's number is the order in which it was made: the root is the last one, V - 2. The rarer of the two that are
    joined is the left child. Numbers and codes are gensim's where counts and their sums differ. Ties: a leaf before an
    inner node, which keeps the longest code short (Schwartz 1964), and of equal leaves the one with the higher id.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        In any order.

    Examples
    --------
    >>> huffman_tree(np.array([5, 2, 1])).children.tolist()
    [[2, 1], [-1, 0]]
    """
    counts = np.ascontiguousarray(counts, np.int64)
    return CodeTree(joined(counts, np.arange(len(counts)), 0))


def facebook_tree(counts: NDArray[np.int64]) -> CodeTree:
    """Build the tree of fastText's hierarchical softmax, to whose nodes the rows of its files belong.

    Of equal weights an inner node goes before a leaf, and words are taken from the last one on: so the tree follows
    from the counts and their order. A step to the second node of two that are joined has label 1 there (loss.cc), as a
    step to the left has here.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
        Descending, if the tree is to be the shortest.

    Examples
    --------
    >>> facebook_tree(np.array([5, 2, 1])).children.tolist()
    [[1, 2], [0, -1]]
    """
    words = np.ascontiguousarray(np.arange(len(counts))[::-1])
    joins = join(np.ascontiguousarray(counts[::-1], np.int64), words, 0, leaf_first=False)
    return CodeTree(np.ascontiguousarray(joins[:, ::-1]))


def word_paths(counts: NDArray[np.int64], tree: CodeTree | None) -> TreePaths:
    """Return the path to each word: in a tree, or if that is None in the Huffman tree of the counts."""
    return (huffman_tree(counts) if tree is None else tree).paths()


def huffman(counts: NDArray[np.int64]) -> TreePaths:
    """Return the path to each word in the Huffman tree; that of a one-word vocabulary is empty.

    Examples
    --------
    >>> found = huffman(np.array([5, 2, 1]))
    >>> [found.codes[a:b].tolist() for a, b in zip(found.offsets, found.offsets[1:])]
    [[1], [0, 1], [0, 0]]
    """
    return word_paths(counts, None)


def joined(counts: NDArray[np.int64], ids: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    """Return the children of the nodes that Huffman's algorithm makes of these words, numbered from `first` on."""
    order = np.lexsort((-ids, counts))
    return join(counts[order], ids[order], first)
