"""Hierarchical softmax (Morin, Bengio 2005; Mikolov et al. 2013a): a word is the turns on its path down a tree."""

from __future__ import annotations

import math
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import HotEnd, Table, WordRates

from ._hierarchical_softmax import PathSelector
from .base import DeviceHalf, DeviceTables, Objective, Targets
from .code_tree import CodeTree
from .huffman import word_paths
from .reference_paths import huffman_paths, tree_paths
from .sharing import Sharing, effective_number

# The root is a target of every window. But the words left and right of it pull to opposite sides, so only what the
# contexts have in common adds up; an eighth is a choice, to be measured (tests/gpu/prove.py).
SHARE_OF_ROOT = 1 / 8

# Pairs of a window share their path where the words of the tree are as varied as so many equally frequent ones, and the
# window is not wider than this (docs/performance.md).
LEAST_WORDS_IN_TREE = 2500
WIDEST_SHARED = 5


def node_rates(words: WordRates) -> NDArray[np.float64]:
    """Return the update rates of the inner nodes: each is met by every centre whose path goes through it."""
    found = word_paths(words.counts, words.tree)
    visits = np.repeat(words.centres, np.diff(found.offsets))
    met = np.bincount(found.points, visits, minlength=len(words.counts)).astype(np.float64)
    rates: NDArray[np.float64] = words.examples * met
    return rates


def last_if_ascending(words: WordRates) -> HotEnd:
    """Return where the hottest nodes are: the root of a Huffman tree is the last node to be made."""
    if not words.descending:
        return None
    if words.tree is not None and (np.diff(words.tree.weights(words.counts)) < 0).any():
        return None
    return "last"


def inner_nodes(vocabulary: int) -> int:
    """Return how many inner nodes there are; a tree of one word has none, and its single row is kept."""
    return max(vocabulary - 1, min(vocabulary, 1))


def device_tables(config: TrainingConfig, counts: NDArray[np.int64], tree: CodeTree | None = None) -> DeviceTables:
    """Return the paths as a GPU reads them."""
    found = word_paths(np.asarray(counts, np.int64), tree)
    labels = (1 - found.codes).astype(np.uint8)
    return DeviceTables((found.offsets, found.points, labels), max(found.max_depth, 1), varies=True)


def device_bytes(vocabulary: int) -> int:
    """Return about how many bytes those take: 5 for a node, and paths of rare words are longer than balanced ones."""
    return vocabulary * (8 + 5 * math.ceil(math.log2(max(vocabulary, 2)) + 2))


class HierarchicalSoftmax(Objective):
    """The inner nodes on the centre's path, each with label ``1 - code``: the sigmoid is the chance to turn left."""

    name: ClassVar[str] = "tree"
    made_of: ClassVar[tuple[str, ...]] = ("counts", "tree")
    judge: Literal["examples", "targets"] = "targets"
    growth: ClassVar[float] = 0.0  # nodes are met so often that little growth is left
    rank_merges: ClassVar[int] = 4  # nodes near the root are met all the time (docs/distributed.md has the numbers)
    merge_interval: ClassVar[int] = 1024  # the root is met in each block

    def __init__(self, config: TrainingConfig, counts: NDArray[np.int64], tree: CodeTree | None = None) -> None:
        self.paths = huffman_paths(counts.tolist()) if tree is None else tree_paths(tree.children.tolist())

    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the path of the centre; that of a one-word vocabulary is empty."""
        points, codes = self.paths[centre]
        return Targets(np.array(points, np.uint32), 1.0 - np.array(codes, np.float64), np.ones(len(points)))

    @classmethod
    def tables(cls, columns: int) -> tuple[Table, ...]:
        """One row a key, as gensim has it; there is one inner node less, and the last row is never used."""
        return (Table(cls.name, "syn1", columns, node_rates, last_if_ascending, used_rows=inner_nodes, keyed=False),)

    @classmethod
    def busiest_share(cls, words: WordRates) -> float:
        """The root's, as far as what warps do there adds up."""
        return SHARE_OF_ROOT

    @classmethod
    def settings(cls, config: TrainingConfig) -> tuple[()]:
        """None: the tree is made of the counts alone."""
        return ()

    @classmethod
    def sharing(cls, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]) -> Sharing:
        """Many words must be trained, and frequent ones be dropped."""
        refusal = "" if config.subsample else "hierarchical softmax shares only with subsampling, and sample=0"
        trained = effective_number(counts * ((keep + 1.0) / 2**32))
        return Sharing("words in the tree", trained, LEAST_WORDS_IN_TREE, WIDEST_SHARED, refusal)

    @classmethod
    def selector(cls, config: TrainingConfig, counts: NDArray[np.int64], tree: CodeTree | None = None) -> PathSelector:
        """Find the paths, in the Huffman tree if there is no other one."""
        found = word_paths(counts, tree)
        return PathSelector(found.offsets, found.points, found.codes)

    device: ClassVar[DeviceHalf | None] = DeviceHalf(
        str(Path(__file__).with_suffix(".cuh")), device_tables, device_bytes
    )
