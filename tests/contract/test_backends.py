"""What every backend promises: what the reference computes, for each architecture and objective; same_training.py says when."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from problems import ALL_OBJECTIVES, ARCHITECTURES, plain, run, with_tree
from same_training import BORDERS, TOLERANCE, assert_same_bits, assert_same_training
from strategies import HEAVIEST, problems

from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import BACKENDS, create

# "mpi" runs the jobs of each process by another backend: tests/unit/backends holds it to what N of them must do.
backends = pytest.mark.parametrize("backend", sorted(set(BACKENDS) - {"reference", "mpi"}))
architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(ALL_OBJECTIVES))


def repeated(sentences, vocabulary=3, **settings):
    """A problem with exactly these sentences."""
    return replace(plain(vocabulary, **settings), sentences=sentences)


def fibonacci(n):
    out = [1, 1]
    while len(out) < n:
        out.append(out[-1] + out[-2])
    return out[::-1]


HALF = 2**31
CASES = {
    **{f"size {size}": plain(vector_size=size) for size in (1, 15, 16, 17, 100, 300)},
    "the the the the": repeated([[1] * 4, [1] * 9]),
    "the the the the, the whole sentence": repeated([[1] * 12], window="sentence"),
    "two words in turn": repeated([[0, 1] * 6]),
    # a small rate here and below where many updates of the same rows would blow up rounding errors, in NumPy as well
    "negatives equal to the centre": replace(plain(3, negative=30), alpha=0.005),
    "two keys": plain(2),
    "one key": repeated([[0] * 5, [0]], vocabulary=1),
    "one-word sentences": repeated([[0], [1], [2], [1]]),
    "no tokens": repeated([]),
    "only empty sentences": repeated([[], []]),
    "negative 1": plain(negative=1),
    "negative 200": plain(400, negative=200),
    "negative 200 of few keys": replace(plain(5, (8, 3), negative=200), alpha=0.002),
    "a Huffman path of 60": plain(61, counts=fibonacci(61)),
    "counts past 2**53": plain(6, counts=[2**60, 2**53 + 1, 2**53, 2**53 - 1, 1, 1]),
    "ns_exponent 0": plain(ns_exponent=0.0),
    "ns_exponent -0.5": plain(ns_exponent=-0.5),
    "the whole sentence": plain(lengths=(40, 3, 1), window="sentence"),
    "a window of 1": plain(window=1),
    "a window wider than the text": plain(window=1000),
    "windows that do not shrink": plain(shrink_windows=False),
    "a window of 60 that does not shrink": replace(
        plain(lengths=(64,), window=60, shrink_windows=False, vector_size=9), alpha=0.01
    ),
    "cbow_mean 0": plain(cbow_mean=False, window=3),
    "cbow_mean 0, repeated words": repeated([[1, 2, 1, 1, 2, 0, 1]], cbow_mean=False, window=3),
    "subsampling": plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2]),
    "subsampling, all dropped": plain(keep=[0]),
    "lock factor 0.5": plain(lock=(0.5,)),
    "locked rows": plain(lock=np.arange(30) % 4 != 0),
    "lock factors of odd length": plain(lock=(1.0, 0.25, 0.0)),
    "more lock factors than keys": plain(lock=np.linspace(0, 1, 50)),
    "seed 0": plain(seed=0),
    "seed of 64 bits": plain(seed=2**64 - 3),
    "a tree that has grown": with_tree(plain(), 20),
    "a tree that has grown from one word, and twice more": with_tree(plain(), 1, 4, 29),
    "far into a corpus": replace(plain(keep=[HALF]), position=2**32 - 12),
    "very far into a corpus": replace(plain(keep=[HALF]), position=2**45 + 1),
}


def problem_of(case, architecture, objectives):
    return CASES[case].with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


@cache
def reference(case, architecture, objectives, epochs, borders):
    return run(ReferenceBackend(np.float64), problem_of(case, architecture, objectives), epochs, borders)


@backends
@architectures
@objectives
@pytest.mark.parametrize("case", CASES)
def test_one_job_is_what_the_reference_computes(backend, architecture, objectives, case):
    expected = reference(case, architecture, objectives, 1, ())
    assert_same_training(run(create(backend), problem_of(case, architecture, objectives)), expected)


@backends
@architectures
@objectives
@pytest.mark.parametrize("case", CASES)
def test_several_jobs_and_epochs_are_what_the_reference_computes(backend, architecture, objectives, case):
    expected = reference(case, architecture, objectives, 2, BORDERS)
    result = run(create(backend), problem_of(case, architecture, objectives), 2, BORDERS)
    assert_same_training(result, expected)


@pytest.mark.slow
def test_rows_of_large_matrices_are_what_the_reference_computes():
    """They are fetched in another way than those of 96 MB and less, which must not matter; here there are 104 MB."""
    problem = plain(1300, lengths=(9, 2), vector_size=10_000)
    assert_same_training(run(create("threads"), problem), run(ReferenceBackend(np.float64), problem))


@backends
@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems())
def test_any_mix_of_settings_is_what_the_reference_computes(backend, problem):
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(create(backend), problem, 2, BORDERS), expected, HEAVIEST)


@pytest.mark.parametrize("backend", ["reference", *sorted(set(BACKENDS) - {"reference"})])
@architectures
@objectives
@pytest.mark.parametrize("case", ["size 17", "the whole sentence", "subsampling", "far into a corpus"])
def test_borders_of_jobs_change_nothing(backend, architecture, objectives, case):
    problem = problem_of(case, architecture, objectives)
    stats, matrices = run(create(backend), problem, 2)
    for borders in [BORDERS, range(1, problem.words), (0, 0, problem.words)]:
        cut_stats, cut_matrices = run(create(backend), problem, 2, borders)
        if (
            backend == "cuda"
        ):  # changes of a context row are added up as long as it is in a warp's ring, and then rounded
            assert_same_training((cut_stats, cut_matrices), (stats, matrices))
            continue
        assert_same_bits(cut_matrices, matrices)
        np.testing.assert_allclose(cut_stats.loss, stats.loss, rtol=1e-12)  # the same terms, in doubles, added by job
        assert replace(cut_stats, loss=0) == replace(stats, loss=0)


@backends
@architectures
@objectives
@pytest.mark.parametrize("case", ["size 100", "negative 200", "cbow_mean 0, repeated words", "locked rows"])
def test_loss_is_only_looked_at(backend, architecture, objectives, case):
    problem = problem_of(case, architecture, objectives)
    stats, matrices = run(create(backend), problem, 2, BORDERS)
    silent_stats, silent_matrices = run(create(backend), problem.with_config(compute_loss=False), 2, BORDERS)
    assert_same_bits(silent_matrices, matrices)
    assert stats.loss > 0
    # offsets may set the true word above the two others of three always
    assert 0 <= stats.correct < stats.judged + (objectives == "nce")
    assert silent_stats == replace(stats, loss=0.0, judged=0, correct=0)


@backends
@architectures
@objectives
def test_one_worker_repeats_itself_bit_for_bit(backend, architecture, objectives):
    problem = problem_of("size 100", architecture, objectives)
    _, first = run(create(backend), problem, 3, BORDERS)
    _, second = run(create(backend), problem, 3, BORDERS)
    assert_same_bits(first, second)


@backends
@architectures
@objectives
@pytest.mark.parametrize("change", [{"seed": 8}, {"window": 4}, {"shrink_windows": False}])
def test_what_should_change_the_result_does(backend, architecture, objectives, change):
    problem = problem_of("size 16", architecture, objectives)
    _, first = run(create(backend), problem, 2)
    _, second = run(create(backend), problem.with_config(**change), 2)
    assert np.abs(first["input"] - second["input"]).max() > 100 * TOLERANCE


@pytest.mark.parametrize("backend", ["reference", *sorted(set(BACKENDS) - {"reference", "mpi"})])
@architectures
def test_another_tree_changes_the_result(backend, architecture):
    problem = plain(lengths=(9, 1)).with_config(**ARCHITECTURES[architecture], objectives=("tree",))
    _, first = run(create(backend), problem)
    _, second = run(create(backend), with_tree(problem, 20))
    assert np.abs(first["tree"] - second["tree"]).max() > 100 * TOLERANCE


def many_sentences(architecture, objectives):
    problem = plain(50, lengths=[25, 1, 0, 60, 3] * 12, keep=[2**32 - 1, HALF], vector_size=3, negative=2)
    return problem.with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


@cache
def many_sentences_by_reference(architecture, objectives):
    return run(ReferenceBackend(np.float64), many_sentences(architecture, objectives), 2)


@backends
@architectures
@objectives
@pytest.mark.parametrize("workers", range(1, 9))
def test_every_word_is_trained_once_for_any_number_of_workers(backend, architecture, objectives, workers):
    problem = many_sentences(architecture, objectives).with_config(workers=workers)
    borders = tuple(range(7, problem.words, 13))
    stats, _ = run(create(backend), problem, 2, borders)
    expected, _ = many_sentences_by_reference(architecture, objectives)
    assert replace(stats, loss=0, correct=0) == replace(expected, loss=0, correct=0)
    assert abs(stats.correct - expected.correct) <= 0.02 * expected.judged
    # lost races change a few scores, not the sum of all of them: each start is at log 2 a target
    np.testing.assert_allclose(stats.loss, expected.loss, rtol=0.02)


@architectures
@objectives
@pytest.mark.parametrize("case", ["size 17", "the whole sentence", "negative 200", "subsampling"])
def test_float32_reference_agrees_with_the_float64_one(architecture, objectives, case):
    expected = reference(case, architecture, objectives, 2, BORDERS)
    result = run(ReferenceBackend(np.float32), problem_of(case, architecture, objectives), 2, BORDERS)
    assert_same_training(result, expected)


def run_twice(backend, problem, write):
    """Train two epochs, and write into the borrowed matrices between them, as callbacks may, and before the end."""
    weights, size = problem.weights(np.float32), problem.config.vector_size
    backend.open(problem.plan, weights)
    try:
        for epoch in range(2):
            backend.run(epoch, problem.jobs(), lambda job, stats: None)
            for matrix in weights.matrices.values():
                write(matrix[:, :size])
    finally:
        backend.close()
    return {name: matrix[:, :size] for name, matrix in weights.matrices.items()}


@pytest.mark.parametrize("backend", sorted(set(BACKENDS) - {"mpi"}))
@architectures
@objectives
def test_what_is_written_between_two_runs_is_trained_and_stays(backend, architecture, objectives):
    """The oracle is opened anew for each epoch, so it sees the matrices as they are then."""
    problem = problem_of("size 17", architecture, objectives)

    def write(matrix):
        matrix[1:4] = 0.25
        matrix[5] *= -2

    expected = problem.weights(np.float32)
    for epoch in range(2):
        oracle = ReferenceBackend(np.float64)
        oracle.open(problem.plan, expected)
        oracle.run(epoch, problem.jobs(), lambda job, stats: None)
        oracle.close()
        for matrix in expected.matrices.values():
            write(matrix[:, :17])
    for name, matrix in run_twice(create(backend), problem, write).items():
        np.testing.assert_allclose(matrix, expected.matrices[name][:, :17], rtol=0, atol=TOLERANCE, err_msg=name)


@backends
def test_a_backend_that_is_not_open_says_so(backend):
    with pytest.raises(RuntimeError, match=r"not open: call open\(plan, weights\) before run"):
        create(backend).run(0, iter([]), lambda job, stats: None)


@pytest.mark.parametrize("backend", sorted(BACKENDS))
@pytest.mark.parametrize(
    ("setting", "message"),
    [({"architecture": "glove"}, "glove"), ({"objectives": ("full",)}, "full")],
)
def test_unknown_names_are_refused_at_open(backend, setting, message):
    problem = CASES["size 1"]
    weights = problem.weights()
    weights.matrices["full"] = weights.matrices["negative"]
    with pytest.raises(ValueError, match=message):
        create(backend).open(problem.with_config(**setting).plan, weights)
