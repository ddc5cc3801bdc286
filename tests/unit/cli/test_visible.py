"""No word, and no name of a file, reaches a terminal raw, or breaks a line or a column of an answer."""

import json
import re
import unicodedata

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.cli import common
from w2vcore.cli.visible import columns, escape_json, padded, visible

RED = "\x1b[31mred"
EVIL = [
    RED,
    "a\tb",
    "c\nd",
    "bell\x07",
    "title\x1b]0;x\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2067x",
    "\r",
    "\x7f",
    "l\u2028m",
]
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # but the newline


@pytest.fixture
def evil(here):
    vectors = KeyedVectors(2)
    words = ["king", *EVIL, "東京", "cafe\u0301"]
    vectors.add_vectors(words, [[1, number / 10] for number in range(len(words))])
    vectors.save("evil.kv")
    return "evil.kv"


def test_what_is_shown():
    assert [visible(word) for word in EVIL] == [
        r"\x1b[31mred", r"a\tb", r"c\nd", r"bell\x07", r"title\x1b]0;x\x07", r"\x9b31m", r"\u202egnp.exe", r"\u2067x",
        r"\r", r"\x7f", r"l\u2028m",
    ]  # fmt: skip
    assert visible("\n \t", keep="\n") == "\n \\t"
    assert visible("\ud800") == r"\ud800"
    for word in ("naïve", "東京", "می\u200cخواهم", "👩\u200d🚀", "שלום\u200f", "back\\slash"):
        assert visible(word) == word


def test_every_control_character_and_override_is_among_them():
    for number in range(0x3000):
        character = chr(number)
        turns = unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        obeyed = unicodedata.category(character) in ("Cc", "Zl", "Zp") or turns
        assert (visible(character) != character) is obeyed, hex(number)


def test_json_says_the_same():
    line = json.dumps(EVIL, ensure_ascii=False)
    assert json.loads(escape_json(line)) == EVIL
    assert not RAW.search(escape_json(line))


def test_columns_of_wide_and_combining_letters():
    assert [columns(text) for text in ("", "abc", "東京", "ｋ", "cafe\u0301", "می\u200cخ")] == [0, 3, 4, 2, 4, 3]
    assert columns(padded("東京", 7)) == 7
    assert padded("toolong", 3) == "toolong"


@pytest.mark.parametrize(
    "arguments",
    [
        ("similar", "MODEL", "king", "-n", 20),
        ("similar", "MODEL", RED, "-n", 20),
        ("similar", "MODEL", "king", "--json", "-n", 20),
        ("analogy", "MODEL", "king", RED, "a\tb", "-n", 20),
        ("odd-one-out", "MODEL", RED, "a\tb", "c\nd"),
        ("odd-one-out", "MODEL", RED, "a\tb", "c\nd", "--json"),
        ("similarity", "MODEL", *EVIL),
        ("similarity", "MODEL", *EVIL, "--json"),
        ("vector", "MODEL", *EVIL),
        ("vector", "MODEL", *EVIL, "--json"),
        ("info", "MODEL"),
        ("info", "MODEL", "--json"),
        ("similar", "MODEL", f"{RED}x"),
        ("similar", "MODEL", "\x1b[31mRed"),
        ("similar", "\x1b[31mnone", "x"),
        ("convert", "MODEL", "v\x1b[31m.txt"),
        ("convert", "MODEL", "v\x1b[31m.xyz"),
        ("convert", "MODEL", "v", "--to", "\x1b[31m"),
        ("\x1b[31mtrain",),
        ("similar", "MODEL", "--\x1b[31m"),
        ("similar", "MODEL", "x", "-n", "\x1b[31m"),
        ("train", "\x1b[31mnone", "-o", "m"),
        ("evaluate", "MODEL", "section\x1b[31m.txt"),
        ("phrases", "corpus", "--list", "--threshold", 0, "--min-count", 1),
        ("train", "corpus", "-o", "m\x1b[31m", "--min-count", 1, "--vector-size", 2),
    ],
    ids=lambda arguments: " ".join(map(visible, arguments)),
)
def test_no_command_prints_them(here, evil, arguments, monkeypatch):
    from clicking import runner

    from w2vcore import cli

    (here / "section\x1b[31m.txt").write_text(": s\x1b[31m\nking king king king\n")
    (here / "corpus").write_text("\x1b[31ma b\n" * 20)
    result = runner().invoke(cli.main, [evil if one == "MODEL" else str(one) for one in arguments])
    assert result.stdout or result.stderr
    assert not RAW.search(result.stdout.replace("\t", "")), result.stdout
    assert not RAW.search(result.stderr), result.stderr


def test_rows_and_columns_are_as_many_as_the_answers(run, evil):
    rows = run("similar", evil, "king", "-n", 20).stdout.split("\n")[:-1]
    assert len(rows) == len(EVIL) + 2
    assert all(row.count("\t") == 1 for row in rows)
    rows = run("similar", evil, "-n", 20, input="king\n").stdout.split("\n")[:-1]
    assert all(row.count("\t") == 2 for row in rows)
    asked = json.loads(run("similar", evil, "king", "-n", 20, "--json").stdout)
    assert {row["word"] for row in asked["answer"]} == {*EVIL, "東京", "cafe\u0301"}


def test_the_prompt_keeps_its_columns(terminal, evil):
    asked = "Words (EXIT or Ctrl-D ends): "
    _, seen = terminal(["similar", evil, "-n", "20"], [(asked, "king\n"), (asked, "EXIT\n")])
    rows = [line for line in seen.splitlines() if re.search(r" \d\.\d{4}$", line)]
    assert len(rows) == len(EVIL) + 2
    assert len({columns(row) for row in rows}) == 1
    assert not any(RAW.search(row) for row in rows)


def test_warnings_and_log_lines(capsys):
    import logging

    common.LogLines().show_warning(UserWarning(f"word {RED}\nhere"))
    common.LogLines().emit(logging.LogRecord("w2vcore", logging.WARNING, "", 0, "word %s", (RED,), None))
    assert capsys.readouterr().err == "Warning: word \\x1b[31mred here\nWarning: word \\x1b[31mred\n"
    common.LogLines().show_warning(DeprecationWarning("of a package"), DeprecationWarning, "file.py", 1)
    assert capsys.readouterr().err == "", "they are for those who write programs"


def test_errors_of_python_too():
    vectors = KeyedVectors(1)
    vectors.add_vectors(["\x1b[31mking", "a\x1b[31mb"], np.ones((2, 1)))
    for word in ("\x1b[31mKing", "a\x1b[31m", "\x1b"):
        with pytest.raises(KeyError) as caught:
            vectors[word]
        assert not RAW.search(str(caught.value))
