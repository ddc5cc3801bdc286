"""The tree of hierarchical softmax and the words of a model: the tree for its rows, and gensim's columns of paths."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.columns import as_columns
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.objectives.code_tree import CodeTree, checked, tree_of_paths
from w2vcore.objectives.huffman import huffman_tree

TREE_ARRAY = "tree.children"  # in a file: CodeTree.children
PATH_COLUMNS = {"code": "codes", "point": "points"}  # and what they are in TreePaths


def tree_of_rows(tree: CodeTree | None, wv: KeyedVectors, counts: NDArray[np.int64]) -> CodeTree:
    """Return the tree for the rows in the order that they have now; where there is none yet, that of the counts.

    Raises
    ------
    RuntimeError
        If the rows were sorted, and are other ones than those of the tree.
    """
    if tree is None:
        tree = huffman_tree(counts)
        show_paths(wv, tree)
    elif wv._moved is not None:
        check_whole(tree, len(wv._moved))
        tree = tree.reordered(wv._moved)
    wv._moved = None
    return tree


def check_whole(tree: CodeTree, rows: int) -> None:
    """Refuse a tree that has more or fewer words than there are.

    Raises
    ------
    RuntimeError
    """
    if tree.words != rows:
        raise RuntimeError(
            f"the tree of hierarchical softmax is one of {tree.words} words, and wv has {rows}: call update_weights() "
            "to add words, or init_weights() to begin anew"
        )


def show_paths(wv: KeyedVectors, tree: CodeTree) -> None:
    """Give the words the columns 'code' and 'point', arrays of uint8 and of uint32, made when they are looked at.

    Other vectors may share the columns that are there; these are left as they are.
    """
    wv.expandos = columns = as_columns(wv.expandos).copy()
    for name, part in PATH_COLUMNS.items():
        columns.derive(name, partial(path_column, tree, part), len(wv))


def path_column(tree: CodeTree, part: str, rows: int) -> NDArray[Any]:
    """Return one part of the path of each word as a column of arrays; 0 for rows that are not in the tree.

    Examples
    --------
    >>> path_column(CodeTree(np.array([[1, 2], [-1, 0]])), "points", 4).tolist()
    [array([1], dtype=uint32), array([1, 0], dtype=uint32), array([1, 0], dtype=uint32), 0]
    """
    found = tree.paths()
    values = getattr(found, part)
    column = np.zeros(rows, object)
    for row, (start, stop) in zip(range(rows), itertools.pairwise(found.offsets.tolist()), strict=False):
        column[row] = values[start:stop]
    return column


def stored_tree(tree: CodeTree | None, wv: KeyedVectors) -> dict[str, NDArray[np.int64]]:
    """Return what a file keeps of a tree: nothing if it is that of the counts, which a reader makes anew.

    Nor is there anything to keep of a tree whose words were sorted together with others: it cannot be trained.
    """
    moved = wv._moved
    if tree is None or (moved is not None and len(moved) != tree.words):
        return {}
    tree = tree if moved is None else tree.reordered(moved)
    known = huffman_tree(np.asarray(wv.expandos.get("count", [0]), np.int64))
    return {} if tree.same_as(known) else {TREE_ARRAY: tree.children}


def read_tree(arrays: dict[str, NDArray[Any]]) -> CodeTree | None:
    """Return the tree of a file; None if it has neither a tree nor counts.

    Raises
    ------
    ValueError
        If it is damaged.
    """
    if TREE_ARRAY in arrays:
        return checked(arrays[TREE_ARRAY])
    return huffman_tree(arrays["counts"]) if len(arrays.get("counts", ())) else None


def take_paths(arrays: dict[str, NDArray[Any]]) -> bool:
    """Make a tree of the paths that gensim stored with the words; whether they are those of a tree."""
    if not {"tree.offsets", "tree.point", "tree.code"} <= arrays.keys():
        return False
    tree = tree_of_paths(arrays["tree.offsets"], arrays["tree.point"], arrays["tree.code"])
    if tree is not None:
        arrays[TREE_ARRAY] = tree.children
    return tree is not None
