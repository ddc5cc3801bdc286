"""Graphs read from whatever they are in, and the errors of those that are wrong."""

import csv
import gzip
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_matrix

from w2vcore.walks import RandomWalks
from w2vcore.walks.graph import Edges, Graph, from_edges, upper_draws

EDGES = [("ann", "bob", 1.0), ("bob", "cid", 3.0), ("cid", "ann", 2.0), ("cid", "dan", 1.0)]
PAIRS = [edge[:2] for edge in EDGES]


def as_weights(graph):
    """{(source, target): share of the source's draws}; each share as a fraction of small numbers."""
    found = {}
    for node, name in enumerate(graph.names):
        span = slice(graph.begin[node], graph.begin[node + 1])
        ends = graph.ends[span]
        widths = np.ones(len(ends)) if graph.upper is None else np.diff(graph.upper[span].astype(float), prepend=-1)
        for end, share in zip(ends.tolist(), (widths / widths.sum()).tolist(), strict=True):
            found[name, graph.names[end]] = Fraction(share).limit_denominator(1000)
    return found


def shares(edges, directed):
    """The same of edges, by hand."""
    weights = {}
    for source, target, weight in edges:
        for ends in {(source, target)} if directed else {(source, target), (target, source)}:
            weights[ends] = weights.get(ends, 0) + weight
    totals = {node: sum(weight for (source, _), weight in weights.items() if source == node) for node, _ in weights}
    return {ends: Fraction(weight / totals[ends[0]]).limit_denominator(1000) for ends, weight in weights.items()}


def read(graph, **settings):
    return as_weights(RandomWalks(graph, **settings).graph)


@pytest.mark.parametrize("directed", [False, True])
def test_pairs_and_triples(directed):
    assert read(EDGES, directed=directed) == shares(EDGES, directed)
    assert read(PAIRS, directed=directed) == shares([(*pair, 1) for pair in PAIRS], directed)
    assert read(EDGES, directed=directed, weights=False) == read(PAIRS, directed=directed)
    assert read((edge for edge in EDGES), directed=directed) == read(EDGES, directed=directed)


def test_many_pairs_come_in_chunks(monkeypatch):
    monkeypatch.setattr("w2vcore.walks.edges._AT_ONCE", 3)
    rng = np.random.default_rng(1)
    ends = rng.integers(40, size=(100, 2))
    edges = [(*pair, weight) for pair, weight in zip(ends.tolist(), rng.integers(1, 9, 100).tolist(), strict=True)]
    assert read(edges) == shares(edges, False)
    named = [(f"n{a}", f"n{b}") for a, b in pairwise(range(50))]
    assert read(named, nodes=["n3", "alone"]) == shares([(*pair, 1) for pair in named], False)


def test_an_edge_that_is_there_twice():
    assert read([("a", "b"), ("a", "b"), ("b", "a"), ("a", "c")]) == shares([("a", "b", 1), ("a", "c", 1)], False)
    assert read([("a", "b", 1), ("a", "b", 2), ("a", "c", 1)]) == shares([("a", "b", 3), ("a", "c", 1)], False)


def test_a_loop_counts_once():
    edges = [("a", "a", 1), ("a", "b", 1)]
    assert read(edges) == {("a", "a"): Fraction(1, 2), ("a", "b"): Fraction(1, 2), ("b", "a"): 1}


def test_edges_of_weight_0_are_left_out():
    walks = RandomWalks([("a", "b", 0.0), ("b", "c", 2.0)])
    assert as_weights(walks.graph) == {("b", "c"): 1, ("c", "b"): 1}
    assert sorted(map(tuple, RandomWalks([("a", "b", 0.0)], num_walks=1))) == [("a",), ("b",)]


def test_weights_that_are_all_alike_need_no_table():
    assert RandomWalks([("a", "b", 2.0), ("b", "c", 2.0)]).graph.upper is None
    assert RandomWalks(EDGES).graph.upper is not None


@pytest.mark.parametrize("name", ["edges.txt", "edges.tsv.gz"])
@pytest.mark.parametrize("weighted", [False, True])
def test_files(tmp_path, name, weighted):
    lines = [
        "# a comment of several words",
        "",
        *("\t".join(map(str, edge[: 2 + weighted])) for edge in EDGES),
        "alone",
    ]
    data = ("\n".join(lines) + "\n").encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    walks = RandomWalks(path)
    assert as_weights(walks.graph) == read(EDGES if weighted else PAIRS)
    assert walks.graph.names == ["ann", "bob", "cid", "dan", "alone"]
    assert RandomWalks(str(path), nodes=["cid", "late"]).graph.names == [*walks.graph.names, "late"]


def test_a_weight_may_look_like_a_node(tmp_path):
    path = tmp_path / "edges"
    path.write_text("1 2 3\n2 3 1\n10 1 7\n")
    graph = RandomWalks(path).graph
    assert graph.names == ["1", "2", "3", "10"]
    assert as_weights(graph) == shares([("1", "2", 3), ("2", "3", 1), ("10", "1", 7)], False)


