/* Parse rows of words and numbers from a block of bytes: word2vec's binary and text formats.
 *
 * A parser takes as many whole rows as lie between `p` and `end` and says how many and up to where. It writes numbers
 * to their place in the matrix, and the bytes of the words one after another. What it cannot take it leaves to the
 * caller, who explains it: nothing here raises or allocates.
 */
#ifndef W2V_ROWS_H
#define W2V_ROWS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const uint8_t *p; /* the next byte */
    const uint8_t *end; /* one past the last byte; in text, that is a newline */
    int64_t size; /* numbers in a row */
    uint8_t *words; /* room for end - p bytes */
    int64_t *offsets; /* word i is words[offsets[i]] to words[offsets[i + 1]]; offsets[0] is set */
    int64_t rows; /* parsed so far */
    int64_t most; /* rows to parse */
} w2v_rows;

static inline void w2v_put_word(w2v_rows *r, const uint8_t *word, int64_t length)
{
    int64_t at = r->offsets[r->rows];
    memcpy(r->words + at, word, (size_t)length);
    r->offsets[++r->rows] = at + length;
}

/* Binary rows: a word, a blank, `size` numbers of 4 bytes. Newlines before a word do not belong to it. */
static void w2v_binary_rows(w2v_rows *r, uint8_t *matrix)
{
    const int64_t row_bytes = 4 * r->size;
    while (r->rows < r->most) {
        const uint8_t *word = r->p;
        while (word < r->end && *word == '\n')
            word++;
        const uint8_t *blank = memchr(word, ' ', (size_t)(r->end - word));
        if (!blank || r->end - blank - 1 < row_bytes)
            return;
        memcpy(matrix + r->rows * row_bytes, blank + 1, (size_t)row_bytes);
        w2v_put_word(r, word, blank - word);
        r->p = blank + 1 + row_bytes;
    }
}

enum { W2V_NUMBER = 0, W2V_HARD_NUMBER = 1, W2V_NO_NUMBER = 2 };

