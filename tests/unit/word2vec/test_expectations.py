"""score and predict_output_word, against loops written out from their definitions."""

import logging
import math

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.objectives.huffman import huffman
from w2vcore.query import likelihood

WORDS = [f"w{i}" for i in range(12)]
COUNTS = {word: 1 + 7 * i * i for i, word in enumerate(WORDS)}


def model_with_random_weights(**settings):
    model = Word2Vec(vector_size=6, min_count=1, window=2, **settings)
    model.build_vocab_from_freq(COUNTS)
    rng = np.random.default_rng(3)
    outputs = f"syn1_{model.objective}" if model.objective else "syn1" if model.hs else "syn1neg"
    for matrix in (model.wv.vectors, getattr(model, outputs)):
        matrix[:] = rng.normal(size=matrix.shape)
    return model


def score_by_definition(model, sentence):
    """log P of each centre given its context, turn by turn, in plain Python."""
    tree = huffman(model.wv.expandos["count"])
    rows = [model.wv.key_to_index[word] for word in sentence if word in model.wv.key_to_index]
    window = len(rows) if model.window == "sentence" else model.window
    total = 0.0
    for i, centre in enumerate(rows):
        around = [rows[j] for j in range(len(rows)) if j != i and abs(i - j) <= window]
        vectors = [model.wv.vectors[row].astype(float) for row in around]
        if not model.sg:
            hidden = sum(vectors) if vectors else np.zeros(model.vector_size)
            vectors = [hidden / max(len(around), 1) if model.cbow_mean else hidden]
        for vector in vectors:
            for at in range(tree.offsets[centre], tree.offsets[centre + 1]):
                dot = float(vector @ model.syn1[tree.points[at]].astype(float))
                total += math.log(1 / (1 + math.exp(dot if tree.codes[at] else -dot)))
    return total


SENTENCES = [["w1", "w2", "w3", "w4", "w1"], ["w11"], ["nobody", "w5", "w6"], ["nobody"], [], ["w7", "w7"] * 400]


@pytest.mark.parametrize("window", [1, 2, "sentence"])
@pytest.mark.parametrize("kind", [{"sg": 1}, {"sg": 0, "cbow_mean": 1}, {"sg": 0, "cbow_mean": 0}], ids=str)
def test_score_is_the_log_likelihood(kind, window):
    model = model_with_random_weights(hs=1, negative=0, **kind)
    model.window = window
    sentences = SENTENCES if window != "sentence" else SENTENCES[:-1]
    scores = model.score(sentences)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, [score_by_definition(model, s) for s in sentences], rtol=1e-5, atol=1e-6)
    assert scores[3] == scores[4] == 0


def softmax_by_definition(model, rows):
    """The logarithm of the probability of each word after the sum, or mean, of these rows."""
    hidden = model.wv.vectors[rows].astype(float).sum(axis=0)
    if model.cbow_mean and not model.sg:
        hidden /= max(len(rows), 1)
    scores = getattr(model, f"syn1_{model.objective}").astype(float) @ hidden
    if not model.subtract_log_q:  # the words are compared as they are drawn
        chances = np.array([model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key]) ** 0.75
        scores += np.log(1 - (1 - chances / chances.sum()) ** model.negative)
    return scores - np.log(np.exp(scores).sum())


@pytest.mark.parametrize("window", [2, "sentence"])
@pytest.mark.parametrize("kind", [{"sg": 1}, {"sg": 0, "cbow_mean": 1}, {"sg": 0, "cbow_mean": 0}], ids=str)
@pytest.mark.parametrize(
    "trained",
    [{"objective": name} for name in ("softmax", "nce", "sampled_softmax")]
    + [{"objective": "sampled_softmax", "subtract_log_q": False}],
    ids=str,
)
def test_score_is_the_log_likelihood_of_a_softmax(trained, kind, window, monkeypatch):
    model = model_with_random_weights(**trained, **kind)
    model.window = window
    sentences = SENTENCES if window != "sentence" else SENTENCES[:-1]
    expected = []
    for sentence in sentences:
        rows = [model.wv.key_to_index[word] for word in sentence if word in model.wv.key_to_index]
        reach, total = len(rows) if window == "sentence" else window, 0.0
        for i, centre in enumerate(rows):
            around = [rows[j] for j in range(len(rows)) if j != i and abs(i - j) <= reach]
            for context in [[row] for row in around] if model.sg else [around]:
                total += softmax_by_definition(model, context)[centre]
        expected.append(total)
    scores = model.score(sentences)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-6)
    monkeypatch.setattr(likelihood, "_BLOCK_FLOATS", 1)
    np.testing.assert_allclose(model.score(sentences), scores, rtol=1e-5)


@pytest.mark.parametrize(
    "trained", [{"objective": "nce"}, {"objective": "sampled_softmax", "subtract_log_q": False}], ids=str
)
def test_prediction_is_the_distribution_that_an_objective_learns(trained):
    model = model_with_random_weights(**trained)
    expected = np.exp(softmax_by_definition(model, [model.wv.key_to_index[word] for word in ("w3", "w9")]))
    for word, chance in model.predict_output_word(["w3", "w9"], topn=None):
        assert chance == pytest.approx(expected[model.wv.key_to_index[word]], rel=1e-5)


@pytest.mark.usefixtures("tiny_jobs")
@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("window", [3, "sentence"])
def test_scores_do_not_depend_on_what_is_computed_at_once(sg, window, monkeypatch):
    model = model_with_random_weights(hs=1, negative=0, sg=sg)
    model.window = window
    sentences = [[WORDS[i * j % 12] for j in range(n)] for i, n in enumerate([0, 1, 50, 2, 0, 7, 30, 0])]
    together = model.score(sentences)
    assert together.tolist() == model.score(sentences).tolist()
    np.testing.assert_allclose([model.score([sentence])[0] for sentence in sentences], together, rtol=1e-5)
    monkeypatch.setattr(likelihood, "_BLOCK_FLOATS", 1)
    model.batch_words = 5
    np.testing.assert_allclose(model.score(sentences), together, rtol=1e-5)


