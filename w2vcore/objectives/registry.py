"""The objectives by name. A new one is a line here; see docs/adding-an-objective.md."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from w2vcore.model.config import TrainingConfig

from .base import Objective

# Name -> "module:Class", or the class itself
OBJECTIVES: dict[str, str | type[Objective]] = {
    "negative": "w2vcore.objectives.negative_sampling:NegativeSampling",
    "tree": "w2vcore.objectives.hierarchical_softmax:HierarchicalSoftmax",
}

# In the order in which they are trained together. `hs` and `negative` choose them; `objective` any other, alone.
BUILT_IN = ("tree", "negative")


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


def needs_tree(names: Iterable[str]) -> bool:
    """Whether one of these objectives is made of a tree of the words."""
    return any("tree" in objective(name).made_of for name in names)


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
    added = sorted(OBJECTIVES.keys() - set(BUILT_IN))
    if name is not None and name not in added:
        raise ValueError(
            "objective must be None or a name that was added to OBJECTIVES in w2vcore.objectives.registry "
            f"({', '.join(map(repr, added)) or 'none was'}), got {name!r}; negative sampling is chosen by "
            "negative > 0, hierarchical softmax by hs=1"
        )
    return name


def check_chosen(config: TrainingConfig) -> None:
    """Refuse objectives that cannot be trained together, or whose settings are missing.

    One that was added to the registry is trained alone; the built-in ones can be combined.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> check_chosen(TrainingConfig(objectives=("negative",), negative=0))
    Traceback (most recent call last):
        ...
    ValueError: negative must be at least 1 for the objective 'negative', got 0
    """
    chosen = config.objectives
    together = tuple(name for name in BUILT_IN if name in chosen)
    if not chosen or (chosen != together and len(chosen) > 1):
        raise ValueError(
            f"objectives must be one or more of {BUILT_IN}, in this order, or one name that was added to OBJECTIVES in "
            f"w2vcore.objectives.registry, got {chosen!r}"
        )
    for name in chosen:
        objective(name).check(config)
