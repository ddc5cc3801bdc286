"""Files of vectors that claim more than they hold, or make a reader work for hours, each in a few KB or MB.

    python hostile_vectors.py FOLDER

reads those that `write_all` has written into the folder, as `hostile_reading.read_all` does.
"""

import bz2
import gzip
import io
import json
import lzma
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import hostile_reading
import numpy as np

MANY = 1_000_000
HUGE = 1 << 45  # bytes that no machine has

# ------------------------------------------------------------------ safetensors


def safetensors(tensors, data=b"", **metadata):
    """A file of w2vcore's with a header of your choice."""
    usual = {
        "format": "w2vcore",
        "format_version": "1",
        "kind": "keyedvectors",
        "keys": "str",
        "columns": "[]",
        "settings": "{}",
    }
    text = json.dumps({"__metadata__": {**usual, **metadata}, **tensors}).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(shape, start, stop, dtype="F32"):
    """An entry of the header."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def three(rows):
    """Vectors and keys of so many rows, in a header that adds up; the data are for one row."""
    ends = [8 * (rows + 1), 12 * rows + 8, 13 * rows + 8]
    return safetensors(
        {
            "keys.offsets": tensor([rows + 1], 0, ends[0], "I64"),
            "embeddings": tensor([rows, 1], ends[0], ends[1]),
            "keys.bytes": tensor([rows], ends[1], ends[2], "U8"),
        },
        struct.pack("<2qf", 0, 1, 1.0) + b"a",
    )


def zeros(rows):
    """Vectors of nothing but zeros."""
    keys = b"".join(b"%08d" % row for row in range(100))
    ends = [8 * 101, 8 * 101 + 400 * rows, 8 * 101 + 400 * rows + 800]
    head = safetensors(
        {
            "keys.offsets": tensor([101], 0, ends[0], "I64"),
            "embeddings": tensor([100, rows], ends[0], ends[1]),
            "keys.bytes": tensor([800], ends[1], ends[2], "U8"),
        }
    )
    return head + struct.pack("<101q", *range(0, 808, 8)) + bytes(400 * rows) + keys


# ------------------------------------------------------------------ NumPy


def array_header(shape, dtype):
    """The beginning of an .npy."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