def test_nodes_may_look_like_comments(tmp_path):
    path = tmp_path / "tags"
    path.write_text("#red #green\n#green blue\n")
    assert RandomWalks(path, comments=None).graph.names == ["#red", "#green", "blue"]
    path.write_text("% matrix\na b\n")
    assert RandomWalks(path, comments="%").graph.names == ["a", "b"]


def test_a_file_with_commas_goes_through_csv(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("".join(f"{a},{b},{w}\n" for a, b, w in EDGES))
    with pytest.raises(ValueError, match=r"separated by blanks or tabs, got 'ann,bob,1.0'; pass csv.reader"):
        RandomWalks(path)
    with path.open(newline="") as file:
        assert read(csv.reader(file)) == read(EDGES)


def test_arrays():
    edges = [(3, 7, 1.0), (7, 9, 3.0), (9, 3, 2.0)]
    expected = read(edges)
    for array in (np.array(edges), np.array(edges, np.float32), np.array(edges).astype(int), np.array(edges, object)):
        assert read(array) == expected
        assert all(type(name) is int for name in RandomWalks(array).graph.names)
    assert read(np.array(edges, int)[:, :2] - 100) == shares([(a - 100, b - 100, 1) for a, b, _ in edges], False)
    assert read(np.array(edges, int)[:, :2] * 10**12) == shares(
        [(a * 10**12, b * 10**12, 1) for a, b, _ in edges], False
    )
    assert read(np.array(EDGES)) == read(EDGES)
    assert RandomWalks(np.array([[1, 2]]), nodes=[5, 2]).graph.names == [1, 2, 5]


def test_matrices():
    matrix = coo_array((np.array([1.0, 3.0, 2.0]), ([0, 1, 2], [1, 2, 0])), shape=(4, 4))
    edges = [(0, 1, 1.0), (1, 2, 3.0), (2, 0, 2.0)]
    for each in (matrix, csr_matrix(matrix), matrix.tocsc(), matrix.tolil()):
        assert read(each) == shares(edges, True)  # as the matrix says
        assert read(each, directed=False) == shares(edges, False)
        assert read(each, weights=False) == shares([(a, b, 1) for a, b, _ in edges], True)
    symmetric = matrix + matrix.T
    assert read(symmetric) == read(symmetric, directed=False) == shares(edges, False)
    walks = RandomWalks(symmetric, nodes=["a", "b", "c", "d"])
    assert list(walks.graph.names) == ["a", "b", "c", "d"]
    assert ["d"] in list(walks)


def test_a_matrix_stays_as_it_is():
    matrix = coo_array((np.array([1.0, 0.0, 2.0, 2.0]), ([0, 1, 0, 0], [1, 2, 2, 2])), shape=(3, 3)).tocsr()
    before = matrix.copy()
    RandomWalks(matrix, directed=False)
    assert np.array_equal(matrix.data, before.data) and np.array_equal(matrix.indices, before.indices)


def graph_like(edges, directed, nodes):
    """What is used of a graph of networkx."""

    def view(data=False, default=None):
        return [(a, b, w.get(data, default)) if data else (a, b) for a, b, w in edges]

    return SimpleNamespace(nodes=nodes, edges=view, is_directed=lambda: directed, adj={})


@pytest.mark.parametrize("directed", [False, True])
def test_graphs_of_networkx(directed):
    attributes = [(a, b, {"weight": w, "cost": 1 / w}) for a, b, w in EDGES]
    graph = graph_like(attributes, directed, ["dan", "cid", "bob", "ann", "alone"])
    walks = RandomWalks(graph)
    assert walks.graph.names == ["dan", "cid", "bob", "ann", "alone"]
    assert as_weights(walks.graph) == shares(EDGES, directed)
    assert read(graph, weights="cost") == shares([(a, b, 1 / w) for a, b, w in EDGES], directed)
    assert read(graph, weights=False, directed=True) == shares([(*pair, 1) for pair in PAIRS], True)


@pytest.mark.parametrize("directed", [False, True])
def test_networkx_itself(directed):
    networkx = pytest.importorskip("networkx")
    graph = (networkx.DiGraph if directed else networkx.Graph)()
    graph.add_weighted_edges_from(EDGES)
    graph.add_node("alone")
    walks = RandomWalks(graph)
    assert as_weights(walks.graph) == shares(EDGES, directed)
    assert walks.graph.names == list(graph.nodes)


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    assert read(pandas.DataFrame(EDGES, columns=["from", "to", "weight"])) == read(EDGES)


def test_nodes_of_any_type():
    names = [("a", 1), 2, "two", frozenset({3}), 2.5]
    walks = RandomWalks(list(pairwise(names)), num_walks=1)
    assert set(walks.graph.names) == set(names)
    assert as_weights(walks.graph) == shares([(a, b, 1) for a, b in pairwise(names)], False)


@pytest.mark.parametrize(
    ("graph", "settings", "error", "words"),
    [
        ([], {}, ValueError, "graph must have a node"),
        ([("a",)], {}, ValueError, r"graph must be edges, as pairs .* got \('a',\)"),
        (["ab"], {}, ValueError, "got 'ab'"),
        ([("a", "b"), "cd"], {}, ValueError, "got 'cd'"),
        ([("a", "b"), ("b", "c", 1.0)], {}, ValueError, r"of the same length as the first, 2, got \('b', 'c', 1.0\)"),
        ([("a", "b"), 7], {}, ValueError, "graph must be edges, .*, got 7"),
        ([("a", "b", "heavy")], {}, ValueError, "weights of edges must be numbers: .*heavy"),
        ([("a", "b", -1.0)], {}, ValueError, r"at least 0, got .*-1\.0"),
        ([("a", "b", float("inf"))], {}, ValueError, "must be finite"),
        ([("a", None)], {}, TypeError, "is None; clean missing values"),
        ({"a": ["b"]}, {}, TypeError, "graph must be edges, .*got dict"),
        (7, {}, TypeError, "got int"),
        (np.zeros((3, 4)), {}, ValueError, r"2 or 3 columns, .* got shape \(3, 4\)"),
        (np.array([[0.5, 1.0]]), {}, ValueError, "whole numbers"),
        (csr_matrix((2, 3)), {}, ValueError, r"square matrix, got one of shape \(2, 3\)"),
        (csr_matrix((2, 2)), {"nodes": ["a"]}, ValueError, "a name for each of the 2 rows of the matrix, got 1"),
        (csr_matrix((2, 2)), {"nodes": ["a", "a"]}, ValueError, "each name once"),
        (csr_matrix(np.array([[0, -1], [0, 0]])), {}, ValueError, "at least 0, got"),
        ([("a", "b")], {"weights": "cost"}, TypeError, "weights='cost' names an attribute .* networkx"),
        ([("a", "b")], {"p": 0}, ValueError, "p must be a number above 0, .* got 0"),
        ([("a", "b")], {"q": -1}, ValueError, "q must be a number above 0"),
        ([("a", "b")], {"num_walks": 0}, ValueError, "num_walks must be an int at least 1, got 0"),
        ([("a", "b")], {"walk_length": 2.5}, ValueError, "walk_length must be an int"),
        ([("a", "b")], {"directed": "yes"}, ValueError, "directed must be 0 or 1, got 'yes'"),
        ([("a", "b")], {"nodes": ["c", None]}, TypeError, r"nodes\[1\] is None"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(graph, settings, error, words):
    with pytest.raises(error, match=words):
        RandomWalks(graph, **settings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b 1\nc d\n", "the same ones in all lines, got 2 in 'c d'"),
        ("a b c d e\n", "got 5 in 'a b c d e'"),
        ("a b 1\nb c much\n", "the weight 'much' in the line 'b c much' is no number"),
        ("a b nan\n", "must be finite"),
        ("# nothing\n", "graph must have a node"),
    ],
)
def test_lines_that_are_wrong_are_shown(tmp_path, text, words):
    path = tmp_path / "edges"
    path.write_text(text)
    with pytest.raises(ValueError, match=words):
        RandomWalks(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        RandomWalks(tmp_path / "none")


def test_upper_draws_of_uneven_weights():
    """Also of some that are too small for a draw of their own, and across the blocks in which sums are made."""
    rng = np.random.default_rng(4)
    degree = rng.integers(0, 60, size=5000)
    begin = np.concatenate([[0], np.cumsum(degree)])
    weights = rng.gamma(0.2, size=begin[-1]) * 10.0 ** rng.integers(-200, 200, size=len(degree)).repeat(degree)
    upper = upper_draws(begin, weights)
    for node in range(len(degree)):
        span = slice(begin[node], begin[node + 1])
        if not degree[node]:
            continue
        assert upper[span][-1] == 2**32 - 1 and (np.diff(upper[span].astype(np.int64)) >= 0).all()
        expected = np.cumsum(weights[span] / weights[span].max())
        assert np.abs((upper[span] + 1.0) / 2**32 - expected / expected[-1]).max() < 2**-31


def test_a_graph_can_be_used_again():
    graph = RandomWalks(EDGES).graph
    assert isinstance(graph, Graph) and len(graph) == 4 and graph.nbytes == 5 * 8 + 8 * 4 * 2
    assert list(RandomWalks(graph, p=0.5)) == list(RandomWalks(EDGES, p=0.5))


def test_edges_of_a_graph_are_in_order():
    rng = np.random.default_rng(1)
    graph = from_edges(Edges(range(50), *rng.integers(50, size=(2, 500))), directed=False)
    for start, stop in pairwise(graph.begin):
        assert (np.diff(graph.ends[start:stop].astype(int)) > 0).all()
