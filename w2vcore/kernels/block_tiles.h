/* The loops over columns, each for a tile of rows whose number is a constant, so that the loops over the rows unroll
 * and what is summed over columns or kept for a column stays in registers.
 *
 * The tiles, with the most rows they have on instruction sets of 16 and of 32 registers:
 *
 *                          16 registers           32 registers
 *   one hidden row         8 targets              8 targets            a gradient or a sum each, the row, the error
 *   several inputs         6 stationary rows      8 stationary rows    old and new values, the streamed row, error, gradient
 *     their scores         2 streamed, 6 or 3, 4  4, 6 or 3, 8         a sum for each pair, streamed rows, a stationary one
 *
 * Between several inputs and the targets all is symmetric: each pair has a score, and each row takes its pairs' gradients
 * times the rows of the other side. So the rows of either side can be stationary, a tile of them in registers, while all
 * rows of the other side are streamed past it:
 *
 *                  streamed:  x0   x1   x2   x3 ...
 *   stationary tile  y0     g00  g01  g02  g03         y[t] += sum_c g[c][t] x[c]   stays in registers
 *                    y1     g10  g11  g12  g13         x[c] += sum_t g[c][t] y[t]   is loaded and stored once per tile
 *
 * Targets are stationary, unless they make several tiles and the inputs one: then no row is loaded twice.
 */
#ifndef W2VCORE_BLOCK_TILES_H
#define W2VCORE_BLOCK_TILES_H

#include "block_rows.h"
#include "prefetch.h"

#define W2V_TILE W2V_SLOTS
#if W2V_REGISTERS == 32
#define W2V_STATIONARY 8
#define W2V_STREAMED(n_stationary) ((n_stationary) > 6 ? 3 : 4)
#else
#define W2V_STATIONARY 6
#define W2V_STREAMED(n_stationary) ((n_stationary) > 4 ? 2 : 3)
#endif

/* Call a function of (.., n), n from 1 to 4, 6, 7 or 8, with n a constant. */
#define W2V_TO_FOUR(n, function, ...) \
    do { \
        switch (n) { \
        case 1: \
            function(__VA_ARGS__, 1); \
            break; \
        case 2: \
            function(__VA_ARGS__, 2); \
            break; \
        case 3: \
            function(__VA_ARGS__, 3); \
            break; \
        default: \
            function(__VA_ARGS__, 4); \
            break; \
        } \
    } while (0)
#define W2V_TO_SIX(n, function, ...) \
    do { \
        switch (n) { \
        case 6: \
            function(__VA_ARGS__, 6); \
            break; \
        case 5: \
            function(__VA_ARGS__, 5); \
            break; \
        default: \
            W2V_TO_FOUR(n, function, __VA_ARGS__); \
            break; \
        } \
    } while (0)
#define W2V_TO_SEVEN(n, function, ...) \
    do { \
        switch (n) { \
        case 7: \
            function(__VA_ARGS__, 7); \
            break; \
        default: \
            W2V_TO_SIX(n, function, __VA_ARGS__); \
            break; \
        } \
    } while (0)
#define W2V_TO_EIGHT(n, function, ...) \
    do { \
        switch (n) { \
        case 8: \
            function(__VA_ARGS__, 8); \
            break; \
        default: \
            W2V_TO_SEVEN(n, function, __VA_ARGS__); \
            break; \
        } \
    } while (0)
#if W2V_STATIONARY == 8
#define W2V_TO_STATIONARY W2V_TO_EIGHT
#else
#define W2V_TO_STATIONARY W2V_TO_SIX
#endif

/* Rows of the tile that starts at row `first` of n, when at most `most` are taken at a time. */
W2V_INLINED int tile_size(int64_t first, int64_t n, int64_t most)
{
    return (int)(n - first < most ? n - first : most);
}

/* Columns from which rows are long: the rows that wait in the first cache for a later block would drive those out of it that
 * this block works on. They are fetched into the second one. For "mean"; for "paired", which waits for each row less often: */
#define W2V_LONG 192
#define W2V_LONG_PAIRED 512

/* Start to fetch the line that begins at d, if one does, of each of n rows; `near`: into the second cache. */
W2V_INLINED void fetch_lines(const float *const *coming, int64_t d, int near, const int n)
{
    if (W2V_LANES < W2V_ROW_MULTIPLE && d % W2V_ROW_MULTIPLE)
        return;
    if (near) {
        W2V_UNROLL
        for (int i = 0; i < n; i++)
            W2V_PREFETCH_NEAR(coming[i] + d);
    } else {
        W2V_UNROLL
        for (int i = 0; i < n; i++)
            W2V_PREFETCH_WRITE(coming[i] + d);
    }
}

