/* The arithmetic of kernels/block.h on a warp: scores, gradients and both updates, all from the initial values.
 *
 * train_row      one row against every target: CBOW's hidden row, or the context row of a skip-gram pair. Needs each
 *                target's row once, so it is updated tile by tile.
 * train_window   the distinct context rows of a window in the ring against every target (skip-gram, shared noise).
 *                A tile's rows and their deltas stay in registers while all contexts are streamed past them.
 *
 * The softmax needs all scores of an input row before its first gradient, so with W2V_JOINT both read the targets twice.
 */
#ifndef W2VCORE_CUDA_BLOCKS_CUH
#define W2VCORE_CUDA_BLOCKS_CUH

#include "ring.cuh"
#include "targets.cuh"

/* The logarithm of the sum of a row's exponentiated scores. */
W2V_DEVICE float log_sum_of_row(const Fragment &row, const w2v_launch &launch, const Targets &targets, int width)
{
    Normaliser all = empty_normaliser();
    for (int first = 0; first < targets.n; first += W2V_TILE) {
        const Tile tile = take_tile(targets, first);
        Fragment rows[W2V_TILE];
        read_tile(rows, launch, targets, tile, width);
        all = with_tile(all, tile, score_tile(row, rows, tile));
    }
    return log_sum_of(all);
}

/* Set `error` to the gradient step of a row, sum_t g[t] y[t], and add g[t] * times * row to each target's row, or to
 * the rows 0, 1, ... of `scratch` in place of the matrix. */
W2V_DEVICE void train_row(
    Fragment &error, const Fragment &row, const w2v_launch &launch, const Targets &targets, int width, float alpha,
    Times times, float *scratch, LaneSums &sums)
{
    const bool alone = targets.judged_alone;
    const float log_sum = W2V_JOINT ? log_sum_of_row(row, launch, targets, width) : 0.0f;
    ExampleScores scores = no_scores();
    clear(error);
    for (int first = 0; first < targets.n; first += W2V_TILE) {
        const Tile tile = take_tile(targets, first);
        Fragment rows[W2V_TILE];
        read_tile(rows, launch, targets, tile, width);
        const float score = score_tile(row, rows, tile);
        const float gradient = gradient_of(tile, score, log_sum, alpha);
        if (W2V_LOSS) {
            const ExampleScores seen = accumulate_metrics(sums, alone, score, tile.label, tile.count, times, log_sum);
            scores.lowest_true = fminf(scores.lowest_true, seen.lowest_true);
            scores.highest_noise = fmaxf(scores.highest_noise, seen.highest_noise);
        }
#pragma unroll
        for (int t = 0; t < W2V_TILE; t++) {
            const float step = of_target(gradient, t);
            const int64_t number = scratch ? first + t : row_of_target(tile, t);
            if (!has_target(tile, t))
                continue;
            add_scaled(error, step, rows[t]);
            Fragment change = row;
            scale(change, step * (float)times);
            add_to_matrix((scratch ? scratch : targets.matrix) + number * launch.stride, change, width);
        }
    }
    if (W2V_LOSS && !alone && targets.n) {
        const bool won = is_correct(scores);
        if (lane_number() == 0) {
            sums.judged += times;
            sums.correct += won ? times : 0;
        }
    }
}

/* A tile with its rows from device memory. That of a window's first tile is read before the ring moves, so that both
 * reads overlap. */
struct Fetched {
    Tile tile;
    Fragment rows[W2V_TILE];
};

W2V_DEVICE void fetch(Fetched &fetched, const w2v_launch &launch, const Targets &targets, int first, int width)
{
    fetched.tile = take_tile(targets, first);
    read_tile(fetched.rows, launch, targets, fetched.tile, width);
}

/* One context against a tile: adds to the row's error and to the deltas of the tile. The row itself is updated after
 * the last tile. */
