/* The loop over the bytes of a text: where its tokens and lines end, and which key each token is.
 *
 * The tokens are those of Python's ``line.decode("utf8").split()``, with lines that end at "\n". Bytes are searched 8
 * at a time for the first that may end a token: one up to 0x20, or one that is not ASCII. Only these are checked one by
 * one: a sequence must be valid UTF-8 (no surrogate, nothing overlong, nothing above U+10FFFF), and may be a blank of
 * Unicode.
 */
#ifndef W2V_SCAN_H
#define W2V_SCAN_H

#include "keys.h"

#ifdef _MSC_VER
#include <intrin.h>
#endif

#define W2V_UNKNOWN 0xFFFFFFFFu /* id of a token that is no key (GONE in _encoding.pyx) */

/* The result for one piece of text, which begins and ends between tokens. */
typedef struct {
    uint32_t *ids;
    int64_t n_ids, ids_room;
    int64_t *ends; /* number of ids before the end of each line, without repetition */
    int64_t n_ends, ends_room;
    int64_t newlines;
    int64_t bad; /* where the text is not UTF-8, or -1 */
} w2v_piece;

static inline int w2v_first_byte(uint64_t high_bits)
{
#ifdef _MSC_VER
    unsigned long bit;
    _BitScanForward64(&bit, high_bits);
    return (int)bit >> 3;
#else
    return __builtin_ctzll(high_bits) >> 3;
#endif
}

/* The high bit of each byte that is up to 0x20 or from 0x80 on. Exact up to the lowest, as a borrow goes upwards. */
static inline uint64_t w2v_special(uint64_t word)
{
    return ((word - 0x2121212121212121ULL) | word) & 0x8080808080808080ULL;
}

/* Blanks of str.split() in ASCII: \t \n \v \f \r, \x1c to \x1f, and the space. */
static inline int w2v_is_blank(uint8_t byte)
{
    return byte <= 0x20 && (0x1F0003E00ULL >> byte & 1);
}

/* Length of the UTF-8 sequence that begins with a byte from 0x80 on, 0 if it is not valid; *blank: it is a blank. */
static inline int w2v_sequence(const uint8_t *p, const uint8_t *end, int *blank)
{
    uint8_t a = p[0], b = end - p > 1 ? p[1] : 0, c = end - p > 2 ? p[2] : 0, d = end - p > 3 ? p[3] : 0;
    *blank = 0;
    if (a < 0xE0) {
        if (a < 0xC2 || (b & 0xC0) != 0x80)
            return 0;
        *blank = a == 0xC2 && (b == 0x85 || b == 0xA0); /* U+0085, U+00A0 */
        return 2;
    }
    if ((b & 0xC0) != 0x80 || (c & 0xC0) != 0x80)
        return 0;
    if (a < 0xF0) {
        if ((a == 0xE0 && b < 0xA0) || (a == 0xED && b >= 0xA0))
            return 0;
        if (a == 0xE2)
            *blank = b == 0x80 ? c <= 0x8A || c == 0xA8 || c == 0xA9 || c == 0xAF /* U+2000 to 200A, 2028, 2029, 202F */
                               : b == 0x81 && c == 0x9F; /* U+205F */
        else
            *blank =
                (a == 0xE3 && b == 0x80 && c == 0x80) || (a == 0xE1 && b == 0x9A && c == 0x80); /* U+3000, U+1680 */
        return 3;
    }
    if (a > 0xF4 || (d & 0xC0) != 0x80 || (a == 0xF0 && b < 0x90) || (a == 0xF4 && b >= 0x90))
        return 0;
    return 4;
}

/* The end of the token that continues at `p`; *blank is the length of the blank there, 0 at the end of the text, -1 if
 * the text is not UTF-8 there. */
static const uint8_t *w2v_token_end(const uint8_t *p, const uint8_t *end, int *blank)
{
    while (p < end) {
        if (end - p >= 8) {
            uint64_t special = w2v_special(w2v_load8(p));
            if (!special) {
                p += 8;
                continue;
            }
            p += w2v_first_byte(special);
        }
        if (*p < 0x80) {
            if (w2v_is_blank(*p)) {
                *blank = 1;
                return p;
            }
            p++;
        } else {
            int length = w2v_sequence(p, end, blank);
            if (!length || *blank) {
                *blank = length ? length : -1;
                return p;
            }
            p += length;
        }
    }
    *blank = 0;
    return end;
}

static int w2v_more_ids(w2v_piece *piece)
{
    int64_t room = piece->ids_room + piece->ids_room / 2 + 1024;
    uint32_t *larger = realloc(piece->ids, (size_t)room * sizeof *larger);
    if (!larger)
        return W2V_NO_MEMORY;
    piece->ids = larger;
    piece->ids_room = room;
    return W2V_OK;
}

/* Write the end of a line, unless there were no tokens since the last. */
static int w2v_end_line(w2v_piece *piece)
{
    if (piece->n_ends && piece->ends[piece->n_ends - 1] == piece->n_ids)
        return W2V_OK;
    if (piece->n_ends == piece->ends_room) {
        int64_t room = piece->ends_room + piece->ends_room / 2 + 256;
        int64_t *larger = realloc(piece->ends, (size_t)room * sizeof *larger);
        if (!larger)
            return W2V_NO_MEMORY;
        piece->ends = larger;
        piece->ends_room = room;
    }
    piece->ends[piece->n_ends++] = piece->n_ids;
    return W2V_OK;
}

/* Tokens that were found and hashed, and are not looked up yet. */
typedef struct {
    const uint8_t *key;
    int64_t length;
    uint64_t head;
    uint32_t tag;
} w2v_token;

typedef struct {
    w2v_piece *piece;
    const w2v_keys *known;
    w2v_keys *fresh;
    int n;
    w2v_token tokens[W2V_AHEAD];
} w2v_queue;

