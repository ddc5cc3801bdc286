"""How ranks agree, over the calls of a team: that none has failed, that settings are equal, and where they are.

All exchanges have one form: an array of a few numbers from each rank, with a tag. A rank that has failed sends its
error in the next exchange instead, so that all others learn of it wherever they are, and none waits for ever. A rank at
another place of the program sends another tag, which is an error on all ranks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from .team import Alone, RankError, Team

VALUES = 14  # most numbers that a rank sends in an exchange

# The purposes of exchanges; the index of the tag is sent.
TAGS = (
    *("start", "comparison", "corpus", "vocabulary", "encoding", "portion", "training", "epoch's end", "checkpoint"),
    *("end", "failure"),
)

_MOST_BYTES = 1 << 30  # in one broadcast: counts in MPI have 31 bits


class Agreement:
    """How one rank exchanges numbers, data and errors with the others.

    Parameters
    ----------
    team : Team

    Attributes
    ----------
    rank, size : int

    Examples
    --------
    >>> from w2vcore.backends.team import simulate, simulated
    >>> def program(rank):
    ...     crew = Agreement(simulated.get())
    ...     return crew.exchange("start", [10 * rank])[:, 0].tolist()
    >>> simulate(2, program)
    [[0.0, 10.0], [0.0, 10.0]]
    """

    def __init__(self, team: Team) -> None:
        self.team = team
        self.rank, self.size = team.rank, team.size
        self._told: BaseException | None = None

    def exchange(self, tag: str, values: Sequence[float] = ()) -> NDArray[np.float64]:
        """Send some numbers and return those of all ranks, one row for each.

        Raises
        ------
        RankError
            If a rank has failed, or is at another place.
        """
        return self._exchange(tag, values, b"")

    def _exchange(self, tag: str, values: Sequence[float], failure: bytes) -> NDArray[np.float64]:
        table = np.zeros((self.size, 2 + VALUES))
        table[self.rank, 0] = len(failure)
        table[self.rank, 1] = TAGS.index(tag)
        table[self.rank, 2 : 2 + len(values)] = values
        self.team.allreduce(table)
        failed = np.flatnonzero(table[:, 0])
        if len(failed):
            first = int(failed[0])
            text = np.frombuffer(failure, np.uint8).copy()
            text = self._broadcast(np.frombuffer(failure, np.uint8), int(table[first, 0]), first)
            raise RankError(f"rank {first}: {text.decode('utf8', 'replace')}", first)
        strays = np.flatnonzero(table[:, 1] != table[0, 1])
        if len(strays):
            here, there = (TAGS[int(table[rank, 1])] for rank in (0, strays[0]))
            raise RankError(
                f"rank {strays[0]} is at {there!r} where rank 0 is at {here!r}: all ranks must make the same calls on "
                "their models, in the same order",
                int(strays[0]),
            )
        return table[:, 2:]

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Send an error that leaves this context to the other ranks, so that they stop too, and raise it here."""
        try:
            yield
        except RankError:
            raise
        except Exception as error:
            if self.size > 1 and error is not self._told:
                self._told = error
                self._tell(f"{type(error).__name__}: {error}")
            raise

    def was_broadcast(self, error: BaseException | None) -> bool:
        """Whether all ranks know of an error, so that each stops by itself."""
        return error is not None and (isinstance(error, RankError) or error is self._told)

    def _tell(self, message: str) -> None:
        try:
            self._exchange("failure", (), message.encode("utf8", "replace")[:100_000] or b"?")
        except RankError:
            return  # expected: an exchange that carries a failure raises on all ranks

    def gather(self, tag: str, data: bytes) -> Iterator[bytes]:
        """Yield the bytes of each rank. The iterator must be exhausted, since each step is a broadcast."""
        mine = np.frombuffer(data, np.uint8)
        sizes = self.exchange(tag, [len(mine)])[:, 0].astype(np.int64)
        for root, size in enumerate(sizes):
            yield self._broadcast(mine, int(size), root)

    def _broadcast(self, mine: NDArray[np.uint8], size: int, root: int) -> bytes:
        data = mine.copy() if root == self.rank else np.empty(size, np.uint8)
        for start in range(0, size, _MOST_BYTES):
            self.team.broadcast(data[start : start + _MOST_BYTES], root)
        return data.tobytes()

    def gather_json(self, tag: str, value: Any) -> list[Any]:
        """Return the JSON value of each rank."""
        return [json.loads(text) for text in self.gather(tag, json.dumps(value).encode())]

    def check_alike(self, fields: Mapping[str, Any]) -> None:
        """Raise if a rank's value of some field differs from rank 0's; the error is the same on all ranks.

        Raises
        ------
        ValueError
            Names the rank, the field and both values.

        Examples
        --------
        >>> from w2vcore.backends.team import simulate, simulated
        >>> simulate(2, lambda rank: Agreement(simulated.get()).check_alike({"window": 5 + rank}))
        Traceback (most recent call last):
            ...
        ValueError: rank 1 has window=6, rank 0 has window=5: all ranks must be given the same
        """
        if self.size == 1:
            return
        everyone = self.gather_json("comparison", {name: str(value) for name, value in fields.items()})
        for name in everyone[0]:
            for rank, theirs in enumerate(everyone):
                if theirs.get(name) != everyone[0][name]:
                    self.refuse(
                        f"rank {rank} has {name}={theirs.get(name)}, rank 0 has {name}={everyone[0][name]}: all ranks "
                        "must be given the same"
                    )

    def refuse(self, message: str) -> NoReturn:
        """Raise ValueError. To be called on all ranks, with the same message."""
        self._told = ValueError(message)
        raise self._told

    def any(self, tag: str, flag: bool) -> bool:
        """Whether the flag is set on some rank."""
        if self.size == 1:
            return flag
        return bool(self.exchange(tag, [flag])[:, 0].any())


ALONE = Agreement(Alone())
