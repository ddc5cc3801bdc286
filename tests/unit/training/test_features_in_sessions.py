"""A session trains features and tags as it trains words: with checkpoints between jobs, and callbacks between epochs."""

from dataclasses import replace

import numpy as np
import pytest

from w2vcore.backends.agreement import ALONE
from w2vcore.backends.base import Plan
from w2vcore.backends.registry import create
from w2vcore.corpus.encoding import encode
from w2vcore.corpus.feed import Feed
from w2vcore.corpus.sources import as_corpus
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Features
from w2vcore.model.weights import Weights, adopt, initial_vectors, zeros
from w2vcore.training.expected import Expected
from w2vcore.training.jobs import cut
from w2vcore.training.schedule import LinearDecay
from w2vcore.training.session import Session, Task
from w2vcore.training.setup import Setup

KEYS = [f"w{number}" for number in range(12)]
ROWS = {key: row for row, key in enumerate(KEYS)}
FEATURES = Features.of([[row, 12 + row % 3] for row in range(12)])
TAGS = {"even": 15, "odd": 16}
CONFIG = TrainingConfig(vector_size=8, subsample=False, workers=1, epochs=3, batch_words=20, architecture="cbow")


def corpus():
    rng = np.random.default_rng(1)
    return [([f"w{n}" for n in rng.integers(12, size=17)], ["even" if k % 2 else "odd"]) for k in range(20)]


def weights():
    return Weights({"input": adopt(initial_vectors(17, 8, seed=2), 8), "negative": zeros(12, 8)}, 8)


def setup(model, features=FEATURES):
    return Setup(
        config=CONFIG,
        backend="threads",
        kernels="any",
        weights=model,
        arrays={name: matrix[:, :8] for name, matrix in model.matrices.items()},
        attributes={name: name for name in model.matrices},
        counts=np.full(12, 30),
        keep=np.full(12, 2**32 - 1, np.uint32),
        lock=np.ones(1, np.float32),
        tree=None,
        keys=KEYS,
        rows=ROWS,
        common={},
        features=features,
    )


class Owner:
    """Owns the weights; `look` says how the model stands after a callback."""

    def __init__(self, model, look):
        self.watched, self.checkpoints = look is not None, []
        self._model, self._now, self._look = model, setup(model), look

    def setup(self, last):
        return self._now if last is None or self._look is None else self._look(self._now)

    def epochs(self):
        return CONFIG.epochs

    def training_begins(self):
        pass

    def epoch_begins(self):
        pass

    def epoch_ended(self, line):
        return False

    def checkpoint_due(self, state):
        self.checkpoints.append((state, {name: matrix.copy() for name, matrix in self._model.matrices.items()}))


def session(model, look=None, **options):
    """Train all epochs; return the sums, and each checkpoint."""
    owner = Owner(model, look)
    with TokenCache() as cache:
        feed = Feed(as_corpus(corpus(), passes=3), cache, once=True, tag_to_row=TAGS)
        task = Task(feed, None, Expected(20, 340), (340, "words"), ALONE, **options)
        total = Session(task, owner).run()
    return total, owner.checkpoints


def expected():
    """The same jobs by themselves."""
    model = weights()
    backend = create("threads")
    plan = Plan(CONFIG, np.full(12, 30), np.full(12, 2**32 - 1, np.uint32), np.ones(1, np.float32), features=FEATURES)
    backend.open(plan, model)
    decay = LinearDecay(CONFIG.alpha, CONFIG.min_alpha, CONFIG.epochs, 340, "words")
    for epoch in range(CONFIG.epochs):
        backend.run(epoch, cut(encode(corpus(), ROWS, 10**6, TAGS), epoch, decay, 20), lambda job, stats: None)
    backend.close()
    return model.matrices


def test_a_session_trains_what_its_jobs_do():
    model = weights()
    total, _ = session(model)
    assert total.examples == 3 * 340
    for name, matrix in expected().items():
        np.testing.assert_array_equal(model.matrices[name], matrix)
    moved = (model.matrices["input"] != weights().matrices["input"]).any(axis=1)
    assert moved.all()  # words, features and tags


def test_a_run_that_goes_on_inside_a_document_loses_nothing(tmp_path):
    """It has stopped between two jobs, and begins with a job that begins in the middle of a document."""
    model = weights()
    _, states = session(model, checkpoint=tmp_path / "any", every=100)
    inside = [(state, matrices) for state, matrices in states if state.position.tokens % 17]
    assert len(inside) >= 3
    for state, matrices in inside:
        again = Weights({name: adopt(matrix[:, :8], 8) for name, matrix in matrices.items()}, 8)
        session(again, resumed=state)
        for name, matrix in model.matrices.items():
            np.testing.assert_array_equal(again.matrices[name], matrix)


def test_other_features_after_a_callback_are_trained_on():
    """They are taken up before the first epoch, as other matrices are."""
    other = Features.of([[row, 12] for row in range(12)])
    model = weights()
    session(model, look=lambda now: replace(now, features=other))
    moved = (model.matrices["input"] != weights().matrices["input"]).any(axis=1)
    assert moved[:13].all() and not moved[13:15].any()


def test_features_that_do_not_fit_are_refused_before_any_training():
    model = weights()
    model.matrices["input"] = zeros(14, 8)
    with pytest.raises(
        ValueError, match="the input matrix must have 15 rows at least, as the features need; it has 14"
    ):
        session(model)
