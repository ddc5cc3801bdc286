"""Warnings that point at the user's line."""

from __future__ import annotations

import sys
import warnings

_INSIDE = (__name__.split(".")[0], "contextlib")  # this library's context managers are called through that module


def warn(message: str) -> None:
    """Warn with the line of the caller outside this library."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] in _INSIDE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
