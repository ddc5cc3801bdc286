"""A corpus that is no text is told by its first bytes, in every way in which files are read."""

import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from w2vcore import Phrases, Word2Vec
from w2vcore.corpus.marks import binary_kind
from w2vcore.corpus.readers import CorpusFile, LineSentence, Text8Corpus

GOLDEN = Path(__file__).parents[2] / "golden"
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1}

FILES = {
    "a PDF; turn it into text first": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "a document of Word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "a document in RTF": b"{\\rtf1\\ansi hello}",
    r"a picture \(PNG\)": b"\x89PNG\r\n\x1a\n" + bytes(100),
    r"a picture \(JPEG\)": b"\xff\xd8\xff\xe0" + bytes(100),
    r"a picture \(GIF\)": b"GIF89a" + bytes(100),
    r"a database \(SQLite\)": b"SQLite format 3\0" + bytes(100),
    r"a table \(Parquet\)": b"PAR1\x15\x04" + bytes(100),
    "a model of fastText": b"\xba\x16\x4f\x2f" + bytes(100),
    "a pickle of Python": pickle.dumps({"vectors": np.ones(3)}),
    r"a file of vectors \(word2vec binary\)": b"2 3\nking " + struct.pack("3f", 0.1, -0.2, 0.3) + b"\nqueen ",
    r"a binary file: it begins with b'\\x01\\x02\\xff": b"\x01\x02\xff\xfe\0\0\x10\x9c" * 40,
    "a program": b"\x7fELF\x02\x01\x01" + bytes(100),
}


@pytest.mark.parametrize("what", FILES)
def test_it_is_said_what_a_file_is(tmp_path, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    Path("x").write_bytes(FILES[what])
    for read in (
        lambda: Word2Vec(corpus_file="x", **SMALL),
        lambda: Word2Vec(corpus_file=["x"], max_vocab_size=100, **SMALL),
        lambda: list(CorpusFile("x")),
        lambda: list(LineSentence("x")),
        lambda: list(Text8Corpus("x")),
        lambda: Phrases(LineSentence("x")),
    ):
        with pytest.raises(
            ValueError, match=rf"^x is no text but {what}.* A corpus is text in UTF-8, a sentence a line"
        ):
            read()


def test_our_own_models(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = Word2Vec([["a", "b"]] * 5, sample=0, **SMALL)
    model.save("m.safetensors")
    model.wv.save_word2vec_format("v.bin", binary=True)
    for name, what in (("m.safetensors", "a model or vectors"), ("v.bin", "a file of vectors")):
        with pytest.raises(ValueError, match=f"^{name} is no text but {what}"):
            Word2Vec(corpus_file=name, **SMALL)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(GOLDEN.rglob("*")) if path.suffix in (".bin", ".safetensors", ".model", ".kv", ".npy")],
    ids=lambda path: str(path.relative_to(GOLDEN)),
)
def test_every_file_of_vectors_that_is_kept_for_tests(path):
    assert binary_kind(path.read_bytes()[:1024]) is not None


@pytest.mark.parametrize(
    "text",
    [
        b"", b"a", b"plain words\n", "naïve café\n".encode(), "東京 の 町\n".encode() * 100, "é".encode() * 1023 + b"a",
        b"1000 100\nthe 0.1 0.2\n", b"PARIS\n", b"GIF\n", b"MZ\n", b"80 words {\"", "\u0441\u043b\u043e\u0432\u043e ".encode() * 99,
        "latin-1: für ".encode("latin-1") * 9, b"a\0b c\n" * 9, b"\0", bytes(100),
    ],
)  # fmt: skip
def test_what_may_be_text_is_none_of_them(text):
    """Text in another encoding, and with NUL bytes, is told of elsewhere."""
    for end in range(min(len(text), 1024), max(0, min(len(text), 1024) - 4), -1):
        assert binary_kind(text[:end]) is None
