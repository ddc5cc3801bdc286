"""The device code is what the reference computes: its text, compiled for the host, with 32 fibers for the lanes of a warp.

One warp takes segments in order, so it must give what the float64 reference gives, within float32's rounding (see
tests/contract for the tolerances). Several warps give the same counts.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from emulator import WARP, emulate
from problems import ARCHITECTURES, OBJECTIVES, batch_of, plain, run

from w2vcore.backends.base import EpochStats
from w2vcore.backends.cuda import layout
from w2vcore.backends.reference import ReferenceBackend, windows
from w2vcore.backends.reference_objectives import OBJECTIVES as TWINS
from w2vcore.backends.reference_random import random_key
from w2vcore.model.config import SENTENCE
from w2vcore.objectives.huffman import HuffmanTree
from w2vcore.objectives.negative_sampling import alias_table

TOLERANCE = 1e-5
LOSS_TOLERANCE = 1e-6
HALF = 2**31
EVERYTHING = 2**32 - 1

architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(OBJECTIVES))


class Arrays(dict):
    """Arrays that a launch points to, kept alive by this."""

    def address(self, name, array, dtype):
        self[name] = np.ascontiguousarray(array, dtype)
        return self[name].ctypes.data if self[name].size else 0
