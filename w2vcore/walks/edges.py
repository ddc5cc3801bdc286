"""Reads a graph: from a file, an array, a matrix, a graph of networkx, or pairs of any kind.

Python loops over nodes, and never over edges, but for those that are Python objects: these go through the encoder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from w2vcore.corpus._encoding import Encoder
from w2vcore.corpus._scanner import KeyTable
from w2vcore.corpus.keying import clean_keys
from w2vcore.corpus.scanning import Text, scan
from w2vcore.corpus.token_cache import TokenCache

from .graph import Edges, Graph, check_weights, from_edges, from_matrix

_AT_ONCE = 1 << 16  # edges of Python objects
_HOW = "pairs (source, target) or triples (source, target, weight)"


def graph_of(
    graph: Any,
    directed: bool | None,
    weights: bool | str,
    nodes: Iterable[Any] | None,
    comments: str | None,
    workers: int,
) -> Graph:
    """Read a graph; see `RandomWalks` for what it may be, and for the arguments.

    Raises
    ------
    TypeError, ValueError
    """
    extra = [] if nodes is None else clean_keys(nodes, "nodes")
    if isinstance(graph, Graph):
        return graph
    if issparse(graph):
        return _of_matrix(graph, directed, bool(weights), extra)
    if _is_networkx(graph):
        name = "weight" if weights is True else weights
        edges = graph.edges(data=name, default=1.0) if name else graph.edges()
        if directed is None:
            directed = bool(graph.is_directed())
        return from_edges(_of_pairs(edges, [*graph.nodes, *extra], bool(weights)), directed)
    if isinstance(weights, str):
        raise TypeError(
            f"weights={weights!r} names an attribute of the edges of a networkx graph, and this graph is of type "
            f"{type(graph).__name__}: pass True or False"
        )
    if isinstance(graph, (str, os.PathLike)):
        edges = _of_file(graph, extra, bool(weights), comments, workers)
    elif isinstance(graph, np.ndarray) and not graph.dtype.hasobject:
        edges = _of_array(graph, extra, bool(weights))
    else:
        edges = _of_pairs(_rows(graph), extra, bool(weights))
    return from_edges(edges, bool(directed))


def _is_networkx(graph: Any) -> bool:
    """Whether it is a graph of networkx, or behaves as one."""
    return all(hasattr(graph, name) for name in ("nodes", "edges", "is_directed", "adj"))


def _rows(graph: Any) -> Iterable[Any]:
    """Return the edges of an iterable, or the rows of a data frame."""
    if hasattr(graph, "itertuples") and hasattr(graph, "columns"):
        rows: Iterable[Any] = graph.itertuples(index=False, name=None)
        return rows
    if isinstance(graph, np.ndarray):
        return graph.tolist()  # type: ignore[no-any-return]  # it has two dimensions, or _of_pairs says so
    if isinstance(graph, (bytes, dict)) or not isinstance(graph, Iterable):
        raise TypeError(
            f"graph must be edges, as {_HOW}; the name of a file of edges; a sparse matrix; or a graph of networkx, "
            f"got {type(graph).__name__}"
        )
    return graph


# ---------------------------------------------------------------------- a matrix


def _of_matrix(matrix: Any, directed: bool | None, weighted: bool, names: Sequence[Any]) -> Graph:
    size = matrix.shape[0]
    if matrix.ndim != 2 or matrix.shape[1] != size:
        raise ValueError(f"graph must be a square matrix, got one of shape {matrix.shape}")
    if names and len(names) != size:
        raise ValueError(f"nodes must have a name for each of the {size:,} rows of the matrix, got {len(names):,}")
    if len(set(names)) < len(names):
        raise ValueError("nodes must have each name once, as they name the rows of the matrix")
    if np.iscomplexobj(matrix):
        raise ValueError(f"graph must be a matrix of real numbers, got {matrix.dtype}")
    own: Any = csr_array(matrix, copy=True)
    check_weights(own.data)
    own.eliminate_zeros()
    if not weighted:
        own.data = np.ones(own.nnz, bool)
    across = csr_array(own.T)
    if directed is False and csr_array(own != across).nnz:
        across.setdiag(0)  # a loop is walked in both directions as it is
        own = csr_array(own + across)
    return from_matrix(own, names or range(size), weighted)


# ---------------------------------------------------------------------- an array


def _of_array(array: NDArray[Any], extra: Sequence[Any], weighted: bool) -> Edges:
    if array.ndim != 2 or array.shape[1] not in (2, 3):
        raise ValueError(f"graph must have 2 or 3 columns, source, target and perhaps weight, got shape {array.shape}")
    ends = array[:, :2]
    weights = _numbers(array[:, 2]) if weighted and array.shape[1] == 3 else None
    if ends.dtype.kind == "f":
        whole = ends.astype(np.int64)
        if not np.array_equal(whole, ends):
            raise ValueError("the nodes of a graph in an array of floats must be whole numbers")
        ends = whole
    if ends.dtype.kind == "b" or ends.dtype.kind not in "iuUS":
        raise TypeError(f"graph must be an array of numbers or strings, got {array.dtype}")
    if not extra and ends.dtype.kind in "iu" and ends.size and ends.min() >= 0 and ends.max() < 4 * ends.size:
        there = np.zeros(int(ends.max()) + 1, bool)  # sorting takes some ten times as long
        there[ends.ravel()] = True
        number = np.cumsum(there) - 1
        return Edges(np.flatnonzero(there).tolist(), number[ends[:, 0]], number[ends[:, 1]], weights)
    names, numbers = np.unique(np.concatenate([ends.ravel(), np.asarray(extra, ends.dtype)]), return_inverse=True)
    numbers = numbers[: ends.size].reshape(ends.shape)
    return Edges(names.tolist(), numbers[:, 0], numbers[:, 1], weights)


def _numbers(values: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(values).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"weights of edges must be numbers: {error}") from error


# ---------------------------------------------------------------------- Python objects


def _of_pairs(edges: Iterable[Any], extra: Sequence[Any], weighted: bool) -> Edges:
    """Number the nodes of edges of any kind."""
    sizes: list[int] = []
    weights: list[NDArray[np.float64]] = []
    keys: dict[Any, int] = {}
    encoder = Encoder(_columns(iter(edges), extra, weighted, sizes, weights), keys, 2 * _AT_ONCE, grow=True)
    parts = []
    while (arrays := encoder.next_batch()) is not None:
        parts.append(arrays[0])
    ids = np.concatenate([np.zeros(0, np.uint32), *parts])[len(extra) :]
    table = encoder.table
    names = list(keys) if table is None else [table.key(number) for number in range(len(table))]
    # for each chunk there are its sources, then its targets
    length = np.array(sizes, np.int64)
    places = np.arange(length.sum()) + np.repeat(np.cumsum(length) - length, length)
    ends = ids[places], ids[places + np.repeat(length, length)]
    return Edges(names, *ends, np.concatenate(weights) if weights else None)


def _columns(
    edges: Iterator[Any], extra: Sequence[Any], weighted: bool, sizes: list[int], weights: list[NDArray[np.float64]]
) -> Iterator[Sequence[Any]]:
    """Yield sources, then targets, of so many edges at a time, and collect how many there are, and their weights."""
    if extra:
        yield extra
    width = 0
    for first in edges:
        chunk = [first, *islice(edges, _AT_ONCE - 1)]
        width = width or _width(first)
        try:
            columns = list(zip(*chunk, strict=True))
        except (TypeError, ValueError):
            columns = []
        if len(columns) != width or any(isinstance(edge, (str, bytes)) for edge in chunk):
            wrong = next(edge for edge in chunk if _width(edge) != width)
            raise ValueError(f"graph must have edges of the same length as the first, {width}, got {wrong!r}")
        sizes.append(len(chunk))
        if width == 3 and weighted:
            weights.append(_numbers(columns[2]))
        yield columns[0]
        yield columns[1]


def _width(edge: Any) -> int:
    """Return how many columns an edge has, or raise what is wrong with it."""
    if isinstance(edge, (str, bytes)) or not hasattr(edge, "__len__") or len(edge) not in (2, 3):
        raise ValueError(f"graph must be edges, as {_HOW}, got {edge!r}")
    return len(edge)


# ---------------------------------------------------------------------- a file


def _of_file(path: Any, extra: Sequence[Any], weighted: bool, comments: str | None, workers: int) -> Edges:
    """Read a file of two or three columns with the scanner of texts: a weight is a token, too."""
    table = KeyTable()
    table_keys: list[str]
    with TokenCache() as cache:
        batch = cache.store(scan(Text((path,)), table, grow=True, workers=workers))
        ids, first, width = batch.ids, batch.offsets[:-1], np.diff(batch.offsets)
    table_keys = [table.key(number) for number in range(len(table))]
    if comments:
        marked = np.fromiter((key.startswith(comments) for key in table_keys), bool, len(table_keys))
        edge = ~marked[ids[first]]
        first, width = first[edge], width[edge]
    weights = _check_lines(path, table_keys, ids, first, width)
    linked = width > 1
    alone, first = ids[first[~linked]], first[linked]
    sources, targets = ids[first], ids[first + 1]
    values = _weights(path, table_keys, ids, first) if weights and weighted else None
    return _named(table_keys, sources, targets, values, alone, extra)


def _check_lines(path: Any, keys: Sequence[str], ids: NDArray[Any], first: NDArray[Any], width: NDArray[Any]) -> bool:
    """Return whether the edges have weights, or raise a ValueError that shows a line."""
    linked = width[width > 1]
    columns = int(linked[0]) if len(linked) else 2
    wrong = np.flatnonzero((width > 1) & ((width != columns) | (width > 3)))
    if len(wrong):
        line = wrong[0]
        shown = " ".join(keys[number] for number in ids[first[line] : first[line] + min(width[line], 8)])
        raise ValueError(
            f"{path}: a line of edges must have the columns source, target and perhaps weight, the same ones in all "
            f"lines, got {int(width[line])} in {shown!r}"
        )
    if not len(linked) and any("," in keys[number] or ";" in keys[number] for number in ids[first[:1]]):
        raise ValueError(
            f"{path}: the columns of a file of edges are separated by blanks or tabs, got {keys[ids[first[0]]]!r}; "
            "pass csv.reader(file) for one with commas"
        )
    return columns == 3


def _weights(path: Any, keys: Sequence[str], ids: NDArray[Any], first: NDArray[Any]) -> NDArray[np.float64]:
    """Return the numbers in the third column, each text converted once."""
    used, place = np.unique(ids[first + 2], return_inverse=True)
    values = np.empty(len(used))
    for at, number in enumerate(used.tolist()):
        try:
            values[at] = float(keys[number])
        except ValueError:
            line = first[np.flatnonzero(place == at)[0]]
            shown = " ".join(keys[number] for number in ids[line : line + 3])
            raise ValueError(f"{path}: the weight {keys[number]!r} in the line {shown!r} is no number") from None
    return values[place]


def _named(
    keys: Sequence[str],
    sources: NDArray[Any],
    targets: NDArray[Any],
    weights: NDArray[np.float64] | None,
    alone: NDArray[Any],
    extra: Sequence[Any],
) -> Edges:
    """Number nodes in the order of a file, without weights and comments; further nodes are at the end."""
    used = np.zeros(len(keys), bool)
    for column in (sources, targets, alone):
        used[column] = True
    number = np.cumsum(used) - 1
    names: list[Any] = [keys[old] for old in np.flatnonzero(used).tolist()]
    known = set(names)
    names += [name for name in dict.fromkeys(extra) if name not in known]
    return Edges(names, number[sources], number[targets], weights)
