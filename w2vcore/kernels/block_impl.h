/* The one source of the blocks (block.h says what they compute). A unit block_<isa>.c defines
 *
 *   W2V_ISA        name of the instruction set, as a token
 *   W2V_LANES      floats in a register: 4, 8 or 16
 *   W2V_REGISTERS  how many of them: 16 or 32
 *   W2V_PLAIN_C    (optional) to do without the compiler's vector types
 *   W2V_SOFT       (optional) 1: soft blocks, in block_soft_<isa>.c; without it all else that a table has
 *
 * and includes this file; it is compiled with that instruction set's flags, so everything here but the table is static.
 *
 * How it goes: gather the unmasked targets, take all scores, turn them into gradients, then go once over the columns
 * and update both sides, each from the values that were there before. Rows are taken in tiles (block_tiles.h has their
 * sizes), whose sums live in registers; the size of a tile is a constant in each copy of the code, so that the loops
 * over it unroll.
 */
#include <math.h>

#include "block.h"
#include "lanes.h"
#include "block_rows.h"
#include "block_tiles.h"
#include "block_paired.h"
#include "sigmoid.h"

/* ---- scores to gradients ---- */

/* In place, a group of scores: score -> weight * (label - sigmoid(score)) * count. */
W2V_INLINED void gradients(float *score, const float *label, const float *count, float weight)
{
    float g[W2V_GROUP]; /* its own array, so that the compiler need not ask whether the four overlap */
    for (int k = 0; k < W2V_GROUP; k++)
        g[k] = (weight * count[k]) * (label[k] - w2v_sigmoid(score[k]));
    for (int k = 0; k < W2V_GROUP; k += W2V_LANES) /* a memcpy of 32 bytes GCC takes apart */
        w2v_store(score + k, w2v_load(g + k));
}

/* Whether a group is two tiles, whose scores are stored in two pieces. */
#if W2V_LANES > W2V_SLOTS && defined(__GNUC__) && !defined(W2V_PLAIN_C)
#define W2V_WIDE 1
#else
#define W2V_WIDE 0
#endif

#if W2V_WIDE
typedef float w2v_eight __attribute__((vector_size(4 * W2V_SLOTS)));

/* The same of eight, the last ones. */
W2V_INLINED void eight_gradients(float *score, const float *label, const float *count, float weight)
{
    float g[W2V_SLOTS];
    w2v_eight all;
    for (int k = 0; k < W2V_SLOTS; k++)
        g[k] = (weight * count[k]) * (label[k] - w2v_sigmoid(score[k]));
    memcpy(&all, g, sizeof all);
    memcpy(score, &all, sizeof all);
}
#endif

/* The gradients of an input's pairs with a tile of targets, times its count. */
W2V_INLINED void weigh_eight(float *gradient, float count)
{
    for (int k = 0; k < W2V_SLOTS; k++)
        gradient[k] *= count;
}

/* Scores that are side by side take the offsets of their targets. */
W2V_INLINED void add_offsets(float *score, const float *offset, int64_t n)
{
    for (int64_t t = 0; t < n; t++)
        score[t] += offset[t];
}

/* ---- sums ---- */

/* What the scores of one input row, or of the hidden one, come to. */
typedef struct {
    double loss;           /* sum of -log(sigmoid(+-score)) */
    float lowest, highest; /* score of a true target, and of another */
    double targets, right;
} row_metrics;

static const row_metrics NO_METRICS = {0, INFINITY, -INFINITY, 0, 0};

/* Judge one score. */
W2V_INLINED void judge_score(row_metrics *v, float score, float label, float count)
{
    const int is_true = label > 0.5f;
    if (is_true)
        v->lowest = score < v->lowest ? score : v->lowest;
    else
        v->highest = score > v->highest ? score : v->highest;
    v->targets += count;
    v->right += (is_true ? score > 0 : score < 0) ? count : 0;
}

