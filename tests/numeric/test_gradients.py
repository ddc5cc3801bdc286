"""Updates divided by the learning rate are the gradient of the loss, by central differences in float64.

The loss is differentiated as a whole, from the reference backend's own sum, for every number of every matrix. Central
differences with a step h are off by h**2 times a third derivative (1e-10) and by rounding / h (1e-11): the tolerance is 1e-8.

With C contexts, ``cbow_mean=1`` gives the input rows C times their gradient, as word2vec.c and gensim do, and
``cbow_mean=0`` one C-th of it, as gensim does. Where contexts have weights, C is the sum of these.
"""

from dataclasses import replace

import numpy as np
import pytest
from problems import ARCHITECTURES, Problem, batch_of

from w2vcore.backends.base import Job
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.reference_blocks import block_mean, block_pairs
from w2vcore.backends.reference_links import sigmoid, softplus
from w2vcore.backends.registry import create
from w2vcore.model.config import TrainingConfig
from w2vcore.model.window_weights import weights_by_distance

STEP = 1e-5
TOLERANCE = 1e-8
SENTENCE = [4, 1, 1, 6, 0, 1, 2]  # the centre is the fifth token: its contexts repeat 1, and 5 and 3 are not in it
CENTRE = 4


def problem_of(architecture, objective, vocabulary=7, sentence=SENTENCE, **settings):
    settings = {"vector_size": 3, "window": 10, "shrink_windows": False, "subsample": False, "negative": 6, **settings}
    config = TrainingConfig(
        objectives=(objective,), compute_loss=True, workers=1, **ARCHITECTURES[architecture], **settings
    )
    return Problem([sentence], np.array([9, 8, 5, 3, 3, 2, 1][:vocabulary]), config)


def train_one(backend, problem, weights, centre, alpha):
    """Train one centre; return its loss, which is taken before the update."""
    batch = batch_of(problem.sentences)
    backend.open(problem.plan, weights)
    result = backend.run(0, iter([Job(batch, centre, centre + 1, alpha, 0, 1, 1)]), lambda job, stats: None)
    backend.close()
    return result.loss


def loss_at(problem, weights, centre):
    return train_one(ReferenceBackend(np.float64), problem, weights, centre, 0.0)


def gradient(problem, weights, centre):
    """The gradient of the loss of one centre by central differences."""
    slopes = {}
    for name, matrix in weights.matrices.items():
        slopes[name] = np.zeros_like(matrix[:, : weights.vector_size])
        for place in np.ndindex(slopes[name].shape):
            kept = matrix[place]
            matrix[place] = kept + STEP
            above = loss_at(problem, weights, centre)
            matrix[place] = kept - STEP
            below = loss_at(problem, weights, centre)
            matrix[place] = kept
            slopes[name][place] = (above - below) / (2 * STEP)
    return slopes


def updates(backend, problem, centre, alpha, dtype=np.float64):
    """What one step adds to each matrix, divided by alpha."""
    before, after = problem.weights(dtype), problem.weights(dtype)
    train_one(backend, problem, after, centre, alpha)
    size = before.vector_size
    return {name: ((after.matrices[name] - before.matrices[name]) / alpha)[:, :size] for name in before.matrices}


def assert_descent(problem, centre, input_factor=1.0):
    slopes = gradient(problem, problem.weights(np.float64), centre)
    step = updates(ReferenceBackend(np.float64), problem, centre, alpha=0.01)
    assert any(np.abs(slope).max() > 0.01 for slope in slopes.values())
    for name, slope in slopes.items():
        factor = input_factor if name == "input" else 1.0
        np.testing.assert_allclose(step[name], -factor * slope, rtol=0, atol=factor * TOLERANCE, err_msg=name)


objectives = pytest.mark.parametrize("objective", ["negative", "tree"])


@objectives
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_skip_gram_pair_descends_its_gradient(objective, seed):
    # one context: pairs of a window see each other's updates, so only a single one has a gradient of its own
    assert_descent(problem_of("skipgram", objective, sentence=[2, 0], seed=seed), centre=1)


