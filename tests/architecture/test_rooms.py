"""docs/architecture.md knows every room and every module in it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "w2vcore"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf8")
ROWS = dict(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (.*) \|$", PAGE, re.MULTILINE))
ROOMS = {name: f"{names} {text}" for names, text in ROWS.items() for name in re.findall(r"`(\w+)`", names)}

MODULES = sorted(
    path
    for path in PACKAGE.rglob("*")
    if path.suffix in {".py", ".pyx"} and path.stem not in {"__init__", "__main__", "_version", "base", "registry"}
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_is_on_the_page(path):
    room, *folders = path.relative_to(PACKAGE).with_suffix("").parts
    text = ROOMS.get(room) if folders else " ".join(ROOMS.values())
    assert text, f"docs/architecture.md has no row for {room}"
    inner = folders[0] if folders else room  # of a package in a package, its name will do
    assert re.search(rf"\b_?{inner.strip('_')}\b", text), f"docs/architecture.md does not name {path.name}"


def test_each_room_on_the_page_is_there():
    there = {path.stem for path in PACKAGE.iterdir()}
    assert ROOMS.keys() >= {"kernels", "cli"}
    tables = PAGE[PAGE.index("## Floors") : PAGE.index("## The way of the data")]
    named = {
        name for names in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", tables, re.M) for name in re.findall(r"\w+", names)
    }
    assert named <= there
