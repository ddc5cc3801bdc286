"""The CUDA backend in tests that are the same for every backend.

Without a GPU, CuPy is a stand-in (fake_cupy.py) and the device code runs on this machine's processor (emulator.py), all else is
as it is. With W2VCORE_ON_GPU=1 it is the real device. Either way one warp works at a time: then, and only then, the result is the
reference's to rounding.
"""

import os

import numpy as np
import pytest
from emulator import emulate
from fake_cupy import Driver, FakeCupy, bytes_at

from w2vcore.backends.cuda import backend, devices
from w2vcore.backends.cuda.layout import JOB_SUMS, SEGMENT

ON_GPU = os.environ.get("W2VCORE_ON_GPU") == "1"


def make_emulated(setattr, **options):
    """Replace the machine's GPU by the emulator; returns its driver."""
    driver = Driver(emulate, **options)
    setattr(devices, "load_cupy", lambda: FakeCupy(driver))
    return driver


@pytest.fixture(autouse=True)
def emulated(request, monkeypatch):
    """Stands in for the GPU in tests of the backend "cuda"."""
    if is_cuda(request.node):
        monkeypatch.setattr(backend, "most_warps", lambda plan: 1)
        if not ON_GPU:
            make_emulated(monkeypatch.setattr)


@pytest.fixture(autouse=True)
def counting(request, monkeypatch):
    """Stands in for the GPU in tests of the backend "cuda" that look at the host: the device only counts words."""
    if is_cuda(request.node) and not ON_GPU:
        driver = Driver(count_words)
        monkeypatch.setattr(devices, "load_cupy", lambda: FakeCupy(driver))


def is_cuda(item):
    """Whether a test is one of the backend "cuda"."""
    return hasattr(item, "callspec") and item.callspec.params.get("backend") == "cuda"


def count_words(function, macros, argument, blocks, threads, shared):
    """A device that trains nothing: each job has as many words as its segments have centres."""
    launch = argument[0]
    if function == "w2v_train":
        size = int(launch["n_segments"])
        segments = bytes_at(int(launch["segments"]), size * SEGMENT.itemsize).view(SEGMENT)
        jobs = int(segments["job"].max(initial=0)) + 1
        sums = bytes_at(int(launch["sums"]), jobs * JOB_SUMS.itemsize).view(JOB_SUMS)
        for name in ("words", "examples"):
            np.add.at(sums[name], segments["job"], (segments["stop"] - segments["start"]).astype(np.uint64))


# Tests of the contract that run with every other test; on the emulator the rest takes minutes, and is for `-m slow`.
SOON = {
    "test_one_job_is_what_the_reference_computes": {"two words in turn", "the whole sentence"},
    "test_several_jobs_and_epochs_are_what_the_reference_computes": {"subsampling"},
    "test_loss_is_only_looked_at": set(),
    "test_borders_of_jobs_change_nothing": set(),
    "test_one_worker_repeats_itself_bit_for_bit": set(),
    "test_what_should_change_the_result_does": set(),
    "test_every_word_is_trained_once_for_any_number_of_workers": set(),
    "test_any_mix_of_settings_is_what_the_reference_computes": set(),
    "test_a_backend_computes_what_the_reference_does": {"numbers with gaps"},
    "test_every_objective_takes_weights": set(),
    "test_a_gpu_computes_what_the_reference_does": {"features and tags"},
}
# Of these, what is run on the emulator at all: the others say nothing more of the host's side, and each is run as one job.
ENOUGH = {
    "test_several_jobs_and_epochs_are_what_the_reference_computes": (
        "case",
        {"size 17", "size 100", "the the the the", "one-word sentences", "no tokens", "the whole sentence", "subsampling",
         "subsampling, all dropped", "lock factors of odd length", "far into a corpus", "very far into a corpus"},
    ),
    "test_loss_is_only_looked_at": ("case", {"size 100", "cbow_mean 0, repeated words", "locked rows"}),
    "test_every_word_is_trained_once_for_any_number_of_workers": ("workers", {1}),  # a GPU has none
}  # fmt: skip


def leave_most_for_later(config, items):
    """Mark the slow ones of the tests of the emulated device, and leave out what would say nothing new."""
    left_out = []
    for item in items:
        name = getattr(item, "originalname", item.name)
        if ON_GPU or not is_cuda(item) or name not in SOON:
            continue
        parameter, chosen = ENOUGH.get(name, ("backend", {"cuda"}))
        if item.callspec.params[parameter] not in chosen:
            left_out.append(item)
        elif item.callspec.params.get("case") not in SOON[name]:
            item.add_marker(pytest.mark.slow)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
