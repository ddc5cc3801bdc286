"""From tokens to blocks: the loop that every architecture and every objective goes through.

    job range -> part of a sentence -> kept tokens (subsampled) -> centres with their windows -> units -> block

A *unit* is one call of the block: one (context, centre) pair in skip-gram, one window in CBOW. An architecture only
says what the next unit is. Units go through a ring:

    planned   a group of units is made, and their random numbers are drawn
    named     a few units before it is trained, each objective's selector names its target rows. That is allowed because
              selectors read no weights. The block that runs next calls these rows into the cache (w2v_scratch)
    trained   the block runs, on one unit after the other

A job may begin and end inside a sentence. Its outer windows then reach over the border, and since every draw depends on
the token alone (random.h), the tokens beyond are kept or dropped there exactly as in the job they belong to. Units of
several words are made of stretches of the sentence, each of which is trained by the job that has its first token.
"""

import math

import numpy as np

from w2vcore.architectures._bags cimport Bags, take_tags
from w2vcore.architectures._positives cimport Named, name_around_noise, name_each, name_for_all
from w2vcore.architectures._repeats cimport link_repeats, slots_for
from w2vcore.architectures._sentences cimport TokenNumbers, Tokens, Walk, collect, sentence_of
from w2vcore.architectures._word_sums cimport WordSums, move_sums, release_sums, rows_of
from w2vcore.kernels._contract cimport (
    Selector, w2v_block, w2v_block_of_several, w2v_block_table, w2v_blocks, W2V_COMING, W2V_COMING_ALWAYS,
    w2v_draw_block, w2v_draw_word, w2v_examples, w2v_inputs, W2V_LINK_SIGMOID, w2v_matrices, w2v_matrix, w2v_row,
    W2V_RUN, w2v_scratch, w2v_scratch_at, w2v_scratch_floats, w2v_select, w2v_sums, w2v_targets, w2v_two_blocks,
    w2v_warm, w2v_whole,
)
from w2vcore.kernels._dispatch cimport block_table
from w2vcore.kernels._finite cimport flags_tell, w2v_flags, w2v_lower_flags, w2v_restore_flags
from w2vcore.kernels._prefetch cimport w2v_prefetch_row_near
from w2vcore.kernels._replica cimport WorkerMatrix, w2v_replica, w2v_tick
from w2vcore.kernels._random cimport W2V_PURPOSE_TOKEN, w2v_random_block, w2v_random_key
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

from w2vcore.model.window_weights import weights_by_distance

from libc.math cimport isfinite
from libc.stdint cimport int32_t, uint8_t
from libc.string cimport memset

cdef enum:
    GROUP = 8            # units planned at once
    RING = 16            # units in the ring, a multiple of GROUP
    AHEAD = 4            # units between naming and training
    BAGS_AHEAD = 2       # the same of units of many rows, of which fewer fit into the cache
    STOP_INTERVAL = 256  # units between two looks at the stop flag
    MAX_OBJECTIVES = 2
    FAR = 320 << 20      # bytes: rows of larger matrices come from memory
    FAR_ROWS = 800_000   # and are more than so many
    NEVER = 1 << 30      # a tick of matrices that are never merged

cdef struct Target:      # one objective
    w2v_select select
    w2v_select noise
    w2v_warm warm
    const void *state
    uint32_t purpose       # of its random numbers
    uint64_t key
    int64_t draws
    int64_t n_cached
    int64_t max_targets
    int64_t floats         # of its room, for each target
    w2v_matrices matrices  # the inputs and its own matrix, as its blocks see them
    w2v_block block
    w2v_block_of_several several

cdef struct Runs:        # scratch: where the random numbers of a group of units begin
    uint64_t *stream
    uint64_t *block

cdef struct Totals:
    int64_t words
    int64_t examples
    double weight

cdef struct Work:        # all that a job works with
    Tokens tokens
    TokenNumbers *token_numbers
    Walk walk
    next_unit next
    Unit ring[RING]
    Runs runs
    Target target[MAX_OBJECTIVES]
    int n_objectives
    const w2v_block_table *table
    w2v_two_blocks paired  # NULL: units are trained one by one
    bint predicts        # units have several positives,
    bint sharing_draws   # with the same random draws
    int64_t stretch      # tokens of a sentence that are trained by one job
    bint frozen          # targets are only read
    uint64_t seed
    Named one            # scratch for what one of them names
    WordSums words       # sums of rows that are the inputs of units, if it has a size
    w2v_matrices matrices  # the inputs alone
    int64_t bytes        # of all matrices
    w2v_scratch scratch
    int64_t most_coming  # rows that blocks can call into the cache,
    int64_t n_coming     # and those that the next one shall,
    const float *coming[W2V_COMING]  # which are these,
    int64_t last_coming  # that the last one has called
    w2v_replica *replica[1 + MAX_OBJECTIVES]
    int n_replicas
    int64_t tick         # units from one tick of the replicas to the next
    int64_t since_tick
    int64_t planned, named, trained  # units of the job so far
    int64_t ahead        # units between naming and training
    const int32_t *stop_flag
    w2v_sums sums
    Totals totals


