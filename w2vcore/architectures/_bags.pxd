"""What stands for words and sentences where that is more than a row for each word: features and tags, as C sees them."""

from w2vcore.kernels._types cimport int64_t, uint32_t

cdef struct Bags:
    const int64_t *indptr        # the rows of word i are rows[indptr[i]:indptr[i + 1]]; NULL: the row i
    const uint32_t *rows
    const float *weights         # of these rows; NULL: all are 1
    const int64_t *tag_offsets   # where the tags of each sentence of the batch begin; NULL: there are none
    const uint32_t *tag_rows
    const uint32_t *tags         # [n_tags] rows of the current sentence
    int64_t n_tags


cdef inline object lend_features(features, Bags *bags):
    """Point to the rows of each id (model/features.py)."""
    cdef const int64_t[::1] indptr = features.indptr
    cdef const uint32_t[::1] rows = features.rows
    cdef const float[::1] weights = features.weights
    bags.indptr = &indptr[0]
    bags.rows = &rows[0] if rows.shape[0] else NULL
    bags.weights = NULL if weights is None else &weights[0]


cdef inline object lend_tags(tags, int64_t sentences, int64_t input_rows, Bags *bags):
    """Point to the tags (corpus/tagging.py), which must be those of so many sentences, and within the input matrix."""
    cdef const int64_t[::1] offsets = tags.offsets
    cdef const uint32_t[::1] rows = tags.rows
    if offsets.shape[0] != sentences + 1 or offsets[0] != 0 or offsets[sentences] != rows.shape[0]:
        raise ValueError(f"tags must be those of {sentences} sentences, got {offsets.shape[0] - 1}")
    if tags.highest >= input_rows:
        raise ValueError(f"batch has tag row {tags.highest}, the input matrix {input_rows} rows")
    bags.tag_offsets = &offsets[0]
    bags.tag_rows = &rows[0] if rows.shape[0] else NULL


cdef inline void take_tags(Bags *bags, int64_t sentence) noexcept nogil:
    """Make a sentence the current one."""
    if bags.tag_offsets is NULL:
        return
    bags.tags = bags.tag_rows + bags.tag_offsets[sentence]
    bags.n_tags = bags.tag_offsets[sentence + 1] - bags.tag_offsets[sentence]
