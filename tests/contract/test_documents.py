"""Architectures of documents: what the reference computes, by every backend that trains them."""

from dataclasses import replace

import numpy as np
import pytest
from problems import ALL_OBJECTIVES, batch_of, plain, run
from same_training import BORDERS, assert_same_bits, assert_same_training

from w2vcore.backends import replicas
from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import Job
from w2vcore.backends.distributed import DistributedBackend
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import create
from w2vcore.backends.replicas import hot_rows
from w2vcore.backends.team import simulate, simulated
from w2vcore.backends.threads import ThreadsBackend

V = 30  # of plain()
HALF = 2**31
objectives = pytest.mark.parametrize("objectives", sorted(ALL_OBJECTIVES))


def with_tags(problem, *tags):
    """The same sentences, with these tags in turn: rows after those of the words."""
    given = tags or ([0], [1, 2], [], [2, 0, 3])
    rows = [[len(problem.counts) + tag for tag in given[place % len(given)]] for place in range(len(problem.sentences))]
    return replace(problem, tags=rows)


CASES = {
    "tags": with_tags(plain()),
    "one tag each": with_tags(plain(), *([number] for number in range(6))),
    "a tag that is a word": replace(plain(), tags=[[1], [], [0, 1], [2], [], [1]]),
    "the same tag twice": with_tags(plain(), [0, 0, 1]),
    "many tags": with_tags(plain(), range(60), [7]),
    "sentences of one word": with_tags(replace(plain(3), sentences=[[0], [1], [2], [1]]), [0], [1, 2], []),
    "long documents": with_tags(plain(lengths=(300, 1, 40)), [0], [1], [2]),
    "locks": with_tags(plain(lock=np.arange(35) % 3 != 0)),
    "subsampled": with_tags(plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2])),
    "far into a corpus": replace(with_tags(plain(keep=[HALF])), position=2**32 - 12),
}
cases = pytest.mark.parametrize("case", CASES)


def problem_of(case, objectives):
    return CASES[case].with_config(architecture="dbow", objectives=ALL_OBJECTIVES[objectives])


@cases
@objectives
def test_threads_compute_what_the_reference_does(case, objectives):
    problem = problem_of(case, objectives)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert expected[0].examples > 0
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected)


@cases
@objectives
def test_jobs_that_begin_inside_documents_change_nothing(case, objectives):
    problem = problem_of(case, objectives)
    stats, matrices = run(ThreadsBackend(), problem, 2)
    for borders in (BORDERS, range(1, problem.words)):
        cut_stats, cut_matrices = run(ThreadsBackend(), problem, 2, borders)
        assert_same_bits(cut_matrices, matrices)
        np.testing.assert_allclose(cut_stats.loss, stats.loss, rtol=1e-12)
        assert replace(cut_stats, loss=0) == replace(stats, loss=0)


# ---------------------------------------------------------------------- inputs side by side


def joined(case, objectives, tags=1):
    settings = {"architecture": "dm_concat", "window": 3, "joined_tags": tags, "padding": 4}
    return JOINED[case].with_config(**settings, objectives=ALL_OBJECTIVES[objectives])


JOINED = {
    "one tag each": CASES["one tag each"],
    "windows of one size": CASES["one tag each"].with_config(shrink_windows=False),
    "a tag that is a word": replace(plain(), tags=[[1], [3], [0], [2], [0], [1]]),
    "short documents": with_tags(replace(plain(5), sentences=[[0], [1, 2], [], [2], [1, 3, 1]]), [0], [1], [2]),
    "locks": with_tags(plain(lock=np.arange(35) % 3 != 0), *([number] for number in range(5))),
    "subsampled": with_tags(plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2]), [0], [1], [2], [3]),
    "vectors of a few numbers": with_tags(plain(vector_size=7), [0], [1]),
}
joined_cases = pytest.mark.parametrize("case", JOINED)


@joined_cases
@objectives
def test_joined_windows_are_trained_as_by_the_reference(case, objectives):
    problem = joined(case, objectives)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert expected[0].examples == expected[0].words > 0
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected)
    _, matrices = run(ThreadsBackend(), problem, 2)
    _, cut = run(ThreadsBackend(), problem, 2, range(1, problem.words))
    assert_same_bits(cut, matrices)


@objectives
def test_two_tags_are_joined_in_their_order(objectives):
    problem = replace(joined("one tag each", objectives, 2), tags=[[30 + n, 30 + (3 * n + 1) % 5] for n in range(6)])
    expected = run(ReferenceBackend(np.float64), problem, 2)
    assert_same_training(run(ThreadsBackend(), problem, 2), expected)
    turned = replace(problem, tags=[tags[::-1] for tags in problem.tags])
    assert (run(ThreadsBackend(), turned)[1]["input"] != run(ThreadsBackend(), problem)[1]["input"]).any()


@pytest.mark.parametrize("backend", ["threads", "reference"])
def test_another_number_of_tags_is_refused(backend):
    for tags in ([[30], [31, 30], [30], [30], [30], [30]], [[30], [], [30], [30], [30], [30]]):
        problem = replace(joined("one tag each", "negative"), tags=tags)
        with pytest.raises(ValueError, match="each document must have 1 tags"):
            run(create(backend), problem)
    with pytest.raises(ValueError, match="each document must have 1 tags, and these have none"):
        run(create(backend), replace(problem, tags=None))


