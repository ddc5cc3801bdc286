"""The emulator finds what a GPU would not forgive."""

import numpy as np
import pytest
from emulator import WARP, emulate

from w2vcore.backends.cuda.layout import LAUNCH

LANES = np.arange(WARP)


def outcome(fault, order):
    out, launch = np.full(WARP, -1, np.int32), np.zeros(1, LAUNCH)
    launch["ids"] = out.ctypes.data
    emulate("faulty", {"W2V_FLOATS": 4, "W2V_FAULT": fault}, launch, 1, WARP, 4 * WARP, order)
    return out


@pytest.mark.parametrize("order", [0, 1, 77])
def test_lanes_that_meet_again_are_fine(order):
    expected = np.where(LANES < 7, 2 * LANES, LANES)[::-1]
    np.testing.assert_array_equal(outcome(0, order), expected)


def test_a_missing_barrier_shows_in_the_order_of_lanes():
    assert len({outcome(1, order).tobytes() for order in (0, 1, 2, 3, 77)}) > 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [(2, "do not meet"), (3, r"do not meet: .*\(done\)"), (4, "past the end of shared memory")],
)
def test_faults_are_reported(fault, message):
    with pytest.raises(AssertionError, match=message):
        outcome(fault, 0)
