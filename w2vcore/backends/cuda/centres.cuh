/* One centre with its window, for each unit (launch.h): context rows are in the ring, or read again for each window. */
#ifndef W2VCORE_CUDA_CENTRES_CUH
#define W2VCORE_CUDA_CENTRES_CUH

#include "blocks.cuh"
#include "inputs.cuh"

#define W2V_TEXT(name) #name
#define W2V_FILE(name) W2V_TEXT(name.cuh)
#include W2V_FILE(W2V_FIRST)
#if W2V_OBJECTIVES > 1
#include W2V_FILE(W2V_SECOND)
#endif

/* The state of a segment in training: the centres begin .. end - 1 of a sentence. */
struct Work {
    Sentence sentence;
    int begin, end;
    float alpha;
    int width; /* of a row in shared memory: the size of a vector, rounded up to four */
    float *scratch; /* of this warp, in device memory */
    W2V_FIRST first; /* the state of the objectives */
#if W2V_OBJECTIVES > 1
    W2V_SECOND second;
#endif
    Ring ring;
    Reaches reaches;
    LaneSums sums;
};

/* Initialise the state of the objectives. `shared`: memory for the first, then for the second. */
W2V_DEVICE void begin_objectives(const w2v_launch &launch, Work &work, float *shared)
{
    begin(work.first, launch.first, shared);
#if W2V_OBJECTIVES > 1
    begin(work.second, launch.second, shared + launch.first.shared_bytes / 4);
#endif
}

/* The targets that an objective, 0 or 1, chooses for a centre; with W2V_UNIT_PAIR for one of its pairs. */
W2V_DEVICE Targets
targets_of(int objective, const w2v_launch &launch, Work &work, const Window &window, int centre, int pair)
{
    const Example asked = W2V_UNIT == W2V_UNIT_PAIR
        ? Example{centre, pair, last_input(work.sentence, window) - window.left}
        : Example{centre, centre, work.end};
#if W2V_OBJECTIVES > 1
    if (objective == 1)
        return targets_of(work.second, launch, launch.second, work.sentence, asked);
#else
    (void)objective;
#endif
    return targets_of(work.first, launch, launch.first, work.sentence, asked);
}

/* How many inputs of a window are trained, and the sum of their weights. */
struct Trained {
    int contexts;
    float weight;
};

W2V_DEVICE Trained
trained_contexts(const w2v_launch &launch, const Sentence &sentence, const Window &window, int centre)
{
    const int all = last_input(sentence, window) - window.left;
    if (!W2V_WEIGHTS)
        return {all, (float)all};
    Trained trained = {sentence.n_tags, (float)sentence.n_tags};
    for (int begin = window.left; begin <= window.right; begin += W2V_WARP) {
        const int token = begin + lane_number();
        const bool inside = token <= window.right && token != centre;
        const float weight = inside ? weight_of(launch, centre, token) : 0.0f;
        trained.contexts += __popc(__ballot_sync(W2V_ALL_LANES, weight > 0.0f));
        trained.weight += sum_of_lanes(weight);
    }
    return trained;
}

/* All contexts at once, in the ring. */
W2V_DEVICE void train_shared_window(const w2v_launch &launch, Work &work, const Window &window, int centre)
{
    Targets targets = targets_of(0, launch, work, window, centre, 0);
    Fetched fetched;
    fetch(fetched, launch, targets, 0, work.width);
    move_ring(launch, work.sentence, work.ring, centre, window);
    const Contexts contexts = contexts_of(launch, work.ring, window, centre);
    train_window(fetched, launch, targets, work.ring, contexts, work.alpha, work.sums);
    if (W2V_OBJECTIVES > 1) {
        targets = targets_of(1, launch, work, window, centre, 0);
        fetch(fetched, launch, targets, 0, work.width);
        train_window(fetched, launch, targets, work.ring, contexts, work.alpha, work.sums);
    }
}

