/* The UTF-8 bytes of a Python str, for the table of keys. */
#ifndef W2V_PYSTRING_H
#define W2V_PYSTRING_H

#include <Python.h>

#include "keys.h"

#define W2V_SHORT 64 /* longer strings outside ASCII are left to Python */

/* Write a non-ASCII str to `buffer`, which has room for 4 * W2V_SHORT bytes; returns its length, or -1 if it is too
 * long. Lone surrogates become three bytes each, as with "surrogatepass". */
static int64_t w2v_encode(PyObject *string, uint8_t *buffer)
{
    const Py_ssize_t n = PyUnicode_GET_LENGTH(string);
    const int kind = PyUnicode_KIND(string);
    const void *data = PyUnicode_DATA(string);
    uint8_t *p = buffer;
    if (n > W2V_SHORT)
        return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        const uint32_t c = PyUnicode_READ(kind, data, i);
        if (c < 0x80) {
            *p++ = (uint8_t)c;
        } else if (c < 0x800) {
            *p++ = (uint8_t)(0xC0 | c >> 6);
            *p++ = (uint8_t)(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            *p++ = (uint8_t)(0xE0 | c >> 12);
            *p++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            *p++ = (uint8_t)(0x80 | (c & 0x3F));
        } else {
            *p++ = (uint8_t)(0xF0 | c >> 18);
            *p++ = (uint8_t)(0x80 | (c >> 12 & 0x3F));
            *p++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            *p++ = (uint8_t)(0x80 | (c & 0x3F));
        }
    }
    return p - buffer;
}

/* Insert a str as a key if it is new, and count it. Returns a status of keys.h, or -1: too long, to be encoded by
 * Python. */
static inline int w2v_count_str(w2v_keys *table, PyObject *string, int64_t *id)
{
    uint8_t buffer[4 * W2V_SHORT];
    const uint8_t *key = buffer;
    int64_t length;
    if (PyUnicode_IS_ASCII(string)) {
        key = (const uint8_t *)PyUnicode_DATA(string);
        length = PyUnicode_GET_LENGTH(string);
    } else if ((length = w2v_encode(string, buffer)) < 0) {
        return -1;
    }
    int status = w2v_keys_put(table, key, length, id);
    if (!status)
        table->counts[*id]++;
    return status;
}

#endif
