"""w2vcore phrases."""

import json
from pathlib import Path

import pytest

from w2vcore import Phrases
from w2vcore.phrases import FrozenPhrases

TEXT = "they fly to new york today\n\nnew york is big\nthe mayor of new york\nnew ideas\n"


@pytest.fixture
def text(here):
    Path("text.txt").write_text(TEXT * 4)
    return "text.txt"


def learned(**settings):
    sentences = [line.split() for line in (TEXT * 4).splitlines() if line]
    return Phrases(sentences, **{"min_count": 5, "threshold": 0.5, **settings})


def test_text_in_text_out(run, text):
    expected = (TEXT * 4).replace("new york", "new_york")
    result = run("phrases", text, "--threshold", 0.5)
    assert result.stdout == expected
    assert result.stderr == "Phrases in 68 words: 1\n"
    assert run("phrases", text, "--threshold", 0.5, "-o", "out.txt", "-q").stdout == ""
    assert Path("out.txt").read_text() == expected
    assert run("phrases", "-", "--threshold", 0.5, input=TEXT * 4).stdout == expected


def test_a_list_of_them(run, text):
    scores = learned(min_count=1, threshold=0.1).export_phrases()
    result = run("phrases", text, "--min-count", 1, "--threshold", 0.1, "--list")
    found = [line.split("\t") for line in result.stdout.splitlines()]
    assert dict(found) == {phrase: f"{score:.4f}" for phrase, score in scores.items()}
    assert [float(score) for _, score in found] == sorted((float(score) for _, score in found), reverse=True)
    listed = json.loads(run("phrases", text, "--min-count", 1, "--threshold", 0.1, "--list", "--json").stdout)
    assert {row["phrase"]: row["score"] for row in listed} == scores


def test_options_are_those_of_phrases(run, text):
    arguments = (
        "--min-count",
        2,
        "--threshold",
        0.2,
        "--scoring",
        "npmi",
        "--delimiter",
        "~",
        "--connector-words",
        "of,to",
    )
    result = run("phrases", text, *arguments, "--list", "--json")
    settings = {"min_count": 2, "threshold": 0.2, "scoring": "npmi", "delimiter": "~", "connector_words": ["of", "to"]}
    assert {row["phrase"] for row in json.loads(result.stdout)} == set(learned(**settings).export_phrases())
    english = run("phrases", text, "--threshold", 0.1, "--connector-words", "english", "--save", "p", "-q")
    assert english.stdout == ""
    assert "of" in Phrases.load("p").connector_words


def test_save_and_load(run, text, here):
    assert run("phrases", text, "--threshold", 0.5, "--save", "p.safetensors").stdout == ""
    assert dict(Phrases.load("p.safetensors").vocab) == dict(learned().vocab)
    Path("other.txt").write_text("from new york\n")
    assert run("phrases", "other.txt", "--load", "p.safetensors").stdout == "from new_york\n"
    assert run("phrases", "other.txt", "--load", "p.safetensors", "--threshold", 99).stdout == "from new york\n"
    Phrases.load("p.safetensors").freeze().save("frozen")
    assert run("phrases", "other.txt", "--load", "frozen").stdout == "from new_york\n"
    assert run("phrases", "other.txt", "--load", "frozen", "--threshold", 99).stdout == "from new york\n"
    assert FrozenPhrases.load("frozen").phrasegrams


def test_plain_text_first(run, here):
    Path("text.txt").write_text("In New York, today.\n" * 10)
    result = run("phrases", "text.txt", "--lower", "--strip-punctuation", "--threshold", 0.01, "--list")
    assert "new_york" in result.stdout


def test_packed_output(run, text):
    run("phrases", text, "--threshold", 0.5, "-o", "out.txt.gz")
    assert run("phrases", "out.txt.gz", "--threshold", 1e6).stdout == (TEXT * 4).replace("new york", "new_york")


def test_bad_calls(failure, text):
    assert failure("phrases", "none.txt").startswith("none.txt: no such file")
    assert "threshold" in failure("phrases", text, "--scoring", "npmi", code=2)
    assert "give one of them" in failure("phrases", text, "--list", "-o", "x", code=2)
    assert "--json goes with --list" in failure("phrases", text, "--json", code=2)
    assert failure("phrases", text, "--load", "none").startswith("none: no such file; --load")
    assert "there is no folder" in failure("phrases", text, "-o", "no/x")
    assert not Path("x").exists()
