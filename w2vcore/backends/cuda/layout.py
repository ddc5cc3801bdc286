"""launch.h again, for the host: its structs as NumPy dtypes, its formulas, and the name of an instance of the kernel.

A test compiles launch.h and compares sizes, offsets and results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2vcore.architectures.registry import architecture
from w2vcore.model.config import SENTENCE, TrainingConfig
from w2vcore.objectives.base import DeviceHalf, DeviceTables
from w2vcore.objectives.registry import objective

WARP = 32
BLOCK_WARPS = 8
MAX_SIZE = 1024
RING_WINDOW = 15

UNIT_PAIR, UNIT_WINDOW, UNIT_MEAN = 0, 1, 2
UNITS = {"pair": UNIT_PAIR, "window": UNIT_WINDOW, "mean": UNIT_MEAN}  # as Architecture.device_unit names them

MAX_OBJECTIVES = 2
OBJECTIVE_FIELDS = ("first", "second")  # of a launch, in the order in which objectives are trained
ARRAY_FIELDS = ("array0", "array1", "array2")  # of an objective

JOB_SUMS = np.dtype(
    [("loss", "f8"), ("words", "u8"), ("examples", "u8"), ("judged", "f8"), ("correct", "f8"), ("weight", "f8")],
    align=True,
)
SEGMENT = np.dtype([("sentence", "i8"), ("start", "i8"), ("stop", "i8"), ("alpha", "f4"), ("job", "u4")], align=True)
OBJECTIVE = np.dtype(
    [*((name, "u8") for name in ("matrix", *ARRAY_FIELDS, "key")), ("draws", "i4"), ("shared_bytes", "i4")], align=True
)

LAUNCH = np.dtype(
    [
        ("input", "u8"),
        *((name, "i8") for name in ("stride", "vocabulary")),
        *((name, "u8") for name in ("ids", "offsets")),
        *((name, "i8") for name in ("sentences", "position")),
        *((name, "u8") for name in ("keep", "kept_ids", "kept_from", "kept_counts")),
        *((name, "u8") for name in ("bag_from", "bag_rows", "bag_weights", "tag_from", "tag_rows")),
        ("segments", "u8"),
        ("n_segments", "i8"),
        *((name, "u8") for name in ("next_segment", "sums", "scratch", "lock")),
        ("lock_size", "i8"),
        *((name, "u8") for name in ("weights", "token_key")),
        ("window", "i8"),
        *((name, "i4") for name in ("size", "targets", "shrink", "cbow_mean", "max_targets", "corrected")),
        *((name, OBJECTIVE) for name in OBJECTIVE_FIELDS),
    ],
    align=True,
)


@dataclass(frozen=True)
class Instance:
    """What is fixed when the kernel is compiled, and what its warps take.

    Attributes
    ----------
    unit, floats, tile, ring, loss, weights, bags, soft, joint : int
        The macros of launch.h.
    code : tuple of str
        Files of the objectives, in the order in which they are trained.
    warp_bytes : int
        Shared memory of each warp.
    scratch_rows : int
        Rows of device memory for each warp.
    """

    unit: int
    code: tuple[str, ...]
    floats: int
    tile: int
    ring: int
    loss: int
    warp_bytes: int
    scratch_rows: int
    weights: int = 0
    bags: int = 0
    soft: int = 0
    joint: int = 0

    @property
    def macros(self) -> dict[str, int | str]:
        """The macros by name."""
        names = ("unit", "floats", "tile", "ring", "loss", "weights", "bags", "soft", "joint")
        structs = (Path(path).stem for path in self.code)
        return {
            **{f"W2V_{name.upper()}": getattr(self, name) for name in names},
            "W2V_OBJECTIVES": len(self.code),
            **{f"W2V_{field.upper()}": struct for field, struct in zip(OBJECTIVE_FIELDS, structs, strict=False)},
        }


def common_number(halves: Mapping[str, DeviceTables]) -> int:
    """Return how many targets every example has; 0: examples differ."""
    numbers = {0 if half.varies else half.max_targets for half in halves.values()}
    return numbers.pop() if len(numbers) == 1 else 0


def instance(
    config: TrainingConfig, halves: Mapping[str, DeviceTables], shared_bytes: int, bags: bool = False
) -> Instance:
    """Return the instance that trains a configuration.

    Parameters
    ----------
    config : TrainingConfig
    halves : mapping of str to DeviceTables
        What each objective takes on a GPU, by its name.
    shared_bytes : int
        Shared memory that a block can have on the device.
    bags : bool
        Whether ids have features, or sentences have tags.

    Raises
    ------
    ValueError
        If vectors or windows are larger than the kernel can do, or if a part of the model has no device half.

    Examples
    --------
    >>> config = TrainingConfig(architecture="skipgram", negative_sharing="window")
    >>> found = instance(config, {"negative": DeviceTables((), max_targets=6)}, 227 << 10)
    >>> found.unit == UNIT_WINDOW, found.floats, found.tile, found.ring, found.macros["W2V_OBJECTIVES"]
    (True, 4, 6, 1, 1)
    """
    if config.vector_size > MAX_SIZE:
        raise ValueError(
            f"vector_size must be at most {MAX_SIZE} on a GPU, got {config.vector_size}; device='cpu' takes any"
        )
    unit, chosen = device_code(config)
    code = tuple(half.code for half in chosen)
    if bags and unit == UNIT_WINDOW:
        raise ValueError("tags of sentences are trained on a GPU with negative_sharing='pair', got 'window'")
    kind = {
        "bags": int(bags),
        "weights": int(config.weighs_contexts),
        "soft": int(any(half.soft for half in chosen)),
        "joint": int(any(half.joint for half in chosen)),
    }
    targets, window, size = common_number(halves), window_of(config), config.vector_size
    taken = sum(half.shared_bytes for half in halves.values())
    found = None
    for ring in (1, 0) if has_ring(window) and not bags else (0,):
        floats = row_floats(size)
        tile = tile_of(unit, floats, ring, targets)
        needed = warp_bytes(unit, ring, tile, size, window, targets, taken)
        if needed <= shared_bytes:
            rows = scratch_rows(unit, ring, max(half.max_targets for half in halves.values()))
            found = Instance(unit, code, floats, tile, ring, int(config.compute_loss), needed, rows, **kind)
            break
    if found is None:
        most = max(halves.values(), key=lambda half: half.shared_bytes)
        raise ValueError(
            f"{most.shared_for} do not fit into the {shared_bytes:,} bytes of shared memory of this GPU: lower "
            f"{most.shared_for.partition('=')[0]}, or train with device='cpu'"
        )
    return found


def device_code(config: TrainingConfig) -> tuple[int, tuple[DeviceHalf, ...]]:
    """Return the unit of a configuration, and the device halves of its objectives.

    Raises
    ------
    ValueError
        If the architecture or an objective has no device half; the first such one is named.
    """
    unit = architecture(config.architecture).unit_on_device(config)
    if unit is None:
        raise ValueError(refusal("architecture", config.architecture))
    halves = {name: objective(name).device_half() for name in config.objectives}
    for name, half in halves.items():
        if half is None:
            raise ValueError(refusal("objective", name))
    return UNITS[unit], tuple(half for half in halves.values() if half is not None)


def refusal(kind: str, name: object) -> str:
    """Return what is said of an architecture or an objective that no GPU trains."""
    return f"the {kind} {name!r} has no device half: no GPU trains it, pass device='cpu'"


def window_of(config: TrainingConfig) -> int:
    """Return the window as the kernel takes it: 0 is the whole sentence."""
    return 0 if config.window == SENTENCE else int(config.window)


def row_floats(size: int) -> int:
    """Floats of a row that a lane works on (w2v_floats)."""
    floats = -(-size // WARP)
    return -(-floats // 2) * 2 if floats <= 12 else -(-floats // 4) * 4


def has_ring(window: int) -> bool:
    """Whether a window may have a ring (w2v_has_ring)."""
    return 1 <= window <= RING_WINDOW


def tile_of(unit: int, floats: int, ring: int, targets: int) -> int:
    """Targets that are in registers at once (w2v_tile)."""
    rows = 2 if unit == UNIT_WINDOW and ring else 1
    most = min(max((168 // floats - 3) // rows, 1), 8)
    return -(-targets // -(-targets // most)) if targets else most


def slot_rows(unit: int, tile: int, targets: int) -> int:
    """Rows of a slot of the ring (w2v_slot_rows)."""
    return 3 if unit == UNIT_WINDOW and (not targets or targets > tile) else 2


def warp_bytes(unit: int, ring: int, tile: int, size: int, window: int, targets: int, objectives: int) -> int:
    """Bytes of shared memory for each warp (w2v_warp_bytes)."""
    width = -(-size // 4) * 4
    rows = (2 * window + 1) * slot_rows(unit, tile, targets) if ring else 0
    return rows * width * 4 + objectives


def scratch_rows(unit: int, ring: int, max_targets: int) -> int:
    """Rows of device memory for each warp (w2v_scratch_rows)."""
    return max_targets if unit == UNIT_WINDOW and not ring else 0
