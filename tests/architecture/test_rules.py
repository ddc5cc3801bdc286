"""House rules that a program can check: classes in one piece, kernels without Python, no pickle, stubs, public names."""

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "w2vcore"
FLOORS = {"kernels", "model", "architectures", "objectives"}  # those whose code runs without the GIL

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

# Classes with one subclass that are no part of it cut off, and why.
BASES_OF_ONE = {
    "Lifecycle": "an idea of its own, events, that SaveLoad brings to all facades",
    "OldNames": "an idea of its own, names of gensim 3, that is no part of a model",
}
STARTERS = {"run", "Popen", "call", "check_call", "check_output"}

PUBLIC_NAMES = {
    "BrownCorpus",
    "Doc2Vec",
    "FastText",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Phrases",
    "Text8Corpus",
    "Word2Vec",
    "__version__",
    "callbacks",
    "doc2vec",
    "fasttext",
    "matutils",
    "preset",
    "show_config",
    "utils",
}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def bases_of_one(sources):
    """Classes that exist only to be the base of one other class: {name: that class}.

    They have one direct subclass, and no other use than in annotations and in isinstance: nobody makes one, or takes anything
    from the class.
    """
    subclasses, used = {}, set()

    def visit(node):
        if isinstance(node, ast.ClassDef):
            subclasses.setdefault(node.name, [])
            for base in node.bases:
                subclasses.setdefault(ast.unparse(base).split("[")[0].split(".")[-1], []).append(node.name)
        skipped = set()
        for field in ("annotation", "returns", "bases"):
            value = getattr(node, field, None)
            skipped.update(id(child) for child in (value if isinstance(value, list) else [value]))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"isinstance", "issubclass"}:
            skipped.update(id(argument) for argument in node.args[1:])
        if isinstance(node, (ast.Name, ast.Attribute)):
            used.add(node.id if isinstance(node, ast.Name) else node.attr)
        for child in ast.iter_child_nodes(node):
            if id(child) not in skipped:
                visit(child)

    classes = set()
    for source in sources:
        tree = ast.parse(source)
        classes.update(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
        visit(tree)
    return {name: below[0] for name, below in subclasses.items() if name in classes - used and len(below) == 1}


def test_no_class_is_only_the_base_of_one_other():
    """A class cut into a chain of files is still one class: take out an object with a name and an interface instead."""
    found = bases_of_one(path.read_text(encoding="utf8") for path in PYTHON)
    assert {name: below for name, below in found.items() if name not in BASES_OF_ONE} == {}
    assert BASES_OF_ONE.keys() <= found.keys(), "no longer exceptions"


def test_the_reader_of_bases():
    """Guards the test above: what it finds, and what it lets pass."""
    chain = "class Part: ...\nclass Whole(Part): ...\ndef f(whole: Part) -> Part: return isinstance(whole, Part)"
    assert bases_of_one([chain]) == {"Part": "Whole"}
    assert bases_of_one([chain, "class Other(Part): ..."]) == {}
    for use in ("Part()", "Part.make()"):
        assert bases_of_one([chain, use]) == {}


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_vectors_are_reached_through_their_interface(path):
    """What other rooms need beside the public methods has a name and a docstring in keyedvectors/internals.py."""
    if path.parent.name != "keyedvectors":
        assert re.findall(r"\b(?:wv|kv|vectors)\._\w+", path.read_text(encoding="utf8")) == []


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
