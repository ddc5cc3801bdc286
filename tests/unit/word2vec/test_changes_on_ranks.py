"""What callbacks change where several ranks train one model: the same on all, or an error that names rank and field."""

import random

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends import merging
from w2vcore.backends.team import simulate

pytestmark = pytest.mark.timeout(120)  # ranks that wait for each other for ever are the fault to be found

SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "sample": 0, "alpha": 0.05, "min_alpha": 0.05}
EPOCHS = 3
EVENTS = ("on_train_begin", "on_epoch_begin", "on_epoch_end")


def corpus(rank):
    rng = np.random.default_rng(rank)
    return [[f"w{word % 25}" for word in rng.geometric(0.1, rng.integers(1, 12))] for _ in range(80 + 20 * rank)]


@pytest.fixture(autouse=True)
def many_merges(monkeypatch):
    monkeypatch.setattr(merging, "SHORTEST", 100)
    monkeypatch.setattr(merging, "FIRST_ROWS", 8)


class Once:
    """Makes a change in the hook `event` of epoch `epoch`; None makes none."""

    def __init__(self, change, event="on_epoch_end", epoch=0):
        self.change, self.when, self.epochs = change, (event, epoch), 0

    def __getattr__(self, event):
        if not event.startswith("on_"):
            raise AttributeError(event)

        def call(model):
            if (event, self.epochs) == self.when and self.change is not None:
                self.change(model)
            self.epochs += event == "on_epoch_end"

        return call


def built(rank, **settings):
    model = Word2Vec(backend="mpi", **{**SETTINGS, **settings})
    model.build_vocab(corpus(rank))
    return model


def numbers(rows, seed=7):
    return np.random.default_rng(seed).standard_normal((rows, 8)).astype(np.float32)


def set_rate(model):
    model.alpha = model.min_alpha = 0.01


def replace_vectors(model):
    model.wv.vectors = numbers(len(model.wv))


def write_vectors(model):
    model.wv.vectors[:5] = numbers(5)


def write_targets(model):
    model.syn1neg[3] = 1


def replace_targets(model):
    model.syn1neg = numbers(len(model.wv))


def write_locks(model):
    model.wv.vectors_lockf[0] = 0.5


def write_counts(model):
    model.wv.expandos["count"][2] = 999


def set_sample(model):
    model.sample = 0.003


def set_negative(model):
    model.negative = 3


def init_weights(model):
    model.init_weights()


def new_words(model):
    model.build_vocab([["fresh", "w1", "fresh"]], update=True)


def more_epochs(model):
    model.epochs = 4


def fewer_epochs(model):
    model.epochs = 2


CHANGES = {
    set_rate: "alpha", replace_vectors: "weights (input)", write_vectors: "weights (input)",
    write_targets: "weights (negative)", replace_targets: "weights (negative)", write_locks: "vectors_lockf",
    write_counts: "counts", set_sample: "subsample", set_negative: "negative", init_weights: "weights (input)",
    more_epochs: "epochs",
}  # fmt: skip
OF_COUNT = {more_epochs: 4, fewer_epochs: 2}


@pytest.mark.parametrize("change", [*CHANGES, fewer_epochs], ids=lambda change: change.__name__)
@pytest.mark.parametrize("event", EVENTS)
def test_the_same_change_on_all_ranks_is_taken_up(change, event):
    """The oracle is a loop of calls of one epoch, where each call compares the ranks and begins anew."""

    def in_hooks(rank):
        model = built(rank)
        callbacks = [Once(change, event)]
        sentences = corpus(rank)
        model.train(sentences, total_examples=180, epochs=EPOCHS, callbacks=callbacks)
        return model

    def in_turn(rank):
        model = built(rank)
        for epoch in range(OF_COUNT.get(change, EPOCHS)):
            if epoch == (event == "on_epoch_end"):
                change(model)
            model.train(corpus(rank), total_examples=180, epochs=1)
        return model

    first, second = simulate(2, in_hooks)
    expected, _ = simulate(2, in_turn)
    plain, _ = simulate(2, trained_plainly)
    for matrix in ("vectors", "syn1neg"):
        mine, theirs, oracle, unchanged = (
            model.wv.vectors if matrix == "vectors" else model.syn1neg for model in (first, second, expected, plain)
        )
        np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(mine, oracle)
        assert np.array_equal(mine, unchanged) == (change is init_weights and event != "on_epoch_end")


