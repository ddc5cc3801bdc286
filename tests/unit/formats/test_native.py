"""The native file: what goes in comes out, other readers agree, and damage is named before memory is taken."""

import gzip
import io
import json
import pickle
import zipfile

import numpy as np
import pytest
import safetensors.numpy

from w2vcore import KeyedVectors, Phrases, Word2Vec
from w2vcore.formats import native, safetensors_file
from w2vcore.formats.snapshot import Snapshot
from w2vcore.model import weights


def model(rows=33, size=17):
    """A snapshot whose matrices are views of padded ones with numbers in the padding."""
    matrix = weights.zeros(rows, size)
    matrix[:] = np.random.default_rng(size).standard_normal(matrix.shape)
    arrays = {
        "vectors": matrix[:, :size],
        "negative": -matrix[:, :size],
        "tree": matrix[1:, :size],
        "counts": np.arange(rows),
        "lockf": np.ones(1, np.float32),
        "expando.sample_int": np.arange(rows, dtype=np.uint32),
        "expando.flag": np.arange(rows) % 2 == 0,
    }
    return Snapshot("word2vec", [f"wörd{i}" for i in range(rows)], arrays, {"window": 5, "alpha": 0.025})


def assert_equal(read, written):
    assert (read.kind, list(read.keys), read.settings) == (written.kind, list(written.keys), written.settings)
    assert set(read.arrays) == set(written.arrays)
    for name, array in written.arrays.items():
        assert read.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(read.arrays[name], array)


def packed(snapshot):
    file = io.BytesIO()
    native.write(snapshot, file)
    return file.getvalue()


def with_header(change, data=None):
    """The bytes of a small file after `change(header)`."""
    data = packed(model()) if data is None else data
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header = change(header) or header
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


@pytest.mark.parametrize("size", [1, 15, 16, 17, 100])
@pytest.mark.parametrize("mmap", [None, "r", "r+", "c"])
def test_round_trip_of_padded_views(tmp_path, size, mmap):
    written = model(size=size)
    native.write(written, tmp_path / "m")
    assert_equal(native.read(tmp_path / "m", mmap=mmap), written)


@pytest.mark.parametrize("size", [15, 17, 100])
def test_the_safetensors_library_reads_the_same(tmp_path, size):
    written = model(size=size)
    native.write(written, tmp_path / "m")
    read = safetensors.numpy.load_file(tmp_path / "m")
    np.testing.assert_array_equal(read["embeddings"], written.arrays["vectors"])
    for name in ("negative", "tree", "counts", "lockf", "expando.sample_int", "expando.flag"):
        np.testing.assert_array_equal(read[name], written.arrays[name])


def test_rows_are_written_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(safetensors_file, "BLOCK_BYTES", 1000)  # several blocks a matrix, the last one short
    written = model(rows=101)
    native.write(written, tmp_path / "m")
    assert_equal(native.read(tmp_path / "m", padded=True), written)


def test_data_begins_at_64_and_each_tensor_is_aligned(tmp_path):
    native.write(model(), tmp_path / "m")
    with (tmp_path / "m").open("rb") as file:
        header = safetensors_file.read_header(file, None, "m")
    assert header.data_start % 64 == 0
    assert all((header.data_start + tensor.start) % tensor.dtype.itemsize == 0 for tensor in header.tensors)


def test_the_header_does_not_grow_with_the_vocabulary():
    lengths = [int.from_bytes(packed(model(rows=rows))[:8], "little") for rows in (10, 1000)]
    assert lengths[1] - lengths[0] <= 128  # some more digits, and the padding to 64


def test_padded_matrices_are_as_training_needs_them(tmp_path):
    native.write(model(size=17), tmp_path / "m")
    read = native.read(tmp_path / "m", padded=True)
    assert all(weights.is_padded(read.arrays[name], 17) for name in ("vectors", "negative", "tree"))


def test_mapped_modes(tmp_path):
    native.write(model(), tmp_path / "m")
    before = (tmp_path / "m").read_bytes()
    mapped = native.read(tmp_path / "m", mmap="r").arrays["vectors"]
    assert isinstance(mapped, np.memmap)
    assert not mapped.flags.writeable
    native.read(tmp_path / "m", mmap="c").arrays["vectors"][0] = 7
    assert (tmp_path / "m").read_bytes() == before
    shared = native.read(tmp_path / "m", mmap="r+").arrays["vectors"]
    shared[0] = 7
    shared.flush()
    assert native.read(tmp_path / "m").arrays["vectors"][0].tolist() == [7] * 17


