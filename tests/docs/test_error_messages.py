"""Each message of docs/errors.md is one that the library has: many of its words stand, in their order, in one string of the source.

The values in a message are examples and match nothing, and some messages are made of several strings. That the errors are raised is shown by the tests that
tests/unit/test_error_table.py lists.
"""

import ast
import re
from difflib import SequenceMatcher

import pytest
from docpages import DOCS, ROOT

WORD = re.compile(r"[\w'./=()\[\]-]+")
MESSAGE = re.compile(r"`(\w*(?:Error|Warning): .*?|… .*?)`(?=[ ,(|]|$)")


def text_of(node):
    """A string of the source, or None; what an f-string puts in is left out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else " " for part in node.values)
    return None


def source():
    """The words of each string of the package."""
    texts = []
    for path in (ROOT / "w2vcore").rglob("*.pyx"):
        texts += re.findall(r'"([^"\n]*)"', path.read_text(encoding="utf8"))
    for path in (ROOT / "w2vcore").rglob("*.py"):
        texts += filter(None, map(text_of, ast.walk(ast.parse(path.read_text(encoding="utf8")))))
    return [WORD.findall(text) for text in texts if "\n" not in text.strip()]  # without docstrings


SOURCE = source()
MESSAGES = [
    message
    for line in (DOCS / "errors.md").read_text(encoding="utf8").splitlines()
    if line.startswith("| `")
    for message in MESSAGE.findall(line.split(" | ")[0])
]


def known(message):
    """The largest share of the words of a message that stand, in their order, in one string of the source."""
    told = [word for word in WORD.findall(re.sub(r"^\w*(?:Error|Warning): ", "", message)) if word != "…"]
    best = 0
    for string in SOURCE:
        if len(set(told) & set(string)) > best:
            blocks = SequenceMatcher(None, told, string, autojunk=False).get_matching_blocks()
            best = max(best, sum(block.size for block in blocks))
    return best / len(told)


@pytest.mark.parametrize("message", MESSAGES)
def test_message_is_the_library_s(message):
    assert known(message) > 0.3


def test_the_reader_of_messages():
    """Guards the test above: the page has many messages, and what the library does not say is not found."""
    assert len(MESSAGES) >= 65
    assert known("ValueError: bicycles ride faster downhill when nobody brakes, says my neighbour") < 0.3
