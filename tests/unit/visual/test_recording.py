"""A recorded training: that it is one, where its snapshots are, and its limits."""

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.visual.recording import SETTINGS, record


@pytest.fixture
def corpus():
    rng = np.random.default_rng(1)
    return [[f"w{word}" for word in rng.integers(12, size=rng.integers(1, 9))] for _ in range(60)]


def test_by_epochs_it_is_the_training_of_word2vec(corpus):
    film = record(corpus, snapshots=4, epochs=4, vector_size=8)
    plain = Word2Vec(corpus, **{**SETTINGS, "epochs": 4, "vector_size": 8}, compute_loss=True)
    np.testing.assert_allclose(film.model.wv.vectors, plain.wv.vectors, rtol=1e-4, atol=1e-6)
    losses = [row["loss"] for row in plain.training_history]
    np.testing.assert_allclose([step.loss for step in film.steps[1:]], losses, rtol=1e-4)
    assert film.steps[0].loss is None


@pytest.mark.parametrize(
    ("epochs", "snapshots", "expected"),
    [(4, 2, [0, 2, 4]), (5, 2, [0, 3, 5]), (1, 3, [0, 1 / 3, 2 / 3, 1]), (2, 3, [0, 1, 1.5, 2])],
)
def test_where_the_snapshots_are(corpus, epochs, snapshots, expected):
    film = record(corpus, snapshots=snapshots, epochs=epochs, vector_size=4)
    np.testing.assert_allclose([step.epoch for step in film.steps], expected)
    assert film.inputs.shape == film.outputs.shape == (len(expected), 12, 4)
    words = sum(map(len, corpus))
    assert film.steps[-1].words == words * epochs
    parts = np.diff([step.words for step in film.steps]) / words
    np.testing.assert_allclose(parts, np.diff(expected), atol=9 / words + 0.01)


def test_the_beginning_and_the_end(corpus):
    film = record(corpus, snapshots=5, epochs=2, vector_size=6, seed=3)
    fresh = Word2Vec(**{**SETTINGS, "vector_size": 6, "seed": 3})
    fresh.build_vocab(corpus)
    np.testing.assert_array_equal(film.inputs[0], fresh.wv.vectors)
    assert not film.outputs[0].any()
    np.testing.assert_array_equal(film.inputs[-1], film.model.wv.vectors)
    np.testing.assert_array_equal(film.outputs[-1], film.model.syn1neg)


def test_the_learning_rate_falls_over_all_pieces(corpus):
    film = record(corpus, snapshots=7, epochs=2, vector_size=4, alpha=0.1, min_alpha=0.01)
    share = np.array([step.words for step in film.steps]) / film.steps[-1].words
    np.testing.assert_allclose([step.alpha for step in film.steps], 0.1 - 0.09 * share)
    assert (film.model.alpha, film.model.min_alpha, film.model.epochs) == (0.1, 0.01, 2)


def test_more_snapshots_than_sentences():
    film = record([["a", "b"], ["b", "c"]], snapshots=50, epochs=3, vector_size=4)
    assert len(film.steps) == 7


def test_words_and_kinds_of_model(corpus):
    film = record(corpus, words=["w3", "w1"], snapshots=2, epochs=2, vector_size=4, sg=0)
    assert [film.model.wv.index_to_key[row] for row in film.rows] == ["w3", "w1"]
    assert film.inputs.shape == (3, 2, 4)
    tree = record(corpus, topn=5, snapshots=2, epochs=2, vector_size=4, hs=1, negative=0)
    assert tree.outputs is None
    assert tree.inputs.shape == (3, 5, 4)


def test_a_file(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("some words here\n\nmore words there\n" * 5)
    assert record(path, snapshots=2, epochs=1).steps[-1].words == 30


def test_refusals(corpus, tmp_path):
    with pytest.raises(ValueError, match="more than max_tokens=100 words"):
        record(corpus, max_tokens=100)
    with pytest.raises(ValueError, match="the corpus is empty"):
        record([[], []])
    with pytest.raises(ValueError, match="lower topn, snapshots or vector_size"):
        record(corpus, snapshots=1_000_000, vector_size=1000)
    with pytest.raises(TypeError, match="callbacks is no setting of a recorded training"):
        record(corpus, callbacks=[])
    with pytest.raises(TypeError, match="size"):
        record(corpus, size=3)
    with pytest.raises(TypeError, match="sentence 0 is 'some words'; pass a list of words"):
        record(["some words"])
    with pytest.raises(KeyError, match="Key 'nobody' not present"):
        record(corpus, words=["nobody"])
    with pytest.raises(ValueError, match="needs at least 2 words, got 1"):
        record(corpus, words=["w1"])
    with pytest.raises(ValueError, match="snapshots must be an int at least 1, got 0"):
        record(corpus, snapshots=0)
