/* What the memory of a device can do for rows that are picked at random, as the training kernel picks them: one warp a row,
 * four floats a lane. And what its multipliers can do. Each kernel runs `rounds` rounds; rows come from a list of ids. */
extern "C" __global__ void read_rows(
    const float4 *rows, const unsigned *ids, int n_ids, int width, int rounds, float *out)
{
    const int warps = gridDim.x * (blockDim.x / 32), lane = threadIdx.x % 32;
    unsigned at = (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) % n_ids;
    float sum = 0;
    for (int round = 0; round < rounds; round += 4) { /* four rows at once are on their way */
        float4 found[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            found[i] = make_float4(0, 0, 0, 0);
            if (lane < width)
                found[i] = __ldcg(rows + (unsigned long long)ids[at] * width + lane);
            at = (at + warps) % n_ids;
        }
#pragma unroll
        for (int i = 0; i < 4; i++)
            sum += found[i].x + found[i].y + found[i].z + found[i].w;
    }
    if (sum == 1.2345f)
        out[0] = sum; /* so that nothing is left out */
}

extern "C" __global__ void add_rows(float4 *rows, const unsigned *ids, int n_ids, int width, int rounds)
{
    const int warps = gridDim.x * (blockDim.x / 32), lane = threadIdx.x % 32;
    unsigned at = (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) % n_ids;
    for (int round = 0; round < rounds; round++) {
        if (lane < width) {
            float4 *const to = rows + (unsigned long long)ids[at] * width + lane;
#if __CUDA_ARCH__ >= 900
            atomicAdd(to, make_float4(1e-9f, 1e-9f, 1e-9f, 1e-9f));
#else
            float *const one = (float *)to;
            for (int i = 0; i < 4; i++)
                atomicAdd(one + i, 1e-9f);
#endif
        }
        at = (at + warps) % n_ids;
    }
}

extern "C" __global__ void multiply(int rounds, float *out)
{
    float a[8], b = threadIdx.x * 1e-9f + 1, c = 1e-9f;
#pragma unroll
    for (int i = 0; i < 8; i++)
        a[i] = i;
    for (int round = 0; round < rounds; round++)
#pragma unroll
        for (int i = 0; i < 8; i++)
            a[i] = fmaf(a[i], b, c);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < 8; i++)
        sum += a[i];
    if (sum == 1.2345f)
        out[0] = sum;
}
