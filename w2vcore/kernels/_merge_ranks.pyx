"""What a rank does with its rows when several ranks merge: tell what has changed, and add a part of the sum."""

import numpy as np

from ._contract cimport W2V_SLOTS, w2v_curvature
from ._dispatch cimport block_table
from ._types cimport int64_t

# Eigenvectors that are treated each by itself.
MOST_EIGENVECTORS = W2V_SLOTS


cdef void take_changes(
        const float *own, const float *base, const int64_t *rows, int64_t n, int64_t stride, float *to) noexcept nogil:
    """to[i] = own[i] - base[i]; row i is rows[i], or i itself if `rows` is NULL."""
    cdef int64_t i, d, row
    for i in range(n):
        row = (rows[i] if rows is not NULL else i) * stride
        for d in range(stride):
            to[i * stride + d] = own[row + d] - base[row + d]


cdef class RankMatrix:
    """A matrix that one rank trains, as it is and as it was when each row was last merged.

    Parameters
    ----------
    own, base : ndarray of float32, shape (V, stride)
        Both padded to multiples of 16 columns.
    order : ndarray of int64, shape (V,), or None
        Numbers of the rows, as `start` and `stop` below count them; None: they are counted as they lie.
    """
    cdef float[:, ::1] own
    cdef float[:, ::1] base
    cdef int64_t[::1] order
    cdef bint ordered

    def __init__(self, own, base, order=None):
        if own.shape != base.shape or own.shape[1] % 16:
            raise ValueError(f"own {own.shape} and base {base.shape} must be of one shape, and padded")
        if order is not None and (len(order) != len(own) or not np.array_equal(np.sort(order), np.arange(len(own)))):
            raise ValueError(f"order must name each of the {len(own)} rows once")
        self.own = own
        self.base = base
        self.ordered = order is not None
        if self.ordered:
            self.order = order

    cdef check(self, int64_t start, int64_t stop, int64_t rows, int64_t columns):
        if not 0 <= start < stop <= self.own.shape[0] or rows != stop - start or columns != self.own.shape[1]:
            raise ValueError(
                f"rows {start} to {stop} of {self.own.shape[0]}, of {self.own.shape[1]} floats, do not fit an array of "
                f"{rows} rows of {columns}")

    def changes(self, int64_t start, int64_t stop, float[:, ::1] to):
        """Write what has changed in some rows since the last merge to an array of shape (stop - start, stride)."""
        self.check(start, stop, to.shape[0], to.shape[1])
        cdef int64_t first = 0 if self.ordered else start
        cdef const int64_t *rows = &self.order[start] if self.ordered else NULL
        with nogil:
            take_changes(&self.own[first, 0], &self.base[first, 0], rows, stop - start, self.own.shape[1], &to[0, 0])

    def merge_ranks(
            self, int64_t start, int64_t stop, float[:, ::1] sums, float[::1] accumulated_lr, float[::1] log_growth,
            float[:, ::1] eigenvectors, float[::1] eigenvalues, float rest, int64_t ranks):
        """Add to some rows a part of what all ranks have changed in them; see block.h.

        Parameters
        ----------
        start, stop : int
        sums : ndarray of float32, shape (stop - start, stride)
            Sums of the changes over all ranks.
        accumulated_lr : ndarray of float32, shape (stop - start,)
            Updates of each row by one rank since its last merge, times the learning rate.
        log_growth : ndarray of float32, shape (stop - start,)
            Logarithm of how much more a rank would have changed, had another one done its work before.
        eigenvectors : ndarray of float32, shape (MOST_EIGENVECTORS, stride)
            Orthonormal rows, or zeros.
        eigenvalues : ndarray of float32, shape (MOST_EIGENVECTORS,)
            The share by which an update at a rate of 1 reduces the distance along each.
        rest : float
            The mean of the other eigenvalues.
        ranks : int
        """
        cdef w2v_curvature curvature
        cdef int64_t first = 0 if self.ordered else start
        cdef const int64_t *rows = &self.order[start] if self.ordered else NULL
        self.check(start, stop, sums.shape[0], sums.shape[1])
        self.check(start, stop, accumulated_lr.shape[0], eigenvectors.shape[1])
        vectors, values = eigenvectors.shape[0], eigenvalues.shape[0]
        if log_growth.shape[0] != stop - start or not vectors == values == W2V_SLOTS or ranks < 1:
            raise ValueError(
                f"need a log_growth for each of {stop - start} rows, {W2V_SLOTS} eigenvectors and eigenvalues, a rank "
                f"at least, got {log_growth.shape[0]}, {vectors}, {values} and {ranks}")
        for k in range(W2V_SLOTS):
            curvature.eigenvector[k] = &eigenvectors[k, 0]
            curvature.eigenvalue[k] = eigenvalues[k]
        curvature.rest = rest
        curvature.ranks = ranks
        curvature.stride = self.own.shape[1]
        with nogil:
            block_table().merge_ranks(
                &curvature, &self.own[first, 0], &self.base[first, 0], rows, stop - start, &sums[0, 0],
                &accumulated_lr[0], &log_growth[0])
