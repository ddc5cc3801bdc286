"""The site of the pages, opened from disk: its search answers, and nothing on it is refused by the browser."""

import pytest
from docpages import CAN_BUILD, DOCS, build
from pages import wait


@pytest.mark.skipif(not CAN_BUILD, reason="Sphinx, MyST or Furo is not installed: pip install w2vcore[docs]")
def test_search_from_disk(browser, viewport, console, screenshot, tmp_path):
    done = build(DOCS, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    for width in (1280, 390):
        viewport(width)
        browser.get((tmp_path / "site" / "search.html").as_uri() + "?q=most_similar_batch")
        for page in ("api/keyedvectors.html#w2vcore.KeyedVectors.most_similar_batch", "queries.html"):
            # results come one after the other
            wait(browser, f"return document.querySelector('#search-results li a[href*=\"{page}\"]') !== null")
        screenshot(f"search-{width}")
        browser.get((tmp_path / "site" / "index.html").as_uri())
        wide = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{wide} pixels beyond the edge"
        screenshot(f"index-{width}")
    assert console() == []
