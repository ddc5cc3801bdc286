"""load_any: each format is known by its bytes, and what was found is said in the log and in errors."""

import bz2
import gzip
import io
import logging
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from w2vcore.formats import fasttext_binary, glove, numpy_file, projector, registry, word2vec_text
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import subwords_of
from w2vcore.keyedvectors import KeyedVectors

KEYS = ["the", "naïve", "東京", ". . ."]
VECTORS = np.array([[0.1, -2, 3e-5], [4, 5e20, 6], [-7, 0, 9.5], [1, 2, 3]], np.float32)
SNAPSHOT = Snapshot("keyedvectors", KEYS, {"vectors": VECTORS})
ONE_WORD = Snapshot("keyedvectors", KEYS[:3], {"vectors": VECTORS[:3]})  # for formats in which a word ends at a blank
# name in the registry -> file name
FILES = {
    "native": "v.safetensors",
    "word2vec_text": "v.vec",
    "word2vec_binary": "v.bin",
    "glove": "glove.6B.3d.txt",
    "fasttext_binary": "model.bin",
    "numpy": "v.npz",
    "projector": "v_tensor.tsv",
    "finalfusion": "v.fifu",
    "parquet": "v.parquet",
}
UNIT = ["finalfusion"]  # formats that keep directions and lengths, so that bits may change


def written(name, folder, file=None):
    path = folder / (file or FILES[name])
    if name == "parquet":
        pytest.importorskip("pyarrow")
    snapshot = ONE_WORD if name.startswith(("word2vec", "glove")) else SNAPSHOT
    registry.get(name).write(snapshot, path)
    return path, snapshot


@pytest.mark.parametrize("name", [name for name in FILES if name not in UNIT])
def test_every_format_is_known_and_comes_back_bit_for_bit(name, tmp_path, caplog):
    path, snapshot = written(name, tmp_path)
    with caplog.at_level(logging.INFO, "w2vcore"):
        kv = KeyedVectors.load_any(path)
    assert f"{path}: {registry.FORMATS[name].called}" in caplog.text
    assert kv.index_to_key == list(snapshot.keys)
    assert kv.vectors.tobytes() == snapshot.arrays["vectors"].tobytes()


def test_every_format_is_called_something_else():
    assert len({entry.called for entry in registry.FORMATS.values()}) == len(registry.FORMATS)


@pytest.mark.parametrize("name", FILES)
def test_limit_and_datatype(name, tmp_path):
    small = Snapshot("keyedvectors", ["a", "b", "c"], {"vectors": np.array([[0.5, 2], [3, 4], [5, 6]], np.float32)})
    if name == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / FILES[name]
    registry.get(name).write(small, path)
    for datatype in (np.float16, np.float64):
        kv = KeyedVectors.load_any(path, limit=2, datatype=datatype)
        assert (kv.index_to_key, kv.vectors.dtype, kv.vectors.tolist()) == (["a", "b"], datatype, [[0.5, 2], [3, 4]])
    assert len(KeyedVectors.load_any(path, limit=99)) == 3
    assert len(KeyedVectors.load_any(path, limit=0)) == 0
    with pytest.raises(ValueError, match="limit must be None"):
        KeyedVectors.load_any(path, limit=-1)


@pytest.mark.parametrize("name", ["native", "word2vec_text", "word2vec_binary", "glove", "fasttext_binary"])
@pytest.mark.parametrize(("extension", "opened"), [(".gz", gzip.open), (".bz2", bz2.open)])
def test_packed(name, extension, opened, tmp_path):
    path, snapshot = written(name, tmp_path)
    packed = tmp_path / (path.name + extension)
    with opened(packed, "wb") as file:
        file.write(path.read_bytes())
    assert KeyedVectors.load_any(packed).vectors.tobytes() == snapshot.arrays["vectors"].tobytes()


def test_zst(tmp_path):
    zstd = pytest.importorskip("backports.zstd")
    path, snapshot = written("glove", tmp_path)
    (tmp_path / "v.txt.zst").write_bytes(zstd.compress(path.read_bytes()))
    assert KeyedVectors.load_any(tmp_path / "v.txt.zst").index_to_key == snapshot.keys


