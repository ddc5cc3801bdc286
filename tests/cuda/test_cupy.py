"""What CuPy does with the calls of backends/cuda, as far as it can be asked without a GPU: of CuPy itself where it is installed,
and of its stand-in (fake_cupy.py), which refuses what CuPy refuses.

CuPy checks and converts its arguments before it asks the driver for anything. So a call that it accepts ends here in
CUDARuntimeError, for want of a driver, and one that it refuses in another exception. docs/gpu.md says with which versions this
has been run.
"""

import ctypes
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from emulator import DEVICE_CODE, PACKAGE
from fake_cupy import Driver, FakeCupy

from w2vcore.backends.cuda import compiling, devices
from w2vcore.backends.cuda.layout import LAUNCH, UNIT_WINDOW, Instance

LAUNCHED = np.zeros(1, LAUNCH)
INSTANCE = Instance(
    UNIT_WINDOW, (str(PACKAGE / "objectives" / "negative_sampling.cuh"),), 4, 6, 1, 0, warp_bytes=0, scratch_rows=0
)


def the_real_one():
    """CuPy, or a skip; with a driver these tests would really copy from address 0."""
    pytest.importorskip("cupy", reason="CuPy is not installed: what it refuses cannot be compared")
    cupy = devices.load_cupy()
    if devices.visible(cupy)[0]:
        pytest.skip("there is a GPU: tests/gpu/prove.py asks it")
    return cupy


def launch_of(cupy):
    """A function that launches with some arguments: (grid, block, arguments, shared_mem)."""
    function = cupy.cuda.function.Function.__new__(cupy.cuda.function.Function)
    return lambda grid, block, arguments, shared=0: function(
        grid, block, arguments, shared_mem=shared, stream=SimpleNamespace(ptr=0)
    )


def launch_of_stand_in(cupy):
    kernel = cupy.RawModule(code="w2v_", options=("-DW2V_SOURCES=0x1",)).get_function("w2v_train")
    kernel.max_dynamic_shared_size_bytes = 1 << 20

    def launch(grid, block, arguments, shared=0):
        with cupy.cuda.Stream(non_blocking=True):
            kernel(grid, block, arguments, shared_mem=shared)

    return launch


@pytest.fixture(params=["stand-in", "CuPy"])
def machine(request):
    """What the calls are made of: the module, a way to launch, and an address and a stream that do for it."""
    if request.param == "CuPy":
        cupy = the_real_one()
        return SimpleNamespace(cupy=cupy, launch=launch_of(cupy), address=0, stream=0, pinned=0)
    cupy = FakeCupy(Driver(lambda *arguments: None))
    stream, room, pinned = cupy.cuda.Stream(non_blocking=True), cupy.cuda.alloc(64), cupy.cuda.alloc_pinned_memory(64)
    address = ctypes.addressof(pinned)
    found = SimpleNamespace(
        cupy=cupy, launch=launch_of_stand_in(cupy), address=room.ptr, stream=stream.ptr, pinned=address
    )
    found.held = stream, room, pinned
    return found


