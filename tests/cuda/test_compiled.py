"""Every instance of the kernels compiles without spills and within its budget of registers, and enough warps fit on a GPU.

No GPU is needed. The fast tests compile the instances that matter most, and one of each kind of model; -m slow compiles each
kind at each length of vectors.
"""

from itertools import product

import numpy as np
import pytest
from device_compilers import DEVICE_CODE, PACKAGE, any_compiler, compilers

from w2vcore.backends.cuda import layout
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.negative_sampling import NegativeSampling

CAPABILITIES = (75, 80, 90)
FLOATS = (2, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32)
PAIR, WINDOW, MEAN = layout.UNIT_PAIR, layout.UNIT_WINDOW, layout.UNIT_MEAN
TREE, NOISE = ("hierarchical_softmax",), ("negative_sampling",)

# Registers of a lane, at most, by (unit, ring), for each length in FLOATS: negative=5 without loss, and both
# objectives with loss. These are what nvcc 13.0 took for compute capability 9.0, the next multiple of 8, and 8 more for
# other compilers and capabilities. A lane has at most 255.
LEAN, FULL = 0, 1
REGISTERS = {
    (PAIR, 0): (
        (88, 104, 128, 136, 160, 176, 208, 176, 200, 216, 208),
        (112, 136, 152, 176, 192, 208, 240, 232, 240, 232, 216),
    ),
    (PAIR, 1): (
        (104, 120, 136, 152, 176, 184, 216, 184, 208, 224, 216),
        (120, 136, 160, 176, 200, 216, 240, 240, 240, 240, 224),
    ),
    (WINDOW, 0): (
        (104, 120, 136, 152, 168, 184, 224, 192, 208, 232, 216),
        (128, 144, 168, 184, 200, 224, 248, 248, 248, 248, 224),
    ),
    (WINDOW, 1): (
        (112, 136, 168, 192, 224, 176, 216, 216, 240, 216, 232),
        (136, 176, 208, 248, 240, 248, 232, 232, 255, 232, 248),
    ),
    (MEAN, 0): (
        (88, 104, 120, 136, 160, 176, 208, 168, 192, 208, 200),
        (112, 128, 152, 176, 184, 208, 232, 232, 232, 224, 208),
    ),
    (MEAN, 1): (
        (104, 112, 128, 144, 168, 176, 216, 176, 200, 216, 208),
        (112, 136, 160, 176, 192, 208, 232, 232, 232, 232, 216),
    ),
}

# Of an H200 (compute capability 9.0): registers and bytes of shared memory of a multiprocessor, bytes of a block, and what the
# system takes of each block (CUDA C++ programming guide, compute capabilities).
MULTIPROCESSOR_REGISTERS, MULTIPROCESSOR_BYTES, BLOCK_BYTES, RESERVED_BYTES = 65536, 228 << 10, 227 << 10, 1 << 10


def macros_of(unit, objectives, floats, ring, loss, targets=6):
    tile = layout.tile_of(unit, floats, ring, 0 if TREE[0] in objectives else targets)
    code = tuple(f"{name}.cuh" for name in objectives)
    return layout.Instance(unit, code, floats, tile, ring, loss, warp_bytes=0, scratch_rows=0).macros


def assert_within_budget(usage, budget):
    assert (usage.stack, usage.spill_stores, usage.spill_loads, usage.static_shared) == (0, 0, 0, 0)
    assert usage.registers <= budget


# Beside the budgets above, of what has weights of contexts, offsets or the softmax. Seen: 7 more at most.
FOR_WEIGHTS_AND_LINKS = 8


def budget_of(unit, ring, floats, kind):
    return REGISTERS[unit, ring][kind][FLOATS.index(floats)]


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("compiler", ["nvrtc", "nvcc"])
def test_the_instance_that_matters_most(compiler, capability):
    any_compiler()
    if compiler not in compilers():
        pytest.skip(f"{compiler} is not installed here")
    usage = compilers()[compiler]("train.cu", macros_of(WINDOW, NOISE, 4, 1, 0), capability)
    assert_within_budget(usage, 128)  # so that 16 warps have their registers


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_subsampling(capability):
    assert_within_budget(any_compiler()("keep.cu", {}, capability), 64)


COVERING = [  # each kind of model, each length of vectors, with and without a ring
    (WINDOW, TREE, 2, 1, 90),
    (WINDOW, TREE + NOISE, 10, 1, 80),
    (PAIR, NOISE, 6, 0, 90),
    (PAIR, TREE + NOISE, 32, 1, 75),
    (MEAN, NOISE, 20, 1, 90),
    (MEAN, TREE + NOISE, 16, 0, 80),
]


