"""Hierarchical softmax (Morin, Bengio 2005; Mikolov et al. 2013a): a word is the turns on its path down a tree."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig

from ._hierarchical_softmax import PathSelector
from .base import Objective
from .code_tree import CodeTree
from .huffman import word_paths


class HierarchicalSoftmax(Objective):
    """The inner nodes on the centre's path, each with label ``1 - code``: the sigmoid is the chance to turn left."""

    name: ClassVar[str] = "tree"
    made_of: ClassVar[tuple[str, ...]] = ("counts", "tree")
    hottest_last: ClassVar[bool] = True  # the root of a Huffman tree is the last node to be made

    @staticmethod
    def target_rows(vocabulary_size: int) -> int:
        """One row a key, as gensim has it; there is one inner node less, and the last row is never used."""
        return vocabulary_size

    @classmethod
    def settings(cls, config: TrainingConfig) -> tuple[()]:
        """None: the tree is made of the counts alone."""
        return ()

    @staticmethod
    def selector(config: TrainingConfig, counts: NDArray[np.int64], tree: CodeTree | None = None) -> PathSelector:
        """Find the paths, in the Huffman tree if there is no other one."""
        found = word_paths(counts, tree)
        return PathSelector(found.offsets, found.points, found.codes)
