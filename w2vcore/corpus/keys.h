/* A table of keys: byte strings, each with an id in the order in which it came, and a count.
 *
 * Keys lie one after another in one block of bytes. A key of n bytes takes n + 16 (for its beginning and its count),
 * and 8 for a slot, of which 35 to 70 % are in use: n + 28 to 39 bytes in all. Blocks grow by realloc, which moves
 * pages instead of bytes if the system can; slots grow by a walk over the old ones. A slot is found by the upper bits
 * of a 32-bit tag (tag * slots >> 32), so that walk reads and writes in order, and needs no key.
 */
#ifndef W2V_KEYS_H
#define W2V_KEYS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "prefetch.h"

/* A look-up among millions of keys waits for memory four times: slot, place, bytes, count. Who looks up many keys hashes
 * so many first, and has them fetched (w2v_keys_fetch). */
enum { W2V_AHEAD = 64 };

enum { W2V_OK = 0, W2V_NO_MEMORY = 1, W2V_TOO_MANY_KEYS = 2, W2V_BAD_UTF8 = 3 };

typedef struct {
    uint64_t *slots; /* tag << 32 | id + 1; 0 is free */
    uint64_t n_slots;
    uint8_t *bytes; /* key i is bytes[starts[i]] to bytes[starts[i + 1]]; 8 more bytes may be read after the last */
    int64_t bytes_room;
    int64_t *starts;
    int64_t *counts;
    int64_t room; /* keys that starts and counts have room for */
    int64_t n;
    int64_t max_keys;
    uint64_t seed;
} w2v_keys;

/* 8 bytes as a number, little-endian on any machine. */
static inline uint64_t w2v_load8(const uint8_t *bytes)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--)
        word = word << 8 | bytes[i];
    return word;
#else
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
#endif
}

/* The same if fewer than 8 bytes can be read: the rest is 0. */
static inline uint64_t w2v_load_some(const uint8_t *bytes, int64_t length)
{
    uint64_t word = 0;
    for (int64_t i = length - 1; i >= 0; i--)
        word = word << 8 | bytes[i];
    return word;
}

/* Ones in the lowest `length` bytes, 0 to 8. */
static inline uint64_t w2v_low_bytes(int64_t length)
{
    return length ? ~0ULL >> (64 - 8 * length) : 0;
}

/* The hash: one multiplication for every 8 bytes and one at the end, each with its upper bits folded down before the
 * next. The seed is drawn for each process, as for Python's dicts, so that no text can be crafted to collide. */
static inline uint64_t w2v_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    return hash ^ hash >> 32;
}

static inline uint64_t w2v_hash_start(uint64_t seed, int64_t length)
{
    return seed + (uint64_t)length * 0xD6E8FEB86659FD93ULL;
}

static inline uint32_t w2v_hash_end(uint64_t hash)
{
    return (uint32_t)(hash * 0xC2B2AE3D27D4EB4FULL >> 32);
}

static inline uint32_t w2v_tag(uint64_t seed, const uint8_t *key, int64_t length)
{
    uint64_t hash = w2v_hash_start(seed, length);
    int64_t i = 0;
    for (; i + 8 <= length; i += 8)
        hash = w2v_mix(hash, w2v_load8(key + i));
    if (i < length)
        hash = w2v_mix(hash, w2v_load_some(key + i, length - i));
    return w2v_hash_end(hash);
}

static inline uint64_t w2v_slot(uint32_t tag, uint64_t n_slots)
{
    /* tables of more than 2**32 slots leave gaps between the places of tags, which probing fills */
    return n_slots >> 32 ? (uint64_t)tag * (n_slots >> 32) : (uint64_t)tag * n_slots >> 32;
}

/* Ask for pages of 2 MB in a large block: with pages of 4 kB nearly every access to a table of millions of keys would
 * have to look up where its page lies. Only pages that are written take memory, as before. */
static inline void w2v_in_large_pages(void *block, size_t size)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const size_t page = 4096;
    const size_t first = ((size_t)block + page - 1) / page * page;
    if (size >= (1 << 22))
        madvise((void *)first, size - (first - (size_t)block), MADV_HUGEPAGE); /* if refused, it is only slower */
#else
    (void)block;
    (void)size;
#endif
}

static inline int w2v_keys_open(w2v_keys *table, uint64_t seed, int64_t max_keys)
{
    memset(table, 0, sizeof *table);
    table->seed = seed;
    table->max_keys = max_keys;
    table->n_slots = 1024;
    table->room = 512;
    table->bytes_room = 4096;
    table->slots = calloc(table->n_slots, sizeof *table->slots);
    table->starts = malloc((size_t)(table->room + 1) * sizeof *table->starts);
    table->counts = malloc((size_t)table->room * sizeof *table->counts);
    table->bytes = calloc((size_t)table->bytes_room, 1);
    if (!table->slots || !table->starts || !table->counts || !table->bytes)
        return W2V_NO_MEMORY;
    table->starts[0] = 0;
    return W2V_OK;
}

static inline void w2v_keys_close(w2v_keys *table)
{
    free(table->slots);
    free(table->starts);
    free(table->counts);
    free(table->bytes);
    memset(table, 0, sizeof *table);
}

/* Forget all keys but keep the memory. */
static inline void w2v_keys_clear(w2v_keys *table)
{
    memset(table->slots, 0, table->n_slots * sizeof *table->slots);
    table->n = 0;
}

