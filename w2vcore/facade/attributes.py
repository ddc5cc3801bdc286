"""What users set on a model or on vectors themselves (``model.note = "v2"``): saved with it as far as JSON goes."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from typing import Any

logger = logging.getLogger("w2vcore.word2vec")

_NOT_OWN = ("_", "syn1")  # how names begin of what is not for users, and of target matrices


def own_attributes(thing: Any, known: Collection[str]) -> dict[str, Any]:
    """Return the attributes of an object that are not its class's, and come back from JSON as they are; warn of others.

    Parameters
    ----------
    thing : object
    known : collection of str
        The class's own. Names that begin with an underscore are too, and those of target matrices.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> own_attributes(SimpleNamespace(alpha=0.1, note="v2", _hidden=1), ["alpha"])
    {'note': 'v2'}
    """
    kept, lost = {}, []
    for name, value in vars(thing).items():
        if name in known or name.startswith(_NOT_OWN):
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
    """Whether a value comes back from JSON as it is: a tuple would be a list, and keys of a dict that are numbers text.

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
    """Set attributes that `own_attributes` gave; those of a damaged file cannot take the place of the class's own.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> thing = SimpleNamespace(alpha=0.1)
    >>> restore(thing, {"note": "v2", "alpha": 9, "_hidden": 1}, ["alpha"])
    >>> thing
    namespace(alpha=0.1, note='v2')
    """
    for name, value in attributes.items() if isinstance(attributes, dict) else ():
        if name not in known and not name.startswith(_NOT_OWN) and not hasattr(type(thing), name):
            setattr(thing, name, value)
