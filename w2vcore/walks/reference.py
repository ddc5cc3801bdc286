"""What the kernel must draw: one walk, step by step, with the random numbers of kernels/reference_random.py."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels.reference_random import random_words

from ._walks import TRIALS
from .graph import Graph

_DRAWS = 1 << 32


def walk(graph: Graph, start: int, stream: int, key: int, length: int, p: float = 1.0, q: float = 1.0) -> list[int]:
    """Return the nodes of a walk.

    Parameters
    ----------
    graph : Graph
    start : int
        The first node.
    stream : int
        The walk's own number.
    key : int
        Of the random numbers.
    length : int
    p, q : float

    Examples
    --------
    >>> from w2vcore.walks.graph import Edges, from_edges
    >>> path = from_edges(Edges("abc", np.array([0, 1]), np.array([1, 2])), directed=True)
    >>> walk(path, start=0, stream=0, key=1, length=9)
    [0, 1, 2]
    """
    words = _words(key, stream)
    nodes = [start]
    while len(nodes) < length:
        ends = neighbours(graph, nodes[-1])
        if not len(ends):
            break
        if len(nodes) == 1 or p == q == 1:
            edge, _ = _proposed(graph, nodes[-1], next(words))
        else:
            edge = _second_order(graph, nodes[-2], nodes[-1], words, p, q)
        nodes.append(int(ends[edge]))
    return nodes


def neighbours(graph: Graph, node: int) -> NDArray[np.uint32]:
    """Return where the edges of a node lead."""
    return graph.ends[graph.begin[node] : graph.begin[node + 1]]


def widths(graph: Graph, node: int) -> NDArray[np.float64]:
    """Return how many draws take each edge of a node, or 1 for each where all are alike."""
    if graph.upper is None:
        return np.ones(len(neighbours(graph, node)))
    upper = graph.upper[graph.begin[node] : graph.begin[node + 1]].astype(np.float64)
    return np.diff(upper, prepend=-1.0)


def step_weights(graph: Graph, before: int, node: int, p: float, q: float) -> NDArray[np.float64]:
    """Return the weight of each edge of a node that was reached from `before`, by the definition of node2vec."""
    ends = neighbours(graph, node)
    bias = np.where(np.isin(ends, neighbours(graph, before)), 1.0, 1.0 / q)
    bias[ends == before] = 1.0 / p
    return widths(graph, node) * bias


def _words(key: int, stream: int) -> Iterator[int]:
    block = 0
    while True:
        yield from random_words(key, stream, block).tolist()
        block += 1


def _proposed(graph: Graph, node: int, draw: int) -> tuple[int, int | None]:
    """Return the edge of a first step, and what is left of the draw, if it is as good as another one."""
    if graph.upper is None:
        return divmod(draw * len(neighbours(graph, node)), _DRAWS)
    return int(np.searchsorted(graph.upper[graph.begin[node] : graph.begin[node + 1]], draw)), None


def _second_order(graph: Graph, before: int, node: int, words: Iterator[int], p: float, q: float) -> int:
    """Return the edge of another step: by trials, then from the whole distribution."""
    ends, most = neighbours(graph, node), max(1.0, 1.0 / p, 1.0 / q)
    for _ in range(TRIALS):
        edge, rest = _proposed(graph, node, next(words))
        if ends[edge] == before:
            bias = 1.0 / p
        else:
            bias = 1.0 if ends[edge] in neighbours(graph, before) else 1.0 / q
        if (next(words) if rest is None else rest) < int(bias / most * _DRAWS + 0.5):
            return edge
    sums = np.cumsum(step_weights(graph, before, node, p, q))
    draw = (next(words) << 32 | next(words)) >> 11
    return int(np.searchsorted(sums, sums[-1] * (draw / (1 << 53)), "right"))
