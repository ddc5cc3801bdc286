"""The simulation of many workers is training, the same each time, and its counts of cache lines are those of simple cases."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from bench_many_workers import InTurn, views

from w2vcore import Word2Vec
from w2vcore.backends import registry, replicas

WORDS = 60


@pytest.fixture(autouse=True)
def _in_turn(monkeypatch):
    monkeypatch.setitem(registry.BACKENDS, "in_turn", "bench_many_workers:InTurn")
    monkeypatch.setattr(replicas, "FEWEST_WORDS", 1)
    monkeypatch.setattr(replicas, "WORDS_BEFORE", 1)
    monkeypatch.setattr(replicas, "MOST_WORKERS", 64)


def trained(monkeypatch, design, workers, chunk=50, backend="in_turn", waits=1.0):
    """A model of random words, the first of them the most frequent, and the lines that moved near and far."""
    for name, value in {"design": design, "workers": workers, "chunk": chunk, "group": 4, "waits": waits}.items():
        monkeypatch.setattr(InTurn, name, value)
    draws = np.random.default_rng(5).zipf(1.5, 6000) % WORDS
    sentences = [[str(word) for word in line] for line in draws.reshape(-1, 20)]
    model = Word2Vec(
        sentences, vector_size=16, min_count=1, sg=1, workers=1, epochs=2, batch_words=500, sample=0, backend=backend
    )
    return model.wv.vectors.copy(), InTurn.latest.lines() if backend == "in_turn" else None


@pytest.mark.parametrize("design, workers", [("shared", 5), ("copies", 5), ("groups", 9)])
def test_the_same_each_time(monkeypatch, design, workers):
    first, _ = trained(monkeypatch, design, workers)
    again, _ = trained(monkeypatch, design, workers)
    np.testing.assert_array_equal(first, again)


def test_workers_that_share_all_rows_and_finish_their_jobs_in_turn_are_one_worker(monkeypatch):
    expected, _ = trained(monkeypatch, "shared", 1, backend="threads")
    for workers in (1, 8):
        found, _ = trained(monkeypatch, "shared", workers, chunk=10_000)
        np.testing.assert_array_equal(found, expected)


def test_copies_miss_what_others_learn(monkeypatch):
    expected, _ = trained(monkeypatch, "shared", 1)
    for design in ("copies", "groups"):
        found, _ = trained(monkeypatch, design, 8)
        assert not np.array_equal(found, expected)
        assert np.linalg.norm(found - expected) < np.linalg.norm(expected)


def test_the_last_writer_of_a_shared_row_is_another_one_as_often_as_there_are_others(monkeypatch):
    """One in N updates follows one of the same core, and one in N / 4 one of the same group."""
    _, (near, far) = trained(monkeypatch, "shared", 2)
    all_updates = 2 * (near + far)
    assert far == pytest.approx(0)
    for workers in (4, 8, 16):
        _, (near, far) = trained(monkeypatch, "shared", workers)
        assert near + far == pytest.approx(all_updates * (1 - 1 / workers))
        assert far == pytest.approx(all_updates * (1 - 4 / workers))
    assert trained(monkeypatch, "shared", 1)[1] == pytest.approx((0, 0))


def test_copies_keep_lines_from_moving(monkeypatch):
    _, shared = trained(monkeypatch, "shared", 8)
    _, copies = trained(monkeypatch, "copies", 8, waits=16)
    _, groups = trained(monkeypatch, "groups", 8, waits=16)
    assert sum(copies) < sum(shared) / 2
    assert groups[1] < shared[1] / 2
    assert groups[0] > copies[0]


@pytest.mark.parametrize("design, workers, number", [("shared", 9, 1), ("copies", 9, 9), ("groups", 9, 3)])
def test_views(design, workers, number):
    assert views(design, workers, 4) == number
