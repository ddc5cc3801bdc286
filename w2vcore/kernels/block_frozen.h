/* The blocks "mean" and "several" of a model that is only asked: what they would write is written to the input rows from the
 * cut on (w2v_matrix), which are the caller's own. Targets and all other inputs stay as they are, and may lie in a file
 * that is mapped read-only. So any number of threads can work on one model. */
#ifndef W2VCORE_BLOCK_FROZEN_H
#define W2VCORE_BLOCK_FROZEN_H

/* The sum of the targets by their gradients, from target `first` on, is added to a row. */
static void add_targets(const workspace *w, int64_t first, float *to)
{
    for (int64_t t = first; t < w->n; t += W2V_TILE)
        W2V_TO_EIGHT(tile_size(t, w->n, W2V_TILE), sum_rows, w->target + t, w->score + t, w->width, to, 1);
}

/* The error of the hidden row goes to w->error. */
static void sum_error(const workspace *w)
{
    W2V_TO_EIGHT(tile_size(0, w->n, W2V_TILE), sum_rows, w->target, w->score, w->width, w->error, 0);
    add_targets(w, W2V_TILE, w->error);
}

static int any_offsets(const w2v_targets *named, int64_t examples)
{
    for (int64_t e = 0; e < examples; e++)
        if (named[e].offsets)
            return 1;
    return 0;
}

/* Both of them, from the targets that are gathered. */
W2V_INLINED void frozen_blocks(
    workspace *w, const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, int64_t examples,
    w2v_sums *sums)
{
    const int is_row = in->n == 1 && !in->counts && in->scale == 1 && in->error_scale == 1;
    if (w->n == 0)
        return;
    w->tile = W2V_TILE;
    if (is_row && in->rows[0] >= m->inputs->cut) /* the hidden row itself */
        w->hidden = w2v_row(m->inputs, in->rows[0], m->stride);
    else {
        gather_inputs(w, m, in);
        set_factors(w, m, in, in->scale, 0);
        sum_inputs(w, in->n);
    }
    hidden_dots(w, w->hidden);
    if (any_offsets(named, examples)) /* else they are zeros, which take their time */
        add_offsets(w->score, w->offset, w->n);
    link_examples(w, m, named, examples, in->weight, sums, 0);
    if (is_row && in->rows[0] >= m->inputs->cut) {
        add_targets(w, 0, w->hidden);
        return;
    }
    sum_error(w);
    set_factors(w, m, in, in->error_scale, 0);
    for (int64_t c = 0; c < in->n; c++)
        if (in->rows[c] >= m->inputs->cut)
            spread(w->input + c, w->factor + c, w->width, w->error, 1);
}

static void frozen(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    workspace w = cut_scratch(scratch, m, in->n, named->n);
    gather_targets(&w, m, named);
    frozen_blocks(&w, m, in, named, 1, sums);
}

static void several_frozen(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, int64_t examples, const w2v_scratch *scratch,
    w2v_sums *sums)
{
    workspace w = gather_examples(scratch, m, in, named, examples);
    frozen_blocks(&w, m, in, named, examples, sums);
}

#endif
