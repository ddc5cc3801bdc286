/* The training kernel: one warp per segment, without barriers between warps. launch.h describes the arguments and the
 * macros that choose the instance; w2vcore/backends/reference.py defines what is computed.
 *
 *   segment -> kept tokens (tokens.cuh) -> windows (centres.cuh) -> targets (objectives/x.cuh) -> blocks (blocks.cuh)
 *                                               context rows: ring.cuh, inputs.cuh
 *
 * The cost of a word in skip-gram with shared noise words and a ring, for T = 1 + negative targets, C contexts (on
 * average window + 1) and rows of D floats:
 *
 *                                                             D = 100, window 5, negative 5     D = 300
 *   rows read from device memory, mostly its L2    T + 1      7 rows, 2.8 kB                    8.4 kB
 *   rows added to by atomics                       T + 1      7 rows, 2.8 kB, 175 vectors       8.4 kB, 525 vectors
 *   rows read and written in shared memory         2 C + 4    16 rows, 6.4 kB                   19.2 kB
 *   multiplications with addition                  3 C T D    10,800                            32,400
 *   instructions of the loop over contexts         C * ...    6 * 180                           6 * 330
 *   random numbers: blocks of 4                    T          6
 *
 * The instructions are those of one context in the code for compute capability 9.0, counted in its disassembly.
 */
#include "centres.cuh"

extern "C" __shared__ float4 w2v_shared_memory[];

/* The sum of a number over the lanes, for lane 0. */
template <class Number> W2V_DEVICE Number sum_of_warp(Number value)
{
    for (int distance = W2V_WARP / 2; distance > 0; distance /= 2)
        value += __shfl_down_sync(W2V_ALL_LANES, value, distance);
    return value;
}

/* `weight` is the sum of the weights of the examples. */
W2V_DEVICE void add_sums(
    w2v_job_sums *job, unsigned long long words, unsigned long long examples, double weight, const LaneSums &sums)
{
    const double loss = W2V_LOSS ? sum_of_warp(sums.loss) : 0.0;
    const double judged = W2V_LOSS ? sum_of_warp(sums.judged) : 0.0;
    const double correct = W2V_LOSS ? sum_of_warp(sums.correct) : 0.0;
    if (lane_number() != 0)
        return;
    atomicAdd((unsigned long long *)&job->words, words);
    atomicAdd((unsigned long long *)&job->examples, examples);
    if (W2V_LOSS) {
        atomicAdd(&job->loss, loss);
        atomicAdd(&job->judged, judged);
        atomicAdd(&job->correct, correct);
    }
    if (W2V_WEIGHTS)
        atomicAdd(&job->weight, weight);
}

W2V_DEVICE void train_segment(const w2v_launch &launch, const w2v_segment &segment, float *shared, float *scratch)
{
    const int64_t first = at_address<const int64_t>(launch.offsets)[segment.sentence];
    Work work;
    work.sentence = sentence_of(launch, segment.sentence);
    work.begin = first_kept(work.sentence, segment.start - first);
    work.end = first_kept(work.sentence, segment.stop - first);
    work.alpha = segment.alpha;
    work.width = (launch.size + 3) / 4 * 4;
    work.scratch = scratch;
    work.reaches = {work.begin - W2V_WARP, 0};
    work.sums = {0.0, 0.0, 0.0};
    work.ring = empty_ring(launch, shared, work.width, work.begin);
    begin_objectives(launch, work, shared + (W2V_RING ? work.ring.slot_floats * (2 * (int)launch.window + 1) : 0));
    unsigned long long examples = 0;
    double weight = 0.0;
    for (int centre = work.begin; centre < work.end; centre++) {
        const Window window = window_of(launch, work.sentence, work.reaches, centre);
        const Trained trained = trained_contexts(launch, work.sentence, window, centre);
        if (trained.contexts == 0)
            continue;
        examples += W2V_UNIT == W2V_UNIT_MEAN ? 1 : trained.contexts;
        weight += W2V_UNIT == W2V_UNIT_MEAN ? 1.0 : (double)trained.weight;
        train_centre(launch, work, window, trained, centre);
    }
    if (W2V_RING)
        empty(launch, work.ring);
    w2v_job_sums *const job = at_address<w2v_job_sums>(launch.sums) + segment.job;
    add_sums(job, (unsigned long long)(work.end - work.begin), examples, weight, work.sums);
}

extern "C" __global__ void __launch_bounds__(W2V_WARP *W2V_BLOCK_WARPS, 1)
    w2v_train(const __grid_constant__ w2v_launch launch)
{
    const int warp = (int)threadIdx.x / W2V_WARP;
    const int64_t warps = blockDim.x / W2V_WARP;
    const int64_t bytes = w2v_warp_bytes(
        W2V_UNIT, W2V_RING, W2V_TILE, launch.size, launch.window, launch.targets,
        launch.first.shared_bytes + launch.second.shared_bytes);
    float *const shared = (float *)((char *)w2v_shared_memory + warp * bytes);
    const int64_t scratch_floats = w2v_scratch_rows(W2V_UNIT, W2V_RING, launch.max_targets) * launch.stride;
    float *const scratch = at_address<float>(launch.scratch) + (blockIdx.x * warps + warp) * scratch_floats;
    const w2v_segment *const segments = at_address<const w2v_segment>(launch.segments);
    for (;;) {
        unsigned long long next = 0;
        if (lane_number() == 0)
            next = atomicAdd(at_address<unsigned long long>(launch.next_segment), 1ull);
        next = __shfl_sync(W2V_ALL_LANES, next, 0);
        if (next >= (unsigned long long)launch.n_segments)
            return;
        train_segment(launch, segments[next], shared, scratch);
    }
}
