"""Hostile files that are well-formed: what a format is made of is taken apart, changed, and put together again.

Bytes that are changed blindly rarely get past the first check of lengths. Here lengths and checksums are made right (or
wrong on purpose), so that what lies behind them is reached: shapes in headers, opcodes of pickles, sizes in directories.
"""

import ast
import bz2
import gzip
import io
import json
import lzma
import pickletools
import struct
import tarfile
import zipfile
from contextlib import suppress

INTEGERS = [
    -1,
    0,
    1,
    2,
    3,
    5,
    6,
    7,
    100,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32,
    2**40,
    2**53,
    2**62,
    2**63 - 1,
    2**63,
    2**64,
    -(2**63),
]
TEXTS = [
    "",
    "a",
    "the",
    "東",
    "\0",
    "\n",
    "\ud800",
    "x" * 300,
    "-1",
    "1e999",
    "../x",
    "nan",
    "keys.bytes",
    "embeddings",
    "F32",
    "I64",
    "<f4",
    "|O",
    "<U9",
]


def _value(rng, depth=0):
    """Something that JSON can hold."""
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind == 0:
        return rng.choice(INTEGERS)
    if kind == 1:
        return rng.choice(TEXTS)
    if kind == 2:
        return rng.choice([None, True, False, 0.5, 1e308, -0.0, float("inf"), float("nan")])
    if kind in (3, 4):
        return rng.randrange(-2, 70)
    if kind == 5:
        return [_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind == 6:
        return [rng.choice(INTEGERS)] * rng.choice([1, 2, 3, 33, 1000])
    return {rng.choice(TEXTS): _value(rng, depth + 1) for _ in range(rng.randrange(4))}


def changed_tree(tree, rng):
    """Change one place of nested dicts, lists, tuples and numbers."""
    if isinstance(tree, dict) and tree and rng.random() < 0.9:
        key = rng.choice(list(tree))
        kind = rng.randrange(8)
        result = dict(tree)
        if kind == 0:
            del result[key]
        elif kind == 1:
            result[rng.choice([*tree, *TEXTS])] = result.pop(key)
        elif kind == 2:
            result[key] = result[rng.choice(list(tree))]
        elif kind == 3:
            result[rng.choice(TEXTS)] = _value(rng)
        else:
            result[key] = changed_tree(tree[key], rng)
        return result
    if isinstance(tree, (list, tuple)) and tree and rng.random() < 0.9:
        result = list(tree)
        at = rng.randrange(len(result))
        kind = rng.randrange(6)
        if kind == 0:
            del result[at]
        elif kind == 1:
            result.insert(at, result[at])
        elif kind == 2:
            result *= rng.choice([2, 40])
        else:
            result[at] = changed_tree(result[at], rng)
        return type(tree)(result)
    if isinstance(tree, str) and rng.random() < 0.5:
        with suppress(ValueError):  # JSON in JSON
            return json.dumps(changed_tree(json.loads(tree), rng))
    if type(tree) is int and rng.random() < 0.6:
        return rng.choice([tree + 1, tree - 1, -tree, 2 * tree, tree << 32, *INTEGERS])
    return _value(rng)


# ------------------------------------------------------------------ safetensors, NumPy


def safetensors(data, rng):
    """Another header, of the length that is said."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    if rng.random() < 0.1:
        _claim(header, rng)
    else:
        for _ in range(rng.randint(1, 3)):
            header = changed_tree(header, rng)
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def _claim(header, rng):
    """Multiply the rows of all tensors, and let them lie where they would."""
    times, at = rng.choice([2, 1 << 20, 1 << 33]), 0
    tensors = [entry for name, entry in header.items() if name != "__metadata__"]
    for entry in sorted(tensors, key=lambda entry: entry["data_offsets"]):
        size = times * (entry["data_offsets"][1] - entry["data_offsets"][0])
        entry["shape"] = [times * entry["shape"][0], *entry["shape"][1:]]
        entry["data_offsets"], at = [at, at + size], at + size


def array(data, rng):
    """Another header, of the length that is said; sometimes as many bytes as it asks for, if these are few."""
    length = int.from_bytes(data[8:10], "little")
    header = ast.literal_eval(data[10 : 10 + length].decode("latin-1"))
    kind = rng.randrange(3)
    if kind == 0:
        header["shape"] = tuple(rng.choice([*range(9), *INTEGERS]) for _ in range(rng.randrange(5)))
    elif kind == 1:
        header["descr"] = rng.choice(
            [f"{order}{code}{size}" for order in "<>|=" for code in "fiubSUOcmV" for size in (0, 1, 2, 4, 8, 16, 99999)]
        )
    else:
        header = changed_tree(header, rng)
    text = (repr(header) + "\n").encode("utf-8", "surrogatepass")
    return data[:8] + (len(text) & 0xFFFF).to_bytes(2, "little") + text + data[10 + length :]


def archive(data, rng):
    """An archive with other members, or whose directory says something else."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    members = [(name, array(content, rng) if rng.random() < 0.6 else content) for name, content in members]
    others = ["a.npy", "x", "vectors", "keys.npy", "../x.npy", "é.npy"]
    members = [(rng.choice(others) if rng.random() < 0.1 else name, content) for name, content in members]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as new:
        for name, content in members:
            new.writestr(name, content)
    result = bytearray(file.getvalue())
    claims = rng.choice([None] * 9 + [1 << 31])  # bytes, packed and not, that each member is said to have
    # (magic, the fields after it): local headers, entries of the directory, its end
    for magic, fields in ((b"PK\x03\x04", "5H3I2H"), (b"PK\x01\x02", "6H3I5H2I"), (b"PK\x05\x06", "4H2IH")):
        at = -1
        while (at := result.find(magic, at + 1)) >= 0:
            if claims and magic == b"PK\x01\x02":
                struct.pack_into("<2I", result, at + 20, claims, claims)
            elif rng.random() < 0.4:
                values = list(struct.unpack_from("<" + fields, result, at + 4))
                place = rng.randrange(len(values))
                widths = "".join(code * int(count or 1) for count, code in _repeats(fields))
                values[place] = rng.choice([values[place] + 1, 2 * values[place], *INTEGERS]) % (
                    1 << (16 if widths[place] == "H" else 32)
                )
                struct.pack_into("<" + fields, result, at + 4, *values)
    return bytes(result)


def _repeats(fields):
    """The parts of a format of `struct`: how often, and what."""
    count = ""
    for letter in fields:
        if letter.isdigit():
            count += letter
        else:
            yield count, letter
            count = ""


# ------------------------------------------------------------------ pickles


def opcodes(data):
    """The bytes of each opcode with its argument, without frames, whose lengths would be wrong."""
    places = [(code.name, at) for code, _, at in pickletools.genops(data)]
    ends = [at for _, at in places[1:]] + [len(data)]
    return [data[at:end] for (name, at), end in zip(places, ends, strict=True) if name != "FRAME"]


BITS = [
    b"(",
    b"]",
    b"}",
    b")",
    b"\x85",
    b"\x86",
    b"\x87",
    b"t",
    b"e",
    b"a",
    b"s",
    b"u",
    b"R",
    b"b",
    b"\x81",
    b"\x93",
    b"N",
    b"0",
    b"2",
    b"\x94",
    b"\x8f",
    b"\x90",
    b"\x91",
    b"\x88",
    b"K\x00",
    b"h\x00",
    b"h\x01",
    b"h\x05",
]


def pickled(data, rng):
    """The opcodes in another order, more of them, fewer, with other numbers."""
    parts = opcodes(data)
    for _ in range(rng.randint(1, 5)):
        at, kind = rng.randrange(len(parts)), rng.randrange(8)
        if kind == 0:
            del parts[at]
        elif kind == 1:
            parts.insert(at, parts[rng.randrange(len(parts))])
        elif kind == 2:
            other = rng.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
        elif kind == 3:
            parts.insert(at, rng.choice(BITS))
        elif kind == 4:
            parts[at:at] = parts[at : at + rng.randrange(20)] * rng.choice([1, 2, 50])
        elif kind == 5:
            parts[at] = _number(rng.choice(INTEGERS))
        elif kind == 6:  # the same object once more
            parts[at] = rng.choice([b"h" + bytes([rng.randrange(40)]), b"j" + struct.pack("<I", rng.randrange(200))])
        else:
            numbers = [place for place, part in enumerate(parts) if part[:1] in b"KMJI\x8aL"]
            if numbers:
                parts[rng.choice(numbers)] = _number(rng.choice([*range(9), *INTEGERS]))
        if not parts:
            return b"."
    return b"".join(parts)


def _number(value):
    encoded = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(encoded)]) + encoded


