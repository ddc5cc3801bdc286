"""Where a model is trained, and by what: `device` and `backend`. Without a GPU: the machine here is make-believe."""

import logging
import sys
import warnings
from importlib.machinery import ModuleSpec
from types import ModuleType

import numpy as np
import pytest
from fake_cupy import Driver, FakeCupy

from w2vcore import Doc2Vec, Word2Vec
from w2vcore.backends import registry
from w2vcore.backends.cuda import devices
from w2vcore.diagnostics import config
from w2vcore.doc2vec import TaggedDocument

SENTENCES = [["one", "two", "three", "two"], ["two", "three", "four"]] * 5
SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "sg": 1, "sample": 0, "epochs": 2}


@pytest.fixture
def no_cupy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)


@pytest.fixture
def machine(monkeypatch):
    """A machine with CuPy, whose driver sees as many devices as a test says; its device computes nothing."""
    driver = Driver(lambda *arguments: None)
    fake = FakeCupy(driver)
    module = ModuleType("cupy")
    module.__spec__ = ModuleSpec("cupy", None)
    for name in dir(fake):
        if not name.startswith("__"):
            setattr(module, name, getattr(fake, name))
    monkeypatch.setitem(sys.modules, "cupy", module)
    return driver


def test_the_reference_backend_trains_through_the_facade():
    fast, slow = Word2Vec(SENTENCES, **SETTINGS), Word2Vec(SENTENCES, backend="reference", **SETTINGS)
    np.testing.assert_allclose(fast.wv.vectors, slow.wv.vectors, atol=2e-6)
    assert slow.train_count == 1


def test_callbacks_and_checkpoints_see_what_the_reference_backend_has_trained(tmp_path):
    seen = []

    class Look:
        def __getattr__(self, event):
            return lambda model: seen.append(model.wv.vectors.copy())

    settings = {**SETTINGS, "checkpoint": tmp_path / "run", "backend": "reference"}
    model = Word2Vec(SENTENCES, callbacks=[Look()], **settings)
    before, first, second = seen[0], seen[2], seen[4]  # on_train_begin; on_epoch_end, twice
    assert (before != first).any() and (first != second).any()
    np.testing.assert_array_equal(second, model.wv.vectors)
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "run").wv.vectors, model.wv.vectors)


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "cuda:-1", "", None, 0])
def test_a_device_that_cannot_be_is_refused_before_the_corpus_is_read(device):
    with pytest.raises(ValueError, match=r"device must be 'cpu', 'cuda', 'cuda:N'"):
        Word2Vec(device=device)


def test_an_unknown_backend_is_refused_before_the_corpus_is_read():
    with pytest.raises(ValueError, match=r"backend must be one of .*'threads'.*, got 'spark'"):
        Word2Vec(backend="spark")


def test_a_backend_on_another_device_is_refused():
    with pytest.raises(ValueError, match=r"backend='threads' trains on the CPU, but device='cuda:1' was asked for"):
        Word2Vec(backend="threads", device="cuda:1")


def test_device_and_backend_are_not_saved(tmp_path):
    model = Word2Vec(SENTENCES, backend="reference", **SETTINGS)
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert (loaded.device, loaded.backend) == ("cpu", None)
    loaded.backend = "spark"  # attributes are settings: they are checked when a run begins
    with pytest.raises(ValueError, match="backend must be one of"):
        loaded.train(SENTENCES, total_examples=loaded.corpus_count, epochs=1)


# ---------------------------------------------------------------------- no GPU, or one


class Unread:
    """A corpus that says so if it is read."""

    def __iter__(self):
        raise AssertionError("the corpus was read")


@pytest.mark.parametrize("asked", [{"device": "cuda"}, {"device": "cuda:1"}, {"backend": "cuda"}])
def test_a_gpu_without_cupy(no_cupy, asked):
    with pytest.raises(ImportError, match=r"^CuPy is not installed: pip install w2vcore\[cuda12\]"):
        Word2Vec(Unread(), **asked)


def test_cupy_that_cannot_be_loaded_says_why(monkeypatch):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "cupy":
                raise ImportError("libcudart.so.12: cannot open shared object file")

    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(ImportError, match=r"CuPy is installed, but cannot be loaded: libcudart\.so\.12"):
        Word2Vec(device="cuda")


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "cuda:3"])
def test_a_gpu_that_is_not_there(machine, device):
    machine.devices = 0
    with pytest.raises(
        RuntimeError, match=rf"^no CUDA device visible, device='{device}' was asked for \(cudaErrorNoDevice"
    ):
        Word2Vec(Unread(), device=device)


def test_another_gpu_than_there_are(machine):
    machine.devices = 2
    with pytest.raises(
        RuntimeError, match=r"no CUDA device visible as 'cuda:2': there are 2, from 'cuda:0' to 'cuda:1'"
    ):
        Word2Vec(Unread(), device="cuda:2")
    Word2Vec(device="cuda:1")


def test_a_model_too_large_for_the_gpu(machine):
    machine.total = 600 << 20
    with pytest.raises(MemoryError, match=r"V=4 x D=8 x 2 float32 tables .* free on cuda:0 .* Raise min_count"):
        machine.used = 500 << 20
        Word2Vec(SENTENCES, device="cuda", **SETTINGS)


