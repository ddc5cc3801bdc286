"""A stand-in for CuPy without a GPU: just the calls of backends/cuda, as strict about them as a device and less patient.

Device memory is host memory with a margin of marked bytes around it, so an address is one for both, and the emulator can run
the device code on it. Streams are lists of things to do, and nothing is done before it must be: when an event is asked for,
another stream waits for it, or, as with CUDA, when memory that is not pinned is copied. So a copy that is not waited for is
one that has not happened, and a buffer that is filled again too early is one whose first content was never seen.

What CuPy refuses is refused here with the same kind of exception, before a device is asked: tests/cuda/test_cupy.py has the
calls, and makes them of both where CuPy is installed. Memory, streams, events and kernels belong to the device that was
current when they were made; to use them on another is an error here, whatever a driver would say.
"""

import ctypes
import operator
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


def address_of(number):
    """An address as CuPy takes it: a number of Python's own."""
    if type(number) is not int:
        raise TypeError("an integer is required")
    if not -(2**63) <= number < 2**63:
        raise OverflowError("Python int too large to convert to C ssize_t")
    return number


def size_of(number):
    """A size as CuPy takes it, but for fractions, which CuPy cuts off."""
    number = operator.index(number)
    if number < 0:
        raise OverflowError("can't convert negative value to size_t")
    return number


class Memory:
    """Bytes between two margins; on the device, in pinned host memory, or registered where they are."""

    def __init__(self, size, kind, device):
        self.size, self.kind, self.device = size, kind, device
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
        size = size_of(size)
        with self.lock:
            if kind == "device" and self.used + size > self.total:
                raise OutOfMemoryError(f"Out of memory allocating {size:,} bytes")
            memory = Memory(size, kind, current_device())
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

    def check_on(self, device, addresses, size=1):
        """Raise for device memory of another device."""
        for address in addresses:
            memory = self.find(address, size)
            if memory is not None and memory.kind == "device" and memory.device != device:
                raise CUDARuntimeError(
                    f"cudaErrorIllegalAddress: memory of device {memory.device} is used on device {device}"
                )

    # ------------------------------------------------------------------ what is to be done

    def copy(self, target, source, size, kind, stream):
        kinds = self.kind(target, size), self.kind(source, size)
        self.check_on(stream.device, (target, source), size)
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
            assert not stream.todo, "a copy of memory that is not pinned waits for other devices, and stops this thread"

    def fill(self, target, value, size, stream):
        assert self.kind(target, size) == "device"
        self.check_on(stream.device, (target,), size)
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

    kind, device = "registered", None

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
        self.driver_version = 12080

    def getDeviceCount(self):
        if not self._driver.devices:
            raise CUDARuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")
        return self._driver.devices

    def driverGetVersion(self):
        return self.driver_version

    def getDeviceProperties(self, number):
        assert 0 <= number < self._driver.devices
        return {"name": b"Emulator", "multiProcessorCount": self._processors}

    def deviceGetAttribute(self, attribute, number):
        assert attribute == self.cudaDevAttrMaxSharedMemoryPerBlockOptin
        return self._shared

    def hostRegister(self, address, size, flags):
        address, size = address_of(address), size_of(size)
        with self._driver.lock:
            if self._driver.find(address, 1) is not None:
                raise CUDARuntimeError("cudaErrorHostMemoryAlreadyRegistered")
            self._driver.memory[address] = Registered(address, size)

    def hostUnregister(self, address):
        address = address_of(address)
        with self._driver.lock:
            assert self._driver.memory.pop(address).kind == "registered"

    def memcpyAsync(self, target, source, size, kind, stream):
        target, source, stream = map(address_of, (target, source, stream))
        with self._driver.lock:
            self._driver.copy(target, source, size_of(size), kind, self.streams[stream])

    def memsetAsync(self, target, value, size, stream):
        target, stream = map(address_of, (target, stream))
        with self._driver.lock:
            self._driver.fill(target, value, size_of(size), self.streams[stream])


def current_device():
    """The device of this thread."""
    return getattr(Device.local, "number", 0)