/* Add n targets, whose scores are `apart` numbers from one another. */
static void accumulate_metrics(
    row_metrics *v, const float *score, int64_t apart, const float *label, const float *count, int64_t n)
{
    for (int64_t t = 0; t < n; t++) {
        const float s = score[t * apart];
        const double z = label[t] == 1 ? -(double)s : (double)s;
        v->loss += count[t] * ((z > 0 ? z : 0) + log1p(exp(-fabs(z)))); /* without overflow */
        if (W2V_SOFT && label[t] != 1 && label[t] != 0)
            v->loss -= (double)count[t] * label[t] * s;
        judge_score(v, s, label[t], count[t]);
    }
}

static void add_metrics(w2v_sums *sums, const row_metrics *v, float times, int judge)
{
    sums->loss += times * v->loss;
    sums->judged += judge == W2V_JUDGE_EXAMPLES ? times : times * v->targets;
    sums->correct += judge == W2V_JUDGE_EXAMPLES ? (v->lowest > v->highest ? times : 0) : times * v->right;
}

#if W2V_SOFT
/* What is judged of examples one by one, where the scores are those of all that they named. */
static void judge_examples(const workspace *w, w2v_sums *sums, const w2v_examples *examples, int judge)
{
    int64_t at = 0;
    for (int64_t i = 0; i < examples->n; i++) {
        row_metrics v = NO_METRICS;
        for (; at < examples->ends[i]; at++)
            accumulate_metrics(&v, w->score + examples->places[at], 1, examples->labels + at, examples->counts + at, 1);
        v.loss = 0; /* that of all is summed up already */
        add_metrics(sums, &v, examples->weights[i], judge);
    }
}
#endif

/* The scores of one row are side by side. */
static void sum_up_hidden(const workspace *w, w2v_sums *sums, float times, int judge, const w2v_examples *examples)
{
    row_metrics v = NO_METRICS;
    accumulate_metrics(&v, w->score, 1, w->label, w->count, w->n);
#if W2V_SOFT
    if (examples) {
        sums->loss += times * v.loss;
        judge_examples(w, sums, examples, judge);
        return;
    }
#endif
    (void)examples;
    add_metrics(sums, &v, times, judge);
}

static void sum_up_unit(const paired_unit *pair, w2v_sums *sums, float times, int judge)
{
    row_metrics v = NO_METRICS;
    accumulate_metrics(&v, pair->score, 1, pair->label, pair->count, pair->n);
    add_metrics(sums, &v, times, judge);
}

/* Those of several are eight for each tile of stationary rows and each streamed row. */
static void sum_up_pairs(
    const workspace *w, const w2v_matrices *m, const w2v_inputs *in, const operands *s, w2v_sums *sums)
{
    for (int64_t c = 0; c < in->n; c++) {
        row_metrics v = NO_METRICS;
        if (s->inputs_stationary) {
            accumulate_metrics(&v, w->score + c, W2V_SLOTS, w->label, w->count, w->n);
        } else {
            const float *score = w->score + c * W2V_SLOTS;
            for (int64_t t = 0; t < w->n; t += s->tile, score += s->step)
                accumulate_metrics(&v, score, 1, w->label + t, w->count + t, tile_size(t, w->n, s->tile));
        }
        add_metrics(sums, &v, input_count(in, c), m->judge);
    }
}

#if W2V_SOFT
#include "block_softmax.h"
#endif

/* Whether the link takes the scores of an input together. */
W2V_INLINED int is_joint(const w2v_matrices *m)
{
    return W2V_SOFT && m->link == W2V_LINK_SOFTMAX;
}

/* ---- one hidden row ---- */

/* Of the rows that are to be fetched, each of four loops over columns takes a quarter: those that take scores, that update
 * the targets, that sum the inputs and that bring the error to these. */
#define W2V_COMING_EACH (W2V_COMING_ALWAYS / 4)

