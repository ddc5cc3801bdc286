/* Asks of a kernel what compute-sanitizer asks on a GPU, and more: every access to memory is looked at, while up to 64
 * warps are interleaved at random accesses.
 *
 * The kernel (watched.cpp) is compiled with -fsanitize=thread, but not linked with that sanitizer: the functions that
 * the compiler calls at each access are those below. Each lane is a fiber, as in lanes.cpp. The scheduler lets a lane
 * that it draws run until it meets the others of its warp, or until an access at which it draws another one.
 *
 *   memory       what is asked
 *   ONLY_READ    nothing writes to it
 *   ADDED_TO     it changes by atomic additions alone, and is read past the first-level cache (__ldcg)
 *   OWN          it is written before it is read; of two lanes that use a word, one of them writing, both belong to one
 *                warp, and that warp has been through __syncwarp in between. Shared memory is of this kind
 *   FREE         nothing
 *
 * A shuffle, a ballot or a match lets lanes meet, but orders no memory: CUDA promises that of __syncwarp alone. What is in
 * none of these ranges, nor in the lane's stack, is out of bounds. (CUDA C++ programming guide, warp functions.)
 */
#define W2V_WATCHED 1
#include "lanes.h"

#include "launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

dim3 threadIdx, blockIdx, blockDim, gridDim;

enum { WARP = 32, MOST_WARPS = 64, SHARED_BYTES = 16 << 20, STACK_BYTES = 256 << 10 };
extern "C" {
float4 w2v_shared_memory[SHARED_BYTES / sizeof(float4)];
void w2v_watched_kernel(const w2v_launch *launch);
extern const char __ehdr_start[] __attribute__((visibility("hidden"))); /* of this library, as the linker has it */
extern const char _end[] __attribute__((visibility("hidden")));
}

enum Kind { ONLY_READ, ADDED_TO, OWN, FREE };

enum { NOBODY = -1, SEVERAL = -2 };

/* Who used a word of four bytes last; lanes are numbered through all warps, times are a warp's number of __syncwarps. */
struct Word {
    int writer = NOBODY, reader = NOBODY, reading_warp = NOBODY;
    unsigned written = 0, read = 0;
    bool initialised = false;
};

struct Range {
    uint64_t begin;
    int64_t bytes;
    int32_t kind;
    int32_t initialised;
    char name[24];
};

struct Watched {
    Range range;
    Word *words; /* of OWN memory */
};

enum State { READY, MEETS, ENDED };

struct Lane {
    jmp_buf here;
    ucontext_t start;
    State state;
    Meeting meeting;
    uint64_t given;
    unsigned mask;
    const char *file;
    int line;
};

struct Warp {
    Lane lanes[WARP];
    uint64_t met[WARP];
    unsigned time;
    bool ended;
};

static Warp *warps;
static char *stacks;
static int warp, lane, n_warps;
static bool inside; /* a lane of the kernel runs, not this file */
static const w2v_launch *argument;
static jmp_buf scheduler;
static ucontext_t scheduler_context;
static Watched *ranges;
static int n_ranges;
static uint64_t random_state;
static unsigned patience; /* a lane is stopped at one access in so many; 0: never */
static char complaint[400];

static unsigned draw(unsigned below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((random_state >> 33) % below);
}

static Lane *self()
{
    return &warps[warp].lanes[lane];
}

static void leave()
{
    inside = false;
    if (!_setjmp(self()->here))
        _longjmp(scheduler, 1);
    inside = true;
}

static void complain(const void *code, const char *format, ...)
{
    if (*complaint)
        return;
    va_list values;
    va_start(values, format);
    const int length = vsnprintf(complaint, sizeof complaint - 60, format, values);
    va_end(values);
    snprintf(
        complaint + length, sizeof complaint - (size_t)length, ", warp %d, lane %d @%lx", warp, lane,
        (unsigned long)((const char *)code - __ehdr_start));
    _longjmp(scheduler, 1);
}

static const char *name_of(Use use)
{
    static const char *const names[] = {"read", "written", "read past the cache", "read by __ldg", "added to"};
    return names[use];
}

