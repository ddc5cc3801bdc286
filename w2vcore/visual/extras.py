"""Packages that only pictures need; they are imported when a picture is drawn."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def require(module: str, package: str, needed_by: str, extra: str) -> Any:
    """Return an imported module, or say what to install.

    Parameters
    ----------
    module : str
        What to import.
    package : str
        What the package index calls it.
    needed_by : str
        The beginning of the message: what the user asked for.
    extra : str
        The extra of w2vcore that brings it.

    Raises
    ------
    ImportError
        If it is not installed.

    Examples
    --------
    >>> require("no_such_module", "no-such-package", "plot", "viz")
    Traceback (most recent call last):
        ...
    ImportError: plot needs the package no-such-package, which is not installed: pip install w2vcore[viz]
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{needed_by} needs the package {package}, which is not installed: pip install w2vcore[{extra}]"
        ) from error