W2V_DEVICE ExampleScores train_context(
    const Context &context, const Ring &ring, const Fetched &fetched, Fragment (&deltas)[W2V_TILE], bool start,
    bool last, bool alone, float log_sum, float alpha, LaneSums &sums)
{
    Fragment row, error;
    read_own(row, value_row(ring, context.slot), ring.width);
    const float score = score_tile(row, fetched.rows, fetched.tile);
    const float gradient = gradient_of(fetched.tile, score, log_sum, alpha);
    clear(error);
#pragma unroll
    for (int t = 0; t < W2V_TILE; t++) {
        const float step = of_target(gradient, t);
        add_scaled(error, step, fetched.rows[t]);
        add_scaled(deltas[t], step * (float)context.times, row);
    }
    if (!start) {
        Fragment pending;
        read_own(pending, pending_row(ring, context.slot), ring.width);
        add_scaled(error, 1.0f, pending);
    }
    if (last) {
        add_scaled(row, context.learn, error);
        write_own(value_row(ring, context.slot), row, ring.width);
    } else {
        write_own(pending_row(ring, context.slot), error, ring.width);
    }
    return W2V_LOSS
        ? accumulate_metrics(sums, alone, score, fetched.tile.label, fetched.tile.count, context.times, log_sum)
        : no_scores();
}

/* The logarithms of the sums of the contexts' exponentiated scores, each on the lane of its context. `fetched` holds the
 * first tile, before and after. */
W2V_DEVICE float log_sums_of_window(
    Fetched &fetched, const w2v_launch &launch, const Targets &targets, const Ring &ring, const Contexts &contexts)
{
    Normaliser own = empty_normaliser();
    for (int first = 0; first < targets.n; first += W2V_TILE) {
        if (first)
            fetch(fetched, launch, targets, first, ring.width);
        for (uint32_t left = contexts.lanes; left;) {
            const Context context = next_context(launch, ring, contexts, left);
            Fragment row;
            read_own(row, value_row(ring, context.slot), ring.width);
            const Normaliser before = {
                __shfl_sync(W2V_ALL_LANES, own.highest, context.lane),
                __shfl_sync(W2V_ALL_LANES, own.sum, context.lane)};
            const Normaliser now = with_tile(before, fetched.tile, score_tile(row, fetched.rows, fetched.tile));
            if (lane_number() == context.lane)
                own = now;
        }
    }
    if (targets.n > W2V_TILE)
        fetch(fetched, launch, targets, 0, ring.width);
    return log_sum_of(own);
}

/* `fetched` holds the first tile. */
W2V_DEVICE void train_window(
    Fetched &fetched, const w2v_launch &launch, const Targets &targets, const Ring &ring, const Contexts &contexts,
    float alpha, LaneSums &sums)
{
    const bool alone = targets.judged_alone;
    ExampleScores scores = no_scores(); /* of the context of this lane */
    const float log_sums = W2V_JOINT ? log_sums_of_window(fetched, launch, targets, ring, contexts) : 0.0f;
    for (int first = 0; first < targets.n;) {
        Fragment deltas[W2V_TILE];
#pragma unroll
        for (int t = 0; t < W2V_TILE; t++)
            clear(deltas[t]);
        const bool last = first + W2V_TILE >= targets.n;
        for (uint32_t left = contexts.lanes; left;) {
            const Context context = next_context(launch, ring, contexts, left);
            const float log_sum = W2V_JOINT ? __shfl_sync(W2V_ALL_LANES, log_sums, context.lane) : 0.0f;
            const ExampleScores seen =
                train_context(context, ring, fetched, deltas, first == 0, last, alone, log_sum, alpha, sums);
            if (W2V_LOSS && !alone) {
                const float lowest = lowest_of_warp(seen.lowest_true);
                const float highest = -lowest_of_warp(-seen.highest_noise);
                if (lane_number() == context.lane) {
                    scores.lowest_true = fminf(scores.lowest_true, lowest);
                    scores.highest_noise = fmaxf(scores.highest_noise, highest);
                }
            }
        }
#pragma unroll
        for (int t = 0; t < W2V_TILE; t++) {
            const int64_t row = row_of_target(fetched.tile, t);
            if (has_target(fetched.tile, t))
                add_to_matrix(targets.matrix + row * launch.stride, deltas[t], ring.width);
        }
        first += W2V_TILE;
        if (first < targets.n)
            fetch(fetched, launch, targets, first, ring.width);
    }
    if (W2V_LOSS && !alone && contexts.lanes >> lane_number() & 1) {
        sums.judged += contexts.times;
        sums.correct += scores.lowest_true > scores.highest_noise ? contexts.times : 0;
    }
}

#endif