# ------------------------------------------------------------------ fastText


def fasttext(data, rng, marked=True, plain=True):
    """Other settings, words and sizes, one after another as they should be."""
    head = 8 if marked else 0
    settings = list(struct.unpack_from("<12id", data, head))
    sizes = "<3i2q" if marked else "<3iq"
    counts = list(struct.unpack_from(sizes, data, head + 56))
    at = head + 56 + struct.calcsize(sizes)
    entries = []
    for _ in range(counts[0]):
        end = data.index(b"\0", at)
        entries.append([data[at:end], *struct.unpack_from("<qb", data, end + 1)])
        at = end + 10
    rest = data[at:]
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(6)
        if kind == 0:
            place = rng.randrange(12)
            settings[place] = rng.choice([settings[place] + 1, *range(9), 1000, *INTEGERS])
        elif kind == 1:
            place = rng.randrange(len(counts))
            counts[place] = rng.choice([counts[place] + 1, counts[place] - 1, *INTEGERS])
        elif kind == 2 and entries:
            entries[rng.randrange(len(entries))][0] = rng.choice(
                [b"", b"x" * rng.choice([300, 300_000]), b"\xff", "東京".encode(), b"</s>", b"\xc3"]
            )
        elif kind == 3 and entries:
            entry = rng.choice(entries)
            entry[1:] = rng.choice([(-1, 0), (0, 0), (2**62, 0), (1, 1), (1, 2), (1, -1)])
        elif kind == 4:
            copied = entries[rng.randrange(len(entries) + 1) :]
            entries += [list(entry) for entry in copied]
            counts[0], counts[1] = counts[0] + len(copied), counts[1] + len(copied)
        else:
            place = (1 if marked else 0) if plain else rng.randrange(100)  # of a quantised matrix, any of its sizes
            rows, columns = struct.unpack_from("<2q", rest, place)
            rows, columns = rng.choice(
                [
                    (rows + 1, columns),
                    (rows, columns + 1),
                    (columns, rows),
                    (rng.choice(INTEGERS), columns),
                    (rows, rng.choice(INTEGERS)),
                ]
            )
            rest = rest[:place] + struct.pack("<2q", _within(rows, 63), _within(columns, 63)) + rest[place + 16 :]
    settings[:12] = [_within(value, 31) for value in settings[:12]]
    widths = [31, 31, 31, 63, 63]
    counts = [_within(value, width) for value, width in zip(counts, widths, strict=False)]
    return (
        data[:head]
        + struct.pack("<12id", *settings)
        + struct.pack(sizes, *counts)
        + b"".join(word + b"\0" + struct.pack("<qb", count, kind) for word, count, kind in entries)
        + rest
    )


