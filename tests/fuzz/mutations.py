"""Hostile files: a small good one of each format, what is done to it, and what a parser may then do.

A parser may return a snapshot in order, or raise one of `ALLOWED` (what users catch). Anything else, a crash, or memory far beyond the
file is a fault.
"""

import io
import random
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import structured

from w2vcore.doc2vec import Doc2Vec, TaggedDocument
from w2vcore.fasttext import load_facebook_model, save_facebook_model
from w2vcore.formats import gensim_documents, recognition, registry
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import has_subwords, is_floret
from w2vcore.keyedvectors import FastTextKeyedVectors

ALLOWED = (ValueError, EOFError, OSError, NotImplementedError)  # UnicodeDecodeError is a ValueError
GOLDEN = Path(__file__).parents[1] / "golden"
SECONDS = 3  # of processor time for a file of a few hundred KB: none takes a tenth of one


@dataclass(frozen=True)
class Parser:
    """What is attacked: a file, whose name matters where a second one is found by it, and how it is read."""

    file: str
    format: str
    structured: Callable[[bytes, random.Random], bytes]
    read_by: str = ""  # the name of the file that is opened, where it is another one
    seed: str = ""  # whose good file it is, packed
    packed: str = ""
    mmap: str | None = None
    read: Callable | None = None  # where it is not that of the format


def documents(path):
    """A whole Doc2Vec of gensim's."""
    try:
        return gensim_documents.read_model(path)
    except AttributeError as error:
        assert "can't be loaded by Doc2Vec" in str(error)
        raise ValueError from error


def model_of_documents(path, load=Doc2Vec.load, **options):
    """A Doc2Vec that can be asked and trained on: loaded, asked for each tag and for a text, and saved again."""
    try:
        model = load(path, **options)
    except AttributeError as error:
        assert "can't be loaded by" in str(error) or "use " in str(error)
        raise ValueError from error
    assert len(model.dv.vectors) == len(model.dv)
    for tag in model.dv.index_to_key:
        assert model.dv[tag].shape == (model.vector_size,)
    with suppress(RuntimeError):  # no words, or no target vectors
        words = [word for word in model.wv.index_to_key if isinstance(word, str)]
        assert model.infer_vector(words, epochs=1).shape == (model.vector_size,)
    model.save(io.BytesIO())
    return model.wv.snapshot()


def whole_model(path, **options):
    """A model of fastText that can be trained on: loaded, asked, and written again."""
    model = load_facebook_model(path, **options)
    assert "unheardof" not in model.wv or model.wv["unheardof"].shape == (model.vector_size,)
    save_facebook_model(model, io.BytesIO())
    return model.wv.snapshot()


PARSERS = {
    "native": Parser("x.safetensors", "native", structured.safetensors),
    "word2vec_text": Parser("x.vec", "word2vec_text", structured.lines),
    "word2vec_binary": Parser("x.bin", "word2vec_binary", structured.binary_rows),
    "glove": Parser("x.txt", "glove", structured.lines),
    "fasttext_binary": Parser("x.ftbin", "fasttext_binary", structured.fasttext),
    "fasttext_binary unmarked": Parser("x.ftold", "fasttext_binary", partial(structured.fasttext, marked=False)),
    "fasttext_binary quantised": Parser("x.ftz", "fasttext_binary", partial(structured.fasttext, plain=False)),
    "fasttext_binary mapped": Parser("x.ftmap", "fasttext_binary", structured.fasttext, mmap="r"),
    "facebook model": Parser("x.model.bin", "fasttext_binary", structured.fasttext, read=whole_model),
    "facebook model mapped": Parser("x.map.bin", "fasttext_binary", structured.fasttext, mmap="r", read=whole_model),
    "native n-grams": Parser("x.kv", "native", structured.safetensors),
    "native n-grams mapped": Parser("x.kvmap", "native", structured.safetensors, mmap="r"),
    "numpy": Parser("x.npz", "numpy", structured.archive),
    "numpy array": Parser("x.npy", "numpy", structured.array),
    "projector": Parser("x_tensor.tsv", "projector", structured.lines),
    "projector keys": Parser("x_metadata.tsv", "projector", structured.lines, read_by="x_tensor.tsv"),
    "gensim": Parser("x.model", "gensim", structured.pickled),
    "gensim apart": Parser("apart.model", "gensim", structured.pickled),
    "gensim side file": Parser("apart.model.wv.vectors.npy", "gensim", structured.array, read_by="apart.model"),
    "gensim documents": Parser("x.d2v", "gensim", structured.pickled, read=documents),
    "gensim documents asked": Parser(
        "asked.d2v", "gensim", structured.pickled, read=partial(model_of_documents, load=Doc2Vec.from_gensim)
    ),
    "documents": Parser("x.docs", "native", structured.safetensors, read=model_of_documents),
    "documents mapped": Parser("x.docmap", "native", structured.safetensors, mmap="r", read=model_of_documents),
    "documents without tags": Parser("x.untagged", "native", structured.safetensors, read=model_of_documents),
    "floret": Parser("x.floret", "floret", structured.floret),
    "native floret": Parser("x.flkv", "native", structured.safetensors),
    "finalfusion": Parser("x.fifu", "finalfusion", structured.finalfusion),
    "any text": Parser("any.txt", "any", structured.lines),  # as load_any reads it
    "any binary": Parser("any.bin", "any", structured.binary_rows),
}
for _name, _packer in (
    *(("native", ".gz"), ("native", ".xz"), ("word2vec_text", ".gz"), ("word2vec_binary", ".bz2"), ("numpy", ".gz")),
    *(("fasttext_binary", ".gz"), ("gensim", ".bz2"), ("word2vec_text", ".zip"), ("word2vec_binary", ".tar")),
):
    _plain = PARSERS[_name]
    PARSERS[f"{_name} {_packer}"] = replace(_plain, file=_plain.file + _packer, seed=_name, packed=_packer)