def test_addresses_go_through_smart_open(tmp_path):
    path, snapshot = written("word2vec_binary", tmp_path)
    assert KeyedVectors.load_any(path.as_uri()).index_to_key == snapshot.keys


@pytest.mark.parametrize("name", ["word2vec_text", "word2vec_binary", "glove", "projector"])
def test_words_that_are_not_utf8(name, tmp_path):
    path, _ = written(name, tmp_path)
    changed = tmp_path / "v_metadata.tsv" if name == "projector" else path
    changed.write_bytes(changed.read_bytes().replace("東京".encode(), b"\xe6\x9d"))
    with pytest.raises(UnicodeDecodeError, match=r"(word|line) 3 .*unicode_errors='replace'"):
        KeyedVectors.load_any(path)
    assert KeyedVectors.load_any(path, unicode_errors="replace").index_to_key[2] == "\ufffd"


def test_words_of_fasttext_that_are_not_utf8(tmp_path):
    """They are shown with backslashes, as their bytes are kept: each has the vector that fastText gives it."""
    path, _ = written("fasttext_binary", tmp_path)
    path.write_bytes(path.read_bytes().replace("東京".encode(), b"\xe6\x9d"))
    assert KeyedVectors.load_any(path).index_to_key[2] == "\\xe6\\x9d"
    with pytest.raises(UnicodeDecodeError, match=r"word 3 .*unicode_errors='replace'"):
        KeyedVectors.load_any(path, unicode_errors="strict")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no known file of vectors: it is empty"),
        (b"hello\n", r"no known file of vectors: it begins with b'hello\\n'"),
        (b"\x89HDF\r\n\x1a\n", "this is an HDF5 file"),
        (gzip.compress(gzip.compress(b"1 1\na 1\n", mtime=0), mtime=0), "this is a gzip file; pass its name"),
        (b"3 2\na 1 2\nb 1 x\n", r"'x' is not a number \(read as word2vec text"),
        (b"9 2\na 1 2\n", r"header says 9 vectors, file ends after 1 .* \(read as word2vec text"),
        (pickle.dumps([1, 2]), r"the pickle holds a list, not word vectors or phrases; .* \(read as gensim save"),
    ],
)
def test_what_cannot_be_read(data, message, tmp_path):
    (tmp_path / "x").write_bytes(data)
    with pytest.raises((ValueError, EOFError), match=message):
        KeyedVectors.load_any(tmp_path / "x")


def test_mmap_is_for_files_that_can_be_mapped(tmp_path):
    path, _ = written("native", tmp_path)
    assert isinstance(KeyedVectors.load_any(path, mmap="r").vectors, np.memmap)
    path, _ = written("glove", tmp_path)
    with pytest.raises(ValueError, match=r"mmap='r' is for files of w2vcore, gensim and fastText; .* is a GloVe text"):
        KeyedVectors.load_any(path, mmap="r")


@pytest.mark.parametrize(
    "begin", [b"1000000000 300\n", b"1000000000 300\nword ", b"word 1 2 3\n", b"\x93NUMPY\x01\x00"]
)
def test_a_bomb_of_zeros_is_not_unpacked(begin, tmp_path):
    """300 MB in 300 KB. A parser keeps 64 MB of rows, and the longest word, 16 MB, in a block that doubles."""
    with gzip.open(tmp_path / "bomb.gz", "wb", compresslevel=1) as file:
        file.write(begin)
        for _ in range(300):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises((ValueError, EOFError)):
            KeyedVectors.load_any(tmp_path / "bomb.gz")
        assert tracemalloc.get_traced_memory()[1] < 170 << 20
    finally:
        tracemalloc.stop()


# ------------------------------------------------------------------ GloVe, fastText


def test_words_with_blanks_in_glove(tmp_path):
    (tmp_path / "v").write_bytes(b"the 0.5 1\n. . . 2 3\nat name@domain.com 4 5\n\xc2\xa0 6 7\n")
    kv = KeyedVectors.load_any(tmp_path / "v")
    assert kv.index_to_key == ["the", ". . .", "at name@domain.com", "\xa0"]
    assert kv.vectors.tolist() == [[0.5, 1], [2, 3], [4, 5], [6, 7]]