/* Whether a key equals the one at `known`. Up to 16 bytes are compared as two words that may overlap. */
static inline int w2v_equal(const uint8_t *known, const uint8_t *key, int64_t length, uint64_t head)
{
    if (length < 8)
        return ((w2v_load8(known) ^ head) & w2v_low_bytes(length)) == 0;
    if (length <= 16)
        return w2v_load8(known) == head && w2v_load8(known + length - 8) == w2v_load8(key + length - 8);
    return !memcmp(known, key, (size_t)length);
}

/* The id of a key plus one, or 0. `head` is its first 8 bytes (w2v_low_bytes of them, if it is shorter). */
static inline uint64_t w2v_keys_find(
    const w2v_keys *table, const uint8_t *key, int64_t length, uint64_t head, uint32_t tag)
{
    uint64_t at = w2v_slot(tag, table->n_slots), slot;
    while ((slot = table->slots[at]) != 0) {
        if ((uint32_t)(slot >> 32) == tag) {
            int64_t id = (int64_t)(uint32_t)slot - 1, start = table->starts[id];
            if (table->starts[id + 1] - start == length) {
                if (w2v_equal(table->bytes + start, key, length, head))
                    return (uint64_t)id + 1;
            }
        }
        if (++at == table->n_slots)
            at = 0;
    }
    return 0;
}

/* Fetch what a look-up of each of n <= W2V_AHEAD keys reads, whose slots are in the cache or on their way there. Only
 * the first slot of each is looked at: few keys stand further on. `tags` are `step` bytes apart. */
static inline void w2v_keys_fetch(const w2v_keys *table, const uint32_t *tags, size_t step, int n)
{
    uint32_t ids[W2V_AHEAD];
    int i;
    for (i = 0; i < n; i++) {
        const uint32_t tag = *(const uint32_t *)((const char *)tags + (size_t)i * step);
        const uint32_t slot = (uint32_t)table->slots[w2v_slot(tag, table->n_slots)];
        ids[i] = slot ? slot - 1 : 0; /* a free slot fetches what is there anyway, which costs less than a branch */
        w2v_prefetch(table->starts + ids[i]);
        w2v_prefetch(table->counts + ids[i]);
    }
    for (i = 0; i < n; i++)
        w2v_prefetch(table->bytes + table->starts[ids[i]]);
}

static inline void w2v_keys_place(uint64_t *slots, uint64_t n_slots, uint64_t slot)
{
    uint64_t at = w2v_slot((uint32_t)(slot >> 32), n_slots);
    while (slots[at])
        if (++at == n_slots)
            at = 0;
    slots[at] = slot;
}

static int w2v_keys_grow(w2v_keys *table, int64_t length)
{
    void *larger;
    if (table->n == table->room) {
        int64_t room = table->room + table->room / 2;
        if (!(larger = realloc(table->starts, (size_t)(room + 1) * sizeof *table->starts)))
            return W2V_NO_MEMORY;
        table->starts = larger;
        if (!(larger = realloc(table->counts, (size_t)room * sizeof *table->counts)))
            return W2V_NO_MEMORY;
        table->counts = larger;
        table->room = room;
        w2v_in_large_pages(table->starts, (size_t)(room + 1) * sizeof *table->starts);
        w2v_in_large_pages(table->counts, (size_t)room * sizeof *table->counts);
    }
    int64_t used = table->starts[table->n];
    if (table->bytes_room - used < length + 8) {
        int64_t room = table->bytes_room + table->bytes_room / 2 + length + 8;
        if (!(larger = realloc(table->bytes, (size_t)room)))
            return W2V_NO_MEMORY;
        table->bytes = larger;
        table->bytes_room = room;
        w2v_in_large_pages(table->bytes, (size_t)room);
    }
    if ((uint64_t)table->n * 10 >= table->n_slots * 7) { /* probing is short up to a load of 0.7 */
        uint64_t n_slots = table->n_slots * 2;
        uint64_t *slots = calloc(n_slots, sizeof *slots);
        if (!slots)
            return W2V_NO_MEMORY;
        w2v_in_large_pages(slots, n_slots * sizeof *slots);
        for (uint64_t at = 0; at < table->n_slots; at++)
            if (table->slots[at])
                w2v_keys_place(slots, n_slots, table->slots[at]);
        free(table->slots);
        table->slots = slots;
        table->n_slots = n_slots;
    }
    return W2V_OK;
}

/* Add a key that is not there, with a count of 0; it becomes number table->n - 1. */
static int w2v_keys_append(w2v_keys *table, const uint8_t *key, int64_t length, uint32_t tag)
{
    if (table->n >= table->max_keys)
        return W2V_TOO_MANY_KEYS;
    int status = w2v_keys_grow(table, length);
    if (status)
        return status;
    int64_t start = table->starts[table->n];
    memcpy(table->bytes + start, key, (size_t)length);
    memset(table->bytes + start + length, 0, 8);
    table->counts[table->n] = 0;
    table->starts[++table->n] = start + length;
    w2v_keys_place(table->slots, table->n_slots, (uint64_t)tag << 32 | (uint64_t)table->n);
    return W2V_OK;
}

/* The id of any key, or -1. */
static inline int64_t w2v_keys_get(const w2v_keys *table, const uint8_t *key, int64_t length)
{
    uint64_t head = length < 8 ? w2v_load_some(key, length) : w2v_load8(key);
    return (int64_t)w2v_keys_find(table, key, length, head, w2v_tag(table->seed, key, length)) - 1;
}

/* Insert a key if it is new; its id goes to `id`. */
static inline int w2v_keys_put(w2v_keys *table, const uint8_t *key, int64_t length, int64_t *id)
{
    if ((*id = w2v_keys_get(table, key, length)) >= 0)
        return W2V_OK;
    *id = table->n;
    return w2v_keys_append(table, key, length, w2v_tag(table->seed, key, length));
}

#endif
