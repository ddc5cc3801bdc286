/* The context rows of a segment in shared memory, each for its whole life: from the first window that reaches it until
 * the last window that could.
 *
 * A row is read once from device memory, trained here, and written back once: its change, the value minus the initial
 * value, is added to the matrix by atomics, so that what other warps have added meanwhile is kept. A word that occurs
 * again while its row is here shares the slot. There are 2 * window + 1 <= 31 tokens at a time, so each has a lane that
 * keeps its state:
 *
 *   token k      lane k % 32 knows the slot of its row
 *   slot s       lane s knows its word, how many tokens use it, and its lock factor
 *
 * A slot holds the value, the initial value and, with several tiles of targets, the sum of the tiles' changes so far.
 */
#ifndef W2VCORE_CUDA_RING_CUH
#define W2VCORE_CUDA_RING_CUH

#include "scores.cuh"
#include "tokens.cuh"

struct Ring {
    float *rows;
    int width, slot_floats;
    int oldest, next; /* tokens oldest .. next - 1 are in the ring */
    /* of the lane's token */
    int slot;
    /* of the lane's slot */
    uint32_t word;
    int uses;
    float lock;
};

W2V_DEVICE float lock_of(const w2v_launch &launch, uint32_t word)
{
    return launch.lock ? __ldg(at_address<const float>(launch.lock) + word % (uint64_t)launch.lock_size) : 1.0f;
}

/* How much a context of a centre counts, by its distance. */
W2V_DEVICE float weight_of(const w2v_launch &launch, int centre, int token)
{
    const int distance = token < centre ? centre - token : token - centre;
    return __ldg(at_address<const float>(launch.weights) + (distance - 1));
}

/* An empty ring for centres from `centre` on. */
W2V_DEVICE Ring empty_ring(const w2v_launch &launch, float *shared, int width, int centre)
{
    Ring ring;
    ring.rows = shared;
    ring.width = width;
    ring.slot_floats = w2v_slot_rows(W2V_UNIT, W2V_TILE, launch.targets) * width;
    ring.oldest = ring.next = centre > launch.window ? centre - (int)launch.window : 0;
    ring.slot = 0;
    ring.word = 0;
    ring.uses = 0;
    ring.lock = 1.0f;
    return ring;
}

W2V_DEVICE float *value_row(const Ring &ring, int slot)
{
    return ring.rows + slot * ring.slot_floats;
}

W2V_DEVICE float *initial_value(const Ring &ring, int slot)
{
    return value_row(ring, slot) + ring.width;
}

W2V_DEVICE float *pending_row(const Ring &ring, int slot)
{
    return value_row(ring, slot) + 2 * ring.width;
}

/* The slot of a token in the ring. */
W2V_DEVICE int slot_of(const Ring &ring, int token)
{
    return __shfl_sync(W2V_ALL_LANES, ring.slot, token & (W2V_WARP - 1));
}

/* The lock factor of a slot. */
W2V_DEVICE float lock_of_slot(const Ring &ring, int slot)
{
    return __shfl_sync(W2V_ALL_LANES, ring.lock, slot);
}

W2V_DEVICE void acquire_slot(const w2v_launch &launch, const Sentence &sentence, Ring &ring)
{
    const int token = ring.next++;
    const uint32_t word = sentence.ids[token];
    const uint32_t here = __ballot_sync(W2V_ALL_LANES, ring.uses > 0 && ring.word == word);
    const uint32_t free = __ballot_sync(W2V_ALL_LANES, ring.uses == 0);
    const int slot = __ffs((int)(here ? here : free)) - 1;
    if (!here) {
        Fragment row;
        read_matrix(row, at_address<const float>(launch.input) + (int64_t)word * launch.stride, ring.width);
        write_own(value_row(ring, slot), row, ring.width);
        write_own(initial_value(ring, slot), row, ring.width);
    }
    if (lane_number() == slot) {
        ring.word = word;
        ring.uses++;
        if (!here)
            ring.lock = lock_of(launch, word);
    }
    if (lane_number() == (token & (W2V_WARP - 1)))
        ring.slot = slot;
}

