"""Phrases: counting words and pairs, scoring pairs, and joining those that score well. The C is in phrases.h.

    PhraseCounter   ids of sentences -> counts of words and of pairs, in one KeyTable
    PhraseScorer    three counts -> a score, or None where it is not above the threshold
    export_phrases  every key of a table that is a phrase -> its score
    PhraseJoiner    sentences of str -> sentences with phrases joined, by the counts of a table or by a dict of phrases
"""

cimport cython
from cpython.dict cimport PyDict_GetItemWithError
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.math cimport INFINITY, log
from libc.stdlib cimport free, realloc
from libc.string cimport memmove

from w2vcore.corpus._scanner cimport KeyTable, uint8_t, w2v_keys, w2v_keys_get, w2v_keys_put
from w2vcore.kernels._types cimport int64_t, uint32_t

from w2vcore.corpus.keying import plain_key

cdef extern from "phrases.h" nogil:
    enum:
        W2V_OK
        W2V_NO_MEMORY
        W2V_TOO_MANY_KEYS
        W2V_TOO_LARGE
        W2V_CONNECTOR

    ctypedef struct w2v_text:
        uint8_t *bytes
        int64_t length

    ctypedef struct w2v_phrases:
        uint32_t *roles
        int64_t n_roles
        int64_t roles_room
        const uint8_t *delimiter
        int64_t delimiter_length

    void w2v_phrases_close(w2v_phrases *phrases)
    int w2v_text_append(w2v_text *text, const uint8_t *bytes, int64_t length)
    int w2v_phrases_count(
        w2v_phrases *phrases, const w2v_keys *words, w2v_keys *vocab, const uint32_t *ids, int64_t n_ids,
        const int64_t *borders, int64_t n_borders, int64_t most, int64_t *sentence)
    int w2v_keys_frequent(const w2v_keys *vocab, w2v_keys *kept, int64_t least)
    int w2v_outer_parts(
        const uint8_t *key, int64_t length, const uint8_t *delimiter, int64_t delimiter_length, int64_t *first_end,
        int64_t *last_start)

cdef extern from "pystring.h":
    int64_t w2v_encode(object string, uint8_t *buffer)
    bint PyUnicode_IS_ASCII(object string)
    void *PyUnicode_DATA(object string)
    Py_ssize_t PyUnicode_GET_LENGTH(object string)


cdef int check(int status) except -1:
    """Raise the error for a status."""
    if status == W2V_NO_MEMORY:
        raise MemoryError("the words and pairs of the corpus do not fit in memory; lower max_vocab_size to prune them")
    if status == W2V_TOO_MANY_KEYS:
        raise ValueError("the corpus has more words and pairs than 32-bit ids can tell apart; set max_vocab_size")
    return 0