@pytest.mark.parametrize("blanks", range(1, 9))
def test_numbers_that_are_not_aligned_are_copied(tmp_path, blanks):
    """Another program may begin the data anywhere; compiled loops may read numbers only where their type allows it."""
    data = packed(model())
    length = int.from_bytes(data[:8], "little")
    (tmp_path / "m").write_bytes(
        (length + blanks).to_bytes(8, "little") + data[8 : 8 + length] + b" " * blanks + data[8 + length :]
    )
    for mode in ("r", "c"):
        read = native.read(tmp_path / "m", mmap=mode)
        assert_equal(read, model())
        assert all(array.flags.aligned for array in read.arrays.values())
        vectors = read.arrays["vectors"]
        assert isinstance(vectors, np.memmap) == (blanks in (4, 8))
        assert vectors.flags.writeable == (mode == "c")
    if blanks in (4, 8):
        assert isinstance(native.read(tmp_path / "m", mmap="r+").arrays["vectors"], np.memmap)
    else:
        with pytest.raises(
            ValueError, match=r"begins at byte \d+, where no float32 can be changed in place; use mmap='c'"
        ):
            native.read(tmp_path / "m", mmap="r+")


def test_saving_over_a_mapped_file(tmp_path):
    native.write(model(), tmp_path / "m")
    mapped = native.read(tmp_path / "m", mmap="r")
    native.write(mapped, tmp_path / "m")
    assert_equal(native.read(tmp_path / "m"), model())


@pytest.mark.parametrize("extension", [".gz", ".bz2"])
def test_packed_files(tmp_path, extension):
    path = tmp_path / f"m{extension}"
    native.write(model(), path)
    assert path.read_bytes()[:2] in (b"\x1f\x8b", b"BZ")
    assert_equal(native.read(path), model())
    with pytest.raises(OSError, match="uncompressed local file"):
        native.read(path, mmap="r")


def test_open_files(tmp_path):
    with (tmp_path / "m").open("wb", buffering=0) as file:
        native.write(model(), file)
    with (tmp_path / "m").open("rb") as file:
        assert_equal(native.read(file), model())
    with (tmp_path / "m").open("rb") as file, pytest.raises(ValueError, match="needs a path"):
        native.read(file, mmap="r")


def test_wrong_mmap_mode(tmp_path):
    with pytest.raises(ValueError, match=r"mmap must be None, 'r', 'r\+' or 'c', got 'w\+'"):
        native.read(tmp_path / "m", mmap="w+")


