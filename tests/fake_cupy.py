"""A stand-in for CuPy without a GPU: just the calls of backends/cuda, as strict about them as a device and less patient.

Device memory is host memory with a margin of marked bytes around it, so an address is one for both, and the emulator can run
the device code on it. Streams are lists of things to do, and nothing is done before it must be: when an event is asked for,
another stream waits for it, or, as with CUDA, when memory that is not pinned is copied. So a copy that is not waited for is
one that has not happened, and a buffer that is filled again too early is one whose first content was never seen.
"""

import ctypes
import threading
from bisect import bisect_right
from types import SimpleNamespace

import numpy as np

MARGIN = 64
MARK = 0xA5


class CUDARuntimeError(RuntimeError):
    """What a driver says."""


class OutOfMemoryError(MemoryError):
    """What CuPy's allocator says."""


class Memory:
    """Bytes between two margins; on the device, in pinned host memory, or registered where they are."""

    def __init__(self, size, kind):
        self.size, self.kind = size, kind
        self._all = np.full(size + 2 * MARGIN, MARK, np.uint8)
        first = MARGIN + -(self._all.ctypes.data + MARGIN) % 16
        self.bytes = self._all[first : first + size]
        self.ptr = self.bytes.ctypes.data
        self.bytes[:] = 0xEE  # what is never written shows

    def check(self):
        margins = np.concatenate(
            [self._all[: self.ptr - self._all.ctypes.data], self._all[self.ptr - self._all.ctypes.data + self.size :]]
        )
        assert (margins == MARK).all(), f"written outside of {self.size} bytes of {self.kind} memory"


class Driver:
    """One make-believe machine.

    Parameters
    ----------
    emulate : callable
        ``emulate(function, macros, argument, blocks, threads, shared)`` runs a kernel.
    devices : int
    free : int
        Bytes of device memory.
    """

    def __init__(self, emulate, devices=1, free=64 << 30):
        self.emulate, self.devices, self.total = emulate, devices, free
        self.used = self.launches = 0
        self.lock = threading.RLock()  # two backends may be open at once
        self.memory = {}  # address: Memory, of those that live
        self.compiled = []

    # ------------------------------------------------------------------ memory

    def allocate(self, size, kind):
        with self.lock:
            if kind == "device" and self.used + size > self.total:
                raise OutOfMemoryError(f"Out of memory allocating {size:,} bytes")
            memory = Memory(size, kind)
            self.memory[memory.ptr] = memory
            if kind == "device":
                self.used += size
            return Handle(self, memory)

    def release(self, memory):
        with self.lock:
            del self.memory[memory.ptr]
            self.used -= memory.size if memory.kind == "device" else 0

    def find(self, address, size):
        """The memory that a range lies in, or None; a range that begins inside and ends outside is an error."""
        starts = sorted(self.memory)
        at = bisect_right(starts, address) - 1
        if at < 0:
            return None
        memory = self.memory[starts[at]]
        if address >= memory.ptr + memory.size:
            return None
        assert address + size <= memory.ptr + memory.size, f"{size} bytes reach over the end of {memory.kind} memory"
        return memory

    def kind(self, address, size):
        memory = self.find(address, size)
        return "pageable" if memory is None else memory.kind

    # ------------------------------------------------------------------ what is to be done

    def copy(self, target, source, size, kind, stream):
        kinds = self.kind(target, size), self.kind(source, size)
        to_device = kind == Runtime.memcpyHostToDevice
        assert (kinds[0] == "device") == to_device and (kinds[1] == "device") != to_device, (
            f"a copy from {kinds[1]} to {kinds[0]}"
        )

        def act():
            assert (self.kind(target, size), self.kind(source, size)) == kinds, "freed before it was copied"
            ctypes.memmove(target, source, size)

        stream.todo.append(act)
        if "pageable" in kinds:
            stream.drain()

    def fill(self, target, value, size, stream):
        assert self.kind(target, size) == "device"
        stream.todo.append(lambda: bytes_at(target, size).fill(value))

    def launch(self, function, macros, argument, blocks, threads, shared, stream):
        def act():
            self.launches += 1
            self.emulate(function, macros, argument, blocks, threads, shared)
            for memory in list(self.memory.values()):
                if memory.kind != "registered":
                    memory.check()

        stream.todo.append(act)


class Handle:
    """What keeps memory alive."""

    def __init__(self, driver, memory):
        self._driver, self._memory = driver, memory
        self.ptr = memory.ptr

    def __del__(self):
        self._driver.release(self._memory)


class Registered:
    """Host memory that was pinned where it is."""

    kind = "registered"

    def __init__(self, ptr, size):
        self.ptr, self.size = ptr, size


def bytes_at(address, size):
    """The bytes at an address."""
    return np.frombuffer((ctypes.c_uint8 * size).from_address(address), np.uint8)


# ---------------------------------------------------------------------- CuPy's names