def test_score_of_a_single_word_vocabulary():
    """Its path in the tree is empty: it is certain."""
    for sg in (0, 1):
        model = Word2Vec([["a", "a"]] * 3, vector_size=4, min_count=1, hs=1, negative=0, sg=sg, epochs=1)
        assert model.score([["a", "a"], []]).tolist() == [0, 0]


def test_score_prefers_the_text_it_was_trained_on(two_topics):
    model = Word2Vec(two_topics, vector_size=8, min_count=1, hs=1, negative=0, sg=1, sample=0, workers=1, alpha=0.05)
    together, apart = model.score([["cat", "dog", "horse"], ["cat", "bus", "horse"]])
    assert together > apart


def test_score_takes_so_many_sentences_and_no_more(caplog):
    model = model_with_random_weights(hs=1, negative=0)
    assert model.score(iter([["w1", "w2"]] * 5), total_sentences=3).shape == (3,)
    assert "more than total_sentences=3" in caplog.text
    caplog.clear()
    assert model.score([["w1", "w2"]] * 3, total_sentences=3).shape == (3,)
    assert not caplog.records or "total_sentences" not in caplog.text
    assert model.score([]).shape == (0,)


def test_score_says_what_it_needs():
    with pytest.raises(RuntimeError, match=r"score needs hierarchical softmax.*hs=0"):
        Word2Vec().score([["a"]])
    with pytest.raises(RuntimeError, match="you must first build vocabulary"):
        Word2Vec(hs=1, negative=0).score([["a"]])
    model = model_with_random_weights(hs=1, negative=0)
    with pytest.raises(TypeError, match=r"got 'w1 w2'; pass \[s\.split\(\)\]"):
        model.score("w1 w2")
    with pytest.raises(TypeError, match=r"sentence 1 is b'w1 w2'; pass a list of words"):
        model.score([["w1"], b"w1 w2"])
    model.syn1 = None
    with pytest.raises(RuntimeError, match="no syn1"):
        model.score([["w1"]])


def test_letters_of_a_string_are_scored_with_a_warning_as_they_are_trained():
    model = Word2Vec([["a", "b", "c"]] * 20, min_count=1, hs=1, negative=0, vector_size=4, sample=0)
    with pytest.warns(UserWarning, match="sentence 1 is 'abc', and its letters are scored") as warned:
        scores = model.score([["a", "b", "c"], "abc", "ab"])
    assert len(warned) == 1 and warned[0].filename == __file__
    assert scores[0] == scores[1] != scores[2]


@pytest.mark.parametrize("cbow_mean", [0, 1])
@pytest.mark.parametrize("sg", [0, 1])
def test_prediction_is_a_softmax_over_the_vocabulary(sg, cbow_mean):
    model = model_with_random_weights(sg=sg, cbow_mean=cbow_mean)
    context = ["w3", "w9", "nobody", 4]  # an unknown word, and a row number
    rows = [model.wv.key_to_index["w3"], model.wv.key_to_index["w9"], 4]
    hidden = model.wv.vectors[rows].astype(float).sum(0) / (3 if cbow_mean else 1)
    chances = np.exp(model.syn1neg.astype(float) @ hidden)
    chances /= chances.sum()
    answer = model.predict_output_word(context, topn=5)
    best = np.argsort(-chances)[:5]
    assert [word for word, _ in answer] == [model.wv.index_to_key[row] for row in best]
    np.testing.assert_allclose([chance for _, chance in answer], chances[best], rtol=1e-5)
    assert isinstance(answer[0][1], np.float32)
    everything = model.predict_output_word(context, topn=None)
    assert len(everything) == 12
    assert sum(chance for _, chance in everything) == pytest.approx(1, abs=1e-5)


def test_prediction_does_not_overflow():
    """gensim exponentiates raw scores: from 89 on they are infinite in float32, and all chances NaN."""
    model = model_with_random_weights()
    model.wv.vectors[:] *= 100
    assert model.predict_output_word(["w1"], topn=1)[0][1] == pytest.approx(1)


def test_prediction_of_unknown_words_is_none(caplog):
    with caplog.at_level(logging.WARNING):
        assert model_with_random_weights().predict_output_word(["nobody"]) is None
    assert "All the input context words are out-of-vocabulary" in caplog.text


def test_prediction_says_what_it_needs():
    with pytest.raises(RuntimeError, match=r"predict_output_word needs negative sampling.*negative=0"):
        model_with_random_weights(hs=1, negative=0).predict_output_word(["w1"])
    with pytest.raises(RuntimeError, match="predict_output_word needs syn1neg"):
        Word2Vec().predict_output_word(["w1"])
    with pytest.raises(TypeError, match=r"got 'w1'; pass \['w1'\] for a single word"):
        model_with_random_weights().predict_output_word("w1")


def test_both_objectives_are_warned_of_once(caplog):
    model = Word2Vec([["a", "b"]] * 5, min_count=1, vector_size=4, hs=1, negative=5)
    model.train([["a", "b"]] * 5, total_examples=5, epochs=1)
    assert [record.message for record in caplog.records if "probably a mistake" in record.message] == [
        "Both hierarchical softmax and negative sampling are activated. This is probably a mistake."
    ]


def test_a_model_cannot_be_iterated_over():
    with pytest.raises(TypeError, match="not iterable"):
        iter(Word2Vec())
