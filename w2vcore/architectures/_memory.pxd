"""The memory of a job: scratch that a worker makes once, and what it is lent for a job."""

from w2vcore.architectures._bags cimport Bags
from w2vcore.architectures._work cimport Work
from w2vcore.kernels._types cimport int64_t

cdef struct Sizes:        # what scratch memory has room for
    int64_t words         # of a sentence, or of the part of one that a job needs
    int64_t reach         # largest distance of a context with a weight; 0: contexts have none
    int64_t inputs        # rows of a unit
    bint links_repeats    # of words, for the walk
    int64_t objectives
    int64_t targets       # rows that an objective names for one positive,
    int64_t floats        # and what it takes of w2v_room.floats for each of them
    int64_t draws         # of random numbers, for one positive
    int64_t positives     # that a unit predicts; 0: its centre
    bint sharing_draws    # all of them have the same draws
    bint notes            # of what each of them named, for the sums of blocks
    int64_t sum_words     # whose sums of rows are kept; 0: none
    int64_t stride        # of the input matrix,
    int64_t widest        # and of the widest of all

cdef dict make_scratch(const Sizes *sizes)
cdef object lend_scratch(dict memory, Work *work)
cdef object lend_features(object features, Bags *bags)
cdef object lend_tags(object tags, int64_t sentences, int64_t input_rows, Bags *bags)
