"""Clusters: planted topics are found, named by their words, and the same each time."""

import numpy as np
import pytest

from w2vcore.visual import clusters


def planted(topics=6, each=40, dimensions=20, seed=1):
    """Vectors of topics that share a large common direction, in a random order, with their topics and names."""
    rng = np.random.default_rng(seed)
    topic = rng.permutation(np.repeat(np.arange(topics), each))
    table = 3 + rng.normal(size=(topics, dimensions))[topic] * 2 + 0.6 * rng.normal(size=(len(topic), dimensions))
    return table, topic, [f"topic{number}-{row}" for row, number in enumerate(topic)]


def test_planted_topics_are_found_and_named():
    table, topic, names = planted()
    found = clusters.find(table, names, 6)
    for number, name in enumerate(found.names):
        (own,) = set(topic[found.labels == number])
        assert {word.split("-")[0] for word in name.split(", ")} == {f"topic{own}"}
        assert len(name.split(", ")) == 3


def test_the_largest_cluster_comes_first():
    table, _, names = planted()
    found = clusters.find(table[:100], names[:100], 6)
    sizes = np.bincount(found.labels)
    assert (np.diff(sizes) <= 0).all() and len(sizes) == len(found.names)


def test_the_same_each_time():
    table, _, names = planted()
    first, again = (clusters.find(table, names, 9, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.labels, again.labels)
    assert first.names == again.names


def test_length_does_not_matter():
    table, _, names = planted()
    scaled = table * np.linspace(0.1, 10, len(table))[:, None]
    np.testing.assert_array_equal(clusters.find(table, names, 6).labels, clusters.find(scaled, names, 6).labels)


def test_names_are_of_frequent_words_and_short():
    table, _, names = planted()
    found = clusters.find(table, [name + "x" * 50 for name in names], 6)
    rows = [int(word.split("-")[1].rstrip("x…")) for name in found.names for word in name.split(", ")]
    assert np.mean(rows) < 0.45 * len(table)  # half of them for words drawn at random
    assert max(len(word) for name in found.names for word in name.split(", ")) <= 18


@pytest.mark.parametrize("table", [np.zeros((20, 3)), np.ones((20, 3)), np.eye(20, 3)])
def test_vectors_that_do_not_differ(table):
    found = clusters.find(table, [str(row) for row in range(20)], 4)
    assert len(found.labels) == 20 and found.labels.max() < len(found.names) <= 4


def test_more_clusters_than_words():
    found = clusters.find(np.eye(3), ["a", "b", "c"], 200)
    assert sorted(found.names) == ["a", "b", "c"]
    assert clusters.find(np.eye(3), ["a", "b", "c"]).names == []
