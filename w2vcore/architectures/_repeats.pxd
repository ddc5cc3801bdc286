"""Rows that a window names several times, merged into distinct rows with counts."""

from w2vcore.kernels._slots cimport slot_of, slots_for
from w2vcore.kernels._types cimport int64_t, uint32_t

from libc.string cimport memset

cdef enum:
    QUADRATIC = 32  # rows up to which comparing all pairs beats a hash table


cdef inline void link_repeats(
    const uint32_t *rows, int64_t *previous, int64_t *latest, int64_t n, uint32_t *table,
) noexcept nogil:
    """Set previous[i] to the last place before i that has the same row; -1: none has. `table` is scratch.

    latest[i] is the largest of previous[0] to previous[i]: if it is below k, the rows k to i are distinct.
    """
    cdef int64_t i, slot, most = -1, size = slots_for(n)
    memset(table, 0, size * sizeof(uint32_t))
    for i in range(n):
        slot = slot_of(rows, rows[i], table, size)
        previous[i] = <int64_t>table[slot] - 1
        most = max(most, previous[i])
        latest[i] = most
        table[slot] = <uint32_t>(i + 1)


cdef inline int64_t merge_repeats(
    uint32_t *rows, float *counts, int64_t n, bint counted, uint32_t *slots,
) noexcept nogil:
    """Leave each row once, in order of first appearance, with the sum of its counts; returns how many are left.

    Unless they are `counted` each counts once. `slots` is scratch for a hash table, used for windows that are too wide
    to compare each row with each.
    """
    cdef int64_t merged = 0, i, j, size
    cdef uint32_t row
    cdef float count
    if n <= QUADRATIC:
        for i in range(n):
            row, count = rows[i], counts[i] if counted else 1
            j = 0
            while j < merged and rows[j] != row:
                j += 1
            if j == merged:
                rows[j] = row
                counts[j] = 0
                merged += 1
            counts[j] += count
        return merged
    size = slots_for(n)
    memset(slots, 0, size * sizeof(uint32_t))  # 0: free; else 1 + the place of a row
    for i in range(n):
        row, count = rows[i], counts[i] if counted else 1
        j = slot_of(rows, row, slots, size)
        if not slots[j]:
            rows[merged] = row
            counts[merged] = 0
            merged += 1
            slots[j] = <uint32_t>merged
        counts[slots[j] - 1] += count
    return merged
