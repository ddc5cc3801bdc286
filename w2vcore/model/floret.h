/* floret's parts of a word: the word between its marks, and the n-grams of that, each with one to four rows of one table,
 * as dictionary.cc of floret has them. */
#ifndef W2V_FLORET_H
#define W2V_FLORET_H

#include <stdint.h>

#include "prefetch.h"
#include "subwords.h"

#define W2V_FLORET_HASHES 4 /* of 32 bits, in 128 */

static inline uint64_t w2v_rotated(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

/* The bits of a number spread over all of it; the last step of the hash. */
static inline uint64_t w2v_mixed(uint64_t value)
{
    value ^= value >> 33;
    value *= 0xFF51AFD7ED558CCDu;
    value ^= value >> 33;
    value *= 0xC4CEB9FE1A85EC53u;
    return value ^ (value >> 33);
}

/* Up to eight bytes as a number, the first one lowest. */
static inline uint64_t w2v_little_endian(const uint8_t *bytes, int64_t length)
{
    uint64_t value = 0;
    for (int64_t i = 0; i < length; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* MurmurHash3 of 128 bits for 64-bit machines (Appleby 2011), as four numbers of 32 bits. */
static inline void w2v_murmur3(const uint8_t *text, int64_t length, uint32_t seed, uint32_t hashes[W2V_FLORET_HASHES])
{
    const uint64_t first = 0x87C37B91114253D5u, second = 0x4CF5AD432745937Fu;
    uint64_t a = seed, b = seed;
    const uint8_t *rest = text;
    int64_t left = length;
    for (; left >= 16; left -= 16, rest += 16) {
        a ^= w2v_rotated(w2v_little_endian(rest, 8) * first, 31) * second;
        a = (w2v_rotated(a, 27) + b) * 5 + 0x52DCE729u;
        b ^= w2v_rotated(w2v_little_endian(rest + 8, 8) * second, 33) * first;
        b = (w2v_rotated(b, 31) + a) * 5 + 0x38495AB5u;
    }
    if (left > 8)
        b ^= w2v_rotated(w2v_little_endian(rest + 8, left - 8) * second, 33) * first;
    if (left > 0)
        a ^= w2v_rotated(w2v_little_endian(rest, left < 8 ? left : 8) * first, 31) * second;
    a ^= (uint64_t)length;
    b ^= (uint64_t)length;
    a += b;
    b += a;
    a = w2v_mixed(a);
    b = w2v_mixed(b);
    a += b;
    b += a;
    hashes[0] = (uint32_t)a;
    hashes[1] = (uint32_t)(a >> 32);
    hashes[2] = (uint32_t)b;
    hashes[3] = (uint32_t)(b >> 32);
}

typedef struct {
    const float *table;
    int64_t rows, size, stride; /* a row has `size` numbers, and the next one begins `stride` numbers further */
    int64_t min_n, max_n; /* characters of an n-gram */
    int64_t hashes; /* rows of each part, 1 to 4 */
    uint32_t seed;
} w2v_floret;

/* The rows of one part of a word. */
static inline void w2v_floret_rows(
    const w2v_floret *f, const uint8_t *text, int64_t length, uint32_t rows[W2V_FLORET_HASHES])
{
    w2v_murmur3(text, length, f->seed, rows);
    for (int64_t h = 0; h < f->hashes; h++)
        rows[h] = (uint32_t)(rows[h] % (uint64_t)f->rows);
}

/* Write the rows of all parts of a word, which stands between its marks, unless `rows_of` is NULL: those of the word,
 * then those of its n-grams. Returns how many there are. */
static inline int64_t w2v_list_floret(const w2v_floret *f, const uint8_t *word, int64_t length, uint32_t *rows_of)
{
    w2v_subword_walk walk = w2v_walk_subwords(word, length, 0, f->min_n, f->max_n);
    int64_t found = 0, bytes = length;
    for (const uint8_t *part = word; part != NULL; found += f->hashes) {
        uint32_t rows[W2V_FLORET_HASHES];
        if (rows_of != NULL) {
            w2v_floret_rows(f, part, bytes, rows);
            memcpy(rows_of + found, rows, (size_t)f->hashes * sizeof *rows);
        }
        part = w2v_next_subword(&walk, length) ? word + walk.start : NULL;
        bytes = walk.end - walk.start;
    }
    return found;
}

static inline void w2v_add_part(const w2v_floret *f, const uint8_t *text, int64_t length, float *restrict sum)
{
    uint32_t rows[W2V_FLORET_HASHES];
    w2v_floret_rows(f, text, length, rows);
    for (int64_t h = 0; h < f->hashes; h++)
        w2v_prefetch(f->table + rows[h] * f->stride);
    for (int64_t h = 0; h < f->hashes; h++) {
        const float *row = f->table + rows[h] * f->stride;
        for (int64_t d = 0; d < f->size; d++)
            sum[d] += row[d];
    }
}

/* Add the rows of all parts of a word to `sum`; returns how many they are. */
static inline int64_t w2v_add_floret(const w2v_floret *f, const uint8_t *word, int64_t length, float *sum)
{
    w2v_subword_walk walk = w2v_walk_subwords(word, length, 0, f->min_n, f->max_n);
    int64_t found = f->hashes;
    w2v_add_part(f, word, length, sum);
    for (; w2v_next_subword(&walk, length); found += f->hashes)
        w2v_add_part(f, word + walk.start, walk.end - walk.start, sum);
    return found;
}

#endif