cdef class PhraseCounter:
    """Counts words and pairs of words.

    `connectors` are words that are not counted but may stand between the two of a pair. When a sentence raises the
    number of keys above `max_vocab_size`, those seen fewer than `min_reduce` times are dropped: 1 the first time, 2 the
    second, and so on.
    """

    cdef readonly KeyTable vocab
    cdef readonly int64_t min_reduce
    cdef readonly int64_t pruned    # keys dropped
    cdef KeyTable connectors
    cdef bytes delimiter
    cdef int64_t most
    cdef w2v_phrases state

    def __init__(self, bytes delimiter not None, KeyTable connectors not None, int64_t max_vocab_size=0):
        self.vocab = KeyTable()
        self.connectors = connectors
        self.delimiter = delimiter
        self.most = max_vocab_size
        self.min_reduce = 1
        self.state.delimiter = <const uint8_t *><const char *>self.delimiter
        self.state.delimiter_length = len(delimiter)

    def __dealloc__(self):
        w2v_phrases_close(&self.state)

    def count(self, KeyTable words not None, const uint32_t[::1] ids, const int64_t[::1] borders):
        """Count sentence s, ``ids[borders[s]:borders[s + 1]]``, for each s.

        Ids after the last border begin a sentence that continues in the next call. They refer to keys of `words`, which
        keeps its keys between calls and may gain more.
        """
        cdef int64_t sentence = 0, n = ids.shape[0]
        cdef int status = W2V_TOO_LARGE
        cdef uint32_t nothing = 0
        cdef const uint32_t *first = &ids[0] if n else &nothing
        self.assign_roles(words)
        while status == W2V_TOO_LARGE:
            with nogil:
                status = w2v_phrases_count(
                    &self.state, &words.keys, &self.vocab.keys, first, n, &borders[0], borders.shape[0], self.most,
                    &sentence)
            check(status)
            if status == W2V_TOO_LARGE:
                self.prune()

    cdef assign_roles(self, KeyTable words):
        """Find the connectors among new words."""
        cdef int64_t id, start, n = words.keys.n
        cdef void *larger
        if n > self.state.roles_room:
            larger = realloc(self.state.roles, <size_t>(n + n // 2) * sizeof(uint32_t))
            if larger is NULL:
                check(W2V_NO_MEMORY)
            self.state.roles = <uint32_t *>larger
            self.state.roles_room = n + n // 2
        for id in range(self.state.n_roles, n):
            start = words.keys.starts[id]
            self.state.roles[id] = 0
            if self.connectors.keys.n and w2v_keys_get(
                    &self.connectors.keys, words.keys.bytes + start, words.keys.starts[id + 1] - start) >= 0:
                self.state.roles[id] = W2V_CONNECTOR
        self.state.n_roles = n

    cdef prune(self):
        """Drop rare keys."""
        cdef int64_t id, before = self.vocab.keys.n
        self.vocab = frequent(self.vocab, self.min_reduce)
        self.pruned += before - self.vocab.keys.n
        self.min_reduce += 1
        for id in range(self.state.n_roles):
            if self.state.roles[id] != W2V_CONNECTOR:
                self.state.roles[id] = 0


def frequent(KeyTable table not None, int64_t least):
    """Return a table of the keys seen at least `least` times, in their order."""
    cdef KeyTable kept = KeyTable()
    cdef int status
    status = w2v_keys_frequent(&table.keys, &kept.keys, least)  # with the GIL, as others may put keys into the table
    check(status)
    return kept


def add_counts(KeyTable table not None, KeyTable more not None):
    """Add the counts of one table to another; new keys go to its end."""
    cdef int64_t id, start, place = 0
    for id in range(more.keys.n):
        start = more.keys.starts[id]
        check(w2v_keys_put(&table.keys, more.keys.bytes + start, more.keys.starts[id + 1] - start, &place))
        table.keys.counts[place] += more.keys.counts[id]


# How a PhraseScorer scores: gensim's two functions in C, or a function of the user.
DEFAULT, NPMI, CUSTOM = range(3)


@cython.final
cdef class PhraseScorer:
    """Scores pairs by their counts, as the two scorers of `w2vcore.phrases` do, or as `function` does."""

    cdef int kind
    cdef object function, threshold, min_count, len_vocab, corpus_word_count
    cdef double limit, least, types, words      # the same four as C numbers

    def __init__(self, int kind, function, threshold, min_count, len_vocab, corpus_word_count):
        self.kind = kind
        self.function = function
        self.threshold = self.limit = threshold
        self.min_count = self.least = min_count
        self.len_vocab = self.types = len_vocab
        self.corpus_word_count = self.words = corpus_word_count

    cdef object score(self, int64_t a, int64_t b, int64_t ab):
        """Return the score of a pair, or None if it is not above the threshold."""
        cdef double value
        if a <= 0 or b <= 0 or ab <= 0:
            return None
        if self.kind == 2:
            given = self.function(
                worda_count=a, wordb_count=b, bigram_count=ab, len_vocab=self.len_vocab, min_count=self.min_count,
                corpus_word_count=self.corpus_word_count)
            return given if given > self.threshold else None
        if self.kind == 1:
            value = self.npmi(a, b, ab)
        else:
            value = (ab - self.least) / (<double>a * <double>b) * self.types
        return value if value > self.limit else None

    cdef double npmi(self, int64_t a, int64_t b, int64_t ab) noexcept nogil:
        """Return the pointwise mutual information divided by its maximum, -log p(ab)."""
        cdef double pa = a / self.words, pb = b / self.words, pab = ab / self.words
        if ab < self.least or self.words <= 0:
            return -INFINITY
        if pab == 1:
            return 1
        return log(pab / (pa * pb)) / -log(pab)


def export_phrases(KeyTable vocab not None, bytes delimiter not None, PhraseScorer scorer not None):
    """Return a dict of all phrases in a table and their scores, in the order of the table.

    A key is split at each delimiter; its first and its last part are the two words that are scored.
    """
    cdef w2v_keys *keys = &vocab.keys
    cdef const uint8_t *cut = <const uint8_t *><const char *>delimiter
    cdef const uint8_t *key
    cdef int64_t id, a, b, length, first_end = 0, last_start = 0, n_delimiter = len(delimiter)
    cdef dict phrases = {}
    for id in range(keys.n):
        key = keys.bytes + keys.starts[id]
        length = keys.starts[id + 1] - keys.starts[id]
        # most pairs were seen once or twice, which the default scorer rejects without a look-up
        if scorer.kind == 0 and keys.counts[id] <= scorer.least and scorer.limit >= 0:
            continue
        if not w2v_outer_parts(key, length, cut, n_delimiter, &first_end, &last_start):
            continue
        a = w2v_keys_get(keys, key, first_end)
        b = w2v_keys_get(keys, key + last_start, length - last_start) if a >= 0 else -1
        if b >= 0:
            score = scorer.score(keys.counts[a], keys.counts[b], keys.counts[id])
            if score is not None:
                key = keys.bytes + keys.starts[id]  # the scorer is user code, which may have moved it
                phrases[PyUnicode_DecodeUTF8(<const char *>key, length, "surrogatepass")] = score
    return phrases


# Roles of a word in a phrase.
cdef int START = 1, END = 2, CONNECTS = 4


@cython.final
cdef class Candidate:
    """The joined words of a candidate phrase, as the bytes that are looked up in a table."""

    cdef w2v_text text
    cdef int64_t first_length   # bytes of the first word
    cdef KeyTable vocab
    cdef const uint8_t *delimiter
    cdef int64_t delimiter_length

    def __dealloc__(self):
        free(self.text.bytes)

    cdef int begin(self, word) except -1:
        """Start with a word."""
        self.text.length = 0
        self.append(word)
        self.first_length = self.text.length
        return 0

    cdef int go_on(self, word) except -1:
        """Add a delimiter and a word."""
        check(w2v_text_append(&self.text, self.delimiter, self.delimiter_length))
        self.append(word)
        return 0

    cdef object end(self, word, PhraseScorer scorer):
        """Add the last word; return the score, or None: then this is no phrase, and the word begins the next."""
        cdef int64_t at, whole, a = -1, b = -1
        cdef object score = None
        check(w2v_text_append(&self.text, self.delimiter, self.delimiter_length))
        at = self.text.length
        self.append(word)
        whole = self.find(0, self.text.length)
        if whole >= 0:  # most pairs were never seen
            a, b = self.find(0, self.first_length), self.find(at, self.text.length)
        if a >= 0 and b >= 0:
            score = scorer.score(
                self.vocab.keys.counts[a], self.vocab.keys.counts[b], self.vocab.keys.counts[whole])
        if score is None:
            memmove(self.text.bytes, self.text.bytes + at, <size_t>(self.text.length - at))
            self.first_length = self.text.length = self.text.length - at
        return score

    cdef int64_t find(self, int64_t start, int64_t stop) noexcept:
        """Return the id of the key between two bytes, or -1."""
        return w2v_keys_get(&self.vocab.keys, self.text.bytes + start, stop - start)

    cdef int append(self, word) except -1:
        """Add a word to the candidate."""
        cdef uint8_t buffer[256]    # 4 * W2V_SHORT
        cdef int64_t length
        cdef bytes encoded
        if not isinstance(word, str):
            raise TypeError(f"token {word!r} is of type {type(word).__name__}; phrases are made of str")
        if PyUnicode_IS_ASCII(word):
            check(w2v_text_append(&self.text, <const uint8_t *>PyUnicode_DATA(word), PyUnicode_GET_LENGTH(word)))
            return 0
        length = w2v_encode(word, buffer)
        if length >= 0:
            check(w2v_text_append(&self.text, buffer, length))
        else:
            encoded = word.encode("utf8", "surrogatepass")
            check(w2v_text_append(&self.text, <const uint8_t *><const char *>encoded, len(encoded)))
        return 0


@cython.final
cdef class PhraseJoiner:
    """Joins phrases in sentences, from left to right: the one that ends first wins, and the next begins after it.

    Either by a dict of `phrases` and their scores, or by the counts of `vocab` and a `scorer`; both are read as they
    are at the time, but phrases added to the dict later are missed if their first or last word is new there.
    """

    cdef dict roles             # roles of words; with a vocab, only the connectors
    cdef object phrases         # a dict, maybe of a subclass
    cdef object threshold
    cdef KeyTable vocab
    cdef PhraseScorer scorer
    cdef str delimiter
    cdef bytes encoded_delimiter

    def __init__(
            self, str delimiter not None, connectors, phrases=None, threshold=None, KeyTable vocab=None,
            PhraseScorer scorer=None):
        self.delimiter = delimiter
        self.encoded_delimiter = delimiter.encode("utf8", "surrogatepass")
        self.phrases = phrases
        self.threshold = threshold
        self.vocab = vocab
        self.scorer = scorer
        self.roles = {}
        if phrases is not None:
            for phrase in phrases:
                self.add_roles(phrase)
        self.roles.update(dict.fromkeys(connectors, CONNECTS))

    cdef add_roles(self, str phrase):
        """Note which words may begin and end a phrase; any of its delimiters may be the one that joined them."""
        cdef Py_ssize_t at = phrase.find(self.delimiter)
        while at >= 0:
            for word, role in ((phrase[:at], START), (phrase[at + len(self.delimiter):], END)):
                self.roles[word] = self.roles.get(word, 0) | role
            at = phrase.find(self.delimiter, at + 1)

    def join(self, sentence):
        """Return the sentence as a list, with a phrase as one token."""
        cdef list tokens = []
        self.walk(sentence, tokens, None)
        return tokens

    def analyze(self, sentence):
        """Return a list of (token, score), with a score of None for tokens that are not phrases."""
        cdef list tokens = [], scores = []
        self.walk(sentence, tokens, scores)
        return list(zip(tokens, scores))

    cdef int walk(self, sentence, list tokens, list scores) except -1:
        """Go over a sentence; fill `tokens` and, unless it is None, `scores`."""
        cdef list between = []
        cdef object start = None, score
        cdef bint inside = False
        cdef int role, start_role = 0
        cdef PyObject *found
        # Local to this walk: the sentence may run user code that begins another walk or a thread.
        cdef Candidate candidate = self.new_candidate() if self.phrases is None else None
        for word in sentence:
            if type(word) is not str:
                word = plain_key(word)
            found = PyDict_GetItemWithError(self.roles, word)
            role = 0 if found is NULL else <int>(<object>found)
            if role & CONNECTS:
                if inside:
                    between.append(word)
                else:
                    tokens.append(word)
                    if scores is not None:
                        scores.append(None)
                continue
            if inside:
                score = None
                if candidate is not None:
                    for part in between:
                        candidate.go_on(part)
                    score = candidate.end(word, self.scorer)
                elif start_role & START and role & END:
                    score = self.phrases.get(self.delimiter.join([start, *between, word]))
                    if score is not None and not score > self.threshold:
                        score = None
                if score is not None:
                    tokens.append(self.delimiter.join([start, *between, word]))
                    if scores is not None:
                        scores.append(score)
                    inside = False
                    if between:
                        between = []
                    continue
                tokens.append(start)
                if scores is not None:
                    scores.extend([None] * (1 + len(between)))
                if between:
                    tokens.extend(between)
                    between = []
            elif candidate is not None:
                candidate.begin(word)
            inside, start, start_role = True, word, role
        if inside:
            tokens.append(start)
            tokens.extend(between)
            if scores is not None:
                scores.extend([None] * (1 + len(between)))
        return 0

    cdef Candidate new_candidate(self):
        cdef Candidate candidate = Candidate.__new__(Candidate)
        candidate.vocab = self.vocab
        candidate.delimiter = <const uint8_t *><const char *>self.encoded_delimiter
        candidate.delimiter_length = len(self.encoded_delimiter)
        return candidate
