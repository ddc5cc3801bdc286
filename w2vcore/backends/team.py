"""The ranks that train one model together: their interface, and N ranks simulated in one process.

Ranks are processes, on one machine or several, that run the same program on shares of one corpus. They communicate only
through `Team`: number and count of ranks, a sum over all, a broadcast. Another means of communication is another
subclass. `agreement.py` builds everything else on it.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Result = TypeVar("Result")


class Team(ABC):
    """How a rank communicates with the others. All ranks make the same calls in the same order.

    Attributes
    ----------
    rank, size : int
        Number of this rank, from 0, and how many there are.
    """

    rank: int
    size: int

    @abstractmethod
    def allreduce(self, rows: NDArray[Any]) -> None:
        """Replace a contiguous array (float32, float64 or uint8) by the sum over all ranks, bit-equal on each."""

    @abstractmethod
    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Replace a contiguous array, of the same size on all ranks, by that of rank `root`."""

    def set_abort_message(self, text: str) -> None:  # noqa: B027  # a team that cannot do it does nothing
        """Set the message to print if a rank dies, where that is possible; an empty text: print nothing."""


class Alone(Team):
    """A team of one."""

    rank, size = 0, 1

    def allreduce(self, rows: NDArray[Any]) -> None:
        """Leave the rows as they are."""

    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Leave the data as they are."""


class RankError(RuntimeError):
    """Another rank has failed, or has ended; raised on every rank that still takes part.

    Attributes
    ----------
    rank : int
        The rank that failed first.
    """

    def __init__(self, message: str, rank: int) -> None:
        super().__init__(message)
        self.rank = rank


class Gone(RankError):
    """The rank that this one waits for has ended."""


class _MeetingPoint:
    """Where simulated ranks exchange arrays. One rank runs at a time: the lowest that is not waiting."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.changed = threading.Condition()
        self.turn = 0
        self.offers: dict[int, NDArray[Any]] = {}
        self.ended: set[int] = set()
        self.exchanges = 0

    def pass_on(self) -> None:
        """Let the next rank run that is neither waiting nor ended. The caller holds the lock."""
        able = [rank for rank in range(self.size) if rank not in self.offers and rank not in self.ended]
        self.turn = able[0] if able else -1
        self.changed.notify_all()

    def exchange(self, rank: int, offer: NDArray[Any], combine: Callable[[list[NDArray[Any]]], None]) -> None:
        """Wait until all ranks have offered their arrays; the last rank combines them."""
        with self.changed:
            self.offers[rank] = offer
            before = self.exchanges
            if len(self.offers) == self.size:
                combine([self.offers[number] for number in range(self.size)])
                self.offers.clear()
                self.exchanges += 1
            self.pass_on()
            while self.exchanges == before or self.turn != rank:
                if self.exchanges == before and self.turn == -1:
                    gone = min(self.ended)
                    raise Gone(f"rank {gone} has ended, and rank {rank} waits for it", gone)
                self.changed.wait()


class SimulatedTeam(Team):
    """A rank of `simulate`."""

    def __init__(self, rank: int, meeting: _MeetingPoint) -> None:
        self.rank, self.size = rank, meeting.size
        self._meeting = meeting

    def allreduce(self, rows: NDArray[Any]) -> None:
        """Add up in the order of the ranks."""

        def combine(offers: list[NDArray[Any]]) -> None:
            total = offers[0].copy()
            for offer in offers[1:]:
                total += offer
            for offer in offers:
                offer[...] = total

        self._meeting.exchange(self.rank, rows, combine)

    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Copy."""

        def combine(offers: list[NDArray[Any]]) -> None:
            for offer in offers:
                offer[...] = offers[root]

        self._meeting.exchange(self.rank, data, combine)


simulated: ContextVar[Team | None] = ContextVar("simulated", default=None)


def simulate(size: int, program: Callable[[int], Result]) -> list[Result]:
    """Run `program(rank)` for `size` ranks in this process and return what each returned.

    The ranks take turns, from one call of the team to the next, so a single core shows what any number of machines
    would learn, though not how fast. Inside `program`, ``backend="mpi"`` means these ranks.

    Raises
    ------
    Exception
        That of the lowest rank that failed by itself, if any did.

    Examples
    --------
    >>> simulate(3, lambda rank: rank * 10)
    [0, 10, 20]
    """
    meeting = _MeetingPoint(size)
    results: dict[int, Result] = {}
    errors: dict[int, BaseException] = {}

    def act(rank: int) -> None:
        simulated.set(SimulatedTeam(rank, meeting))
        with meeting.changed:
            while meeting.turn != rank:
                meeting.changed.wait()
        try:
            results[rank] = program(rank)
        except BaseException as error:  # raised in the caller below
            errors[rank] = error
        with meeting.changed:
            meeting.ended.add(rank)
            meeting.offers.pop(rank, None)
            meeting.pass_on()

    threads = [threading.Thread(target=act, args=(rank,), name=f"rank {rank}", daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors, key=lambda rank: (isinstance(errors[rank], RankError), rank))]
    return [results[rank] for rank in range(size)]