/* Pair by pair: context rows in the ring. */
W2V_DEVICE void train_pairs(const w2v_launch &launch, Work &work, const Window &window, int centre)
{
    move_ring(launch, work.sentence, work.ring, centre, window);
    for (int token = window.left, pair = 0; token <= window.right; token++) {
        const Times times = times_of_input(launch, window, centre, token);
        if (!(times > 0))
            continue;
        const int slot = slot_of(work.ring, token);
        const float learn = (float)times * lock_of_slot(work.ring, slot);
        Fragment row, error;
        read_own(row, value_row(work.ring, slot), work.width);
#pragma unroll
        for (int objective = 0; objective < W2V_OBJECTIVES; objective++) {
            const Targets targets = targets_of(objective, launch, work, window, centre, pair);
            train_row(error, row, launch, targets, work.width, work.alpha, times, nullptr, work.sums);
            add_scaled(row, learn, error);
        }
        write_own(value_row(work.ring, slot), row, work.width);
        pair++;
    }
}

/* Factors of the mean: of the sum of the context rows, and of the error that each of them receives (block.h). */
struct MeanScales {
    float hidden, error;
};

W2V_DEVICE MeanScales scales_of(const w2v_launch &launch, float weight)
{
    const float share = 1.0f / weight;
    if (launch.corrected)
        return MeanScales{share, share};
    return launch.cbow_mean ? MeanScales{share, 1.0f} : MeanScales{1.0f, share};
}

/* The mean of context rows in the ring. */
W2V_DEVICE void train_mean(
    const w2v_launch &launch, Work &work, const Window &window, const Trained &trained, int centre)
{
    move_ring(launch, work.sentence, work.ring, centre, window);
    const Contexts contexts = contexts_of(launch, work.ring, window, centre);
    const MeanScales scales = scales_of(launch, trained.weight);
#pragma unroll
    for (int objective = 0; objective < W2V_OBJECTIVES; objective++) {
        Fragment hidden, row, error;
        clear(hidden);
        for (uint32_t left = contexts.lanes; left;) {
            const Context context = next_context(launch, work.ring, contexts, left);
            read_own(row, value_row(work.ring, context.slot), work.width);
            add_scaled(hidden, (float)context.times, row);
        }
        scale(hidden, scales.hidden);
        const Targets targets = targets_of(objective, launch, work, window, centre, 0);
        train_row(error, hidden, launch, targets, work.width, work.alpha, 1, nullptr, work.sums);
        for (uint32_t left = contexts.lanes; left;) {
            const Context context = next_context(launch, work.ring, contexts, left);
            read_own(row, value_row(work.ring, context.slot), work.width);
            add_scaled(row, scales.error * context.learn, error);
            write_own(value_row(work.ring, context.slot), row, work.width);
        }
    }
}

/* How often the word of a context counts in the window; 0 if this is not its first occurrence that counts. */
W2V_DEVICE Times
times_in_window(const w2v_launch &launch, const Sentence &sentence, const Window &window, int centre, int token)
{
    const uint32_t word = sentence.ids[token];
    Times times = 0;
    for (int begin = window.left; begin <= window.right; begin += W2V_WARP) {
        const int other = begin + lane_number();
        const bool same = other <= window.right && other != centre && sentence.ids[other] == word;
        const float weight = W2V_WEIGHTS && same ? weight_of(launch, centre, other) : 0.0f;
        const uint32_t lanes = __ballot_sync(W2V_ALL_LANES, W2V_WEIGHTS ? weight > 0.0f : same);
        if (times == 0 && lanes && begin + __ffs((int)lanes) - 1 != token)
            return 0;
        times += W2V_WEIGHTS ? (Times)sum_of_lanes(weight) : (Times)__popc(lanes);
    }
    return times;
}

/* Add the changes that the contexts of a window left in the scratch to the targets' rows, and clear it. */
W2V_DEVICE void add_scratch(const w2v_launch &launch, const Work &work, const Targets &targets)
{
    for (int first = 0; first < targets.n; first += W2V_TILE) {
        const Tile tile = take_tile(targets, first);
        for (int t = 0; t < W2V_TILE; t++) {
            const int64_t row = row_of_target(tile, t);
            if (!has_target(tile, t))
                continue;
            float *const from = work.scratch + (first + t) * launch.stride;
            Fragment change;
            read_matrix(change, from, work.width);
            add_to_matrix(targets.matrix + row * launch.stride, change, work.width);
            clear(change);
            write_own(from, change, work.width);
        }
    }
}

