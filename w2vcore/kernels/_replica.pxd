"""A matrix as one worker sees it: all of it shared, or the hottest rows as a copy of its own (replica.h)."""

from libc.stdint cimport int32_t

from ._contract cimport w2v_block_table, w2v_matrix
from ._types cimport int64_t

cdef extern from "replica.h" nogil:
    ctypedef struct w2v_replica:
        float *shared
        const int64_t *rows
        float *own
        float *base
        int64_t n
        int64_t stride
        int from_end
        const int64_t *stops
        int64_t n_stops
        int32_t *lock
        int64_t ticks
        int64_t due
    bint w2v_merge_rows(w2v_replica *replica, int64_t count, const w2v_block_table *table) noexcept
    void w2v_tick(w2v_replica *replica, const w2v_block_table *table) noexcept


cdef class WorkerMatrix:
    """A matrix as one worker sees it."""
    cdef w2v_matrix matrix
    cdef w2v_replica replica
    cdef readonly object shared
    cdef readonly int64_t rows, stride
    cdef readonly bint private
    cdef readonly object features  # what stands for words while rows are private, if that is said by other numbers
    cdef public bint suspect   # a merge may have made a number infinite or NaN (finite.h); whoever reads it resets it
    cdef object memory             # keeps the copies alive
