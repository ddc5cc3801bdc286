"""The ranks that train one model together: a seam of four calls, and N ranks simulated in one process behind it.

Ranks are processes, on one machine or several, that run the same program on parts of one corpus. Everything that they
say to each other goes through `Team`: which one am I, how many are there, add these rows up, tell all what one knows. A
new engine for that is a new subclass. `agreement.py` builds on it what else is needed.
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
    """What a rank can say to the others. All ranks make the same calls in the same order.

    Attributes
    ----------
    rank, size : int
        Number of this rank, from 0, and how many there are.
    """

    rank: int
    size: int

    @abstractmethod
    def allreduce(self, rows: NDArray[Any]) -> None:
        """Replace a contiguous array (float32, float64 or uint8) by the sum over all ranks, the same bits on each."""

    @abstractmethod
    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Replace a contiguous array by that of rank `root`; it has the same size on all."""

    def set_abort_message(self, text: str) -> None:  # noqa: B027  # an engine that cannot do it does nothing
        """Remember what is to be said if a rank dies, where the engine can do that; an empty text: nothing."""


class Alone(Team):
    """A team of one."""

    rank, size = 0, 1

    def allreduce(self, rows: NDArray[Any]) -> None:
        """Leave the rows as they are."""

    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Leave the data as they are."""


class RankError(RuntimeError):
    """Another rank has failed, or has gone; every rank that can still be told gets one.

    Attributes
    ----------
    rank : int
        The rank where it began.
    """

    def __init__(self, message: str, rank: int) -> None:
        super().__init__(message)
        self.rank = rank


class Gone(RankError):
    """A rank waits for one that has ended."""


class _Table:
    """Where simulated ranks meet: one runs at a time, the lowest that can."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.changed = threading.Condition()
        self.turn = 0
        self.offers: dict[int, NDArray[Any]] = {}
        self.ended: set[int] = set()
        self.exchanges = 0

    def pass_on(self) -> None:
        """Let the next rank run that is neither waiting nor at its end; called with the lock."""
        able = [rank for rank in range(self.size) if rank not in self.offers and rank not in self.ended]
        self.turn = able[0] if able else -1
        self.changed.notify_all()

    def exchange(self, rank: int, offer: NDArray[Any], combine: Callable[[list[NDArray[Any]]], None]) -> None:
        """Wait until all ranks are here with their arrays; the last to come changes them."""
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

    def __init__(self, rank: int, table: _Table) -> None:
        self.rank, self.size = rank, table.size
        self._table = table

    def allreduce(self, rows: NDArray[Any]) -> None:
        """Add up in the order of the ranks."""

        def combine(offers: list[NDArray[Any]]) -> None:
            total = offers[0].copy()
            for offer in offers[1:]:
                total += offer
            for offer in offers:
                offer[...] = total

        self._table.exchange(self.rank, rows, combine)

    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Copy."""

        def combine(offers: list[NDArray[Any]]) -> None:
            for offer in offers:
                offer[...] = offers[root]

        self._table.exchange(self.rank, data, combine)


simulated: ContextVar[Team | None] = ContextVar("simulated", default=None)


def simulate(size: int, program: Callable[[int], Result]) -> list[Result]:
    """Run `program(rank)` for `size` ranks in this process and return what each returned.

    The ranks take turns, from one call of the team to the next: so a single core shows what any number of machines
    would learn, though not how fast. In it, ``backend="mpi"`` means these ranks.

    Raises
    ------
    Exception
        What the lowest rank raised that failed by itself, if any did.

    Examples
    --------
    >>> simulate(3, lambda rank: rank * 10)
    [0, 10, 20]
    """
    table = _Table(size)
    results: dict[int, Result] = {}
    errors: dict[int, BaseException] = {}

    def act(rank: int) -> None:
        simulated.set(SimulatedTeam(rank, table))
        with table.changed:
            while table.turn != rank:
                table.changed.wait()
        try:
            results[rank] = program(rank)
        except BaseException as error:  # it belongs to the caller
            errors[rank] = error
        with table.changed:
            table.ended.add(rank)
            table.offers.pop(rank, None)
            table.pass_on()

    threads = [threading.Thread(target=act, args=(rank,), name=f"rank {rank}", daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors, key=lambda rank: (isinstance(errors[rank], RankError), rank))]
    return [results[rank] for rank in range(size)]
