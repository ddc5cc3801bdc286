"""Pages in memory: saved, shown in notebooks and in the browser, used as paths."""

import html
import os
from pathlib import Path

import pytest

from w2vcore.visual.page import Page

TEXT = '<!doctype html><title>"Quotes" & more</title>'


def test_with_a_path_it_is_a_path(tmp_path):
    page = Page(TEXT, tmp_path / "x.html")
    assert os.fspath(page) == str(page) == str(tmp_path / "x.html")
    assert page == tmp_path / "x.html" and page.name == "x.html"
    assert page.read_text() == Path(page).read_text() == TEXT
    assert page.as_uri().startswith("file://") and page.stat().st_size == len(TEXT)
    with open(page) as file:  # noqa: PTH123 - what is tested
        assert file.read() == TEXT


def test_without_a_path(tmp_path):
    page = Page(TEXT)
    assert str(page) == "a page that is not saved" and "not saved" in repr(page)
    for use in (os.fspath, lambda it: it.read_text()):
        with pytest.raises(ValueError, match=r"the page has no file yet; call save\(path\) first"):
            use(page)
    with pytest.raises(AttributeError, match="'Page' object has no attribute 'nothing'"):
        page.nothing  # noqa: B018
    assert page.save(tmp_path / "y.html") == page.path == tmp_path / "y.html"
    assert page.exists()
    with pytest.raises(OSError, match="there is no folder"):
        page.save(tmp_path / "no" / "z.html")


def test_in_a_notebook():
    shown = Page(TEXT)._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and 'sandbox="allow-scripts' in shown
    assert html.unescape(shown.partition('srcdoc="')[2].partition('" width')[0]) == TEXT


def test_in_the_browser(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    page = Page(TEXT, tmp_path / "x.html")
    assert page.show() is page
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix: str(tmp_path))
    Page(TEXT).show()
    assert shown == [(tmp_path / name).as_uri() for name in ("x.html", "page.html")]
