"""Attributes that users set on a model or on vectors (``model.note = "v2"``): saved as far as JSON can hold them."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from typing import Any

logger = logging.getLogger("w2vcore.word2vec")

_NOT_USERS = ("_", "syn1")  # how the names of private attributes and of target matrices begin


def user_attributes(thing: Any, known: Collection[str]) -> dict[str, Any]:
    """Return the attributes that a user has set and that survive a round trip through JSON; warn of the others.

    Parameters
    ----------
    thing : object
    known : collection of str
        The attributes of the class. Names that begin with an underscore and those of target matrices are not a user's.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> user_attributes(SimpleNamespace(alpha=0.1, note="v2", _hidden=1), ["alpha"])
    {'note': 'v2'}
    """
    kept, lost = {}, []
    for name, value in vars(thing).items():
        if name in known or name.startswith(_NOT_USERS):
            continue
        if comes_back(value):
            kept[name] = value
        else:
            lost.append(name)
    if lost:
        logger.warning(
            "not saved with %s: attribute %s. Saved are str, numbers, bool, None, and lists and dicts of these",
            *(thing, ", ".join(lost)),
        )
    return kept


def comes_back(value: Any) -> bool:
    """Whether JSON gives a value back unchanged: of a tuple it would make a list, of numbers as keys of a dict text.

    Examples
    --------
    >>> comes_back({"a": [1, None]}), comes_back((1, 2)), comes_back({1: 2})
    (True, False, False)
    """
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError, RecursionError):
        return False


def restore(thing: Any, attributes: Any, known: Collection[str]) -> None:
    """Set attributes that `user_attributes` returned; a damaged file cannot replace those of the class.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> thing = SimpleNamespace(alpha=0.1)
    >>> restore(thing, {"note": "v2", "alpha": 9, "_hidden": 1}, ["alpha"])
    >>> thing
    namespace(alpha=0.1, note='v2')
    """
    for name, value in attributes.items() if isinstance(attributes, dict) else ():
        if name not in known and not name.startswith(_NOT_USERS) and not hasattr(type(thing), name):
            setattr(thing, name, value)
