"""House rules that a program can check: sizes, kernels without Python, no pickle, stubs, public names."""

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "w2vcore"
FLOORS = {"kernels", "model", "architectures", "objectives"}  # those whose code runs without the GIL
# Classes with a single heir in the package, and what they are for beside it
ONE_HEIR = {
    "DistributedBackend": "simulated ranks train with it",
    "Command": "most commands are one",
    "RankError": "is raised itself",
    "Lifecycle": "an idea of its own: events",
    "OldNames": "an idea of its own: names of gensim 3",
    "KeyedTable": "to be dissolved",
    "KeyedQueries": "to be dissolved",
}

PYTHON = sorted(PACKAGE.rglob("*.py"))
CYTHON = sorted(PACKAGE.rglob("*.pyx"))
KERNELS = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in {".pyx", ".pxd"} and path.parts[-2] in FLOORS]

# A C function: `cdef` or `cpdef`, a type, a name and its arguments, up to the colon that opens the body or, in a .pxd or an
# extern block, the end of the line.
C_FUNCTION = re.compile(
    r"^[ \t]*(?:cdef|cpdef)[ \t]+(?:inline[ \t]+)?[\w \t*.]*?[ \t*](?P<name>\w+)\((?P<arguments>[^()]*(?:\([^()]*\)[^()]*)*)\)"
    r"(?P<tail>[^:\n]*)",
    re.MULTILINE,
)

STARTERS = {"run", "Popen", "call", "check_call", "check_output"}

PUBLIC_NAMES = {
    "BrownCorpus",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Phrases",
    "Text8Corpus",
    "Word2Vec",
    "__version__",
    "callbacks",
    "matutils",
    "show_config",
    "utils",
}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_no_class_is_there_only_to_be_the_base_of_one_other():
    """A class that grows gives away a whole idea, as an object with a name; it is not cut into a chain of bases."""
    classes = [
        node
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text("utf8")))
        if isinstance(node, ast.ClassDef)
    ]
    heirs = {node.name: set() for node in classes}
    for node in classes:
        for base in map(ast.unparse, node.bases):
            if base in heirs and base != node.name:
                heirs[base].add(node.name)
    assert {name for name, its in heirs.items() if len(its) == 1} <= ONE_HEIR.keys()


@pytest.mark.parametrize("path", KERNELS, ids=relative)
def test_kernels_without_the_gil_cannot_raise(path):
    for function in C_FUNCTION.finditer(path.read_text(encoding="utf8")):
        if "nogil" in function["tail"]:
            assert "noexcept" in function["tail"], f"{function['name']} must be `noexcept nogil`"


def test_the_reader_of_c_functions():
    """Guards the test above against a pattern that matches nothing."""
    code = "cdef inline int64_t f(\n    const void *state,\n    float *rows) nogil:\n    pass\ncdef void g(int a) noexcept nogil\n"
    assert [(found["name"], found["tail"].strip()) for found in C_FUNCTION.finditer(code)] == [
        ("f", "nogil"),
        ("g", "noexcept nogil"),
    ]
    names = {found["name"] for path in KERNELS for found in C_FUNCTION.finditer(path.read_text(encoding="utf8"))}
    assert len(names) >= 5


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_no_pickle(path):
    """Loading a pickle runs whatever code it names; nothing in the package reads or writes one."""
    tree = ast.parse(path.read_text(encoding="utf8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    pickling = {"pickle", "_pickle", "cPickle", "pickletools", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    assert not {name.split(".")[0] for name in imported} & pickling
    arguments = [keyword for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords]
    assert not [
        keyword for keyword in arguments if keyword.arg == "allow_pickle" and ast.unparse(keyword.value) != "False"
    ]


@pytest.mark.parametrize("path", CYTHON, ids=relative)
def test_no_pickle_in_cython(path):
    assert not re.search(r"^\s*(?:from|c?import)\s+_?c?[pP]ickle\b", path.read_text(encoding="utf8"), re.MULTILINE)


@pytest.mark.parametrize("path", CYTHON, ids=relative)
def test_stub_beside_each_extension(path):
    assert path.with_suffix(".pyi").is_file(), "mypy and editors see a compiled module only through its .pyi"


def test_public_names():
    package = importlib.import_module("w2vcore")
    assert set(package.__all__) == PUBLIC_NAMES
    assert all(hasattr(package, name) for name in PUBLIC_NAMES)


def test_no_large_file_in_git():
    """Trained vectors and corpora do not belong in the repository."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git checkout here")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert not [relative(path) for path in files if path.is_file() and path.stat().st_size > 2 * 1024**2]


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=relative)
def test_child_processes_start_outside_the_checkout(path):
    """`python -c` puts the current folder first: without cwd= a child would import the checkout, not what is installed."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))) if isinstance(node, ast.Call)]
    started = [call for call in calls if ast.unparse(call.func) in {f"subprocess.{name}" for name in STARTERS}]
    assert not [call.lineno for call in started if "cwd" not in {keyword.arg for keyword in call.keywords}]
