"""Two pairs of one centre in one go are those pairs, one after the other, whether or not they can be taken together."""

import numpy as np
import pytest
from random_rows import ROWS, copied, made

from w2vcore.backends import reference_blocks
from w2vcore.backends.base import EpochStats
from w2vcore.kernels import _dispatch, _testing
from w2vcore.objectives.links import sigmoid_link, softmax_link

TABLES = _dispatch.available()
ALPHA = 0.3
TOLERANCE = 1e-6  # as in test_blocks.py


def one_after_the_other(inputs, targets, pairs, lock, judge, times=(1, 1), link=sigmoid_link):
    """What is to come out, in float64."""
    inputs, targets, sums = inputs.astype(np.float64), targets.astype(np.float64), EpochStats()
    lock = np.ones(1) if lock is None else lock.astype(np.float64)
    for each, (row, rows, labels, counts, *offsets) in zip(times, pairs, strict=True):
        sums += reference_blocks.block_pairs(
            inputs, targets, np.array([row]), np.array([each], float), rows, labels.astype(np.float64), counts.astype(np.float64),
            lock, np.float64(np.float32(ALPHA)), judge, link, offsets[0].astype(np.float64) if offsets else None,
        )  # fmt: skip
    return inputs, targets, sums.loss, sums.judged, sums.correct


def pair(row, rows, counts=None):
    rows = np.array(rows, np.uint32)
    return row, rows, (np.arange(len(rows)) == 0).astype(np.float32), np.array(counts or [1] * len(rows), np.float32)


def soft(made, seed):
    """The same pair with offsets, and labels between 0 and 1 for all but the centre."""
    rng = np.random.default_rng(seed)
    row, rows, labels, counts = made
    labels = np.where(labels == 1, 1, rng.uniform(0, 0.4, len(rows))).astype(np.float32)
    return row, rows, labels, counts, rng.normal(0, 1.5, len(rows)).astype(np.float32)


