"""The two loops over every token of a corpus: counting keys, and looking ids up.

Both walk sentences in the same way (`SentenceLoop`), one look-up a token, and differ in what they do with it:

    TokenCounter   counts keys
    Encoder        key -> id, written to a C buffer that grows to any length of sentence; keys are given, or found

As long as all tokens are str, new keys are put into a KeyTable, by their bytes: that takes half the time of a dict,
which would hash each new str, and a fifth of its memory. The first token of another kind (an int, a tuple, a subclass
of str: anything with an equality of its own) turns the table into a dict for good:

    TokenCounter   key -> Tally, a C counter in a Python object: no int is made for an increment
    Encoder        key -> id

They hold the GIL, as they use Python objects all the time; other threads get a turn after each batch.
"""

import numpy as np

cimport cython
from cpython.dict cimport PyDict_GetItemWithError
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.object cimport Py_TYPE, PyObject, PyTypeObject
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

from w2vcore.corpus._scanner cimport KeyTable
from w2vcore.kernels._prefetch cimport w2v_prefetch
from w2vcore.kernels._types cimport int64_t, uint32_t

from w2vcore.corpus.containers import check_sentence, values_of
from w2vcore.corpus.keying import ALWAYS_KEYS, clean_key, is_converted, plain_key
from w2vcore.corpus.tagging import Tags

# A call of TokenCounter.scan stops after this many words, so that Ctrl-C works within a fraction of a second.
cdef int64_t SCAN_WORDS = 1 << 20

# Prefetch distance for the tokens of a list, which are scattered in memory.
cdef Py_ssize_t AHEAD = 8

# Sentences to check for whether the whole corpus is a flat list of words.
cdef int64_t HEAD = 5


cdef object unhashable(object token, int64_t k, int64_t sentence_no):
    """Return the error for a token that cannot be a key, or None if it can."""
    try:
        hash(plain_key(token))
    except TypeError:
        text = repr(token)
        text = text if len(text) <= 60 else text[:57] + "..."
        return TypeError(
            f"token {k} of sentence {sentence_no} is {text}, of type {type(token).__name__}, which cannot be a key (it "
            "is not hashable). A corpus is a list of sentences and a sentence a list of words: take away one level of "
            "nesting, or make the tokens str, int or tuple")
    return None


cdef list tokens_of(object sentence, int64_t sentence_no):
    """Return any sentence as a list; values in rows of arrays become Python ints and strings."""
    if isinstance(sentence, (bytes, bytearray)):
        raise TypeError(
            f"sentence {sentence_no} is {type(sentence).__name__}, {bytes(sentence[:40])!r}; pass a list of words, "
            "e.g. s.decode('utf8').split()")
    if isinstance(sentence, np.ndarray) and sentence.ndim > 0:
        return sentence.tolist()
    if type(sentence) is not tuple and not isinstance(sentence, str):
        check_sentence(sentence, sentence_no)
        sentence = values_of(sentence)
        if type(sentence) is list:
            return sentence
    try:
        tokens = iter(sentence)
    except TypeError:
        clean_key(sentence, f"sentence {sentence_no}")  # raises if it is a missing value
        raise TypeError(
            f"sentence {sentence_no} is {sentence!r}, of type {type(sentence).__name__}; each sentence must be a "
            "list of tokens; for one sentence pass [corpus]") from None
    try:
        return list(tokens)
    except Exception as error:
        note_sentence(error, sentence_no)
        raise


cdef note_sentence(object error, int64_t sentence_no):
    """Add to a traceback the sentence that the user's corpus had reached (Python 3.11 and later)."""
    if hasattr(error, "add_note"):
        error.add_note(f"raised by the corpus at sentence {sentence_no}")


# New id of a token that does not stay (renumber_in_place).
GONE = 0xFFFFFFFF


def renumber_in_place(
    uint32_t[::1] ids, int64_t[::1] offsets, const uint32_t[::1] new_id, int64_t[::1] tag_offsets=None,
    uint32_t[::1] tags=None,
):
    """Replace every id by ``new_id[id]``; drop those that are GONE and sentences that become empty.

    Returns how many ids and offsets are left, at the front of their arrays; tags have the same number of offsets, the
    last of which is their number of rows.
    """
    cdef int64_t sentence, i, start = 0, stop, used = 0, borders = 1, tag = 0, tag_stop, tags_used = 0
    cdef uint32_t gone = GONE, row
    cdef bint tagged = tag_offsets is not None
    with nogil:
        for sentence in range(offsets.shape[0] - 1):
            stop = offsets[sentence + 1]
            for i in range(start, stop):
                row = new_id[ids[i]]
                ids[used] = row
                used += row != gone
            start = stop
            if tagged:
                tag_stop = tag_offsets[sentence + 1]
                if used > offsets[borders - 1]:
                    while tag < tag_stop:
                        tags[tags_used] = tags[tag]
                        tags_used += 1
                        tag += 1
                    tag_offsets[borders] = tags_used
                tag = tag_stop
            if used > offsets[borders - 1]:
                offsets[borders] = used
                borders += 1
    return used, borders


