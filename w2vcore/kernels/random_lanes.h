/* The numbers of random.h for a run of counters, as many at once as 64-bit lanes fit in a register.
 *
 * Philox multiplies 32-bit numbers to 64 bits; AVX2 does four of those in one instruction, AVX-512 eight, which take
 * the low half of each lane and ignore the high one, so that only the numbers handed out need be cleaned of it.
 * Registers of two lanes are no faster than the scalar multiplication.
 *
 * The counters are made in registers. Read from an array that was just written, in pieces smaller than a register, they
 * would wait until those pieces are in the cache, behind all writes to weights before them: that takes longer than to
 * draw the numbers one by one.
 */
#ifndef W2VCORE_RANDOM_LANES_H
#define W2VCORE_RANDOM_LANES_H

#include "lanes.h"
#include "random.h"

#if defined(__GNUC__) && defined(__x86_64__) && W2V_LANES >= 8

#include <immintrin.h>

#define W2V_COUNTERS (W2V_LANES / 2)
typedef uint64_t w2v_wide __attribute__((vector_size(4 * W2V_LANES)));

W2V_INLINED w2v_wide multiply_low(w2v_wide a, w2v_wide b)
{
#if W2V_LANES == 16
    return (w2v_wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#else
    return (w2v_wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#endif
}

/* Two words to a lane, low | high << 32, of which the lanes of `low` and `high` bring one each. */
W2V_INLINED w2v_wide join_words(w2v_wide low, w2v_wide high)
{
    return (low & UINT64_C(0xFFFFFFFF)) | (high << 32);
}

W2V_INLINED w2v_wide counters(uint64_t first, uint64_t step)
{
#if W2V_LANES == 16
    const w2v_wide lane = {0, 1, 2, 3, 4, 5, 6, 7};
#else
    const w2v_wide lane = {0, 1, 2, 3};
#endif
    const w2v_wide zero = {0};
    return (zero + first) + (step ? lane : zero);
}

/* Of the counters (token, block) and those after it: see w2v_block_table. */
W2V_INLINED void random_lanes(
    uint64_t key, uint64_t token, uint64_t token_step, uint64_t block, uint64_t block_step, w2v_random_block *out)
{
    const w2v_wide zero = {0};
    w2v_wide c0 = counters(token, token_step), c1 = c0 >> 32, c2 = counters(block, block_step), c3 = c2 >> 32;
    w2v_wide k0 = zero + (key & UINT64_C(0xFFFFFFFF)), k1 = zero + (key >> 32);
    w2v_vec a, b, front, back; /* floats in name only: they are moved, not computed with */
    for (int round = 0; round < 10; round++) {
        w2v_wide p0 = multiply_low(c0, zero + UINT64_C(0xD2511F53));
        w2v_wide p1 = multiply_low(c2, zero + UINT64_C(0xCD9E8D57));
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c1 = p1;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c3 = p0;
        k0 += UINT64_C(0x9E3779B9); /* a carry goes to the half that is ignored */
        k1 += UINT64_C(0xBB67AE85);
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
    memcpy(out + W2V_COUNTERS / 2, &back, sizeof back);
}

#else

#define W2V_COUNTERS 1

W2V_INLINED void random_lanes(
    uint64_t key, uint64_t token, uint64_t token_step, uint64_t block, uint64_t block_step, w2v_random_block *out)
{
    (void)token_step;
    (void)block_step;
    *out = w2v_random(key, token, block);
}

#endif

static void random_blocks(
    uint64_t key, uint64_t token, uint64_t token_step, uint64_t block, uint64_t block_step, int64_t n,
    w2v_random_block *out)
{
    for (int64_t i = 0; i < n; i += W2V_COUNTERS)
        random_lanes(key, token + i * token_step, token_step, block + i * block_step, block_step, out + i);
}

#endif
