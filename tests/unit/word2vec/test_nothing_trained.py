"""A training that trains nothing says so, and why; an empty batch of a loop is no error."""

import logging
import warnings

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends.team import simulate

DATA = [["a", "b", "c", "d"], ["b", "c"]] * 10
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0}


def built(**settings):
    model = Word2Vec(**{**SMALL, **settings})
    model.build_vocab(DATA)
    return model


def weights(model):
    return [getattr(model, name).copy() for name in ("syn1", "syn1neg") if hasattr(model, name)] + [
        model.wv.vectors.copy()
    ]


class Stream:
    def __init__(self, sentences):
        self.sentences = sentences

    def __iter__(self):
        return iter(self.sentences)


SUBSAMPLING = "180 words were read and nothing was trained: subsampling left no sentence of two words. Raise sample, or"
REASONS = {
    "words of one": (
        [["a"], ["b"], []] * 7,
        {},
        "epoch 0 read 14 words and trained nothing: each sentence is a single word",
    ),
    "unknown words": (
        [["x", "y"], ["z"]] * 5,
        {},
        "epoch 0 read 15 words and trained nothing: none of the words is in the voc",
    ),
    "one known word": (
        [["a", "x"], ["y", "b"]],
        {},
        "no sentence has a second word that is in the vocabulary, so none has",
    ),
    "all dropped": (DATA, {"sample": 1e-12}, SUBSAMPLING),
}


@pytest.mark.parametrize("kind", [{"sg": 1}, {"sg": 0}, {"hs": 1, "negative": 0}])
@pytest.mark.parametrize("make", [list, Stream])
@pytest.mark.parametrize("reason", REASONS)
def test_an_epoch_that_trains_nothing_says_why(reason, make, kind, caplog):
    sentences, settings, message = REASONS[reason]
    model = built(**kind, **settings)
    before = weights(model)
    with pytest.warns(UserWarning, match="trained nothing|nothing was trained") as caught:
        model.train(make(sentences), total_examples=len(sentences), epochs=3)
    assert len(caught) == 1  # once a training
    assert message in str(caught[0].message)
    assert caught[0].filename == __file__
    assert caplog.text.count(message) == 1
    for mine, old in zip(weights(model), before, strict=True):
        np.testing.assert_array_equal(mine, old)
    assert [line["examples"] for line in model.training_history] == [0, 0, 0]


def test_the_constructor_says_it_too():
    with pytest.warns(UserWarning, match="each sentence is a single word"):
        Word2Vec([["a"], ["b"]] * 5, **SMALL)


def test_ranks_say_it_of_all_of_them(caplog):
    def train(rank):
        model = Word2Vec(backend="mpi", **SMALL)
        model.build_vocab(DATA[rank::2])
        model.train([["a"]] * 4 if rank else DATA[:6], total_examples=10, epochs=1)
        quiet = "trained nothing" not in caplog.text
        model.train([["a"]] * 4, total_examples=8, epochs=1)
        return quiet

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert simulate(2, train) == [True, True]
    assert caplog.text.count("epoch 0 read 8 words and trained nothing: each sentence is a single word") == 2


@pytest.mark.parametrize(
    ("sentences", "settings"),
    [
        (DATA, {"window": 1000}),
        (DATA, {"window": "sentence"}),
        ([["a", "a", "a"]], {}),
        ([["a"], ["b", "c"]], {}),
        ([["a", "x", "b"]], {}),
    ],
    ids=["wide window", "whole sentence", "one word only", "one sentence of two", "unknown words between"],
)
def test_no_warning_where_something_is_trained(sentences, settings):
    model = built(**settings)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.train(sentences, total_examples=len(sentences), epochs=2)
    assert model.training_history[-1]["examples"] > 0


