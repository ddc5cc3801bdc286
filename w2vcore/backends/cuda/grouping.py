"""Jobs collected into groups that keep the device busy: a launch trains a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Job
from w2vcore.corpus.encoding import Batch

# Most jobs of a group. Each has its own sums and report, so tiny jobs must not make a group endless.
GROUP_JOBS = 1 << 14


@dataclass(frozen=True)
class Stretch:
    """Jobs of one batch that follow on each other without a gap.

    Attributes
    ----------
    batch : Batch
    position : int
        Place of ``batch.ids[0]`` in the epoch.
    borders : ndarray of int64
        Job k of the stretch is ``borders[k]..borders[k + 1]``.
    number : int
        Number of its first job in the group.
    """

    batch: Batch
    position: int
    borders: NDArray[np.int64]
    number: int

    @property
    def tokens(self) -> int:
        """Centres in the stretch."""
        return int(self.borders[-1] - self.borders[0])


def groups(jobs: Iterator[Job], tokens: Callable[[], int], most: int = GROUP_JOBS) -> Iterator[list[Job]]:
    """Yield non-empty lists of jobs with about so many tokens; the job that reaches the number ends a list.

    A job of 10,000 tokens is the work of a few dozen warps; a device holds thousands, and each should be given several
    segments, so that the slowest warp does not keep the others waiting.

    Parameters
    ----------
    jobs : iterator of Job
    tokens : callable
        Called before each list to get its number of tokens.
    most : int
        Most jobs in a list.

    Examples
    --------
    >>> batch = Batch(np.zeros(9, np.uint32), np.array([0, 9]), 9, 1)
    >>> jobs = (Job(batch, at, at + 3, 0.1, 0, 3, 0) for at in (0, 3, 6))
    >>> [[job.start for job in group] for group in groups(jobs, lambda: 5)]
    [[0, 3], [6]]
    """
    group: list[Job] = []
    held = 0
    for job in jobs:
        group.append(job)
        held += job.stop - job.start
        if held >= tokens() or len(group) >= most:
            yield group
            group, held = [], 0
    if group:
        yield group


def stretches(group: list[Job]) -> list[Stretch]:
    """Return the jobs of a group as stretches, in order."""
    found: list[Stretch] = []
    start = 0
    for end in range(1, len(group) + 1):
        if end < len(group) and _follows(group[end - 1], group[end]):
            continue
        part = group[start:end]
        borders = np.array([part[0].start, *(job.stop for job in part)], np.int64)
        found.append(Stretch(part[0].batch, part[0].position, borders, start))
        start = end
    return found


def _follows(job: Job, next_job: Job) -> bool:
    return job.batch is next_job.batch and job.stop == next_job.start and job.position == next_job.position
