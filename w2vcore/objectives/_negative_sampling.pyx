"""Negative sampling and its relatives: the alias table and the selectors.

A draw is a pure function of (key, position, draw number), so drawing words ahead, on another thread or on a GPU gives
the same words. Two 32-bit random numbers a draw: the first picks the slot by its high bits (no division), the second
one of its halves.
"""

import numpy as np

from w2vcore.kernels._contract cimport Selector, W2V_JUDGE_EXAMPLES, W2V_LINK_SOFTMAX, w2v_room, w2v_targets
from w2vcore.kernels._prefetch cimport w2v_prefetch
from w2vcore.kernels._random cimport w2v_below
from w2vcore.kernels._slots cimport slot_of, slots_for
from w2vcore.kernels._types cimport int64_t, uint8_t, uint32_t, uint64_t

from libc.string cimport memset

cdef enum:
    FEW = 12      # rows up to which comparing all pairs beats a hash table
    SLOTS = 4096  # of that table, for up to half as many rows

PURPOSE = 1  # of its random numbers, if no other is given


cdef struct AliasSlot:  # the halves of a slot side by side: one cache line a draw
    uint32_t threshold
    uint32_t alias


cdef struct NegativeState:
    const AliasSlot *slots
    uint64_t size
    int64_t negative
    const uint8_t *labels  # [1 + negative] a one, then zeros
    const float *offsets   # [size] of each word, or NULL


cdef void warm_negative(const void *state, uint32_t centre, const uint32_t *numbers) noexcept nogil:
    """Start to fetch the slots of the table: it is read all over, and rows drive it out of the cache."""
    cdef const NegativeState *table = <const NegativeState *>state
    cdef int64_t i
    for i in range(table.negative):
        w2v_prefetch(&table.slots[w2v_below(numbers[2 * i], table.size)])


cdef bint has_repeats(const uint32_t *rows, int64_t n) noexcept nogil:
    """Whether a row stands twice."""
    cdef int64_t i, j
    for i in range(1, n):
        for j in range(i):
            if rows[i] == rows[j]:
                return True
    return False


cdef int64_t merge_few(uint32_t *rows, float *counts, int64_t n) noexcept nogil:
    """Drop draws of the centre, rows[0], and let each other row stand once, with its number of draws."""
    cdef int64_t merged = 1, seen, i
    cdef uint32_t row
    counts[0] = 1
    for i in range(1, n):
        row = rows[i]
        if row == rows[0]:
            continue
        seen = 1
        while seen < merged and rows[seen] != row:
            seen += 1
        if seen == merged:
            rows[merged] = row
            counts[merged] = 0
            merged += 1
        counts[seen] += 1
    return merged


cdef int64_t merge_many(uint32_t *rows, float *counts, int64_t n) noexcept nogil:
    """The same with a hash table."""
    cdef uint32_t table[SLOTS]
    cdef int64_t size = min(slots_for(4 * n), SLOTS), merged = 1, slot, place, i
    cdef uint32_t row
    memset(table, 0, size * sizeof(uint32_t))
    counts[0] = table[slot_of(rows, rows[0], table, size)] = 1
    for i in range(1, n):
        row = rows[i]
        slot = slot_of(rows, row, table, size)
        place = table[slot]
        if place == 0:
            rows[merged] = row
            counts[merged] = 1
            merged += 1
            table[slot] = <uint32_t>merged
        elif place > 1:
            counts[place - 1] += 1
    return merged


cdef inline bint merge_draws(uint32_t *rows, float *counts, int64_t *n) noexcept nogil:
    """Merge n rows as merge_few does, if any stands twice; returns whether one does."""
    cdef int64_t before = n[0]
    if FEW < before <= SLOTS // 2:
        n[0] = merge_many(rows, counts, before)
        return n[0] < before
    if not has_repeats(rows, before):
        return False
    n[0] = merge_few(rows, counts, before)
    return True


cdef inline int64_t draw_rows(
    const NegativeState *table, uint32_t centre, const uint32_t *numbers, uint32_t *rows,
) noexcept nogil:
    """Name the centre, then the noise rows in order, repeats included; returns how many there are."""
    cdef const AliasSlot *slots = table.slots
    cdef uint64_t size = table.size
    cdef int64_t i
    cdef AliasSlot slot
    cdef uint32_t row, own
    rows[0] = centre
    for i in range(1, 1 + table.negative):
        row = w2v_below(numbers[0], size)
        slot = slots[row]
        own = -<uint32_t>(numbers[1] < slot.threshold)  # all bits or none: half of the branches would be mispredicted
        rows[i] = (row & own) | (slot.alias & ~own)
        numbers += 2
    return 1 + table.negative


