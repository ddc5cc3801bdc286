"""A file is either complete or untouched."""

import gzip
import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from powerloss import Disk

from w2vcore import Phrases, Word2Vec, utils
from w2vcore.formats import atomic, streams

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions, links and limits")


def save(path, data=b"new"):
    with atomic.atomic_write(path) as file:
        file.write(data)


def test_writes_and_leaves_nothing_else(tmp_path):
    save(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@posix
@pytest.mark.parametrize("name", ["x", "x.gz"])
def test_a_power_loss_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path, monkeypatch, name):
    save(tmp_path / name, b"old" * 1000)
    old = (tmp_path / name).read_bytes()
    disk = Disk(tmp_path, monkeypatch)
    save(tmp_path / name, b"new" * 5000)
    new = (tmp_path / name).read_bytes()
    assert old != new
    seen = [moment[name] for moment in disk.history]
    assert set(seen) == {old, new}, "some moment has neither the old file nor the whole new one"
    assert disk.after_power_loss() == {name: new}, "when the call returns, the new file is not yet on the disk"


@posix
def test_every_writer_waits_for_the_disk(tmp_path, monkeypatch):
    """Models, vectors, phrases, checkpoints, text: each goes through the one function that was tested above."""
    sentences = [["new", "york", "city"], ["new", "jersey"]] * 5
    model = Word2Vec(sentences, min_count=1, vector_size=4)
    phrases = Phrases(sentences, min_count=1, threshold=1e-3)
    writers = {
        "model": model.save,
        "vectors": model.wv.save,
        "text": model.wv.save_word2vec_format,
        "binary": lambda path: model.wv.save_word2vec_format(path, binary=True),
        "phrases": phrases.save,
        "frozen": phrases.freeze().save,
        "sentences": lambda path: utils.save_as_line_sentence(sentences, path),
        "checkpoint": lambda path: Word2Vec(sentences, min_count=1, vector_size=4, epochs=1, checkpoint=path),
    }
    for name, write in writers.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(b"old")
        with monkeypatch.context() as patch:
            disk = Disk(folder, patch)
            write(folder / name)
        left = disk.after_power_loss()
        assert left.keys() == {name}
        assert left[name] == (folder / name).read_bytes() != b"old", name
        assert b"" not in [moment[name] for moment in disk.history], name


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_the_old_file(tmp_path, error):
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(error), atomic.atomic_write(tmp_path / "x") as file:
        file.write(b"half of the ne")
        raise error
    assert (tmp_path / "x").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_failing_rename_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"old")

    def refuse(source, target):
        raise PermissionError("refused")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError, match="refused"):
        save(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@posix
def test_a_full_disk_leaves_the_old_model(tmp_path):
    """RLIMIT_FSIZE stands for the full disk: the write fails half-way."""
    program = """
        import resource, signal, sys
        import numpy as np
        from w2vcore.keyedvectors import KeyedVectors

        kv = KeyedVectors(100)
        kv.add_vectors([str(i) for i in range(1000)], np.ones((1000, 100), np.float32))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            kv.save(sys.argv[1])
        except OSError as error:
            print("failed:", type(error).__name__)
    """
    (tmp_path / "model").write_bytes(b"old")
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "model")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert result.stdout.strip() == "failed: OSError", result.stderr
    assert (tmp_path / "model").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@posix
def test_permissions_are_kept_and_new_files_get_the_usual_ones(tmp_path):
    save(tmp_path / "new")
    (tmp_path / "usual").write_bytes(b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode
    (tmp_path / "usual").chmod(0o640)
    save(tmp_path / "usual")
    assert (tmp_path / "usual").stat().st_mode & 0o777 == 0o640


@posix
def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "real")
    save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "real").read_bytes() == b"new"


@posix
def test_a_device_is_written_directly():
    save("/dev/null")
    assert Path("/dev/null").is_char_device()


@posix
def test_a_pipe_is_written_directly(tmp_path):
    """What /dev/stdout leads to has no path."""
    reader, writer = os.pipe()
    try:
        (tmp_path / "out").symlink_to(f"/dev/fd/{writer}")
        if not (tmp_path / "out").exists():
            pytest.skip("no /dev/fd on this system")
        save(tmp_path / "out")
        assert os.read(reader, 10) == b"new"
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
    finally:
        os.close(reader)
        os.close(writer)


def test_a_folder_is_refused_before_anything_happens(tmp_path):
    with pytest.raises(IsADirectoryError, match="give the name of a file in it"):
        save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "missing" / "x")


@pytest.mark.parametrize("name", ["x.gz", "x.GZ"])
def test_packed_by_extension(name, tmp_path):
    save(tmp_path / name)
    assert gzip.decompress((tmp_path / name).read_bytes()) == b"new"
    with atomic.open_binary(tmp_path / name) as file:
        assert streams.stream_size(file) is None
        assert file.read() == b"new"


def test_stream_size_counts_from_the_position(tmp_path):
    (tmp_path / "x").write_bytes(b"12345")
    with (tmp_path / "x").open("rb") as file:
        file.read(2)
        assert streams.stream_size(file) == 3
        assert file.tell() == 2
    assert streams.stream_size(io.BytesIO(b"123")) == 3


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No such folder, make it first: .*missing'$"):
        save(tmp_path / "missing" / "file")
