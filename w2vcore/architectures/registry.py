"""The architectures by name. A new one is a line here; see docs/architecture.md, "Where new things plug in"."""

from __future__ import annotations

from importlib import import_module

from .base import Architecture

# Name -> "module:Class", or the class itself
ARCHITECTURES: dict[str, str | type[Architecture]] = {
    "skipgram": "w2vcore.architectures.skipgram:SkipGram",
    "cbow": "w2vcore.architectures.cbow:Cbow",
    "dbow": "w2vcore.architectures.dbow:Dbow",
    "dm_concat": "w2vcore.architectures.dm_concat:DmConcat",
    "subword_skipgram": "w2vcore.architectures.subword_skipgram:SubwordSkipGram",
    "subword_cbow": "w2vcore.architectures.subword_cbow:SubwordCbow",
}

BUILT_IN = tuple(ARCHITECTURES)  # chosen by other settings, such as `sg`; those that are added, by `architecture`


def architecture(name: str) -> type[Architecture]:
    """Return the architecture of that name.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> architecture("skipgram").examples(contexts=6.0), architecture("cbow").examples(contexts=6.0)
    (6.0, 1.0)
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"architecture must be one of {sorted(ARCHITECTURES)}, got {name!r}")
    entry = ARCHITECTURES[name]
    if not isinstance(entry, str):
        return entry
    module, _, cls = entry.partition(":")
    found: type[Architecture] = getattr(import_module(module), cls)
    return found


def check_own(name: str | None) -> str | None:
    """Return the name of an architecture that was added to the registry, or None, or raise an error.

    Examples
    --------
    >>> check_own("directional")
    Traceback (most recent call last):
        ...
    ValueError: architecture must be None or a name that was added to ARCHITECTURES in w2vcore.architectures.registry
    (none was), got 'directional'; skip-gram is chosen by sg=1, CBOW by sg=0
    """
    added = sorted(ARCHITECTURES.keys() - set(BUILT_IN))
    if name is not None and name not in added:
        raise ValueError(
            "architecture must be None or a name that was added to ARCHITECTURES in w2vcore.architectures.registry "
            f"({', '.join(map(repr, added)) or 'none was'}), got {name!r}; skip-gram is chosen by sg=1, CBOW by sg=0"
        )
    return name
