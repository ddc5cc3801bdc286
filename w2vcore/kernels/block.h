/* The contract of a block: the arithmetic on the rows that an architecture and an objective have chosen.
 *
 *   scores   s[c][t] = x[c] . y[t] + offset[t]
 *   gradient g[c][t] = alpha * (label[t] - link(s[c])[t]) * target_count[t]
 *   updates  x[c] += input_count[c] * lock[c] * sum_t g[c][t] y[t],   y[t] += sum_c input_count[c] g[c][t] x[c]
 *
 * in two shapes:
 *
 *   pairs    every input row against every target row (skip-gram), as above;
 *   mean     one hidden row h = scale * sum_c input_count[c] x[c] against every target row (CBOW); its error
 *            e = sum_t g[t] y[t] goes to each input row: x[c] += input_count[c] * lock[c] * error_scale * e. That is
 *            the gradient where error_scale = scale. The mean of C rows has scale = 1/C and error_scale = 1, so C times
 *            the gradient, as in word2vec.c; the sum has scale = 1 and error_scale = 1/C, so 1/C of it, as in gensim.
 *            Either way h itself moves by e.
 *
 * and apart from these "joined", one hidden row that is the input rows side by side, whose targets are as long, and
 * "several", the hidden row of "mean" against the targets of several examples, which are given one by one and count alike.
 * Two of them may name the same row: its scores are those of the values at entry, too, then the examples update it in turn,
 * and each takes its error from the row as it finds it.
 *
 * All scores and all gradients are taken from the values at entry. So that no update is lost, the target rows of one
 * call are distinct, and so are the input rows of "pairs": whoever chooses rows merges repeats into the counts, which
 * need not be whole numbers where inputs have weights. The input rows of "mean" may repeat: a row named twice is summed
 * twice and receives the error twice; a weight of the whole example multiplies all gradients. A target with count 0 is
 * masked: it is neither scored nor written. There is no bound on the number of inputs or targets but the scratch that
 * the caller sized.
 *
 * The link makes chances of the scores that an input row has with the targets. What it is, the objective says
 * (w2v_matrices.link):
 *
 *   W2V_LINK_SIGMOID     sigmoid(s[t]), of each target by itself
 *   W2V_LINK_SOFTMAX     exp(s[t]) / sum_u target_count[u] exp(s[u]), over the targets that are not masked; their labels, by
 *                        their counts, add up to 1. Only the soft blocks have it
 *
 * Labels are 0 or 1, or probabilities between them (soft_labels). Offsets are a part of the score that is not trained.
 * Most objectives have neither, and the blocks that read them, and know the softmax, are compiled apart from the others,
 * in block_soft_<isa>.c, such that these do not change by an instruction.
 *
 * A table has each shape twice, without and with the sums, so that training without compute_loss pays nothing for them.
 * The loss of a pair is -log(sigmoid(s)) for label 1 and -log(sigmoid(-s)) for label 0, and for a label between them
 * the mean of both that it is the weight of; with the softmax it is -label * log(chance). In double. What the accuracy
 * is a share of, the objective says (w2v_matrices.judge), of targets that are not masked. A target is true if its label is above 1/2:
 *
 *   W2V_JUDGE_EXAMPLES   examples, which are the input rows of "pairs" and the hidden row of "mean"; right is one whose
 *                        true targets all score above the others, if there are any
 *   W2V_JUDGE_TARGETS    an example's targets, one by one; right is a score above 0 for a true one, below 0 for another
 *
 * A tie, or a score of 0, is wrong.
 *
 * The targets of "mean" may be those of several examples that have one hidden row (w2v_examples). A row that several of
 * them name has the sum of their counts, and as its soft label the mean of their labels by these: with the sigmoid its
 * gradient and its loss are then the sums of theirs. So that the accuracy is that of the examples one by one, the soft
 * blocks are told what each of them named.
 *
 * One table per instruction set; kernels/_dispatch picks one for the process. This file is C99 and has no intrinsics.
 */
#ifndef W2VCORE_BLOCK_H
#define W2VCORE_BLOCK_H

#include <stdint.h>

#include "random.h"

/* Rows start on 64-byte borders and are a multiple of 16 floats long; the padding is zero and stays zero. */
#define W2V_ROW_MULTIPLE 16
#define W2V_ROW_ALIGN 64
/* Targets are taken in tiles, whose scores are kept and worked on in groups of 8. Where several tiles meet several
 * inputs, the errors of 64 columns are kept: long enough to pay for the change of tile, short enough to stay in the
 * first cache for the inputs of a window. */
#define W2V_SLOTS 8
#define W2V_STRIP 64
/* Rows that a block calls into the cache for a later one while it computes, and how many of them every block does. */
#define W2V_COMING 12
#define W2V_COMING_ALWAYS 8
/* Blocks of random numbers that are made at once. */
#define W2V_RUN 4

/* A matrix as one worker sees it: the rows below `cut` and those from there on may lie apart (replica.h). Of each part the
 * address that row 0 would have, as a number: of the second part it is outside the array. */
typedef struct {
    uintptr_t origin[2];
    int64_t cut;
} w2v_matrix;

