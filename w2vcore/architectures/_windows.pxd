"""A worker of an architecture, which says with it what its units are."""

from w2vcore.architectures._units cimport next_unit
from w2vcore.kernels._types cimport int64_t


cdef class WindowWorker:
    """One worker of one architecture: scratch memory, and the loop from tokens to blocks. Not shared by threads."""
    cdef next_unit next
    cdef next_unit next_of_bags    # the same where there are features or tags
    cdef bint is_mean               # the shape of its blocks (block.h): "mean", else "pairs"
    cdef bint merging              # the walk links repeats, for `take_merged_window`
    cdef bint joins                 # inputs are rows side by side
    cdef bint frozen               # targets, and input rows that are not the worker's own, are only read
    cdef int64_t most_positives     # that a unit predicts; 0: units predict their centre
    cdef bint sharing_draws         # all positives of a unit have its random draws; else each those of its place
    cdef int64_t stretch            # tokens of a sentence that are trained by one job; 1: jobs end anywhere
    cdef int64_t sum_words          # whose sums of rows are kept; 0: none
    cdef bint pairing               # two units of one centre go together if each has random draws of its own
    cdef int64_t window            # 0: the whole sentence
    cdef int64_t max_words         # that a unit takes as inputs; 0: as many as the longest sentence has
    cdef object config, keep, lock, inputs, objectives, stop_flag, features
    cdef bint suspect              # a job may have made a number infinite or NaN (finite.h)
    cdef int64_t since_tick        # units since the last tick of the replicas
    cdef object memory             # keeps the scratch arrays alive
    cdef int64_t sentence_room, input_room
    cdef int64_t inputs_of(self, int64_t words, int64_t tags)
    cdef int64_t reach_of(self, int64_t words)
    cdef object fill_weights(self, weights)
    cdef object prepare(self, int64_t longest, int64_t tokens, int64_t tags)
    cdef object train(
        self, batch, int64_t start, int64_t stop, int64_t position, const double[::1] rates, int64_t epoch,
        int64_t tick, bint alike)
    cdef void choose(self, next_unit next, next_unit next_of_bags, int64_t max_words)
    cdef void predict(self, int64_t most, bint sharing_draws)
