"""The architectures by name. A new one is a line here; see docs/architecture.md, "Where new things plug in"."""

from __future__ import annotations

from importlib import import_module

from .base import Architecture

ARCHITECTURES = {
    "skipgram": "w2vcore.architectures.skipgram:SkipGram",
    "cbow": "w2vcore.architectures.cbow:Cbow",
}


def architecture(name: str) -> type[Architecture]:
    """Return the architecture of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"architecture must be one of {sorted(ARCHITECTURES)}, got {name!r}")
    module, _, cls = ARCHITECTURES[name].partition(":")
    found: type[Architecture] = getattr(import_module(module), cls)
    return found
