"""Which module may see which: docs/architecture.md, held against every .py (by ast) and every .pyx and .pxd (by pattern)."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "w2vcore"

# Room -> the rooms that it may see beside itself, from the ground up. A file at the package's root is a room, too, and there is
# none that sees everything. `formats` and `query` are two wings that never see each other; on floor 2, architectures and
# objectives never see each other.
ALLOWED = {
    "_version": set(),
    "_unbuilt": set(),
    "datasets": set(),
    "matutils": set(),
    "bars": set(),
    "threads": set(),
    "kernels": set(),
    "corpus": {"kernels"},
    "model": {"kernels", "corpus", "threads"},
    "architectures": {"kernels", "corpus", "model"},
    "objectives": {"kernels", "corpus", "model"},
    "backends": {"kernels", "corpus", "model", "architectures", "objectives"},
    "diagnostics": {"kernels", "backends"},
    "training": {"kernels", "corpus", "model", "architectures", "objectives", "backends", "bars"},
    "formats": {"kernels", "corpus", "model", "threads"},
    "query": {"kernels", "corpus", "model", "threads"},
    "preprocessing": {"corpus", "model"},
    "presets": {"model"},
    "facade": {"corpus", "model", "formats"},
    "utils": {"corpus", "formats", "facade"},
    "phrases": {"corpus", "model", "formats", "facade"},
    "visual": {"corpus", "model", "formats", "query", "bars"},
    "walks": {"kernels", "corpus", "model"},
    "keyedvectors": {"corpus", "model", "formats", "query", "facade", "visual"},
    "word2vec": {
        *("kernels", "corpus", "model", "architectures", "objectives", "backends", "training", "formats", "query"),
        "facade",
        "keyedvectors",
    },
    "doc2vec": {
        *("kernels", "corpus", "model", "architectures", "objectives", "backends", "formats", "facade"),
        *("keyedvectors", "word2vec"),
    },
    "fasttext": {"corpus", "model", "architectures", "objectives", "formats", "facade", "keyedvectors", "word2vec"},
    "recommend": {"corpus", "model", "query", "keyedvectors", "word2vec"},
    "callbacks": {"corpus", "model", "training", "formats", "visual", "keyedvectors", "word2vec"},
    "cli": {
        *("corpus", "model", "backends", "formats", "query", "datasets", "diagnostics", "utils", "phrases", "presets"),
        *("keyedvectors", "word2vec", "doc2vec", "fasttext", "visual", "callbacks", "walks", "recommend"),
    },
    "scripts": {"formats", "keyedvectors", "word2vec", "cli"},
    "w2vcore": {
        "_unbuilt",
        "corpus",
        "diagnostics",
        "matutils",
        "utils",
        "phrases",
        "presets",
        "keyedvectors",
        "fasttext",
        "word2vec",
        "doc2vec",
        "callbacks",
    },
    "__main__": {"cli"},
}
EVERYBODY = {"_version"}  # a constant
# Modules that see more than their room does: these train a model to show what it did. Nothing that `keyedvectors` sees sees them.
BEYOND = {"w2vcore.visual.recording": {"word2vec"}, "w2vcore.visual.watcher": {"word2vec"}}
ONLY_IN_THEIR_BACKEND = {"cupy": "w2vcore.backends.cuda", "mpi4py": "w2vcore.backends.mpi"}

CYTHON_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+c?import[ \t]+(?P<names>\([^)]*\)|[^\n#]+)|c?import[ \t]+(?P<plain>[^\n#(]+))",
    re.MULTILINE,
)


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".pyx", ".pxd"})
MODULES = {module_name(path) for path in SOURCES}
PACKAGES = {module_name(path) for path in SOURCES if path.name == "__init__.py"}


def room(module):
    """The package or the file at the root; `w2vcore/__init__.py` is a room of its own."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "w2vcore"


def absolute(importer, level, module):
    """The module that a (relative) import names."""
    if level == 0:
        return module
    base = importer.split(".")
    base = base[: len(base) - level + (importer in PACKAGES)]
    return ".".join(base + ([module] if module else []))


