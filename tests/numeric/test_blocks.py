"""Every block table against the float64 reference, finite differences, and past the borders of 32-bit numbers."""

import os
import threading
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.backends import reference_blocks, reference_links
from w2vcore.kernels import _dispatch, _testing
from w2vcore.model.weights import padded, zeros
from w2vcore.objectives.links import sigmoid_link, softmax_link

TABLES = _dispatch.available()
LINKS = {"sigmoid": sigmoid_link, "softmax": softmax_link}
SHAPES = ("pairs", "mean")
ROWS = 220  # more than the largest number of targets below

# Blocks work in float32, where one rounding is at most 6e-8 of the value. A result here is old value + a sum of up to
# 201 terms, each with the errors of its score (a dot product, lanes summed apart) and of the sigmoid (1e-7): at worst
# a dozen roundings of the largest value there is. Measured over test_equals_reference: at most 2.4e-7, for every
# table.
TOLERANCE = 1e-6


@dataclass
class Case:
    inputs: np.ndarray
    targets: np.ndarray
    input_rows: np.ndarray
    input_counts: np.ndarray | None
    target_rows: np.ndarray
    labels: np.ndarray
    target_counts: np.ndarray
    lock: np.ndarray | None = None
    alpha: float = 0.3
    scale: float = 1.0
    error_scale: float = 1.0
    weight: float = 1.0
    judge: str = "examples"
    columns: int | None = None
    offsets: np.ndarray | None = None
    link: str = "sigmoid"

    def run(self, table, shape, with_loss=True):
        """Updated copies of both matrices and the loss, by a block."""
        inputs, targets = aligned_copy(self.inputs), aligned_copy(self.targets)
        loss, judged, correct = _testing.run_block(
            table, shape, with_loss, inputs, targets, self.input_rows, self.input_counts, self.target_rows,
            self.labels, self.target_counts, self.lock, self.alpha, self.scale, judge=self.judge, columns=self.columns,
            error_scale=self.error_scale, offsets=self.offsets, weight=self.weight, link=self.link)  # fmt: skip
        self.counted = (judged, correct)
        return inputs, targets, loss

    def expect(self, shape):
        """The same in float64 by the reference."""
        inputs, targets, sums = self.expect_sums(shape)
        return inputs, targets, sums.loss

    def expect_sums(self, shape):
        inputs, targets = self.inputs.astype(np.float64), self.targets.astype(np.float64)
        counts = np.ones(len(self.input_rows)) if self.input_counts is None else self.input_counts.astype(np.float64)
        lock = np.ones(1) if self.lock is None else self.lock.astype(np.float64)
        arguments = [
            inputs, targets, self.input_rows, counts, self.target_rows,
            self.labels.astype(np.float64), self.target_counts.astype(np.float64), lock,
            np.float64(np.float32(self.alpha)),
        ]  # fmt: skip
        offsets = None if self.offsets is None else self.offsets.astype(np.float64)
        arguments_by_name = {"judge": self.judge, "link": LINKS[self.link], "offsets": offsets}
        if shape == "pairs":
            return inputs, targets, reference_blocks.block_pairs(*arguments, **arguments_by_name)
        scales = np.float64(np.float32(self.scale)), np.float64(np.float32(self.error_scale))
        return (
            inputs,
            targets,
            reference_blocks.block_mean(*arguments, *scales, weight=self.weight, **arguments_by_name),
        )


def aligned_copy(matrix):
    copy = zeros(*matrix.shape)
    copy[:] = matrix
    return copy


def matrix(rng, rows, size):
    """Random rows of length about 1.5, so that scores reach the sigmoid's curved part; zero in the padding."""
    out = zeros(rows, size)
    out[:, :size] = rng.normal(0, 1.5 / np.sqrt(size), (rows, size))
    return out


