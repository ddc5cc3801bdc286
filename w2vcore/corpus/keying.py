"""From a token to its key: one rule for counting, encoding, looking up, adding and saving.

A token is its own key if Python can hash it, with these exceptions:

====================================  ==========================================================================
token                                 key
====================================  ==========================================================================
scalar of NumPy                       what its ``item()`` gives: int, float, complex, bool, str, bytes; date,
                                      datetime or timedelta, or an int of nanoseconds; a tuple for a structured one
scalar of pyarrow                     what its ``as_py()`` gives
array or tensor without dimensions    what its ``item()`` gives
None, NaN, NaT, NA                    none: in a corpus they are an error
array or tensor with dimensions       none: in a corpus they are an error
====================================  ==========================================================================

Nothing inside a tuple is converted. Keys that are equal in Python are one key, in the form that was seen first: 1, 1.0
and True. A file holds keys that are all str or all int (`why_not_saved`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Number
from typing import Any

import numpy as np

from .compact import CompactKeys

# Types whose values are always keys; some floats and complex numbers are not. Subclasses do not count.
ALWAYS_KEYS = frozenset({str, int, bool, bytes, tuple, frozenset})
_PLAIN = ALWAYS_KEYS | {float, complex}
# Types that a dict finds by the equal Python object and vice versa, as both have the same hash.
_HASHED_ALIKE = (np.integer, np.floating, np.complexfloating, np.bool_, np.str_, np.bytes_)
# Missing values that are not numbers, by type name, as pandas is not a dependency.
_MISSING = ("NoneType", "NAType", "NaTType")

MAKE_STR = "make the tokens str, such as str(token), or numbers of your own"  # what to do about `why_not_saved`
_SAVED = "a file holds keys that are all str or all int"


def plain_key(token: Any) -> Any:
    """Return the key of a token, by the rule of this module; a token that cannot be a key is returned unchanged.

    Examples
    --------
    >>> plain_key(np.int64(5)), plain_key(np.datetime64("2020-01-02")), plain_key("a")
    (5, datetime.date(2020, 1, 2), 'a')
    """
    kind = type(token)
    if kind in _PLAIN:
        return token
    if isinstance(token, np.integer) and kind is not np.timedelta64:
        return int(token)  # as `item()` does, in a fifth of the time
    if isinstance(token, np.generic) or (_is_array(kind) and token.ndim == 0):
        return token.item()
    return token.as_py() if _is_arrow(kind) else token


def is_converted(kind: type) -> bool:
    """Whether a dict of keys may miss tokens of a type unless `plain_key` has converted them.

    Examples
    --------
    >>> is_converted(np.datetime64), is_converted(np.int64), is_converted(str)
    (True, False, False)
    """
    if issubclass(kind, np.generic):
        return issubclass(kind, np.timedelta64) or not issubclass(kind, _HASHED_ALIKE)  # it is an np.signedinteger
    return _is_array(kind) or _is_arrow(kind)


def _is_array(kind: type) -> bool:
    """Whether objects of a type are arrays of any library, such as tensors."""
    return hasattr(kind, "__array__") and hasattr(kind, "item") and hasattr(kind, "ndim")


def _is_arrow(kind: type) -> bool:
    """Whether objects of a type are scalars of pyarrow, which is not a dependency."""
    return str(kind.__module__).partition(".")[0] == "pyarrow" and hasattr(kind, "as_py")


def clean_key(token: Any, place: str) -> Any:
    """Return the key of a token, or raise a TypeError that names `place`.

    Raises
    ------
    TypeError
        If it is a missing value or an array.

    Examples
    --------
    >>> clean_key(float("nan"), "token 3")
    Traceback (most recent call last):
        ...
    TypeError: token 3 is nan; clean missing values first
    """
    key = plain_key(token)
    kind = type(key)
    if kind in ALWAYS_KEYS:
        return key
    nan = isinstance(key, Number) and key != key  # noqa: PLR0124 - true only for NaN
    if nan or kind.__name__ in _MISSING:
        raise TypeError(f"{place} is {key if nan else token!r}; clean missing values first")
    if _is_array(kind) and not isinstance(key, np.generic):  # a tensor is hashed by its address
        raise TypeError(
            f"{place} is an array of {key.ndim} dimensions, of type {kind.__name__}, which cannot be a key; make the "
            "tokens str, int or tuple"
        )
    return key


def clean_keys(tokens: Iterable[Any], what: str) -> list[Any]:
    """Return the keys of tokens; an error names `what` and the place of the token in it.

    Examples
    --------
    >>> clean_keys(["a", np.int64(5)], "keys")
    ['a', 5]
    """
    return [
        token if type(token) in ALWAYS_KEYS else clean_key(token, f"{what}[{place}]")
        for place, token in enumerate(tokens)
    ]


def check_saved(keys: Sequence[Any], target: str) -> None:
    """Raise a TypeError if a file cannot hold these keys; `target` says which file was asked for.

    Examples
    --------
    >>> check_saved([0.5], "checkpoint='run'")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    TypeError: checkpoint='run' cannot be written: key 0.5 (row 0) is a float; a file holds keys that are all str or ...
    """
    reason = why_not_saved(keys)
    if reason is not None:
        raise TypeError(f"{target} cannot be written: {reason}; {MAKE_STR}")


def why_not_saved(keys: Sequence[Any]) -> str | None:
    """Return why a file cannot hold these keys, naming the first that prevents it; None if it can.

    Examples
    --------
    >>> why_not_saved(["a", "b"]), why_not_saved([1, 2])
    (None, None)
    >>> why_not_saved([1, "a"])
    "key 'a' (row 1) is a str, and key 1 is an int; a file holds keys that are all str or all int"
    """
    if isinstance(keys, CompactKeys) or not len(keys):
        return None
    first = keys[0]
    wanted = int if _is_int(first) else str
    if set(map(type, keys)) != {wanted}:  # otherwise the keys need not be checked one by one
        for row, key in enumerate(keys):
            if key is None:
                return f"row {row} has no key (allocated and never filled); fill it with add_vector before saving"
            if not (_is_int(key) if wanted is int else isinstance(key, str)):
                beside = f", and key {first!r} is {_article(first)}" if row else ""
                return f"key {key!r} (row {row}) is {_article(key)}{beside}; {_SAVED}"
    if wanted is int and not (min(keys) >= -(1 << 63) and max(keys) < 1 << 63):
        row, key = next((row, key) for row, key in enumerate(keys) if not -(1 << 63) <= key < 1 << 63)
        return f"key {key!r} (row {row}) does not fit into 64 bits; use str keys"
    return None


def key_text(key: Any) -> str:
    """Return a key as text: the value of a str, even if a subclass prints otherwise; the digits of an integer.

    Examples
    --------
    >>> from enum import Enum
    >>> class Colour(str, Enum):
    ...     RED = "r"
    >>> key_text(Colour.RED), key_text(5), key_text(("a", 1))
    ('r', '5', "('a', 1)")
    """
    if isinstance(key, str):
        return str.__str__(key)
    return int.__repr__(key) if isinstance(key, int) and not isinstance(key, bool) else str(key)


def as_integers(keys: Sequence[Any]) -> list[int]:
    """Return the integers whose digits are the keys; integers are kept.

    Raises
    ------
    ValueError
        For a key that is not an integer as Python writes it: another spelling would not come back when it is saved.

    Examples
    --------
    >>> as_integers(["5", "-3"])
    [5, -3]
    >>> as_integers(["5", "007"])
    Traceback (most recent call last):
        ...
    ValueError: key '007' (row 1) is not an integer as Python writes it
    """
    texts = [key_text(key) for key in keys]
    try:
        numbers = list(map(int, texts))
        right = list(map(str, numbers)) == texts
    except ValueError:
        right = False
    if not right:
        row = next(row for row, text in enumerate(texts) if not _is_integer_text(text))
        raise ValueError(f"key {texts[row]!r:.60} (row {row}) is not an integer as Python writes it")
    return numbers


def _is_integer_text(text: str) -> bool:
    try:
        return str(int(text)) == text
    except ValueError:  # also if there are more digits than Python converts
        return False


def _is_int(key: Any) -> bool:
    return isinstance(key, int | np.integer) and not isinstance(key, bool)


def _article(key: Any) -> str:
    return "an int" if _is_int(key) else f"a {type(key).__name__}"
