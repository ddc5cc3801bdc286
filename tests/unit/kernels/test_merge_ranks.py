"""What a rank makes of the changes of all ranks: every instruction set against the formula in double precision."""

import numpy as np
import pytest

from w2vcore.kernels import _dispatch, _testing
from w2vcore.kernels._merge_ranks import MOST_EIGENVECTORS, RankMatrix
from w2vcore.model.weights import padded, zeros


def part(change, ranks):
    """The mean of q^0 ... q^(ranks - 1), where q = exp(change)."""
    return np.exp(np.multiply.outer(np.arange(ranks), change)).mean(axis=0)


class Made:
    """Rows of one matrix as two merges left them, what all ranks have changed, and how they are pulled."""

    def __init__(self, rows, size, eigenvectors=MOST_EIGENVECTORS, seed=5):
        rng = np.random.default_rng(seed)
        self.own, self.base, self.sums = (self.matrix(rng.normal(size=(rows, size))) for _ in range(3))
        self.eigenvectors = zeros(MOST_EIGENVECTORS, size)
        number = min(eigenvectors, size)
        self.eigenvectors[:number, :size] = np.linalg.qr(rng.normal(size=(size, number)))[0].T
        self.eigenvalues = np.zeros(MOST_EIGENVECTORS, np.float32)
        self.eigenvalues[:number] = np.sort(rng.uniform(0, 4, number))[::-1]
        self.rest = 0.05
        self.accumulated_lr = rng.uniform(0, 9, rows).astype(np.float32)
        self.log_growth = rng.uniform(0, 0.05, rows).astype(np.float32)
        self.accumulated_lr[: rows // 4] = self.log_growth[: rows // 4] = 0

    @staticmethod
    def matrix(values):
        made = zeros(*values.shape)
        made[:, : values.shape[1]] = values
        return made

    def expected(self, ranks):
        """Base plus each direction's part of the sums, all in double."""
        along = self.sums.astype(float) @ self.eigenvectors.T
        lr, growth = self.accumulated_lr[:, None].astype(float), self.log_growth[:, None].astype(float)
        along_each = part(growth - lr * self.eigenvalues, ranks)
        rest = part(growth - lr * self.rest, ranks)
        return self.base + rest * self.sums + (along * (along_each - rest)) @ self.eigenvectors


@pytest.mark.parametrize("isa", _dispatch.available())
@pytest.mark.parametrize("size", [3, 16, 100])
@pytest.mark.parametrize("ranks", [1, 2, 3, 8, 61])
def test_a_row_takes_its_part_in_each_direction(isa, size, ranks):
    made = Made(9, size)
    expected = made.expected(ranks)
    rest = made.own.copy()
    order = np.array([4, 0, 7])
    sums, accumulated_lr, log_growth = (
        Made.matrix(made.sums[order, :size]),
        made.accumulated_lr[order],
        made.log_growth[order],
    )
    _testing.run_merge_ranks(
        isa,
        made.own,
        made.base,
        order,
        sums,
        accumulated_lr,
        log_growth,
        made.eigenvectors,
        made.eigenvalues,
        made.rest,
        ranks,
    )
    for matrix in (made.own, made.base):
        # q is right to within 1e-6, and a power of it to within so many times that
        np.testing.assert_allclose(matrix[order], expected[order], atol=5e-6 + 1e-6 * ranks, rtol=1e-6 * ranks)
        np.testing.assert_array_equal(matrix[:, size:], np.zeros((9, padded(size) - size)))
    untouched = np.setdiff1d(np.arange(9), order)
    np.testing.assert_array_equal(made.own[untouched], rest[untouched])


@pytest.mark.parametrize("isa", _dispatch.available())
def test_learning_rates_without_bound(isa):
    """However far the rows have come, the part stays between the mean and the sum."""
    made = Made(8, 16)
    made.accumulated_lr[:] = [0, 1e-30, 1e-6, 1, 1e3, 1e6, 1e30, np.inf]
    made.base[:] = 0
    made.eigenvectors[:], made.eigenvalues[:] = 0, 1
    _testing.run_merge_ranks(
        isa,
        made.own,
        made.base,
        None,
        made.sums,
        made.accumulated_lr,
        np.zeros(8),
        made.eigenvectors,
        made.eigenvalues,
        made.rest,
        4,
    )
    ratio = made.own / np.where(made.sums == 0, 1, made.sums)
    assert ((ratio >= 0.25 - 1e-6) & (ratio <= 1 + 1e-6)).all()
    np.testing.assert_allclose(ratio[[0, 1, 5, 6, 7], 0], [1, 1, 0.25, 0.25, 0.25], atol=1e-6)


@pytest.mark.parametrize("order", [None, np.array([2, 0, 3, 1, 4])])
def test_a_rank_tells_what_has_changed_and_merges(order):
    made = Made(5, 20)
    start = made.base.copy()
    rows = RankMatrix(made.own, made.base, order)
    changes = zeros(3, 20)
    rows.changes(1, 4, changes)
    which = np.arange(5)[1:4] if order is None else order[1:4]
    np.testing.assert_array_equal(changes, made.own[which] - start[which])
    made.sums[which] = changes
    expected = made.expected(2)
    rows.merge_ranks(
        1,
        4,
        changes,
        made.accumulated_lr[which],
        made.log_growth[which],
        made.eigenvectors,
        made.eigenvalues,
        made.rest,
        2,
    )
    np.testing.assert_allclose(made.own[which], expected[which], atol=5e-6)
    np.testing.assert_array_equal(made.own[which], made.base[which])
    others = np.setdiff1d(np.arange(5), which)
    np.testing.assert_array_equal(made.base[others], start[others])


def test_a_rank_checks_its_arguments():
    made = Made(5, 20)
    with pytest.raises(ValueError, match=r"own \(5, 32\) and base \(4, 32\) must be of one shape"):
        RankMatrix(made.own, made.base[:4])
    with pytest.raises(ValueError, match="each of the 5 rows once"):
        RankMatrix(made.own, made.base, np.array([0, 1, 2, 3, 3]))
    rows = RankMatrix(made.own, made.base)
    for start, stop, size in ((0, 6, 20), (2, 2, 20), (-1, 2, 20), (0, 3, 40)):
        with pytest.raises(ValueError, match=f"rows {start} to {stop} of 5"):
            rows.changes(start, stop, zeros(max(stop - start, 1), size))
    arguments = [
        Made.matrix(made.sums[:2, :20]),
        made.accumulated_lr[:2],
        made.log_growth[:2],
        made.eigenvectors,
        made.eigenvalues,
        0.1,
    ]
    with pytest.raises(ValueError, match="a rank at least"):
        rows.merge_ranks(0, 2, *arguments, 0)
    for number, match in ((1, "rows 0 to 2 of 5"), (2, "need a log_growth for each of 2 rows")):
        changed = list(arguments)
        changed[number] = made.accumulated_lr
        with pytest.raises(ValueError, match=match):
            rows.merge_ranks(0, 2, *changed, 2)
