"""Calls the loops in nearest.h: checks arrays, releases the GIL, and says whether this processor has loops."""

import numpy as np

from w2vcore.kernels import _dispatch

from libc.math cimport INFINITY, fabs, sqrt

from w2vcore.kernels._types cimport int64_t

cdef enum:
    MOST = 64  # rows that `best` can list

LISTED = MOST

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
    ctypedef struct w2v_cosines_task:
        const float *vectors
        const float *lengths
        const float *query
        float *cosines
        int64_t rows, stride, size
    ctypedef void (*w2v_cosines_function)(const w2v_cosines_task *) noexcept

cdef extern from *:
    """
    #include <string.h>
    typedef struct {
        const char *name;
        int panel;
        w2v_nearest_function nearest;
        w2v_cosines_function cosines;
    } w2v_search_loops;

    static const w2v_search_loops w2v_all_loops[] = {
    #ifdef W2VCORE_HAVE_AVX512
        {"avx512", W2V_NEAREST_PANEL_AVX512, w2v_nearest_avx512, w2v_cosines_avx512},
    #endif
    #ifdef W2VCORE_HAVE_AVX2
        {"avx2", W2V_NEAREST_PANEL_AVX2, w2v_nearest_avx2, w2v_cosines_avx2},
    #endif
        {"", 0, NULL, NULL},
    };

    static const w2v_search_loops *w2v_loops_of(const char *name)
    {
        const w2v_search_loops *loops = w2v_all_loops;
        while (loops->panel && strcmp(loops->name, name))
            loops++;
        return loops;
    }
    """
    ctypedef struct w2v_search_loops:
        int panel
        w2v_nearest_function nearest
        w2v_cosines_function cosines
    const w2v_search_loops *w2v_loops_of(const char *name)


cdef const w2v_search_loops *ACTIVE = w2v_loops_of(_dispatch.active().encode())


cdef const w2v_search_loops *loops_of(str isa) except NULL:
    """Return the loops for an instruction set, the active one by default."""
    if not isa:
        isa = _dispatch.active()
    cdef const w2v_search_loops *loops = w2v_loops_of(isa.encode())
    if not loops.panel or isa not in _dispatch.available():
        raise ValueError(f"there is no search for the instruction set {isa!r}")
    return loops


def panel(str isa=""):
    """Return how many queries a panel of the loop for an instruction set holds; 0 if there is no such loop."""
    return w2v_loops_of(isa.encode()).panel if isa else ACTIVE.panel


def cosines(vectors, lengths, query, result, str isa=""):
    """Compute the cosines of all rows with a query, whose length is 1.

    Parameters
    ----------
    vectors : ndarray of float32, shape (rows, size), numbers of a row side by side
    lengths : ndarray of float32, shape (rows,)
    query : ndarray of float32, shape (size,)
    result : ndarray of float32, shape (rows,)
        Takes the cosines.
    isa : str
        The instruction set; by default the active one.

    Raises
    ------
    ValueError
        If a type or shape does not fit, or there is no loop for this instruction set.
    """
    cdef const w2v_search_loops *loops = ACTIVE if ACTIVE.panel and not isa else loops_of(isa)
    cdef w2v_cosines_task task
    cdef const float[:, :] rows = vectors
    cdef const float[::1] scale = lengths
    cdef const float[::1] asked = query
    cdef float[::1] out = result
    if not scale.shape[0] == out.shape[0] == rows.shape[0] or asked.shape[0] != rows.shape[1]:
        raise ValueError(f"shapes do not fit: {vectors.shape}, {lengths.shape}, {query.shape}, {result.shape}")
    if rows.shape[0] == 0 or rows.shape[1] == 0:
        out[:] = 0
        return
    check_strides(rows)
    task.vectors, task.lengths, task.query, task.cosines = &rows[0, 0], &scale[0], &asked[0], &out[0]
    task.rows, task.size, task.stride = rows.shape[0], rows.shape[1], rows.strides[0] // <int64_t> sizeof(float)
    with nogil:
        loops.cosines(&task)


def best(const float[::1] values, int64_t wanted, excluded):
    """Return the rows of the largest values, best first and equal ones by row, in one pass; NaN counts as -infinity.

    Each value that beats the worst of those found so far is put in its place among them.

    Parameters
    ----------
    values : ndarray of float32, shape (n,)
    wanted : int
        At most LISTED.
    excluded : sequence of int
        Rows to leave out; at most LISTED.

    Raises
    ------
    ValueError
        If there is no room for that many.
    """
    cdef float kept[MOST]
    cdef int64_t rows[MOST]
    cdef int64_t left_out[MOST]
    cdef int64_t row, place, count = 0, others = len(excluded)
    cdef float value, bound = 0
    if wanted > MOST or others > MOST:
        raise ValueError(f"at most {MOST} rows can be listed, got wanted={wanted} and {others} excluded")
    for place in range(others):
        left_out[place] = excluded[place]
    with nogil:
        for row in range(values.shape[0] if wanted > 0 else 0):
            value = values[row] if values[row] == values[row] else -INFINITY
            if (count == wanted and value <= bound) or listed(left_out, others, row):
                continue
            place = count if count < wanted else wanted - 1
            count += count < wanted
            while place > 0 and kept[place - 1] < value:
                kept[place], rows[place] = kept[place - 1], rows[place - 1]
                place -= 1
            kept[place], rows[place] = value, row
            bound = kept[count - 1]
    return [rows[place] for place in range(count)]


cdef inline bint listed(const int64_t *rows, int64_t count, int64_t row) noexcept nogil:
    for place in range(count):
        if rows[place] == row:
            return True
    return False


def have_lengths(const float[:, :] vectors, const float[::1] lengths, rows, double tolerance):
    """Whether some rows still have these lengths, to a relative tolerance.

    A length of NaN or infinity counts as still right.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, size)
    lengths : ndarray of float32, shape (n,)
    rows : iterable of int
    tolerance : float
    """
    cdef int64_t row, k
    cdef double square, length, number
    for row in rows:
        square, length = 0, lengths[row]
        for k in range(vectors.shape[1]):
            number = vectors[row, k]
            square += number * number
        if fabs(sqrt(square) - length) > tolerance * length:
            return False
    return True


cdef check_strides(const float[:, :] rows):
    if rows.strides[1] != sizeof(float) or rows.strides[0] % sizeof(float) or rows.strides[0] < 0:
        raise ValueError("vectors must have the numbers of a row side by side")


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
    cdef const w2v_search_loops *loops = loops_of(isa)
    cdef int lanes = loops.panel
    cdef const float[:, :] rows = vectors
    cdef const float[::1] scale = inverse
    cdef const float[:, :, ::1] panels = queries
    cdef float[::1] bound = bounds
    cdef float[:, ::1] best = values
    cdef int64_t[:, ::1] place = found
    if rows.shape[0] == 0 or rows.shape[1] == 0 or panels.shape[0] == 0:
        return
    check_strides(rows)
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
        loops.nearest(&task)
