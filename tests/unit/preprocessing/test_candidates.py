"""The log-uniform sampler: its probabilities, what it must never draw, and the order in which it draws without repeats."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from w2vcore.preprocessing import log_uniform_candidates, log_uniform_probabilities

FALSE_ALARM = 1e-6  # of each statistical test; the seeds are fixed


def test_probabilities_in_closed_form():
    expected = [np.log((k + 2) / (k + 1)) / np.log(9) for k in range(8)]
    np.testing.assert_allclose(log_uniform_probabilities(8), expected, rtol=1e-12)
    assert log_uniform_probabilities(4096).sum() == pytest.approx(1)


@pytest.mark.parametrize("true", [0, 3, 99])
def test_draws_with_repeats_have_these_probabilities(true):
    drawn = log_uniform_candidates([true] * 50_000, 4, 100, unique=False, seed=5)
    weights = log_uniform_probabilities(100)
    weights[true] = 0
    expected = weights / weights.sum() * drawn.size
    counts = np.bincount(drawn.ravel(), minlength=100)
    assert counts[true] == 0
    kept = np.arange(100) != true
    assert stats.chisquare(counts[kept], expected[kept]).pvalue > FALSE_ALARM


def test_draws_without_repeats_are_drawn_one_after_the_other():
    """The chance of each ordered row is a product: each draw is of what is left of the probabilities."""
    size, true, rows = 5, 1, 100_000
    drawn = log_uniform_candidates(np.full(rows, true), 3, size, seed=11)
    weights = log_uniform_probabilities(size)
    expected, found = [], []
    for row in itertools.permutations([0, 2, 3, 4], 3):
        left, chance = 1 - weights[true], 1.0
        for k in row:
            chance, left = chance * weights[k] / left, left - weights[k]
        expected.append(chance * rows)
        found.append(int((drawn == row).all(axis=1).sum()))
    assert sum(found) == rows
    assert stats.chisquare(found, expected).pvalue > FALSE_ALARM


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_rows_hold_distinct_classes_without_the_true_one(data):
    size = data.draw(st.integers(2, 12))
    true = data.draw(st.lists(st.integers(0, size - 1), max_size=20))
    number = data.draw(st.integers(0, size - 1))
    drawn = log_uniform_candidates(true, number, size, seed=data.draw(st.integers(0, 1000)))
    assert drawn.shape == (len(true), number) and drawn.dtype == np.int64
    for row, wrong in zip(drawn.tolist(), true, strict=True):
        assert len({*row, wrong}) == number + 1
        assert set(row) <= set(range(size))


def test_one_true_class_gives_one_row_and_a_seed_repeats_it():
    drawn = log_uniform_candidates(3, 4, 8, seed=42)
    assert drawn.shape == (4,)
    np.testing.assert_array_equal(drawn, log_uniform_candidates([3], 4, 8, seed=42)[0])
    assert len({tuple(log_uniform_candidates(3, 4, 8, seed=seed)) for seed in range(20)}) > 5


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((8, 4, 8), ValueError, "true_classes must hold ids from 0 to range_max - 1 = 7, got 8"),
        ((0.5, 4, 8), TypeError, "true_classes must hold ids, which are ints"),
        ((0, -1, 8), ValueError, "num_sampled must be an int at least 0, got -1"),
        (
            (0, 8, 8),
            ValueError,
            "range_max must be at least 9 to draw num_sampled=8 classes beside the true one, got 8",
        ),
        ((0, 3, 1, False), ValueError, "range_max must be at least 2 to draw num_sampled=3 classes"),
        ((0, 0, 0), ValueError, "range_max must be an int at least 1, got 0"),
    ],
)
def test_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        log_uniform_candidates(*arguments)
