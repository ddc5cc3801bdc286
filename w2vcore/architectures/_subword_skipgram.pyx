"""Skip-gram with the centre as input: a unit is the centre's rows against the targets of all its contexts.

The other direction than in _skipgram.pyx, as in fastText, and the same pairs of words. A bag of n-grams is many rows:
they are summed once and receive the error once for all contexts of a centre, where each pair by itself would visit
them again. See _positives.pxd for what several contexts name. In wide windows a unit is a part of the contexts.
"""

from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._windows cimport Unit, WindowWorker, last_context, take_bag
from w2vcore.kernels._types cimport int64_t

from .base import MOST_POSITIVES


cdef inline int64_t take_positives(Walk *walk, Unit *unit) noexcept nogil:
    """Take contexts of the centre, from the walk's next one on, as the words that the unit predicts: how many."""
    cdef int64_t last = last_context(walk), n = 0
    cdef float weight = 1
    unit.weight = 0
    while walk.context <= last and n < walk.most_positives:
        if walk.weights is not NULL:
            weight = walk.weights[walk.context - walk.centre]
        if walk.context != walk.centre and weight > 0:
            unit.positives.words[n] = walk.ids[walk.context]
            unit.positives.weights[n] = weight
            unit.weight += weight
            n += 1
        walk.context += 1
    unit.positives.n = n
    if walk.weights is NULL:
        unit.weight = 0
    return n


cdef bint next_centre(Walk *walk, Unit *unit) noexcept nogil:
    """The next centre with a context, or the next contexts of a centre that has too many for a unit (_windows.pxd)."""
    while walk.centre < walk.stop:
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = 0
        if take_positives(walk, unit):
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.examples = unit.positives.n
            unit.inputs.scale = <float>(1 / take_bag(walk, unit, unit.centre))
            unit.inputs.error_scale = 1
            unit.inputs.weight = unit.positives.weights[0] if unit.positives.n == 1 else 1
            walk.ordinal += unit.positives.n
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef class SubwordSkipGramWorker(WindowWorker):
    """A worker for skip-gram with the centre as input."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
        self.choose(next_centre, next_centre, 1)
        self.predict(MOST_POSITIVES, config.negative_sharing == "window")
        self.is_mean = True

    def run(self, batch, int64_t start, int64_t stop, int64_t position, float alpha, int64_t epoch, int64_t tick=1):
        """See WindowWorker; there is no place for tags here."""
        if batch.tags is not None:
            raise ValueError("the architecture 'subword_skipgram' does not train tags of sentences")
        return super().run(batch, start, stop, position, alpha, epoch, tick)
