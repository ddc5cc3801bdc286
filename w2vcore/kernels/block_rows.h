/* The rows of one call as pointers, with their numbers, and the scratch that holds them. */
#ifndef W2VCORE_BLOCK_ROWS_H
#define W2VCORE_BLOCK_ROWS_H

#include "block.h"
#include "lanes.h"

/* Whether targets may have offsets, and labels between 0 and 1. */
#ifndef W2V_SOFT
#define W2V_SOFT 0
#endif

/* Scores that are worked on at once. */
#define W2V_GROUP (W2V_LANES > W2V_SLOTS ? W2V_LANES : W2V_SLOTS)

/* The scratch of one call, cut into its arrays. */
typedef struct {
    int64_t width;    /* columns to go over: where vectors are short, less than the stride */
    float **target;   /* [n] rows that are not masked */
    float *label;     /* [n + 16], since labels and counts are read up to 16 at a time */
    float *count;     /* [n + 16] */
    float *offset;    /* [n + 16], of soft blocks */
    int64_t n;
    int64_t tile;     /* how many of them are taken at a time */
    float **input;    /* [C] rows */
    float *factor;    /* [C] what the input's row, or its error, is multiplied with */
    float *strip;     /* [C x 64] what the inputs are to take, a strip of columns at a time */
    float *hidden;    /* [stride] */
    float *error;     /* [stride] */
    const float *const *coming; /* [W2V_COMING] rows to fetch */
    float *score;     /* scores, then gradients: eight numbers for each tile of one side and each row of the other */
} workspace;

/* The columns in use, to whole vectors. */
W2V_INLINED int64_t used_width(const w2v_matrices *m)
{
    return (m->columns + W2V_LANES - 1) / W2V_LANES * W2V_LANES;
}

W2V_INLINED workspace
cut_scratch(const w2v_scratch *scratch, const w2v_matrices *m, int64_t n_inputs, int64_t n_targets)
{
    int64_t inputs = w2v_round_up(n_inputs), targets = w2v_round_up(n_targets + W2V_ROW_MULTIPLE);
    float *next = scratch->floats;
    workspace w;
    w.coming = scratch->coming;
    w.width = used_width(m);
    w.target = (float **)(void *)next;
    next += 2 * targets; /* a pointer is no longer than two floats */
    w.label = next;
    next += targets;
    w.count = next;
    next += targets;
    w.offset = next;
    next += targets;
    w.input = (float **)(void *)next;
    next += 2 * inputs;
    w.factor = next;
    next += inputs;
    w.strip = next;
    next += inputs * W2V_STRIP;
    w.hidden = next;
    next += m->stride;
    w.error = next;
    next += m->stride;
    w.score = next;
    w.n = 0;
    return w;
}

W2V_INLINED float lock_of(const w2v_matrices *m, uint32_t row)
{
    if (!m->lock)
        return 1.0f;
    return m->lock[row < m->lock_size ? row : row % m->lock_size];
}

W2V_INLINED float input_count(const w2v_inputs *in, int64_t c)
{
    return in->counts ? in->counts[c] : 1.0f;
}

/* How many of n rows to a tile of at most `most`, such that there are few tiles and all about as large. */
W2V_INLINED int64_t even_tile(int64_t n, int64_t most)
{
    int64_t tiles = (n + most - 1) / most;
    return tiles <= 1 ? n : (n + tiles - 1) / tiles;
}

/* Sixteen times the value. */
W2V_INLINED void fill(float *to, float value)
{
    for (int k = 0; k < W2V_ROW_MULTIPLE; k += W2V_LANES)
        w2v_store(to + k, w2v_same(value));
}

/* The labels that are 0 or 1; where there are soft ones, some bytes, which those replace. */
W2V_INLINED const uint8_t *hard_labels(const w2v_targets *named)
{
    return W2V_SOFT && named->soft_labels ? (const uint8_t *)named->soft_labels : named->labels;
}

/* Labels between 0 and 1 and offsets, of the targets that are not masked. */
W2V_INLINED void gather_soft(float *label, float *offset, const w2v_targets *named)
{
    int64_t n = 0;
    if (!named->soft_labels && !named->offsets) {
        for (; n < named->n; n += W2V_ROW_MULTIPLE)
            fill(offset + n, 0);
        return;
    }
    for (int64_t t = 0; t < named->n; t++) {
        if (named->counts && !(named->counts[t] > 0))
            continue;
        if (named->soft_labels)
            label[n] = named->soft_labels[t];
        offset[n++] = named->offsets ? named->offsets[t] : 0;
    }
}

/* Drop the masked targets; what is read after the rest has no effect. */
W2V_INLINED void gather_targets(workspace *w, const w2v_matrices *m, const w2v_targets *named)
{
    /* In locals, since for all the compiler knows what is stored below might change the structs. */
    const uint32_t *rows = named->rows;
    const uint8_t *labels = hard_labels(named);
    const float *counts = named->counts;
    const w2v_matrix matrix = *m->targets;
    float **target = w->target, *label = w->label, *count = w->count;
    const int64_t stride = m->stride, n_targets = named->n;
    int64_t n = 0;
    if (counts) {
        for (int64_t t = 0; t < n_targets; t++) {
            target[n] = w2v_row(&matrix, rows[t], stride);
            label[n] = labels[t];
            count[n] = counts[t];
            n += counts[t] > 0;
        }
    } else {
        for (; n < n_targets; n++) {
            target[n] = w2v_row(&matrix, rows[n], stride);
            label[n] = labels[n];
        }
        for (int64_t t = 0; t < n; t += W2V_ROW_MULTIPLE)
            fill(count + t, 1);
    }
    w->n = n;
    fill(label + n, 0);
    fill(count + n, 0);
    if (W2V_SOFT)
        gather_soft(label, w->offset, named);
}

W2V_INLINED void gather_inputs(workspace *w, const w2v_matrices *m, const w2v_inputs *in)
{
    const w2v_matrix matrix = *m->inputs;
    const uint32_t *rows = in->rows;
    float **input = w->input;
    const int64_t stride = m->stride, n = in->n;
    for (int64_t c = 0; c < n; c++) {
        float *row = w2v_row(&matrix, rows[c], stride);
        W2V_SCALAR(row); /* vectors of a few addresses take longer to begin and to end than they save */
        input[c] = row;
    }
}

/* factor[c] = factor * input_count[c], or that * lock[c] */
W2V_INLINED void set_factors(
    const workspace *w, const w2v_matrices *m, const w2v_inputs *in, float factor, const int with_lock)
{
    for (int64_t c = 0; c < in->n; c += W2V_ROW_MULTIPLE)
        fill(w->factor + c, factor);
    if (in->counts)
        for (int64_t c = 0; c < in->n; c++)
            w->factor[c] *= in->counts[c];
    if (with_lock && m->lock)
        for (int64_t c = 0; c < in->n; c++)
            w->factor[c] *= lock_of(m, in->rows[c]);
}

#endif
