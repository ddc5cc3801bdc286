"""A hash table of rows, of which it has the places."""

from ._types cimport int64_t, uint32_t


cdef inline int64_t slots_for(int64_t n) noexcept nogil:
    """Size of a hash table for n rows: a power of 2, at most half full."""
    cdef int64_t size = 2
    while size < 2 * n:
        size *= 2
    return size


cdef inline int64_t slot_of(const uint32_t *rows, uint32_t row, const uint32_t *table, int64_t size) noexcept nogil:
    """The slot of a row, or a free one, in a table that has 1 + the place of each row, and 0 in free slots."""
    cdef int64_t i = (row * <uint32_t>2654435761) & (size - 1)  # multiplicative hashing (Knuth, TAOCP 3, 6.4)
    while table[i] and rows[table[i] - 1] != row:
        i = (i + 1) & (size - 1)
    return i
