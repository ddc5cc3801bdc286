"""Files that belong together are old or new, never one of each."""

import itertools
import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from powerloss import Moments

from w2vcore import KeyedVectors
from w2vcore.formats import atomic, numpy_file, projector
from w2vcore.scripts.word2vec2tensor import word2vec2tensor

posix = pytest.mark.skipif(os.name == "nt", reason="folders that can be synced, links")


def keyed(keys, value):
    kv = KeyedVectors(2)
    kv.add_vectors(keys, np.full((len(keys), 2), value, np.float32), extras={"count": np.full(len(keys), int(value))})
    return kv


def save_with_vocabulary(kv, folder, name, **options):
    kv.save_word2vec_format(folder / name, fvocab=folder / "vocabulary", **options)


def load_with_vocabulary(folder, name, **options):
    kv = KeyedVectors.load_word2vec_format(folder / name, fvocab=folder / "vocabulary", **options)
    assert (kv.expandos["count"] == kv.vectors[:, 0]).all(), "counts of one save beside vectors of another"
    return kv


OLD, NEW = (["a", "b", "c"], 1.0), (["x", "y", "z"], 2.0)


def script(kv, folder):
    with tempfile.TemporaryDirectory() as elsewhere:
        lines = [f"{key} {kv[key][0]} {kv[key][1]}\n" for key in kv.index_to_key]
        Path(elsewhere, "v").write_text("".join([f"{len(kv)} 2\n", *lines]))
        word2vec2tensor(Path(elsewhere, "v"), str(folder / "v"))


PAIRS = {
    "numpy": (
        lambda kv, folder: numpy_file.write(kv.snapshot(), folder / "v.npy"),
        lambda folder: KeyedVectors.load_any(folder / "v.npy"),
    ),
    "projector": (
        lambda kv, folder: projector.write(kv.snapshot(), folder / "v"),
        lambda folder: KeyedVectors.load_any(folder / "v_tensor.tsv"),
    ),
    "tensorboard": (
        lambda kv, folder: kv.export_projector(folder),
        lambda folder: KeyedVectors.load_any(folder / "vectors.tsv"),
    ),
    "text and vocabulary": (
        lambda kv, folder: save_with_vocabulary(kv, folder, "v.txt"),
        lambda folder: load_with_vocabulary(folder, "v.txt"),
    ),
    "binary and vocabulary": (
        lambda kv, folder: save_with_vocabulary(kv, folder, "v.bin", binary=True),
        lambda folder: load_with_vocabulary(folder, "v.bin", binary=True),
    ),
    "script": (
        script,
        lambda folder: KeyedVectors.load_any(folder / "v_tensor.tsv"),
    ),
}


def held(load, files, folder):
    """What is loaded of these files, or the error."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    try:
        kv = load(folder)
    except (ValueError, FileNotFoundError) as error:
        assert re.search(
            "are empty: saving both was cut short|vocabulary is empty: saving it|no keys beside|No such file|no v_meta|no meta",
            str(error),
        )
        return "an error"
    rows = {(key, *kv[key].tolist()) for key in kv.index_to_key}
    for name, (keys, value) in {"old": OLD, "new": NEW}.items():
        if rows == {(key, value, value) for key in keys}:
            return name
    raise AssertionError(f"a mixture of two saves was loaded: {rows}")


@posix
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("name", PAIRS)
def test_a_crash_at_any_moment_mixes_no_two_saves(tmp_path, monkeypatch, name, first):
    """As many rows before and after, so that only the content tells."""
    save_pair, load = PAIRS[name]
    (tmp_path / "now").mkdir()
    if not first:
        save_pair(keyed(*OLD), tmp_path / "now")
    with monkeypatch.context() as patch:
        disk = Moments(tmp_path / "now", patch)
        save_pair(keyed(*NEW), tmp_path / "now")
    seen = [held(load, moment, tmp_path / "then") for moment in disk.history]
    assert seen[0] == ("an error" if first else "old")
    assert "an error" in seen
    assert held(load, disk.after_power_loss(), tmp_path / "then") == "new"
    assert (
        held(load, {path.name: path.read_bytes() for path in (tmp_path / "now").iterdir()}, tmp_path / "then") == "new"
    )
    assert not [path for path in (tmp_path / "now").iterdir() if path.name.startswith(".w2vcore")]


@posix
@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("name", PAIRS)
def test_a_rename_that_fails_mixes_no_two_saves(tmp_path, monkeypatch, name, first, links, failing):
    """Where an old file can have a second name, all is put back; on disks that know no such names it may be lost."""
    save_pair, load = PAIRS[name]
    (tmp_path / "now").mkdir()
    if not first:
        save_pair(keyed(*OLD), tmp_path / "now")
    replace, calls = os.replace, itertools.count()

    def refuse(source, target):
        if next(calls) == failing:
            raise PermissionError("in use")
        replace(source, target)

    def unknown(source, target):
        raise PermissionError("no links here")

    with monkeypatch.context() as patch, pytest.raises(PermissionError, match="in use"):
        patch.setattr(os, "replace", refuse)
        if not links:
            patch.setattr(os, "link", unknown)
        save_pair(keyed(*NEW), tmp_path / "now")
    left = {path.name: path.read_bytes() for path in (tmp_path / "now").iterdir()}
    assert not [name for name in left if name.startswith(".w2vcore")]
    assert held(load, left, tmp_path / "then") == ("an error" if first or (failing and not links) else "old")


def test_an_exception_leaves_all_old_files(tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(b"old")
    with pytest.raises(KeyError), atomic.atomic_writes(tmp_path / "a", tmp_path / "b") as (one, other):
        one.write(b"new")
        other.write(b"half of the ne")
        raise KeyError
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "b": b"old"}


def test_one_file_for_two_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").symlink_to("a")
    with (
        pytest.raises(ValueError, match=r"b' would be written twice"),
        atomic.atomic_writes(tmp_path / "a", tmp_path / "b"),
    ):
        raise AssertionError
    assert (tmp_path / "a").read_bytes() == b"old"
    with pytest.raises(ValueError, match="written twice"):
        keyed(*OLD).save_word2vec_format(tmp_path / "a", fvocab=tmp_path / "a")


def test_vectors_to_a_device_with_a_vocabulary(tmp_path):
    keyed(*OLD).save_word2vec_format(os.devnull, fvocab=tmp_path / "b")
    assert (tmp_path / "b").read_text() == "a 1\nb 1\nc 1\n"


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("late", [0, 1, 2])
def test_a_reader_is_told_that_a_save_came_in_between(tmp_path, monkeypatch, name, late):
    """Another process saves after this one has opened so many files."""
    save_pair, load = PAIRS[name]
    save_pair(keyed(*OLD), tmp_path)
    opened, calls = Path.open, itertools.count()

    def interrupted(self, mode="r", *options, **others):
        if mode == "rb":
            number = next(calls)
            if number == late + 1:
                with monkeypatch.context() as patch:
                    patch.setattr(Path, "open", opened)
                    save_pair(keyed(*NEW), tmp_path)
        return opened(self, mode, *options, **others)

    monkeypatch.setattr(Path, "open", interrupted)
    try:
        kv = load(tmp_path)
    except ValueError as error:
        assert "another process saved the file while it was read; load it again" in str(error)
    else:
        assert (kv.index_to_key, kv.vectors[0, 0]) in (OLD, NEW)
    monkeypatch.undo()
    assert load(tmp_path).index_to_key == NEW[0] or next(calls) <= late + 1
