"""Full softmax, sampled softmax and noise contrastive estimation: gradients in closed form and by finite differences.

And what the two estimators estimate: their gradients approach that of the softmax as the number of draws grows.
"""

import itertools
from collections import Counter

import numpy as np
import pytest
from one_centre import CENTRE, COUNTS, VOCABULARY, assert_closed_form, assert_descends, config_of, kinds
from scipy.special import expit, log_softmax, softmax

from w2vcore import Word2Vec
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.links import softmax_link
from w2vcore.objectives.noise import candidate_chances, log_uniform_weights
from w2vcore.objectives.noise_contrastive import NoiseContrastive
from w2vcore.objectives.sampled_softmax import SampledSoftmax
from w2vcore.objectives.softmax import MOST_WORDS, Softmax
from w2vcore.preprocessing import candidates as tensorflow

TRUE = np.eye(VOCABULARY)[CENTRE]
SETTINGS = {
    "softmax": {},
    "sampled_softmax": {},
    "sampled_softmax, log-uniform": {"candidates": "log_uniform", "negative": 4},
    "sampled_softmax, plain scores": {"subtract_log_q": False},
    "nce": {},
    "nce, log-uniform": {"candidates": "log_uniform", "negative": 2},
    "nce, normaliser": {"normaliser": "vocabulary"},
    "nce, of few draws": {"negative": 1, "ns_exponent": 0.0},
}
settings = pytest.mark.parametrize("chosen", SETTINGS)


def config_for(kind, chosen):
    return config_of(kind, chosen.partition(",")[0], **SETTINGS[chosen])


def drawn(kind, config):
    """The words that the objective draws for the first pair of the centre, or for its window."""
    made = {"nce": NoiseContrastive, "sampled_softmax": SampledSoftmax}[config.objectives[0]](config, COUNTS)
    return made.noise(0, 0, np.arange(config.negative)).tolist()


@kinds
@settings
def test_the_update_is_what_the_closed_form_says(kind, chosen):
    config = config_for(kind, chosen)

    def of_softmax(scores):
        return TRUE - softmax(scores), -log_softmax(scores)[CENTRE]

    def of_sampled_softmax(scores):
        candidates = sorted({CENTRE, *drawn(kind, config)})
        if config.subtract_log_q:
            scores = scores - np.log(1 - (1 - candidate_chances(config, COUNTS)) ** config.negative)
        error = TRUE.copy()
        error[candidates] -= softmax(scores[candidates])
        return error, -log_softmax(scores[candidates])[candidates.index(CENTRE)]

    def of_nce(scores):
        normaliser = VOCABULARY if config.normaliser == "vocabulary" else 1
        scores = scores - np.log(normaliser * config.negative * candidate_chances(config, COUNTS))
        error, loss = TRUE * expit(-scores), np.log1p(np.exp(-scores[CENTRE]))
        for word in drawn(kind, config):
            error[word] -= expit(scores[word])
            loss += np.log1p(np.exp(scores[word]))
        return error, loss

    forms = {"softmax": of_softmax, "sampled_softmax": of_sampled_softmax, "nce": of_nce}
    assert_closed_form(kind, config, forms[config.objectives[0]])


@kinds
@settings
def test_the_update_descends_the_loss_by_finite_differences(kind, chosen):
    assert_descends(kind, config_for(kind, chosen))


