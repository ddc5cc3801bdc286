"""The package as it is installed: where it is, what the wheel holds, its version, and the examples in its docstrings."""

import ast
import doctest
import importlib
import importlib.metadata
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import w2vcore

ROOT = Path(__file__).parents[2]
DOCTESTS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
OPTIONAL = ("w2vcore.backends.mpi",)  # needs what `.[test]` does not bring
MODULES = [
    module.name
    for module in pkgutil.walk_packages(w2vcore.__path__, "w2vcore.")
    if not module.name.startswith(OPTIONAL) and not module.name.endswith("__main__")
]


def test_installed_package_is_tested(pytestconfig):
    """The checkout must not shadow what was installed: it has no extension modules, or old ones."""
    assert pytestconfig.getoption("importmode") == "importlib"
    assert not Path(w2vcore.__file__).resolve().is_relative_to(ROOT / "w2vcore")
    assert "site-packages" in Path(w2vcore.__file__).parts


def test_importing_and_training_leave_out_what_only_some_need(tmp_path):
    """Pictures, bars, other files than plain ones, and statistics each bring packages that are slow to import."""
    text = tmp_path / "text.txt"
    text.write_text("a b c\n" * 10)
    code = (
        "import sys\n"
        "from w2vcore import Word2Vec, callbacks\n"
        f"Word2Vec(corpus_file={str(text)!r}, vector_size=2, min_count=1, workers=1, epochs=1)\n"
        "print(*sorted(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=tmp_path,
    ).stdout.split()
    assert "w2vcore.word2vec" in found
    slow = {
        "smart_open",
        "tqdm",
        "asyncio",
        "importlib.metadata",
        "scipy.stats",
        "w2vcore.visual",
        "matplotlib",
        "click",
    }
    assert not slow & set(found)


@pytest.mark.parametrize("name", ["w2vcore", *MODULES])
def test_docstring_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(importlib.import_module(name), optionflags=DOCTESTS).failed == 0


def test_version_stands_in_one_place():
    assert w2vcore.__version__ == importlib.metadata.version("w2vcore")
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?((a|b|rc|\.dev|\.post)\d+)*", w2vcore.__version__)
    definitions = [
        path.name
        for path in (ROOT / "w2vcore").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__version__" for target in node.targets)
    ]
    assert definitions == ["_version.py"]
    assert not re.search(r'^version\s*=\s*"', (ROOT / "pyproject.toml").read_text(encoding="utf8"), re.MULTILINE)


def test_changelog_knows_this_version():
    assert re.search(
        rf"^## {re.escape(w2vcore.__version__)}\b", (ROOT / "docs/changelog.md").read_text(encoding="utf8"), re.M
    )


# ---------------------------------------------------------------------- the wheel


def environment():
    """This process's environment without what would let the checkout, or these tests' settings, through."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "W2VCORE"))}


def run(*command, cwd):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def copy_of_the_sources(target):
    """What git would hand to a stranger: no build products, which could hide a file that is missing."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def made_before(pattern):
    """What .ci/packages has made of these sources, or None."""
    folder = os.environ.get("W2VCORE_DIST")
    return next(Path(folder).glob(pattern), None) if folder else None


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout here to build from")
    if made := made_before("w2vcore-*.tar.gz"):
        return made
    folder = tmp_path_factory.mktemp("sdist")
    source = copy_of_the_sources(folder / "source")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", folder, source, cwd=folder)
    (built,) = folder.glob("w2vcore-*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Built from the sdist, as pip does where there is no wheel."""
    if made := made_before("w2vcore-*.whl"):
        return made
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, sdist, cwd=folder)
    (built,) = folder.glob("w2vcore-*.whl")
    return built


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_sdist_has_all_that_is_in_git(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = {name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()}
    assert not files - names
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc", ".o"))]


def test_a_source_without_extensions_says_so(tmp_path):
    """In a clone, Python finds the folder w2vcore before what is installed."""
    shutil.copytree(
        ROOT / "w2vcore", tmp_path / "w2vcore", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    )
    done = subprocess.run(
        [sys.executable, "-c", "import w2vcore"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        f"ImportError: {tmp_path / 'w2vcore'} is the source of w2vcore, without its compiled modules"
    )
    assert "pip install -e" in last
    for path in (tmp_path / "w2vcore").rglob("*.pyx"):
        path.unlink()
    done = subprocess.run(
        [sys.executable, "-c", "import w2vcore"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "is incomplete, w2vcore." in done.stderr.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_reader_of_the_readme_in_a_clone(tmp_path):
    """The first command, then the Python example pasted into Python, both in the clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout here to clone")
    clone = copy_of_the_sources(tmp_path / "clone")
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    command = re.search(r"<!-- first-command -->\n```console\n\$ (.*)\n```", readme)[1]
    example = re.search(r"## In Python\n\n```python\n(.*?)```", readme, re.S)[1]
    expected = re.search(r"<!-- EXAMPLE-OUTPUT.*?```text\n(.*?)```", readme, re.S)[1]
    run("bash", "-c", command, cwd=clone)
    (clone / "example.py").write_text(example, encoding="utf8")
    assert run(clone / ".venv/bin/python", "example.py", cwd=clone).stdout == expected
    assert (clone / "shakespeare.safetensors").is_file()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_what_is_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        "w2vcore/py.typed",
        "w2vcore/kernels/block.h",
        "w2vcore/kernels/random.h",
        "w2vcore/datasets/shakespeare.txt",
        *(path.relative_to(ROOT).as_posix() for path in (ROOT / "w2vcore/visual/templates").iterdir()),
    }
    for pattern in ("*.pxd", "*.pyi", "*.h", "*.cu", "*.cuh", "*.py"):
        expected |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "w2vcore").rglob(pattern)}
    assert expected <= names
    compiled = {path.relative_to(ROOT).with_suffix("").as_posix() for path in (ROOT / "w2vcore").rglob("*.pyx")}
    compiled.add("w2vcore/_cyutility")  # Cython's own, which the others share
    assert compiled == {name.split(".")[0] for name in names if name.endswith((".so", ".pyd"))}
    assert not [name for name in names if name.endswith((".c", ".pyc")) or "tests" in Path(name).parts]
    assert all("templates" in Path(name).parts for name in names if name.endswith(".html"))  # cython -a writes such
    assert any(name.endswith("licenses/LICENSE") for name in names)
