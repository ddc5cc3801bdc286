"""The site of the pages: its search answers, with excerpts where they are served, and the browser refuses nothing on it."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from docpages import CAN_BUILD, DOCS, build
from pages import wait

pytestmark = pytest.mark.skipif(
    not CAN_BUILD, reason="Sphinx, MyST or Furo is not installed: pip install w2vcore[docs]"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "site"
    done = build(DOCS, folder)
    assert done.returncode == 0, done.stderr
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def served(site):
    """The address of the site on a server of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_search_from_disk(browser, site, viewport, console, screenshot):
    for width in (1280, 390):
        viewport(width)
        browser.get((site / "search.html").as_uri() + "?q=most_similar_batch")
        for page in ("api/keyedvectors.html#w2vcore.KeyedVectors.most_similar_batch", "queries.html"):
            # results come one after the other
            wait(browser, f"return document.querySelector('#search-results li a[href*=\"{page}\"]') !== null")
        screenshot(f"search-{width}")
    assert console() == []


def test_search_shows_excerpts_where_the_site_is_served(browser, served, console, screenshot):
    browser.get(f"{served}/search.html?q=checkpoint")
    excerpt = """return [...document.querySelectorAll('#search-results li p.context')]
        .some((each) => each.textContent.toLowerCase().includes('checkpoint'))"""
    wait(browser, excerpt)
    screenshot("search-served")
    assert console() == []


@pytest.mark.parametrize("page", ["index", "choosing-parameters", "notebooks/first-model", "api/word2vec", "genindex"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_window(browser, site, viewport, console, page, width):
    viewport(width)
    browser.get((site / f"{page}.html").as_uri())
    wide = """return Math.max(...["html", ".content"].map((each) => document.querySelector(each))
        .map((element) => element.scrollWidth - element.clientWidth))"""
    assert browser.execute_script(wide) == 0
    assert console() == []