def test_the_link_does_not_overflow_and_its_errors_add_up_to_nothing():
    scores = np.array([[1e4, -1e4, 0.0], [-800.0, -801.0, -802.0]])
    errors, losses = softmax_link(scores, np.array([0.0, 1.0, 0.0]))
    np.testing.assert_allclose(errors.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(losses.sum(axis=1), [2e4, 1 + np.log(1 + np.exp(-1) + np.exp(-2))])


# ---- what the estimators estimate

SCORES = np.array([0.7, -0.4, 0.2, -1.1])
WORDS = np.array([8, 4, 2, 1])  # how often each occurs
OF_SOFTMAX = [np.eye(4)[true] - softmax(SCORES) for true in range(4)]


def config_with(draws, **others):
    return TrainingConfig(negative=draws, ns_exponent=1.0, **others)


def gradient_of(made, named, scores):
    """The error of each word, for what an objective has named."""
    named_scores = scores[named.rows] + (0 if named.offsets is None else named.offsets)
    errors = np.zeros(len(scores))
    errors[named.rows] = made.link(named_scores, named.labels)[0] * named.counts
    return errors


def chance_of(drawn, chances, draws):
    """How likely it is that so many draws bring these words, all of them and no other: by inclusion and exclusion."""
    parts = (part for size in range(len(drawn) + 1) for part in itertools.combinations(drawn, size))
    return sum((-1) ** (len(drawn) - len(part)) * chances[list(part)].sum() ** draws for part in parts)


def mean_of_sampled_softmax(draws, true, **others):
    """The expected gradient: the sum over all sets of words that may be drawn, written out."""
    config = config_with(draws, **others)
    chances = candidate_chances(config, WORDS)
    scores = SCORES - np.log(1 - (1 - chances) ** draws) if config.subtract_log_q else SCORES
    mean = np.eye(4)[true]
    for drawn in (each for size in range(1, 5) for each in itertools.combinations(range(4), size)):
        candidates = sorted({true, *drawn})
        mean[candidates] -= chance_of(drawn, chances, draws) * softmax(scores[candidates])
    return mean


def mean_of_nce(draws, true, scores=SCORES):
    """The expected gradient in closed form."""
    expected = draws * candidate_chances(config_with(draws), WORDS)
    right = expit(scores - np.log(expected))
    return np.eye(4)[true] * (1 - right) - expected * right


@pytest.mark.parametrize("true", range(4))
def test_sampled_softmax_approaches_the_softmax(true):
    bias = [np.abs(mean_of_sampled_softmax(draws, true) - OF_SOFTMAX[true]).max() for draws in (4, 16, 64, 256)]
    assert bias[1] < 0.6 * bias[0] and bias[2] < 0.2 * bias[1] and bias[3] < 1e-6


def test_all_words_are_candidates_in_the_end():
    """Of very many draws nothing is left to chance: the gradient is that of the softmax, for each word and place."""
    made = SampledSoftmax(config_with(3000), WORDS)
    for true, position in itertools.product(range(4), range(5)):
        found = gradient_of(made, made.select(0, true, position, 0), SCORES)
        np.testing.assert_allclose(found, OF_SOFTMAX[true], atol=1e-12)


def test_the_scores_that_fit_sampled_softmax_best_are_those_of_a_softmax():
    """The expected gradient over true words of these probabilities is about 0 there, which it is not for plain scores."""
    truth = softmax(SCORES)
    for draws in (1, 3, 6):
        at_optimum = sum(truth[true] * mean_of_sampled_softmax(draws, true) for true in range(4))
        plain = sum(truth[true] * mean_of_sampled_softmax(draws, true, subtract_log_q=False) for true in range(4))
        assert np.abs(at_optimum).max() < (1e-12 if draws == 1 else 0.02)
        assert np.abs(plain).max() > 3 * np.abs(at_optimum).max()


@pytest.mark.parametrize("true", range(4))
def test_nce_approaches_the_softmax_of_a_model_that_is_normalised(true):
    """Its bias halves as its draws double."""
    scores = log_softmax(SCORES)
    bias = {draws: np.abs(mean_of_nce(draws, true, scores) - OF_SOFTMAX[true]).max() for draws in (64, 128, 4096)}
    assert bias[128] == pytest.approx(bias[64] / 2, rel=0.2) and bias[4096] < 0.005


def test_nce_is_at_its_optimum_where_scores_are_log_probabilities():
    """For any number of draws; with scores that are not normalised it is not."""
    truth = softmax(SCORES)
    for draws in (1, 5, 50):
        mean = sum(truth[true] * mean_of_nce(draws, true, np.log(truth)) for true in range(4))
        np.testing.assert_allclose(mean, 0, atol=1e-14)
        shifted = sum(truth[true] * mean_of_nce(draws, true, np.log(truth) + 0.5) for true in range(4))
        assert np.abs(shifted).max() > 0.01


@pytest.mark.parametrize("true", range(4))
@pytest.mark.parametrize("draws", [1, 4])
@pytest.mark.parametrize("name", ["nce", "sampled_softmax"])
def test_what_is_drawn_has_the_expected_gradient(name, draws, true):
    """16 cases of 4 means each, within 5.5 standard errors: a false alarm in 2 of a million runs (64 * 3.8e-8)."""
    kind, expected = {
        "nce": (NoiseContrastive, mean_of_nce(draws, true)),
        "sampled_softmax": (SampledSoftmax, mean_of_sampled_softmax(draws, true)),
    }[name]
    made = kind(config_with(draws, seed=5), WORDS)
    found = np.array([gradient_of(made, made.select(0, true, position, 0), SCORES) for position in range(4000)])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - expected) <= 5.5 * error + 1e-9).all()


