/* Two pairs of one centre, each with noise words of its own, in one go (block.h says when, and what comes out).
 *
 * A pair is a chain of scores, their sums, the sigmoid and the update, and the next pair of the same centre has to wait
 * for one number: its score with the centre, y, which the first pair changes. All that it needs to know of that change is
 * a dot product of the two inputs, x and z: z . (y + g x) = z . y + g (z . x). So both pairs' scores are taken at once,
 * and both updates are made in one pass.
 */
#ifndef W2VCORE_BLOCK_PAIRED_H
#define W2VCORE_BLOCK_PAIRED_H

#include "block_tiles.h"

/* One of the two: its unmasked targets, the centre first, and the scores that become gradients. */
typedef struct {
    uint32_t id[W2V_SLOTS]; /* of the targets; behind them numbers that no row has */
    float *target[W2V_SLOTS];
    float label[W2V_GROUP], count[W2V_GROUP], score[W2V_GROUP];
    float offset[W2V_ROW_MULTIPLE]; /* of soft blocks */
    float *input;
    int64_t n;
} paired_unit;

/* There must be room for one more sum than targets. Returns whether there is. */
W2V_INLINED int gather_unit(
    paired_unit *pair, const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, uint32_t no_row)
{
    const w2v_matrix inputs = *m->inputs, targets = *m->targets;
    const uint8_t *labels = hard_labels(named);
    const int64_t n_targets = named->n, stride = m->stride;
    int64_t n = 0;
    if (n_targets >= W2V_SLOTS)
        return 0;
    for (int k = 0; k < W2V_SLOTS; k++)
        pair->id[k] = no_row;
    for (int k = 0; k < W2V_GROUP; k++)
        pair->label[k] = pair->count[k] = pair->score[k] = 0;
    for (int64_t t = 0; t < n_targets; t++) {
        const float count = named->counts ? named->counts[t] : 1;
        pair->id[n] = named->rows[t];
        pair->target[n] = w2v_row(&targets, named->rows[t], stride);
        pair->label[n] = labels[t];
        pair->count[n] = count;
        n += count > 0;
    }
    if (n < n_targets) { /* the last one was masked */
        pair->id[n] = no_row;
        pair->count[n] = 0;
    }
    if (W2V_SOFT)
        gather_soft(pair->label, pair->offset, named);
    pair->input = w2v_row(&inputs, in->rows[0], stride);
    pair->n = n;
    return 1;
}

/* Whether both have as many targets, of which they share the first and no other, and inputs of their own. */
W2V_INLINED int are_paired(const paired_unit *a, const paired_unit *b)
{
    int equal = 0;
    for (int i = 0; i < W2V_SLOTS; i++)
        for (int j = 0; j < W2V_SLOTS; j++)
            equal += a->id[i] == b->id[j];
    return a->n == b->n && a->n > 0 && equal == 1 && a->id[0] == b->id[0] && a->input != b->input;
}

/* score[0] += gradient * product, in a vector. If GCC knows the first of the numbers that a loop is to load, it makes no vectors of the
 * loop: the sigmoids were computed one by one, which took a sixth of an epoch. */
W2V_INLINED void correct_first(float *score, float gradient, float product)
{
#if defined(__GNUC__) && !defined(W2V_PLAIN_C)
    typedef float some __attribute__((vector_size(4 * (W2V_LANES < W2V_SLOTS ? W2V_LANES : W2V_SLOTS))));
    some all;
    memcpy(&all, score, sizeof all);
    all += (some){gradient} * (some){product};
    memcpy(score, &all, sizeof all);
#else
    score[0] += gradient * product;
#endif
}

/* Half of the rows that are to be fetched are while scores are taken, the others in the update. */
#define W2V_COMING_IN_PAIRED (W2V_COMING / 2)

/* Scores of both, n targets each, and behind those of the first the dot product of the inputs. */
W2V_INLINED void paired_dots(paired_unit *a, paired_unit *b, int64_t width, const float *const *coming, const int n)
{
    const float *x = a->input, *z = b->input, *first[W2V_SLOTS], *second[W2V_SLOTS];
    w2v_vec of_x[W2V_SLOTS], of_z[W2V_SLOTS];
    W2V_UNROLL
    for (int t = 0; t < W2V_SLOTS; t++)
        of_x[t] = of_z[t] = w2v_same(0);
    W2V_UNROLL
    for (int t = 0; t < n; t++) {
        first[t] = a->target[t];
        second[t] = b->target[t];
    }
    for (int64_t d = 0; d < width; d += W2V_LANES) {
        w2v_vec p = w2v_load(x + d), q = w2v_load(z + d), centre = w2v_load(first[0] + d);
        fetch_lines(coming, d, width >= W2V_LONG_PAIRED, W2V_COMING_IN_PAIRED);
        of_x[0] = w2v_fma(p, centre, of_x[0]);
        of_z[0] = w2v_fma(q, centre, of_z[0]);
        of_x[n] = w2v_fma(p, q, of_x[n]);
        W2V_UNROLL
        for (int t = 1; t < n; t++) {
            of_x[t] = w2v_fma(p, w2v_load(first[t] + d), of_x[t]);
            of_z[t] = w2v_fma(q, w2v_load(second[t] + d), of_z[t]);
        }
    }
    w2v_add_lanes(of_x, a->score);
    w2v_add_lanes(of_z, b->score);
}

/* Both updates, from the gradients: the first's, and the second's as it is after the first's. */
W2V_INLINED void paired_updates(
    const paired_unit *a, const paired_unit *b, int64_t width, float by_a, float by_b, const float *const *coming,
    const int n)
{
    float *x = a->input, *z = b->input, *first[W2V_SLOTS], *second[W2V_SLOTS];
    w2v_vec g[W2V_SLOTS], h[W2V_SLOTS], factor = w2v_same(by_a), other = w2v_same(by_b);
    W2V_UNROLL
    for (int t = 0; t < n; t++) {
        first[t] = a->target[t];
        second[t] = b->target[t];
        g[t] = w2v_same(a->score[t]);
        h[t] = w2v_same(b->score[t]);
    }
    for (int64_t d = 0; d < width; d += W2V_LANES) {
        w2v_vec p = w2v_load(x + d), q = w2v_load(z + d), e = w2v_same(0), f = w2v_same(0);
        w2v_vec centre = w2v_load(first[0] + d);
        fetch_lines(coming, d, width >= W2V_LONG_PAIRED, W2V_COMING_IN_PAIRED);
        e = w2v_fma(g[0], centre, e);
        centre = w2v_fma(g[0], p, centre);
        f = w2v_fma(h[0], centre, f);
        w2v_store(first[0] + d, w2v_fma(h[0], q, centre));
        W2V_UNROLL
        for (int t = 1; t < n; t++) {
            w2v_vec old = w2v_load(first[t] + d);
            e = w2v_fma(g[t], old, e);
            w2v_store(first[t] + d, w2v_fma(g[t], p, old));
            old = w2v_load(second[t] + d);
            f = w2v_fma(h[t], old, f);
            w2v_store(second[t] + d, w2v_fma(h[t], q, old));
        }
        w2v_store(x + d, w2v_fma(factor, e, p));
        w2v_store(z + d, w2v_fma(other, f, q));
    }
}

#endif