class Stream:
    local = threading.local()

    def __init__(self, module, non_blocking=False):
        assert non_blocking, "the default stream waits for everybody"
        self._module, self.todo, self.done, self.device = module, [], 0, current_device()
        self.ptr = id(self)
        module.cuda.runtime.streams[self.ptr] = self

    def drain(self, upto=None):
        """Do what was begun, up to a number of things since the stream was made, or until other devices are waited for."""
        while self.todo and (upto is None or self.done < upto):
            if isinstance(self.todo[0], Together) and not self.todo[0].can_be_done():
                return
            act = self.todo.pop(0)
            self.done += 1
            act()

    def wait_event(self, event):
        if event.device != self.device:
            raise CUDARuntimeError("cudaErrorInvalidResourceHandle: an event of another device")
        with self._module.driver.lock:
            self.todo.append(event.happen)

    def __enter__(self):
        if self.device != current_device():
            raise RuntimeError(f"This stream is tied to device {self.device}, and device {current_device()} is current")
        self._before = getattr(Stream.local, "current", None)
        Stream.local.current = self

    def __exit__(self, *error):
        Stream.local.current = self._before


class Event:
    def __init__(self, module):
        self._module, self._stream, self._upto, self.device = module, None, 0, current_device()

    def record(self, stream):
        if stream.device != self.device:
            raise CUDARuntimeError("cudaErrorInvalidResourceHandle: a stream of another device")
        with self._module.driver.lock:
            self._stream, self._upto = stream, stream.done + len(stream.todo)

    def happen(self):
        if self._stream is not None:
            self._stream.drain(self._upto)

    @property
    def done(self):
        with self._module.driver.lock:
            self.happen()
            return self._stream is None or self._stream.done >= self._upto

    @staticmethod
    def milliseconds(begun, done):
        """What `get_elapsed_time` says: 50, of events that have happened."""
        for event in (begun, done):
            if event._stream is None:
                raise CUDARuntimeError("cudaErrorInvalidResourceHandle: an event that was never recorded")
            if event._stream.done < event._upto:
                raise CUDARuntimeError("cudaErrorNotReady: device not ready")
        return 50.0


