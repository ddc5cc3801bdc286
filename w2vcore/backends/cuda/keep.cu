/* Subsampling: packs the kept tokens of each sentence together, from the sentence's beginning on (launch.h). One warp
 * per sentence.
 *
 * As everywhere, whether a token is kept depends on a number that is a function of its place in the epoch alone
 * (kernels/random.h).
 */
#define W2V_FLOATS 4
#define W2V_BAGS 0
#include "tokens.cuh"

extern "C" __global__ void w2v_keep(const __grid_constant__ w2v_launch launch)
{
    const int64_t *const offsets = at_address<const int64_t>(launch.offsets);
    const int64_t warps = (int64_t)gridDim.x * (blockDim.x / W2V_WARP);
    int64_t number = (int64_t)blockIdx.x * (blockDim.x / W2V_WARP) + threadIdx.x / W2V_WARP;
    for (; number < launch.sentences; number += warps) {
        const int64_t first = offsets[number];
        const int size = (int)(offsets[number + 1] - first);
        const uint32_t *const ids = at_address<const uint32_t>(launch.ids) + first;
        uint32_t *const kept_ids = at_address<uint32_t>(launch.kept_ids) + first;
        uint32_t *const kept_from = at_address<uint32_t>(launch.kept_from) + first;
        int count = 0;
        for (int begin = 0; begin < size; begin += W2V_WARP) {
            const int token = begin + lane_number();
            uint32_t id = 0;
            bool kept = false;
            if (token < size) {
                id = ids[token];
                const uint64_t place = (uint64_t)launch.position + first + token;
                kept = token_numbers(launch, place).keep <= __ldg(at_address<const uint32_t>(launch.keep) + id);
            }
            const uint32_t lanes = __ballot_sync(W2V_ALL_LANES, kept);
            const int before = __popc(lanes & ((1u << lane_number()) - 1));
            if (kept) {
                kept_ids[count + before] = id;
                kept_from[count + before] = (uint32_t)token;
            }
            count += __popc(lanes);
        }
        if (lane_number() == 0)
            at_address<uint32_t>(launch.kept_counts)[number] = (uint32_t)count;
    }
}
