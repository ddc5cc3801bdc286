"""What the tests of notebooks share: which there are, how to run one without Jupyter, and what it prints."""

import ast
import contextlib
import io
import json

from docpages import DOCS

NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))


def cells(path, kind):
    """Return the cells of a kind, with their texts and outputs."""
    found = json.loads(path.read_text(encoding="utf8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in found if cell["cell_type"] == kind]


def saved_text(cell):
    """Return what a cell printed, and the text form of its value, as they were saved."""
    parts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            assert output["name"] == "stdout", "a saved notebook shows warnings"
            parts.append("".join(output["text"]))
        elif output["output_type"] == "execute_result":
            parts.append("".join(output["data"]["text/plain"]) + "\n")
    return "".join(parts)


def run_cell(source, namespace, name):
    """Run a cell as a notebook does; return what it prints, and the text form of its last value."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), namespace)
        value = None if last is None else eval(compile(ast.Expression(last.value), name, "eval"), namespace)
    return printed.getvalue() + ("" if value is None else f"{value!r}\n")
