"""The tree of hierarchical softmax with the words that are its leaves, and gensim's columns of their paths."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors import KeyedVectors
from w2vcore.keyedvectors.columns import as_columns
from w2vcore.keyedvectors.internals import keys_of
from w2vcore.objectives.code_tree import CodeTree, checked, tree_of_paths
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.objectives.registry import needs_tree

from .columns import columns_of
from .settings import objectives_of

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")

TREE_ARRAY = "tree.children"  # in a file: CodeTree.children
PATH_COLUMNS = {"code": "codes", "point": "points"}  # and what they are in TreePaths


@dataclass(frozen=True, eq=False)
class WordTree:
    """A tree, and the words that are its leaves.

    Attributes
    ----------
    tree : CodeTree
    keys : sequence
        Those of `wv` when the tree was last asked for: the same object, so that it takes no memory.
    """

    tree: CodeTree
    keys: Sequence[Any]

    @classmethod
    def of(cls, tree: CodeTree, wv: KeyedVectors) -> WordTree:
        """Return the tree of the words of `wv`, and give these the columns of their paths."""
        show_paths(wv, tree)
        return cls(tree, keys_of(wv))

    def for_rows(self, wv: KeyedVectors, whole: bool = False) -> WordTree:
        """Return the tree for the rows of `wv` as they are now; it may lack the last ones, unless `whole`.

        Users sort rows, and put other vectors of the same words in the place of `wv`.

        Raises
        ------
        RuntimeError
            If they are other words, or in another order and more or fewer.
        """
        keys, words = keys_of(wv), self.tree.words
        if whole:
            check_whole(self.tree, len(keys))
        if keys is self.keys:
            return self
        before, now = list(self.keys[:words]), list(keys)
        tree = self.tree
        if now[:words] != before:
            check_whole(tree, len(now))
            rows = {key: row for row, key in enumerate(before)}
            order = np.array([rows.get(key, -1) for key in now])
            if order.min() < 0:
                raise RuntimeError(
                    "the tree of hierarchical softmax is one of other words than those of wv, such as "
                    f"{now[int(order.argmin())]!r}: call init_weights() to begin anew"
                )
            tree = tree.reordered(order)
        if not PATH_COLUMNS.keys() <= wv.expandos.keys():
            show_paths(wv, tree)
        return WordTree(tree, keys)


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
    """Give the words the columns 'code' and 'point', arrays of uint8 and of uint32, made when they are first read.

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


def stored_tree(words: WordTree | None, wv: KeyedVectors) -> dict[str, NDArray[np.int64]]:
    """Return what a file stores of a tree: nothing for that of the counts, which a reader computes.

    Nor is there anything to keep of a tree that is not one of these words, and cannot be trained.
    """
    try:
        tree = None if words is None else words.for_rows(wv).tree
    except RuntimeError:
        tree = None
    counts = np.asarray(wv.expandos.get("count", [0]), np.int64)
    return {} if tree is None or tree.same_as(huffman_tree(counts)) else {TREE_ARRAY: tree.children}


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
    """Make a tree of the paths that gensim stored with the words; return whether they are paths of a tree."""
    if not {"tree.offsets", "tree.point", "tree.code"} <= arrays.keys():
        return False
    tree = tree_of_paths(arrays["tree.offsets"], arrays["tree.point"], arrays["tree.code"])
    if tree is not None:
        arrays[TREE_ARRAY] = tree.children
    return tree is not None


def code_tree(model: Word2Vec, whole: bool = False) -> CodeTree:
    """Return the tree of a model for its rows as they are; it may lack the last, unless `whole`."""
    words = model._tree
    model._tree = (
        words.for_rows(model.wv, whole) if words else WordTree.of(model._tree_of(columns_of(model)[0]), model.wv)
    )
    return model._tree.tree


def plant_tree(model: Word2Vec) -> None:
    """Begin with the tree of the counts, if the settings want one."""
    model._tree = None
    if needs_tree(objectives_of(model)) and len(model.wv.expandos.get("count", ())) == len(model.wv) > 0:
        code_tree(model)


def show_tree(model: Word2Vec) -> None:
    """Write the tree into the columns 'code' and 'point'."""
    if not len(model.wv):
        raise RuntimeError("there is no vocabulary to make a tree of: call build_vocab() first")
    logger.info("constructing a huffman tree from %i words", len(model.wv))
    tree = code_tree(model) if needs_tree(objectives_of(model)) else model._tree_of(columns_of(model)[0])
    show_paths(model.wv, tree)
    logger.info("built huffman tree with maximum node depth %i", tree.paths().max_depth)
