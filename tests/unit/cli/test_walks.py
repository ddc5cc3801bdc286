"""w2vcore walks."""

import gzip
from pathlib import Path

import pytest

from w2vcore.walks import RandomWalks

EDGES = "# who knows whom\nann\tbob\t1\nbob\tcid\t3\ncid\tann\t2\ncid\tdan\t1\nalone\n"


@pytest.fixture
def edges(here):
    Path("edges.tsv").write_text(EDGES)
    return "edges.tsv"


def text_of(**settings):
    return "".join(" ".join(walk) + "\n" for walk in RandomWalks("edges.tsv", **settings))


def test_edges_in_walks_out(run, edges):
    result = run("walks", edges)
    assert result.stdout == text_of()
    assert result.stderr == "Nodes: 5; walks: 50, of 3,210 nodes in all\n"
    assert run("walks", edges, "-o", "walks.txt.gz", "-q").stderr == ""
    assert gzip.decompress(Path("walks.txt.gz").read_bytes()).decode() == text_of()
    assert run("walks", "-", input=EDGES).stdout == text_of()


def test_options_are_those_of_the_class(run, edges):
    options = ["--num-walks", 2, "--walk-length", 7, "--p", 0.5, "--q", 2, "--seed", 5, "--directed", "--no-weights"]
    expected = text_of(num_walks=2, walk_length=7, p=0.5, q=2, seed=5, directed=True, weights=False)
    assert run("walks", edges, *options, "-q").stdout == expected


def test_walks_are_trained(run, edges):
    run("walks", edges, "-o", "walks.txt")
    run("train", "walks.txt", "-o", "nodes.safetensors", "--min-count", 1, "--vector-size", 8, "--sample", 0, "-q")
    assert run("similar", "nodes.safetensors", "ann", "-n", 4).stdout.count("\n") == 4


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--p", 0], 2, "--p must be a number above 0"),
        (["--num-walks", 0], 2, "--num-walks must be an int at least 1, got 0"),
        (["-o", "edges.tsv"], 2, "give another --output"),
        (["--comments", "ann"], 1, "columns"),
    ],
)
def test_what_is_wrong_is_said(run, edges, options, status, words):
    result = run("walks", edges, *options, code=status)
    assert words in result.stderr and result.stdout == ""


def test_files_that_are_no_edges(run, edges):
    Path("text.txt").write_text("some words\nand some more words\n")
    assert "source, target and perhaps weight" in run("walks", "text.txt", code=1).stderr
    assert "no such file; EDGES is" in run("walks", "none.txt", code=1).stderr
    Path("folder").mkdir()
    for name in "ab":
        Path("folder", name).write_text("a b\n")
    assert "EDGES is one" in run("walks", "folder", code=2).stderr
