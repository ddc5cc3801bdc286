"""The process's one block table: the best that this CPU can run, or the one that W2VCORE_ISA names.

Every other extension cimports `block_table()`, so there is one choice in a process, made when this module is imported.
"""

import os

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.string cimport strcmp

from ._contract cimport w2v_block_table

cdef extern from "isa.h" nogil:
    enum:
        W2V_MAX_TABLES
    int w2v_usable_tables(const w2v_block_table **tables) noexcept

cdef const w2v_block_table *TABLES[W2V_MAX_TABLES]
cdef int N_TABLES = w2v_usable_tables(TABLES)
cdef const w2v_block_table *ACTIVE = NULL


cdef const w2v_block_table *block_table() noexcept nogil:
    return ACTIVE


cdef const w2v_block_table *block_table_named(bytes name):
    if name == b"blas":
        from ._block_blas import table
        return <const w2v_block_table *> PyCapsule_GetPointer(table, b"w2vcore.kernels._block_blas.table")
    for i in range(N_TABLES):
        if strcmp(TABLES[i].name, name) == 0:
            return TABLES[i]
    return NULL


def available():
    """Return the names of the tables that this CPU can run: those in C, the fastest last, and then "blas"."""
    return (*(TABLES[i].name.decode() for i in range(N_TABLES)), "blas")


def active():
    """Return the name of the table in use."""
    return ACTIVE.name.decode()


cdef const w2v_block_table *choose() except NULL:
    cdef const w2v_block_table *table
    wanted = os.environ.get("W2VCORE_ISA", "")
    if not wanted:
        return TABLES[N_TABLES - 1]
    table = block_table_named(wanted.encode("utf8", "surrogateescape"))
    if table is NULL:
        raise ImportError(
            f"W2VCORE_ISA={wanted!r} is not an instruction set that was built and that this CPU can run: "
            f"choose one of {', '.join(available())}, or unset it to take the best")
    return table


ACTIVE = choose()
