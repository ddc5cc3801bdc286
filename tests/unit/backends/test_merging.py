"""Which rows are merged when, and what is made of the changes of all ranks."""

import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import ALL_OBJECTIVES, ARCHITECTURES, plain, run

from w2vcore.architectures.cbow import Cbow
from w2vcore.backends import merging
from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import Job
from w2vcore.backends.curvature import SLOPE, curvature, moments, one_blas_thread
from w2vcore.backends.distributed import DistributedBackend, split
from w2vcore.backends.merging import LONGEST, Merger, Schedule, _Matrix, curvature_parts, interval_after, pace
from w2vcore.backends.run_tables import plan_tables, word_rates
from w2vcore.backends.team import simulate, simulated
from w2vcore.backends.threads import ThreadsBackend
from w2vcore.corpus.encoding import Batch
from w2vcore.kernels._merge_ranks import MOST_EIGENVECTORS, RankMatrix
from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import input_table
from w2vcore.model.weights import zeros
from w2vcore.objectives.negative_sampling import NegativeSampling

pytestmark = pytest.mark.timeout(120)

GROWTH = NegativeSampling.growth

architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(ALL_OBJECTIVES))


heats = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=60).map(lambda heat: np.array(sorted(heat, reverse=True)))


@given(heat=heats, first=st.integers(1, 40))
def test_blocks_are_all_rows_and_are_merged_whole(heat, first):
    schedule = Schedule.of(heat, first)
    assert [row for start, stop in schedule.blocks for row in range(start, stop)] == list(range(len(heat)))
    assert {schedule.rows_at(tick) for tick in range(1, 300)} <= set(schedule.stops)
    assert schedule.rows_at(1) >= min(first, len(heat))


@given(heat=heats, first=st.integers(1, 40))
def test_no_row_waits_longer_than_the_root_of_how_rare_it_is(heat, first):
    schedule = Schedule.of(heat, first)
    for level, (start, stop) in enumerate(schedule.blocks):
        for row in range(max(start, first), stop):
            assert 2**level <= np.sqrt(heat[min(first, len(heat)) - 1] / heat[row]) * 1.001


def test_each_block_is_merged_half_as_often_as_the_one_before():
    schedule = Schedule.of(1 / np.arange(1, 101.0) ** 2, 4)
    assert schedule.stops == (7, 15, 31, 63, 100)
    due = [schedule.rows_at(tick) for tick in range(1, 65)]
    assert [sum(rows >= stop for rows in due) for stop in schedule.stops] == [64, 32, 16, 8, 4]


def test_rows_that_are_never_met_are_merged_at_the_end():
    assert Schedule.of(np.array([1.0, 0.0]), 1).stops[-2:] == (1, 2)


