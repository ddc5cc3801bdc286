"""Build the extension modules: every w2vcore/**/*.pyx, and the blocks in C once per instruction set.

Switches, by environment variable: W2VCORE_DEBUG=1 (bounds checks, no optimisation), W2VCORE_SANITIZE=1 (ASan and
UBSan), W2VCORE_COVERAGE=1 (line tracing). After changing one, build with --force.
"""

import os
import platform
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import setuptools

if int(setuptools.__version__.partition(".")[0]) < 77:  # older ones reject `license = "MIT"` with a page of their own
    sys.exit(
        f"w2vcore needs setuptools 77 or later to build, and {sys.executable} has {setuptools.__version__}: run "
        f"'{sys.executable} -m pip install --upgrade setuptools' first"
    )

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_clib import build_clib
from setuptools.command.build_ext import build_ext
from setuptools.modified import newer_group

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

# Cython's support for typed memoryviews, 30,000 lines of C, is compiled once, as a module of its own that the others
# import, instead of into each of them. cythonize() writes its source.
SHARED = "w2vcore._cyutility"
# What is not called in loops is compiled faster than it runs.
COLD = {SHARED, "w2vcore.kernels._testing"}

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,
    "embedsignature": True,
    "linetrace": COVERAGE,
}

INCLUDED = re.compile(r'^\s*(?:#\s*include|cdef\s+extern\s+from)\s+"(\w+\.[ch])"', re.MULTILINE)
CIMPORTED = re.compile(r"^from\s+([\w.]+)\s+cimport\b", re.MULTILINE)


def include_folders(source: Path) -> list[str]:
    """The folders in which the compiler looks for the headers of one source."""
    return ["w2vcore/kernels", source.parent.relative_to(ROOT).as_posix()]


def headers(source: Path) -> list[str]:
    """C files of this package that a C or Cython source includes: itself, through another one, or through a .pxd."""
    folders = [ROOT / folder for folder in include_folders(source)]
    found: dict[Path, None] = {}
    waiting = [source, source.with_suffix(".pxd")]
    while waiting:
        file = waiting.pop()
        if file in found or not file.is_file():
            continue
        found[file] = None
        text = file.read_text(encoding="utf8")
        for name in INCLUDED.findall(text):
            waiting += [folder / name for folder in (file.parent, *folders)]
        for module in CIMPORTED.findall(text):
            inside = file.parent if module.startswith(".") else ROOT
            waiting.append(inside.joinpath(*module.strip(".").split(".")).with_suffix(".pxd"))
    return sorted(file.relative_to(ROOT).as_posix() for file in found if file.suffix in (".c", ".h") and file != source)


def extension(name: str, source: Path) -> Extension:
    """One extension module for one Cython source."""
    quick = ["-O1"] if name in COLD and not (DEBUG or MSVC) else []
    return Extension(
        name,
        [source.relative_to(ROOT).as_posix()],
        include_dirs=[numpy.get_include(), *include_folders(source)],
        define_macros=MACROS,
        extra_compile_args=CFLAGS + quick,
        extra_link_args=LDFLAGS,
        depends=headers(source),
    )


def library(path: Path, isa: str) -> tuple[str, dict[str, Any]]:
    """One static library for one C file of one instruction set. Every extension may link it."""
    source = path.relative_to(ROOT).as_posix()
    quiet = [] if MSVC else ["-fno-trapping-math"]  # nobody asks for floating-point traps: GCC may compare in vectors
    return f"w2vcore_{path.stem}", {
        "sources": [source],
        "include_dirs": include_folders(path),
        "cflags": CFLAGS + quiet + ISA_FLAGS[isa],
        "obj_deps": {source: headers(path)},
    }


class BuildLibraries(build_clib):
    """Compile as many libraries at once as modules: setuptools takes one after the other."""

    def build_libraries(self, libraries: list[Any]) -> None:
        with ThreadPoolExecutor(self.get_finalized_command("build_ext").parallel) as pool:
            list(pool.map(lambda one: build_clib.build_libraries(self, [one]), libraries))


class BuildExtensions(build_ext):
    """Run Cython only where modules are compiled, not for an sdist or metadata, and a compiler on each processor."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def run(self) -> None:
        translated = cythonize(
            self.extensions,
            compiler_directives=DIRECTIVES,
            build_dir="build/cython",
            shared_utility_qualified_name=SHARED,
        )
        sources = {extension.name: extension.sources for extension in translated}
        for extension in self.extensions:
            extension.sources = sources[extension.name]
        super().run()

    def build_extensions(self) -> None:
        """Link the modules again where a library has been compiled; setuptools would compile them again too."""
        folder = self.get_finalized_command("build_clib").build_clib
        libraries = [self.compiler.library_filename(name, output_dir=folder) for name, _ in self.distribution.libraries]
        compile_all = self.compiler.compile

        def compile_changed(sources: list[str], output_dir: str, depends: list[str], **options: Any) -> list[str]:
            read = [*sources, *(file for file in depends if file not in libraries)]
            objects = self.compiler.object_filenames(sources, output_dir=output_dir)
            if self.force or any(newer_group(read, made) for made in objects):
                return compile_all(sources, output_dir=output_dir, depends=depends, **options)
            return objects

        self.compiler.compile = compile_changed
        self.compiler.force = True  # link although no object is newer: a library is
        for extension in self.extensions:
            extension.depends = [*extension.depends, *libraries]
        super().build_extensions()


PYX = sorted((ROOT / "w2vcore").rglob("*.pyx"))
if not PYX:  # else a package would be built that cannot be imported
    sys.exit("setup.py finds no .pyx below w2vcore/: this is not the whole source of w2vcore")

EXTENSIONS = [extension(".".join(path.relative_to(ROOT).with_suffix("").parts), path) for path in PYX]
EXTENSIONS.append(extension(SHARED, ROOT / "w2vcore/_cyutility.c"))
LIBRARIES = [
    library(path, isa)
    for isa in ISA_FLAGS
    for path in (
        ROOT / f"w2vcore/kernels/block_{isa}.c",
        ROOT / f"w2vcore/kernels/block_soft_{isa}.c",  # which the one before refers to: linkers want this order
        ROOT / f"w2vcore/query/nearest_{isa}.c",
    )
    if path.is_file()  # the search of query/nearest.h is there where registers are wide
]

if __name__ == "__main__":  # tests import this file, to ask what depends on what
    setup(
        libraries=LIBRARIES,
        ext_modules=EXTENSIONS,
        cmdclass={"build_clib": BuildLibraries, "build_ext": BuildExtensions},
    )
