"""finalfusion's files: what its own library writes is read, and it reads what is written here."""

import io
import struct
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from w2vcore.cli import main
from w2vcore.formats import finalfusion
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors

KEYS = ["the", "naïve", "東京", "new york", ""]
VECTORS = np.random.default_rng(1).standard_normal((5, 7)).astype(np.float32) * np.float32(
    [[1], [3], [0], [1e-5], [1e5]]
)


def written(keys=KEYS, vectors=VECTORS):
    file = io.BytesIO()
    finalfusion.write(Snapshot("keyedvectors", keys, {"vectors": vectors}), file)
    return file.getvalue()


def assert_close(vectors, wanted=VECTORS):
    """A number is divided by the length of its vector and multiplied by it again: twice rounded."""
    np.testing.assert_array_max_ulp(vectors, wanted, maxulp=2)


@pytest.mark.parametrize("stem", ["", "a", "ab", "abc"])  # what comes after the words is aligned
def test_comes_back(stem, tmp_path):
    keys = [stem + key for key in KEYS]
    (tmp_path / "v.fifu").write_bytes(written(keys))
    kv = KeyedVectors.load_any(tmp_path / "v.fifu")
    assert kv.index_to_key == keys
    assert_close(kv.vectors)
    assert kv.vectors[2].tolist() == [0] * 7
    assert KeyedVectors.load_any(tmp_path / "v.fifu", limit=2).index_to_key == keys[:2]


def test_convert_to_and_from(tmp_path):
    kv = KeyedVectors(7)
    kv.add_vectors(KEYS, VECTORS)
    kv.save(tmp_path / "v.kv")
    for source, target in (("v.kv", "v.fifu"), ("v.fifu", "w.kv"), ("v.fifu", "v.fifu.gz"), ("v.fifu.gz", "x.kv")):
        found = CliRunner().invoke(main, ["convert", str(tmp_path / source), str(tmp_path / target)])
        assert found.exit_code == 0, found.output
    for name in ("w.kv", "x.kv"):
        assert_close(KeyedVectors.load(tmp_path / name).vectors)
    found = CliRunner().invoke(main, ["info", str(tmp_path / "v.fifu")])
    assert "finalfusion file (.fifu)" in found.output


def test_many_rows(tmp_path):
    keys = [f"k{row}" for row in range(9000)]
    vectors = np.random.default_rng(2).standard_normal((9000, 3)).astype(np.float32)
    read = finalfusion.read(io.BytesIO(written(keys, vectors)))
    assert list(read.keys) == keys
    assert_close(read.arrays["vectors"], vectors)


def test_every_cut_is_noticed():
    data = written()
    for length in range(4, len(data)):
        with pytest.raises((EOFError, ValueError)):
            finalfusion.read(io.BytesIO(data[:length]))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (0, b"NoNo", "not a finalfusion file"),
        (4, struct.pack("<I", 9), "version 9 with 3 chunks; version 0 is read"),
        (8, struct.pack("<I", 2**31), "version 0 with 2147483648 chunks"),
        (12, struct.pack("<I", 4), "chunk 1 where the header has 4"),
        (28, struct.pack("<Q", 2**60), "the file is cut short"),
        (36, struct.pack("<Q", 2**60), "word .* goes beyond its chunk"),
        (44, struct.pack("<I", 2**31), "word 1 of 5 goes beyond its chunk"),
    ],
)
def test_what_is_damaged_is_said(place, value, message):
    data = bytearray(written())
    data[place : place + len(value)] = value
    with pytest.raises((ValueError, EOFError), match=message):
        finalfusion.read(io.BytesIO(bytes(data)))


def test_words_that_are_not_utf8():
    data = written().replace("東京".encode(), b"\xff" * 6)
    with pytest.raises(UnicodeDecodeError, match=r"word 3 of the file; pass unicode_errors='replace'"):
        finalfusion.read(io.BytesIO(data))
    assert finalfusion.read(io.BytesIO(data), unicode_errors="replace").keys[2] == "\ufffd" * 6
    with pytest.raises(ValueError, match=r"key '\\ud800' \(row 0\) cannot be written as UTF-8"):
        written(["\ud800"], VECTORS[:1])


