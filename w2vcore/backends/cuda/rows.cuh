/* A lane's fragment of a row, and how it is read and written.
 *
 * A warp holds a row as W2V_FLOATS registers a lane, in pieces of four floats and perhaps one of two, so that memory
 * is read and written by vectors. Piece j of lane l begins at column 128 j + 4 l, the piece of two at 128 (W2V_FLOATS
 * / 4) + 2 l. Columns from `width` on (the size of a vector, rounded up to four) are read as 0 and never written. A
 * lane always has the same columns, so what it has written to a row it may read again without a barrier.
 *
 * Rows that any warp changes by atomics are read past the first-level cache (__ldcg), which is not kept coherent.
 */
#ifndef W2VCORE_CUDA_ROWS_CUH
#define W2VCORE_CUDA_ROWS_CUH

#include "launch.h"

#define W2V_DEVICE static __device__ __forceinline__
#define W2V_ALL_LANES 0xffffffffu

/* Additions by four or two floats at once came with compute capability 9.0. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
#define W2V_VECTOR_ATOMICS 1
#else
#define W2V_VECTOR_ATOMICS 0
#endif

enum {
    PIECES = W2V_FLOATS / 4,
    HAS_PAIR = W2V_FLOATS % 4 != 0,
    PAIR = HAS_PAIR ? PIECES * 4 : 0 /* its first register */
};

struct Fragment {
    float at[W2V_FLOATS];
};

W2V_DEVICE int lane_number()
{
    return (int)(threadIdx.x % W2V_WARP);
}

W2V_DEVICE int piece_column(int piece)
{
    return W2V_WARP * 4 * piece + 4 * lane_number();
}

W2V_DEVICE int pair_column()
{
    return W2V_WARP * 4 * PIECES + 2 * lane_number();
}

W2V_DEVICE void clear(Fragment &fragment)
{
#pragma unroll
    for (int i = 0; i < W2V_FLOATS; i++)
        fragment.at[i] = 0.0f;
}

/* fragment += factor * other */
W2V_DEVICE void add_scaled(Fragment &fragment, float factor, const Fragment &other)
{
#pragma unroll
    for (int i = 0; i < W2V_FLOATS; i++)
        fragment.at[i] = fmaf(factor, other.at[i], fragment.at[i]);
}

W2V_DEVICE void scale(Fragment &fragment, float factor)
{
#pragma unroll
    for (int i = 0; i < W2V_FLOATS; i++)
        fragment.at[i] *= factor;
}

/* This lane's share of the product of two rows. */
W2V_DEVICE float dot(const Fragment &fragment, const Fragment &other)
{
    float sum = fragment.at[0] * other.at[0];
#pragma unroll
    for (int i = 1; i < W2V_FLOATS; i++)
        sum = fmaf(fragment.at[i], other.at[i], sum);
    return sum;
}

W2V_DEVICE void set_piece(Fragment &fragment, int piece, float4 value)
{
    fragment.at[4 * piece] = value.x;
    fragment.at[4 * piece + 1] = value.y;
    fragment.at[4 * piece + 2] = value.z;
    fragment.at[4 * piece + 3] = value.w;
}

W2V_DEVICE float4 get_piece(const Fragment &fragment, int piece)
{
    return make_float4(
        fragment.at[4 * piece], fragment.at[4 * piece + 1], fragment.at[4 * piece + 2], fragment.at[4 * piece + 3]);
}

W2V_DEVICE void set_pair(Fragment &fragment, float2 value)
{
    fragment.at[PAIR] = value.x;
    fragment.at[PAIR + HAS_PAIR] = value.y;
}

W2V_DEVICE float2 get_pair(const Fragment &fragment)
{
    return make_float2(fragment.at[PAIR], fragment.at[PAIR + HAS_PAIR]);
}

/* Read a row of a matrix in device memory. */
W2V_DEVICE void read_matrix(Fragment &fragment, const float *row, int width)
{
    clear(fragment);
#pragma unroll
    for (int j = 0; j < PIECES; j++)
        if (piece_column(j) < width)
            set_piece(fragment, j, __ldcg((const float4 *)(row + piece_column(j))));
    if constexpr (HAS_PAIR)
        if (pair_column() < width)
            set_pair(fragment, __ldcg((const float2 *)(row + pair_column())));
}

W2V_DEVICE void add_piece(float *address, float4 value)
{
#if W2V_VECTOR_ATOMICS
    atomicAdd((float4 *)address, value);
#else
    atomicAdd(address, value.x);
    atomicAdd(address + 1, value.y);
    atomicAdd(address + 2, value.z);
    atomicAdd(address + 3, value.w);
#endif
}

W2V_DEVICE void add_pair(float *address, float2 value)
{
#if W2V_VECTOR_ATOMICS
    atomicAdd((float2 *)address, value);
#else
    atomicAdd(address, value.x);
    atomicAdd(address + 1, value.y);
#endif
}

/* Add to a row of a matrix in device memory, atomically. */
W2V_DEVICE void add_to_matrix(float *row, const Fragment &fragment, int width)
{
#pragma unroll
    for (int j = 0; j < PIECES; j++)
        if (piece_column(j) < width)
            add_piece(row + piece_column(j), get_piece(fragment, j));
    if constexpr (HAS_PAIR)
        if (pair_column() < width)
            add_pair(row + pair_column(), get_pair(fragment));
}

/* Read and write a row that only this warp uses: of the ring in shared memory, or of the scratch. */
W2V_DEVICE void read_own(Fragment &fragment, const float *row, int width)
{
    clear(fragment);
#pragma unroll
    for (int j = 0; j < PIECES; j++)
        if (piece_column(j) < width)
            set_piece(fragment, j, *(const float4 *)(row + piece_column(j)));
    if constexpr (HAS_PAIR)
        if (pair_column() < width)
            set_pair(fragment, *(const float2 *)(row + pair_column()));
}

W2V_DEVICE void write_own(float *row, const Fragment &fragment, int width)
{
#pragma unroll
    for (int j = 0; j < PIECES; j++)
        if (piece_column(j) < width)
            *(float4 *)(row + piece_column(j)) = get_piece(fragment, j);
    if constexpr (HAS_PAIR)
        if (pair_column() < width)
            *(float2 *)(row + pair_column()) = get_pair(fragment);
}

#endif
