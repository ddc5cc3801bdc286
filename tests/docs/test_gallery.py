"""Each picture of docs/gallery.md is small, described, and written by the block below it."""

import re

import pytest
from docpages import DOCS

PAGE = (DOCS / "gallery.md").read_text(encoding="utf8")
PICTURES = re.findall(r"!\[([^\]]+)\]\(images/([\w.-]+)\)", PAGE)


def test_there_are_some():
    assert len(PICTURES) >= 6


@pytest.mark.parametrize(("said", "name"), PICTURES, ids=[name for _, name in PICTURES])
def test_a_picture_has_its_code_and_a_description(said, name):
    assert len(said.split()) >= 8
    below = PAGE[PAGE.index(f"images/{name}") :].partition("\n## ")[0]
    code = below.partition("```")[2].partition("```")[0]
    assert code
    if name.startswith("gallery-"):
        assert f'"{name}"' in code
        assert (DOCS / "images" / name).stat().st_size < 60_000
        assert (DOCS / "images" / name).read_bytes()[:4] == b"\x89PNG"