cdef class SentenceLoop:
    """Walks over sentences and hands each token to `visit`."""

    cdef object iterator
    cdef readonly int64_t sentences         # read so far
    cdef readonly int64_t words             # tokens read so far
    cdef readonly object first_string       # None, or (number, text) of the first sentence that is a str
    cdef readonly list head_strings         # those among the first few sentences that are a str
    cdef dict converted                     # type of token -> whether it is looked up as what `plain_key` makes of it
    cdef PyTypeObject *unchanged                # the last type that is not; `converted` keeps it alive

    def __init__(self, sentences):
        self.iterator = iter(sentences)
        self.first_string = None
        self.head_strings = []
        self.converted = {}

    cdef object plain(self, object token):
        """Return a token that is neither a str nor an int in the form that a dict of keys finds."""
        kind = type(token)
        if kind not in self.converted:
            self.converted[kind] = is_converted(kind)
        if self.converted[kind]:
            return plain_key(token)
        self.unchanged = Py_TYPE(token)
        return token

    cdef object new_key(self, object token, int64_t k):
        """Return the key for a new token."""
        if type(token) in ALWAYS_KEYS:
            return token
        return clean_key(token, f"token {k} of sentence {self.sentences}")

    cdef int visit(self, object token, int64_t k) except -1:
        """Process token number `k` of the current sentence."""
        raise NotImplementedError

    cdef int advance(self) except -1:
        """Read one sentence; return 0 at the end."""
        cdef Py_ssize_t k = 0
        cdef list tokens
        cdef object token = None
        try:
            sentence = next(self.iterator)
        except StopIteration:
            return 0
        except Exception as error:
            note_sentence(error, self.sentences)
            raise
        if type(sentence) is list:
            tokens = <list>sentence
        else:
            if isinstance(sentence, str):
                if self.first_string is None:
                    self.first_string = (self.sentences, sentence)
                if self.sentences < HEAD:
                    self.head_strings.append(sentence)
            tokens = tokens_of(sentence, self.sentences)
        try:
            while k < PyList_GET_SIZE(tokens):  # the hash of a token may be user code, which may change the list
                if k + AHEAD < PyList_GET_SIZE(tokens):
                    w2v_prefetch(<const void *>PyList_GET_ITEM(tokens, k + AHEAD))
                token = tokens[k]
                self.visit(token, k)
                k += 1
        except TypeError:
            error = unhashable(token, k, self.sentences)
            if error is not None:
                raise error from None
            raise
        self.words += k
        self.sentences += 1
        return 1


@cython.final
cdef class Tally:
    """How often one key was seen."""

    cdef int64_t count


@cython.final
cdef class TokenCounter(SentenceLoop):
    """Counts keys in the order in which they are first seen; with `prunable`, `prune` can be called."""

    cdef readonly KeyTable table    # None once there are keys that are no str
    cdef dict tallies

    def __init__(self, sentences, bint prunable=False):
        super().__init__(sentences)
        self.tallies = {}
        self.table = None if prunable else KeyTable()

    def __len__(self):
        return len(self.tallies) if self.table is None else len(self.table)

    cdef int unpack(self) except -1:
        """Switch to a dict."""
        cdef Tally tally
        cdef int64_t id
        for id in range(len(self.table)):
            tally = Tally.__new__(Tally)
            tally.count = self.table.keys.counts[id]
            self.tallies[self.table.key(id)] = tally
        self.table = None
        return 0

    cdef int visit(self, object token, int64_t k) except -1:
        if type(token) is not str and type(token) is not int and Py_TYPE(token) != self.unchanged:
            token = self.plain(token)
        if self.table is not None:
            if type(token) is str:
                self.table.count_str(<str>token)
                return 0
            self.unpack()
        cdef PyObject *found = PyDict_GetItemWithError(self.tallies, token)
        cdef Tally tally
        if found is not NULL:
            (<Tally>found).count += 1
            return 0
        tally = Tally.__new__(Tally)
        tally.count = 1
        self.tallies[self.new_key(token, k)] = tally  # new as well: a token that `plain` leaves has the hash of its key
        return 0

    def scan(self, int64_t max_sentences, int64_t max_types):
        """Read up to `max_sentences`; stop early when a sentence exceeds `max_types` keys (0: no limit).

        Return False when the corpus has ended.
        """
        cdef int64_t stop = self.sentences + max_sentences
        cdef int64_t stop_words = self.words + SCAN_WORDS
        while self.sentences < stop and self.words < stop_words:
            if not self.advance():
                return False
            if 0 < max_types < len(self):
                break
        return True

    def prune(self, keep):
        """Drop the keys for which ``keep(key, count)`` is false; return how many keys and tokens were dropped."""
        cdef Tally tally
        cdef int64_t before = len(self.tallies), words = 0
        cdef dict kept = {}
        if self.table is not None:
            raise ValueError("only a TokenCounter made with prunable=True can be pruned")
        for key, tally in self.tallies.items():
            if keep(key, tally.count):
                kept[key] = tally
            else:
                words += tally.count
        self.tallies = kept
        return before - len(kept), words

    def counts(self):
        """Return the counts as a dict of int, if they are not in `table`."""
        cdef Tally tally
        return {key: tally.count for key, tally in self.tallies.items()}


