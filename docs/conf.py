"""How Sphinx makes a site of these pages; docs/contributing.md has the command. Nothing is fetched from anywhere.

The pages stay plain Markdown that reads well without Sphinx: the navigation is made from the tables of index.md and
api.md.
"""

import re
import sys
from pathlib import Path

from sphinx.pycode import ModuleAnalyzer

import w2vcore

sys.path.append(str(Path(__file__).parent / "extensions"))

project = "w2vcore"
author = "The w2vcore authors"
copyright = "The w2vcore authors, MIT licence"
version = release = w2vcore.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "notebook_pages"]
html_theme = "furo"
html_title = f"w2vcore {release}"
html_show_sourcelink = False
html_copy_source = False
html_favicon = "static/favicon.svg"
html_static_path = ["static"]
html_css_files = ["style.css"]
html_js_files = ["excerpts.js"]
pygments_dark_style = "github-dark"  # it underlines no names, which would look like links

myst_heading_anchors = 4  # links to headings, with the anchors that code hosts give them

default_role = "py:obj"  # `name` in a docstring is a link where there is such a thing, else it is code
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # the types are in the docstrings; with them a signature fills the screen
copybutton_prompt_text = r"\$ |>>> |\.\.\. "  # these are not copied, and neither is the output below them
copybutton_prompt_is_regexp = True
copybutton_selector = "div:not(.output) > div.highlight > pre"

napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]

CONTENTS = {"index", "api"}  # the pages that list others
PAGE_LINK = re.compile(r"\]\(([\w/-]+)\.(?:md|ipynb)\)")


def add_navigation(app, page, source):
    """Append to a page of contents a hidden tree of the pages that it links to, one for each of its sections."""
    if page not in CONTENTS:
        return
    seen = set(CONTENTS) - {"api"} if page == "index" else set(CONTENTS)
    for section in source[0].split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        pages = [name for name in dict.fromkeys(PAGE_LINK.findall(text)) if name not in seen]
        seen.update(pages)
        if pages:
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n" + "\n".join(pages) + "\n```\n"


def show_one_signature():
    """Show a function as it is written, not its overloads for type checkers, five of them one above the other."""
    analyze = ModuleAnalyzer.analyze

    def analyze_without_overloads(self):
        analyze(self)
        self.overloads = {}

    ModuleAnalyzer.analyze = analyze_without_overloads


def setup(app):
    """Connect the navigation."""
    show_one_signature()
    app.connect("source-read", add_navigation)
