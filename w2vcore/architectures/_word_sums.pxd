"""Sums of the rows of the words around a centre, kept from window to window (architectures/subword_cbow.py).

    planned   the words that come into reach of a centre, and how many leave it, are written into its unit
    named     the rows of those that come are called into the cache
    trained   first the words leave that are out of reach, and their rows take what their sums have received; then
              others come, and their rows are summed; then the block trains on the sums
"""

from w2vcore.architectures._bags cimport Bags
from w2vcore.kernels._contract cimport w2v_block_table, w2v_inputs, w2v_matrices, w2v_matrix, w2v_scratch
from w2vcore.kernels._types cimport int64_t, uint32_t

cdef struct Reached:     # the plan, for the part of a sentence that is walked over
    int64_t size         # of the ring; 0: no sums are kept
    int64_t base         # the first place that came into reach: its slot is 0
    int64_t left         # places before this one have left
    int64_t come         # those before this one have come
    float *weights       # [size] the sum of the weights of the rows of the word in each slot

cdef struct Coming:      # of a unit: what happens before it
    uint32_t *words      # [size] those that come into reach
    int64_t n
    int64_t leaving      # how many leave, the oldest first
    bint begins          # all have left, and the first that comes takes slot 0

cdef struct WordSums:    # the ring, in the order of training
    int64_t size
    int64_t stride
    int64_t oldest       # slot of the word that leaves first
    int64_t n            # words in it
    w2v_matrix matrix    # [size] the sums, for blocks
    float *sums          # [size x stride] the same
    float *before        # [size x stride] as they were when they came
    float *factors       # [size] by how much a sum moves if each of its rows receives an error of 1
    uint32_t *words      # [size]


cdef inline float weights_of(const Bags *bags, uint32_t word) noexcept nogil:
    """The sum of the weights of a word's rows."""
    cdef int64_t i
    cdef float total = 0
    if bags.indptr is NULL:
        return 1
    if bags.weights is NULL:
        return bags.indptr[word + 1] - bags.indptr[word]
    for i in range(bags.indptr[word], bags.indptr[word + 1]):
        total += bags.weights[i]
    return total


cdef inline w2v_inputs rows_of(const Bags *bags, const uint32_t *word) noexcept nogil:
    """The rows that stand for a word, as they are."""
    cdef w2v_inputs inputs
    inputs.scale = inputs.error_scale = inputs.weight = 1
    inputs.counts = NULL
    if bags.indptr is NULL:
        inputs.rows, inputs.n = word, 1
        return inputs
    inputs.rows = bags.rows + bags.indptr[word[0]]
    inputs.n = bags.indptr[word[0] + 1] - bags.indptr[word[0]]
    if bags.weights is not NULL:
        inputs.counts = bags.weights + bags.indptr[word[0]]
    return inputs


cdef inline float factor_of(const w2v_matrices *m, const w2v_inputs *inputs) noexcept nogil:
    """By how much the sum of these rows moves if each receives an error of 1 times its weight and its lock."""
    cdef int64_t i
    cdef float total = 0, weight
    if inputs.counts is NULL and m.lock is NULL:
        return inputs.n
    for i in range(inputs.n):
        weight = 1 if inputs.counts is NULL else inputs.counts[i]
        total += weight * weight * (1 if m.lock is NULL else m.lock[inputs.rows[i] % m.lock_size])
    return total


cdef inline void add_sum(
    WordSums *ring, uint32_t word, const w2v_matrices *m, const Bags *bags, const w2v_block_table *table,
    const w2v_scratch *scratch,
) noexcept nogil:
    """Sum the rows of a word that comes into reach."""
    cdef int64_t slot = (ring.oldest + ring.n) % ring.size, i
    cdef float *to = ring.sums + slot * ring.stride
    cdef float *before = ring.before + slot * ring.stride
    cdef w2v_inputs inputs
    ring.words[slot] = word
    inputs = rows_of(bags, &ring.words[slot])
    ring.factors[slot] = factor_of(m, &inputs)
    table.bag.gather(m, &inputs, scratch, to)
    for i in range(ring.stride):
        before[i] = to[i]
    ring.n += 1


cdef inline void release_sums(
    WordSums *ring, int64_t n, const w2v_matrices *m, const Bags *bags, const w2v_block_table *table,
    const w2v_scratch *scratch,
) noexcept nogil:
    """Let the oldest n words go: each of their rows receives the errors that the word has received."""
    cdef int64_t _gone, slot, i
    cdef float *after
    cdef float *change
    cdef w2v_inputs inputs
    for _gone in range(n):
        slot = ring.oldest
        ring.oldest = slot + 1 if slot + 1 < ring.size else 0
        ring.n -= 1
        if ring.factors[slot] == 0:
            continue
        after, change = ring.sums + slot * ring.stride, ring.before + slot * ring.stride
        for i in range(ring.stride):
            change[i] = after[i] - change[i]
        inputs = rows_of(bags, &ring.words[slot])
        inputs.error_scale = 1 / ring.factors[slot]
        table.bag.scatter(m, &inputs, scratch, change)


cdef inline void move_sums(
    WordSums *ring, const Coming *coming, const w2v_matrices *m, const Bags *bags, const w2v_block_table *table,
    const w2v_scratch *scratch,
) noexcept nogil:
    """Do what happens before a unit."""
    cdef int64_t i
    if coming.begins:
        release_sums(ring, ring.n, m, bags, table, scratch)
        ring.oldest = 0
    else:
        release_sums(ring, coming.leaving, m, bags, table, scratch)
    for i in range(coming.n):
        add_sum(ring, coming.words[i], m, bags, table, scratch)