CASES = {
    "paired": (pair(3, [7, 1, 2, 3, 4, 5]), pair(4, [7, 11, 12, 13, 14, 15])),
    "with counts": (pair(3, [7, 1, 2, 3], [1, 2, 1, 3]), pair(4, [7, 11, 12, 13], [1, 1, 3, 1])),
    "one masked each": (pair(3, [7, 1, 2, 3], [1, 2, 0, 3]), pair(4, [7, 11, 12, 13], [1, 1, 3, 0])),
    "masked after the centre": (pair(3, [7, 1, 2], [1, 0, 0]), pair(4, [7, 11, 12], [1, 0, 0])),
    "centre alone": (pair(3, [7]), pair(4, [7])),
    "one more": (pair(3, [7, 1, 2]), pair(4, [7, 11, 12, 13])),
    "the same input": (pair(3, [7, 1, 2]), pair(3, [7, 11, 12])),
    "a noise word in both": (pair(3, [7, 1, 2]), pair(4, [7, 2, 12])),
    "all in both": (pair(3, [7, 1, 2]), pair(4, [7, 1, 2])),
    "nothing in both": (pair(3, [7, 1, 2]), pair(4, [8, 11, 12])),
    "another first in both": (pair(3, [7, 1, 2]), pair(4, [1, 7, 12])),
    "nothing at all": (pair(3, [7, 1], [0, 0]), pair(4, [7, 11], [0, 0])),
    "seven": (pair(3, [7, *range(20, 26)]), pair(4, [7, *range(10, 16)])),
    "eight": (pair(3, [7, *range(20, 27)]), pair(4, [7, *range(10, 17)])),
    "soft": (soft(pair(3, [7, 1, 2, 3, 4, 5]), 1), soft(pair(4, [7, 11, 12, 13, 14, 15]), 2)),
    "soft, masked": (soft(pair(3, [7, 1, 2, 3], [1, 2, 0, 3]), 1), soft(pair(4, [7, 11, 12, 13], [1, 1, 3, 0]), 2)),
    "one soft": (soft(pair(3, [7, 1, 2]), 1), pair(4, [7, 11, 12])),
    "another soft": (pair(3, [7, 1, 2]), soft(pair(4, [7, 11, 12]), 2)),
    "soft, not as many": (soft(pair(3, [7, 1, 2]), 1), soft(pair(4, [7, 11, 12, 13]), 2)),
    "many": (pair(3, [7, *range(20, 30)]), pair(4, [7, *range(8, 18)])),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("size", [1, 16, 100])
@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("judge", ["examples", "targets"])
def test_equals_one_after_the_other(name, table, size, locked, judge):
    rng = np.random.default_rng(size)
    inputs, targets = made(rng, size), made(rng, size)
    lock = rng.uniform(0, 1, ROWS).astype(np.float32) if locked else None
    expected = one_after_the_other(inputs, targets, CASES[name], lock, judge)
    results = []
    for with_loss in (True, False):
        mine = copied(inputs), copied(targets)
        columns = None if with_loss else size  # the padding, left out, makes no difference
        results.append(
            (*mine, *_testing.run_paired(table, with_loss, *mine, *CASES[name], lock, ALPHA, judge, columns))
        )
    for got, wanted in zip(results[0], expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE * max(1, np.abs(wanted).max()))
    np.testing.assert_array_equal(results[1][0], results[0][0])
    np.testing.assert_array_equal(results[1][1], results[0][1])
    assert results[1][2:] == (0.0, 0, 0)


@pytest.mark.parametrize("name", [name for name in CASES if name != "nothing at all"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("with_loss", [False, True])
def test_a_softmax_equals_one_after_the_other(name, table, with_loss):
    """The first target is the true one, whatever the labels of a case are."""
    rng = np.random.default_rng(7)
    inputs, targets = made(rng, 20), made(rng, 20)
    pairs = []
    for row, rows, labels, counts, *offsets in CASES[name]:
        labels = (np.arange(len(rows)) == 0).astype(np.float32)
        pairs.append((row, rows, labels, np.minimum(counts, 1), *offsets))
    expected = one_after_the_other(inputs, targets, pairs, None, "examples", link=softmax_link)
    mine = copied(inputs), copied(targets)
    sums = _testing.run_paired(table, with_loss, *mine, *pairs, None, ALPHA, "examples", link="softmax")
    for got, wanted in zip((*mine, *sums), expected[: 5 if with_loss else 2], strict=False):
        np.testing.assert_allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE * max(1, np.abs(wanted).max()))


@pytest.mark.parametrize("name", ["paired", "with counts", "one more", "the same input", "soft", "many"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("judge", ["examples", "targets"])
def test_pairs_with_weights(name, table, judge):
    rng = np.random.default_rng(1)
    inputs, targets, times = made(rng, 100), made(rng, 100), (0.375, 2.5)
    expected = one_after_the_other(inputs, targets, CASES[name], None, judge, times)
    mine = copied(inputs), copied(targets)
    sums = _testing.run_paired(table, True, *mine, *CASES[name], None, ALPHA, judge, input_counts=times)
    for got, wanted in zip((*mine, *sums), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE * max(1, np.abs(wanted).max()))


@pytest.mark.parametrize("table", [name for name in TABLES if name != "blas"])
def test_twins_differ_from_two_calls_by_rounding_alone(table):
    """All but the second pair's score with the centre is computed as in two calls: equal bits where that is masked."""
    rng = np.random.default_rng(1)
    inputs, targets = made(rng, 100), made(rng, 100)
    first, second = CASES["paired"]
    apart, together = ((copied(inputs), copied(targets)) for _ in range(2))
    for row, rows, labels, counts in (first, second):
        _testing.run_block(table, "pairs", False, *apart, [row], None, rows, labels, counts, None, ALPHA)
    _testing.run_paired(table, False, *together, first, second, None, ALPHA)
    np.testing.assert_array_equal(together[0][3], apart[0][3])  # the first pair's input
    np.testing.assert_array_equal(together[1][[1, 2, 3, 4, 5, 11, 12]], apart[1][[1, 2, 3, 4, 5, 11, 12]])  # noise
    np.testing.assert_allclose(together[0][4], apart[0][4], atol=TOLERANCE)
    np.testing.assert_allclose(together[1][7], apart[1][7], atol=TOLERANCE)
