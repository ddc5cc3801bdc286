"""The kernels, compiled for an instance and a device on first use.

CuPy compiles with NVRTC and keeps the result, in this process and in files (``~/.cupy/kernel_cache``). Its key is the
text of the main file and the options, without the included files, so a digest of all sources is among the options.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from .layout import Instance

HERE = Path(__file__).parent
KERNELS = HERE.parents[1] / "kernels"  # random.h


@cache
def digest(code: tuple[str, ...]) -> str:
    """Return a digest of all sources of the kernels, including these files of objectives."""
    found = hashlib.sha256()
    sources = sorted([*HERE.glob("*.cu"), *HERE.glob("*.cuh"), *HERE.glob("*.h"), KERNELS / "random.h"])
    for path in [*sources, *map(Path, code)]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def options(macros: dict[str, int | str], code: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the options of the compiler.

    Parameters
    ----------
    macros : dict
    code : tuple of str
        Files of objectives, whose folders become include paths.

    Examples
    --------
    >>> [option for option in options({"W2V_RING": 1}) if "RING" in option or "std" in option]
    ['-std=c++17', '-DW2V_RING=1']
    """
    defined = tuple(f"-D{name}={value}" for name, value in macros.items())
    folders = dict.fromkeys([HERE, KERNELS, *(Path(path).parent for path in code)])
    found = tuple(f"-I{folder}" for folder in folders)
    return ("-std=c++17", *found, *defined, f"-DW2V_SOURCES=0x{digest(code)}ull")


def train_kernel(cupy: Any, instance: Instance) -> Any:
    """Return the kernel that trains, for an instance."""
    return _function(cupy, "train.cu", "w2v_train", instance.macros, instance.code)


def keep_kernel(cupy: Any) -> Any:
    """Return the kernel that drops frequent words."""
    return _function(cupy, "keep.cu", "w2v_keep", {})


def _function(cupy: Any, source: str, name: str, macros: dict[str, int | str], objectives: tuple[str, ...] = ()) -> Any:
    code = (HERE / source).read_text(encoding="utf8")
    return cupy.RawModule(code=code, options=options(macros, objectives)).get_function(name)