W2V_DEVICE void release_slot(const w2v_launch &launch, Ring &ring)
{
    const int slot = slot_of(ring, ring.oldest++);
    const int uses = __shfl_sync(W2V_ALL_LANES, ring.uses, slot);
    const int64_t word = __shfl_sync(W2V_ALL_LANES, ring.word, slot);
    if (uses == 1) {
        Fragment learned, initial;
        read_own(learned, value_row(ring, slot), ring.width);
        read_own(initial, initial_value(ring, slot), ring.width);
        add_scaled(learned, -1.0f, initial);
        add_to_matrix(at_address<float>(launch.input) + word * launch.stride, learned, ring.width);
    }
    if (lane_number() == slot)
        ring.uses--;
}

/* Release the tokens that no window from `centre` on can reach, and acquire those that this window reaches. */
W2V_DEVICE void move_ring(
    const w2v_launch &launch, const Sentence &sentence, Ring &ring, int centre, const Window &window)
{
    while (centre - ring.oldest > launch.window)
        release_slot(launch, ring);
    while (ring.next <= window.right)
        acquire_slot(launch, sentence, ring);
}

W2V_DEVICE void empty(const w2v_launch &launch, Ring &ring)
{
    while (ring.oldest < ring.next)
        release_slot(launch, ring);
}

/* The distinct context rows of a window: a bit for each, on the lane that knows its slot and how often it counts. */
struct Contexts {
    uint32_t lanes;
    int slot;
    Times times;
};

/* The sum of the weights on the lanes `alike`; 0 on those that are not `inside`. */
W2V_DEVICE float sum_of_weights(uint32_t alike, bool inside, float weight)
{
    float sum = 0.0f;
    for (uint32_t left = __ballot_sync(W2V_ALL_LANES, inside); left; left &= left - 1) {
        const int lane = __ffs((int)left) - 1;
        const float other = __shfl_sync(W2V_ALL_LANES, weight, lane);
        sum += alike >> lane & 1 ? other : 0.0f;
    }
    return sum;
}

W2V_DEVICE Contexts contexts_of(const w2v_launch &launch, const Ring &ring, const Window &window, int centre)
{
    const int token = ring.oldest + ((lane_number() - ring.oldest) & (W2V_WARP - 1));
    bool inside = token >= window.left && token <= window.right && token != centre;
    const float weight = W2V_WEIGHTS && inside ? weight_of(launch, centre, token) : 0.0f;
    if (W2V_WEIGHTS)
        inside = weight > 0.0f;
    const uint32_t alike = __match_any_sync(W2V_ALL_LANES, inside ? ring.slot : W2V_WARP + lane_number());
    const bool first = inside && __ffs((int)alike) - 1 == lane_number();
    const uint32_t lanes = __ballot_sync(W2V_ALL_LANES, first);
    return {lanes, ring.slot, W2V_WEIGHTS ? (Times)sum_of_weights(alike, inside, weight) : (Times)__popc(alike)};
}

/* One context row, the same on all lanes. */
struct Context {
    int lane, slot;
    Times times;
    float learn; /* times the lock factor */
};

/* The first context whose bit is left; its bit is cleared. */
W2V_DEVICE Context next_context(const w2v_launch &launch, const Ring &ring, const Contexts &contexts, uint32_t &left)
{
    Context context;
    context.lane = __ffs((int)left) - 1;
    left &= left - 1;
    if (W2V_WEIGHTS) {
        context.slot = __shfl_sync(W2V_ALL_LANES, contexts.slot, context.lane);
        context.times = __shfl_sync(W2V_ALL_LANES, contexts.times, context.lane);
    } else { /* both at once */
        const unsigned both = (unsigned)(contexts.slot + W2V_WARP * (int)contexts.times);
        const unsigned chosen = __shfl_sync(W2V_ALL_LANES, both, context.lane);
        context.slot = (int)(chosen % W2V_WARP);
        context.times = (Times)(chosen / W2V_WARP);
    }
    context.learn = (float)context.times;
    if (launch.lock)
        context.learn *= lock_of_slot(ring, context.slot);
    return context;
}

#endif
