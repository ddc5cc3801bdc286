"""What is made of the counts for training, kept from one call of ``train()`` to the next while it would be the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np

from w2vcore.model.config import TrainingConfig

from .registry import objective

Made = TypeVar("Made")


class CountTables:
    """Tables of a model, made again when what they are made of has changed.

    Whether counts have changed is seen by comparing them with a copy, as users may write into the column: that takes
    0.3 ms for a million keys. (A checksum by zlib would take 2 ms, and the alias table takes 40 ms.)

    Examples
    --------
    >>> tables, counts = CountTables(), np.array([3, 1])
    >>> config = TrainingConfig()
    >>> first = tables.selector("negative", config, counts)
    >>> tables.selector("negative", config, counts.copy()) is first
    True
    >>> counts[1] = 2
    >>> tables.selector("negative", config, counts) is first
    False
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[Hashable, tuple[Any, ...], Any]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as an empty one: selectors hold addresses."""
        return type(self), ()

    def selector(self, name: str, config: TrainingConfig, *parts: Any) -> Any:
        """Return what an objective's `selector` makes of the settings and of arrays such as the counts."""
        chosen = objective(name)
        key = (chosen, chosen.settings(config))
        return self.remembered(f"selector {name}", key, parts, lambda: chosen.selector(config, *parts))

    def remembered(self, name: str, key: Hashable, parts: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        """Return what was made under that name, or make it if key or parts are others than then.

        Arrays among the parts are compared by what is in them, anything else by its identity.
        """
        if name in self._made:
            old_key, old_parts, made = self._made[name]
            if old_key == key and len(old_parts) == len(parts) and all(map(_same, old_parts, parts)):
                found: Made = made
                return found
        fresh = make()
        self._made[name] = (key, tuple(part.copy() if isinstance(part, np.ndarray) else part for part in parts), fresh)
        return fresh

    def forget(self) -> None:
        """Drop all: a call was so long that to make it again would not be noticed, and it takes memory."""
        self._made.clear()


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return old.dtype == new.dtype and np.array_equal(old, new)
    return old is new
