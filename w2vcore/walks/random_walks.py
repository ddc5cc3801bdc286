"""The corpus of random walks."""

from __future__ import annotations

import copy
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus._order import sort_keys
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import BATCH_TOKENS
from w2vcore.kernels.reference_random import PURPOSE_START, PURPOSE_STEP, random_key
from w2vcore.model.checks import check_flag, check_float, check_int

from ._walks import draw
from .edges import graph_of

MOST_NODES = 1 << 20  # of a walk: each batch has room for whole ones


class RandomWalks:
    """Random walks on a graph: sentences whose words are nodes (DeepWalk, node2vec).

    From each node `num_walks` walks begin. Each step takes one of the edges that leave the node, equally likely or in
    proportion to weights: DeepWalk (Perozzi, Al-Rfou and Skiena, KDD 2014, arXiv:1403.6652). With `p` and `q` a step
    from a node that was reached from t is weighted by 1/p if it goes back to t, by 1 if it goes to a neighbour of t,
    and else by 1/q: node2vec (Grover and Leskovec, KDD 2016, arXiv:1607.00653). Such steps are drawn by rejection
    (KnightKing: Yang et al., SOSP 2019), so no table of pairs of edges is made: memory is that of the graph.

    `Word2Vec` and `FastText` draw the walks as numbers of nodes; no string is made for a step. To anything else this is
    an iterable of lists of nodes, gensim included. A walk depends on `seed`, the epoch and its own number alone, not on
    threads.

    Parameters
    ----------
    graph : iterable, str, path-like, ndarray, sparse matrix, or networkx graph
        Edges as pairs (source, target) or triples (source, target, weight) of any hashable nodes; a data frame of
        such columns; an array of two or three columns; a file with two or three columns separated by blanks, one edge a
        line, packed or not (a line with one name is a node without edges); a square sparse matrix of SciPy, whose entry
        in row i and column j is the weight of the edge from i to j; or a graph of networkx. An edge that is there twice
        counts once, and its weights add up.
    num_walks : int
        Walks from each node, in as many rounds; each round takes the nodes in a new order.
    walk_length : int
        Nodes of a walk. It ends before at a node that no edge leaves. A node without edges is a walk of one.
    p, q : float
        Above 1, `p` keeps a walk from going back, and `q` keeps it near; 1 and 1 are DeepWalk.
    directed : bool, optional
        Whether an edge is walked in its own direction only. Default: as the graph or the matrix says, and False for
        edges.
    weights : bool or str
        Whether weights count, if there are any; a str is the attribute of a networkx graph's edges that has them,
        instead of "weight". Edges of weight 0 are left out.
    nodes : iterable, optional
        Further nodes, which may have no edges; for a matrix the names of its rows, which else are numbers.
    seed : int
    renew : bool
        Draw new walks in each epoch, while the model is trained. Default: one set of walks for all epochs.
    comments : str, optional
        Lines of a file that begin with this are passed over; None: there are none.
    workers : int
        Threads that read a file.

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, or `graph` is something else.

    Examples
    --------
    >>> walks = RandomWalks([("a", "b"), ("b", "c"), ("c", "d")], num_walks=1, walk_length=5)
    >>> len(walks), sorted(walk[0] for walk in walks)
    (4, ['a', 'b', 'c', 'd'])
    >>> from w2vcore import Word2Vec
    >>> model = Word2Vec(walks, vector_size=8, min_count=1)
    >>> sorted(model.wv.index_to_key)
    ['a', 'b', 'c', 'd']
    """

    tokens_are_numbered = True  # see corpus/numbered.py

    def __init__(
        self,
        graph: Any,
        num_walks: int = 10,
        walk_length: int = 80,
        p: float = 1.0,
        q: float = 1.0,
        *,
        directed: bool | None = None,
        weights: bool | str = True,
        nodes: Iterable[Any] | None = None,
        seed: int = 1,
        renew: bool = False,
        comments: str | None = "#",
        workers: int = 3,
    ) -> None:
        self.num_walks = check_int("num_walks", num_walks, 1)
        self.walk_length = check_int("walk_length", walk_length, 1, MOST_NODES)
        self.p, self.q = _above_zero("p", p), _above_zero("q", q)
        self.seed = check_int("seed", seed, -(1 << 63))
        self.renew = check_flag("renew", renew)
        directed = None if directed is None else check_flag("directed", directed)
        weights = weights if isinstance(weights, str) else check_flag("weights", weights)
        self.graph = graph_of(graph, directed, weights, nodes, comments, check_int("workers", workers, 1))
        self._span = (0, self.num_walks * len(self.graph))  # the numbers of the walks that are drawn
        self._passes = 0

    def __len__(self) -> int:
        """Return the number of walks in an epoch."""
        return self._span[1] - self._span[0]

    def __repr__(self) -> str:
        graph = self.graph
        return (
            f"RandomWalks({len(graph):,} nodes, {len(graph.ends):,} directed edges, num_walks={self.num_walks}, "
            f"walk_length={self.walk_length}, p={self.p:g}, q={self.q:g}, seed={self.seed}, renew={self.renew})"
        )

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield each walk as a list of nodes; with `renew`, each pass is another epoch, from 0 on."""
        epoch = self._passes if self.renew else 0
        self._passes += 1
        yield from self.epoch(epoch)

    def epoch(self, number: int) -> Iterator[list[Any]]:
        """Yield the walks of an epoch.

        Examples
        --------
        >>> walks = RandomWalks([(1, 2), (2, 3)], num_walks=1, walk_length=3)
        >>> list(walks.epoch(0)) == list(walks.epoch(0))
        True
        """
        name = self.graph.names.__getitem__
        for batch in self.batches(check_int("number", number, 0)):
            words = list(map(name, batch.ids.tolist()))
            for start, stop in pairwise(batch.offsets.tolist()):
                yield words[start:stop]

    # what a NumberedCorpus has

    @property
    def number_to_key(self) -> Sequence[Any]:
        """The node of each number."""
        return self.graph.names

    @property
    def same_each_epoch(self) -> bool:
        """Whether all epochs have the same walks."""
        return not self.renew

    def batches(self, epoch: int, workers: int = 1) -> Iterator[Batch]:
        """Yield the walks of an epoch as numbers of nodes, whole walks of about 260,000 steps at a time.

        Parameters
        ----------
        epoch : int
        workers : int
            Threads that draw; the walks are the same for any number.

        Examples
        --------
        >>> (batch,) = RandomWalks([(0, 1)], num_walks=1, walk_length=4).batches(epoch=0)
        >>> batch.offsets.tolist(), sorted(batch.ids.reshape(2, 4).tolist())
        ([0, 4, 8], [[0, 1, 0, 1], [1, 0, 1, 0]])
        """
        key = random_key(self.seed, epoch, PURPOSE_STEP)
        if workers == 1:
            for first, starts in self._starts(epoch):
                yield self._draw(key, first, starts)
            return
        pool = ThreadPoolExecutor(workers, thread_name_prefix="w2vcore-walks")
        waiting: list[Future[Batch]] = []
        try:
            for first, starts in self._starts(epoch):
                waiting.append(pool.submit(self._draw, key, first, starts))
                if len(waiting) > workers:
                    yield waiting.pop(0).result()
            for future in waiting:
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _draw(self, key: int, first: int, starts: NDArray[np.uint32]) -> Batch:
        graph = self.graph
        ids, offsets = draw(graph.begin, graph.ends, graph.upper, starts, first, key, self.walk_length, self.p, self.q)
        return Batch(ids, offsets, len(ids), len(starts))

    def _starts(self, epoch: int) -> Iterator[tuple[int, NDArray[np.uint32]]]:
        """Yield the first nodes of some walks at a time, and the number of the first of these walks."""
        key, nodes, (first, last) = random_key(self.seed, epoch, PURPOSE_START), len(self.graph), self._span
        step = max(1, BATCH_TOKENS // self.walk_length)
        waiting: list[NDArray[np.uint32]] = []
        at = first
        while at < last:
            round_, begin = divmod(at, nodes)
            order = sort_keys(key, round_, nodes)
            order.sort()
            order &= np.uint64((1 << max(nodes - 1, 0).bit_length()) - 1)
            waiting.append(order.astype(np.uint32)[begin : begin + last - at])
            at += len(waiting[-1])
            ready = np.concatenate(waiting) if len(waiting) > 1 else waiting[0]
            if len(ready) < step and at < last:
                waiting = [ready]
                continue
            whole = len(ready) if at == last else len(ready) // step * step
            for start in range(0, whole, step):
                part = ready[start : min(start + step, whole)]
                yield at - len(ready) + start, part
            waiting = [ready[whole:]] if whole < len(ready) else []

    def share(self, rank: int, ranks: int) -> RandomWalks:
        """Return a part of these walks: one of so many, which together are all of them."""
        shared = copy.copy(self)
        first, last = self._span
        shared._span = tuple(first + (last - first) * part // ranks for part in (rank, rank + 1))  # type: ignore[assignment]
        return shared

    def digest(self) -> str:
        """Return what is equal for equal walks."""
        graph, total = self.graph, 0
        for array in (graph.begin, graph.ends, *(() if graph.upper is None else (graph.upper,))):
            total = zlib.crc32(array.data, total)
        return f"{self!r} {total:08x}"


def _above_zero(name: str, value: Any) -> float:
    number = check_float(name, value)
    if not 1e-100 <= number <= 1e100:
        raise ValueError(f"{name} must be a number above 0, from 1e-100 to 1e100, got {value!r}")
    return number
