/* The targets that an objective chooses for an example (rows, labels, counts), and how a warp reads and scores them. */
#ifndef W2VCORE_CUDA_TARGETS_CUH
#define W2VCORE_CUDA_TARGETS_CUH

#include "scores.cuh"
#include "tokens.cuh"

/* The targets of one example. */
struct Targets {
    float *matrix;
    const uint32_t *rows;
    const float *counts; /* NULL: each once */
    const uint8_t *labels; /* NULL: 1 for the first, 0 for the others */
    int n;
    bool judged_alone; /* the accuracy is a share of targets, not of examples */
};

/* The example whose targets are wanted: with W2V_UNIT_PAIR pair `number`, from 0, of a centre; otherwise a centre, and
 * `number` equals it. Examples are consecutive; the draws of all those before `end` may be made together. */
struct Example {
    int centre, number, end;
};

/* Up to W2V_TILE targets; each lane holds the target whose score it will have (scores.cuh). */
struct Tile {
    uint32_t row;
    bool label;
    float count; /* 0: none, or masked */
    uint32_t lanes; /* bit of each lane whose count is not 0 */
};

W2V_DEVICE Tile take_tile(const Targets &targets, int first)
{
    const int own = first + own_target();
    const bool there = own_target() < W2V_TILE && own < targets.n;
    Tile tile;
    tile.row = there ? targets.rows[own] : 0;
    tile.label = there && (targets.labels ? targets.labels[own] : own == 0);
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
W2V_DEVICE float score_tile(const Fragment &row, const Fragment (&rows)[W2V_TILE])
{
    float share[TILE_SLOTS];
#pragma unroll
    for (int t = 0; t < TILE_SLOTS; t++)
        share[t] = 0.0f;
#pragma unroll
    for (int t = 0; t < W2V_TILE; t++)
        share[t] = dot(row, rows[t]);
    return sum_products(share);
}

/* alpha * (label - sigmoid(score)) * count, on the lanes of each target. */
W2V_DEVICE float gradient_of(const Tile &tile, float score, float alpha)
{
    return alpha * ((tile.label ? 1.0f : 0.0f) - sigmoid(score)) * tile.count;
}

#endif