def test_fasttext_without_subwords_from_any_vectors():
    file = io.BytesIO()
    fasttext_binary.write(SNAPSHOT, file)
    read = fasttext_binary.read(io.BytesIO(file.getvalue()))
    assert (list(read.keys), read.arrays["vectors"].tobytes()) == (KEYS, VECTORS.tobytes())
    assert subwords_of(read) is None
    with pytest.raises(ValueError, match=r"key 'a\\x00' \(row 0\) holds a NUL"):
        fasttext_binary.write(Snapshot("keyedvectors", ["a\0"], {"vectors": VECTORS[:1]}), file)


@pytest.mark.parametrize(("mark", "message"), [(1, "the file is damaged"), (2, r"a matrix is marked b'\\x02'")])
def test_fasttext_with_a_wrong_mark(mark, message):
    file = io.BytesIO()
    fasttext_binary.write(SNAPSHOT, file)
    start = file.getvalue().index(VECTORS.tobytes()) - 17
    data = bytearray(file.getvalue())
    data[start] = mark
    with pytest.raises(ValueError, match=message):
        fasttext_binary.read(io.BytesIO(bytes(data)))


# ------------------------------------------------------------------ NumPy


def test_npy_with_keys_beside_it(tmp_path):
    numpy_file.write(SNAPSHOT, tmp_path / "v.npy")
    assert np.load(tmp_path / "v.npy").tobytes() == VECTORS.tobytes()
    assert (tmp_path / "v.keys.txt").read_text(encoding="utf8").splitlines() == KEYS
    assert KeyedVectors.load_any(tmp_path / "v.npy").index_to_key == KEYS
    (tmp_path / "v.keys.txt").rename(tmp_path / "v.vocab")
    assert KeyedVectors.load_any(tmp_path / "v.npy").index_to_key == KEYS
    (tmp_path / "v.vocab").rename(tmp_path / "other")
    with pytest.raises(FileNotFoundError, match=r"no keys beside it \(looked for v.keys.txt, v.txt, v.vocab\)"):
        KeyedVectors.load_any(tmp_path / "v.npy")
    assert numpy_file.read(tmp_path / "v.npy", keys=tmp_path / "other").keys == KEYS


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("v.keys.txt", "\ufeffthe\r\nnew york\r\n"),
        ("v.txt", "the\nnew york"),
        ("v.vocab", "the 12\nnew york 3\n"),
        ("v.vocab", "\ufeffthe 12\r\nnew york 3\r\n"),
    ],
)
def test_files_of_keys_beside_an_npy(name, data, tmp_path):
    np.save(tmp_path / "v.npy", VECTORS[:2])
    (tmp_path / name).write_bytes(data.encode())
    assert KeyedVectors.load_any(tmp_path / "v.npy").index_to_key == ["the", "new york"]


def test_keys_that_end_in_numbers_are_no_counts(tmp_path):
    np.save(tmp_path / "v.npy", VECTORS[:2])
    (tmp_path / "v.keys.txt").write_text("windows 95\niphone 5\n")
    assert KeyedVectors.load_any(tmp_path / "v.npy").index_to_key == ["windows 95", "iphone 5"]