def test_an_epoch_of_which_chance_left_nothing_is_no_fault():
    """Of a few words subsampling may drop all in one epoch, and leave some in another."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Word2Vec(DATA[:4], **{**SMALL, "sample": 0.02, "epochs": 20})
    examples = [line["examples"] for line in model.training_history]
    assert min(examples) == 0 < max(examples)


def test_it_is_said_of_a_later_epoch_too():
    class Dwindling:
        passes = 0

        def __iter__(self):
            self.passes += 1
            yield from DATA if self.passes < 2 else [["a"]] * len(DATA)

    model = built()
    with pytest.warns(UserWarning, match="epoch 1 read 20 words and trained nothing"):
        model.train(Dwindling(), total_examples=len(DATA), epochs=2)


# ---------------------------------------------------------------------- nothing to train


@pytest.mark.parametrize(
    "corpus",
    [[], (), [[]], [[], ()], np.zeros((0, 2)), Stream([])],
    ids=["list", "tuple", "sentence", "sentences", "array", "stream"],
)
@pytest.mark.parametrize("total", [{"total_examples": 20}, {"total_words": 60}])
@pytest.mark.parametrize("epochs", [1, 3])
def test_an_empty_batch_trains_nothing(corpus, total, epochs, caplog):
    model = built()
    before, rate = weights(model), model.min_alpha_yet_reached
    with pytest.warns(UserWarning, match="the corpus is empty, where .* were expected: nothing is trained") as caught:
        assert model.train(corpus, epochs=epochs, **total) == (0, 0)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert "nothing is trained" in caplog.text
    for mine, old in zip(weights(model), before, strict=True):
        np.testing.assert_array_equal(mine, old)
    assert model.min_alpha_yet_reached == rate


def test_an_empty_file(tmp_path):
    path = tmp_path / "empty"
    path.touch()
    with pytest.warns(UserWarning, match="the corpus is empty, where 20 sentences were expected"):
        assert built().train(corpus_file=path, total_examples=20, epochs=2) == (0, 0)


@pytest.mark.parametrize("total", [{"total_examples": 0}, {"total_words": 0}, {"total_examples": 0, "total_words": 60}])
@pytest.mark.parametrize(
    "corpus", [[], DATA, Stream([]), (sentence for sentence in DATA)], ids=["list", "data", "stream", "generator"]
)
def test_a_total_of_zero_trains_nothing(corpus, total):
    model = built()
    before = weights(model)
    name = next(iter(total))
    with pytest.warns(UserWarning, match=f"{name}=0 says that the corpus is empty, and nothing is trained") as caught:
        assert model.train(corpus, epochs=1, **total) == (0, 0)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert (", although it has 20 sentences: pass total_examples=20" in str(caught[0].message)) == (corpus is DATA)
    for mine, old in zip(weights(model), before, strict=True):
        np.testing.assert_array_equal(mine, old)


def test_negative_totals_are_refused():
    for total in ({"total_examples": -1}, {"total_words": -5}):
        with pytest.raises(ValueError, match="must be an int at least 0, got -"):
            built().train(DATA, epochs=1, **total)


def test_a_loop_over_batches_goes_on_after_an_empty_one(recwarn):
    model, other = built(), built()
    for batch in (DATA[:4], [], DATA[4:]):
        model.train(batch, total_examples=len(batch), epochs=1)
    for batch in (DATA[:4], DATA[4:]):
        other.epochs_trained += batch is not DATA[:4] and len(other.training_history) == 1 and len(batch) == 16
        other.train(batch, total_examples=len(batch), epochs=1)
    np.testing.assert_array_equal(model.wv.vectors, other.wv.vectors)
    assert [line["words"] for line in model.training_history] == [12, 0, 48]


def test_callbacks_are_called_as_for_any_other():
    seen = []

    class Note:
        def __getattr__(self, event):
            return lambda model: seen.append(event)

    with pytest.warns(UserWarning, match="nothing is trained"):
        built().train([], total_examples=0, epochs=1, callbacks=[Note()])
    assert seen == ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end"]


def test_with_a_checkpoint(tmp_path):
    model = built()
    with pytest.warns(UserWarning, match="nothing is trained"):
        model.train([], total_examples=0, epochs=1, checkpoint=tmp_path / "c")
    assert Word2Vec.resume(tmp_path / "c").epochs_trained == 1


# ---------------------------------------------------------------------- used up


@pytest.mark.parametrize("corpus", [iter([]), (sentence for sentence in ())], ids=["iterator", "generator"])
@pytest.mark.parametrize("options", [{}, {"cache_corpus": True}])
def test_an_iterator_that_is_used_up_is_an_error(corpus, options):
    with pytest.raises(RuntimeError, match="epoch 0 saw 0 sentences, 20 sentences were expected"):
        built().train(corpus, total_examples=20, epochs=1, **options)


def test_a_corpus_that_is_used_up_in_a_later_epoch_is_an_error():
    class Once:
        def __init__(self):
            self.rest = iter(DATA)

        def __iter__(self):
            return (sentence for sentence in self.rest)

    with pytest.raises(RuntimeError, match=r"epoch 1 saw 0 sentences, 20 sentences were expected: .* only once"):
        built().train(Once(), total_examples=20, epochs=2)


def test_a_list_that_a_callback_empties_is_an_error(caplog):
    corpus = list(DATA)

    class Clear:
        def on_epoch_end(self, model):
            corpus.clear()

        def on_train_begin(self, model):
            pass

        on_epoch_begin = on_train_end = on_train_begin

    with caplog.at_level(logging.INFO), pytest.raises(RuntimeError, match="epoch 1 saw 0 sentences, 20 sentences were"):
        built().train(corpus, total_examples=20, epochs=3, callbacks=[Clear()])
