"""All that a job works with: what the loop over units (_windows.pyx) goes through, in memory that _memory.pyx lends."""

from w2vcore.architectures._positives cimport Named
from w2vcore.architectures._sentences cimport TokenNumbers, Tokens, Walk
from w2vcore.architectures._units cimport next_unit, Unit
from w2vcore.architectures._word_sums cimport WordSums
from w2vcore.kernels._contract cimport (
    w2v_block, w2v_block_of_several, w2v_block_table, W2V_COMING, w2v_draw_block, w2v_matrices, W2V_RUN, w2v_scratch,
    w2v_select, w2v_sums, w2v_two_blocks, w2v_warm,
)
from w2vcore.kernels._replica cimport w2v_replica
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

from libc.stdint cimport int32_t

cdef enum:
    GROUP = 8            # units planned at once
    RING = 16            # units in the ring, a multiple of GROUP
    MAX_OBJECTIVES = 2

cdef struct Target:      # one objective
    w2v_select select
    w2v_select noise
    w2v_warm warm
    const void *state
    uint32_t purpose       # of its random numbers
    uint64_t key
    int64_t draws
    int64_t n_cached
    int64_t max_targets
    int64_t floats         # of its room, for each target
    w2v_matrices matrices  # the inputs and its own matrix, as its blocks see them
    w2v_block block
    w2v_block_of_several several

cdef struct Runs:        # scratch: where the random numbers of a group of units begin
    uint64_t *stream
    uint64_t *block

cdef struct Totals:
    int64_t words
    int64_t examples
    double weight

cdef struct Work:        # all that a job works with
    Tokens tokens
    TokenNumbers *token_numbers
    Walk walk
    next_unit next
    Unit ring[RING]
    Runs runs
    Target target[MAX_OBJECTIVES]
    int n_objectives
    const w2v_block_table *table
    w2v_two_blocks paired  # NULL: units are trained one by one
    bint predicts        # units have several positives,
    bint sharing_draws   # with the same random draws
    int64_t stretch      # tokens of a sentence that are trained by one job
    bint frozen          # targets are only read
    uint64_t seed
    Named one            # scratch for what one of them names
    WordSums words       # sums of rows that are the inputs of units, if it has a size
    w2v_matrices matrices  # the inputs alone
    int64_t bytes        # of all matrices
    bint is_far          # rows are fetched into the second cache alone
    w2v_scratch scratch
    int64_t most_coming  # rows that blocks can call into the cache,
    int64_t n_coming     # and those that the next one shall,
    const float *coming[W2V_COMING]  # which are these,
    int64_t last_coming  # that the last one has called
    w2v_replica *replica[1 + MAX_OBJECTIVES]
    int n_replicas
    int64_t tick         # units from one tick of the replicas to the next
    int64_t since_tick
    int64_t planned, named, trained  # units of the job so far
    int64_t ahead        # units between naming and training
    const int32_t *stop_flag
    w2v_sums sums
    Totals totals


cdef inline int64_t blocks_of(int64_t draws) noexcept nogil:
    """The most blocks of random numbers that so many draws take, wherever they begin."""
    return w2v_draw_block(draws) + 1 if draws else 0


cdef inline int64_t runs_of(int64_t draws) noexcept nogil:
    return (blocks_of(draws) + W2V_RUN - 1) // W2V_RUN
