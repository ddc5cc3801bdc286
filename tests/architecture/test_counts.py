"""How many files a change takes: "Where new things plug in" of docs/architecture.md, as far as a program can count."""

import ast
from pathlib import Path

import pytest

from w2vcore.cli import COMMANDS
from w2vcore.formats.registry import FORMATS
from w2vcore.model.config import SETTINGS

PACKAGE = Path(__file__).parents[2] / "w2vcore"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf8")) for path in PACKAGE.rglob("*.py")
}
DECLARED = {
    "model/config.py",
    "word2vec/model.py",
    "fasttext/model.py",
    "doc2vec/model.py",
}  # the table, and signatures
IN_A_NAME = {"doc2vec/settings.py"}  # gensim shows it
# Lists of settings that follow from something else than the settings that there are
OTHER_LISTS = {
    "cli/training.py": "chosen for the demo",
    "presets.py": "chosen for purposes",
    "visual/recording.py": "chosen for pages",
    "visual/watcher.py": "what the page trains by itself",
    "scripts/word2vec_standalone.py": "the options of gensim's script",
    "formats/gensim_native.py": "what gensim saves",
    "fasttext/files.py": "what fastText saves",
    "word2vec/vocabulary.py": "what choosing words depends on",
}


def texts(tree):
    """Texts of a module."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def named(tree):
    """Arguments, attributes and texts of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.arg
        elif isinstance(node, ast.Attribute):
            yield node.attr


def lists(tree):
    """Texts that stand together in a tuple, list, set or dict of a module, and arguments of a call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield {item.value for item in node.elts if isinstance(item, ast.Constant)}
        elif isinstance(node, ast.Dict):
            yield {key.value for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Call):
            yield {keyword.arg for keyword in node.keywords}


def test_a_setting_that_nothing_reads_is_in_the_table_and_in_signatures():
    """`comment` is checked, saved, offered by the command and shown, and is written down where it is declared."""
    assert {name for name, tree in TREES.items() if "comment" in named(tree)} - IN_A_NAME == DECLARED


def test_settings_are_listed_where_they_are_declared_alone():
    found = {name for name, tree in TREES.items() if any(len(one & SETTINGS.keys()) >= 5 for one in lists(tree))}
    assert found - DECLARED - OTHER_LISTS.keys() == set()
    assert OTHER_LISTS.keys() <= found, "no longer exceptions"


@pytest.mark.parametrize("module", sorted({place.split(":")[0] for place in COMMANDS.values()}))
def test_a_command_is_in_its_module_and_in_the_table(module):
    """Nothing else of the command line knows a module of commands."""
    own = module.removeprefix("w2vcore.").replace(".", "/") + ".py"
    table = {name for name, tree in TREES.items() if any(text.startswith(f"{module}:") for text in named(tree) if text)}
    imports = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
    }
    assert own in TREES
    assert table == {"cli/__init__.py"}
    assert imports <= {own}, "what two commands share goes into a module of its own"


def test_a_format_is_in_its_module_and_in_the_table():
    for entry in FORMATS.values():
        assert entry.module.removeprefix("w2vcore.").replace(".", "/") + ".py" in TREES
        assert {file for file, tree in TREES.items() if entry.module in texts(tree)} == {"formats/registry.py"}


@pytest.mark.parametrize("name", ["finalfusion", "parquet"])
def test_nothing_else_names_a_format_without_peculiarities(name):
    assert {file for file, tree in TREES.items() if name in texts(tree)} == {"formats/registry.py"}
