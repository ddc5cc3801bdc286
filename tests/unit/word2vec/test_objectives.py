"""The objectives that `objective` chooses: what goes together, what a model then has, and how it is kept."""

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.cli.interruption import has_learnt
from w2vcore.training.sharing import choose_sharing
from w2vcore.visual.recording import record
from w2vcore.word2vec.settings import training_config

OBJECTIVES = ["softmax", "sampled_softmax", "nce"]
objectives = pytest.mark.parametrize("objective", OBJECTIVES)
SENTENCES = [["red", "green", "blue"], ["one", "two", "three"]] * 30
SETTINGS = {"vector_size": 6, "min_count": 1, "sample": 0, "alpha": 0.1, "workers": 1, "compute_loss": True}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"objective": "softmax", "hs": 1}, r"hs must be 0 with objective='softmax', which is trained alone, got 1"),
        ({"objective": "nce", "negative": 0}, "negative must be at least 1 for the objective 'nce', got 0"),
        ({"objective": "sampled_softmax", "negative": 0}, "negative must be at least 1 .*'sampled_softmax', got 0"),
        (
            {"objective": "softmax", "candidates": "log_uniform"},
            "candidates must be 'unigram' for the objective 'softmax', got 'log_uniform': it is for objective='nce' or "
            "'sampled_softmax'",
        ),
        (
            {"hs": 1, "candidates": "log_uniform"},
            "candidates must be 'unigram' for the objectives 'tree' and 'negative', got 'log_uniform'",
        ),
        (
            {"objective": "nce", "subtract_log_q": False},
            "subtract_log_q must be True for the objective 'nce', got False: it is for objective='sampled_softmax'",
        ),
        (
            {"objective": "softmax", "normaliser": "vocabulary"},
            "normaliser must be 'one' for the objective 'softmax', got 'vocabulary': it is for objective='nce'",
        ),
        ({"normaliser": 2}, "normaliser must be 'one' or 'vocabulary', got 2"),
        ({"candidates": "zipf"}, "candidates must be 'unigram' or 'log_uniform', got 'zipf'"),
        ({"objective": "full_softmax"}, "objective must be None, 'nce', 'sampled_softmax', 'softmax' or a name"),
    ],
)
def test_contradictions_are_refused_before_the_corpus_is_read(settings, message):
    def corpus():
        raise AssertionError("the corpus was read")
        yield

    with pytest.raises(ValueError, match=message):
        Word2Vec(corpus(), **{**SETTINGS, **settings, "epochs": 1})


@objectives
@pytest.mark.parametrize("sg", [0, 1])
def test_a_model_has_what_its_objective_trains(objective, sg, tmp_path):
    model = Word2Vec(SENTENCES, objective=objective, sg=sg, epochs=10, **SETTINGS)
    assert getattr(model, f"syn1_{objective}").shape == (6, 6) and not hasattr(model, "syn1neg")
    losses = [epoch["loss"] for epoch in model.training_history]
    assert losses[-1] < losses[0] and 0 < model.training_history[-1]["accuracy"] <= 1
    assert model.get_latest_training_loss() > 0
    assert model.estimate_memory()[f"syn1_{objective}"] == 6 * 16 * 4
    assert has_learnt(model)
    likeliest = {word for word, _ in model.predict_output_word(["red"], topn=2 + sg)} - {"red"}
    assert likeliest == {"green", "blue"}
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert loaded.objective == objective
    assert loaded.predict_output_word(["red"], topn=6) == model.predict_output_word(["red"], topn=6)


def test_a_file_keeps_how_candidates_are_drawn(tmp_path):
    Word2Vec(SENTENCES, objective="sampled_softmax", candidates="log_uniform", subtract_log_q=False, **SETTINGS).save(
        tmp_path / "model"
    )
    loaded = Word2Vec.load(tmp_path / "model")
    assert (loaded.candidates, loaded.subtract_log_q) == ("log_uniform", False)


@pytest.mark.parametrize("normaliser", ["one", "vocabulary"])
def test_scores_add_up_to_the_normaliser(normaliser, tmp_path):
    """Whatever it is taken to be: the vectors make it true. After 40 epochs over six words, within 0.06 here."""
    settings = {**SETTINGS, "sg": 1, "epochs": 40, "negative": 15, "normaliser": normaliser}
    model = Word2Vec(SENTENCES, objective="nce", **settings)
    sums = np.exp(model.syn1_nce @ model.wv.vectors.T).sum(axis=0)
    assert np.abs(np.log(sums / {"one": 1, "vocabulary": 6}[normaliser])).max() < 0.2
    model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").normaliser == normaliser


def test_a_model_may_go_on_with_another_objective(tmp_path):
    """What each has trained is kept."""
    model = Word2Vec(SENTENCES, objective="softmax", **SETTINGS)
    before = model.syn1_softmax.copy()
    model.objective = "nce"
    with pytest.raises(RuntimeError, match="the model has no syn1_nce"):
        model.train(SENTENCES, total_examples=60, epochs=1)
    model.syn1_nce = np.zeros_like(before)
    model.train(SENTENCES, total_examples=60, epochs=1)
    np.testing.assert_array_equal(model.syn1_softmax, before)
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.syn1_softmax, before)
    np.testing.assert_array_equal(loaded.syn1_nce, model.syn1_nce)


def test_pairs_of_a_window_share_all_words():
    config = training_config(Word2Vec(objective="softmax", sg=1))
    counts, keep = np.ones(240, np.int64), np.full(240, 2**32 - 1, np.uint32)
    assert choose_sharing("auto", config, counts, keep)[0] == "window"
    assert choose_sharing("auto", training_config(Word2Vec(objective="nce", sg=1)), counts, keep)[0] == "pair"


def test_a_recording_has_their_output_vectors():
    film = record(SENTENCES, objective="softmax", epochs=2, sg=1)
    assert film.outputs is not None and film.outputs[-1].any()


def test_memory_for_all_scores_of_a_window_is_foretold():
    few, many = (
        Word2Vec(objective="softmax", workers=workers).estimate_memory(60_000)["buffers"] for workers in (1, 5)
    )
    assert (many - few) / 4 == pytest.approx(4 * 60_000 * (8 / 6 * 11 + 21), rel=0.01)
    assert Word2Vec(workers=5).estimate_memory(60_000)["buffers"] < few
