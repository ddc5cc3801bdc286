"""From text to ids without a Python object for any token: the compiled part of scanning.py, around scan.h and keys.h.

    KeyTable         distinct keys as UTF-8 in one block of bytes, with ids in the order in which they came, and counts
    Piece            what came of some bytes: an id for every token, and where lines end. Scanned without the GIL
    SentenceCutter   from pieces in their order to ids and borders of sentences

Several pieces can be scanned at once (`scan` with `shared`): then the table is only read, each piece collects the keys
that are not in it, and `adopt`, called on one piece after another, gives these their ids. So ids follow the order of
the text, however it is cut into pieces. `SentenceCutter.cut` counts and renumbers; it may run while the next pieces are
scanned, since scanning reads neither the counts of the table nor other pieces.
"""

import numpy as np

from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

from w2vcore.kernels._types cimport int64_t, uint32_t

cdef extern from "scan.h" nogil:
    enum:
        W2V_BAD_UTF8
        W2V_UNKNOWN

    ctypedef struct w2v_piece:
        uint32_t *ids
        int64_t n_ids
        int64_t *ends
        int64_t n_ends
        int64_t newlines
        int64_t bad

    int w2v_scan(w2v_piece *piece, const uint8_t *text, int64_t size, const w2v_keys *known, w2v_keys *fresh)
    void w2v_settle(const w2v_piece *piece, uint32_t n_known, const uint32_t *place, int64_t *counts, uint32_t *ids)

# Ids are uint32; one value means "no key", and one more is reserved so that id + 1 fits into 32 bits.
MAX_KEYS = 0xFFFFFFFE

# Python draws this for each process (unless PYTHONHASHSEED is set), so that no text is slow in every process.
cdef uint64_t SEED = <uint64_t>(hash("the keys of w2vcore") & 0xFFFFFFFFFFFFFFFF)


cdef check(int status, int64_t max_keys):
    """Raise the error for a status of keys.h."""
    if status == W2V_NO_MEMORY:
        raise MemoryError("the distinct words of the corpus do not fit in memory; set max_vocab_size to prune them")
    if status == W2V_TOO_MANY_KEYS:
        raise ValueError(f"the corpus has more than {max_keys:,} distinct words, as many as 32-bit ids can tell apart")


cdef str decoded(const uint8_t *key, int64_t length):
    return PyUnicode_DecodeUTF8(<const char *>key, length, "surrogatepass")


def decode_keys(const uint8_t[::1] data, const int64_t[::1] offsets):
    """Return key ``data[offsets[i]:offsets[i + 1]]`` for each i, as a list of str; the offsets must be right."""
    cdef int64_t i, n = offsets.shape[0] - 1
    if not data.shape[0]:
        return [""] * n
    return [decoded(&data[0] + offsets[i], offsets[i + 1] - offsets[i]) for i in range(n)]