/* Where the rows live: constant for a worker's whole job. */
typedef struct {
    const w2v_matrix *inputs;   /* V rows */
    const w2v_matrix *targets;  /* of one objective, V' rows */
    int64_t stride;       /* floats from one row to the next */
    int64_t columns;      /* used columns; the rest is zero padding */
    const float *lock;    /* lock factors of the input rows, row i uses lock[i % lock_size]; NULL: all are 1 */
    int64_t lock_size;
    float alpha;          /* learning rate */
    int judge;            /* W2V_JUDGE_EXAMPLES or W2V_JUDGE_TARGETS */
    int link;             /* W2V_LINK_SIGMOID or W2V_LINK_SOFTMAX; for soft blocks alone, the others have the first */
} w2v_matrices;

enum { W2V_JUDGE_EXAMPLES, W2V_JUDGE_TARGETS };
enum { W2V_LINK_SIGMOID, W2V_LINK_SOFTMAX };

/* The input rows that an architecture chose for one window or pair. */
typedef struct {
    const uint32_t *rows; /* [n] distinct, but for "mean" */
    const float *counts;  /* [n] multiplicities, or weights; NULL: all are 1 */
    int64_t n;
    float scale;       /* "mean" only: factor of the sum of the input rows, */
    float error_scale; /* and of the error that each of them receives, */
    float weight;      /* and of all gradients */
} w2v_inputs;

/* What each of several examples named whose targets are one call's, by places among these; no target is masked. */
typedef struct {
    const uint32_t *places; /* [ends[n - 1]] example after example */
    const float *labels;    /* [ends[n - 1]] */
    const float *counts;    /* [ends[n - 1]] */
    const int64_t *ends;    /* [n] where the places of each example end */
    const float *weights;   /* [n] how much each counts */
    int64_t n;
} w2v_examples;

/* The target rows that an objective named for it. */
typedef struct {
    const uint32_t *rows;  /* [n] distinct */
    const uint8_t *labels; /* [n] 1 or 0 */
    const float *counts;   /* [n] multiplicities, 0 masks; NULL: all are 1 */
    int64_t n;
    /* For soft blocks alone: */
    const float *soft_labels; /* [n] from 0 to 1, and nobody looks at `labels` then; NULL: there are none */
    const float *offsets;     /* [n] added to the scores; NULL: all are 0 */
    const w2v_examples *examples; /* "mean", with sums: whose targets they are; NULL: those of one example */
} w2v_targets;

/* Memory for one worker, 64-byte aligned, sized once by w2v_scratch_floats; and rows that a later call will read and write,
 * which this one starts to fetch. A core has places for a dozen lines on their way to its first cache. Seven rows asked for
 * at once make it wait until most of them are there; a line or two in each turn of the loops over columns do not. A block
 * of one tile fetches the first W2V_COMING_ALWAYS, "paired" all. Where there are fewer, the others are `floats`.
 *
 * A gradient is there some hundred cycles after the last product of its score: the sum of the lanes, the sigmoid. Updates
 * that wait for it fill the scheduler, which has room for about as many operations, and what follows them in the program
 * is not even looked at. So "mean" lets the caller do work of its own between the two. */
typedef struct {
    float *floats;
    const float *coming[W2V_COMING];
    void (*meanwhile)(void *); /* that work, which may touch nothing that the block reads or writes; NULL: none */
    void *context;             /* its argument */
} w2v_scratch;

/* Sums that a block adds to (only in its with_loss form): one per worker, merged after each job. */
typedef struct {
    double loss; /* sum over unmasked pairs, by multiplicity or weight of both sides */
    double judged; /* examples by their multiplicity or weight, or targets by that of both sides */
    double correct; /* of these, how many were right */
} w2v_sums;

typedef void (*w2v_block)(
    const w2v_matrices *, const w2v_inputs *, const w2v_targets *, const w2v_scratch *, w2v_sums *);

/* Two calls of "pairs", each with one input, the second after the first; quicker than that if the targets are few and
 * the two share the first of them, with which both begin, and no other. */
typedef void (*w2v_two_blocks)(
    const w2v_matrices *, const w2v_inputs *, const w2v_targets *, const w2v_inputs *, const w2v_targets *,
    const w2v_scratch *, w2v_sums *);

/* Of so many examples, each with its targets. */
typedef void (*w2v_block_of_several)(
    const w2v_matrices *, const w2v_inputs *, const w2v_targets *, int64_t examples, const w2v_scratch *, w2v_sums *);

/* The shapes, each [with_loss]. */
typedef struct {
    w2v_block pairs[2];
    w2v_block mean[2];
    w2v_two_blocks paired[2];
    w2v_block_of_several several[2];
} w2v_blocks;

/* "mean" and "several" that write to input rows from the cut on alone (block_frozen.h). */
typedef struct {
    w2v_block mean;
    w2v_block_of_several several;
} w2v_frozen_blocks;