REFUSED = {
    "an argument of two structs": (TypeError, lambda m: m.launch((1,), (32,), (np.zeros(2, LAUNCH),))),
    "an argument of none": (TypeError, lambda m: m.launch((1,), (32,), (np.zeros(0, LAUNCH),))),
    "a list as argument": (TypeError, lambda m: m.launch((1,), (32,), ([1],))),
    "bytes as argument": (TypeError, lambda m: m.launch((1,), (32,), (b"x",))),
    "a grid that is a list": (TypeError, lambda m: m.launch([1], (32,), (LAUNCHED,))),
    "a block that is a number": (TypeError, lambda m: m.launch((1,), 32, (LAUNCHED,))),
    "negative shared memory": (OverflowError, lambda m: m.launch((1,), (32,), (LAUNCHED,), -1)),
    "options in a list": (TypeError, lambda m: m.cupy.RawModule(code="w2v_", options=["-std=c++17"])),
    "code of bytes": (TypeError, lambda m: m.cupy.RawModule(code=b"w2v_", options=())),
    "code by position": (TypeError, lambda m: m.cupy.RawModule("w2v_")),
    "a target of NumPy": (
        TypeError,
        lambda m: m.cupy.cuda.runtime.memcpyAsync(np.uint64(m.address), m.pinned, 8, 1, m.stream),
    ),
    "a source of NumPy": (
        TypeError,
        lambda m: m.cupy.cuda.runtime.memcpyAsync(m.address, np.int64(m.pinned), 8, 1, m.stream),
    ),
    "a stream of NumPy": (
        TypeError,
        lambda m: m.cupy.cuda.runtime.memcpyAsync(m.address, m.pinned, 8, 1, np.int64(m.stream)),
    ),
    "an address with a fraction": (TypeError, lambda m: m.cupy.cuda.runtime.memcpyAsync(0.0, m.pinned, 8, 1, m.stream)),
    "an address of 64 bits": (
        OverflowError,
        lambda m: m.cupy.cuda.runtime.memcpyAsync(2**63, m.pinned, 8, 1, m.stream),
    ),
    "a negative size": (OverflowError, lambda m: m.cupy.cuda.runtime.memcpyAsync(m.address, m.pinned, -8, 1, m.stream)),
    "zeros at an address of NumPy": (
        TypeError,
        lambda m: m.cupy.cuda.runtime.memsetAsync(np.int64(m.address), 0, 8, m.stream),
    ),
    "pages at an address of NumPy": (TypeError, lambda m: m.cupy.cuda.runtime.hostRegister(np.int64(4096), 8, 0)),
    "less than no memory": (OverflowError, lambda m: m.cupy.cuda.alloc(-1)),
    "a time between numbers": (AttributeError, lambda m: m.cupy.cuda.get_elapsed_time(1, 2)),
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_cupy_refuses(machine, call):
    error, act = REFUSED[call]
    with pytest.raises(error) as found:
        act(machine)
    assert not isinstance(found.value, machine.cupy.cuda.runtime.CUDARuntimeError)


ACCEPTED = {
    "a struct": lambda m: m.launch((1,), (32,), (LAUNCHED,), 100),
    "a struct without an axis": lambda m: m.launch((1,), (32,), (LAUNCHED.reshape(()),)),
    "a grid of NumPy's numbers": lambda m: m.launch((np.int64(1),), (np.int32(32),), (LAUNCHED,)),
    "a copy": lambda m: m.cupy.cuda.runtime.memcpyAsync(m.address, m.pinned, 8, 1, m.stream),
    "a copy of a size of NumPy": lambda m: m.cupy.cuda.runtime.memcpyAsync(
        m.address, m.pinned, np.int64(8), np.int64(1), m.stream
    ),
    "zeros": lambda m: m.cupy.cuda.runtime.memsetAsync(m.address, 0, 8, m.stream),
    "memory": lambda m: m.cupy.cuda.alloc(np.int64(8)),
}


@pytest.mark.parametrize("call", ACCEPTED)
def test_what_cupy_accepts(machine, call):
    try:
        ACCEPTED[call](machine)
    except machine.cupy.cuda.runtime.CUDARuntimeError as error:
        assert "cudaErrorInsufficientDriver" in str(error) or "cudaErrorNoDevice" in str(error)


# ---------------------------------------------------------------------- CuPy alone


@pytest.fixture
def cupy():
    return the_real_one()


def test_the_struct_of_a_launch_is_passed_where_it_lies(cupy):
    """The driver copies the struct from the address that CuPy gives it: that of the array's first item, padding and all."""
    argument = np.zeros(3, LAUNCH)[1:2]
    packed = cupy.cuda.function.CNumpyArray(argument)
    words = list((ctypes.c_uint64 * 5).from_address(id(packed)))
    assert argument.ctypes.data in words and argument.flags.c_contiguous
    assert argument.ctypes.data % LAUNCH.alignment == 0


@pytest.fixture
def compiler(cupy, monkeypatch):
    """CuPy's compiler, told which device to compile for: it would ask the driver."""
    try:
        devices.check_compiler(cupy)
    except ImportError as error:
        pytest.skip(str(error))
    except RuntimeError:
        pass  # there is no driver
    from cupy.cuda import compiler

    monkeypatch.setattr(compiler, "_get_arch_for_options_for_nvrtc", lambda arch=None: (f"-arch=sm_{arch}", "cubin"))
    return compiler


@pytest.mark.parametrize("capability", [75, 80, 86, 89, 90])
def test_cupy_compiles_the_kernels(compiler, capability):
    """With the options that CuPy adds to ours."""
    for source, options in (
        ("train.cu", compiling.options(INSTANCE.macros, INSTANCE.code)),
        ("keep.cu", compiling.options({})),
    ):
        code = (DEVICE_CODE / source).read_text(encoding="utf8")
        cubin, _ = compiler.compile_using_nvrtc(code, (*options, "-ftz=true"), str(capability), source)
        assert cubin.startswith(b"\x7fELF") and source.split(".")[0].encode() in cubin


def test_what_the_compiler_says_reaches_the_caller(compiler):
    with pytest.raises(compiler.CompileException, match="#error directive: no such instance"):
        compiler.compile_using_nvrtc("#error no such instance", ("-std=c++17",), "90", "train.cu")


def test_a_machine_without_a_driver_is_told(cupy):
    with pytest.raises(RuntimeError, match=r"^no CUDA device visible, device='cuda' was asked for \(cudaError"):
        devices.find("cuda")
    assert devices.names() == [] and devices.visible(cupy)[1].startswith("cudaError")


def test_nccl_is_known_by_its_module(cupy):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cupy.cuda import nccl
    if not nccl.available:
        pytest.skip("NCCL is not installed: pip install nvidia-nccl-cu12 or nvidia-nccl-cu13")
    stand_in = FakeCupy(Driver(lambda *arguments: None)).cuda.nccl
    assert (nccl.NCCL_SUM, nccl.NCCL_FLOAT32) == (stand_in.NCCL_SUM, stand_in.NCCL_FLOAT32)
    assert issubclass(nccl.NcclError, RuntimeError) and callable(nccl.NcclCommunicator.initAll)
    for name in ("allReduce", "destroy"):
        assert hasattr(nccl.NcclCommunicator, name)


# ---------------------------------------------------------------------- the compiler


def machine_with(monkeypatch, driver=12080, nvrtc=(12, 9)):
    found = FakeCupy(Driver(lambda *arguments: None))
    found.cuda.runtime.driver_version = driver
    found.cuda.nvrtc = SimpleNamespace(getVersion=lambda: nvrtc)
    monkeypatch.setattr(devices, "load_cupy", lambda: found)
    return found


def test_without_a_compiler_its_package_is_named(monkeypatch):
    found = machine_with(monkeypatch)

    def missing():
        raise RuntimeError("CuPy failed to load libnvrtc.so.12: OSError: no such file")

    found.cuda.nvrtc.getVersion = missing
    with pytest.raises(ImportError, match=r"^NVRTC, which .* \(CuPy failed .*\): pip install nvidia-cuda-nvrtc-cu12$"):
        devices.find("cuda")


def test_a_compiler_for_newer_drivers_is_refused(monkeypatch):
    machine_with(monkeypatch, driver=12080, nvrtc=(13, 5))
    with pytest.raises(RuntimeError, match=r"^NVRTC 13\.5 compiles for drivers of CUDA 13, and this one is of CUDA 12"):
        devices.find("cuda")
    machine_with(monkeypatch, driver=13000, nvrtc=(12, 9))
    assert devices.find("cuda")[1] == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere CuPy finds NVRTC by itself")
def test_the_compiler_of_the_wanted_cuda_is_loaded(monkeypatch, tmp_path):
    loaded = []
    for folder, major in (("cu13", 13), ("cuda_nvrtc", 12)):
        (tmp_path / folder / "lib").mkdir(parents=True)
        (tmp_path / folder / "lib" / f"libnvrtc.so.{major}").write_bytes(b"")
    package = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(devices.importlib.util, "find_spec", lambda name: package)
    monkeypatch.setattr(devices.ctypes, "CDLL", loaded.append)
    devices.load_compiler(12)
    assert loaded == [str(tmp_path / "cuda_nvrtc" / "lib" / "libnvrtc.so.12")]
    devices.load_compiler(14)
    monkeypatch.setattr(devices.importlib.util, "find_spec", lambda name: None)
    devices.load_compiler(12)
    assert len(loaded) == 1
