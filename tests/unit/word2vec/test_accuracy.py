"""The accuracy in the history: the reference's for each kind of model, number of workers and instruction set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.kernels import _dispatch

DATA = [[f"w{i * j % 23}" for i in range(j % 13 + 1)] for j in range(60)]
pytestmark = pytest.mark.usefixtures("tiny_jobs")

KINDS = {
    "skip-gram": {"sg": 1, "negative_sharing": "window"},
    "skip-gram by pairs": {"sg": 1, "negative_sharing": "pair"},
    "cbow": {"sg": 0, "window": 1},  # half a sum of two rows is exact, a third of three is not
    "cbow_mean 0": {"sg": 0, "cbow_mean": 0},
    "tree": {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "window"},
    "tree by pairs": {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "pair"},
    "cbow tree": {"sg": 0, "hs": 1, "negative": 0, "window": 1},
    "both": {"sg": 1, "hs": 1, "negative": 3, "negative_sharing": "window"},
    "cbow, both": {"sg": 0, "hs": 1, "negative": 3, "window": 1},
}


def frozen(kind, **settings):
    """Loss and accuracy of a model whose weights are whole numbers and stay so: exact, with any order of updates."""
    settings = {"vector_size": 7, "min_count": 1, "sample": 0.05, "batch_words": 50, **KINDS[kind], **settings}
    model = Word2Vec(**settings)
    model.build_vocab(DATA)
    rng = np.random.default_rng(1)
    for matrix in (model.wv.vectors, *(getattr(model, name) for name in ("syn1", "syn1neg") if hasattr(model, name))):
        matrix[:] = rng.integers(-1, 2, matrix.shape)
    model.train(DATA, total_examples=model.corpus_count, epochs=2, start_alpha=0.0, end_alpha=0.0, compute_loss=True)
    return [[epoch["loss"], epoch["accuracy"]] for epoch in model.training_history]


def assert_same(found, expected):
    assert [accuracy for _, accuracy in found] == [accuracy for _, accuracy in expected]
    np.testing.assert_allclose([loss for loss, _ in found], [loss for loss, _ in expected], rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_accuracy_is_that_of_the_reference_for_any_number_of_workers(kind):
    expected = frozen(kind, backend="reference")
    assert all(0.1 < accuracy < 0.9 for _, accuracy in expected)
    for workers in (1, 2, 3, 4):
        assert_same(frozen(kind, workers=workers), expected)


CHILD = "import json, sys, test_accuracy as t; print(json.dumps({kind: t.frozen(kind, workers=1) for kind in t.KINDS}))"


@pytest.mark.parametrize("isa", _dispatch.available())
def test_accuracy_is_the_same_with_each_instruction_set(isa, tmp_path):
    environment = {
        **os.environ,
        "W2VCORE_ISA": isa,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    ran = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for kind, found in json.loads(ran.stdout).items():
        assert_same(found, frozen(kind, workers=1))


def test_accuracy_is_not_counted_unless_asked_for():
    model = Word2Vec(DATA, vector_size=4, min_count=1, epochs=2)
    assert [epoch["accuracy"] for epoch in model.training_history] == [None, None]


def test_the_first_epoch_of_a_new_model_begins_with_ties():
    """All scores with a new target matrix are 0, and a tie is wrong."""
    model = Word2Vec(DATA, vector_size=4, min_count=1, epochs=1, compute_loss=True, alpha=0, min_alpha=0)
    assert model.training_history[0]["accuracy"] == 0.0


@pytest.mark.parametrize("settings", [{"sg": 1}, {"sg": 0}, {"sg": 1, "hs": 1, "negative": 0}])
def test_accuracy_rises_as_a_model_learns(settings):
    """Words in a ring: of 40 words, two stand beside a context word."""
    data = [[f"w{(first + step) % 40}" for step in range(20)] for first in range(40)] * 3
    settings = {"vector_size": 16, "window": 1, "sample": 0, "epochs": 20, "alpha": 0.1, "workers": 1, **settings}
    model = Word2Vec(data, compute_loss=True, **settings)
    accuracies = [epoch["accuracy"] for epoch in model.training_history]
    assert accuracies[-1] > accuracies[0] + 0.02  # 0.04 in the tree, 0.3 and more among noise words


def test_one_word_is_always_right():
    model = Word2Vec([["a"] * 5], vector_size=4, min_count=1, epochs=1, compute_loss=True, sample=0)
    assert model.training_history[0]["accuracy"] == 1.0


def test_nothing_judged_is_no_accuracy():
    model = Word2Vec([["a"]], vector_size=4, min_count=1, epochs=1, compute_loss=True, sample=0)
    assert model.training_history[0]["accuracy"] is None and model.training_history[0]["loss"] is None


def test_the_bar_shows_loss_and_accuracy(capfd):
    Word2Vec(DATA, vector_size=4, min_count=1, epochs=1, compute_loss=True, progress=True)
    assert "loss=" in (shown := capfd.readouterr().err) and "accuracy=0." in shown
