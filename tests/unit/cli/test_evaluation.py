"""w2vcore evaluate."""

import json
from pathlib import Path

import click
import pytest

from w2vcore import KeyedVectors, datasets
from w2vcore.cli.evaluation import sniff

ANALOGIES = ": family\nman woman king queen\nking queen man woman\nman woman uncle aunt\n: none\nx y z w\n"
PAIRS = "# judged\nman\twoman\t5\nking\tqueen\t6\nman\tking\t8\nuncle\taunt\t3\n"


@pytest.fixture
def family(here):
    vectors = KeyedVectors(2)
    vectors.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
    vectors.save("family.safetensors")
    Path("analogies.txt").write_text(ANALOGIES)
    Path("pairs.tsv").write_text(PAIRS)
    return "family.safetensors"


def test_analogies(run, family):
    lines = run("evaluate", family, "analogies.txt").stdout.splitlines()
    assert lines[0] == "analogies.txt: analogies by 3CosAdd, the first 300,000 words"
    assert [line.split() for line in lines[1:4]] == [
        ["100.0", "%", "2", "of", "2", "family"],
        ["-", "0", "of", "0", "none"],
        ["100.0", "%", "2", "of", "2", "all"],
    ]
    assert lines[4] == "  2 of 4 questions were left out: they have an unknown word"


def test_pairs(run, family):
    lines = run("evaluate", family, "pairs.tsv", "--restrict-vocab", 0).stdout.splitlines()
    pearson, spearman, unknown = KeyedVectors.load(family).evaluate_word_pairs("pairs.tsv")
    assert lines == [
        "pairs.tsv: pairs, all words",
        f"  Spearman {spearman[0]:.3f} (p {spearman[1]:.1e})",
        f"  Pearson  {pearson[0]:.3f} (p {pearson[1]:.1e})",
        f"  {unknown:.1f} % of the pairs have an unknown word",
    ]
    assert unknown == 25


def test_both_as_json(run, family):
    analogies, pairs = json.loads(run("evaluate", family, "analogies.txt", "pairs.tsv", "--json").stdout)
    assert analogies["sections"] == [
        {"section": "family", "correct": 2, "asked": 2, "accuracy": 1.0},
        {"section": "none", "correct": 0, "asked": 0, "accuracy": None},
    ]
    assert {name: analogies[name] for name in ("questions", "asked", "correct", "accuracy", "method")} == {
        "questions": 4, "asked": 2, "correct": 2, "accuracy": 1.0, "method": "3CosAdd",
    }  # fmt: skip
    assert pairs["kind"] == "similarity"
    assert pairs["unknown_percent"] == 25


def test_options_reach_the_evaluation(run, family):
    (report,) = json.loads(run("evaluate", family, "analogies.txt", "--unknown-is-wrong", "--cosmul", "--json").stdout)
    assert (report["asked"], report["method"]) == (4, "3CosMul")
    Path("capitals.txt").write_text(ANALOGIES.replace("man", "Man"))
    assert json.loads(run("evaluate", family, "capitals.txt", "--json").stdout)[0]["asked"] == 2
    score, _ = KeyedVectors.load(family).evaluate_word_analogies("capitals.txt", case_insensitive=False)
    assert score == 0


def test_the_questions_of_the_package(run, family):
    lines = run("evaluate", family).stdout.splitlines()
    assert lines[0].startswith("analogies.txt: ")
    assert lines[-2].split()[-1] == "all"


def test_pairs_with_a_column_for_each_judge(run, family):
    wide = "".join(line + "\t1\t2\n" for line in Path("pairs.tsv").read_text().splitlines())
    Path("judges.tsv").write_text(wide)
    expected = run("evaluate", family, "pairs.tsv", "--restrict-vocab", 0).stdout
    found = run("evaluate", family, "judges.tsv", "--restrict-vocab", 0)
    assert found.stdout == expected.replace("pairs.tsv", "judges.tsv")
    assert "has more than three columns: the third is taken" in found.stderr


def test_questions_of_the_package_are_all_pairs_of_pairs():
    sections = datasets.analogies().read_text(encoding="utf8").split(": ")[1:]
    assert len(sections) == 12
    for section in sections:
        _, *questions = section.splitlines()
        rows = [tuple(question.split()) for question in questions]
        pairs = {row[:2] for row in rows}
        assert set(rows) == {(*a, *b) for a in pairs for b in pairs if a != b}
        assert len(rows) == len(set(rows)) == len(pairs) * (len(pairs) - 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ANALOGIES, None),
        (PAIRS, "\t"),
        ("Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\nbook,paper,7.46\n", ","),
        ("a;b;1\nc;d;2\n", ";"),
        ("a b 0.5\nc d 2\n", " "),
    ],
)
def test_sniffing(here, text, expected):
    Path("file").write_text(text)
    assert sniff(Path("file")) == expected


@pytest.mark.parametrize("text", ["", "just some text\n", "a b c d\n", "# nothing\n"])
def test_neither(here, text):
    Path("file").write_text(text)
    with pytest.raises(click.ClickException, match="file: neither analogies"):
        sniff(Path("file"))


def test_bad_calls(failure, family):
    assert failure("evaluate", family, "none.txt") == "none.txt: no such file; FILE holds analogies or pairs of words"
    Path("unknown.txt").write_text(": x\na b c d\n")
    assert failure("evaluate", family, "unknown.txt").startswith("unknown.txt: none of its 1 questions has four known")
    assert "Missing argument 'MODEL'" in failure("evaluate", code=2)
