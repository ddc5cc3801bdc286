"""Several words that one hidden row predicts: each is an example, and what they name becomes the targets of one block.

For any architecture whose unit is one input against several true words: its `next_unit` writes these into
`Unit.positives` and says with `WindowWorker.predict` how many there are at most, and whose random draws they have.

    shared    all have those of the unit. What several name is mostly the same, and is merged, since the target rows of
              "mean" are distinct (block.h): a row that is named several times has the sum of the counts, and the mean
              of the labels as its soft label. So a word that is a context and also noise of another context takes the
              sum of both gradients, exactly, and so do the nodes that two paths share. A unit of one positive is a
              unit like any other
    fresh     each has those of its own place. What they name mostly differs, and goes as it is into the block "several"
"""

from w2vcore.kernels._contract cimport w2v_examples, w2v_room, w2v_select, w2v_targets
from w2vcore.kernels._slots cimport slot_of, slots_for
from w2vcore.kernels._types cimport int64_t, uint32_t

from libc.string cimport memset

cdef enum:
    NO_WORD = 0xFFFFFFFF  # the centre of noise that belongs to no word

cdef struct Positives:  # the words that a unit predicts
    uint32_t *words     # [most]
    int64_t *positions  # [most] of each, if each has random draws of its own place
    float *weights      # [most] how much each counts, if they are `weighted`
    int64_t n
    bint weighted

cdef struct Named:      # scratch for all units: what one positive names, and where its rows are among those of all
    w2v_room room
    uint32_t *table     # hash table: 0, or 1 + the place of a row
    int64_t most        # targets of one positive


cdef inline void note(
    const w2v_examples *examples, int64_t *at, int64_t place, float label, float count,
) noexcept nogil:
    """Note that an example has named a row."""
    (<uint32_t *>examples.places)[at[0]] = <uint32_t>place
    (<float *>examples.labels)[at[0]] = label
    (<float *>examples.counts)[at[0]] = count
    at[0] += 1


cdef inline void name_each(
    w2v_select select, const void *state, const Positives *positives, const uint32_t *numbers, int64_t step,
    int64_t most, int64_t floats, const w2v_room *room, w2v_targets *named,
) noexcept nogil:
    """Let an objective name at most `most` targets of each positive, with random numbers `step` apart."""
    cdef int64_t i
    cdef w2v_room own = room[0]
    for i in range(positives.n):
        named[i].soft_labels = named[i].offsets = NULL
        named[i].examples = NULL
        select(state, positives.words[i], numbers + i * step, &own, &named[i])
        own.rows += most
        own.counts += most
        own.floats += most * floats


cdef inline void add_named(
    const w2v_targets *one, float weight, const Named *scratch, int64_t slots, const w2v_room *room, w2v_targets *all,
    const w2v_examples *examples, int64_t *at,
) noexcept nogil:
    """Add what one positive named to the targets of all; with `examples`, note it there from `at` on.

    Its soft labels are sums of labels times counts, which `name_for_all` divides by the counts at the end.
    """
    cdef float *soft = <float *>all.soft_labels
    cdef float *offsets = <float *>all.offsets
    cdef int64_t i, slot, place, n = all.n
    cdef uint32_t row
    cdef float count, label
    for i in range(one.n):
        row = one.rows[i]
        count = weight if one.counts is NULL else weight * one.counts[i]
        label = one.labels[i] if one.soft_labels is NULL else one.soft_labels[i]
        if not count > 0:
            continue
        slot = slot_of(room.rows, row, scratch.table, slots)
        if not scratch.table[slot]:
            room.rows[n] = row
            room.counts[n] = 0
            soft[n] = 0
            if offsets is not NULL:
                offsets[n] = one.offsets[i]
            n += 1
            scratch.table[slot] = <uint32_t>n
        place = scratch.table[slot] - 1
        room.counts[place] += count
        soft[place] += count * label
        if examples is not NULL:
            note(examples, at, place, label, 1 if one.counts is NULL else one.counts[i])
    all.n = n


