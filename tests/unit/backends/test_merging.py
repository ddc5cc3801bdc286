"""Which rows are merged when, and what is made of the changes of all ranks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import ARCHITECTURES, OBJECTIVES, plain, run

from w2vcore.backends import merging
from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import Job
from w2vcore.backends.distributed import DistributedBackend, split
from w2vcore.backends.merging import Merger, Schedule
from w2vcore.backends.stiffness import SLOPE, Stiffness, moments, part, stiffness, updates_per_word
from w2vcore.backends.team import simulate, simulated
from w2vcore.backends.threads import ThreadsBackend
from w2vcore.corpus.encoding import Batch

pytestmark = pytest.mark.timeout(120)

architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(OBJECTIVES))


heats = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=60).map(lambda heat: np.array(sorted(heat, reverse=True)))


@given(heat=heats, first=st.integers(1, 40))
def test_blocks_are_all_rows_and_are_merged_whole(heat, first):
    schedule = Schedule.of(heat, first)
    assert [row for start, stop in schedule.blocks for row in range(start, stop)] == list(range(len(heat)))
    assert {schedule.rows_at(tick) for tick in range(1, 300)} <= set(schedule.stops)
    assert schedule.rows_at(1) >= min(first, len(heat))


@given(heat=heats, first=st.integers(1, 40))
def test_no_row_is_met_more_often_between_merges_than_the_first_that_waits(heat, first):
    schedule = Schedule.of(heat, first)
    for level, (start, stop) in enumerate(schedule.blocks):
        for row in range(max(start, first), stop):
            assert heat[row] * 2**level <= heat[min(first, len(heat)) - 1] * 1.001


def test_each_block_is_merged_half_as_often_as_the_one_before():
    schedule = Schedule.of(1 / np.arange(1, 101), 4)
    assert schedule.stops == (7, 15, 31, 63, 100)
    due = [schedule.rows_at(tick) for tick in range(1, 65)]
    assert [sum(rows >= stop for rows in due) for stop in schedule.stops] == [64, 32, 16, 8, 4]


def test_rows_that_are_never_met_are_merged_at_the_end():
    assert Schedule.of(np.array([1.0, 0.0]), 1).stops[-2:] == (1, 2)


@given(effort=st.floats(0, 1e6), ranks=st.integers(1, 64))
def test_a_row_takes_between_the_mean_and_the_sum(effort, ranks):
    (share,) = part(np.array([effort], np.float32), ranks)
    assert (1 - 1e-5) / ranks <= share <= 1 + 1e-6


def test_the_part_makes_n_ranks_go_as_far_as_one_alone():
    """Rows that are pulled to a place: N ranks that each do k steps end up where one is after N k steps."""
    pull, steps, ranks = 0.004, 30, 8
    own = 1 - (1 - pull) ** steps
    together = ranks * own * part(np.array([pull * steps], np.float32), ranks)[0]
    assert together == pytest.approx(1 - (1 - pull) ** (ranks * steps), rel=2e-3)


def test_each_direction_takes_its_own_part():
    """Rows drawn towards a place with another force in each direction: the formula, by matrices."""
    rng = np.random.default_rng(3)
    others = rng.normal(size=(400, 20)).astype(np.float32) * np.r_[5, 3, 2, 1, 1, 1, 1, 1, np.full(12, 0.3)]
    others = others.astype(np.float32) @ np.linalg.qr(rng.normal(size=(20, 20)))[0].astype(np.float32)
    pull = stiffness(moments(others, np.full(400, 1 / 400, np.float32)), 20)
    values, vectors = np.linalg.eigh(np.cov(others.T, bias=True) + np.outer(others.mean(0), others.mean(0)))
    np.testing.assert_allclose(pull.steep, SLOPE * values[::-1][:8], rtol=1e-3)
    assert pull.flat == pytest.approx(SLOPE * values[:12].mean(), rel=1e-3)
    changes = rng.normal(size=(6, 20)).astype(np.float32)
    effort = np.linspace(0, 3, 6).astype(np.float32)
    expected = changes.copy().astype(float)
    for row in range(6):
        forces = np.r_[np.full(12, SLOPE * values[:12].mean()), SLOPE * values[12:]]
        factors = part((effort[row] * forces).astype(np.float32), 4)
        expected[row] = vectors @ (factors * (vectors.T @ changes[row]))
    pull.weaken(changes, effort, 4)
    np.testing.assert_allclose(changes, expected, rtol=1e-3, atol=1e-4)


def test_rows_that_have_not_been_met_take_the_whole_sum():
    changes = np.ones((2, 4), np.float32)
    Stiffness(np.eye(4, 2, dtype=np.float32), np.array([9, 1], np.float32), 0.5).weaken(
        changes, np.zeros(2, np.float32), 8
    )
    np.testing.assert_allclose(changes, 1, rtol=1e-5)


@architectures
@pytest.mark.parametrize("name", ["input", "negative", "tree"])
def test_updates_are_foretold_as_they_happen(architecture, name):
    """Count, over long random sentences, how often the reference changes each row."""
    objective = "tree" if name == "tree" else "negative"
    counts = [400, 200, 100, 50, 25, 12, 6, 3]
    rng = np.random.default_rng(3)
    text = rng.choice(8, 6000, p=np.array(counts) / sum(counts)).tolist()
    problem = plain(8, lengths=(), counts=counts, window=3, vector_size=4).with_config(
        **ARCHITECTURES[architecture], objectives=(objective,)
    )
    object.__setattr__(problem, "sentences", [text])
    foretold = updates_per_word(name, problem.plan)
    config = problem.config
    pairs = config.window + 1
    share = np.array(counts) / sum(counts)
    if name == "input":
        expected = share * pairs
    elif name == "negative":
        noise = np.array(counts) ** config.ns_exponent
        expected = (share + config.negative * noise / noise.sum()) * (pairs if architecture != "cbow" else 1)
    else:
        assert foretold[-1] == pytest.approx(foretold.max())  # the root
        expected = None
    if expected is not None:
        np.testing.assert_allclose(foretold, expected, rtol=1e-9)
    else:
        assert foretold[-1] == pytest.approx(pairs if architecture != "cbow" else 1)


def ranks_of(problem, size):
    """Jobs of each rank: runs of whole sentences, at their places in the whole corpus."""
    parts, position = [], problem.position
    bounds = np.linspace(0, len(problem.sentences), size + 1).astype(int)
    for start, stop in pairwise(bounds):
        sentences = problem.sentences[start:stop]
        ids = np.array([word for sentence in sentences for word in sentence], np.uint32)
        offsets = np.cumsum([0, *(len(sentence) for sentence in sentences if sentence)], dtype=np.int64)
        batch = Batch(ids, offsets, len(ids), len(sentences))
        parts.append(Job(batch, 0, len(ids), problem.alpha, position, len(ids), len(sentences)))
        position += len(ids)
    return parts


def train(problem, size, epochs=2):
    """(stats, matrices) of each rank."""
    jobs = ranks_of(problem, size)

    def program(rank):
        weights = problem.weights()
        backend = DistributedBackend(Agreement(simulated.get()), ThreadsBackend())
        backend.open(problem.plan, weights)
        for epoch in range(epochs):
            stats = backend.run(epoch, iter([jobs[rank]]), lambda job, stats: None)
        backend.close()
        return stats, weights.matrices

    return simulate(size, program)


@architectures
@objectives
@pytest.mark.parametrize("size", [2, 3])
def test_ranks_train_every_word_once_and_end_with_one_model(architecture, objectives, size, monkeypatch):
    monkeypatch.setattr(merging, "FIRST_ROWS", 4)
    monkeypatch.setattr(merging, "SHORTEST", 20)
    problem = plain(40, [25, 1, 0, 60, 3, 14] * 4, keep=[2**32 - 1, 2**31]).with_config(
        **ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives]
    )
    expected, _ = run(ThreadsBackend(), problem, 2, rates=(1.0,))
    results = train(problem, size)
    again = train(problem, size)
    for (stats, matrices), (_, same) in zip(results, again, strict=True):
        assert stats.raw_words == expected.raw_words // 2
        assert stats.sentences == expected.sentences // 2
        for name, matrix in matrices.items():
            np.testing.assert_array_equal(matrix, results[0][1][name])
            np.testing.assert_array_equal(matrix, same[name])


@architectures
@objectives
def test_at_a_low_rate_the_changes_of_all_ranks_add_up(architecture, objectives, monkeypatch):
    """No score changes then, so that it does not matter what a rank knows of the others."""
    monkeypatch.setattr(merging, "FIRST_ROWS", 4)
    monkeypatch.setattr(merging, "SHORTEST", 30)
    problem = plain(40, [25, 1, 0, 60, 3] * 4).with_config(
        **ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives]
    )
    object.__setattr__(problem, "alpha", 1e-4)
    before = problem.weights().matrices
    _, expected = run(ThreadsBackend(), problem, 1)
    size = problem.config.vector_size
    for name, matrix in train(problem, 3, epochs=1)[0][1].items():
        change, whole = (matrix - before[name])[:, :size], expected[name] - before[name][:, :size]
        # off by the part (1e-3 of a change for the hottest rows at this rate), and by roundings
        assert np.linalg.norm(change - whole) < 0.01 * np.linalg.norm(whole) + 1e-5


@given(tokens=st.integers(1, 9))
def test_a_split_job_is_the_whole(tokens):
    batch = Batch(np.zeros(14, np.uint32), np.array([0, 14]), 30, 4)
    job = Job(batch, 3, 13, 0.1, 100, raw_words=27, sentences=3)
    first, second = split(job, tokens)
    assert (first.start, first.stop, second.start, second.stop) == (3, 3 + tokens, 3 + tokens, 13)
    assert first.raw_words + second.raw_words == 27
    assert first.sentences + second.sentences == 3
    assert min(first.raw_words, second.raw_words, first.sentences, second.sentences) >= 0


def test_rows_that_are_not_in_order_of_frequency_are_merged_by_frequency(monkeypatch):
    monkeypatch.setattr(merging, "FIRST_ROWS", 2)
    problem = plain(6, counts=[1, 9, 3, 7, 2, 3])

    def program(rank):
        weights = problem.weights()
        matrix = weights.matrices["input"]
        before = matrix.copy()
        merger = Merger(problem.plan, weights, simulated.get())
        matrix += 1
        merger.merge(0.0, False)
        return np.flatnonzero((matrix - before)[:, 0] > 1.5).tolist()

    assert simulate(2, program) == [[1, 3], [1, 3]]


def test_bytes_are_counted_as_the_schedule_says(monkeypatch):
    monkeypatch.setattr(merging, "FIRST_ROWS", 8)
    problem = plain(40, counts=[2**20 // row for row in range(1, 41)], vector_size=16, ns_exponent=1.0)

    def program(rank):
        merger = Merger(problem.plan, problem.weights(), simulated.get())
        for _ in range(5):
            merger.merge(0.0, False)
        merger.merge(0.0, True)
        return merger.bytes

    schedule = Schedule.of(1 / np.arange(1, 41), 8)
    assert schedule.stops == (15, 31, 40)
    rows = 15 + 31 + 15 + 40 + 15 + 40
    assert simulate(2, program) == [rows * 2 * 16 * 4] * 2
