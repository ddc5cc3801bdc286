"""Weights of contexts by their distance: their formulas, what is allowed, and what follows from them."""

import numpy as np
import pytest
from click.testing import CliRunner
from problems import plain, run
from scipy import stats

from w2vcore import Word2Vec
from w2vcore.architectures.cbow import Cbow
from w2vcore.architectures.registry import ARCHITECTURES
from w2vcore.architectures.skipgram import SkipGram
from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.reference_windows import context_weights, kept_and_windows, windows
from w2vcore.backends.run_tables import check_parts, plan_tables, word_rates
from w2vcore.cli import main
from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import SETTINGS, TrainingConfig, checked
from w2vcore.model.window_weights import NAMES, weights_by_distance

KIND = SETTINGS["window_weights"]
REJECT = 1e-4  # false alarms of a statistical test: one in 10,000 seeds, and the seed is fixed


def test_linear_is_how_often_drawn_windows_reach_so_far():
    window, tokens = 6, 50_000
    batch = Batch(np.zeros(tokens, np.uint32), np.array([0, tokens]), tokens, 1)
    config = TrainingConfig(window=window, subsample=False, seed=3)
    _, reach = kept_and_windows(config, np.full(1, 2**32 - 1, np.uint32), batch, 0, 0)
    for distance, weight in enumerate(weights_by_distance(window, "linear", window), 1):
        assert stats.binomtest(int((reach >= distance).sum()), tokens, min(weight, 1.0)).pvalue > REJECT


def test_formulas():
    distance = np.arange(1, 8)
    np.testing.assert_allclose(weights_by_distance(7, "harmonic", 9), 1 / distance)
    np.testing.assert_allclose(weights_by_distance(7, "sqrt", 9) ** 2, weights_by_distance(7, "linear", 9))
    np.testing.assert_allclose(weights_by_distance("sentence", "harmonic", 7), 1 / distance)
    assert weights_by_distance(3, (2.0, 0.5, 1.0), 9).tolist() == [2.0, 0.5, 1.0]
    assert len(weights_by_distance(1 << 40, "linear", 5)) == 5  # no table as long as the widest window


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("cubic", ValueError, r"window_weights must be 'dynamic', 'linear', 'harmonic', 'sqrt' or a list .* 'cubic'"),
        (0.5, TypeError, r"window_weights must be .* or a list of numbers, got 0\.5"),
        (None, TypeError, "window_weights must be .* got None"),
        ([1, -0.5, 1, 1, 1], ValueError, r"window_weights\[1\] must be a finite number of at least 0, got -0\.5"),
        ([1, float("nan")], ValueError, r"window_weights\[1\] must be .* got nan"),
        ([1, float("inf")], ValueError, r"window_weights\[1\] must be .* got inf"),
        ([0, "1"], TypeError, r"window_weights\[1\] must be .* got '1'"),
        (np.ones((2, 2)), TypeError, r"window_weights\[0\] must be a finite number"),
        ([0] * 5, ValueError, r"window_weights must hold a number above 0, got \[0\.0, 0\.0"),
        ([], ValueError, r"window_weights must hold a number above 0, got \[\]"),
        ([1e39] * 5, ValueError, r"window_weights must hold numbers up to 3\.4e\+38, got 1e\+39"),
        ([1.0, 0.5], ValueError, r"window_weights must hold a number for each of window=5 distances, got 2"),
    ],
)
def test_what_is_refused(value, error, message):
    with pytest.raises(error, match=message):
        Word2Vec(window_weights=value)


@pytest.mark.parametrize(("weights", "shown"), [("linear", "'linear'"), ("sqrt", "'sqrt'"), ([1, 2], "2 numbers")])
def test_the_whole_sentence_has_harmonic_weights_or_none(weights, shown):
    assert Word2Vec(window="sentence", window_weights="harmonic").window_weights == "harmonic"
    with pytest.raises(ValueError, match=f"must be 'dynamic' or 'harmonic' with window='sentence', .* got {shown}$"):
        Word2Vec(window="sentence", window_weights=weights)


def test_corrected_cbow_is_of_the_mean():
    assert Word2Vec(cbow_corrected=True).cbow_corrected is True
    with pytest.raises(ValueError, match="cbow_corrected must be False with cbow_mean=0, got True"):
        Word2Vec(cbow_corrected=1, cbow_mean=0)


def test_settings_that_are_changed_later_are_checked_too():
    model = Word2Vec([["a", "b", "c"]] * 3, min_count=1, sample=0, window=2, window_weights=np.array([1, 0.5], "f4"))
    assert model.window_weights == (1.0, 0.5)
    model.window = 3
    with pytest.raises(ValueError, match="each of window=3 distances, got 2"):
        model.train([["a", "b"]], total_examples=1, epochs=1)


def test_a_config_from_a_file_is_checked():
    assert checked(TrainingConfig(window=2, window_weights=(1.0, 0.5)))
    for wrong in ({"window_weights": (1.0,)}, {"window_weights": "x"}, {"cbow_corrected": True, "cbow_mean": False}):
        with pytest.raises(ValueError, match=r"window_weights|cbow_corrected"):
            checked(TrainingConfig(window=2, **wrong))


