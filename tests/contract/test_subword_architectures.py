"""The architectures for words of many rows: on every backend, what the reference computes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import ALL_OBJECTIVES, SUBWORD_ARCHITECTURES, plain, run, with_features
from same_training import BORDERS, assert_same_bits, assert_same_training
from strategies import problems

from w2vcore.architectures.base import MOST_POSITIVES
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import create
from w2vcore.backends.threads import ThreadsBackend

HALF = 2**31
architectures = pytest.mark.parametrize("architecture", SUBWORD_ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(ALL_OBJECTIVES))

CASES = {
    "no features": plain(),
    "features": with_features(plain()),
    "features with weights": with_features(plain(), weighted=True),
    "few words, often their own noise": replace(with_features(plain(4, (9, 12))), alpha=0.01),
    "one word again and again": replace(
        with_features(plain(3)), sentences=[[1] * 4, [1, 1, 2, 1, 0, 1, 1, 1]], alpha=0.01
    ),
    "one key": replace(with_features(plain(1)), sentences=[[0] * 5, [0]]),
    "one-word sentences": replace(with_features(plain(3)), sentences=[[0], [1], [], [2], [1]]),
    "more contexts than a unit takes": with_features(plain(lengths=(50, 3), window=MOST_POSITIVES, alpha=0.01)),
    "the whole sentence": replace(with_features(plain(lengths=(40, 3, 1), window="sentence")), alpha=0.01),
    "linear weights": with_features(plain(lengths=(9, 1, 30), window_weights="linear"), weighted=True),
    "contexts without weight": with_features(plain(window=4, window_weights=(1.0, 0.0, 0.5, 0.0))),
    "only distant contexts": with_features(plain(window=3, window_weights=(0.0, 0.0, 0.5))),
    "locked rows": with_features(plain(lock=np.arange(50) % 4 != 0)),
    "subsampled": with_features(plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2])),
    "cbow_mean 0": with_features(plain(cbow_mean=False, window=3), weighted=True),
    "cbow_corrected": with_features(plain(cbow_corrected=True, window=3), weighted=True),
    "negative 40": with_features(plain(300, negative=40)),
    "far into a corpus": replace(with_features(plain(keep=[HALF])), position=2**32 - 12),
    "size 100": with_features(plain(vector_size=100)),
}
cases = pytest.mark.parametrize("case", CASES)


def problem_of(case, architecture, objectives):
    return CASES[case].with_config(**SUBWORD_ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


@cases
@architectures
@objectives
def test_threads_compute_what_the_reference_does(case, architecture, objectives):
    problem = problem_of(case, architecture, objectives)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.integers(0, 2**32), st.booleans(), st.sampled_from(sorted(SUBWORD_ARCHITECTURES)))
def test_any_mix_of_settings_is_what_the_reference_computes(problem, seed, weighted, architecture):
    problem = problem.with_config(**{"negative_sharing": "pair", **SUBWORD_ARCHITECTURES[architecture]})
    problem = with_features(problem, seed, rows=20, weighted=weighted)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected)


@cases
@objectives
@pytest.mark.parametrize("architecture", [name for name in SUBWORD_ARCHITECTURES if "skipgram" in name])
def test_jobs_that_begin_inside_sentences_change_nothing(case, architecture, objectives):
    problem = problem_of(case, architecture, objectives)
    stats, matrices = run(ThreadsBackend(), problem, 2)
    for borders in (BORDERS, range(1, problem.words)):
        cut_stats, cut_matrices = run(ThreadsBackend(), problem, 2, borders)
        assert_same_bits(cut_matrices, matrices)
        np.testing.assert_allclose(cut_stats.loss, stats.loss, rtol=1e-12)
        np.testing.assert_allclose(cut_stats.weight, stats.weight, rtol=1e-12)


@architectures
def test_several_workers_train_the_same_examples(architecture):
    problem = problem_of("features", architecture, "both").with_config(compute_loss=False)
    stats, _ = run(ThreadsBackend(), problem, 1, BORDERS)
    result, matrices = run(ThreadsBackend(), problem.with_config(workers=3), 1, BORDERS)
    assert result == stats
    assert all(np.isfinite(matrix).all() for matrix in matrices.values())


@architectures
def test_the_sums_change_nothing_of_what_is_learnt(architecture):
    problem = problem_of("features", architecture, "both")
    _, expected = run(ThreadsBackend(), problem, 2)
    _, matrices = run(ThreadsBackend(), problem.with_config(compute_loss=False), 2)
    assert_same_bits(matrices, expected)


@pytest.mark.parametrize("backend", ["threads", "reference"])
@architectures
def test_tags_are_refused(backend, architecture):
    problem = replace(problem_of("features", architecture, "negative"), tags=[[50]] * 6)
    with pytest.raises(ValueError, match=r"the architecture 'subword_.*' does not train tags of sentences"):
        run(create(backend), problem)


@architectures
def test_a_gpu_refuses_them(architecture):
    problem = problem_of("no features", architecture, "negative")
    with pytest.raises(ValueError, match=f"architecture '{problem.config.architecture}'"):
        create("cuda").open(problem.plan, problem.weights())
