"""One model on several GPUs of one machine: a thread for each, and the merges of the ranks between them.

    jobs --Dealer--> thread of GPU 0: DistributedBackend(CudaBackend) --.
              |----> thread of GPU 1: DistributedBackend(CudaBackend) --+-- Merger, over NCCL (meeting.py)
              '----> ...                                              --'

Each GPU trains a copy of the matrices, and they are merged as those of ranks are, after the same numbers of words, with
the same coefficients (backends/merging.py). Which GPU trains a job depends on its place in the epoch alone, so that a
run is as repeatable as on one GPU.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import Backend, EpochStats, Job, Plan, Report
from w2vcore.backends.distributed import DistributedBackend
from w2vcore.backends.merging import LONGEST
from w2vcore.backends.team import RankError
from w2vcore.model.weights import Weights, zeros

from .devices import find_all, load_nccl
from .gpu import Gpu
from .meeting import DeviceTeam, Meeting

logger = logging.getLogger("w2vcore.word2vec")

# Tokens that are dealt to a GPU before the next one has its turn: the first launch of an epoch on one GPU.
DEALT_TOKENS = 1 << 18
# Seconds between two looks for what threads report, and for Ctrl-C.
POLL_SECONDS = 0.05


class SeveralGpus(Backend):
    """Trains on several GPUs; see this file's docstring.

    Parameters
    ----------
    inner : callable
        Returns the backend of one GPU.
    """

    def __init__(self, inner: Callable[[], Backend]) -> None:
        self._inner = inner
        self._ranks: list[DistributedBackend] = []
        self._teams: list[DeviceTeam] = []
        self._weights: list[Weights] = []
        self._plan: Plan | None = None
        self._meeting = Meeting(1)

    def open(self, plan: Plan, weights: Weights) -> None:
        """Find the devices, connect them, and open a backend on each."""
        self.close()
        cupy, numbers = find_all(plan.config.device)
        nccl = load_nccl(cupy)
        self._plan, self._meeting = plan, Meeting(len(numbers))
        try:
            communicators = nccl.NcclCommunicator.initAll(numbers)
            for rank, (number, communicator) in enumerate(zip(numbers, communicators, strict=True)):
                team = DeviceTeam(rank, self._meeting, Gpu(cupy, number), nccl, communicator)
                self._teams.append(team)
                own = weights if rank == 0 else _copy(weights)
                # a merge is due by the words of a GPU, which knows no workers
                config = replace(plan.config, device=f"cuda:{number}", workers=1)
                backend = DistributedBackend(Agreement(team), self._inner(), dealt=True)
                self._ranks.append(backend)
                self._weights.append(own)
                backend.open(replace(plan, config=config), own)
        except BaseException:
            self.close()
            raise
        logger.info("training on %i GPUs: %s", len(numbers), plan.config.device)

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run."""
        if self._plan is None:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        if self._meeting.failed:  # NCCL does not go on after an error
            self.open(self._plan, self._weights[0])
        for own in self._weights[1:]:  # a callback may have changed the first
            for name, matrix in own.matrices.items():
                matrix[...] = self._weights[0].matrices[name]
        for rank in self._ranks:
            rank.take_weights()
        dealer = Dealer(len(self._ranks), self._plan.first_token)
        threads = [
            threading.Thread(target=self._train, args=(rank, epoch, dealer), name=f"GPU {rank}")
            for rank in range(len(self._ranks))
        ]
        for thread in threads:
            thread.start()
        try:
            for job in jobs:
                dealer.deal(job, report)
            dealer.end()
            dealer.finish(report)
        except BaseException:
            self._stop(dealer)
            raise
        finally:
            _join(threads, lambda: self._stop(dealer))
        dealer.raise_first()
        return dealer.total

    def _train(self, rank: int, epoch: int, dealer: Dealer) -> None:
        """Train what is dealt to one GPU, in a thread of its own."""
        try:
            report = dealer.report if rank == 0 else _ignore
            dealer.done(rank, self._ranks[rank].run(epoch, dealer.jobs(rank), report))
        except BaseException as error:  # raised in the calling thread
            dealer.fail(rank, error)
            self._meeting.fail()

    def _stop(self, dealer: Dealer) -> None:
        dealer.stop()
        self._meeting.fail()

    def close(self) -> None:
        """Close the backend of each GPU, and their connection."""
        for rank in self._ranks:
            rank.close()
        for team in self._teams:
            team.close()
        self._ranks, self._teams, self._weights, self._plan = [], [], [], None


class Stopped(Exception):
    """Training ends before all jobs are trained."""


