"""What a rank makes of the changes of all ranks: every instruction set against the formula in double precision."""

import numpy as np
import pytest

from w2vcore.kernels import _dispatch, _testing
from w2vcore.kernels._settle import MOST_DIRECTIONS, RankMatrix
from w2vcore.model.weights import padded, zeros


def part(change, ranks):
    """The mean of q^0 ... q^(ranks - 1), where q = exp(change)."""
    return np.exp(np.multiply.outer(np.arange(ranks), change)).mean(axis=0)


class Made:
    """Rows of one matrix as two merges left them, what all ranks have changed, and how they are pulled."""

    def __init__(self, rows, size, directions=MOST_DIRECTIONS, seed=5):
        rng = np.random.default_rng(seed)
        self.own, self.base, self.sums = (self.matrix(rng.normal(size=(rows, size))) for _ in range(3))
        self.directions = zeros(MOST_DIRECTIONS, size)
        number = min(directions, size)
        self.directions[:number, :size] = np.linalg.qr(rng.normal(size=(size, number)))[0].T
        self.pull = np.zeros(MOST_DIRECTIONS, np.float32)
        self.pull[:number] = np.sort(rng.uniform(0, 4, number))[::-1]
        self.rest = 0.05
        self.efforts = rng.uniform(0, 9, rows).astype(np.float32)
        self.growths = rng.uniform(0, 0.05, rows).astype(np.float32)
        self.efforts[: rows // 4] = self.growths[: rows // 4] = 0

    @staticmethod
    def matrix(values):
        made = zeros(*values.shape)
        made[:, : values.shape[1]] = values
        return made

    def expected(self, ranks):
        """Base plus each direction's part of the sums, all in double."""
        along = self.sums.astype(float) @ self.directions.T
        effort, growth = self.efforts[:, None].astype(float), self.growths[:, None].astype(float)
        steep = part(growth - effort * self.pull, ranks)
        flat = part(growth - effort * self.rest, ranks)
        return self.base + flat * self.sums + (along * (steep - flat)) @ self.directions


@pytest.mark.parametrize("isa", _dispatch.available())
@pytest.mark.parametrize("size", [3, 16, 100])
@pytest.mark.parametrize("ranks", [1, 2, 3, 8, 61])
def test_a_row_takes_its_part_in_each_direction(isa, size, ranks):
    made = Made(9, size)
    expected = made.expected(ranks)
    rest = made.own.copy()
    order = np.array([4, 0, 7])
    sums, efforts, growths = Made.matrix(made.sums[order, :size]), made.efforts[order], made.growths[order]
    _testing.run_settle(
        isa, made.own, made.base, order, sums, efforts, growths, made.directions, made.pull, made.rest, ranks
    )
    for matrix in (made.own, made.base):
        # q is right to within 1e-6, and a power of it to within so many times that
        np.testing.assert_allclose(matrix[order], expected[order], atol=5e-6 + 1e-6 * ranks, rtol=1e-6 * ranks)
        np.testing.assert_array_equal(matrix[:, size:], np.zeros((9, padded(size) - size)))
    untouched = np.setdiff1d(np.arange(9), order)
    np.testing.assert_array_equal(made.own[untouched], rest[untouched])


@pytest.mark.parametrize("isa", _dispatch.available())
def test_efforts_without_bound(isa):
    """However far the rows have come, the part stays between the mean and the sum."""
    made = Made(8, 16)
    made.efforts[:] = [0, 1e-30, 1e-6, 1, 1e3, 1e6, 1e30, np.inf]
    made.base[:] = 0
    made.directions[:], made.pull[:] = 0, 1
    _testing.run_settle(
        isa, made.own, made.base, None, made.sums, made.efforts, np.zeros(8), made.directions, made.pull, made.rest, 4
    )
    ratio = made.own / np.where(made.sums == 0, 1, made.sums)
    assert ((ratio >= 0.25 - 1e-6) & (ratio <= 1 + 1e-6)).all()
    np.testing.assert_allclose(ratio[[0, 1, 5, 6, 7], 0], [1, 1, 0.25, 0.25, 0.25], atol=1e-6)


@pytest.mark.parametrize("order", [None, np.array([2, 0, 3, 1, 4])])
def test_a_rank_tells_what_has_changed_and_settles(order):
    made = Made(5, 20)
    start = made.base.copy()
    rows = RankMatrix(made.own, made.base, order)
    changes = zeros(3, 20)
    rows.changes(1, 4, changes)
    which = np.arange(5)[1:4] if order is None else order[1:4]
    np.testing.assert_array_equal(changes, made.own[which] - start[which])
    made.sums[which] = changes
    expected = made.expected(2)
    rows.settle(1, 4, changes, made.efforts[which], made.growths[which], made.directions, made.pull, made.rest, 2)
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
    arguments = [Made.matrix(made.sums[:2, :20]), made.efforts[:2], made.growths[:2], made.directions, made.pull, 0.1]
    with pytest.raises(ValueError, match="a rank at least"):
        rows.settle(0, 2, *arguments, 0)
    for number, match in ((1, "rows 0 to 2 of 5"), (2, "need 2 growths")):
        changed = list(arguments)
        changed[number] = made.efforts
        with pytest.raises(ValueError, match=match):
            rows.settle(0, 2, *changed, 2)
