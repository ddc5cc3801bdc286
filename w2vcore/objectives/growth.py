"""New words in a tree that was trained: where they go, so that what its nodes have learned keeps its meaning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .code_tree import CodeTree
from .huffman import joined


def grown(tree: CodeTree, counts: NDArray[np.int64]) -> CodeTree:
    """Return a tree with further words in it: they get a Huffman tree of their own, which becomes one of its branches.

    A new node takes the place of an old one, of a word or an inner node, and has as its children that one and the tree
    of the new words. All other nodes keep their children. So the words that are not below that place keep their paths,
    and those that are get one node more. The place is the one that makes the average code of all words shortest: the
    rarer the new words, the farther down. New nodes have the numbers after the old ones.

    Two other ways were measured. Under a new root all old words get one node more: on the text of docs/training.md
    codes are 10 % longer, and until the root has learned its part each old word seems half as likely; after training
    the vectors are as good. With a place of its own for each new word codes are as long as here, and made-up topics
    are learned as well.

    Parameters
    ----------
    tree : CodeTree
        Of the first words.
    counts : ndarray of int64, shape (V,)
        Of all words, the new ones last.

    Examples
    --------
    >>> old = CodeTree(np.array([[2, 1], [-1, 0]]))
    >>> grown(old, np.array([5, 2, 1, 1])).children.tolist()
    [[-3, 1], [-1, 0], [3, 2]]
    """
    counts = np.ascontiguousarray(counts, np.int64)
    old = len(tree.children)
    new = np.arange(tree.words, len(counts))
    if not len(new):
        return tree
    branch = joined(counts[new], new, old)
    node = old + len(branch)
    top, weight = (int(new[0]) if len(new) == 1 else -node), int(counts[new].sum())
    place, below = _cheapest(tree, counts[: tree.words], weight)
    children = np.concatenate([tree.children, branch, [(top, place) if weight <= below else (place, top)]])
    children[:old][tree.children == place] = -1 - node
    return CodeTree(children)


def _cheapest(tree: CodeTree, counts: NDArray[np.int64], weight: int) -> tuple[int, int]:
    """Return the place for a branch that is taken so often, as a child, and how often that is taken.

    There, all that pass the place pass one node more, and the branch is as deep as that. Of equal places the highest.
    """
    found = tree.paths()
    lengths = np.diff(found.offsets)
    depths = np.empty(len(tree.children), np.int64)
    depths[found.points] = np.arange(len(found.points)) - np.repeat(found.offsets[:-1], lengths)
    places = np.concatenate([-1 - np.arange(len(tree.children)), np.arange(tree.words)])
    depth = np.concatenate([depths, lengths])
    taken = np.concatenate([tree.weights(counts), counts])
    cost = taken + float(weight) * (depth + 1)
    best = np.lexsort((depth, cost))[0]
    return int(places[best]), int(taken[best])