def test_joined_windows_are_refused_where_they_cannot_be_trained():
    problem = joined("one tag each", "negative")
    with pytest.raises(ValueError, match="dm_concat"):
        create("cuda").open(problem.plan, problem.weights())
    with pytest.raises(ValueError, match="window must be a number of words"):
        create("threads").open(problem.with_config(window="sentence").plan, problem.weights())

    def rank(number):
        backend = DistributedBackend(Agreement(simulated.get()), ThreadsBackend())
        with pytest.raises(ValueError, match="is trained by one process"):
            backend.open(problem.plan, problem.weights())

    simulate(2, rank)


# ---------------------------------------------------------------------- DBOW


@objectives
def test_several_workers_train_the_same_examples(objectives):
    problem = problem_of("tags", objectives).with_config(compute_loss=False)
    stats, _ = run(ThreadsBackend(), problem, 1, BORDERS)
    result, matrices = run(ThreadsBackend(), problem.with_config(workers=3), 1, BORDERS)
    assert result == stats
    assert all(np.isfinite(matrix).all() for matrix in matrices.values())


@objectives
@pytest.mark.parametrize("settings", [{"window": 1}, {"window": "sentence"}, {"shrink_windows": False}])
def test_windows_mean_nothing(objectives, settings):
    problem = problem_of("subsampled", objectives)
    _, expected = run(ThreadsBackend(), problem)
    _, matrices = run(ThreadsBackend(), problem.with_config(**settings))
    assert_same_bits(matrices, expected)


def test_input_rows_of_words_are_not_trained_and_each_tag_is():
    problem = problem_of("one tag each", "negative")
    before = problem.weights().matrices["input"][:, :20]
    _, after = run(ThreadsBackend(), problem)
    moved = (after["input"] != before).any(axis=1)
    assert moved.tolist() == [False] * V + [bool(sentence) for sentence in problem.sentences]


def test_each_tag_of_a_word_is_an_example():
    problem = problem_of("tags", "negative")
    stats, _ = run(ThreadsBackend(), problem)
    assert stats.words == problem.words
    assert stats.examples == sum(len(s) * len(t) for s, t in zip(problem.sentences, problem.tags, strict=True))


def test_it_is_the_skip_gram_of_tags_alone():
    """Where a document has one word, skip-gram has no contexts, and trains the tags."""
    problem = with_tags(replace(plain(3), sentences=[[0], [1], [2], [1]] * 5), [0], [1, 2], [0])
    _, expected = run(ThreadsBackend(), problem.with_config(architecture="skipgram"))
    _, matrices = run(ThreadsBackend(), problem.with_config(architecture="dbow"))
    assert_same_bits(matrices, expected)


@pytest.mark.parametrize("backend", ["threads", "reference"])
def test_without_tags_nothing_is_trained(backend):
    problem = plain().with_config(architecture="dbow", objectives=("negative",))
    before = problem.weights().matrices
    stats, matrices = run(create(backend), problem)
    assert (stats.words, stats.examples) == (problem.words, 0)
    for name, matrix in matrices.items():
        np.testing.assert_array_equal(matrix, before[name][:, :20])


def test_a_gpu_refuses_it_by_name():
    problem = problem_of("tags", "negative")
    with pytest.raises(ValueError, match="dbow"):
        create("cuda").open(problem.plan, problem.weights())


def test_weights_of_contexts_are_refused():
    problem = problem_of("tags", "negative").with_config(window_weights="linear")
    with pytest.raises(ValueError, match="window_weights must be 'dynamic' with the architecture 'dbow'"):
        create("reference").open(problem.plan, problem.weights())


def test_ranks_add_up_what_each_has_learnt():
    """At a rate so low that no score changes, two ranks learn what one does."""
    problem = replace(problem_of("tags", "negative"), alpha=1e-4)
    tags = batch_of(problem.sentences, problem.tags).tags
    plan = replace(problem.plan, tag_words=np.bincount(tags.rows - V) * 10)
    before = problem.weights().matrices
    _, expected = run(ThreadsBackend(), problem)
    (whole,) = problem.jobs()

    def rank(number):
        backend = DistributedBackend(Agreement(simulated.get()), ThreadsBackend())
        weights, middle = problem.weights(), whole.stop // 2
        start, stop = (0, middle) if number == 0 else (middle, whole.stop)
        backend.open(replace(plan, first_token=start), weights)
        backend.run(0, iter([Job(whole.batch, start, stop, 1e-4, 0, stop - start, 0)]), lambda job, stats: None)
        backend.close()
        return weights.matrices

    first, second = simulate(2, rank)
    size = problem.config.vector_size
    for name, matrix in first.items():
        np.testing.assert_array_equal(matrix, second[name])
        learnt, wanted = (after[:, :size] - before[name][:, :size] for after in (matrix, expected[name]))
        assert np.linalg.norm(learnt - wanted) < 0.01 * np.linalg.norm(wanted) + 1e-6


def test_copies_are_made_unless_workers_meet_in_the_row_of_a_tag(monkeypatch):
    monkeypatch.setattr(replicas, "FEWEST_WORDS", 1)
    problem = problem_of("tags", "negative").with_config(workers=2)
    for words, copies in ((1_000, True), (50_000, False)):
        plan = replace(problem.plan, tag_words=np.array([10, words, 10, 10]))
        assert bool(hot_rows(plan, problem.weights()).matrices) is copies
