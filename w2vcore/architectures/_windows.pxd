"""The walk over centres that all architectures share, and what an architecture adds to it."""

from w2vcore.kernels._contract cimport w2v_block, w2v_block_table, w2v_named, w2v_room, w2v_rows, w2v_two_blocks
from w2vcore.kernels._random cimport w2v_random_block
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

# The kept tokens of one sentence, or of the part of it that a job needs, and a cursor over its centres.
cdef struct Walk:
    uint32_t *ids          # [size] kept tokens
    int64_t *positions     # [size] place of each in the epoch, before subsampling
    int64_t *reach         # [size] words on each side that its window takes; set for centres only
    int64_t size
    int64_t centre         # index of the current centre
    int64_t stop           # centres end before this index
    int64_t context        # skip-gram: index of the next context; -1: begin this centre's window
    int64_t ordinal        # skip-gram: how many contexts of this centre came before
    int64_t window         # of the settings, before it shrinks; 0: the whole sentence
    uint32_t *slots        # skip-gram with shared negatives: hash table to merge repeats, as long as the widest window

# One call of the block, planned ahead: the input rows and, for each objective in turn, its target rows.
cdef struct Unit:
    uint32_t centre
    int64_t position       # of the centre
    int64_t ordinal        # of the unit within its window: it says which random draws are its own
    uint32_t *inputs       # [max_inputs]
    float *input_counts    # [max_inputs], if `merged`
    bint merged            # repeated inputs stand once, with their counts
    int64_t n_inputs
    int64_t examples       # that the unit trains: pairs, or a window
    int64_t arriving       # an input row that will be needed soon, to be fetched; -1: none
    float scale            # CBOW: of the sum of the inputs,
    float error_scale      # and of the error that each receives
    w2v_random_block *numbers[2]  # of each objective
    w2v_room room[2]       # for what each names
    w2v_named named[2]     # what each names

# Fills the next unit of the walk, all but its targets, and moves on; returns 0 at the end.
ctypedef bint (*next_unit)(Walk *walk, Unit *unit) noexcept nogil


cdef class WindowWorker:
    """One worker of one architecture: scratch memory, and the loop from tokens to blocks. Not shared by threads."""
    cdef next_unit next
    cdef w2v_block block
    cdef w2v_two_blocks twins      # for two units of one centre, each with random draws of its own; NULL: one by one
    cdef int64_t window            # 0: the whole sentence
    cdef int64_t max_inputs        # 0: as many as the longest sentence has words
    cdef object config, keep, lock, inputs, objectives, stop_flag
    cdef bint suspect              # a job may have made a number infinite or NaN (finite.h)
    cdef int64_t since_tick        # units since the last tick of the replicas
    cdef object memory             # keeps the scratch arrays alive
    cdef int64_t sentence_room, input_room
    cdef object prepare(self, int64_t longest, int64_t tokens)
    cdef void choose(self, next_unit next, int64_t max_inputs)


cdef inline int64_t arriving(const Walk *walk) noexcept nogil:
    """The row of the word that comes into the window with this centre: the one input that no earlier unit has used."""
    if walk.window and walk.centre + walk.window < walk.size:
        return walk.ids[walk.centre + walk.window]
    return -1


cdef inline bint take_window(Walk *walk, Unit *unit) noexcept nogil:
    """Fill the unit with all contexts of the next centre that has any, repeats included; returns 0 at the end."""
    cdef int64_t at, last, n = 0
    while walk.centre < walk.stop:
        at = max(walk.centre - walk.reach[walk.centre], 0)
        last = walk.size - 1
        if walk.reach[walk.centre] < last - walk.centre:  # a sum could overflow: a whole sentence's reach is INT64_MAX
            last = walk.centre + walk.reach[walk.centre]
        while at <= last:
            if at != walk.centre:
                unit.inputs[n] = walk.ids[at]
                n += 1
            at += 1
        unit.n_inputs = n
        unit.centre = walk.ids[walk.centre]
        unit.position = walk.positions[walk.centre]
        unit.arriving = arriving(walk)
        walk.centre += 1
        if n:
            return True
    return False


cdef int64_t slots_for(int64_t n) noexcept nogil
cdef int64_t merge_repeats(uint32_t *rows, float *counts, int64_t n, uint32_t *slots) noexcept nogil
