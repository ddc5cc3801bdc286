"""The notebooks of docs/notebooks: they run, print what was saved, and are shown as pages as they were saved."""

import importlib.util
import re
import sys

import pytest
from alike import alike_texts
from docpages import DOCS
from notebooks import NOTEBOOKS, cells, run_cell, saved_text

sys.path.append(str(DOCS / "extensions"))
HERE = [pytest.param(path, id=path.stem) for path in NOTEBOOKS]


def test_there_are_four():
    assert len(NOTEBOOKS) >= 4


@pytest.mark.parametrize("path", HERE)
def test_was_saved_whole_and_small(path):
    """All code was run in a fresh kernel from top to bottom, without an error, and the file is small enough to read on a code host."""
    code = cells(path, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(output["output_type"] != "error" for cell in code for output in cell["outputs"])
    assert path.stat().st_size < 300_000
    text = path.read_text(encoding="utf8")
    assert "/tmp/" not in text and "/home/" not in text
    assert cells(path, "markdown")[0]["source"].startswith("# ")


@pytest.mark.parametrize("path", HERE)
def test_bars_were_saved_as_done(path):
    bars = [
        "".join(output["data"]["text/plain"])
        for cell in cells(path, "code")
        for output in cell["outputs"]
        if output["output_type"] == "display_data" and "<progress" in "".join(output["data"].get("text/html", ""))
    ]
    assert len(bars) == sum("progress=True" in cell["source"] for cell in cells(path, "code"))
    assert all("100%" in bar for bar in bars)


@pytest.mark.parametrize("path", HERE)
def test_pictures_have_a_description(path):
    for cell in cells(path, "code"):
        if any("image/png" in output.get("data", {}) for output in cell["outputs"]):
            assert len(cell["metadata"]["alt"].split()) > 4


@pytest.mark.parametrize("path", HERE)
def test_links_lead_somewhere(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)\s]+)\)", cell["source"]):
            if "://" in target:
                continue
            name, _, anchor = target.partition("#")
            page = (path.parent / name).resolve()
            assert page.exists(), target
            if anchor:
                text = (
                    page.read_text(encoding="utf8")
                    if page.suffix == ".md"
                    else "\n".join(cell["source"] for cell in cells(page, "markdown"))
                )
                slugs = [
                    re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
                    for heading in re.findall(r"^#+ (.+)$", text, re.M)
                ]
                assert anchor in slugs, target


@pytest.mark.slow
@pytest.mark.parametrize("path", HERE)
def test_prints_what_was_saved(path, tmp_path, monkeypatch):
    """Another instruction set adds in another order: numbers may differ a little, and one word in ten of neighbours."""
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed, which notebooks draw with")
    for package in ("openTSNE", "pandas"):
        pytest.importorskip(package, reason=f"{package} is not installed, which notebooks need")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    for number, cell in enumerate(cells(path, "code"), 1):
        printed = run_cell(cell["source"], namespace, f"{path.name}[{number}]")
        problem = alike_texts(saved_text(cell), printed)
        assert not problem, f"{path.name}, code cell {number}: {problem}\n{printed}"
    matplotlib.pyplot.close("all")


@pytest.mark.slow
def test_runs_in_jupyter(tmp_path):
    """One of them in a real kernel: a bar ends at 100 % in what is saved, and nothing is a warning."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: no Jupyter to run notebooks in")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: no Jupyter to run notebooks in")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed: no Jupyter to run notebooks in")
    notebook = nbformat.read(DOCS / "notebooks" / "tensorflow-tutorial.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any(
        "100%" in output["data"].get("text/plain", "") for output in outputs if output.output_type == "display_data"
    )
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


needs_myst = pytest.mark.skipif(
    importlib.util.find_spec("myst_parser") is None, reason="MyST is not installed: pip install w2vcore[docs]"
)


@needs_myst
def test_a_page_shows_texts_code_and_outputs():
    from notebook_pages import as_markdown

    def code(source, *outputs):
        return {"cell_type": "code", "metadata": {"alt": "A curve"}, "source": source, "outputs": list(outputs)}

    def value(**data):
        return {"output_type": "execute_result", "data": {name.replace("_", "/"): text for name, text in data.items()}}

    page = as_markdown({
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "\n", "Text"]},
            code("print('```')", {"output_type": "stream", "name": "stdout", "text": ["```\n", "second\n"]}),
            code("x", value(text_plain="5", text_html="<b>five</b>")),
            code("draw()", value(text_plain="<Figure>", image_png="QUJD\n")),
            code("y", value(text_plain="6")),
            code(""),
        ]
    })  # fmt: skip
    assert page == (
        "# Title\n\nText\n\n"
        "````python\nprint('```')\n````\n\n````{code-block} text\n:class: output\n```\nsecond\n````\n\n"
        '```python\nx\n```\n\n```{raw} html\n<div class="output"><b>five</b></div>\n```\n\n'
        '```python\ndraw()\n```\n\n```{raw} html\n<img class="output" alt="A curve" src="data:image/png;base64,QUJD">\n```\n\n'
        "```python\ny\n```\n\n```{code-block} text\n:class: output\n6\n```\n"
    )


@needs_myst
def test_a_notebook_that_ends_in_an_error_is_refused():
    from notebook_pages import as_markdown

    failed = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    with pytest.raises(ValueError, match="ends in an error: KeyError: 'x'"):
        as_markdown({"cells": [{"cell_type": "code", "metadata": {}, "source": "d['x']", "outputs": [failed]}]})


def test_each_is_on_a_page_of_contents():
    index = (DOCS / "index.md").read_text(encoding="utf8")
    assert [path.name for path in NOTEBOOKS if f"notebooks/{path.name}" not in index] == []
