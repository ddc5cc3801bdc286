"""Saves that would take hours or gigabytes if their reader believed them, each in a few KB or MB.

    python hostile_saves.py FOLDER

reads those that `write_all` has written into the folder, as `hostile_reading.read_all` does.
"""

import bz2
import io
import pickle
import struct
import sys
from pathlib import Path

import hostile_reading
import numpy as np

PRIME = (1 << 61) - 1  # Python's hash of an integer is its remainder by it

# ------------------------------------------------------------------ opcodes


def text(value):
    """A str."""
    encoded = value.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def number(value):
    """An int."""
    encoded = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(encoded)]) + encoded


def data(value):
    """Bytes."""
    return b"B" + struct.pack("<I", len(value)) + value


def put(place):
    """Remember what is on top of the stack."""
    return b"r" + struct.pack("<I", 200 + place)


def get(place):
    """What was remembered."""
    return b"j" + struct.pack("<I", 200 + place)


def many(items):
    """A list."""
    return b"](" + b"".join(items) + b"e"


def pairs(items):
    """A dict."""
    return b"}(" + b"".join(items) + b"u"


def record(name, state, remember=b""):
    """An object of gensim's with attributes."""
    module, _, kind = f"gensim.models.{name}".rpartition(".")
    items = pairs(text(key) + value for key, value in state.items())
    return f"c{module}\n{kind}\n".encode() + b")\x81" + remember + items + b"b"


def plain(value):
    """Whatever pickle makes of a value."""
    return pickle.dumps(value, 2)[2:-1]


ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"  # without anything in it


def contents(length, dtype, items):
    """What is put into an array of one dimension."""
    return b"(K\x01" + number(length) + b"\x85" + plain(np.dtype(dtype)) + b"\x89" + items + b"t"


def objects(items):
    """A column of objects."""
    items = list(items)
    return ARRAY + contents(len(items), object, many(items)) + b"b"


def shared_lists(depth):
    """A list of ten times the same list of ten times the same list ...: 10 ** depth numbers."""
    code = many([b"K\x01"] * 10)
    for level in range(depth - 1):
        code += put(level) + b"0" + many([get(level)] * 10)
    return code


def colliding(count):
    """Integers whose hashes are all 0."""
    return [number(row * PRIME) for row in range(1, count + 1)]


# ------------------------------------------------------------------ files


def vectors(name="keyedvectors.KeyedVectors", rows=1, remember=b"", **state):
    """Vectors that would be in order but for some attributes."""
    usual = {
        "index_to_key": plain([f"w{row}" for row in range(rows)]),
        "vectors": plain(np.zeros((rows, 1), np.float32)),
    }
    return b"\x80\x02" + record(name, {**usual, **state}, remember) + b"."


def phrases(name, **state):
    """Phrases that would be in order but for some attributes."""
    usual = {"min_count": b"K\x01", "threshold": b"K\x01", "delimiter": text("_"), "vocab": b"}", "phrasegrams": b"}"}
    return b"\x80\x02" + record(f"phrases.{name}", {**usual, "connector_words": b"]", **state}) + b"."


def within(inside):
    """Attributes that are said to be saves of their own, all the same one."""
    names = [f"a{row}" for row in range(100)]
    return {"__recursive_saveloads": plain(names), **dict.fromkeys(names, inside)}