cdef inline void name_around_noise(
    w2v_select noise, const void *state, const Positives *positives, const uint32_t *numbers, const Named *scratch,
    const w2v_room *room, w2v_targets *all, w2v_examples *examples,
) noexcept nogil:
    """The same as name_for_all where all positives have the same noise: it is named once.

    Each noise row has the weight of all positives, but for those that it is itself.
    """
    cdef float *soft = room.floats
    cdef int64_t slots = slots_for(positives.n + scratch.most), i, k, slot, place, at = 0, n
    cdef float weight = 1, total = 0, times
    cdef w2v_targets drawn
    memset(scratch.table, 0, slots * sizeof(uint32_t))
    drawn.soft_labels = drawn.offsets = NULL
    noise(state, NO_WORD, numbers, &scratch.room, &drawn)
    for i in range(positives.n):
        total += positives.weights[i] if positives.weighted else 1
    for k in range(drawn.n):
        scratch.table[slot_of(room.rows, drawn.rows[k], scratch.table, slots)] = <uint32_t>(k + 1)
        room.rows[k] = drawn.rows[k]
        room.counts[k] = total * (1 if drawn.counts is NULL else drawn.counts[k])
        soft[k] = 0
    n = drawn.n
    for i in range(positives.n):
        if positives.weighted:
            weight = positives.weights[i]
        slot = slot_of(room.rows, positives.words[i], scratch.table, slots)
        if not scratch.table[slot]:
            room.rows[n] = positives.words[i]
            room.counts[n] = soft[n] = 0
            n += 1
            scratch.table[slot] = <uint32_t>n
        place = scratch.table[slot] - 1
        times = 1
        if place < drawn.n:  # its own draws are dropped
            times -= 1 if drawn.counts is NULL else drawn.counts[place]
        room.counts[place] += times * weight
        soft[place] += weight
        if examples is not NULL:
            note(examples, &at, place, 1, 1)
            for k in range(drawn.n):
                if k != place:
                    note(examples, &at, k, 0, 1 if drawn.counts is NULL else drawn.counts[k])
            (<int64_t *>examples.ends)[i] = at
            (<float *>examples.weights)[i] = weight
    if examples is not NULL:
        examples.n = positives.n
    for i in range(n):
        soft[i] /= room.counts[i]
    all.rows, all.counts, all.n = room.rows, room.counts, n
    all.soft_labels, all.offsets, all.examples = soft, NULL, examples


cdef inline void name_for_all(
    w2v_select select, const void *state, const Positives *positives, const uint32_t *numbers,
    const Named *scratch, const w2v_room *room, w2v_targets *all, w2v_examples *examples,
) noexcept nogil:
    """Let an objective name the targets of each positive, with the same random numbers, and merge them.

    `examples` is filled for the sums of a block; NULL: these are not asked for.
    """
    cdef float *soft = room.floats
    cdef int64_t slots = slots_for(positives.n * scratch.most), i, at = 0
    cdef float weight = 1
    cdef w2v_targets one
    memset(scratch.table, 0, slots * sizeof(uint32_t))
    one.soft_labels = one.offsets = NULL
    all.rows, all.counts, all.n = room.rows, room.counts, 0
    all.soft_labels = soft
    all.offsets = NULL
    all.examples = examples
    for i in range(positives.n):
        select(state, positives.words[i], numbers, &scratch.room, &one)
        if one.offsets is not NULL:
            all.offsets = soft + positives.n * scratch.most
        if positives.weighted:
            weight = positives.weights[i]
        add_named(&one, weight, scratch, slots, room, all, examples, &at)
        if examples is not NULL:
            (<int64_t *>examples.ends)[i] = at
            (<float *>examples.weights)[i] = weight
    if examples is not NULL:
        examples.n = positives.n
    for i in range(all.n):
        soft[i] /= room.counts[i]