cdef void select_negative(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """The centre, then the distinct noise rows in order of first draw, with their numbers of draws (_contract.pxd)."""
    cdef const NegativeState *table = <const NegativeState *>state
    named.rows = room.rows
    named.labels = table.labels
    named.counts = NULL
    named.n = draw_rows(table, centre, numbers, room.rows)
    if merge_draws(room.rows, room.counts, &named.n):
        named.counts = room.counts


cdef void select_noise(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """The distinct noise rows alone (see Selector.noise)."""
    cdef const NegativeState *table = <const NegativeState *>state
    cdef int64_t n = draw_rows(table, centre, numbers, room.rows)
    named.rows = room.rows + 1
    named.labels = table.labels + 1
    named.counts = NULL
    if merge_draws(room.rows, room.counts, &n):
        named.counts = room.counts + 1
    named.n = n - 1


cdef void select_with_offsets(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """The same with the offset of each row. A centre that is drawn as noise is that too: one of its counts is true."""
    cdef const NegativeState *table = <const NegativeState *>state
    cdef float *soft = room.floats + 1 + table.negative
    cdef int64_t i, times = 0
    named.rows = room.rows
    named.labels = table.labels
    named.soft_labels = NULL
    named.offsets = room.floats
    named.counts = NULL
    named.n = draw_rows(table, centre, numbers, room.rows)
    for i in range(named.n):
        times += room.rows[i] == centre
    if merge_draws(room.rows, room.counts, &named.n):
        named.counts = room.counts
    if times > 1:
        memset(soft, 0, named.n * sizeof(float))
        soft[0] = <float>1 / times
        room.counts[0] = times
        named.soft_labels = soft
    for i in range(named.n):
        room.floats[i] = table.offsets[room.rows[i]]


cdef void select_candidates(
    const void *state, uint32_t centre, const uint32_t *numbers, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """The centre, then the other distinct rows that are drawn, in order of first draw, with their offsets if any."""
    cdef const NegativeState *table = <const NegativeState *>state
    cdef int64_t i
    named.rows = room.rows
    named.labels = table.labels
    named.counts = NULL
    named.n = draw_rows(table, centre, numbers, room.rows)
    merge_draws(room.rows, room.counts, &named.n)
    if table.offsets is not NULL:
        for i in range(named.n):
            room.floats[i] = table.offsets[room.rows[i]]
        named.offsets = room.floats


cdef class NegativeSelector(Selector):
    """The selector of negative sampling.

    Parameters
    ----------
    threshold, alias : ndarray of uint32, shape (V,)
        As made by `alias_table`.
    negative : int
        Noise draws for an example.
    offsets : ndarray of float32, shape (V,), optional
        What is added to the score of each word. Draws of the centre are then not dropped but count as noise, as noise
        contrastive estimation needs it.
    purpose : int
        Of the random numbers: another objective with noise words needs another one.
    """

    cdef NegativeState table
    cdef object slots, labels, offsets  # keep the memory alive that `table` points to

    def __init__(self, threshold, alias, int64_t negative, offsets=None, uint32_t purpose=PURPOSE):
        if len(threshold) != len(alias) or not len(alias) or np.max(alias) >= len(alias) or negative < 1:
            raise ValueError(f"need an alias table of V > 0 slots and negative > 0, got {len(alias)} and {negative}")
        self.slots = np.ascontiguousarray(np.stack([threshold, alias], axis=1), np.uint32)
        cdef const uint32_t[:, ::1] view = self.slots
        self.labels = np.eye(1, 1 + negative, dtype=np.uint8)[0]
        cdef const uint8_t[::1] labels = self.labels
        self.table.slots = <const AliasSlot *>&view[0, 0]
        self.table.labels = &labels[0]
        self.table.size = <uint64_t>len(alias)
        self.table.negative = negative
        self.state = &self.table
        self.select = select_negative
        self.noise = select_noise
        cdef const float[::1] each
        if offsets is not None:
            self.offsets = each = np.ascontiguousarray(offsets, np.float32)
            if each.shape[0] != len(alias):
                raise ValueError(f"need an offset for each of {len(alias)} words, got {each.shape[0]}")
            self.table.offsets = &each[0]
            self.select = select_with_offsets
            self.noise = NULL
            self.floats = 2
        self.warm = warm_negative
        self.max_targets = 1 + negative
        self.draws = negative
        self.purpose = purpose
        self.judge = W2V_JUDGE_EXAMPLES  # the centre is to score above its noise words
        super().__init__()


cdef class CandidateSelector(NegativeSelector):
    """The selector of sampled softmax: each word that is drawn stands once among the candidates.

    Parameters
    ----------
    threshold, alias, negative, offsets, purpose
        As those of `NegativeSelector`; without offsets the scores are taken as they are.
    """

    def __init__(self, threshold, alias, int64_t negative, offsets=None, uint32_t purpose=PURPOSE):
        super().__init__(threshold, alias, negative, offsets, purpose)
        self.select = select_candidates
        self.noise = NULL
        self.floats = 0 if offsets is None else 1
        self.link = W2V_LINK_SOFTMAX


def vose(double[::1] scaled):
    """Split V probabilities, scaled to a mean of 1, into V slots of two halves: (threshold, alias), both uint32."""
    cdef int64_t size = scaled.shape[0], i, small = 0, large = 0, poor, rich
    rest_array = np.array(scaled, np.float64)
    threshold_array = np.full(size, 0xFFFFFFFF, np.uint32)
    alias_array = np.arange(size, dtype=np.uint32)
    stack_array = np.empty(size, np.int64)  # slots below 1 from the front, the others from the back
    cdef double[::1] rest = rest_array
    cdef uint32_t[::1] threshold = threshold_array, alias = alias_array
    cdef int64_t[::1] stack = stack_array
    for i in range(size - 1, -1, -1):
        if rest[i] < 1:
            stack[small] = i
            small += 1
        else:
            large += 1
            stack[size - large] = i
    while small and large:
        small -= 1
        poor = stack[small]
        rich = stack[size - large]
        threshold[poor] = <uint32_t>(rest[poor] * 4294967296.0)
        alias[poor] = <uint32_t>rich
        rest[rich] -= 1 - rest[poor]
        if rest[rich] < 1:
            large -= 1
            stack[small] = rich
            small += 1
    return threshold_array, alias_array  # what is left over differs from 1 by rounding: those slots are whole
