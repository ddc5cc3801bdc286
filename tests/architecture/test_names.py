"""No objective and no architecture is known by its name outside its own room: what differs, it says itself.

Read are the syntax trees of all Python files: constants of names, literals of them, and gensim's attributes of settings
and matrices that stand for one objective or architecture.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "w2vcore"
ROOMS = ("objectives", "architectures")

CONSTANTS = {"NEGATIVE", "HIERARCHICAL", "SKIP_GRAM", "CBOW"}
LITERALS = {"tree", "skipgram", "cbow", "syn1", "syn1neg"}
# "negative" is also the name of a setting, so that it counts only where something is compared with it or looked up by it.
LOOKED_UP = LITERALS | {"negative"}
ATTRIBUTES = {"sg", "hs", "syn1", "syn1neg"}

# File -> why it may
EXCEPTIONS = {
    "model/config.py": "the names themselves, and what a run trains if nothing is said",
    "word2vec/settings.py": "where the arguments sg, hs and negative choose by name: the one place",
    "doc2vec/settings.py": "where the arguments dm and dbow_words choose by name",
    "doc2vec/model.py": "gensim's sg is what dm and dbow say",
    "word2vec/expectation.py": "score asks the tree and predict_output_word the noise words' matrix, as in gensim",
    "word2vec/training.py": "logs gensim's settings, as gensim does",
    "facade/attributes.py": "how the attributes of all target matrices begin",
    "facade/oldnames.py": "what gensim 3 called the matrices",
    "formats/fasttext_binary.py": "how fastText's options spell its models",
    "formats/gensim_native.py": "gensim's files have gensim's names",
    "fasttext/files.py": "fastText's files have fastText's numbers of losses and models",
    "callbacks/stopping.py": "how the attributes of all target matrices begin",
    "scripts/word2vec_standalone.py": "options of word2vec.c",
    "training/shards.py": "Plan.tree is a tree of the words, whichever objective is made of it",
    "visual/watcher.py": "writes under a picture what is trained",
}

SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if not path.relative_to(PACKAGE).as_posix().startswith(ROOMS)]


def docstrings(tree):
    """The constants that are docstrings, or texts that stand alone."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def strings_of(node):
    return [each for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def names_in(source):
    """Return what a source knows by name, as (line, what)."""
    tree = ast.parse(source)
    texts, found = docstrings(tree), set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.alias)):
            name = node.id if isinstance(node, ast.Name) else node.name
            if name in CONSTANTS:
                found.add((node.lineno, name))
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            found.add((node.lineno, f".{node.attr}"))
        elif isinstance(node, ast.Constant) and node.value in LITERALS and id(node) not in texts:
            found.add((node.lineno, repr(node.value)))
        elif isinstance(node, (ast.Compare, ast.Subscript)):
            found.update((each.lineno, repr(each.value)) for each in strings_of(node) if each.value in LOOKED_UP)
    return sorted(found)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_is_known_by_name_outside_its_room(path):
    name, found = path.relative_to(PACKAGE).as_posix(), names_in(path.read_text(encoding="utf8"))
    if name in EXCEPTIONS:
        assert found, f"{name} knows no name any more: take it out of the exceptions"
    else:
        assert not found, f"{name} knows objectives or architectures by name: {found}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from w2vcore.model.config import CBOW", [(1, "CBOW")]),
        ("if name == 'negative': pass", [(1, "'negative'")]),
        ("TICKS = {'negative': 1, 'tree': 2}", [(1, "'tree'")]),
        ("x = matrices['tree']", [(1, "'tree'")]),
        ("x = model.hs", [(1, ".hs")]),
        ("x = getattr(self, 'negative')\n'''tree'''", []),
    ],
)
def test_the_reader_of_names(source, expected):
    assert names_in(source) == expected


# ---- how many files a new objective takes

OF_OBJECTIVES = {
    "negative_sampling": {"NegativeSampling", "NegativeSelector"},
    "hierarchical_softmax": {"HierarchicalSoftmax", "PathSelector"},
}
NAMED_ELSEWHERE = {
    "word2vec/noise.py": "cum_table, gensim's table of the noise distribution",
    "objectives/noise_contrastive.py": "draws words as negative sampling does",
    "objectives/sampled_softmax.py": "draws words as negative sampling does",
    "objectives/noise_contrastive.cuh": "draws words as negative sampling does",
    "objectives/sampled_softmax.cuh": "draws words as negative sampling does",
}


@pytest.mark.parametrize("module", OF_OBJECTIVES)
def test_an_objective_is_in_six_files_on_all_backends(module):
    """docs/architecture.md says which: its three, its device half, the registry, and that page."""
    word = re.compile(rf"\b_?({'|'.join({module, *OF_OBJECTIVES[module]})})\b")
    files = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".pyx", ".pyi", ".pxd", ".h", ".cuh", ".cu"}
        and word.search(path.read_text(encoding="utf8"))
    }
    assert files - NAMED_ELSEWHERE.keys() == {
        f"objectives/{module}.cuh",
        f"objectives/{module}.py",
        f"objectives/_{module}.pyx",
        f"objectives/_{module}.pyi",
        "objectives/registry.py",
    }
