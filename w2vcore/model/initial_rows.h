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

/* So many steps of the generator at once: state * multiplier + plus. */
typedef struct {
    w2v_u128 multiplier, plus;
} w2v_jump;

#define W2V_JUMP_DIGITS 16 /* of four bits: the numbers before row 2^31 of 2^32 numbers have fewer */
#define W2V_DRAWN 64       /* numbers of 64 bits that are drawn at a time */
#define W2V_CHAINS 4       /* of them, each of which waits for its own last number alone */

typedef struct {
    w2v_u128 state; /* of the generator before its first number */
    w2v_jump jumps[W2V_JUMP_DIGITS][16]; /* [i][j]: j * 16^i steps */
    int64_t size; /* of a row */
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

static inline w2v_u128 w2v_jumped(w2v_u128 state, const w2v_jump *jump)
{
    return w2v_sum(w2v_multiply(state, jump->multiplier), jump->plus);
}

/* The jump that does two, one after the other. */
static inline w2v_jump w2v_both(const w2v_jump *first, const w2v_jump *second)
{
    const w2v_jump both = {w2v_multiply(first->multiplier, second->multiplier), w2v_jumped(first->plus, second)};
    return both;
}

static inline void w2v_prepare_rows(w2v_initial_rows *rows, w2v_u128 state, w2v_u128 increment, int64_t size)
{
    const w2v_jump none = {{0, 1}, {0, 0}};
    w2v_jump step = {W2V_PCG_MULTIPLIER, increment};
    rows->state = state;
    rows->size = size;
    for (int digit = 0; digit < W2V_JUMP_DIGITS; digit++) {
        rows->jumps[digit][0] = none;
        for (int times = 1; times < 16; times++)
            rows->jumps[digit][times] = w2v_both(&rows->jumps[digit][times - 1], &step);
        step = w2v_both(&rows->jumps[digit][15], &step);
    }
}

/* The state of the generator after so many numbers. */
static inline w2v_u128 w2v_ahead(const w2v_initial_rows *rows, uint64_t steps)
{
    w2v_u128 state = rows->state;
    for (int digit = 0; steps; digit++, steps >>= 4)
        if (steps & 15)
            state = w2v_jumped(state, &rows->jumps[digit][steps & 15]);
    return state;
}

/* Add a row to `sum`. */
static inline void w2v_add_initial_row(const w2v_initial_rows *rows, uint64_t row, float *restrict sum)
{
    const uint64_t first = row * (uint64_t)rows->size; /* number of 32 bits */
    const float size = (float)rows->size;
    uint32_t drawn[2 * W2V_DRAWN];
    w2v_u128 chains[W2V_CHAINS];
    chains[0] = w2v_ahead(rows, first / 2 + 1);
    for (int k = 1; k < W2V_CHAINS; k++)
        chains[k] = w2v_jumped(chains[k - 1], &rows->jumps[0][1]);
    for (int64_t at = -(int64_t)(first % 2); at < rows->size; at += 2 * W2V_DRAWN) {
        const int64_t left = rows->size - at, stop = left < 2 * W2V_DRAWN ? left : 2 * W2V_DRAWN;
        for (int64_t j = 0; 2 * j < stop; j += W2V_CHAINS)
            for (int k = 0; k < W2V_CHAINS; k++) {
                const uint64_t mixed = chains[k].high ^ chains[k].low, turn = chains[k].high >> 58;
                const uint64_t number = (mixed >> turn) | (mixed << ((64 - turn) & 63));
                drawn[2 * (j + k)] = (uint32_t)number;
                drawn[2 * (j + k) + 1] = (uint32_t)(number >> 32);
                chains[k] = w2v_jumped(chains[k], &rows->jumps[0][W2V_CHAINS]);
            }
        for (int64_t d = at < 0 ? 1 : 0; d < stop; d++)
            sum[at + d] += ((float)(int32_t)(drawn[d] >> 8) * 0x1p-24f * 2.0f - 1.0f) / size;
    }
}

#endif