static void hidden_dots(const workspace *w, float *x)
{
    W2V_TO_EIGHT(
        tile_size(0, w->n, w->tile), dots_fetching, &x, w->target, w->width, w->score, w->coming, W2V_COMING_EACH, 1);
    for (int64_t t = w->tile; t < w->n; t += w->tile)
        W2V_TO_EIGHT(tile_size(t, w->n, w->tile), dots, &x, w->target + t, w->width, w->score + t, 1);
}

static void hidden_gradients(const workspace *w, float weight)
{
    int64_t t = 0;
#if W2V_WIDE
    for (; t + W2V_SLOTS < w->n; t += W2V_GROUP)
        gradients(w->score + t, w->label + t, w->count + t, weight);
    if (t < w->n) /* a load of sixteen would wait until the eight scores are in the cache */
        eight_gradients(w->score + t, w->label + t, w->count + t, weight);
#else
    for (; t < w->n; t += W2V_GROUP)
        gradients(w->score + t, w->label + t, w->count + t, weight);
#endif
}

/* The scores of a row that stands for `times` examples become gradients, and are summed up before. */
W2V_INLINED void link_hidden(
    const workspace *w, const w2v_matrices *m, w2v_sums *sums, float times, const w2v_examples *examples,
    const int with_loss)
{
#if W2V_SOFT
    if (is_joint(m)) {
        const example one = {w->score, W2V_SLOTS, W2V_SLOTS, w->label, w->count, w->n};
        softmax_gradients(&one, m, times, with_loss ? sums : NULL);
        return;
    }
#endif
    if (with_loss)
        sum_up_hidden(w, sums, times, m->judge, examples);
    hidden_gradients(w, m->alpha * times);
}

/* Its error goes to w->error. */
static void update_hidden(const workspace *w, const float *x)
{
    const float *g = w->score;
    W2V_TO_EIGHT(
        tile_size(0, w->n, w->tile), update_fetching, x, w->target, w->width, g, w->error, 0,
        w->coming + W2V_COMING_EACH, W2V_COMING_EACH, ERROR_SET);
    for (int64_t t = w->tile; t < w->n; t += w->tile)
        W2V_TO_EIGHT(tile_size(t, w->n, w->tile), update, x, w->target + t, w->width, g + t, w->error, 0, ERROR_ADD);
}

/* The same for the one input row x, which is also written. */
static void update_and_apply(const workspace *w, float *x, float factor)
{
    if (w->n <= w->tile) {
        W2V_TO_EIGHT(
            w->n, update_fetching, x, w->target, w->width, w->score, x, factor, w->coming + W2V_COMING_EACH,
            W2V_COMING_ALWAYS - W2V_COMING_EACH, ERROR_APPLY);
    } else {
        update_hidden(w, x);
        spread_fetching(
            &x, &factor, w->width, w->error, w->coming + 2 * W2V_COMING_EACH, W2V_COMING_ALWAYS - 2 * W2V_COMING_EACH,
            1);
    }
}

static void sum_inputs(const workspace *w, int64_t n_inputs)
{
    if (n_inputs == 0)
        memset(w->hidden, 0, (size_t)w->width * sizeof(float));
    for (int64_t c = 0; c < n_inputs; c += W2V_TILE)
        if (c == 0)
            W2V_TO_EIGHT(
                tile_size(c, n_inputs, W2V_TILE), sum_rows_fetching, w->input, w->factor, w->width, w->hidden,
                w->coming + 2 * W2V_COMING_EACH, W2V_COMING_EACH, 0);
        else
            W2V_TO_EIGHT(
                tile_size(c, n_inputs, W2V_TILE), sum_rows, w->input + c, w->factor + c, w->width, w->hidden, 1);
}

static void spread_error(const workspace *w, const float *error, int64_t n_inputs)
{
    if (n_inputs)
        W2V_TO_EIGHT(
            tile_size(0, n_inputs, W2V_TILE), spread_fetching, w->input, w->factor, w->width, error,
            w->coming + 3 * W2V_COMING_EACH, W2V_COMING_EACH);
    for (int64_t c = W2V_TILE; c < n_inputs; c += W2V_TILE)
        W2V_TO_EIGHT(tile_size(c, n_inputs, W2V_TILE), spread, w->input + c, w->factor + c, w->width, error);
}

