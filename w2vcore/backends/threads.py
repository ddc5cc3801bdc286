"""Worker threads on this machine's cores, fed by a queue of jobs. The GIL is released for a whole job."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from w2vcore.architectures._windows import WindowWorker
from w2vcore.architectures.registry import architecture
from w2vcore.kernels._contract import Selector
from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.config import SENTENCE
from w2vcore.model.weights import Weights
from w2vcore.objectives.registry import objective

from .base import Backend, EpochStats, Job, Plan, Report
from .reference import ReferenceBackend
from .replicas import Copied, Locks, Replicas, hot_rows, merge_locks
from .run_tables import check_features, in_numpy_alone

logger = logging.getLogger("w2vcore.word2vec")

# Seconds between two checks whether all workers have died. On POSIX, Ctrl-C wakes the calling thread at once.
POLL_SECONDS = 0.2
# Seconds that a thread may take from its start to its first step, on a busy machine.
START_SECONDS = 5.0

# Most multiplications, a tenth of a second, of a job that is trained in the calling thread if it is the only job. To
# start a thread takes as long as to train some hundred words; but in the calling thread Ctrl-C waits for the job's end.
SHORT_JOB = 1 << 29

Result = tuple[Job, EpochStats] | BaseException


class ThreadsBackend(Backend):
    """Lock-free parallel stochastic gradient descent (Hogwild: Niu, Recht, Re, Wright 2011).

    With ``workers=1`` the result depends only on corpus, settings and seed, bit for bit. With more, a row that two
    workers update at once may lose one of the updates: the draws stay the same, the sums differ by rounding and by lost
    updates. With two to four workers this is rarer, since all but the first have copies of the hottest rows
    (replicas.py).

    An objective or architecture that is written in NumPy alone is trained by the reference backend, in the calling
    thread: NumPy's small steps would wait for Python's lock, however many threads there are.
    """

    def __init__(self) -> None:
        self._plan: Plan | None = None
        self._weights: Weights | None = None
        self._selectors: dict[str, Selector] = {}
        self._locks: Locks = {}
        self._copied = Copied()  # by all workers but the first
        self._workers: list[tuple[WindowWorker, Replicas]] = []  # further ones are added when there are jobs for them
        self._stop = np.zeros(1, np.int32)  # read by the kernels every few hundred windows
        self._most_pending = 0  # jobs in the queue and in training, or trained and not yet reported
        self._here = False  # train in the calling thread
        self._oracle: ReferenceBackend | None = None  # trains what is not compiled

    def open(self, plan: Plan, weights: Weights) -> None:
        """Build the objectives' tables once, and the first worker's scratch."""
        config = plan.config
        self._oracle = None
        if slow := in_numpy_alone(config):
            logger.warning("%s written in NumPy alone: the reference backend trains it, slowly", slow)
            self._oracle = ReferenceBackend()
            self._oracle.open(plan, weights)
            return
        check_features(plan, weights)
        self._plan, self._weights = plan, weights
        self._selectors = {
            name: plan.tables.selector(name, config, *plan.parts(objective(name).made_of)) for name in config.objectives
        }
        self._locks = merge_locks(weights)
        self._workers = []
        self._add_worker()
        self._most_pending = (config.queue_factor + 1) * config.workers
        # A new thread starts fast, but perhaps on another core, whose cache holds nothing of the model.
        self._here = plan.short_runs and config.workers == 1

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run."""
        if self._oracle is not None:
            return self._oracle.run(epoch, jobs, report)
        if self._plan is None:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        if self._here:
            return self._run_here(epoch, jobs, report)
        head = list(itertools.islice(jobs, 2))
        if len(head) < 2 and all(map(self._is_short, head)):
            return self._run_here(epoch, iter(head), report)
        # Not queue.Queue: Ctrl-C between its taking of a lock and the `with` that frees it leaves it locked for ever.
        todo: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        threads: list[_Thread] = []
        total = EpochStats()
        self._stop[0] = 0
        try:
            pending = 0
            for job in itertools.chain(head, jobs):
                if len(threads) < self._plan.config.workers:
                    threads.append(self._make_thread(len(threads), epoch, todo, done))
                    self._start(threads)
                while pending >= self._most_pending or not done.empty():
                    pending -= self._take(done, threads, total, report)
                todo.put(job)
                pending += 1
            while pending:
                pending -= self._take(done, threads, total, report)
        except BaseException:
            self._stop[0] = 1
            raise
        finally:
            self._dismiss(todo, threads)
        return total

    def _run_here(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        total = EpochStats()
        worker, replicas = self._workers[0]
        self._stop[0] = 0
        for job in jobs:
            stats = _train(worker, replicas, epoch, job)
            total += stats
            report(job, stats)
        return total

    def may_have_diverged(self) -> bool:
        """Whether the processor's flags say so; see Backend.may_have_diverged and kernels/finite.h."""
        if self._oracle is not None:
            return self._oracle.may_have_diverged()
        answers = [worker.may_have_diverged() for worker, _ in self._workers]  # ask all, not only up to the first True
        return any(answers)

    def close(self) -> None:
        """Release the matrices."""
        self._plan = self._weights = None
        self._workers, self._selectors, self._locks, self._copied = [], {}, {}, Copied()
        if self._oracle is not None:
            self._oracle.close()
            self._oracle = None

    def _add_worker(self) -> None:
        """Add a worker: its scratch, and its view of the matrices. The first has no copies of hot rows."""
        assert self._plan is not None
        assert self._weights is not None
        plan, config = self._plan, self._plan.config
        if len(self._workers) == 1:
            self._copied = hot_rows(plan, self._weights)
        views = {name: WorkerMatrix(matrix) for name, matrix in self._weights.matrices.items()}
        objectives = [(self._selectors[name], views[name]) for name in config.objectives]
        make = architecture(config.architecture).worker
        assert make is not None  # else the oracle trains
        worker = make(config, plan.keep, plan.lock, views["input"], objectives, self._stop, plan.features)
        self._workers.append(
            (worker, Replicas(config, views, self._copied if self._workers else Copied(), self._locks))
        )

    def _make_thread(
        self, number: int, epoch: int, todo: queue.SimpleQueue[Job | None], done: queue.SimpleQueue[Result]
    ) -> _Thread:
        if number == len(self._workers):
            self._add_worker()
        arguments = (*self._workers[number], epoch, todo, done)
        return _Thread(target=_work, args=arguments, name=f"w2vcore-{number}", daemon=True)

    def _start(self, threads: list[_Thread]) -> None:
        """Start the last thread of the list."""
        try:
            threads[-1].start()
        except RuntimeError as error:
            threads.pop()
            assert self._plan is not None
            workers = self._plan.config.workers
            raise RuntimeError(
                f"only {len(threads)} of workers={workers} threads could be started: {error}; lower workers"
            ) from error

    def _is_short(self, job: Job) -> bool:
        """Whether a job has at most SHORT_JOB multiplications."""
        assert self._plan is not None
        config = self._plan.config
        longest, tags, features = job.batch.longest, job.batch.tags, self._plan.features
        contexts = longest if config.window == SENTENCE else min(2 * config.window, longest)
        inputs = contexts * (1 if features is None else features.longest) + (0 if tags is None else tags.most)
        targets = sum(selector.max_targets for selector in self._selectors.values())
        return (job.stop - job.start) * inputs * targets * config.vector_size <= SHORT_JOB

    @staticmethod
    def _take(done: queue.SimpleQueue[Result], threads: list[_Thread], total: EpochStats, report: Report) -> int:
        """Wait a moment for a result and report it; raise what a worker raised. Returns 1 for a result, else 0."""
        try:
            result = done.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if not any(thread.is_alive() for thread in threads):
                raise RuntimeError(
                    "every worker thread exited without reporting a result; please report this"
                ) from None
            return 0
        if isinstance(result, BaseException):
            raise result
        job, stats = result
        total += stats
        report(job, stats)
        return 1

    @staticmethod
    def _dismiss(todo: queue.SimpleQueue[Job | None], threads: list[_Thread]) -> None:
        """Drain the queue, post a sentinel for each worker, and wait until all have ended, even if interrupted."""
        interrupted: BaseException | None = None
        while True:
            try:
                with suppress(queue.Empty):
                    while True:
                        todo.get_nowait()
                for _ in threads:
                    todo.put(None)
                for thread in threads:
                    _await_end(thread)
                break
            except KeyboardInterrupt as error:  # start again, or some workers would wait for ever
                interrupted = error
        if interrupted is not None:
            raise interrupted


class _Thread(threading.Thread):
    """A thread that says whether it has begun: if Ctrl-C interrupts its start, it may never do so."""

    begun = False

    def run(self) -> None:
        self.begun = True
        super().run()


def _await_end(thread: _Thread) -> None:
    started = time.monotonic()
    while not thread.begun and time.monotonic() - started < START_SECONDS:
        time.sleep(0.001)
    if thread.begun:
        thread.join()


def _train(worker: WindowWorker, replicas: Replicas, epoch: int, job: Job) -> EpochStats:
    interval = replicas.merge_interval(job.alpha)
    sums = worker.run(job.batch, job.start, job.stop, job.position, job.alpha, epoch, interval)
    replicas.trained(job.stop - job.start)
    words, examples, loss, judged, correct, weight = sums
    return EpochStats(words, job.raw_words, job.sentences, examples, loss, judged, correct, weight)


def _work(
    worker: WindowWorker,
    replicas: Replicas,
    epoch: int,
    todo: queue.SimpleQueue[Job | None],
    done: queue.SimpleQueue[Result],
) -> None:
    """Take jobs until a None; answer each with its result, or with the exception that ended this worker."""
    try:
        while (job := todo.get()) is not None:
            done.put((job, _train(worker, replicas, epoch, job)))
    except BaseException as error:  # the caller of train() gets it
        done.put(error)
    finally:
        replicas.attach()