@objectives
def test_skip_gram_with_the_context_equal_to_the_centre(objective):
    assert_descent(problem_of("skipgram", objective, sentence=[1, 1]), centre=0)


@objectives
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_window_with_shared_negatives_descends_its_gradient(objective, seed):
    assert_descent(problem_of("skipgram, shared negatives", objective, seed=seed), CENTRE)


@objectives
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cbow_sum_divides_the_gradient_of_input_rows_by_the_contexts(objective, seed):
    contexts = len(SENTENCE) - 1
    assert_descent(problem_of("cbow", objective, cbow_mean=False, seed=seed), CENTRE, input_factor=1 / contexts)


@objectives
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cbow_mean_gives_input_rows_their_gradient_times_the_contexts(objective, seed):
    contexts = len(SENTENCE) - 1
    assert_descent(problem_of("cbow", objective, cbow_mean=True, seed=seed), CENTRE, input_factor=contexts)


def total(weights):
    """The sum of the weights of the contexts of CENTRE: four before it, and two after."""
    if weights == "dynamic":
        return len(SENTENCE) - 1
    by_distance = weights_by_distance(10, weights, 4)
    return float(by_distance.sum() + by_distance[:2].sum())


TEN = (1.0, 0.25, 0.0, 2.0, *[1.0] * 6)
weighted = pytest.mark.parametrize("weights", ["linear", "harmonic", "sqrt", TEN], ids=str)


@objectives
@weighted
def test_a_weighted_window_with_shared_negatives_descends_its_gradient(objective, weights):
    assert_descent(problem_of("skipgram, shared negatives", objective, window_weights=weights), CENTRE)


@objectives
@pytest.mark.parametrize("weight", [0.25, 3.0])
def test_a_weighted_pair_descends_its_gradient(objective, weight):
    problem = problem_of("skipgram", objective, sentence=[2, 0], window=1, window_weights=(weight,))
    assert_descent(problem, centre=1)
    plain = problem.with_config(window_weights=(1.0,))
    loss, of_one = (train_one(ReferenceBackend(), each, each.weights(), 1, 0.0) for each in (problem, plain))
    assert loss == pytest.approx(weight * of_one, rel=1e-12)


@objectives
@weighted
def test_cbow_multiplies_the_gradient_of_a_weighted_mean_by_the_sum_of_the_weights(objective, weights):
    assert_descent(problem_of("cbow", objective, window_weights=weights), CENTRE, input_factor=total(weights))


@objectives
@weighted
def test_cbow_divides_the_gradient_of_a_weighted_sum_by_the_sum_of_the_weights(objective, weights):
    problem = problem_of("cbow", objective, cbow_mean=False, window_weights=weights)
    assert_descent(problem, CENTRE, input_factor=1 / total(weights))


@objectives
@pytest.mark.parametrize("weights", ["dynamic", "linear", "harmonic", "sqrt", TEN], ids=str)
def test_corrected_cbow_descends_its_gradient(objective, weights):
    assert_descent(problem_of("cbow", objective, cbow_corrected=True, window_weights=weights), CENTRE)


@objectives
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_only_rows_that_took_part_move(architecture, objective):
    step = updates(ReferenceBackend(np.float64), problem_of(architecture, objective), CENTRE, alpha=0.01)
    moved = set(np.flatnonzero(np.abs(step["input"]).max(axis=1)).tolist())
    assert moved == set(SENTENCE) - {SENTENCE[CENTRE]}


@objectives
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_lock_factors_scale_input_rows_alone(architecture, objective):
    free = problem_of(architecture, objective, sentence=[2, 0])
    half = replace(free, lock=np.array([1.0, 1.0, 0.25], np.float32))  # row 2 is the context
    step, slowed = (updates(ReferenceBackend(np.float64), problem, 1, alpha=0.01) for problem in (free, half))
    np.testing.assert_allclose(slowed["input"][2], 0.25 * step["input"][2], rtol=1e-12)
    np.testing.assert_array_equal(slowed[objective], step[objective])