INTERESTING = [
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**53,
    2**62,
    2**63 - 1,
    2**63,
    2**64 - 1,
]
PIECES = [
    *(
        b"\n",
        b"\r\n",
        b" ",
        b"  ",
        b"\t",
        b"\0",
        b"nan",
        b"inf",
        b"-",
        b"1e999",
        b"1e-999",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"99999999999 ",
    ),
    *(
        b"../../etc/passwd",
        b"posix",
        b"system",
        b"os",
        b"(",
        b"R",
        b"b",
        b"\x93",
        b"c__main__\nx\n",
        b"{",
        b"}",
        b"[",
        b'"',
        b"<f8",
        b"|O",
        b"0" * 30,
    ),
]


def seeds():
    """A good file for each parser; those of gensim and fastText are their own."""
    vectors = np.random.default_rng(1).standard_normal((6, 5)).astype(np.float32)
    vectors[2, 1] = np.nan
    snapshot = Snapshot(
        "keyedvectors", ["the", "naïve", "東京", "a", "b", "c"], {"vectors": vectors, "counts": np.arange(6)}
    )
    found = {}
    for name in ("native", "word2vec_text", "word2vec_binary", "glove", "numpy", "finalfusion"):
        file = io.BytesIO()
        registry.get(name).write(snapshot, file)
        found[name] = file.getvalue()
    array = io.BytesIO()
    np.save(array, vectors)
    found["numpy array"] = array.getvalue()
    found["projector"] = b"\n".join(b"\t".join(b"%g" % number for number in row) for row in vectors.tolist()) + b"\n"
    found["projector keys"] = b"n\tword\n" + b"".join(b"%d\tw%d\n" % (row, row) for row in range(6))
    found["fasttext_binary"] = (GOLDEN / "fasttext" / "subwords.bin").read_bytes()
    found["fasttext_binary mapped"] = (GOLDEN / "fasttext" / "hierarchical.bin").read_bytes()
    found["facebook model"] = (GOLDEN / "facebook" / "skipgram_ns.bin").read_bytes()
    found["facebook model mapped"] = (GOLDEN / "facebook" / "cbow_hs.bin").read_bytes()
    found["native n-grams"] = found["native n-grams mapped"] = with_ngrams(snapshot)
    found["fasttext_binary unmarked"] = unmarked(found["fasttext_binary"])
    found["fasttext_binary quantised"] = (GOLDEN / "fasttext" / "quantised_pruned.ftz").read_bytes()
    found["gensim"] = (GOLDEN / "gensim" / "gensim3_sgns.model").read_bytes()
    found["gensim apart"] = (GOLDEN / "gensim" / "apart_gensim4_sgns.model").read_bytes()
    found["gensim side file"] = (GOLDEN / "gensim" / "apart_gensim4_sgns.model.wv.vectors.npy").read_bytes()
    found["floret"] = (GOLDEN / "floret" / "hashes2.floret").read_bytes()
    found["native floret"] = with_floret()
    found["gensim documents"] = (GOLDEN / "gensim" / "gensim4_documents.d2v").read_bytes()
    found["gensim documents asked"] = found["gensim documents"]
    found["documents"] = found["documents mapped"] = with_tags(True)
    found["documents without tags"] = with_tags(False)
    found["any binary"], found["any text"] = found["word2vec_binary"], found["word2vec_text"]
    for name, parser in PARSERS.items():
        if parser.packed:
            found[name] = found[parser.seed]  # as it is before it is packed
    return found


def with_ngrams(snapshot):
    """Our own file with a pruned table of n-grams of 16 bits."""
    kept = np.array([[1, 4, 7, 11], [0, 2, 1, 3]], np.int32)
    table = np.ones((4, snapshot.arrays["vectors"].shape[1]), np.float16)
    arrays = {**snapshot.arrays, "fasttext.buckets": table, "fasttext.kept": kept}
    settings = {"fasttext": {"minn": 2, "maxn": 4, "bucket": 12, "spellings": [[1, "na\xefve"]]}}
    file = io.BytesIO()
    registry.get("native").write(replace(snapshot, arrays=arrays, settings=settings), file)
    return file.getvalue()


