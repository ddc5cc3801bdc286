"""Parse rows of word2vec's files from blocks of bytes, with rows.h, and write those of text, with shortest.h."""

import numpy as np

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from w2vcore.kernels._types cimport int64_t

cdef extern from "<stdint.h>" nogil:
    ctypedef int int32_t
    ctypedef unsigned char uint8_t
    ctypedef unsigned long long uint64_t

cdef extern from "rows.h" nogil:
    ctypedef struct w2v_rows:
        const uint8_t *p
        const uint8_t *end
        int64_t size
        uint8_t *words
        int64_t *offsets
        int64_t rows
        int64_t most

    ctypedef int (*w2v_hard)(const uint8_t *start, const uint8_t *stop, double *value) noexcept
    void w2v_binary_rows(w2v_rows *r, uint8_t *matrix)
    int w2v_text_rows(w2v_rows *r, float *floats, double *doubles, w2v_hard hard)

cdef extern from "shortest.h" nogil:
    enum:
        W2V_LONGEST_NUMBER

    ctypedef struct w2v_scale:
        uint64_t power
        int32_t shift
        int32_t k

    uint8_t *w2v_put_row(
        uint8_t *to, const float *row, int64_t size, uint8_t separator, const w2v_scale *scales)

# Those of all exponents of float32, and 255 later those of powers of two; made when they are first needed.
cdef w2v_scale SCALES[510]
cdef bint has_scales = False
cdef const uint8_t NOTHING = 0


cdef int python_number(const uint8_t *start, const uint8_t *stop, double *value) noexcept with gil:
    """Parse bytes as float() does, but without underscores; return 1 if they are not a number."""
    cdef bytes text = start[:stop - start]
    if b"_" in text:
        return 1
    try:
        value[0] = float(text)
    except ValueError:
        return 1
    return 0


def binary_rows(
    const uint8_t[::1] block, int64_t size, int64_t most, float[:, ::1] matrix, uint8_t[::1] words,
    int64_t[::1] offsets,
):
    """Parse whole rows from the start of `block`, `most` at most; return their number and the bytes used.

    Numbers go to the first rows of `matrix` as they are in the file: little-endian. The bytes of the words go to
    `words`, their starts to `offsets`.
    """
    cdef w2v_rows r
    memset(&r, 0, sizeof(r))
    prepare(&r, block, size, min(most, matrix.shape[0]), words, offsets)
    if matrix.shape[1] != size:
        raise ValueError("the matrix does not have the width of a row")
    if r.most > 0 and block.shape[0]:
        with nogil:
            w2v_binary_rows(&r, <uint8_t *>&matrix[0, 0])
        return r.rows, r.p - &block[0]
    return 0, 0


def text_rows(
    const uint8_t[::1] block, int64_t size, int64_t most, numbers, uint8_t[::1] words, int64_t[::1] offsets,
):
    """Parse rows of text from `block`, which ends with a newline; return as `binary_rows`, and whether all was well.

    `numbers` has rows of float32 or float64.
    """
    cdef w2v_rows r
    cdef float[:, ::1] floats
    cdef double[:, ::1] doubles
    cdef float *to_floats = NULL
    cdef double *to_doubles = NULL
    cdef int good
    memset(&r, 0, sizeof(r))
    prepare(&r, block, size, min(most, len(numbers)), words, offsets)
    if numbers.shape[1] != size or (block.shape[0] and block[block.shape[0] - 1] != 10):
        raise ValueError("the matrix does not have the width of a row, or the block does not end with a newline")
    if r.most <= 0 or not block.shape[0]:
        return 0, 0, True
    if numbers.dtype == np.float32:
        floats = numbers
        to_floats = &floats[0, 0]
    else:
        doubles = numbers
        to_doubles = &doubles[0, 0]
    with nogil:
        good = w2v_text_rows(&r, to_floats, to_doubles, python_number)
    return r.rows, r.p - &block[0], good == 1


cdef int prepare(
    w2v_rows *r, const uint8_t[::1] block, int64_t size, int64_t most, uint8_t[::1] words, int64_t[::1] offsets
) except -1:
    """Fill in the struct, and check that there is room for everything that may be parsed."""
    if size < 1 or words.shape[0] < block.shape[0] or offsets.shape[0] < most + 1 or not words.shape[0]:
        raise ValueError("too little room for what the block may hold")
    if block.shape[0]:
        r.p = &block[0]
        r.end = r.p + block.shape[0]
    r.size = size
    r.words = &words[0]
    r.offsets = &offsets[0]
    r.offsets[0] = 0
    r.most = most
    return 0


