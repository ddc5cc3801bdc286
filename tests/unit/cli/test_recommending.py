"""w2vcore recommend."""

import json

import pytest

from w2vcore import Word2Vec
from w2vcore.recommend import Popularity, Recommender, evaluate

SESSIONS = [["tea", "cup", "jam"], ["tent", "boots", "map"]] * 30
SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "sample": 0, "alpha": 0.1, "epochs": 20, "sg": 1}
NUMBERS = {"tea": 1, "cup": 2, "jam": 3, "tent": 4, "boots": 5, "map": -6}


@pytest.fixture
def shop(here):
    model = Word2Vec(SESSIONS, **SETTINGS)
    model.save(here / "shop")
    return model


@pytest.fixture
def numbered(here):
    model = Word2Vec([[NUMBERS[item] for item in session] for session in SESSIONS], **SETTINGS)
    model.save(here / "numbered")
    return model


def rows(result):
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_lines_of_stdin(run, shop):
    result = run("recommend", "shop", "-n", 2, input="tea\n\nmap tent pan\n")
    expected = Recommender(shop).recommend_batch([["tea"], [], ["map", "tent"]], topn=2)
    found = rows(result)
    assert [row[:2] for row in found] == [
        [str(number), item] for number, answer in enumerate(expected, 1) for item, _ in answer
    ]
    assert [row[2] for row in found] == [
        f"{score:.4f}" if score == score else "" for answer in expected for _, score in answer
    ]
    assert result.stderr == "1 items were unknown, and 1 of 3 sessions had no known one.\n"


@pytest.mark.parametrize("mode", ["next", "similar"])
@pytest.mark.parametrize("last", [0, 2])
def test_options(run, shop, here, mode, last):
    (here / "s.txt").write_text("tea cup\nboots tent\n")
    (here / "gone").write_text("map\nunknown item\n")
    result = run(
        "recommend",
        "shop",
        "s.txt",
        "--mode",
        mode,
        "--last",
        last,
        "--decay",
        0.5,
        "--exclude",
        "gone",
        "--format",
        "lines",
    )
    ranker = Recommender(shop, mode, last=last or None, decay=0.5, exclude=["map"])
    expected = ranker.recommend_batch([["tea", "cup"], ["boots", "tent"]]).items()
    assert [line.split() for line in result.stdout.splitlines()] == expected
    kept = run("recommend", "shop", "s.txt", "--keep-seen", "--format", "lines").stdout.split()
    assert len(kept) == 12


def test_titles_and_candidates(run, shop, here):
    (here / "titles.tsv").write_text("cup\tA cup\x1b[31m, blue\njam\tJam\n")
    (here / "some").write_text("cup\nboots\n")
    result = run("recommend", "shop", "--titles", "titles.tsv", "--candidates", "some", input="tea")
    assert [[row[1], row[3]] for row in rows(result)] == [["cup", r"A cup\x1b[31m, blue"], ["boots", "boots"]]
    found = json.loads(
        run("recommend", "shop", "--titles", "titles.tsv", "--format", "json", "-n", 1, input="jam").stdout
    )
    assert found["session"] == "1" and found["items"] == ["jam"]
    assert set(found["recommended"][0]) == {"item", "score", "title"}


def test_items_that_are_integers(run, numbered, here):
    (here / "gone").write_text("-6\n")
    found = json.loads(run("recommend", "numbered", "--exclude", "gone", "--format", "json", input="4 five").stdout)
    assert found["items"] == [4, "five"]
    expected = Recommender(numbered, exclude=[-6]).recommend([4])
    assert [row["item"] for row in found["recommended"]] == [item for item, _ in expected]


@pytest.mark.parametrize("model", ["shop", "numbered"])
def test_tables(run, shop, numbered, here, model):
    pytest.importorskip("pandas")
    name = (lambda item: NUMBERS[item]) if model == "numbered" else str
    (here / "t.csv").write_text(
        f"who,what,when\nann,{name('cup')},50\nann,{name('tea')},20\nbob,{name('map')},5\nann,{name('tent')},9000\n"
    )
    options = ("--user", "who", "--item", "what", "--time", "when", "--gap", 1800, "-n", 1)
    expected = Recommender(shop if model == "shop" else numbered).recommend_batch(
        [[name("tea"), name("cup")], [name("tent")], [name("map")]], topn=1
    )
    found = rows(run("recommend", model, "t.csv", *options))
    assert [row[:2] for row in found] == [
        [user, str(answer[0][0])] for user, answer in zip(["ann", "ann", "bob"], expected, strict=True)
    ]


def test_evaluate(run, shop, here):
    (here / "s.txt").write_text("tea cup\nboots tent\nmap tea\n")
    lists = [["tea", "cup"], ["boots", "tent"], ["map", "tea"]]
    expected = evaluate(Recommender(shop), lists, 2)
    assert run("recommend", "shop", "s.txt", "--evaluate", "-n", 2).stdout == f"{expected}\n"
    found = json.loads(run("recommend", "shop", "s.txt", "--evaluate", "-n", 2, "--format", "json").stdout)
    assert found == pytest.approx(expected.as_dict())
    assert expected.hit_rate >= evaluate(Popularity(SESSIONS), lists, 2).hit_rate


def test_vectors_alone(run, failure, shop, here):
    shop.wv.save_word2vec_format(here / "v.txt")
    shop.wv.save(here / "v")
    for file in ("v.txt", "v"):
        assert "has vectors alone, and --mode next needs a whole model" in failure("recommend", file, input="tea")
        assert rows(run("recommend", file, "--mode", "similar", "-n", 1, input="tea"))[0][1] in ("cup", "jam")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nothing",), 1, "nothing: no such file"),
        (("shop", "nothing"), 1, "nothing: no such file"),
        (("shop", "--exclude", "nothing"), 1, "nothing: no such file"),
        (("shop", "--titles", "plain"), 1, "plain, line 1: expected an item, a tab and a title"),
        (("shop", "--decay", "2"), 2, "--decay must be above 0 and at most 1, got 2.0"),
        (
            ("shop", "t.csv", "--item", "product"),
            1,
            "--item product is not a column of the table, which has: user, item, time",
        ),
    ],
)
def test_failures(failure, shop, here, arguments, code, message):
    if "t.csv" in arguments:
        pytest.importorskip("pandas")
    (here / "plain").write_text("no tab\n")
    (here / "t.csv").write_text("user,item,time\n1,tea,5\n")
    assert message in failure("recommend", *arguments, code=code, input="tea")