class Dealer:
    """Deals jobs to the threads of GPUs, in turns of DEALT_TOKENS, and takes what they report.

    A thread that waits for a merge takes no job. The others reach that merge after at most LONGEST more tokens, and are
    dealt at most a turn less each, so with that many tokens for each GPU in the queues none of them is ever empty while
    this waits.

    Parameters
    ----------
    size : int
        How many GPUs there are.
    first_token : int
        Place in the epoch from which turns are counted.

    Attributes
    ----------
    total : EpochStats
        Of all GPUs, once all have ended.
    """

    def __init__(self, size: int, first_token: int = 0) -> None:
        self.total = EpochStats()
        self._queues: list[deque[Job]] = [deque() for _ in range(size)]
        self._most = size * (LONGEST + 2 * DEALT_TOKENS)
        self._first_token, self._dealt, self._queued = first_token, -1, 0
        self._ended = self._stopped = False
        self._left, self._errors = set(range(size)), dict[int, BaseException]()
        self._reports: deque[tuple[Job, EpochStats]] = deque()
        self._changed = threading.Condition()

    # ------------------------------------------------------------------ in the calling thread

    def deal(self, job: Job, report: Report) -> None:
        """Give a job to the GPU whose turn it is, as soon as there is room.

        Raises
        ------
        Exception
            What a thread has raised.
        """
        self._pass_on(report, lambda: self._queued < self._most)
        self.raise_first()
        if self._dealt < 0:  # where a run begins in the middle of an epoch
            self._dealt = max(job.position + job.start - self._first_token, 0)
        with self._changed:
            self._queues[turn(self._dealt, len(self._queues))].append(job)
            self._dealt += job.stop - job.start
            self._queued += job.stop - job.start
            self._changed.notify_all()

    def end(self) -> None:
        """There are no more jobs."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def finish(self, report: Report) -> None:
        """Wait until all threads have ended."""
        self._pass_on(report, lambda: not self._left)

    def stop(self) -> None:
        """Let the threads end now."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def raise_first(self) -> None:
        """Raise what a thread has raised; the errors of the others, which it made stop, come after it."""
        if self._errors:
            by_others = (Stopped, RankError)
            first = min(self._errors, key=lambda rank: (isinstance(self._errors[rank], by_others), rank))
            raise self._errors[first]

    def _pass_on(self, report: Report, ready: Callable[[], bool]) -> None:
        """Report what has come until something is true, or a thread has failed."""
        while True:
            with self._changed:
                if not (self._reports or self._errors or ready()):
                    self._changed.wait(POLL_SECONDS)
                reports = [self._reports.popleft() for _ in range(len(self._reports))]
                over = bool(self._errors) or ready()
            for job, stats in reports:
                report(job, stats)
            if over:
                return

    # ------------------------------------------------------------------ in the threads

    def jobs(self, rank: int) -> Iterator[Job]:
        """Yield the jobs of a GPU, waiting for them."""
        while True:
            with self._changed:
                while not self._queues[rank] and not self._ended and not self._stopped:
                    self._changed.wait()
                if self._stopped:
                    raise Stopped
                if not self._queues[rank]:
                    return
                job = self._queues[rank].popleft()
                self._queued -= job.stop - job.start
                self._changed.notify_all()
            yield job

    def report(self, job: Job, stats: EpochStats) -> None:
        """Hand a report on to the calling thread."""
        with self._changed:
            self._reports.append((job, stats))
            self._changed.notify_all()

    def done(self, rank: int, total: EpochStats) -> None:
        """A thread has ended; each knows the sums of all."""
        with self._changed:
            self.total = total
            self._left.discard(rank)
            self._changed.notify_all()

    def fail(self, rank: int, error: BaseException) -> None:
        """A thread has ended with an error, and so will all others."""
        with self._changed:
            self._errors[rank] = error
            self._left.discard(rank)
            self._stopped = True
            self._changed.notify_all()


def turn(place: int, size: int) -> int:
    """Return which of so many GPUs trains the job that begins at a place in the epoch.

    Examples
    --------
    >>> [turn(place, 2) for place in (0, DEALT_TOKENS - 1, DEALT_TOKENS, 2 * DEALT_TOKENS)]
    [0, 0, 1, 0]
    """
    return place // DEALT_TOKENS % size


def _copy(weights: Weights) -> Weights:
    """Return other matrices of the same size."""
    return Weights({name: zeros(*matrix.shape) for name, matrix in weights.matrices.items()}, weights.vector_size)


def _join(threads: list[threading.Thread], stop: Callable[[], None]) -> None:
    """Wait for the end of all threads, even if interrupted."""
    interrupted: BaseException | None = None
    for thread in threads:
        while thread.is_alive():
            try:
                thread.join()
            except KeyboardInterrupt as error:
                interrupted = error
                stop()
    if interrupted is not None:
        raise interrupted


def _ignore(job: Job, stats: EpochStats) -> None:
    """Report nothing: the first GPU reports for all."""
