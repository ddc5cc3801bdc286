"""What floor 2 and the backends agree on: the selector type, the block table, and the two objects that carry them.

architecture (chooses input rows)  ->  selector (names target rows and labels)  ->  block (arithmetic on both)

An architecture knows objectives only as `Selector`, an objective knows architectures not at all, and both know the
block only as a table of function pointers. The meaning of a block is in block.h, the random numbers in random.h.
"""

from libc.stdint cimport uintptr_t

from ._random cimport w2v_random_block
from ._types cimport int64_t, uint8_t, uint32_t, uint64_t

cdef extern from "block.h" nogil:
    enum:
        W2V_RUN
        W2V_COMING
        W2V_COMING_ALWAYS
        W2V_SLOTS
        W2V_JUDGE_EXAMPLES
        W2V_JUDGE_TARGETS
        W2V_LINK_SIGMOID
        W2V_LINK_SOFTMAX
    ctypedef struct w2v_matrix:
        uintptr_t origin[2]
        int64_t cut
    ctypedef struct w2v_matrices:
        const w2v_matrix *inputs
        const w2v_matrix *targets
        int64_t stride
        int64_t columns
        const float *lock
        int64_t lock_size
        float alpha
        int judge
        int link
    ctypedef struct w2v_inputs:
        const uint32_t *rows
        const float *counts
        int64_t n
        float scale
        float error_scale
        float weight
    ctypedef struct w2v_examples:
        const uint32_t *places
        const float *labels
        const float *counts
        const int64_t *ends
        const float *weights
        int64_t n
    ctypedef struct w2v_targets:
        const uint32_t *rows
        const uint8_t *labels
        const float *counts
        int64_t n
        const float *soft_labels
        const float *offsets
        const w2v_examples *examples
    ctypedef struct w2v_scratch:
        float *floats
        const float *coming[W2V_COMING]
        void (*meanwhile)(void *) noexcept nogil
        void *context
    ctypedef struct w2v_sums:
        double loss
        double judged
        double correct
    ctypedef void (*w2v_block)(
        const w2v_matrices *, const w2v_inputs *, const w2v_targets *, const w2v_scratch *, w2v_sums *) noexcept nogil
    ctypedef void (*w2v_two_blocks)(
        const w2v_matrices *, const w2v_inputs *, const w2v_targets *, const w2v_inputs *, const w2v_targets *,
        const w2v_scratch *, w2v_sums *) noexcept nogil
    ctypedef void (*w2v_block_of_several)(
        const w2v_matrices *, const w2v_inputs *, const w2v_targets *, int64_t examples, const w2v_scratch *,
        w2v_sums *) noexcept nogil
    ctypedef struct w2v_blocks:
        w2v_block pairs[2]
        w2v_block mean[2]
        w2v_two_blocks paired[2]
        w2v_block_of_several several[2]
    ctypedef struct w2v_frozen_blocks:
        w2v_block mean
        w2v_block_of_several several
    ctypedef struct w2v_bag_kernels:
        void (*gather)(const w2v_matrices *, const w2v_inputs *, const w2v_scratch *, float *sum) noexcept nogil
        void (*scatter)(
            const w2v_matrices *, const w2v_inputs *, const w2v_scratch *, const float *error) noexcept nogil
    ctypedef struct w2v_curvature:
        float *eigenvector[W2V_SLOTS]
        float eigenvalue[W2V_SLOTS]
        float rest
        int64_t stride
        int64_t ranks
    ctypedef struct w2v_block_table:
        const char *name
        w2v_blocks hard
        const w2v_blocks *soft
        const w2v_block *joined
        const w2v_frozen_blocks *frozen
        w2v_bag_kernels bag
        void (*sigmoid)(float *, int64_t) noexcept nogil
        void (*merge)(float *shared, float *own, float *base, int64_t floats) noexcept nogil
        void (*merge_ranks)(
            const w2v_curvature *, float *own, float *base, const int64_t *rows, int64_t n, float *sums,
            const float *accumulated_lr, const float *log_growth) noexcept nogil
        void (*random)(
            uint64_t key, const uint64_t *stream, const uint64_t *block, int64_t runs, int64_t length,
            w2v_random_block *out) noexcept nogil
    uintptr_t w2v_origin(const float *rows, int64_t first, int64_t stride) noexcept
    w2v_matrix w2v_whole(const float *rows) noexcept
    w2v_scratch w2v_scratch_at(float *floats) noexcept
    float *w2v_row(const w2v_matrix *matrix, uint32_t row, int64_t stride) noexcept
    int64_t w2v_round_up(int64_t floats) noexcept
    int64_t w2v_scratch_floats(int64_t max_inputs, int64_t max_targets, int64_t stride) noexcept

# Memory for what a selector names in one call: its result points there, or into its tables.
cdef struct w2v_room:
    uint32_t *rows      # [max_targets]
    float *counts       # [max_targets]
    float *floats       # [max_targets * Selector.floats] for offsets, or soft labels, or both

# Names the target rows for one centre. Pure: it reads no weight matrix, keeps no state between calls and makes no
# random numbers of its own, so it may be called words ahead, with numbers made in batches. Rows come out distinct;
# there are at most `max_targets` of them.
#
#   state         the objective's tables
#   centre        id of the centre word
#   numbers       the call's random numbers, two for each of its draws (see w2v_draw_block)
#   room          memory for what is named
#   named         the result: rows, labels, counts and n are written. Soft labels and offsets are NULL before, and only
#                 a selector with `floats` writes them: its blocks are the soft ones, as for any link but the sigmoid
ctypedef void (*w2v_select)(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room,
    w2v_targets *named) noexcept nogil

# Starts to fetch into the cache what `select` will read for that centre and those numbers. It has no other effect.
ctypedef void (*w2v_warm)(const void *state, uint32_t centre, const uint32_t *numbers) noexcept nogil

# Where the numbers of a draw stand in the stream of its position (the centre's place in the epoch's encoded tokens,
# before subsampling): two draws to a block of four. The n draws from `draw` on take the blocks from
# w2v_draw_block(draw) to w2v_draw_block(draw + n - 1), and of the first block the numbers from w2v_draw_word(draw) on.
cdef inline int64_t w2v_draw_block(int64_t draw) noexcept nogil:
    return draw >> 1

cdef inline int64_t w2v_draw_word(int64_t draw) noexcept nogil:
    return 2 * (draw & 1)


cdef class Selector:
    """One objective, ready to be called without the GIL. Subclasses own the tables that `state` points to."""
    cdef w2v_select select
    # Names what is drawn, for a centre that no word is, where the targets of an example are its row and all these but
    # that one; NULL: only `select` knows.
    cdef w2v_select noise
    cdef w2v_warm warm
    cdef const void *state
    cdef readonly int64_t max_targets   # no call names more rows
    cdef readonly int64_t draws         # that a call uses; the next pair of the same centre continues after them
    cdef readonly int64_t n_cached      # leading rows that are assumed to be in the cache, and are not prefetched
    cdef readonly int64_t floats        # of w2v_room.floats that it takes for each row: 0, 1 or 2
    cdef readonly uint32_t purpose      # of its random numbers (random.h)
    cdef readonly int judge             # what is judged for the accuracy: W2V_JUDGE_EXAMPLES, or _TARGETS (block.h)
    cdef readonly int link              # from scores to chances: W2V_LINK_SIGMOID, or _SOFTMAX (block.h)