def _within(value, bits):
    return max(-(1 << bits), min(value, (1 << bits) - 1))


# ------------------------------------------------------------------ rows of text


def lines(data, rng):
    """Lines with other words, other numbers, more or fewer fields, in another order."""
    rows = data.split(b"\n")
    for _ in range(rng.randint(1, 3)):
        at, kind = rng.randrange(len(rows)), rng.randrange(7)
        blank = b"\t" if b"\t" in rows[at] else b" "
        fields = rows[at].split(blank)
        place = rng.randrange(len(fields))
        if kind == 0:
            del rows[at]
        elif kind == 1:
            rows[at:at] = [rows[at]] * rng.choice([1, 2, 300])
        elif kind == 2:
            fields[place] = str(rng.choice(INTEGERS)).encode()
        elif kind == 3:
            fields[place] = rng.choice(TEXTS).encode("utf-8", "surrogatepass")
        elif kind == 4:
            fields[place:place] = fields[place:] * rng.choice([1, 40])
        elif kind == 5:
            del fields[place]
        else:
            fields[place] = rng.choice(
                [
                    b"1e400",
                    b"-inf",
                    b"nan",
                    b"0x1p3",
                    b"1_0",
                    b"+",
                    b"1e",
                    b".5",
                    b"5.",
                    b"9" * 400,
                    "−1".encode(),
                    b"9:0.02",
                ]
            )
        if kind >= 2 and at < len(rows):
            rows[at] = blank.join(fields)
        rows = rows or [b""]
    return b"\n".join(rows)


