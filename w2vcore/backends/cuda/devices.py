"""Which GPU is used: names of devices, and the errors where there is none. The only place that imports CuPy."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

NO_CUPY = (
    "CuPy is not installed: pip install w2vcore[cuda12] (a driver for CUDA 12) or w2vcore[cuda13] (for CUDA 13); "
    "device='cpu' needs neither"
)


def load_cupy() -> Any:
    """Return the module `cupy`.

    Raises
    ------
    ImportError
        If it is not installed, or cannot be loaded; the message says what to install.
    """
    try:
        import cupy
    except ImportError as error:
        if error.name in (None, "cupy") and "libcu" not in str(error):
            raise ImportError(NO_CUPY, name="cupy") from error
        raise ImportError(f"CuPy is installed, but cannot be loaded: {error}", name="cupy") from error
    load_compiler(cupy.cuda.driver.get_build_version() // 1000)
    return cupy


def load_compiler(major: int) -> None:
    """Load NVRTC from NVIDIA's package for a CUDA version, if it is installed.

    CuPy 13 does not look for it there; CuPy 14 does, but takes that of the highest version, whose code an older driver
    does not load. What is loaded already is what either of them finds.
    """
    if not sys.platform.startswith("linux"):
        return
    package = importlib.util.find_spec("nvidia")
    for folder in (package.submodule_search_locations or ()) if package else ():
        for path in sorted(Path(folder).glob(f"*/lib/libnvrtc.so.{major}")):
            ctypes.CDLL(str(path))
            return


def check_compiler(cupy: Any) -> None:
    """Raise if there is no NVRTC, or if it compiles for newer drivers than this machine's.

    Raises
    ------
    ImportError
        If NVRTC cannot be loaded; the message says what to install.
    RuntimeError
        If it is of a newer major version than the driver, which then loads none of its code.
    """
    built = cupy.cuda.driver.get_build_version() // 1000
    package = "nvidia-cuda-nvrtc-cu12" if built == 12 else "nvidia-cuda-nvrtc"
    try:
        major, minor = cupy.cuda.nvrtc.getVersion()
    except (ImportError, OSError, RuntimeError) as error:
        raise ImportError(
            f"NVRTC, which compiles the kernels, cannot be loaded ({error}): pip install {package}", name=package
        ) from error
    driver = int(cupy.cuda.runtime.driverGetVersion()) // 1000
    if major > driver:
        raise RuntimeError(
            f"NVRTC {major}.{minor} compiles for drivers of CUDA {major}, and this one is of CUDA {driver}: install "
            f"w2vcore[cuda{driver}] in an environment without packages for CUDA {major}"
        )


def visible(cupy: Any) -> tuple[int, str]:
    """Return how many devices this process sees, and the driver's message if there are none.

    Parameters
    ----------
    cupy : module
    """
    try:
        count = int(cupy.cuda.runtime.getDeviceCount())
    except cupy.cuda.runtime.CUDARuntimeError as error:  # no driver, one that is too old, or no device
        return 0, str(error)
    return count, "" if count else "the driver counts 0 devices"


def load_nccl(cupy: Any) -> Any:
    """Return the module `cupy.cuda.nccl`.

    Raises
    ------
    ImportError
        If CuPy finds no NCCL; the message says what to install.
    """
    if not hasattr(cupy.cuda, "nccl"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # CuPy's own words for what is raised below
            import_module("cupy.cuda.nccl")
    if not cupy.cuda.nccl.available:
        package = f"nvidia-nccl-cu{cupy.cuda.driver.get_build_version() // 1000}"
        raise ImportError(
            f"several GPUs need NCCL, which CuPy does not find: pip install {package}, or name one GPU in device",
            name=package,
        )
    return cupy.cuda.nccl


def find(device: str) -> tuple[Any, int]:
    """Return CuPy and the number of a device, the first one if there are several; see `find_all`."""
    cupy, numbers = find_all(device)
    return cupy, numbers[0]


def find_all(device: str) -> tuple[Any, list[int]]:
    """Return CuPy and the numbers of the devices that are asked for.

    Parameters
    ----------
    device : str
        "cuda:N" or "cuda:N,M"; anything else means the first device.

    Raises
    ------
    ImportError
        If CuPy cannot be imported, or finds no compiler, or with several devices no NCCL.
    RuntimeError
        If there is no such device.
    """
    cupy = load_cupy()
    count, why = visible(cupy)
    if not count:
        raise RuntimeError(
            f"no CUDA device visible, device={device!r} was asked for ({why}): look what nvidia-smi says, and at "
            "CUDA_VISIBLE_DEVICES; device='cpu' trains on the CPU"
        )
    numbers = numbers_of(device)
    if max(numbers) >= count:
        raise RuntimeError(
            f"no CUDA device visible as {device!r}: there are {count}, from 'cuda:0' to 'cuda:{count - 1}'"
        )
    check_compiler(cupy)
    if len(numbers) > 1:
        load_nccl(cupy)
    return cupy, numbers


def numbers_of(device: str) -> list[int]:
    """Return the numbers in the name of a device, or of several.

    Raises
    ------
    ValueError
        If one is named twice.

    Examples
    --------
    >>> numbers_of("cuda:3"), numbers_of("cuda:0,2"), numbers_of("cuda"), numbers_of("auto")
    ([3], [0, 2], [0], [0])
    """
    _, _, named = device.partition(":")
    numbers = [int(number) for number in named.split(",")] if named else [0]
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"device must name each GPU once, got {device!r}")
    return numbers


def names() -> list[str]:
    """Return the visible devices, as in ``cuda:0 NVIDIA H200``; none without CuPy or a driver."""
    try:
        cupy, _ = find("auto")
    except (ImportError, RuntimeError):
        return []
    ask = cupy.cuda.runtime.getDeviceProperties
    return [f"cuda:{number} {text(ask(number)['name'])}" for number in range(visible(cupy)[0])]


def text(name: bytes | str) -> str:
    """Return a device's name, which CuPy gives as bytes."""
    return name.decode() if isinstance(name, bytes) else name


def why_not(device: str = "auto") -> str | None:
    """Return why no GPU can be used here, or None if one can."""
    try:
        find(device)
    except (ImportError, RuntimeError) as error:
        return str(error)
    return None
