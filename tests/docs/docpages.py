"""What the tests of the pages share: which pages there are, their fenced blocks, and the names that the API pages show."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

CAN_BUILD = all(importlib.util.find_spec(name) for name in ("sphinx", "myst_parser", "furo"))

# `<!-- needs: package -->` above a block: it runs where the package is installed
FENCE = re.compile(
    r"(?:^<!-- needs: (?P<needs>\w+) -->\n+)?"
    r"^(?P<indent>[ \t]*)```(?P<language>[\w+{}-]*)[ \t]*\n(?P<code>.*?)^(?P=indent)```[ \t]*$",
    re.M | re.S,
)
# Shown, not run: commands and what they print, prose layouts, languages of other projects, what Sphinx makes of docstrings.
SHOWN = {"console", "text", "toml", "yaml", "json", "c", "cython", "bash", "dockerfile", "", "{eval-rst}"}

DIRECTIVE = re.compile(
    r"^\.\. (?P<kind>auto\w+|py:\w+):: (?P<name>[\w.]+)\n(?P<options>(?:   :[\w-]+:.*\n)*)", re.MULTILINE
)


def relative(page):
    return page.relative_to(ROOT).as_posix()


def blocks(page, needs=None):
    """(first line, language, code) of each fenced block of a page that needs no package, or that needs this one (or one of these)."""
    here = {None, *(needs if isinstance(needs, set) else (needs,))}
    text = page.read_text(encoding="utf8")
    return [
        (text.count("\n", 0, m.start("code")) + 1, m["language"], m["code"])
        for m in FENCE.finditer(text)
        if m["needs"] in here
    ]


def needed():
    """(page, package) for each package that blocks of a page need."""
    return [
        (page, package)
        for page in PAGES
        for package in sorted({m["needs"] for m in FENCE.finditer(page.read_text(encoding="utf8"))} - {None})
    ]


def shown_names():
    """Name -> whether its methods are shown too, for all that an API page shows."""
    return {
        m["name"]: ":members:" in m["options"]
        for page in (DOCS / "api").glob("*.md")
        for m in DIRECTIVE.finditer(page.read_text(encoding="utf8"))
        if m["kind"] != "automodule"
    }


def build(source, target):
    """Run the command of the page on contributing, from these pages into that folder."""
    text = (DOCS / "contributing.md").read_text(encoding="utf8")
    *options, _, _ = shlex.split(re.search(r"^\$ .*sphinx-build (.*)$", text, re.MULTILINE)[1])
    assert "-W" in options, "warnings must be errors"
    command = [sys.executable, "-m", "sphinx", *options, str(source), str(target)]
    # a proxy that nobody listens on: whatever is fetched fails, which is a warning
    proxies = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https")}
    return subprocess.run(
        command, cwd=target.parent, env=os.environ | proxies, capture_output=True, text=True, timeout=280, check=False
    )
