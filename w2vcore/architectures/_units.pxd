"""A unit, which is one call of the block, and how architectures fill one from the walk over centres."""

from w2vcore.architectures._bags cimport Bags
from w2vcore.architectures._positives cimport Positives
from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._word_sums cimport Coming
from w2vcore.kernels._contract cimport w2v_examples, w2v_inputs, w2v_room, w2v_targets
from w2vcore.kernels._random cimport w2v_random_block
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

from libc.string cimport memcpy

cdef enum:
    COPIED = 8             # ids that are copied at once; so many more are read and written than there are

# One call of the block, planned ahead: the input rows and, for each objective in turn, its target rows.
cdef struct Unit:
    uint32_t centre
    int64_t position       # of the centre
    int64_t ordinal        # of the unit within its window: it says which random draws are its own
    w2v_inputs inputs      # of `rows`, and with `counts` if a row stands for several or has a weight, else NULL
    uint32_t *rows         # [max_inputs + COPIED]
    float *counts          # [max_inputs]
    int64_t examples       # that the unit trains: pairs, or a window
    double weight          # the sum of their weights, where contexts have weights; else 0
    int64_t arriving       # an input row that will be needed soon, to be fetched; -1: none
    w2v_random_block *numbers[2]  # of each objective
    w2v_room room[2]       # for what each names
    w2v_targets named[2]   # what each names
    Positives positives    # the words that it predicts, each an example, if the worker has said `predict`
    Coming coming          # words that come and go before it, if sums of rows are kept
    w2v_examples predicted[2]  # what each objective named for each of them, where sums are asked for
    w2v_targets *each[2]   # [positives.n] the same, if each has random draws of its own

# Fills the next unit of the walk, all but its targets, and moves on; returns 0 at the end.
ctypedef bint (*next_unit)(Walk *walk, Unit *unit) noexcept nogil


cdef inline int64_t arriving(const Walk *walk) noexcept nogil:
    """The row of the word that comes into the window with this centre: the one input that no earlier unit has used."""
    if walk.window and walk.centre + walk.window < walk.size:
        return walk.ids[walk.centre + walk.window]
    return -1


cdef inline double add_word(const Walk *walk, Unit *unit, uint32_t word, float times) noexcept nogil:
    """Append the rows that stand for a word to the unit's inputs, with `times` their weights; returns their sum."""
    cdef const Bags *bags = &walk.bags
    cdef int64_t i
    cdef float weight
    cdef double total = 0
    if bags.indptr is NULL:
        unit.rows[unit.inputs.n] = word
        unit.counts[unit.inputs.n] = times
        unit.inputs.n += 1
        return times
    for i in range(bags.indptr[word], bags.indptr[word + 1]):
        weight = times if bags.weights is NULL else times * bags.weights[i]
        unit.rows[unit.inputs.n] = bags.rows[i]
        unit.counts[unit.inputs.n] = weight
        total += weight
        unit.inputs.n += 1
    return total


cdef inline double take_bag(const Walk *walk, Unit *unit, uint32_t word) noexcept nogil:
    """Let the rows that stand for a word be the unit's inputs; returns the sum of their weights."""
    cdef const Bags *bags = &walk.bags
    cdef int64_t first, i
    cdef double total = 0
    if bags.indptr is NULL:
        unit.rows[0] = word
        unit.inputs.rows, unit.inputs.counts, unit.inputs.n = unit.rows, NULL, 1
        return 1
    first = bags.indptr[word]
    unit.inputs.rows = bags.rows + first
    unit.inputs.n = bags.indptr[word + 1] - first
    if bags.weights is NULL:
        unit.inputs.counts = NULL
        return unit.inputs.n
    unit.inputs.counts = bags.weights + first
    for i in range(unit.inputs.n):
        total += unit.inputs.counts[i]
    return total


cdef inline double add_tag(const Walk *walk, Unit *unit, int64_t tag) noexcept nogil:
    """Append the row of a tag of the sentence to the unit's inputs; returns its weight, which is 1."""
    unit.rows[unit.inputs.n] = walk.bags.tags[tag]
    unit.counts[unit.inputs.n] = 1
    unit.inputs.n += 1
    return 1


cdef inline void begin_bag(const Walk *walk, Unit *unit) noexcept nogil:
    """Prepare the unit for inputs that are appended."""
    unit.inputs.n = 0
    unit.inputs.counts = unit.counts if walk.bags.weights is not NULL or walk.weights is not NULL else NULL
    unit.arriving = -1  # rows of a bag are not fetched ahead


cdef inline double take_bags(Walk *walk, Unit *unit) noexcept nogil:
    """Fill the unit with all contexts of the next centre and the sentence's tags; returns the sum of their weights.

    The unit's examples are the contexts and tags. A centre with neither is passed over; 0 at the end.
    """
    cdef float weight = 1
    cdef int64_t at, last, tag
    cdef double total
    while walk.centre < walk.stop:
        at = max(walk.centre - walk.reach[walk.centre], 0)
        last = walk.size - 1
        if walk.reach[walk.centre] < last - walk.centre:  # as in take_window
            last = walk.centre + walk.reach[walk.centre]
        begin_bag(walk, unit)
        unit.examples = walk.bags.n_tags
        total = 0
        while at <= last:
            if walk.weights is not NULL:
                weight = walk.weights[at - walk.centre]
            if at != walk.centre and weight > 0:
                total += add_word(walk, unit, walk.ids[at], weight)
                unit.examples += 1
            at += 1
        for tag in range(walk.bags.n_tags):
            total += add_tag(walk, unit, tag)
        unit.centre = walk.ids[walk.centre]
        unit.position = walk.positions[walk.centre]
        walk.centre += 1
        if unit.inputs.n:
            return total
    return 0


