"""The kernels, compiled for an instance and a device when they are first needed.

CuPy compiles with NVRTC and keeps the result, in this process and in files (``~/.cupy/kernel_cache``). Its key is the
text of the main file and the options, not what is included: so a digest of all sources is among the options.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from .layout import Instance

HERE = Path(__file__).parent
KERNELS = HERE.parents[1] / "kernels"  # random.h


@lru_cache(maxsize=1)
def digest() -> str:
    """Return a digest of all that the kernels are made of."""
    found = hashlib.sha256()
    sources = sorted([*HERE.glob("*.cu"), *HERE.glob("*.cuh"), *HERE.glob("*.h"), KERNELS / "random.h"])
    for path in sources:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def options(macros: dict[str, int]) -> tuple[str, ...]:
    """Return the options of the compiler.

    Examples
    --------
    >>> [option for option in options({"W2V_RING": 1}) if "RING" in option or "std" in option]
    ['-std=c++17', '-DW2V_RING=1']
    """
    defined = tuple(f"-D{name}={value}" for name, value in macros.items())
    return ("-std=c++17", f"-I{HERE}", f"-I{KERNELS}", *defined, f"-DW2V_SOURCES=0x{digest()}ull")


def train_kernel(cupy: Any, instance: Instance) -> Any:
    """Return the kernel that trains, for an instance."""
    return _function(cupy, "train.cu", "w2v_train", instance.macros)


def keep_kernel(cupy: Any) -> Any:
    """Return the kernel that drops frequent words."""
    return _function(cupy, "keep.cu", "w2v_keep", {})


def _function(cupy: Any, source: str, name: str, macros: dict[str, int]) -> Any:
    code = (HERE / source).read_text(encoding="utf8")
    return cupy.RawModule(code=code, options=options(macros)).get_function(name)
