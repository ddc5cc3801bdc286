/* The numbers of random.h by runs of up to four blocks, as many at once as 64-bit lanes fit in a register.
 *
 * Philox multiplies 32-bit numbers to 64 bits; AVX2 does four of those in one instruction, AVX-512 eight, which take
 * the low half of each lane and ignore the high one, so that only the numbers handed out need be cleaned of it.
 * Registers of two lanes are no faster than the scalar multiplication.
 *
 * The counters are made in registers, from one number at a time. Read from an array that was just written in pieces
 * smaller than a register, they would wait until those pieces are in the cache, behind all writes to weights before
 * them.
 */
#ifndef W2VCORE_RANDOM_LANES_H
#define W2VCORE_RANDOM_LANES_H

#include "block.h"
#include "lanes.h"
#include "random.h"

#if defined(__GNUC__) && defined(__x86_64__) && W2V_LANES >= 8

#include <immintrin.h>

typedef uint64_t w2v_wide __attribute__((vector_size(4 * W2V_LANES)));
#define W2V_RUNS (W2V_LANES / 8) /* that fit in a register */

/* The keys of the ten rounds, a lane's worth each. */
typedef struct {
    uint64_t even[10], odd[10];
} round_keys;

W2V_INLINED round_keys keys_of_rounds(uint64_t key)
{
    round_keys keys;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int i = 0; i < 10; i++) {
        keys.even[i] = k0 + (uint32_t)i * UINT32_C(0x9E3779B9);
        keys.odd[i] = k1 + (uint32_t)i * UINT32_C(0xBB67AE85);
    }
    return keys;
}

W2V_INLINED w2v_wide multiply_low(w2v_wide a, w2v_wide b)
{
#if W2V_LANES == 16
    return (w2v_wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#else
    return (w2v_wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#endif
}

/* One number for each run, in the run's four lanes. By name of the instruction: GCC would else put them together in
 * memory, from pieces smaller than a register. */
W2V_INLINED w2v_wide by_runs(const uint64_t *number)
{
#if W2V_LANES == 16
    return (w2v_wide)_mm512_mask_set1_epi64(_mm512_set1_epi64((int64_t)number[0]), 0xF0, (int64_t)number[1]);
#else
    return (w2v_wide)_mm256_set1_epi64x((int64_t)number[0]);
#endif
}

/* Two words to a lane, low | high << 32, of which the lanes of `low` and `high` bring one each. */
W2V_INLINED w2v_wide join_words(w2v_wide low, w2v_wide high)
{
    return (low & UINT64_C(0xFFFFFFFF)) | (high << 32);
}

W2V_INLINED void random_runs(
    const round_keys *keys, const uint64_t *stream, const uint64_t *block, w2v_random_block *out)
{
#if W2V_LANES == 16
    const w2v_wide zero = {0}, lane = {0, 1, 2, 3, 0, 1, 2, 3};
#else
    const w2v_wide zero = {0}, lane = {0, 1, 2, 3};
#endif
    w2v_wide c0 = by_runs(stream), c1 = c0 >> 32, c2 = by_runs(block) + lane, c3 = c2 >> 32;
    w2v_vec a, b, front, back; /* floats in name only: they are moved, not computed with */
    for (int i = 0; i < 10; i++) {
        w2v_wide p0 = multiply_low(c0, zero + UINT64_C(0xD2511F53));
        w2v_wide p1 = multiply_low(c2, zero + UINT64_C(0xCD9E8D57));
        c0 = (p1 >> 32) ^ c1 ^ (zero + keys->even[i]);
        c1 = p1;
        c2 = (p0 >> 32) ^ c3 ^ (zero + keys->odd[i]);
        c3 = p0;
    }
    a = (w2v_vec)join_words(c0, c1);
    b = (w2v_vec)join_words(c2, c3);
    /* the first and the second half of each block come together: little-endian, as all x86 */
#if W2V_LANES == 16
    front = W2V_SHUFFLE(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
    back = W2V_SHUFFLE(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
#else
    front = W2V_SHUFFLE(a, b, 0, 1, 8, 9, 2, 3, 10, 11);
    back = W2V_SHUFFLE(a, b, 4, 5, 12, 13, 6, 7, 14, 15);
#endif
    memcpy(out, &front, sizeof front);
    memcpy(out + 2 * W2V_RUNS, &back, sizeof back);
}

static void random_blocks(
    uint64_t key, const uint64_t *stream, const uint64_t *block, int64_t runs, int64_t length, w2v_random_block *out)
{
    const round_keys keys = keys_of_rounds(key);
    int64_t r = 0;
    (void)length; /* four take as long as fewer */
    for (; r + W2V_RUNS <= runs; r += W2V_RUNS)
        random_runs(&keys, stream + r, block + r, out + r * W2V_RUN);
#if W2V_RUNS > 1
    if (r < runs) { /* the odd one twice, once for nothing */
        const uint64_t streams[] = {stream[r], stream[r]}, blocks[] = {block[r], block[r]};
        w2v_random_block both[2 * W2V_RUN];
        random_runs(&keys, streams, blocks, both);
        memcpy(out + r * W2V_RUN, both, W2V_RUN * sizeof *both);
    }
#endif
}

#else

static void random_blocks(
    uint64_t key, const uint64_t *stream, const uint64_t *block, int64_t runs, int64_t length, w2v_random_block *out)
{
    for (int64_t r = 0; r < runs; r++)
        for (int64_t i = 0; i < length; i++)
            out[r * W2V_RUN + i] = w2v_random(key, stream[r], block[r] + (uint64_t)i);
}

#endif

#endif
