"""Figures that stand on several pages are the same there: how much faster than gensim the training is."""

import re

import pytest
from docpages import DOCS, ROOT

FASTER = re.compile(r"(\d+\.\d+) \((\d+\.\d+)-(\d+\.\d+)\)")


def measured(page, heading):
    """Words a second of both -> (median, least, most) of the rows of a table that begins below a heading."""
    text = page.read_text(encoding="utf8")
    rows = {}
    for line in text[text.index(heading) :].splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 4 and cells[2].endswith(" k") and (found := FASTER.fullmatch(cells[4])):
            rows.setdefault((cells[2], cells[3]), tuple(map(float, found.groups())))
    return rows


README = measured(ROOT / "README.md", "## Beside gensim")


def test_the_readme_has_the_rows_of_the_page_of_measurements():
    page = measured(DOCS / "performance.md", "# ")
    assert len(README) >= 5
    for speeds, figures in README.items():
        assert figures == pytest.approx(page[speeds], abs=0.051), speeds  # with a digit less


def test_why_has_the_range_of_the_readme():
    text = " ".join((DOCS / "why.md").read_text(encoding="utf8").split())
    least, most = re.search(r"\*\*It is fast\.\*\* (\d+\.\d) to (\d+\.\d) times as many words a second", text).groups()
    medians = [figures[0] for figures in README.values()]
    assert (float(least), float(most)) == (min(medians), max(medians))
