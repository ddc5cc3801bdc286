"""Skip-gram: a unit is one (context, centre) pair.

Gensim's direction: the input row is the context word's, and the centre is the target. Contexts come in ascending order,
and each pair has noise words of its own.
"""

from w2vcore.architectures._windows cimport Unit, Walk, WindowWorker
from w2vcore.kernels._dispatch cimport block_table


cdef bint next_pair(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair of the walk (see _windows.pxd)."""
    while walk.centre < walk.stop:
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = 0
        if walk.context == walk.centre:
            walk.context += 1
        if walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]:
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.inputs[0] = walk.ids[walk.context]
            unit.n_inputs = 1
            walk.context += 1
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef class SkipGramWorker(WindowWorker):
    """A worker for skip-gram."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag):
        self.choose(next_pair, 1)
        self.block = block_table().pairs[1 if config.compute_loss else 0]
        super().__init__(config, keep, lock, inputs, objectives, stop_flag)
