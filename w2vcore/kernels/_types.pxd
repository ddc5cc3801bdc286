"""The number types of the kernels: ids are uint32, lengths and offsets int64, weights float32, sums double."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t  # noqa: F401  (re-exported by cimport)
