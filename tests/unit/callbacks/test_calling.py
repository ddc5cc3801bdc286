"""What a callback returns: True ends the training, whoever made the bool; what is no bool is said, once."""

import warnings

import numpy as np
import pytest

from w2vcore import Word2Vec

CORPUS = [["a", "b", "c"]] * 10
SMALL = {"min_count": 1, "vector_size": 4, "workers": 1, "epochs": 4, "sample": 0}


class Returning:
    def __init__(self, answer):
        self.answer = answer

    def on_epoch_end(self, model):
        return self.answer

    def on_train_begin(self, model):
        return "what the other events return has no meaning"

    on_epoch_begin = on_train_end = on_train_begin


def epochs(*answers):
    """How many epochs are trained, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Word2Vec(CORPUS, callbacks=map(Returning, answers), **SMALL).epochs_trained


@pytest.mark.parametrize("answer", [True, np.bool_(True), np.float32(1) > 0, np.ones(2).all()])
def test_any_true_bool_ends_the_training(answer):
    assert epochs(answer) == epochs(None, answer, False) == 1


@pytest.mark.parametrize("answer", [None, False, np.bool_(False), np.float32(1) < 0])
def test_false_and_nothing_do_not(answer):
    assert epochs(answer) == epochs(answer, None) == 4


@pytest.mark.parametrize("answer", [1, 0, "stop", 0.25, np.float32(1), np.ones(1, bool), [True]])
def test_anything_else_is_said_once_a_training(answer, caplog):
    for _ in range(2):
        with pytest.warns(UserWarning, match=r"on_epoch_end of Returning returned .*neither a bool nor None") as caught:
            model = Word2Vec(CORPUS, callbacks=[Returning(answer), Returning(answer)], **SMALL)
        assert model.epochs_trained == 4
        assert len(caught) == 1 and repr(answer) in str(caught[0].message)
        assert caught[0].filename == __file__
    assert caplog.text.count("neither a bool nor None") == 2


def test_the_line_that_is_named_is_that_of_the_caller():
    model = Word2Vec(CORPUS, **SMALL)
    with pytest.warns(UserWarning, match="neither a bool") as caught:
        model.train(CORPUS, total_examples=10, epochs=1, callbacks=[Returning(1)])
    assert caught[0].filename == __file__


def test_true_of_one_counts_beside_the_warning_about_another():
    with pytest.warns(UserWarning, match="returned 1, which"):
        assert Word2Vec(CORPUS, callbacks=[Returning(1), Returning(True)], **SMALL).epochs_trained == 1


def test_an_iterator_of_callbacks_reaches_what_a_subclass_overrides():
    class Own(Word2Vec):
        def train(self, *arguments, **options):
            return super().train(*arguments, **options)

    model = Own(CORPUS, callbacks=iter([Returning(True)]), **SMALL)
    assert model.epochs_trained == 1
