"""Contexts with weights, and CBOW with the gradient of its mean: what the reference computes, on every backend and rank."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import ARCHITECTURES, OBJECTIVES, plain, run, whole_sums
from same_training import BORDERS, assert_same_bits, assert_same_training
from strategies import HEAVIEST, problems

from w2vcore import Word2Vec
from w2vcore.backends import merging
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import create
from w2vcore.backends.team import simulate
from w2vcore.backends.threads import ThreadsBackend
from w2vcore.model.features import Features
from w2vcore.objectives.registry import OBJECTIVES as REGISTERED

HALF = 2**31
GAPS = (0.0, 1.0, 0.0, 0.5, HEAVIEST)  # of no weight: the nearest context, and the third


def with_tags(problem):
    tags = [
        [30 + tag for tag in ([0], [1, 2], [], [2, 0, 3], [7])[number % 5]] for number in range(len(problem.sentences))
    ]
    return replace(problem, tags=tags)


def with_features(problem, weighted=False):
    rng = np.random.default_rng(3)
    parts = [[id, *rng.integers(50, size=rng.integers(6))] for id in range(len(problem.counts))]
    return replace(
        problem,
        features=Features.of(parts, [rng.uniform(0.25, 3, len(part)) for part in parts] if weighted else None, 50),
    )


CASES = {
    "linear": plain(window_weights="linear"),
    "harmonic, 10": plain(window=10, window_weights="harmonic", vector_size=100),
    "sqrt": plain(window_weights="sqrt", vector_size=17),
    "numbers": plain(window=3, window_weights=(1.0, 0.5, 0.125)),
    "numbers with gaps": plain(window=5, window_weights=GAPS),
    "alone a context far away": plain(window=5, window_weights=(0.0, 0.0, 0.0, 0.0, 1.0)),
    "the whole sentence": plain(lengths=(40, 3, 1), window="sentence", window_weights="harmonic"),
    "wider than the text": plain(window=1000, window_weights="linear"),
    "a window of 60": replace(plain(lengths=(64,), window=60, window_weights="sqrt", vector_size=9), alpha=0.01),
    "a window of 1": plain(window=1, window_weights=(0.25,)),
    "repeats": replace(plain(3, window=5, window_weights=GAPS), sentences=[[1, 2, 1, 1, 2, 0, 1] * 3, [1] * 9]),
    "two words in turn": replace(plain(3, window=4, window_weights="harmonic"), sentences=[[0, 1] * 6]),
    "one-word sentences": replace(plain(3, window_weights="linear"), sentences=[[0], [1], [2], [1, 0]]),
    "cbow_mean 0": plain(cbow_mean=False, window=3, window_weights="linear"),
    "corrected": plain(cbow_corrected=True),
    "corrected and weighted": plain(cbow_corrected=True, window=5, window_weights=GAPS),
    "corrected, subsampled": plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2], cbow_corrected=True),
    "subsampled": plain(lengths=(30, 12, 1, 25), keep=[HALF, 2**32 - 1, HALF // 2], window_weights="harmonic"),
    "locked rows": plain(lock=np.arange(30) % 4 != 0, window=5, window_weights=GAPS),
    "negative 200": plain(400, negative=200, window_weights="linear"),
    "far into a corpus": replace(plain(keep=[HALF], window_weights="sqrt"), position=2**32 - 12),
    "tags": with_tags(plain(window=5, window_weights=GAPS)),
    "tags, corrected": with_tags(plain(window=5, window_weights="harmonic", cbow_corrected=True)),
    "features": with_features(plain(window=5, window_weights=GAPS)),
    "features with weights": with_features(plain(window_weights="harmonic"), weighted=True),
    "features and tags, corrected": with_tags(with_features(plain(window=5, window_weights=GAPS, cbow_corrected=True))),
}
ALL = [
    (case, architecture)
    for case in CASES
    for architecture in ARCHITECTURES
    if CASES[case].features is None or ARCHITECTURES[architecture].get("negative_sharing") != "window"
]
cases = pytest.mark.parametrize("case, architecture", ALL)
architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(OBJECTIVES))


def problem_of(case, architecture, objectives):
    return CASES[case].with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives])


@pytest.mark.parametrize("backend", ["cuda", "threads"])
@cases
@objectives
def test_a_backend_computes_what_the_reference_does(backend, case, architecture, objectives):
    problem = problem_of(case, architecture, objectives)
    if backend == "cuda" and (problem.features is not None or problem.tags is not None):
        pytest.skip("device='cuda' refuses features and tags by name (test_features_and_tags.py)")
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert expected[0].examples > 0
    assert_same_training(run(create(backend), problem, 2, BORDERS), expected, HEAVIEST)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.lists(st.sampled_from([0.0, 0.25, 1.0, HEAVIEST]), min_size=1, max_size=8), st.booleans())
def test_any_mix_of_settings_is_what_the_reference_computes(problem, weights, corrected):
    weights[-1] = weights[-1] or 1.0
    problem = problem.with_config(window=len(weights), window_weights=tuple(weights))
    problem = problem.with_config(cbow_corrected=corrected and problem.config.cbow_mean)
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(ThreadsBackend(), problem, 2, BORDERS), expected, HEAVIEST)


@pytest.mark.parametrize("backend", ["cuda", "threads"])
@architectures
@pytest.mark.parametrize("objective", sorted(REGISTERED))
@pytest.mark.parametrize("changes", [{"window_weights": GAPS}, {"cbow_corrected": True}], ids=["weights", "corrected"])
def test_every_objective_takes_weights(backend, architecture, objective, changes):
    problem = plain(**changes).with_config(**ARCHITECTURES[architecture], objectives=(objective,))
    expected = run(ReferenceBackend(np.float64), problem, 2, BORDERS)
    assert_same_training(run(create(backend), problem, 2, BORDERS), expected, HEAVIEST)


@cases
@objectives
def test_jobs_that_begin_inside_sentences_change_nothing(case, architecture, objectives):
    problem = problem_of(case, architecture, objectives)
    stats, matrices = run(ThreadsBackend(), problem, 2)
    for borders in (BORDERS, range(1, problem.words)):
        cut_stats, cut_matrices = run(ThreadsBackend(), problem, 2, borders)
        assert_same_bits(cut_matrices, matrices)
        assert whole_sums(cut_stats) == whole_sums(stats)
        for name in ("loss", "judged", "correct", "weight"):
            np.testing.assert_allclose(getattr(cut_stats, name), getattr(stats, name), rtol=1e-12, err_msg=name)


@architectures
@objectives
@pytest.mark.parametrize("case", ["linear", "repeats", "corrected and weighted", "tags"])
def test_loss_is_only_looked_at(architecture, objectives, case):
    problem = problem_of(case, architecture, objectives)
    stats, matrices = run(ThreadsBackend(), problem, 2, BORDERS)
    silent_stats, silent_matrices = run(ThreadsBackend(), problem.with_config(compute_loss=False), 2, BORDERS)
    assert_same_bits(silent_matrices, matrices)
    assert 0 <= stats.correct < stats.judged
    assert silent_stats == replace(stats, loss=0.0, judged=0, correct=0)


@architectures
@objectives
def test_weights_of_1_are_windows_that_do_not_shrink(architecture, objectives):
    full = plain(window=3, shrink_windows=False).with_config(
        **ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives]
    )
    weighted = full.with_config(window_weights=(1.0, 1.0, 1.0))
    (stats, matrices), (weighted_stats, weighted_matrices) = (
        run(ThreadsBackend(), each, 2) for each in (full, weighted)
    )
    for name, matrix in matrices.items():  # scores times a count of 1, or without: some sums are taken otherwise
        np.testing.assert_allclose(weighted_matrices[name], matrix, rtol=0, atol=1e-6)
    assert weighted_stats.weight == stats.examples
    assert replace(weighted_stats, weight=0, loss=0) == replace(stats, loss=0)


@architectures
@pytest.mark.parametrize("objectives", sorted(OBJECTIVES))
def test_the_mean_loss_and_the_accuracy_do_not_grow_with_the_weights(architecture, objectives):
    """All weights times four, at a rate of 0: four times the sums, and the same means."""
    problem = plain(window=3, window_weights=(1.0, 0.5, 0.25)).with_config(
        **ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives]
    )
    problem = replace(problem, alpha=0.0)
    stats, _ = run(ThreadsBackend(), problem)
    heavy, _ = run(ThreadsBackend(), problem.with_config(window_weights=(4.0, 2.0, 1.0)))
    assert heavy.mean_loss == pytest.approx(stats.mean_loss, rel=1e-6)
    assert heavy.accuracy == pytest.approx(stats.accuracy, rel=1e-6)
    assert heavy.weight == pytest.approx(stats.weight * (1 if architecture == "cbow" else 4))


@architectures
@objectives
def test_several_workers_train_the_same_examples(architecture, objectives):
    problem = problem_of("harmonic, 10", architecture, objectives).with_config(compute_loss=False)
    stats, _ = run(ThreadsBackend(), problem, 1, BORDERS)
    result, matrices = run(ThreadsBackend(), problem.with_config(workers=3), 1, BORDERS)
    assert whole_sums(result) == whole_sums(stats)
    assert result.weight == pytest.approx(stats.weight, rel=1e-12)
    assert all(np.isfinite(matrix).all() for matrix in matrices.values())


# ------------------------------------------------------------------ models

SENTENCES = [["red", "green", "blue", "red"], ["one", "two", "three"], ["green", "one"]] * 41
SETTINGS = {"vector_size": 6, "min_count": 1, "sample": 0, "alpha": 0.05, "epochs": 3, "seed": 3, "workers": 1}
SETTINGS |= {"compute_loss": True, "window": 3}
KINDS = {
    "skip-gram, pair": {"sg": 1, "window_weights": "linear", "negative_sharing": "pair"},
    "skip-gram, window": {"sg": 1, "window_weights": [1, 0.5, 0.25], "negative_sharing": "window"},
    "skip-gram, tree": {"sg": 1, "hs": 1, "negative": 0, "window_weights": "sqrt"},
    "cbow": {"window_weights": "harmonic"},
    "cbow, corrected": {"cbow_corrected": True},
    "cbow, corrected and weighted": {"cbow_corrected": True, "window_weights": "linear", "hs": 1},
}
kinds = pytest.mark.parametrize("kind", KINDS)


def assert_equal(model, other):
    for name in ("syn1", "syn1neg"):
        mine, theirs = getattr(model, name, None), getattr(other, name, None)
        assert (mine is None) == (theirs is None)
        if mine is not None:
            np.testing.assert_array_equal(mine, theirs, err_msg=name)
    np.testing.assert_array_equal(model.wv.vectors, other.wv.vectors)


@kinds
def test_a_model_learns(kind):
    model = Word2Vec(SENTENCES, **{**SETTINGS, **KINDS[kind], "epochs": 8})
    losses = [epoch["loss"] for epoch in model.training_history]
    assert losses[-1] < losses[0]


@kinds
def test_threads_do_what_the_reference_does(kind):
    reference = Word2Vec(SENTENCES, **{**SETTINGS, **KINDS[kind], "backend": "reference"})
    threads = Word2Vec(SENTENCES, **{**SETTINGS, **KINDS[kind]})
    np.testing.assert_allclose(threads.wv.vectors, reference.wv.vectors, atol=1e-5)
    for mine, theirs in zip(threads.training_history, reference.training_history, strict=True):
        assert mine["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
        assert mine["accuracy"] == pytest.approx(theirs["accuracy"], abs=0.01)
        assert mine["examples"] == theirs["examples"]


@pytest.mark.timeout(120)
@kinds
def test_simulated_ranks_train_one_model(kind, monkeypatch):
    monkeypatch.setattr(merging, "SHORTEST", 100)
    monkeypatch.setattr(merging, "FIRST_ROWS", 2)
    settings = {**SETTINGS, **KINDS[kind], "epochs": 8}
    first, second = simulate(2, lambda rank: Word2Vec(SENTENCES[rank::2], **settings, backend="mpi"))
    assert_equal(first, second)
    alone = Word2Vec(SENTENCES, **settings)
    for mine, theirs in zip(first.training_history, alone.training_history, strict=True):
        assert mine["examples"] == theirs["examples"]
    assert first.training_history[-1]["loss"] == pytest.approx(alone.training_history[-1]["loss"], rel=0.25)


def test_ranks_that_weigh_otherwise_are_refused():
    def program(rank):
        return Word2Vec(SENTENCES[rank::2], **SETTINGS, backend="mpi", window_weights=["linear", "sqrt"][rank])

    with pytest.raises(ValueError, match="rank 1 has window_weights=sqrt, rank 0 has window_weights=linear"):
        simulate(2, program)


@kinds
def test_a_checkpoint_is_resumed_to_the_bit(kind, tmp_path):
    class Enough(Exception):
        pass

    def broken():
        yield from SENTENCES[:60]
        raise Enough

    settings = {**SETTINGS, **KINDS[kind], "batch_words": 1000}
    whole = Word2Vec(SENTENCES, **settings)
    model = Word2Vec(**settings)
    model.build_vocab(SENTENCES)

    class Corpus:
        passes = 0

        def __iter__(self):
            self.passes += 1
            return iter(SENTENCES) if self.passes < 3 else broken()

    size = {"total_examples": len(SENTENCES), "epochs": SETTINGS["epochs"], "checkpoint": tmp_path / "run"}
    with pytest.raises(Enough):
        model.train(Corpus(), **size)
    resumed = Word2Vec.resume(tmp_path / "run", SENTENCES)
    assert_equal(resumed, whole)
    assert [each["loss"] for each in resumed.training_history] == [each["loss"] for each in whole.training_history]


@kinds
def test_saved_loaded_and_trained_on(kind, tmp_path):
    model = Word2Vec(SENTENCES, **{**SETTINGS, **KINDS[kind]})
    model.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert (loaded.window_weights, loaded.cbow_corrected) == (model.window_weights, model.cbow_corrected)
    for each in (model, loaded):
        each.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    assert_equal(loaded, model)


def test_a_setting_may_change_between_two_epochs():
    class Narrow:
        def on_train_begin(self, model):
            pass

        def on_train_end(self, model):
            pass

        def on_epoch_begin(self, model):
            pass

        def on_epoch_end(self, model):
            model.window, model.window_weights = 2, [1, 0.5]

    model = Word2Vec(SENTENCES, **{**SETTINGS, "window_weights": "linear"}, sg=1, callbacks=[Narrow()])
    examples = [epoch["examples"] for epoch in model.training_history]
    assert examples[0] > examples[1] == examples[2]
