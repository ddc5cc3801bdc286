"""Hierarchical softmax (Morin, Bengio 2005; Mikolov et al. 2013a): a word is the turns on its path down a tree."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig

from ._hierarchical_softmax import PathSelector
from .base import Objective
from .huffman import huffman


class HierarchicalSoftmax(Objective):
    """The inner nodes on the centre's path, each with label ``1 - code``: the sigmoid is the chance to turn left."""

    name: ClassVar[str] = "tree"
    hottest_last: ClassVar[bool] = True  # the root is the last node to be made

    @staticmethod
    def target_rows(vocabulary_size: int) -> int:
        """One row an inner node; a tree of one word has none, and its matrix one row that is never used."""
        return max(vocabulary_size - 1, 1)

    @classmethod
    def settings(cls, config: TrainingConfig) -> tuple[()]:
        """None: the tree is made of the counts alone."""
        return ()

    @staticmethod
    def selector(config: TrainingConfig, counts: NDArray[np.int64]) -> PathSelector:
        """Build the tree."""
        tree = huffman(counts)
        return PathSelector(tree.offsets, tree.points, tree.codes)
