"""Where the threads of one process that each drive a GPU meet, and how they sum rows over NCCL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.team import Gone, Team

from .gpu import POLL_SECONDS, Gpu, MirroredBuffer


class Meeting:
    """Where all threads wait for each other; if one of them fails, all others stop waiting.

    Parameters
    ----------
    size : int

    Attributes
    ----------
    failed : bool
    """

    def __init__(self, size: int) -> None:
        self.size, self.failed = size, False
        self._barrier = threading.Barrier(size)
        self._offers: list[NDArray[Any]] = [np.zeros(0)] * size

    def fail(self) -> None:
        """Let no thread wait any longer, now or later."""
        self.failed = True
        self._barrier.abort()

    def check(self) -> None:
        """Raise Gone if a thread has failed."""
        if self.failed:
            raise Gone("training on another GPU has failed", -1)

    def wait(self) -> int:
        """Wait for all others; one thread gets 0.

        Raises
        ------
        Gone
            If a thread has failed.
        """
        try:
            return self._barrier.wait()
        except threading.BrokenBarrierError:
            self.failed = True
        raise Gone("training on another GPU has failed", -1)

    def exchange(self, rank: int, offer: NDArray[Any], combine: Callable[[list[NDArray[Any]]], None]) -> None:
        """Wait until all threads have offered an array, and one of them has combined all."""
        self._offers[rank] = offer
        if self.wait() == 0:
            combine(self._offers)
        self.wait()


class DeviceTeam(Team):
    """One GPU of several: rows are summed over NCCL, a few numbers in this process's memory.

    Parameters
    ----------
    rank : int
    meeting : Meeting
    gpu : Gpu
        With streams of its own.
    nccl : module
    communicator : NcclCommunicator
        Of this GPU.
    """

    def __init__(self, rank: int, meeting: Meeting, gpu: Gpu, nccl: Any, communicator: Any) -> None:
        self.rank, self.size = rank, meeting.size
        self._meeting, self._gpu, self._nccl, self._communicator = meeting, gpu, nccl, communicator
        with gpu:
            self._rows = MirroredBuffer(gpu, np.float32)

    def allreduce(self, rows: NDArray[Any]) -> None:
        """Sum rows (float32) over NCCL, in its order, and numbers in that of the ranks."""
        if rows.dtype != np.float32:
            self._meeting.exchange(self.rank, rows, _sum)
            return
        self._meeting.wait()  # a sum that one GPU never joins would keep the others for ever
        gpu, buffer, stream = self._gpu, self._rows, self._gpu.copies
        with gpu:
            buffer.fill([rows.reshape(-1)])
            buffer.upload(stream)
            address, kind, operation = buffer.address, self._nccl.NCCL_FLOAT32, self._nccl.NCCL_SUM
            self._communicator.allReduce(address, address, rows.size, kind, operation, stream.ptr)
            buffer.download(stream)
            summed = gpu.event()
            summed.record(stream)
            while not summed.done:
                self._meeting.check()
                time.sleep(POLL_SECONDS)
        rows.reshape(-1)[:] = buffer.host

    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Copy."""

        def copy(offers: list[NDArray[Any]]) -> None:
            for offer in offers:
                offer[...] = offers[root]

        self._meeting.exchange(self.rank, data, copy)

    def close(self) -> None:
        """End this GPU's part of NCCL."""
        if self._meeting.failed:
            self._communicator.abort()  # the others may be in a sum
        else:
            self._communicator.destroy()


def _sum(offers: list[NDArray[Any]]) -> None:
    """Add up in the order of the ranks."""
    total = offers[0].copy()
    for offer in offers[1:]:
        total += offer
    for offer in offers:
        offer[...] = total
