/* The one source of the blocks (block.h says what they compute). A unit block_<isa>.c defines
 *
 *   W2V_ISA      name of the instruction set, as a token
 *   W2V_LANES    floats in a register: 4, 8 or 16
 *   W2V_PLAIN_C  (optional) to do without the compiler's vector types
 *
 * and includes this file; it is compiled with that instruction set's flags, so everything here but the table is static.
 *
 * How it goes: gather the unmasked targets, take all scores, turn them into gradients, then go once over the columns
 * and update both sides, each from the values that were there before. Targets are taken in tiles of up to eight rows,
 * whose sums live in registers; the size of the tile is a constant in each copy of the code, so that the loops over it
 * unroll.
 */
#include <math.h>

#include "block.h"
#include "lanes.h"
#include "sigmoid.h"

#define W2V_TILE 8

#if W2V_TILE != W2V_SIGMOID_GROUP || W2V_TILE > W2V_ROW_MULTIPLE
#error "arrays over targets are padded for tiles and for groups of scores alike"
#endif

/* Call a function of (.., n), 1 <= n <= 8, with n a constant. */
#define W2V_WITH_CONSTANT(n, function, ...) \
    do { \
        switch (n) { \
        case 1: function(__VA_ARGS__, 1); break; \
        case 2: function(__VA_ARGS__, 2); break; \
        case 3: function(__VA_ARGS__, 3); break; \
        case 4: function(__VA_ARGS__, 4); break; \
        case 5: function(__VA_ARGS__, 5); break; \
        case 6: function(__VA_ARGS__, 6); break; \
        case 7: function(__VA_ARGS__, 7); break; \
        default: function(__VA_ARGS__, 8); break; \
        } \
    } while (0)

/* The scratch of one call, cut into its arrays. Those over targets are padded to whole tiles. */
typedef struct {
    float **target;   /* [n] rows that are not masked */
    float *label;     /* [n] */
    float *count;     /* [n] */
    int64_t n;
    float **input;    /* [C] rows */
    float *factor;    /* [C] input_count, or input_count * lock */
    float *strip;     /* [C x 16] errors of the inputs, a strip of columns at a time */
    float *hidden;    /* [stride] */
    float *error;     /* [stride] */
    float *score;     /* [C x pitch] scores, then gradients */
    int64_t pitch;
} workspace;

W2V_INLINED workspace cut_scratch(const w2v_scratch *scratch, int64_t n_inputs, int64_t n_targets, int64_t stride)
{
    int64_t inputs = w2v_round_up(n_inputs), targets = w2v_round_up(n_targets);
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
    w.pitch = targets;
    w.n = 0;
    return w;
}

