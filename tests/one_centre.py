"""One centre with a few contexts, trained in float64 by the reference: what a step does, and by central differences."""

import numpy as np
import pytest
from problems import batch_of

from w2vcore.backends.base import Job, Plan
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.model.config import TrainingConfig
from w2vcore.model.weights import Weights

VOCABULARY, SIZE = 6, 4
COUNTS = np.arange(VOCABULARY, 0, -1)
CONTEXTS, CENTRE = [3, 0, 3, 5], 1  # ids; the word 3 is twice in the window
STEP, TOLERANCE = 1e-5, 1e-8  # central differences are off by STEP**2 and by rounding / STEP

KINDS = {
    "pair": {"architecture": "skipgram", "negative_sharing": "pair"},
    "window": {"architecture": "skipgram", "negative_sharing": "window"},
    "cbow sum": {"architecture": "cbow", "cbow_mean": False},
    "cbow mean": {"architecture": "cbow", "cbow_mean": True},
}
kinds = pytest.mark.parametrize("kind", KINDS)


def contexts_of(kind):
    """Those of the window; pairs see each other's updates, so that one alone has a gradient."""
    return CONTEXTS[:1] if kind == "pair" else CONTEXTS


def config_of(kind, name, **settings):
    settings = {"window": 10, "shrink_windows": False, "subsample": False, "workers": 1, **settings}
    return TrainingConfig(vector_size=SIZE, objectives=(name,), compute_loss=True, **KINDS[kind], **settings)


def fresh_weights(name):
    rng = np.random.default_rng(3)
    matrices = {each: np.zeros((VOCABULARY, 16)) for each in ("input", name)}
    for matrix in matrices.values():
        matrix[:, :SIZE] = rng.normal(size=(VOCABULARY, SIZE))
    return Weights(matrices, SIZE)


def train_one(config, weights, alpha, contexts):
    """Train the centre with these contexts, and return the loss, which is taken before the update."""
    batch, keep = batch_of([[CENTRE, *contexts]]), np.full(VOCABULARY, 2**32 - 1, np.uint32)
    backend = ReferenceBackend(np.float64)
    backend.open(Plan(config, COUNTS, keep, np.ones(1, np.float32)), weights)
    stats = backend.run(0, iter([Job(batch, 0, 1, alpha, 0, 1, 1)]), lambda job, stats: None)
    backend.close()
    return stats


def step_of(config, contexts, alpha=0.01):
    """Return what a step adds to the input and the target matrix, divided by the learning rate, and the loss."""
    name = config.objectives[0]
    before, after = fresh_weights(name), fresh_weights(name)
    stats = train_one(config, after, alpha, contexts)
    inputs, targets = ((after.matrices[each] - before.matrices[each])[:, :SIZE] / alpha for each in ("input", name))
    return inputs, targets, stats.loss


def closed_form(kind, name, errors_and_loss):
    """Return the same in closed form, from what maps the scores of all words to errors of all words and a loss."""
    weights, contexts = fresh_weights(name), contexts_of(kind)
    inputs, targets = (weights.matrices[each][:, :SIZE] for each in ("input", name))
    d_inputs, d_targets, total = np.zeros_like(inputs), np.zeros_like(targets), 0.0
    if kind.startswith("cbow"):
        hidden = inputs[contexts].mean(axis=0) if kind == "cbow mean" else inputs[contexts].sum(axis=0)
        error, loss = errors_and_loss(targets @ hidden)
        share = 1.0 if kind == "cbow mean" else 1 / len(contexts)  # of the error, as in gensim
        for context in contexts:
            d_inputs[context] += share * error @ targets
        return d_inputs, np.outer(error, hidden), loss
    for context in contexts:
        error, loss = errors_and_loss(targets @ inputs[context])
        d_inputs[context] += error @ targets
        d_targets += np.outer(error, inputs[context])
        total += loss
    return d_inputs, d_targets, total


def assert_closed_form(kind, config, errors_and_loss):
    step = step_of(config, contexts_of(kind))
    expected = closed_form(kind, config.objectives[0], errors_and_loss)
    for mine, theirs in zip(step[:2], expected[:2], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)
        assert np.abs(theirs).max() > 0.01
    assert step[2] == pytest.approx(expected[2], rel=1e-12)


def assert_descends(kind, config):
    """The step is minus the gradient of the loss; that of the inputs of CBOW times or divided by their number."""
    contexts, name = contexts_of(kind), config.objectives[0]
    factors = {"cbow mean": len(contexts), "cbow sum": 1 / len(contexts)}
    inputs, targets, _ = step_of(config, contexts)
    for matrix, moved in (("input", inputs), (name, targets)):
        factor = factors.get(kind, 1) if matrix == "input" else 1
        for place in np.ndindex(VOCABULARY, SIZE):
            losses = []
            for step in (STEP, -STEP):
                weights = fresh_weights(name)
                weights.matrices[matrix][place] += step
                losses.append(train_one(config, weights, 0.0, contexts).loss)
            slope = (losses[0] - losses[1]) / (2 * STEP)
            assert moved[place] == pytest.approx(-factor * slope, abs=factor * TOLERANCE), (matrix, place)
