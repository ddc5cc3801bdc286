"""What is active in this installation, so that nobody trains on a slow path without knowing."""

from __future__ import annotations

import importlib.util
import os
import platform
from collections.abc import Mapping

from w2vcore._version import __version__
from w2vcore.backends.cuda.devices import names, why_not
from w2vcore.kernels import _dispatch

OPTIONAL = ("cupy", "mpi4py", "matplotlib", "sklearn", "umap", "tensorboardX", "ot")  # as they are imported
REQUIRED = ("numpy", "scipy", "smart_open", "tqdm", "click")


def config() -> dict[str, str]:
    """Return what `show_config` prints, as a dict.

    Examples
    --------
    >>> sorted(config())[:3]
    ['GPU', 'W2VCORE_ISA', 'click']
    """
    from importlib import metadata  # slow to import

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    report = {
        "w2vcore": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": str(cores),
        "instruction set": _dispatch.active(),
        "instruction sets that run here": ", ".join(_dispatch.available()),
        "W2VCORE_ISA": os.environ.get("W2VCORE_ISA", "not set"),
    }
    report["GPU"] = ", ".join(names()) or f"none: {why_not()}"
    brought = metadata.packages_distributions()
    for package in REQUIRED:
        report[package] = _version_of(package, brought)
    for package in OPTIONAL:
        there = importlib.util.find_spec(package) is not None
        report[package] = _version_of(package, brought) if there else "not installed (optional)"
    return report


def show_config() -> None:
    """Print version, machine, the instruction set that the kernels use, and the versions of the packages that it uses.

    Examples
    --------
    >>> show_config()  # doctest: +ELLIPSIS
    w2vcore ...
    """
    for name, value in config().items():
        print(f"{name + ' ':.<32} {value}")


def _version_of(package: str, distributions: Mapping[str, list[str]]) -> str:
    """Return the version of a package by the name under which it is imported: cupy may come as cupy-cuda12x."""
    from importlib import metadata

    try:
        return metadata.version(distributions.get(package, [package])[0])
    except metadata.PackageNotFoundError:
        return "version unknown"
