"""Skip-gram: a unit is one (context, centre) pair, or with shared negatives all pairs of a window.

Gensim's direction: the input row is the context word's, and the centre is the target. Contexts come in ascending order.

    pair     each pair has noise words of its own and sees what the pairs before it changed (word2vec.c, gensim)
    window   the pairs of one centre share its noise words and start from the same values (HogBatch: Ji et al. 2016)

With features the input of a pair is the mean of the context word's rows. fastText has it the other way round: the
centre's rows are the input and the context word is the target. Both train the same pairs of words equally often, since
a word is as often within the window of another one as that is within its own. This direction is kept for features too,
because an objective names its targets for a centre, with random numbers of the centre's place: so features change the
inputs alone, and the same noise words are drawn with and without them.

The tags of the sentence follow the contexts as further inputs, each in a pair with the centre (PV-DBOW of Le and
Mikolov 2014, together with the words).
"""

from w2vcore.architectures._repeats cimport merge_repeats
from w2vcore.architectures._windows cimport (
    Unit, Walk, WindowWorker, add_tag, add_word, arriving, begin_bag, take_bags, take_window,
)


cdef bint next_pair(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair of the walk (see _windows.pxd)."""
    while walk.centre < walk.stop:
        unit.arriving = -1
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = 0
            unit.arriving = arriving(walk)
        if walk.context == walk.centre:
            walk.context += 1
        if walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]:
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.rows[0] = walk.ids[walk.context]
            unit.inputs.n = 1
            unit.examples = 1
            walk.context += 1
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef bint next_bag(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair where there are features or tags: a context word with its rows, or a tag, and the centre."""
    cdef double total
    while walk.centre < walk.stop:
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = walk.tag = 0
        if walk.context == walk.centre:
            walk.context += 1
        begin_bag(walk, unit)
        total = 0
        if walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]:
            total = add_word(walk, unit, walk.ids[walk.context])
            walk.context += 1
        elif walk.tag < walk.bags.n_tags:
            total = add_tag(walk, unit, walk.tag)
            walk.tag += 1
        if total != 0:
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.examples = 1
            unit.inputs.scale = <float>(1 / total)
            unit.inputs.error_scale = 1
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef bint next_shared_window(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context, each context word once with its count (see _windows.pxd)."""
    if not take_window(walk, unit):
        return False
    unit.examples = unit.inputs.n
    unit.inputs.n = merge_repeats(unit.rows, unit.counts, unit.inputs.n, walk.slots)
    unit.inputs.counts = unit.counts if unit.inputs.n < unit.examples else NULL
    return True


cdef bint next_shared_bags(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_shared_window with tags. There are no features: a bag is no input of "pairs"."""
    if take_bags(walk, unit) == 0:
        return False
    unit.examples = unit.inputs.n
    unit.inputs.n = merge_repeats(unit.rows, unit.counts, unit.inputs.n, walk.slots)
    unit.inputs.counts = unit.counts if unit.inputs.n < unit.examples else NULL
    return True


cdef class SkipGramWorker(WindowWorker):
    """A worker for skip-gram."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        if config.negative_sharing == "window":
            self.choose(next_shared_window, next_shared_bags, 0 if config.window == "sentence" else 2 * config.window)
            if features is not None:
                raise ValueError("features must be trained with negative_sharing='pair', got 'window'")
        else:
            self.choose(next_pair, next_bag, 1)
            self.pairing = features is None
            self.is_mean = features is not None
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
