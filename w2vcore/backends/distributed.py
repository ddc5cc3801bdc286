"""The backend of one rank: it trains its share on this machine's cores or GPU, and merges with the other ranks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, fields, replace

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import SHORTEST_JOB
from w2vcore.model.weights import Weights

from .agreement import ALONE, Agreement
from .base import REAL_SUMS, Backend, EpochStats, Job, Plan, Report
from .merging import Merger, interval_after, pace

# Most tokens of a job, so that Ctrl-C is noticed between two jobs.
LONGEST_JOB = 50_000

NOTHING = Batch(np.zeros(0, np.uint32), np.zeros(1, np.int64), 0, 0)


class DistributedBackend(Backend):
    """Runs another backend on this rank's jobs, and merges with the other ranks after certain numbers of words.

    Merges depend on words, never on the clock, so ranks with one worker each are repeatable, bit for bit.

    Parameters
    ----------
    crew : Agreement
    inner : Backend
        Trains the jobs of this rank. Its threads have stopped when its `run` returns.
    dealt : bool
        Whether the ranks take turns in one stream of jobs; otherwise each has a shard of the corpus to itself.
    """

    def __init__(self, crew: Agreement = ALONE, inner: Backend | None = None, dealt: bool = False) -> None:
        self._crew = crew
        self._inner = inner
        self._dealt = dealt
        self._merger: Merger | None = None
        self._plan: Plan | None = None

    def open(self, plan: Plan, weights: Weights) -> None:
        """Open the inner backend, and remember the weights, which are the same on all ranks."""
        assert self._inner is not None
        self._merger = Merger(plan, weights, self._crew.team) if self._crew.size > 1 else None
        self._inner.open(replace(plan, short_runs=self._merger is not None), weights)
        self._plan = plan

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run. `report` gets the sums of all ranks, after each merge."""
        if self._inner is None:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        if self._merger is None:
            return self._inner.run(epoch, jobs, report)
        total, ended = EpochStats(), False
        upcoming = next(jobs, None)
        trained = self._trained_before(epoch, upcoming)
        while not ended:
            portion = _Portion(upcoming, jobs, *self._sizes(trained))
            stats = self._inner.run(epoch, portion, _ignore)
            upcoming, trained = portion.upcoming, trained + portion.tokens
            mine = [upcoming is None, trained, portion.tokens, portion.weighted_words, portion.alpha, *astuple(stats)]
            table = self._crew.exchange("training", mine)
            ended = bool(table[:, 0].all())
            trained_by_all, words = table[:, 1:3].sum(axis=0).tolist()
            self._merger.merge(trained_by_all, words, float(table[:, 3].mean()), ended)
            summed = _stats(table[:, 5:])
            total += summed
            alpha = self._latest(table[:, 4])
            report(Job(NOTHING, 0, int(words), alpha, 0, summed.raw_words, summed.sentences), summed)
        return total

    def _trained_before(self, epoch: int, upcoming: Job | None) -> int:
        """Return how many tokens this rank has trained when a run begins.

        It depends only on the place in the corpus, so that a resumed run does the same.
        """
        assert self._plan is not None
        here = 0 if upcoming is None else upcoming.position + upcoming.start - self._plan.first_token
        share = here // self._crew.size if self._dealt else here
        return epoch * int(self._plan.counts.sum()) // self._crew.size + share

    def _latest(self, alphas: NDArray[np.float64]) -> float:
        """Return the latest of the ranks' last learning rates; a rank without a job has NaN."""
        assert self._plan is not None
        first, last = self._plan.config.alpha, self._plan.config.min_alpha
        return float(np.fmin.reduce(alphas, initial=first) if last <= first else np.fmax.reduce(alphas, initial=first))

    def _sizes(self, trained: int) -> tuple[int, int]:
        """Return the tokens to train before the next merge, and the most in a job."""
        assert self._plan is not None
        workers = self._plan.config.workers
        interval = max(interval_after(trained, workers, self._crew.size, *pace(self._plan)), 1)
        job = interval if workers == 1 else max(SHORTEST_JOB, interval // (4 * workers))
        return interval, min(job, LONGEST_JOB)

    def take_weights(self) -> None:
        """Train what the matrices hold now, which is the same on all ranks. To be called between runs."""
        if self._merger is not None:
            self._merger.take_weights()

    def may_have_diverged(self) -> bool:
        """True with several ranks, since merging is not checked; see Backend.may_have_diverged."""
        return self._inner is None or self._inner.may_have_diverged() or self._merger is not None

    def close(self) -> None:
        """Give the weights back."""
        if self._inner is not None:
            self._inner.close()
        self._merger = None


class _Portion(Iterator[Job]):
    """Jobs up to a number of tokens. It reads one job ahead, to know whether there are more.

    Parameters
    ----------
    upcoming : Job or None
        The next job.
    jobs : iterator of Job
        Those after it.
    most, longest : int
        Most tokens in total, and in a job.
    """

    def __init__(self, upcoming: Job | None, jobs: Iterator[Job], most: int, longest: int) -> None:
        self.upcoming = upcoming
        self.tokens = 0
        self.weighted_words = 0.0
        self.alpha = np.nan
        self._jobs = jobs
        self._most = most
        self._longest = longest

    def __next__(self) -> Job:
        job, room = self.upcoming, min(self._longest, self._most - self.tokens)
        if job is None or room <= 0:
            raise StopIteration
        if job.stop - job.start > room:
            job, self.upcoming = split(job, room)
        else:
            self.upcoming = next(self._jobs, None)
        self.tokens += job.stop - job.start
        self.weighted_words += (job.stop - job.start) * job.alpha
        self.alpha = job.alpha
        return job


def split(job: Job, tokens: int) -> tuple[Job, Job]:
    """Split a job in two that train the same; the first has `tokens` tokens."""
    middle, size = job.start + tokens, job.stop - job.start
    words, sentences = job.raw_words * tokens // size, job.sentences * tokens // size
    rest = replace(job, start=middle, raw_words=job.raw_words - words, sentences=job.sentences - sentences)
    return replace(job, stop=middle, raw_words=words, sentences=sentences), rest


def _stats(table: NDArray[np.float64]) -> EpochStats:
    """Add up the sums of all ranks."""
    sums = dict(zip((field.name for field in fields(EpochStats)), table.sum(axis=0).tolist(), strict=False))
    return EpochStats(**{name: value if name in REAL_SUMS else int(value) for name, value in sums.items()})


def _ignore(job: Job, stats: EpochStats) -> None:
    """Report nothing: jobs are reported with those of the other ranks."""
