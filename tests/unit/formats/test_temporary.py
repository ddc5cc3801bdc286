"""Files while they are written: who may read them, what is in the way, and what killed processes leave behind."""

import errno
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import CallbackAny2Vec, Checkpoint
from w2vcore.formats import atomic, temporary

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions, links and locks")


def save(path, data=b"new"):
    with atomic.atomic_write(path) as file:
        file.write(data)


# ------------------------------------------------------------------ who may read them, and what is in the way


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
@pytest.mark.parametrize("name", ["x", "x.gz"])
def test_a_private_file_is_never_readable_by_others(tmp_path, monkeypatch, name, mode):
    save(tmp_path / name)
    (tmp_path / name).chmod(mode)
    made = []
    create = os.open

    def watch(path, flags, permissions=0o777, **options):
        descriptor = create(path, flags, permissions, **options)
        if flags & os.O_CREAT:
            made.append(os.fstat(descriptor).st_mode & 0o777)
        return descriptor

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", watch)
        with atomic.atomic_write(tmp_path / name) as file:
            (temporary,) = (path for path in tmp_path.iterdir() if path.name != name)
            assert temporary.stat().st_mode & 0o777 == mode, "before the first byte"
            file.write(b"secret")
    assert made
    assert all(found & ~0o600 == 0 for found in made), "others might have opened it before its permissions were set"
    assert (tmp_path / name).stat().st_mode & 0o777 == mode


@posix
def test_new_files_obey_the_umask_from_the_beginning(tmp_path):
    before = os.umask(0o077)
    try:
        with atomic.atomic_write(tmp_path / "x"):
            assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("folder_mode", [0o755, 0o2775])
def test_owner_and_group_are_kept(tmp_path, folder_mode):
    save(tmp_path / "x")
    os.chown(tmp_path / "x", 12345, 23456)
    os.chown(tmp_path, 0, 34567)
    tmp_path.chmod(folder_mode)
    save(tmp_path / "x")
    save(tmp_path / "y")
    assert ((tmp_path / "x").stat().st_uid, (tmp_path / "x").stat().st_gid) == (12345, 23456)
    assert (tmp_path / "y").stat().st_gid == (34567 if folder_mode & 0o2000 else os.getegid())


@posix
def test_another_group_may_do_no_more_than_everybody(tmp_path, monkeypatch):
    """Where the group cannot be kept, those of the writer's were not meant."""
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "x").chmod(0o664)
    status = (tmp_path / "x").stat()
    other = os.stat_result((*status[:5], status.st_gid + 1, *status[6:10]))

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    with (tmp_path / "new").open("wb") as file:
        temporary._take_rights(file.fileno(), other)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o644


@posix
def test_a_link_that_leads_nowhere_is_filled(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@posix
@pytest.mark.parametrize("target", ["itself", "other"])
def test_a_link_to_itself_is_an_error_and_stays(tmp_path, target):
    (tmp_path / "itself").symlink_to(target)
    (tmp_path / "other").symlink_to("itself")
    with pytest.raises(OSError, match=r"A symbolic link that leads back to itself: .*itself'$"):
        save(tmp_path / "itself")
    assert {path.name for path in tmp_path.iterdir()} == {"itself", "other"}
    assert (tmp_path / "itself").is_symlink()


@posix
def test_read_only_files_stay(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "x").chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK or bool(Path(path).stat().st_mode & 0o222))
    with pytest.raises(PermissionError, match=r"The file is read-only; allow writing, or give another path: .*x'$"):
        save(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"old"
    tmp_path.chmod(0o555)
    with pytest.raises(PermissionError, match=r"No permission to write in its folder, .*: .*new'$"):
        save(tmp_path / "new")
    tmp_path.chmod(0o755)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@posix
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_folder_that_takes_no_file_is_named_with_the_target(tmp_path, monkeypatch, code):
    (tmp_path / "x").write_bytes(b"old")
    create = os.open

    def refuse(path, flags, *arguments, **options):
        if flags & os.O_CREAT:
            raise OSError(code, os.strerror(code), str(path))
        return create(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OSError, match=rf"{os.strerror(code)}.*") as caught:
        save(tmp_path / "x")
    assert repr(str(tmp_path / "x")) in str(caught.value)
    assert ".w2vcore" not in str(caught.value)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x": b"old"}


# ------------------------------------------------------------------ what killed processes leave behind

WRITER = """
import os, signal, sys, time
from w2vcore.formats import atomic

with atomic.atomic_write(sys.argv[1]) as file:
    file.write(b"half of the ne")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


@contextmanager
def writer(path):
    """A process that is in the middle of writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=path.parent,
    )
    try:
        assert process.stdout.readline() == "writing\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def leftovers(folder):
    return [path for path in folder.iterdir() if path.name.startswith(".w2vcore")]


