"""A module `cupy` for a rehearsal of prove.py without a GPU: put this folder first on PYTHONPATH (test_prove.py does).

The device is that of fake_cupy.py. It only counts words, or, with W2VCORE_REHEARSAL=emulate, runs the device code on the processor.
W2VCORE_REHEARSAL=hang: its first launch never ends, and the process that waits for it takes no notice of SIGTERM.
"""

import os
import signal
import sys
import time
from importlib.machinery import ModuleSpec
from types import SimpleNamespace

from cuda_backend import count_words
from emulator import emulate
from fake_cupy import Driver, Event, FakeCupy


def hang(*arguments):
    """As a device that is lost."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)


class AnyStreamEvent(Event):
    """An event that may be recorded on the default stream, which is never behind here."""

    def record(self, stream=None):
        if stream is not None:
            super().record(stream)

    def synchronize(self):
        self.happen()


class Rehearsal(FakeCupy):
    """CuPy's stand-in, with what prove.py itself calls beside the backend."""

    __version__, __path__, __spec__ = "rehearsal", [], ModuleSpec("cupy", None)

    def __init__(self):
        device = {"emulate": emulate, "hang": hang}.get(os.environ.get("W2VCORE_REHEARSAL"), count_words)
        super().__init__(Driver(device))
        self.cuda.Event = lambda: AnyStreamEvent(self)
        self.cuda.get_elapsed_time = lambda begun, done: 50.0
        device_of = self.cuda.Device
        self.cuda.Device = lambda number=0: device_of(number)

    def RawModule(self, *, code, options):
        if "w2v_" in code:
            return super().RawModule(code=code, options=options)
        return SimpleNamespace(get_function=lambda name: lambda grid, block, arguments: None)

    @staticmethod
    def zeros(shape, dtype):
        return SimpleNamespace(shape=shape, dtype=dtype)

    @staticmethod
    def asarray(array):
        return array


sys.modules[__name__] = Rehearsal()
