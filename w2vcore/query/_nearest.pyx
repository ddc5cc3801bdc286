"""The door to the loop in nearest.h: checks the arrays, lets go of the GIL, and says whether there is a loop at all."""

import numpy as np

from w2vcore.kernels import _dispatch

from w2vcore.kernels._types cimport int64_t

cdef extern from "nearest.h" nogil:
    enum:
        W2V_NEAREST_BLOCK
        W2V_NEAREST_TILE
    ctypedef struct w2v_nearest_task:
        const float *vectors
        const float *inverse
        const float *queries
        float *bounds
        float *values
        int64_t *found
        float *scratch
        int64_t rows, stride, size, panels, wanted
    ctypedef void (*w2v_nearest_function)(const w2v_nearest_task *) noexcept

cdef extern from *:
    """
    #include <string.h>
    static w2v_nearest_function w2v_nearest_named(const char *name, int *panel)
    {
    #ifdef W2VCORE_HAVE_AVX512
        if (!strcmp(name, "avx512"))
            return *panel = W2V_NEAREST_PANEL_AVX512, w2v_nearest_avx512;
    #endif
    #ifdef W2VCORE_HAVE_AVX2
        if (!strcmp(name, "avx2"))
            return *panel = W2V_NEAREST_PANEL_AVX2, w2v_nearest_avx2;
    #endif
        return NULL;
    }
    """
    w2v_nearest_function w2v_nearest_named(const char *name, int *panel)


def panel(str isa):
    """Return how many queries a panel of the loop for an instruction set holds; 0 if there is no such loop."""
    cdef int size = 0
    w2v_nearest_named(isa.encode(), &size)
    return size


def search(vectors, inverse, queries, bounds, values, found, str isa=""):
    """Improve the best rows of some queries; see nearest.h for the arrays.

    Parameters
    ----------
    vectors : ndarray of float32, shape (rows, size), numbers of a row side by side
    inverse : ndarray of float32, shape (rows,)
    queries : ndarray of float32, shape (panels, size, panel)
    bounds : ndarray of float32, shape (panels * panel,)
    values, found : ndarrays of float32 and int64, shape (panels * panel, wanted)
    isa : str
        The instruction set; by default the active one.

    Raises
    ------
    ValueError
        If a type or shape does not fit, or there is no loop for this instruction set.
    """
    cdef w2v_nearest_task task
    cdef int lanes = 0
    name = isa or _dispatch.active()
    cdef w2v_nearest_function run = w2v_nearest_named(name.encode(), &lanes)
    if run is NULL or name not in _dispatch.available():
        raise ValueError(f"there is no search for the instruction set {name!r}")
    cdef const float[:, :] rows = vectors
    cdef const float[::1] scale = inverse
    cdef const float[:, :, ::1] panels = queries
    cdef float[::1] bound = bounds
    cdef float[:, ::1] best = values
    cdef int64_t[:, ::1] place = found
    if rows.shape[0] == 0 or rows.shape[1] == 0 or panels.shape[0] == 0:
        return
    if rows.strides[1] != sizeof(float) or rows.strides[0] % sizeof(float):
        raise ValueError(f"vectors must have the numbers of a row side by side, got strides {vectors.strides}")
    expected = [
        (scale.shape[0], rows.shape[0]), (panels.shape[1], rows.shape[1]), (panels.shape[2], lanes),
        (bound.shape[0], panels.shape[0] * lanes), (best.shape[0], bound.shape[0]), (place.shape[0], bound.shape[0]),
        (place.shape[1], best.shape[1]),
    ]
    if any(got != wanted for got, wanted in expected) or best.shape[1] == 0:
        raise ValueError(f"shapes do not fit, (got, wanted): {expected}")
    cdef float[::1] scratch = np.empty(W2V_NEAREST_BLOCK + W2V_NEAREST_TILE * rows.shape[1], np.float32)
    task.scratch = &scratch[0]
    task.vectors, task.inverse, task.queries = &rows[0, 0], &scale[0], &panels[0, 0, 0]
    task.bounds, task.values, task.found = &bound[0], &best[0, 0], &place[0, 0]
    task.rows, task.size, task.stride = rows.shape[0], rows.shape[1], rows.strides[0] // <int64_t> sizeof(float)
    task.panels, task.wanted = panels.shape[0], best.shape[1]
    with nogil:
        run(&task)
