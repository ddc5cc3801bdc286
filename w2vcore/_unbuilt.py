"""What to say where the extension modules are missing: mostly, Python runs in a clone that was not built in place."""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGE = Path(__file__).parent


def explanation(error: ModuleNotFoundError) -> str | None:
    """Return the sentence for an extension module that is not there, or None if another module is missing.

    Examples
    --------
    >>> explanation(ModuleNotFoundError("No module named 'numpy'", name="numpy")) is None
    True
    """
    package, *inner = (error.name or "").split(".")
    if package != "w2vcore" or not inner:
        return None
    if not PACKAGE.joinpath(*inner).with_suffix(".pyx").is_file():
        return f"this installation of w2vcore in {PACKAGE} is incomplete, {error.name} is missing: install it again"
    command = f"{sys.executable} -m pip install -e {PACKAGE.parent}"
    return (
        f"{PACKAGE} is the source of w2vcore, without its compiled modules: build them there with '{command}', or run "
        "Python in another folder to import an installed w2vcore"
    )
