"""The backends by name, imported when asked for. A new one is a line here, and must pass tests/contract."""

from __future__ import annotations

from importlib import import_module

from .base import Backend

BACKENDS = {
    "threads": "w2vcore.backends.threads:ThreadsBackend",
    "reference": "w2vcore.backends.reference:ReferenceBackend",
}


def create(name: str) -> Backend:
    """Return a new backend of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in BACKENDS:
        raise ValueError(f"backend must be one of {sorted(BACKENDS)}, got {name!r}")
    module, _, cls = BACKENDS[name].partition(":")
    backend: Backend = getattr(import_module(module), cls)()
    return backend