# ---- who is drawn


def test_log_uniform_candidates_are_those_of_tensorflow():
    counts = np.arange(100, 0, -1)
    ranks = np.arange(100)
    expected = np.log((ranks + 2) / (ranks + 1)) / np.log(101)
    np.testing.assert_allclose(candidate_chances(config_with(1, candidates="log_uniform"), counts), expected)
    shuffled = np.random.default_rng(1).permutation(100)
    np.testing.assert_array_equal(log_uniform_weights(counts[shuffled]), log_uniform_weights(counts)[shuffled])
    drawn = Counter(
        int(word) for seed in range(300) for word in tensorflow.log_uniform_candidates(99, 1, 100, seed=seed)
    )
    assert max(drawn, key=drawn.get) in (0, 1)  # the same distribution, by another path


def test_rows_are_drawn_as_often_as_the_distribution_says():
    """Chi-square with 29 degrees of freedom above 70: a false alarm in 3 of 100,000 runs."""
    counts = np.random.default_rng(2).permutation(np.arange(1, 31))
    for candidates in ("unigram", "log_uniform"):
        config = TrainingConfig(negative=10, candidates=candidates)
        made = SampledSoftmax(config, counts)
        rows = np.concatenate([made.noise(0, position, np.arange(10)) for position in range(3000)])
        expected = len(rows) * candidate_chances(config, counts)
        assert ((np.bincount(rows, minlength=30) - expected) ** 2 / expected).sum() < 70


# ---- training

TOPICS = [["cat", "dog", "horse", "cow"], ["car", "bus", "train", "tram"]]


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("objective", ["softmax", "sampled_softmax", "nce"])
def test_training_learns_the_probabilities(objective, sg):
    """Two topics of four words. Skip-gram's windows are full permutations: its optimum is a third for each other word."""
    rng = np.random.default_rng(1)
    sentences = [rng.permutation(topic).tolist() for _ in range(150) for topic in TOPICS]
    model = Word2Vec(
        sentences, objective=objective, sg=sg, vector_size=10, min_count=1, sample=0, alpha=0.05,
        window="sentence", epochs=8, seed=2, workers=1, compute_loss=True,
    )  # fmt: skip
    losses = [epoch["loss"] for epoch in model.training_history]
    assert losses[-1] < losses[0]
    if objective == "softmax" and sg:  # nothing that is predicted before it is seen is below the optimum in the mean
        assert np.log(3) < losses[-1] < 1.06 * np.log(3)
    for word, topic in itertools.product(TOPICS[0], TOPICS):
        found = dict(model.predict_output_word([word], topn=None))
        expected = 1.0 if topic is TOPICS[0] else 0.0
        assert abs(sum(found[each] for each in topic) - expected) < 0.1
    inside, outside = model.score([["cat", "dog", "cow"], ["cat", "bus", "cow"]])
    assert inside > outside + 2
    if objective == "nce":  # nothing has normalised its scores
        total = np.exp(model.syn1_nce @ model.wv["cat"]).sum() if sg else 1.0
        assert abs(total - 1) < 0.25


def test_the_vocabulary_of_a_full_softmax_has_a_bound():
    with pytest.raises(ValueError, match=r"at most 65,536 words, as each example trains them all, got 65,537: take"):
        Softmax(TrainingConfig(), np.ones(MOST_WORDS + 1, np.int64))
