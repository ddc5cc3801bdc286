"""The objective that docs/adding-an-objective.md builds: its gradient in closed form and by finite differences; training."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from problems import batch_of

from w2vcore import Word2Vec
from w2vcore.backends.base import Job, Plan
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.run_tables import check_parts
from w2vcore.model.config import TrainingConfig
from w2vcore.model.weights import Weights
from w2vcore.objectives import registry
from w2vcore.word2vec.settings import objectives_of

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-objective.md"
VOCABULARY, SIZE = 6, 4
CONTEXTS, CENTRE = [3, 0, 3, 5], 1  # ids; the word 3 is twice in the window
STEP, TOLERANCE = 1e-5, 1e-8  # central differences are off by STEP**2 and by rounding / STEP

ARCHITECTURES = {
    "pair": {"architecture": "skipgram", "negative_sharing": "pair"},
    "window": {"architecture": "skipgram", "negative_sharing": "window"},
    "cbow sum": {"architecture": "cbow", "cbow_mean": False},
    "cbow mean": {"architecture": "cbow", "cbow_mean": True},
}


@pytest.fixture(scope="module")
def full_softmax():
    """The class as the page has it."""
    code = re.search(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf8"), re.MULTILINE | re.DOTALL)[1]
    namespace = {}
    exec(compile(code, str(PAGE), "exec"), namespace)
    return namespace["FullSoftmax"]


@pytest.fixture
def registered(monkeypatch, full_softmax):
    monkeypatch.setitem(registry.OBJECTIVES, "softmax", full_softmax)


def config_of(kind, **settings):
    settings = {"window": 10, "shrink_windows": False, "subsample": False, "workers": 1, **settings}
    return TrainingConfig(
        vector_size=SIZE, objectives=("softmax",), compute_loss=True, **ARCHITECTURES[kind], **settings
    )


def fresh_weights():
    rng = np.random.default_rng(3)
    matrices = {name: np.zeros((VOCABULARY, 16)) for name in ("input", "softmax")}
    for matrix in matrices.values():
        matrix[:, :SIZE] = rng.normal(size=(VOCABULARY, SIZE))
    return Weights(matrices, SIZE)


def train_one(config, weights, alpha, contexts=CONTEXTS):
    """Train the centre CENTRE with these contexts, and return the loss, which is taken before the update."""
    batch = batch_of([[CENTRE, *contexts]])
    counts, keep = np.arange(VOCABULARY, 0, -1), np.full(VOCABULARY, 2**32 - 1, np.uint32)
    backend = ReferenceBackend(np.float64)
    backend.open(Plan(config, counts, keep, np.ones(1, np.float32)), weights)
    stats = backend.run(0, iter([Job(batch, 0, 1, alpha, 0, 1, 1)]), lambda job, stats: None)
    backend.close()
    return stats


def chances(targets, hidden):
    e = np.exp(targets @ hidden)
    return e / e.sum()


def closed_form(kind, contexts):
    """What a step adds to both matrices, divided by the learning rate, and the loss, written out word by word."""
    weights = fresh_weights()
    inputs, targets = (weights.matrices[name][:, :SIZE] for name in ("input", "softmax"))
    true = np.eye(VOCABULARY)[CENTRE]
    d_inputs, d_targets, loss = np.zeros_like(inputs), np.zeros_like(targets), 0.0
    if kind.startswith("cbow"):
        hidden = inputs[contexts].mean(axis=0) if kind == "cbow mean" else inputs[contexts].sum(axis=0)
        error = true - chances(targets, hidden)
        share = 1.0 if kind == "cbow mean" else 1 / len(contexts)  # of the error, as in gensim
        for context in contexts:
            d_inputs[context] += share * error @ targets
        return d_inputs, np.outer(error, hidden), -np.log(chances(targets, hidden)[CENTRE])
    for context in contexts:
        error = true - chances(targets, inputs[context])
        d_inputs[context] += error @ targets
        d_targets += np.outer(error, inputs[context])
        loss -= np.log(chances(targets, inputs[context])[CENTRE])
    return d_inputs, d_targets, loss


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_update_is_what_the_closed_form_says(registered, kind):
    contexts = CONTEXTS[:1] if kind == "pair" else CONTEXTS  # pairs see each other's updates; one alone has a gradient
    alpha, before, after = 0.01, fresh_weights(), fresh_weights()
    stats = train_one(config_of(kind), after, alpha, contexts)
    d_inputs, d_targets, loss = closed_form(kind, contexts)
    for name, expected in (("input", d_inputs), ("softmax", d_targets)):
        step = (after.matrices[name] - before.matrices[name])[:, :SIZE] / alpha
        np.testing.assert_allclose(step, expected, rtol=0, atol=1e-12, err_msg=name)
        assert np.abs(expected).max() > 0.1
    assert stats.loss == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_update_descends_the_loss_by_finite_differences(registered, kind):
    contexts = CONTEXTS[:1] if kind == "pair" else CONTEXTS
    factors = {"cbow mean": len(contexts), "cbow sum": 1 / len(contexts)}  # of the gradient by the input rows
    config, alpha = config_of(kind), 0.01
    before, after = fresh_weights(), fresh_weights()
    train_one(config, after, alpha, contexts)
    for name in ("input", "softmax"):
        for place in np.ndindex(VOCABULARY, SIZE):
            losses = []
            for step in (STEP, -STEP):
                weights = fresh_weights()
                weights.matrices[name][place] += step
                losses.append(train_one(config, weights, 0.0, contexts).loss)
            slope = (losses[0] - losses[1]) / (2 * STEP)
            moved = (after.matrices[name][place] - before.matrices[name][place]) / alpha
            factor = factors.get(kind, 1) if name == "input" else 1
            assert moved == pytest.approx(-factor * slope, abs=factor * TOLERANCE), (name, place)


def test_the_link_does_not_overflow_and_its_errors_add_up_to_nothing(full_softmax):
    scores = np.array([[1e4, -1e4, 0.0], [-800.0, -801.0, -802.0]])
    errors, losses = full_softmax.link(scores, np.array([0.0, 1.0, 0.0]))
    np.testing.assert_allclose(errors.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(losses.sum(axis=1), [2e4, 1 + np.log(1 + np.exp(-1) + np.exp(-2))])


TOPICS = [["cat", "dog", "horse", "cow"], ["car", "bus", "train", "tram"]]


@pytest.mark.parametrize("sg", [0, 1])
def test_training_through_the_public_api_learns_the_topics(registered, sg):
    """Two topics of four words: chance is a loss of log 8, what can be learned is log 3, the other words of a topic.

    Skip-gram's windows are full permutations, so its optimum is exact; CBOW sees three words, and can name the fourth.
    """
    rng = np.random.default_rng(1)
    sentences = [rng.permutation(topic).tolist() for _ in range(150) for topic in TOPICS]
    model = Word2Vec(
        sentences, objective="softmax", backend="reference", sg=sg, vector_size=10, min_count=1, sample=0, alpha=0.05,
        window="sentence", epochs=4, seed=2, workers=1, compute_loss=True,
    )  # fmt: skip
    losses = [epoch["loss"] for epoch in model.training_history]
    assert losses[0] < np.log(8)
    if sg:  # nothing that is predicted before it is seen is below the optimum in the mean
        assert np.log(3) < losses[-1] < 1.06 * np.log(3)
    else:
        assert losses[-1] < 0.1 and model.training_history[-1]["accuracy"] > 0.99
    for topic in TOPICS:
        rows = [model.wv.key_to_index[word] for word in topic]
        for row in rows:
            inside = chances(model.syn1_softmax, model.wv.vectors[row])[rows].sum()
            assert inside > 0.95  # half by chance


def test_it_can_be_saved_resumed_and_given_new_words(registered, tmp_path):
    sentences = [["red", "green", "blue"], ["one", "two", "three"]] * 20
    settings = {"objective": "softmax", "vector_size": 5, "min_count": 1, "epochs": 2, "sample": 0, "workers": 1}
    model = Word2Vec(sentences, backend="reference", checkpoint=tmp_path / "run", **settings)
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert loaded.objective == "softmax"
    np.testing.assert_array_equal(loaded.syn1_softmax, model.syn1_softmax)
    np.testing.assert_array_equal(Word2Vec.resume(tmp_path / "run", sentences).syn1_softmax, model.syn1_softmax)
    assert loaded.estimate_memory()["syn1_softmax"] > 0
    loaded.backend = "reference"
    loaded.build_vocab([["red", "four"]] * 5, update=True)
    np.testing.assert_array_equal(loaded.syn1_softmax, [*model.syn1_softmax, np.zeros(5)])
    loaded.train([["red", "four"]] * 5, total_examples=5, epochs=1)
    assert loaded.syn1_softmax[-1].any()


def test_it_is_trained_without_a_compiled_selector(registered, caplog):
    sentences, settings = [["a", "b"], ["b", "c"]] * 9, {"min_count": 1, "vector_size": 4, "sample": 0}
    model = Word2Vec(sentences, objective="softmax", **settings)
    assert "the objective 'softmax' is written in NumPy alone" in caplog.text
    reference = Word2Vec(sentences, objective="softmax", backend="reference", **settings)
    np.testing.assert_array_equal(model.syn1_softmax, reference.syn1_softmax)
    with pytest.raises(ValueError, match="objective 'softmax' has no compiled selector: the reference backend"):
        registry.objective("softmax").selector(config_of("pair"))


def test_unknown_objectives_are_refused_before_the_corpus_is_read(registered, monkeypatch, tmp_path):
    for name in ("Softmax", "negative", 3):
        with pytest.raises(
            ValueError, match=rf"objective must be .* \('softmax'\), got {name!r}; negative sampling is"
        ):
            Word2Vec(objective=name)
    model = Word2Vec([["a", "b"]], objective="softmax", backend="reference", min_count=1, vector_size=4)
    model.save(tmp_path / "m")
    monkeypatch.delitem(registry.OBJECTIVES, "softmax")
    with pytest.raises(ValueError, match=r"\(none was\), got 'softmax'"):
        Word2Vec.load(tmp_path / "m")


def test_the_plain_objectives_stay_as_they_are(registered):
    sentences = [["a", "b", "c"]] * 10
    plain, other = (Word2Vec(sentences, min_count=1, vector_size=4, workers=1, seed=s) for s in (1, 2))
    assert objectives_of(plain) == ["negative"] and plain.objective is None
    assert not hasattr(plain, "syn1_softmax") and (plain.wv.vectors != other.wv.vectors).any()
    with pytest.raises(ValueError, match=r"objectives must be one or more of .* got \('tree', 'softmax'\)"):
        check_parts(replace(config_of("pair"), objectives=("tree", "softmax")))
