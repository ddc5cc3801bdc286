"""The compilers of CUDA, on machines without a GPU: NVRTC from its wheel, as CuPy uses it, and nvcc where it is installed."""

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

import w2vcore

PACKAGE = Path(w2vcore.__file__).parent
DEVICE_CODE = PACKAGE / "backends" / "cuda"
OPTIONS = ["-std=c++17", *(f"-I{folder}" for folder in (DEVICE_CODE, PACKAGE / "objectives", PACKAGE / "kernels"))]


@dataclass(frozen=True)
class Usage:
    """What the assembler reports of one kernel."""

    registers: int
    stack: int
    spill_stores: int
    spill_loads: int
    static_shared: int


def usage_of(log):
    """Read the report of ``--ptxas-options=-v``."""
    spilled = re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", log)
    used = re.search(r"Used (\d+) registers", log)
    assert spilled and used, f"no report in: {log}"
    shared = re.search(r"(\d+) bytes smem", log)
    return Usage(int(used[1]), *(int(number) for number in spilled.groups()), int(shared[1]) if shared else 0)


def defined(macros):
    return [f"-D{name}={value}" for name, value in macros.items()]


def must_not_skip():
    """Whether this is CI, where what is missing is a failure (.ci/run)."""
    return os.environ.get("CI") == "true" or os.environ.get("W2VCORE_CI") == "1"


@lru_cache(maxsize=1)
def nvrtc_library():
    """NVRTC of the wheels nvidia-cuda-nvrtc (CUDA 13) or nvidia-cuda-nvrtc-cu12, or None."""
    found = importlib.util.find_spec("nvidia")
    for folder in found.submodule_search_locations if found else []:
        for path in sorted(Path(folder).glob("*/lib/libnvrtc.so.*")):
            if "alt" not in path.name:
                return ctypes.CDLL(str(path))
    return None


def compile_with_nvrtc(source, macros, capability):
    """Compile one of the .cu files; returns its Usage. There are no system headers here."""
    library, program, size = nvrtc_library(), ctypes.c_void_p(), ctypes.c_size_t()
    text = (DEVICE_CODE / source).read_bytes()
    options = [*OPTIONS, f"--gpu-architecture=sm_{capability}", "--ptxas-options=-v", *defined(macros)]
    array = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    assert library.nvrtcCreateProgram(ctypes.byref(program), text, source.encode(), 0, None, None) == 0
    try:
        failed = library.nvrtcCompileProgram(program, len(options), array)
        assert library.nvrtcGetProgramLogSize(program, ctypes.byref(size)) == 0
        log = ctypes.create_string_buffer(size.value)
        assert library.nvrtcGetProgramLog(program, log) == 0
        assert not failed, log.value.decode()
        return usage_of(log.value.decode())
    finally:
        library.nvrtcDestroyProgram(ctypes.byref(program))


def compile_with_nvcc(source, macros, capability):
    """Compile one of the .cu files; returns its Usage. Any warning is an error."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "nvcc", *OPTIONS, f"-arch=sm_{capability}", "-cubin", "-Xptxas", "-v", "-Werror", "all-warnings",
            *defined(macros), str(DEVICE_CODE / source), "-o", str(Path(folder) / "kernel.cubin"),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr
        return usage_of(done.stderr)


def compilers():
    """Those that are here, by name, the one to prefer first."""
    found = {"nvrtc": compile_with_nvrtc} if nvrtc_library() is not None else {}
    if shutil.which("nvcc"):
        found["nvcc"] = compile_with_nvcc
    return found


def any_compiler():
    """One of them; without any, tests are skipped, or fail in CI."""
    for found in compilers().values():
        return found
    say = pytest.fail if must_not_skip() else pytest.skip
    return say("no CUDA compiler: pip install nvidia-cuda-nvrtc (it is in w2vcore[test]), or install nvcc")
