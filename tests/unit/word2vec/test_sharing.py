"""Models with ``negative_sharing="auto"``: what they take, that they say so, and that a resumed run keeps to it."""

import logging

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.objectives import sharing
from w2vcore.objectives.sharing import LEAST_NOISE_WORDS
from w2vcore.training.checkpoint import RunState
from w2vcore.word2vec.files import read_model

SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "sg": 1, "epochs": 2, "seed": 3}
FEW = 30
MANY = LEAST_NOISE_WORDS + 500


def corpus(words, rounds=2):
    """All words equally often, in another order each time."""
    rng = np.random.default_rng(words)
    return [rng.permutation(words)[:words].tolist() for _ in range(rounds)]


def vectors(words, **settings):
    return Word2Vec(corpus(words), **{**SMALL, **settings}).wv.vectors


@pytest.mark.parametrize(("words", "taken"), [(FEW, "pair"), (MANY, "window")])
@pytest.mark.parametrize("kind", [{}, {"hs": 1, "negative": 0}], ids=["noise words", "tree"])
def test_auto_trains_as_what_it_takes(words, taken, kind):
    other = {"pair": "window", "window": "pair"}[taken]
    auto = vectors(words, **kind)
    np.testing.assert_array_equal(auto, vectors(words, negative_sharing=taken, **kind))
    assert (auto != vectors(words, negative_sharing=other, **kind)).any()


def test_the_default_is_auto():
    assert Word2Vec(**SMALL).negative_sharing == "auto"


def test_it_is_said_once_a_run(caplog):
    with caplog.at_level(logging.INFO, logger="w2vcore"):
        model = Word2Vec(corpus(FEW), **SMALL)
    said = [record.getMessage() for record in caplog.records if "negative_sharing" in record.getMessage()]
    assert said == [
        "negative_sharing='auto' takes 'pair': the noise words are as varied as 30 equally frequent ones, "
        f"fewer than {LEAST_NOISE_WORDS:,}"
    ]
    assert model.negative_sharing == "auto"  # what was asked for, and what the next run will be asked


@pytest.mark.parametrize("settings", [{"negative_sharing": "pair"}, {"sg": 0}], ids=["asked for", "cbow"])
def test_nothing_is_said_where_nothing_is_chosen(settings, caplog):
    with caplog.at_level(logging.INFO, logger="w2vcore"):
        Word2Vec(corpus(FEW), **{**SMALL, **settings})
    assert "negative_sharing" not in caplog.text


def test_a_vocabulary_that_grew_is_judged_anew(caplog):
    model = Word2Vec(corpus(FEW), **SMALL)
    more = corpus(MANY)
    model.build_vocab(more, update=True)
    with caplog.at_level(logging.INFO, logger="w2vcore"):
        model.train(more, total_examples=model.corpus_count, epochs=1)
    assert "negative_sharing='auto' takes 'window'" in caplog.text


def test_counts_decide_wherever_they_come_from(caplog):
    model = Word2Vec(**SMALL)
    model.build_vocab_from_freq(dict.fromkeys(range(MANY), 5))
    with caplog.at_level(logging.INFO, logger="w2vcore"):
        model.train(corpus(FEW), total_examples=2, epochs=1)
    assert "negative_sharing='auto' takes 'window'" in caplog.text


class Crash(Exception):
    """What the run dies of."""


class CrashAfterOneEpoch:
    """A callback."""

    def __getattr__(self, event):
        def call(model):
            if event == "on_epoch_end" and model.epochs_trained == 1:
                raise Crash

        return call


@pytest.mark.parametrize(("words", "taken"), [(FEW, "pair"), (MANY, "window")])
def test_a_resumed_run_keeps_what_was_chosen(words, taken, tmp_path, monkeypatch, caplog):
    path = tmp_path / "run.checkpoint"
    whole = vectors(words)
    with pytest.raises(Crash):
        Word2Vec(corpus(words), checkpoint=path, callbacks=[CrashAfterOneEpoch()], **SMALL)
    state = RunState.from_settings(read_model(Word2Vec, path).settings, str(path))
    assert state.config.negative_sharing == taken
    # of a w2vcore with other limits
    monkeypatch.setattr(sharing, "LEAST_NOISE_WORDS", 1 if taken == "pair" else 10**9)
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="w2vcore"):
        resumed = Word2Vec.resume(path, corpus(words))
    np.testing.assert_array_equal(resumed.wv.vectors, whole)
    assert "negative_sharing" not in caplog.text  # nothing was chosen here


def test_a_loaded_model_asks_again(tmp_path):
    """What was asked for is saved, not what was taken."""
    path = tmp_path / "model"
    Word2Vec(corpus(FEW), **SMALL).save(path)
    assert Word2Vec.load(path).negative_sharing == "auto"
    assert isinstance(Word2Vec.load(path).wv, KeyedVectors)
