"""setup.py: what is compiled again after a change, and that builds in place and editable builds work as documented."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("Cython", reason="building needs Cython, which the test extra brings")

ROOT = Path(__file__).parents[2]
HEADERS = sorted((ROOT / "w2vcore").rglob("*.h"))
BLOCKS = {f"w2vcore/kernels/{path.name}" for path in (ROOT / "w2vcore/kernels").glob("block_*.c")}
SEARCHES = {f"w2vcore/query/{path.name}" for path in (ROOT / "w2vcore/query").glob("nearest_*.c")}
ON_THE_GPU = {"w2vcore/backends/cuda/launch.h"}
DOCUMENTED = re.search(
    r"^\$ \.venv/bin/python (setup\.py .*)$", (ROOT / "docs/contributing.md").read_text(encoding="utf8"), re.MULTILINE
)[1].split()


@pytest.fixture(scope="module")
def setup_file():
    """setup.py as a module; it builds only when it is run."""
    spec = importlib.util.spec_from_file_location("w2vcore_setup", ROOT / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def readers(setup_file):
    """For each header the sources that are compiled again when it changes."""
    sources = [*setup_file.PYX, *(ROOT / name for name in BLOCKS | SEARCHES)]
    found = {path.relative_to(ROOT).as_posix(): set() for path in HEADERS}
    for source in sources:
        for header in setup_file.headers(source):
            if header not in BLOCKS:  # which the soft ones include
                found[header].add(source.relative_to(ROOT).as_posix())
    return found


def test_the_sigmoid_is_in_the_blocks_alone(readers):
    assert readers["w2vcore/kernels/sigmoid.h"] == BLOCKS
    assert len(BLOCKS) == 10  # for each instruction set two: with labels of 0 and 1, and soft ones


def test_headers_are_followed_through_headers_and_declarations(readers):
    assert readers["w2vcore/corpus/keys.h"] == {  # _encoding: through _scanner.pxd, which includes it
        "w2vcore/corpus/_encoding.pyx", "w2vcore/corpus/_phrases.pyx", "w2vcore/corpus/_scanner.pyx",
    }  # fmt: skip
    assert readers["w2vcore/kernels/lanes.h"] == BLOCKS | SEARCHES
    assert readers["w2vcore/query/nearest.h"] == {"w2vcore/query/_nearest.pyx"} | SEARCHES
    assert readers["w2vcore/kernels/isa.h"] == {"w2vcore/kernels/_dispatch.pyx"}


def test_every_header_is_compiled_somewhere(readers):
    assert {header for header, sources in readers.items() if not sources} == ON_THE_GPU


def test_the_build_is_told(setup_file):
    """The lists arrive at setuptools: those of modules as `depends`, those of libraries as `obj_deps`."""
    modules = {extension.name: extension.depends for extension in setup_file.EXTENSIONS}
    assert "w2vcore/formats/rows.h" in modules["w2vcore.formats._rows"]
    assert not [name for name, depends in modules.items() if "w2vcore/kernels/sigmoid.h" in depends]
    libraries = dict(setup_file.LIBRARIES)
    (headers,) = libraries["w2vcore_block_portable"]["obj_deps"].values()
    assert "w2vcore/kernels/sigmoid.h" in headers


def test_older_setuptools_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "setuptools.py").write_text('__version__ = "65.5.0"\n', encoding="utf8")
    done = subprocess.run(
        [sys.executable, ROOT / "setup.py", "--version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert re.fullmatch(r"w2vcore needs setuptools 77 or later to build, and .* has 65\.5\.0: run .*\n", done.stderr)


def test_what_runs_before_a_commit_is_what_ci_runs():
    """The hooks take the versions of the lint extra; just and the page build with one command."""
    extra = next(
        line for line in (ROOT / "pyproject.toml").read_text(encoding="utf8").splitlines() if line.startswith("lint =")
    )
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf8")
    tools = re.findall(r'additional_dependencies: \["([^"]+)"', hooks)
    assert len(tools) >= 5
    assert not [tool for tool in tools if f'"{tool}"' not in extra]
    assert " ".join([DOCUMENTED[0], "-q", *DOCUMENTED[1:4]]) in (ROOT / "justfile").read_text(encoding="utf8")


# ---------------------------------------------------------------------- builds

# Enough of the package to be built in seconds: a module that includes a header, and a block.
FEW = ("_random.pyx", "_random.pxd", "_types.pxd", "block_portable.c")


def run(*command, cwd):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "W2VCORE"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**clean, "W2VCORE_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A folder with the real setup.py and few modules, built in place with the documented command."""
    if shutil.which(os.environ.get("CC", "cl" if sys.platform == "win32" else "cc")) is None:
        pytest.skip("no C compiler here to build with")
    folder = tmp_path_factory.mktemp("source")
    kernels = folder / "w2vcore/kernels"
    kernels.mkdir(parents=True)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE", "w2vcore/_version.py"):
        shutil.copy(ROOT / name, folder / name)
    for path in (ROOT / "w2vcore/kernels").iterdir():
        if path.suffix == ".h" or path.name in FEW:
            shutil.copy(path, kernels)
    for package in (kernels.parent, kernels):
        (package / "__init__.py").touch()
    assert DOCUMENTED[:3] == ["setup.py", "build_clib", "build_ext"]
    run(sys.executable, *DOCUMENTED, cwd=folder)
    return folder


TRY_IT = "from w2vcore.kernels import _random; _random.draws(1, [2, 3], 4); print(_random.__file__)"


def test_a_build_in_place_is_imported(source):
    assert run(sys.executable, "-c", TRY_IT, cwd=source).startswith(str(source / "w2vcore/kernels"))


def test_only_what_includes_a_header_is_compiled_again(source):
    def again(touched):
        """The objects and modules that a build makes after a change."""
        os.utime(touched)
        before = touched.stat().st_mtime_ns
        run(sys.executable, *DOCUMENTED, cwd=source)
        made = [path for path in (source / "build").rglob("*.*") if path.suffix in {".o", ".obj", ".so", ".pyd"}]
        return {re.match(r"\w+", path.name)[0] + path.suffix for path in made if path.stat().st_mtime_ns > before}

    compiled, linked = (".obj", ".pyd") if sys.platform == "win32" else (".o", ".so")
    modules = {f"_random{linked}", f"_cyutility{linked}"}  # which may hold the block
    assert again(source / "README.md") == set()
    assert again(source / "w2vcore/kernels/sigmoid.h") == {f"block_portable{compiled}"} | modules
    assert again(source / "w2vcore/kernels/random.h") == {f"block_portable{compiled}", f"_random{compiled}"} | modules


def test_an_editable_build_is_imported(source):
    """What `pip install -e .` asks setuptools for, without pip's environment around it."""
    site = source / "site"
    wheel = "import sys; from setuptools import build_meta; print(build_meta.build_editable(sys.argv[1]))"
    run(sys.executable, "-c", wheel, site, cwd=source)
    (built,) = site.glob("*.whl")
    zipfile.ZipFile(built).extractall(site)
    # -S: without what is installed, which Python would find first. It is added when the package has been found.
    import_it = f"import site, sys; site.addsitedir({str(site)!r}); import w2vcore.kernels; sys.path += {sys.path[1:]}; {TRY_IT}"
    assert run(sys.executable, "-S", "-c", import_it, cwd=site).startswith(str(source / "w2vcore"))
