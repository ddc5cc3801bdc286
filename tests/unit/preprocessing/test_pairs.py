"""Skip-grams: against a plain loop over places, and in distribution where they are drawn."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from w2vcore.preprocessing import make_sampling_table, skipgrams

SENTENCE = [1, 2, 3, 4, 5, 1, 6, 7]  # the wide road shimmered in the hot sun

# False-alarm rate of each statistical test below. Seeds are fixed: a test that passes goes on passing.
FALSE_ALARM = 1e-6


def oracle(sequence, window_size):
    """The true pairs, place by place."""
    pairs = []
    for here, word in enumerate(sequence):
        for there, context in enumerate(sequence):
            if word and context and here != there and abs(here - there) <= window_size:
                pairs.append([word, context])
    return pairs


sequences = st.lists(st.integers(0, 9), max_size=30)


@settings(deadline=None, max_examples=200)
@given(sequences, st.integers(0, 40))
def test_pairs_in_their_order_are_those_of_a_plain_loop(sequence, window_size):
    couples, labels = skipgrams(sequence, 10, window_size, negative_samples=0, shuffle=False)
    assert couples == oracle(sequence, window_size)
    assert labels == [1] * len(couples)


@settings(deadline=None, max_examples=200)
@given(
    sequences, st.integers(0, 5), st.sampled_from([0, 0.3, 1, 2.5]), st.booleans(), st.booleans(), st.integers(0, 99)
)
def test_shuffled_pairs_are_the_same_multiset(sequence, window_size, negative_samples, shuffle, categorical, seed):
    arguments = (sequence, 10, window_size, negative_samples, shuffle, categorical, None, seed)
    couples, labels = skipgrams(*arguments)
    expected = oracle(sequence, window_size)
    yes, no = ([0, 1], [1, 0]) if categorical else (1, 0)
    true = [tuple(couple) for couple, label in zip(couples, labels, strict=True) if label == yes]
    noise = [tuple(couple) for couple, label in zip(couples, labels, strict=True) if label == no]
    assert Counter(true) == Counter(map(tuple, expected))
    assert len(noise) == int(len(expected) * negative_samples) == len(couples) - len(true)
    assert {word for word, _ in noise} <= {word for word, _ in true}
    assert all(1 <= context <= 9 for _, context in noise)
    assert (couples, labels) == skipgrams(*arguments)  # a seed makes them repeatable
    if not shuffle:
        assert labels == [yes] * len(true) + [no] * len(noise)


def test_the_tutorials_sentence():
    couples, labels = skipgrams(SENTENCE, vocabulary_size=8, window_size=2, negative_samples=0)
    assert len(couples) == 26  # as the tutorial prints
    assert all(isinstance(number, int) for number in (*couples[0], labels[0]))


def test_padding_takes_a_place():
    couples, _ = skipgrams([1, 0, 2, 3], 4, 1, negative_samples=0, shuffle=False)
    assert couples == [[2, 3], [3, 2]]


def test_shuffling_moves_pairs_and_labels_alike():
    couples, labels = skipgrams([1, 2] * 50, 3, 1, negative_samples=1, seed=3)
    assert labels != sorted(labels) and labels != sorted(labels, reverse=True)
    assert all(word != context for (word, context), label in zip(couples, labels, strict=True) if label)


def test_noise_pairs_take_words_evenly_and_contexts_uniformly():
    couples, labels = skipgrams(SENTENCE * 200, 50, 2, negative_samples=3, seed=1)
    true = Counter(word for (word, _), label in zip(couples, labels, strict=True) if label)
    noise = [couple for couple, label in zip(couples, labels, strict=True) if not label]
    assert Counter(word for word, _ in noise) == {word: 3 * times for word, times in true.items()}
    drawn = np.bincount([context for _, context in noise], minlength=50)
    assert drawn[0] == 0
    assert stats.chisquare(drawn[1:]).pvalue > FALSE_ALARM
    # which context goes with which word is chance as well
    table = np.zeros((8, 50))
    np.add.at(table, tuple(np.array(noise).T), 1)
    assert stats.chi2_contingency(table[1:, 1:]).pvalue > FALSE_ALARM


def test_words_are_thinned_out_by_the_table():
    table = np.array([0.0, 1.0, 0.5, 0.0])
    couples, _ = skipgrams([1, 2, 3] * 20_000, 4, 1, negative_samples=0, shuffle=False, sampling_table=table, seed=1)
    words = Counter(word for word, _ in couples)
    assert words[1] == 2 * 20_000 - 1  # all of them; the first place has one neighbour
    assert words[3] == 0
    assert stats.binomtest(words[2] // 2, 20_000, 0.5).pvalue > FALSE_ALARM
    assert {context for _, context in couples} == {1, 2, 3}  # as context a word is always taken


def test_the_published_table():
    published = (
        "0.00315225 0.00315225 0.00547597 0.00741556 0.00912817 0.01068435 0.01212381 0.01347162 0.01474487 0.0159558"
    )
    printed = np.array2string(make_sampling_table(10), precision=8, max_line_width=1000)
    assert printed.strip("[] ").split() == published.split()


def test_the_table_in_closed_form():
    ranks = np.array([1, 1, 2, 700, 99_999])
    inverse = ranks * (np.log(ranks) + 0.577) + 0.5 - 1 / (12 * ranks)
    table = make_sampling_table(100_000, sampling_factor=1e-3)
    np.testing.assert_allclose(table[[0, 1, 2, 700, 99_999]], np.minimum(1, np.sqrt(1e-3 * inverse)), rtol=1e-15)
    assert (np.diff(table) >= 0).all() and table[-1] == 1
    assert make_sampling_table(0).shape == (0,)
    assert not make_sampling_table(5, 0).any()


def test_the_table_is_near_the_frequencies_of_a_zipfian_text():
    """The frequency of rank r is taken as 1 / (r * H(r)), H being the harmonic numbers, of which the table has an expansion."""
    ranks = np.arange(1, 1000)
    inverse = ranks * np.cumsum(1 / ranks)
    # 1/2 and 0.577 are the expansion cut off: 0.006 at rank 1, 0.0002 r at rank r
    np.testing.assert_allclose(make_sampling_table(1000)[1:] ** 2 / 1e-5, inverse, rtol=7e-3)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"sequence": [1, 9]}, ValueError, "sequence must hold ids from 0 to vocabulary_size - 1 = 8, got 9"),
        ({"sequence": [-1]}, ValueError, "sequence must hold ids from 0 .* got -1"),
        (
            {"sequence": [[1, 2]]},
            ValueError,
            r"sequence must be a flat sequence of ids, got an array of shape \(1, 2\)",
        ),
        ({"sequence": ["the", "road"]}, TypeError, "sequence must hold ids, which are ints, got <U4"),
        ({"sequence": [1.5]}, TypeError, "sequence must hold ids, which are ints, got float64"),
        ({"vocabulary_size": 0}, ValueError, "vocabulary_size must be an int at least 1, got 0"),
        ({"vocabulary_size": 1, "sequence": [0]}, None, ""),
        ({"window_size": -1}, ValueError, "window_size must be an int at least 0, got -1"),
        ({"negative_samples": -1}, ValueError, "negative_samples must be a finite number of at least 0, got -1"),
        ({"seed": -1}, ValueError, "seed must be an int at least 0, got -1"),
        ({"sampling_table": [0.5, 1]}, ValueError, "sampling_table must have a probability for each id up to 2"),
        ({"sampling_table": [np.nan] * 9}, ValueError, "sampling_table must hold probabilities, got NaN"),
    ],
)
def test_arguments_are_named(change, error, message):
    arguments = {"sequence": [1, 2], "vocabulary_size": 9} | change
    if error is None:
        assert skipgrams(**arguments) == ([], [])
        return
    with pytest.raises(error, match=message):
        skipgrams(**arguments)


def test_bad_sizes_of_tables():
    with pytest.raises(ValueError, match="size must be an int at least 0, got -1"):
        make_sampling_table(-1)
    with pytest.raises(ValueError, match="sampling_factor must be a finite number of at least 0, got -1"):
        make_sampling_table(3, -1)
