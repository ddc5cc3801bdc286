"""The recorded terminal of docs/command-line.md: each command runs, and prints on stdout what the page shows.

One worker gives the same numbers each time on the same instruction set. Another set adds in another order, so a cosine may
differ in the second digit and the last of a list of neighbours may be another word: numbers are compared loosely, and lists
of words may differ in one.
"""

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from clicking import runner

from w2vcore import cli

RECORDER = runpy.run_path(str(Path(__file__).with_name("record_terminal.py")))
PAGE, BLOCK, PROMPT = (RECORDER[name] for name in ("PAGE", "BLOCK", "PROMPT"))
README = PAGE.parents[1] / "README.md"

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(e[-+]?\d+)?")
TIMES = ("words/s", "Trained on", "Saved in", "total_train_time", "seconds")


def commands():
    """(command, what the page shows below it) in their order."""
    found = []
    for block in BLOCK.finditer(PAGE.read_text(encoding="utf8")):
        for line in block["text"].splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Run a command line in one folder for the whole page."""
    if sys.platform == "win32":
        pytest.skip("the page shows a POSIX shell")
    folder = tmp_path_factory.mktemp("tour")
    command = folder / "bin" / "w2vcore"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m w2vcore "$@"\n')
    command.chmod(0o755)
    environment = {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"}

    def run(line, typed):
        done = subprocess.run(
            line,
            shell=True,
            cwd=folder,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == ("Error:" in done.stderr), done.stderr
        return done.stdout.splitlines(), done.stderr.splitlines()

    return run


def close(one, other):
    x, y = (float(text.replace(",", "")) for text in (one, other))
    return abs(x - y) <= max(0.03, 0.05 * abs(x))


def alike(one, other):
    """Whether two lines have the same words, and numbers that are near."""
    pairs = list(zip(one.split(), other.split(), strict=False))
    if len(one.split()) != len(other.split()):
        return False
    return all(a == b or (NUMBER.fullmatch(a) and NUMBER.fullmatch(b) and close(a, b)) for a, b in pairs)


def check_neighbours(printed, shown):
    """Rows of words with a number each: the same words but one, and numbers that are near."""
    (words, numbers), (others, expected) = (
        ([line.split()[:-1] for line in lines], [line.split()[-1] for line in lines]) for lines in (printed, shown)
    )
    assert len(words) == len(others)
    assert len([word for word in words if word not in others]) <= 1
    assert all(map(close, numbers, expected))


def check_evaluation(printed, shown):
    """The same questions; of the answers, about as many are right."""
    assert [line.split("of")[1:] for line in printed[1:]] == [line.split("of")[1:] for line in shown[1:]]
    right, expected = (int(lines[-2].split()[2]) for lines in (printed, shown))
    assert abs(right - expected) <= 15


def check_info(printed, shown):
    """All that the page shows is there; a later version may say more."""
    printed = [line for line in printed if not line.startswith("    ")]
    for line in shown:
        label = line.partition("..")[0]
        if (label == line and not line.endswith(":")) or any(mark in line for mark in TIMES):
            continue  # the table of the history, times
        assert any(alike(line, other) for other in printed), line


def check_json(printed, shown):
    for one, other in zip(printed, shown, strict=True):
        one, other = json.loads(one), json.loads(other)
        assert one.keys() == other.keys()
        if "answer" in one:
            assert one["answer"][0]["word"] == other["answer"][0]["word"]
        else:
            assert one == other


def test_each_command_prints_what_the_page_shows(shell):
    seen = set()
    for line, below in commands():
        typed = [found["typed"] for found in map(PROMPT.match, below) if found]
        printed, said = shell(line, "".join(f"{one}\n" for one in typed if one != "EXIT"))
        name = (re.search(r"w2vcore ([\w-]+)", line) or re.search(r"(\w+)", line))[1]
        seen.add(name)
        if typed:  # a pipe gets columns, the first being the question, where a terminal gets a table
            check_neighbours([one.split("\t", 1)[1] for one in printed], [one for one in below if one[:2] == "  "])
            continue
        shown = below[len(below) - len(printed) :]
        if "--json" in line:
            check_json(printed, shown)
        elif name in ("similar", "analogy"):
            check_neighbours(printed, shown)
        elif name == "evaluate":
            check_evaluation(printed, shown)
        elif name == "info":
            check_info(printed, shown)
        else:
            assert len(printed) == len(shown)
            assert all(map(alike, printed, shown)), (line, printed, shown)
        for note in said:
            if not any(mark in note for mark in TIMES):
                assert any(alike(note, one) for one in below), f"{line} says {note!r}"
    assert seen >= {"demo", "train", "similar", "analogy", "evaluate", "convert", "info", "phrases", "export-projector"}


def test_training_shows_its_progress():
    (shown,) = [below for line, below in commands() if line.startswith("w2vcore train")]
    assert "100%" in shown[0] and "words/s, loss=" in shown[0]


def test_demo_prints_what_the_readme_shows(tmp_path, monkeypatch):
    """A line of three dots stands for the epochs that the page leaves out."""
    monkeypatch.chdir(tmp_path)
    shown = re.search(r"<!-- demo-output -->\n```text\n(.*?)```", README.read_text(encoding="utf8"), re.S)[
        1
    ].splitlines()
    printed = runner().invoke(cli.main, ["demo"], catch_exceptions=False).stdout.splitlines()
    left_out = shown.index("...")
    after = len(shown) - left_out - 1
    assert len(printed) == 28  # a head, 20 epochs, an empty line, six words
    printed = printed[:left_out] + printed[-after:]
    for one, other in zip(printed, shown[:left_out] + shown[-after:], strict=True):
        if ":" not in one:
            assert alike(one, other)  # losses
            continue
        asked, near = one.split(":")
        expected, others = other.split(":")
        assert asked == expected
        check_neighbours(near.split(","), others.split(","))
