/* exp(-s), and with it the sigmoid, 1 / (1 + exp(-s)), for eight scores at a time: what the blocks link scores by.
 *
 * Branch-free arithmetic on independent elements, so that compilers turn the loop into vector code (GCC needs to be told
 * that comparisons do not trap: setup.py). The absolute error against double is below 2e-7 (tests/numeric/test_blocks.py
 * scans it), and the relative error of exp(-s) below 4e-7; outside +-87 they stay at the values of +-87, where the sigmoid is
 * 1 and 1.6e-38; NaN gives NaN.
 */
#ifndef W2VCORE_SIGMOID_H
#define W2VCORE_SIGMOID_H

#include "lanes.h"

/* Inlined by order: called, it costs skip-gram with pairs 9 %. */
W2V_INLINED float w2v_exp_of_minus(float score)
{
    const float log2_e = 1.44269504f, ln_2 = 0.69314718f;
    /* 1.5 * 2^23: adding it rounds to an integer, which then sits in the lowest bits of the float */
    const float magic = 12582912.0f;
    float s, shifted, whole, rest, square, exponential, scale;
    uint32_t bits;

    /* 87 keeps 2^whole and its inverse normal floats. In this order NaN passes. */
    s = 87.0f < score ? 87.0f : score;
    s = -87.0f > s ? -87.0f : s;

    /* exp(-s) = 2^whole * exp(-rest) */
    shifted = magic - s * log2_e;
    whole = shifted - magic;
    /* its error grows with |s|, but there the sigmoid is flat */
    rest = s + whole * ln_2;
    /* exp(-rest) for |rest| <= ln(2) / 2: 1 - rest and a polynomial of degree 5 whose largest error, 1e-7, is about the
     * least there can be (coefficients by Lawson's algorithm). In pieces that do not wait for one another. */
    square = rest * rest;
    exponential = (1.0f - rest)
        + square * ((4.999914700e-1f - rest * 1.666645725e-1f) + square * (4.189827715e-2f - rest * 8.374640218e-3f));
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + UINT32_C(0x3F800000);
    memcpy(&scale, &bits, sizeof scale);
    return exponential * scale;
}

W2V_INLINED float w2v_sigmoid(float score)
{
    return 1.0f / (1.0f + w2v_exp_of_minus(score));
}

#endif
