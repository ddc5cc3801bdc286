"""The device code computes what the reference computes: its text, compiled for the host (tests/emulator.py).

One warp takes segments in order, so it must give what the float64 reference gives. Draws, windows and counts are integers and
must be equal; the tolerances of weights and losses are those of tests/contract, and explained there. Several warps interleave,
so only their counts are equal.

In the fast tests each case meets one or two of the kinds of model, and each length of vectors two; with -m slow all meet all.
"""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from launches import train
from problems import ALL_OBJECTIVES, ARCHITECTURES, OBJECTIVES, plain, run, text
from same_training import BORDERS, assert_same_bits, assert_same_training
from strategies import HEAVIEST

from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.reference_windows import windows
from w2vcore.objectives.registry import objective

HALF, ALL = 2**31, 2**32 - 1
MODELS = list(product(ARCHITECTURES, sorted(ALL_OBJECTIVES)))
SIZES = (1, 5, 64, 100, 128, 200, 300, 513, 1024)
WINDOWS = (1, 5, 10, "sentence")
GAPS = (0.0, 1.0, 0.0, 0.5, HEAVIEST)  # weights by distance


def repeated(sentences, vocabulary=3, **settings):
    return replace(plain(vocabulary, **settings), sentences=sentences)


CASES = {
    "plain": plain(),
    "the the the the": repeated([[1] * 4, [1] * 9, [1]], vocabulary=2),
    "two words in turn": repeated([[0, 1] * 6], vocabulary=2),
    "one key": repeated([[0] * 5, [0]], vocabulary=1),
    "no tokens": repeated([]),
    "only one-word sentences": repeated([[0], [2]]),
    "subsampling": plain(lengths=(70, 12, 1, 25), keep=[HALF, ALL, HALF // 2]),
    "subsampling, all dropped": plain(keep=[0]),
    "lock factors": plain(lock=(1.0, 0.25, 0.0)),
    "locked rows, subsampling": plain(lock=np.arange(30) % 4 != 0, keep=[HALF]),
    "a window of 1": plain(window=1),
    "the widest ring": plain(lengths=(50, 3), window=15, shrink_windows=False),
    "too wide for a ring": plain(lengths=(40, 3), window=16),
    "the whole sentence": plain(lengths=(40, 3, 1), window="sentence"),
    "windows that do not shrink": plain(shrink_windows=False, window=3),
    "noise of several tiles": plain(negative=12),
    "noise of 200 draws": replace(plain(400, (5, 2), negative=200), alpha=0.01),
    "noise of few keys": replace(plain(3, (9, 4), negative=30), alpha=0.005),
    "the sum of contexts, repeated": repeated([[1, 2, 1, 1, 2, 0, 1]], cbow_mean=False, window=3),
    "weights": plain(window_weights="linear"),
    "weights with gaps, repeated": repeated([[1, 2, 1, 1, 2, 0, 1] * 3, [1] * 9], window=5, window_weights=GAPS),
    "weights of the whole sentence": plain(lengths=(40, 3, 1), window="sentence", window_weights="harmonic"),
    "weights in a window too wide for a ring": plain(lengths=(40, 3), window=20, window_weights="sqrt"),
    "weights, subsampling, locked rows": plain(lock=np.arange(30) % 4 != 0, keep=[HALF], window_weights=GAPS),
    "weights of a sum": plain(cbow_mean=False, window=3, window_weights="linear"),
    "corrected": plain(cbow_corrected=True),
    "corrected and weighted": plain(cbow_corrected=True, window=5, window_weights=GAPS),
    "far into a corpus": replace(plain(keep=[HALF]), position=2**45 + 1),
    "seed of 64 bits": plain(seed=2**64 - 3),
}


def models_of(number, name):
    """Every kind of model for a case, most of them slow; which are fast goes round."""
    return [
        pytest.param(name, *model, marks=() if (number + place) % 9 == 0 else pytest.mark.slow)
        for place, model in enumerate(MODELS)
    ]


def with_models(names):
    return [found for number, name in enumerate(names) for found in models_of(number, name)]


def problem_of(case, architecture, objectives):
    return CASES[case].with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


@cache
def reference(case, architecture, objectives, epochs, borders):
    return run(ReferenceBackend(np.float64), problem_of(case, architecture, objectives), epochs, borders)


@pytest.mark.parametrize(("case", "architecture", "objectives"), with_models(CASES))
def test_one_warp_is_the_reference(case, architecture, objectives):
    problem = problem_of(case, architecture, objectives)
    expected = reference(case, architecture, objectives, 1, BORDERS)
    for ring in (True, False) if problem.config.window in range(16) else (True,):
        assert_same_training(train(problem, 1, BORDERS, ring=ring), expected, HEAVIEST)


def sizes_and_windows():
    """Lengths of vectors, windows and kinds of model: all in the slow tests, each length with two models in the fast."""
    found = []
    for (number, size), (place, window), (which, model), kept in product(
        enumerate(SIZES), enumerate(WINDOWS), enumerate(MODELS), (False, True)
    ):
        fast = (
            which in {(4 * number) % 18, (4 * number + 9) % 18} and place == (number + which) % 4 and kept == number % 2
        )
        found.append(pytest.param(size, window, *model, kept, marks=() if fast else pytest.mark.slow))
    return found


@pytest.mark.parametrize(("size", "window", "architecture", "objectives", "subsample"), sizes_and_windows())
def test_lengths_of_vectors_and_windows(size, window, architecture, objectives, subsample):
    problem = plain(lengths=(12, 5), keep=[HALF, ALL] if subsample else None, vector_size=size, window=window)
    problem = problem.with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    for ring in (True, False) if window != "sentence" else (True,):
        assert_same_training(train(problem, 2, BORDERS, ring=ring), expected)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("case", ["plain", "subsampling"])
@pytest.mark.parametrize("ring", [True, False])
def test_the_order_of_lanes_changes_nothing(architecture, case, ring):
    problem = problem_of(case, architecture, "both")
    stats, matrices = train(problem, ring=ring)
    for order in (1, 123456789):
        other_stats, other_matrices = train(problem, ring=ring, order=order)
        assert other_stats == stats
        assert_same_bits(other_matrices, matrices)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_additions_one_by_one_are_those_by_vectors(architecture):
    """Devices before compute capability 9.0 have no vector atomics."""
    problem = problem_of("plain", architecture, "both")
    _, matrices = train(problem)
    _, others = train(problem, __CUDA_ARCH__=800)
    assert_same_bits(others, matrices)


@pytest.mark.parametrize(("architecture", "objectives"), MODELS)
def test_loss_is_only_looked_at(architecture, objectives):
    problem = problem_of("subsampling", architecture, objectives)
    stats, matrices = train(problem, 2, BORDERS)
    silent_stats, silent_matrices = train(problem.with_config(compute_loss=False), 2, BORDERS)
    assert_same_bits(silent_matrices, matrices)
    assert stats.loss > 0
    assert silent_stats == replace(stats, loss=0.0, judged=0, correct=0)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("ring", [True, False])
def test_where_segments_end_changes_only_roundings(architecture, ring):
    problem = problem_of("subsampling", architecture, "both")
    expected = train(problem, ring=ring)
    for longest in (1, 7):
        result = train(problem, ring=ring, longest=longest)
        assert replace(result[0], loss=0) == replace(expected[0], loss=0)
        assert_same_training(result, expected)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("warps", "ring"), [(3, True), (8, True), (8, False)])
def test_several_warps_train_every_word_once(architecture, warps, ring):
    problem = plain(50, lengths=[25, 1, 0, 40, 3] * 2, keep=[ALL, HALF], vector_size=3, negative=2)
    problem = problem.with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES["both"])
    expected, _ = train(problem, 1, BORDERS, ring=ring)
    stats, matrices = train(problem, 1, BORDERS, ring=ring, warps=warps, longest=6, order=warps)
    assert replace(stats, loss=0, correct=0) == replace(expected, loss=0, correct=0)
    # rows that others change meanwhile move a few scores, not the sum of all of them: each start is at log 2 a target
    np.testing.assert_allclose(stats.loss, expected.loss, rtol=0.02)
    assert all(np.isfinite(matrix).all() for matrix in matrices.values())


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("ring", [True, False])
def test_no_update_is_lost_between_warps(architecture, ring):
    """At a small rate updates hardly see each other, so their sums do not depend on who is first.

    One update of a row is about alpha / 2 * 0.2 = 1e-5; what a row of 100 updates sees of the others is some hundredth of
    that.
    """
    problem = replace(plain(20, lengths=[30] * 3, vector_size=3, negative=3), alpha=1e-4)
    problem = problem.with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES["both"])
    _, expected = train(problem, ring=ring)
    _, matrices = train(problem, ring=ring, warps=8, longest=5, order=3)
    for name in expected:
        np.testing.assert_allclose(matrices[name], expected[name], rtol=0, atol=2e-6, err_msg=name)
    assert np.abs(expected["input"] - problem.weights().matrices["input"][:, :3]).max() > 2e-5


