"""A worker's own copy of the hottest rows: what merging does to the three arrays, and who reads and writes what."""

import threading

import numpy as np
import pytest

from w2vcore.kernels import _dispatch, _testing
from w2vcore.kernels._replica import WorkerMatrix

ROWS, HOT, COLUMNS = 10, 4, 16
ALL = np.array([HOT])  # at every tick


def matrix(seed, rows=ROWS):
    return np.random.default_rng(seed).uniform(-1, 1, (rows, COLUMNS)).astype(np.float32)


def room(rows=HOT):
    return np.zeros((rows, COLUMNS), np.float32), np.zeros((rows, COLUMNS), np.float32)


@pytest.mark.parametrize("isa", _dispatch.available())
@pytest.mark.parametrize("floats", [1, 16, 112, 1000])
def test_merge_adds_what_changed(isa, floats):
    rng = np.random.default_rng(3)
    base = rng.uniform(-1, 1, floats).astype(np.float32)
    own = base + rng.uniform(-1e-3, 1e-3, floats).astype(np.float32)
    shared = np.where(rng.random(floats) < 0.5, base, base + np.float32(0.25))
    expected = np.where(shared == base, own, shared + (own - base))
    _testing.run_merge(isa, shared, own, base)
    for array in (shared, own, base):
        np.testing.assert_array_equal(array, expected)


def test_merge_checks_its_arguments():
    with pytest.raises(ValueError, match="three arrays of one size, got 2, 3, 3"):
        _testing.run_merge(_dispatch.active(), *(np.zeros(n, np.float32) for n in (2, 3, 3)))


@pytest.mark.parametrize("from_end", [False, True])
def test_two_workers_end_up_with_the_sum_of_their_changes(from_end):
    shared = matrix(1)
    start = shared.copy()
    hot = slice(ROWS - HOT, ROWS) if from_end else slice(0, HOT)
    lock = np.zeros(1, np.int32)
    workers = []
    for number in range(2):
        own, base = room()
        worker = WorkerMatrix(shared)
        worker.detach(own, base, ALL, lock, from_end)
        np.testing.assert_array_equal(own, start[hot])
        own += np.float32(0.5 * (number + 1))  # exact sums: what is tested is who gets what
        workers.append((worker, own))
    np.testing.assert_array_equal(shared, start)  # nobody has merged yet
    for worker, _ in workers:
        worker.merge()
    changed = start.copy()
    changed[hot] += np.float32(1.5)
    np.testing.assert_allclose(shared, changed, rtol=0, atol=3e-7)  # three roundings of numbers below 3
    workers[0][0].merge()
    np.testing.assert_array_equal(workers[0][1], shared[hot])  # now the first one has what the second one learned
    assert workers[0][0].private
    workers[0][0].attach()
    assert not workers[0][0].private


FIRST = 128


def merged_rows(shared, start):
    """How many of the first rows have been changed."""
    changed = (shared != start).any(axis=1)
    count = int(changed.sum())
    assert changed[:count].all()
    return count


def ticking(rows):
    """A worker whose copy differs from the shared rows everywhere."""
    shared, lock = np.zeros((rows, COLUMNS), np.float32), np.zeros(1, np.int32)
    own, base = room(rows)
    worker = WorkerMatrix(shared)
    worker.detach(own, base, FIRST * np.array([1, 2, 4, 8, 10]), lock)
    return worker, shared, own, lock


def test_rarer_rows_are_merged_after_more_ticks():
    worker, shared, own, _ = ticking(10 * FIRST)
    seen = []
    for _ in range(8):
        own += 1
        before = shared.copy()
        worker.tick()
        seen.append(merged_rows(shared, before) // FIRST)
    assert seen == [1, 2, 1, 4, 1, 2, 1, 8]


def test_rows_that_were_due_while_another_worker_merged_are_merged_at_the_next_tick():
    worker, shared, own, lock = ticking(10 * FIRST)
    worker.tick()
    own += 1
    lock[0] = 1
    worker.tick()  # two times FIRST are due, and have to wait
    assert not shared.any()
    lock[0] = 0
    worker.tick()  # by itself: FIRST
    assert merged_rows(shared, np.zeros_like(shared)) == 2 * FIRST
    own += 1
    before = shared.copy()
    worker.tick()
    worker.tick()
    assert merged_rows(shared, before) == 4 * FIRST
    own += 1
    before = shared.copy()
    worker.tick()
    worker.tick()
    assert merged_rows(shared, before) == 2 * FIRST  # what waited was forgotten once it was done


def test_merge_waits_for_another_worker_and_no_longer():
    shared, lock = matrix(1), np.ones(1, np.int32)
    own, base = room()
    worker = WorkerMatrix(shared)
    worker.detach(own, base, ALL, lock)
    own += 1
    before = shared.copy()
    thread = threading.Thread(target=worker.merge, daemon=True)
    thread.start()
    thread.join(0.05)
    assert thread.is_alive()
    np.testing.assert_array_equal(shared, before)
    lock[0] = 0
    thread.join(10)
    assert not thread.is_alive()
    np.testing.assert_array_equal(shared[:HOT], own)
    assert lock[0] == 0


@pytest.mark.parametrize("rows, columns", [(0, COLUMNS), (ROWS + 1, COLUMNS), (HOT, 2 * COLUMNS)])
def test_room_of_another_shape_is_refused(rows, columns):
    own = np.zeros((rows, columns), np.float32)
    with pytest.raises(ValueError, match="must be of one shape"):
        WorkerMatrix(matrix(1)).detach(own, own.copy(), ALL, np.zeros(1, np.int32))


def test_rows_that_lie_anywhere_are_copied_under_numbers_of_their_own():
    shared, lock = matrix(1), np.zeros(1, np.int32)
    start, rows = shared.copy(), np.array([7, 0, 9, 3])
    own, base = room()
    worker = WorkerMatrix(shared)
    worker.detach(own, base, np.array([1, 4]), lock, rows=rows, features="as the copies are called")
    assert worker.features == "as the copies are called"
    np.testing.assert_array_equal(own, start[rows])
    own += np.float32(0.5)
    worker.tick()
    expected = start.copy()
    expected[rows[:1]] += np.float32(0.5)
    np.testing.assert_array_equal(shared, expected)  # the hottest alone
    worker.tick()
    expected[rows] = start[rows] + np.float32(0.5)
    np.testing.assert_array_equal(shared, expected)
    shared[rows] -= 1
    worker.attach()
    np.testing.assert_array_equal(own, shared[rows])
    assert worker.features is None


@pytest.mark.parametrize("rows", [[0, 1, 2], [0, 1, 2, ROWS], [-1, 0, 1, 2]])
def test_rows_that_are_none_of_the_matrix_are_refused(rows):
    own, base = room()
    with pytest.raises(ValueError, match="rows must name 4 of the 10 rows"):
        WorkerMatrix(matrix(1)).detach(own, base, ALL, np.zeros(1, np.int32), rows=np.array(rows))


@pytest.mark.parametrize("stops", [[], [-1, 4], [4, 2], [2, 1, 4], [1, 5]])
def test_stops_that_do_not_end_with_all_copies_are_refused(stops):
    own, base = room()
    with pytest.raises(ValueError, match="stops must ascend to 4"):
        WorkerMatrix(matrix(1)).detach(own, base, np.array(stops, np.int64), np.zeros(1, np.int32))
