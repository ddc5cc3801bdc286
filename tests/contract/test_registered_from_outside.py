"""Objectives and architectures that are not the package's own, and its own that are trained alone, everywhere.

That is through every backend and every file.

The objectives are those that docs/adding-an-objective.md builds: a hinge ranking loss in NumPy alone, and negative
sampling without its shift, which is compiled and has offsets and soft labels. The architectures are made here: one with a compiled
worker, and one in NumPy alone.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cuda_backend import make_emulated
from problems import ALONE, plain, run

from w2vcore import Word2Vec
from w2vcore.architectures import registry as architectures
from w2vcore.architectures._cbow import CbowWorker
from w2vcore.architectures.base import Architecture, Unit
from w2vcore.architectures.cbow import Cbow
from w2vcore.backends import merging
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.run_tables import check_parts, in_numpy_alone, plan_tables, word_rates
from w2vcore.backends.team import simulate
from w2vcore.backends.threads import ThreadsBackend
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives import registry as objectives
from w2vcore.word2vec.settings import trained_tables, training_config
from w2vcore.word2vec.weights import trained_matrix

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-objective.md"
CODE = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf8"), re.MULTILINE | re.DOTALL)

SENTENCES = [["red", "green", "blue", "red"], ["one", "two", "three"], ["green", "one"]] * 41
SETTINGS = {"vector_size": 6, "min_count": 1, "sample": 0, "alpha": 0.05, "epochs": 3, "seed": 3, "workers": 1}
SETTINGS |= {"compute_loss": True}

# What is registered, and whether it is compiled
OBJECTIVES = {"hinge": False, "unshifted": True}
ARCHITECTURES = {"sum": True, "ends": False}
KINDS = {
    "hinge, skip-gram": {"objective": "hinge", "sg": 1},
    "hinge, cbow": {"objective": "hinge", "sg": 0},
    "unshifted, skip-gram": {"objective": "unshifted", "sg": 1},
    "unshifted, shared": {"objective": "unshifted", "sg": 1, "negative_sharing": "window"},
    "unshifted, cbow": {"objective": "unshifted", "sg": 0},
    "sum, negative": {"architecture": "sum"},
    "sum, tree": {"architecture": "sum", "hs": 1, "negative": 0},
    "ends, negative": {"architecture": "ends"},
    "ends, tree": {"architecture": "ends", "hs": 1, "negative": 0},
    "sum, unshifted": {"architecture": "sum", "objective": "unshifted"},
    "ends, hinge": {"architecture": "ends", "objective": "hinge"},
}
OUR_OWN = {
    f"{name}, {architecture}": {"objective": name, **settings}
    for name in ALONE
    for architecture, settings in {
        "skip-gram": {"sg": 1},
        "shared": {"sg": 1, "negative_sharing": "window"},
        "cbow": {"sg": 0},
    }.items()
}
OUR_OWN["sampled_softmax, log-uniform"] = {
    "objective": "sampled_softmax", "sg": 1, "candidates": "log_uniform", "subtract_log_q": False, "negative": 4
}  # fmt: skip
OUR_OWN["nce, vocabulary"] = {"objective": "nce", "sg": 1, "normaliser": "vocabulary"}
OUR_OWN["ends, softmax"] = {"architecture": "ends", "objective": "softmax"}
KINDS |= OUR_OWN
kinds = pytest.mark.parametrize("kind", KINDS)


class SumWorker(CbowWorker):
    """CBOW's worker, told to take sums."""

    def __init__(self, config, *others):
        super().__init__(replace(config, cbow_mean=False), *others)


class Sum(Architecture):
    """CBOW that takes the sum of the context rows, whatever `cbow_mean` says."""

    name = "sum"
    worker = SumWorker

    @classmethod
    def units(cls, config, contexts):
        yield from Cbow.units(replace(config, cbow_mean=False), contexts)

    @classmethod
    def examples(cls, contexts):
        return 1.0


class Ends(Architecture):
    """The first and the last word of a window, each by itself."""

    name = "ends"

    @classmethod
    def units(cls, config, contexts):
        for ordinal, row in enumerate(dict.fromkeys([contexts[0], contexts[-1]])):
            yield Unit(np.array([row], np.uint32), np.ones(1), 1, ordinal)

    @classmethod
    def examples(cls, contexts):
        return min(contexts, 2.0)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    namespace = {}
    for code in CODE:
        if "class HingeRanking" in code or "class Unshifted" in code:
            exec(compile(code, str(PAGE), "exec"), namespace)
    monkeypatch.setitem(objectives.OBJECTIVES, "hinge", namespace["HingeRanking"])
    monkeypatch.setitem(objectives.OBJECTIVES, "unshifted", namespace["Unshifted"])
    for made in (Sum, Ends):
        monkeypatch.setitem(architectures.ARCHITECTURES, made.name, made)


