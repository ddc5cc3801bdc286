"""Walks in C: equal to the oracle, and with the transition probabilities that the papers define."""

import itertools

import numpy as np
import pytest
from scipy import stats

from w2vcore.kernels.reference_random import PURPOSE_STEP, random_key
from w2vcore.walks import reference
from w2vcore.walks._walks import draw
from w2vcore.walks.graph import Edges, from_edges

# Of each statistical test below: the share of seeds with which it would fail although all is well. There are ten.
FALSE_ALARM = 1e-6

KEY = random_key(5, 0, PURPOSE_STEP)


def graph_of(nodes, edges, seed, weighted, directed):
    rng = np.random.default_rng(seed)
    ends = rng.integers(nodes, size=(2, edges))
    weights = rng.gamma(0.5, size=edges) if weighted else None
    return from_edges(Edges(range(nodes), *ends, weights), directed)


def drawn(graph, starts, length, p, q, first_walk=0):
    starts = np.asarray(starts, np.uint32)
    ids, offsets = draw(graph.begin, graph.ends, graph.upper, starts, first_walk, KEY, length, p, q)
    return [ids[start:stop].tolist() for start, stop in itertools.pairwise(offsets)]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize(("p", "q"), [(1, 1), (0.25, 4), (4, 0.5), (2, 1), (1e-12, 1), (1, 1e-12), (1e12, 1e12)])
def test_walks_are_those_of_the_oracle(weighted, directed, p, q):
    graph = graph_of(30, 60, 1, weighted, directed)
    starts = np.arange(60) % 30
    expected = [reference.walk(graph, start, 1000 + k, KEY, 12, p, q) for k, start in enumerate(starts)]
    assert drawn(graph, starts, 12, p, q, first_walk=1000) == expected
    assert any(len(walk) < 12 for walk in expected) == directed  # some nodes have no way out


@pytest.mark.parametrize("length", [1, 2, 3])
def test_short_walks(length):
    graph = graph_of(30, 60, 1, True, False)
    walks = drawn(graph, range(30), length, 0.5, 2)
    assert walks == [reference.walk(graph, node, node, KEY, length, 0.5, 2) for node in range(30)]


def test_a_walk_depends_on_its_number_alone():
    graph = graph_of(50, 100, 2, True, False)
    starts = np.random.default_rng(1).integers(50, size=100)
    whole = drawn(graph, starts, 20, 0.5, 2)
    assert whole[37:] == drawn(graph, starts[37:], 20, 0.5, 2, first_walk=37)
    assert [whole[50]] == drawn(graph, starts[50:51], 20, 0.5, 2, first_walk=50)


def test_no_edges_and_no_walks():
    graph = from_edges(Edges("ab", np.array([], int), np.array([], int)), directed=False)
    assert drawn(graph, [1, 0, 1], 5, 0.5, 2) == [[1], [0], [1]]
    assert drawn(graph, [], 5, 1, 1) == []


@pytest.mark.parametrize(
    "change",
    [{"length": 0}, {"p": 0.0}, {"q": float("nan")}, {"starts": np.array([30], np.uint32)}, {"begin": np.array([0])},
     {"upper": np.zeros(3, np.uint32)}],
)  # fmt: skip
def test_what_would_read_outside_is_refused(change):
    graph = graph_of(30, 60, 1, False, False)
    arguments = {"begin": graph.begin, "ends": graph.ends, "upper": None, "starts": np.zeros(1, np.uint32)}
    arguments |= {"first_walk": 0, "key": 0, "length": 5, "p": 1.0, "q": 1.0}
    with pytest.raises(ValueError, match="need"):
        draw(**(arguments | change))


