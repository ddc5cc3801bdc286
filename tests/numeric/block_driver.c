/* Run one block table on the problems of a file, for machines that Python does not run on: driver PROBLEMS RESULTS.
 *
 * Compiled with a block unit and -DTABLE=w2v_blocks_<isa> by test_cross.py, which writes the problems, one after the
 * other, in the machine's (little-endian) order:
 *
 *   int64    kind (0 pairs, 1 mean, 2 sigmoid), with_loss, rows, stride, n_inputs, n_targets, has_counts, lock_size,
 *            judge, columns
 *   float32  alpha, scale, error_scale
 *   float32  inputs [rows x stride], targets [rows x stride]
 *   uint32   input_rows [n_inputs];        float32  input_counts [n_inputs] if has_counts
 *   uint32   target_rows [n_targets];      float32  labels, target_counts [n_targets]
 *   float32  lock [lock_size], or no lock at all if 0
 *
 * and expects for each: inputs and targets as they are afterwards, three float64: loss, judged and
 * correct. A sigmoid's scores stand in `inputs`, with rows = 1 and no targets matrix.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"

extern const w2v_block_table TABLE;

enum { PAIRS, MEAN, SIGMOID };

static void fail(const char *what)
{
    fprintf(stderr, "block_driver: %s\n", what);
    exit(1);
}

/* `size` bytes on a 64-byte border. Never freed: the process lives for one file. */
static void *room(size_t size)
{
    char *raw = malloc(size + 2 * W2V_ROW_ALIGN);
    if (!raw)
        fail("out of memory");
    return raw + W2V_ROW_ALIGN - (uintptr_t)raw % W2V_ROW_ALIGN;
}

static void *array(FILE *from, int64_t n)
{
    void *made = room((size_t)n * 4);
    if (fread(made, 4, (size_t)n, from) != (size_t)n)
        fail("the file of problems ends early");
    return made;
}

/* Stored as float32. */
static uint8_t *labels(FILE *from, int64_t n)
{
    const float *stored = array(from, n);
    uint8_t *made = room((size_t)n);
    for (int64_t t = 0; t < n; t++)
        made[t] = (uint8_t)stored[t];
    return made;
}

static void put(FILE *to, const void *values, size_t size, size_t n)
{
    if (fwrite(values, size, n, to) != n)
        fail("cannot write the results");
}

/* Scratch exactly as large as promised, filled with NaN, between fences that must not be written. */
#define FENCE 64
static w2v_scratch make_scratch(size_t size)
{
    char *raw = room(size + 2 * FENCE);
    memset(raw, 0xFF, size + 2 * FENCE);
    return w2v_scratch_at((float *)(void *)(raw + FENCE));
}

static void check_fences(w2v_scratch scratch, size_t size)
{
    const unsigned char *start = (const unsigned char *)scratch.floats;
    for (int i = 0; i < FENCE; i++)
        if (start[-1 - i] != 0xFF || start[size + i] != 0xFF)
            fail("a block wrote outside its scratch");
}

static int solve(FILE *from, FILE *to)
{
    int64_t head[10];
    float numbers[3];
    w2v_matrices m;
    w2v_matrix inputs, targets;
    float *x, *y;
    w2v_inputs chosen;
    w2v_targets named;
    w2v_sums sums = {0};
    size_t size;
    if (fread(head, sizeof head, 1, from) != 1)
        return 0;
    if (fread(numbers, sizeof numbers, 1, from) != 1)
        fail("the file of problems ends early");
    memset(&m, 0, sizeof m);
    memset(&named, 0, sizeof named);
    m.stride = head[3];
    m.columns = head[9];
    x = array(from, head[2] * m.stride);
    if (head[0] == SIGMOID) {
        TABLE.sigmoid(x, m.stride);
        put(to, x, 4, (size_t)m.stride);
        return 1;
    }
    y = array(from, head[2] * m.stride);
    inputs = w2v_whole(x);
    targets = w2v_whole(y);
    m.inputs = &inputs;
    m.targets = &targets;
    m.alpha = numbers[0];
    chosen.scale = numbers[1];
    chosen.error_scale = numbers[2];
    chosen.weight = 1;
    m.judge = (int)head[8];
    chosen.n = head[4];
    named.n = head[5];
    chosen.rows = array(from, chosen.n);
    chosen.counts = head[6] ? array(from, chosen.n) : NULL;
    named.rows = array(from, named.n);
    named.labels = labels(from, named.n);
    named.counts = array(from, named.n);
    m.lock_size = head[7];
    m.lock = m.lock_size ? array(from, m.lock_size) : NULL;

    size = 4 * (size_t)w2v_scratch_floats(chosen.n, named.n, m.stride);
    w2v_scratch scratch = make_scratch(size);
    (head[0] == PAIRS ? TABLE.hard.pairs : TABLE.hard.mean)[head[1]](&m, &chosen, &named, &scratch, &sums);
    check_fences(scratch, size);
    put(to, x, 4, (size_t)(head[2] * m.stride));
    put(to, y, 4, (size_t)(head[2] * m.stride));
    put(to, &sums.loss, sizeof sums.loss, 1);
    put(to, &sums.judged, sizeof sums.judged, 1);
    put(to, &sums.correct, sizeof sums.correct, 1);
    return 1;
}

int main(int argc, char **argv)
{
    FILE *from, *to;
    if (argc != 3)
        fail("arguments: the file of problems, the file for results");
    from = fopen(argv[1], "rb");
    to = fopen(argv[2], "wb");
    if (!from || !to)
        fail("cannot open the files");
    while (solve(from, to))
        ;
    if (fclose(to))
        fail("cannot write the results");
    printf("%s\n", TABLE.name);
    return 0;
}