def long_files():
    """Name -> what makes the bytes of a file that says the same again and again, or nests it."""
    few, flood, long = 30_000, 150_000, "x" * 1_000_000
    megabyte = contents(250_000, np.float32, data(bytes(1_000_000)))
    return {
        "shared lists as a path": lambda: vectors(expandos=pairs([text("point"), objects([shared_lists(9)])])),
        "shared lists in a path": lambda: vectors(expandos=pairs([text("point"), objects([many([shared_lists(8)])])])),
        "shared lists as a key": lambda: vectors(index_to_key=many([shared_lists(9)])),
        "one path for all words": lambda: vectors(
            rows=few,
            expandos=pairs([text("point"), objects([plain(np.zeros(few, np.uint32)) + put(0)] + [get(0)] * (few - 1))]),
        ),
        "one list for all words": lambda: vectors(
            rows=few,
            expandos=pairs([text("code"), objects([many([b"K\x01"] * few) + put(0)] + [get(0)] * (few - 1))]),
        ),
        "one column under many names": lambda: vectors(
            rows=few,
            expandos=pairs(
                [text("a"), objects([b"N"] * few) + put(0)] + [text(f"b{row}") + get(0) for row in range(few)]
            ),
        ),
        "marks in marks": lambda: b"\x80\x02" + b"(" * flood + b".",
        "lists in lists": lambda: vectors(index_to_key=b"]" * flood + b"a" * (flood - 1)),
        "tuples in tuples": lambda: vectors(index_to_key=b")" + b"\x85" * flood),
        "objects in objects": lambda: vectors(
            x=b"cgensim.models.word2vec\nVocab\n" + put(0) + b"0" + (get(0) + b")\x81") * flood + b"b" * (flood - 1)
        ),
        "empty sets": lambda: b"\x80\x02" + b"\x8f" * flood + b".",
        "empty objects": lambda: b"\x80\x02cgensim.models.word2vec\nVocab\nq\x01" + b"h\x01)\x81" * (flood // 3) + b".",
        "a list that is copied": lambda: (
            b"\x80\x02cbuiltins\nlist\nq\x01" + many([b"N"] * flood) + b"q\x02" + b"h\x01h\x02\x85R" * few + b"."
        ),
        "arguments that are looked at": lambda: (
            b"\x80\x02cbuiltins\ndict\nq\x01(" + b"N" * flood + b"tq\x02" + b"h\x01h\x02R" * few + b"."
        ),
        "attributes that are set again": lambda: vectors(
            x=pairs(number(row) + b"N" for row in range(few))
            + b"q\x010"
            + record("word2vec.Vocab", {"a": b"N"})
            + b"h\x01b" * few
        ),
        "bytes that are many arrays": lambda: vectors(
            x=megabyte + put(0) + b"0" + ARRAY + put(1) + b"0" + many([ARRAY + get(0) + b"b"] * few)
        ),
        "a key that is hashed again and again": lambda: vectors(
            x=data(long.encode()) + put(0) + b"0" + pairs([get(0) + b"N"] * few)
        ),
        "equal keys that are compared": lambda: vectors(
            x=text(long) + put(0) + b"0" + text(long) + put(1) + b"0" + pairs([get(0) + b"N" + get(1) + b"N"] * few)
        ),
        "a name that is looked up again and again": lambda: (
            b"\x80\x04" + text(long) + b"\x94" + b"h\x00h\x00\x93" * few + b"."
        ),
        "subwords of any length": lambda: vectors(
            "fasttext.FastTextKeyedVectors",
            index_to_key=many([text(long)]),
            vectors=b"N",
            vectors_vocab=plain(np.zeros((1, 300), np.float32)),
            vectors_ngrams=plain(np.zeros((2, 300), np.float32)),
            **{"bucket": b"K\x02", "min_n": b"K\x01", "max_n": number(1000), "compatible_hash": b"\x88"},
        ),
        "a phrase of many words": lambda: phrases(
            "Phraser", phrasegrams=data(long.encode()) + put(0) + b"0" + pairs([b"(" + get(0) * few + b"tK\x01"])
        ),
        "phrases of long words": lambda: phrases(
            "FrozenPhrases",
            phrasegrams=text(long)
            + put(0)
            + b"0"
            + pairs(get(0) + text(f"{row}") + b"\x86K\x01" for row in range(few)),
        ),
        "a long delimiter": lambda: phrases(
            "FrozenPhrases",
            delimiter=text(long),
            phrasegrams=pairs(text(f"{row}") + text("b") + b"\x86K\x01" for row in range(few)),
        ),
        "a packed file.bz2": lambda: bz2.compress(b"\x80\x02" + b"N" * (128 << 20) + b"."),
    }


def short_files():
    """Name -> what makes the bytes of a file that claims more than is there, or chooses its hashes."""
    keys = colliding(60_000)
    npy = io.BytesIO()
    np.lib.format.write_array_header_1_0(npy, {"descr": "<f4", "fortran_order": False, "shape": (1, 1 << 24)})
    large = number(1 << 22)
    inner = b"N" + put(0)
    for level in range(3):
        inner += b"0" + record("word2vec.Vocab", within(get(level))) + put(level + 1)
    return {
        "keys with equal hashes": lambda: vectors(x=pairs(key + b"N" for key in keys)),
        "tuples with equal hashes": lambda: vectors(x=pairs(key + b"\x85N" for key in keys)),
        "a set of equal hashes": lambda: vectors(x=b"\x8f(" + b"".join(keys) + b"\x90"),
        "a frozen set of equal hashes": lambda: vectors(x=b"(" + b"".join(keys) + b"\x91"),
        "a list of pairs with equal hashes": lambda: vectors(
            x=b"ccollections\nOrderedDict\n" + many(many([key, b"N"]) for key in keys) + b"\x85R"
        ),
        "words with equal hashes": lambda: vectors(
            index_to_key=many(keys), vectors=plain(np.zeros((len(keys), 1), np.float32))
        ),
        "counts with equal hashes": lambda: phrases("Phrases", vocab=pairs(key + b"K\x01" for key in keys)),
        "remembered objects with equal hashes": lambda: (
            b"\x80\x02N" + b"".join(b"p%d\n" % (row * PRIME) for row in range(60_000)) + b"."
        ),
        "a remembered object with a high number": lambda: b"\x80\x02Nr\xff\xff\xff\xff.",
        "an integer of many digits": lambda: b"\x80\x02I" + b"9" * 1_000_000 + b"\n.",
        "a float of many digits": lambda: b"\x80\x02F" + b"9" * 1_000_000 + b"\n.",
        "a place of many digits": lambda: b"\x80\x02Np" + b"9" * 1_000_000 + b"\n.",
        "a range": lambda: b"\x80\x02cbuiltins\nlist\n(cbuiltins\nrange\n(" + number(1 << 60) + b"tRtR.",
        "a repetition": lambda: b"\x80\x02citertools\nrepeat\n(NtR.",
        "a large bytearray": lambda: b"\x80\x02cbuiltins\nbytearray\n(" + number(1 << 40) + b"tR.",
        "a large text": lambda: b"\x80\x04\x8d" + struct.pack("<Q", 1 << 60) + b"x.",
        "a large array": lambda: vectors(
            vectors=plain(np.zeros((1, 1), np.float32)).replace(b"K\x01K\x01\x86", large + large + b"\x86")
        ),
        "a large array of objects": lambda: vectors(x=objects([b"N"]).replace(number(1), number(1 << 40))),
        "long vectors of nothing": lambda: vectors(
            vectors=plain(np.zeros((0, 1), np.float32)).replace(
                b"K\x00K\x01\x86", b"K\x00" + number(1 << 40) + b"\x86"
            ),
            index_to_key=b"]",
        ),
        "tags without vectors": lambda: vectors(
            "doc2vec.DocvecsArray", max_rawint=number(1 << 60), doctag_syn0=b"N", offset2doctag=b"]"
        ),
        "a side file": lambda: vectors(**{"__numpys": plain(["vectors"])}),
        "a side file.vectors.npy": npy.getvalue,
        "itself in itself": lambda: vectors(remember=put(0), **within(get(0))),
        "saves in saves": lambda: vectors(x=inner, **within(get(3))),
    }


def all_files():
    """Name -> what makes the bytes; a name that ends in .npy is that of a file beside a save."""
    return {**long_files(), **short_files()}


def write_all(folder):
    """Write the files."""
    for name, content in all_files().items():
        (folder / name).write_bytes(content())


# ------------------------------------------------------------------ reading them


def read(path):
    """What the loaders say."""
    from w2vcore.keyedvectors import KeyedVectors
    from w2vcore.phrases import FrozenPhrases, Phrases
    from w2vcore.word2vec import Word2Vec

    with path.open("rb") as file:
        of_phrases = b"phrases" in file.read(100)
    loaders = (Phrases.load, FrozenPhrases.load) if of_phrases else (KeyedVectors.load, Word2Vec.load)
    return [hostile_reading.said(load, path) for load in loaders]


if __name__ == "__main__":
    hostile_reading.read_all(Path(sys.argv[1]), read, first="a range")
