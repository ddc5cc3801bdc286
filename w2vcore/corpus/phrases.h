/* Counting words and the pairs of words that may be phrases, from encoded text.
 *
 * Both are keys of one table, as in gensim: a phrase is its words joined by the delimiter, with the connector words
 * between them ("bank_of_america"). So a phrase that is also a single word of the text is the same key: what counts is
 * the text, not how it was tokenised.
 *
 * Keys are hashed first and queued while their memory is fetched (W2V_AHEAD); they are looked up in order, as ids follow
 * the order of arrival. Words that are known already are counted at once: each word's number in the vocabulary stands
 * beside its id.
 */
#ifndef W2V_PHRASES_H
#define W2V_PHRASES_H

#include "keys.h"
#include "prefetch.h"

enum { W2V_WAITING = W2V_AHEAD, W2V_TOO_LARGE = 16 };

#define W2V_CONNECTOR 0xFFFFFFFFu /* role of a word that may only stand inside a phrase */
#define W2V_JOINED 0xFFFFFFFFu    /* instead of a word: several, joined */

typedef struct {
    uint8_t *bytes;
    int64_t length, room;
} w2v_text;

typedef struct {
    int64_t start, length; /* of the key in `text` */
    uint32_t tag, word;
} w2v_waiting;

typedef struct {
    uint32_t *roles; /* of each word by id: 0 not in the vocabulary, W2V_CONNECTOR, or its number there plus one */
    int64_t n_roles, roles_room;
    const uint8_t *delimiter;
    int64_t delimiter_length;
    w2v_text open; /* the beginning of a phrase, including the last delimiter; empty if none can begin */
    w2v_text text; /* the queued keys */
    w2v_waiting waiting[W2V_WAITING];
    int n_waiting;
} w2v_phrases;

static inline int w2v_text_append(w2v_text *text, const uint8_t *bytes, int64_t length)
{
    if (text->room - text->length < length + 8) { /* 8 bytes may be read after the last */
        int64_t room = text->room + text->room / 2 + length + 256;
        uint8_t *larger = realloc(text->bytes, (size_t)room);
        if (!larger)
            return W2V_NO_MEMORY;
        text->bytes = larger;
        text->room = room;
    }
    memcpy(text->bytes + text->length, bytes, (size_t)length);
    text->length += length;
    return W2V_OK;
}

static inline void w2v_phrases_close(w2v_phrases *phrases)
{
    free(phrases->roles);
    free(phrases->open.bytes);
    free(phrases->text.bytes);
}

/* Count the queued keys. */
static int w2v_phrases_settle(w2v_phrases *phrases, w2v_keys *vocab)
{
    const int n = phrases->n_waiting;
    w2v_keys_fetch(vocab, &phrases->waiting->tag, sizeof *phrases->waiting, n);
    for (int i = 0; i < n; i++) {
        const w2v_waiting *waiting = &phrases->waiting[i];
        const uint8_t *key = phrases->text.bytes + waiting->start;
        uint64_t head = waiting->length < 8 ? w2v_load8(key) & w2v_low_bytes(waiting->length) : w2v_load8(key);
        uint64_t found = w2v_keys_find(vocab, key, waiting->length, head, waiting->tag);
        if (!found) {
            int status = w2v_keys_append(vocab, key, waiting->length, waiting->tag);
            if (status)
                return status;
            found = (uint64_t)vocab->n;
        }
        vocab->counts[found - 1]++;
        if (waiting->word != W2V_JOINED)
            phrases->roles[waiting->word] = (uint32_t)found;
    }
    phrases->n_waiting = 0;
    phrases->text.length = 0;
    return W2V_OK;
}

/* Queue the key that was appended to the text at `start`. */
static inline int w2v_phrases_wait(w2v_phrases *phrases, w2v_keys *vocab, int64_t start, uint32_t word)
{
    w2v_waiting *waiting = &phrases->waiting[phrases->n_waiting++];
    waiting->start = start;
    waiting->length = phrases->text.length - start;
    waiting->tag = w2v_tag(vocab->seed, phrases->text.bytes + start, waiting->length);
    waiting->word = word;
    w2v_prefetch(vocab->slots + w2v_slot(waiting->tag, vocab->n_slots));
    return phrases->n_waiting == W2V_WAITING ? w2v_phrases_settle(phrases, vocab) : W2V_OK;
}

