/* Faults that the emulator must find: W2V_FAULT names one. */
#include "rows.cuh"

extern "C" __shared__ float4 w2v_shared_memory[];

extern "C" __global__ void faulty(const __grid_constant__ w2v_launch launch)
{
    [[maybe_unused]] int *const shared = (int *)w2v_shared_memory;
    [[maybe_unused]] int *const out = (int *)(uintptr_t)launch.ids;
    const int lane = lane_number();
#if W2V_FAULT == 0 /* none: lanes diverge, and meet again */
    shared[lane] = lane;
    if (lane < 7)
        shared[lane] *= 2;
    __syncwarp();
    out[lane] = shared[31 - lane];
#elif W2V_FAULT == 1 /* another lane's value is read before it must have been written */
    shared[lane] = lane;
    out[lane] = shared[31 - lane];
#elif W2V_FAULT == 2 /* half of the lanes shuffle elsewhere */
    if (lane < 16)
        out[lane] = __shfl_xor_sync(W2V_ALL_LANES, lane, 1);
    else
        out[lane] = __shfl_xor_sync(W2V_ALL_LANES, lane, 1);
#elif W2V_FAULT == 3 /* a lane leaves before the others shuffle */
    if (lane == 5)
        return;
    out[lane] = __shfl_xor_sync(W2V_ALL_LANES, lane, 1);
#elif W2V_FAULT == 4 /* more shared memory than asked for */
    shared[32 + lane] = lane;
#elif W2V_FAULT == 5 /* a shuffle lets lanes meet, but orders no memory */
    shared[lane] = lane;
    (void)__shfl_xor_sync(W2V_ALL_LANES, lane, 1);
    out[lane] = shared[31 - lane];
#elif W2V_FAULT == 6 /* two warps in one place */
    shared[lane] = (int)threadIdx.x;
#elif W2V_FAULT == 7 /* written to before others have read it */
    shared[lane] = lane;
    __syncwarp();
    const int other = shared[31 - lane];
    shared[lane] = other;
#elif W2V_FAULT == 8 /* read before it is written */
    out[lane] = shared[lane];
#elif W2V_FAULT == 9 /* a change that others may overwrite, or overwrote */
    for (int i = 0; i < 8; i++)
        out[lane] = __ldcg(out + lane) + 1;
#elif W2V_FAULT == 10 /* a value that the first-level cache may have from before */
    atomicAdd(out + lane, out[31 - lane]);
#elif W2V_FAULT == 11 /* one after the last */
    atomicAdd(out + 1 + lane, 1);
#elif W2V_FAULT == 12 /* changes through atomics alone: this one is right */
    for (int i = 0; i < 8; i++)
        atomicAdd(out + lane, 1);
#elif W2V_FAULT == 13 /* the read-only cache, of what changes */
    atomicAdd(out + lane, __ldg(out + lane));
#endif
}
