"""Tell by its first bytes what a file is when it is not what the caller said."""

from __future__ import annotations

# First bytes -> what the file is, and what to do. Magic numbers: the file(1) database; fastText's is
# FASTTEXT_FILEFORMAT_MAGIC_INT32 in its source.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip file; give it a name that ends in .gz, or unpack it"),
    (b"BZh", "a bzip2 file; give it a name that ends in .bz2, or unpack it"),
    (b"\xfd7zXZ\x00", "an xz file; give it a name that ends in .xz, or unpack it"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; give it a name that ends in .zst, or unpack it"),
    (
        b"PK\x03\x04",
        "a zip archive (numpy's .npz, a PyTorch model, a download?); KeyedVectors.load_any reads .npz, else unpack it",
    ),
    (b"\x93NUMPY", "a numpy array (.npy); KeyedVectors.load_any reads it, with the keys in a text file beside it"),
    (b"\x89HDF\r\n", "an HDF5 file"),
    (b"\xba\x16\x4f\x2f", "a fastText model (.bin); KeyedVectors.load_any reads it"),
)
_PICKLE = (
    "a Python pickle (a gensim save?), which can run any code when Python loads it; Word2Vec.load, KeyedVectors.load "
    "and Phrases.load read gensim's without running anything in them (docs/formats.md)"
)
HEAD_BYTES = 512  # enough for every test below; tar has its mark at byte 257


def is_safetensors(head: bytes) -> bool:
    """Whether a file may be safetensors: a length of at most 100 MB (the library's bound), then a JSON object."""
    return len(head) >= 9 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= 100_000_000


def is_pickle(head: bytes) -> bool:
    """Whether a file may be a pickle: opcode PROTO and a protocol number, or an object in an older protocol."""
    return (len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5) or head.startswith((b"ccopy_reg\n", b"ccopyreg\n"))


def describe(head: bytes) -> str | None:
    """Return what a file is, as the rest of a sentence "this is ...", or None if nothing known.

    Examples
    --------
    >>> describe(b"BZh91AY&SY")
    'a bzip2 file; give it a name that ends in .bz2, or unpack it'
    """
    if is_safetensors(head):
        return "a safetensors file (saved by w2vcore?); load it with Word2Vec.load or KeyedVectors.load"
    if is_pickle(head):
        return _PICKLE
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it and name the file inside"
    return None
