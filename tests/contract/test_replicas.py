"""Copies of the hottest rows change who writes where, not what is learned."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from problems import ALL_OBJECTIVES, ARCHITECTURES, SUBWORD_ARCHITECTURES, plain, run, tree_of, with_features

from w2vcore.architectures.registry import architecture as find
from w2vcore.backends import replicas
from w2vcore.backends.replicas import Copied, HotRows, Replicas, copies_bytes, hot_rows, merge_locks
from w2vcore.backends.run_tables import plan_tables, word_rates
from w2vcore.backends.threads import ThreadsBackend
from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.features import Features
from w2vcore.objectives.hierarchical_softmax import HierarchicalSoftmax
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.objectives.negative_sampling import NegativeSampling
from w2vcore.objectives.registry import objective

VOCABULARY = 40
LENGTHS = [25, 1, 0, 60, 3] * 4

architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(ALL_OBJECTIVES))


@pytest.fixture(autouse=True)
def _few_words_are_enough(monkeypatch):
    """The problems here are small, and are about what copies do, not about where they pay."""
    monkeypatch.setattr(replicas, "FEWEST_WORDS", 1)
    monkeypatch.setattr(replicas, "FEWEST_UPDATES", 0)


def problem_of(architecture, objectives, **settings):
    problem = plain(VOCABULARY, LENGTHS, **settings)
    return problem.with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


def copies_of(problem, hot):
    """So many rows of each matrix, merged as those of words without features are."""
    ends = {name: table.hot_end(word_rates(problem.plan)) for name, table in plan_tables(problem.plan).items()}
    if not hot:
        return Copied()
    return Copied(
        {
            name: HotRows(replicas.doubling_stops(min(hot, len(matrix))), ends[name])
            for name, matrix in problem.weights().matrices.items()
        }
    )


def in_turn(problem, copied, ticks):
    """Matrices after one epoch whose jobs go to the workers in turn; worker k trains on copies of copied[k]."""
    weights, config, plan = problem.weights(), problem.config, problem.plan
    locks, workers = merge_locks(weights), []
    for hot in copied:
        views = {name: WorkerMatrix(matrix) for name, matrix in weights.matrices.items()}
        copies = Replicas(config, views, hot, locks)
        targets = [(objective(name).selector(config, problem.counts), views[name]) for name in config.objectives]
        make = find(config.architecture).worker
        worker = make(config, plan.keep, plan.lock, views["input"], targets, np.zeros(1, np.int32), plan.features)
        copies.trained(replicas.WORDS_BEFORE)
        assert {name for name, view in views.items() if view.private} == set(hot.matrices)
        workers.append((worker, copies))
    jobs = problem.jobs(range(30, problem.words, 30))
    for job, (worker, _), tick in zip(jobs, cycle(workers), cycle(ticks), strict=False):
        worker.run(job.batch, job.start, job.stop, job.position, job.alpha, 0, tick)
    for _, copies in workers:
        copies.attach()
    return weights.matrices


@architectures
@objectives
@pytest.mark.parametrize("rows", [1, 7, VOCABULARY - 1, VOCABULARY, 1000])
@pytest.mark.parametrize("ticks", [[1], [3, 50], [10**9]], ids=["each block", "now and then", "at the end"])
def test_a_worker_alone_learns_the_same_bits_on_copies(architecture, objectives, rows, ticks):
    problem = problem_of(architecture, objectives)
    expected = in_turn(problem, [Copied()], [1])
    for name, matrix in in_turn(problem, [copies_of(problem, rows)], ticks).items():
        np.testing.assert_array_equal(matrix, expected[name])


def assert_changes_add_up(problem, copied, tolerance=0.005):
    """At a rate so low that no score changes, what each learns does not depend on what it knows of the others."""
    problem = replace(problem, alpha=1e-4)
    before = problem.weights().matrices
    expected = in_turn(problem, [Copied()], [1])
    for name, matrix in in_turn(problem, copied, [5]).items():
        change, whole = matrix - before[name], expected[name] - before[name]
        # Scores that are some jobs old are off by 1e-3 of themselves at this rate, and each of some 500 roundings by 6e-8.
        # A job of 13 that was lost would show as 8 % of all changes.
        assert np.linalg.norm(change - whole) < tolerance * np.linalg.norm(whole) + 1e-5


@architectures
@objectives
@pytest.mark.parametrize("rows", [[0, 1000], [0, 7], [0, 1000, 1000], [1000, 1000, 1000, 1000]])
def test_the_changes_of_all_workers_add_up(architecture, objectives, rows):
    problem = problem_of(architecture, objectives)
    assert_changes_add_up(problem, [copies_of(problem, hot) for hot in rows])


FEATURES = {
    "features": with_features(plain(VOCABULARY, LENGTHS)),
    "features with weights": with_features(plain(VOCABULARY, LENGTHS), weighted=True),
    "subsampled": with_features(plain(VOCABULARY, LENGTHS, keep=[2**31, 2**32 - 1])),
    "no order of words": with_features(plain(VOCABULARY, LENGTHS, counts=np.arange(VOCABULARY) % 7 + 1)),
}
with_bags = pytest.mark.parametrize(
    "case, architecture",
    [
        (case, settings)
        for case in FEATURES
        for settings in (
            *SUBWORD_ARCHITECTURES.values(),
            *(each for each in ARCHITECTURES.values() if each.get("negative_sharing") != "window"),
        )
    ],
    ids=str,
)


def copies_of_bags(problem, monkeypatch, rows):
    """What a worker copies, of at most so many rows."""
    problem = problem.with_config(workers=2)
    row_bytes = sum(4 * matrix.shape[1] for matrix in problem.weights().matrices.values())
    monkeypatch.setattr(replicas, "MOST_BYTES", 2 * rows * row_bytes)
    return hot_rows(problem.plan, problem.weights())


@with_bags
@pytest.mark.parametrize("objectives", ["negative", "tree"])
def test_a_worker_alone_learns_the_same_bits_on_copies_of_features(case, architecture, objectives, monkeypatch):
    problem = FEATURES[case].with_config(**architecture, objectives=ALL_OBJECTIVES[objectives])
    copied = copies_of_bags(problem, monkeypatch, 20)
    assert "input" in copied.matrices
    expected = in_turn(problem, [Copied()], [1])
    for name, matrix in in_turn(problem, [copied], [3, 50]).items():
        np.testing.assert_array_equal(matrix, expected[name])


@with_bags
@pytest.mark.parametrize("objectives, workers", [("negative", 2), ("negative", 3), ("tree", 2)])
def test_the_changes_in_features_add_up(case, architecture, objectives, workers, monkeypatch):
    problem = FEATURES[case].with_config(**architecture, objectives=ALL_OBJECTIVES[objectives])
    copied = copies_of_bags(problem, monkeypatch, 20)
    # a score changes more where all rows of a bag change
    assert_changes_add_up(problem, [Copied(), *[copied] * (workers - 1)], 0.03)


@architectures
@objectives
def test_one_job_is_the_same_for_any_number_of_workers(architecture, objectives, monkeypatch):
    problem = problem_of(architecture, objectives)
    _, expected = run(ThreadsBackend(), problem, 3)
    monkeypatch.setattr(replicas, "WORDS_BEFORE", 1)
    for workers in (2, 3, 4):
        _, result = run(ThreadsBackend(), problem.with_config(workers=workers), 3)
        for name, matrix in result.items():
            np.testing.assert_array_equal(matrix, expected[name])


@pytest.mark.parametrize(
    "settings, counts, copied",
    [
        ({"workers": 1}, [5, 4, 3], False),
        ({"workers": 2}, [5, 4, 3], True),
        ({"workers": 2}, [5, 5, 5], True),
        ({"workers": replicas.MOST_WORKERS}, [5, 4, 3], True),
        ({"workers": replicas.MOST_WORKERS + 1}, [5, 4, 3], False),
        ({"workers": 2}, [5, 4, 6], False),
        ({"workers": 2, "ns_exponent": 0.0}, [5, 4, 3], True),
        ({"workers": 2, "ns_exponent": -0.5}, [5, 4, 3], False),
        ({"workers": 2, "ns_exponent": -0.5, "objectives": ("tree",)}, [5, 4, 3], True),
    ],
)
def test_rows_are_copied_where_the_first_are_the_hottest(settings, counts, copied):
    problem = plain(3, counts=counts).with_config(**settings)
    assert bool(hot_rows(problem.plan, problem.weights()).matrices) == copied


def test_nodes_are_copied_where_the_last_are_the_hottest():
    """New words that are rare keep the order of the words, but their nodes come after the root."""
    problem = plain(3, counts=[50, 40, 3, 1]).with_config(workers=2, objectives=("tree",))
    for tree, copied in ((None, True), (huffman_tree(problem.counts), True), (tree_of(problem.counts, 3), False)):
        made = replace(problem, tree=tree)
        assert bool(hot_rows(made.plan, made.weights()).matrices) == copied


def test_few_words_are_not_copied(monkeypatch):
    problem = plain(3, workers=2)
    monkeypatch.setattr(replicas, "FEWEST_WORDS", len(problem.counts))
    assert hot_rows(problem.plan, problem.weights()).matrices
    monkeypatch.setattr(replicas, "FEWEST_WORDS", len(problem.counts) + 1)
    assert not hot_rows(problem.plan, problem.weights()).matrices


@pytest.mark.parametrize("workers", [2, 3, 4])
def test_copies_keep_to_their_memory(workers):
    problem = plain(10_000, (5,), vector_size=100, workers=workers)
    (rows,) = {hot.number for hot in hot_rows(problem.plan, problem.weights()).matrices.values()}
    row_bytes = 2 * 112 * 4  # an input row and a target row, padded
    together = 2 * (workers - 1) * row_bytes  # each copy, and what it was
    assert replicas.MOST_BYTES - together < rows * together <= replicas.MOST_BYTES
    assert copies_bytes(workers, 10 * row_bytes) == 10 * together
    assert copies_bytes(workers, 10**9) == replicas.MOST_BYTES


def test_merges_are_rarer_for_few_workers_and_late_in_training():
    def interval(workers, alpha, *objectives, words=replicas.EARLY_WORDS):
        problem = plain(workers=workers, objectives=objectives)
        copies = Replicas(problem.config, {}, replace(hot_rows(problem.plan, problem.weights()), matrices={}), {})
        copies.trained(words // workers)
        copies.attach()  # the end of an epoch
        return copies.merge_interval(alpha)

    first, blocks, of_tree = plain().config.alpha, NegativeSampling.merge_interval, HierarchicalSoftmax.merge_interval
    assert interval(2, first, "negative") == blocks == replicas.MOST_BLOCKS
    assert interval(2, first / 2, "negative") == 2 * blocks
    assert interval(4, first, "negative") == blocks // 16
    assert interval(2, 0.0, "negative") == interval(2, first / 1000, "negative") == 16 * blocks
    assert interval(2, first, "negative", words=0) == blocks // replicas.EARLY
    assert interval(2, first, "tree") == interval(2, first, "tree", "negative") == of_tree
    assert interval(4, first, "tree") == of_tree // 4


def test_the_hottest_rows_of_words_with_features_are_copied_wherever_they_are(monkeypatch):
    """Word i has the row i, and all words the last one, which is the hottest; the target of each word is copied, too."""
    problem = replace(plain(3, counts=[50, 30, 20]), features=Features.of([[0, 3], [1, 3], [2, 3]]))
    problem = problem.with_config(architecture="subword_skipgram", workers=2)
    copied = hot_rows(problem.plan, problem.weights())
    assert copied.matrices["input"].rows.tolist() == [3, 0, 1, 2]
    assert [copied.features.bag(id)[0].tolist() for id in range(3)] == [[5, 4], [6, 4], [7, 4]]
    assert (copied.matrices["negative"].end, copied.matrices["negative"].number) == ("first", 3)
    monkeypatch.setattr(replicas, "FEWEST_UPDATES", 10**9)
    assert not hot_rows(problem.plan, problem.weights()).matrices


def test_rows_with_features_wait_for_a_number_of_updates_of_their_own():
    problem = with_features(plain(VOCABULARY, LENGTHS)).with_config(architecture="subword_skipgram", workers=2)
    plan = problem.plan
    copied, tables, words = hot_rows(plan, problem.weights()), plan_tables(plan), word_rates(plan)
    blocks_of_a_word = words.centres.sum() * words.examples
    for name, most in (("input", replicas.INPUT_UPDATES), ("negative", replicas.TARGET_UPDATES)):
        rates, hot = tables[name].update_rates(words), copied.matrices[name]
        rows = np.arange(hot.number) if hot.rows is None else hot.rows
        ticks = 2 ** np.searchsorted(hot.stops, np.arange(hot.number), side="right")
        updates = rates[rows] * copied.interval / blocks_of_a_word * ticks
        assert (updates <= most * (1 + 1e-9)).all()
        assert (2 * updates[updates > 0] > most * (1 - 1e-9)).all()


def test_rows_whose_locks_go_by_their_numbers_are_shared():
    problem = with_features(plain(lock=np.arange(50) % 4 != 0)).with_config(workers=2)
    assert "input" not in hot_rows(problem.plan, problem.weights()).matrices


def test_targets_that_are_not_in_order_are_shared():
    problem = with_features(plain(3, counts=[5, 4, 6])).with_config(workers=2)
    assert list(hot_rows(problem.plan, problem.weights()).matrices) == ["input"]
