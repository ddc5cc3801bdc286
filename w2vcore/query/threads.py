"""Threads for queries: as many as BLAS would take, kept from one query to the next."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

_pools: list[ThreadPoolExecutor] = []  # one, whose threads start when they are first needed; none before that

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)  # a child has the pool but not its threads: it would wait for ever


def usual_threads() -> int:
    """As many threads as BLAS would use: one a core, or what OPENBLAS_NUM_THREADS or OMP_NUM_THREADS says."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "")
        if value.isdecimal() and int(value) > 0:
            return int(value)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_parts(work: Callable[[slice], None], size: int, parts: int) -> None:
    """Call `work` with so many slices that make up ``range(size)``, the first in this thread, the others beside it.

    `work` must let go of the GIL, and must not call this function. What it raises comes out of here, after all have
    ended.

    Examples
    --------
    >>> done = []
    >>> in_parts(lambda part: done.append((part.start, part.stop)), 10, 3)
    >>> sorted(done)
    [(0, 3), (3, 6), (6, 10)]
    """
    bounds = [size * part // parts for part in range(parts + 1)]
    slices = [slice(start, stop) for start, stop in pairwise(bounds) if stop > start]
    if len(slices) > 1 and not _pools:
        _pools.append(ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="w2vcore-query"))
    waiting = [_pools[0].submit(work, part) for part in slices[1:]]
    try:
        for part in slices[:1]:
            work(part)
    finally:
        failures = [future.exception() for future in waiting]
    for failure in failures:
        if failure is not None:
            raise failure
