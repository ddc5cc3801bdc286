"""Build the extension modules: every w2vcore/**/*.pyx, and the block in C once per instruction set.

Switches, by environment variable: W2VCORE_DEBUG=1 (bounds checks, no optimisation), W2VCORE_SANITIZE=1 (ASan and
UBSan), W2VCORE_COVERAGE=1 (line tracing).
"""

import os
import platform
import sys
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent
DEBUG, SANITIZE, COVERAGE = (os.environ.get(f"W2VCORE_{name}") == "1" for name in ("DEBUG", "SANITIZE", "COVERAGE"))
MSVC = sys.platform == "win32"
MACHINE = platform.machine().lower()

# Instruction set -> compiler flags. Each is one translation unit, w2vcore/kernels/block_<name>.c, and therefore one
# static library (setuptools has flags per library, not per file). kernels/_dispatch picks among those built when it is
# imported.
if MACHINE in ("x86_64", "amd64"):
    ISA_FLAGS = {
        "sse2": [],
        "avx2": ["/arch:AVX2"] if MSVC else ["-mavx2", "-mfma"],
        "avx512": ["/arch:AVX512"]
        if MSVC
        else ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
    }
elif MACHINE in ("aarch64", "arm64"):
    ISA_FLAGS = {"neon": []}
else:
    ISA_FLAGS = {}
ISA_FLAGS = {"portable": [], **ISA_FLAGS}

if DEBUG:
    CFLAGS = ["/Od"] if MSVC else ["-O0", "-g"]
else:
    CFLAGS = ["/O2"] if MSVC else ["-O3", "-g0"]  # Python's own flags ask for debug information: five times the size
LDFLAGS: list[str] = []
if SANITIZE:
    CFLAGS += ["-g", "-fsanitize=address,undefined", "-fno-omit-frame-pointer"]
    LDFLAGS += ["-fsanitize=address,undefined"]
MACROS = [("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION"), ("CYTHON_TRACE", "1" if COVERAGE else "0")]
MACROS += [(f"W2VCORE_HAVE_{isa.upper()}", "1") for isa in ISA_FLAGS]

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,
    "embedsignature": True,
    "linetrace": COVERAGE,
}


def extension(path: Path) -> Extension:
    """One extension module for one .pyx file."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return Extension(
        name,
        [path.relative_to(ROOT).as_posix()],
        include_dirs=[numpy.get_include(), "w2vcore/kernels", path.parent.relative_to(ROOT).as_posix()],
        define_macros=MACROS,
        extra_compile_args=CFLAGS,
        extra_link_args=LDFLAGS,
        depends=[
            header.relative_to(ROOT).as_posix()
            for folder in {ROOT / "w2vcore/kernels", path.parent}
            for header in folder.glob("*.h")
        ],
    )


def block(isa: str, flags: list[str]) -> tuple[str, dict[str, list[str]]]:
    """One static library for one instruction set. Every extension may link it; only kernels/_dispatch refers to it."""
    folders = ["w2vcore/kernels", "w2vcore/query"]
    headers = [header.relative_to(ROOT).as_posix() for folder in folders for header in (ROOT / folder).glob("*.h")]
    sources = [f"w2vcore/kernels/block_{isa}.c"]
    if (ROOT / f"w2vcore/query/nearest_{isa}.c").is_file():  # the search of query/nearest.h, where registers are wide
        sources.append(f"w2vcore/query/nearest_{isa}.c")
    quiet = [] if MSVC else ["-fno-trapping-math"]  # nobody asks for floating-point traps: GCC may compare in vectors
    return f"w2vcore_block_{isa}", {
        "sources": sources,
        "include_dirs": folders,
        "cflags": CFLAGS + quiet + flags,
        "obj_deps": {"": headers, **dict.fromkeys(sources, headers)},
    }


class BuildExtensions(build_ext):
    """Run Cython only where modules are compiled, not for an sdist or metadata, and a compiler on each processor."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def run(self) -> None:
        translated = cythonize(self.extensions, compiler_directives=DIRECTIVES, build_dir="build/cython", nthreads=0)
        sources = {extension.name: extension.sources for extension in translated}
        for extension in self.extensions:
            extension.sources = sources[extension.name]
        super().run()


EXTENSIONS = [extension(path) for path in sorted((ROOT / "w2vcore").rglob("*.pyx"))]
if not EXTENSIONS:  # else a package would be built that cannot be imported
    sys.exit("setup.py finds no .pyx below w2vcore/: this is not the whole source of w2vcore")

setup(
    libraries=[block(isa, flags) for isa, flags in ISA_FLAGS.items()],
    ext_modules=EXTENSIONS,
    cmdclass={"build_ext": BuildExtensions},
)
