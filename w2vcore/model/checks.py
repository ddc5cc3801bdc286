"""Checks of numbers and flags that users pass: each returns the value, or raises an error that names the argument."""

from __future__ import annotations

import math
import numbers
from typing import Any


def check_int(name: str, value: Any, low: int, high: int | None = None, hint: str = "") -> int:
    """Return `value` as an int, or raise an error that names the argument.

    Integral floats such as 100.0 pass, since gensim applies int(); True, "5" and 2.5 do not.

    Raises
    ------
    TypeError
        If the value is not a number.
    ValueError
        If it is not integral or out of range.
    """
    if type(value) is int and low <= value < (1 << 63 if high is None else high + 1):
        return value
    allowed = f"at least {low}" if high is None else f"from {low} to {high}"
    hint = f" ({hint})" if hint else ""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be an int {allowed}, got {value!r}{hint}")
    exact: Any = value
    number = int(exact) if isinstance(value, numbers.Integral) or math.isfinite(value) else None
    if number is None or number != value or number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be an int {allowed}, got {shown(value)}{hint}")
    if number >= 1 << 63:  # 64 bits, as the compiled code has them
        raise ValueError(f"{name} must be an int {allowed}, and below 2**63, got {shown(value)}{hint}")
    return number


def check_float(name: str, value: Any, low: float = -math.inf, hint: str = "") -> float:
    """Return `value` as a float, or raise an error that names the argument.

    Raises
    ------
    TypeError
        If the value is not a number.
    ValueError
        If it is not finite or below `low`.
    """
    if type(value) is float and math.isfinite(value) and value >= low:
        return value
    allowed = "a finite number" if low == -math.inf else f"a finite number of at least {low:g}"
    hint = f" ({hint})" if hint else ""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {allowed}, got {value!r}{hint}")
    try:
        number = float(value)
    except OverflowError:  # an int
        number = math.inf
    if not math.isfinite(number) or number < low:
        raise ValueError(f"{name} must be {allowed}, got {shown(value)}{hint}")
    return number


def check_flag(name: str, value: Any) -> bool:
    """Return a 0/1 or bool argument as a bool, or raise an error that names it."""
    if not isinstance(value, numbers.Real) or value not in (0, 1):
        raise ValueError(f"{name} must be 0 or 1, got {shown(value)}")
    return bool(value)


def shown(value: Any) -> str:
    """Return how to show a number in an error; Python refuses to print very long ones.

    Examples
    --------
    >>> shown(7), shown(10**9999)
    ('7', 'an int of 33216 bits')
    """
    return (
        f"an int of {value.bit_length()} bits" if isinstance(value, int) and value.bit_length() > 256 else repr(value)
    )
