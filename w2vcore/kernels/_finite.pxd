"""Whether weights are still finite: known from the processor's flags, or looked at (finite.h)."""

from ._types cimport int64_t

cdef extern from "finite.h" nogil:
    ctypedef struct w2v_flags:
        pass
    void w2v_lower_flags(w2v_flags *flags) noexcept
    bint w2v_restore_flags(const w2v_flags *flags) noexcept
    bint w2v_all_finite(const float *floats, int64_t n) noexcept

# Whether a thread's flags tell what the blocks in use have done.
cdef bint flags_tell() noexcept nogil
