"""Word vectors out of fastText's table of subwords, by subwords.h."""

from w2vcore.kernels._types cimport int64_t

cdef extern from "<stdint.h>" nogil:
    ctypedef unsigned char uint8_t

cdef extern from "subwords.h" nogil:
    int64_t w2v_add_subwords(
        const uint8_t *word, int64_t length, int64_t min_n, int64_t max_n, const float *table, int64_t buckets,
        int64_t size, float *sum)


def add_subwords(
    const uint8_t[::1] data, const int64_t[::1] offsets, const float[:, ::1] table, int64_t min_n, int64_t max_n,
    float[:, ::1] sums, int64_t[::1] counts,
):
    """Add to each row of `sums` the subwords of a word ``data[offsets[i]:offsets[i + 1]]``; their number to `counts`.

    The words stand between < and > already. A word without bytes is passed over.
    """
    cdef int64_t i, n = offsets.shape[0] - 1
    if sums.shape[0] != n or counts.shape[0] != n or sums.shape[1] != table.shape[1]:
        raise ValueError("the arrays do not fit each other")
    if not table.shape[0] or not table.shape[1] or table.shape[0] > 0x7FFFFFFF or not n or not data.shape[0]:
        return
    if offsets[0] < 0 or offsets[n] > data.shape[0]:
        raise ValueError("the offsets reach beyond the words")
    with nogil:
        for i in range(n):
            if offsets[i + 1] > offsets[i]:
                counts[i] += w2v_add_subwords(
                    &data[offsets[i]], offsets[i + 1] - offsets[i], min_n, max_n, &table[0, 0], table.shape[0],
                    table.shape[1], &sums[i, 0])