def first_bad_word(const uint8_t[::1] words, const int64_t[::1] offsets):
    """Return the number of the first word that is not UTF-8, or -1."""
    cdef int64_t i, at, n = offsets.shape[0] - 1
    cdef uint8_t high
    for i in range(n):
        high = 0
        for at in range(offsets[i], offsets[i + 1]):
            high |= words[at]
        if high & 0x80:
            try:
                PyUnicode_DecodeUTF8(<const char *>&words[offsets[i]], offsets[i + 1] - offsets[i], NULL)
            except UnicodeDecodeError:
                return i
    return -1


cdef int make_scales() except -1:
    """Fill in SCALES, in whole numbers of any size."""
    global has_scales
    for entry in range(510):
        exponent, is_near = max(entry % 255, 1) - 150, entry >= 255
        # the distance between the middles to both neighbours, as a fraction
        above, below = (3 if is_near else 4) << max(exponent, 0), 4 << max(-exponent, 0)
        k = len(str(above // below)) - 1 if above >= below else -len(str((below - 1) // above))
        above, below = 10 ** max(-k, 0), 10 ** max(k, 0)
        length = above.bit_length() - below.bit_length()  # the floor of the binary logarithm of 10**-k
        if above << max(-length, 0) < below << max(length, 0):
            length -= 1
        shift = 63 - length
        SCALES[entry].power = -((-above << max(shift, 0)) // (below << max(-shift, 0)))
        SCALES[entry].shift, SCALES[entry].k = exponent + length + 1, k
    has_scales = True
    return 0


def written_rows(const float[:, ::1] matrix, uint8_t separator):
    """Return the numbers of each row as bytes, each the shortest that reads back as the same float32."""
    cdef int64_t i, n = matrix.shape[0], size = matrix.shape[1]
    cdef uint8_t *room
    cdef uint8_t *end
    if not size:
        return [b""] * n
    if not has_scales:
        make_scales()
    room = <uint8_t *>malloc(<size_t>(size * (W2V_LONGEST_NUMBER + 1)))
    if room is NULL:
        raise MemoryError(f"no memory for a line of {size:,} numbers")
    try:
        rows = []
        for i in range(n):
            end = w2v_put_row(room, &matrix[i, 0], size, separator, SCALES)
            rows.append(PyBytes_FromStringAndSize(<const char *>room, end - room))
        return rows
    finally:
        free(room)


cdef const uint8_t *first_word(const uint8_t[::1] words, const int64_t[::1] offsets, int64_t rows) except NULL:
    """Return where the words are, after a check that there is one for each row."""
    cdef int64_t i
    if offsets.shape[0] != rows + 1 or offsets[0] < 0 or offsets[rows] > words.shape[0]:
        raise ValueError(f"{rows:,} rows need as many words")
    for i in range(rows):
        if offsets[i] > offsets[i + 1]:
            raise ValueError("the offsets of the words do not rise")
    return &words[0] if words.shape[0] else &NOTHING


def binary_lines(const uint8_t[::1] words, const int64_t[::1] offsets, const uint8_t[:, ::1] rows):
    """Return rows as they are in a binary file, one after the other: a word, a blank, and the bytes of the row.

    Word i is ``words[offsets[i]:offsets[i + 1]]``.
    """
    cdef int64_t i, length, n = rows.shape[0], size = rows.shape[1]
    cdef const uint8_t *word = first_word(words, offsets, n)
    lines = np.empty(offsets[n] - offsets[0] + n * (1 + size), np.uint8)
    if not n:
        return lines
    cdef uint8_t[::1] view = lines
    cdef uint8_t *to = &view[0]
    with nogil:
        for i in range(n):
            length = offsets[i + 1] - offsets[i]
            memcpy(to, word + offsets[i], <size_t>length)
            to[length] = 32
            to += length + 1
            if size:
                memcpy(to, &rows[i, 0], <size_t>size)
                to += size
    return lines


def text_lines(const uint8_t[::1] words, const int64_t[::1] offsets, const float[:, ::1] matrix):
    """Return lines of a word and the numbers of a row, each the shortest that reads back as the same float32."""
    cdef int64_t i, length, n = matrix.shape[0], size = matrix.shape[1]
    cdef const uint8_t *word = first_word(words, offsets, n)
    lines = np.empty(offsets[n] - offsets[0] + n * (2 + size * (W2V_LONGEST_NUMBER + 1)), np.uint8)
    if not n:
        return lines
    if not has_scales:
        make_scales()
    cdef uint8_t[::1] view = lines
    cdef uint8_t *to = &view[0]
    with nogil:
        for i in range(n):
            length = offsets[i + 1] - offsets[i]
            memcpy(to, word + offsets[i], <size_t>length)
            to[length] = 32
            to += length + 1
            if size:
                to = w2v_put_row(to, &matrix[i, 0], size, 32, SCALES)
            to[0] = 10
            to += 1
    return lines[:to - &view[0]]
