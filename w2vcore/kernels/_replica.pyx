"""A matrix as one worker sees it: all of it shared, or the hottest rows as a copy of its own (replica.h)."""

import time

import numpy as np

from ._contract cimport w2v_origin, w2v_whole
from ._dispatch cimport block_table
from ._finite cimport flags_tell, w2v_flags, w2v_lower_flags, w2v_restore_flags
from ._types cimport int64_t

from libc.stdint cimport INT64_MAX, int32_t

# How long merge() sleeps when another worker is merging, which takes less than that.
PAUSE_SECONDS = 1e-4


cdef class WorkerMatrix:
    """A matrix as one worker sees it: shared with the others until `detach`, and again after `attach`.

    Parameters
    ----------
    shared : ndarray of float32, shape (n, stride)
        The model's padded matrix.
    """

    def __init__(self, shared):
        cdef float[:, ::1] rows = shared
        self.shared = shared
        self.rows, self.stride = rows.shape[0], rows.shape[1]
        self.matrix = w2v_whole(&rows[0, 0])
        self.private = False
        self.suspect = False

    def detach(self, own, base, from_end, lock):
        """Copy the hottest rows, and train on the copy from now on.

        Parameters
        ----------
        own, base : ndarray of float32, shape (hot, stride)
            Room for the copy and for what it was when it was last merged.
        from_end : bool
            Whether the hottest rows are the last ones, the very last one hottest of all; else they are the first ones.
        lock : ndarray of int32, shape (1,)
            A flag, 0, that the workers on this matrix share.
        """
        cdef float[:, ::1] rows = self.shared, mine = own, before = base
        cdef int32_t[::1] flag = lock
        cdef int64_t n = mine.shape[0], first = rows.shape[0] - n if from_end else 0
        if not (0 < n <= rows.shape[0] and before.shape[0] == n and mine.shape[1] == before.shape[1] == rows.shape[1]):
            raise ValueError(
                f"own {own.shape} and base {base.shape} must be of one shape, at most {rows.shape[0]} rows of "
                f"{rows.shape[1]}"
            )
        np.copyto(own, self.shared[first:first + n])
        np.copyto(base, own)
        self.memory = (own, base, lock)
        self.replica.shared = &rows[first, 0]
        self.replica.own = &mine[0, 0]
        self.replica.base = &before[0, 0]
        self.replica.n = n
        self.replica.stride = rows.shape[1]
        self.replica.from_end = from_end
        self.replica.lock = &flag[0]
        self.replica.ticks = self.replica.due = 0
        self.matrix.cut = first if from_end else n
        self.matrix.origin[1 if from_end else 0] = w2v_origin(&mine[0, 0], first, rows.shape[1])
        self.private = True

    def tick(self):
        """Merge the rows that are due, as a job does after each interval of blocks."""
        if self.private:
            w2v_tick(&self.replica, block_table())

    def merge(self):
        """Merge all hot rows, after whoever else is merging."""
        cdef bint done = not self.private, raised
        cdef w2v_flags flags
        while not done:
            with nogil:
                w2v_lower_flags(&flags)
                done = w2v_merge_rows(&self.replica, INT64_MAX, block_table())
                raised = w2v_restore_flags(&flags)
            if raised or not flags_tell():
                self.suspect = True
            if not done:
                time.sleep(PAUSE_SECONDS)

    def attach(self):
        """Merge all hot rows, and train on the shared ones again."""
        cdef float[:, ::1] rows = self.shared
        self.merge()
        self.matrix = w2v_whole(&rows[0, 0])
        self.private = False
        self.memory = None
