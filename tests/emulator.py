"""Runs the device code of backends/cuda on this machine's processor: compiled by the C++ compiler over cuda/lanes.h.

The text that is compiled is the one that CUDA compiles. Addresses in the argument of a kernel are those of NumPy arrays.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
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


FOLDER = "W2VCORE_EMULATOR_FOLDER"  # of the libraries, for all processes of one run of the tests


@contextmanager
def shared_folder():
    """Keep what is compiled for the processes that this one starts, too, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="w2vcore-emulator-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


@lru_cache(maxsize=1)
def own_folder():
    """A folder that is removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="w2vcore-emulator-")


def built_folder():
    """Where libraries are kept."""
    return Path(os.environ.get(FOLDER) or own_folder().name)


def built(name, make):
    """A file of that name, made by ``make(path)`` unless it is there; other processes may make it at the same time."""
    path = built_folder() / name
    if not path.is_file():
        with tempfile.TemporaryDirectory(dir=built_folder()) as folder:
            make(Path(folder) / name)
            (Path(folder) / name).replace(path)
    return path


def name_of(function, macros, folders):
    """A name for an instance of a kernel, the same in all processes."""
    return f"{function}_{hashlib.sha256(repr((macros, folders)).encode()).hexdigest()[:16]}"


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


COMMON = (
    "-std=c++17", "-fPIC", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas",
    "-Wno-unused-function",
)  # fmt: skip


def build(options):
    """Run the C++ compiler."""
    command = [compiler(), *options]
    done = subprocess.run(command, cwd=built_folder(), capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr


def defined(function, macros, folders):
    """The options that choose a kernel and its instance."""
    return [
        *(f"-I{path}" for path in folders), f'-DW2V_SOURCE="{SOURCES[function]}"', f"-DW2V_KERNEL={function}",
        *(f"-D{name}={value}" for name, value in macros),
    ]  # fmt: skip


@cache
def library(function, macros, folders):
    """A kernel as a function of (argument, blocks, threads, shared bytes, order) that returns None or a complaint."""

    def make(path):
        options = [*COMMON, "-O0", "-shared", *defined(function, macros, folders), str(HERE / "lanes.cpp")]
        build([*options, "-o", str(path)])

    run = ctypes.CDLL(str(built(f"{name_of(function, macros, folders)}.so", make))).w2v_emulate
    run.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_uint64]
    run.restype = ctypes.c_char_p
    return run


# ---------------------------------------------------------------------- every access looked at

ONLY_READ, ADDED_TO, OWN, FREE = range(4)  # kinds of memory: cuda/watch.cpp
RANGE = np.dtype([("begin", "u8"), ("bytes", "i8"), ("kind", "i4"), ("initialised", "i4"), ("name", "S24")])


def watcher():
    """The object file of watch.cpp, which is the same for all kernels."""
    if not sys.platform.startswith("linux"):
        pytest.skip("watch.cpp asks the linker of Linux where its library ends")

    def make(path):
        options = [*COMMON, "-O1", "-fno-omit-frame-pointer", f"-I{DEVICE_CODE}", "-c", str(HERE / "watch.cpp")]
        build([*options, "-o", str(path)])

    return built("watch.o", make)


@cache
def watched_library(function, macros, folders):
    """A kernel as a function of (argument, warps, shared bytes, ranges, their number, seed, stops), and its file."""

    def make(path):
        options = [*COMMON, "-O0", "-g1", "-fsanitize=thread", *defined(function, macros, folders)]
        kernel = path.with_suffix(".o")
        build([*options, "-c", str(HERE / "watched.cpp"), "-o", str(kernel)])
        build(["-shared", "-fPIC", str(kernel), str(watcher()), "-o", str(path)])

    out = built(f"{name_of(function, macros, folders)}_watched.so", make)
    run = ctypes.CDLL(str(out)).w2v_watch
    run.argtypes = [
        ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64, ctypes.c_uint,
    ]  # fmt: skip
    run.restype = ctypes.c_char_p
    return run, out


def watch(function, macros, argument, warps, shared, memory, seed=1, stops=16):
    """Run a kernel with one block of so many warps, interleaved at random, and look at every access to memory.

    Parameters
    ----------
    function, macros, argument, shared
        As for `emulate`.
    warps : int
        At most 64: more than a block of a GPU has, so that more warps meet.
    memory : dict
        Name -> (array, kind, whether it is initialised). What is not in it is out of bounds.
    seed : int
        Of the order in which lanes run.
    stops : int
        A lane is stopped at one access in so many, drawn at random; 0: only where lanes meet.

    Raises
    ------
    AssertionError
        With what was found, and where in the source.
    """
    argument = np.ascontiguousarray(argument)
    run, path = watched_library(function, tuple(sorted(macros.items())), folders())
    ranges = np.zeros(len(memory), RANGE)
    for one, (name, (array, kind, initialised)) in zip(ranges, memory.items(), strict=True):
        one["begin"], one["bytes"] = array.ctypes.data, array.nbytes
        one["kind"], one["initialised"], one["name"] = kind, initialised, name.encode()
    complaint = run(argument.ctypes.data, warps, shared, ranges.ctypes.data, len(ranges), seed, stops)
    assert complaint is None, placed(complaint.decode(), path)


def placed(complaint, path):
    """A complaint with the line of the source in place of the address of its code, where binutils are installed."""
    text, _, address = complaint.partition(" @")
    if not address or shutil.which("addr2line") is None:
        return complaint
    command = ["addr2line", "-e", str(path), hex(int(address, 16) - 1)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent)
    return f"{text}: {done.stdout.strip()}"


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
