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
    "nce": "w2vcore.objectives.noise_contrastive:NoiseContrastive",
    "sampled_softmax": "w2vcore.objectives.sampled_softmax:SampledSoftmax",
    "softmax": "w2vcore.objectives.softmax:Softmax",
}
BUILT_IN = tuple(OBJECTIVES)

# In the order in which they are trained together. `hs` and `negative` choose them; `objective` any other, alone.
COMBINED = ("tree", "negative")

# Settings that mean something to a few objectives alone (`Objective.takes`).
OWN_SETTINGS = ("candidates", "normaliser", "subtract_log_q")


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
    """Return the name of an objective that is trained alone, or None, or raise an error.

    Examples
    --------
    >>> check_own("Softmax")
    Traceback (most recent call last):
        ...
    ValueError: objective must be None, 'nce', 'sampled_softmax', 'softmax' or a name that was added to OBJECTIVES in
    w2vcore.objectives.registry, got 'Softmax'; negative sampling is chosen by negative > 0, hierarchical softmax by
    hs=1
    """
    alone = sorted(OBJECTIVES.keys() - set(COMBINED))
    if name is not None and name not in alone:
        raise ValueError(
            f"objective must be None, {', '.join(map(repr, alone))} or a name that was added to OBJECTIVES in "
            f"w2vcore.objectives.registry, got {name!r}; negative sampling is chosen by negative > 0, hierarchical "
            "softmax by hs=1"
        )
    return name


def check_chosen(config: TrainingConfig) -> None:
    """Refuse objectives that cannot be trained together, whose settings are missing, or that lack settings' meaning.

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
    together = tuple(name for name in COMBINED if name in chosen)
    if not chosen or (chosen != together and len(chosen) > 1):
        raise ValueError(
            f"objectives must be one or more of {COMBINED}, in this order, or one other name of OBJECTIVES in "
            f"w2vcore.objectives.registry, got {chosen!r}"
        )
    for name in chosen:
        objective(name).check(config)
    for setting in OWN_SETTINGS:
        value, default = getattr(config, setting), getattr(_DEFAULTS, setting)
        if value != default and not any(setting in objective(name).takes for name in chosen):
            takers = " or ".join(repr(name) for name in OBJECTIVES if setting in objective(name).takes)
            raise ValueError(
                f"{setting} must be {default!r} for the objective{'s' * (len(chosen) > 1)} "
                f"{' and '.join(map(repr, chosen))}, got {value!r}: it is for objective={takers}"
            )


_DEFAULTS = TrainingConfig()
