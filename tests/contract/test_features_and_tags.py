"""Ids that are bags of rows, and sentences that have rows of their own: what the reference computes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import ALL_OBJECTIVES, ARCHITECTURES, plain, run, with_features
from same_training import BORDERS, assert_same_bits, assert_same_training
from strategies import HEAVIEST, problems

from w2vcore.architectures.base import Architecture
from w2vcore.architectures.cbow import Cbow
from w2vcore.architectures.registry import ARCHITECTURES as ARCHITECTURES_BY_NAME
from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import Job
from w2vcore.backends.distributed import DistributedBackend
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import create
from w2vcore.backends.team import simulate, simulated
from w2vcore.backends.threads import ThreadsBackend
from w2vcore.corpus.tagging import Tags
from w2vcore.model.features import Features
from w2vcore.objectives.reference_paths import huffman_paths

V = 30  # of plain()
HALF = 2**31
architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(ALL_OBJECTIVES))


def with_tags(problem, *tags):
    """The same sentences, with these tags in turn: rows after those of the words."""
    first = len(problem.counts) if problem.features is None else problem.features.input_rows
    given = tags or ([0], [1, 2], [], [2, 0, 3])
    return replace(
        problem,
        tags=[[first + tag for tag in given[number % len(given)]] for number in range(len(problem.sentences))],
    )


FEATURES = {
    "features": with_features(plain()),
    "features with weights": with_features(plain(), weighted=True),
    "features of the whole sentence": with_features(plain(lengths=(40, 3, 1), window="sentence")),
    "features and cbow_mean 0": with_features(plain(cbow_mean=False, window=3), weighted=True),
    "features of locked rows": with_features(plain(lock=np.arange(50) % 4 != 0)),
    "features, subsampled": with_features(plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2])),
    "fewer rows than words": replace(plain(), features=Features.of([[id % 7, 7] for id in range(V)])),
    "features and tags": with_tags(with_features(plain())),
    "weights and tags": with_tags(with_features(plain(), weighted=True)),
    "features far into a corpus": replace(with_features(plain(keep=[HALF])), position=2**32 - 12),
}
TAGS = {
    "tags": with_tags(plain()),
    "no sentence has a tag": with_tags(plain(), []),
    "a tag that is a word": replace(plain(), tags=[[1], [], [0, 1], [2], [], [1]]),
    "many tags": with_tags(plain(), range(60), [7]),
    "sentences of one word": with_tags(replace(plain(3), sentences=[[0], [1], [2], [1]]), [0], [1, 2], []),
    "empty sentences": with_tags(replace(plain(3), sentences=[[], [1, 0], [], [], [2, 2, 1], []]), [0], [1], [2], [3]),
    "tags of the whole sentence": with_tags(plain(lengths=(40, 3, 1), window="sentence")),
    "tags and cbow_mean 0": with_tags(plain(cbow_mean=False, window=3)),
    "tags and locks": with_tags(plain(lock=np.arange(35) % 3 != 0)),
    "tags, subsampled": with_tags(plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2])),
}
CASES = {**FEATURES, **TAGS}
ALL = [
    (case, architecture)
    for case in CASES
    for architecture in ARCHITECTURES
    if case in TAGS or ARCHITECTURES[architecture].get("negative_sharing") != "window"
]
cases = pytest.mark.parametrize("case, architecture", ALL)


def problem_of(case, architecture, objectives):
    return CASES[case].with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


@cases
@objectives
def test_threads_compute_what_the_reference_does(case, architecture, objectives):
    problem = problem_of(case, architecture, objectives)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert expected[0].examples > 0
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.integers(0, 2**32), st.booleans(), st.booleans())
def test_any_mix_of_settings_is_what_the_reference_computes(problem, seed, weighted, tagged):
    problem = problem.with_config(negative_sharing="pair")
    problem = with_features(problem, seed, rows=20, weighted=weighted)
    problem = with_tags(problem) if tagged else problem
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected, HEAVIEST)


@cases
@objectives
def test_jobs_that_begin_inside_sentences_change_nothing(case, architecture, objectives):
    """The tags of the sentence that a job begins in are those of the whole, and so are all draws."""
    problem = problem_of(case, architecture, objectives)
    stats, matrices = run(ThreadsBackend(), problem, 2)
    for borders in (BORDERS, range(1, problem.words)):
        cut_stats, cut_matrices = run(ThreadsBackend(), problem, 2, borders)
        assert_same_bits(cut_matrices, matrices)
        np.testing.assert_allclose(cut_stats.loss, stats.loss, rtol=1e-12)
        assert replace(cut_stats, loss=0) == replace(stats, loss=0)


@architectures
@objectives
@pytest.mark.parametrize("case", ["features", "tags"])
def test_several_workers_train_the_same_examples(case, architecture, objectives):
    if (case, architecture) not in ALL:
        pytest.skip("a bag is no input of a shared window")
    problem = problem_of(case, architecture, objectives).with_config(compute_loss=False)
    stats, _ = run(ThreadsBackend(), problem, 1, BORDERS)
    result, matrices = run(ThreadsBackend(), problem.with_config(workers=3), 1, BORDERS)
    assert result == stats
    assert all(np.isfinite(matrix).all() for matrix in matrices.values())


@architectures
@objectives
def test_one_row_each_is_what_an_id_is(architecture, objectives):
    if architecture == "skipgram, shared negatives":
        pytest.skip("a bag is no input of a shared window")
    problem = plain().with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])
    alone = replace(problem, features=Features.of([[id] for id in range(V)]))
    assert_same_training(run(ThreadsBackend(), alone, 2), run(ThreadsBackend(), problem, 2))


@architectures
@objectives
def test_a_row_for_each_sentence_changes_no_word_that_is_drawn(architecture, objectives):
    """At a rate of 0 nothing is learnt: the loss over words is the same where tags add nothing to it."""
    problem = problem_of("tags", architecture, objectives)
    plainly = replace(problem, tags=None)
    tagged, _ = run(ThreadsBackend(), problem, rates=(0.0,))
    stats, _ = run(ThreadsBackend(), plainly, rates=(0.0,))
    assert tagged.words == stats.words
    if architecture == "skipgram":
        tags = sum(len(sentence) * len(tags) for sentence, tags in zip(problem.sentences, problem.tags, strict=True))
        assert tagged.examples == stats.examples + tags


@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_the_update_of_a_bag_is_the_gradient_by_each_row_as_in_fasttext(weight):
    """Each row receives the whole error of the mean times its weight."""
    problem = replace(plain(2, (2,), shrink_windows=False, window=1, negative=1), sentences=[[0, 1]])
    features = Features.of([[0, 2, 3], [1]], [[weight, 1, 1], [1]])
    problem = replace(problem, features=features).with_config(architecture="skipgram", objectives=("tree",))
    before = problem.weights().matrices
    _, after = run(ThreadsBackend(), problem)
    x, size = before["input"][:, : problem.config.vector_size].astype(np.float64), problem.config.vector_size
    y = before["tree"][:1, :size].astype(np.float64)
    # The first centre is word 0, with the context 1; its update is undone here to see that of the second alone.
    first = 1 / (1 + np.exp(-(x[1] @ y[0])))
    label = 1.0 - _code(problem, 0)
    y[0] += 0.05 * (label - first) * x[1]
    hidden = (weight * x[0] + x[2] + x[3]) / (weight + 2)
    error = 0.05 * (1.0 - _code(problem, 1) - 1 / (1 + np.exp(-(hidden @ y[0])))) * y[0]
    for row, times in ((0, weight), (2, 1), (3, 1)):
        np.testing.assert_allclose(after["input"][row] - x[row], times * error, atol=1e-6)


def _code(problem, word):
    return huffman_paths(problem.counts.tolist())[word][1][0]


def test_features_in_a_shared_window_are_refused():
    problem = FEATURES["features"].with_config(**ARCHITECTURES["skipgram, shared negatives"])
    for backend in ("threads", "reference"):
        with pytest.raises(ValueError, match="features must be trained with negative_sharing='pair', got 'window'"):
            create(backend).open(problem.plan, problem.weights())


def test_an_architecture_that_trains_neither_says_so(monkeypatch):
    class Plain(Cbow):
        name = "plain"
        units_of_bags = classmethod(Architecture.units_of_bags.__func__)

    monkeypatch.setitem(ARCHITECTURES_BY_NAME, "plain", Plain)
    for case in ("features", "tags"):
        problem = CASES[case].with_config(architecture="plain")
        with pytest.raises(ValueError, match="the architecture 'plain' trains neither features of words nor tags"):
            run(ReferenceBackend(), problem)


def test_what_does_not_fit_is_refused():
    problem = FEATURES["features"]
    for backend in (ThreadsBackend(), ReferenceBackend()):
        with pytest.raises(ValueError, match="features must be those of 30 ids"):
            backend.open(replace(problem, features=Features.of([[0]])).plan, problem.weights())
        with pytest.raises(ValueError, match="the input matrix must have 50 rows at least"):
            backend.open(problem.plan, replace(problem, features=None).weights())


@pytest.mark.parametrize(
    "tags, message",
    [
        (Tags(np.array([0, 1]), np.array([3], np.uint32)), "tags must be those of 5 sentences, got 1"),
        (Tags(np.array([0] * 5 + [2]), np.array([3], np.uint32)), "tags must be those of 5 sentences, got 5"),
        (Tags(np.array([0] * 5 + [1]), np.array([30], np.uint32)), "batch has tag row 30, the input matrix 30 rows"),
    ],
)
def test_tags_that_do_not_fit_are_refused(tags, message):
    problem = plain()
    (job,) = problem.jobs()
    job = replace(job, batch=replace(job.batch, tags=tags))
    backend = ThreadsBackend()
    backend.open(problem.plan, problem.weights())
    with pytest.raises(ValueError, match=message):
        backend.run(0, iter([job]), lambda job, stats: None)


def on_a_gpu():
    """Each case with both objectives, and with another choice in turn."""
    chosen = [(case, name) for case, name in ALL if name != "skipgram, shared negatives"]
    others = sorted(set(ALL_OBJECTIVES) - {"both"})
    return [
        (case, name, objectives)
        for number, (case, name) in enumerate(chosen)
        for objectives in ("both", others[number // 2 % len(others)])
    ]


@pytest.mark.parametrize("backend", ["cuda"])
@pytest.mark.parametrize("case, architecture, objectives", on_a_gpu())
def test_a_gpu_computes_what_the_reference_does(case, architecture, objectives, backend):
    problem = problem_of(case, architecture, objectives)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(create(backend), problem, 2, BORDERS), expected)


@pytest.mark.parametrize("backend", ["cuda"])
@pytest.mark.parametrize("weights", ["linear", (1.0, 0.0, 0.5, 0.0)])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram"])
def test_a_gpu_weighs_contexts_and_not_tags(architecture, weights, backend):
    problem = problem_of("weights and tags", architecture, "negative").with_config(window=4, window_weights=weights)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(create(backend), problem, 2, BORDERS), expected)


@pytest.mark.parametrize("backend", ["cuda"])
def test_tags_may_come_after_sentences_without(backend):
    """The kernel for tags is chosen when they come; groups of both kinds are launches of their own."""
    problem, plainly = (problem_of(case, "cbow", "negative") for case in ("tags", "no sentence has a tag"))
    problem = replace(problem, position=plainly.words)
    jobs = [*replace(plainly, tags=None).jobs(), *problem.jobs()]
    found = []
    for chosen in (ReferenceBackend(np.float64), create(backend)):
        weights = problem.weights()
        chosen.open(problem.plan, weights)
        sums = chosen.run(0, iter(jobs), lambda job, stats: None)
        chosen.close()
        found.append((sums, {name: matrix[:, :20].copy() for name, matrix in weights.matrices.items()}))
    assert_same_training(found[1], found[0])


@pytest.mark.parametrize("backend", ["cuda"])
def test_what_a_gpu_does_not_train_is_refused(backend):
    problem = problem_of("tags", "skipgram, shared negatives", "negative")
    opened = create(backend)
    opened.open(problem.plan, problem.weights())
    with pytest.raises(ValueError, match="tags of sentences are trained on a GPU with negative_sharing='pair', got 'w"):
        opened.run(0, problem.jobs(), lambda job, stats: None)
    opened.close()
    problem = problem_of("features", "cbow", "negative").with_config(device="cuda:0,1")
    with pytest.raises(ValueError, match="features of words are trained on one GPU, not on several: take device='cud"):
        opened.open(problem.plan, problem.weights())
    (job,) = TAGS["tags"].jobs()
    wrong = replace(job, batch=replace(job.batch, tags=Tags(np.array([0] * 5 + [1]), np.array([99], np.uint32))))
    for batch, message in ((wrong, "tag row 99"), (replace(job, batch=replace(wrong.batch, tags=Tags(
        np.array([0, 1]), np.array([3], np.uint32)))), "tags must be those of 5 sentences, got 1")):  # fmt: skip
        problem = problem_of("tags", "cbow", "negative")
        opened.open(problem.plan, problem.weights())
        with pytest.raises(ValueError, match=message):
            opened.run(0, iter([batch]), lambda job, stats: None)
        opened.close()


@pytest.mark.parametrize("case", ["features", "features and tags", "tags"])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_ranks_add_up_what_each_has_learnt(case, architecture):
    """At a rate so low that no score changes, two ranks learn what one does; rows of tags are each rank's own."""
    problem = replace(problem_of(case, architecture, "negative"), alpha=1e-4)
    before = problem.weights().matrices
    _, expected = run(ThreadsBackend(), problem)
    (whole,) = problem.jobs()

    def rank(number):
        backend = DistributedBackend(Agreement(simulated.get()), ThreadsBackend())
        weights, middle = problem.weights(), whole.stop // 2
        start, stop = (0, middle) if number == 0 else (middle, whole.stop)
        plan = replace(problem.plan, first_token=start)
        backend.open(plan, weights)
        backend.run(0, iter([Job(whole.batch, start, stop, 1e-4, 0, stop - start, 0)]), lambda job, stats: None)
        backend.close()
        return weights.matrices

    first, second = simulate(2, rank)
    size = problem.config.vector_size
    for name, matrix in first.items():
        np.testing.assert_array_equal(matrix, second[name])
        learnt, wanted = (after[:, :size] - before[name][:, :size] for after in (matrix, expected[name]))
        assert np.linalg.norm(learnt - wanted) < 0.01 * np.linalg.norm(wanted) + 1e-6