def case(size, n_targets, n_inputs, seed=0, counts=True, rows=ROWS, **changes):
    rng = np.random.default_rng([seed, size, n_targets, n_inputs])
    made = Case(
        inputs=matrix(rng, rows, size),
        targets=matrix(rng, rows, size),
        input_rows=rng.choice(rows, n_inputs, replace=False).astype(np.uint32),
        input_counts=rng.integers(1, 4, n_inputs).astype(np.float32) if counts else None,
        target_rows=rng.choice(rows, n_targets, replace=False).astype(np.uint32),
        labels=rng.integers(0, 2, n_targets).astype(np.float32),
        target_counts=rng.integers(0, 3, n_targets).astype(np.float32) if counts else np.ones(n_targets, np.float32),
        alpha=0.3 / max(1, n_inputs, n_targets / 4),
        scale=1 / max(n_inputs, 1),
        error_scale=0.75,  # not 1, so that a block that leaves it out fails
    )
    return replace(made, **changes)


def assert_equal_to_reference(made, table, shape):
    inputs, targets, loss = made.run(table, shape)
    inputs_expected, targets_expected, loss_expected = made.expect(shape)
    for got, expected in ((inputs, inputs_expected), (targets, targets_expected)):
        np.testing.assert_allclose(got, expected, rtol=0, atol=TOLERANCE * max(1, np.abs(expected).max()))
    # the loss is a sum in double over float32 scores
    assert loss == pytest.approx(loss_expected, rel=TOLERANCE, abs=TOLERANCE)
    inputs_without, targets_without, none = made.run(table, shape, with_loss=False)
    assert none == 0.0
    np.testing.assert_array_equal(inputs_without, inputs)
    np.testing.assert_array_equal(targets_without, targets)
    assert_rest_untouched(made, inputs, targets)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("n_inputs, n_targets", [(1, 6), (5, 6), (7, 23)])
def test_no_counts_are_counts_of_one(table, shape, n_inputs, n_targets):
    made = case(100, n_targets, n_inputs, counts=False)
    for ones, none in zip(made.run(table, shape), replace(made, target_counts=None).run(table, shape), strict=True):
        np.testing.assert_array_equal(none, ones)


def assert_rest_untouched(made, inputs, targets):
    others = np.setdiff1d(np.arange(len(inputs)), made.input_rows)
    assert inputs[others].tobytes() == made.inputs[others].tobytes()
    others = np.setdiff1d(np.arange(len(targets)), made.target_rows[made.target_counts != 0])
    assert targets[others].tobytes() == made.targets[others].tobytes()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 4, 5, 8, 9, 20, 100, 129])
@pytest.mark.parametrize("lock", [None, np.array([0.5, 1, 2], np.float32)], ids=["free", "locked"])
def test_columns_left_out_are_zeros(table, shape, size, lock):
    """The padding takes no part: the same bits whether a block goes over it or not."""
    for n_inputs, n_targets in ((1, 6), (1, 13), (6, 6), (5, 16)):
        whole = case(size, n_targets, n_inputs, lock=lock)
        for got, expected in zip(replace(whole, columns=size).run(table, shape), whole.run(table, shape), strict=True):
            np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 15, 16, 17, 100, 300, 1024])
def test_equals_reference(table, shape, size):
    for n_targets in (0, 1, 2, 6, 13, 60, 201):
        for n_inputs in (0, 1, 2, 6, 11):
            made = case(size, n_targets, n_inputs)
            assert_equal_to_reference(made, table, shape)
            inputs, targets, _ = made.run(table, shape)
            assert not inputs[:, size:].any()
            assert not targets[:, size:].any()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_small_number_of_rows(table, shape):
    """Around the sizes of a tile (6 and 8 targets) and of two."""
    for n_targets in range(1, 19):
        for n_inputs in (*range(1, 10), *range(15, 19)):
            assert_equal_to_reference(case(17, n_targets, n_inputs), table, shape)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_inputs", [40, 200])
