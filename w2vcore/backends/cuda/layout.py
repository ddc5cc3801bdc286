"""launch.h again, for the host: its structs as NumPy dtypes, its formulas, and the name of an instance of the kernel.

A test compiles launch.h and compares sizes, offsets and results.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2vcore.model.config import CBOW, HIERARCHICAL, NEGATIVE, SENTENCE, SKIP_GRAM, WINDOW, TrainingConfig

WARP = 32
BLOCK_WARPS = 8
MAX_SIZE = 1024
RING_WINDOW = 15
DRAWS = 128

SKIPGRAM_PAIR, SKIPGRAM_WINDOW, CBOW_MEAN = 0, 1, 2
TREE, NOISE = 1, 2

JOB_SUMS = np.dtype(
    [("loss", "f8"), ("words", "u8"), ("examples", "u8"), ("judged", "u8"), ("correct", "u8")], align=True
)
SEGMENT = np.dtype([("sentence", "i8"), ("start", "i8"), ("stop", "i8"), ("alpha", "f4"), ("job", "u4")], align=True)
ALIAS_SLOT = np.dtype([("threshold", "u4"), ("alias", "u4")], align=True)

LAUNCH = np.dtype(
    [
        *((name, "u8") for name in ("input", "negative", "tree")),
        *((name, "i8") for name in ("stride", "vocabulary")),
        *((name, "u8") for name in ("ids", "offsets")),
        *((name, "i8") for name in ("sentences", "position")),
        *((name, "u8") for name in ("keep", "kept_ids", "kept_from", "kept_counts")),
        ("segments", "u8"),
        ("n_segments", "i8"),
        *((name, "u8") for name in ("next_segment", "sums", "scratch", "lock")),
        ("lock_size", "i8"),
        *((name, "u8") for name in ("alias", "path_offsets", "path_nodes", "path_labels", "token_key", "negative_key")),
        ("window", "i8"),
        *((name, "i4") for name in ("size", "noise", "shrink", "cbow_mean", "max_targets", "unused")),
    ],
    align=True,
)


@dataclass(frozen=True)
class Instance:
    """What is fixed when the kernel is compiled, and what its warps take.

    Attributes
    ----------
    architecture, objectives, floats, tile, ring, loss : int
        The macros of launch.h.
    warp_bytes : int
        Shared memory of each warp.
    scratch_rows : int
        Rows of device memory for each warp.
    """

    architecture: int
    objectives: int
    floats: int
    tile: int
    ring: int
    loss: int
    warp_bytes: int
    scratch_rows: int

    @property
    def macros(self) -> dict[str, int]:
        """The macros by name."""
        names = ("architecture", "objectives", "floats", "tile", "ring", "loss")
        return {f"W2V_{name.upper()}": getattr(self, name) for name in names}


def instance(config: TrainingConfig, max_targets: int, shared_bytes: int) -> Instance:
    """Return the instance that trains a configuration.

    Parameters
    ----------
    config : TrainingConfig
    max_targets : int
        The most that one centre can have.
    shared_bytes : int
        Shared memory that a block can have on the device.

    Raises
    ------
    ValueError
        If vectors or windows are larger than the kernel can do.

    Examples
    --------
    >>> instance(TrainingConfig(architecture="skipgram", negative_sharing="window"), 6, 227 << 10).macros
    {'W2V_ARCHITECTURE': 1, 'W2V_OBJECTIVES': 2, 'W2V_FLOATS': 4, 'W2V_TILE': 6, 'W2V_RING': 1, 'W2V_LOSS': 0}
    """
    if config.vector_size > MAX_SIZE:
        raise ValueError(
            f"vector_size must be at most {MAX_SIZE} on a GPU, got {config.vector_size}; device='cpu' takes any"
        )
    architecture = architecture_of(config)
    objectives = sum(bit for name, bit in ((HIERARCHICAL, TREE), (NEGATIVE, NOISE)) if name in config.objectives)
    noise = config.negative if NEGATIVE in config.objectives else 0
    size, window = config.vector_size, window_of(config)
    found = None
    for ring in (1, 0) if has_ring(window) else (0,):
        floats = row_floats(size)
        tile = tile_of(architecture, objectives, floats, ring, noise)
        taken = warp_bytes(architecture, objectives, ring, tile, size, window, noise)
        if taken <= shared_bytes:
            rows = scratch_rows(architecture, ring, max_targets)
            found = Instance(architecture, objectives, floats, tile, ring, int(config.compute_loss), taken, rows)
            break
    if found is None:
        raise ValueError(
            f"negative={config.negative} noise words for an example do not fit into the {shared_bytes:,} bytes of "
            "shared memory of this GPU: lower negative, or train with device='cpu'"
        )
    return found


def architecture_of(config: TrainingConfig) -> int:
    """Return the number of an architecture; skip-gram with and without shared noise words are two."""
    if config.architecture == CBOW:
        return CBOW_MEAN
    assert config.architecture == SKIP_GRAM
    return SKIPGRAM_WINDOW if config.negative_sharing == WINDOW else SKIPGRAM_PAIR


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


def tile_of(architecture: int, objectives: int, floats: int, ring: int, noise: int) -> int:
    """Targets that are in registers at once (w2v_tile)."""
    rows = 2 if architecture == SKIPGRAM_WINDOW and ring else 1
    most = min(max((168 // floats - 3) // rows, 1), 8)
    tiles = -(-(1 + noise) // most)
    return most if objectives & TREE else -(-(1 + noise) // tiles)


def slot_rows(architecture: int, objectives: int, tile: int, noise: int) -> int:
    """Rows of a slot of the ring (w2v_slot_rows)."""
    return 3 if architecture == SKIPGRAM_WINDOW and (objectives & TREE or 1 + noise > tile) else 2


def warp_bytes(architecture: int, objectives: int, ring: int, tile: int, size: int, window: int, noise: int) -> int:
    """Bytes of shared memory for each warp (w2v_warp_bytes)."""
    width = -(-size // 4) * 4
    rows = (2 * window + 1) * slot_rows(architecture, objectives, tile, noise) if ring else 0
    draws = max(1 + noise, DRAWS) if objectives & NOISE else 0
    return rows * width * 4 + -(-draws * 8 // 16) * 16


def scratch_rows(architecture: int, ring: int, max_targets: int) -> int:
    """Rows of device memory for each warp (w2v_scratch_rows)."""
    return max_targets if architecture == SKIPGRAM_WINDOW and not ring else 0
