"""EarlyStopping: when it stops, what it keeps, and what it refuses before training."""

import itertools

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import CallbackAny2Vec, EarlyStopping

DATA = [["a", "b", "c"], ["d", "e", "f"]] * 10
SETTINGS = {"min_count": 1, "vector_size": 4, "workers": 1, "epochs": 10, "sample": 0}


def scripted(values):
    """A monitor that gives these numbers, epoch by epoch."""
    numbers = itertools.chain(values, itertools.repeat(values[-1]))
    return lambda model: next(numbers)


def trained(stop, *before, **settings):
    return Word2Vec(DATA, callbacks=[*before, stop], **{**SETTINGS, **settings})


@pytest.mark.parametrize(
    ("mode", "values", "patience", "min_delta", "best_epoch", "stopped_epoch"),
    [
        ("max", [1, 2, 3, 3, 3, 9], 2, 0, 2, 4),
        ("max", [1, 2, 2, 3, 3, 3], 2, 0, 3, 5),
        ("min", [5, 4, 6, 7, 1], 1, 0, 1, 2),
        ("min", [5, 4, 6, 7, 8], 3, 0, 1, 4),
        ("max", [1, 1.05, 1.09, 1.15], 2, 0.1, 0, 2),  # nothing is more than 0.1 better
        ("max", [1, 1.05, 1.12, 1.15, 1.2, 3], 2, 0.1, 2, 4),
        ("max", list(range(10)), 1, 0, 9, None),
        ("max", [float("nan"), 1, float("nan"), float("nan")], 2, 0, 1, 3),
    ],
)
def test_stops_after_patience(mode, values, patience, min_delta, best_epoch, stopped_epoch):
    stop = EarlyStopping(scripted(values), patience=patience, min_delta=min_delta, mode=mode)
    model = trained(stop)
    assert (stop.best_epoch, stop.stopped_epoch) == (best_epoch, stopped_epoch)
    assert stop.best == values[best_epoch]
    assert len(model.training_history) == (10 if stopped_epoch is None else stopped_epoch + 1)


@pytest.mark.parametrize("monitor", ["loss", "accuracy"])
def test_watches_what_training_measures(monitor):
    stop = EarlyStopping(monitor, patience=1, min_delta=1e9)  # nothing is so much better
    assert len(trained(stop, compute_loss=True).training_history) == 2
    assert stop.best_epoch == 0 and stop.best == pytest.approx(stop.best)


@pytest.mark.parametrize("monitor", ["loss", "accuracy"])
def test_measures_that_are_off_are_refused_before_training(monitor):
    begun = []

    class Begun(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            begun.append(model)

    with pytest.raises(ValueError, match=rf"EarlyStopping\(monitor='{monitor}'\) needs compute_loss=True"):
        trained(EarlyStopping(monitor), Begun())
    assert not begun


@pytest.mark.parametrize("settings", [{"sg": 1}, {"sg": 0, "hs": 1}])
def test_restores_the_best_epoch(settings):
    seen = []

    class Witness(CallbackAny2Vec):
        def on_epoch_end(self, model):
            seen.append(
                [np.array(getattr(model, name, 0)) for name in ("syn1", "syn1neg")] + [np.array(model.wv.vectors)]
            )

    stop = EarlyStopping(scripted([1, 2, 5, 3, 4, 1]), patience=3, mode="max", restore_best=True)
    model = trained(stop, Witness(), alpha=0.5, **settings)
    assert len(seen) == 6 and stop.best_epoch == 2
    now = [np.array(getattr(model, name, 0)) for name in ("syn1", "syn1neg")] + [model.wv.vectors]
    for found, best, last in zip(now, seen[2], seen[5], strict=True):
        np.testing.assert_array_equal(found, best)
        assert not found.any() or not np.array_equal(found, last)
    np.testing.assert_allclose(model.wv.similarity("a", "a"), 1, rtol=1e-6)  # norms are those of the restored rows


def test_without_restore_the_last_epoch_stays():
    stop = EarlyStopping(scripted([1, 0, 0]), patience=2, mode="max")
    model = trained(stop)
    plain = Word2Vec(DATA, callbacks=[EarlyStopping(scripted([1, 0, 0]), patience=2, mode="max")], **SETTINGS)
    np.testing.assert_array_equal(model.wv.vectors, plain.wv.vectors)


def test_can_be_used_again():
    stop = EarlyStopping(scripted([3, 1, 1, 2, 1, 1]), patience=2, mode="max")
    assert len(trained(stop).training_history) == 3
    assert len(trained(stop).training_history) == 3  # the 3 of before is forgotten
    assert stop.best == 2


def test_a_name_that_is_not_there():
    with pytest.raises(ValueError, match=r"no such name, only epoch, words.*must stand before this one"):
        trained(EarlyStopping("analogies"))


def test_epochs_without_a_number_do_not_count():
    class Now(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.training_history[-1]["mine"] = None if model.epochs_trained % 2 else 1.0

    stop = EarlyStopping("mine", mode="max", patience=2)
    assert len(trained(stop, Now()).training_history) == 6


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"monitor": 7}, TypeError, "monitor must be a name in the history's line such as 'loss'"),
        ({"monitor": "mine"}, ValueError, "with monitor='mine' say mode='min' or mode='max'"),
        ({"monitor": scripted}, ValueError, "with monitor='scripted' say mode"),
        ({"mode": "up"}, ValueError, "mode must be 'auto', 'min' or 'max', got 'up'"),
        ({"patience": 0}, ValueError, "patience must be an int at least 1, got 0"),
        ({"min_delta": -1}, ValueError, "min_delta"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        EarlyStopping(**arguments)


def test_goes_back_to_the_best_epoch_with_an_objective_of_your_own():
    class Own(CallbackAny2Vec):
        """Stands for the training of a matrix that is named like that of an objective called "own"."""

        def on_train_begin(self, model):
            model.syn1_own = np.zeros((6, 4), np.float32)

        def on_epoch_end(self, model):
            model.syn1_own += 1

    stop = EarlyStopping(scripted([1, 2, 5, 3, 4, 1]), patience=3, mode="max", restore_best=True)
    assert (trained(stop, Own()).syn1_own == 3).all()
