"""The learning rate that is reported is the last that was trained with, whichever way it goes."""

import pytest

from w2vcore import Word2Vec
from w2vcore.backends.team import simulate

DATA = [[f"w{i * j % 23}" for i in range(j % 13 + 1)] for j in range(200)]
SMALL = {"vector_size": 8, "min_count": 1, "epochs": 2, "batch_words": 100, "sample": 0}
RISING = {"alpha": 0.001, "min_alpha": 0.1}


def reported(model):
    return [line["alpha"] for line in model.training_history]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("backend", [None, "reference"])
def test_a_rising_rate(workers, backend):
    model = Word2Vec(DATA, workers=workers, backend=backend, **SMALL, **RISING)
    first, last = reported(model)
    assert 0.045 < first < 0.001 + (0.1 - 0.001) / 2
    assert 0.09 < last < 0.1
    assert model.min_alpha_yet_reached == last


def test_a_falling_rate():
    model = Word2Vec(DATA, workers=3, **SMALL)
    first, last = reported(model)
    assert 0.025 > first > 0.0001 + (0.025 - 0.0001) / 2
    assert first / 2 > last > 0.0001
    assert model.min_alpha_yet_reached == last


@pytest.mark.parametrize("rates", [RISING, {}])
def test_ranks_report_the_last_rate_too(rates):
    halves = DATA[:120], DATA[120:]
    one = reported(Word2Vec(DATA, workers=1, **SMALL, **rates))
    for model in simulate(2, lambda rank: Word2Vec(halves[rank], backend="mpi", workers=1, **SMALL, **rates)):
        # a job of 100 words is a seventh of an epoch of one half
        assert reported(model) == pytest.approx(one, abs=abs(one[1] - one[0]) / 7)
        assert model.min_alpha_yet_reached == reported(model)[-1]


def test_a_later_call_reports_its_own():
    model = Word2Vec(DATA, workers=1, **SMALL)
    model.train(DATA, total_examples=len(DATA), epochs=1, start_alpha=0.2, end_alpha=0.1)
    assert 0.1 < model.min_alpha_yet_reached == reported(model)[-1] < 0.11
