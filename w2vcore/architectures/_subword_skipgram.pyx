"""Skip-gram with the centre as input: its rows against the targets of its contexts, as in fastText.

The other direction than in _skipgram.pyx, and the same pairs of words. A bag of n-grams is many rows. They are summed
when their word becomes the centre, and receive what the sum has received when the next one does (_word_sums.pxd).

    pair     a unit is a pair: the sum against a context and noise words of its own; it sees what the pairs before it
             changed, as if each of them had visited the rows
    window   a unit is the centre with several contexts, which share noise words (_positives.pxd); in wide windows it is
             a part of the contexts
"""

from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport Unit, last_context, take_bag
from w2vcore.architectures._windows cimport WindowWorker
from w2vcore.architectures._word_sums cimport weights_of
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


cdef bint next_pair_of_centre(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair of the walk (see _units.pxd): its input is the sum of the centre's rows, its target a context."""
    cdef int64_t last
    cdef float weight = 1
    while walk.centre < walk.stop:
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = 0
        last = last_context(walk)
        while walk.context <= last:
            if walk.weights is not NULL:
                weight = walk.weights[walk.context - walk.centre]
            if walk.context != walk.centre and weight > 0:
                break
            walk.context += 1
        if walk.context <= last:
            unit.coming.begins = walk.ordinal == 0
            unit.coming.leaving = 0
            unit.coming.n = unit.coming.begins
            unit.coming.words[0] = walk.ids[walk.centre]
            unit.rows[0] = 0
            unit.inputs.n = 1
            unit.inputs.scale = 1 / weights_of(&walk.bags, walk.ids[walk.centre])
            unit.inputs.error_scale = 1
            unit.inputs.weight = weight
            unit.weight = weight if walk.weights is not NULL else 0
            unit.centre = walk.ids[walk.context]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.arriving = -1
            unit.examples = 1
            walk.context += 1
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef bint next_centre(Walk *walk, Unit *unit) noexcept nogil:
    """The next centre with a context, or the next contexts of a centre that has too many for a unit (_units.pxd)."""
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
        self.is_mean = True
        if config.negative_sharing == "window":
            self.choose(next_centre, next_centre, 1)
            self.predict(MOST_POSITIVES, True)
        else:
            self.choose(next_pair_of_centre, next_pair_of_centre, 1)
            self.sum_words = 1

    def run(self, batch, int64_t start, int64_t stop, int64_t position, float alpha, int64_t epoch, int64_t tick=1):
        """See WindowWorker; there is no place for tags here."""
        if batch.tags is not None:
            raise ValueError("the architecture 'subword_skipgram' does not train tags of sentences")
        return super().run(batch, start, stop, position, alpha, epoch, tick)
