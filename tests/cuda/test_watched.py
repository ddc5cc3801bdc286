"""What compute-sanitizer asks on a GPU (racecheck, memcheck, initcheck), asked on the host: cuda/watch.cpp looks at every access
of 2 to 64 warps that are interleaved at random. It is told apart from a checker that never finds anything by planted faults.
"""

from dataclasses import replace

import numpy as np
import pytest
from emulator import ADDED_TO, FREE, OWN, WARP, watch
from launches import Emulated, train
from problems import ALL_OBJECTIVES, ARCHITECTURES, plain
from same_training import assert_same_bits

from w2vcore.backends.cuda.layout import LAUNCH

# ---------------------------------------------------------------------- the checker


def outcome(fault, kind, warps=1, seed=1, stops=16):
    out, launch = np.zeros(WARP, np.int32), np.zeros(1, LAUNCH)
    launch["ids"] = out.ctypes.data
    memory = {"counts": (out, kind, True)}
    watch("faulty", {"W2V_FLOATS": 4, "W2V_FAULT": fault}, launch, warps, 4 * WARP, memory, seed, stops)
    return out


# Which of these is first depends on the order of lanes.
EARLY = "read before it is written|read, and was written by|written, and was read by"
PLANTED = {
    "a missing __syncwarp": (1, FREE, 1, f"shared memory: byte .* is ({EARLY})"),
    "a shuffle in place of __syncwarp": (5, FREE, 1, r"shared memory: .* was written by warp 0.* without __syncwarp"),
    "two warps in one place": (6, FREE, 2, r"shared memory: byte \d+ is written, and was written by warp"),
    "written before others have read": (
        7,
        FREE,
        1,
        "shared memory: .*(was read by another lane|was written by warp 0)",
    ),
    "read before it is written": (8, FREE, 1, r"shared memory: byte \d+ is read before it is written"),
    "behind shared memory": (4, FREE, 1, "what is behind the launch's shared memory is written"),
    "a plain write where others add": (9, ADDED_TO, 2, "counts: byte .* is written, though other warps add to it"),
    "a read through the first-level cache": (10, ADDED_TO, 2, "counts: byte .* is read, though other warps add to it"),
    "the read-only cache of what changes": (13, ADDED_TO, 2, "counts: byte .* is read by __ldg, though"),
    "one after the last": (11, ADDED_TO, 1, "memory that is out of all bounds is added to"),
    "a write to what is only read": (12, 0, 1, "counts: byte .* is added to, but is only to be read"),
    "two warps in memory of one": (12, OWN, 2, "counts: byte .* is added to, and was written by warp"),
    "lanes that do not meet": (2, FREE, 1, r"lanes 0 and \d+ do not meet"),
}


@pytest.mark.parametrize("fault", PLANTED)
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_faults_are_found(fault, seed):
    number, kind, warps, message = PLANTED[fault]
    with pytest.raises(AssertionError, match=message):
        outcome(number, kind, warps, seed)


def test_the_line_of_a_fault_is_named():
    with pytest.raises(AssertionError, match=r"warp \d, lane \d+(: .*faulty\.cu:\d+| @)"):
        outcome(8, FREE)


@pytest.mark.parametrize("warps", [2, 64])
def test_what_is_right_is_not_reported(warps):
    np.testing.assert_array_equal(outcome(12, ADDED_TO, warps), np.full(WARP, 8 * warps))
    np.testing.assert_array_equal(outcome(0, FREE), np.where(np.arange(WARP) < 7, 2, 1)[::-1] * np.arange(WARP)[::-1])


def test_warps_are_interleaved_between_reading_and_writing():
    """Changes are lost then: that is what the orders of the tests below would show."""
    lost = [8 * 8 * WARP - int(outcome(9, FREE, 8, seed).sum()) for seed in (1, 2, 3)]
    assert min(lost) > 0 and len(set(lost)) > 1


# ---------------------------------------------------------------------- the kernels

