/* The block of one hidden row that is its input rows side by side, in the order in which they are named (block.h,
 * "joined"). Targets have as many columns. What the error has for the columns of an input goes to that row; a row may be
 * named twice. With `frozen`, as in block_frozen.h, only input rows from the cut on are written, and no targets. */
#ifndef W2VCORE_BLOCK_JOINED_H
#define W2VCORE_BLOCK_JOINED_H

W2V_INLINED void joined(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums,
    const int with_loss, const int is_frozen)
{
    w2v_matrices wide = *m;
    wide.columns = in->n * m->columns;
    wide.stride = w2v_round_up(wide.columns);
    workspace w = cut_scratch(scratch, &wide, in->n, named->n);
    gather_targets(&w, &wide, named);
    if (w.n == 0)
        return;
    w.tile = W2V_TILE;
    gather_inputs(&w, m, in);
    memset(w.hidden, 0, (size_t)wide.stride * sizeof(float));
    for (int64_t c = 0; c < in->n; c++)
        memcpy(w.hidden + c * m->columns, w.input[c], (size_t)m->columns * sizeof(float));
    hidden_dots(&w, w.hidden);
    add_offsets(w.score, w.offset, w.n);
    link_hidden(&w, &wide, sums, in->weight, NULL, with_loss);
    if (is_frozen)
        sum_error(&w);
    else
        update_hidden(&w, w.hidden);
    for (int64_t c = 0; c < in->n; c++) {
        const float *error = w.error + c * m->columns, factor = is_frozen ? 1 : lock_of(m, in->rows[c]);
        if (is_frozen && in->rows[c] < m->inputs->cut)
            continue;
        for (int64_t d = 0; d < m->columns; d++)
            w.input[c][d] += factor * error[d];
    }
}

static void joined_without_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    joined(m, in, named, scratch, sums, 0, 0);
}

static void joined_with_loss(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    joined(m, in, named, scratch, sums, 1, 0);
}

static void joined_frozen(
    const w2v_matrices *m, const w2v_inputs *in, const w2v_targets *named, const w2v_scratch *scratch, w2v_sums *sums)
{
    joined(m, in, named, scratch, sums, 0, 1);
}

#endif
