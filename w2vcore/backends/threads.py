"""Worker threads on this machine's cores, fed by a queue of jobs. The GIL is released for a whole job."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import numpy as np

from w2vcore.architectures._windows import WindowWorker
from w2vcore.architectures.registry import architecture
from w2vcore.kernels._replica import WorkerMatrix
from w2vcore.model.weights import Weights
from w2vcore.objectives.registry import objective

from .base import Backend, EpochStats, Job, Plan, Report
from .replicas import Replicas, busy_flags, hot_rows

# How long the calling thread waits before it looks again whether a worker has died; Ctrl-C wakes it at once on POSIX.
POLL_SECONDS = 0.2

Result = tuple[Job, EpochStats] | BaseException


class ThreadsBackend(Backend):
    """Lock-free parallel stochastic gradient descent (Hogwild: Niu, Recht, Re, Wright 2011).

    With ``workers=1`` the result is a function of corpus, settings and seed alone, bit for bit. With more, rows that
    two workers touch at once may take either's update: the draws stay the same, the sums differ by rounding and lost
    races. Two to four workers meet less often: all but the first have copies of the hottest rows (replicas.py).
    """

    def __init__(self) -> None:
        self._workers: list[tuple[WindowWorker, Replicas]] = []
        self._stop = np.zeros(1, np.int32)  # read by the kernels every few hundred windows
        self._queue_size = 0
        self._here = False  # train in the calling thread

    def open(self, plan: Plan, weights: Weights) -> None:
        """Build the objectives' tables once, and each worker's scratch."""
        config = plan.config
        selectors = {}
        for name in config.objectives:
            chosen = objective(name)
            selectors[name] = chosen.selector(config, *plan.parts(chosen.made_of))
        make = architecture(config.architecture).worker
        rows, busy = hot_rows(plan, weights), busy_flags(weights)
        self._workers = []
        for number in range(config.workers):
            views = {name: WorkerMatrix(matrix) for name, matrix in weights.matrices.items()}
            objectives = [(selectors[name], views[name]) for name in config.objectives]
            worker = make(config, plan.keep, plan.lock, views["input"], objectives, self._stop)
            self._workers.append((worker, Replicas(config, views, rows if number else 0, busy)))
        self._queue_size = config.queue_factor * config.workers
        # A thread starts in a moment, but perhaps on another core, where nothing of the model is in the cache.
        self._here = plan.brief and config.workers == 1

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run."""
        if not self._workers:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        if self._here:
            return self._run_here(epoch, jobs, report)
        todo: queue.Queue[Job | None] = queue.Queue(self._queue_size)
        done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=_work, args=(*worker, epoch, todo, done), name=f"w2vcore-{number}", daemon=True)
            for number, worker in enumerate(self._workers)
        ]
        total = EpochStats()
        self._stop[0] = 0
        try:
            for thread in threads:
                thread.start()
            pending = 0
            for job in jobs:
                while not _offer(todo, job):
                    pending -= self._take(done, threads, total, report)
                pending += 1
                while not done.empty():
                    pending -= self._take(done, threads, total, report)
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

    def close(self) -> None:
        """Let go of the matrices."""
        self._workers = []

    @staticmethod
    def _take(
        done: queue.SimpleQueue[Result], threads: list[threading.Thread], total: EpochStats, report: Report
    ) -> int:
        """Wait a moment for a result and book it; raise what a worker raised. Returns 1 if there was one, else 0."""
        try:
            result = done.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if not any(thread.is_alive() for thread in threads):
                raise RuntimeError("every worker thread has died without a word; please report this") from None
            return 0
        if isinstance(result, BaseException):
            raise result
        job, stats = result
        total += stats
        report(job, stats)
        return 1

    @staticmethod
    def _dismiss(todo: queue.Queue[Job | None], threads: list[threading.Thread]) -> None:
        """Empty the queue, send every worker home and wait until they have gone."""
        started = [thread for thread in threads if thread.ident is not None]
        while True:
            try:
                todo.get_nowait()
            except queue.Empty:
                break
        todo.maxsize = 0  # the farewells below must not block
        for _ in started:
            todo.put(None)
        for thread in started:
            thread.join()


def _offer(todo: queue.Queue[Job | None], job: Job) -> bool:
    """Put a job in the queue if it has room."""
    try:
        todo.put_nowait(job)
    except queue.Full:
        return False
    return True


def _train(worker: WindowWorker, replicas: Replicas, epoch: int, job: Job) -> EpochStats:
    tick = replicas.tick(job.alpha)
    sums = worker.run(job.batch, job.start, job.stop, job.position, job.alpha, epoch, tick)
    replicas.trained(job.stop - job.start)
    words, examples, loss, judged, correct = sums
    return EpochStats(words, job.raw_words, job.sentences, examples, loss, judged, correct)


def _work(
    worker: WindowWorker, replicas: Replicas, epoch: int, todo: queue.Queue[Job | None], done: queue.SimpleQueue[Result]
) -> None:
    """Take jobs until there is a None; answer each with its result, or with the exception that ended this worker."""
    try:
        while (job := todo.get()) is not None:
            done.put((job, _train(worker, replicas, epoch, job)))
    except BaseException as error:  # whatever it is, it belongs to the caller of train()
        done.put(error)
    finally:
        replicas.rejoin()