class Runtime:
    CUDARuntimeError = CUDARuntimeError
    memcpyHostToDevice, memcpyDeviceToHost = 1, 2
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97

    def __init__(self, driver, shared, processors):
        self._driver, self._shared, self._processors = driver, shared, processors
        self.streams = {}

    def getDeviceCount(self):
        if not self._driver.devices:
            raise CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")
        return self._driver.devices

    def getDeviceProperties(self, number):
        assert 0 <= number < self._driver.devices
        return {"name": b"Emulator", "multiProcessorCount": self._processors}

    def deviceGetAttribute(self, attribute, number):
        assert attribute == self.cudaDevAttrMaxSharedMemoryPerBlockOptin
        return self._shared

    def hostRegister(self, address, size, flags):
        with self._driver.lock:
            if self._driver.find(address, 1) is not None:
                raise CUDARuntimeError("cudaErrorHostMemoryAlreadyRegistered")
            self._driver.memory[address] = Registered(address, size)

    def hostUnregister(self, address):
        with self._driver.lock:
            assert self._driver.memory.pop(address).kind == "registered"

    def memcpyAsync(self, target, source, size, kind, stream):
        with self._driver.lock:
            self._driver.copy(target, source, size, kind, self.streams[stream])

    def memsetAsync(self, target, value, size, stream):
        with self._driver.lock:
            self._driver.fill(target, value, size, self.streams[stream])


class Stream:
    local = threading.local()

    def __init__(self, module, non_blocking=False):
        assert non_blocking, "the default stream waits for everybody"
        self._module, self.todo, self.done = module, [], 0
        self.ptr = id(self)
        module.cuda.runtime.streams[self.ptr] = self

    def drain(self, upto=None):
        """Do what was begun, up to a number of things since the stream was made."""
        while self.todo and (upto is None or self.done < upto):
            act = self.todo.pop(0)
            self.done += 1
            act()

    def wait_event(self, event):
        with self._module.driver.lock:
            self.todo.append(event.happen)

    def __enter__(self):
        self._before = getattr(Stream.local, "current", None)
        Stream.local.current = self

    def __exit__(self, *error):
        Stream.local.current = self._before


class Event:
    def __init__(self, module):
        self._module, self._stream, self._upto = module, None, 0

    def record(self, stream):
        with self._module.driver.lock:
            self._stream, self._upto = stream, stream.done + len(stream.todo)

    def happen(self):
        if self._stream is not None:
            self._stream.drain(self._upto)

    @property
    def done(self):
        with self._module.driver.lock:
            self.happen()
        return True


class Kernel:
    def __init__(self, module, name, macros):
        self._module, self._name, self._macros = module, name, macros
        self.max_dynamic_shared_size_bytes = self.shared_size_bytes = 0
        self.kernel = SimpleNamespace(ptr=id(self))
        module.kernels[id(self)] = self

    def __call__(self, grid, block, arguments, *, shared_mem=0):
        (argument,) = arguments
        assert argument.shape == (1,) and shared_mem <= self.max_dynamic_shared_size_bytes
        assert len(grid) == len(block) == 1 and block[0] % 32 == 0
        driver = self._module.driver
        with driver.lock:
            driver.launch(
                self._name, self._macros, argument.copy(), grid[0], block[0], shared_mem, Stream.local.current
            )


class Device:
    def __init__(self, module, number):
        assert 0 <= number < module.driver.devices
        self._module, self.id = module, number

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    @property
    def mem_info(self):
        driver = self._module.driver
        return driver.total - driver.used, driver.total


class FakeCupy:
    """The module `cupy`.

    Parameters
    ----------
    driver : Driver
    shared, processors, blocks : int
        Shared memory of a block, multiprocessors, and blocks of any kernel on each of them.
    """

    def __init__(self, driver, shared=227 << 10, processors=4, blocks=2):
        self.driver, self.kernels = driver, {}
        self.cuda = SimpleNamespace(
            runtime=Runtime(driver, shared, processors),
            alloc=lambda size: driver.allocate(size, "device"),
            alloc_pinned_memory=self._pinned,
            Stream=lambda non_blocking=False: Stream(self, non_blocking),
            Event=lambda: Event(self),
            Device=lambda number: Device(self, number),
            get_elapsed_time=lambda begun, done: 50.0,
            driver=SimpleNamespace(occupancyMaxActiveBlocksPerMultiprocessor=lambda kernel, threads, shared: blocks),
        )

    def get_default_memory_pool(self):
        return SimpleNamespace(free_all_blocks=lambda: None)

    get_default_pinned_memory_pool = get_default_memory_pool

    def _pinned(self, size):
        """A buffer that holds its memory, and is held by the arrays that look at it."""
        handle = self.driver.allocate(size, "pinned")
        buffer = type("Pinned", (ctypes.c_uint8 * size,), {}).from_address(handle.ptr)
        buffer.handle = handle
        return buffer

    def RawModule(self, *, code, options):
        macros = dict(option[2:].split("=") for option in options if option.startswith("-D"))
        assert "w2v_" in code and macros.pop("W2V_SOURCES").startswith("0x")
        self.driver.compiled.append(macros)
        return SimpleNamespace(
            get_function=lambda name: Kernel(
                self, name, {key: int(value) if value.isdigit() else value for key, value in macros.items()}
            )
        )
