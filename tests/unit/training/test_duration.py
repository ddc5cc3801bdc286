"""The warning before epochs of the full softmax that take long."""

import logging
import warnings

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends.base import Plan
from w2vcore.model.config import TrainingConfig
from w2vcore.training import duration
from w2vcore.training.duration import why_slow


def plan_of(words, name="softmax", **settings):
    config = TrainingConfig(objectives=(name,), subsample=False, workers=1, **settings)
    return Plan(config, np.ones(words, np.int64), np.full(words, 2**32 - 1, np.uint32), np.ones(1, np.float32))


@pytest.mark.parametrize(
    ("size", "settings", "words", "said"),
    [
        (10_000, {}, 10**8, "about 770 times as long as with 5 noise words, some 6 hours here"),
        (10_000, {"architecture": "skipgram"}, 10**7, "some 3 hours here"),
        (10_000, {"architecture": "skipgram", "vector_size": 200}, 10**7, "some 7 hours here"),
        (10_000, {"architecture": "skipgram", "window_weights": "harmonic"}, 10**7, "some 3 hours here"),
        (60_000, {"architecture": "skipgram"}, 10**9, "some 83 days here"),
        (60_000, {}, None, "about 4,600 times as long as with 5 noise words. Take objective='sampled_softmax'"),
        (60_000, {}, 1000, ""),
        (4096, {}, None, ""),
        (4096, {"architecture": "skipgram"}, 10**6, ""),
    ],
)
def test_what_is_said(size, settings, words, said):
    message = why_slow(plan_of(size, **settings), words)
    assert said in message if said else not message


def test_it_takes_as_much_less_as_there_are_threads_on_cores():
    plan = plan_of(60_000)
    assert "some 33 hours here" in why_slow(plan, 10**8)
    two = Plan(TrainingConfig(objectives=("softmax",), subsample=False, workers=2), plan.counts, plan.keep, plan.lock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duration.os, "cpu_count", lambda: 8)
        assert "some 17 hours here" in why_slow(two, 10**8)


@pytest.mark.parametrize("name", ["negative", "sampled_softmax", "nce", "tree"])
def test_others_are_not_slow(name):
    assert not why_slow(plan_of(10**6, name), 10**12)


SENTENCES = [["red", "green", "blue"], ["one", "two", "three"]] * 5


def test_a_model_warns_once_before_it_trains(monkeypatch, caplog):
    monkeypatch.setattr(duration, "LONG_SECONDS", 1e-9)
    with pytest.warns(UserWarning, match="trains all 6 words in each example") as caught:
        Word2Vec(SENTENCES, objective="softmax", min_count=1, epochs=3, workers=1)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert len([each for each in caplog.records if each.levelno == logging.WARNING]) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Word2Vec(SENTENCES, objective="nce", min_count=1, workers=1)