cdef inline int64_t last_context(const Walk *walk) noexcept nogil:
    """The last place in the window of the centre, which may be the centre itself."""
    if walk.reach[walk.centre] < walk.size - 1 - walk.centre:  # a sum could overflow: a sentence's reach is INT64_MAX
        return walk.centre + walk.reach[walk.centre]
    return walk.size - 1


cdef inline void leave(Walk *walk, Unit *unit) noexcept nogil:
    """Let the unit be of the walk's centre, and go on to the next one."""
    unit.centre = walk.ids[walk.centre]
    unit.position = walk.positions[walk.centre]
    unit.arriving = arriving(walk)
    walk.centre += 1


cdef inline void copy_ids(uint32_t *to, const uint32_t *ids, int64_t n) noexcept nogil:
    """Copy n ids, and what follows them, COPIED at a time.

    How many contexts there are on a side is drawn at random. The branch of a loop that copies one after the other is
    mispredicted for nearly every window; this one hardly ever is.
    """
    cdef int64_t i = COPIED
    memcpy(to, ids, COPIED * sizeof(uint32_t))
    while i < n:
        memcpy(to + i, ids + i, COPIED * sizeof(uint32_t))
        i += COPIED


cdef inline void copy_window(const Walk *walk, Unit *unit, int64_t first, int64_t last) noexcept nogil:
    """Let the words at first..last but the centre be the unit's inputs."""
    cdef int64_t before = walk.centre - first
    copy_ids(unit.rows, walk.ids + first, before)
    copy_ids(unit.rows + before, walk.ids + walk.centre + 1, last - walk.centre)
    unit.inputs.n = last - first


cdef inline bint take_window(Walk *walk, Unit *unit) noexcept nogil:
    """Fill the unit with all contexts of the next centre that has any, repeats included; returns 0 at the end."""
    while walk.centre < walk.stop:
        copy_window(walk, unit, max(walk.centre - walk.reach[walk.centre], 0), last_context(walk))
        leave(walk, unit)
        if unit.inputs.n:
            return True
    return False


cdef inline double take_weighted_window(Walk *walk, Unit *unit) noexcept nogil:
    """The same as take_window with the weights of the contexts, without those of weight 0; returns the weights' sum."""
    cdef int64_t at, last, n
    cdef float weight
    cdef double total
    while walk.centre < walk.stop:
        at, last = max(walk.centre - walk.reach[walk.centre], 0), last_context(walk)
        n, total = 0, 0
        while at <= last:  # the weight of the centre is 0, too; what is written is written over if it has no weight
            weight = walk.weights[at - walk.centre]
            unit.rows[n] = walk.ids[at]
            unit.counts[n] = weight
            n += weight > 0
            total += weight
            at += 1
        unit.inputs.n = n
        unit.inputs.counts = unit.counts
        leave(walk, unit)
        if n:
            return total
    return 0


cdef inline bint take_merged_window(Walk *walk, Unit *unit, const bint weighted) noexcept nogil:
    """Fill the unit with each word of the next window that has any, in order of first appearance, with its count.

    Words are told apart where the walk is collected (`link_repeats`), not in each window anew: a context is a repeat if
    the same word is before it in the window, and what is then known is that one's place among the rows. With weights a
    word's count is the sum of its contexts' weights. The unit's examples are the contexts; returns 0 at the end.
    """
    cdef int64_t at, first, last, before, slot, n, examples
    cdef float weight
    cdef double total
    while walk.centre < walk.stop:
        at = first = max(walk.centre - walk.reach[walk.centre], 0)
        last = last_context(walk)
        if not weighted and walk.latest[last] < first:  # as in most windows
            copy_window(walk, unit, first, last)
            unit.inputs.counts = NULL
            unit.examples = unit.inputs.n
            leave(walk, unit)
            if unit.inputs.n:
                return True
            continue
        n, examples, total = 0, 0, 0
        while at <= last:
            weight = walk.weights[at - walk.centre] if weighted else <float>(at != walk.centre)
            before, slot = walk.previous[at], n
            if before >= first and walk.slot[before] >= 0:
                slot = walk.slot[before]
            unit.rows[slot] = walk.ids[at]
            unit.counts[n] = 0
            unit.counts[slot] += weight
            walk.slot[at] = slot if slot < n or weight > 0 else -1  # the centre has no weight, nor have some contexts
            n += slot == n and weight > 0
            examples += weight > 0
            total += weight
            at += 1
        unit.inputs.n = n
        unit.inputs.counts = unit.counts if weighted or n < examples else NULL
        unit.examples = examples
        unit.weight = total if weighted else 0
        leave(walk, unit)
        if n:
            return True
    return False