def archive(members, packed=True):
    """An .npz of these bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def claiming(file, packed, unpacked):
    """The same archive with other sizes in its directory."""
    file = bytearray(file)
    at = -1
    while (at := file.find(b"PK\x01\x02", at + 1)) >= 0:
        file[at + 20 : at + 28] = struct.pack("<2I", packed, unpacked)
    return bytes(file)


def overlapping(count, size):
    """An archive whose members are all the same bytes."""
    data = array_header((size // 4, 1), "<f4") + bytes(size)
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeezer.compress(data) + squeezer.flush()
    fields = struct.pack("<5H3I2H", 20, 0, 8, 0, 0x21, zlib.crc32(data), len(packed), len(data), 5, 0)
    file = b"PK\x03\x04" + fields + b"a.npy" + packed
    directory = b"".join(
        b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<3H2I", 0, 0, 0, 0, 0) + b"%c.npy" % (97 + row)
        for row in range(count)
    )
    end = struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(file), 0)
    return file + directory + b"PK\x05\x06" + end


GOOD_KEYS = array_header((1,), "<U1") + "a".encode("utf-32-le")
GOOD_VECTORS = array_header((1, 1), "<f4") + struct.pack("<f", 1)

# ------------------------------------------------------------------ fastText


def fasttext(words, maxn=6, minn=1, dim=10, bucket=10, rows=None):
    """A model with these words."""
    settings = [dim, 5, 5, 1, 5, 1, 2, 2, bucket, minn, maxn, 100]
    file = struct.pack("<Ii12id", 0x2F4F16BA, 12, *settings, 1e-4)
    file += struct.pack("<3i2q", len(words), len(words), 0, len(words), -1)
    file += b"".join(word + b"\0" + struct.pack("<qb", 1, 0) for word in words)
    rows = len(words) + bucket if rows is None else rows
    file += b"\0" + struct.pack("<2q", rows, dim) + bytes(4 * dim * (len(words) + 10))
    return file + b"\0" + struct.pack("<2q", len(words), dim) + bytes(4 * dim * len(words))


# ------------------------------------------------------------------ files


def all_files():
    """Name -> what makes the bytes."""
    return {
        "header that claims.safetensors": lambda: three(HUGE),
        "header that claims.safetensors.gz": lambda: gzip.compress(three(HUGE)),
        "header that claims.safetensors.xz": lambda: lzma.compress(three(1 << 31)),
        "header of a million sides.safetensors": lambda: safetensors(
            {"embeddings": tensor([1 << 62] * MANY, 0, 4), "keys.bytes": tensor([1], 4, 5, "U8")}, b"12345"
        ),
        "header of many lists.safetensors": lambda: safetensors({"embeddings": [[[[]]]] * (MANY // 5)}),
        "header of deep lists.safetensors": lambda: (
            struct.pack("<Q", 2 * MANY + 6) + b'{"a":' + b"[" * MANY + b"]" * MANY + b"}"
        ),
        "long names.safetensors": lambda: safetensors({"x" * 5 * MANY: tensor([2], 0, 4)}, b"1234"),
        "a long shape.safetensors": lambda: safetensors({"embeddings": tensor([1.5] * MANY, 0, 4)}, b"1234"),
        "a long version.safetensors": lambda: safetensors({}, format_version="9" * 4000),
        "a long kind.safetensors": lambda: safetensors({}, kind="x" * 5 * MANY),
        "deep settings.safetensors": lambda: safetensors({}, settings="[" * MANY),
        "many columns.safetensors": lambda: safetensors({}, columns=json.dumps(["a"] * MANY)),
        "zeros.safetensors.gz": lambda: gzip.compress(zeros(550_000), 1),
        "zeros.safetensors.bz2": lambda: bz2.compress(zeros(250_000), 1),
        "zeros.safetensors.xz": lambda: lzma.compress(zeros(400_000), preset=0),
        "array that claims.npy": lambda: array_header((1 << 40, 1), "<f4"),
        "array of nothing.npy": lambda: array_header((1 << 40, 0), "<f4"),
        "array that claims.npy.gz": lambda: gzip.compress(array_header((1 << 40, 1), "<f4")),
        "keys that claim.npz": lambda: archive(
            {"vectors.npy": GOOD_VECTORS, "keys.npy": array_header((1 << 40,), "<U1000")}
        ),
        "directory that claims.npz": lambda: claiming(
            archive({"vectors.npy": array_header((1 << 28, 2), "<f4"), "keys.npy": array_header((1 << 28,), "<U1")}),
            1 << 31,
            (1 << 31) + 128,
        ),
        "stored members that claim.npz": lambda: claiming(
            archive(
                {"vectors.npy": array_header((1 << 28, 2), "<f4"), "keys.npy": array_header((1 << 28,), "<U1")}, False
            ),
            (1 << 31) + 128,
            (1 << 31) + 128,
        ),
        "members that overlap.npz": lambda: overlapping(16, 60_000_000),
        "zeros.npz": lambda: archive(
            {
                "vectors.npy": array_header((14_000_000, 4), "<f4") + bytes(224_000_000),
                "keys.npy": GOOD_KEYS,
            }
        ),
        "many members.npz": lambda: archive(dict.fromkeys(map("{}.npy".format, range(60_000)), b""), False),
        "long keys.npz": lambda: archive(
            {
                "vectors.npy": array_header((560, 1), "<f4") + bytes(2240),
                "keys.npy": array_header((560,), "<U99999") + bytes(223_997_760),
            }
        ),
        "a long word.ftbin": lambda: fasttext([b"x" * 20_000], maxn=1000),
        "a very long word.ftbin": lambda: fasttext([b"x" * 16_000_000], maxn=100),
        "long words.ftbin": lambda: fasttext([b"%d" % row + b"x" * 2000 for row in range(2000)], maxn=100),
        "words of many bytes.ftbin": lambda: fasttext([b"%d" % row + b"x" * 2000 for row in range(2000)], maxn=99),
        "continuations.ftbin": lambda: fasttext([b"\x80" * 8_000_000], maxn=100),
        "a table that claims.ftbin": lambda: fasttext([b"a"], rows=1 << 40),
        "a table that claims.ftbin.gz": lambda: gzip.compress(fasttext([b"a"], rows=1 << 40)),
        "a word without end.ftbin": lambda: fasttext([b"a"])[:100] + b"x" * 40_000_000,
        "rows of many numbers.vec": lambda: b"1000000000 16777216\na 1\n",
        "many rows.vec": lambda: b"999999999999999 1\na 1\n",
        "many rows.vec.gz": lambda: gzip.compress(b"999999999999999 16777216\na 1\n"),
        "a number of many digits.vec": lambda: b"1 2\na 1" + b"0" * 20_000_000 + b" 1\n",
        "a fraction of many digits.vec": lambda: b"1 2\na 0." + b"1" * 20_000_000 + b" 1\n",
        "an exponent of many digits.vec": lambda: b"1 2\na 1e" + b"1" * 20_000_000 + b" 1\n",
        "blanks.vec": lambda: b"1 2\na" + b" " * 40_000_000 + b"1 1\n",
        "a word without end.vec": lambda: b"1 2\n" + b"x" * 40_000_000,
        "newlines.vec": lambda: b"9 2\n" + b"\n" * 40_000_000,
        "a word without end.txt": lambda: b"a 1 2\n" + b"x" * 40_000_000,
        "words with blanks.txt": lambda: b"a 1 2\n" + b"x " * 20_000_000 + b"1 2\n",
        "many rows.bin": lambda: b"999999999999999 1\na 1234\n",
        "rows of many numbers.bin": lambda: b"100000 16777216\na 1234",
        "a word without end.bin": lambda: b"3 1\n" + b"x" * 40_000_000,
        "newlines.bin": lambda: b"3 1\n" + b"\n" * 40_000_000,
        "zeros.bin.gz": lambda: gzip.compress(
            b"600000 100\n" + b"".join(b"%d " % row + bytes(400) for row in range(600_000)), 1
        ),
        "endless.vec.bz2": lambda: bz2.compress(b"1 2\n" + bytes(100 << 20)),
    }


def write_all(folder):
    """Write the files."""
    for name, content in all_files().items():
        (folder / name).write_bytes(content())
        if name.split(".")[1] == "npy":
            (folder / name.split(".")[0]).with_suffix(".keys.txt").write_text("a\n", encoding="ascii")
    (folder / "harmless.vec").write_bytes(b"1 2\na 1 2\n")


def read(path):
    """What the loaders say."""
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.phrases import Phrases

    loaders = [KeyedVectors.load_any]
    if ".safetensors" in path.name:
        loaders += [KeyedVectors.load, Phrases.load]
    return [hostile_reading.said(load, path) for load in loaders]


if __name__ == "__main__":
    hostile_reading.read_all(Path(sys.argv[1]), read, first="harmless.vec")