@pytest.mark.parametrize(("unit", "objectives", "floats", "ring", "capability"), COVERING)
def test_each_kind_of_model(unit, objectives, floats, ring, capability):
    usage = any_compiler()("train.cu", macros_of(unit, objectives, floats, ring, 1), capability)
    assert_within_budget(usage, budget_of(unit, ring, floats, FULL))


WITH_WEIGHTS = [  # and each objective that is trained alone
    (WINDOW, "noise_contrastive", 0, 4, 1, 90),
    (PAIR, "noise_contrastive", 0, 10, 1, 80),
    (WINDOW, "sampled_softmax", 1, 10, 1, 90),
    (MEAN, "sampled_softmax", 1, 32, 0, 75),
    (WINDOW, "softmax", 1, 32, 0, 90),
    (MEAN, "softmax", 1, 4, 1, 80),
    (PAIR, "negative_sampling", 0, 16, 0, 75),
]


@pytest.mark.parametrize(("unit", "objective", "joint", "floats", "ring", "capability"), WITH_WEIGHTS)
def test_weights_offsets_and_the_softmax(unit, objective, joint, floats, ring, capability):
    macros = macros_of(unit, (objective,), floats, ring, 1, targets=4096 if objective == "softmax" else 6)
    macros |= {"W2V_WEIGHTS": 1, "W2V_SOFT": int(objective != "negative_sampling"), "W2V_JOINT": joint}
    usage = any_compiler()("train.cu", macros, capability)
    assert_within_budget(usage, budget_of(unit, ring, floats, FULL) + FOR_WEIGHTS_AND_LINKS)


@pytest.mark.parametrize(
    ("unit", "objectives", "floats", "weights", "capability"),
    [(MEAN, TREE + NOISE, 10, 1, 90), (PAIR, NOISE, 4, 0, 80), (MEAN, NOISE, 32, 0, 75)],
)
def test_inputs_of_several_rows(unit, objectives, floats, weights, capability):
    macros = macros_of(unit, objectives, floats, 0, 1) | {"W2V_BAGS": 1, "W2V_WEIGHTS": weights}
    usage = any_compiler()("train.cu", macros, capability)
    assert_within_budget(usage, budget_of(unit, 0, floats, FULL) + FOR_WEIGHTS_AND_LINKS)


@pytest.mark.slow
@pytest.mark.parametrize("floats", FLOATS)
@pytest.mark.parametrize(("unit", "ring"), list(product((PAIR, WINDOW, MEAN), (0, 1))))
def test_each_length_of_vectors(unit, ring, floats):
    capability = CAPABILITIES[(unit + ring + FLOATS.index(floats)) % 3]
    usage = any_compiler()("train.cu", macros_of(unit, NOISE, floats, ring, 0), capability)
    assert_within_budget(usage, budget_of(unit, ring, floats, LEAN))
    usage = any_compiler()("train.cu", macros_of(unit, TREE + NOISE, floats, ring, 1), capability)
    assert_within_budget(usage, budget_of(unit, ring, floats, FULL))


def resident_warps(size, window=5, block_warps=4):
    """Warps of skip-gram with shared noise words on a multiprocessor of an H200, by its registers and shared memory."""
    config = TrainingConfig(vector_size=size, architecture="skipgram", negative_sharing="window", window=window)
    found = layout.instance(
        config, {"negative": NegativeSampling.device.tables(config, np.ones(2, np.int64))}, BLOCK_BYTES
    )
    assert found.ring
    registers = (budget_of(WINDOW, 1, found.floats, LEAN) - 8) * layout.WARP  # without the margin for other compilers
    blocks = MULTIPROCESSOR_BYTES // (block_warps * found.warp_bytes + RESERVED_BYTES)
    return min(MULTIPROCESSOR_REGISTERS // registers, blocks * block_warps)


@pytest.mark.parametrize(("size", "warps"), [(64, 16), (100, 16), (200, 8), (300, 8)])
def test_enough_warps_fit_to_hide_the_memory(size, warps):
    assert resident_warps(size) >= warps


def test_the_device_code_needs_no_system_header():
    """NVRTC has none; launch.h and kernels/random.h ask for stdint.h elsewhere only."""
    for path in sorted([*DEVICE_CODE.glob("*.cu*"), *PACKAGE.rglob("*.cuh")]):
        assert "#include <" not in path.read_text(encoding="utf8"), path.name