@posix
@pytest.mark.parametrize("name", ["x", "x.gz"])
def test_what_a_killed_process_left_is_removed_by_the_next_save_to_the_same_path(tmp_path, name):
    with writer(tmp_path / name) as process:
        process.kill()
        process.wait()
    assert len(leftovers(tmp_path)) == 1
    save(tmp_path / "other")
    assert len(leftovers(tmp_path)) == 1, "that of another path"
    save(tmp_path / name)
    assert leftovers(tmp_path) == []


@posix
def test_what_a_living_process_writes_is_left_alone(tmp_path):
    with writer(tmp_path / "x") as process:
        for _ in range(2):
            save(tmp_path / "x")
            assert len(leftovers(tmp_path)) == 1
        process.communicate()
    assert process.returncode == 0
    assert (tmp_path / "x").read_bytes() == b"half of the ne"
    assert leftovers(tmp_path) == []


@posix
def test_what_another_machine_writes_is_left_alone(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(temporary, "_machine", lambda: "fedcba98")
        (tmp_path / temporary.name_beside(tmp_path / "x").name).write_bytes(b"of a machine that shares the disk")
    save(tmp_path / "x")
    assert len(leftovers(tmp_path)) == 1


@posix
def test_what_was_removed_before_it_was_locked_is_made_anew(tmp_path, monkeypatch):
    """Another process may take a file for a leftover in the moment between its making and its locking."""
    take, removed = temporary.fcntl.flock, []

    def flock(descriptor, flags):
        if not removed:
            removed.extend(leftovers(tmp_path))
            removed[0].unlink()
        take(descriptor, flags)

    monkeypatch.setattr(temporary.fcntl, "flock", flock)
    save(tmp_path / "x")
    assert removed
    assert (tmp_path / "x").read_bytes() == b"new"
    assert leftovers(tmp_path) == []


def test_a_name_as_long_as_the_disk_allows(tmp_path):
    save(tmp_path / ("x" * 255))
    assert [path.name for path in tmp_path.iterdir()] == ["x" * 255]


# ------------------------------------------------------------------ before a training


@posix
@pytest.mark.parametrize("wrong", ["loop", "read-only"])
@pytest.mark.parametrize("way", ["checkpoint", "callback"])
def test_what_could_not_be_written_is_refused_before_the_training(tmp_path, monkeypatch, wrong, way):
    path = tmp_path / "c"
    if wrong == "loop":
        path.symlink_to(path)
    else:
        path.write_bytes(b"old")
        path.chmod(0o444)
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path).is_dir() or not mode & os.W_OK)

    class Watch(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            raise AssertionError("the training has begun")

    options = {"checkpoint": path} if way == "checkpoint" else {}
    callbacks = [Watch()] if way == "checkpoint" else [Checkpoint(path), Watch()]
    with pytest.raises(OSError, match="leads back to itself" if wrong == "loop" else "The file is read-only"):
        Word2Vec([["a", "b"]] * 5, min_count=1, vector_size=4, epochs=1, callbacks=callbacks, **options)