static void use_word(Word *word, const Range &range, int64_t at, Use use, const void *code)
{
    const int own = warp * WARP + lane;
    const unsigned now = warps[warp].time;
    const bool writes = use == PLAIN_WRITE || use == ATOMIC_ADD, reads = use != PLAIN_WRITE;
    if (reads && !word->initialised)
        complain(code, "%s: byte %ld is %s before it is written", range.name, (long)at, name_of(use));
    const bool after_write =
        word->writer != NOBODY && word->writer != own && (word->writer / WARP != warp || word->written == now);
    if (after_write)
        complain(
            code, "%s: byte %ld is %s, and was written by warp %d, lane %d, without __syncwarp in between", range.name,
            (long)at, name_of(use), word->writer / WARP, word->writer % WARP);
    const bool read_here = word->reader != NOBODY && word->reader != own && word->read == now;
    const bool read_there = word->reading_warp != NOBODY && word->reading_warp != warp;
    if (writes && (read_here || read_there))
        complain(
            code, "%s: byte %ld is %s, and was read by %s, without __syncwarp in between", range.name, (long)at,
            name_of(use), read_there ? "another warp" : "another lane");
    if (reads) {
        const bool others = word->reader != NOBODY && word->reader != own && word->read == now;
        word->reader = others ? SEVERAL : own;
        word->read = now;
        word->reading_warp = word->reading_warp == NOBODY || word->reading_warp == warp ? warp : SEVERAL;
    }
    if (writes) {
        word->writer = own;
        word->written = now;
        word->initialised = true;
    }
}

static void use_range(const Watched &watched, uint64_t address, int64_t bytes, Use use, const void *code)
{
    const Range &range = watched.range;
    const int64_t at = (int64_t)(address - range.begin);
    if (at + bytes > range.bytes)
        complain(
            code, "%s: bytes %ld to %ld of %ld are %s", range.name, (long)at, (long)(at + bytes), (long)range.bytes,
            name_of(use));
    const bool writes = use == PLAIN_WRITE || use == ATOMIC_ADD;
    switch (range.kind) {
    case ONLY_READ:
        if (writes)
            complain(code, "%s: byte %ld is %s, but is only to be read", range.name, (long)at, name_of(use));
        break;
    case ADDED_TO:
        if (use != ATOMIC_ADD && use != READ_PAST_L1)
            complain(code, "%s: byte %ld is %s, though other warps add to it", range.name, (long)at, name_of(use));
        break;
    case OWN:
        for (int64_t word = at / 4; word * 4 < at + bytes; word++)
            use_word(&watched.words[word], range, word * 4, use, code);
        break;
    default:
        break;
    }
}

static void look(Use use, const void *memory, int64_t bytes, const void *code)
{
    if (!inside)
        return;
    const uint64_t address = (uint64_t)memory;
    const uint64_t stack = (uint64_t)stacks + (uint64_t)(warp * WARP + lane) * STACK_BYTES;
    if (address >= stack && address + (uint64_t)bytes <= stack + STACK_BYTES)
        return;
    if (memory >= (const void *)warps && memory < (const void *)(warps + n_warps))
        return; /* what a shuffle brought */
    if (patience && draw(patience) == 0)
        leave();
    for (int i = 0; i < n_ranges; i++) {
        const Range &range = ranges[i].range;
        if (address >= range.begin && address < range.begin + (uint64_t)range.bytes) {
            use_range(ranges[i], address, bytes, use, code);
            return;
        }
    }
    const bool shared = memory >= (const void *)w2v_shared_memory
        && memory < (const void *)(w2v_shared_memory + SHARED_BYTES / sizeof(float4));
    if (!shared && memory >= (const void *)__ehdr_start && memory < (const void *)_end)
        return; /* threadIdx, and constants */
    complain(
        code, "%s is %s", shared ? "what is behind the launch's shared memory" : "memory that is out of all bounds",
        name_of(use));
}

void notice(Use use, const void *address, int bytes)
{
    look(use, address, bytes, __builtin_return_address(0));
}

#define TOLD(size) \
    void __tsan_read##size(void *at) \
    { \
        look(PLAIN_READ, at, size, __builtin_return_address(0)); \
    } \
    void __tsan_write##size(void *at) \
    { \
        look(PLAIN_WRITE, at, size, __builtin_return_address(0)); \
    } \
    void __tsan_unaligned_read##size(void *at) \
    { \
        look(PLAIN_READ, at, size, __builtin_return_address(0)); \
    } \
    void __tsan_unaligned_write##size(void *at) \
    { \
        look(PLAIN_WRITE, at, size, __builtin_return_address(0)); \
    }

extern "C" {
TOLD(1)
TOLD(2)
TOLD(4)
TOLD(8)
TOLD(16)
void __tsan_read_range(void *at, long size)
{
    look(PLAIN_READ, at, size, __builtin_return_address(0));
}
void __tsan_write_range(void *at, long size)
{
    look(PLAIN_WRITE, at, size, __builtin_return_address(0));
}
void __tsan_func_entry(void *)
{
}
void __tsan_func_exit()
{
}
void __tsan_init()
{
}
}

int current_lane()
{
    return lane;
}

