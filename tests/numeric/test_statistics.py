"""Draws have the distributions that they should: noise words, subsampling, window sizes; all through the real kernels.

Every test rejects at p < 1e-6, so a right kernel fails one of them with a probability below 1e-6 for each new choice of seeds,
about 5e-5 for the whole file; with the seeds as they stand the outcome is always the same.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import KEEP_ALL, Problem, batch_of, run
from scipy import stats
from strategies import count_lists

from w2vcore.backends.base import Job
from w2vcore.backends.registry import create
from w2vcore.kernels import _random
from w2vcore.kernels.reference_random import PURPOSE_TOKEN, random_key, random_words
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.hierarchical_softmax import HierarchicalSoftmax
from w2vcore.objectives.negative_sampling import NegativeSampling

REJECT = 1e-6
COUNTS = np.array([90_000, 20_000, 7_000, 7_000, 1_500, 400, 120, 30, 9, 8, 3, 1])


def noise_counts(selector, centre, vocabulary, positions, **key):
    """How often each row came out as noise for this centre."""
    drawn = np.zeros(vocabulary, np.int64)
    for position in positions:
        rows, _, counts, _ = selector(centre, position, **key)
        drawn[rows[1:]] += counts[1:].astype(np.int64)
    return drawn


def chi_square(observed, expected_shares):
    """The p-value; cells that expect fewer than 5 are put together."""
    expected = expected_shares / expected_shares.sum() * observed.sum()
    rare = expected < 5
    if rare.any():
        observed = np.append(observed[~rare], observed[rare].sum())
        expected = np.append(expected[~rare], expected[rare].sum())
        if expected[-1] < 5:  # still too few: one more cell goes with them
            observed = np.append(observed[:-2], observed[-2:].sum())
            expected = np.append(expected[:-2], expected[-2:].sum())
    return stats.chisquare(observed, expected).pvalue


# ------------------------------------------------------------------ noise words


@pytest.mark.parametrize("exponent", [0.75, 0.0, 1.0, -0.5])
@pytest.mark.parametrize("centre", [0, 11])
@pytest.mark.parametrize("seed", [1, 2**63 + 5])
def test_noise_words_follow_the_counts(exponent, centre, seed):
    selector = NegativeSampling.selector(TrainingConfig(negative=200, ns_exponent=exponent), COUNTS)
    drawn = noise_counts(selector, centre, len(COUNTS), range(2000), seed=seed)
    shares = COUNTS.astype(np.float64) ** exponent
    # a draw of the centre is dropped: how many are left is binomial, and they are spread like the other words
    kept = 1 - shares[centre] / shares.sum()
    assert stats.binomtest(int(drawn.sum()), 200 * 2000, kept).pvalue > REJECT
    assert drawn[centre] == 0
    others = np.arange(len(COUNTS)) != centre
    assert chi_square(drawn[others], shares[others]) > REJECT


def test_noise_words_of_a_large_vocabulary_follow_the_counts():
    counts = (1e6 / np.arange(1, 5001)).astype(np.int64)
    selector = NegativeSampling.selector(TrainingConfig(negative=200), np.append(counts, 0))  # id 5000 is never drawn
    drawn = noise_counts(selector, 5000, 5001, range(4000))
    assert drawn.sum() == 200 * 4000
    assert chi_square(drawn[:5000], counts**0.75) > REJECT


@pytest.mark.parametrize("step", [1, 2**20, 2**33])
def test_noise_words_of_neighbours_are_independent(step):
    """First draws of two tokens `step` apart, in a table of 4 x 4: position, draw number and epoch are told apart."""
    counts = np.append(np.full(4, 7), 0)
    selector = NegativeSampling.selector(TrainingConfig(negative=1), counts)
    first = np.array([selector(4, 3 * i)[0][1] for i in range(4000)])
    for other in ({"position": step}, {"draw0": 1}, {"draw0": 2}, {"epoch": 1}, {"seed": 2}):
        shift = other.get("position", 0)
        key = {name: value for name, value in other.items() if name != "position"}
        second = np.array([selector(4, 3 * i + shift, **key)[0][1] for i in range(4000)])
        table = np.zeros((4, 4), np.int64)
        np.add.at(table, (first, second), 1)
        assert stats.chi2_contingency(table).pvalue > REJECT, other


@settings(deadline=None, max_examples=60)
@given(
    counts=count_lists,
    exponent=st.sampled_from([0.75, 0.0, 1.0, -0.5]),
    negative=st.integers(1, 60),
    position=st.integers(0, 2**62),
    draw0=st.integers(0, 2**33),
    seed=st.integers(0, 2**64 - 1),
    epoch=st.integers(0, 1000),
    data=st.data(),
)
def test_compiled_selectors_name_what_those_in_numpy_name(
    counts, exponent, negative, position, draw0, seed, epoch, data
):
    centre = data.draw(st.integers(0, len(counts) - 1))
    config = TrainingConfig(negative=negative, ns_exponent=exponent, seed=seed)
    counts = np.array(counts, np.int64)
    for objective in (NegativeSampling, HierarchicalSoftmax):
        *found, offsets = objective.selector(config, counts)(centre, position, draw0, seed, epoch)
        *expected, no_offsets = objective(config, counts).select(epoch, centre, position, draw0)
        assert offsets is no_offsets is None
        for compiled, plain in zip(found, expected, strict=True):
            assert compiled.tolist() == plain.tolist()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**31))
def test_random_numbers_are_those_of_their_twin(seed, token, block, epoch):
    for purpose in (PURPOSE_TOKEN, NegativeSampling.purpose):
        key = random_key(seed, epoch, purpose)
        assert _random.random_key(seed, epoch, purpose) == key
        assert _random.philox(key, token, block).tolist() == random_words(key, token, block).tolist()


def test_twin_gives_the_known_answers():
    # kat_vectors of the Random123 distribution: philox 4x32, 10 rounds, counter and key all ones, and digits of pi
    ones = 2**64 - 1
    assert random_words(ones, ones, ones).tolist() == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    pi = random_words(0x299F31D0_A4093822, 0x85A308D3_243F6A88, 0x03707344_13198A2E)
    assert pi.tolist() == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


# ------------------------------------------------------------------ subsampling and windows


def count_only(vocabulary, **settings):
    """A problem whose training is cheap; what counts are its words and examples."""
    settings = {"vector_size": 1, "negative": 1, "workers": 1, "architecture": "skipgram", **settings}
    return Problem([], np.ones(vocabulary, np.int64), TrainingConfig(**settings))


@pytest.mark.parametrize("rate", [0.0, 0.003, 0.1, 0.5, 0.9, 0.999, 1.0])
def test_words_are_kept_at_their_rate(rate):
    tokens = 200_000
    keep = np.array([round(rate * KEEP_ALL), KEEP_ALL], np.uint32)
    problem = replace(count_only(2, subsample=True), keep=keep, sentences=[[0]] * tokens, position=2**32 - 1000)
    kept = run(create("threads"), problem)[0].words
    assert stats.binomtest(kept, tokens, (int(keep[0]) + 1) / 2**32).pvalue > REJECT
    if rate == 1:
        assert kept == tokens


def test_words_are_kept_independently_of_their_neighbours():
    """Pairs of neighbours that both survive: with window 1 they are the examples, two a pair."""
    tokens = 100_000
    keep = np.array([2**31 - 1], np.uint32)
    problem = replace(count_only(1, window=1, subsample=True), keep=keep, sentences=[[0, 0]] * tokens)
    result = run(create("threads"), problem)[0]
    assert stats.binomtest(result.examples // 2, tokens, 0.25).pvalue > REJECT
    assert stats.binomtest(result.words, 2 * tokens, 0.5).pvalue > REJECT


def window_sizes(problem, n, neighbours=0):
    """The windows of a token 0 amid many `neighbours`, at `n` places of a corpus, where it survives: half its contexts."""
    window = problem.config.window
    batch = batch_of([[neighbours] * window + [0] + [neighbours] * window])
    backend, sizes = create("threads"), []
    backend.open(problem.plan, problem.weights())
    jobs = (Job(batch, window, window + 1, 0.0, 5 * i, raw_words=1, sentences=1) for i in range(n))
    backend.run(0, jobs, lambda job, result: sizes.extend([result.examples] * result.words))
    backend.close()
    assert not any(size % 2 for size in sizes)
    return np.bincount(np.array(sizes) // 2, minlength=window + 1)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("window", [2, 5, 10, 37])
def test_window_sizes_are_uniform(window):
    sizes = window_sizes(count_only(1, window=window, subsample=False), 4000)
    assert sizes[0] == 0
    assert sizes.sum() == 4000
    assert chi_square(sizes[1:], np.ones(window)) > REJECT


@pytest.mark.parametrize("window", [1, 5])
def test_windows_that_do_not_shrink_have_their_full_size(window):
    sizes = window_sizes(count_only(1, window=window, shrink_windows=False, subsample=False), 200)
    assert sizes[window] == 200


def test_window_sizes_do_not_depend_on_survival():
    problem = replace(count_only(2, window=4, subsample=True), keep=np.array([2**30, KEEP_ALL], np.uint32))
    sizes = window_sizes(problem, 12_000, neighbours=1)
    assert stats.binomtest(int(sizes.sum()), 12_000, 0.25).pvalue > REJECT
    assert chi_square(sizes[1:], np.ones(4)) > REJECT
