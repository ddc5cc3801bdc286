/* The block "several": one hidden row against the targets of several examples (block.h).
 *
 * An example by itself is a chain: scores, their sums, the sigmoid, the update, and the next one has to wait for its end.
 * Here all scores are taken before all gradients, and these before all updates. The rows of one example are distinct and
 * those of two need not be, so they are updated example by example.
 */
#ifndef W2VCORE_BLOCK_SEVERAL_H
#define W2VCORE_BLOCK_SEVERAL_H

/* How many targets of an example are not masked. */
W2V_INLINED int64_t unmasked(const w2v_targets *named)
{
    int64_t n = named->n;
    for (int64_t t = 0; named->counts && t < named->n; t++)
        n -= !(named->counts[t] > 0);
    return n;
}

/* The targets from `first` on, as if there were none before. */
W2V_INLINED workspace from_target(const workspace *w, int64_t first)
{
    workspace rest = *w;
    rest.target += first;
    rest.label += first;
    rest.count += first;
    rest.offset += first;
    rest.score += first;
    return rest;
}

/* The targets of the examples, one after the other. */
W2V_INLINED workspace gather_examples(
    const w2v_scratch *scratch, const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, int64_t examples)
{
    int64_t n = 0;
    workspace w;
    for (int64_t i = 0; i < examples; i++)
        n += named[i].n;
    w = cut_scratch(scratch, m, in->n, n);
    w.tile = W2V_TILE;
    for (int64_t i = 0; i < examples; i++) {
        workspace one = from_target(&w, w.n);
        gather_targets(&one, m, named + i);
        w.n += one.n;
    }
    return w;
}

/* Scores become gradients, and are summed up before; by examples where what they come to depends on all of one. */
W2V_INLINED void link_examples(
    const workspace *w, const w2v_matrices *m, const w2v_targets *named, int64_t examples, float times, w2v_sums *sums,
    const int with_loss)
{
    int64_t at = 0;
    for (int64_t i = 0; (with_loss || is_joint(m)) && i < examples; i++) {
        workspace one = from_target(w, at);
        one.n = unmasked(named + i);
        at += one.n;
        if (is_joint(m) && one.n)
            link_hidden(&one, m, sums, times, NULL, with_loss);
        else if (one.n)
            sum_up_hidden(&one, sums, times, m->judge, NULL);
    }
    if (!is_joint(m))
        hidden_gradients(w, m->alpha * times);
}

/* The error goes to w->error: of each example, from the rows as the ones before it have left them. */
static void update_examples(const workspace *w, const w2v_targets *named, int64_t examples)
{
    int64_t end = 0;
    for (int64_t i = 0; i < examples; i++) {
        int64_t t = end;
        end += unmasked(named + i);
        for (; t < end; t += W2V_TILE) {
            const float *g = w->score + t;
            const int n = tile_size(t, end, W2V_TILE);
            if (t == 0)
                W2V_TO_EIGHT(n, update, w->hidden, w->target, w->width, g, w->error, 0, ERROR_SET);
            else
                W2V_TO_EIGHT(n, update, w->hidden, w->target + t, w->width, g, w->error, 0, ERROR_ADD);
        }
    }
}

W2V_INLINED void several(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, int64_t examples, const w2v_scratch *scratch,
    w2v_sums *sums, const int with_loss)
{
    workspace w = gather_examples(scratch, m, in, named, examples);
    if (w.n == 0)
        return;
    gather_inputs(&w, m, in);
    set_factors(&w, m, in, in->scale, 0);
    sum_inputs(&w, in->n);
    hidden_dots(&w, w.hidden);
    if (W2V_SOFT)
        add_offsets(w.score, w.offset, w.n);
    link_examples(&w, m, named, examples, in->weight, sums, with_loss);
    update_examples(&w, named, examples);
    set_factors(&w, m, in, in->error_scale, 1);
    spread_error(&w, w.error, in->n);
}

static void several_without_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, int64_t examples, const w2v_scratch *scratch,
    w2v_sums *sums)
{
    several(m, in, named, examples, scratch, sums, 0);
}

static void several_with_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, int64_t examples, const w2v_scratch *scratch,
    w2v_sums *sums)
{
    several(m, in, named, examples, scratch, sums, 1);
}

#endif