/* ---- several inputs ---- */

/* The inputs are stationary if one tile holds them and not the targets. Not with locks: then what an input is to take
 * must be known by itself. */
static operands choose_operands(const workspace *w, const w2v_matrices *m, int64_t n_inputs)
{
    const int swap = !m->lock && n_inputs <= W2V_STATIONARY && w->n > W2V_STATIONARY;
    operands s = {w->target, w->input, w->n, n_inputs, 0, 0, swap, w->coming, w->strip};
    if (swap) {
        s.stationary = w->input;
        s.streamed = w->target;
        s.n_stationary = n_inputs;
        s.n_streamed = w->n;
    }
    s.tile = even_tile(s.n_stationary, W2V_STATIONARY);
    s.step = w2v_round_up(s.n_streamed * W2V_SLOTS);
    return s;
}

/* Scores of the tile of n stationary rows that starts at `first`: eight for each streamed row. */
static void pair_dots(const operands *s, int64_t width, int64_t first, int n, float *score)
{
    const int most = W2V_STREAMED(n);
    for (int64_t c = 0; c < s->n_streamed; c += most) {
        float *const *x = s->streamed + c, *const *y = s->stationary + first;
        float *to = score + c * W2V_SLOTS;
        switch (tile_size(c, s->n_streamed, most)) {
        case 1:
            W2V_TO_STATIONARY(n, dots, x, y, width, to, 1);
            break;
        case 2:
            W2V_TO_STATIONARY(n, dots, x, y, width, to, 2);
            break;
#if W2V_REGISTERS == 16
        case 3:
            W2V_TO_FOUR(n, dots, x, y, width, to, 3);
            break;
#else
        case 3:
            W2V_TO_STATIONARY(n, dots, x, y, width, to, 3);
            break;
        case 4:
            W2V_TO_SIX(n, dots, x, y, width, to, 4);
            break;
#endif
        }
    }
}

/* Those scores take the offsets of their targets. */
W2V_INLINED void offset_pairs(const workspace *w, const operands *s, int64_t first, int n, float *score)
{
    for (int64_t c = 0; !s->inputs_stationary && c < s->n_streamed; c++)
        add_offsets(score + c * W2V_SLOTS, w->offset + first, n);
    for (int64_t t = 0; s->inputs_stationary && t < s->n_streamed; t++)
        for (int c = 0; c < n; c++)
            score[t * W2V_SLOTS + c] += w->offset[t];
}

/* To gradients, in place, where the targets are stationary. */
static void gradients_by_input(const workspace *w, const w2v_inputs *in, int64_t first, float alpha, float *score)
{
    const int64_t n_scores = in->n * W2V_SLOTS;
    float label[W2V_GROUP], count[W2V_GROUP];
    for (int k = 0; k < W2V_GROUP; k++) {
        label[k] = w->label[first + k % W2V_SLOTS];
        count[k] = w->count[first + k % W2V_SLOTS];
    }
    for (int64_t i = 0; i < n_scores; i += W2V_GROUP)
        gradients(score + i, label, count, alpha);
    for (int64_t c = 0; in->counts && c < in->n; c++)
        weigh_eight(score + c * W2V_SLOTS, in->counts[c]);
}

/* The same where the inputs are stationary. */
static void gradients_by_target(const workspace *w, const w2v_inputs *in, float alpha, float *score)
{
    float label[W2V_GROUP], count[W2V_GROUP], times[W2V_SLOTS] = {0};
    for (int64_t t = 0; t < w->n; t += W2V_GROUP / W2V_SLOTS) {
        for (int k = 0; k < W2V_GROUP; k++) {
            label[k] = w->label[t + k / W2V_SLOTS];
            count[k] = w->count[t + k / W2V_SLOTS];
        }
        gradients(score + t * W2V_SLOTS, label, count, alpha);
    }
    for (int64_t c = 0; in->counts && c < in->n; c++)
        times[c] = in->counts[c];
    for (int64_t t = 0; in->counts && t < w->n; t++)
        for (int k = 0; k < W2V_SLOTS; k++)
            score[t * W2V_SLOTS + k] *= times[k];
}

