"""Calls the loops in floret.h: checks arrays and releases the GIL."""

import numpy as np

from cpython.exc cimport PyErr_CheckSignals

from w2vcore.kernels._types cimport int64_t, uint8_t, uint32_t

cdef extern from "floret.h" nogil:
    enum:
        W2V_FLORET_HASHES
    ctypedef struct w2v_floret:
        const float *table
        int64_t rows, size, stride, min_n, max_n, hashes
        uint32_t seed
    void w2v_murmur3(const uint8_t *text, int64_t length, uint32_t seed, uint32_t *hashes)
    int64_t w2v_add_floret(const w2v_floret *floret, const uint8_t *word, int64_t length, float *sum)
    int64_t w2v_list_floret(const w2v_floret *floret, const uint8_t *word, int64_t length, uint32_t *rows_of)

MOST_HASHES = W2V_FLORET_HASHES


def murmur3(const uint8_t[::1] text, uint32_t seed):
    """Return the four numbers of 32 bits that are the hash of a text."""
    cdef uint32_t hashes[W2V_FLORET_HASHES]
    cdef uint8_t nothing = 0
    w2v_murmur3(&text[0] if text.shape[0] else &nothing, text.shape[0], seed, hashes)
    return [hashes[i] for i in range(W2V_FLORET_HASHES)]


cdef void _check(const uint8_t[::1] data, const int64_t[::1] offsets, const w2v_floret *floret) except *:
    """Refuse words that reach beyond their bytes, and numbers that are out of bounds."""
    cdef int64_t i
    if not 1 <= floret.hashes <= W2V_FLORET_HASHES or floret.min_n < 0 or floret.max_n < 0:
        raise ValueError(f"{floret.hashes} hashes, n-grams of {floret.min_n} to {floret.max_n} characters")
    for i in range(offsets.shape[0] - 1):
        if not 0 <= offsets[i] <= offsets[i + 1] <= data.shape[0]:
            raise ValueError("the offsets reach beyond the words")


def add_parts(
    const uint8_t[::1] data, const int64_t[::1] offsets, const float[:, :] table, int64_t min_n, int64_t max_n,
    int64_t hashes, uint32_t seed, float[:, ::1] sums, int64_t[::1] counts,
):
    """Add to each row of `sums` the rows of the parts of a word ``data[offsets[i]:offsets[i + 1]]``, between its marks.

    Their number is added to `counts`. A word without bytes has none. There may be gaps between the rows of the table.
    """
    cdef int64_t i, n = offsets.shape[0] - 1
    cdef w2v_floret floret
    floret.rows, floret.size, floret.stride = table.shape[0], table.shape[1], table.strides[0] // 4
    floret.min_n, floret.max_n, floret.hashes, floret.seed = min_n, max_n, hashes, seed
    if n < 0 or sums.shape[0] != n or counts.shape[0] != n or sums.shape[1] != table.shape[1]:
        raise ValueError("the arrays do not fit each other")
    if table.shape[1] > 1 and table.strides[1] != 4 or table.strides[0] % 4:
        raise ValueError("the numbers of a row of the table must follow on each other")
    _check(data, offsets, &floret)
    if not n or not table.shape[0] or not table.shape[1]:
        return
    floret.table = &table[0, 0]
    with nogil:
        for i in range(n):
            if offsets[i + 1] > offsets[i]:
                counts[i] += w2v_add_floret(&floret, &data[offsets[i]], offsets[i + 1] - offsets[i], &sums[i, 0])
            if i % 4096 == 0:
                with gil:
                    PyErr_CheckSignals()


def list_parts(
    const uint8_t[::1] data, const int64_t[::1] offsets, int64_t rows, int64_t min_n, int64_t max_n, int64_t hashes,
    uint32_t seed,
):
    """Return which of `rows` rows the parts of each word have: where they begin and end in a list, and the list."""
    cdef int64_t i, n = offsets.shape[0] - 1
    cdef w2v_floret floret
    floret.table, floret.rows, floret.size, floret.stride = NULL, rows, 0, 0
    floret.min_n, floret.max_n, floret.hashes, floret.seed = min_n, max_n, hashes, seed
    if n < 0 or not 0 < rows <= 0xFFFFFFFF:
        raise ValueError(f"{n} words, and a table of {rows} rows")
    _check(data, offsets, &floret)
    borders = np.zeros(n + 1, np.int64)
    cdef int64_t[::1] ends = borders
    for i in range(n):
        ends[i + 1] = ends[i]
        if offsets[i + 1] > offsets[i]:
            ends[i + 1] += w2v_list_floret(&floret, &data[offsets[i]], offsets[i + 1] - offsets[i], NULL)
    found = np.empty(ends[n], np.uint32)
    cdef uint32_t[::1] listed = found
    for i in range(n):
        if ends[i + 1] > ends[i]:
            w2v_list_floret(&floret, &data[offsets[i]], offsets[i + 1] - offsets[i], &listed[ends[i]])
    return borders, found
