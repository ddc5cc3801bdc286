"""The process's one block table."""

from ._contract cimport w2v_block_table

# The table chosen when the module was imported; constant afterwards.
cdef const w2v_block_table *block_table() noexcept nogil

# A table by name, for tests and benchmarks; NULL when it was not built or this CPU cannot run it.
cdef const w2v_block_table *block_table_named(bytes name)