static void pair_gradients(
    const workspace *w, const w2v_inputs *in, const operands *s, int64_t first, float alpha, float *score)
{
    if (s->inputs_stationary)
        gradients_by_target(w, in, alpha, score);
    else
        gradients_by_input(w, in, first, alpha, score);
}

/* Of more than one tile, or with locks: by strips of columns, so that only one strip is kept of what rows are to take. */
static void update_by_strips(const workspace *w, const operands *s, int locked)
{
    const int64_t width = w->width;
    for (int64_t d = 0; d < width; d += W2V_STRIP) {
        const int64_t end = d + W2V_STRIP < width ? d + W2V_STRIP : width;
        const float *g = w->score;
        for (int64_t t = 0; t < s->n_stationary; t += s->tile, g += s->step) {
            const int n = tile_size(t, s->n_stationary, s->tile);
            if (t == 0)
                W2V_TO_STATIONARY(n, update_pairs, s, 0, g, d, end, STRIP_SET);
            else if (locked || t + s->tile < s->n_stationary)
                W2V_TO_STATIONARY(n, update_pairs, s, t, g, d, end, STRIP_ADD);
            else
                W2V_TO_STATIONARY(n, update_pairs, s, t, g, d, end, APPLY_WITH_STRIP);
        }
        for (int64_t c = 0; locked && c < s->n_streamed; c++) {
            float *x = s->streamed[c] + d;
            spread(&x, w->factor + c, end - d, s->strip + c * W2V_STRIP, 1);
        }
    }
}

/* ---- the shapes ---- */

W2V_INLINED void one_input(
    workspace *w, const w2v_matrices *m, const w2v_inputs *in, w2v_sums *sums, const int with_loss)
{
    float *x = w2v_row(m->inputs, in->rows[0], m->stride);
    float count = input_count(in, 0);
    w->tile = W2V_TILE;
    hidden_dots(w, x);
    if (W2V_SOFT)
        add_offsets(w->score, w->offset, w->n);
    link_hidden(w, m, sums, count, NULL, with_loss);
    update_and_apply(w, x, lock_of(m, in->rows[0]));
}

W2V_INLINED void many_inputs(
    workspace *w, const w2v_matrices *m, const w2v_inputs *in, w2v_sums *sums, const int with_loss)
{
    const operands s = choose_operands(w, m, in->n);
    float *score = w->score;
    gather_inputs(w, m, in);
    for (int64_t t = 0; t < s.n_stationary; t += s.tile, score += s.step) {
        pair_dots(&s, w->width, t, tile_size(t, s.n_stationary, s.tile), score);
        if (W2V_SOFT)
            offset_pairs(w, &s, t, tile_size(t, s.n_stationary, s.tile), score);
        if (!with_loss && !is_joint(m))
            pair_gradients(w, in, &s, t, m->alpha, score);
    }
#if W2V_SOFT
    if (is_joint(m))
        softmax_pairs(w, m, in, &s, with_loss ? sums : NULL);
#endif
    if (with_loss && !is_joint(m)) { /* which wants all scores of an input, before they become gradients */
        sum_up_pairs(w, m, in, &s, sums);
        for (int64_t t = 0; t < s.n_stationary; t += s.tile)
            pair_gradients(w, in, &s, t, m->alpha, w->score + t / s.tile * s.step);
    }
    if (s.tile == s.n_stationary && !m->lock) {
        W2V_TO_STATIONARY(s.n_stationary, update_pairs, &s, 0, w->score, 0, w->width, APPLY);
    } else {
        for (int64_t c = 0; m->lock && c < in->n; c++)
            w->factor[c] = lock_of(m, in->rows[c]);
        update_by_strips(w, &s, m->lock != NULL);
    }
}