def test_files_keep_them(tmp_path):
    made = Word2Vec(window=2, window_weights=[1, 0.5], cbow_corrected=True)
    made.save(tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert (loaded.window_weights, loaded.cbow_corrected) == ((1.0, 0.5), True)


def test_weights_replace_windows_that_are_drawn():
    config = TrainingConfig(window=3, shrink_windows=True, window_weights="linear", subsample=False)
    problem = plain(8, lengths=(12, 5)).with_config(**{"window": 3, "window_weights": "linear"})
    (job,) = problem.jobs()
    found = {centre: contexts.tolist() for centre, contexts in windows(config, problem.plan.keep, job, 0)}
    assert found[5] == [2, 3, 4, 6, 7, 8]
    assert context_weights(config, 5, np.array(found[5])).tolist() == pytest.approx([1 / 3, 2 / 3, 1, 1, 2 / 3, 1 / 3])
    assert found[12] == [13, 14, 15]
    assert context_weights(config, 12, np.array(found[12])).tolist() == pytest.approx([1, 2 / 3, 1 / 3])


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_a_context_of_weight_0_is_left_out(architecture):
    problem = plain(8, lengths=(12, 2, 5)).with_config(architecture=architecture)
    narrow = problem.with_config(window=2, window_weights=(1.0, 0.5))
    wide = problem.with_config(window=4, window_weights=(1.0, 0.5, 0.0, 0.0))
    (stats_narrow, first), (stats_wide, second) = (run(ReferenceBackend(), each) for each in (narrow, wide))
    assert stats_narrow == stats_wide
    for name, matrix in first.items():
        np.testing.assert_array_equal(matrix, second[name])


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("weights", [*NAMES[1:], (1.0, 0.0, 0.5)], ids=str)
def test_update_rates_are_the_weights_of_the_updates(architecture, weights):
    """Against the reference, on sentences so long that no border counts."""
    config = {"window": 3, "window_weights": weights, "architecture": architecture}
    problem = plain(6, lengths=(4000,)).with_config(**config)
    result, _ = run(ReferenceBackend(), problem.with_config(vector_size=1, negative=1))
    words = word_rates(problem.plan)
    assert result.weight == pytest.approx(result.words * words.examples, rel=0.002)
    assert words.contexts == 2 * weights_by_distance(3, weights, 3).sum()
    rates = plan_tables(problem.plan)["input"].update_rates(words)
    np.testing.assert_allclose(rates, words.centres * words.contexts)


def test_contexts_share_the_error_of_corrected_cbow():
    problem = plain().with_config(architecture="cbow", cbow_corrected=True)
    words = word_rates(problem.plan)
    np.testing.assert_allclose(plan_tables(problem.plan)["input"].update_rates(words), words.centres)
    problem = problem.with_config(architecture="skipgram")  # where it has no meaning
    words = word_rates(problem.plan)
    np.testing.assert_allclose(plan_tables(problem.plan)["input"].update_rates(words), 6 * words.centres)


class Own(SkipGram):
    """Units of its own, which take no weights."""

    name = "own"

    @classmethod
    def units(cls, config, contexts):
        yield from Cbow.units(config, contexts)


class Named(SkipGram):
    name = "named"


def test_an_architecture_says_whether_it_takes_weights(monkeypatch):
    for made in (Own, Named):
        monkeypatch.setitem(ARCHITECTURES, made.name, made)
    assert check_parts(TrainingConfig(architecture="named", window_weights="sqrt"))
    assert check_parts(TrainingConfig(architecture="own"))
    message = r"window_weights must be 'dynamic' with the architecture 'own', which does not weigh contexts; got 'sqrt'"
    with pytest.raises(ValueError, match=message):
        check_parts(TrainingConfig(architecture="own", window_weights="sqrt"))
    with pytest.raises(ValueError, match=message):
        Word2Vec([["a", "b"]], architecture="own", window_weights="sqrt", min_count=1)


def test_the_command_takes_words_and_numbers(tmp_path):
    (tmp_path / "corpus.txt").write_text("salt and pepper and salt\n" * 20, encoding="utf8")

    def ended(*options):
        given = ["train", str(tmp_path / "corpus.txt"), "-o", str(tmp_path / "m"), "--min-count", "1", "--sample", "0"]
        return CliRunner().invoke(main, [*given, "-q", "--workers", "1", *options])

    for text, value in (("harmonic", "harmonic"), ("1,0.5", (1.0, 0.5))):
        result = ended("--window", "2", "--window-weights", text, "--cbow-corrected")
        assert result.exit_code == 0, result.output
        model = Word2Vec.load(tmp_path / "m")
        assert (model.window_weights, model.cbow_corrected) == (value, True)
    assert (
        "'1;2' is none of 'dynamic', 'linear', 'harmonic', 'sqrt', nor numbers"
        in ended("--window-weights", "1;2").output
    )
    assert "--window-weights must hold a number for each of" in ended("--window-weights", "1,2").output
