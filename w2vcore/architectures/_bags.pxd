"""What stands for words and sentences where that is more than a row for each word: features and tags, for C."""

from w2vcore.kernels._types cimport int64_t, uint32_t

cdef struct Bags:
    const int64_t *indptr        # the rows of word i are rows[indptr[i]:indptr[i + 1]]; NULL: the row i
    const uint32_t *rows
    const float *weights         # of these rows; NULL: all are 1
    const int64_t *tag_offsets   # where the tags of each sentence of the batch begin; NULL: there are none
    const uint32_t *tag_rows
    const uint32_t *tags         # [n_tags] rows of the current sentence
    int64_t n_tags


cdef inline void take_tags(Bags *bags, int64_t sentence) noexcept nogil:
    """Make a sentence the current one."""
    if bags.tag_offsets is NULL:
        return
    bags.tags = bags.tag_rows + bags.tag_offsets[sentence]
    bags.n_tags = bags.tag_offsets[sentence + 1] - bags.tag_offsets[sentence]
