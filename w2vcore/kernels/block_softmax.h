/* The softmax over the targets of an input, for the soft blocks: scores become gradients, in place.
 *
 * The largest score is subtracted before anything is exponentiated, so that no sum overflows. Three times over the scores of
 * an input, which are still in the cache: the largest; exponentials and their sum; gradients. Included by block_impl.h.
 */
#ifndef W2VCORE_BLOCK_SOFTMAX_H
#define W2VCORE_BLOCK_SOFTMAX_H

/* The n scores of one input: `tile` of them side by side, the next ones `step` numbers further. */
typedef struct {
    float *score;
    int64_t tile, step;
    const float *label, *count; /* [n] */
    int64_t n;
} example;

/* Add n targets, whose scores are `apart` numbers from one another; the loss but for the logarithm of the sum. */
static void accumulate_joint_metrics(
    row_metrics *v, const float *score, int64_t apart, const float *label, const float *count, int64_t n)
{
    for (int64_t t = 0; t < n; t++) {
        const float s = score[t * apart];
        v->loss -= (double)count[t] * label[t] * s;
        judge_score(v, s, label[t], count[t]);
    }
}

/* Of an input that stands for `times` examples; sums: NULL, or where to add what the scores come to. */
static void softmax_gradients(const example *one, const w2v_matrices *m, float times, w2v_sums *sums)
{
    const float weight = m->alpha * times;
    const int most = (int)one->tile;
    float highest = one->score[0], parts[W2V_SLOTS] = {0}, inverse;
    double sum = 0;
    row_metrics v = NO_METRICS;
    for (int64_t t = 0, at = 0; t < one->n; t += most, at += one->step) {
        const float *score = one->score + at;
        const int n = tile_size(t, one->n, most);
        for (int k = 0; k < n; k++)
            highest = score[k] > highest ? score[k] : highest;
        if (sums)
            accumulate_joint_metrics(&v, score, 1, one->label + t, one->count + t, n);
    }
    for (int64_t t = 0, at = 0; t < one->n; t += most, at += one->step) {
        const float *count = one->count + t;
        float *score = one->score + at;
        const int n = tile_size(t, one->n, most);
        if (n == W2V_SLOTS) { /* a constant, so that the compiler makes vectors of it */
            for (int k = 0; k < W2V_SLOTS; k++) {
                score[k] = w2v_exp_of_minus(highest - score[k]);
                parts[k] += count[k] * score[k];
            }
            continue;
        }
        for (int k = 0; k < n; k++) {
            score[k] = w2v_exp_of_minus(highest - score[k]);
            parts[k] += count[k] * score[k];
        }
    }
    for (int k = 0; k < W2V_SLOTS; k++)
        sum += parts[k];
    inverse = (float)(1 / sum);
    for (int64_t t = 0, at = 0; t < one->n; t += most, at += one->step) {
        const float *label = one->label + t, *count = one->count + t;
        float *score = one->score + at;
        const int n = tile_size(t, one->n, most);
        for (int k = 0; k < n; k++)
            score[k] = (weight * count[k]) * (label[k] - score[k] * inverse);
    }
    if (sums) {
        v.loss += highest + log(sum);
        add_metrics(sums, &v, times, m->judge);
    }
}

/* Of several inputs that are stationary: eight places for each target, one for each input. The places of no input hold
 * numbers of no use, of which no more is asked than that they are finite. */
static void softmax_by_target(const workspace *w, const w2v_matrices *m, const w2v_inputs *in, w2v_sums *sums)
{
    float highest[W2V_SLOTS], weight[W2V_SLOTS], inverse[W2V_SLOTS];
    double total[W2V_SLOTS] = {0};
    row_metrics v[W2V_SLOTS];
    for (int c = 0; c < W2V_SLOTS; c++) {
        highest[c] = w->score[c];
        weight[c] = c < in->n ? m->alpha * input_count(in, c) : 0;
        v[c] = NO_METRICS;
        if (sums && c < in->n)
            accumulate_joint_metrics(&v[c], w->score + c, W2V_SLOTS, w->label, w->count, w->n);
    }
    for (int64_t t = 1; t < w->n; t++)
        for (int c = 0; c < W2V_SLOTS; c++) {
            const float score = w->score[t * W2V_SLOTS + c];
            highest[c] = score > highest[c] ? score : highest[c];
        }
    for (int64_t first = 0; first < w->n; first += W2V_STRIP) { /* one sum of very many floats would be off */
        const int64_t stop = first + W2V_STRIP < w->n ? first + W2V_STRIP : w->n;
        float parts[W2V_SLOTS] = {0};
        for (int64_t t = first; t < stop; t++) {
            const float count = w->count[t];
            float *score = w->score + t * W2V_SLOTS;
            for (int c = 0; c < W2V_SLOTS; c++) {
                score[c] = w2v_exp_of_minus(highest[c] - score[c]);
                parts[c] += count * score[c];
            }
        }
        for (int c = 0; c < W2V_SLOTS; c++)
            total[c] += parts[c];
    }
    for (int c = 0; c < W2V_SLOTS; c++) {
        inverse[c] = (float)(1 / total[c]);
        v[c].loss += highest[c] + log(total[c]);
        if (sums && c < in->n)
            add_metrics(sums, &v[c], input_count(in, c), m->judge);
    }
    for (int64_t t = 0; t < w->n; t++) {
        const float count = w->count[t], label = w->label[t];
        float *score = w->score + t * W2V_SLOTS;
        for (int c = 0; c < W2V_SLOTS; c++)
            score[c] = (weight[c] * count) * (label - score[c] * inverse[c]);
    }
}

/* Of several inputs, whichever side is stationary. */
static void softmax_pairs(
    const workspace *w, const w2v_matrices *m, const w2v_inputs *in, const operands *s, w2v_sums *sums)
{
    if (s->inputs_stationary) {
        softmax_by_target(w, m, in, sums);
        return;
    }
    for (int64_t c = 0; c < in->n; c++) {
        const example one = {w->score + c * W2V_SLOTS, s->tile, s->step, w->label, w->count, w->n};
        softmax_gradients(&one, m, input_count(in, c), sums);
    }
}

#endif
