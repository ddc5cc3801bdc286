"""Skip-gram: a unit is one (context, centre) pair, or with shared negatives all pairs of a window.

Gensim's direction: the input row is the context word's, and the centre is the target. Contexts come in ascending order.

    pair     each pair has noise words of its own and sees what the pairs before it changed (word2vec.c, gensim)
    window   the pairs of one centre share its noise words and start from the same values (HogBatch: Ji et al. 2016)

With features the input of a pair is the mean of the context word's rows. fastText has it the other way round: the
centre's rows are the input and the context word is the target. Both train the same pairs of words equally often, since
a word is as often within the window of another one as that is within its own. This direction is kept for features too,
because an objective names its targets for a centre, with random numbers of the centre's place: so features change the
inputs alone, and the same noise words are drawn with and without them.

Where contexts have weights, the gradients of a pair are multiplied with its context's: in the block "pairs" it is the
count of the input row, in "mean", for features, the weight of the inputs. A context of weight 0 makes no pair.

The tags of the sentence follow the contexts as further inputs, each in a pair with the centre (PV-DBOW of Le and
Mikolov 2014, together with the words).
"""

from w2vcore.architectures._repeats cimport merge_repeats
from w2vcore.architectures._sentences cimport Walk
from w2vcore.architectures._units cimport (
    Unit, add_tag, add_word, arriving, begin_bag, take_bags, take_merged_window,
)
from w2vcore.architectures._windows cimport WindowWorker


cdef inline void pass_over(Walk *walk) noexcept nogil:
    """Pass over the centre, and over contexts of weight 0."""
    if walk.context == walk.centre:
        walk.context += 1
    if walk.weights is NULL:
        return
    while (walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]
           and walk.weights[walk.context - walk.centre] == 0):  # that of the centre is 0
        walk.context += 1


cdef bint next_pair(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair of the walk (see _units.pxd)."""
    while walk.centre < walk.stop:
        unit.arriving = -1
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = 0
            unit.arriving = arriving(walk)
        pass_over(walk)
        if walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]:
            unit.centre = walk.ids[walk.centre]
            unit.position = walk.positions[walk.centre]
            unit.ordinal = walk.ordinal
            unit.rows[0] = walk.ids[walk.context]
            unit.inputs.n = 1
            unit.examples = 1
            if walk.weights is not NULL:
                unit.counts[0] = walk.weights[walk.context - walk.centre]
                unit.inputs.counts = unit.counts
                unit.weight = unit.counts[0]
            walk.context += 1
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef bint next_bag(Walk *walk, Unit *unit) noexcept nogil:
    """The next pair where there are features or tags: a context word with its rows, or a tag, and the centre."""
    cdef double total
    cdef float weight
    while walk.centre < walk.stop:
        if walk.context < 0:
            walk.context = max(walk.centre - walk.reach[walk.centre], 0)
            walk.ordinal = walk.tag = 0
        pass_over(walk)
        begin_bag(walk, unit)
        total, weight = 0, 1
        if walk.context < walk.size and walk.context - walk.centre <= walk.reach[walk.centre]:
            if walk.weights is not NULL:
                weight = walk.weights[walk.context - walk.centre]
            total = add_word(walk, unit, walk.ids[walk.context], weight if walk.bags.indptr is NULL else 1)
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
            unit.inputs.weight = weight
            unit.weight = weight if walk.weights is not NULL else 0
            walk.ordinal += 1
            return True
        walk.centre += 1
        walk.context = -1
    return False


cdef bint next_shared_window(Walk *walk, Unit *unit) noexcept nogil:
    """The next window with at least one context, each context word once with its count (see _units.pxd)."""
    return take_merged_window(walk, unit, False)


cdef bint next_weighted_shared_window(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_shared_window where contexts have weights."""
    return take_merged_window(walk, unit, True)


cdef bint next_shared_bags(Walk *walk, Unit *unit) noexcept nogil:
    """The same as next_shared_window with tags. There are no features: a bag is no input of "pairs"."""
    cdef double total = take_bags(walk, unit)
    cdef bint weighted = walk.weights is not NULL
    if total == 0:
        return False
    unit.inputs.n = merge_repeats(unit.rows, unit.counts, unit.inputs.n, weighted, walk.table)
    unit.inputs.counts = unit.counts if weighted or unit.inputs.n < unit.examples else NULL
    unit.weight = total if weighted else 0
    return True


cdef class SkipGramWorker(WindowWorker):
    """A worker for skip-gram."""

    def __init__(self, config, keep, lock, inputs, objectives, stop_flag, features=None):
        if config.negative_sharing == "window":
            self.choose(
                next_weighted_shared_window if config.weighs_contexts else next_shared_window,
                next_shared_bags,
                0 if config.window == "sentence" else 2 * config.window)
            self.merging = True
            if features is not None:
                raise ValueError("features must be trained with negative_sharing='pair', got 'window'")
        else:
            self.choose(next_pair, next_bag, 1)
            self.pairing = features is None
            self.is_mean = features is not None
        super().__init__(config, keep, lock, inputs, objectives, stop_flag, features)
