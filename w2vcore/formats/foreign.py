"""Files that cannot be read, or not as the caller said: what they are and what to do, by their first bytes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

HEAD_BYTES = 512  # enough for every test below; tar has its mark at byte 257

_SHOWN = 6  # names in a message


def _taken(how: str, keys: str = "words", vectors: str = "matrix", size: str = "matrix.shape[1]") -> str:
    """How to make vectors of data in Python: lines to type in."""
    return f"{how}; kv = KeyedVectors({size}); kv.add_vectors({keys}, {vectors})"


_TABLE = {"keys": "list(table.index)", "vectors": "table.to_numpy()", "size": "table.shape[1]"}
_DICT = {"keys": "list(d)", "vectors": "list(d.values())", "size": "len(next(iter(d.values())))"}
_LISTS = {"vectors": "vectors", "size": "len(vectors[0])"}
_PYTORCH = _taken("matrix = torch.load(path, weights_only=True)[name]", vectors="matrix.numpy()")
_TENSORFLOW = _taken("matrix = tf.train.load_checkpoint(prefix).get_tensor(name)")
_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # files before 1.6 begin with a pickled number

# Protocol 0 has no mark: an object, an array, a dict or a list.
_OLD_PICKLE = re.compile(rb"ccopy_?reg\n|cnumpy[.\w]*\n|\((dp|lp)\d*\n")

# First bytes -> what the file is, and what to do: the rest of a sentence "this is ...". Magic numbers: the file(1)
# database; fastText's is FASTTEXT_FILEFORMAT_MAGIC_INT32 in its source, PyTorch's in torch/serialization.py.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip file; pass its name, or what gzip.open makes of it"),
    (b"BZh", "a bzip2 file; pass its name, or what bz2.open makes of it"),
    (b"\xfd7zXZ\x00", "an xz file; pass its name, or what lzma.open makes of it"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; pass its name, or unpack it"),
    (
        b"PK\x03\x04",
        "a zip archive (numpy's .npz, a PyTorch model, a download?); KeyedVectors.load_any reads .npz, else unpack it",
    ),
    (b"x\x9c", "packed by zlib (by joblib?); of what zlib.decompress(open(path, 'rb').read()) gives, write a file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it (7z x), and name the file inside"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it, and name the file inside"),
    (b"\x93NUMPY", "a numpy array (.npy); KeyedVectors.load_any reads it, with the keys in a text file beside it"),
    (
        b"\x89HDF\r\n",
        "an HDF5 file (ConceptNet Numberbatch, which is there as .txt.gz too? a Keras model?); "
        + _taken("table = pandas.read_hdf(path)", **_TABLE),
    ),
    (b"\xba\x16\x4f\x2f", "a fastText model (.bin); KeyedVectors.load_any reads it"),
    (b"FiFu", "a finalfusion file (.fifu); KeyedVectors.load_any reads it"),
    (b"PAR1", "a Parquet file; KeyedVectors.load_any reads it, with the package pyarrow"),
    (b"ARROW1", "an Arrow file; KeyedVectors.load_any reads it, with the package pyarrow"),
    (
        b"SQLite format 3\0",
        "an SQLite database (a .magnitude file?); "
        + _taken("m = pymagnitude.Magnitude(path)", "[key for key, _ in m]", "[vector for _, vector in m]", "m.dim"),
    ),
    (_TORCH, "a PyTorch file; " + _PYTORCH),
    (b"GGUF", "a GGUF file, a language model; it holds no word vectors"),
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer, which stands for the file: git lfs pull"),
    (b'model_checkpoint_path: "', "the index of a TensorFlow checkpoint; " + _TENSORFLOW),
    (b"\xff\xfe", "a text in UTF-16; iconv -f utf-16 -t utf-8 FILE > NEW"),
    (b"\xfe\xff", "a text in UTF-16; iconv -f utf-16 -t utf-8 FILE > NEW"),
)

# First characters of a text, after blanks -> what it is. Tried in this order.
_TEXTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"<(!doctype html|html|head|body)\b", re.IGNORECASE),
        "an HTML page, not the file (an error, a login, a page about it?): download it again",
    ),
    (re.compile(rb"<\?xml|<Error>"), "an XML document (an error of the server?): download the file again"),
    (
        re.compile(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\['),
        "JSON; if it holds words and their vectors: " + _taken("d = json.load(open(path))", **_DICT),
    ),
    (
        re.compile(rb'\{\s*"|\[\s*[\[{"0-9-]'),
        "JSON; " + _taken("take a list of words and one of vectors out of json.load(open(path))", **_LISTS),
    ),
    (
        re.compile(rb'[^,\n]*(,"?[-+]?[0-9.]+(e[-+]?[0-9]+)?"?){2}', re.IGNORECASE),
        "a table with commas (CSV); " + _taken("table = pandas.read_csv(path, index_col=0)", **_TABLE),
    ),
)

# Names of files in an archive -> what it is.
_ARCHIVES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(.*/)?data\.pkl\Z"), "a PyTorch file (.pt); " + _PYTORCH),
    (
        re.compile(r"(.*/)?(model\.weights\.h5|saved_model\.pb)\Z"),
        "a Keras or TensorFlow model; " + _taken("matrix = model.get_layer(name).get_weights()[0]"),
    ),
    (re.compile(r"\[Content_Types\]\.xml\Z"), "an Office document; save what is in it as text"),
)

# Names of files, for those whose first bytes say nothing.
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\.(index|meta|data-\d+-of-\d+)\Z"), "a part of a TensorFlow checkpoint; " + _TENSORFLOW),
    (re.compile(r"(^|[/\\])saved_model\.pb\Z|\.pb\Z"), "a TensorFlow model; " + _TENSORFLOW),
)

_PICKLE = (
    "a Python pickle (a gensim save?), which can run any code when Python loads it; Word2Vec.load, KeyedVectors.load "
    "and Phrases.load read gensim's without running anything in them (docs/formats.md)"
)


def is_safetensors(head: bytes) -> bool:
    """Whether a file may be safetensors: a length of at most 100 MB (the library's bound), then a JSON object."""
    return len(head) >= 9 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= 100_000_000


def is_pickle(head: bytes) -> bool:
    """Whether a file may be a pickle: opcode PROTO and a protocol number, or an object in an older protocol."""
    if head.startswith(_TORCH):
        return False
    return (len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5) or bool(_OLD_PICKLE.match(head))


def is_packed(head: bytes) -> bool:
    """Whether a file begins like a compressed one, even if the rest is damaged."""
    return head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"))


def is_zip(head: bytes) -> bool:
    """Whether a file is a zip archive with something in it."""
    return head.startswith(b"PK\x03\x04")


def is_tar(head: bytes) -> bool:
    """Whether a file is a tar archive."""
    return head[257:262] == b"ustar"


def describe(head: bytes, name: str = "") -> str | None:
    """Return what a file is, as the rest of a sentence "this is ...", or None if that is not known.

    Parameters
    ----------
    head : bytes
        Its first `HEAD_BYTES` bytes.
    name : str, optional
        What it is called, for files whose bytes say nothing.

    Examples
    --------
    >>> describe(b"BZh91AY&SY")
    'a bzip2 file; pass its name, or what bz2.open makes of it'
    >>> describe(b"<!DOCTYPE html><title>404")
    'an HTML page, not the file (an error, a login, a page about it?): download it again'
    """
    if is_safetensors(head):
        return "a safetensors file (saved by w2vcore?); load it with Word2Vec.load or KeyedVectors.load"
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if is_pickle(head):
        return _PICKLE
    if is_tar(head):
        return "a tar archive; unpack it and name the file inside"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for begins, what in _TEXTS:
        if begins.match(text):
            return what
    return next((what for pattern, what in _NAMES if pattern.search(os.fspath(name))), None)


def describe_archive(members: Sequence[str]) -> str | None:
    """Return what an archive is, by the names of its files, in the form of `describe`.

    Examples
    --------
    >>> describe_archive(["archive/data.pkl", "archive/data/0"])[:14]
    'a PyTorch file'
    """
    for pattern, what in _ARCHIVES:
        if any(pattern.match(member) for member in members):
            return what
    return None


def describe_tensors(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Say what is in another library's safetensors file, and how to use one of its matrices.

    Examples
    --------
    >>> describe_tensors({"bias": (5,), "emb": (9, 5)}).split("; ")[1]
    "its matrices are 'emb' (9, 5)"
    """
    matrices = sorted((name for name in shapes if len(shapes[name]) == 2), key=lambda name: -shapes[name][0])
    shown = ", ".join(f"{name!r:.60} {shapes[name]}" for name in matrices[:_SHOWN])
    more = f" and {len(matrices) - _SHOWN} more" if len(matrices) > _SHOWN else ""
    what = "this is a safetensors file, but not one saved by w2vcore (its metadata name no format); "
    if not matrices:
        return what + "it holds no matrix"
    take = _taken("matrix = safetensors.numpy.load_file(path)[name]")
    return f"{what}its matrices are {shown}{more}; {take}"


def describe_pickled(what: str) -> str:
    """Say what to do with a pickled value of Python or NumPy, if anything: the rest of a sentence.

    Examples
    --------
    >>> describe_pickled("int")
    ''
    """
    if what == "dict":
        take = _taken("d = pickle.load(open(path, 'rb'))", **_DICT)
    elif what in ("list", "tuple", "ndarray"):
        take = _taken("vectors = pickle.load(open(path, 'rb'))", **_LISTS)
    else:
        return ""
    return f"; if you trust it, and only then: {take}"