@pytest.mark.parametrize("locked", [False, True])
def test_many_inputs(table, shape, n_inputs, locked):
    """As in CBOW over long windows; no array over inputs has a bound but the scratch."""
    for size, n_targets in ((100, 6), (17, 21), (300, 13)):
        made = case(size, n_targets, n_inputs)
        if locked:
            made.lock = np.random.default_rng(1).uniform(0, 1, ROWS).astype(np.float32)
        assert_equal_to_reference(made, table, shape)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("rows", [[3, 3], [5, 2, 5, 5, 7, 2], [1] * 11, [*range(20), *range(20)]])
@pytest.mark.parametrize("counts", [False, True])
def test_inputs_of_mean_may_repeat(table, rows, counts):
    """A row named twice is summed twice and receives the error twice: as if its counts were added up."""
    made = case(100, 6, len(rows), counts=counts, input_rows=np.uint32(rows))
    assert_equal_to_reference(made, table, "mean")
    distinct, place = np.unique(rows, return_inverse=True)
    weights = np.ones(len(rows)) if made.input_counts is None else made.input_counts
    added = np.bincount(place, weights).astype(np.float32)
    merged = replace(made, input_rows=distinct.astype(np.uint32), input_counts=added).run(table, "mean")
    for got, expected in zip(made.run(table, "mean"), merged, strict=True):
        np.testing.assert_allclose(got, expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_inputs", [1, 6])
@pytest.mark.parametrize("lock_size", [1, 2, 7, ROWS])
def test_lock_factors(table, shape, n_inputs, lock_size):
    lock = np.random.default_rng(lock_size).uniform(0, 1, lock_size).astype(np.float32)
    lock[0] = 0
    assert_equal_to_reference(case(100, 6, n_inputs, lock=lock), table, shape)
    made = case(100, 6, n_inputs, lock=np.zeros(lock_size, np.float32))
    inputs, _, _ = made.run(table, shape)
    np.testing.assert_array_equal(inputs, made.inputs)
    free = made.run(table, shape)[1]
    np.testing.assert_array_equal(free, replace(made, lock=None).run(table, shape)[1])  # locks concern inputs alone


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_inputs", [1, 6])
def test_counts_left_out_are_ones(table, shape, n_inputs):
    made = case(100, 6, n_inputs, counts=False)
    assert_equal_to_reference(made, table, shape)
    ones = replace(made, input_counts=np.ones(n_inputs, np.float32)).run(table, shape)
    for got, expected in zip(made.run(table, shape), ones, strict=True):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_inputs", [1, 6])
@pytest.mark.parametrize("n_targets", [1, 6, 13])
def test_masked_targets_take_no_part(table, shape, n_inputs, n_targets):
    """A row of NaN behind a count of 0 spoils nothing; with all masked, nothing happens at all."""
    made = case(100, n_targets, n_inputs)
    made.target_counts[0] = 0
    made.targets[made.target_rows[0]] = np.nan
    inputs, targets, loss = made.run(table, shape)
    fewer = replace(
        made, target_rows=made.target_rows[1:], labels=made.labels[1:], target_counts=made.target_counts[1:]
    )
    for got, expected in zip((inputs, targets, loss), fewer.run(table, shape), strict=True):
        np.testing.assert_array_equal(got, expected)
    assert np.isfinite(inputs).all()
    made.target_counts[:] = 0
    inputs, targets, loss = made.run(table, shape)
    assert inputs.tobytes() == made.inputs.tobytes()
    assert targets.tobytes() == made.targets.tobytes()
    assert loss == 0.0


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_inputs", [1, 6])
def test_rate_zero_changes_nothing(table, shape, n_inputs):
    made = case(100, 13, n_inputs, alpha=0.0)
    inputs, targets, loss = made.run(table, shape)
    np.testing.assert_array_equal(inputs, made.inputs)
    np.testing.assert_array_equal(targets, made.targets)
    assert loss == pytest.approx(made.expect(shape)[2], rel=TOLERANCE)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("label", [0, 1])
def test_huge_scores_saturate(table, shape, label):
    """Scores of +-1e4: no clipping that skips pairs, no overflow, and a loss as large as the score."""
    made = case(16, 2, 1, counts=False, alpha=0.01)
    made.inputs[made.input_rows[0]] = 25
    made.targets[made.target_rows] = np.float32([25, -25])[:, None]
    made.labels[:] = label
    assert_equal_to_reference(made, table, shape)
    assert made.run(table, shape)[2] == pytest.approx(1e4)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
def test_nan_is_not_hidden(table, shape):
    made = case(17, 3, 2, counts=False)
    made.inputs[made.input_rows[0], 0] = np.nan
    inputs, targets, loss = made.run(table, shape)
    assert np.isnan(inputs[made.input_rows[0], 0])
    assert np.isnan(targets[made.target_rows]).any()
    assert np.isnan(loss)


@settings(deadline=None, max_examples=60)
@given(
    size=st.integers(1, 70),
    n_targets=st.integers(0, 30),
    n_inputs=st.integers(0, 20),
    seed=st.integers(0, 2**32),
    shape=st.sampled_from(SHAPES),
    lock_size=st.integers(0, 45),
)
def test_tables_agree(size, n_targets, n_inputs, seed, shape, lock_size):
    lock = np.random.default_rng(seed).uniform(0, 1, lock_size).astype(np.float32) if lock_size else None
    made = case(size, n_targets, n_inputs, seed, rows=40, lock=lock)
    inputs, targets, loss = made.run(TABLES[0], shape)
    for table in TABLES[1:]:
        other_inputs, other_targets, other_loss = made.run(table, shape)
        np.testing.assert_allclose(other_inputs, inputs, rtol=0, atol=TOLERANCE)
        np.testing.assert_allclose(other_targets, targets, rtol=0, atol=TOLERANCE)
        assert other_loss == pytest.approx(loss, rel=TOLERANCE, abs=TOLERANCE)


# ---- what is judged ----


def whole_numbers(size, n_targets, n_inputs, seed=0, **changes):
    """A case whose scores are exact in float32 in any order of adding, with ties and zeros among them."""
    made = case(size, n_targets, n_inputs, seed, **changes)
    rng = np.random.default_rng(seed)
    for matrix in (made.inputs, made.targets):
        matrix[:, :size] = rng.integers(-1, 2, (len(matrix), size))
    return replace(made, scale=0.5, alpha=0.01)


def assert_judged_as_by_reference(made, shape):
    _, _, expected = made.expect_sums(shape)
    for table in TABLES:
        _, _, loss = made.run(table, shape)
        assert made.counted == (expected.judged, expected.correct), table
        assert loss == pytest.approx(expected.loss, rel=TOLERANCE, abs=TOLERANCE)
        made.run(table, shape, with_loss=False)
        assert made.counted == (0, 0), table
    return expected


@pytest.mark.parametrize("judge", ["examples", "targets"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("counts", [False, True])
def test_judged_as_by_reference(shape, judge, counts):
    """Exactly, in each place of a tile and over the borders of tiles (6 and 8 targets), ties and zeros included."""
    total = np.zeros(2)
    for size in (2, 5, 16):
        for n_targets in (0, 1, 2, 5, 6, 7, 8, 9, 13, 17, 201):
            for n_inputs in (0, 1, 2, 3, 7, 40):
                made = whole_numbers(size, n_targets, n_inputs, counts=counts, judge=judge)
                if judge == "examples":  # as negative sampling: one of them is the true word
                    made.labels[:] = np.arange(n_targets) == n_targets // 2
                sums = assert_judged_as_by_reference(made, shape)
                total += sums.judged, sums.correct
    assert 0 < total[1] < total[0]


@pytest.mark.parametrize("judge", ["examples", "targets"])
@pytest.mark.parametrize("shape", SHAPES)
def test_weights_that_are_no_whole_numbers_are_not_rounded(shape, judge):
    """In one input and in several, with targets in one tile and in several, inputs that stay and inputs that pass."""
    for n_targets in (1, 6, 17):
        for n_inputs in (1, 2, 7, 40):
            made = case(17, n_targets, n_inputs, judge=judge, weight=0.375)
            made.input_counts = np.random.default_rng(n_inputs).uniform(0.01, 2, n_inputs).astype(np.float32)
            made.target_counts = np.maximum(made.target_counts, 1)
            expected = made.expect_sums(shape)[2]
            for table in TABLES:
                assert_equal_to_reference(made, table, shape)
                made.run(table, shape)
                np.testing.assert_allclose(made.counted, (expected.judged, expected.correct), rtol=1e-6, err_msg=table)


@settings(deadline=None, max_examples=60)
@given(
    size=st.integers(1, 20),
    n_targets=st.integers(0, 30),
    n_inputs=st.integers(0, 12),
    seed=st.integers(0, 2**32),
    shape=st.sampled_from(SHAPES),
    judge=st.sampled_from(["examples", "targets"]),
)
def test_tables_judge_alike(size, n_targets, n_inputs, seed, shape, judge):
    assert_judged_as_by_reference(whole_numbers(size, n_targets, n_inputs, seed, rows=40, judge=judge), shape)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("n_inputs", [1, 2])
@pytest.mark.parametrize(
    ("scores", "counts", "of_examples", "of_targets"),
    [
        ([2, 1, 0, -1], [1, 1, 1, 1], (1, 1), (4, 2)),
        ([1, 1, 0, -1], [1, 1, 1, 1], (1, 0), (4, 2)),  # a tie
        ([1, 1, 0, -1], [1, 0, 1, 1], (1, 1), (3, 2)),  # a tie with a masked word
        ([-1, -2, -3, -2], [1, 3, 2, 1], (1, 1), (7, 6)),  # above all, though below zero
        ([0, -2, -3, -2], [1, 1, 1, 1], (1, 1), (4, 3)),  # zero is no decision
        ([-1, 5, 5, 5], [1, 0, 0, 0], (1, 1), (1, 0)),  # above all of none
        ([9, 0, 0, 9], [1, 1, 1, 1], (1, 0), (4, 1)),  # a tie with the last
        ([5, 1, 1, 1], [0, 0, 0, 0], (0, 0), (0, 0)),
    ],
)
def test_judged_by_hand(table, n_inputs, scores, counts, of_examples, of_targets):
    """The first target is the true word; with two inputs, the second has twice the scores and stands for three."""
    made = case(1, 4, n_inputs, rows=8, alpha=0.0, scale=1.0)
    made.inputs[made.input_rows, 0] = [1, 2][:n_inputs]
    made.targets[made.target_rows, 0] = scores
    made.labels[:], made.target_counts[:] = [1, 0, 0, 0], counts
    made.input_counts[:] = [1, 3][:n_inputs]
    times = [1, 4][n_inputs - 1]
    for judge, expected in (("examples", of_examples), ("targets", of_targets)):
        judging = replace(made, judge=judge)
        judging.run(table, "pairs")
        assert judging.counted == (times * expected[0], times * expected[1])
        judging.run(table, "mean")
        assert judging.counted == expected


# ---- the softmax over the targets of an input ----


def of_softmax(n_targets, n_inputs, size=20, masked=True, offsets=True, true=0, **changes):
    """A case with one true target, and perhaps masked ones."""
    made = case(size, n_targets, n_inputs, rows=max(ROWS, n_targets + 1), **changes)
    rng = np.random.default_rng(n_targets)
    there = rng.random(n_targets) < (0.8 if masked else 1)
    there[true] = True
    labels = np.zeros(n_targets, np.float32)
    labels[true] = 1
    rates = rng.normal(0, 1.5, n_targets).astype(np.float32) if offsets else None
    return replace(
        made, link="softmax", labels=labels, target_counts=there.astype(np.float32), offsets=rates, alpha=0.3 / n_inputs
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("n_inputs", [1, 2, 4, 7, 8, 9, 20])
@pytest.mark.parametrize("n_targets", [1, 2, 6, 7, 8, 9, 16, 17, 64, 65, 200])
def test_the_softmax_equals_the_reference(shape, table, n_inputs, n_targets):
    for masked, offsets, lock in ((True, True, None), (False, False, None), (True, False, np.array([0.5, 1, 2]))):
        made = of_softmax(n_targets, n_inputs, masked=masked, offsets=offsets, true=n_targets // 2)
        made = replace(made, lock=None if lock is None else lock.astype(np.float32))
        assert_equal_to_reference(made, table, shape)
        sums = made.expect_sums(shape)[2]
        made.run(table, shape)
        assert made.counted == (sums.judged, sums.correct)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
def test_a_softmax_may_share_its_label(shape, table):
    for n_inputs, n_targets in ((1, 5), (3, 6), (3, 40)):
        made = of_softmax(n_targets, n_inputs, masked=False)
        labels = made.labels.copy()
        labels[:2] = 0.25, 0.75
        assert_equal_to_reference(replace(made, labels=labels), table, shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("n_inputs", [1, 3, 12])
def test_a_softmax_of_huge_scores_does_not_overflow(shape, table, n_inputs):
    """The exponential of the least score is 0 or as good as that; no number is infinite, nor NaN."""
    made = of_softmax(30, n_inputs, offsets=False, masked=False, alpha=0.0)
    made = replace(made, alpha=0.0, offsets=np.linspace(-500, 500, 30).astype(np.float32))
    for got in made.run(table, shape):
        assert np.isfinite(got).all()
    assert made.run(table, shape)[2] == pytest.approx(made.expect(shape)[2], rel=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("n_inputs", [1, 3, 12])
def test_a_softmax_pushes_as_much_as_it_pulls(shape, table, n_inputs):
    """Errors of an input add up to 0: where all targets are one vector, inputs stay as they are."""
    made = of_softmax(21, n_inputs, offsets=True)
    made.targets[:] = made.targets[0]
    inputs, _, _ = made.run(table, shape)
    np.testing.assert_allclose(inputs, made.inputs, rtol=0, atol=1e-6)


# ---- offsets of scores, and labels between 0 and 1 ----


def softened(made, offsets, labels, seed=0):
    """The same case with offsets, and with labels of which some are 0 or 1 and most are between them."""
    rng = np.random.default_rng(seed)
    n = len(made.target_rows)
    if offsets:
        made = replace(made, offsets=rng.normal(0, 1.5, n).astype(np.float32))
    if labels:
        made = replace(made, labels=np.clip(rng.uniform(-0.2, 1.2, n), 0, 1).astype(np.float32))
    return made


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("offsets", "labels"), [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("n_inputs", [1, 2, 5, 9, 40])
def test_offsets_and_soft_labels_equal_the_reference(shape, table, offsets, labels, n_inputs):
    """In each place of a tile, over the borders of tiles, whichever side is kept, with masks and with locks."""
    for n_targets in (1, 5, 6, 7, 8, 9, 17, 40):
        for counts in (False, True):
            made = softened(case(20, n_targets, n_inputs, counts=counts), offsets, labels, n_targets)
            assert_equal_to_reference(made, table, shape)
            lock = np.linspace(0, 1, 7, dtype=np.float32)
            assert_equal_to_reference(replace(made, lock=lock, judge="targets"), table, shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("n_inputs", "n_targets"), [(1, 6), (1, 20), (3, 6), (3, 30), (12, 30)])
def test_offsets_of_nothing_change_no_bit(shape, table, n_inputs, n_targets):
    made = case(40, n_targets, n_inputs)
    expected = made.run(table, shape)
    for got, wanted in zip(
        replace(made, offsets=np.zeros(n_targets, np.float32)).run(table, shape), expected, strict=True
    ):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("offset", "of_examples", "of_targets"), [(0, (1, 0), (2, 1)), (-2, (1, 1), (2, 2))])
def test_offsets_are_judged_with_the_scores(table, offset, of_examples, of_targets):
    """The true word scores 1 and the other one 2, or 0.5 below zero with its offset."""
    made = case(1, 2, 1, rows=8, alpha=0.0, offsets=np.array([0, offset + (offset and -0.5)], np.float32))
    made.inputs[made.input_rows, 0], made.targets[made.target_rows, 0] = 1, [1, 2]
    made.labels[:], made.target_counts[:], made.input_counts[:] = [0.75, 0.25], 1, 1
    for judge, expected in (("examples", of_examples), ("targets", of_targets)):
        judging = replace(made, judge=judge)
        judging.run(table, "pairs")
        assert judging.counted == expected
        assert made.expect_sums("pairs")[2].loss > 0


@pytest.mark.parametrize("shape", SHAPES)
def test_updates_with_offsets_and_soft_labels_are_gradients(shape):
    made = softened(case(5, 4, 3, seed=3, rows=6, scale=1.0, error_scale=1.0, alpha=0.25), True, True)
    by_inputs, by_targets = finite_differences(made, shape)
    inputs, targets, _ = made.expect(shape)
    np.testing.assert_allclose((inputs - made.inputs) / made.alpha, -by_inputs, atol=1e-8)
    np.testing.assert_allclose((targets - made.targets) / made.alpha, -by_targets, atol=1e-8)


# ---- gradients ----


def loss_in_float64(made, shape, inputs, targets):
    return replace(made, inputs=inputs, targets=targets, alpha=0.0).expect(shape)[2]


def finite_differences(made, shape):
    """The gradient of the loss by central differences, in float64: the error is about 1e-16 / 1e-5 + 1e-10."""
    matrices = [made.inputs.astype(np.float64), made.targets.astype(np.float64)]
    gradients = [np.zeros_like(m) for m in matrices]
    for m, gradient in zip(matrices, gradients, strict=True):
        for place in np.ndindex(*m.shape):
            value = m[place]
            m[place] = value + 1e-5
            above = loss_in_float64(made, shape, *matrices)
            m[place] = value - 1e-5
            below = loss_in_float64(made, shape, *matrices)
            m[place] = value
            gradient[place] = (above - below) / 2e-5
    return gradients


@pytest.mark.parametrize("n_inputs", [1, 3])
@pytest.mark.parametrize(
    "shape, scale, error_scale",
    [("pairs", 1.0, 1.0), ("mean", 1.0, 1.0), ("mean", 0.25, 0.25), ("mean", 0.25, 1.0), ("mean", 1.0, 0.25)],
)
def test_updates_are_gradients(shape, scale, error_scale, n_inputs):
    """Each update is -alpha times the gradient; "mean" gives its inputs error_scale/scale of that, as block.h says."""
    made = case(5, 4, n_inputs, seed=3, rows=6, scale=scale, error_scale=error_scale, alpha=0.25)
    made.target_counts[0] = 2
    by_inputs, by_targets = finite_differences(made, shape)
    by_inputs *= error_scale / scale
    inputs, targets, _ = made.expect(shape)
    np.testing.assert_allclose((inputs - made.inputs) / made.alpha, -by_inputs, atol=1e-8)
    np.testing.assert_allclose((targets - made.targets) / made.alpha, -by_targets, atol=1e-8)
    for table in TABLES:
        inputs, targets, _ = made.run(table, shape)
        np.testing.assert_allclose((inputs - made.inputs) / made.alpha, -by_inputs, atol=TOLERANCE / made.alpha)
        np.testing.assert_allclose((targets - made.targets) / made.alpha, -by_targets, atol=TOLERANCE / made.alpha)


# ---- the link function ----


@pytest.mark.parametrize("table", TABLES)
def test_sigmoid_error(table):
    scores = np.concatenate(
        [np.linspace(-90, 90, 1_000_003, dtype=np.float32), np.logspace(-44, 1, 10_001, dtype=np.float32)])  # fmt: skip
    exact = reference_links.sigmoid(scores.astype(np.float64))
    assert np.abs(_testing.run_sigmoid(table, scores) - exact).max() < 2e-7  # what sigmoid.h promises


@pytest.mark.parametrize("table", TABLES)
def test_sigmoid_borders(table):
    tiny = np.finfo(np.float32).tiny
    scores = [0.0, -0.0, tiny, -tiny, 100.0, -100.0, 3e38, -3e38, np.inf, -np.inf]
    expected = [0.5, 0.5, 0.5, 0.5, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    for shift in range(8):  # every place in a vector, and the rest that is not a whole vector
        got = _testing.run_sigmoid(table, [0.0] * shift + scores)[shift:]
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-37)
        assert np.isnan(_testing.run_sigmoid(table, [0.0] * shift + [np.nan, -np.nan])[shift:]).all()


# ---- borders of numbers, threads ----


@pytest.fixture(scope="module")
def sparse(tmp_path_factory):
    """Two matrices of 2**28 + 8 rows of 16 floats, 16 GiB each, of which a few pages exist."""
    shape = (2**28 + 8, 16)
    found = []
    for name in ("inputs", "targets"):
        path = tmp_path_factory.mktemp("sparse") / name
        try:
            with path.open("wb") as file:
                file.truncate(shape[0] * shape[1] * 4)
            if getattr(path.stat(), "st_blocks", 2**30) > 2**16:
                pytest.skip("this file system has no sparse files")
            found.append(np.memmap(path, np.float32, "r+", shape=shape))
        except OSError as error:
            pytest.skip(f"cannot map a sparse file of 16 GiB: {error}")
    yield found
    del found


@pytest.mark.skipif(os.name == "nt", reason="files are not sparse by themselves on Windows")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_inputs", [1, 2])
def test_offsets_past_32_bits(sparse, table, shape, n_inputs):
    """Rows 2**27 + 3 and 2**28 + 5 start past floats 2**31 and 2**32; truncated offsets land in rows 3 and 5."""
    assert padded(1) == 16
    places = np.array([2**28 + 5, 2**27 + 3, 4], np.uint32)
    decoys = np.array([5, 3])
    made = case(16, 3, n_inputs, rows=3, input_rows=np.arange(n_inputs, dtype=np.uint32))
    made.target_rows[:], made.target_counts[:] = [0, 1, 2], [1, 2, 1]
    inputs, targets = sparse
    inputs[places], targets[places] = made.inputs, made.targets
    inputs[decoys] = targets[decoys] = 0
    loss, *_ = _testing.run_block(
        table, shape, True, inputs, targets, places[:n_inputs], made.input_counts, places, made.labels,
        made.target_counts, None, made.alpha, made.scale, error_scale=made.error_scale)  # fmt: skip
    near = made.run(table, shape)
    for got, expected in zip((inputs[places], targets[places], loss), near, strict=True):
        np.testing.assert_array_equal(got, expected)
    assert not np.array_equal(inputs[places[0]], made.inputs[0])
    assert not inputs[decoys].any()
    assert not targets[decoys].any()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("shape", SHAPES)
def test_threads_on_rows_of_their_own(table, shape):
    """Blocks keep no state but their scratch: four threads on disjoint rows give what one gives after the other."""
    parts = [
        case(100, 13, 6, input_rows=np.arange(i, 24, 4, np.uint32), target_rows=np.arange(i, 52, 4, np.uint32))
        for i in range(4)
    ]
    common = parts[0]

    def train(part, inputs, targets):
        return _testing.run_block(
            table, shape, True, inputs, targets, part.input_rows, part.input_counts, part.target_rows, part.labels,
            part.target_counts, None, 0.01, part.scale, times=300)  # fmt: skip

    in_turn = aligned_copy(common.inputs), aligned_copy(common.targets)
    losses = [train(part, *in_turn) for part in parts]
    at_once = aligned_copy(common.inputs), aligned_copy(common.targets)
    found = {}
    threads = [
        threading.Thread(target=lambda i=i, part=part: found.update({i: train(part, *at_once)}))
        for i, part in enumerate(parts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[i] for i in range(4)] == losses
    for got, expected in zip(at_once, in_turn, strict=True):
        np.testing.assert_array_equal(got, expected)
