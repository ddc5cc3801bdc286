/* One kernel on the host (lanes.h). Macros: W2V_SOURCE, the file; W2V_KERNEL, the function. */
#include "lanes.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include W2V_SOURCE

dim3 threadIdx, blockIdx, blockDim, gridDim;

enum { WARP = 32, SHARED_BYTES = 228 << 10, STACK_BYTES = 256 << 10 };
extern "C" {
float4 w2v_shared_memory[SHARED_BYTES / sizeof(float4)];
}

struct Lane {
    jmp_buf here;
    ucontext_t start;
    char *stack;
    bool done;
    Meeting meeting;
    uint64_t given;
    unsigned mask;
    const char *file;
    int line;
};

struct Warp {
    Lane lanes[WARP];
    uint64_t met[WARP]; /* what was given at the last meeting */
    bool done;
};

static Warp *warps; /* of the block */
static Warp *warp;
static int lane;
static const w2v_launch *argument;
static jmp_buf scheduler;
static ucontext_t scheduler_context;
static char complaint[256];

int current_lane()
{
    return lane;
}

const uint64_t *meet(Meeting meeting, unsigned mask, uint64_t given, const char *file, int line)
{
    Lane *const self = &warp->lanes[lane];
    self->meeting = meeting;
    self->mask = mask;
    self->given = given;
    self->file = file;
    self->line = line;
    if (!_setjmp(self->here))
        _longjmp(scheduler, 1);
    return warp->met;
}

static void run_lane()
{
    Lane *const self = &warp->lanes[lane];
    if (!_setjmp(self->here)) /* where the scheduler begins */
        setcontext(&scheduler_context);
    W2V_KERNEL(*argument);
    warp->lanes[lane].done = true;
    _longjmp(scheduler, 1);
}

/* Make a fiber that waits at the beginning of the kernel. */
static void prepare(int number, int which)
{
    warp = &warps[number];
    lane = which;
    Lane *const self = &warp->lanes[which];
    self->stack = (char *)malloc(STACK_BYTES);
    getcontext(&self->start);
    self->start.uc_stack.ss_sp = self->stack;
    self->start.uc_stack.ss_size = STACK_BYTES;
    self->start.uc_link = nullptr;
    makecontext(&self->start, run_lane, 0);
    swapcontext(&scheduler_context, &self->start);
}

static void resume(Lane *self)
{
    if (!_setjmp(scheduler))
        _longjmp(self->here, 1);
}

/* Let each lane of a warp run to its next meeting, in an order of the caller's; false if they do not meet. */
static bool step(int number, uint64_t turn)
{
    warp = &warps[number];
    for (int i = 0; i < WARP; i++) {
        lane = (int)((i ^ turn) & (WARP - 1)); /* a permutation for each turn */
        threadIdx = {(unsigned)(number * WARP + lane), 0, 0};
        if (!warp->lanes[lane].done)
            resume(&warp->lanes[lane]);
    }
    const Lane &first = warp->lanes[0];
    warp->done = first.done;
    for (int i = 0; i < WARP; i++) {
        const Lane &other = warp->lanes[i];
        const bool same = other.meeting == first.meeting && other.file == first.file && other.line == first.line;
        if (other.done != first.done || (!first.done && (!same || other.mask != 0xffffffffu))) {
            snprintf(
                complaint, sizeof complaint, "lanes 0 and %d do not meet: %s:%d%s, %s:%d%s", i, first.file, first.line,
                first.done ? " (done)" : "", other.file, other.line, other.done ? " (done)" : "");
            return false;
        }
        warp->met[i] = other.given;
    }
    return true;
}

/* Run one block of `n_warps`; returns NULL, or what went wrong. */
static const char *run_block(int n_warps, uint64_t *order)
{
    for (int number = 0; number < n_warps; number++)
        for (int which = 0; which < WARP; which++)
            prepare(number, which);
    for (int running = n_warps; running;) {
        running = 0;
        for (int number = 0; number < n_warps; number++) {
            if (warps[number].done)
                continue;
            if (*order)
                *order = *order * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            if (!step(number, *order >> 59))
                return complaint;
            running += !warps[number].done;
        }
    }
    return nullptr;
}

/* Run a launch; returns NULL, or what went wrong. Lanes take turns in the order lane ^ x, where x is drawn anew for
 * each meeting, from the seed `order`; if that is 0, in ascending order. */
extern "C" const char *w2v_emulate(
    const w2v_launch *launch, int blocks, int threads, int64_t shared_bytes, uint64_t order)
{
    if (shared_bytes > SHARED_BYTES)
        return "too much shared memory";
    argument = launch;
    gridDim = {(unsigned)blocks, 1, 1};
    blockDim = {(unsigned)threads, 1, 1};
    const char *wrong = nullptr;
    for (int block = 0; block < blocks && !wrong; block++) {
        const int n_warps = threads / WARP;
        warps = (Warp *)calloc((size_t)n_warps, sizeof *warps);
        blockIdx = {(unsigned)block, 0, 0};
        memset(w2v_shared_memory, 0xff, sizeof w2v_shared_memory);
        wrong = run_block(n_warps, &order);
        for (size_t i = (size_t)shared_bytes; i < sizeof w2v_shared_memory && !wrong; i++)
            if (((unsigned char *)w2v_shared_memory)[i] != 0xff)
                wrong = "written past the end of shared memory";
        for (int i = 0; i < n_warps * WARP; i++)
            free(warps[i / WARP].lanes[i % WARP].stack);
        free(warps);
    }
    return wrong;
}
