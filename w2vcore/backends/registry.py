"""The backends by name, imported on demand. A new one takes a line here, and must pass tests/contract."""

from __future__ import annotations

from importlib import import_module

from .agreement import ALONE, Agreement
from .base import Backend

BACKENDS = {
    "threads": "w2vcore.backends.threads:ThreadsBackend",
    "cuda": "w2vcore.backends.cuda.backend:CudaBackend",
    "reference": "w2vcore.backends.reference:ReferenceBackend",
    "mpi": "w2vcore.backends.mpi:MpiBackend",
}
# Backend in which several processes train one model -> function that returns their Agreement.
CREWS = {"mpi": "w2vcore.backends.mpi:world"}


def choose(backend: str | None, device: str) -> str:
    """Return the name of the backend that was asked for, or the one that trains on a device.

    Raises
    ------
    ValueError
        If there is no such backend, or if it does not train on the device that was asked for.
    ImportError, RuntimeError
        If a GPU was asked for and there is none; "auto" then takes the CPU.

    Examples
    --------
    >>> choose(None, "cpu"), choose("reference", "cpu")
    ('threads', 'reference')
    """
    if backend is not None and _known(backend) != "cuda":
        if backend == "mpi" and "," in device:
            raise ValueError(f"backend='mpi' trains on one GPU in each process, but device={device!r} names several")
        if device.startswith("cuda") and backend != "mpi":  # each of its processes trains on its own device
            raise ValueError(f"backend={backend!r} trains on the CPU, but device={device!r} was asked for: drop one")
        return backend
    if backend is None and device == "cpu":
        return "threads"
    from .cuda.devices import find, why_not  # only now, as this looks for CuPy

    if backend is None and device == "auto":
        return "threads" if why_not() else "cuda"
    find(device)
    return "cuda"


def create(name: str) -> Backend:
    """Return a new backend of that name.

    Raises
    ------
    ValueError
        If there is no such backend.
    """
    module, _, cls = BACKENDS[_known(name)].partition(":")
    backend: Backend = getattr(import_module(module), cls)()
    return backend


def crew_of(name: str) -> Agreement:
    """Return the Agreement of this process with the others of a backend; with most backends it trains alone.

    Examples
    --------
    >>> crew_of("threads").size
    1
    """
    if name not in CREWS:
        return ALONE
    module, _, function = CREWS[name].partition(":")
    crew: Agreement = getattr(import_module(module), function)()
    return crew


def _known(name: str) -> str:
    if name not in BACKENDS:
        raise ValueError(f"backend must be one of {sorted(BACKENDS)}, got {name!r}")
    return name
