"""CBOW: a unit is one window. Its context rows are summed or averaged, and predict the centre.

With features the rows of all context words make one sum or mean, so that a word of many rows weighs more, as in
fastText. The tags of the sentence join them, each as a row (PV-DM of Le and Mikolov 2014, with the mean). Alone they
predict a centre that has no contexts.

Each row of the mean gets the whole error, those of the sum get their share. With `cbow_corrected` those of the mean do,
too.
"""

from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport Unit, last_context, leave, take_bags, take_weighted_window, take_window
from w2vcore.architectures._windows cimport WindowWorker
from w2vcore.kernels._types cimport int64_t


cdef bint next_window_mean(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context, for the mean and whole errors: to ask costs 2 % of an epoch."""
    if not take_window(walk, unit):
        return False
    unit.examples = 1
    unit.inputs.scale = <float>1 / unit.inputs.n
    unit.inputs.error_scale = 1
    return True


cdef bint next_window(Walk *walk, Unit *unit) noexcept nogil:
    """The same for any mean or sum."""
    if not take_window(walk, unit):
        return False
    scale(walk, unit, <float>1 / unit.inputs.n)
    return True


cdef bint next_weighted_window(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_window where contexts have weights."""
    cdef double total = take_weighted_window(walk, unit)
    if total == 0:
        return False
    scale(walk, unit, <float>(1 / total))
    unit.weight = 1
    return True


cdef bint next_window_and_tags(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_bags where words have no features, and contexts no weights."""
    cdef int64_t at, last, n, tag
    while walk.centre < walk.stop:
        at, last = max(walk.centre - walk.reach[walk.centre], 0), last_context(walk)
        n = 0
        while at <= last:  # the centre is written over
            unit.rows[n] = walk.ids[at]
            n += at != walk.centre
            at += 1
        for tag in range(walk.bags.n_tags):
            unit.rows[n] = walk.bags.tags[tag]
            n += 1
        unit.inputs.n = n
        unit.inputs.counts = NULL
        leave(walk, unit)
        if n:
            scale(walk, unit, <float>1 / n)
            return True
    return False


cdef bint next_bags(Walk *walk, Unit *unit) noexcept nogil:
    """The same for features and tags, with weights or without."""
    cdef double total = take_bags(walk, unit)
    if total == 0:
        return False
    scale(walk, unit, <float>(1 / total))
    unit.weight = walk.weights is not NULL
    return True


cdef class CbowWorker(WindowWorker):
    """A worker for CBOW."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        cdef bint plain = config.cbow_mean and not config.cbow_corrected
        self.choose(
            next_weighted_window if config.weighs_contexts else next_window_mean if plain else next_window,
            next_window_and_tags if features is None and not config.weighs_contexts else next_bags,
            0 if config.window == "sentence" else 2 * config.window)
        self.is_mean = True
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
