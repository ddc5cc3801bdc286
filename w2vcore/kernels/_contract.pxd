"""What floor 2 and the backends agree on: the selector type, the block table, and the two objects that carry them.

architecture (chooses input rows)  ->  selector (names target rows and labels)  ->  block (arithmetic on both)

An architecture knows objectives only as `Selector`, an objective knows architectures not at all, and both know the
block only as a table of function pointers. The meaning of a block is in block.h, the random numbers in random.h.
"""

from ._types cimport int64_t, uint32_t, uint64_t

cdef extern from "block.h" nogil:
    ctypedef struct w2v_matrices:
        float *inputs
        float *targets
        int64_t stride
        const float *lock
        int64_t lock_size
        float alpha
    ctypedef struct w2v_rows:
        const uint32_t *inputs
        const float *input_counts
        int64_t n_inputs
        const uint32_t *targets
        const float *labels
        const float *target_counts
        int64_t n_targets
        float scale
    ctypedef struct w2v_scratch:
        float *floats
    ctypedef struct w2v_sums:
        double loss
    ctypedef void (*w2v_block)(const w2v_matrices *, const w2v_rows *, const w2v_scratch *, w2v_sums *) noexcept nogil
    ctypedef struct w2v_block_table:
        const char *name
        w2v_block pairs[2]
        w2v_block mean[2]
        void (*sigmoid)(float *, int64_t) noexcept nogil
    int64_t w2v_round_up(int64_t floats) noexcept
    int64_t w2v_scratch_floats(int64_t max_inputs, int64_t max_targets, int64_t stride) noexcept

# Names the target rows for one centre. Pure: it reads no weight matrix and keeps no state between calls, so it may be
# called words ahead. Rows come out distinct, each with the number of times it was drawn; there are at most
# `max_targets` of them. Returns how many.
#
#   state     the objective's tables
#   key       random key of the epoch for the objective's purpose
#   centre    id of the centre word
#   position  place of the centre in the epoch's encoded tokens, before subsampling
#   draw0     number of the first random draw to use for this position
#   rows, labels, counts   OUT [max_targets]
ctypedef int64_t (*w2v_select)(
    const void *state, uint64_t key, uint32_t centre, int64_t position, int64_t draw0,
    uint32_t *rows, float *labels, float *counts) noexcept nogil


cdef class Selector:
    """One objective, ready to be called without the GIL. Subclasses own the tables that `state` points to."""
    cdef w2v_select select
    cdef const void *state
    cdef readonly int64_t max_targets   # no call names more rows
    cdef readonly int64_t draws         # random draws a call uses: draw0 advances by this from pair to pair
    cdef readonly uint32_t purpose      # of its random numbers (random.h)
