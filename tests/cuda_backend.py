"""The CUDA backend in tests that are the same for every backend.

Without a GPU, CuPy is a stand-in (fake_cupy.py) and the device code runs on this machine's processor (emulator.py), all else is
as it is. With W2VCORE_ON_GPU=1 it is the real device. Either way one warp works at a time: then, and only then, the result is the
reference's to rounding.
"""

import os

import pytest
from emulator import emulate
from fake_cupy import Driver, FakeCupy

from w2vcore.backends.cuda import backend, devices

ON_GPU = os.environ.get("W2VCORE_ON_GPU") == "1"


def make_emulated(setattr, **options):
    """Replace the machine's GPU by the emulator; returns its driver."""
    driver = Driver(emulate, **options)
    setattr(devices, "load_cupy", lambda: FakeCupy(driver))
    return driver


@pytest.fixture(autouse=True)
def emulated(request, monkeypatch):
    """Stands in for the GPU in tests of the backend "cuda"."""
    if getattr(request.node, "callspec", None) is None or request.node.callspec.params.get("backend") != "cuda":
        return
    monkeypatch.setattr(backend, "most_warps", lambda plan: 1)
    if not ON_GPU:
        make_emulated(monkeypatch.setattr)