def trained_plainly(rank):
    model = built(rank)
    model.train(corpus(rank), total_examples=180, epochs=EPOCHS)
    return model


@pytest.mark.parametrize(
    ("event", "change"),
    [
        (event, change)
        for event in EVENTS
        for change in CHANGES
        if change is not init_weights or event == "on_epoch_end"  # before training it changes nothing
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
@pytest.mark.parametrize("callbacks_of_rank_0", [True, False])
def test_a_change_on_one_rank_is_refused_by_rank_and_field(change, event, callbacks_of_rank_0):
    errors = {}

    def program(rank):
        callbacks = [Once(change if rank else None, event)] if rank or callbacks_of_rank_0 else []
        try:
            built(rank).train(corpus(rank), total_examples=180, epochs=EPOCHS, callbacks=callbacks)
        except ValueError as error:
            errors[rank] = str(error)

    simulate(2, program)
    for rank in range(2):
        assert f"rank 1 has {CHANGES[change]}=" in errors[rank]
        assert "all ranks must be given the same" in errors[rank]


def test_words_that_only_one_rank_adds_are_refused():
    errors = {}

    def program(rank):
        def change(model):
            model.wv.add_vectors([f"new {rank}"], numbers(1))
            model.wv.set_vecattr(f"new {rank}", "count", 3)
            model.update_weights()

        try:
            built(rank).train(corpus(rank), total_examples=180, epochs=EPOCHS, callbacks=[Once(change)])
        except ValueError as error:
            errors[rank] = str(error)

    simulate(2, program)
    assert all("rank 1 has vocabulary=" in errors[rank] for rank in range(2))


def test_words_that_all_ranks_add_are_trained():
    def program(rank):
        model, sentences = built(rank), corpus(rank)

        def change(model):
            model.wv.add_vectors(["new"], numbers(1))
            model.wv.set_vecattr("new", "count", 3)
            model.update_weights()
            sentences.append(["new", "w1", "new"])

        model.train(sentences, total_examples=180, epochs=EPOCHS, callbacks=[Once(change)])
        return model

    first, second = simulate(2, program)
    row = first.wv.key_to_index["new"]
    assert (first.wv.vectors[row] != numbers(1)[0]).any() and first.syn1neg[row].any()
    np.testing.assert_array_equal(first.wv.vectors, second.wv.vectors)
    assert [line["words"] for line in first.training_history] == [line["words"] for line in second.training_history]


@pytest.mark.parametrize("shuffling", [(0, 1), (1,)])
def test_each_rank_may_shuffle_its_own_sentences(shuffling):
    """One that does not encode anew goes on beside one that does."""

    def program(rank, in_hooks):
        model, sentences = built(rank), corpus(rank)

        def shuffle(model):
            if rank in shuffling:
                random.Random(rank).shuffle(sentences)

        if in_hooks:
            model.train(sentences, total_examples=180, epochs=EPOCHS, callbacks=[Once(shuffle)])
        for epoch in range(0 if in_hooks else EPOCHS):
            shuffle(model) if epoch == 1 else None
            model.train(sentences, total_examples=180, epochs=1)
        return model

    first, second = simulate(2, lambda rank: program(rank, True))
    oracle = simulate(2, lambda rank: program(rank, False))[0]
    np.testing.assert_array_equal(first.wv.vectors, second.wv.vectors)
    np.testing.assert_array_equal(first.wv.vectors, oracle.wv.vectors)


def test_callbacks_that_change_nothing_change_nothing():
    def program(rank):
        callbacks = [Once(lambda model: model.wv.most_similar("w1"))] if rank else []
        model = built(rank)
        model.train(corpus(rank), total_examples=180, epochs=EPOCHS, callbacks=callbacks)
        return model

    plain, _ = simulate(2, trained_plainly)
    for model in simulate(2, program):
        np.testing.assert_array_equal(model.wv.vectors, plain.wv.vectors)
        assert [line["alpha"] for line in model.training_history] == [line["alpha"] for line in plain.training_history]