/* Look the tokens up in their order, as ids follow the order of arrival, and write their ids: the id in `known`, else
 * known->n plus the id in `fresh`, which grows; without `fresh`, unknown tokens become W2V_UNKNOWN. One of the two may
 * be NULL. Counts are kept in `fresh`. */
static int w2v_look_up(w2v_queue *queue)
{
    const w2v_keys *known = queue->known;
    w2v_keys *fresh = queue->fresh;
    const int n = queue->n;
    uint32_t *ids = queue->piece->ids + queue->piece->n_ids - n;
    w2v_keys_fetch(known ? known : fresh, &queue->tokens->tag, sizeof *queue->tokens, n);
    for (int i = 0; i < n; i++) {
        const w2v_token token = queue->tokens[i];
        uint64_t found = 0;
        if (known)
            found = w2v_keys_find(known, token.key, token.length, token.head, token.tag);
        if (!found) {
            if (fresh) {
                found = w2v_keys_find(fresh, token.key, token.length, token.head, token.tag);
                if (!found) {
                    int status = w2v_keys_append(fresh, token.key, token.length, token.tag);
                    if (status)
                        return status;
                    found = (uint64_t)fresh->n;
                }
                fresh->counts[found - 1]++;
                if (known)
                    found += (uint64_t)known->n;
            } else {
                found = (uint64_t)W2V_UNKNOWN + 1;
            }
        }
        ids[i] = (uint32_t)(found - 1);
    }
    queue->n = 0;
    return W2V_OK;
}

/* Queue a token; its id has its place already. */
static inline int w2v_wait(w2v_queue *queue, const uint8_t *key, int64_t length, uint64_t head, uint32_t tag)
{
    w2v_piece *piece = queue->piece;
    const w2v_keys *first = queue->known ? queue->known : queue->fresh;
    w2v_token *token = &queue->tokens[queue->n++];
    if (piece->n_ids == piece->ids_room && w2v_more_ids(piece))
        return W2V_NO_MEMORY;
    piece->n_ids++;
    token->key = key;
    token->length = length;
    token->head = head;
    token->tag = tag;
    w2v_prefetch(first->slots + w2v_slot(tag, first->n_slots));
    return queue->n == W2V_AHEAD ? w2v_look_up(queue) : W2V_OK;
}

/* Scan `size` bytes into `piece`, whose buffers are reused. At least one table is given; both have the same seed. */
static int w2v_scan(w2v_piece *piece, const uint8_t *text, int64_t size, const w2v_keys *known, w2v_keys *fresh)
{
    const uint8_t *p = text, *end = text + size, *q;
    const uint64_t seed = known ? known->seed : fresh->seed;
    w2v_queue queue;
    int status, blank;
    queue.piece = piece;
    queue.known = known;
    queue.fresh = fresh;
    queue.n = 0;
    piece->n_ids = piece->n_ends = piece->newlines = 0;
    piece->bad = -1;
    while (p < end) {
        uint64_t head;
        uint32_t tag;
        if (*p <= 0x20 && w2v_is_blank(*p)) {
            if (*p++ == '\n') {
                piece->newlines++;
                if ((status = w2v_end_line(piece)))
                    return status;
            }
            continue;
        }
        if (end - p >= 8) { /* most tokens: they end within 8 bytes, at a blank of ASCII */
            uint64_t special;
            head = w2v_load8(p);
            special = w2v_special(head);
            if (special) {
                int length = w2v_first_byte(special) & 7;
                q = p + length;
                if (w2v_is_blank(*q)) {
                    head &= w2v_low_bytes(length);
                    tag = w2v_hash_end(w2v_mix(w2v_hash_start(seed, length), head));
                    if ((status = w2v_wait(&queue, p, length, head, tag)))
                        return status;
                    p = q + (*q == ' '); /* a newline still has to be seen above */
                    continue;
                }
            } else if (end - p >= 16) { /* most of the others */
                uint64_t tail = w2v_load8(p + 8);
                if ((special = w2v_special(tail)) != 0) {
                    int length = w2v_first_byte(special) & 7;
                    q = p + 8 + length;
                    if (w2v_is_blank(*q)) {
                        uint64_t hash = w2v_mix(w2v_hash_start(seed, 8 + length), head);
                        if (length)
                            hash = w2v_mix(hash, tail & w2v_low_bytes(length));
                        if ((status = w2v_wait(&queue, p, 8 + length, head, w2v_hash_end(hash))))
                            return status;
                        p = q + (*q == ' ');
                        continue;
                    }
                }
            }
        }
        q = w2v_token_end(p, end, &blank);
        if (blank < 0) {
            piece->bad = q - text;
            status = w2v_look_up(&queue);
            return status ? status : W2V_BAD_UTF8;
        }
        if (q > p) {
            int64_t length = q - p;
            head = length < 8 ? w2v_load_some(p, length) : w2v_load8(p);
            tag = w2v_tag(seed, p, length);
            if ((status = w2v_wait(&queue, p, length, head, tag)))
                return status;
        }
        p = q + (q < end && *q < 0x80 ? 0 : blank); /* a newline still has to be seen above */
    }
    return w2v_look_up(&queue);
}

/* Renumber the ids of a piece as in the whole text, now that fresh keys have ids (`place`); count the known ones. */
static void w2v_settle(const w2v_piece *piece, uint32_t n_known, const uint32_t *place, int64_t *counts, uint32_t *ids)
{
    for (int64_t i = 0; i < piece->n_ids; i++) {
        uint32_t id = piece->ids[i];
        if (id < n_known)
            counts[id]++;
        else
            id = place[id - n_known];
        ids[i] = id;
    }
}

#endif
