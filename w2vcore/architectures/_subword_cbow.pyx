"""CBOW over sums of rows: a unit is one window, as in _cbow.pyx, but its inputs are the sums of its words' rows.

The rows of a word are visited when it comes into reach of the window and when it leaves, not for each of the ten
windows that it is in (_word_sums.pxd).
"""

from w2vcore.architectures._cbow cimport CbowWorker, scale
from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport Unit, last_context
from w2vcore.architectures._word_sums cimport weights_of
from w2vcore.kernels._types cimport int64_t, uint32_t

from .subword_sums import keeps_sums


cdef inline void plan_coming(Walk *walk, Unit *unit, bint begins) noexcept nogil:
    """Write into the unit which words come into reach of the walk's centre, and how many leave it."""
    cdef int64_t first = max(walk.centre - walk.window, 0), last = min(walk.centre + walk.window, walk.size - 1), slot
    unit.coming.begins = begins
    unit.coming.leaving = unit.coming.n = 0
    if not begins:
        unit.coming.leaving = first - walk.sums.left
    walk.sums.left = first
    slot = (walk.sums.come - walk.sums.base) % walk.sums.size
    while walk.sums.come <= last:
        walk.sums.weights[slot] = weights_of(&walk.bags, walk.ids[walk.sums.come])
        unit.coming.words[unit.coming.n] = walk.ids[walk.sums.come]
        unit.coming.n += 1
        walk.sums.come += 1
        slot = slot + 1 if slot + 1 < walk.sums.size else 0


cdef bint next_window_of_sums(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context (see _units.pxd)."""
    cdef int64_t at, last, slot, n, i
    cdef bint begins
    cdef float weight = 1
    cdef double total
    while walk.centre < walk.stop:
        begins = walk.context < 0  # the first centre of a part of a sentence that has a context
        if begins:
            walk.sums.base = walk.sums.come = max(walk.centre - walk.window, 0)
        at, last, n = max(walk.centre - walk.reach[walk.centre], 0), last_context(walk), 0
        slot = (at - walk.sums.base) % walk.sums.size
        while at <= last:
            if walk.weights is not NULL:
                weight = walk.weights[at - walk.centre]
            if at != walk.centre and weight > 0:
                unit.rows[n] = <uint32_t>slot
                unit.counts[n] = weight
                n += 1
            at += 1
            slot = slot + 1 if slot + 1 < walk.sums.size else 0
        if n:
            walk.context = 0
            plan_coming(walk, unit, begins)
            total = 0
            for i in range(n):
                total += unit.counts[i] * walk.sums.weights[unit.rows[i]]
            unit.inputs.n = n
            unit.inputs.counts = unit.counts if walk.weights is not NULL else NULL
            unit.weight = walk.weights is not NULL
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.arriving = -1
            scale(walk, unit, <float>(1 / total))
        walk.centre += 1
        if n:
            return True
    return False


cdef class SubwordCbowWorker(CbowWorker):
    """A worker for CBOW over sums of rows; in windows too wide for that, one over all rows of all words."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
        if keeps_sums(config):
            self.choose(next_window_of_sums, next_window_of_sums, 2 * config.window)
            self.sum_words = 2 * config.window + 1

    def run(self, batch, int64_t start, int64_t stop, int64_t position, float alpha, int64_t epoch, int64_t tick=1):
        """See WindowWorker; there is no place for tags here."""
        if batch.tags is not None:
            raise ValueError("the architecture 'subword_cbow' does not train tags of sentences")
        return super().run(batch, start, stop, position, alpha, epoch, tick)