W2V_INLINED void pairs(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums,
    const int with_loss)
{
    workspace w = cut_scratch(scratch, m, in->n, named->n);
    gather_targets(&w, m, named);
    if (w.n == 0 || in->n == 0)
        return;
    if (in->n == 1)
        one_input(&w, m, in, sums, with_loss);
    else
        many_inputs(&w, m, in, sums, with_loss);
}

W2V_INLINED void mean(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums,
    const int with_loss)
{
    workspace w = cut_scratch(scratch, m, in->n, named->n);
    gather_targets(&w, m, named);
    if (w.n == 0)
        return;
    w.tile = W2V_TILE;
    gather_inputs(&w, m, in);
    set_factors(&w, m, in, in->scale, 0);
    sum_inputs(&w, in->n);
    hidden_dots(&w, w.hidden);
    if (W2V_SOFT)
        add_offsets(w.score, w.offset, w.n);
    link_hidden(&w, m, sums, in->weight, W2V_SOFT ? named->examples : NULL, with_loss);
    if (scratch->meanwhile)
        scratch->meanwhile(scratch->context);
    update_hidden(&w, w.hidden);
    set_factors(&w, m, in, in->error_scale, 1);
    spread_error(&w, w.error, in->n);
}

#include "block_several.h"

static void pairs_without_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    pairs(m, in, named, scratch, sums, 0);
}

static void pairs_with_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    pairs(m, in, named, scratch, sums, 1);
}

static void mean_without_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    mean(m, in, named, scratch, sums, 0);
}

static void mean_with_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    mean(m, in, named, scratch, sums, 1);
}

/* The same of a pair that stands for `times` examples. Returns what stands after its scores. */
W2V_INLINED float link_unit(paired_unit *pair, const w2v_matrices *m, w2v_sums *sums, float times, const int with_loss)
{
#if W2V_SOFT
    if (is_joint(m)) {
        const example one = {pair->score, W2V_SLOTS, W2V_SLOTS, pair->label, pair->count, pair->n};
        const float after = pair->score[pair->n];
        softmax_gradients(&one, m, times, with_loss ? sums : NULL);
        return after;
    }
#endif
    if (with_loss)
        sum_up_unit(pair, sums, times, m->judge);
    const float after = pair->score[pair->n];
    gradients(pair->score, pair->label, pair->count, m->alpha * times);
    return after;
}

W2V_INLINED void paired(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_inputs *in_next,
    const w2v_targets *named_next, const w2v_scratch *scratch, w2v_sums *sums, const int with_loss)
{
    const w2v_block one = with_loss ? pairs_with_loss : pairs_without_loss;
    const int64_t width = used_width(m);
    const float count = input_count(in, 0), count_next = input_count(in_next, 0);
    paired_unit a, b;
    if (!gather_unit(&a, m, in, named, UINT32_MAX) || !gather_unit(&b, m, in_next, named_next, UINT32_MAX - 1)
        || !are_paired(&a, &b)) {
        one(m, in, named, scratch, sums);
        one(m, in_next, named_next, scratch, sums);
        return;
    }
    W2V_TO_SEVEN(a.n, paired_dots, &a, &b, width, scratch->coming);
    if (W2V_SOFT) {
        add_offsets(a.score, a.offset, a.n);
        add_offsets(b.score, b.offset, b.n);
    }
    const float inputs = link_unit(&a, m, sums, count, with_loss); /* their dot product */
    b.score[0] += a.score[0] * inputs;
    link_unit(&b, m, sums, count_next, with_loss);
    W2V_TO_SEVEN(
        a.n, paired_updates, &a, &b, width, lock_of(m, in->rows[0]), lock_of(m, in_next->rows[0]),
        scratch->coming + W2V_COMING_IN_PAIRED);
}