@pytest.mark.parametrize(("objectives", "often"), [(("negative",), 1), (("tree",), 4), (("tree", "negative"), 4)])
def test_ranks_merge_as_often_as_one_of_the_objectives_asks(objectives, often):
    found = pace(plain(3, counts=[3, 2, 1], objectives=objectives).plan)
    assert found == (often, LONGEST // often)
    for trained in (0, 10**6, 10**9):
        assert interval_after(trained, 1, 2, *found) == interval_after(trained, 1, 2) // often


def part(lr, pull, growth, ranks):
    """What a row takes of the sum of all changes, in a direction in which it is pulled like that."""
    own, base = zeros(1, 16), zeros(1, 16)
    eigenvectors, eigenvalues = zeros(MOST_EIGENVECTORS, 16), np.zeros(MOST_EIGENVECTORS, np.float32)
    eigenvectors[0, 0], eigenvalues[0] = 1, pull
    accumulated_lr, log_growth = np.array([lr], np.float32), np.array([growth], np.float32)
    RankMatrix(own, base).merge_ranks(
        0, 1, np.ones((1, 16), np.float32), accumulated_lr, log_growth, eigenvectors, eigenvalues, 0, ranks
    )
    return own[0, 0]


def test_the_part_makes_n_ranks_go_as_far_as_one_alone():
    """Rows that are pulled to a place: N ranks that each do k steps end up where one is after N k steps."""
    pull, steps, ranks = 0.004, 30, 8
    own = 1 - (1 - pull) ** steps
    together = ranks * own * part(steps, pull, 0, ranks)
    assert together == pytest.approx(1 - (1 - pull) ** (ranks * steps), rel=2e-3)


@pytest.mark.parametrize("ranks", [2, 3, 8])
@pytest.mark.parametrize("more", [0.05, 0.3, 1])
def test_n_ranks_grow_as_much_as_one_alone(ranks, more):
    """Rows whose changes grow with the words trained, like the power GROWTH: after 1 + h times as many words."""
    words = 1e6
    matrix = _Matrix.of(input_table(16), zeros(3, 16), word_rates(plain(3, counts=[3, 2, 1]).plan))
    matrix.words[:] = more * words
    matrix.since[:] = 1e6
    growth = matrix.log_growth(matrix.accumulated_lr(3), words * (1 + more), GROWTH / ranks)[0]
    gone = lambda share: (1 + share) ** (GROWTH + 1) - 1  # noqa: E731
    together = ranks * gone(more / ranks) * part(0, 0, growth, ranks)
    # a rank's own growth within its interval is not that of the whole: an eighth of what was to be made good
    missed = gone(more) - ranks * gone(more / ranks)
    assert together == pytest.approx(gone(more), abs=missed / 8)


def test_at_the_very_beginning_growth_is_bounded():
    matrix = _Matrix.of(input_table(16), zeros(3, 16), word_rates(plain(3, counts=[3, 2, 1]).plan))
    matrix.words[:] = matrix.since[:] = 1000
    growth = matrix.log_growth(matrix.accumulated_lr(3), 1000, GROWTH / 8)[0]
    assert part(0, 0, growth, 8) < 2**GROWTH


def test_the_steepest_directions_are_found():
    """Rows drawn towards a place with another force in each direction."""
    rng = np.random.default_rng(3)
    others = rng.normal(size=(400, 20)).astype(np.float32) * np.r_[5, 3, 2, 1, 1, 1, 1, 1, np.full(12, 0.3)]
    others = others.astype(np.float32) @ np.linalg.qr(rng.normal(size=(20, 20)))[0].astype(np.float32)
    pull = curvature(moments(others, np.full(400, 1 / 400, np.float32)), 20)
    values, vectors = np.linalg.eigh(np.cov(others.T, bias=True) + np.outer(others.mean(0), others.mean(0)))
    np.testing.assert_allclose(pull.eigenvalues, SLOPE * values[::-1][:8], rtol=1e-3)
    assert pull.rest == pytest.approx(SLOPE * values[:12].mean(), rel=1e-3)
    along = np.abs(np.sum(pull.eigenvectors * vectors.T[::-1][:8], axis=1))
    np.testing.assert_allclose(along, 1, atol=1e-3)


@pytest.mark.parametrize("settings", [{}, {"cbow_mean": False}, {"cbow_corrected": True}])
def test_the_input_of_cbow_is_as_curved_as_the_sum_of_its_rows(settings):
    """Of rows that have nothing in common: what a target meets, and how far the score follows one input row."""
    contexts, config = 6, TrainingConfig(architecture="cbow", **settings)
    scale, error_scale = Cbow.scales(config, contexts)
    rows = np.random.default_rng(7).normal(size=(20_000, contexts, 3)).astype(np.float32) * np.float32([3, 2, 1])
    share = np.full(len(rows), 1 / len(rows), np.float32)
    of_input, of_target = curvature_parts(config, contexts)
    hidden = scale * rows.sum(axis=1)
    # the standard error of a ratio of two variances is 1.4 %: a false alarm once in a million runs
    np.testing.assert_allclose(
        np.diag(moments(hidden, share)), of_target * np.diag(moments(rows[:, 0], share)), rtol=0.08
    )
    target, moved = rows[0, 0], rows[1].copy()
    moved[2] += error_scale * target  # as far as an error of the size of the target moves it
    assert scale * (moved.sum(axis=0) - rows[1].sum(axis=0)) @ target == pytest.approx(of_input * target @ target, 1e-4)


def test_blas_keeps_to_one_thread_while_ranks_look_at_their_rows():
    pools = pytest.importorskip("threadpoolctl", reason="threadpoolctl is not installed")

    def threads():
        return [pool["num_threads"] for pool in pools.threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    with one_blas_thread():
        assert threads() == [1] * len(before)
    assert threads() == before


def test_a_training_that_diverges_is_stopped_on_all_ranks():
    problem = plain(6)

    def program(rank):
        weights = problem.weights()
        if rank == 0:
            weights.matrices["input"][1, 2] = np.nan
        merger = Merger(problem.plan, weights, simulated.get())
        with pytest.raises(RuntimeError, match="the training diverges; lower alpha"):
            merger.merge(0, 0, 0, False)
        return rank

    assert simulate(2, program) == [0, 1]


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
    foretold = plan_tables(problem.plan)[name].update_rates(word_rates(problem.plan))
    config = problem.config
    pairs = config.window + 1
    share = np.array(counts) / sum(counts)
    if name == "input":
        expected = share * pairs
    elif name == "negative":
        noise = np.array(counts) ** config.ns_exponent
        expected = (share + config.negative * noise / noise.sum()) * (pairs if architecture != "cbow" else 1)
    else:
        assert foretold[-2] == pytest.approx(foretold.max())  # the root
        expected = None
    if expected is not None:
        np.testing.assert_allclose(foretold, expected, rtol=1e-9)
    else:
        assert foretold[-2] == pytest.approx(pairs if architecture != "cbow" else 1)
        assert foretold[-1] == 0  # no node's row


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
    monkeypatch.setattr(merging, "SHORTEST", 40)
    problem = plain(40, [25, 1, 0, 60, 3, 14] * 4, keep=[2**32 - 1, 2**31]).with_config(
        **ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives]
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
    monkeypatch.setattr(merging, "SHORTEST", 60)
    problem = plain(40, [25, 1, 0, 60, 3] * 4).with_config(
        **ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives]
    )
    object.__setattr__(problem, "alpha", 1e-4)
    before = problem.weights().matrices
    _, expected = run(ThreadsBackend(), problem, 1)
    size = problem.config.vector_size
    for name, matrix in train(problem, 3, epochs=1)[0][1].items():
        change, whole = (matrix - before[name])[:, :size], expected[name] - before[name][:, :size]
        # off by the part (1e-3 of a change for the hottest rows at this rate), and by roundings
        assert np.linalg.norm(change - whole) < 0.01 * np.linalg.norm(whole) + 1e-5


def test_a_brief_run_of_one_worker_is_trained_in_the_calling_thread(monkeypatch):
    problem = plain(40, [25, 1, 0, 60, 3] * 4)
    expected = run(ThreadsBackend(), problem, 2)
    monkeypatch.setattr(threading, "Thread", None)  # none can be started
    brief = ThreadsBackend()
    monkeypatch.setattr(
        brief, "open", lambda plan, weights: ThreadsBackend.open(brief, replace(plan, short_runs=True), weights)
    )
    stats, matrices = run(brief, problem, 2)
    assert stats == expected[0]
    for name, matrix in matrices.items():
        np.testing.assert_array_equal(matrix, expected[1][name])


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
    problem = plain(6, counts=[1, 900, 3, 700, 2, 3])

    def program(rank):
        weights = problem.weights()
        matrix = weights.matrices["input"]
        before = matrix.copy()
        merger = Merger(problem.plan, weights, simulated.get())
        matrix += 1
        merger.merge(0, 0, 0, False)
        return np.flatnonzero((matrix - before)[:, 0] > 1.5).tolist()

    assert simulate(2, program) == [[1, 3], [1, 3]]


def test_bytes_are_counted_as_the_schedule_says(monkeypatch):
    monkeypatch.setattr(merging, "FIRST_ROWS", 8)
    problem = plain(40, counts=[2**20 // row for row in range(1, 41)], vector_size=16, ns_exponent=1.0)

    def program(rank):
        merger = Merger(problem.plan, problem.weights(), simulated.get())
        for _ in range(5):
            merger.merge(0, 0, 0, False)
        merger.merge(0, 0, 0, True)
        return merger.bytes

    schedule = Schedule.of(1 / np.arange(1, 41.0), 8)
    assert schedule.stops == (31, 40)
    rows = 31 + 40 + 31 + 40 + 31 + 40
    assert simulate(2, program) == [rows * 2 * 16 * 4] * 2
