/* fastText's subwords: which rows of its table make up a word. Layout and hash: fastText's dictionary.cc. */
#ifndef W2V_SUBWORDS_H
#define W2V_SUBWORDS_H

#include <stddef.h>
#include <stdint.h>

#define W2V_FNV_BASIS 2166136261u

/* FNV-1a of 32 bits, a byte further; each is widened as a signed one, which the published models depend on. */
static inline uint32_t w2v_fnv_step(uint32_t hash, uint8_t byte)
{
    return (hash ^ (uint32_t)(int8_t)byte) * 16777619u;
}

/* A table of subwords: one row for each of `buckets` hashes, or, of a pruned model, rows of the `n_kept` hashes that were
 * kept, in ascending order. */
typedef struct {
    const float *table;
    int64_t size; /* columns */
    int64_t buckets;
    const int32_t *kept; /* NULL: all are there */
    const int32_t *kept_rows;
    int64_t n_kept;
} w2v_subword_table;

/* The row of a hash, or NULL if it was not kept. */
static inline const float *w2v_subword_row(const w2v_subword_table *t, uint32_t hash)
{
    int64_t place = hash % (uint32_t)t->buckets;
    if (t->kept != NULL) {
        int64_t low = 0, high = t->n_kept;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            if (t->kept[middle] < place)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == t->n_kept || t->kept[low] != place)
            return NULL;
        place = t->kept_rows[low];
    }
    return t->table + place * t->size;
}

/* Add to `sum` the rows of the subwords of `word` that begin at the bytes from `first` up to `last`, in fastText's
 * order; returns how many. The word stands between < and >; a subword is min_n to max_n characters; < or > alone is
 * none. */
static int64_t w2v_add_subwords(
    const uint8_t *word, int64_t length, int64_t first, int64_t last, int64_t min_n, int64_t max_n,
    const w2v_subword_table *table, float *sum)
{
    int64_t found = 0;
    for (int64_t i = first; i < last; i++) {
        if ((word[i] & 0xC0) == 0x80)
            continue;
        uint32_t hash = W2V_FNV_BASIS;
        int64_t j = i;
        for (int64_t n = 1; j < length && n <= max_n; n++) {
            do
                hash = w2v_fnv_step(hash, word[j++]);
            while (j < length && (word[j] & 0xC0) == 0x80);
            if (n >= min_n && !(n == 1 && (i == 0 || j == length))) {
                const float *row = w2v_subword_row(table, hash);
                if (row == NULL)
                    continue;
                for (int64_t d = 0; d < table->size; d++)
                    sum[d] += row[d];
                found++;
            }
        }
    }
    return found;
}

#endif