def compiled(kind):
    """Whether a kind runs on threads."""
    asked = KINDS[kind]
    return OBJECTIVES.get(asked.get("objective"), True) and ARCHITECTURES.get(asked.get("architecture"), True)


def settings_of(kind, **others):
    return {**SETTINGS, **KINDS[kind], **others}


def matrices(model):
    return {table.attribute: np.asarray(trained_matrix(model, table)) for table in trained_tables(model).values()}


def assert_equal(model, other):
    mine, theirs = matrices(model), matrices(other)
    assert mine.keys() == theirs.keys()
    for name, matrix in mine.items():
        np.testing.assert_array_equal(matrix, theirs[name], err_msg=name)


@kinds
def test_it_learns(kind):
    model = Word2Vec(SENTENCES, **settings_of(kind, epochs=8))
    losses = [epoch["loss"] for epoch in model.training_history]
    assert losses[-1] < losses[0] and np.isfinite(losses).all()
    assert all(matrix.any() for matrix in matrices(model).values())


@kinds
def test_threads_do_what_the_reference_does(kind, caplog):
    settings = settings_of(kind)
    reference = Word2Vec(SENTENCES, **{**settings, "backend": "reference"})
    assert not caplog.records
    threads = Word2Vec(SENTENCES, **{**settings, "backend": "threads"})
    slow = in_numpy_alone(training_config(threads))
    assert bool(slow) != compiled(kind)
    assert bool(slow) == any(f"{slow} written in NumPy alone" in each.getMessage() for each in caplog.records)
    for name, matrix in matrices(reference).items():
        np.testing.assert_allclose(matrices(threads)[name], matrix, atol=1e-5, err_msg=name)
    for mine, theirs in zip(threads.training_history, reference.training_history, strict=True):
        assert mine["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
        assert mine["accuracy"] == pytest.approx(theirs["accuracy"], abs=0.01)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow", "sum"])
@pytest.mark.parametrize("sharing", ["pair", "window"])
@pytest.mark.parametrize("negative", [1, 5, 12])
def test_offsets_and_labels_of_centres_that_are_drawn_as_noise(architecture, sharing, negative):
    """Few words, so that nearly each example has repeats; jobs with borders inside of sentences."""
    problem = replace(plain(5, (30, 2, 14), negative=negative, window=3), alpha=0.02)
    problem = problem.with_config(architecture=architecture, objectives=("unshifted",), negative_sharing=sharing)
    expected, theirs = run(ReferenceBackend(np.float64), problem, epochs=2, dtype=np.float64)
    stats, mine = run(ThreadsBackend(), problem, epochs=2, borders=(7, 33))
    for name, matrix in theirs.items():
        np.testing.assert_allclose(mine[name], matrix, rtol=0, atol=2e-6, err_msg=name)
    assert stats.loss == pytest.approx(expected.loss, rel=1e-6)
    assert (stats.words, stats.examples, stats.judged) == (expected.words, expected.examples, expected.judged)


@kinds
def test_several_threads_learn_too(kind):
    if compiled(kind):
        model = Word2Vec(SENTENCES * 30, **settings_of(kind, workers=2, batch_words=1000))
        assert model.training_history[-1]["loss"] < model.training_history[0]["loss"]


@pytest.mark.timeout(120)
@kinds
def test_simulated_ranks_train_one_model(kind, monkeypatch):
    monkeypatch.setattr(merging, "SHORTEST", 100)
    monkeypatch.setattr(merging, "FIRST_ROWS", 2)
    first, second = simulate(2, lambda rank: Word2Vec(SENTENCES[rank::2], **settings_of(kind, backend="mpi", epochs=8)))
    assert_equal(first, second)
    losses = [epoch["loss"] for epoch in first.training_history]
    assert losses[-1] < losses[0]
    alone = Word2Vec(SENTENCES, **settings_of(kind, epochs=8))
    assert losses[-1] == pytest.approx(alone.training_history[-1]["loss"], rel=0.25)


@kinds
def test_a_checkpoint_is_resumed_to_the_bit(kind, tmp_path):
    class Enough(Exception):
        pass

    def broken():
        yield from SENTENCES[:60]
        raise Enough

    settings = settings_of(kind, batch_words=1000)
    whole = Word2Vec(SENTENCES, **settings)
    model = Word2Vec(**settings)
    model.build_vocab(SENTENCES)
    size = {"total_examples": len(SENTENCES), "epochs": SETTINGS["epochs"], "checkpoint": tmp_path / "run"}

    class Corpus:
        passes = 0

        def __iter__(self):
            self.passes += 1
            return iter(SENTENCES) if self.passes < 3 else broken()

    with pytest.raises(Enough):
        model.train(Corpus(), **size)
    resumed = Word2Vec.resume(tmp_path / "run", SENTENCES)
    assert_equal(resumed, whole)
    assert len(resumed.training_history) == SETTINGS["epochs"]


@kinds
def test_saved_loaded_and_trained_on(kind, tmp_path):
    settings = settings_of(kind)
    model = Word2Vec(SENTENCES, **settings)
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert (loaded.objective, loaded.architecture) == (model.objective, model.architecture)
    assert_equal(loaded, model)
    for each in (model, loaded):
        each.build_vocab([["four", "red"]] * 5, update=True)
        each.train([["four", "red"]] * 5, total_examples=5, epochs=1)
    assert_equal(loaded, model)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OUR_OWN])
