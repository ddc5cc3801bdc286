/* fastText's subwords: which rows of its table make up a word. Layout and hash: fastText's dictionary.cc. */
#ifndef W2V_SUBWORDS_H
#define W2V_SUBWORDS_H

#include <stdint.h>

/* FNV-1a of 32 bits; each byte is widened as a signed one, which the published models depend on. */
static inline uint32_t w2v_subword_hash(const uint8_t *bytes, int64_t length)
{
    uint32_t hash = 2166136261u;
    for (int64_t i = 0; i < length; i++) {
        hash ^= (uint32_t)(int8_t)bytes[i];
        hash *= 16777619u;
    }
    return hash;
}

/* Add to `sum` the rows of all subwords of `word`, which stands between < and >, in fastText's order; returns how many.
 * A subword is min_n to max_n characters; < or > alone is none. */
static int64_t w2v_add_subwords(
    const uint8_t *word, int64_t length, int64_t min_n, int64_t max_n, const float *table, int64_t buckets,
    int64_t size, float *sum)
{
    int64_t found = 0;
    for (int64_t i = 0; i < length; i++) {
        if ((word[i] & 0xC0) == 0x80)
            continue;
        int64_t j = i;
        for (int64_t n = 1; j < length && n <= max_n; n++) {
            j++;
            while (j < length && (word[j] & 0xC0) == 0x80)
                j++;
            if (n >= min_n && !(n == 1 && (i == 0 || j == length))) {
                const float *row = table + (int64_t)(w2v_subword_hash(word + i, j - i) % (uint32_t)buckets) * size;
                for (int64_t d = 0; d < size; d++)
                    sum[d] += row[d];
                found++;
            }
        }
    }
    return found;
}

#endif
