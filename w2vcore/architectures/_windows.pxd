"""The walk over centres that all architectures share, and what an architecture adds to it."""

from w2vcore.kernels._contract cimport w2v_block, w2v_block_table, w2v_rows
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

# One call of the block, planned ahead: the input rows and, for each objective in turn, its target rows.
cdef struct Unit:
    uint32_t centre
    int64_t position       # of the centre
    int64_t ordinal        # of the unit within its window: it says which random draws are its own
    uint32_t *inputs       # [max_inputs]
    int64_t n_inputs
    float scale
    uint32_t *targets      # [max_targets]
    float *labels
    float *counts
    int64_t n_targets[2]   # of each objective; the second one's rows follow the first one's

# Fills the next unit of the walk (centre, position, ordinal, inputs, scale) and moves on; returns 0 at the end.
ctypedef bint (*next_unit)(Walk *walk, Unit *unit) noexcept nogil


cdef class WindowWorker:
    """One worker of one architecture: scratch memory, and the loop from tokens to blocks. Not shared by threads."""
    cdef next_unit next
    cdef w2v_block block
    cdef int64_t window            # 0: the whole sentence
    cdef int64_t max_inputs        # 0: as many as the longest sentence has words
    cdef object config, keep, lock, inputs, objectives, stop_flag
    cdef object memory             # keeps the scratch arrays alive
    cdef int64_t sentence_room, input_room
    cdef object prepare(self, int64_t longest, int64_t tokens)
    cdef void choose(self, next_unit next, int64_t max_inputs)
