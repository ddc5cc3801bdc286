"""What other architectures take from CBOW."""

from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport Unit
from w2vcore.architectures._windows cimport WindowWorker


cdef inline void scale(const Walk *walk, Unit *unit, float share) noexcept nogil:
    """Let the unit be one example, whose rows have this share of it for each unit of their weights."""
    unit.examples = 1
    unit.inputs.scale = share if walk.mean else 1
    unit.inputs.error_scale = share if walk.shares_error else 1


cdef class CbowWorker(WindowWorker):
    pass
