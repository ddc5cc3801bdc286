/* The link function of the blocks: 1 / (1 + exp(-s)), for eight scores at a time.
 *
 * Branch-free arithmetic on independent elements, so that compilers turn the loop into vector code. The absolute error
 * against double is below 2e-7 (tests/numeric/test_blocks.py scans it); outside +-87 it stays at the values of +-87,
 * which are 1 and 1.6e-38; NaN gives NaN.
 */
#ifndef W2VCORE_SIGMOID_H
#define W2VCORE_SIGMOID_H

#include <stdint.h>
#include <string.h>

static inline float w2v_sigmoid(float score)
{
    const float log2_e = 1.44269504f, ln_2 = 0.69314718f;
    /* 1.5 * 2^23: adding it rounds to an integer, which then sits in the lowest bits of the float */
    const float magic = 12582912.0f;
    float x, shifted, whole, rest, square, low, high, scale;
    uint32_t bits;
    int32_t size, capped;

    /* x = -score, brought to +-87 as an integer: a comparison of floats could trap, and GCC then keeps the branch. 87
     * keeps 2^whole and its inverse normal floats. */
    memcpy(&bits, &score, sizeof bits);
    size = (int32_t)(bits & UINT32_C(0x7FFFFFFF));
    capped = size > INT32_C(0x42AE0000) ? INT32_C(0x42AE0000) : size;
    capped |= -(int32_t)(size > INT32_C(0x7F800000)); /* above infinity: NaN */
    bits = (uint32_t)capped | (~bits & UINT32_C(0x80000000));
    memcpy(&x, &bits, sizeof x);

    shifted = x * log2_e + magic;
    whole = shifted - magic;
    /* its error grows with |x|, but there the sigmoid is flat */
    rest = x - whole * ln_2;
    /* Taylor series of exp: |rest| <= ln(2) / 2, so the first term left out is below 1.2e-7. In pieces that do not
     * wait for one another. */
    square = rest * rest;
    low = (1.0f + rest) + square * (0.5f + rest * (1.0f / 6));
    high = (1.0f / 24 + rest * (1.0f / 120)) + square * (1.0f / 720);
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + UINT32_C(0x3F800000);
    memcpy(&scale, &bits, sizeof scale);
    return 1.0f / (1.0f + (low + (square * square) * high) * scale);
}

#endif
