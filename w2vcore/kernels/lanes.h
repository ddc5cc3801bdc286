/* A vector of W2V_LANES floats, as little of it as the blocks need.
 *
 * GCC and Clang have vector types without intrinsics, and a type as wide as the registers is the one way to make both
 * keep the sums of eight rows in registers: written as loops over arrays, GCC 12 keeps them on the stack (2 to 4 times
 * slower). Any other compiler, and the unit that defines W2V_PLAIN_C, gets a struct of floats and loops.
 */
#ifndef W2VCORE_LANES_H
#define W2VCORE_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(_MSC_VER) && !defined(__clang__)
#define W2V_INLINED static __forceinline
#elif defined(__GNUC__)
#define W2V_INLINED static inline __attribute__((always_inline))
#else
#define W2V_INLINED static inline
#endif

#if (defined(__GNUC__) || defined(__clang__)) && !defined(W2V_PLAIN_C)

typedef float w2v_vec __attribute__((vector_size(4 * W2V_LANES)));
typedef float w2v_quad __attribute__((vector_size(16)));

/* Written out: of a loop over the lanes GCC 12 makes as many insertions. */
W2V_INLINED w2v_vec w2v_same(float a)
{
#if W2V_LANES == 16
    return (w2v_vec){a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a};
#elif W2V_LANES == 8
    return (w2v_vec){a, a, a, a, a, a, a, a};
#else
    return (w2v_vec){a, a, a, a};
#endif
}

/* a * b + c, in one instruction where the instruction set has one. */
W2V_INLINED w2v_vec w2v_fma(w2v_vec a, w2v_vec b, w2v_vec c)
{
    return a * b + c;
}

#ifdef __clang__
#define W2V_SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
typedef int32_t w2v_order __attribute__((vector_size(16)));
#define W2V_SHUFFLE(a, b, i, j, k, l) __builtin_shuffle(a, b, (w2v_order){i, j, k, l})
#endif

W2V_INLINED w2v_quad w2v_fold(w2v_vec v)
{
    w2v_quad q[W2V_LANES / 4];
    memcpy(q, &v, sizeof v);
#if W2V_LANES == 16
    return (q[0] + q[2]) + (q[1] + q[3]);
#elif W2V_LANES == 8
    return q[0] + q[1];
#else
    return q[0];
#endif
}

/* sums[t] = sum of the lanes of v[t], t < 4: four at once, half of the lanes in each step. */
W2V_INLINED void w2v_add_lanes(const w2v_vec *v, float *sums)
{
    w2v_quad a = w2v_fold(v[0]), b = w2v_fold(v[1]), c = w2v_fold(v[2]), d = w2v_fold(v[3]);
    w2v_quad ab = W2V_SHUFFLE(a, b, 0, 4, 1, 5) + W2V_SHUFFLE(a, b, 2, 6, 3, 7);
    w2v_quad cd = W2V_SHUFFLE(c, d, 0, 4, 1, 5) + W2V_SHUFFLE(c, d, 2, 6, 3, 7);
    w2v_quad all = W2V_SHUFFLE(ab, cd, 0, 1, 4, 5) + W2V_SHUFFLE(ab, cd, 2, 3, 6, 7);
    memcpy(sums, &all, sizeof all);
}

#else

typedef struct {
    float lane[W2V_LANES];
} w2v_vec;

W2V_INLINED w2v_vec w2v_same(float value)
{
    w2v_vec v;
    for (int k = 0; k < W2V_LANES; k++)
        v.lane[k] = value;
    return v;
}

W2V_INLINED w2v_vec w2v_fma(w2v_vec a, w2v_vec b, w2v_vec c)
{
    for (int k = 0; k < W2V_LANES; k++)
        c.lane[k] += a.lane[k] * b.lane[k];
    return c;
}

W2V_INLINED void w2v_add_lanes(const w2v_vec *v, float *sums)
{
    for (int t = 0; t < 4; t++) {
        const float *lane = v[t].lane;
        sums[t] = 0;
        for (int k = 0; k < W2V_LANES; k += 4)
            sums[t] += (lane[k] + lane[k + 1]) + (lane[k + 2] + lane[k + 3]);
    }
}

#endif

W2V_INLINED w2v_vec w2v_load(const float *from)
{
    w2v_vec v;
    memcpy(&v, from, sizeof v);
    return v;
}

W2V_INLINED void w2v_store(float *to, w2v_vec v)
{
    memcpy(to, &v, sizeof v);
}

#endif
