/* Rows of the matrix (2 * default_rng(seed).random((rows, size), float32) - 1) / size, each without those before it.
 *
 * NumPy's default_rng is PCG64: a linear congruential generator of 128 bits, which can be taken any number of steps
 * forward at once (O'Neill 2014, "PCG", section 4.3.1), with the output function XSL RR. Each number of 64 bits makes two
 * of 32, the low half first, and the upper 24 bits of one make a float in [0, 1). */
#ifndef W2V_INITIAL_ROWS_H
#define W2V_INITIAL_ROWS_H

#include <stdint.h>

#if defined(_MSC_VER)
#include <intrin.h>
#endif

typedef struct {
    uint64_t high, low;
} w2v_u128;

typedef struct {
    w2v_u128 state, increment; /* of the generator before its first number */
    int64_t size;              /* of a row */
} w2v_initial_rows;

static inline w2v_u128 w2v_multiply(w2v_u128 a, w2v_u128 b)
{
    w2v_u128 product;
#if defined(_MSC_VER)
    product.low = _umul128(a.low, b.low, &product.high);
#elif defined(__SIZEOF_INT128__)
    const unsigned __int128 whole = (unsigned __int128)a.low * b.low;
    product.low = (uint64_t)whole;
    product.high = (uint64_t)(whole >> 64);
#else
#error "there is no multiplication of 64 bits by 64 here"
#endif
    product.high += a.high * b.low + a.low * b.high;
    return product;
}

static inline w2v_u128 w2v_sum(w2v_u128 a, w2v_u128 b)
{
    w2v_u128 sum = {a.high + b.high, a.low + b.low};
    sum.high += sum.low < a.low;
    return sum;
}

static const w2v_u128 W2V_PCG_MULTIPLIER = {0x2360ED051FC65DA4u, 0x4385DF649FCCF645u};

/* The state of a generator after so many further numbers. */
static inline w2v_u128 w2v_ahead(w2v_u128 state, w2v_u128 increment, uint64_t steps)
{
    w2v_u128 multiplier = W2V_PCG_MULTIPLIER, plus = increment;
    w2v_u128 all_multiplier = {0, 1}, all_plus = {0, 0};
    const w2v_u128 one = {0, 1};
    for (; steps; steps >>= 1) {
        if (steps & 1) {
            all_multiplier = w2v_multiply(all_multiplier, multiplier);
            all_plus = w2v_sum(w2v_multiply(all_plus, multiplier), plus);
        }
        plus = w2v_multiply(w2v_sum(multiplier, one), plus);
        multiplier = w2v_multiply(multiplier, multiplier);
    }
    return w2v_sum(w2v_multiply(all_multiplier, state), all_plus);
}

/* Add a row to `sum`. */
static inline void w2v_add_initial_row(const w2v_initial_rows *rows, uint64_t row, float *sum)
{
    const uint64_t first = row * (uint64_t)rows->size; /* number of 32 bits */
    const float size = (float)rows->size;
    w2v_u128 state = w2v_ahead(rows->state, rows->increment, first / 2);
    int64_t d = -(int64_t)(first % 2);
    while (d < rows->size) {
        state = w2v_sum(w2v_multiply(state, W2V_PCG_MULTIPLIER), rows->increment);
        const uint64_t mixed = state.high ^ state.low, turn = state.high >> 58;
        const uint64_t number = (mixed >> turn) | (mixed << ((64 - turn) & 63));
        for (int half = 0; half < 2; half++, d++)
            if (d >= 0 && d < rows->size)
                sum[d] += ((float)((uint32_t)(number >> (32 * half)) >> 8) * 0x1p-24f * 2.0f - 1.0f) / size;
    }
}

#endif
