/* What a rank does with its rows when several ranks have added up their changes (block.h: settle). */
#ifndef W2VCORE_BLOCK_SETTLE_H
#define W2VCORE_BLOCK_SETTLE_H

#include "block_tiles.h"
#include "sigmoid.h"

/* The parts in the directions, and behind them eight times that of the rest. */
W2V_INLINED void pull_parts(const w2v_stiffness *s, float effort, float growth, float *part)
{
    enum { N = 2 * W2V_SLOTS };
    const float scale = 1.0f / (float)s->ranks;
    float q[N], power[N];
    int bit = 62;
    for (int k = 0; k < N; k++)
        q[k] = effort * (k < W2V_SLOTS ? s->pull[k] : s->rest) - growth;
    for (int k = 0; k < N; k++) {
        power[k] = q[k] = 1.0f / w2v_sigmoid(q[k]) - 1.0f; /* exp(-x), to within 1e-6 */
        part[k] = 1.0f;
    }
    while (!(s->ranks >> bit))
        bit--;
    while (bit-- > 0) { /* from the sum of m powers to that of 2 m, or of 2 m + 1 */
        const int odd = (int)(s->ranks >> bit & 1);
        for (int k = 0; k < N; k++) {
            part[k] *= 1.0f + power[k];
            power[k] *= power[k];
            part[k] += odd ? power[k] : 0.0f;
            power[k] *= odd ? q[k] : 1.0f;
        }
    }
    for (int k = 0; k < N; k++)
        part[k] *= scale;
}

static void settle(
    const w2v_stiffness *s, float *own, float *base, const int64_t *rows, int64_t n, float *sums, const float *efforts,
    const float *growths)
{
    const int64_t stride = s->stride;
    for (int64_t i = 0; i < n; i++) {
        float part[2 * W2V_SLOTS], along[W2V_SLOTS];
        float *sum = sums + i * stride, *mine = own + (rows ? rows[i] : i) * stride,
              *before = base + (rows ? rows[i] : i) * stride;
        w2v_vec by[W2V_SLOTS], rest;
        pull_parts(s, efforts[i], growths[i], part);
        dots(&sum, s->direction, stride, along, 1, W2V_SLOTS);
        rest = w2v_same(part[W2V_SLOTS]);
        W2V_UNROLL
        for (int k = 0; k < W2V_SLOTS; k++)
            by[k] = w2v_same(along[k] * (part[k] - part[W2V_SLOTS]));
        for (int64_t d = 0; d < stride; d += W2V_LANES) {
            w2v_vec row = w2v_fma(rest, w2v_load(sum + d), w2v_load(before + d));
            W2V_UNROLL
            for (int k = 0; k < W2V_SLOTS; k++)
                row = w2v_fma(by[k], w2v_load(s->direction[k] + d), row);
            w2v_store(before + d, row);
            w2v_store(mine + d, row);
        }
    }
}

#endif
