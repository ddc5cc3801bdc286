"""The Python blocks of README.md and docs/ run as they stand, in their order, one namespace a page, in an empty folder."""

import doctest
import importlib.util
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import pytest
from docpages import PAGES, ROOT, SHOWN, blocks, needed, relative

NEEDED = [pytest.param(page, package, id=f"{page.name}-{package}") for page, package in needed()]


def run_doctest(code, name, line, namespace):
    example = doctest.DocTestParser().get_doctest(code, namespace, name, name, line - 1)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failures = []
    runner.run(example, out=failures.append, clear_globs=False)
    assert not runner.failures, "".join(failures)
    namespace.update(example.globs)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_python_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(page)


@pytest.mark.parametrize(("page", "package"), NEEDED)
def test_blocks_that_need_another_package_run(page, package, tmp_path, monkeypatch):
    """Each package by itself, after what the page has for everybody."""
    if package == "gensim":
        find_gensim(monkeypatch, page)
    else:
        pytest.importorskip(package, reason=f"{package} is not installed, which blocks of {page.name} need")
    monkeypatch.chdir(tmp_path)
    run_page(page, package)


def find_gensim(monkeypatch, page):
    """Let gensim be found, for its files alone, where another interpreter has it."""
    if importlib.util.find_spec("gensim"):
        return
    python = os.environ.get("W2VCORE_GENSIM_PYTHON")
    if not python:
        pytest.skip(f"gensim, whose corpus {page.name} reads, is not installed, and W2VCORE_GENSIM_PYTHON is not set")
    code = (
        "import importlib.util, os; print(os.path.dirname(os.path.dirname(importlib.util.find_spec('gensim').origin)))"
    )
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=tempfile.gettempdir())
    place = found.stdout.strip()
    monkeypatch.setattr(sys, "path", [*sys.path, place])  # last: nothing else of it comes before what is here


def run_page(page, needs=None):
    namespace = {"__name__": "__main__"}
    for line, language, code in blocks(page, needs):
        assert language in SHOWN | {"python"}, f"{page.name}:{line} is marked {language!r}"
        if language == "python" and code.lstrip().startswith(">>>"):
            run_doctest(code, str(page), line, namespace)
        elif language == "python":
            exec(compile("\n" * (line - 1) + code, str(page), "exec"), namespace)


def test_readme_shows_what_its_example_prints(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = ROOT / "README.md"
    languages = [language for _, language, _ in blocks(page)]
    at = languages.index("python")
    assert languages[at + 1] == "text", "the output follows the example"
    _, _, code = blocks(page)[at]
    capsys.readouterr()
    exec(compile(code, str(page), "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out.split()
    shown = blocks(page)[at + 1][2].split()
    assert printed[0::2] == shown[0::2]
    # instruction sets round differently, and twenty epochs carry that on
    np.testing.assert_allclose(np.array(printed[1::2], float), np.array(shown[1::2], float), atol=0.03)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf8")):
        path, _, anchor = target.partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor and file.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.name} links to {target}"
