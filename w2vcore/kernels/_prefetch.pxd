"""The prefetches of prefetch.h, for Cython."""

from ._types cimport int64_t

cdef extern from "prefetch.h" nogil:
    void w2v_prefetch(const void *address) noexcept
    void w2v_prefetch_row(const float *row, int64_t floats) noexcept
    void w2v_prefetch_row_near(const float *row, int64_t floats) noexcept
