/* fastText's subwords: the n-grams of a word, and which rows of a table they have. Layout and hash: fastText's
 * dictionary.cc. */
#ifndef W2V_SUBWORDS_H
#define W2V_SUBWORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "initial_rows.h"
#include "prefetch.h"

#define W2V_ROWS_AHEAD 8
#define W2V_BYTES_AHEAD 512 /* of a row; the processor's own streamer takes the rest */
#define W2V_FNV_BASIS 2166136261u

/* FNV-1a of 32 bits, a byte further; each is widened as a signed one, which the published models depend on. */
static inline uint32_t w2v_fnv_step(uint32_t hash, uint8_t byte)
{
    return (hash ^ (uint32_t)(int8_t)byte) * 16777619u;
}

/* A walk over the subwords of a word that stands between < and >: n-grams of min_n to max_n characters, by where they
 * begin and then by their length, as fastText has them; < or > alone is none. */
typedef struct {
    const uint8_t *word;
    int64_t length; /* bytes */
    int64_t min_n, max_n;
    int64_t start, end, n; /* of the current n-gram: its bytes, and how many characters they are */
    uint32_t hash;         /* of the current n-gram */
} w2v_subword_walk;

static inline w2v_subword_walk w2v_walk_subwords(
    const uint8_t *word, int64_t length, int64_t first, int64_t min_n, int64_t max_n)
{
    w2v_subword_walk walk = {word, length, min_n, max_n, first, first, 0, W2V_FNV_BASIS};
    return walk;
}

static inline int w2v_inside_character(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Go on to the next subword that begins before byte `last`; returns 0 if there is none. */
static inline int w2v_next_subword(w2v_subword_walk *walk, int64_t last)
{
    const uint8_t *word = walk->word;
    while (walk->start < last) {
        const int begins = !w2v_inside_character(word[walk->start]);
        while (begins && walk->end < walk->length && walk->n < walk->max_n) {
            do
                walk->hash = w2v_fnv_step(walk->hash, word[walk->end++]);
            while (walk->end < walk->length && w2v_inside_character(word[walk->end]));
            walk->n++;
            if (walk->n >= walk->min_n && !(walk->n == 1 && (walk->start == 0 || walk->end == walk->length)))
                return 1;
        }
        walk->end = ++walk->start;
        walk->n = 0;
        walk->hash = W2V_FNV_BASIS;
    }
    return 0;
}

/* A table of subwords: one row for each of `buckets` hashes, or, of a pruned model, rows of the `n_kept` hashes that were
 * kept, in ascending order. Its numbers are read byte by byte, as they may lie anywhere in a mapped file. */
typedef struct {
    const uint8_t *table;
    int64_t size;   /* columns */
    int64_t stride; /* bytes from one row to the next */
    int is_half;  /* numbers of 16 bits, else float */
    int64_t buckets;
    const int32_t *kept; /* NULL: all are there */
    const int32_t *kept_rows;
    int64_t n_kept;
    const int32_t *places; /* the row of each hash, -1: it was not kept; NULL: look it up in the two lists above */
    const uint8_t *rest; /* rows of all hashes, for those that were not kept; NULL: none */
    int64_t rest_stride;
    const w2v_initial_rows *initial; /* what makes these rows otherwise; NULL: nothing does, and they do not count */
} w2v_subword_table;

/* The row of a bucket, or NULL if it is not stored. */
static inline const uint8_t *w2v_subword_row(const w2v_subword_table *t, int64_t place)
{
    int64_t row = place;
    if (t->places != NULL) {
        row = t->places[place];
    } else if (t->kept != NULL) {
        int64_t low = 0, high = t->n_kept;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            if (t->kept[middle] < place)
                low = middle + 1;
            else
                high = middle;
        }
        row = low == t->n_kept || t->kept[low] != place ? -1 : t->kept_rows[low];
    }
    if (row < 0)
        return t->rest == NULL ? NULL : t->rest + place * t->rest_stride;
    return t->table + row * t->stride;
}

/* IEEE 754's binary16 as a float: exponent and fraction are moved to their places, and the bias is made right by a
 * product, which is exact for subnormal numbers too; infinities and NaN have the largest exponent of both. */
static inline float w2v_from_half(uint16_t half)
{
    const uint32_t rest = (uint32_t)(half & 0x7FFFu) << 13;
    uint32_t bits = rest;
    float value;
    memcpy(&value, &bits, 4);
    value *= 0x1p112f;
    memcpy(&bits, &value, 4);
    if (rest >= 0x0F800000u) /* 31, the largest exponent of a half */
        bits = rest | 0x7F800000u;
    bits |= (uint32_t)(half & 0x8000u) << 16;
    memcpy(&value, &bits, 4);
    return value;
}

static inline void w2v_add_row(const uint8_t *restrict row, int64_t size, int is_half, float *restrict sum)
{
    if (is_half) {
        for (int64_t d = 0; d < size; d++) {
            uint16_t half;
            memcpy(&half, row + 2 * d, 2);
            sum[d] += w2v_from_half(half);
        }
    } else {
        for (int64_t d = 0; d < size; d++) {
            float value;
            memcpy(&value, row + 4 * d, 4);
            sum[d] += value;
        }
    }
}

/* Add to `sum` the rows of the subwords of `word` that begin at the bytes from `first` up to `last`; returns how many. */
static inline int64_t w2v_add_subwords(
    const uint8_t *word, int64_t length, int64_t first, int64_t last, int64_t min_n, int64_t max_n,
    const w2v_subword_table *table, float *sum)
{
    w2v_subword_walk walk = w2v_walk_subwords(word, length, first, min_n, max_n);
    const uint8_t *ahead[W2V_ROWS_AHEAD]; /* the last rows that were found, which are on their way from memory */
    const int64_t bytes = table->size * (table->is_half ? 2 : 4);
    int64_t found = 0, added = 0, made = 0;
    while (w2v_next_subword(&walk, last)) {
        const int64_t bucket = walk.hash % (uint32_t)table->buckets;
        const uint8_t *row = w2v_subword_row(table, bucket);
        if (row == NULL) {
            if (table->initial != NULL) {
                w2v_add_initial_row(table->initial, (uint64_t)bucket, sum);
                made++;
            }
            continue;
        }
        if (found - added == W2V_ROWS_AHEAD)
            w2v_add_row(ahead[added++ % W2V_ROWS_AHEAD], table->size, table->is_half, sum);
        for (int64_t line = 0; line < bytes && line < W2V_BYTES_AHEAD; line += 64)
            w2v_prefetch(row + line);
        ahead[found++ % W2V_ROWS_AHEAD] = row;
    }
    while (added < found)
        w2v_add_row(ahead[added++ % W2V_ROWS_AHEAD], table->size, table->is_half, sum);
    return found + made;
}

/* Write the buckets of all subwords of a word, unless `buckets_of` is NULL; returns how many there are. */
static inline int64_t w2v_list_subwords(
    const uint8_t *word, int64_t length, int64_t min_n, int64_t max_n, int64_t buckets, uint32_t *buckets_of)
{
    w2v_subword_walk walk = w2v_walk_subwords(word, length, 0, min_n, max_n);
    int64_t found = 0;
    while (w2v_next_subword(&walk, length)) {
        if (buckets_of != NULL)
            buckets_of[found] = walk.hash % (uint32_t)buckets;
        found++;
    }
    return found;
}

#endif