def test_auto_takes_a_gpu_if_there_is_one(machine, caplog):
    with caplog.at_level(logging.INFO):
        Word2Vec(SENTENCES, device="auto", **SETTINGS)
    assert "device='auto' takes a GPU" in caplog.text
    assert "training on cuda:0 (Emulator)" in caplog.text
    assert machine.launches > 0


def test_auto_takes_the_cpu_without_cupy_and_says_so(no_cupy, caplog):
    with caplog.at_level(logging.INFO):
        model = Word2Vec(SENTENCES, device="auto", **SETTINGS)
    assert "device='auto' takes the CPU: CuPy is not installed" in caplog.text
    np.testing.assert_array_equal(model.wv.vectors, Word2Vec(SENTENCES, **SETTINGS).wv.vectors)


def test_auto_takes_the_cpu_without_a_gpu_and_says_so(machine, caplog):
    machine.devices = 0
    with caplog.at_level(logging.INFO):
        Word2Vec(SENTENCES, device="auto", **SETTINGS)
    assert "device='auto' takes the CPU: no CUDA device visible" in caplog.text


def test_config_names_the_gpus(machine):
    machine.devices = 2
    assert config()["GPU"] == "cuda:0 Emulator, cuda:1 Emulator"
    machine.devices = 0
    assert config()["GPU"].startswith("none: no CUDA device visible")


def test_names(machine):
    assert registry.choose(None, "cuda") == registry.choose("cuda", "cpu") == registry.choose(None, "auto") == "cuda"
    assert registry.choose("reference", "auto") == "reference"
    assert devices.why_not("cuda:0") is None


# ---------------------------------------------------------------------- checkpoints


class Crash:
    """Ends a run after the first epoch, as a power cut would."""

    def __getattr__(self, event):
        return lambda model: 1 / (event != "on_epoch_end" or model.epochs_trained < 1)


def interrupted(path, **settings):
    with pytest.raises(ZeroDivisionError):
        Word2Vec(SENTENCES, callbacks=[Crash()], checkpoint=path, **{**SETTINGS, **settings})
    return path


def test_a_run_goes_on_on_another_device_with_a_warning(machine, tmp_path):
    path = interrupted(tmp_path / "c", device="cuda")
    before = machine.launches
    with pytest.warns(
        UserWarning, match=r"was written by kernels for cuda, these are for \w+: .* not equal bit for bit"
    ):
        model = Word2Vec.resume(path, SENTENCES, device="cpu")
    assert machine.launches == before and model.epochs_trained == 2 and model.device == "cpu"


def test_a_run_goes_on_on_the_gpu_with_a_warning(machine, tmp_path):
    path = interrupted(tmp_path / "c")
    with pytest.warns(UserWarning, match=r"was written by kernels for \w+, these are for cuda"):
        Word2Vec.resume(path, SENTENCES, device="cuda")
    assert machine.launches > 0


def test_a_run_goes_on_on_its_own_device(machine, tmp_path):
    path = interrupted(tmp_path / "c", device="cuda")
    before = machine.launches
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Word2Vec.resume(path, SENTENCES)
    assert machine.launches > before and model.device == "cuda"


def test_a_run_whose_gpu_is_gone_is_not_taken_up_quietly(machine, tmp_path):
    path = interrupted(tmp_path / "c", device="cuda")
    machine.devices = 0
    with pytest.raises(RuntimeError, match=r"no CUDA device visible.*device='cpu' trains on the CPU"):
        Word2Vec.resume(path, SENTENCES)


# ---------------------------------------------------------------------- memory


def test_memory_on_the_gpu_is_told_apart(machine):
    model = Word2Vec(SENTENCES, **SETTINGS)
    here = model.estimate_memory()
    assert "gpu" not in here
    model.device = "cuda"
    there = model.estimate_memory()
    assert there["gpu"] > there["vectors"] + there["syn1neg"]
    assert there["total"] == here["total"]
    model.device = "cuda:0,1,2"
    machine.devices = 3
    several = model.estimate_memory()
    assert several["merging"] == 5 * (there["vectors"] + there["syn1neg"]) and several["gpu"] == there["gpu"]


# ---------------------------------------------------------------------- what no GPU trains


@pytest.mark.parametrize(
    "asked, what",
    [
        ({"device": "cuda", "dm": 0}, "dm=0"),
        ({"backend": "cuda", "dm": 0, "dbow_words": 1}, "dm=0"),
        ({"device": "cuda", "dm_concat": 1}, "dm_concat=1"),
        ({"device": "cuda:0,1"}, "tags on several GPUs"),
    ],
)
def test_documents_on_a_gpu_are_refused_before_the_corpus_is_read(machine, asked, what):
    with pytest.raises(ValueError, match=f"^device must be 'cpu' with {what}, which no GPU trains; got device="):
        Doc2Vec(Unread(), **asked)


def test_auto_takes_the_cpu_for_documents_and_says_so(machine, caplog):
    documents = [TaggedDocument(words, [n]) for n, words in enumerate(SENTENCES)]
    with caplog.at_level(logging.INFO):
        model = Doc2Vec(documents, dm=0, min_count=1, device="auto")
    assert "device='auto' takes the CPU: no GPU trains dm=0" in caplog.text
    assert model.device == "cpu" and machine.launches == 0
