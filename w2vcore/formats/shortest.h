/* The shortest decimal number that reads back as the same float32, as Python's repr does for doubles.
 *
 * The method is Giulietti's Schubfach ("The Schubfach way to render doubles", 2021). All numbers between the middles to
 * both neighbours of a float read back as that float. Measured in units of 10**k, where k is the floor of the decimal
 * logarithm of their distance, they are so many that one of them is whole, and so few that at most one is a multiple of
 * ten. So two candidates at 10**(k + 1) and two at 10**k are all that can be the shortest.
 */
#ifndef W2V_SHORTEST_H
#define W2V_SHORTEST_H

#include <stdint.h>
#include <string.h>

enum { W2V_LONGEST_NUMBER = 15 }; /* bytes, as of "-1.17549435e-38" */

/* How a float of one exponent becomes a multiple of 10**k: power is 10**-k, rounded up to 64 bits and shifted so that
 * the first of these is set; (4 * significand << shift) * power / 2**64 is four times the multiple. */
typedef struct {
    uint64_t power;
    int32_t shift;
    int32_t k;
} w2v_scale;

/* Four times a multiple of 10**k, rounded to odd: the last bit is set if anything was cut off, so comparisons with whole
 * numbers are exact. The power was rounded up, by less than a unit of what the second bit of the rest stands for. */
static inline uint32_t w2v_scaled(uint64_t power, uint32_t number)
{
    const uint64_t low = (power & 0xFFFFFFFFu) * number;
    const uint64_t high = (power >> 32) * number + (low >> 32);
    return (uint32_t)(high >> 32) | ((uint32_t)high > 1);
}

/* A finite number other than 0, given by its bits without the sign: returns digits * 10**(*k). `scales` has an entry for
 * each exponent, and 255 later those for powers of two, whose lower neighbour is half as far as the upper one. */
static inline uint32_t w2v_shortest_digits(uint32_t bits, const w2v_scale *scales, int32_t *k)
{
    const uint32_t exponent = bits >> 23, fraction = bits & 0x7FFFFF;
    const uint32_t significand = exponent ? fraction | 0x800000 : fraction;
    const uint32_t is_near = fraction == 0 && exponent > 1; /* the lower neighbour */
    const w2v_scale *scale = scales + exponent + (is_near ? 255 : 0);
    const uint32_t odd = significand & 1; /* then the middles read back as a neighbour */
    const uint32_t four = w2v_scaled(scale->power, (4 * significand) << scale->shift);
    const uint32_t lowest = w2v_scaled(scale->power, (4 * significand - 2 + is_near) << scale->shift) + odd;
    const uint32_t highest = w2v_scaled(scale->power, (4 * significand + 2) << scale->shift) - odd;
    const uint32_t below = four / 4, tens = below / 10;
    *k = scale->k;
    if (below >= 10) {
        const int down = lowest <= 40 * tens, up = 40 * tens + 40 <= highest;
        if (down != up) {
            *k += 1;
            return tens + (uint32_t)up;
        }
    }
    const int down = lowest <= 4 * below, up = 4 * below + 4 <= highest;
    if (down != up)
        return below + (uint32_t)up;
    const uint32_t half = 4 * below + 2;
    return below + (uint32_t)(four > half || (four == half && (below & 1)));
}

static inline uint8_t *w2v_put_bytes(uint8_t *to, const char *text, int64_t length)
{
    memcpy(to, text, (size_t)length);
    return to + length;
}

static inline uint8_t *w2v_put_zeros(uint8_t *to, int64_t number)
{
    for (int64_t i = 0; i < number; i++)
        *to++ = '0';
    return to;
}

/* Write a number as str(numpy.float32) does in NumPy 2.4, with an exponent below 1e-4 and from 1e6 on; returns where
 * it ends. */
static inline uint8_t *w2v_put_number(uint8_t *to, float number, const w2v_scale *scales)
{
    uint32_t bits;
    memcpy(&bits, &number, 4);
    if ((bits & 0x7FFFFFFF) > 0x7F800000)
        return w2v_put_bytes(to, "nan", 3);
    if (bits >> 31) {
        number = -number;
        *to++ = '-';
    }
    bits &= 0x7FFFFFFF;
    if (bits == 0x7F800000)
        return w2v_put_bytes(to, "inf", 3);
    if (bits == 0)
        return w2v_put_bytes(to, "0.0", 3);
    char text[10];
    int32_t k, n = 0;
    uint32_t digits = w2v_shortest_digits(bits, scales, &k);
    for (; digits % 10 == 0; digits /= 10)
        k++;
    for (; digits; digits /= 10)
        text[9 - n++] = (char)('0' + digits % 10);
    const char *first = text + 10 - n;
    int32_t power = n + k - 1; /* of ten, of the first digit */
    if (power < 0 && (double)number >= 1e-4) {
        to = w2v_put_bytes(to, "0.", 2);
        to = w2v_put_zeros(to, -power - 1);
        return w2v_put_bytes(to, first, n);
    }
    if (power >= 0 && power < 6) {
        const int32_t whole = power + 1, given = whole < n ? whole : n;
        to = w2v_put_bytes(to, first, given);
        to = w2v_put_zeros(to, whole - given);
        *to++ = '.';
        return given < n ? w2v_put_bytes(to, first + given, n - given) : w2v_put_zeros(to, 1);
    }
    *to++ = (uint8_t)*first;
    if (n > 1) {
        *to++ = '.';
        to = w2v_put_bytes(to, first + 1, n - 1);
    }
    *to++ = 'e';
    *to++ = power < 0 ? '-' : '+';
    power = power < 0 ? -power : power;
    *to++ = (uint8_t)('0' + power / 10);
    *to++ = (uint8_t)('0' + power % 10);
    return to;
}

/* Write the numbers of a row, with a separator between them. */
static inline uint8_t *w2v_put_row(
    uint8_t *to, const float *row, int64_t size, uint8_t separator, const w2v_scale *scales)
{
    for (int64_t i = 0; i < size; i++) {
        if (i)
            *to++ = separator;
        to = w2v_put_number(to, row[i], scales);
    }
    return to;
}

#endif
