"""The table of keys, for other extension modules of this floor."""

from w2vcore.kernels._types cimport int64_t

cdef extern from "<stdint.h>" nogil:
    ctypedef unsigned char uint8_t
    ctypedef unsigned long long uint64_t

cdef extern from "keys.h" nogil:
    enum:
        W2V_OK
        W2V_NO_MEMORY
        W2V_TOO_MANY_KEYS

    ctypedef struct w2v_keys:
        uint8_t *bytes
        int64_t *starts
        int64_t *counts
        int64_t n
        int64_t max_keys

    int w2v_keys_open(w2v_keys *table, uint64_t seed, int64_t max_keys)
    void w2v_keys_close(w2v_keys *table)
    void w2v_keys_clear(w2v_keys *table)
    int64_t w2v_keys_get(const w2v_keys *table, const uint8_t *key, int64_t length)
    int w2v_keys_put(w2v_keys *table, const uint8_t *key, int64_t length, int64_t *id)

cdef extern from "pystring.h":
    int w2v_count_str(w2v_keys *table, object string, int64_t *id)

cdef class KeyTable:
    cdef w2v_keys keys
    cdef int64_t count_str(self, str key) except -1
