/* What a rank does with its rows when several ranks have added up their changes (block.h: merge_ranks). */
#ifndef W2VCORE_BLOCK_MERGE_RANKS_H
#define W2VCORE_BLOCK_MERGE_RANKS_H

#include "block_tiles.h"
#include "sigmoid.h"

/* The coefficients of a row's sum of changes: along each eigenvector, and after them eight times that of all other
 * directions. */
W2V_INLINED void merge_coefficients(const w2v_curvature *s, float accumulated_lr, float log_growth, float *coefficient)
{
    enum { N = 2 * W2V_SLOTS };
    const float scale = 1.0f / (float)s->ranks;
    float q[N], power[N];
    int bit = 62;
    for (int k = 0; k < N; k++)
        q[k] = accumulated_lr * (k < W2V_SLOTS ? s->eigenvalue[k] : s->rest) - log_growth;
    for (int k = 0; k < N; k++) {
        power[k] = q[k] = 1.0f / w2v_sigmoid(q[k]) - 1.0f; /* exp(-x), to within 1e-6 */
        coefficient[k] = 1.0f;
    }
    while (!(s->ranks >> bit))
        bit--;
    while (bit-- > 0) { /* from the sum of m powers to that of 2 m, or of 2 m + 1 */
        const int odd = (int)(s->ranks >> bit & 1);
        for (int k = 0; k < N; k++) {
            coefficient[k] *= 1.0f + power[k];
            power[k] *= power[k];
            coefficient[k] += odd ? power[k] : 0.0f;
            power[k] *= odd ? q[k] : 1.0f;
        }
    }
    for (int k = 0; k < N; k++)
        coefficient[k] *= scale;
}

static void merge_ranks(
    const w2v_curvature *s, float *own, float *base, const int64_t *rows, int64_t n, float *sums,
    const float *accumulated_lr, const float *log_growth)
{
    const int64_t stride = s->stride;
    for (int64_t i = 0; i < n; i++) {
        float coefficient[2 * W2V_SLOTS], along[W2V_SLOTS];
        float *sum = sums + i * stride, *mine = own + (rows ? rows[i] : i) * stride,
              *before = base + (rows ? rows[i] : i) * stride;
        w2v_vec by[W2V_SLOTS], rest;
        merge_coefficients(s, accumulated_lr[i], log_growth[i], coefficient);
        dots(&sum, s->eigenvector, stride, along, 1, W2V_SLOTS);
        rest = w2v_same(coefficient[W2V_SLOTS]);
        W2V_UNROLL
        for (int k = 0; k < W2V_SLOTS; k++)
            by[k] = w2v_same(along[k] * (coefficient[k] - coefficient[W2V_SLOTS]));
        for (int64_t d = 0; d < stride; d += W2V_LANES) {
            w2v_vec row = w2v_fma(rest, w2v_load(sum + d), w2v_load(before + d));
            W2V_UNROLL
            for (int k = 0; k < W2V_SLOTS; k++)
                row = w2v_fma(by[k], w2v_load(s->eigenvector[k] + d), row);
            w2v_store(before + d, row);
            w2v_store(mine + d, row);
        }
    }
}

#endif
