"""The blocks of block.h over the BLAS that comes with scipy: portable, and a second opinion for every other table.

One hidden row (one input, or the mean) goes target by target with sdot and saxpy. Several inputs go by strips of 16
columns, which are copied to scratch and multiplied with sgemm, since rows chosen by number do not lie in one matrix.
BLAS calls cost more than the arithmetic of a short row: this table is several times slower than the vector ones and
not meant for training.
"""

from cpython.pycapsule cimport PyCapsule_New
from libc.math cimport INFINITY, exp, expm1, fabs, log, log1p
from libc.string cimport memcpy, memset
from scipy.linalg.cython_blas cimport saxpy, sdot, sgemm

from ._contract cimport (
    W2V_JUDGE_EXAMPLES, W2V_LINK_SOFTMAX, W2V_RUN, W2V_SLOTS, w2v_block_table, w2v_curvature, w2v_examples,
    w2v_inputs, w2v_matrices, w2v_round_up, w2v_row, w2v_scratch, w2v_sums, w2v_targets)
from ._random cimport w2v_random, w2v_random_block
from ._types cimport int64_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include "block.h"
    extern const w2v_block_table w2v_blocks_portable;
    """
    const w2v_block_table w2v_blocks_portable

# Constants: BLAS takes every argument by address.
cdef int STRIP = 16  # columns; W2V_ROW_MULTIPLE in block.h
cdef int ONE = 1
cdef float ZERO_F = 0.0
cdef float ONE_F = 1.0
cdef char NO = b"N"
cdef char YES = b"T"


# The scratch of one call, cut into its arrays; `t` counts targets that are not masked.
cdef struct Workspace:
    float **target   # [t]
    float *label     # [t]
    float *count     # [t]
    float *offset    # [t]
    int64_t n
    const w2v_examples *examples
    float *hidden    # [stride]
    float *error     # [stride]
    float *score     # [C x n] scores, then gradients
    float *x         # [C x 16] strips of the old inputs
    float *e         # [C x 16] their errors
    float *y         # [n x 16] strips of the targets


cdef void gather_targets(Workspace *w, const w2v_matrices *m, const w2v_targets *named) noexcept nogil:
    cdef int64_t t
    for t in range(named.n):
        if named.counts is NULL or named.counts[t] != 0:
            w.target[w.n] = w2v_row(m.targets, named.rows[t], m.stride)
            w.label[w.n] = named.labels[t] if named.soft_labels is NULL else named.soft_labels[t]
            w.offset[w.n] = 0.0 if named.offsets is NULL else named.offsets[t]
            w.count[w.n] = 1.0 if named.counts is NULL else named.counts[t]
            w.n += 1


cdef Workspace gather(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, int64_t examples,
        const w2v_scratch *scratch) noexcept nogil:
    cdef Workspace w
    cdef int64_t inputs = w2v_round_up(chosen.n)
    cdef int64_t targets = 0
    cdef int64_t i
    cdef float *rest = scratch.floats
    for i in range(examples):
        targets += named[i].n
    targets = w2v_round_up(targets)
    w.target = <float **> rest
    rest += 2 * targets  # a pointer is no longer than two floats
    w.label = rest
    w.count = w.label + targets
    w.offset = w.count + targets
    w.y = w.offset + targets
    w.x = w.y + targets * STRIP
    w.e = w.x + inputs * STRIP
    w.hidden = w.e + inputs * STRIP
    w.error = w.hidden + m.stride
    w.score = w.error + m.stride
    w.n = 0
    w.examples = named.examples
    for i in range(examples):
        gather_targets(&w, m, &named[i])
    return w


cdef inline float *input_row(const w2v_matrices *m, const w2v_inputs *chosen, int64_t c) noexcept nogil:
    return w2v_row(m.inputs, chosen.rows[c], m.stride)


cdef inline float input_count(const w2v_inputs *chosen, int64_t c) noexcept nogil:
    return 1.0 if chosen.counts is NULL else chosen.counts[c]


cdef inline float lock_of(const w2v_matrices *m, uint32_t row) noexcept nogil:
    return 1.0 if m.lock is NULL else m.lock[row % m.lock_size]


cdef inline float sigmoid(float score) noexcept nogil:
    return <float> (1.0 / (1.0 + exp(-<double> score)))


cdef void sigmoids(float *score, int64_t n) noexcept nogil:
    cdef int64_t i
    for i in range(n):
        score[i] = sigmoid(score[i])


cdef void random_blocks(
        uint64_t key, const uint64_t *stream, const uint64_t *block, int64_t runs, int64_t length,
        w2v_random_block *out) noexcept nogil:
    cdef int64_t r, i
    for r in range(runs):
        for i in range(length):
            out[r * W2V_RUN + i] = w2v_random(key, stream[r], block[r] + i)


# The logarithm of the sum of the exponentials of one row's scores.
cdef double log_of_sum(const Workspace *w, const float *score) noexcept nogil:
    cdef double highest = score[0], total = 0
    cdef int64_t t
    for t in range(w.n):
        highest = max(highest, <double> score[t])
    for t in range(w.n):
        total += w.count[t] * exp(score[t] - highest)
    return highest + log(total)


# Adds what is judged of examples one by one, where the scores are those of all that they named.
cdef void judge_examples(
        const w2v_examples *examples, const w2v_matrices *m, const float *score, w2v_sums *sums) noexcept nogil:
    cdef float lowest, highest, s
    cdef double targets, right
    cdef int64_t i, at = 0
    for i in range(examples.n):
        lowest, highest, targets, right = INFINITY, -INFINITY, 0, 0
        while at < examples.ends[i]:
            s = score[examples.places[at]]
            targets += examples.counts[at]
            if examples.labels[at] > 0.5:
                lowest = min(lowest, s)
                right += examples.counts[at] if s > 0 else 0
            else:
                highest = max(highest, s)
                right += examples.counts[at] if s < 0 else 0
            at += 1
        if m.judge == W2V_JUDGE_EXAMPLES:
            sums.judged += examples.weights[i]
            sums.correct += examples.weights[i] * (lowest > highest)
        else:
            sums.judged += examples.weights[i] * targets
            sums.correct += examples.weights[i] * right


# Adds what the scores of one row come to, a row that stands for `times` examples.
cdef void sum_up(
        const Workspace *w, const w2v_matrices *m, const float *score, float times, w2v_sums *sums) noexcept nogil:
    cdef double loss = 0, z
    cdef float lowest = INFINITY, highest = -INFINITY  # score of a true target, and of another
    cdef double targets = 0, right = 0
    cdef int64_t t
    if m.link == W2V_LINK_SOFTMAX:
        loss = log_of_sum(w, score)
    for t in range(w.n):
        if m.link == W2V_LINK_SOFTMAX:
            loss -= <double> w.count[t] * w.label[t] * score[t]
        else:
            z = -<double> score[t] if w.label[t] == 1 else <double> score[t]
            loss += w.count[t] * (max(z, 0.0) + log1p(exp(-fabs(z))))
            if w.label[t] != 1 and w.label[t] != 0:
                loss -= <double> w.count[t] * w.label[t] * score[t]
        targets += w.count[t]
        if w.label[t] > 0.5:
            lowest = min(lowest, score[t])
            right += w.count[t] if score[t] > 0 else 0
        else:
            highest = max(highest, score[t])
            right += w.count[t] if score[t] < 0 else 0
    sums.loss += times * loss
    if w.examples is not NULL:
        judge_examples(w.examples, m, score, sums)
    elif m.judge == W2V_JUDGE_EXAMPLES:
        sums.judged += times
        sums.correct += times * (lowest > highest)
    else:
        sums.judged += times * targets
        sums.correct += times * right


# Scores of one row to gradients, in place.
cdef void gradients(const Workspace *w, const w2v_matrices *m, float *score, float times) noexcept nogil:
    cdef bint joint = m.link == W2V_LINK_SOFTMAX
    cdef double total = log_of_sum(w, score) if joint else 0
    cdef float chance, weight = m.alpha * times
    cdef int64_t t
    for t in range(w.n):
        chance = <float> exp(score[t] - total) if joint else sigmoid(score[t])
        score[t] = weight * (w.label[t] - chance) * w.count[t]


# Scores of the row `x`, which stands for `times` examples, with the targets from `first` on: sums and gradients.
cdef void link(
        Workspace w, const w2v_matrices *m, int64_t first, int64_t n, float times, w2v_sums *sums,
        bint with_loss) noexcept nogil:
    w.label += first
    w.count += first
    w.score += first
    w.n = n
    if with_loss and n:
        sum_up(&w, m, w.score, times, sums)
    if n:
        gradients(&w, m, w.score, times)


# Both updates of the row `x` and all targets, from the gradients, but for the writing of x: its error goes to w.error.
# A row may stand among the targets of several examples: each takes it as the one before has left it.
cdef void update(Workspace *w, const w2v_matrices *m, float *x) noexcept nogil:
    cdef int n = <int> m.stride
    cdef int64_t t
    memset(w.error, 0, m.stride * sizeof(float))
    for t in range(w.n):
        saxpy(&n, &w.score[t], w.target[t], &ONE, w.error, &ONE)
        saxpy(&n, &w.score[t], x, &ONE, w.target[t], &ONE)


cdef void score_all(Workspace *w, const w2v_matrices *m, float *x) noexcept nogil:
    cdef int n = <int> m.stride
    cdef int64_t t
    for t in range(w.n):
        w.score[t] = sdot(&n, x, &ONE, w.target[t], &ONE) + w.offset[t]


# Scores of the row `x`, which stands for `times` examples, with all targets, and the updates.
cdef void train_one(
        Workspace *w, const w2v_matrices *m, float *x, float times, w2v_sums *sums, bint with_loss) noexcept nogil:
    score_all(w, m, x)
    link(w[0], m, 0, w.n, times, sums, with_loss)
    update(w, m, x)


cdef void copy_strips(
        Workspace *w, const w2v_matrices *m, const w2v_inputs *chosen, int64_t start) noexcept nogil:
    cdef int64_t c, t, k
    cdef float *x
    for c in range(chosen.n):
        x = input_row(m, chosen, c) + start
        for k in range(STRIP):
            w.x[c * STRIP + k] = x[k]
    for t in range(w.n):
        for k in range(STRIP):
            w.y[t * STRIP + k] = w.target[t][start + k]


# Several inputs. BLAS matrices are column by column: a strip [rows x 16] is to BLAS a matrix 16 x rows.
cdef void train_many(
        Workspace *w, const w2v_matrices *m, const w2v_inputs *chosen, w2v_sums *sums, bint with_loss) noexcept nogil:
    cdef int inputs = <int> chosen.n, targets = <int> w.n
    cdef int64_t strip, start, c, t, k
    cdef float *x
    memset(w.score, 0, chosen.n * w.n * sizeof(float))
    for strip in range(m.stride // STRIP):
        start = strip * STRIP
        copy_strips(w, m, chosen, start)
        # score [C x n] += x y'
        sgemm(&YES, &NO, &targets, &inputs, &STRIP, &ONE_F, w.y, &STRIP, w.x, &STRIP, &ONE_F, w.score, &targets)
    for c in range(chosen.n):
        for t in range(w.n):
            w.score[c * w.n + t] += w.offset[t]
        if with_loss:
            sum_up(w, m, w.score + c * w.n, input_count(chosen, c), sums)
        gradients(w, m, w.score + c * w.n, input_count(chosen, c))
    for strip in range(m.stride // STRIP):
        start = strip * STRIP
        copy_strips(w, m, chosen, start)
        # e [C x 16] = g y, then y [n x 16] += g' x
        sgemm(&NO, &NO, &STRIP, &inputs, &targets, &ONE_F, w.y, &STRIP, w.score, &targets, &ZERO_F, w.e, &STRIP)
        sgemm(&NO, &YES, &STRIP, &targets, &inputs, &ONE_F, w.x, &STRIP, w.score, &targets, &ONE_F, w.y, &STRIP)
        for c in range(chosen.n):
            x = input_row(m, chosen, c) + start
            for k in range(STRIP):
                x[k] += lock_of(m, chosen.rows[c]) * w.e[c * STRIP + k]
        for t in range(w.n):
            for k in range(STRIP):
                w.target[t][start + k] = w.y[t * STRIP + k]


cdef inline void pairs(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_scratch *scratch,
        w2v_sums *sums, bint with_loss) noexcept nogil:
    cdef Workspace w = gather(m, chosen, named, 1, scratch)
    cdef int n = <int> m.stride
    cdef float *x
    cdef float factor
    if w.n == 0 or chosen.n == 0:
        return
    if chosen.n > 1:
        train_many(&w, m, chosen, sums, with_loss)
        return
    x = input_row(m, chosen, 0)
    train_one(&w, m, x, input_count(chosen, 0), sums, with_loss)
    factor = lock_of(m, chosen.rows[0])
    saxpy(&n, &factor, w.error, &ONE, x, &ONE)


cdef void gather_bag(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_scratch *scratch, float *hidden) noexcept nogil:
    cdef int n = <int> m.stride
    cdef int64_t c
    cdef float factor
    memset(hidden, 0, m.stride * sizeof(float))
    for c in range(chosen.n):
        factor = chosen.scale * input_count(chosen, c)
        saxpy(&n, &factor, input_row(m, chosen, c), &ONE, hidden, &ONE)


cdef void scatter_bag(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_scratch *scratch,
        const float *error) noexcept nogil:
    cdef int n = <int> m.stride
    cdef int64_t c
    cdef float factor
    for c in range(chosen.n):
        factor = chosen.error_scale * input_count(chosen, c) * lock_of(m, chosen.rows[c])
        saxpy(&n, &factor, <float *> error, &ONE, input_row(m, chosen, c), &ONE)


cdef inline void mean(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_scratch *scratch,
        w2v_sums *sums, bint with_loss) noexcept nogil:
    cdef Workspace w = gather(m, chosen, named, 1, scratch)
    if w.n == 0:
        return
    gather_bag(m, chosen, scratch, w.hidden)
    train_one(&w, m, w.hidden, chosen.weight, sums, with_loss)
    scatter_bag(m, chosen, scratch, w.error)


cdef inline void several(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, int64_t examples,
        const w2v_scratch *scratch, w2v_sums *sums, bint with_loss) noexcept nogil:
    cdef Workspace w = gather(m, chosen, named, examples, scratch)
    cdef int64_t i, t, at = 0, n
    if w.n == 0:
        return
    gather_bag(m, chosen, scratch, w.hidden)
    score_all(&w, m, w.hidden)
    for i in range(examples):
        n = named[i].n
        for t in range(named[i].n if named[i].counts is not NULL else 0):
            n -= named[i].counts[t] == 0
        link(w, m, at, n, chosen.weight, sums, with_loss)
        at += n
    update(&w, m, w.hidden)
    scatter_bag(m, chosen, scratch, w.error)


cdef void pairs_without_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_scratch *scratch,
        w2v_sums *sums) noexcept nogil:
    pairs(m, chosen, named, scratch, sums, False)


cdef void pairs_with_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_scratch *scratch,
        w2v_sums *sums) noexcept nogil:
    pairs(m, chosen, named, scratch, sums, True)


cdef void mean_without_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_scratch *scratch,
        w2v_sums *sums) noexcept nogil:
    mean(m, chosen, named, scratch, sums, False)


cdef void mean_with_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_scratch *scratch,
        w2v_sums *sums) noexcept nogil:
    mean(m, chosen, named, scratch, sums, True)


cdef void several_without_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, int64_t examples,
        const w2v_scratch *scratch, w2v_sums *sums) noexcept nogil:
    several(m, chosen, named, examples, scratch, sums, False)


cdef void several_with_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, int64_t examples,
        const w2v_scratch *scratch, w2v_sums *sums) noexcept nogil:
    several(m, chosen, named, examples, scratch, sums, True)


cdef void paired_without_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_inputs *next_chosen,
        const w2v_targets *next_named, const w2v_scratch *scratch, w2v_sums *sums) noexcept nogil:
    pairs(m, chosen, named, scratch, sums, False)
    pairs(m, next_chosen, next_named, scratch, sums, False)


cdef void paired_with_loss(
        const w2v_matrices *m, const w2v_inputs *chosen, const w2v_targets *named, const w2v_inputs *next_chosen,
        const w2v_targets *next_named, const w2v_scratch *scratch, w2v_sums *sums) noexcept nogil:
    pairs(m, chosen, named, scratch, sums, True)
    pairs(m, next_chosen, next_named, scratch, sums, True)


cdef void merge(float *shared, float *own, float *base, int64_t floats) noexcept nogil:
    cdef int64_t i
    for i in range(floats):
        if shared[i] != base[i]:
            own[i] = shared[i] + (own[i] - base[i])
        shared[i] = base[i] = own[i]


cdef float coefficient(double change, int64_t ranks) noexcept nogil:
    """The mean of q^0 .. q^(ranks - 1), where q = exp(change)."""
    return expm1(ranks * change) / (expm1(change) * ranks) if fabs(change) > 1e-9 else 1


cdef void merge_ranks(
        const w2v_curvature *s, float *own, float *base, const int64_t *rows, int64_t n, float *sums,
        const float *accumulated_lr, const float *log_growth) noexcept nogil:
    cdef int size = <int> s.stride
    cdef int64_t i, row
    cdef float rest
    cdef float along[W2V_SLOTS]
    for i in range(n):
        row = (rows[i] if rows is not NULL else i) * s.stride
        rest = coefficient(log_growth[i] - accumulated_lr[i] * s.rest, s.ranks)
        for k in range(W2V_SLOTS):
            along[k] = sdot(&size, s.eigenvector[k], &ONE, sums + i * s.stride, &ONE)
            along[k] *= coefficient(log_growth[i] - accumulated_lr[i] * s.eigenvalue[k], s.ranks) - rest
        saxpy(&size, &rest, sums + i * s.stride, &ONE, base + row, &ONE)
        for k in range(W2V_SLOTS):
            saxpy(&size, &along[k], s.eigenvector[k], &ONE, base + row, &ONE)
        memcpy(own + row, base + row, size * sizeof(float))


cdef w2v_block_table TABLE
TABLE.name = b"blas"
TABLE.hard.pairs[0] = pairs_without_loss
TABLE.hard.pairs[1] = pairs_with_loss
TABLE.hard.mean[0] = mean_without_loss
TABLE.hard.mean[1] = mean_with_loss
TABLE.hard.paired[0] = paired_without_loss
TABLE.hard.paired[1] = paired_with_loss
TABLE.hard.several[0] = several_without_loss
TABLE.hard.several[1] = several_with_loss
TABLE.soft = &TABLE.hard  # these read all that there is
TABLE.joined = w2v_blocks_portable.joined
TABLE.frozen = w2v_blocks_portable.frozen  # nobody trains with it
TABLE.bag.gather = gather_bag
TABLE.bag.scatter = scatter_bag
TABLE.sigmoid = sigmoids
TABLE.merge = merge
TABLE.merge_ranks = merge_ranks
TABLE.random = random_blocks

# For _dispatch, which imports this module only when asked for the table: loading scipy's BLAS takes a while.
table = PyCapsule_New(&TABLE, b"w2vcore.kernels._block_blas.table", NULL)
