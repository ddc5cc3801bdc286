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

/* Before a loop whose bounds are constants, of which GCC would leave nested ones rolled. Not in plain C, where the
 * loops are what it vectorizes: unrolled, one row against six takes three times as long. */
#if defined(__GNUC__) && !defined(W2V_PLAIN_C)
#define W2V_UNROLL _Pragma("GCC unroll 8")
#else
#define W2V_UNROLL
#endif

/* Load it once, and keep it there. GCC makes a load with several uses an operand of each of them: two inputs against six
 * targets are then 14 loads for 12 multiply-adds, and a core does no more of the one than of the other. */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(W2V_PLAIN_C)
#define W2V_IN_REGISTER(v) __asm__("" : "+v"(v))
#else
#define W2V_IN_REGISTER(v) ((void)0)
#endif

/* A number that the compiler is to make by itself, and not several at once in a vector. */
#if defined(__GNUC__)
#define W2V_SCALAR(number) __asm__("" : "+r"(number))
#else
#define W2V_SCALAR(number) ((void)0)
#endif

#if (defined(__GNUC__) || defined(__clang__)) && !defined(W2V_PLAIN_C)

typedef float w2v_vec __attribute__((vector_size(4 * W2V_LANES)));

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

W2V_INLINED w2v_vec w2v_add(w2v_vec a, w2v_vec b)
{
    return a + b;
}

#ifdef __clang__
#define W2V_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t w2v_order __attribute__((vector_size(4 * W2V_LANES)));
#define W2V_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (w2v_order){__VA_ARGS__})
#endif

/* In each group of four lanes: the sum of the group's lanes of a, b, c and d. Half of the lanes in each step. */
W2V_INLINED w2v_vec w2v_add_quads(w2v_vec a, w2v_vec b, w2v_vec c, w2v_vec d)
{
#if W2V_LANES == 16
#define W2V_QUADS(v, w, i, j, k, l) \
    W2V_SHUFFLE( \
        v, w, i, j, k, l, i + 4, j + 4, k + 4, l + 4, i + 8, j + 8, k + 8, l + 8, i + 12, j + 12, k + 12, l + 12)
#elif W2V_LANES == 8
#define W2V_QUADS(v, w, i, j, k, l) W2V_SHUFFLE(v, w, i, j, k, l, i + 4, j + 4, k + 4, l + 4)
#else
#define W2V_QUADS(v, w, i, j, k, l) W2V_SHUFFLE(v, w, i, j, k, l)
#endif
    enum { B = W2V_LANES }; /* where the second vector's lanes begin */
    w2v_vec ab = W2V_QUADS(a, b, 0, B, 1, B + 1) + W2V_QUADS(a, b, 2, B + 2, 3, B + 3);
    w2v_vec cd = W2V_QUADS(c, d, 0, B, 1, B + 1) + W2V_QUADS(c, d, 2, B + 2, 3, B + 3);
    return W2V_QUADS(ab, cd, 0, 1, B, B + 1) + W2V_QUADS(ab, cd, 2, 3, B + 2, B + 3);
}

/* sums[t] = sum of the lanes of v[t], t < 8. */
W2V_INLINED void w2v_add_lanes(const w2v_vec *v, float *sums)
{
    w2v_vec low = w2v_add_quads(v[0], v[1], v[2], v[3]), high = w2v_add_quads(v[4], v[5], v[6], v[7]);
#if W2V_LANES == 16
    w2v_vec both = W2V_SHUFFLE(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
        + W2V_SHUFFLE(low, high, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    w2v_vec even = W2V_SHUFFLE(both, both, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
    w2v_vec odd = W2V_SHUFFLE(both, both, 4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15);
    w2v_vec all = even + odd;
    memcpy(sums, &all, 8 * sizeof(float));
#elif W2V_LANES == 8
    w2v_vec all = W2V_SHUFFLE(low, high, 0, 1, 2, 3, 8, 9, 10, 11) + W2V_SHUFFLE(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
    memcpy(sums, &all, sizeof all);
#else
    memcpy(sums, &low, sizeof low);
    memcpy(sums + 4, &high, sizeof high);
#endif
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

W2V_INLINED w2v_vec w2v_add(w2v_vec a, w2v_vec b)
{
    for (int k = 0; k < W2V_LANES; k++)
        a.lane[k] += b.lane[k];
    return a;
}

W2V_INLINED void w2v_add_lanes(const w2v_vec *v, float *sums)
{
    for (int t = 0; t < 8; t++) {
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