cdef inline int64_t blocks_of(int64_t draws) noexcept nogil:
    """The most blocks of random numbers that so many draws take, wherever they begin."""
    return w2v_draw_block(draws) + 1 if draws else 0


cdef inline int64_t runs_of(int64_t draws) noexcept nogil:
    return (blocks_of(draws) + W2V_RUN - 1) // W2V_RUN


cdef inline const uint32_t *numbers_for(const Unit *unit, int k, const Target *target) noexcept nogil:
    """The unit's random numbers for objective k."""
    return unit.numbers[k][0].word + w2v_draw_word(unit.ordinal * target.draws)


cdef void draw(Work *work, Unit *units, int64_t n) noexcept nogil:
    """Draw the random numbers of a group of n units, and let the objectives fetch what they will read for them."""
    cdef Target *target
    cdef int64_t u, i, each, first
    cdef int k
    for k in range(work.n_objectives):
        target = &work.target[k]
        each = runs_of(target.draws)
        for u in range(n):
            first = w2v_draw_block(units[u].ordinal * target.draws)
            for i in range(each):
                work.runs.stream[u * each + i] = <uint64_t>units[u].position
                work.runs.block[u * each + i] = <uint64_t>(first + i * W2V_RUN)
        work.table.random(
            target.key, work.runs.stream, work.runs.block, n * each, min(blocks_of(target.draws), W2V_RUN),
            units[0].numbers[k])
        for u in range(n):
            target.warm(target.state, units[u].centre, numbers_for(&units[u], k, target))


cdef inline int64_t numbers_apart(const Target *target) noexcept nogil:
    """How far the random numbers of a positive are from those of the one before, if each has its own."""
    return 4 * W2V_RUN * runs_of(target.draws)


cdef void draw_for_positives(Work *work, Unit *unit) noexcept nogil:
    """The same for one unit that predicts several words."""
    cdef int64_t i, p, each, first, step, n = 1 if work.sharing_draws else unit.positives.n
    cdef Target *target
    cdef int k
    for k in range(work.n_objectives):
        target = &work.target[k]
        step = 0 if work.sharing_draws else numbers_apart(target)
        each, first = runs_of(target.draws), w2v_draw_block(unit.ordinal * target.draws)
        for p in range(n):
            for i in range(each):
                work.runs.stream[p * each + i] = <uint64_t>(
                    unit.position if work.sharing_draws else unit.positives.positions[p])
                work.runs.block[p * each + i] = <uint64_t>(first + i * W2V_RUN)
        work.table.random(
            target.key, work.runs.stream, work.runs.block, n * each, min(blocks_of(target.draws), W2V_RUN),
            unit.numbers[k])
        for i in range(1 if work.sharing_draws and target.noise is not NULL else unit.positives.n):
            target.warm(target.state, unit.positives.words[i], numbers_for(unit, k, target) + i * step)


cdef void name_fresh_positives(Work *work, Unit *unit) noexcept nogil:
    """Let each objective choose its rows for each word that the unit predicts; start to fetch the inputs.

    The rows need not be called: the block scores them all before it waits for anything, and to call them in vain costs
    more than is gained (1 to 2 % of an epoch).
    """
    cdef int64_t stride = work.matrices.stride, i
    cdef const w2v_inputs *inputs = &unit.inputs
    cdef Target *target
    cdef int k
    for k in range(work.n_objectives):
        target = &work.target[k]
        name_each(
            target.select, target.state, &unit.positives, numbers_for(unit, k, target), numbers_apart(target),
            target.max_targets, target.floats, &unit.room[k], unit.each[k])
    for i in range(inputs.n):
        w2v_prefetch_row_near(w2v_row(work.matrices.inputs, inputs.rows[i], stride), stride)


cdef void name_positives(Work *work, Unit *unit) noexcept nogil:
    """Let each objective choose its rows for all words that the unit predicts; start to fetch these and the inputs."""
    cdef int64_t stride = work.matrices.stride, i
    cdef const uint32_t *numbers
    cdef const w2v_inputs *inputs = &unit.inputs
    cdef Target *target
    cdef w2v_targets *named
    cdef w2v_examples *predicted
    cdef int k
    for k in range(work.n_objectives):
        target, named, numbers = &work.target[k], &unit.named[k], numbers_for(unit, k, &work.target[k])
        if unit.positives.n == 1:
            named.soft_labels = named.offsets = NULL
            named.examples = NULL
            target.select(target.state, unit.positives.words[0], numbers, &unit.room[k], named)
        else:
            predicted = NULL if unit.predicted[k].places is NULL else &unit.predicted[k]
            if target.noise is not NULL:
                name_around_noise(
                    target.noise, target.state, &unit.positives, numbers, &work.one, &unit.room[k], named, predicted)
            else:
                name_for_all(
                    target.select, target.state, &unit.positives, numbers, &work.one, &unit.room[k], named, predicted)
        for i in range(target.n_cached, named.n):
            w2v_prefetch_row_near(w2v_row(target.matrices.targets, named.rows[i], stride), stride)
    for i in range(inputs.n):
        w2v_prefetch_row_near(w2v_row(work.matrices.inputs, inputs.rows[i], stride), stride)