/* Add a word to the beginning of a phrase. */
static inline int w2v_phrases_go_on(w2v_phrases *phrases, const uint8_t *key, int64_t length)
{
    int status = w2v_text_append(&phrases->open, key, length);
    return status ? status : w2v_text_append(&phrases->open, phrases->delimiter, phrases->delimiter_length);
}

/* Count a word, and the pair that it ends. */
static inline int w2v_phrases_word(w2v_phrases *phrases, const w2v_keys *words, w2v_keys *vocab, uint32_t id)
{
    const uint32_t role = phrases->roles[id];
    const uint8_t *key = words->bytes + words->starts[id];
    const int64_t length = words->starts[id + 1] - words->starts[id];
    w2v_text *open = &phrases->open, *text = &phrases->text;
    int64_t start;
    if (role == W2V_CONNECTOR) {
        return open->length ? w2v_phrases_go_on(phrases, key, length) : W2V_OK;
    }
    if (role) {
        vocab->counts[role - 1]++;
    } else {
        start = text->length;
        if (w2v_text_append(text, key, length))
            return W2V_NO_MEMORY;
        int status = w2v_phrases_wait(phrases, vocab, start, id);
        if (status)
            return status;
    }
    if (open->length) {
        start = text->length;
        if (w2v_text_append(text, open->bytes, open->length) || w2v_text_append(text, key, length))
            return W2V_NO_MEMORY;
        int status = w2v_phrases_wait(phrases, vocab, start, W2V_JOINED);
        if (status)
            return status;
    }
    open->length = 0;
    return w2v_phrases_go_on(phrases, key, length);
}

/* Count sentences, from number *sentence on, and advance it to the next; ids after the last border begin a sentence
 * that continues in the next call. W2V_TOO_LARGE: the vocabulary has more than `most` keys (0: no limit) after the
 * sentence before *sentence. */
static int w2v_phrases_count(
    w2v_phrases *phrases, const w2v_keys *words, w2v_keys *vocab, const uint32_t *ids, int64_t n_ids,
    const int64_t *borders, int64_t n_borders, int64_t most, int64_t *sentence)
{
    int status;
    while (*sentence < n_borders) {
        const int is_whole = *sentence + 1 < n_borders;
        const int64_t stop = is_whole ? borders[*sentence + 1] : n_ids;
        for (int64_t i = borders[*sentence]; i < stop; i++)
            if ((status = w2v_phrases_word(phrases, words, vocab, ids[i])))
                return status;
        ++*sentence;
        if (!is_whole)
            break;
        phrases->open.length = 0;
        if (most && vocab->n + phrases->n_waiting > most) {
            if ((status = w2v_phrases_settle(phrases, vocab)))
                return status;
            if (vocab->n > most)
                return W2V_TOO_LARGE;
        }
    }
    return w2v_phrases_settle(phrases, vocab);
}

/* Append to the empty table `kept` all keys of `vocab` with at least `least` occurrences, in their order. */
static int w2v_keys_frequent(const w2v_keys *vocab, w2v_keys *kept, int64_t least)
{
    for (int64_t id = 0; id < vocab->n; id++) {
        if (vocab->counts[id] < least)
            continue;
        const uint8_t *key = vocab->bytes + vocab->starts[id];
        const int64_t length = vocab->starts[id + 1] - vocab->starts[id];
        int status = w2v_keys_append(kept, key, length, w2v_tag(vocab->seed, key, length));
        if (status)
            return status;
        kept->counts[kept->n - 1] = vocab->counts[id];
    }
    return W2V_OK;
}

/* Where the first part of a key ends and where the last begins, if it is split at each delimiter from left to right;
 * 0 if there is no delimiter in it. */
static int w2v_outer_parts(
    const uint8_t *key, int64_t length, const uint8_t *delimiter, int64_t delimiter_length, int64_t *first_end,
    int64_t *last_start)
{
    int64_t found = 0, i = 0;
    while (i + delimiter_length <= length) {
        if (key[i] == *delimiter && !memcmp(key + i, delimiter, (size_t)delimiter_length)) {
            if (!found++)
                *first_end = i;
            i += delimiter_length;
            *last_start = i;
        } else {
            i++;
        }
    }
    return found > 0;
}

#endif
