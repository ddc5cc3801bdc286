"""DBOW: a unit is one tag and the words of a stretch of the document. Each tag by itself predicts each of its words.

It is the distributed bag of words of Le and Mikolov 2014 (arXiv:1405.4053). Words are targets alone: their input rows
are not read, and there are no windows.
"""

from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport Unit
from w2vcore.architectures._windows cimport WindowWorker
from w2vcore.kernels._types cimport int64_t

from .base import STRETCH


cdef inline int64_t end_of_group(const Walk *walk, int64_t stretch) noexcept nogil:
    """Where the centres end that are of one stretch of the sentence with the current one, and of one unit."""
    cdef int64_t at = walk.centre + 1, last = walk.centre + walk.most_positives
    cdef int64_t next = walk.origin + ((walk.positions[walk.centre] - walk.origin) // stretch + 1) * stretch
    while at < walk.stop and at < last and walk.positions[at] < next:
        at += 1
    return at


cdef bint next_group(Walk *walk, Unit *unit) noexcept nogil:
    """The next tag of the centres of a stretch; after the last tag the centres of the next one (see _units.pxd)."""
    cdef int64_t at, n = 0
    if walk.bags.n_tags == 0:
        walk.centre = walk.stop
    while walk.centre < walk.stop:
        if walk.context < 0:  # new centres: they end before this
            walk.context, walk.tag = end_of_group(walk, walk.stretch), 0
        if walk.tag < walk.bags.n_tags:
            for at in range(walk.centre, walk.context):
                unit.positives.words[n] = walk.ids[at]
                unit.positives.positions[n] = walk.positions[at]
                n += 1
            unit.positives.n = unit.examples = n
            unit.rows[0] = walk.bags.tags[walk.tag]
            unit.inputs.n = 1
            unit.inputs.scale = unit.inputs.error_scale = 1
            unit.ordinal = walk.tag
            unit.arriving = -1
            walk.tag += 1
            return True
        walk.centre = walk.context
        walk.context = -1
    return False


cdef class DbowWorker(WindowWorker):
    """A worker for DBOW."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
        self.choose(next_group, next_group, 1)
        self.is_mean = True
        self.window = 1  # words around a centre are not looked at
        self.predict(STRETCH, False)