/* All contexts at once, without a ring: the targets' rows change only after all contexts have been trained. */
W2V_DEVICE void train_wide_shared_window(const w2v_launch &launch, Work &work, const Window &window, int centre)
{
#pragma unroll
    for (int objective = 0; objective < W2V_OBJECTIVES; objective++) {
        const Targets targets = targets_of(objective, launch, work, window, centre, 0);
        for (int token = window.left; token <= window.right; token++) {
            const Times times = token == centre ? 0 : times_in_window(launch, work.sentence, window, centre, token);
            if (!(times > 0))
                continue;
            Fragment row, error;
            read_matrix(row, input_row(launch, work.sentence.ids[token]), work.width);
            train_row(error, row, launch, targets, work.width, work.alpha, times, work.scratch, work.sums);
            scale(error, (float)times * lock_of(launch, work.sentence.ids[token]));
            add_to_matrix(input_row(launch, work.sentence.ids[token]), error, work.width);
        }
        add_scratch(launch, work, targets);
    }
}

/* Pair by pair, without a ring. */
W2V_DEVICE void train_wide_pairs(const w2v_launch &launch, Work &work, const Window &window, int centre)
{
    const int last = last_input(work.sentence, window);
    for (int input = window.left, pair = 0; input <= last; input++) {
        const Times times = times_of_input(launch, window, centre, input);
        if (!(times > 0))
            continue;
        const Bag bag = bag_of_input(launch, work.sentence, window, input);
#pragma unroll
        for (int objective = 0; objective < W2V_OBJECTIVES; objective++) {
            Fragment row, error;
            clear(row);
            const float weight = add_bag(row, launch, bag, 1.0f, work.width);
            if (W2V_BAGS)
                scale(row, 1.0f / weight);
            const Targets targets = targets_of(objective, launch, work, window, centre, pair);
            train_row(error, row, launch, targets, work.width, work.alpha, times, nullptr, work.sums);
            give_bag(launch, bag, (float)times, error, work.width);
        }
        pair++;
    }
}

/* The mean without a ring: a row that occurs twice is summed twice, and receives the error twice. */
W2V_DEVICE void train_wide_mean(
    const w2v_launch &launch, Work &work, const Window &window, const Trained &trained, int centre)
{
    const int last = last_input(work.sentence, window);
#pragma unroll
    for (int objective = 0; objective < W2V_OBJECTIVES; objective++) {
        Fragment hidden, error;
        float weight = 0.0f;
        clear(hidden);
        for (int input = window.left; input <= last; input++) {
            const Times times = times_of_input(launch, window, centre, input);
            if (!(times > 0))
                continue;
            const Bag bag = bag_of_input(launch, work.sentence, window, input);
            weight += add_bag(hidden, launch, bag, (float)times, work.width);
        }
        const MeanScales scales = scales_of(launch, W2V_BAGS ? weight : trained.weight);
        scale(hidden, scales.hidden);
        const Targets targets = targets_of(objective, launch, work, window, centre, 0);
        train_row(error, hidden, launch, targets, work.width, work.alpha, 1, nullptr, work.sums);
        for (int input = window.left; input <= last; input++) {
            const Times times = times_of_input(launch, window, centre, input);
            if (!(times > 0))
                continue;
            const Bag bag = bag_of_input(launch, work.sentence, window, input);
            give_bag(launch, bag, scales.error * (float)times, error, work.width);
        }
    }
}

W2V_DEVICE void train_centre(
    const w2v_launch &launch, Work &work, const Window &window, const Trained &trained, int centre)
{
    if constexpr (W2V_UNIT == W2V_UNIT_WINDOW && W2V_RING)
        train_shared_window(launch, work, window, centre);
    else if constexpr (W2V_UNIT == W2V_UNIT_WINDOW)
        train_wide_shared_window(launch, work, window, centre);
    else if constexpr (W2V_UNIT == W2V_UNIT_PAIR && W2V_RING)
        train_pairs(launch, work, window, centre);
    else if constexpr (W2V_UNIT == W2V_UNIT_PAIR)
        train_wide_pairs(launch, work, window, centre);
    else if constexpr (W2V_RING)
        train_mean(launch, work, window, trained, centre);
    else
        train_wide_mean(launch, work, window, trained, centre);
}

#endif
