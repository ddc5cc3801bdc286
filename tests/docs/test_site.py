"""The pages as a site: the command of docs/contributing.md builds it without a warning, and it needs no network."""

import re
import shutil

import pytest
from docpages import CAN_BUILD, DOCS, build, shown_names

pytestmark = pytest.mark.skipif(
    not CAN_BUILD, reason="Sphinx, MyST or Furo is not installed: pip install w2vcore[docs]"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "docs"
    done = build(DOCS, folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_page_is_there(site):
    sources = [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
    pages = {page.relative_to(DOCS).with_suffix(".html").as_posix() for page in sources}
    assert pages <= {page.relative_to(site).as_posix() for page in site.rglob("*.html")}
    navigation = (site / "search.html").read_text(encoding="utf8")
    assert pages - {"index.html"} <= set(
        re.findall(r'<a class="reference internal" href="([\w/-]+\.html)"', navigation)
    )


def test_each_public_name_can_be_linked_to(site):
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)
    names = {name for kind in list(inventory) if kind.startswith("py:") for name in inventory[kind]}
    assert shown_names().keys() <= names
    assert {"w2vcore.Word2Vec.train", "w2vcore.KeyedVectors.most_similar", "w2vcore.KeyedVectors.load_any"} <= names


def test_pages_load_nothing_from_the_network(site):
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = page.read_text(encoding="utf8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="([^"]+)"|<link [^>]*href="([^"]+)"|url\(([^)]+)\)', text)
        assert not [url for urls in loaded for url in urls if re.match(r'["\']?(https?:)?//', url)], page.name


def test_notebooks_show_what_their_code_gave(site):
    text = (site / "notebooks" / "first-model.html").read_text(encoding="utf8")
    assert 'class="output highlight-text' in text and "juliet" in text
    assert "<iframe srcdoc=" in text and '<img class="output" alt="A map of' in text


def test_the_search_knows_the_words(site):
    index = (site / "searchindex.js").read_text(encoding="utf8")
    assert all(word in index for word in ("checkpoint", "subsampl", "most_similar"))


@pytest.mark.parametrize(
    "line",
    [
        "[a page](nowhere.md)",
        "[a heading](index.md#nowhere)",
        "[none](#nowhere)",
        "```{eval-rst}\n.. autofunction:: w2vcore.none\n```",
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(line, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "conf.py").write_text((DOCS / "conf.py").read_text(encoding="utf8").replace('["static"]', "[]"))
    shutil.copytree(DOCS / "extensions", pages / "extensions")
    (pages / "index.md").write_text(f"# Title\n\n{line}\n")
    done = build(pages, tmp_path / "site")
    assert done.returncode != 0
    assert "WARNING" in done.stderr