@objectives
@pytest.mark.parametrize("architecture", ["skipgram", "skipgram, shared negatives", "cbow"])
def test_kernels_descend_the_gradient_too(architecture, objective):
    problem = problem_of(architecture, objective, sentence=[2, 0], vector_size=16)
    slopes = gradient(problem, problem.weights(np.float64), 1)
    step = updates(create("threads"), problem, 1, alpha=1.0, dtype=np.float32)
    for name, slope in slopes.items():
        # float32: weights below 1 are rounded to 2**-24, the sigmoid is right to 1e-6
        np.testing.assert_allclose(step[name], -slope, rtol=0, atol=1e-6, err_msg=name)


# ------------------------------------------------------------------ the block twins, in closed form


def test_sigmoid_and_softplus_do_not_overflow_and_fit_together():
    scores = np.array([-1e4, -800.0, -30.0, -1.0, 0.0, 1.0, 30.0, 800.0, 1e4])
    assert sigmoid(scores)[4] == 0.5
    np.testing.assert_allclose(sigmoid(scores) + sigmoid(-scores), 1.0, rtol=1e-15)
    np.testing.assert_allclose(softplus(scores) - softplus(-scores), scores, rtol=1e-15)
    assert np.isfinite(softplus(scores)).all()


def test_pairs_by_hand():
    inputs, targets = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.5, 0.5]])
    one = np.ones(1)
    sums = block_pairs(
        inputs, targets, np.array([1], np.uint32), one, np.array([0], np.uint32), one, one, np.array([1.0, 0.5]), 0.1
    )
    chance = 1 / (1 + np.exp(-1.0))  # the score is 2 * 0.5
    assert sums.loss == pytest.approx(-np.log(chance))
    assert (sums.judged, sums.correct) == (1, 1)  # above all of none
    np.testing.assert_allclose(inputs, [[1, 0], [0.5 * 0.1 * (1 - chance) * 0.5, 2 + 0.5 * 0.1 * (1 - chance) * 0.5]])
    np.testing.assert_allclose(targets, [[0.5, 0.5 + 0.1 * (1 - chance) * 2]])


@pytest.mark.parametrize("repeats", [1, 2, 7])
def test_counts_mean_what_repeats_mean(repeats):
    """An input row of "mean" named `repeats` times is one of that count; the label 0 row of count n pulls n times."""
    rows, labels, times = np.array([0, 2], np.uint32), np.array([1.0, 0.0]), np.array([1.0, 3.0])
    results = []
    for named, counts in (([1, 3], [repeats, 1]), ([1] * repeats + [3], [1] * (repeats + 1))):
        inputs, targets = (np.random.default_rng(seed).normal(size=(4, 5)) for seed in (1, 2))
        counts = np.array(counts, np.float64)
        loss = block_mean(
            inputs, targets, np.array(named, np.uint32), counts, rows, labels, times, np.ones(1), 0.1, 1 / counts.sum(),
            0.5,
        ).loss  # fmt: skip
        results.append((inputs, targets, loss))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_count_of_zero_masks():
    inputs, targets = (np.random.default_rng(seed).normal(size=(3, 4)) for seed in (1, 2))
    before = targets.copy()
    one = np.ones(1)
    rows, labels = np.array([0, 1], np.uint32), np.array([1.0, 0.0])
    first = np.array([0], np.uint32)
    loss = block_pairs(inputs, targets, first, one, rows, labels, np.array([1.0, 0.0]), one, 0.1).loss
    np.testing.assert_array_equal(targets[1], before[1])
    assert loss == pytest.approx(
        block_pairs(
            np.random.default_rng(1).normal(size=(3, 4)), before, first, one, rows[:1], labels[:1], one, one, 0.1
        ).loss
    )
