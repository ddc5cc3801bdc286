"""The counter-based random numbers of random.h, for Cython."""

from ._types cimport uint32_t, uint64_t

cdef extern from "random.h" nogil:
    ctypedef struct w2v_random_block:
        uint32_t word[4]
    enum:
        W2V_PURPOSE_TOKEN
    uint64_t w2v_random_key(uint64_t seed, uint64_t epoch, uint32_t purpose) noexcept
    w2v_random_block w2v_random(uint64_t key, uint64_t stream, uint64_t block) noexcept
    uint32_t w2v_below(uint32_t random, uint64_t n) noexcept
