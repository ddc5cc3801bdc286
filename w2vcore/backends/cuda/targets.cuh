/* What an objective names for a centre: target rows with labels and counts.
 *
 * Negative sampling draws for many examples at once, so that the lanes share the work and the reads of the noise table
 * overlap: the targets of an example (its centre, then the noise words) are an entry of a table in shared memory.
 * Repeated words are merged into counts, and a noise word that is the centre has the count 0. Hierarchical softmax
 * points to the centre's path.
 */
#ifndef W2VCORE_CUDA_TARGETS_CUH
#define W2VCORE_CUDA_TARGETS_CUH

#include "scores.cuh"
#include "tokens.cuh"

/* The targets of one example. */
struct Targets {
    float *matrix;
    const uint32_t *rows;
    const float *counts;   /* NULL: each once */
    const uint8_t *labels; /* NULL: 1 for the first, 0 for the others */
    int n;
};

/* Entries of `each` targets for the examples first .. first + ready. An example is a centre, or with W2V_SKIPGRAM_PAIR
 * one of the pairs of `centre`. */
struct NoiseTable {
    uint32_t *rows;
    float *counts;
    int each, room;
    int first, ready;
    int centre;
};

W2V_DEVICE NoiseTable empty_noise_table(const w2v_launch &launch, float *shared)
{
    NoiseTable table;
    table.each = 1 + launch.noise;
    table.room = table.each > W2V_DRAWS ? table.each : W2V_DRAWS;
    table.rows = (uint32_t *)shared;
    table.counts = shared + table.room;
    table.first = table.ready = 0;
    table.centre = -1;
    return table;
}

/* Draw `number` of the noise words for the centre at a place in the epoch. */
W2V_DEVICE uint32_t draw_noise(const w2v_launch &launch, uint64_t place, uint64_t number)
{
    const w2v_random_block numbers = w2v_random(launch.negative_key, place, number / 2);
    const uint32_t first = number % 2 ? numbers.word[2] : numbers.word[0];
    const uint32_t second = number % 2 ? numbers.word[3] : numbers.word[1];
    const uint32_t chosen = w2v_below(first, (uint64_t)launch.vocabulary);
    const uint2 slot = __ldg(at_address<const uint2>(launch.alias) + chosen); /* threshold, alias */
    return second < slot.x ? chosen : slot.y;
}

/* Fill the table for examples from `first` on, before `end`. */
W2V_DEVICE void draw_examples(
    const w2v_launch &launch, const Sentence &sentence, NoiseTable &table, int centre, int first, int end)
{
    const int room = table.room / table.each;
    table.centre = centre;
    table.first = first;
    table.ready = end - first < room ? end - first : room;
    const int entries = table.ready * table.each;
    __syncwarp(); /* all lanes have read what was here before */
    for (int i = lane_number(); i < entries; i += W2V_WARP) {
        const int example = first + i / table.each, target = i % table.each;
        const int token = W2V_ARCHITECTURE == W2V_SKIPGRAM_PAIR ? centre : example;
        const uint64_t skipped = W2V_ARCHITECTURE == W2V_SKIPGRAM_PAIR ? (uint64_t)example * (table.each - 1) : 0;
        table.rows[i] =
            target ? draw_noise(launch, place_of(sentence, token), skipped + target - 1) : sentence.ids[token];
    }
    __syncwarp();
    for (int i = lane_number(); i < entries; i += W2V_WARP) {
        const int begin = i / table.each * table.each;
        int times = 0, earlier = 0;
        for (int j = begin; j < begin + table.each; j++) {
            const bool same = table.rows[j] == table.rows[i];
            times += same;
            earlier |= same && j < i;
        }
        table.counts[i] = i == begin ? 1.0f : earlier ? 0.0f : (float)times;
    }
    __syncwarp();
}

/* The targets of an example, which follows on the last one; `end` bounds the examples that may be drawn with it. */
W2V_DEVICE Targets negative_targets(
    const w2v_launch &launch, const Sentence &sentence, NoiseTable &table, int centre, int example, int end)
{
    const bool other = W2V_ARCHITECTURE == W2V_SKIPGRAM_PAIR && table.centre != centre;
    if (other || example >= table.first + table.ready)
        draw_examples(launch, sentence, table, centre, example, end);
    const int entry = (example - table.first) * table.each;
    return {at_address<float>(launch.negative), table.rows + entry, table.counts + entry, nullptr, table.each};
}

W2V_DEVICE Targets tree_targets(const w2v_launch &launch, const Sentence &sentence, int centre)
{
    const int64_t *const offsets = at_address<const int64_t>(launch.path_offsets) + sentence.ids[centre];
    const int64_t first = offsets[0];
    return {
        at_address<float>(launch.tree), at_address<const uint32_t>(launch.path_nodes) + first, nullptr,
        at_address<const uint8_t>(launch.path_labels) + first, (int)(offsets[1] - first)};
}

/* Up to W2V_TILE targets; each lane knows that whose score it will have (scores.cuh). */
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

/* Read the rows of a tile; those that it lacks are 0. */
W2V_DEVICE void read_tile(
    Part (&rows)[W2V_TILE], const w2v_launch &launch, const Targets &targets, const Tile &tile, int width)
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
W2V_DEVICE float score_tile(const Part &row, const Part (&rows)[W2V_TILE])
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
