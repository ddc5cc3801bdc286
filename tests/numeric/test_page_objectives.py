"""The objectives that docs/adding-an-objective.md builds: their gradients in closed form and by finite differences; training."""

import re
from pathlib import Path

import numpy as np
import pytest
from one_centre import CENTRE, COUNTS, VOCABULARY, assert_closed_form, assert_descends, config_of, kinds
from scipy.special import expit

from w2vcore import Word2Vec
from w2vcore.backends.run_tables import check_parts
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives import registry
from w2vcore.word2vec.settings import objectives_of

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-objective.md"
CODE = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf8"), re.MULTILINE | re.DOTALL)
CLASSES = {"hinge": "HingeRanking", "unshifted": "Unshifted"}


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """The classes as the page has them."""
    namespace = {}
    for code in CODE:
        if any(f"class {name}" in code for name in CLASSES.values()):
            exec(compile(code, str(PAGE), "exec"), namespace)
    for name, made in CLASSES.items():
        monkeypatch.setitem(registry.OBJECTIVES, name, namespace[made])


def drawn(config):
    made = registry.objective(config.objectives[0])(config, COUNTS)
    return made.noise(0, 0, np.arange(config.negative)).tolist()


@kinds
@pytest.mark.parametrize("negative", [3, 12])
def test_the_update_of_the_hinge_is_what_the_closed_form_says(kind, negative):
    config = config_of(kind, "hinge", negative=negative, seed=0)

    def by_hand(scores):
        error, loss = np.zeros(VOCABULARY), 0.0
        for word in set(drawn(config)) - {CENTRE}:
            margin = 1 - scores[CENTRE] + scores[word]
            if margin > 0:
                error[CENTRE] += 1
                error[word] -= 1
                loss += margin
        return error, loss

    assert_closed_form(kind, config, by_hand)


@kinds
def test_the_update_of_the_other_is_what_the_closed_form_says(kind):
    config = config_of(kind, "unshifted", negative=4)

    def by_hand(scores):
        scores = scores - np.log(4)
        error = np.eye(VOCABULARY)[CENTRE] * expit(-scores[CENTRE])
        loss = np.log1p(np.exp(-scores[CENTRE]))
        for word in drawn(config):
            error[word] -= expit(scores[word])
            loss += np.log1p(np.exp(scores[word]))
        return error, loss

    assert_closed_form(kind, config, by_hand)


@kinds
@pytest.mark.parametrize("name", CLASSES)
def test_the_update_descends_the_loss_by_finite_differences(kind, name):
    assert_descends(kind, config_of(kind, name, seed=0))


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("name", CLASSES)
def test_training_through_the_public_api_learns_the_topics(name, sg, two_topics):
    model = Word2Vec(
        two_topics, objective=name, sg=sg, vector_size=10, min_count=1, sample=0, alpha=0.05, epochs=5, seed=2,
        workers=1, compute_loss=True,
    )  # fmt: skip
    assert model.training_history[-1]["loss"] < model.training_history[0]["loss"]
    scores = getattr(model, f"syn1_{name}") @ model.wv["cat"]
    rows = [model.wv.key_to_index[word] for word in ("dog", "horse", "cow")]
    others = [model.wv.key_to_index[word] for word in ("car", "bus", "train", "tram")]
    assert scores[rows].mean() > scores[others].mean()


def test_it_can_be_saved_resumed_and_given_new_words(tmp_path):
    sentences = [["red", "green", "blue"], ["one", "two", "three"]] * 20
    settings = {"objective": "hinge", "vector_size": 5, "min_count": 1, "epochs": 2, "sample": 0, "workers": 1}
    model = Word2Vec(sentences, backend="reference", checkpoint=tmp_path / "run", **settings)
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert loaded.objective == "hinge"
    np.testing.assert_array_equal(loaded.syn1_hinge, model.syn1_hinge)
    np.testing.assert_array_equal(Word2Vec.resume(tmp_path / "run", sentences).syn1_hinge, model.syn1_hinge)
    assert loaded.estimate_memory()["syn1_hinge"] > 0
    loaded.backend = "reference"
    loaded.build_vocab([["red", "four"]] * 5, update=True)
    np.testing.assert_array_equal(loaded.syn1_hinge, [*model.syn1_hinge, np.zeros(5)])
    loaded.train([["red", "four"]] * 5, total_examples=5, epochs=1)
    assert loaded.syn1_hinge[-1].any()


def test_it_is_trained_without_a_compiled_selector(caplog):
    """That of negative sampling, which it inherits, has another link."""
    sentences, settings = [["a", "b"], ["b", "c"]] * 9, {"min_count": 1, "vector_size": 4, "sample": 0}
    model = Word2Vec(sentences, objective="hinge", **settings)
    assert "the objective 'hinge' is written in NumPy alone" in caplog.text
    reference = Word2Vec(sentences, objective="hinge", backend="reference", **settings)
    np.testing.assert_array_equal(model.syn1_hinge, reference.syn1_hinge)
    assert not registry.objective("hinge").is_compiled() and registry.objective("unshifted").is_compiled()


def test_an_objective_without_a_selector_says_so():
    class Bare(registry.objective("softmax").__base__):
        name = "bare"

        def select(self, epoch, centre, position, draw0):
            raise NotImplementedError

    with pytest.raises(ValueError, match="objective 'bare' has no compiled selector: the reference backend"):
        Bare.selector(TrainingConfig())


def test_it_predicts_no_probabilities():
    model = Word2Vec([["a", "b"]] * 9, objective="hinge", min_count=1, vector_size=4, sample=0)
    for call in (lambda: model.predict_output_word(["a"]), lambda: model.score([["a", "b"]])):
        with pytest.raises(RuntimeError, match="needs probabilities of words, and objective='hinge' trains none"):
            call()


def test_unknown_objectives_are_refused_before_the_corpus_is_read(monkeypatch, tmp_path):
    for name in ("Hinge", "negative", 3):
        with pytest.raises(
            ValueError, match=rf"objective must be None, 'hinge', .*'softmax'.*, got {name!r}; negative sampling is"
        ):
            Word2Vec(objective=name)
    model = Word2Vec([["a", "b"]], objective="hinge", backend="reference", min_count=1, vector_size=4, sample=0)
    model.save(tmp_path / "m")
    monkeypatch.delitem(registry.OBJECTIVES, "hinge")
    with pytest.raises(ValueError, match=r"objective must be None, 'nce', .* got 'hinge'"):
        Word2Vec.load(tmp_path / "m")


def test_the_plain_objectives_stay_as_they_are():
    sentences = [["a", "b", "c"]] * 10
    plain, other = (Word2Vec(sentences, min_count=1, vector_size=4, sample=0, workers=1, seed=s) for s in (1, 2))
    assert objectives_of(plain) == ["negative"] and plain.objective is None
    assert not hasattr(plain, "syn1_hinge") and (plain.wv.vectors != other.wv.vectors).any()
    with pytest.raises(ValueError, match=r"objectives must be one or more of .* got \('tree', 'hinge'\)"):
        check_parts(TrainingConfig(objectives=("tree", "hinge")))
