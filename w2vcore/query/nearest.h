/* The nearest rows of many queries, in one reading of the matrix; and the cosines of all rows with one query.
 *
 * One query is limited by memory. The processor prefetches a few lines by itself. These loops prefetch lines much
 * farther ahead, and read a matrix that is larger than the caches in two thirds of the time that OpenBLAS takes.
 *
 * Many queries are limited by multiplications. OpenBLAS reaches half of the peak here (it has no kernel for the newest
 * processors), and its result, a number for each row and query, would have to be written, scaled and read again. This
 * loop multiplies a tile of rows by a panel of queries in registers. It stores no scores, and processes only those
 * above the worst that a query has in its list. There is one loop for each instruction set with wide registers; without
 * one, search.py does the same with NumPy.
 */
#ifndef W2VCORE_NEAREST_H
#define W2VCORE_NEAREST_H

#include <stdint.h>

typedef struct {
    const float *vectors; /* IN  (rows, size), `stride` floats from row to row */
    const float *inverse; /* IN  (rows): one over the length of each row */
    const float
        *queries; /* IN  panels of W2V_NEAREST_PANEL queries, each (size, panel): lane q of a panel is a query */
    float *bounds;        /* IO  (panels * panel): a score must exceed it; infinity for lanes without a query */
    float *values;        /* IO  (panels * panel, wanted): the best scores so far, largest first */
    int64_t *found;       /* IO  (panels * panel, wanted): their rows */
    float *scratch;       /*     (W2V_NEAREST_BLOCK + W2V_NEAREST_TILE * size): rows, scaled and in tiles */
    int64_t rows, stride, size, panels, wanted;
} w2v_nearest_task;

typedef void (*w2v_nearest_function)(const w2v_nearest_task *);

typedef struct {
    const float *vectors; /* IN  (rows, size), `stride` floats from row to row */
    const float *lengths; /* IN  (rows) */
    const float *query;   /* IN  (size), of length 1 */
    float *cosines;       /* OUT (rows) */
    int64_t rows, stride, size;
} w2v_cosines_task;

typedef void (*w2v_cosines_function)(const w2v_cosines_task *);

void w2v_cosines_avx2(const w2v_cosines_task *task);
void w2v_cosines_avx512(const w2v_cosines_task *task);
void w2v_nearest_avx2(const w2v_nearest_task *task);
void w2v_nearest_avx512(const w2v_nearest_task *task);

#define W2V_NEAREST_BLOCK \
    24576 /* floats of rows for each reading of the queries: 96 KB, which leave room for the queries in L2 */
#define W2V_NEAREST_TILE 12     /* the most rows in a tile */
#define W2V_NEAREST_PANEL_AVX2 16
#define W2V_NEAREST_PANEL_AVX512 32

#endif
