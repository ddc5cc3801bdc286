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

    def detach(self, own, base, stops, lock, from_end=False, rows=None, features=None):
        """Copy the hottest rows, and train on the copy from now on.

        Parameters
        ----------
        own, base : ndarray of float32, shape (hot, stride)
            Room for the copy and for what it was when it was last merged.
        stops : ndarray of int64, shape (n,)
            How many of the hottest rows are merged at each tick, at each second one, each fourth one, and so on.
        lock : ndarray of int32, shape (1,)
            A flag, 0, that the workers on this matrix share.
        from_end : bool
            Whether the hottest rows are the last ones, the very last one hottest of all; else they are the first ones.
        rows : ndarray of int64, shape (hot,), optional
            The hottest rows, hottest first, wherever they are. While it is private, row ``rows[i]`` has the number
            ``self.rows + i``, by which its copy is trained; by its old number it is still the shared one.
        features : Features, optional
            What stands for each word by these numbers.
        """
        cdef float[:, ::1] shared = self.shared, mine = own, before = base
        cdef int32_t[::1] flag = lock
        cdef int64_t[::1] merged = stops, places
        cdef int64_t n = mine.shape[0], first = shared.shape[0] - n if from_end else 0
        fits = before.shape[0] == n and mine.shape[1] == before.shape[1] == shared.shape[1]
        if not 0 < n <= shared.shape[0] or not fits:
            raise ValueError(
                f"own {own.shape} and base {base.shape} must be of one shape, at most {shared.shape[0]} rows of "
                f"{shared.shape[1]}"
            )
        if rows is not None and (len(rows) != n or rows.min() < 0 or rows.max() >= shared.shape[0] or from_end):
            raise ValueError(f"rows must name {n} of the {shared.shape[0]} rows, hottest first")
        cdef int64_t last = merged.shape[0] - 1
        if last < 0 or merged[0] < 0 or merged[last] != n or (np.diff(stops) < 0).any():
            raise ValueError(f"stops must ascend to {n}, the number of copies, got {stops}")
        np.copyto(own, self.shared[first:first + n] if rows is None else self.shared[rows])
        np.copyto(base, own)
        self.memory = (own, base, lock, stops, rows)
        self.replica.shared = &shared[first, 0]
        self.replica.own = &mine[0, 0]
        self.replica.base = &before[0, 0]
        self.replica.n = n
        self.replica.stride = shared.shape[1]
        self.replica.from_end = from_end
        self.replica.stops = &merged[0]
        self.replica.n_stops = merged.shape[0]
        self.replica.lock = &flag[0]
        self.replica.ticks = self.replica.due = 0
        if rows is None:
            self.replica.rows = NULL
            self.matrix.cut = first if from_end else n
            self.matrix.origin[1 if from_end else 0] = w2v_origin(&mine[0, 0], first, shared.shape[1])
        else:
            places = rows
            self.replica.rows = &places[0]
            self.matrix.cut = shared.shape[0]
            self.matrix.origin[1] = w2v_origin(&mine[0, 0], shared.shape[0], shared.shape[1])
        self.features = features
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
        self.memory = self.features = None