const uint64_t *meet(Meeting meeting, unsigned mask, uint64_t given, const char *file, int line)
{
    Lane *const own = self();
    own->state = MEETS;
    own->meeting = meeting;
    own->mask = mask;
    own->given = given;
    own->file = file;
    own->line = line;
    leave();
    return warps[warp].met;
}

static void run_lane()
{
    if (!_setjmp(self()->here)) /* where the scheduler begins */
        setcontext(&scheduler_context);
    inside = true;
    w2v_watched_kernel(argument);
    inside = false;
    self()->state = ENDED;
    _longjmp(scheduler, 1);
}

/* Make a fiber that waits at the beginning of the kernel. */
static void prepare(int number, int which)
{
    warp = number;
    lane = which;
    Lane *const own = self();
    own->state = READY;
    getcontext(&own->start);
    own->start.uc_stack.ss_sp = stacks + (size_t)(number * WARP + which) * STACK_BYTES;
    own->start.uc_stack.ss_size = STACK_BYTES;
    own->start.uc_link = nullptr;
    makecontext(&own->start, run_lane, 0);
    swapcontext(&scheduler_context, &own->start);
}

static void resume()
{
    threadIdx = {(unsigned)(warp * WARP + lane), 0, 0};
    if (!_setjmp(scheduler))
        _longjmp(self()->here, 1);
}

/* Let a warp whose lanes all wait go on; false if they do not wait for each other. */
static bool let_go(Warp *all)
{
    const Lane &first = all->lanes[0];
    for (int i = 0; i < WARP; i++) {
        const Lane &other = all->lanes[i];
        const bool same = other.meeting == first.meeting && other.file == first.file && other.line == first.line;
        if (other.state != first.state || (first.state == MEETS && (!same || other.mask != 0xffffffffu))) {
            snprintf(
                complaint, sizeof complaint, "lanes 0 and %d do not meet: %s:%d, %s:%d", i, first.file, first.line,
                other.file, other.line);
            return false;
        }
        all->met[i] = other.given;
    }
    all->ended = first.state == ENDED;
    if (first.state == MEETS) {
        all->time += first.meeting == SYNC;
        for (int i = 0; i < WARP; i++)
            all->lanes[i].state = READY;
    }
    return true;
}

static void run()
{
    for (int running = n_warps; running && !*complaint;) {
        do
            warp = (int)draw((unsigned)n_warps);
        while (warps[warp].ended);
        const int from = (int)draw(WARP);
        int tried = 0;
        for (; tried < WARP; tried++) {
            lane = (from + tried) % WARP;
            if (self()->state == READY)
                break;
        }
        if (tried < WARP)
            resume();
        else if (let_go(&warps[warp]))
            running -= warps[warp].ended;
    }
}

/* Run a launch of one block of so many warps; returns NULL, or what went wrong. `seed` chooses the order. */
extern "C" const char *w2v_watch(
    const w2v_launch *launch, int number, int64_t shared_bytes, const Range *memory, int n_memory, uint64_t seed,
    unsigned stops)
{
    if (number > MOST_WARPS || shared_bytes > SHARED_BYTES)
        return "too many warps, or too much shared memory";
    argument = launch;
    n_warps = number;
    random_state = seed * 2 + 1;
    patience = stops;
    *complaint = 0;
    gridDim = {1, 1, 1};
    blockDim = {(unsigned)(number * WARP), 1, 1};
    blockIdx = {0, 0, 0};
    memset(w2v_shared_memory, 0xff, (size_t)shared_bytes);
    n_ranges = n_memory + 1;
    ranges = (Watched *)calloc((size_t)n_ranges, sizeof *ranges);
    for (int i = 0; i < n_ranges; i++) {
        Watched &watched = ranges[i];
        watched.range =
            i < n_memory ? memory[i] : Range{(uint64_t)w2v_shared_memory, shared_bytes, OWN, 0, "shared memory"};
        if (watched.range.kind != OWN)
            continue;
        watched.words = new Word[(size_t)watched.range.bytes / 4 + 1];
        for (int64_t word = 0; word < watched.range.bytes / 4 && watched.range.initialised; word++)
            watched.words[word].initialised = true;
    }
    const size_t stack_bytes = (size_t)number * WARP * STACK_BYTES;
    stacks =
        (char *)mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    warps = (Warp *)calloc((size_t)number, sizeof *warps);
    for (int each = 0; each < number; each++)
        for (int which = 0; which < WARP; which++)
            prepare(each, which);
    run();
    free(warps);
    munmap(stacks, stack_bytes);
    for (int i = 0; i < n_ranges; i++)
        delete[] ranges[i].words;
    free(ranges);
    return *complaint ? complaint : nullptr;
}
