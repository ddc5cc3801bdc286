"""CBOW: a unit is one window. Its context rows are summed or averaged, and predict the centre."""

from w2vcore.architectures._windows cimport Unit, Walk, WindowWorker
from w2vcore.kernels._dispatch cimport block_table
from w2vcore.kernels._types cimport int64_t


cdef bint next_window(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context (see _windows.pxd)."""
    cdef int64_t at, last
    while walk.centre < walk.stop:
        unit.n_inputs = 0
        at = max(walk.centre - walk.reach[walk.centre], 0)
        last = walk.size - 1
        if walk.reach[walk.centre] < last - walk.centre:  # a sum could overflow: a whole sentence's reach is INT64_MAX
            last = walk.centre + walk.reach[walk.centre]
        while at <= last:
            if at != walk.centre:
                unit.inputs[unit.n_inputs] = walk.ids[at]
                unit.n_inputs += 1
            at += 1
        unit.centre = walk.ids[walk.centre]
        unit.position = walk.positions[walk.centre]
        walk.centre += 1
        if unit.n_inputs:
            return True
    return False


cdef bint next_window_mean(Walk *walk, Unit *unit) noexcept nogil:
    """As next_window, with the mean of the rows in place of their sum."""
    if not next_window(walk, unit):
        return False
    unit.scale = <float>1 / unit.n_inputs
    return True


cdef bint next_window_sum(Walk *walk, Unit *unit) noexcept nogil:
    """As next_window, with the sum of the rows."""
    unit.scale = 1
    return next_window(walk, unit)


cdef class CbowWorker(WindowWorker):
    """A worker for CBOW."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag):
        self.choose(
            next_window_mean if config.cbow_mean else next_window_sum,
            0 if config.window == "sentence" else 2 * config.window)
        self.block = block_table().mean[1 if config.compute_loss else 0]
        super().__init__(config, keep, lock, inputs, objectives, stop_flag)
