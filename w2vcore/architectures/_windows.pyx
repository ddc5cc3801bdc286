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

import numpy as np

from w2vcore.architectures._bags cimport take_tags
from w2vcore.architectures._memory cimport lend_features, lend_scratch, lend_tags, make_scratch, Sizes
from w2vcore.architectures._positives cimport name_around_noise, name_each, name_for_all
from w2vcore.architectures._repeats cimport link_repeats
from w2vcore.architectures._sentences cimport Walk, collect, sentence_of
from w2vcore.architectures._units cimport next_unit, Unit
from w2vcore.architectures._word_sums cimport move_sums, release_sums, rows_of
from w2vcore.architectures._work cimport blocks_of, GROUP, MAX_OBJECTIVES, RING, runs_of, Target, Work
from w2vcore.kernels._contract cimport (
    Selector, w2v_blocks, W2V_COMING, W2V_COMING_ALWAYS, w2v_draw_block, w2v_draw_word, w2v_examples, w2v_inputs,
    W2V_LINK_SIGMOID, w2v_matrix, w2v_row, W2V_RUN, w2v_targets,
)
from w2vcore.kernels._dispatch cimport block_table
from w2vcore.kernels._finite cimport flags_tell, w2v_flags, w2v_lower_flags, w2v_restore_flags
from w2vcore.kernels._prefetch cimport w2v_prefetch_row_near
from w2vcore.kernels._replica cimport WorkerMatrix, w2v_tick
from w2vcore.kernels._random cimport W2V_PURPOSE_TOKEN, w2v_random_key
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

from w2vcore.model.window_weights import weights_by_distance

from libc.math cimport isfinite
from libc.stdint cimport int32_t
from libc.string cimport memset

cdef enum:
    AHEAD = 4            # units between naming and training
    BAGS_AHEAD = 2       # the same of units of many rows, of which fewer fit into the cache
    STOP_INTERVAL = 256  # units between two looks at the stop flag
    FAR = 320 << 20      # bytes: rows of larger matrices come from memory
    FAR_ROWS = 800_000   # and are more than so many
    NEVER = 1 << 30      # a tick of matrices that are never merged


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


cdef bint fetches_far(const Work *work) noexcept nogil:
    """Whether rows are fetched into the second cache alone, all of a unit at once, and not by blocks into the first.

    A line on its way to the first cache takes one of a dozen places until it is there, and memory takes too long for so
    few: on an Emerald Rapids with a last cache of 260 MB this is 1 to 13 % faster with 1.8 million rows of 100 numbers,
    2 % with as many of 300, and as fast with 840,000 of 100. With half a million, even if they are longer, it is 10 to
    25 % slower for skip-gram. Rows that are only read are fetched so, too: they are not taken from other cores.
    """
    cdef int64_t row_bytes = work.matrices.stride * <int64_t>sizeof(float)
    return work.frozen or (work.bytes > FAR and work.bytes > FAR_ROWS * row_bytes)


cdef void fetch_far(const w2v_matrix *matrix, const uint32_t *rows, int64_t n, int64_t stride) noexcept nogil:
    """Start to fetch rows into the second cache alone."""
    cdef int64_t i
    for i in range(n):
        w2v_prefetch_row_near(w2v_row(matrix, rows[i], stride), stride)


cdef void name_targets(Work *work, Unit *unit) noexcept nogil:
    """Let each objective choose its rows for the unit, and see that they are fetched."""
    cdef int64_t stride = work.matrices.stride, first, i
    cdef uint32_t arriving
    cdef Target *target
    cdef w2v_targets *named
    cdef int k
    for k in range(work.n_objectives):
        target, named = &work.target[k], &unit.named[k]
        target.select(target.state, unit.centre, numbers_for(unit, k, target), &unit.room[k], named)
        # where nothing is drawn, the later pairs of a centre have the rows of the first one, if it is their target
        first = target.n_cached if target.draws or unit.ordinal == 0 or work.words.size else named.n
        if work.is_far:
            fetch_far(target.matrices.targets, named.rows + first, named.n - first, stride)
            continue
        for i in range(first, named.n):
            fetch_row(work, w2v_row(target.matrices.targets, named.rows[i], stride))
    if unit.arriving >= 0:
        arriving = <uint32_t>unit.arriving
        if work.is_far:
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
        matrices = [self.inputs, *(matrix for _, matrix in self.objectives)]
        cdef Sizes sizes
        sizes.words = room
        sizes.reach = self.reach_of(room)
        sizes.inputs = inputs
        sizes.links_repeats = self.merging
        sizes.objectives = len(self.objectives)
        sizes.targets = max(selector.max_targets for selector, _ in self.objectives)
        sizes.floats = max(selector.floats for selector, _ in self.objectives)
        sizes.draws = max(selector.draws for selector, _ in self.objectives)
        sizes.positives = self.most_positives
        sizes.sharing_draws = self.sharing_draws
        sizes.notes = self.most_positives > 1 and self.sharing_draws and self.config.compute_loss
        sizes.sum_words = self.sum_words
        sizes.stride = (<WorkerMatrix>self.inputs).stride
        sizes.widest = max(matrix.stride for matrix in matrices)
        self.memory = make_scratch(&sizes)
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
        work.is_far = fetches_far(&work)
        work.seed = <uint64_t>(self.config.seed % 2**64)
        lend_scratch(self.memory, &work)
        # 3 to 6 % of an epoch. "pairs" loses 4 % by it: the sigmoids of several inputs do not wait for one another.
        if self.is_mean and not self.frozen and not self.sum_words and work.n_objectives == 1:
            work.scratch.meanwhile, work.scratch.context = name_units, &work
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
