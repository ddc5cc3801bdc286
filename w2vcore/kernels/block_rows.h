/* The rows of one call as pointers, with their numbers, and the scratch that holds them. */
#ifndef W2VCORE_BLOCK_ROWS_H
#define W2VCORE_BLOCK_ROWS_H

#include "block.h"
#include "lanes.h"

/* The scratch of one call, cut into its arrays. */
typedef struct {
    float **target;   /* [n] rows that are not masked */
    float *label;     /* [n + 8], since labels and counts are read eight at a time */
    float *count;     /* [n + 8] */
    int64_t n;
    float **input;    /* [C] rows */
    float *factor;    /* [C] input_count, or input_count * lock */
    float *strip;     /* [C x 16] errors of the inputs, a strip of columns at a time */
    float *hidden;    /* [stride] */
    float *error;     /* [stride] */
    float *score;     /* scores, then gradients: eight numbers for each tile of targets and each input (W2V_SLOTS) */
} workspace;

W2V_INLINED workspace cut_scratch(const w2v_scratch *scratch, int64_t n_inputs, int64_t n_targets, int64_t stride)
{
    int64_t inputs = w2v_round_up(n_inputs), targets = w2v_round_up(n_targets + W2V_SLOTS);
    float *next = scratch->floats;
    workspace w;
    w.target = (float **)(void *)next;
    next += 2 * targets; /* a pointer is no longer than two floats */
    w.label = next;
    next += targets;
    w.count = next;
    next += targets;
    w.input = (float **)(void *)next;
    next += 2 * inputs;
    w.factor = next;
    next += inputs;
    w.strip = next;
    next += inputs * W2V_ROW_MULTIPLE;
    w.hidden = next;
    next += stride;
    w.error = next;
    next += stride;
    w.score = next;
    w.n = 0;
    return w;
}

/* Drop the masked targets; what is read behind the rest has no effect. */
W2V_INLINED void gather_targets(workspace *w, const w2v_matrices *m, const w2v_rows *r)
{
    int64_t n = 0;
    for (int64_t t = 0; t < r->n_targets; t++) {
        w->target[n] = m->targets + (int64_t)r->targets[t] * m->stride;
        w->label[n] = r->labels[t];
        w->count[n] = r->target_counts[t];
        n += r->target_counts[t] != 0;
    }
    w->n = n;
    memset(w->label + n, 0, W2V_SLOTS * sizeof(float));
    memset(w->count + n, 0, W2V_SLOTS * sizeof(float));
}

W2V_INLINED float input_count(const w2v_rows *r, int64_t c)
{
    return r->input_counts ? r->input_counts[c] : 1.0f;
}

W2V_INLINED float lock_of(const w2v_matrices *m, uint32_t row)
{
    if (!m->lock)
        return 1.0f;
    return m->lock[row < m->lock_size ? row : row % m->lock_size];
}

#endif
