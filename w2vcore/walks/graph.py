"""A graph as the arrays that walks are drawn from: its edges in order, and how likely each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

_DRAWS = 1 << 32  # a step draws one of so many numbers


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes with the edges that leave each.

    Attributes
    ----------
    names : sequence
        Of the nodes, each once.
    begin : ndarray of int64, shape (nodes + 1,)
        The edges of node v are ``begin[v]..begin[v + 1] - 1``.
    ends : ndarray of uint32
        Where each edge leads; ascending for each node.
    upper : ndarray of uint32 or None
        A step draws a number below 2**32 and takes the first edge whose number here is not below it. None: all edges
        of a node are equally likely.
    """

    names: Sequence[Any]
    begin: NDArray[np.int64]
    ends: NDArray[np.uint32]
    upper: NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.names)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.begin.nbytes + self.ends.nbytes + (0 if self.upper is None else self.upper.nbytes)


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges as they were read: numbers of nodes, and what the nodes are called.

    Attributes
    ----------
    names : sequence
    sources, targets : ndarray of int
    weights : ndarray of float64 or None
    """

    names: Sequence[Any]
    sources: NDArray[Any]
    targets: NDArray[Any]
    weights: NDArray[np.float64] | None = None


def from_edges(edges: Edges, directed: bool) -> Graph:
    """Return the graph of some edges.

    An edge that is there twice counts once; its weights add up. Without `directed` each can be walked in both
    directions.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or there is no node.

    Examples
    --------
    >>> graph = from_edges(Edges("abc", np.array([0, 1, 0]), np.array([1, 2, 1])), directed=False)
    >>> graph.begin.tolist(), graph.ends.tolist()
    ([0, 1, 3, 4], [1, 0, 2, 1])
    """
    sources, targets, weights = edges.sources, edges.targets, edges.weights
    values: NDArray[Any] = np.ones(len(sources), bool)
    if weights is not None:
        check_weights(weights)
        values = np.asarray(weights, np.float64)
    if not directed:
        loops = sources == targets  # these are walked in both directions as they are
        sources, targets = np.concatenate([sources, targets[~loops]]), np.concatenate([targets, sources[~loops]])
        values = np.concatenate([values, values[~loops]])
    shape = (len(edges.names), len(edges.names))
    return from_matrix(coo_array((values, (sources, targets)), shape=shape).tocsr(), edges.names, weights is not None)


def from_matrix(matrix: csr_array, names: Sequence[Any], weighted: bool) -> Graph:
    """Return the graph of an adjacency matrix, whose row is the node that an edge leaves; it may be sorted in place."""
    if not len(names):
        raise ValueError("graph must have a node, got one without nodes and edges")
    if len(names) >= _DRAWS:
        raise ValueError(f"graph must have fewer than 2**32 nodes, got {len(names):,}")
    matrix.sum_duplicates()  # sorts, too
    if weighted:
        matrix.eliminate_zeros()
    begin, ends = matrix.indptr.astype(np.int64), matrix.indices.astype(np.uint32)
    return Graph(names, begin, ends, upper_draws(begin, matrix.data) if weighted else None)


def check_weights(weights: NDArray[Any]) -> None:
    """Raise ValueError if a weight is negative or not finite."""
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        raise ValueError(f"weights of edges must be finite and at least 0, got {float(weights[wrong][0])}")


def upper_draws(begin: NDArray[np.int64], weights: NDArray[Any]) -> NDArray[np.uint32] | None:
    """Return the highest draw that takes each edge; None if the edges of every node weigh the same.

    An edge takes a share of the draws that differs from its share of the weight by less than 2**-32.

    Examples
    --------
    >>> upper_draws(np.array([0, 2]), np.array([1.0, 3.0])).tolist() == [2**30 - 1, 2**32 - 1]
    True
    """
    degree = np.diff(begin)
    full = np.flatnonzero(degree)
    if not len(full):
        return None
    first = begin[full]
    if np.array_equal(np.maximum.reduceat(weights, first), np.minimum.reduceat(weights, first)):
        return None
    upper = np.empty(len(weights), np.uint32)
    step = 1 << 16  # edges at a time: sums go on from node to node, and must not lose digits
    start = 0
    while start < len(full):
        stop = max(start + 1, int(np.searchsorted(first, first[start] + step)))
        low, high = int(first[start]), int(begin[full[stop - 1] + 1])
        upper[low:high] = _shares(weights[low:high].astype(np.float64), first[start:stop] - low)
        start = stop
    return upper


def _shares(weights: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the upper draws of the edges of some nodes, whose first edges are given."""
    degree = np.diff(np.append(first, len(weights)))
    weights = weights / np.repeat(np.maximum.reduceat(weights, first), degree)  # none overflows in a sum
    sums = np.cumsum(weights)
    before = np.repeat(sums[first] - weights[first], degree)
    ends = first + degree - 1
    totals = np.repeat(sums[ends] - (sums[first] - weights[first]), degree)
    shares = np.rint((sums - before) / totals * _DRAWS)
    shares = np.maximum(shares, 1)
    shares[ends] = _DRAWS
    return (np.minimum(shares, _DRAWS) - 1).astype(np.uint32)
