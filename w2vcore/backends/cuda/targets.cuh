/* The targets that an objective chooses for an example (rows, labels, counts), and how a warp reads and scores them. */
#ifndef W2VCORE_CUDA_TARGETS_CUH
#define W2VCORE_CUDA_TARGETS_CUH

#include "scores.cuh"
#include "tokens.cuh"

/* The targets of one example. What follows `judged_alone` is looked at with W2V_SOFT alone. */
struct Targets {
    float *matrix;
    const uint32_t *rows; /* with W2V_SOFT, NULL: all rows in order */
    const float *counts; /* NULL: each once */
    const uint8_t *labels; /* NULL: 1 for one of them, 0 for the others */
    int n;
    bool judged_alone; /* the accuracy is a share of targets, not of examples */
    int true_target = 0; /* the one whose label is 1; without W2V_SOFT the first */
    const float *soft_labels = nullptr; /* from 0 to 1, in place of the others; NULL: there are none */
    const float *offsets = nullptr; /* of each row of the matrix, added to its score; NULL: all are 0 */
};

/* The example whose targets are wanted: with W2V_UNIT_PAIR pair `number`, from 0, of a centre; otherwise a centre, and
 * `number` equals it. Examples are consecutive; the draws of all those before `end` may be made together. */
struct Example {
    int centre, number, end;
};

/* Up to W2V_TILE targets; each lane holds the target whose score it will have (scores.cuh). */
struct Tile {
    uint32_t row;
    Label label;
    float offset; /* with W2V_SOFT */
    float count; /* 0: none, or masked */
    uint32_t lanes; /* bit of each lane whose count is not 0 */
};

W2V_DEVICE Tile take_tile(const Targets &targets, int first)
{
    const int own = first + own_target();
    const bool there = own_target() < W2V_TILE && own < targets.n;
    Tile tile;
    if (W2V_SOFT) {
        tile.row = !there ? 0 : targets.rows ? targets.rows[own] : (uint32_t)own;
        const bool chosen = there && (targets.labels ? targets.labels[own] : own == targets.true_target);
        tile.label = (Label)(there && targets.soft_labels ? targets.soft_labels[own] : (float)chosen);
        tile.offset = there && targets.offsets ? __ldg(targets.offsets + tile.row) : 0.0f;
    } else {
        tile.row = there ? targets.rows[own] : 0;
        tile.label = there && (targets.labels ? targets.labels[own] : own == 0);
    }
    tile.count = there ? (targets.counts ? targets.counts[own] : 1.0f) : 0.0f;
    tile.lanes = __ballot_sync(W2V_ALL_LANES, tile.count > 0.0f);
    return tile;
}

W2V_DEVICE bool has_target(const Tile &tile, int target)
{
    return tile.lanes >> (target * TARGET_LANES) & 1;
}

W2V_DEVICE int64_t row_of_target(const Tile &tile, int target)
{
    return __shfl_sync(W2V_ALL_LANES, tile.row, target * TARGET_LANES);
}

/* Read the rows of a tile; missing ones are 0. */
W2V_DEVICE void read_tile(
    Fragment (&rows)[W2V_TILE], const w2v_launch &launch, const Targets &targets, const Tile &tile, int width)
{
#pragma unroll
    for (int t = 0; t < W2V_TILE; t++) {
        const int64_t row = row_of_target(tile, t);
        if (has_target(tile, t))
            read_matrix(rows[t], targets.matrix + row * launch.stride, width);
        else
            clear(rows[t]);
    }
}

/* The scores of one row against a tile, each on the lanes of its target. */
W2V_DEVICE float score_tile(const Fragment &row, const Fragment (&rows)[W2V_TILE], const Tile &tile)
{
    float share[TILE_SLOTS];
#pragma unroll
    for (int t = 0; t < TILE_SLOTS; t++)
        share[t] = 0.0f;
#pragma unroll
    for (int t = 0; t < W2V_TILE; t++)
        share[t] = dot(row, rows[t]);
    return W2V_SOFT ? sum_products(share) + tile.offset : sum_products(share);
}

/* The softmax of an example's scores, for which all of them are gone over once before any row changes: the chance of a
 * target is exp(score - log_sum), where log_sum is the logarithm of the sum of exp(score) over all targets. The sum is
 * kept relative to the highest score so far, so that it never overflows. */
struct Normaliser {
    float highest;
    double sum;
};

W2V_DEVICE Normaliser empty_normaliser()
{
    return {-infinity(), 0.0};
}

/* Return the sum with the scores of one more tile, the same on all lanes. */
W2V_DEVICE Normaliser with_tile(const Normaliser &before, const Tile &tile, float score)
{
    if (!tile.lanes)
        return before;
    const bool own = is_lane_leader() && tile.count > 0.0f;
    const float highest = fmaxf(before.highest, -lowest_of_warp(own ? -score : infinity()));
    const float added = sum_of_lanes(own ? tile.count * expf(score - highest) : 0.0f);
    return {highest, before.sum * (double)expf(before.highest - highest) + (double)added};
}

W2V_DEVICE float log_sum_of(const Normaliser &all)
{
    return all.highest + logf((float)all.sum);
}

/* alpha * (label - link(score)) * count, on the lanes of each target. */
W2V_DEVICE float gradient_of(const Tile &tile, float score, float log_sum, float alpha)
{
    const float chance = W2V_JOINT ? expf(score - log_sum) : sigmoid(score);
    return alpha * ((W2V_SOFT ? (float)tile.label : tile.label ? 1.0f : 0.0f) - chance) * tile.count;
}

#endif