static void paired_without_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_inputs *in_next,
    const w2v_targets *named_next, const w2v_scratch *scratch, w2v_sums *sums)
{
    paired(m, in, named, in_next, named_next, scratch, sums, 0);
}

static void paired_with_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_inputs *in_next,
    const w2v_targets *named_next, const w2v_scratch *scratch, w2v_sums *sums)
{
    paired(m, in, named, in_next, named_next, scratch, sums, 1);
}

#define W2V_TEXT_(token) #token
#define W2V_TEXT(token) W2V_TEXT_(token)
#define W2V_JOIN_(left, right) left##right
#define W2V_JOIN(left, right) W2V_JOIN_(left, right)

#define W2V_SHAPES \
    { \
        {pairs_without_loss, pairs_with_loss}, {mean_without_loss, mean_with_loss}, \
            {paired_without_loss, paired_with_loss}, \
        { \
            several_without_loss, several_with_loss \
        } \
    }

#if W2V_SOFT

#include "block_frozen.h"
#include "block_joined.h"

const w2v_blocks W2V_JOIN(w2v_soft_blocks_, W2V_ISA) = W2V_SHAPES;
const w2v_frozen_blocks W2V_JOIN(w2v_frozen_blocks_, W2V_ISA) = {frozen, several_frozen};
const w2v_block W2V_JOIN(w2v_joined_blocks_, W2V_ISA)[3] = {joined_without_loss, joined_with_loss, joined_frozen};

#else

#include "block_merge_ranks.h"
#include "random_lanes.h"

static void sigmoids(float *score, int64_t n)
{
    int64_t i = 0;
    for (; i + W2V_SLOTS <= n; i += W2V_SLOTS)
        for (int k = 0; k < W2V_SLOTS; k++)
            score[i + k] = w2v_sigmoid(score[i + k]);
    for (; i < n; i++)
        score[i] = w2v_sigmoid(score[i]);
}

/* A loop that the compiler makes vectors of; it waits for memory, not for them. */
static void merge(float *shared, float *own, float *base, int64_t floats)
{
    for (int64_t i = 0; i < floats; i++) {
        float merged = shared[i] == base[i] ? own[i] : shared[i] + (own[i] - base[i]);
        shared[i] = own[i] = base[i] = merged;
    }
}

static void gather_bag(const w2v_matrices *m, const w2v_inputs *in, const w2v_scratch *scratch, float *sum)
{
    workspace w = cut_scratch(scratch, m, in->n, 0);
    w.hidden = sum;
    gather_inputs(&w, m, in);
    set_factors(&w, m, in, in->scale, 0);
    sum_inputs(&w, in->n);
}

static void scatter_bag(const w2v_matrices *m, const w2v_inputs *in, const w2v_scratch *scratch, const float *error)
{
    workspace w = cut_scratch(scratch, m, in->n, 0);
    gather_inputs(&w, m, in);
    set_factors(&w, m, in, in->error_scale, 1);
    spread_error(&w, error, in->n);
}

extern const w2v_blocks W2V_JOIN(w2v_soft_blocks_, W2V_ISA);
extern const w2v_frozen_blocks W2V_JOIN(w2v_frozen_blocks_, W2V_ISA);
extern const w2v_block W2V_JOIN(w2v_joined_blocks_, W2V_ISA)[3];

const w2v_block_table W2V_JOIN(w2v_blocks_, W2V_ISA) = {
    W2V_TEXT(W2V_ISA),
    W2V_SHAPES,
    &W2V_JOIN(w2v_soft_blocks_, W2V_ISA),
    W2V_JOIN(w2v_joined_blocks_, W2V_ISA),
    &W2V_JOIN(w2v_frozen_blocks_, W2V_ISA),
    {gather_bag, scatter_bag},
    sigmoids,
    merge,
    merge_ranks,
    random_blocks,
};

#endif
