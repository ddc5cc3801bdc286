"""Loops over the words of sentences: means of the rows that they name, and in how many sentences each occurs."""

import numpy as np

from libc.string cimport memset

from w2vcore.kernels._prefetch cimport w2v_prefetch_row
from w2vcore.kernels._types cimport int64_t, uint32_t

cdef int64_t _AHEAD = 4  # rows on their way from memory


def mean_rows(
    const float[:, ::1] rows, const uint32_t[::1] ids, const int64_t[::1] offsets, float[:, ::1] means,
    int64_t[::1] counts,
):
    """Write the mean of the rows ``ids[offsets[s]:offsets[s + 1]]`` to ``means[s]``, and their number to ``counts[s]``.

    An id that is no number of a row is left out; the mean of nothing is zeros. Sums are in double.
    """
    cdef int64_t s, k, d, found, stop, n = offsets.shape[0] - 1
    cdef int64_t size = rows.shape[1], n_rows = rows.shape[0]
    if n < 0 or means.shape[0] != n or counts.shape[0] != n or means.shape[1] != size:
        raise ValueError("the arrays do not fit each other")
    for s in range(n):
        if not 0 <= offsets[s] <= offsets[s + 1] <= ids.shape[0]:
            raise ValueError("the offsets reach beyond the ids")
    if not n or not size:
        return
    cdef double[::1] scratch = np.empty(size, np.float64)
    cdef double *total = &scratch[0]
    cdef const float *row
    cdef float *mean
    cdef double share
    with nogil:
        for s in range(n):
            memset(total, 0, size * sizeof(double))
            found = 0
            stop = offsets[s + 1]
            for k in range(offsets[s], stop):
                if k + _AHEAD < stop and ids[k + _AHEAD] < n_rows:
                    w2v_prefetch_row(&rows[ids[k + _AHEAD], 0], size)
                if ids[k] < n_rows:
                    row = &rows[ids[k], 0]
                    for d in range(size):
                        total[d] += row[d]
                    found += 1
            counts[s] = found
            share = 1.0 / found if found else 0.0
            mean = &means[s, 0]
            for d in range(size):
                mean[d] = <float>(total[d] * share)


def count_sentences(const uint32_t[::1] ids, const int64_t[::1] offsets, int64_t[::1] containing):
    """Add to ``containing[id]`` the number of sentences in which an id occurs; ids beyond its end are left out."""
    cdef int64_t s, k, n = offsets.shape[0] - 1, rows = containing.shape[0]
    for s in range(n):
        if not 0 <= offsets[s] <= offsets[s + 1] <= ids.shape[0]:
            raise ValueError("the offsets reach beyond the ids")
    if n < 1 or not rows:
        return
    cdef int64_t[::1] last_seen = np.full(rows, -1, np.int64)
    with nogil:
        for s in range(n):
            for k in range(offsets[s], offsets[s + 1]):
                if ids[k] < rows and last_seen[ids[k]] != s:
                    last_seen[ids[k]] = s
                    containing[ids[k]] += 1
