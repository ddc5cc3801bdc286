"""CBOW: a unit is one window. Its context rows are summed or averaged, and predict the centre.

With features the rows of all context words make one sum or mean, so that a word of many rows weighs more, as in
fastText. The tags of the sentence join them, each as a row (PV-DM of Le and Mikolov 2014, with the mean). Alone they
predict a centre that has no contexts.
"""

from w2vcore.architectures._windows cimport Unit, Walk, WindowWorker, take_bags, take_window


cdef bint next_window_mean(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context, for the mean of its rows, each of which gets the whole error."""
    if not take_window(walk, unit):
        return False
    unit.examples = 1
    unit.inputs.scale = <float>1 / unit.inputs.n
    unit.inputs.error_scale = 1
    return True


cdef bint next_window_sum(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context, for the sum of its rows, each of which gets its share of the error."""
    if not take_window(walk, unit):
        return False
    unit.examples = 1
    unit.inputs.scale = 1
    unit.inputs.error_scale = <float>1 / unit.inputs.n
    return True


cdef bint next_bags_mean(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_window_mean for features and tags."""
    cdef double total = take_bags(walk, unit)
    if total == 0:
        return False
    unit.examples = 1
    unit.inputs.scale = <float>(1 / total)
    unit.inputs.error_scale = 1
    return True


cdef bint next_bags_sum(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_window_sum for features and tags."""
    cdef double total = take_bags(walk, unit)
    if total == 0:
        return False
    unit.examples = 1
    unit.inputs.scale = 1
    unit.inputs.error_scale = <float>(1 / total)
    return True


cdef class CbowWorker(WindowWorker):
    """A worker for CBOW."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        self.choose(
            next_window_mean if config.cbow_mean else next_window_sum,
            next_bags_mean if config.cbow_mean else next_bags_sum,
            0 if config.window == "sentence" else 2 * config.window)
        self.is_mean = True
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