def floret(data, rng):
    """Another first line, or other rows."""
    first, _, rows = data.partition(b"\n")
    if rng.random() < 0.5:
        return first + b"\n" + lines(rows, rng)
    fields = first.split(b" ")
    place = rng.randrange(len(fields))
    fields[place] = rng.choice([b"", b"<<", b"\xff", *(str(rng.choice([*range(9), 1000, *INTEGERS])).encode(),) * 3])
    return b" ".join(fields) + b"\n" + rows


def binary_rows(data, rng):
    """A header that says something else, before rows that are shorter, longer, or of other words."""
    header, _, rows = data.partition(b"\n")
    count, size = map(int, header.split())
    words = []
    for _ in range(count):
        word, _, rows = rows.partition(b" ")
        words.append((word, rows[: 4 * size]))
        rows = rows[4 * size :]
    for _ in range(rng.randint(1, 3)):
        kind, at = rng.randrange(5), rng.randrange(len(words) + 1)
        if kind == 0:
            count = rng.choice([count + 1, count - 1, *INTEGERS])
        elif kind == 1:
            size = rng.choice([size + 1, size - 1, *INTEGERS])
        elif kind == 2:
            words[at:at] = words[at:] * rng.choice([1, 30])
        elif at < len(words):
            word, numbers = words[at]
            words[at] = (
                (rng.choice(TEXTS).encode("utf-8", "surrogatepass"), numbers)
                if kind == 3
                else (word, numbers[: rng.randrange(len(numbers) + 1)] + bytes(rng.randrange(5)))
            )
    return b"%d %d\n" % (count, size) + b"".join(word + b" " + numbers for word, numbers in words) + rows


# ---------------------------------------------------------------------- finalfusion


def finalfusion(data, rng):
    """One or two of the numbers of the header, the heads of the chunks and the words changed."""
    at, places = 12 + 4 * int.from_bytes(data[8:12], "little"), [4, 8, 12, 16, 20]
    while at + 12 <= len(data):  # kind, length, and the first numbers of a chunk
        places += [at, at + 4, at + 12, at + 20, at + 24]
        at += 12 + int.from_bytes(data[at + 4 : at + 12], "little")
    changed = bytearray(data)
    for _ in range(rng.randint(1, 2)):
        place, layout = rng.choice(places), rng.choice("IQ")
        value = rng.choice(INTEGERS) & (1 << 8 * struct.calcsize(layout)) - 1
        changed[place : place + struct.calcsize(layout)] = struct.pack("<" + layout, value)
    return bytes(changed)


# ---------------------------------------------------------------------- packed


def zipped(data):
    """A zip archive of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", data)
    return file.getvalue()


def tarred(data):
    """A tar archive of one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("x")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


PACKERS = {
    ".zip": zipped,
    ".tar": tarred,
    ".gz": lambda data: gzip.compress(data, 1),
    ".bz2": bz2.compress,
    ".xz": lambda data: lzma.compress(data, preset=0),
}