cdef inline void fetch_row(Work *work, const float *row) noexcept nogil:
    """Let the next block call a row into the first cache, or call it into the second one now if that has enough.

    All of many rows at once would find no places for their lines on the way to the first cache: with 15 and 64 noise
    words epochs are 4 to 11 % faster so.
    """
    if work.n_coming < work.most_coming:
        work.coming[work.n_coming] = row
        work.n_coming += 1
    else:
        w2v_prefetch_row_near(row, work.matrices.stride)


cdef inline void forget_coming(Work *work) noexcept nogil:
    """Let blocks fetch memory that is in the cache in place of rows that none has named since the last one."""
    cdef int64_t i
    for i in range(work.n_coming):
        work.scratch.coming[i] = work.coming[i]
    for i in range(work.n_coming, work.last_coming):
        work.scratch.coming[i] = work.scratch.floats
    work.last_coming = work.n_coming
    work.n_coming = 0


cdef void fetch_far(const w2v_matrix *matrix, const uint32_t *rows, int64_t n, int64_t stride) noexcept nogil:
    """Start to fetch rows that come from memory, into the second cache alone.

    A line on its way to the first cache takes one of a dozen places until it is there, and memory takes too long for so
    few: on an Emerald Rapids with a last cache of 260 MB this is 1 to 13 % faster with 1.8 million rows of 100 numbers,
    2 % with as many of 300, and as fast with 840,000 of 100. With half a million, even if they are longer, it is 10 to
    25 % slower for skip-gram. Rows that are only read are fetched so, too: they are not taken from other cores.
    """
    cdef int64_t i
    for i in range(n):
        w2v_prefetch_row_near(w2v_row(matrix, rows[i], stride), stride)


cdef void name_targets(Work *work, Unit *unit) noexcept nogil:
    """Let each objective choose its rows for the unit, and see that they are fetched."""
    cdef int64_t stride = work.matrices.stride, first, i
    cdef uint32_t arriving
    cdef int64_t row_bytes = stride * <int64_t>sizeof(float)
    cdef bint is_far = work.frozen or (work.bytes > FAR and work.bytes > FAR_ROWS * row_bytes)
    cdef Target *target
    cdef w2v_targets *named
    cdef int k
    for k in range(work.n_objectives):
        target, named = &work.target[k], &unit.named[k]
        target.select(target.state, unit.centre, numbers_for(unit, k, target), &unit.room[k], named)
        # where nothing is drawn, the later pairs of a centre have the rows of the first one, if it is their target
        first = target.n_cached if target.draws or unit.ordinal == 0 or work.words.size else named.n
        if is_far:
            fetch_far(target.matrices.targets, named.rows + first, named.n - first, stride)
            continue
        for i in range(first, named.n):
            fetch_row(work, w2v_row(target.matrices.targets, named.rows[i], stride))
    if unit.arriving >= 0:
        arriving = <uint32_t>unit.arriving
        if is_far:
            fetch_far(work.matrices.inputs, &arriving, 1, stride)
        else:
            fetch_row(work, w2v_row(work.matrices.inputs, arriving, stride))


cdef void fetch_coming(Work *work, const Unit *unit) noexcept nogil:
    """Start to fetch the rows of the words that come before a unit."""
    cdef int64_t stride = work.matrices.stride, i, k
    cdef w2v_inputs inputs
    for i in range(unit.coming.n):
        inputs = rows_of(&work.walk.bags, &unit.coming.words[i])
        for k in range(inputs.n):
            w2v_prefetch_row_near(w2v_row(work.matrices.inputs, inputs.rows[k], stride), stride)


cdef inline void train_unit(Work *work, const Unit *unit) noexcept nogil:
    """Run the block for each objective in turn: the second one sees what the first one changed."""
    cdef const Target *target
    cdef int k
    for k in range(work.n_objectives):
        target = &work.target[k]
        if target.several is NULL:
            target.block(&target.matrices, &unit.inputs, &unit.named[k], &work.scratch, &work.sums)
        else:
            target.several(
                &target.matrices, &unit.inputs, unit.each[k], unit.positives.n, &work.scratch, &work.sums)


cdef inline bint are_paired(const Unit *unit, const Unit *next) noexcept nogil:
    """Whether these are an even unit of a centre and the next: so who is paired does not depend on where jobs end."""
    return unit.ordinal % 2 == 0 and next.ordinal == unit.ordinal + 1 and next.position == unit.position


cdef inline void train_paired(Work *work, const Unit *unit, const Unit *next) noexcept nogil:
    """Train two units of one centre, for the one objective that there is."""
    work.paired(
        &work.target[0].matrices, &unit.inputs, &unit.named[0], &next.inputs, &next.named[0], &work.scratch, &work.sums)


cdef void tick(Work *work) noexcept nogil:
    """Let each replica merge what is due."""
    cdef int k
    for k in range(work.n_replicas):
        w2v_tick(work.replica[k], work.table)


cdef void begin_epoch(Work *work, int64_t epoch, double rate) noexcept nogil:
    """Set what an epoch has of its own: the rate, and random numbers."""
    cdef int k
    work.tokens.key = w2v_random_key(work.seed, <uint64_t>epoch, W2V_PURPOSE_TOKEN)
    work.token_numbers.first = -1
    work.matrices.alpha = <float>rate
    for k in range(work.n_objectives):
        work.target[k].key = w2v_random_key(work.seed, <uint64_t>epoch, work.target[k].purpose)
        work.target[k].matrices.alpha = <float>rate


