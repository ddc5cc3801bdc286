/* The hottest rows of a matrix, once more for one worker alone.
 *
 * Workers that write the same rows take the cache lines away from each other, and between cores that share no cache a
 * line takes longer to come than a window takes to train. So a worker may train on a private copy of the rows that are
 * updated most often, and merge what it has learned into the shared rows every so often (block.h: merge).
 *
 * When: of rows in descending order of frequency, row r is updated at most once in r words. After each tick, that is after a
 * fixed number of blocks, the first W2V_FIRST rows are merged, after each second one twice as many, after each fourth one
 * four times as many, and so on: each row has then been updated about as often since its last merge, and few rows are
 * merged in all. (The schedule is that of Ji et al. 2016, arXiv 1604.04661, between machines.) The first rows themselves
 * are updated more often than that, which does no harm by measurement; the rarer ones must not wait longer than they do.
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
    W2V_FIRST = 128,
    W2V_AHEAD = 8 /* rows between asking for a shared row and merging it */
};

typedef struct {
    float *shared;        /* [n x stride] the hot rows in the model, */
    float *own;           /* as this worker trains them, */
    float *base;          /* and as they were when it last merged them */
    int64_t n, stride;
    int from_end;         /* the last row is the hottest, not the first */
    int32_t *lock;        /* 1 while a worker merges into this matrix; one flag for all workers */
    int64_t ticks;
    int64_t due;          /* rows that are to be merged */
} w2v_replica;

/* Merge the hottest `count` rows; 0 if another worker is merging.
 *
 * The shared rows come from another core, which has just written them. So each is asked for some rows ahead, and to be
 * written: read first, it would cost a second round trip for the right to write. */
static inline int w2v_merge_rows(w2v_replica *r, int64_t count, const w2v_block_table *table)
{
    int64_t n = count < r->n ? count : r->n;
    const int64_t stride = r->stride, skip = r->from_end ? (r->n - n) * stride : 0, end = n * stride;
    float *shared = r->shared + skip, *own = r->own + skip, *base = r->base + skip;
    int64_t asked = 0, i;
    if (!W2V_TRY_LOCK(r->lock))
        return 0;
    for (i = 0; i < end; i += stride) {
        for (; asked < end && asked <= i + W2V_AHEAD * stride; asked += stride)
            w2v_prefetch_row(shared + asked, stride);
        table->merge(shared + i, own + i, base + i, stride);
    }
    W2V_UNLOCK(r->lock);
    return 1;
}

/* A number of blocks has been trained: merge what is due. */
static inline void w2v_tick(w2v_replica *r, const w2v_block_table *table)
{
    int64_t count;
    r->ticks++;
    count = W2V_FIRST * (r->ticks & -r->ticks);
    if (count > r->due)
        r->due = count;
    if (w2v_merge_rows(r, r->due, table))
        r->due = 0;
}

#endif