@pytest.mark.parametrize(
    "keys", [["a", "", "ä", "\ud800", "\ud83d\ude00", "a b\n"], [5, -(2**63), 2**63 - 1], [np.int64(3)]]
)
def test_keys(keys):
    read = native.read(io.BytesIO(packed(Snapshot("keyedvectors", keys, {"vectors": np.zeros((len(keys), 2))}))))
    assert read.keys == keys
    assert {type(key) for key in read.keys} <= {str, int}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["a", 7], r"key 7 \(row 1\) is an int, and key 'a' is a str"),
        ([7, "a"], r"key 'a' \(row 1\) is a str, and key 7 is an int"),
        ([("a", 1)], r"key \('a', 1\) \(row 0\) is a tuple"),
        ([True], r"key True \(row 0\) is a bool"),
        (["a", None], "row 1 has no key"),
        ([2**63], "does not fit into 64 bits"),
        ([b"x"], r"key b'x' \(row 0\) is a bytes"),
    ],
)
def test_other_keys_are_refused_before_anything_is_written(tmp_path, keys, message):
    (tmp_path / "m").write_bytes(b"old")
    with pytest.raises(TypeError, match=message):
        native.write(Snapshot("keyedvectors", keys, {"vectors": np.zeros((len(keys), 1))}), tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == b"old"


def test_columns_of_texts_and_numpy_settings():
    column = np.array(["x", None, 2.5, True], object)
    arrays = {"vectors": np.zeros((4, 1)), "expando.note": column, "expando.tag": np.array(["a", "bcd", "", "é"])}
    read = native.read(io.BytesIO(packed(Snapshot("keyedvectors", list("abcd"), arrays, {"window": np.int64(5)}))))
    assert read.arrays["expando.note"].tolist() == column.tolist()
    assert read.arrays["expando.tag"].tolist() == ["a", "bcd", "", "é"]
    assert read.settings == {"window": 5}


@pytest.mark.parametrize(
    ("arrays", "settings", "message"),
    [
        ({"expando.x": np.array([(1, 2), 3], object)}, {}, r"array 'expando.x', row 0: cannot save \(1, 2\)"),
        ({"expando.x": np.zeros(2, complex)}, {}, "array 'expando.x' has dtype complex128"),
        ({}, {"f": print}, "JSON values only"),
    ],
)
def test_what_cannot_be_saved(arrays, settings, message):
    file = io.BytesIO()
    with pytest.raises(TypeError, match=message):
        native.write(Snapshot("keyedvectors", ["a", "b"], {"vectors": np.zeros((2, 1)), **arrays}, settings), file)
    assert file.getvalue() == b""


def test_no_rows():
    empty = Snapshot("keyedvectors", [], {"vectors": np.zeros((0, 5), np.float32)})
    read = native.read(io.BytesIO(packed(empty)))
    assert read.keys == []
    assert read.arrays["vectors"].shape == (0, 5)


def test_big_endian_arrays_are_stored_little_endian():
    read = native.read(io.BytesIO(packed(Snapshot("keyedvectors", ["a"], {"vectors": np.array([[1.5, 2]], ">f4")}))))
    assert read.arrays["vectors"].tolist() == [[1.5, 2.0]]


# ------------------------------------------------------------------ files that are not ours


def zip_bytes():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x"), "y")
        archive.writestr(zipfile.ZipInfo("z"), "y")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            pickle.dumps({"vectors": [1.0] * 50}, 4),
            r"a Python pickle \(a gensim save\?\), .* Word2Vec.load, KeyedVectors.load and Phrases.load read gensim's",
        ),
        (pickle.dumps([], 2), "a Python pickle"),
        (zip_bytes(), "an archive of 2 files: x, z; unpack it, and name the one with the vectors"),
        (gzip.compress(b"x" * 100, mtime=0), "not a file saved by w2vcore"),
        (b"\x93NUMPY\x01\x00" + b" " * 100, "a numpy array"),
        (b"3 4\nking 0.1 0.2 0.3 0.4\n", "not a file saved by w2vcore"),
        (b"", "not a file saved by w2vcore"),
        (b"\x00" * 7, "not a file saved by w2vcore"),
    ],
)
def test_other_files_are_recognised(tmp_path, data, message):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        native.read(tmp_path / "m")


def test_a_pickle_is_not_run(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (open, (str(tmp_path / "proof"), "w"))

    (tmp_path / "m").write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(ValueError, match="pickle"):
        native.read(tmp_path / "m")
    assert not (tmp_path / "proof").exists()


def test_a_safetensors_file_of_another_program(tmp_path):
    safetensors.numpy.save_file({"embeddings": np.zeros((2, 2), np.float32)}, tmp_path / "m")
    with pytest.raises(ValueError, match="not one saved by w2vcore"):
        native.read(tmp_path / "m")


def test_every_cut_is_noticed():
    data = packed(model(rows=3, size=2))
    for length in range(len(data)):
        with pytest.raises((ValueError, EOFError)):
            native.read(io.BytesIO(data[:length]))
    with pytest.raises(ValueError, match="1 bytes after the last tensor"):
        native.read(io.BytesIO(data + b"x"))


def test_a_cut_stream_of_unknown_size_is_noticed(tmp_path):
    (tmp_path / "m.gz").write_bytes(gzip.compress(packed(model())[:-1]))
    with pytest.raises(EOFError, match="cut short inside tensor"):
        native.read(tmp_path / "m.gz")


def edit(**changes):
    """Change entries of the tensor "embeddings" in a header."""

    def change(header):
        header["embeddings"] |= changes

    return change


def metadata(**changes):
    def change(header):
        header["__metadata__"] |= changes

    return change


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (edit(shape=[2**40, 17]), ValueError, "cannot lie at bytes"),
        (edit(shape=[33, -17]), ValueError, "has shape"),
        (edit(shape=[33, 17.0]), ValueError, "has shape"),
        (edit(shape="ab"), ValueError, "has shape"),
        (edit(dtype="F8"), ValueError, "has dtype 'F8'; known"),
        (edit(dtype=["F32"]), ValueError, "damaged"),
        (edit(data_offsets=[0, 33 * 17 * 4]), ValueError, "overlaps"),
        (edit(shape=[2**50], dtype="U8", data_offsets=[0, 2**50]), ValueError, "overlaps"),
        (
            lambda header: header | {"x": {"dtype": "U8", "shape": [2**50], "data_offsets": [20000, 20000 + 2**50]}},
            ValueError,
            "gap",
        ),
        (lambda header: header.pop("embeddings") and None, ValueError, "gap"),
        (lambda header: [header], ValueError, "no safetensors header"),
        (
            metadata(format_version="3"),
            ValueError,
            "has format version 3; this w2vcore reads versions up to 2: upgrade",
        ),
        (metadata(format_version="-1"), ValueError, "the format version is '-1'"),
        (metadata(keys="tuple"), ValueError, "unknown type of keys 'tuple'"),
        (metadata(keys="int64"), ValueError, "'keys.int64' is missing"),
        (metadata(settings="{"), ValueError, "m: "),
        (metadata(settings="[]"), ValueError, "settings must be a JSON object"),
        (metadata(columns='["expando.x"]'), ValueError, "'expando.x.bytes' is missing"),
        (metadata(kind=5), ValueError, "metadata must map str to str"),
    ],
)
def test_damaged_headers(tmp_path, change, error, message):
    (tmp_path / "m").write_bytes(with_header(change))
    with pytest.raises(error, match=message):
        native.read(tmp_path / "m")


