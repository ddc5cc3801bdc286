"""Whether weights are still finite: known from the processor's flags, or looked at (finite.h)."""

import numpy as np

from ._contract cimport w2v_block_table
from ._dispatch cimport block_table
from ._types cimport int64_t

from libc.string cimport strcmp

cdef bint TELL = False


cdef bint flags_tell() noexcept nogil:
    return TELL


cdef bint an_overflow_raises_a_flag(const w2v_block_table *table):
    """Try it out: emulators of processors have been known to leave the flags alone."""
    cdef float[::1] shared = np.full(16, 3e38, np.float32), own = np.full(16, 3e38, np.float32)
    cdef float[::1] base = np.zeros(16, np.float32)
    cdef w2v_flags flags
    cdef bint calm, raised
    w2v_lower_flags(&flags)
    table.merge(&base[0], &base[0], &base[0], 0)
    calm = not w2v_restore_flags(&flags)
    w2v_lower_flags(&flags)
    table.merge(&shared[0], &own[0], &base[0], 16)
    raised = w2v_restore_flags(&flags)
    return calm and raised and not w2v_all_finite(&shared[0], 16)


# BLAS may compute in threads of its own, whose flags nobody sees.
TELL = strcmp(block_table().name, b"blas") != 0 and an_overflow_raises_a_flag(block_table())


def overflows_are_noted():
    """Return whether training notes by itself that a weight may have become infinite or NaN."""
    return TELL


def all_finite(const float[:, ::1] matrix):
    """Return whether all numbers of a matrix, its padding included, are finite: one pass, at the speed of memory.

    Examples
    --------
    >>> import numpy as np
    >>> all_finite(np.zeros((2, 3), np.float32)), all_finite(np.full((2, 3), np.inf, np.float32))
    (True, False)
    """
    cdef bint finite
    cdef int64_t n = matrix.shape[0] * matrix.shape[1]
    if n == 0:
        return True
    with nogil:
        finite = w2v_all_finite(&matrix[0, 0], n)
    return finite
