"""The stand-in knows what CuPy knows: its names, where CuPy is installed (a GPU is not needed for that), and its strictness."""

import numpy as np
import pytest
from fake_cupy import CUDARuntimeError, Driver, FakeCupy, OutOfMemoryError, bytes_at


@pytest.fixture
def fake():
    return FakeCupy(Driver(lambda *arguments: None, free=1000))


def test_every_name_is_one_of_cupy(fake):
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed: its names cannot be compared")
    for name in ("RawModule", "get_default_memory_pool", "get_default_pinned_memory_pool"):
        assert hasattr(cupy, name) and hasattr(fake, name)
    for name in vars(fake.cuda):
        assert hasattr(cupy.cuda, name), name
    for name in vars(type(fake.cuda.runtime)):
        assert name.startswith("_") or hasattr(cupy.cuda.runtime, name), name
    for name in vars(fake.cuda.driver):
        assert hasattr(cupy.cuda.driver, name), name
    for name in ("max_dynamic_shared_size_bytes", "shared_size_bytes", "kernel"):
        assert hasattr(cupy.RawKernel, name)
    assert hasattr(cupy.cuda.Event, "done") and hasattr(cupy.cuda.Event, "record")
    assert issubclass(cupy.cuda.memory.OutOfMemoryError, MemoryError)
    runtime = cupy.cuda.runtime
    attribute = fake.cuda.runtime.cudaDevAttrMaxSharedMemoryPerBlockOptin
    assert attribute == runtime.cudaDevAttrMaxSharedMemoryPerBlockOptin
    assert (runtime.memcpyHostToDevice, runtime.memcpyDeviceToHost) == (1, 2)


def streams(fake):
    return fake.cuda.Stream(non_blocking=True), fake.cuda.Stream(non_blocking=True)


def pinned(fake, size):
    return np.frombuffer(fake.cuda.alloc_pinned_memory(size), np.uint8, size)


def test_a_copy_that_nobody_waits_for_has_not_happened(fake):
    stream, other = streams(fake)
    room, source = fake.cuda.alloc(8), pinned(fake, 8)
    source[:] = 1
    fake.cuda.runtime.memcpyAsync(room.ptr, source.ctypes.data, 8, 1, stream.ptr)
    source[:] = 2  # too early: the first content is never seen
    assert bytes_at(room.ptr, 8)[0] == 0xEE
    event = fake.cuda.Event()
    event.record(stream)
    other.wait_event(event)
    done = fake.cuda.Event()
    done.record(other)
    assert done.done
    assert bytes_at(room.ptr, 8).tolist() == [2] * 8


def test_memory_that_is_not_pinned_is_copied_at_once(fake):
    stream, _ = streams(fake)
    room, source = fake.cuda.alloc(8), np.ones(8, np.uint8)
    fake.cuda.runtime.memcpyAsync(room.ptr, source.ctypes.data, 8, 1, stream.ptr)
    assert bytes_at(room.ptr, 8).tolist() == [1] * 8


def test_a_copy_over_the_end_or_the_wrong_way_is_found(fake):
    stream, _ = streams(fake)
    room, source = fake.cuda.alloc(8), np.ones(9, np.uint8)
    with pytest.raises(AssertionError, match="reach over the end"):
        fake.cuda.runtime.memcpyAsync(room.ptr, source.ctypes.data, 9, 1, stream.ptr)
    with pytest.raises(AssertionError, match="a copy from pageable to device"):
        fake.cuda.runtime.memcpyAsync(room.ptr, source.ctypes.data, 8, 2, stream.ptr)


def test_a_kernel_that_writes_outside_is_found():
    def careless(function, macros, argument, blocks, threads, shared):
        bytes_at(int(argument[0]), 9)[8] = 0

    fake = FakeCupy(Driver(careless))
    stream, _ = streams(fake)
    room = fake.cuda.alloc(8)
    kernel = fake.RawModule(code="w2v_", options=("-DW2V_SOURCES=0x1",)).get_function("f")
    with stream:
        kernel((1,), (32,), (np.array([room.ptr]),))
    with pytest.raises(AssertionError, match="written outside of 8 bytes of device memory"):
        stream.drain()


def test_memory_runs_out_and_is_given_back(fake):
    room = fake.cuda.alloc(900)
    assert fake.cuda.Device(0).mem_info == (100, 1000)
    with pytest.raises(OutOfMemoryError):
        fake.cuda.alloc(101)
    del room
    fake.cuda.alloc(1000)


def test_pages_cannot_be_pinned_twice(fake):
    array = np.zeros(100, np.uint8)
    fake.cuda.runtime.hostRegister(array.ctypes.data, 100, 0)
    with pytest.raises(CUDARuntimeError):
        fake.cuda.runtime.hostRegister(array.ctypes.data, 100, 0)
    fake.cuda.runtime.hostUnregister(array.ctypes.data)