@pytest.mark.parametrize("weighted", [False, True])
def test_first_steps_are_in_proportion_to_weights(weighted):
    weights = np.array([1.0, 2.0, 3.0, 0.5, 0.01]) if weighted else None
    graph = from_edges(Edges(range(6), np.zeros(5, int), np.arange(1, 6), weights), directed=True)
    ends = [walk[1] for walk in drawn(graph, np.zeros(50_000, int), 2, 1, 1)]
    shares = np.ones(5) if weights is None else weights
    expected = shares / shares.sum() * len(ends)
    assert stats.chisquare(np.bincount(ends, minlength=6)[1:], expected).pvalue > FALSE_ALARM


# t = 0, v = 1; 2 and 3 are neighbours of both, 4 and 5 of v alone
SOURCES, TARGETS = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([1, 2, 3, 2, 3, 4, 5])
WEIGHTS = np.array([1.0, 9.0, 9.0, 0.5, 2.0, 1.0, 3.0])  # edges of v: back to t 1, to 2 .5, to 3 2, to 4 1, to 5 3


def second_steps(edges, weights, p, q):
    """How often walks 0 -> 1 go on to each node."""
    weights = None if weights is None else weights[:edges]
    graph = from_edges(Edges(range(6), SOURCES[:edges], TARGETS[:edges], weights), directed=False)
    ids, _ = draw(graph.begin, graph.ends, graph.upper, np.zeros(300_000, np.uint32), 0, KEY, 3, p, q)
    walks = ids.reshape(-1, 3)
    return np.bincount(walks[walks[:, 1] == 1, 2], minlength=6)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize(("p", "q"), [(0.25, 4.0), (4.0, 0.25)])
def test_second_steps_have_the_probabilities_of_node2vec(weights, p, q):
    seen = second_steps(7, weights, p, q)
    bias = np.array([1 / p, 1, 1, 1 / q, 1 / q]) * (1 if weights is None else np.array([1, 0.5, 2, 1, 3]))
    assert stats.chisquare(seen[[0, 2, 3, 4, 5]], bias / bias.sum() * seen.sum()).pvalue > FALSE_ALARM


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_second_steps_that_no_trial_takes(weights):
    """Without far nodes a trial is taken once in a million times, and the draw after the trials decides."""
    seen = second_steps(5, weights, 4.0, 1e-6)
    bias = np.array([1 / 4, 1, 1]) * (1 if weights is None else np.array([1, 0.5, 2]))
    assert stats.chisquare(seen[[0, 2, 3]], bias / bias.sum() * seen.sum()).pvalue > FALSE_ALARM


def test_nearness_is_an_edge_from_the_node_before():
    """In a directed graph 2 has an edge to 0, but 0 none to 2, so 2 is far from 0."""
    graph = from_edges(Edges(range(4), np.array([0, 1, 1, 2, 0]), np.array([1, 2, 3, 0, 3])), directed=True)
    walks = [walk for walk in drawn(graph, np.zeros(80_000, int), 3, 1, 3.0) if walk[1] == 1]
    seen = np.bincount([walk[2] for walk in walks], minlength=4)[2:]
    assert stats.chisquare(seen, np.array([1 / 3, 1]) / (4 / 3) * len(walks)).pvalue > FALSE_ALARM


def test_walks_of_one_epoch_are_independent_of_those_of_another():
    """Two epochs agree in a first step as often as chance says: binomial, two-sided."""
    graph = graph_of(200, 2000, 3, False, False)
    starts = np.arange(20_000, dtype=np.uint32) % 200
    steps = []
    for epoch in range(2):
        key = random_key(5, epoch, PURPOSE_STEP)
        ids, _ = draw(graph.begin, graph.ends, None, starts, 0, key, 2, 1, 1)
        steps.append(ids.reshape(-1, 2)[:, 1])
    degree = np.diff(graph.begin)[starts]
    agree, mean, variance = (steps[0] == steps[1]).sum(), (1 / degree).sum(), (1 / degree * (1 - 1 / degree)).sum()
    assert abs(agree - mean) < stats.norm.isf(FALSE_ALARM / 2) * variance**0.5
