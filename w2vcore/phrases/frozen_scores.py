"""The scores of `FrozenPhrases`: a dict that says when it was changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Scores(dict[str, float]):
    """A dict that counts its changes, since the joiner keeps the words that begin and end phrases."""

    version = 0


def _noting(name: str) -> Callable[..., Any]:
    """Return a method of dict that counts as a change."""
    original = getattr(dict, name)

    def method(self: Scores, *args: Any, **kwargs: Any) -> Any:
        self.version += 1
        return original(self, *args, **kwargs)

    method.__name__ = name
    return method


for _name in ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"):
    setattr(Scores, _name, _noting(_name))