/* scores[c][t] = x[c] . y[t] for k inputs and n targets; eight places for each input, those after n filled with numbers
 * of no use. Meanwhile the coming rows are fetched. */
W2V_INLINED void dots_fetching(
    float *const *x, float *const *y, int64_t width, float *scores, const float *const *rows, const int n_coming,
    const int k, const int n)
{
    const float *coming[W2V_COMING];
    W2V_UNROLL
    for (int i = 0; i < n_coming; i++)
        coming[i] = rows[i];
    const float *input[W2V_SLOTS], *target[W2V_SLOTS];
    w2v_vec sum[4][W2V_SLOTS];
    W2V_UNROLL
    for (int c = 0; c < k; c++)
        input[c] = x[c];
    W2V_UNROLL
    for (int t = 0; t < n; t++)
        target[t] = y[t];
    W2V_UNROLL
    for (int c = 0; c < k; c++)
        W2V_UNROLL
    for (int t = 0; t < n; t++)
        sum[c][t] = w2v_same(0);
    for (int64_t d = 0; d < width; d += W2V_LANES) {
        w2v_vec h[4];
        fetch_lines(coming, d, width >= W2V_LONG, n_coming);
        W2V_UNROLL
        for (int c = 0; c < k; c++)
            h[c] = w2v_load(input[c] + d);
        W2V_UNROLL
        for (int t = 0; t < n; t++) {
            w2v_vec v = w2v_load(target[t] + d);
            if (k > 1)
                W2V_IN_REGISTER(v);
            W2V_UNROLL
            for (int c = 0; c < k; c++)
                sum[c][t] = w2v_fma(h[c], v, sum[c][t]);
        }
    }
    W2V_UNROLL
    for (int c = 0; c < k; c++) {
        /* repeat sums such that the compiler adds up no more than it must */
        W2V_UNROLL
        for (int t = n; t < W2V_SLOTS; t++)
            sum[c][t] = sum[c][n <= 4 && t >= 4 ? t - 4 : t >= 2 ? t - 2 : 0];
        w2v_add_lanes(sum[c], scores + c * W2V_SLOTS);
    }
}

W2V_INLINED void dots(float *const *x, float *const *y, int64_t width, float *scores, const int k, const int n)
{
    dots_fetching(x, y, width, scores, NULL, 0, k, n);
}

/* One hidden row: y[t] += g[t] h and the error e = sum_t g[t] y[t], from the old y: out = e, out += e, or (h being out)
 * h += factor * e. */
enum { ERROR_SET, ERROR_ADD, ERROR_APPLY };

W2V_INLINED void update_fetching(
    const float *h, float *const *y, int64_t width, const float *g, float *out, float factor, const float *const *rows,
    const int n_coming, const int kind, const int n)
{
    const float *coming[W2V_COMING];
    W2V_UNROLL
    for (int i = 0; i < n_coming; i++)
        coming[i] = rows[i];
    float *row[W2V_TILE];
    w2v_vec gradient[W2V_TILE], by = w2v_same(factor);
    W2V_UNROLL
    for (int t = 0; t < n; t++) {
        row[t] = y[t];
        gradient[t] = w2v_same(g[t]);
    }
    for (int64_t d = 0; d < width; d += W2V_LANES) {
        w2v_vec x = w2v_load(h + d), e = kind == ERROR_ADD ? w2v_load(out + d) : w2v_same(0);
        fetch_lines(coming, d, width >= W2V_LONG, n_coming);
        W2V_UNROLL
        for (int t = 0; t < n; t++) {
            w2v_vec old = w2v_load(row[t] + d);
            W2V_IN_REGISTER(old);
            e = w2v_fma(gradient[t], old, e);
            w2v_store(row[t] + d, w2v_fma(gradient[t], x, old));
        }
        w2v_store(out + d, kind == ERROR_APPLY ? w2v_fma(by, e, x) : e);
    }
}

W2V_INLINED void update(
    const float *h, float *const *y, int64_t width, const float *g, float *out, float factor, const int kind,
    const int n)
{
    update_fetching(h, y, width, g, out, factor, NULL, 0, kind, n);
}

/* The two sides of a window of several inputs. */
typedef struct {
    float *const *stationary, *const *streamed; /* rows: the inputs and the targets, or the other way round */
    int64_t n_stationary, n_streamed;
    int64_t tile;                        /* how many rows are stationary at a time */
    int64_t step;                        /* numbers from the scores of one tile to those of the next */
    int inputs_stationary;
    const float *const *coming;          /* rows to fetch meanwhile */
    float *strip;                        /* [n_streamed x 64] what those are to take, a strip of columns at a time */
} operands;

