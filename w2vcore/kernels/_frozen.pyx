"""A matrix that is only read, and rows after its own that are somebody's to write: for the block `frozen`."""

from ._contract cimport w2v_origin, w2v_whole
from ._replica cimport WorkerMatrix

from libc.stdint cimport uintptr_t

cdef enum:
    ALIGN = 64  # W2V_ROW_ALIGN


cdef class FrozenMatrix(WorkerMatrix):
    """A matrix of a model that is only asked.

    Parameters
    ----------
    frozen : ndarray of float32, shape (n, stride)
        A padded matrix; it may be read-only.
    own : ndarray of float32, shape (m, stride), optional
        Rows n, n + 1, and so on, to be written.
    """

    def __init__(self, frozen, own=None):
        cdef const float[:, ::1] rows = frozen
        cdef float[:, ::1] mine
        self.shared = frozen
        self.rows, self.stride = rows.shape[0], rows.shape[1]
        if <uintptr_t>&rows[0, 0] % ALIGN or self.stride % 16:
            raise ValueError(f"rows must be padded and aligned, got shape {frozen.shape} at {frozen.ctypes.data}")
        self.matrix = w2v_whole(&rows[0, 0])
        self.private = self.suspect = False
        if own is not None:
            mine = own
            if mine.shape[1] != self.stride or <uintptr_t>&mine[0, 0] % ALIGN:
                raise ValueError(f"own rows must be as those of the matrix, of {self.stride} floats, got {own.shape}")
            self.memory = own
            self.matrix.cut = self.rows
            self.matrix.origin[1] = w2v_origin(&mine[0, 0], self.rows, self.stride)
            self.rows += mine.shape[0]

    def detach(self, own, base, stops, lock, from_end=False, rows=None, features=None):
        """Refuse: nobody trains it."""
        raise ValueError("a frozen matrix is not trained")
