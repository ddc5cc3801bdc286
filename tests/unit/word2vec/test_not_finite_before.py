"""Numbers that were no numbers before training are not blamed on the learning rate."""

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.training import given

DATA = [["a", "b", "c", "d"], ["b", "c"]] * 10
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0}


def built(**settings):
    model = Word2Vec(**{**SMALL, **settings})
    model.build_vocab(DATA)
    return model


def train(model, callbacks=(), epochs=2):
    return model.train(DATA, total_examples=len(DATA), epochs=epochs, callbacks=callbacks)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("attribute", ["wv.vectors", "syn1neg"])
@pytest.mark.parametrize("backend", [None, "reference"])
def test_the_row_and_the_key_are_named(value, attribute, backend):
    model = built(backend=backend)
    matrix = model.wv.vectors if attribute == "wv.vectors" else model.syn1neg
    matrix[2, 1] = value
    key = model.wv.index_to_key[2]
    with pytest.raises(
        FloatingPointError,
        match=rf"^{attribute} held {value} in row 2 \('{key}'\) before training: somebody put it there, .*{attribute}\[2\] = 0",
    ):
        train(model)
    assert model.training_history == []
    assert np.isfinite(matrix).sum() == matrix.size - 1  # nothing was trained
    matrix[2] = 0
    train(model)


def test_several_rows_and_infinities_of_both_signs():
    model = built()
    model.wv.vectors[1], model.wv.vectors[3] = np.inf, -np.inf
    with pytest.raises(
        FloatingPointError, match=r"held inf in row 1 \('\w'\) before training, and 1 other rows hold such"
    ):
        train(model)


def test_rows_of_a_tree_are_no_words():
    model = built(hs=1, negative=0)
    model.syn1[1, 0] = np.nan
    with pytest.raises(FloatingPointError, match=r"^syn1 held nan in row 1 before training: "):
        train(model)


def test_vectors_that_were_replaced():
    model = built()
    wv = KeyedVectors(4)
    numbers = np.ones((4, 4))
    numbers[3] = np.nan
    wv.add_vectors(model.wv.index_to_key, numbers, extras={"count": [20, 20, 10, 10]})
    model.wv = wv
    with pytest.raises(FloatingPointError, match=r"wv\.vectors held nan in row 3"):
        train(model)


class Once:
    def __init__(self, event, change):
        self.event, self.change = event, change

    def __getattr__(self, event):
        return self.change if event == self.event else lambda model: None


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin", "on_epoch_end"])
def test_an_array_that_a_callback_put_there(event):
    def change(model):
        targets = model.syn1neg.copy()
        targets[1] = np.inf
        model.syn1neg = targets

    with pytest.raises(FloatingPointError, match=rf"syn1neg held inf in row 1 \('\w'\) after {event}: somebody put it"):
        train(built(), [Once(event, change)])


def test_what_a_callback_wrote_into_an_array_is_held_possible():
    def change(model):
        model.wv.vectors[1] = np.nan

    with pytest.raises(
        FloatingPointError, match=r"non-finite in epoch 1 .*; lower alpha, unless a callback has written"
    ):
        train(built(), [Once("on_epoch_end", change)])


def test_a_rate_that_is_too_high_is_still_to_blame():
    with pytest.raises(FloatingPointError, match=r"non-finite in epoch \d.* with alpha=1e\+30; lower alpha$"):
        Word2Vec(DATA, alpha=1e30, min_alpha=1e30, **SMALL)


def test_a_short_call_on_many_words_does_not_look_at_all_of_them(monkeypatch):
    monkeypatch.setattr(given, "FEW_ROWS", 3)
    monkeypatch.setattr(given, "TOKENS_A_ROW", 1000)
    model = built()
    model.wv.vectors[2] = np.nan
    with pytest.raises(FloatingPointError, match=r"non-finite in epoch 0 .*; lower alpha, unless it was there before$"):
        train(model)


def test_large_numbers_are_numbers():
    model = built(alpha=0, min_alpha=0)
    model.wv.vectors[:] = 3e38
    model.wv.vectors[1::2] *= -1
    model.wv.vectors[:2] = 3e38
    train(model)
