"""The block of several examples of one hidden row, against its definition in float64, also where they share rows."""

import numpy as np
import pytest
from random_rows import copied, made

from w2vcore.backends import reference_blocks
from w2vcore.kernels import _dispatch, _testing
from w2vcore.objectives.base import Targets
from w2vcore.objectives.links import sigmoid_link, softmax_link

TABLES = _dispatch.available()
LINKS = {"sigmoid": sigmoid_link, "softmax": softmax_link}
ALPHA = 0.3
TOLERANCE = 1e-6  # as in test_blocks.py


def example(rows, counts=None):
    rows = np.array(rows, np.uint32)
    return rows, (np.arange(len(rows)) == 0).astype(np.float32), np.array(counts or [1] * len(rows), np.float32)


def soft(made, seed):
    """The same example with offsets, and labels between 0 and 1 for all but the first."""
    rng = np.random.default_rng(seed)
    rows, labels, counts = made
    labels = np.where(labels == 1, 1, rng.uniform(0, 0.4, len(rows))).astype(np.float32)
    return rows, labels, counts, rng.normal(0, 1.5, len(rows)).astype(np.float32)


CASES = {
    "one": [example([7, 1, 2, 3, 4, 5])],
    "two": [example([7, 1, 2, 3, 4, 5]), example([8, 11, 12, 13, 14, 15])],
    "rows that all name": [example([7, 1, 2]), example([7, 2, 1]), example([2, 1, 7]), example([7])],
    "of many sizes": [example(range(first, first + size)) for first, size in ((0, 1), (3, 17), (5, 8), (2, 9), (1, 0))],
    "with counts": [example([7, 1, 2, 3], [1, 2, 1, 3]), example([1, 7, 2], [1, 1, 4])],
    "masked": [example([7, 1, 2], [1, 0, 3]), example([7, 1], [0, 0]), example([1, 9, 7], [0, 2, 1])],
    "nothing": [example([]), example([7, 1], [0, 0])],
    "a dozen": [example([n, *range(20 + n % 3, 25 + n % 3)]) for n in range(12)],
    "soft": [soft(example([7, 1, 2, 3]), 1), soft(example([1, 7, 2]), 2), soft(example([7]), 3)],
    "one soft": [example([7, 1, 2]), soft(example([1, 7, 2], [1, 0, 2]), 2)],
}

# The softmax is of examples whose labels add up to 1, in which no row stands twice.
PLAIN = ("one", "two", "rows that all name", "of many sizes", "a dozen")
LINKED = [("sigmoid", case) for case in CASES] + [("softmax", case) for case in PLAIN]


def expected(inputs, targets, input_rows, counts, examples, lock, link, weight, scale, error_scale):
    """What is to come out, in float64."""
    inputs, targets = inputs.astype(np.float64), targets.astype(np.float64)
    named = [
        Targets(rows, labels.astype(float), times.astype(float), offsets[0].astype(float) if offsets else None)
        for rows, labels, times, *offsets in examples
    ]
    sums = reference_blocks.block_positives(
        inputs, targets, np.array(input_rows, np.uint32), counts, named, np.ones(len(named)), lock,
        np.float64(np.float32(ALPHA)), scale, error_scale, "examples", LINKS[link], weight, in_turn=True,
    )  # fmt: skip
    return inputs, targets, (sums.loss, sums.judged, sums.correct)


@pytest.mark.parametrize(("link", "case"), LINKED)
@pytest.mark.parametrize("size", [7, 100])
@pytest.mark.parametrize("table", TABLES)
def test_it_computes_what_it_is_defined_to_be(table, size, link, case):
    rng = np.random.default_rng(5)
    inputs, targets, examples = made(rng, size), made(rng, size), CASES[case]
    lock = np.array([1.0, 0.0, 0.5])
    for rows, counts, scale, error_scale, weight in (
        ([3], np.ones(1), 1.0, 1.0, 1.0),
        ([3, 5, 31], np.array([1.0, 2.0, 0.5]), 0.25, 1.0, 0.5),
    ):
        wanted = expected(inputs, targets, rows, counts, examples, lock, link, weight, scale, error_scale)
        for with_loss in (False, True):
            trained, moved = copied(inputs), copied(targets)
            sums = _testing.run_several(
                table, with_loss, trained, moved, rows, counts, examples, lock, ALPHA, scale, error_scale, weight,
                columns=size, link=link,
            )  # fmt: skip
            np.testing.assert_allclose(trained, wanted[0], atol=TOLERANCE, rtol=0)
            np.testing.assert_allclose(moved, wanted[1], atol=TOLERANCE, rtol=0)
            np.testing.assert_allclose(sums, wanted[2] if with_loss else (0, 0, 0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("table", TABLES)
def test_frozen_it_writes_to_own_rows_alone(table, case):
    rng = np.random.default_rng(6)
    inputs, targets, examples = made(rng, 20), made(rng, 20), CASES[case]
    for rows, counts, scale in (([33], np.ones(1), 1.0), ([3, 33, 5], np.ones(3), 1 / 3), ([3], np.ones(1), 1.0)):
        trained, kept = copied(inputs), copied(targets)
        _testing.run_several(
            table, False, trained, kept, rows, None if scale == 1 else counts, examples, None, ALPHA, scale,
            columns=20, frozen_from=30,
        )  # fmt: skip
        np.testing.assert_array_equal(kept, targets)
        np.testing.assert_array_equal(trained[:30], inputs[:30])
        error = np.zeros(20)
        hidden = scale * inputs[rows, :20].astype(np.float64).sum(axis=0)
        for names, labels, times, *offsets in examples:
            score = targets[names, :20] @ hidden + (offsets[0] if offsets else 0)
            error += (ALPHA * times * sigmoid_link(score, labels)[0]) @ targets[names, :20]
        wanted = inputs[:, :20].astype(np.float64)
        wanted[[row for row in rows if row >= 30]] += error
        np.testing.assert_allclose(trained[:, :20], wanted, atol=TOLERANCE, rtol=0)
