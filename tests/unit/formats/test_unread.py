"""Files that are wrapped in something are read; what is not read is named, with the reason and the way out."""

import bz2
import gzip
import io
import json
import logging
import lzma
import pickle
import sqlite3
import tarfile
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import save_file

from w2vcore.cli import main
from w2vcore.formats import word2vec_binary
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors

TEXT = b"2 2\nthe 0.5 1\nof 2 3\n"
VECTORS = np.array([[0.5, 1], [2, 3]], np.float32)


def binary():
    file = io.BytesIO()
    word2vec_binary.write(Snapshot("keyedvectors", ["the", "of"], {"vectors": VECTORS}), file)
    return file.getvalue()


def native(tmp_path):
    kv = KeyedVectors(2)
    kv.add_vectors(["the", "of"], VECTORS)
    kv.save(tmp_path / "native")
    return (tmp_path / "native").read_bytes()


def assert_read(kv):
    assert kv.index_to_key == ["the", "of"]
    assert kv.vectors.tolist() == VECTORS.tolist()


# ------------------------------------------------------------------ names that say something else


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["v", "v.txt", "v.gz", "v.bz2", "v.bin"])
def test_packed_files_by_any_name(pack, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(pack(TEXT))
    assert_read(KeyedVectors.load_any(path))
    assert_read(KeyedVectors.load_word2vec_format(path))
    path.write_bytes(pack(binary()))
    assert_read(KeyedVectors.load_any(path))
    assert_read(KeyedVectors.load_word2vec_format(path, binary=True))
    path.write_bytes(pack(native(tmp_path)))
    assert_read(KeyedVectors.load_any(path))
    assert_read(KeyedVectors.load(path))
    with pytest.raises(OSError, match="mmap='r' needs an uncompressed local file"):
        KeyedVectors.load(path, mmap="r")
    for command in (["info", str(path)], ["similar", str(path), "the"]):
        assert CliRunner().invoke(main, command).exit_code == 0


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("data", [TEXT, binary()])
def test_unpacked_files_whose_name_says_packed(ending, data, tmp_path, caplog):
    path = tmp_path / f"v{ending}"
    path.write_bytes(data)
    assert_read(KeyedVectors.load_any(path))
    if data == binary():
        with caplog.at_level(logging.INFO):
            assert_read(KeyedVectors.load_word2vec_format(path, binary=True))
        assert "is not compressed, although its name says so" in caplog.text


# ------------------------------------------------------------------ archives


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def tarred(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


ARCHIVES = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda path, members: tarred(path, members, "w:gz"),
    "tar.bz2": lambda path, members: tarred(path, members, "w:bz2"),
}


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("data", [TEXT, binary()])
def test_the_only_file_of_an_archive(kind, data, tmp_path):
    path = tmp_path / f"v.{kind}"
    ARCHIVES[kind](path, {"folder/v.vec": data, "__MACOSX/folder/._v.vec": b"x", "folder/.DS_Store": b"x"})
    assert_read(KeyedVectors.load_any(path))
    assert_read(KeyedVectors.load_word2vec_format(path, binary=data != TEXT))
    with pytest.raises((OSError, ValueError), match="mmap='r' "):
        KeyedVectors.load_any(path, mmap="r")


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_of_several_files_list_them(kind, tmp_path):
    path = tmp_path / f"v.{kind}"
    ARCHIVES[kind](path, {f"glove.{size}d.txt": TEXT for size in (50, 100, 200, 300)})
    message = (
        r"v.*: an archive of 4 files: glove.50d.txt, .*, glove.300d.txt; unpack it, and name the one with the vectors"
    )
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load_any(path)
    ARCHIVES[kind](path, {f"{n}": TEXT for n in range(20)})
    with pytest.raises(ValueError, match=r"an archive of 20 files: 0, 1, .* and 12 more"):
        KeyedVectors.load_any(path)


def test_errors_of_a_file_in_an_archive_are_its_own(tmp_path):
    zipped(tmp_path / "v.zip", {"v.vec": TEXT.replace(b"1", b"x", 1)})
    with pytest.raises(ValueError, match=r"v.zip: row 1 \(word 'the'\): 'x' is not a number"):
        KeyedVectors.load_any(tmp_path / "v.zip")
    zipped(tmp_path / "v.zip", {"v.bin": binary()})
    with pytest.raises(NotImplementedError, match="no_header=True is for text files"):
        KeyedVectors.load_word2vec_format(tmp_path / "v.zip", binary=True, no_header=True)


def test_damaged_archives(tmp_path):
    zipped(tmp_path / "v.zip", {"v.vec": TEXT * 50})
    data = (tmp_path / "v.zip").read_bytes()
    (tmp_path / "v.zip").write_bytes(data[:-30])
    with pytest.raises(ValueError, match=r"v.zip: the archive cannot be read: "):
        KeyedVectors.load_any(tmp_path / "v.zip")
    tarred(tmp_path / "v.tar", {"v.vec": TEXT * 500})
    (tmp_path / "v.tar").write_bytes((tmp_path / "v.tar").read_bytes()[:1500])
    with pytest.raises((ValueError, EOFError), match=r"v.tar: "):
        KeyedVectors.load_any(tmp_path / "v.tar")


# ------------------------------------------------------------------ what is not read


def sqlite(path):
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE magnitude (key TEXT, dim_0 INTEGER)")
    base.close()


def torch(path):
    zipped(path, {"archive/data.pkl": b"x", "archive/data/0": b"y", "archive/version": b"3\n"})


def tensors(path):
    save_file({"emb.weight": np.ones((9, 4), np.float32), "bias": np.ones(3, np.float32)}, path)


def written(data):
    return lambda path: path.write_bytes(data)


TAKE = r".*kv = KeyedVectors\(.*\); kv.add_vectors\("
UNREAD = {
    "v.magnitude": (sqlite, "an SQLite database .*magnitude" + TAKE),
    "v.h5": (written(b"\x89HDF\r\n\x1a\n" + bytes(600)), "an HDF5 file .*Numberbatch" + TAKE),
    "v.pt": (torch, r"a PyTorch file \(.pt\); .*torch.load\(path, weights_only=True\)" + TAKE),
    "old.pth": (written(pickle.dumps(0x1950A86A20F9469CFC6C, 2) + b"\x80\x02."), "a PyTorch file; matrix = " + TAKE),
    "v.keras": (
        lambda path: zipped(path, {"metadata.json": b"{}", "model.weights.h5": b"x"}),
        r"a Keras or TensorFlow model; .*get_weights\(\)\[0\]" + TAKE,
    ),
    "v.ckpt.index": (written(bytes(600)), "a part of a TensorFlow checkpoint; .*load_checkpoint" + TAKE),
    "v.ckpt.data-00000-of-00001": (written(VECTORS.tobytes()), "a part of a TensorFlow checkpoint" + TAKE),
    "checkpoint": (written(b'model_checkpoint_path: "v.ckpt"\n'), "the index of a TensorFlow checkpoint" + TAKE),
    "saved_model.pb": (written(b"\x08\x01\x12\x03abc"), "a TensorFlow model" + TAKE),
    "v.safetensors": (tensors, r"not one saved by w2vcore .*its matrices are 'emb.weight' \(9, 4\)" + TAKE),
    "dict.json": (
        written(json.dumps({"the": [0.5, 1], "of": [2, 3]}).encode()),
        "JSON; if it holds words and their vectors: d = " + TAKE,
    ),
    "indented.json": (written(json.dumps({"the": [0.5, 1]}, indent=2).encode()), "JSON; if it holds words and" + TAKE),
    "list.json": (
        written(json.dumps([{"word": "the", "vector": [1, 2]}]).encode()),
        "JSON; take a list of words" + TAKE,
    ),
    "pairs.json": (written(json.dumps([["the", [0.5, 1]]]).encode()), "JSON; take a list of words" + TAKE),
    "both.json": (written(json.dumps({"dim": 2, "words": ["the"]}).encode()), "JSON; take a list of words" + TAKE),
    "lines.jsonl": (written(b'{"word": "the", "vector": [1, 2]}\n' * 9), "JSON; take a list of words" + TAKE),
    "v.csv": (written(b"the,0.5,1\nof,2,3\n"), r"a table with commas \(CSV\); .*read_csv" + TAKE),
    "head.csv": (written(b"word,0,1\nthe,0.5,1\n"), r"a table with commas \(CSV\)" + TAKE),
    "dict.pkl": (written(pickle.dumps({"the": np.ones(2)})), "the pickle holds a dict, .*if you trust it" + TAKE),
    "list.pkl": (written(pickle.dumps([1, 2])), "the pickle holds a list, .*if you trust it" + TAKE),
    "array.pkl": (written(pickle.dumps(VECTORS)), "the pickle holds an? .*if you trust it" + TAKE),
    "v.7z": (written(b"7z\xbc\xaf\x27\x1c" + bytes(40)), "a 7-Zip archive; unpack it"),
    "v.rar": (written(b"Rar!\x1a\x07\x00" + bytes(40)), "a RAR archive; unpack it"),
    "page.bin": (written(b"\n<!DOCTYPE html>\n<html><title>404"), "an HTML page, not the file .*download it again"),
    "page.txt": (written(b"<HTML><body>Sign in"), "an HTML page, not the file .*download it again"),
    "denied.vec": (written(b'<?xml version="1.0"?>\n<Error><Code>AccessDenied'), "an XML document .*download the file"),
    "lfs.bin": (
        written(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"),
        "a Git LFS pointer, which stands for the file: git lfs pull",
    ),
    "empty.bin": (written(b""), "no known file of vectors: it is empty; was it copied or downloaded to its end"),
    "blank.txt": (written(b" \n\n"), "no known file of vectors: there is nothing but blanks in it"),
    "utf16.txt": (written("the 0.5 1\n".encode("utf-16")), "a text in UTF-16; iconv -f utf-16 -t utf-8"),
    "model.gguf": (written(b"GGUF\x03\x00\x00\x00" + bytes(60)), "a GGUF file"),
    "notes.txt": (written(b"It was the best of times,\n"), r"no known file of vectors: it begins with b'It was"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_read_says_what_it_is_and_the_way_out(name, tmp_path):
    write, message = UNREAD[name]
    path = tmp_path / name
    write(path)
    with pytest.raises((ValueError, EOFError), match=message) as raised:
        KeyedVectors.load_any(path)
    assert str(path) in str(raised.value)
    for command in (
        ["info", str(path)],
        ["similar", str(path), "the"],
        ["convert", str(path), str(tmp_path / "v.txt")],
    ):
        found = CliRunner().invoke(main, command)
        assert found.exit_code == 1
        assert str(path) in found.output
        assert "Traceback" not in found.output


def test_the_ways_out_work(tmp_path):
    """What the messages say of JSON and of other libraries' matrices, typed in."""
    (tmp_path / "v.json").write_text(json.dumps({"the": [0.5, 1], "of": [2, 3]}))
    d = json.loads((tmp_path / "v.json").read_text())
    kv = KeyedVectors(len(next(iter(d.values()))))
    kv.add_vectors(list(d), list(d.values()))
    assert_read(kv)
    tensors(tmp_path / "v.safetensors")
    from safetensors.numpy import load_file

    matrix = load_file(tmp_path / "v.safetensors")["emb.weight"]
    kv = KeyedVectors(matrix.shape[1])
    kv.add_vectors(list("abcdefghi"), matrix)
    assert kv.vectors.tolist() == matrix.tolist()
