"""The comparison of what a notebook prints sees what matters, and lets pass what another processor changes."""

import pytest
from alike import alike_texts

SAVED = "king: richard 0.91, edward 0.83, iii 0.82, ii 0.78\n63,857 looks in 10,000 sessions\n"


@pytest.mark.parametrize(
    "printed",
    [SAVED, SAVED.replace("0.82", "0.83"), SAVED.replace("iii", "vi"), SAVED.replace("63,857", "63,901")],
    ids=["equal", "number", "word", "count"],
)
def test_is_alike(printed):
    assert alike_texts(SAVED, printed) == ""


@pytest.mark.parametrize(
    ("printed", "problem"),
    [
        ("", "lines in place of"),
        (SAVED.replace("\n", " ").replace("10,000", "10,000 or more"), "lines in place of"),
        (SAVED.replace("richard", "a").replace("edward", "b").replace("iii", "c"), "other words"),
        (SAVED.replace("0.91", "0.21").replace("0.83", "0.33"), "not close"),
        (SAVED.replace("63,857", "3").replace("10,000", "70,000"), "not close"),
    ],
    ids=["empty", "lines", "words", "cosines", "counts"],
)
def test_is_not_alike(printed, problem):
    assert problem in alike_texts(SAVED, printed)
