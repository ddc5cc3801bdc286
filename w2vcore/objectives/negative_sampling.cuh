/* Negative sampling on a GPU (backends/cuda/launch.h says what such a file has), and what its relatives share with it.
 *
 * It draws for many examples at once, so that the lanes share the work and the reads of the alias table overlap: the
 * targets of an example (its centre, then the noise words) are an entry of a table in shared memory. Repeated words are
 * merged into counts, and a noise word that is the centre has the count 0. Arrays: the alias table.
 */
#ifndef W2VCORE_OBJECTIVES_NEGATIVE_SAMPLING_CUH
#define W2VCORE_OBJECTIVES_NEGATIVE_SAMPLING_CUH

#include "targets.cuh"

/* What becomes of words that are drawn more than once, or are the centre. */
enum Repeats {
    MERGED,              /* noise words are counted, and draws of the centre dropped */
    MERGED_WITH_CENTRE,  /* both are counted: a draw of the centre is noise, too */
    DROPPED              /* each word stands once */
};

/* Entries of `each` targets for the examples first .. first + ready. */
struct negative_sampling {
    uint32_t *rows;
    float *counts;
    float *labels; /* with MERGED_WITH_CENTRE: what share of its counts is true */
    int each, room;
    int first, ready;
    int centre; /* whose pairs the examples are, with W2V_UNIT_PAIR */
};

/* Cut the shared memory into columns, of which there are 2 or, with labels, 3. */
W2V_DEVICE void begin_table(negative_sampling &table, const w2v_objective &own, float *shared, int columns)
{
    table.each = 1 + own.draws;
    table.room = own.shared_bytes / (4 * columns);
    table.rows = (uint32_t *)shared;
    table.counts = shared + table.room;
    table.labels = table.counts + table.room;
    table.first = table.ready = 0;
    table.centre = -1;
}

W2V_DEVICE void begin(negative_sampling &table, const w2v_objective &own, float *shared)
{
    begin_table(table, own, shared, 2);
}

/* Draw `number` of the noise words for the centre at a place in the epoch. */
W2V_DEVICE uint32_t draw_noise(const w2v_launch &launch, const w2v_objective &own, uint64_t place, uint64_t number)
{
    const w2v_random_block numbers = w2v_random(own.key, place, number / 2);
    const uint32_t first = number % 2 ? numbers.word[2] : numbers.word[0];
    const uint32_t second = number % 2 ? numbers.word[3] : numbers.word[1];
    const uint32_t chosen = w2v_below(first, (uint64_t)launch.vocabulary);
    const uint2 slot = __ldg(at_address<const uint2>(own.array0) + chosen); /* threshold, alias */
    return second < slot.x ? chosen : slot.y;
}

/* Fill the table for as many examples as there is room for. */
template <Repeats REPEATS>
W2V_DEVICE void draw_examples(
    negative_sampling &table, const w2v_launch &launch, const w2v_objective &own, const Sentence &sentence,
    const Example &asked)
{
    const int room = table.room / table.each, wanted = asked.end - asked.number;
    table.centre = asked.centre;
    table.first = asked.number;
    table.ready = wanted < room ? wanted : room;
    const int entries = table.ready * table.each;
    __syncwarp(); /* all lanes have read what was here before */
    for (int i = lane_number(); i < entries; i += W2V_WARP) {
        const int example = asked.number + i / table.each, target = i % table.each;
        const int token = W2V_UNIT == W2V_UNIT_PAIR ? asked.centre : example;
        const uint64_t skipped = W2V_UNIT == W2V_UNIT_PAIR ? (uint64_t)example * (table.each - 1) : 0;
        table.rows[i] =
            target ? draw_noise(launch, own, place_of(sentence, token), skipped + target - 1) : sentence.ids[token];
    }
    __syncwarp();
    for (int i = lane_number(); i < entries; i += W2V_WARP) {
        const int begin = i / table.each * table.each;
        int times = 0, earlier = 0;
        for (int j = begin; j < begin + table.each; j++) {
            const bool same = table.rows[j] == table.rows[i];
            times += same;
            earlier |= same && j < i;
        }
        const bool once = REPEATS == DROPPED || (REPEATS == MERGED && i == begin);
        table.counts[i] = earlier ? 0.0f : once ? 1.0f : (float)times;
        if (REPEATS == MERGED_WITH_CENTRE)
            table.labels[i] = i == begin ? 1.0f / (float)times : 0.0f;
    }
    __syncwarp();
}

/* The targets of an example, drawn if they have not been; the caller adds labels and offsets. */
template <Repeats REPEATS>
W2V_DEVICE Targets drawn_targets(
    negative_sampling &table, const w2v_launch &launch, const w2v_objective &own, const Sentence &sentence,
    const Example &asked)
{
    const bool other = W2V_UNIT == W2V_UNIT_PAIR && table.centre != asked.centre;
    if (other || asked.number >= table.first + table.ready)
        draw_examples<REPEATS>(table, launch, own, sentence, asked);
    const int entry = (asked.number - table.first) * table.each;
    Targets targets = {
        at_address<float>(own.matrix), table.rows + entry, table.counts + entry, nullptr, table.each, false};
    if (REPEATS == MERGED_WITH_CENTRE)
        targets.soft_labels = table.labels + entry;
    return targets;
}

W2V_DEVICE Targets targets_of(
    negative_sampling &table, const w2v_launch &launch, const w2v_objective &own, const Sentence &sentence,
    const Example &asked)
{
    return drawn_targets<MERGED>(table, launch, own, sentence, asked);
}

#endif