def with_names(module, names):
    """`from package import name` imports the submodule where there is one, else the package."""
    submodules = {f"{module}.{name}" for name in names} & MODULES
    return submodules | ({module} if len(submodules) < len(set(names)) or not names else set())


def imports_python(path, source, running=False):
    """Modules that a .py file imports; `running` leaves out those under TYPE_CHECKING."""
    importer, found = module_name(path), set()

    def visit(node):
        if running and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(importer, node.level, node.module or "")
            found.update(with_names(module, [alias.name for alias in node.names]))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(source))
    return found


def imports_cython(path, source):
    """Modules that a .pyx or .pxd file imports or cimports."""
    importer, found = module_name(path), set()
    code = re.sub(r'"""(?:.|\n)*?"""', '""', source)  # docstrings may quote import lines
    for match in CYTHON_IMPORT.finditer(code):
        if match["plain"]:
            found.update(name.split(" as ")[0].strip() for name in match["plain"].split(","))
            continue
        level = len(match["module"]) - len(match["module"].lstrip("."))
        module = absolute(importer, level, match["module"][level:])
        names = [name.split(" as ")[0].strip() for name in match["names"].strip("()").split(",")]
        found.update(with_names(module, [name for name in names if name]))
    return found


def imports(path, running=False):
    source = path.read_text(encoding="utf8")
    return imports_python(path, source, running) if path.suffix == ".py" else imports_cython(path, source)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_downwards(path):
    here = room(module_name(path))
    for module in sorted(imports(path)):
        if module.split(".")[0] != "w2vcore":
            continue
        there = room(module)
        if there != here:
            allowed = ALLOWED[here] | EVERYBODY | BEYOND.get(module_name(path), set())
            assert there in allowed, f"{module_name(path)} imports {module}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_optional_engines_stay_in_their_backend(path):
    importer = module_name(path)
    for module in imports(path):
        home = ONLY_IN_THEIR_BACKEND.get(module.split(".")[0])
        assert home is None or importer == home or importer.startswith(home + "."), f"{importer} imports {module}"


def test_no_module_imports_itself_in_a_circle():
    """Imports inside functions count, too: they would hide a circle."""
    graph = {}
    for path in SOURCES:
        edges = {module for module in imports(path, running=True) if module in MODULES}
        graph.setdefault(module_name(path), set()).update(edges - {module_name(path)})
    done, walk = set(), []

    def visit(module):
        if module in done:
            return
        assert module not in walk, " -> ".join([*walk[walk.index(module) :], module])
        walk.append(module)
        for target in sorted(graph[module]):
            visit(target)
        done.add(walk.pop())

    for module in sorted(graph):
        visit(module)


def test_every_room_has_its_list():
    """A new room at the root is a decision: it is public, or it belongs into another one."""
    assert {room(module) for module in MODULES} == ALLOWED.keys()


@pytest.mark.parametrize(
    ("importer", "line", "expected"),
    [
        ("corpus/x.py", "from . import encoding", {"w2vcore.corpus.encoding"}),
        ("corpus/x.py", "from ..model.config import TrainingConfig", {"w2vcore.model.config"}),
        ("corpus/__init__.py", "from .encoding import Batch", {"w2vcore.corpus.encoding"}),
        ("corpus/x.py", "import numpy as np, w2vcore.model.weights", {"numpy", "w2vcore.model.weights"}),
        ("corpus/x.py", "def f():\n    from w2vcore import model", {"w2vcore.model"}),
        ("corpus/_x.pyx", "from w2vcore.kernels._types cimport int64_t, uint32_t", {"w2vcore.kernels._types"}),
        ("kernels/_x.pyx", "from ._contract cimport (\n    Selector,\n    w2v_rows,\n)", {"w2vcore.kernels._contract"}),
        ("kernels/_x.pyx", "from . cimport _contract\ncimport numpy as cnp", {"w2vcore.kernels._contract", "numpy"}),
    ],
)
def test_the_reader_of_imports(importer, line, expected):
    path = PACKAGE / importer
    assert (imports_python if path.suffix == ".py" else imports_cython)(path, line) == expected