def test_files_of_what_is_not_registered_are_refused_by_name(kind, tmp_path, monkeypatch):
    Word2Vec(SENTENCES, **settings_of(kind)).save(tmp_path / "model")
    for name in ("hinge", "unshifted"):
        monkeypatch.delitem(objectives.OBJECTIVES, name)
    for name in ("sum", "ends"):
        monkeypatch.delitem(architectures.ARCHITECTURES, name)
    with pytest.raises(ValueError, match=r"must be None.* a name that was added .* got '(hinge|unshifted|sum|ends)'"):
        Word2Vec.load(tmp_path / "model")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OUR_OWN or "architecture" in KINDS[kind]])
def test_a_gpu_refuses_it_in_one_sentence(kind, monkeypatch):
    make_emulated(monkeypatch.setattr)
    name = KINDS[kind].get("architecture") or KINDS[kind]["objective"]
    what = "architecture" if "architecture" in KINDS[kind] else "objective"
    expected = f"^the {what} '{name}' has no device half: no GPU trains it, pass device='cpu'$"
    with pytest.raises(ValueError, match=expected):
        Word2Vec(SENTENCES, **settings_of(kind, backend=None, device="cuda"))


@kinds
def test_memory_is_foretold(kind):
    report = Word2Vec(**settings_of(kind)).estimate_memory(1000)
    model = Word2Vec(SENTENCES, **settings_of(kind))
    assert {name.removeprefix("wv.") for name in matrices(model)} <= report.keys()
    assert report["total"] == sum(size for name, size in report.items() if name not in ("total", "gpu"))


@pytest.mark.parametrize("name", ["unshifted", "nce", "sampled_softmax", "softmax"])
@pytest.mark.parametrize("architecture", ["cbow", "skipgram", "sum", "ends"])
def test_update_rates_are_those_of_the_updates(name, architecture):
    """Counted by the reference, one centre at a time, on windows that no border cuts off."""
    config = TrainingConfig(
        architecture=architecture, objectives=(name,), window=2, shrink_windows=False, subsample=False, vector_size=4
    )
    problem = replace(plain(5, counts=[9, 6, 3, 2, 1]), config=config)
    words = word_rates(problem.plan)
    table = plan_tables(problem.plan)[name]
    made = objectives.objective(name)(config, problem.counts)
    met = np.zeros(len(problem.counts))
    draws = 4000
    for position in range(draws):
        centre = int(np.searchsorted(np.cumsum(problem.counts), position % problem.counts.sum(), side="right"))
        named = made.select(0, centre, position, 0)
        np.add.at(met, named[0], named[2])
    expected = words.examples * met / draws
    # 4,000 centres of 5 draws each: the rarest word is drawn some 2,000 times, so 3 standard deviations are 7 %
    np.testing.assert_allclose(table.update_rates(words), expected, rtol=0.07)


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
def test_a_selector_may_be_a_static_method(kind):
    made = type("Made", (objectives.OBJECTIVES["hinge"],), {"selector": kind(lambda *parts: None)})
    assert made.is_compiled() and not objectives.OBJECTIVES["hinge"].is_compiled()


def test_what_does_not_go_together_is_refused():
    config = TrainingConfig(objectives=("unshifted",), negative=0)
    with pytest.raises(ValueError, match="negative must be at least 1 for the objective 'unshifted', got 0"):
        check_parts(config)
    with pytest.raises(ValueError, match="objectives must be one or more of"):
        check_parts(replace(config, objectives=("hinge", "unshifted")))
    with pytest.raises(ValueError, match=r"architecture must be one of .*'sum'.* got 'sums'"):
        check_parts(replace(config, negative=5, architecture="sums"))
    for name in ("cbow", "Sum", 3):
        with pytest.raises(ValueError, match=rf"architecture must be None or a name .* got {name!r}; skip-gram is"):
            Word2Vec(architecture=name)
    with pytest.raises(ValueError, match="negative must be at least 1"):
        Word2Vec(SENTENCES, **{**SETTINGS, "objective": "unshifted", "negative": 0})