PLAIN = {"lengths": [20, 1, 0, 9, 3] * 2, "vector_size": 5}
KINDS = {
    "skip-gram, window": ("skipgram, shared negatives", "both", PLAIN),
    "skip-gram, pairs": ("skipgram", "negative", PLAIN | {"keep": [2**31, 2**32 - 1]}),
    "CBOW": ("cbow", "both", PLAIN | {"lock": (1.0, 0.25, 0.0)}),
}
# Rows of several pieces, several tiles of targets, weights, wide windows, and the other objectives.
MORE = {
    "two pieces a lane": ("skipgram, shared negatives", "both", PLAIN | {"vector_size": 200}),
    "several tiles": ("skipgram, shared negatives", "negative", PLAIN | {"negative": 12, "lock": (1.0, 0.5)}),
    "weights": ("cbow", "negative", PLAIN | {"window_weights": "linear", "keep": [2**31]}),
    "whole sentences": ("skipgram", "tree", PLAIN | {"window": "sentence"}),
    "nce": ("skipgram, shared negatives", "nce", PLAIN),
    "nce, pairs": ("skipgram", "nce", PLAIN),
    "sampled softmax": ("skipgram, shared negatives", "sampled_softmax", PLAIN),
    "softmax": ("cbow", "softmax", PLAIN),
    "softmax of windows": ("skipgram, shared negatives", "softmax", PLAIN | {"window": 2}),
}


def problem_of(architecture, objectives, settings):
    """At this rate scores hardly move, so that changes do not depend on who was first: see test_emulated.py."""
    problem = replace(plain(20, **settings), alpha=1e-4)
    return problem.with_config(**ARCHITECTURES[architecture], objectives=ALL_OBJECTIVES[objectives])


def assert_no_fault(problem, ring, warps):
    expected, one = train(problem, ring=ring, longest=5)
    for number in warps:
        stats, matrices = train(problem, ring=ring, longest=5, warps=number, order=number, watched=True)
        assert replace(stats, loss=0, correct=0) == replace(expected, loss=0, correct=0)
        for name, whole in one.items():
            before = problem.weights().matrices[name][:, : whole.shape[1]]
            missed = np.linalg.norm(matrices[name] - whole) / np.linalg.norm(whole - before)
            assert missed < 0.01, name  # what warps do not see of the others; a lost addition of hundreds is as much


@pytest.mark.parametrize("kind", KINDS)
def test_no_access_of_many_warps_is_a_fault(kind):
    assert_no_fault(problem_of(*KINDS[kind]), True, (2, 16))


def test_no_access_without_a_ring_is_a_fault():
    """The changes of each warp's targets are in its scratch."""
    assert_no_fault(problem_of(*KINDS["skip-gram, window"]), False, (16,))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, *MORE])
@pytest.mark.parametrize("ring", [True, False])
def test_no_access_of_any_kind_of_model_is_a_fault(kind, ring):
    problem = problem_of(*{**KINDS, **MORE}[kind])
    if ring and problem.config.window == "sentence":
        pytest.skip("windows that are whole sentences have no ring")
    assert_no_fault(problem, ring, (4, 64))


def test_one_warp_that_is_watched_computes_the_same_bits():
    problem = problem_of(*KINDS["skip-gram, window"])
    expected, matrices = train(problem, longest=5)
    stats, found = train(problem, longest=5, order=7, watched=True)
    assert stats == expected
    assert_same_bits(found, matrices)


@pytest.mark.parametrize("where", ["ids", "first.array0", "input", "segments"])
def test_memory_that_is_too_short_is_found(where):
    """The checker, on the kernels themselves: the last row of an array is hidden from it."""
    device = Emulated(problem_of(*KINDS["CBOW"]), warps=2, longest=5, watched=True)
    held = device.point

    def shorter(arrays):
        held(arrays)
        if where in arrays:
            device.memory[where] = arrays[where][:-1]

    device.point = shorter
    device.point({name: device.memory[name] for name in [where] if name in device.memory})
    with pytest.raises(AssertionError, match=rf"({where}: bytes|memory that is out of all bounds)"):
        device.run(0)