def test_a_claim_larger_than_the_file_takes_no_memory(tmp_path):
    def change(header):
        last = max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")
        header["x"] = {"dtype": "U8", "shape": [2**50], "data_offsets": [last, last + 2**50]}

    (tmp_path / "m").write_bytes(with_header(change))
    with pytest.raises(EOFError, match="names 1,125,899,9"):
        native.read(tmp_path / "m")


def test_a_name_that_occurs_twice(tmp_path):
    text = b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
    (tmp_path / "m").write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(ValueError, match="a name occurs twice"):
        native.read(tmp_path / "m")


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("counts", np.zeros(4, np.int64), "'counts' has shape"),
        ("negative", np.zeros((3, 3), np.float32), "'negative' has shape"),
        ("tree", np.zeros((2, 3), np.float32), "'tree' has shape"),
        ("expando.x", np.float32(0), "'expando.x' has shape"),
    ],
)
def test_arrays_that_do_not_fit_the_keys(name, array, message):
    arrays = {"vectors": np.zeros((3, 2), np.float32), name: np.asarray(array)}
    with pytest.raises(ValueError, match=message):
        native.read(io.BytesIO(packed(Snapshot("word2vec", ["a", "b", "c"], arrays))))


@pytest.mark.parametrize(
    ("offsets", "data", "message"),
    [
        ([0, 3, 2, 3], b"abc", "offsets must rise"),
        ([0, 1, 2, 4], b"abc", "offsets must rise"),
        ([1, 1, 2, 3], b"abc", "offsets must rise"),
        ([0, 1, 2, 3], "aé".encode(), "middle of a character"),
        ([0, 1, 2, 3], b"a\xffc", "byte 1 is not UTF-8"),
    ],
)
def test_damaged_keys(offsets, data, message):
    arrays = {
        "embeddings": np.zeros((3, 1), np.float32),
        "keys.bytes": np.frombuffer(data, np.uint8),
        "keys.offsets": np.array(offsets, np.int64),
    }
    head = {"format": "w2vcore", "format_version": "1", "kind": "keyedvectors", "keys": "str", "settings": "{}"}
    file = io.BytesIO()
    safetensors_file.write(file, arrays, head)
    file.seek(0)
    with pytest.raises(ValueError, match=message):
        native.read(file)


def test_a_file_of_phrases_is_named(tmp_path):
    path = tmp_path / "model"
    Phrases([["new", "york"]] * 10, min_count=1, threshold=0.1).save(path)
    for load in (KeyedVectors.load, KeyedVectors.load_any, Word2Vec.load):
        with pytest.raises(AttributeError, match=r"model: a model of type 'phrases' has no vectors; Phrases.load"):
            load(path)


def test_an_unknown_kind_is_damage(tmp_path):
    path = tmp_path / "model"
    kv = KeyedVectors(2)
    kv.add_vectors(["a"], [[1, 2]])
    kv.save(path)
    damaged = path.read_bytes().replace(b'"keyedvectors"', b'"keyedvNctors"').replace(b'"embeddings"', b'"otherthing"')
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="unknown kind 'keyedvNctors' without vectors; the file is damaged"):
        KeyedVectors.load(path)
