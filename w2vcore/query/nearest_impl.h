/* The source of the loops in nearest.h. A compilation unit defines W2V_NEAREST and W2V_COSINES (their names),
 * W2V_LANES, and W2V_TILE, the rows of a tile. The registers must hold two vectors of sums for each row of a tile, two
 * vectors of queries, and one with the same number of a row in all lanes.
 */
#include <stdint.h>

#include "lanes.h"
#include "nearest.h"
#include "prefetch.h"

enum { PANEL = 2 * W2V_LANES };

/* Unrolls loops over a tile's rows, so that the sums stay in registers; W2V_UNROLL does so for 8 rows at most. */
#if defined(__GNUC__)
#define ALL_ROWS _Pragma("GCC unroll 16")
#else
#define ALL_ROWS
#endif

/* to[k * W2V_TILE + r] = number k of row r, scaled to length 1; zeros where the tile has no row. */
static void pack_tile(const w2v_nearest_task *task, int64_t first, int count, float *to)
{
    for (int r = 0; r < W2V_TILE; r++) {
        const float *row = task->vectors + (first + r) * task->stride;
        for (int64_t k = 0; k < task->size; k++)
            to[k * W2V_TILE + r] = r < count ? row[k] * task->inverse[first + r] : 0;
    }
}

/* scores[r * PANEL + q] = dot product of row r of the tile and query q of the panel. */
W2V_INLINED void tile_products(const float *tile, const float *panel, int64_t size, float *scores)
{
    w2v_vec low[W2V_TILE], high[W2V_TILE];
    ALL_ROWS
    for (int r = 0; r < W2V_TILE; r++)
        low[r] = high[r] = w2v_same(0);
    for (int64_t k = 0; k < size; k++, tile += W2V_TILE, panel += PANEL) {
        w2v_vec a = w2v_load(panel), b = w2v_load(panel + W2V_LANES);
        ALL_ROWS
        for (int r = 0; r < W2V_TILE; r++) {
            w2v_vec same = w2v_same(tile[r]);
            low[r] = w2v_fma(same, a, low[r]);
            high[r] = w2v_fma(same, b, high[r]);
        }
    }
    ALL_ROWS
    for (int r = 0; r < W2V_TILE; r++) {
        w2v_store(scores + r * PANEL, low[r]);
        w2v_store(scores + r * PANEL + W2V_LANES, high[r]);
    }
}

/* Put a row into the sorted list of a query, after those of the same score, which are earlier rows. */
static void insert(const w2v_nearest_task *task, int64_t query, int64_t row, float score)
{
    float *values = task->values + query * task->wanted;
    int64_t *found = task->found + query * task->wanted, place = task->wanted - 1;
    for (; place > 0 && values[place - 1] < score; place--) {
        values[place] = values[place - 1];
        found[place] = found[place - 1];
    }
    values[place] = score;
    found[place] = row;
    task->bounds[query] = values[task->wanted - 1];
}

/* Insert the scores of a tile that are above the bounds. */
static void take(const w2v_nearest_task *task, int64_t first, int count, int64_t first_query, const float *scores)
{
    const float *bounds = task->bounds + first_query;
    int32_t above[PANEL] = {0}, any = 0;
    for (int r = 0; r < count; r++)
        for (int q = 0; q < PANEL; q++)
            above[q] |= scores[r * PANEL + q] > bounds[q];
    for (int q = 0; q < PANEL; q++)
        any |= above[q];
    if (!any)
        return;
    for (int q = 0; q < PANEL; q++)
        for (int r = 0; above[q] && r < count; r++)
            if (scores[r * PANEL + q] > bounds[q]) /* which insert() raises */
                insert(task, first_query + q, first + r, scores[r * PANEL + q]);
}

void W2V_NEAREST(const w2v_nearest_task *task)
{
    float scores[W2V_TILE * PANEL];
    int64_t tile_floats = W2V_TILE * task->size, tiles = W2V_NEAREST_BLOCK / tile_floats;
    int64_t step = (tiles > 0 ? tiles : 1) * W2V_TILE; /* rows that all panels meet before more are packed */
    for (int64_t block = 0; block < task->rows; block += step) {
        int64_t end = block + step < task->rows ? block + step : task->rows;
        float *tile = task->scratch;
        for (int64_t first = block; first < end; first += W2V_TILE, tile += tile_floats)
            pack_tile(task, first, end - first < W2V_TILE ? (int)(end - first) : W2V_TILE, tile);
        for (int64_t panel = 0; panel < task->panels; panel++) {
            const float *queries = task->queries + panel * PANEL * task->size;
            tile = task->scratch;
            for (int64_t first = block; first < end; first += W2V_TILE, tile += tile_floats) {
                tile_products(tile, queries, task->size, scores);
                take(task, first, end - first < W2V_TILE ? (int)(end - first) : W2V_TILE, panel * PANEL, scores);
            }
        }
    }
}

enum {
    GROUP = 8, /* rows at a time */
    AHEAD = 4096, /* prefetch distance in floats: 16 KB; of 4, 16 and 64 KB the best for matrices of 28 and 40 MB */
    LINE = 16 /* floats */
};

/* sums[r] = dot product of the row at rows + r * stride with the query. */
W2V_INLINED void group_products(const float *rows, int64_t stride, const float *query, int64_t size, float *sums)
{
    const int64_t whole = size / W2V_LANES * W2V_LANES;
    w2v_vec lanes[GROUP];
    W2V_UNROLL
    for (int r = 0; r < GROUP; r++)
        lanes[r] = w2v_same(0);
    for (int64_t k = 0; k < whole; k += W2V_LANES) {
        w2v_vec q = w2v_load(query + k);
        W2V_UNROLL
        for (int r = 0; r < GROUP; r++)
            lanes[r] = w2v_fma(w2v_load(rows + r * stride + k), q, lanes[r]);
    }
    w2v_add_lanes(lanes, sums);
    for (int64_t k = whole; k < size; k++)
        for (int r = 0; r < GROUP; r++)
            sums[r] += rows[r * stride + k] * query[k];
}

/* A zero row has dot product 0 and length 0: its cosine is 0. */
W2V_INLINED float quotient(float sum, float length)
{
    return sum / (length > 0 ? length : 1);
}

void W2V_COSINES(const w2v_cosines_task *task)
{
    const int64_t size = task->size, stride = task->stride, last = task->rows * stride - AHEAD - GROUP * stride;
    float sums[GROUP];
    for (int64_t row = 0, count; row < task->rows; row += count) {
        const float *rows = task->vectors + row * stride;
        /* The last rows go through the same code as a group, each as a group of eight equal rows: if the compiler had a
         * second copy of the loop, it could round the sums of a row in another way (GCC 16 does so). */
        count = row + GROUP <= task->rows ? GROUP : 1;
        if (row * stride <= last)
            for (int64_t k = 0; k < GROUP * stride; k += LINE)
                w2v_prefetch(rows + AHEAD + k);
        group_products(rows, count == GROUP ? stride : 0, task->query, size, sums);
        for (int r = 0; r < count; r++)
            task->cosines[row + r] = quotient(sums[r], task->lengths[row + r]);
    }
}