cdef class KeyTable:
    """Keys, str or their UTF-8 bytes, with ids 0, 1, ... in insertion order, and a count for each."""

    def __cinit__(self, max_keys=MAX_KEYS):
        check(w2v_keys_open(&self.keys, SEED, max_keys), max_keys)

    def __dealloc__(self):
        w2v_keys_close(&self.keys)

    def __len__(self):
        return self.keys.n

    def __reduce__(self):
        return _table_of, (*self.packed(), self.counts())

    cdef int64_t count_str(self, str key) except -1:
        """Insert a key if it is new, add one to its count, and return its id."""
        cdef int64_t id = 0
        cdef bytes encoded
        cdef int status = w2v_count_str(&self.keys, key, &id)
        if status < 0:
            encoded = key.encode("utf8", "surrogatepass")
            status = w2v_keys_put(&self.keys, <const uint8_t *><const char *>encoded, len(encoded), &id)
            if status == W2V_OK:
                self.keys.counts[id] += 1
        if status != W2V_OK:
            check(status, self.keys.max_keys)
        return id

    def find(self, str key not None):
        """Return the id of a key, or -1."""
        cdef bytes encoded = key.encode("utf8", "surrogatepass")
        return w2v_keys_get(&self.keys, <const uint8_t *><const char *>encoded, len(encoded))

    def count(self, int64_t id):
        """Return the count of a key."""
        return self.keys.counts[id]

    def key(self, int64_t id):
        """Return a key by its id."""
        return decoded(self.keys.bytes + self.keys.starts[id], self.keys.starts[id + 1] - self.keys.starts[id])

    def put_packed(self, const uint8_t[::1] data, const int64_t[::1] offsets):
        """Insert many keys, up to the first that is there already; return its number, or -1 if all are new."""
        cdef int64_t i, id, before
        cdef uint8_t nothing = 0
        cdef const uint8_t *first = &data[0] if data.shape[0] else &nothing
        cdef int status = W2V_OK
        cdef int64_t repeated = -1
        with nogil:
            for i in range(offsets.shape[0] - 1):
                before = self.keys.n
                status = w2v_keys_put(&self.keys, first + offsets[i], offsets[i + 1] - offsets[i], &id)
                if status != W2V_OK:
                    break
                if self.keys.n == before:
                    repeated = i
                    break
        check(status, self.keys.max_keys)
        return repeated

    def find_packed(self, const uint8_t[::1] data, const int64_t[::1] offsets):
        """Return the ids of many keys, -1 for those that are not there."""
        ids = np.empty(offsets.shape[0] - 1, np.int64)
        cdef int64_t[::1] view = ids
        cdef int64_t i
        cdef uint8_t nothing = 0
        cdef const uint8_t *first = &data[0] if data.shape[0] else &nothing
        with nogil:
            for i in range(offsets.shape[0] - 1):
                view[i] = w2v_keys_get(&self.keys, first + offsets[i], offsets[i + 1] - offsets[i])
        return ids

    def packed(self, const int64_t[::1] ids=None):
        """Return the bytes and the offsets of the keys `ids`, in that order, or of all keys."""
        cdef int64_t i, id, n = self.keys.n if ids is None else ids.shape[0]
        cdef bint all_of_them = ids is None
        offsets = np.zeros(n + 1, np.int64)
        cdef int64_t[::1] stops = offsets
        for i in range(n):
            id = i if all_of_them else ids[i]
            stops[i + 1] = stops[i] + self.keys.starts[id + 1] - self.keys.starts[id]
        data = np.empty(stops[n], np.uint8)
        cdef uint8_t[::1] view = data
        if stops[n]:
            for i in range(n):
                id = i if all_of_them else ids[i]
                memcpy(&view[0] + stops[i], self.keys.bytes + self.keys.starts[id], stops[i + 1] - stops[i])
        return data, offsets

    def counts(self):
        """Return a copy of all counts."""
        counts = np.empty(self.keys.n, np.int64)
        cdef int64_t[::1] view = counts
        if self.keys.n:
            memcpy(&view[0], self.keys.counts, self.keys.n * sizeof(int64_t))
        return counts

    def set_counts(self, const int64_t[::1] counts):
        """Replace all counts."""
        if counts.shape[0] != self.keys.n:
            raise ValueError(f"{self.keys.n} keys need as many counts, got {counts.shape[0]}")
        if self.keys.n:
            memcpy(self.keys.counts, &counts[0], self.keys.n * sizeof(int64_t))


def _table_of(data, offsets, counts):
    """Rebuild a table from the values of __reduce__."""
    table = KeyTable()
    table.put_packed(data, offsets)
    table.set_counts(counts)
    return table


cdef class Piece:
    """The ids of some bytes of a text, which begin and end between tokens. Its buffers are reused for many pieces."""

    cdef w2v_piece piece
    cdef KeyTable table         # the table it was scanned with
    cdef KeyTable fresh         # keys that are not in it, of a shared scan
    cdef int64_t n_known        # keys of the table when it was scanned
    cdef uint32_t *place        # id of each fresh key
    cdef bint to_settle         # ids must be renumbered and counted
    cdef bint skips             # tokens may be unknown

    def __dealloc__(self):
        free(self.piece.ids)
        free(self.piece.ends)
        free(self.place)

    @property
    def newlines(self):
        """The number of newlines, up to the first invalid UTF-8."""
        return self.piece.newlines

    @property
    def is_utf8(self):
        """Whether the text was valid; if not, the rest has not been scanned."""
        return self.piece.bad < 0

    def scan(self, const uint8_t[::1] text, KeyTable table not None, bint grow, bint shared):
        """Scan a text.

        With `grow`, new keys are put into `table` and all tokens are counted, if `shared` only after `adopt`. Without
        it, other tokens become unknown, and nothing is counted.
        """
        cdef const w2v_keys *known = NULL
        cdef w2v_keys *fresh = NULL
        cdef int64_t size = text.shape[0]
        cdef uint8_t nothing = 0
        cdef const uint8_t *first = &text[0] if size else &nothing
        cdef int status
        self.table, self.n_known = table, table.keys.n
        self.to_settle, self.skips = grow and shared, not grow
        if self.to_settle:
            if self.fresh is None:
                self.fresh = KeyTable()
            w2v_keys_clear(&self.fresh.keys)
            self.fresh.keys.max_keys = table.keys.max_keys - table.keys.n
            fresh = &self.fresh.keys
        elif grow:
            fresh = &table.keys
        if shared or not grow:
            known = &table.keys
        with nogil:
            status = w2v_scan(&self.piece, first, size, known, fresh)
        check(status, table.keys.max_keys)

    def adopt(self):
        """Put the keys of a shared scan into the table; to be called on all pieces in order before more are scanned."""
        cdef int64_t i, id = 0, length
        cdef int status = W2V_OK
        cdef void *larger
        if not self.to_settle:
            return
        cdef w2v_keys *table = &self.table.keys
        cdef w2v_keys *fresh = &self.fresh.keys
        larger = realloc(self.place, (fresh.n + 1) * sizeof(uint32_t))
        if larger is NULL:
            check(W2V_NO_MEMORY, 0)
        self.place = <uint32_t *>larger
        with nogil:
            for i in range(fresh.n):
                length = fresh.starts[i + 1] - fresh.starts[i]
                status = w2v_keys_put(table, fresh.bytes + fresh.starts[i], length, &id)
                if status != W2V_OK:
                    break
                table.counts[id] += fresh.counts[i]
                self.place[i] = <uint32_t>id
        check(status, table.max_keys)

    cdef ids(self):
        """The ids of all tokens as an array, numbered as in the table."""
        ids = np.empty(self.piece.n_ids, np.uint32)
        cdef uint32_t[::1] view = ids
        if self.piece.n_ids:
            if self.to_settle:
                with nogil:
                    w2v_settle(&self.piece, <uint32_t>self.n_known, self.place, self.table.keys.counts, &view[0])
            else:
                memcpy(&view[0], self.piece.ids, self.piece.n_ids * sizeof(uint32_t))
        return ids