def test_npz_of_others(tmp_path):
    np.savez_compressed(tmp_path / "v.npz", words=np.array(KEYS), matrix=VECTORS.astype(np.float64))
    kv = KeyedVectors.load_any(tmp_path / "v.npz")
    assert kv.index_to_key == KEYS
    np.savez(tmp_path / "v.npz", keys=np.array([7, -1, 3, 5]), vectors=VECTORS)
    assert KeyedVectors.load_any(tmp_path / "v.npz").index_to_key == [7, -1, 3, 5]
    np.savez(tmp_path / "v.npz", one=VECTORS, two=VECTORS)
    with pytest.raises(
        ValueError, match=r"expected 'vectors', a matrix of floats; there is one \(4, 3\), two \(4, 3\)"
    ):
        KeyedVectors.load_any(tmp_path / "v.npz")
    np.savez(tmp_path / "v.npz", keys=np.array(KEYS[:3]), vectors=VECTORS)
    with pytest.raises(ValueError, match="3 keys and 4 vectors"):
        KeyedVectors.load_any(tmp_path / "v.npz")
    np.savez(tmp_path / "v.npz", keys=np.array(KEYS).reshape(4, 1), vectors=VECTORS)
    with pytest.raises(
        ValueError, match=r"v\.npz: the keys must be a row of str or integers, got <U\d of shape \(4, 1\)"
    ):
        KeyedVectors.load_any(tmp_path / "v.npz")
    np.savez(tmp_path / "v.npz", keys=np.array(KEYS, object), vectors=VECTORS)
    with pytest.raises(ValueError, match="an array of Python objects is a pickle"):
        KeyedVectors.load_any(tmp_path / "v.npz")


def test_an_archive_that_claims_too_much(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.npy", b"\x93NUMPY\x01\x00")
        archive.writestr("keys.npy", b"\x93NUMPY\x01\x00")
    data = path.read_bytes()
    size = (8).to_bytes(4, "little")
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02"))
    assert data[place + 24 : place + 28] == size
    path.write_bytes(data[: place + 24] + (2**32 - 2).to_bytes(4, "little") + data[place + 28 :])
    with pytest.raises(ValueError, match=r"'vectors.npy' claims 4,294,967,294 bytes packed into \d+; refused"):
        KeyedVectors.load_any(path)


@pytest.mark.parametrize("key", ["a\0", "x" * 1001])
def test_keys_that_an_array_cannot_hold(key):
    with pytest.raises(ValueError, match=r"ends in a NUL or is longer than 1000 characters"):
        numpy_file.write(Snapshot("keyedvectors", [key], {"vectors": VECTORS[:1]}), io.BytesIO())


# ------------------------------------------------------------------ Projector


def test_metadata_with_a_byte_order_mark(tmp_path):
    projector.write(SNAPSHOT, tmp_path / "v")
    path = tmp_path / "v_metadata.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert KeyedVectors.load_any(tmp_path / "v_tensor.tsv").index_to_key == KEYS


def test_projector_names_and_columns(tmp_path):
    projector.write(SNAPSHOT, tmp_path / "v")
    for name in ("v_tensor.tsv", "v_metadata.tsv"):
        assert KeyedVectors.load_any(tmp_path / name).index_to_key == KEYS
    (tmp_path / "v_metadata.tsv").write_text("n\tWord\n" + "".join(f"{n}\tw{n}\n" for n in range(4)))
    assert KeyedVectors.load_any(tmp_path / "v_tensor.tsv").index_to_key == ["w0", "w1", "w2", "w3"]
    (tmp_path / "v_metadata.tsv").write_text("a\nb\n")
    with pytest.raises(ValueError, match="2 keys in the metadata, and 4 vectors"):
        KeyedVectors.load_any(tmp_path / "v_tensor.tsv")
    (tmp_path / "v_metadata.tsv").unlink()
    with pytest.raises(FileNotFoundError, match=r"no v_metadata.tsv beside it"):
        KeyedVectors.load_any(tmp_path / "v_tensor.tsv")
    with pytest.raises(ValueError, match="holds a tab or a newline"):
        projector.write(Snapshot("keyedvectors", ["a\tb"], {"vectors": VECTORS[:1]}), tmp_path / "v")


def test_bad_number_in_projector(tmp_path):
    (tmp_path / "v_tensor.tsv").write_bytes(b"1\t2\n3\tx\n")
    (tmp_path / "v_metadata.tsv").write_bytes(b"a\nb\n")
    with pytest.raises(ValueError, match=r"v_tensor.tsv: row 2 .*'x' is not a number"):
        KeyedVectors.load_any(tmp_path / "v_tensor.tsv")


def test_glove_writes_no_header():
    file = io.BytesIO()
    glove.write(ONE_WORD, file)
    assert word2vec_text.read(io.BytesIO(file.getvalue()), no_header=True).keys == KEYS[:3]
