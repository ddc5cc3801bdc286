"""The objectives by name. A new one is a line here; see docs/adding-an-objective.md."""

from __future__ import annotations

from importlib import import_module

from .base import Objective

# Name -> "module:Class", or the class itself
OBJECTIVES: dict[str, str | type[Objective]] = {
    "negative": "w2vcore.objectives.negative_sampling:NegativeSampling",
    "tree": "w2vcore.objectives.hierarchical_softmax:HierarchicalSoftmax",
}

BUILT_IN = frozenset(OBJECTIVES)  # chosen by `hs` and `negative`; others by `objective`


def objective(name: str) -> type[Objective]:
    """Return the objective of that name.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> objective("negative").target_rows(10)
    10
    """
    if name not in OBJECTIVES:
        raise ValueError(f"objective must be one of {sorted(OBJECTIVES)}, got {name!r}")
    entry = OBJECTIVES[name]
    if not isinstance(entry, str):
        return entry
    module, _, cls = entry.partition(":")
    found: type[Objective] = getattr(import_module(module), cls)
    return found


def check_own(name: str | None) -> str | None:
    """Return the name of an objective that was added to the registry, or None, or raise an error.

    Examples
    --------
    >>> check_own("softmax")
    Traceback (most recent call last):
        ...
    ValueError: objective must be None or a name that was added to OBJECTIVES in w2vcore.objectives.registry (none was),
    got 'softmax'; negative sampling is chosen by negative > 0, hierarchical softmax by hs=1
    """
    added = sorted(OBJECTIVES.keys() - BUILT_IN)
    if name is not None and name not in added:
        raise ValueError(
            "objective must be None or a name that was added to OBJECTIVES in w2vcore.objectives.registry "
            f"({', '.join(map(repr, added)) or 'none was'}), got {name!r}; negative sampling is chosen by "
            "negative > 0, hierarchical softmax by hs=1"
        )
    return name