/* The halves of "mean", for a hidden row that outlives a call. */
typedef struct {
    /* sum = scale * sum_c input_count[c] x[c] */
    void (*gather)(const w2v_matrices *, const w2v_inputs *, const w2v_scratch *, float *sum);
    /* x[c] += input_count[c] * lock[c] * error_scale * error */
    void (*scatter)(const w2v_matrices *, const w2v_inputs *, const w2v_scratch *, const float *error);
} w2v_bag_kernels;

/* The curvature of the loss by a row (backends/curvature.py). */
typedef struct {
    float *eigenvector[W2V_SLOTS]; /* [stride] each, orthonormal, or zero */
    float eigenvalue[W2V_SLOTS]; /* the share by which an update at a rate of 1 reduces the distance to the minimum */
    float rest; /* mean of all other eigenvalues */
    int64_t stride;
    int64_t ranks;
} w2v_curvature;

typedef struct {
    const char *name; /* as in W2VCORE_ISA */
    w2v_blocks hard; /* for labels of 0 and 1, without offsets */
    const w2v_blocks *soft; /* for any labels and offsets, and either link */
    const w2v_block *joined; /* of inputs side by side, without and with the sums, and frozen (block_joined.h) */
    const w2v_frozen_blocks *frozen; /* likewise, without the sums */
    w2v_bag_kernels bag;
    void (*sigmoid)(float *, int64_t); /* the link function inside the blocks, in place on an array: for tests */
    /* Merge what a worker has learned on its own rows into the shared ones, and back (replica.h): what it has changed
     * since `base`, own - base, is added to the shared value, and all three become that; a shared value that is still
     * the base becomes the own one exactly. */
    void (*merge)(float *shared, float *own, float *base, int64_t floats);
    /* Merge what several ranks have learned (backends/merging.py): sums[i] are the changes of a row since its last merge,
     * added up over the ranks, and a part of the sum is added to the row as it was then: own = base = base + C sum. The
     * row is rows[i], or i if `rows` is NULL. C has one coefficient along each eigenvector and one for all other
     * directions: with q = exp(log_growth[i] - accumulated_lr[i] * eigenvalue), which is what a rank would change after
     * another one, relative to that one, it is the mean of q^0 ... q^(ranks - 1). */
    void (*merge_ranks)(
        const w2v_curvature *, float *own, float *base, const int64_t *rows, int64_t n, float *sums,
        const float *accumulated_lr, const float *log_growth);
    /* Random numbers (random.h) by runs of `length` blocks, at most W2V_RUN: run r begins at (stream[r], block[r]) and goes
     * to out[r * W2V_RUN] and the places after it, of which there must be W2V_RUN. */
    void (*random)(
        uint64_t key, const uint64_t *stream, const uint64_t *block, int64_t runs, int64_t length,
        w2v_random_block *out);
} w2v_block_table;

/* Scratch for blocks that need fetch nothing. */
static inline w2v_scratch w2v_scratch_at(float *floats)
{
    w2v_scratch scratch;
    int i;
    scratch.floats = floats;
    for (i = 0; i < W2V_COMING; i++)
        scratch.coming[i] = floats;
    scratch.meanwhile = 0;
    scratch.context = 0;
    return scratch;
}

/* The origin of rows from `first` on. */
static inline uintptr_t w2v_origin(const float *rows, int64_t first, int64_t stride)
{
    return (uintptr_t)rows - (uintptr_t)(first * stride) * sizeof(float);
}

/* A matrix whose rows all lie together. */
static inline w2v_matrix w2v_whole(const float *rows)
{
    w2v_matrix whole = {{(uintptr_t)rows, (uintptr_t)rows}, INT64_MAX};
    return whole;
}

/* Inlined by order: it is in all inner loops. */
#if defined(__GNUC__)
__attribute__((always_inline))
#endif
static inline float *w2v_row(const w2v_matrix *matrix, uint32_t row, int64_t stride)
{
    const uintptr_t low = matrix->origin[0], high = matrix->origin[1]; /* a move on condition, not an index in memory */
    return (float *)((row < matrix->cut ? low : high) + row * (uintptr_t)stride * sizeof(float));
}

/* The next multiple of a row's 16 floats. */
static inline int64_t w2v_round_up(int64_t floats)
{
    return (floats + W2V_ROW_MULTIPLE - 1) / W2V_ROW_MULTIPLE * W2V_ROW_MULTIPLE;
}

/* Floats of scratch that every table's blocks make do with: a score for each pair (or for each target and the hidden
 * row) in tiles of six to eight targets that take eight floats, or in one tile of inputs, two rows, pointers and numbers for
 * each row of either side (5 and 3 floats), and strips of columns (16 for each target, 64 for each input). */
static inline int64_t w2v_scratch_floats(int64_t max_inputs, int64_t max_targets, int64_t stride)
{
    int64_t inputs = w2v_round_up(max_inputs + 1), targets = w2v_round_up(max_targets + W2V_ROW_MULTIPLE);
    int64_t scores = inputs * ((max_targets + 5) / 6);
    scores = (scores > targets ? scores : targets) * W2V_SLOTS;
    return scores + 2 * stride + (5 + W2V_ROW_MULTIPLE) * targets + (3 + W2V_STRIP) * inputs;
}

#endif
