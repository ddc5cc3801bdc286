/* One kernel on the host (lanes.h). Macros: W2V_SOURCE, the file; W2V_KERNEL, the function. */
#include "lanes.h"

#include <setjmp.h>
#include <stdio.h>
#include <ucontext.h>
#include <vector>

#include W2V_SOURCE

dim3 threadIdx, blockIdx, blockDim, gridDim;

enum { WARP = 32, SHARED_BYTES = 228 << 10, STACK_BYTES = 256 << 10 };
extern "C" {
float4 w2v_shared_memory[SHARED_BYTES / sizeof(float4)];
}

struct Lane {
    jmp_buf here;
    ucontext_t start;
    std::vector<char> stack;
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

static std::vector<Warp> *warps;
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
    warp = &(*warps)[number];
    lane = which;
    Lane *const self = &warp->lanes[which];
    self->stack.resize(STACK_BYTES);
    self->done = false;
    getcontext(&self->start);
    self->start.uc_stack.ss_sp = self->stack.data();
    self->start.uc_stack.ss_size = self->stack.size();
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
    warp = &(*warps)[number];
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

/* Run a launch; returns NULL, or what went wrong. Lanes take turns in the order lane ^ x, x being drawn anew from `order`
 * for each meeting, or 0. */
extern "C" const char *w2v_emulate(const w2v_launch *launch, int blocks, int threads, int64_t shared_bytes, uint64_t order)
{
    if (shared_bytes > SHARED_BYTES)
        return "too much shared memory";
    argument = launch;
    gridDim = {(unsigned)blocks, 1, 1};
    blockDim = {(unsigned)threads, 1, 1};
    for (int block = 0; block < blocks; block++) {
        std::vector<Warp> all((size_t)threads / WARP);
        warps = &all;
        blockIdx = {(unsigned)block, 0, 0};
        memset(w2v_shared_memory, 0xff, sizeof w2v_shared_memory);
        for (size_t number = 0; number < all.size(); number++)
            for (int which = 0; which < WARP; which++)
                prepare((int)number, which);
        for (size_t running = all.size(); running;) {
            running = 0;
            for (size_t number = 0; number < all.size(); number++) {
                if (all[number].done)
                    continue;
                order = order * UINT64_C(6364136223846793005) + (order ? UINT64_C(1442695040888963407) : 0);
                if (!step((int)number, order >> 59))
                    return complaint;
                running += !all[number].done;
            }
        }
        for (size_t i = (size_t)shared_bytes; i < sizeof w2v_shared_memory; i++)
            if (((unsigned char *)w2v_shared_memory)[i] != 0xff)
                return "written past the end of shared memory";
    }
    return nullptr;
}
