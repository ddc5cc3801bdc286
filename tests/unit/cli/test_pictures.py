"""w2vcore plot, explore and watch."""

import inspect
from pathlib import Path

import pytest

from w2vcore.cli import pictures
from w2vcore.visual import recording, watch

pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install .[viz]")


def test_plot(run, model):
    result = run("plot", model, "-o", "map.png")
    assert result.stdout == ""
    assert result.stderr.startswith("Written to ")
    assert Path("map.png").read_bytes().startswith(b"\x89PNG")
    assert run("plot", model, "king", "queen", "dog", "-o", "map.svg", "-q").stderr == ""
    assert Path("map.svg").read_text().startswith("<?xml")
    run("plot", model, "-o", "clusters.svg", "--color-by", "cluster", "--every-dot", "--size", 3.3)
    assert 'width="237.6pt"' in Path("clusters.svg").read_text()


def test_plot_failures(failure, model):
    assert failure("plot", model, "kingg", "queen", "-o", "x.png") == "Key 'kingg' not present; did you mean king?"
    assert "the name of --output must end in one of" in failure("plot", model, "-o", "x.doc")
    assert "needs at least 2 words" in failure("plot", model, "king", "-o", "x.png")
    assert "there is no folder" in failure("plot", model, "-o", "no/x.png")
    assert "'lda' is not one of" in failure("plot", model, "-o", "x.png", "--method", "lda", code=2)
    assert not list(Path().glob("x.*"))


def test_explore(run, failure, model):
    result = run("explore", model, "-o", "words.html", "--topn", 5, "--title", "My words")
    assert result.stdout == ""
    assert "Written to" in result.stderr
    page = Path("words.html").read_text(encoding="utf8")
    assert "<title>My words</title>" in page
    assert '"vocabulary":9' in page
    assert "no such file" in failure("explore", "nothing.safetensors", "-o", "x.html")


def test_explore_with_metadata_in_the_browser(run, failure, model, monkeypatch):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    Path("kinds.tsv").write_text("word\tkind\ttitle\nking\tperson\tThe king\ndog\tanimal\tA dog\n")
    run("explore", model, "-o", "words.html", "--metadata", "kinds.tsv", "--noun", "thing", "--open", "-q")
    assert shown == [Path("words.html").resolve().as_uri()]
    page = Path("words.html").read_text(encoding="utf8")
    assert '"nouns":["thing","things"]' in page and '"The king"' in page and '"name":"kind"' in page
    run("export-projector", model, "logs", "--metadata", "kinds.tsv")
    assert (
        "king\t" in Path("logs/metadata.tsv").read_text()
        and "The king\tperson" in Path("logs/metadata.tsv").read_text()
    )
    Path("kinds.tsv").write_text("word\tkind\nnobody\tperson\n")
    assert "none of the keys" in failure("explore", model, "-o", "x.html", "--metadata", "kinds.tsv")


def test_no_picture_is_written_over_what_it_shows(failure, here, model):
    before = model.read_bytes()
    assert "is the file that is read, and would be written over" in failure("explore", model, "-o", model, code=2)
    assert "is the file that is read" in failure("plot", model, "-o", model, code=2)
    assert model.read_bytes() == before


def test_watch(run, failure, corpus, monkeypatch):
    result = run(
        "watch", corpus, "-o", "training.html", "--epochs", 2, "--snapshots", 2, "--word", "king", "--word", "dog"
    )
    assert result.stdout == ""
    assert '"words":["king","dog"]' in Path("training.html").read_text(encoding="utf8")
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    run("watch", corpus, "-o", "training.html", "--epochs", 1, "--snapshots", 1, "--open", "-q")
    assert shown == [Path("training.html").resolve().as_uri()]
    assert "more than --max-tokens 10 words" in failure("watch", corpus, "-o", "x.html", "--max-tokens", 10)
    assert "alpha" in failure("watch", corpus, "-o", "x.html", "--alpha", -1, code=2)


def test_defaults_are_those_of_the_functions():
    defaults = pictures.watch.make_context("watch", ["corpus.txt", "-o", "x"]).params
    signature = inspect.signature(watch).parameters
    for name in ("topn", "snapshots", "max_tokens", "title"):
        assert defaults[name] == signature[name].default, name
    for name, value in recording.SETTINGS.items():
        assert defaults[name] == value, name
