"""Runs the device code of backends/cuda on this machine's processor: compiled by the C++ compiler over cuda/lanes.h.

The text that is compiled is the one that CUDA compiles. Addresses in the argument of a kernel are those of NumPy arrays.
"""

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pytest
from device_compilers import must_not_skip

import w2vcore
from w2vcore.objectives.registry import OBJECTIVES, objective

PACKAGE = Path(w2vcore.__file__).parent
DEVICE_CODE = PACKAGE / "backends" / "cuda"
HERE = Path(__file__).parent / "cuda"
SOURCES = {"w2v_train": "train.cu", "w2v_keep": "keep.cu", "faulty": "faulty.cu"}  # the last is of tests/cuda
WARP = 32


@lru_cache(maxsize=1)
def built_folder():
    """Where libraries are kept, removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="w2vcore-emulator-")


def compiler():
    """The C++ compiler, or a skip with the reason; a machine that builds w2vcore has one, so in CI that is a failure."""
    found = shutil.which(os.environ.get("CXX", "g++")) or shutil.which("clang++")
    if found is None:
        say = pytest.fail if must_not_skip() else pytest.skip
        say("no C++ compiler to run the device code with: install g++")
    return found


def folders():
    """Where the device code is: that of the kernels, and that of each objective."""
    halves = [objective(name).device_half() for name in OBJECTIVES]
    found = [HERE, DEVICE_CODE, PACKAGE / "kernels", *(Path(half.code).parent for half in halves if half is not None)]
    return tuple(dict.fromkeys(found))


@cache
def library(function, macros, folders):
    """A kernel as a function of (argument, blocks, threads, shared bytes, order) that returns None or a complaint."""
    out = Path(built_folder().name) / f"{function}_{abs(hash((macros, folders))):x}.so"
    command = [
        compiler(), "-std=c++17", "-O0", "-fPIC", "-shared", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra", "-Werror",
        "-Wno-unknown-pragmas", "-Wno-unused-function", *(f"-I{path}" for path in folders),
        f'-DW2V_SOURCE="{SOURCES[function]}"', f"-DW2V_KERNEL={function}",
        *(f"-D{name}={value}" for name, value in macros), str(HERE / "lanes.cpp"), "-o", str(out),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=built_folder().name, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    run = ctypes.CDLL(str(out)).w2v_emulate
    run.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_uint64]
    run.restype = ctypes.c_char_p
    return run


def emulate(function, macros, argument, blocks, threads, shared, order=0):
    """Run a kernel to its end.

    Parameters
    ----------
    function : str
        "w2v_train" or "w2v_keep".
    macros : dict
        Of the instance (launch.h).
    argument : ndarray, shape ()
        A w2v_launch.
    blocks, threads, shared : int
        The launch: blocks, threads of each, bytes of shared memory of each.
    order : int
        Seed of the order in which lanes take their turns; 0: ascending.
    """
    argument = np.ascontiguousarray(argument)
    run = library(function, tuple(sorted(macros.items())), folders())
    complaint = run(argument.ctypes.data, blocks, threads, shared, order)
    assert complaint is None, complaint.decode()
