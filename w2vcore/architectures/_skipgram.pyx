"""Skip-gram: a unit is one (context, centre) pair, or with shared negatives all pairs of a window.

Gensim's direction: the input row is the context word's, and the centre is the target. Contexts come in ascending order.

    pair     each pair has noise words of its own and sees what the pairs before it changed (word2vec.c, gensim)
    window   the pairs of one centre share its noise words and start from the same values (HogBatch: Ji et al. 2016)
"""

from w2vcore.architectures._windows cimport Unit, Walk, WindowWorker, arriving, merge_repeats, take_window
from w2vcore.kernels._dispatch cimport block_table


cdef bint next_pair(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair of the walk (see _windows.pxd)."""
    while walk.centre < walk.stop:
        unit.arriving = -1
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = 0
            unit.arriving = arriving(walk)
        if walk.context == walk.centre:
            walk.context += 1
        if walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]:
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.inputs[0] = walk.ids[walk.context]
            unit.n_inputs = 1
            unit.examples = 1
            walk.context += 1
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef bint next_shared_window(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context, each context word once with its count (see _windows.pxd)."""
    if not take_window(walk, unit):
        return False
    unit.examples = unit.n_inputs
    unit.n_inputs = merge_repeats(unit.inputs, unit.input_counts, unit.n_inputs, walk.slots)
    unit.merged = unit.n_inputs < unit.examples
    return True


cdef class SkipGramWorker(WindowWorker):
    """A worker for skip-gram."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag):
        if config.negative_sharing == "window":
            self.choose(next_shared_window, 0 if config.window == "sentence" else 2 * config.window)
        else:
            self.choose(next_pair, 1)
            self.twins = block_table().twins[1 if config.compute_loss else 0]
        self.block = block_table().pairs[1 if config.compute_loss else 0]
        super().__init__(config, keep, lock, inputs, objectives, stop_flag)