@cache
def with_tags(tags):
    """Our own file of a few documents, whose tags are numbers and texts; or without these."""
    documents = [TaggedDocument(["the", "naïve", "東京"], [2, "ä"]), TaggedDocument(["the", "a"], [5_000_000_000])]
    model = Doc2Vec(documents, vector_size=5, min_count=1, sample=0, epochs=1, workers=1)
    file = io.BytesIO()
    model.save(file, tags=tags)
    return file.getvalue()


def with_floret():
    """Our own file with floret's table."""
    file = io.BytesIO()
    registry.get("native").write(registry.get("floret").read(GOLDEN / "floret" / "hashes2.floret"), file)
    return file.getvalue()


def unmarked(model):
    """A fastText model as its first versions wrote it: without magic, version, pruned subwords and marks of matrices."""
    size = struct.unpack_from("<i", model, 64)[0]
    words = 64 + struct.calcsize("<3i2q")
    at = words
    for _ in range(size):
        at = model.index(b"\0", at) + 10
    rows, columns = struct.unpack_from("<2q", model, at + 1)
    table = at + 17 + 4 * rows * columns
    return model[8 : words - 8] + model[words:at] + model[at + 1 : table] + model[table + 1 :]


def prepare(folder, found):
    """Write the good files into a folder: parsers read second files from there."""
    for name, parser in PARSERS.items():
        _replace(folder / parser.file, structured.PACKERS.get(parser.packed, bytes)(found[name]))
    (folder / "x.keys.txt").write_text("a\nb\nc\nd\ne\nf\n")
    side = "apart_gensim4_sgns.model.syn1neg.npy"
    (folder / "apart.model.syn1neg.npy").write_bytes((GOLDEN / "gensim" / side).read_bytes())


def _replace(path, data):
    """Write a new file: some file systems wait for the disk when one is cut and written again."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def mutate(parser, data, rng, others=()):
    """Make a bad file of a good one: its structure changed, its bytes, or both; packed well where it is packed."""
    way = rng.randrange(4)
    if way != 0:
        data = PARSERS[parser].structured(data, rng)
    if way in (0, 1):
        data = mutate_bytes(data, rng, others)
    if PARSERS[parser].packed:
        data = structured.PACKERS[PARSERS[parser].packed](data)
        if rng.random() < 0.1:
            data = mutate_bytes(data, rng, others)
    return data


def mutate_bytes(data, rng, others=()):
    """Do one to four bad things to some bytes."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(9)
        if kind == 0:
            del data[at:]
        elif kind == 1 and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif kind == 2 and data:
            data[at % len(data)] = rng.randrange(256)
        elif kind == 3:
            width = rng.choice("BHIQ")
            size = struct.calcsize(width)
            value = rng.choice(INTERESTING) & (1 << 8 * size) - 1
            data[at : at + size] = struct.pack("<" + width, value)
        elif kind == 4:
            data[at:at] = rng.choice(PIECES)
        elif kind == 5:
            end = min(len(data), at + rng.randrange(64))
            data[at:at] = data[at:end] * rng.randrange(1, 4)
        elif kind == 6:
            del data[at : at + rng.randrange(1, 32)]
        elif kind == 7:  # another number in digits
            places = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
            if places:
                place = rng.choice(places)
                data[place : place + 1] = str(rng.choice(INTERESTING)).encode()
        elif others:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            data[at:at] = other[start : start + rng.randrange(128)]
    return bytes(data)


def attempt(parser, data, folder):
    """Give a file to its parser; returns whether it was taken, and raises what is a fault."""
    chosen = PARSERS[parser]
    _replace(folder / chosen.file, data)
    began = time.process_time()
    try:
        with suppress(*ALLOWED):
            read = recognition.read if chosen.format == "any" else chosen.read or registry.get(chosen.format).read
            options = {} if chosen.mmap is None else {"mmap": chosen.mmap}
            snapshot = read(folder / (chosen.read_by or chosen.file), **options)
            assert snapshot.arrays["vectors"].ndim == 2
            assert len(snapshot.keys) == len(snapshot.arrays["vectors"])
            assert all(isinstance(key, (str, int)) for key in snapshot.keys)
            if has_subwords(snapshot):
                wv = FastTextKeyedVectors.from_snapshot(snapshot)
                assert wv["unheardof"].shape == wv.vectors.shape[1:]
                own = wv.vectors if is_floret(snapshot) else wv.vectors_vocab
                assert len(own) == len(wv.buckets_word) == len(wv)
            return True
        return False
    finally:
        took = time.process_time() - began
        assert took < SECONDS, f"{took:.1f} seconds of processor time for {len(data):,} bytes"


def rounds(parser, count, folder, seed=1):
    """Try `count` files; returns how many were taken. A fault names the seed that makes the file again."""
    found = seeds()
    prepare(folder, found)
    others = list(found.values())
    taken = 0
    for number in range(count):
        data = mutate(parser, found[parser], random.Random(f"{parser} {seed} {number}"), others)
        try:
            taken += attempt(parser, data, folder)
        except BaseException as error:
            error.args = (*error.args, f"parser {parser!r}, seed {seed}, file {number}: {data!r}"[:100_000])
            raise
    return taken