def judged_and_correct(problem):
    """Accuracy by its definition (base.EpochStats), of weights that do not change."""
    config, weights = problem.config, problem.weights()
    rows = {name: matrix.astype(np.float64) for name, matrix in weights.matrices.items()}
    judged = correct = 0
    for job in problem.jobs():
        for centre, contexts in windows(config, problem.plan.keep, job, 0):
            inputs = rows["input"][job.batch.ids[contexts]]
            if config.architecture == "cbow":
                inputs = inputs.mean(axis=0, keepdims=True)[: len(contexts)]
            for name in config.objectives:
                chosen = objective(name)(config, problem.counts)
                for place, row in enumerate(inputs):
                    draw0 = place * chosen.draws if config.negative_sharing == "pair" else 0
                    targets, labels, counts, _ = chosen.select(
                        0, int(job.batch.ids[centre]), job.position + centre, draw0
                    )
                    scores = rows[name][targets] @ row
                    if name == "tree":
                        judged += len(targets)
                        correct += int(np.sum(np.where(labels == 1, scores > 0, scores < 0)))
                    else:
                        judged += 1
                        correct += bool(scores[0] > scores[1:].max(initial=-np.inf))
                    assert (counts > 0).all()
    return judged, correct


@pytest.mark.parametrize(("architecture", "objectives"), list(product(ARCHITECTURES, sorted(OBJECTIVES))))
@pytest.mark.parametrize("negative", [2, 12])
@pytest.mark.parametrize("ring", [True, False])
def test_accuracy_is_that_of_its_definition(architecture, objectives, negative, ring):
    problem = replace(plain(8, lengths=(30, 5), negative=negative), alpha=0.0)
    problem = problem.with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives])
    stats, _ = train(problem, ring=ring)
    assert (stats.judged, stats.correct) == judged_and_correct(problem)
    assert 0 < stats.correct < stats.judged


def test_the_text_of_a_problem_has_repeats_in_its_windows():
    """Guards the cases above: shared slots of the ring, merged contexts and masked noise words do occur."""
    problem = plain()
    assert problem.sentences == text(30, (9, 1, 14, 2, 0, 7))
    repeats = sum(len(np.unique(contexts)) < len(contexts) for contexts in window_ids(problem))
    assert repeats > 5


def window_ids(problem):
    job = next(problem.jobs())
    return [job.batch.ids[contexts] for _, contexts in windows(problem.config, problem.plan.keep, job, 0)]
