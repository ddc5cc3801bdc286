"""Keys that were added to `wv`, and the ways to train them."""

import numpy as np
import pytest

from w2vcore import Word2Vec

DATA = [["a", "b", "c", "d"], ["b", "c"]] * 50
NEW = [["x", "y", "a"], ["y", "x"]] * 20


def model_with(keys, **settings):
    model = Word2Vec(DATA, vector_size=8, min_count=1, workers=1, **settings)
    model.wv.add_vectors(keys, np.ones((len(keys), 8), np.float32))
    return model


def moved(model):
    return [(model.wv[key] != 1).all() and model.syn1neg[model.wv.get_index(key)].any() for key in ("x", "y")]


@pytest.mark.parametrize("keys", [["x"], ["x", "y"], ["x", "y", "z", "u", "v"]])
def test_what_to_do_is_said(keys):
    model = model_with(keys)
    shown = ", ".join(map(repr, keys[:3]))
    with pytest.raises(
        ValueError,
        match=rf"syn1neg must have shape \({4 + len(keys)}, 8\), .* got \(4, 8\): it has none for the last words of wv, "
        rf"{shown}.* wv\.set_vecattr\('x', 'count', 10\) .* update_weights\(\); .* build_vocab\(sentences, update=True\)",
    ):
        model.train(NEW, total_examples=len(NEW), epochs=1)


@pytest.mark.parametrize("sample", [0, 1e-2])
def test_counts_and_update_weights(sample):
    model = model_with(["x", "y"], sample=sample)
    for key in ("x", "y"):
        model.wv.set_vecattr(key, "count", 40)
    model.update_weights()
    words, _ = model.train(NEW, total_examples=len(NEW), epochs=2)
    assert words > 10 and moved(model) == [True, True]


def test_build_vocab_with_update():
    model = model_with(["x", "y"])
    model.build_vocab(NEW, update=True)
    assert (model.wv["x"] == 1).all() and model.wv.get_vecattr("x", "count") == 40
    model.train(NEW, total_examples=len(NEW), epochs=2)
    assert moved(model) == [True, True]


def test_a_keep_rate_of_zero_that_somebody_set_stays():
    model = Word2Vec(DATA, vector_size=8, min_count=1, workers=1)
    row = model.wv.get_index("b")
    model.wv.expandos["sample_int"][row] = 0
    model.wv.add_vectors(["x"], np.ones((1, 8)))
    model.update_weights()
    assert model.wv.expandos["sample_int"][row] == 0
    assert model.wv.get_vecattr("x", "sample_int") > 0