/* Where that goes: to the strip, set or added; or to the rows, alone or together with what is in the strip. */
enum { STRIP_SET, STRIP_ADD, APPLY, APPLY_WITH_STRIP };

/* For the tile of n stationary rows y that starts at `first`, all streamed rows x, and the columns begin..end: y[t] += sum_c
 * g[c][t] x[c], and x[c] is to take sum_t g[c][t] y[t], both from the old values. */
W2V_INLINED void update_pairs(
    const operands *s, int64_t first, const float *g, int64_t begin, int64_t end, const int kind, const int n)
{
    float *const *streamed = s->streamed;
    const int64_t n_streamed = s->n_streamed;
    float *row[W2V_STATIONARY];
    W2V_UNROLL
    for (int t = 0; t < n; t++)
        row[t] = s->stationary[first + t];
    for (int64_t d = begin; d < end; d += W2V_LANES) {
        w2v_vec old[W2V_STATIONARY], new[W2V_STATIONARY];
        float *strip = s->strip + (d - begin);
        if (kind == APPLY || kind == STRIP_SET) /* the first tile, or the only one */
            fetch_lines(s->coming, d, 0, W2V_COMING_ALWAYS);
        W2V_UNROLL
        for (int t = 0; t < n; t++)
            old[t] = new[t] = w2v_load(row[t] + d);
        for (int64_t c = 0; c < n_streamed; c++) {
            w2v_vec x = w2v_load(streamed[c] + d), e;
            if (kind == STRIP_SET)
                e = w2v_same(0);
            else if (kind == STRIP_ADD)
                e = w2v_load(strip + c * W2V_STRIP);
            else if (kind == APPLY)
                e = x;
            else
                e = w2v_add(x, w2v_load(strip + c * W2V_STRIP));
            W2V_UNROLL
            for (int t = 0; t < n; t++) {
                w2v_vec gradient = w2v_same(g[c * W2V_SLOTS + t]);
                e = w2v_fma(gradient, old[t], e);
                new[t] = w2v_fma(gradient, x, new[t]);
            }
            if (kind == STRIP_SET || kind == STRIP_ADD)
                w2v_store(strip + c * W2V_STRIP, e);
            else
                w2v_store(streamed[c] + d, e);
        }
        W2V_UNROLL
        for (int t = 0; t < n; t++)
            w2v_store(row[t] + d, new[t]);
    }
}

/* out = sum_c factor[c] x[c], or out += that */
W2V_INLINED void sum_rows_fetching(
    float *const *x, const float *factor, int64_t width, float *out, const float *const *rows, const int n_coming,
    const int add, const int n)
{
    const float *coming[W2V_COMING];
    W2V_UNROLL
    for (int i = 0; i < n_coming; i++)
        coming[i] = rows[i];
    const float *row[W2V_TILE];
    w2v_vec by[W2V_TILE];
    W2V_UNROLL
    for (int c = 0; c < n; c++) {
        row[c] = x[c];
        by[c] = w2v_same(factor[c]);
    }
    for (int64_t d = 0; d < width; d += W2V_LANES) {
        w2v_vec sum = add ? w2v_load(out + d) : w2v_same(0);
        fetch_lines(coming, d, width >= W2V_LONG, n_coming);
        W2V_UNROLL
        for (int c = 0; c < n; c++)
            sum = w2v_fma(by[c], w2v_load(row[c] + d), sum);
        w2v_store(out + d, sum);
    }
}

W2V_INLINED void sum_rows(float *const *x, const float *factor, int64_t width, float *out, const int add, const int n)
{
    sum_rows_fetching(x, factor, width, out, NULL, 0, add, n);
}

/* x[c] += factor[c] e */
W2V_INLINED void spread_fetching(
    float *const *x, const float *factor, int64_t width, const float *e, const float *const *rows, const int n_coming,
    const int n)
{
    const float *coming[W2V_COMING];
    W2V_UNROLL
    for (int i = 0; i < n_coming; i++)
        coming[i] = rows[i];
    float *row[W2V_TILE];
    w2v_vec by[W2V_TILE];
    W2V_UNROLL
    for (int c = 0; c < n; c++) {
        row[c] = x[c];
        by[c] = w2v_same(factor[c]);
    }
    for (int64_t d = 0; d < width; d += W2V_LANES) {
        w2v_vec error = w2v_load(e + d);
        fetch_lines(coming, d, width >= W2V_LONG, n_coming);
        W2V_UNROLL
        for (int c = 0; c < n; c++)
            w2v_store(row[c] + d, w2v_fma(by[c], error, w2v_load(row[c] + d)));
    }
}

W2V_INLINED void spread(float *const *x, const float *factor, int64_t width, const float *e, const int n)
{
    spread_fetching(x, factor, width, e, NULL, 0, n);
}

#endif