class Kernel:
    num_regs = local_size_bytes = 0

    def __init__(self, module, name, macros):
        self._module, self._name, self._macros = module, name, macros
        self.shared_size_bytes, self._most_shared = 0, {}
        self.kernel = SimpleNamespace(ptr=id(self))
        module.kernels[id(self)] = self

    @property
    def max_dynamic_shared_size_bytes(self):
        """Of the current device, like the compiled code."""
        return self._most_shared.get(current_device(), 48 << 10)

    @max_dynamic_shared_size_bytes.setter
    def max_dynamic_shared_size_bytes(self, size):
        self._most_shared[current_device()] = size

    def __call__(self, grid, block, arguments, *, shared_mem=0):
        for name, value in (("grid", grid), ("block", block)):
            if not isinstance(value, tuple):
                raise TypeError(f"Argument {name!r} has incorrect type (expected tuple, got {type(value).__name__})")
        shared_mem = size_of(shared_mem)
        for argument in arguments:
            if not isinstance(argument, np.ndarray):
                raise TypeError(f"Unsupported type {type(argument)}")
            if argument.size != 1:
                raise TypeError(
                    f"You are trying to pass a numpy.ndarray of shape {argument.shape} as a kernel parameter."
                )
        (argument,) = arguments
        if shared_mem > self.max_dynamic_shared_size_bytes:
            raise CUDARuntimeError("cudaErrorInvalidValue: more shared memory than the kernel was allowed")
        assert len(grid) == len(block) == 1 and block[0] % 32 == 0 and 1 <= grid[0] < 2**31 and 1 <= block[0] <= 1024
        driver, stream = self._module.driver, Stream.local.current
        if stream.device != current_device():
            raise CUDARuntimeError("cudaErrorInvalidResourceHandle: a stream of another device")
        with driver.lock:
            numbers = np.frombuffer(argument.tobytes().ljust(-(-argument.nbytes // 8) * 8, b"\0"), np.uint64)
            driver.check_on(stream.device, numbers.tolist())
            driver.launch(self._name, self._macros, argument.copy().reshape(1), grid[0], block[0], shared_mem, stream)


class Device:
    local = threading.local()

    def __init__(self, module, number):
        assert 0 <= number < module.driver.devices
        self._module, self.id, self._before = module, number, []

    def __enter__(self):
        self._before.append(current_device())
        Device.local.number = self.id
        return self

    def __exit__(self, *error):
        Device.local.number = self._before.pop()

    @property
    def mem_info(self):
        driver = self._module.driver
        return driver.total - driver.used, driver.total


# ---------------------------------------------------------------------- several devices


class Together:
    """One sum over all devices: a thing to be done on a stream of each, which happens when all have come to it.

    It is added up in the order of the devices. A device that never comes is one for which all others wait for ever.
    """

    def __init__(self, size):
        self.size, self.calls, self.happened = size, {}, False

    def add(self, rank, source, target, count, dtype, stream):
        self.calls[rank] = (source, target, count, dtype, stream)

    def can_be_done(self):
        return self.happened or len(self.calls) == self.size

    def __call__(self):
        if self.happened:
            return
        self.happened = True
        for _, _, _, _, stream in self.calls.values():  # what comes before it
            stream.drain(stream.done + stream.todo.index(self) if self in stream.todo else stream.done)
        calls = [self.calls[rank] for rank in range(self.size)]
        assert len({call[2:4] for call in calls}) == 1, "the devices sum different numbers of things"
        parts = [bytes_at(call[0], call[2] * np.dtype(call[3]).itemsize).view(call[3]) for call in calls]
        total = parts[0].copy()
        for part in parts[1:]:
            total += part
        for _, target, count, dtype, _ in calls:
            bytes_at(target, count * np.dtype(dtype).itemsize).view(dtype)[:] = total


class Communicator:
    """One device's end of NCCL."""

    def __init__(self, module, group, rank, device):
        self._module, self._group, self._rank, self._device, self._sums = module, group, rank, device, 0

    def allReduce(self, source, target, count, datatype, operation, stream):
        source, target, stream = map(address_of, (source, target, stream))
        assert (datatype, operation) == (Nccl.NCCL_FLOAT32, Nccl.NCCL_SUM)
        driver, found = self._module.driver, self._module.cuda.runtime.streams[stream]
        with driver.lock:
            assert driver.kind(source, 4 * count) == driver.kind(target, 4 * count) == "device"
            driver.check_on(self._device, (source, target), 4 * count)
            if found.device != self._device:
                raise Nccl.NcclError("NCCL_ERROR_INVALID_ARGUMENT: a stream of another device")
            while len(self._group) <= self._sums:
                self._group.append(Together(self._group.size))
            together = self._group[self._sums]
            self._sums += 1
            together.add(self._rank, source, target, size_of(count), "f4", found)
            found.todo.append(together)

    def abort(self):
        self.destroy()

    def destroy(self):
        self._group.destroyed.add(self._rank)


class Group(list):
    """The sums of a group of devices, one after the other."""

    def __init__(self, size):
        self.size, self.destroyed = size, set()


class Nccl:
    """The module `cupy.cuda.nccl`."""

    NCCL_SUM, NCCL_FLOAT32 = 0, 7

    class NcclError(RuntimeError):
        """What NCCL says."""

    def __init__(self, module):
        self.available, self.groups, self._module = True, [], module
        self.NcclCommunicator = SimpleNamespace(initAll=self._all)

    def _all(self, devices):
        if not isinstance(devices, list | int):
            raise ValueError('"devices" should be an int or a list of int.')
        numbers = list(range(devices)) if isinstance(devices, int) else devices
        assert all(0 <= number < self._module.driver.devices for number in numbers)
        if len(set(numbers)) < len(numbers):
            raise self.NcclError("NCCL_ERROR_INVALID_USAGE: a device twice")
        group = Group(len(numbers))
        self.groups.append(group)
        return [Communicator(self._module, group, rank, number) for rank, number in enumerate(numbers)]


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
            get_elapsed_time=Event.milliseconds,
            driver=SimpleNamespace(
                occupancyMaxActiveBlocksPerMultiprocessor=lambda kernel, threads, shared: blocks,
                get_build_version=lambda: 12090,
            ),
            nvrtc=SimpleNamespace(getVersion=lambda: (12, 9)),
            nccl=Nccl(self),
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
        for name, value, kind in (("code", code, str), ("options", options, tuple)):
            if not isinstance(value, kind):
                raise TypeError(
                    f"Argument {name!r} has incorrect type (expected {kind.__name__}, got {type(value).__name__})"
                )
        macros = dict(option[2:].split("=") for option in options if option.startswith("-D"))
        assert "w2v_" in code and macros.pop("W2V_SOURCES").startswith("0x")
        self.driver.compiled.append(macros)
        return SimpleNamespace(
            get_function=lambda name: Kernel(
                self, name, {key: int(value) if value.isdigit() else value for key, value in macros.items()}
            )
        )
