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
#endif
}
