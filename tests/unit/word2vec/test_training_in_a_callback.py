"""A callback that trains the same model on something else: the training around it goes on as it was."""

import copy

import numpy as np
import pytest

from w2vcore import Word2Vec

DATA = [[f"w{i * j % 23}" for i in range(j % 13 + 1)] for j in range(100)]
MORE = [["w1", "w2", "w3"]] * 20
SMALL = {"vector_size": 8, "min_count": 1, "workers": 1, "sample": 0, "alpha": 0.05, "min_alpha": 0.01}


class Extra:
    """Trains on MORE after the first epoch of DATA."""

    def __init__(self, train):
        self.train, self.done = train, False

    def on_epoch_end(self, model):
        if not self.done:
            self.done = True
            self.train(model)

    def on_train_begin(self, model):
        pass

    on_epoch_begin = on_train_end = on_train_begin


def train_more(model, **options):
    options = {"epochs": 2, "start_alpha": 0.2, "end_alpha": 0.1, "compute_loss": True, **options}
    model.train(MORE, total_examples=len(MORE), **options)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_training_around_it_keeps_its_settings_and_its_epochs(workers):
    settings = {**SMALL, "workers": workers, "epochs": 3}
    model = Word2Vec(DATA, callbacks=[Extra(train_more)], **settings)
    plain = Word2Vec(DATA, **settings)
    assert [line["words"] for line in model.training_history] == [682, 60, 60, 682, 682]
    outer = [line["alpha"] for line in model.training_history if line["words"] != 60]
    assert outer == [line["alpha"] for line in plain.training_history]
    assert (model.epochs, model.alpha, model.min_alpha, model.compute_loss) == (3, 0.05, 0.01, False)
    assert not np.array_equal(model.wv.vectors, plain.wv.vectors)


def test_an_error_in_it_leaves_them_too():
    def fail(model):
        with pytest.raises(RuntimeError, match="only once"):
            model.train(iter([]), total_examples=5, epochs=1, start_alpha=0.3)
        assert (model.alpha, model.epochs) == (0.05, 4)

    model = Word2Vec(DATA, callbacks=[Extra(fail)], **SMALL, epochs=4)
    assert model.epochs_trained == 4


def test_settings_that_are_not_those_of_the_call_are_taken_up():
    def change(model):
        train_more(model)
        model.alpha = model.min_alpha = 0.03

    model = Word2Vec(DATA, callbacks=[Extra(change)], **SMALL, epochs=3)
    assert [line["alpha"] for line in model.training_history[-2:]] == [0.03, 0.03]


def test_a_copy_that_is_trained_is_a_model_of_its_own():
    copies = []

    def train_copy(model):
        copies.append(copy.deepcopy(model))
        train_more(copies[0])

    model = Word2Vec(DATA, callbacks=[Extra(train_copy)], **SMALL, epochs=3)
    np.testing.assert_array_equal(model.wv.vectors, Word2Vec(DATA, **SMALL, epochs=3).wv.vectors)
    assert (copies[0].epochs, copies[0].alpha, copies[0].compute_loss) == (2, 0.2, True)


def test_settings_stay_outside_of_a_callback():
    model = Word2Vec(DATA, **SMALL)
    train_more(model)
    assert (model.epochs, model.alpha, model.min_alpha, model.compute_loss) == (2, 0.2, 0.1, True)
