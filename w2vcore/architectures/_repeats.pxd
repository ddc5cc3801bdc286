"""Rows that a window names several times, merged into distinct rows with counts."""

from w2vcore.kernels._types cimport int64_t, uint32_t

from libc.string cimport memset

cdef enum:
    QUADRATIC = 32  # rows up to which comparing all pairs beats a hash table


cdef inline int64_t slots_for(int64_t n) noexcept nogil:
    """Size of a hash table for n rows: a power of 2, at most half full."""
    cdef int64_t size = 2
    while size < 2 * n:
        size *= 2
    return size


cdef inline int64_t merge_repeats(uint32_t *rows, float *counts, int64_t n, uint32_t *slots) noexcept nogil:
    """Leave each row once, in order of first appearance, with its number of appearances; returns how many are left.

    `slots` is scratch for a hash table, used for windows that are too wide to compare each row with each.
    """
    cdef int64_t merged = 0, i, j, size
    cdef uint32_t row
    if n <= QUADRATIC:
        for i in range(n):
            row = rows[i]
            j = 0
            while j < merged and rows[j] != row:
                j += 1
            if j == merged:
                rows[j] = row
                counts[j] = 0
                merged += 1
            counts[j] += 1
        return merged
    size = slots_for(n)
    memset(slots, 0, size * sizeof(uint32_t))  # 0: free; else 1 + the place of a row
    for i in range(n):
        row = rows[i]
        j = (row * <uint32_t>2654435761) & (size - 1)  # multiplicative hashing (Knuth, TAOCP 3, 6.4)
        while slots[j] and rows[slots[j] - 1] != row:
            j = (j + 1) & (size - 1)
        if not slots[j]:
            rows[merged] = row
            counts[merged] = 0
            merged += 1
            slots[j] = <uint32_t>merged
        counts[slots[j] - 1] += 1
    return merged