def test_without_lengths_and_with_rows_of_n_grams():
    """A file with the vocabulary of fastText, as `finalfusion` converts .bin: three rows for two words."""
    words = b"".join(len(word).to_bytes(4, "little") + word for word in (b"a", b"bc"))
    head = b"FiFu" + struct.pack("<4I", 0, 2, 7, 2)
    vocabulary = struct.pack("<IQQIII", 7, 20 + len(words), 2, 3, 6, 1) + words
    pad = 4 - (len(head + vocabulary) + 28) % 4
    matrix = struct.pack(f"<IQQII{pad}x", 2, 16 + pad + 24, 3, 2, 10) + np.arange(6, dtype="<f4").tobytes()
    read = finalfusion.read(io.BytesIO(head + vocabulary + matrix))
    assert list(read.keys) == ["a", "bc"]
    assert read.arrays["vectors"].tolist() == [[0, 1], [2, 3]]


def test_a_quantised_matrix_is_refused_with_the_way_out():
    data = b"FiFu" + struct.pack("<3I", 0, 1, 4) + struct.pack("<IQ", 4, 0)
    with pytest.raises(ValueError, match=r"quantised, .* finalfusion.load_finalfusion\(path\) gives: kv = "):
        finalfusion.read(io.BytesIO(data))
    data = b"FiFu" + struct.pack("<2I", 0, 0)
    with pytest.raises(ValueError, match="has no words of a kind that is read"):
        finalfusion.read(io.BytesIO(data))


# ------------------------------------------------------------------ with finalfusion's own library


@pytest.fixture
def library():
    return pytest.importorskip("finalfusion", reason="finalfusion, which is compared with, is not installed")


def test_the_library_reads_what_is_written_here(library, tmp_path):
    (tmp_path / "v.fifu").write_bytes(written())
    theirs = library.load_finalfusion(str(tmp_path / "v.fifu"))
    assert theirs.vocab.words == KEYS
    read = finalfusion.read(tmp_path / "v.fifu").arrays["vectors"]
    assert (np.asarray(theirs.storage) * np.asarray(theirs.norms)[:, np.newaxis]).tobytes() == read.tobytes()
    lengths = np.linalg.norm(np.asarray(theirs.storage, np.float64), axis=1)
    np.testing.assert_allclose(lengths[[0, 1, 3, 4]], 1, atol=1e-6)


def test_what_the_library_writes_is_read(library, tmp_path):
    from finalfusion.metadata import Metadata
    from finalfusion.norms import Norms
    from finalfusion.storage import NdArray
    from finalfusion.subword import FastTextIndexer
    from finalfusion.vocab import FastTextVocab, SimpleVocab

    lengths = np.float32([1, 2, 3, 4, 5])
    for vocabulary in (SimpleVocab(KEYS), FastTextVocab(KEYS, FastTextIndexer(6, 3, 6))):
        rows = vocabulary.upper_bound
        storage = np.random.default_rng(3).standard_normal((rows, 7)).astype(np.float32)
        for norms in (None, Norms(lengths)):
            remarks = Metadata({"made": "by the library"})
            made = library.Embeddings(NdArray(storage), vocabulary, norms=norms, metadata=remarks)
            made.write(str(tmp_path / "v.fifu"))
            kv = KeyedVectors.load_any(tmp_path / "v.fifu")
            wanted = storage[:5] if norms is None else storage[:5] * lengths[:, np.newaxis]
            assert kv.index_to_key == KEYS
            assert kv.vectors.tobytes() == wanted.tobytes()


def test_the_library_is_not_needed(monkeypatch):
    monkeypatch.setitem(sys.modules, "finalfusion", None)
    assert list(finalfusion.read(io.BytesIO(written())).keys) == KEYS