@cython.final
cdef class Encoder(SentenceLoop):
    """Turns sentences into the arrays of batches, one `next_batch` at a time.

    Tokens that are not in `key_to_index` are skipped. With `grow`, it is empty at first, and each new key gets the next
    free id, in `table` while there is one, else in `key_to_index`. With `keep_empty`, sentences
    without a known token have offsets, too.
    """

    cdef dict key_to_index
    cdef readonly KeyTable table    # None once there are keys that are no str
    cdef bint grow, keep_empty
    cdef int64_t batch_words
    cdef uint32_t *ids
    cdef int64_t used, capacity
    cdef int64_t *offsets
    cdef int64_t n_offsets, offset_capacity
    cdef object documents           # the source of sentences with tags (tagging.Documents), or None
    cdef list tag_offsets, tag_rows
    cdef readonly object tags       # of the last batch, or None

    def __init__(
        self, sentences, dict key_to_index not None, int64_t batch_words, bint grow=False, documents=None,
        bint keep_empty=False,
    ):
        super().__init__(sentences)
        self.keep_empty = keep_empty
        self.documents = documents
        self.key_to_index = key_to_index
        self.grow = grow
        self.table = KeyTable() if grow else None
        self.batch_words = batch_words

    @property
    def types(self):
        """Return the number of keys."""
        return len(self.key_to_index) if self.table is None else len(self.table)

    def __dealloc__(self):
        free(self.ids)
        free(self.offsets)

    cdef int visit(self, object token, int64_t k) except -1:
        cdef PyObject *found
        cdef uint32_t row
        if type(token) is not str and type(token) is not int and Py_TYPE(token) != self.unchanged:
            token = self.plain(token)
        if self.table is not None and type(token) is str:
            return self.write(<uint32_t>self.table.count_str(<str>token))
        if self.table is not None:
            for row in range(<uint32_t>len(self.table)):
                self.key_to_index[self.table.key(row)] = row
            self.table = None
        found = PyDict_GetItemWithError(self.key_to_index, token)
        if found is not NULL:
            return self.write(<object>found)
        if self.grow:
            row = <uint32_t>len(self.key_to_index)
            self.key_to_index[self.new_key(token, k)] = row
            return self.write(row)
        return 0

    cdef int write(self, uint32_t row) except -1:
        """Add an id to the sentence."""
        if self.used == self.capacity:
            self.ids = <uint32_t *>grown(self.ids, &self.capacity, sizeof(uint32_t))
        self.ids[self.used] = row
        self.used += 1
        return 0

    cdef int end_sentence(self) except -1:
        """Write the offset after the tokens found so far."""
        if self.n_offsets == self.offset_capacity:
            self.offsets = <int64_t *>grown(self.offsets, &self.offset_capacity, sizeof(int64_t))
        self.offsets[self.n_offsets] = self.used
        self.n_offsets += 1
        return 0

    def next_batch(self):
        """Return (ids, offsets, raw_words, sentences) of the next whole sentences, or None at the end of the corpus."""
        cdef int64_t words_before = self.words, sentences_before = self.sentences
        self.used = self.n_offsets = 0
        self.end_sentence()
        self.tag_offsets, self.tag_rows = [0], []
        while self.words - words_before < self.batch_words or self.sentences == sentences_before:
            if not self.advance():
                break
            if self.keep_empty or self.used > self.offsets[self.n_offsets - 1]:
                self.end_sentence()
                if self.documents is not None:
                    self.tag_rows.extend(self.documents.rows)
                    self.tag_offsets.append(len(self.tag_rows))
        if self.sentences == sentences_before:
            return None
        ids = np.empty(self.used, np.uint32)
        offsets = np.empty(self.n_offsets, np.int64)
        cdef uint32_t[::1] ids_view = ids
        cdef int64_t[::1] offsets_view = offsets
        if self.used:
            memcpy(&ids_view[0], self.ids, self.used * sizeof(uint32_t))
        memcpy(&offsets_view[0], self.offsets, self.n_offsets * sizeof(int64_t))
        if self.documents is not None:
            self.tags = Tags(np.array(self.tag_offsets, np.int64), np.array(self.tag_rows, np.uint32))
        return ids, offsets, self.words - words_before, self.sentences - sentences_before


cdef void *grown(void *buffer, int64_t *capacity, size_t item) except NULL:
    """Return `buffer` with room for at least one more item (1.5 times the size), and update its capacity."""
    cdef int64_t wanted = capacity[0] + capacity[0] // 2 + 1024
    cdef void *larger = realloc(buffer, <size_t>wanted * item)
    if larger is NULL:
        raise MemoryError(f"a batch of {wanted:,} tokens does not fit in memory; lower batch_words")
    capacity[0] = wanted
    return larger