/* Drop the masked targets and pad the rest to a whole tile with what has no effect. */
W2V_INLINED void gather_targets(workspace *w, const w2v_matrices *m, const w2v_rows *r)
{
    int64_t n = 0, padded;
    for (int64_t t = 0; t < r->n_targets; t++) {
        w->target[n] = m->targets + (int64_t)r->targets[t] * m->stride;
        w->label[n] = r->labels[t];
        w->count[n] = r->target_counts[t];
        n += r->target_counts[t] != 0;
    }
    w->n = n;
    padded = (n + W2V_TILE - 1) / W2V_TILE * W2V_TILE;
    for (; n < padded; n++)
        w->label[n] = w->count[n] = 0;
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

/* Rows of the tile that starts at target or input `first` of n. */
W2V_INLINED int tile_size(int64_t first, int64_t n)
{
    return (int)(n - first < W2V_TILE ? n - first : W2V_TILE);
}

/* ---- the tiles: loops over columns, for n <= W2V_TILE rows, n a constant ---- */

/* score[t] = x . y[t], and 0 in what is left of the tile */
W2V_INLINED void dots(const float *x, float *const *y, int64_t stride, float *score, const int n)
{
    const float *row[W2V_TILE];
    w2v_vec sum[W2V_TILE];
    for (int t = 0; t < n; t++)
        row[t] = y[t];
    for (int t = 0; t < W2V_TILE; t++)
        sum[t] = w2v_same(0);
    for (int64_t d = 0; d < stride; d += W2V_LANES) {
        w2v_vec h = w2v_load(x + d);
        for (int t = 0; t < n; t++)
            sum[t] = w2v_fma(h, w2v_load(row[t] + d), sum[t]);
    }
    w2v_add_lanes(sum, score);
    w2v_add_lanes(sum + 4, score + 4);
}

/* What becomes of the error that update() makes for its one input row. */
enum { ERROR_SET, ERROR_ADD, ERROR_APPLY };

/* y[t] += g[t] h and the error e = sum_t g[t] y[t], from the old y: out = e, out += e, or (h being out) h += factor *
 * e. */
W2V_INLINED void update(
    const float *h, float *const *y, int64_t stride, const float *g, float *out, float factor, const int kind,
    const int n)
{
    float *row[W2V_TILE];
    w2v_vec gradient[W2V_TILE], by = w2v_same(factor);
    for (int t = 0; t < n; t++) {
        row[t] = y[t];
        gradient[t] = w2v_same(g[t]);
    }
    for (int64_t d = 0; d < stride; d += W2V_LANES) {
        w2v_vec x = w2v_load(h + d), e = kind == ERROR_ADD ? w2v_load(out + d) : w2v_same(0);
        for (int t = 0; t < n; t++) {
            w2v_vec old = w2v_load(row[t] + d);
            e = w2v_fma(gradient[t], old, e);
            w2v_store(row[t] + d, w2v_fma(gradient[t], x, old));
        }
        w2v_store(out + d, kind == ERROR_APPLY ? w2v_fma(by, e, x) : e);
    }
}

/* out = sum_c factor[c] x[c], or out += that */
W2V_INLINED void sum_rows(float *const *x, const float *factor, int64_t stride, float *out, const int add, const int n)
{
    const float *row[W2V_TILE];
    w2v_vec by[W2V_TILE];
    for (int c = 0; c < n; c++) {
        row[c] = x[c];
        by[c] = w2v_same(factor[c]);
    }
    for (int64_t d = 0; d < stride; d += W2V_LANES) {
        w2v_vec sum = add ? w2v_load(out + d) : w2v_same(0);
        for (int c = 0; c < n; c++)
            sum = w2v_fma(by[c], w2v_load(row[c] + d), sum);
        w2v_store(out + d, sum);
    }
}

/* x[c] += factor[c] e */
W2V_INLINED void spread(float *const *x, const float *factor, int64_t stride, const float *e, const int n)
{
    float *row[W2V_TILE];
    w2v_vec by[W2V_TILE];
    for (int c = 0; c < n; c++) {
        row[c] = x[c];
        by[c] = w2v_same(factor[c]);
    }
    for (int64_t d = 0; d < stride; d += W2V_LANES) {
        w2v_vec error = w2v_load(e + d);
        for (int c = 0; c < n; c++)
            w2v_store(row[c] + d, w2v_fma(by[c], error, w2v_load(row[c] + d)));
    }
}

/* Several inputs, the strip of columns that starts at d: y[t] += sum_c g[c][t] x[c], and e[c] = or += sum_t g[c][t]
 * y[t] from the old y. Writes no x, since the next tile of targets needs the old ones. */
W2V_INLINED void update_strip(
    const workspace *w, int64_t n_inputs, int64_t first, int64_t d, const int add, const int n)
{
    for (int64_t k = 0; k < W2V_ROW_MULTIPLE; k += W2V_LANES) {
        w2v_vec old[W2V_TILE], new[W2V_TILE];
        for (int t = 0; t < n; t++)
            old[t] = new[t] = w2v_load(w->target[first + t] + d + k);
        for (int64_t c = 0; c < n_inputs; c++) {
            const float *g = w->score + c * w->pitch + first;
            float *out = w->strip + c * W2V_ROW_MULTIPLE + k;
            w2v_vec x = w2v_load(w->input[c] + d + k), e = add ? w2v_load(out) : w2v_same(0);
            for (int t = 0; t < n; t++) {
                w2v_vec gradient = w2v_same(g[t]);
                e = w2v_fma(gradient, old[t], e);
                new[t] = w2v_fma(gradient, x, new[t]);
            }
            w2v_store(out, e);
        }
        for (int t = 0; t < n; t++)
            w2v_store(w->target[first + t] + d + k, new[t]);
    }
}

/* ---- the same for any number of rows ---- */

static void all_dots(const workspace *w, const float *x, int64_t stride, float *score)
{
    for (int64_t t = 0; t < w->n; t += W2V_TILE)
        W2V_WITH_CONSTANT(tile_size(t, w->n), dots, x, w->target + t, stride, score + t);
}

/* One input row x, which is also written. */
static void update_and_apply(const workspace *w, float *x, int64_t stride, const float *g, float factor)
{
    if (w->n <= W2V_TILE) {
        W2V_WITH_CONSTANT(w->n, update, x, w->target, stride, g, x, factor, ERROR_APPLY);
        return;
    }
    W2V_WITH_CONSTANT(W2V_TILE, update, x, w->target, stride, g, w->error, 0, ERROR_SET);
    for (int64_t t = W2V_TILE; t < w->n; t += W2V_TILE)
        W2V_WITH_CONSTANT(tile_size(t, w->n), update, x, w->target + t, stride, g + t, w->error, 0, ERROR_ADD);
    spread(&x, &factor, stride, w->error, 1);
}

/* One hidden row; its error goes to w->error. */
static void update_hidden(const workspace *w, int64_t stride, const float *g)
{
    W2V_WITH_CONSTANT(
        tile_size(0, w->n), update, w->hidden, w->target, stride, g, w->error, 0, ERROR_SET);
    for (int64_t t = W2V_TILE; t < w->n; t += W2V_TILE)
        W2V_WITH_CONSTANT(tile_size(t, w->n), update, w->hidden, w->target + t, stride, g + t, w->error, 0, ERROR_ADD);
}

static void sum_inputs(const workspace *w, int64_t n_inputs, int64_t stride)
{
    if (n_inputs == 0)
        memset(w->hidden, 0, (size_t)stride * sizeof(float));
    for (int64_t c = 0; c < n_inputs; c += W2V_TILE)
        if (c == 0)
            W2V_WITH_CONSTANT(tile_size(c, n_inputs), sum_rows, w->input, w->factor, stride, w->hidden, 0);
        else
            W2V_WITH_CONSTANT(tile_size(c, n_inputs), sum_rows, w->input + c, w->factor + c, stride, w->hidden, 1);
}

static void spread_error(const workspace *w, int64_t n_inputs, int64_t stride)
{
    for (int64_t c = 0; c < n_inputs; c += W2V_TILE)
        W2V_WITH_CONSTANT(tile_size(c, n_inputs), spread, w->input + c, w->factor + c, stride, w->error);
}

/* Several input rows: strip by strip, so that the old values of one strip are all that is kept. */
static void update_many(const workspace *w, int64_t n_inputs, int64_t stride)
{
    for (int64_t d = 0; d < stride; d += W2V_ROW_MULTIPLE) {
        W2V_WITH_CONSTANT(tile_size(0, w->n), update_strip, w, n_inputs, 0, d, 0);
        for (int64_t t = W2V_TILE; t < w->n; t += W2V_TILE)
            W2V_WITH_CONSTANT(tile_size(t, w->n), update_strip, w, n_inputs, t, d, 1);
        for (int64_t c = 0; c < n_inputs; c++) {
            float *x = w->input[c] + d, *e = w->strip + c * W2V_ROW_MULTIPLE;
            spread(&x, w->factor + c, W2V_ROW_MULTIPLE, e, 1);
        }
    }
}

/* ---- scores to gradients ---- */

/* In place: score -> weight * (label - sigmoid(score)) * count. */
static void gradients(const workspace *w, float *score, float weight)
{
    for (int64_t t = 0; t < w->n; t += W2V_TILE) {
        const float *s = score + t, *label = w->label + t, *count = w->count + t;
        float g[W2V_TILE]; /* its own array, so that the compiler need not ask whether the four overlap */
        for (int k = 0; k < W2V_TILE; k++)
            g[k] = (weight * count[k]) * (label[k] - w2v_sigmoid(s[k]));
        memcpy(score + t, g, sizeof g);
    }
}

static void sigmoids(float *score, int64_t n)
{
    int64_t i = 0;
    for (; i + W2V_SIGMOID_GROUP <= n; i += W2V_SIGMOID_GROUP)
        for (int k = 0; k < W2V_SIGMOID_GROUP; k++)
            score[i + k] = w2v_sigmoid(score[i + k]);
    for (; i < n; i++)
        score[i] = w2v_sigmoid(score[i]);
}

/* sum of -log(sigmoid(+-score)) over the targets, without overflow. */
static double loss_of(const workspace *w, const float *score)
{
    double loss = 0;
    for (int64_t t = 0; t < w->n; t++) {
        double z = w->label[t] == 1 ? -(double)score[t] : (double)score[t];
        loss += w->count[t] * ((z > 0 ? z : 0) + log1p(exp(-fabs(z))));
    }
    return loss;
}

/* ---- the shapes ---- */

W2V_INLINED void one_input(workspace *w, const w2v_matrices *m, const w2v_rows *r, w2v_sums *sums, const int with_loss)
{
    float *x = m->inputs + (int64_t)r->inputs[0] * m->stride;
    float count = input_count(r, 0);
    all_dots(w, x, m->stride, w->score);
    if (with_loss)
        sums->loss += count * loss_of(w, w->score);
    gradients(w, w->score, m->alpha * count);
    update_and_apply(w, x, m->stride, w->score, lock_of(m, r->inputs[0]));
}

W2V_INLINED void pairs(
    const w2v_matrices *m, const w2v_rows *r, const w2v_scratch *scratch, w2v_sums *sums, const int with_loss)
{
    workspace w = cut_scratch(scratch, r->n_inputs, r->n_targets, m->stride);
    gather_targets(&w, m, r);
    if (w.n == 0 || r->n_inputs == 0)
        return;
    if (r->n_inputs == 1) {
        one_input(&w, m, r, sums, with_loss);
        return;
    }
    for (int64_t c = 0; c < r->n_inputs; c++) {
        float *score = w.score + c * w.pitch, count = input_count(r, c);
        w.input[c] = m->inputs + (int64_t)r->inputs[c] * m->stride;
        w.factor[c] = lock_of(m, r->inputs[c]);
        all_dots(&w, w.input[c], m->stride, score);
        if (with_loss)
            sums->loss += count * loss_of(&w, score);
        gradients(&w, score, m->alpha * count);
    }
    update_many(&w, r->n_inputs, m->stride);
}

W2V_INLINED void mean(
    const w2v_matrices *m, const w2v_rows *r, const w2v_scratch *scratch, w2v_sums *sums, const int with_loss)
{
    workspace w = cut_scratch(scratch, r->n_inputs, r->n_targets, m->stride);
    gather_targets(&w, m, r);
    if (w.n == 0)
        return;
    for (int64_t c = 0; c < r->n_inputs; c++) {
        w.input[c] = m->inputs + (int64_t)r->inputs[c] * m->stride;
        w.factor[c] = input_count(r, c) * r->scale;
    }
    sum_inputs(&w, r->n_inputs, m->stride);
    all_dots(&w, w.hidden, m->stride, w.score);
    if (with_loss)
        sums->loss += loss_of(&w, w.score);
    gradients(&w, w.score, m->alpha);
    update_hidden(&w, m->stride, w.score);
    for (int64_t c = 0; c < r->n_inputs; c++)
        w.factor[c] = input_count(r, c) * lock_of(m, r->inputs[c]);
    spread_error(&w, r->n_inputs, m->stride);
}

static void pairs_without_loss(const w2v_matrices *m, const w2v_rows *r, const w2v_scratch *scratch, w2v_sums *sums)
{
    pairs(m, r, scratch, sums, 0);
}

static void pairs_with_loss(const w2v_matrices *m, const w2v_rows *r, const w2v_scratch *scratch, w2v_sums *sums)
{
    pairs(m, r, scratch, sums, 1);
}

static void mean_without_loss(const w2v_matrices *m, const w2v_rows *r, const w2v_scratch *scratch, w2v_sums *sums)
{
    mean(m, r, scratch, sums, 0);
}

static void mean_with_loss(const w2v_matrices *m, const w2v_rows *r, const w2v_scratch *scratch, w2v_sums *sums)
{
    mean(m, r, scratch, sums, 1);
}

#define W2V_TEXT_(token) #token
#define W2V_TEXT(token) W2V_TEXT_(token)
#define W2V_JOIN_(left, right) left##right
#define W2V_JOIN(left, right) W2V_JOIN_(left, right)

const w2v_block_table W2V_JOIN(w2v_blocks_, W2V_ISA) = {
    W2V_TEXT(W2V_ISA),
    {pairs_without_loss, pairs_with_loss},
    {mean_without_loss, mean_with_loss},
    sigmoids,
};