cdef class SentenceCutter:
    """Finds where sentences end: at lines (or only at the end of a file), and after `longest` tokens (None: never)."""

    cdef int64_t longest
    cdef bint by_line
    cdef int64_t run            # tokens of the sentence that continues in the next piece
    cdef bint filled            # that sentence has a known token
    cdef readonly int64_t sentences
    cdef readonly int64_t words

    def __init__(self, longest=None, bint by_line=True):
        self.longest = 0 if longest is None else min(longest, 1 << 62)
        self.by_line = by_line

    def cut(self, Piece piece not None, bint last):
        """Return (ids, offsets, words, sentences) of a piece; `last` says that a file ends there.

        Ids after the last offset belong to a sentence that continues in the next piece. Unknown tokens are left out,
        and so are sentences without a known one; both count as words and sentences.
        """
        cdef int64_t words = piece.piece.n_ids, borders, found, used = words
        cdef int64_t room = piece.piece.n_ends + 2
        if self.longest:
            room += (self.run + words) // self.longest
        ids, offsets = piece.ids(), np.empty(room, np.int64)
        cdef int64_t[::1] borders_view = offsets
        cdef uint32_t[::1] ids_view = ids
        borders = found = self.find_borders(&piece.piece, last, &borders_view[0])
        if piece.skips:
            self.close_up(&ids_view[0] if words else NULL, &used, &borders_view[0], &found)
        self.words += words
        self.sentences += borders - 1
        return ids[:used], offsets[:found], words, borders - 1

    cdef int64_t find_borders(self, w2v_piece *piece, bint last, int64_t *borders) noexcept nogil:
        """Write 0 and the end of each sentence, in tokens of the piece; return how many numbers were written."""
        cdef int64_t line, n = 1, n_lines = piece.n_ends if self.by_line else 0
        borders[0] = 0
        cdef int64_t done = 0           # tokens before this one belong to sentences that have ended, or to `run`
        for line in range(n_lines):
            n = self.advance(done, piece.ends[line], borders, n)
            done = piece.ends[line]
            if self.run:
                borders[n] = done
                n += 1
                self.run = 0
        n = self.advance(done, piece.n_ids, borders, n)
        if last and self.run:
            borders[n] = piece.n_ids
            n += 1
            self.run = 0
        return n

    cdef int64_t advance(self, int64_t start, int64_t stop, int64_t *borders, int64_t n) noexcept nogil:
        """Go over the tokens of one line, with a border wherever a sentence reaches its greatest length."""
        while 0 < self.longest <= self.run + stop - start:
            start += self.longest - self.run
            borders[n] = start
            n += 1
            self.run = 0
        self.run += stop - start
        return n

    cdef void close_up(self, uint32_t *ids, int64_t *n_ids, int64_t *borders, int64_t *n_borders) noexcept nogil:
        """Leave out unknown tokens, and borders of sentences without a known one."""
        cdef int64_t border, i, stop, start = 0, used = 0, before = 0, n = 1
        for border in range(1, n_borders[0] + 1):
            stop = borders[border] if border < n_borders[0] else n_ids[0]
            for i in range(start, stop):
                ids[used] = ids[i]
                used += ids[i] != W2V_UNKNOWN
            start = stop
            self.filled = self.filled or used > before
            before = used
            if self.filled and border < n_borders[0]:
                borders[n] = used
                n += 1
                self.filled = False
        n_ids[0], n_borders[0] = used, n
