"""Threads for what can be cut into slices, such as queries: as many as BLAS would take, kept from one to the next."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

_pools: list[ThreadPoolExecutor] = []  # at most one, made at the first use; its threads start when they are needed

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        after_in_child=_pools.clear
    )  # a forked child has the pool without its threads, and would wait for ever


def usual_threads() -> int:
    """As many threads as BLAS would use: one a core, or what OPENBLAS_NUM_THREADS or OMP_NUM_THREADS says."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "")
        if value.isdecimal() and int(value) > 0:
            return int(value)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_slices(work: Callable[[slice], None], size: int, count: int) -> None:
    """Call `work` with `count` slices that make up ``range(size)``: the first in this thread, the others in the pool.

    `work` must release the GIL, and must not call this function. What it raises is raised here, after all calls have
    ended.

    Examples
    --------
    >>> done = []
    >>> in_slices(lambda some: done.append((some.start, some.stop)), 10, 3)
    >>> sorted(done)
    [(0, 3), (3, 6), (6, 10)]
    """
    bounds = [size * number // count for number in range(count + 1)]
    slices = [slice(start, stop) for start, stop in pairwise(bounds) if stop > start]
    if len(slices) > 1 and not _pools:
        _pools.append(ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="w2vcore-slices"))
    waiting = [_pools[0].submit(work, some) for some in slices[1:]]
    try:
        for some in slices[:1]:
            work(some)
    finally:
        failures = [future.exception() for future in waiting]
    for failure in failures:
        if failure is not None:
            raise failure
