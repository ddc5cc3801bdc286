"""The subwords of words, and word vectors out of fastText's table of them, by subwords.h."""

import numpy as np

from cpython.exc cimport PyErr_CheckSignals

from w2vcore.kernels._types cimport int64_t, uint8_t, uint32_t, uint64_t

from libc.stdint cimport int32_t

cdef extern from "initial_rows.h" nogil:
    ctypedef struct w2v_u128:
        uint64_t high, low
    ctypedef struct w2v_initial_rows:
        pass

    void w2v_prepare_rows(w2v_initial_rows *rows, w2v_u128 state, w2v_u128 increment, int64_t size)
    void w2v_add_initial_row(const w2v_initial_rows *rows, uint64_t row, float *sum)

cdef extern from "subwords.h" nogil:
    ctypedef struct w2v_subword_table:
        const uint8_t *table
        int64_t size
        int64_t stride
        int is_half
        int64_t buckets
        const int32_t *kept
        const int32_t *kept_rows
        int64_t n_kept
        const int32_t *places
        const uint8_t *rest
        int64_t rest_stride
        const w2v_initial_rows *initial

    const uint32_t W2V_FNV_BASIS
    uint32_t w2v_fnv_step(uint32_t hash, uint8_t byte)
    int64_t w2v_add_subwords(
        const uint8_t *word, int64_t length, int64_t first, int64_t last, int64_t min_n, int64_t max_n,
        const w2v_subword_table *table, float *sum)
    int64_t w2v_list_subwords(
        const uint8_t *word, int64_t length, int64_t min_n, int64_t max_n, int64_t buckets, uint32_t *buckets_of)

cdef int32_t *_NOTHING = [0]  # where no hash was kept
# Hashes that are kept are looked for in a list; from so many for each byte of the words on, in a table of all hashes.
cdef int64_t _HASHES_A_BYTE = 32
cdef int64_t _WORK = 1 << 26  # numbers added up, some ten milliseconds, until Ctrl-C is looked for