/* Powers of ten that a double holds exactly. */
static const double w2v_tens[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static inline int w2v_digit(uint8_t c)
{
    return (uint8_t)(c - '0') <= 9;
}

/* Eight digits at once, in three multiplications: pairs, fours, eight (Lemire, "Quickly parsing eight digits", 2018).
 * `word` holds them in the order of a little-endian load. */
static inline int w2v_eight_digits(uint64_t word)
{
    return ((word & 0xF0F0F0F0F0F0F0F0ULL) | (((word + 0x0606060606060606ULL) & 0xF0F0F0F0F0F0F0F0ULL) >> 4))
        == 0x3333333333333333ULL;
}

static inline uint32_t w2v_parse_eight(uint64_t word)
{
    word -= 0x3030303030303030ULL;
    word = word * 10 + (word >> 8);
    return (uint32_t)((((word & 0x000000FF000000FFULL) * 0x000F424000000064ULL)
                       + (((word >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL))
                      >> 32);
}

static inline uint64_t w2v_eight_bytes(const uint8_t *p)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--)
        word = word << 8 | p[i];
    return word;
#else
    uint64_t word;
    memcpy(&word, p, 8);
    return word;
#endif
}

/* Digits from `p` on, appended to `mantissa`; the caller knows that a byte which is no digit follows before `end`. */
static inline const uint8_t *w2v_digits(const uint8_t *p, const uint8_t *end, uint64_t *mantissa)
{
    uint64_t value = *mantissa;
    while (end - p >= 8) {
        uint64_t word = w2v_eight_bytes(p);
        if (!w2v_eight_digits(word))
            break;
        value = value * 100000000 + w2v_parse_eight(word);
        p += 8;
    }
    while (w2v_digit(*p))
        value = value * 10 + (uint64_t)(*p++ - '0');
    *mantissa = value;
    return p;
}

/* One decimal number. The byte before `end` is not part of a number, so no check of the length is needed.
 *
 * W2V_NUMBER: *value is the number rounded to double, correctly if `exact`; otherwise its error is below 2 units of the
 * last place, and the caller checks whether that matters. W2V_HARD_NUMBER: left to Python (more than 19 digits, far
 * exponents, "nan", "inf"). */
static inline int w2v_number(const uint8_t **at, const uint8_t *end, double *value, int *exact)
{
    const uint8_t *p = *at;
    const int negative = *p == '-';
    if (negative || *p == '+')
        p++;
    const uint8_t *digits = p;
    uint64_t mantissa = 0;
    p = w2v_digits(p, end, &mantissa);
    int64_t n_digits = p - digits, exponent = 0;
    if (*p == '.') {
        const uint8_t *fraction = ++p;
        p = w2v_digits(p, end, &mantissa);
        exponent = fraction - p;
        n_digits -= exponent;
    }
    if (!n_digits)
        return (*p | 32) == 'n' || (*p | 32) == 'i' ? W2V_HARD_NUMBER : W2V_NO_NUMBER;
    if ((*p | 32) == 'e') {
        p++;
        const int down = *p == '-';
        if (down || *p == '+')
            p++;
        if (!w2v_digit(*p))
            return W2V_NO_NUMBER;
        int64_t power = 0;
        while (w2v_digit(*p)) {
            if (power < 10000)
                power = power * 10 + (*p - '0');
            p++;
        }
        exponent += down ? -power : power;
    }
    *at = p;
    if (n_digits > 19 || exponent < -22 || exponent > 22) /* 19 digits fit into 64 bits */
        return W2V_HARD_NUMBER;
    /* Both factors are exact up to 2**53 and 10**22, and one operation rounds once (Clinger 1990). A larger mantissa is
     * rounded too: two roundings, so less than 2 units. */
    double result = (double)mantissa;
    *exact = mantissa <= 1ULL << 53;
    result = exponent < 0 ? result / w2v_tens[-exponent] : result * w2v_tens[exponent];
    *value = negative ? -result : result;
    return W2V_NUMBER;
}

/* Whether all doubles within 2 units of the last place round to the same float; then that one is correct, as rounding
 * is monotonic. */
static inline int w2v_same_float(double value)
{
    const double around = 4.5e-16; /* over 2 * 2**-52 */
    return (float)(value * (1 - around)) == (float)(value * (1 + around));
}

typedef int (*w2v_hard)(const uint8_t *from, const uint8_t *to, double *value); /* 0 if it is a number */

static inline int w2v_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A number that needs care; `stop` is one past its last byte. */
static inline int w2v_careful(const uint8_t *from, const uint8_t *stop, w2v_hard hard, double *value)
{
    return stop == from || hard(from, stop, value) ? W2V_NO_NUMBER : W2V_NUMBER;
}

/* The `size` numbers of a row of text from `p` on, where the word has ended: blanks or tabs before each of them, and at
 * the end. Returns its newline, or NULL for any other row. Numbers go to `floats`, or where that is NULL to
 * `doubles`. */
static inline const uint8_t *w2v_numbers(
    const w2v_rows *r, const uint8_t *p, float *floats, double *doubles, w2v_hard hard)
{
    for (int64_t i = 0; i < r->size; i++) {
        if (*p != ' ' && *p != '\t')
            return NULL;
        while (*p == ' ' || *p == '\t')
            p++;
        const uint8_t *from = p;
        double value = 0;
        int exact = 0;
        int status = w2v_number(&p, r->end, &value, &exact);
        if (status == W2V_NO_NUMBER || !(w2v_blank(*p) || status == W2V_HARD_NUMBER))
            return NULL;
        if (status == W2V_HARD_NUMBER || (!exact && !(floats && w2v_same_float(value)))) {
            for (p = from; !w2v_blank(*p); p++)
                ;
            if (w2v_careful(from, p, hard, &value) != W2V_NUMBER)
                return NULL;
        }
        if (floats)
            floats[i] = (float)value;
        else
            doubles[i] = value;
    }
    while (w2v_blank(*p) && *p != '\n')
        p++;
    return *p == '\n' ? p : NULL;
}

/* Text rows: a word, its numbers, a newline; empty lines are skipped. The word ends at the first blank, or, if no row
 * of numbers follows that, at the first tab: words may hold tabs, and in a table of tabs blanks. Stops at the first row
 * that is neither, and returns 0, or 1 if there is none. */
static int w2v_text_rows(w2v_rows *r, float *floats, double *doubles, w2v_hard hard)
{
    while (r->rows < r->most && r->p < r->end) {
        const uint8_t *p = r->p;
        while (p < r->end && (*p == '\n' || (*p == '\r' && p[1] == '\n'))) /* empty lines; the last byte is \n */
            p++;
        if (p == r->end) {
            r->p = p;
            return 1;
        }
        const uint8_t *word = p, *newline = NULL;
        for (int tab = 0; tab < 2 && !newline; tab++) {
            const uint8_t separator = tab ? '\t' : ' ';
            for (p = word; *p != separator && *p != '\n'; p++)
                ;
            const int64_t first = r->rows * r->size;
            newline = w2v_numbers(r, p, floats ? floats + first : NULL, floats ? NULL : doubles + first, hard);
        }
        if (!newline)
            return 0;
        w2v_put_word(r, word, p - word);
        r->p = newline + 1;
    }
    return 1;
}

#endif
