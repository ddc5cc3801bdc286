"""One GPU as the backend sees it: memory, copies, events and kernels. Every call into CuPy but the import is here."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .devices import text

# Seconds between two checks whether the device is done. Ctrl-C is noticed in between.
POLL_SECONDS = 0.0005
# Smaller arrays are not worth pinning.
PINNED_FROM = 1 << 20


class Gpu:
    """A device, current inside ``with gpu:``.

    Parameters
    ----------
    cupy : module
    number : int

    Attributes
    ----------
    name : str
        As in ``cuda:0 (NVIDIA H200)``.
    multiprocessors : int
    shared_bytes : int
        Shared memory that a block can have.
    compute, copies : Stream
        One for kernels, one for the copies during them.
    """

    def __init__(self, cupy: Any, number: int) -> None:
        self.cupy = cupy
        self.runtime = runtime = cupy.cuda.runtime
        self._device = cupy.cuda.Device(number)
        properties = runtime.getDeviceProperties(number)
        self.name = f"cuda:{number} ({text(properties['name'])})"
        self.multiprocessors = int(properties["multiProcessorCount"])
        self.shared_bytes = int(runtime.deviceGetAttribute(runtime.cudaDevAttrMaxSharedMemoryPerBlockOptin, number))
        with self:
            self.compute, self.copies = (cupy.cuda.Stream(non_blocking=True) for _ in range(2))

    def __enter__(self) -> Gpu:
        self._device.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._device.__exit__(kind, error, traceback)

    def memory(self) -> tuple[int, int]:
        """Return the bytes that are free, and the total."""
        self.cupy.get_default_memory_pool().free_all_blocks()  # else memory that this process has freed counts as taken
        free, total = self._device.mem_info
        return int(free), int(total)

    def give_back(self) -> None:
        """Return the memory that CuPy keeps for reuse to the system."""
        self.cupy.get_default_memory_pool().free_all_blocks()
        self.cupy.get_default_pinned_memory_pool().free_all_blocks()

    def room(self, nbytes: int) -> Any:
        """Return device memory, whose address is ``.ptr``. It is freed with the object.

        Raises
        ------
        MemoryError
            CuPy's OutOfMemoryError is a subclass.
        """
        return self.cupy.cuda.alloc(max(nbytes, 1))

    def pinned(self, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return pinned host memory, which can be copied from and to asynchronously."""
        memory = self.cupy.cuda.alloc_pinned_memory(max(count * dtype.itemsize, 1))
        return np.frombuffer(memory, dtype, count)

    def pin(self, array: NDArray[Any]) -> bool:
        """Pin an array in place, if the system allows it; copies are then several times as fast. `unpin` undoes it."""
        if array.nbytes < PINNED_FROM:
            return False
        try:
            self.runtime.hostRegister(array.ctypes.data, array.nbytes, 0)
        except self.runtime.CUDARuntimeError:  # a limit on locked memory, or already pinned: copies work, slowly
            return False
        return True

    def unpin(self, array: NDArray[Any]) -> None:
        """Undo `pin`."""
        self.runtime.hostUnregister(array.ctypes.data)

    def upload(self, address: int, array: NDArray[Any], stream: Any) -> None:
        """Begin to copy a contiguous array to the device."""
        self._copy(address, array.ctypes.data, array.nbytes, self.runtime.memcpyHostToDevice, stream)

    def download(self, array: NDArray[Any], address: int, stream: Any) -> None:
        """Begin to copy from the device into a contiguous array."""
        self._copy(array.ctypes.data, address, array.nbytes, self.runtime.memcpyDeviceToHost, stream)

    def _copy(self, target: int, source: int, nbytes: int, kind: int, stream: Any) -> None:
        if nbytes:
            self.runtime.memcpyAsync(target, source, nbytes, kind, stream.ptr)

    def zero(self, address: int, nbytes: int, stream: Any) -> None:
        """Begin to fill device memory with zeros."""
        if nbytes:
            self.runtime.memsetAsync(address, 0, nbytes, stream.ptr)

    def event(self) -> Any:
        """Return a new event that records its time."""
        return self.cupy.cuda.Event()

    def seconds(self, begun: Any, done: Any) -> float:
        """Return the time between two events that have happened."""
        return float(self.cupy.cuda.get_elapsed_time(begun, done)) / 1e3

    def wait(self, event: Any) -> None:
        """Wait until an event has happened. Ctrl-C interrupts it."""
        while not event.done:
            time.sleep(POLL_SECONDS)

    def finish(self, stream: Any) -> None:
        """Wait until everything on a stream is done."""
        event = self.event()
        event.record(stream)
        self.wait(event)

    def most_blocks(self, kernel: Any, threads: int, shared: int) -> int:
        """Return how many blocks of a kernel the device can hold at the same time.

        Two models that train at once may share a compiled kernel, so its shared-memory limit is always the device's.
        """
        kernel.max_dynamic_shared_size_bytes = self.shared_bytes - kernel.shared_size_bytes
        ask = self.cupy.cuda.driver.occupancyMaxActiveBlocksPerMultiprocessor
        return int(ask(kernel.kernel.ptr, threads, shared)) * self.multiprocessors

    def launch(self, kernel: Any, blocks: int, threads: int, shared: int, argument: NDArray[np.void]) -> None:
        """Launch a kernel on the stream `compute`; its argument, a struct by value, is the only item of an array."""
        with self.compute:
            kernel((blocks,), (threads,), (argument,), shared_mem=shared)


class MirroredBuffer:
    """An array in pinned host memory and one of the same size on the device; both grow as needed.

    Parameters
    ----------
    gpu : Gpu
    dtype : dtype
    """

    def __init__(self, gpu: Gpu, dtype: Any) -> None:
        self._gpu = gpu
        self._dtype = np.dtype(dtype)
        self._host = np.empty(0, self._dtype)
        self._room: Any = None
        self.length = 0

    @property
    def address(self) -> int:
        """The address on the device."""
        return int(self._room.ptr) if self._room is not None else 0

    @property
    def host(self) -> NDArray[Any]:
        """The host's side."""
        return self._host[: self.length]

    def resize(self, length: int) -> None:
        """Set the length. If the buffer has to grow, its content is lost."""
        if length > len(self._host) or self._room is None:
            room = length + length // 4 + 16
            self._host = self._gpu.pinned(room, self._dtype)
            self._room = self._gpu.room(room * self._dtype.itemsize)
        self.length = length

    def fill(self, parts: list[NDArray[Any]]) -> None:
        """Concatenate arrays in the host's side."""
        self.resize(sum(map(len, parts)))
        at = 0
        for part in parts:
            self._host[at : at + len(part)] = part
            at += len(part)

    def upload(self, stream: Any) -> None:
        """Begin to copy the host's side to the device."""
        self._gpu.upload(self.address, self.host, stream)

    def download(self, stream: Any) -> None:
        """Begin to copy the device's side to the host."""
        self._gpu.download(self.host, self.address, stream)