def add_subwords(
    const uint8_t[::1] data, const int64_t[::1] offsets, table, int64_t min_n, int64_t max_n,
    float[:, ::1] sums, int64_t[::1] counts, int64_t buckets, const int32_t[:, ::1] kept=None, rest=None,
    const uint64_t[::1] initial=None,
):
    """Add to each row of `sums` the subwords of a word ``data[offsets[i]:offsets[i + 1]]``; their number to `counts`.

    The words stand between < and > already. A word without bytes is passed over. Of `buckets` hashes each has its row
    of the table, or those have that stand in ``kept[0]``, in ascending order; ``kept[1]`` has their rows. The table is
    of float32 or float16, and may begin at any byte; there may be gaps between its rows. Hashes that were not kept have
    the rows of `rest`, a table of all hashes, or those that a generator makes whose state, halves of 64 bits, and
    increment `initial` has; without either they do not count.
    """
    cdef int64_t i, first, last, length, found, n = offsets.shape[0] - 1, work = 0
    cdef int64_t n_rows = table.shape[0], size = table.shape[1]
    cdef bint is_half = table.dtype == np.float16
    if sums.shape[0] != n or counts.shape[0] != n or sums.shape[1] != size:
        raise ValueError("the arrays do not fit each other")
    if not is_half and table.dtype != np.float32:
        raise ValueError(f"the table must be of float32 or float16, got {table.dtype}")
    if not size or not n or not data.shape[0] or (not n_rows and rest is None and initial is None):
        return
    if not 0 < buckets <= 0x7FFFFFFF or (kept is None and buckets != n_rows):
        raise ValueError("the table does not have a row for each hash")
    if kept is not None and kept.shape[0] != 2:
        raise ValueError("the kept hashes and their rows do not fit each other")
    if offsets[0] < 0 or offsets[n] > data.shape[0]:
        raise ValueError("the offsets reach beyond the words")
    cdef const uint8_t[:, :] numbers = table.view(np.uint8)
    if numbers.strides[1] != 1:
        raise ValueError("the numbers of a row of the table must follow on each other")
    cdef w2v_subword_table rows
    rows.table, rows.size, rows.is_half, rows.buckets = NULL, size, is_half, buckets
    if n_rows:
        rows.table = &numbers[0, 0]
    rows.stride = numbers.strides[0]
    rows.kept = rows.kept_rows = NULL
    rows.n_kept = rows.rest_stride = 0
    rows.rest = NULL
    rows.places = NULL
    rows.initial = NULL
    cdef const uint8_t[:, :] others
    cdef const int32_t[::1] places
    cdef w2v_initial_rows made
    if rest is not None:
        if rest.dtype != table.dtype or rest.shape[0] != buckets or rest.shape[1] != size:
            raise ValueError("the rest does not have a row for each hash")
        others = rest.view(np.uint8)
        if others.strides[1] != 1:
            raise ValueError("the numbers of a row of the rest must follow on each other")
        rows.rest, rows.rest_stride = &others[0, 0], others.strides[0]
    elif initial is not None:
        _prepare(&made, initial, size)
        rows.initial = &made
    if kept is not None:
        for i in range(kept.shape[1]):
            if not 0 <= kept[1, i] < n_rows or (i and kept[0, i - 1] >= kept[0, i]):
                raise ValueError("the kept hashes are not in order, or their rows not in the table")
        if kept.shape[1]:
            rows.kept, rows.kept_rows, rows.n_kept = &kept[0, 0], &kept[1, 0], kept.shape[1]
        else:
            rows.kept = rows.kept_rows = _NOTHING
        if data.shape[0] * _HASHES_A_BYTE >= buckets:
            listed = np.full(buckets, -1, np.int32)
            listed[np.asarray(kept[0])] = kept[1]
            places = listed
            rows.places = &places[0]
    # the most starts of subwords that are looked at in one go: their work is bounded, that of a word is not
    cdef int64_t step = max(1, _WORK // (max(1, max_n) * (size + 8)))
    with nogil:
        for i in range(n):
            length = offsets[i + 1] - offsets[i]
            first = 0
            while first < length:
                last = min(first + step, length)
                found = w2v_add_subwords(
                    &data[offsets[i]], length, first, last, min_n, max_n, &rows, &sums[i, 0])
                counts[i] += found
                work += (last - first) * 8 * max_n + found * size
                first = last
                if work > _WORK:
                    work = 0
                    with gil:
                        PyErr_CheckSignals()


cdef void _prepare(w2v_initial_rows *rows, const uint64_t[::1] state, int64_t size) except *:
    cdef w2v_u128 before, increment
    if state.shape[0] != 4 or size < 1:
        raise ValueError("a generator has a state and an increment of two numbers each")
    before.high, before.low = state[0], state[1]
    increment.high, increment.low = state[2], state[3]
    w2v_prepare_rows(rows, before, increment, size)


def initial_rows(const int64_t[::1] buckets, const uint64_t[::1] initial, float[:, ::1] rows):
    """Write the rows of buckets that a generator makes, as in `add_subwords`."""
    cdef int64_t i, n = buckets.shape[0]
    if rows.shape[0] != n:
        raise ValueError("there is no row for each bucket")
    if not n or not rows.shape[1]:
        return
    cdef w2v_initial_rows made
    _prepare(&made, initial, rows.shape[1])
    rows[:, :] = 0
    for i in range(n):
        if buckets[i] < 0:
            raise ValueError(f"buckets must be at least 0, got {buckets[i]}")
        w2v_add_initial_row(&made, buckets[i], &rows[i, 0])
        if i % 65536 == 0:
            PyErr_CheckSignals()


def hash_texts(const uint8_t[::1] data, const int64_t[::1] offsets, int64_t[::1] hashes):
    """Write the hash of each text ``data[offsets[i]:offsets[i + 1]]`` as a whole."""
    cdef int64_t i, at, n = offsets.shape[0] - 1
    cdef uint32_t value
    if hashes.shape[0] != n or n < 0 or offsets[0] < 0 or offsets[n] > data.shape[0]:
        raise ValueError("the offsets reach beyond the texts, or there is no room for the hashes")
    for i in range(n):
        value = W2V_FNV_BASIS
        for at in range(offsets[i], offsets[i + 1]):
            value = w2v_fnv_step(value, data[at])
        hashes[i] = value


def list_subwords(const uint8_t[::1] data, const int64_t[::1] offsets, int64_t min_n, int64_t max_n, int64_t buckets):
    """Return the buckets of the subwords of each word ``data[offsets[i]:offsets[i + 1]]``: (borders, buckets).

    The words stand between < and > already. Those of word i are ``buckets[borders[i]:borders[i + 1]]``, in the order in
    which `add_subwords` adds them; a word without bytes has none.
    """
    cdef int64_t i, length, n = offsets.shape[0] - 1
    if not 0 < buckets <= 0x7FFFFFFF:
        raise ValueError(f"buckets must be an int from 1 to {0x7FFFFFFF}, got {buckets}")
    if n < 0 or offsets[0] < 0 or offsets[n] > data.shape[0]:
        raise ValueError("the offsets reach beyond the words")
    found = np.zeros(n + 1, np.int64)
    cdef int64_t[::1] borders = found
    for i in range(n):
        length = offsets[i + 1] - offsets[i]
        borders[i + 1] = borders[i]
        if length:
            borders[i + 1] += w2v_list_subwords(&data[offsets[i]], length, min_n, max_n, buckets, NULL)
        if i % 65536 == 0:
            PyErr_CheckSignals()
    numbers = np.empty(borders[n], np.uint32)
    cdef uint32_t[::1] written = numbers
    for i in range(n):
        if borders[i + 1] > borders[i]:
            w2v_list_subwords(
                &data[offsets[i]], offsets[i + 1] - offsets[i], min_n, max_n, buckets, &written[borders[i]])
    return found, numbers
