"""The objectives by name. A new one is a line here; see docs/architecture.md, "Where new things plug in"."""

from __future__ import annotations

from importlib import import_module

from .base import Objective

OBJECTIVES = {
    "negative": "w2vcore.objectives.negative_sampling:NegativeSampling",
    "tree": "w2vcore.objectives.hierarchical_softmax:HierarchicalSoftmax",
}


def objective(name: str) -> type[Objective]:
    """Return the objective of that name.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> objective("tree").target_rows(10)
    9
    """
    if name not in OBJECTIVES:
        raise ValueError(f"objective must be one of {sorted(OBJECTIVES)}, got {name!r}")
    module, _, cls = OBJECTIVES[name].partition(":")
    found: type[Objective] = getattr(import_module(module), cls)
    return found
