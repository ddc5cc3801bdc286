"""DBOW: a unit is one (tag, word) pair. Each tag of a document by itself predicts each of its words.

It is the distributed bag of words of Le and Mikolov 2014 (arXiv:1405.4053). Words are targets alone: their input rows
are not read, and there are no windows.
"""

from w2vcore.architectures._windows cimport Unit, Walk, WindowWorker, add_tag, begin_bag


cdef bint next_tag(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair of the walk (see _windows.pxd)."""
    while walk.centre < walk.stop:
        if walk.context < 0:  # a new centre
            walk.context = walk.tag = 0
        if walk.tag < walk.bags.n_tags:
            begin_bag(walk, unit)
            add_tag(walk, unit, walk.tag)
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.tag
            unit.examples = 1
            unit.inputs.scale = unit.inputs.error_scale = 1  # where it is a mean, of one row
            walk.tag += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef class DbowWorker(WindowWorker):
    """A worker for DBOW."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        self.choose(next_tag, next_tag, 1)
        self.pairing = True
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
        self.window = 1  # words around a centre are not looked at