cdef inline int64_t stretch_from(const Work *work, int64_t at, int64_t first, int64_t last) noexcept nogil:
    """The first token from `at` on at which a stretch of the sentence first..last begins, or else its end."""
    if work.stretch == 1:
        return at
    return min(first + (at - first + work.stretch - 1) // work.stretch * work.stretch, last)


cdef void name_units(void *context) noexcept nogil:
    """Name the targets of units, until `ahead` of them are named before they are trained."""
    cdef Work *work = <Work *>context
    cdef Unit *unit
    while work.named < work.planned and work.named - work.trained <= work.ahead:
        unit = &work.ring[work.named % RING]
        if work.predicts and not work.sharing_draws:
            name_fresh_positives(work, unit)
        elif work.predicts:
            name_positives(work, unit)
        else:
            name_targets(work, unit)
        if work.words.size:
            fetch_coming(work, unit)
        work.named += 1


cdef void train_range(Work *work, int64_t start, int64_t stop) noexcept nogil:
    """Train the tokens start..stop as centres."""
    cdef const int64_t *offsets = work.tokens.offsets
    cdef Walk *walk = &work.walk
    cdef int64_t sentence = sentence_of(&work.tokens, start), at = start, until
    cdef int64_t group, done
    cdef Unit *unit
    cdef Unit *next
    cdef bint more = True, weighs = walk.weights is not NULL
    work.planned = work.named = work.trained = 0
    work.ahead = BAGS_AHEAD if work.predicts else AHEAD
    while True:
        if more and work.planned - work.trained <= RING - GROUP:
            group = work.planned
            while more and work.planned < group + GROUP:
                if work.next(walk, &work.ring[work.planned % RING]):
                    work.planned += 1
                elif at < stop:
                    until = min(stop, offsets[sentence + 1])
                    if work.tokens.alike:
                        work.tokens.position = -offsets[sentence]
                    collect(&work.tokens, offsets[sentence], offsets[sentence + 1],
                            stretch_from(work, at, offsets[sentence], offsets[sentence + 1]),
                            stretch_from(work, until, offsets[sentence], offsets[sentence + 1]),
                            walk, work.table, work.token_numbers)
                    if walk.previous is not NULL:
                        link_repeats(walk.ids, walk.previous, walk.latest, walk.size, walk.table)
                    take_tags(&walk.bags, sentence)
                    work.totals.words += walk.stop - walk.centre
                    at = until
                    sentence += 1
                else:
                    more = False
            if work.predicts:
                while group < work.planned:
                    draw_for_positives(work, &work.ring[group % RING])
                    group += 1
            else:
                draw(work, &work.ring[group % RING], work.planned - group)
        if work.planned == work.trained:
            break
        name_units(work)
        unit, next = &work.ring[work.trained % RING], &work.ring[(work.trained + 1) % RING]
        done = 1
        forget_coming(work)
        if work.words.size:
            move_sums(&work.words, &unit.coming, &work.matrices, &walk.bags, work.table, &work.scratch)
        if work.paired is not NULL and work.named - work.trained > 1 and are_paired(unit, next):
            work.trained += 2
            train_paired(work, unit, next)
            work.totals.examples += next.examples
            if weighs:
                work.totals.weight += next.weight
            done = 2
        else:
            work.trained += 1
            train_unit(work, unit)
        work.totals.examples += unit.examples
        if weighs:
            work.totals.weight += unit.weight
        work.since_tick += unit.positives.n if work.predicts and not work.sharing_draws else done
        if work.since_tick >= work.tick:
            work.since_tick = 0
            tick(work)
        if work.trained % STOP_INTERVAL < done and (<volatile int32_t *>work.stop_flag)[0]:
            break
    if work.words.size:
        release_sums(&work.words, work.words.n, &work.matrices, &walk.bags, work.table, &work.scratch)


cdef object lend(dict memory, Work *work):
    """Point the work to the scratch memory."""
    cdef uint8_t[::1] token_numbers = memory["token_numbers"]
    cdef uint32_t[::1] walk_ids = memory["ids"], walk_table = memory["table"]
    cdef int64_t[::1] walk_positions = memory["positions"], walk_reach = memory["reach"]
    cdef int64_t[::1] walk_previous = memory["previous"], walk_latest = memory["latest"], walk_slot = memory["slot"]
    cdef float[::1] weights = memory["weights"]
    cdef uint64_t[::1] run_streams = memory["streams"], run_blocks = memory["blocks"]
    cdef uint32_t[:, ::1] unit_inputs = memory["inputs"]
    cdef float[:, ::1] unit_input_counts = memory["input_counts"]
    cdef uint32_t[:, :, ::1] unit_rows = memory["targets"]
    cdef float[:, :, ::1] unit_counts = memory["counts"], unit_floats = memory["floats"]
    cdef uint32_t[:, :, :, ::1] unit_numbers = memory["numbers"]
    cdef float[::1] floats = memory["scratch"]
    cdef Unit *unit
    cdef int i, k
    work.token_numbers = <TokenNumbers *>&token_numbers[0]
    work.walk.ids = &walk_ids[0]
    work.walk.positions = &walk_positions[0]
    work.walk.reach = &walk_reach[0]
    work.walk.table = &walk_table[0]
    if weights.shape[0] > 1:
        work.walk.weights = &weights[weights.shape[0] // 2]
    if walk_previous.shape[0]:
        work.walk.previous = &walk_previous[0]
        work.walk.latest = &walk_latest[0]
        work.walk.slot = &walk_slot[0]
    work.runs.stream = &run_streams[0]
    work.runs.block = &run_blocks[0]
    work.scratch = w2v_scratch_at(&floats[0])
    for i in range(RING):
        unit = &work.ring[i]
        unit.rows = &unit_inputs[i, 0]
        unit.inputs.rows = unit.rows
        unit.counts = &unit_input_counts[i, 0]
        unit.inputs.weight = 1
        for k in range(work.n_objectives):
            unit.room[k].rows = &unit_rows[k, i, 0]
            unit.room[k].counts = &unit_counts[k, i, 0]
            unit.room[k].floats = &unit_floats[k, i, 0]
            unit.numbers[k] = <w2v_random_block *>&unit_numbers[k, i, 0, 0]


cdef object lend_positives(dict memory, Work *work):
    """Point the work to the scratch memory for what units predict."""
    cdef uint32_t[:, ::1] words = memory["positives"]
    cdef int64_t[:, ::1] positions = memory["positive_positions"]
    cdef float[:, ::1] weights = memory["positive_weights"]
    cdef uint8_t[:, :, ::1] each = memory["each"]
    cdef uint32_t[::1] one_rows = memory["one_rows"], one_table = memory["one_table"]
    cdef float[::1] one_counts = memory["one_counts"], one_floats = memory["one_floats"]
    cdef uint32_t[:, :, ::1] places = memory["places"]
    cdef float[:, :, ::1] labels = memory["example_labels"], counts = memory["example_counts"]
    cdef int64_t[:, :, ::1] ends = memory["ends"]
    cdef float[:, :, ::1] example_weights = memory["example_weights"]
    cdef Unit *unit
    cdef int i, k
    work.one.most = one_rows.shape[0]
    work.one.room.rows = &one_rows[0]
    work.one.room.counts = &one_counts[0]
    work.one.room.floats = &one_floats[0]
    work.one.table = &one_table[0]
    for i in range(RING):
        unit = &work.ring[i]
        unit.positives.words = &words[i, 0]
        unit.positives.positions = &positions[i, 0]
        unit.positives.weights = &weights[i, 0]
        unit.positives.weighted = work.walk.weights is not NULL
        for k in range(work.n_objectives):
            unit.each[k] = <w2v_targets *>&each[k, i, 0]
        for k in range(work.n_objectives if places.shape[2] else 0):
            unit.predicted[k].places = &places[k, i, 0]
            unit.predicted[k].labels = &labels[k, i, 0]
            unit.predicted[k].counts = &counts[k, i, 0]
            unit.predicted[k].ends = &ends[k, i, 0]
            unit.predicted[k].weights = &example_weights[k, i, 0]


cdef object lend_sums(dict memory, Work *work):
    """Point the work to the scratch memory for sums of rows, and the blocks to the sums."""
    cdef float[:, ::1] sums = memory["sums"], before = memory["sums_before"]
    cdef float[::1] factors = memory["sum_factors"], weights = memory["sum_weights"]
    cdef uint32_t[::1] words = memory["sum_words"]
    cdef uint32_t[:, ::1] coming = memory["coming"]
    cdef int i, k
    work.words.size = work.walk.sums.size = sums.shape[0]
    work.words.stride = sums.shape[1]
    work.words.matrix = w2v_whole(&sums[0, 0])
    work.words.sums = &sums[0, 0]
    work.words.before = &before[0, 0]
    work.words.factors = &factors[0]
    work.words.words = &words[0]
    work.walk.sums.weights = &weights[0]
    for i in range(RING):
        work.ring[i].coming.words = &coming[i, 0]
    for k in range(work.n_objectives):
        work.target[k].matrices.inputs = &work.words.matrix
        work.target[k].matrices.lock = work.words.factors
        work.target[k].matrices.lock_size = work.words.size


cdef object lend_features(features, Bags *bags):
    """Point to the rows of each id (model/features.py)."""
    cdef const int64_t[::1] indptr = features.indptr
    cdef const uint32_t[::1] rows = features.rows
    cdef const float[::1] weights = features.weights
    bags.indptr = &indptr[0]
    bags.rows = &rows[0]  # an id that is asked for has one at least
    if weights is not None:
        bags.weights = &weights[0]


cdef object lend_tags(tags, int64_t sentences, int64_t input_rows, Bags *bags):
    """Point to the tags (corpus/tagging.py), which must be those of so many sentences, and within the input matrix."""
    cdef const int64_t[::1] offsets = tags.offsets
    cdef const uint32_t[::1] rows = tags.rows
    if offsets.shape[0] != sentences + 1 or offsets[0] != 0 or offsets[sentences] != rows.shape[0]:
        raise ValueError(f"tags must be those of {sentences} sentences, got {offsets.shape[0] - 1}")
    if tags.highest >= input_rows:
        raise ValueError(f"batch has tag row {tags.highest}, the input matrix {input_rows} rows")
    bags.tag_offsets = &offsets[0]
    bags.tag_rows = &rows[0]  # of none, an address that is not read


cdef class WindowWorker:
    """One worker of one architecture: scratch memory, and the loop from tokens to blocks. Not shared by threads.

    Parameters
    ----------
    config : TrainingConfig
    keep : ndarray of uint32, shape (V,)
    lock : ndarray of float32, shape (n,)
    inputs : WorkerMatrix
        The input matrix.
    objectives : list of (Selector, WorkerMatrix)
        Each objective's selector and target matrix.
    stop_flag : ndarray of int32, shape (1,)
        Not 0: leave off soon.
    features : Features, optional
        The input rows of each id; default: the row of its number.
    """

    def __init__(self, config, keep, lock, WorkerMatrix inputs, objectives, stop_flag, features=None):
        if not 0 < len(objectives) <= MAX_OBJECTIVES:
            raise ValueError(f"need 1 to {MAX_OBJECTIVES} objectives, got {len(objectives)}")
        self.config = config
        self.keep = np.ascontiguousarray(keep, np.uint32)
        self.lock = np.ascontiguousarray(lock, np.float32)
        self.inputs = inputs
        self.objectives = objectives
        self.stop_flag = stop_flag
        self.features = features
        if features is not None:
            features.check(len(self.keep), inputs.rows)
        self.suspect = False
        self.stretch = 1
        self.window = 0 if config.window == "sentence" else config.window

    cdef void choose(self, next_unit next, next_unit next_of_bags, int64_t max_words):
        """Set what makes this architecture: its units, without and with features or tags, and the words of one.

        `max_words` is how many words are its inputs at most; 0: as many as a sentence has.
        """
        self.next = next
        self.next_of_bags = next_of_bags
        self.max_words = max_words

    cdef void predict(self, int64_t most, bint sharing_draws):
        """Say that units predict `most` words at most, all with the unit's random draws, or each with its own place's.

        It is called after the objectives are known. Where one of these takes the scores of an example together, a unit
        predicts one word. Words with draws of their own are of one stretch of the sentence, of `most` tokens.
        """
        self.most_positives = most
        self.sharing_draws = sharing_draws
        if not sharing_draws:
            self.stretch = most
        if any(selector.link != W2V_LINK_SIGMOID for selector, _ in self.objectives):
            self.most_positives = 1

    cdef int64_t inputs_of(self, int64_t words, int64_t tags):
        """Return the most input rows of a unit, in sentences of so many words and tags."""
        # a window may be wider than all sentences
        cdef int64_t inputs = min(self.max_words, words) if self.max_words else words
        return inputs * (1 if self.features is None else self.features.longest) + tags

    cdef object prepare(self, int64_t longest, int64_t tokens, int64_t tags):
        """Make room for sentences of `longest` words, of which a job trains at most `tokens`, and of so many tags."""
        cdef int64_t room = longest, beyond = 2 * self.window + self.stretch - 1
        if self.window and tokens + beyond < longest:
            room = tokens + beyond
        cdef int64_t inputs = self.inputs_of(room, tags)
        if self.memory is not None and room <= self.sentence_room and inputs <= self.input_room:
            return
        room = max(room, 2 * self.sentence_room)
        inputs = max(self.inputs_of(room, tags), self.input_room)
        cdef int64_t positives = max(1, self.most_positives)
        one = max(selector.max_targets for selector, _ in self.objectives)
        targets = one * positives
        each = max(selector.floats for selector, _ in self.objectives)
        extra = max(1, targets * (2 if positives > 1 and self.sharing_draws else each))
        fresh = 1 if self.sharing_draws else positives
        runs = fresh * max(1, max(runs_of(selector.draws) for selector, _ in self.objectives))
        widest = max(matrix.stride for matrix in (self.inputs, *(matrix for _, matrix in self.objectives)))
        floats = w2v_scratch_floats(inputs, targets, widest)
        noted = targets if positives > 1 and self.sharing_draws and self.config.compute_loss else 0
        shapes = {
            "ids": ((room + COPIED,), np.uint32),
            "positions": ((room,), np.int64),
            "reach": ((room,), np.int64),
            "inputs": ((RING, inputs + COPIED), np.uint32),
            "input_counts": ((RING, inputs), np.float32),
            "table": ((slots_for(max(inputs, room) if self.merging else inputs),), np.uint32),
            "targets": ((len(self.objectives), RING, targets), np.uint32),
            "counts": ((len(self.objectives), RING, targets), np.float32),
            "floats": ((len(self.objectives), RING, extra), np.float32),
            "numbers": ((len(self.objectives), RING, runs * W2V_RUN, 4), np.uint32),
            "streams": ((GROUP * runs,), np.uint64),
            "blocks": ((GROUP * runs,), np.uint64),
            "token_numbers": ((sizeof(TokenNumbers),), np.uint8),
            "scratch": ((floats,), np.float32),
            "previous": ((room if self.merging else 0,), np.int64),
            "latest": ((room if self.merging else 0,), np.int64),
            "slot": ((room if self.merging else 0,), np.int64),
            "weights": ((2 * self.reach_of(room) + 1,), np.float32),
        }
        if self.sum_words:
            shapes |= {
                "sums": ((self.sum_words, (<WorkerMatrix>self.inputs).stride), np.float32),
                "sums_before": ((self.sum_words, (<WorkerMatrix>self.inputs).stride), np.float32),
                "sum_factors": ((self.sum_words,), np.float32),
                "sum_weights": ((self.sum_words,), np.float32),
                "sum_words": ((self.sum_words,), np.uint32),
                "coming": ((RING, self.sum_words), np.uint32),
            }
        if self.most_positives:
            shapes |= {
                "positives": ((RING, positives), np.uint32),
                "positive_positions": ((RING, positives), np.int64),
                "each": ((len(self.objectives), RING, fresh * sizeof(w2v_targets)), np.uint8),
                "positive_weights": ((RING, positives), np.float32),
                "one_rows": ((one,), np.uint32),
                "one_counts": ((one,), np.float32),
                "one_floats": ((max(1, one * each),), np.float32),
                "one_table": ((slots_for(targets),), np.uint32),
                "places": ((len(self.objectives), RING, noted), np.uint32),
                "example_labels": ((len(self.objectives), RING, noted), np.float32),
                "example_counts": ((len(self.objectives), RING, noted), np.float32),
                "ends": ((len(self.objectives), RING, positives), np.int64),
                "example_weights": ((len(self.objectives), RING, positives), np.float32),
            }
        # One allocation with a margin at both ends: small arrays of two workers on one cache line halve their speed.
        sizes = {name: np.dtype(kind).itemsize * math.prod(shape) for name, (shape, kind) in shapes.items()}
        block = np.zeros(sum(-(-size // 128) * 128 for size in sizes.values()) + 3 * 128, np.uint8)
        start = 128 + -block.ctypes.data % 128
        self.memory = {}
        for name, (shape, kind) in shapes.items():
            self.memory[name] = block[start:start + sizes[name]].view(kind).reshape(shape)
            start += -(-sizes[name] // 128) * 128
        if self.config.weighs_contexts:
            self.fill_weights(self.memory["weights"])
        self.sentence_room = room
        self.input_room = inputs

    cdef int64_t reach_of(self, int64_t words):
        """Return the largest distance of a context in sentences of so many words, if contexts have weights; else 0."""
        if not self.config.weighs_contexts:
            return 0
        return min(self.window, words) if self.window else words

    cdef object fill_weights(self, weights):
        """Write the weights of contexts by their place after the centre, which stands in the middle and has none."""
        reach = len(weights) // 2
        by_distance = weights_by_distance(self.config.window, self.config.window_weights, reach)
        weights[reach + 1:] = by_distance
        weights[:reach] = by_distance[::-1]

    def freeze(self):
        """Write from now on only to input rows that are this worker's own (`FrozenMatrix`), and sum up nothing."""
        self.frozen, self.pairing = True, False

    def run(self, batch, int64_t start, int64_t stop, int64_t position, float alpha, int64_t epoch, int64_t tick=1):
        """Train the tokens start..stop of the batch: (words, examples, loss, judged, correct, weight) of EpochStats.

        After each `tick` blocks the matrices with private rows merge what is due.
        """
        return self.train(batch, start, stop, position, np.full(1, alpha), epoch, tick, False)

    def infer(self, batch, const double[::1] rates):
        """Train the whole batch once at each of the rates; all sentences have the random numbers of a first one."""
        self.train(batch, 0, len(batch), 0, rates, 0, NEVER, True)

    cdef object train(
        self, batch, int64_t start, int64_t stop, int64_t position, const double[::1] rates, int64_t epoch,
        int64_t tick, bint alike,
    ):
        """Train the tokens start..stop in as many epochs as there are rates; `alike`: see Tokens."""
        cdef const uint32_t[::1] ids = batch.ids
        cdef const int64_t[::1] offsets = batch.offsets
        if not 0 <= start <= stop <= ids.shape[0] or offsets[offsets.shape[0] - 1] != ids.shape[0]:
            raise ValueError(f"job {start}..{stop} is not within its batch of {ids.shape[0]} tokens")
        if start == stop:
            return 0, 0, 0.0, 0.0, 0.0, 0.0
        tags = batch.tags
        self.prepare(batch.longest, stop - start, 0 if tags is None else tags.most)
        cdef const uint32_t[::1] keep = self.keep
        cdef const float[::1] lock = self.lock
        cdef WorkerMatrix matrix = self.inputs
        cdef int64_t rows = matrix.rows, vocabulary = keep.shape[0]
        cdef const int32_t[::1] stop_flag = self.stop_flag
        if batch.highest_id >= vocabulary:
            raise ValueError(f"batch has id {batch.highest_id}, the vocabulary {vocabulary} words")
        if self.features is None and batch.highest_id >= rows:
            raise ValueError(f"batch has id {batch.highest_id}, the input matrix {rows} rows")

        cdef Work work
        memset(&work, 0, sizeof(work))
        work.tokens.ids = &ids[0]
        work.tokens.offsets = &offsets[0]
        work.tokens.sentences = offsets.shape[0] - 1
        work.tokens.position = position
        work.tokens.alike = alike
        if self.config.subsample:
            work.tokens.keep = &keep[0]
        work.tokens.window = self.window
        work.tokens.shrink = self.config.draws_windows and self.window > 1
        work.next = self.next if self.features is None and tags is None else self.next_of_bags
        if self.features is not None:
            lend_features(matrix.features if matrix.features is not None else self.features, &work.walk.bags)
        if tags is not None:
            lend_tags(tags, work.tokens.sentences, rows, &work.walk.bags)
        work.table = block_table()
        work.stop_flag = &stop_flag[0]

        work.matrices.inputs = &matrix.matrix
        work.matrices.stride = matrix.stride
        work.bytes = matrix.rows * matrix.stride * sizeof(float)
        work.matrices.columns = self.config.vector_size
        work.tick = tick
        work.since_tick = self.since_tick
        if matrix.private:
            work.replica[work.n_replicas] = &matrix.replica
            work.n_replicas += 1
        if lock.shape[0] != 1 or lock[0] != 1:
            work.matrices.lock = &lock[0]
        work.matrices.lock_size = lock.shape[0]

        cdef Selector selector
        cdef Target *target
        cdef const w2v_blocks *blocks
        cdef int with_loss = 1 if self.config.compute_loss else 0
        for selector, matrix in self.objectives:
            target = &work.target[work.n_objectives]
            target.select = selector.select
            target.noise = selector.noise
            target.warm = selector.warm
            target.state = selector.state
            target.purpose = selector.purpose
            target.draws = selector.draws
            target.n_cached = selector.n_cached
            target.max_targets = selector.max_targets
            target.floats = selector.floats
            target.matrices = work.matrices
            target.matrices.targets = &matrix.matrix
            work.bytes += matrix.rows * matrix.stride * sizeof(float)
            target.matrices.judge = selector.judge
            target.matrices.link = selector.link
            merges = self.most_positives > 1 and self.sharing_draws
            is_soft = selector.floats or selector.link != W2V_LINK_SIGMOID or merges
            blocks = work.table.soft if is_soft else &work.table.hard
            target.block = blocks.mean[with_loss] if self.is_mean else blocks.pairs[with_loss]
            if self.joins:
                target.block = work.table.joined[2 if self.frozen else with_loss]
            elif self.frozen:
                target.block = work.table.frozen.mean
            if self.most_positives and not self.sharing_draws:
                target.several = work.table.frozen.several if self.frozen else blocks.several[with_loss]
            if self.pairing and len(self.objectives) == 1 and selector.draws:
                work.paired = blocks.paired[with_loss]
            work.n_objectives += 1
            if matrix.private:
                work.replica[work.n_replicas] = &matrix.replica
                work.n_replicas += 1

        if not self.frozen and not self.joins:
            work.most_coming = W2V_COMING if work.paired is not NULL else W2V_COMING_ALWAYS
        work.walk.window = self.window
        work.walk.padding = self.config.padding
        work.walk.mean = self.config.cbow_mean
        work.walk.shares_error = self.config.cbow_corrected or not self.config.cbow_mean
        work.walk.most_positives = self.most_positives
        work.walk.stretch = self.stretch
        work.predicts = self.most_positives > 0
        work.sharing_draws = self.sharing_draws
        work.stretch = self.stretch
        work.frozen = self.frozen
        work.seed = <uint64_t>(self.config.seed % 2**64)
        lend(self.memory, &work)
        # 3 to 6 % of an epoch. "pairs" loses 4 % by it: the sigmoids of several inputs do not wait for one another.
        if self.is_mean and not self.frozen and not self.sum_words and work.n_objectives == 1:
            work.scratch.meanwhile, work.scratch.context = name_units, &work
        if work.predicts:
            lend_positives(self.memory, &work)
        if self.sum_words:
            lend_sums(self.memory, &work)
        if tags is not None:  # which may be rows of words, too
            work.walk.previous = NULL
        cdef w2v_flags flags
        cdef bint raised
        cdef int64_t i
        with nogil:
            w2v_lower_flags(&flags)
            for i in range(rates.shape[0]):
                begin_epoch(&work, epoch + i, rates[i])
                train_range(&work, start, stop)
            raised = w2v_restore_flags(&flags)
        if raised or not flags_tell():
            self.suspect = True
        for i in range(rates.shape[0]):
            if not isfinite(<float>rates[i]):
                self.suspect = True
        self.since_tick = work.since_tick
        return (work.totals.words, work.totals.examples, work.sums.loss, work.sums.judged, work.sums.correct,
                work.totals.weight)

    def may_have_diverged(self):
        """Whether a number may have become infinite or NaN since this was asked last: in a job, or in a merge."""
        cdef WorkerMatrix matrix
        cdef bint answer = self.suspect
        self.suspect = False
        for matrix in (self.inputs, *(targets for _, targets in self.objectives)):
            answer |= matrix.suspect
            matrix.suspect = False
        return answer
