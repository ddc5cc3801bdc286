"""What could not be written after the work is refused before it, and nothing is left of the trial."""

import errno
import os
from pathlib import Path

import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import CallbackAny2Vec, Checkpoint, TensorBoard
from w2vcore.formats.destination import check_destination, check_folder_to_write

SENTENCES = [["the", "king", "rules"], ["the", "queen", "rules"]] * 20
SETTINGS = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2}


@pytest.fixture
def read_only(monkeypatch):
    """Make files in folders of the name "locked" impossible: root may write where others may not."""
    real = os.open

    def refusing(path, *arguments, **options):
        if Path(os.fspath(path)).parent.name == "locked":
            raise OSError(errno.EROFS, "Read-only file system", os.fspath(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refusing)


def test_what_can_be_written_is_left_as_it_is(tmp_path):
    path = tmp_path / "model"
    check_destination(path, "output")
    assert not list(tmp_path.iterdir())
    path.write_bytes(b"old")
    check_destination(path, "output")
    check_destination(os.devnull, "output")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("none/model", FileNotFoundError, r"checkpoint='none/model': there is no folder 'none'; make it first"),
        ("folder", IsADirectoryError, r"checkpoint='folder' is a folder; give the name of a file in it"),
        ("file/model", NotADirectoryError, r"checkpoint='file/model': 'file' is a file, not a folder"),
        ("locked/model", OSError, r"checkpoint='locked/model': cannot be written in '.*locked': Read-only file system"),
        ("https://h/model", ValueError, r"'https://h/model': files at such addresses are not replaced in one step"),
        ("odd://h/model", ValueError, r"'odd://h/model': files at such addresses are not replaced in one step"),
    ],
)
def test_what_cannot(tmp_path, monkeypatch, read_only, path, error, message):
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "locked"):
        Path(folder).mkdir()
    Path("file").write_text("")
    with pytest.raises(error, match=f"^{message}"):
        check_destination(path, f"checkpoint={path!r}")
    with pytest.raises((error, FileNotFoundError), match=r"checkpoint|addresses|No such folder"):
        Word2Vec(iter(lambda: pytest.fail("the corpus was read"), 0), checkpoint=path, **SETTINGS)
    assert not list(Path("locked").iterdir())


def test_a_compression_that_is_not_installed(tmp_path, monkeypatch, without_zstd):
    monkeypatch.chdir(tmp_path)
    message = r"cannot be packed: a package is missing .*: pip install w2vcore\[zstd\]"
    with pytest.raises(ImportError, match=f"^checkpoint='m.zst' {message}"):
        Word2Vec(SENTENCES, checkpoint="m.zst", **SETTINGS)
    with pytest.raises(ImportError, match=f"^path='m-{{epoch}}.zst' {message}"):
        Word2Vec(SENTENCES, callbacks=[Checkpoint("m-{epoch}.zst")], **SETTINGS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("scheme", "extra"), [("s3", "s3"), ("gs", "gcs")])
def test_an_address_whose_package_is_not_installed(monkeypatch, scheme, extra):
    from smart_open import transport

    def missing(asked):
        raise ImportError(f"You are trying to use the {extra} functionality of smart_open\nbut ...")

    monkeypatch.setattr(transport, "get_transport", missing)
    with pytest.raises(ImportError, match=rf"^output needs a package .* pip install smart_open\[{extra}\]$"):
        check_destination(f"{scheme}://bucket/model", "output")


class Never(CallbackAny2Vec):
    """Fails where training has begun."""

    def on_epoch_begin(self, model):
        pytest.fail("training began")


def test_callbacks_that_save(tmp_path, read_only, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("locked").mkdir()
    for name in ("locked/m", "locked/m-{epoch}.gz"):
        with pytest.raises(OSError, match=f"^path='{name}': cannot be written in '.*locked': Read-only file system"):
            Word2Vec(SENTENCES, callbacks=[Checkpoint(name), Never()], **SETTINGS)


def test_folders_for_curves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_folder_to_write("logs/deep/er", "log_dir='logs'")
    assert not list(tmp_path.iterdir())
    Path("file").write_text("")
    with pytest.raises(NotADirectoryError, match="log_dir='file/logs': 'file' is a file, not a folder"):
        check_folder_to_write("file/logs", "log_dir='file/logs'")
    pytest.importorskip("tensorboardX", reason="curves need w2vcore[tensorboard]")
    with pytest.raises(NotADirectoryError, match="log_dir='file/logs': 'file' is a file, not a folder"):
        TensorBoard("file/logs")
