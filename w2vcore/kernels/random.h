/* Random numbers without state: Philox4x32-10.
 *
 * J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The same numbers
 * come out whichever worker, job or device asks, because the arguments name the draw:
 *
 *   key      64 bits mixed from (seed, epoch, purpose)
 *   counter  (stream, block): a block is four 32-bit numbers
 *
 * A position is the place of a token in the epoch's encoded tokens, before subsampling. Numbers for a token have stream
 * 0 and two of the numbers of block position / 2; numbers for the targets of a centre have the stream of its position,
 * and two of them are a draw.
 *
 * Plain C99, so that the CUDA kernels and the C blocks can include it.
 */
#ifndef W2VCORE_RANDOM_H
#define W2VCORE_RANDOM_H

#ifndef __CUDACC_RTC__ /* run-time compilation has no system headers: backends/cuda/launch.h has the types */
#include <stdint.h>
#endif

#ifndef W2V_INLINE
#define W2V_INLINE static inline
#endif

/* Purposes: each has numbers of its own. Those from 1 on belong to objectives (Objective.purpose in objectives/base.py),
 * but for the last: 2^32 - 1, the order of sentences (corpus/order.py); 2^32 - 2, the steps of random walks, and
 * 2^32 - 3, the order of the nodes from which they begin (walks). */
enum {
    W2V_PURPOSE_TOKEN = 0  /* the first: keep or drop the token; the second: how much its window shrinks */
};

typedef struct {
    uint32_t word[4];
} w2v_random_block;

/* Finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014; constants of variant 13 by D. Stafford). */
W2V_INLINE uint64_t w2v_mix64(uint64_t z)
{
    z += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

W2V_INLINE uint64_t w2v_random_key(uint64_t seed, uint64_t epoch, uint32_t purpose)
{
    return w2v_mix64(w2v_mix64(w2v_mix64(seed) ^ epoch) ^ purpose);
}

/* Block number `block` of stream `stream`. */
W2V_INLINE w2v_random_block w2v_random(uint64_t key, uint64_t stream, uint64_t block)
{
    uint32_t c0 = (uint32_t)stream, c1 = (uint32_t)(stream >> 32), c2 = (uint32_t)block, c3 = (uint32_t)(block >> 32);
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    w2v_random_block out;
    int round;
    for (round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)c0 * UINT64_C(0xD2511F53);
        uint64_t p1 = (uint64_t)c2 * UINT64_C(0xCD9E8D57);
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += UINT32_C(0x9E3779B9);
        k1 += UINT32_C(0xBB67AE85);
    }
    out.word[0] = c0;
    out.word[1] = c1;
    out.word[2] = c2;
    out.word[3] = c3;
    return out;
}

/* A number in [0, n) from a 32-bit random number, n <= 2^32: the high half of the product, no division (Lemire 2019;
 * the bias without his rejection step is below n / 2^32). */
W2V_INLINE uint32_t w2v_below(uint32_t random, uint64_t n)
{
    return (uint32_t)(((uint64_t)random * n) >> 32);
}

#endif
