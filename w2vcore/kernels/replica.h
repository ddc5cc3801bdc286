/* The hottest rows of a matrix, once more for one worker alone.
 *
 * Workers that write the same rows take the cache lines away from each other, and between cores that share no cache a
 * line takes longer to come than a window takes to train. So a worker may train on a private copy of the rows that are
 * updated most often, and merge what it has learned into the shared rows every so often (block.h: merge).
 *
 * When: after each tick, that is after a fixed number of blocks, the rows before stops[0] are merged, after each second one
 * those before stops[1], after each fourth one those before stops[2], and so on: whoever makes the stops sees to it that
 * each row has been updated about as often since its last merge (backends/replicas.py). Few rows are merged in all. (The
 * schedule is that of Ji et al. 2016, arXiv 1604.04661, between machines.)
 *
 * Nobody waits: a worker that finds another one merging the same matrix does so at its next tick.
 */
#ifndef W2VCORE_REPLICA_H
#define W2VCORE_REPLICA_H

#include <stdint.h>

#include "block.h"
#include "prefetch.h"

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#define W2V_TRY_LOCK(flag) (!_InterlockedExchange((volatile long *)(flag), 1))
#define W2V_UNLOCK(flag) ((void)_InterlockedExchange((volatile long *)(flag), 0))
#else
#define W2V_TRY_LOCK(flag) (!__atomic_exchange_n((flag), 1, __ATOMIC_ACQUIRE))
#define W2V_UNLOCK(flag) __atomic_store_n((flag), 0, __ATOMIC_RELEASE)
#endif

enum {
    W2V_AHEAD = 8 /* rows between asking for a shared row and merging it */
};

typedef struct {
    float *shared;        /* the hot rows in the model, from the first of them on, */
    const int64_t *rows;  /* [n] or these of its rows; NULL: the n that follow on each other */
    float *own;           /* [n x stride] as this worker trains them, */
    float *base;          /* [n x stride] and as they were when it last merged them */
    int64_t n, stride;
    int from_end;         /* the last row is the hottest, not the first */
    const int64_t *stops; /* [n_stops] hottest rows to be merged at every tick, every second, every fourth, ... */
    int64_t n_stops;
    int32_t *lock;        /* 1 while a worker merges into this matrix; one flag for all workers */
    int64_t ticks;
    int64_t due;          /* rows that are to be merged */
} w2v_replica;

static inline float *w2v_shared_row(const w2v_replica *r, int64_t i)
{
    return r->shared + (r->rows ? r->rows[i] : i) * r->stride;
}

/* Merge the hottest `count` rows; 0 if another worker is merging.
 *
 * The shared rows come from another core, which has just written them. So each is asked for some rows ahead, and to be
 * written: read first, it would cost a second round trip for the right to write. */
static inline int w2v_merge_rows(w2v_replica *r, int64_t count, const w2v_block_table *table)
{
    const int64_t stride = r->stride, n = count < r->n ? count : r->n;
    const int64_t first = r->from_end ? r->n - n : 0, end = first + n;
    int64_t asked = first, i;
    if (!W2V_TRY_LOCK(r->lock))
        return 0;
    for (i = first; i < end; i++) {
        for (; asked < end && asked <= i + W2V_AHEAD; asked++)
            w2v_prefetch_row(w2v_shared_row(r, asked), stride);
        table->merge(w2v_shared_row(r, i), r->own + i * stride, r->base + i * stride, stride);
    }
    W2V_UNLOCK(r->lock);
    return 1;
}

/* A number of blocks has been trained: merge what is due. */
static inline void w2v_tick(w2v_replica *r, const w2v_block_table *table)
{
    int64_t level = 0;
    r->ticks++;
    while (level < r->n_stops - 1 && !(r->ticks >> level & 1))
        level++;
    if (r->stops[level] > r->due)
        r->due = r->stops[level];
    if (w2v_merge_rows(r, r->due, table))
        r->due = 0;
}

#endif
