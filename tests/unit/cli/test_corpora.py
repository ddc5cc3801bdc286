"""The corpus of a command line."""

import gzip
import os
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.cli import corpora
from w2vcore.corpus.readers import CorpusFile


@given(st.text(), st.booleans(), st.booleans())
@settings(deadline=None)
def test_plain_text(text, lower, strip):
    found = corpora.plain(text, lower, strip)
    expected = text.lower() if lower else text
    if strip:
        expected = "".join(letter for letter in expected if letter not in string.punctuation)
    assert found == expected


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_blocks_make_no_difference(here, monkeypatch, block):
    monkeypatch.setattr(corpora, "BLOCK_BYTES", block)
    text = "Größe, ÉTÉ!\r\n\n  weiß-blau\nlast line without end ΑΣ ΑΣ."
    (here / "a.txt").write_bytes(text.encode())
    with corpora.opened_corpus(["a.txt"], lower=True, strip_punctuation=True) as (source,):
        lines = list(CorpusFile(source))
    assert lines == [corpora.plain(line, True, True).split() for line in text.split("\n") if line]


def test_files_are_read_where_they_are(here):
    (here / "d").mkdir()
    for name in ("d/b.txt", "d/a.txt", "c.txt"):
        (here / name).write_text("x\n")
    with corpora.opened_corpus(["c.txt", "d"]) as sources:
        assert sources == ["c.txt", "d/a.txt", "d/b.txt"]


def test_temporary_files_go_where_they_should_and_go_away(here):
    (here / "a.txt.gz").write_bytes(gzip.compress(b"Some WORDS\n"))
    with corpora.opened_corpus(["a.txt.gz"], lower=True, folder=str(here)) as (source,):
        assert source.startswith(str(here))
        assert list(CorpusFile(source)) == [["some", "words"]]
    assert [path.name for path in here.iterdir()] == ["a.txt.gz"]


def test_compressed_stdin(run):
    text = b"some words here\n" * 20
    plain = run("phrases", "-", "-q", "--threshold", 0.1, "--list", input=text).stdout
    assert plain
    assert run("phrases", "-", "-q", "--threshold", 0.1, "--list", input=gzip.compress(text)).stdout == plain


def test_an_address_is_read_by_smart_open(here):
    (here / "a.txt").write_text("Some words\n")
    address = (here / "a.txt").as_uri()
    with corpora.opened_corpus([address]) as sources:
        assert list(corpora.training_corpus(sources)["sentences"]) == [["Some", "words"]]
    with corpora.opened_corpus([address], lower=True) as (source,):
        assert list(CorpusFile(source)) == [["some", "words"]]


@pytest.mark.parametrize("lower", [True, False])
def test_what_is_no_utf8_names_file_and_line(failure, here, lower):
    (here / "latin.txt").write_bytes(b"good\nb\xe4d\n")
    line = failure("train", "latin.txt", "-o", "m", "--min-count", 1, "-q", *(["--lower"] if lower else []))
    assert "in line 2 of latin.txt; the corpus must be UTF-8" in line


def test_bad_corpora(failure, here):
    (here / "empty").mkdir()
    (here / "a.txt").write_text("x\n")
    assert "- for stdin" in failure("train", "none.txt", "-o", "m")
    assert failure("train", "empty", "-o", "m").startswith("no file to read in empty; ")
    assert failure("train", "-", "a.txt", "-o", "m", code=2).startswith("-: stdin (-) must be the only corpus")
    assert "an address must be the only corpus" in failure("train", "a.txt", "https://x.y/z", "-o", "m", code=2)


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices")
@pytest.mark.timeout(60)
def test_a_device_is_no_corpus(failure, here):
    os.mkfifo("pipe")
    for name, kind in ((os.devnull, "a device"), ("pipe", "a pipe")):
        line = failure("train", name, "-o", "m")
        assert line.startswith(f"{name} is {kind}, and a corpus is read several times: give - as CORPUS, and pipe ")


@pytest.mark.parametrize("command", ["train", "phrases", "watch"])
def test_what_is_no_text_is_named_before_other_files_are_read(failure, here, corpus, model, command, monkeypatch):
    monkeypatch.setattr("w2vcore.corpus.readers.open_bytes", lambda *_: pytest.fail("a file was read"))
    message = failure(command, corpus, model, "-o", "m")
    assert message.startswith(f"{model} is no text but a model or vectors (safetensors), such as w2vcore saves")
    (here / "paper.pdf").write_bytes(b"%PDF-1.7\n")
    assert "is no text but a PDF; turn it into text first" in failure(command, corpus, "paper.pdf", "-o", "m")
    (here / "folder").mkdir()
    (here / "paper.pdf").rename(here / "folder" / "b.pdf")
    assert "b.pdf is no text but a PDF" in failure(command, corpus, "folder", "-o", "m")
