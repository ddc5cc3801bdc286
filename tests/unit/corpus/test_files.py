"""What a path leads to, and what is in a file: true texts for pipes, folders, devices, damage and other encodings; no hang."""

import bz2
import errno
import gzip
import io
import logging
import lzma
import os
import re
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import warnings
import zipfile
from pathlib import Path

import pytest

from w2vcore import LineSentence, PathLineSentences, Phrases, Text8Corpus, Word2Vec
from w2vcore.corpus.files import check_text, kind_of, open_bytes
from w2vcore.corpus.readers import CorpusFile
from w2vcore.corpus.shares import FileShare
from w2vcore.corpus.sources import as_corpus
from w2vcore.utils import RULE_DEFAULT

SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0}
TEXT = b"a b c\nb c d\n" * 20

pytestmark = [pytest.mark.timeout(60), pytest.mark.skipif(os.name != "posix", reason="pipes, sockets and devices")]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def special(here):
    """A pipe that nobody writes to, a socket, a folder, and the system's devices."""
    os.mkfifo("pipe")
    (here / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("socket")
        yield here


# ---------------------------------------------------------------------- what a path leads to

NO_FILES = {
    "pipe": "a pipe, which can be read only once: pass LineSentence('pipe') instead of corpus_file, with cache_corpus=True",
    "folder": "a folder: pass PathLineSentences('folder') instead of corpus_file",
    "socket": "a socket",
    "/dev/zero": "a device",
    os.devnull: "a device",
    "nothing": "there is no such file",
    "nothing/at/all": "there is no such file",
    "a\0b": "there is no such file",
    "file:///tmp/x": "a URL: pass LineSentence('file:///tmp/x') instead of corpus_file",
}


@pytest.mark.parametrize("name", NO_FILES)
def test_corpus_file_says_what_it_is(special, name):
    (special / "good").write_bytes(TEXT)
    model = Word2Vec(**SMALL)
    for call in (
        lambda: Word2Vec(corpus_file=name, **SMALL),
        lambda: (
            Word2Vec(corpus_file=["good", Path(name)], **SMALL) if "://" not in name else model.scan_vocab(None, name)
        ),
        lambda: model.build_vocab(corpus_file=name),
    ):
        with pytest.raises(TypeError) as caught:
            call()
        assert str(caught.value).endswith(f"instead ({NO_FILES[name]})")
        assert "Parameter corpus_file must be a valid path to a file, got " in str(caught.value)


def test_what_corpus_file_advises_works(special):
    (special / "folder" / "text").write_bytes(TEXT)
    expected = Word2Vec(PathLineSentences("folder"), **SMALL).wv.index_to_key
    writer = feed("pipe")
    model = Word2Vec(LineSentence("pipe"), cache_corpus=True, **SMALL)
    writer.join()
    assert model.wv.index_to_key == expected
    assert model.corpus_count == 40


def feed(pipe, text=TEXT):
    writer = threading.Thread(target=lambda: Path(pipe).write_bytes(text))
    writer.start()
    return writer


@pytest.mark.parametrize("reader", [LineSentence, Text8Corpus])
def test_a_pipe_is_read_once(special, reader):
    model = Word2Vec(**SMALL)
    model.build_vocab([["a", "b"]])
    for call in (
        lambda: Word2Vec(reader("pipe"), **SMALL),
        lambda: model.train(reader("pipe"), total_examples=2, epochs=2),
    ):
        with pytest.raises(TypeError, match=r"pipe is a pipe.* read only once, which can't support [23] passes"):
            call()
    writer = feed("pipe")
    model.build_vocab(reader("pipe"))
    writer.join()
    assert model.corpus_total_words == 120
    writer = feed("pipe", b"new york\n" * 10)
    phrases = Phrases(reader("pipe"), min_count=1, threshold=0.1)
    writer.join()
    assert phrases.vocab["new_york"] in (10, 19)


def test_a_pipe_whose_phrases_are_joined(special):
    """To see whether it is a sentence or a corpus, its first sentence is taken, and must not be lost."""
    phrases = Phrases([["new", "york"]] * 10, min_count=1, threshold=0.1)
    writer = feed("pipe", b"in new york\n" * 3 + b"old york\n" * 3)
    joined = phrases[LineSentence("pipe")]
    with pytest.raises(TypeError, match="gives the same chain each time: it can be read only once"):
        Word2Vec(joined, **SMALL)
    model = Word2Vec(joined, cache_corpus=True, **SMALL)
    writer.join()
    assert model.corpus_count == 6
    assert model.wv.get_vecattr("new_york", "count") == 3


def test_standard_input(tmp_path):
    program = (
        "import sys; from w2vcore import LineSentence, Word2Vec\n"
        f"model = Word2Vec(LineSentence(SOURCE), cache_corpus=True, **{SMALL!r})\n"
        "print(model.corpus_count, *sorted(model.wv.index_to_key))"
    )
    (tmp_path / "text").write_bytes(TEXT)
    for source in ('"/dev/stdin"', "sys.stdin.buffer", "sys.stdin"):
        command = [sys.executable, "-c", program.replace("SOURCE", source)]
        found = subprocess.run(command, input=TEXT, capture_output=True, check=True, cwd=tmp_path, timeout=50)
        assert found.stdout == b"40 a b c d\n"
    with (tmp_path / "text").open() as text:  # a file is read as often as wanted
        command = [sys.executable, "-c", program.replace("cache_corpus=True, ", "").replace("SOURCE", '"/dev/stdin"')]
        found = subprocess.run(command, stdin=text, capture_output=True, check=True, cwd=tmp_path, timeout=50)
    assert found.stdout == b"40 a b c d\n"


def test_an_open_pipe_is_read_once():
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(TEXT)
    with os.fdopen(reading, "rb") as file:
        with pytest.raises(TypeError, match=r"read only once, which can't support 3 passes"):
            Word2Vec(LineSentence(file), **SMALL)
        assert Word2Vec(LineSentence(file), cache_corpus=True, **SMALL).corpus_count == 40


@pytest.mark.parametrize("reader", [LineSentence, Text8Corpus])
def test_what_a_reader_is_told_when_it_opens_what_is_no_file(special, reader):
    for name, error, text in (
        ("folder", IsADirectoryError, r"a folder; PathLineSentences\('folder'\) reads the files in it: 'folder'"),
        ("socket", OSError, r"a socket, not a file: 'socket'"),
        ("/dev/zero", OSError, r"a device, which has no end, not a file: '/dev/zero'"),
        ("nothing", FileNotFoundError, r"No such file or directory: 'nothing'"),
    ):
        for call in (list, Phrases, lambda corpus: Word2Vec(corpus, **SMALL)):
            with pytest.raises(error, match=text):
                call(reader(name))
    assert list(reader(os.devnull)) == []


def test_a_reader_of_folders(special):
    for name, kind in (("pipe", "a pipe"), ("/dev/zero", "a device"), ("nothing", "there is no such file")):
        with pytest.raises(ValueError, match=re.escape(f"input is neither a file nor a path: {name!r} ({kind})")):
            PathLineSentences(name)
    os.mkfifo("folder/pipe")
    (special / "folder" / "text").write_bytes(TEXT)
    assert len(list(PathLineSentences("folder"))) == 40  # what is no file is passed over


def test_a_terminal_is_a_device_that_can_be_read():
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    try:
        os.write(master, b"a b\n\x04")  # Ctrl-D
        assert list(LineSentence(os.ttyname(slave))) == [["a", "b"]]
    finally:
        os.close(master)
        os.close(slave)


@pytest.fixture
def nobody():
    """Without root's right to read everything; others have none to give up."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_no_permission(tmp_path, nobody):
    if os.geteuid() == 65534:
        folder = Path(tempfile.mkdtemp())  # pytest's own belongs to root
    else:
        folder = tmp_path
    path = folder / "text"
    path.write_bytes(TEXT)
    path.chmod(0)
    for corpus in ({"corpus_file": path}, {"sentences": LineSentence(path)}, {"sentences": PathLineSentences(folder)}):
        with pytest.raises(PermissionError, match=r"Permission denied: .*text"):
            Word2Vec(**corpus, **SMALL)
    folder.chmod(0)
    with pytest.raises(TypeError, match=r"got .*text'?\)? instead \(permission denied\)"):
        Word2Vec(corpus_file=path, **SMALL)
    folder.chmod(0o700)
    path.unlink()
    folder.rmdir() if folder is not tmp_path else None


# ---------------------------------------------------------------------- damage

PACK = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def readings(names):
    """Every way in which files are read."""
    return [
        lambda: Word2Vec(corpus_file=names, **SMALL),
        lambda: Word2Vec(corpus_file=names, **{**SMALL, "workers": 3}),
        lambda: Word2Vec(corpus_file=names, max_vocab_size=100, **SMALL),
        lambda: list(CorpusFile(names)),
        lambda: list(FileShare(names, [(0, 1 << 20)] * len(names))),
        lambda: [list(LineSentence(name)) for name in names],
        lambda: [list(Text8Corpus(name)) for name in names],
        lambda: [Phrases(LineSentence(name)) for name in names],
    ]


@pytest.mark.parametrize("extension", PACK)
def test_a_file_that_is_cut_short_is_named(here, extension):
    good, bad, last = f"good{extension}", f"bad{extension}", f"last{extension}"
    text = b"".join(b"%d " % (number * number) for number in range(20_000))
    for name in (good, bad, last):
        Path(name).write_bytes(PACK[extension](text))
    Path(bad).write_bytes(PACK[extension](text)[:-300])
    for read in readings([good, bad, last]):
        with pytest.raises(EOFError, match=rf"^bad{extension} is damaged or cut short: Compressed file ended before"):
            read()


@pytest.mark.parametrize("extension", PACK)
def test_a_damaged_file_is_named_and_the_error_keeps_its_type(here, extension):
    text = b"".join(b"%d " % (number * number) for number in range(20_000))
    packed = bytearray(PACK[extension](text))
    for place in range(100, len(packed), 50):
        packed[place] ^= 0xFF
    Path("bad").write_bytes(packed)
    import zlib

    kind = {".gz": zlib.error, ".bz2": OSError, ".xz": lzma.LZMAError}[extension]
    for read in readings(["bad"]):
        with pytest.raises(kind, match=r"^bad is damaged or cut short: ") as caught:
            read()
        assert type(caught.value) is kind


def test_damaged_zstandard(here):
    zstd = pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    packed = bytearray(zstd.compress(TEXT * 1000))
    Path("cut.zst").write_bytes(packed[:-5])
    with pytest.raises(EOFError, match=r"^cut\.zst is damaged or cut short"):
        list(LineSentence("cut.zst"))
    packed[12] ^= 0xFF
    Path("bad.zst").write_bytes(packed)
    with pytest.raises(zstd.ZstdError, match=r"^bad\.zst is damaged or cut short"):
        list(LineSentence("bad.zst"))


def test_an_error_of_the_reader_s_user_is_left_alone(here):
    Path("good.gz").write_bytes(gzip.compress(TEXT))
    for error in (EOFError("mine"), OSError("mine")):
        with pytest.raises(type(error), match=r"^mine$"):
            for _ in LineSentence("good.gz"):
                raise error


# ---------------------------------------------------------------------- other contents

WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("encoding", WIDE)
def test_other_encodings_of_unicode(here, encoding, pack):
    words = "the naïve quick brown fox\njumps over\n"
    Path("text").write_bytes(pack(words.encode(encoding)))
    for read in readings(["text"]):
        with pytest.raises(
            UnicodeDecodeError, match=r"text is UTF-(16|32)(LE|BE)?, and must be UTF-8(: iconv -f|\n|$)"
        ) as caught:
            read()
    if pack is bytes:
        told = re.search(r"iconv .* > NEW", str(caught.value))[0]
        subprocess.run(told, shell=True, check=True, cwd=here, timeout=50)
        assert [word.lstrip("\ufeff") for sentence in LineSentence("NEW") for word in sentence] == words.split()


def test_archives(here):
    Path("text").write_bytes(TEXT)
    with tarfile.open("text.tar", "w") as file:
        file.add("text")
    with tarfile.open("text.tar.gz", "w:gz") as file:
        file.add("text")
    with zipfile.ZipFile("text.zip", "w") as file:
        file.write("text")
    for name, kind in (("text.tar", "tar"), ("text.tar.gz", "tar"), ("text.zip", "zip")):
        for read in readings(["text", name]):
            with pytest.raises(ValueError, match=rf"^{name} is a {kind} archive.*unpack it first"):
                read()


def test_nul_bytes_are_warned_of(here, caplog):
    Path("a log").write_bytes(b"some words\n\0\0\0\0\0\0\0\0\0\0\0\0more words\n" * 2)
    with pytest.warns(UserWarning, match=r"a log has NUL bytes: .*: tr -d '\\000' < 'a log' > NEW") as warned:
        model = Word2Vec(corpus_file="a log", **SMALL)
    assert [Path(w.filename).name for w in warned] == ["test_files.py"]
    assert any("\0" in word for word in model.wv.index_to_key)
    assert "log has NUL bytes" in caplog.text
    subprocess.run(str(warned[0].message).split(": ")[-1], shell=True, check=True, cwd=here, timeout=50)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sorted(Word2Vec(corpus_file="NEW", **SMALL).wv.index_to_key) == ["more", "some", "words"]


def test_text_passes(here):
    for head in (
        b"",
        b"a",
        b"plain text\n",
        "日本語 ".encode() * 400,
        b"\xef\xbb\xbfwith a mark",
        b"BZh9 is no",
        b"PK is no zip",
    ):
        check_text(head[:1024], "text")


def test_random_bytes_are_no_text(here):
    Path("bytes").write_bytes(bytes(range(1, 256)) * 20)
    with pytest.raises(UnicodeDecodeError, match=r"in line 2 of bytes; the corpus must be UTF-8"):
        Word2Vec(corpus_file="bytes", **SMALL)


# ---------------------------------------------------------------------- files that change


def test_a_file_that_grows_gives_the_same_in_each_pass(here):
    """Counted and encoded in two readings, with lines written before, between and during them."""
    log = Path("log")
    log.write_bytes(TEXT * 5000)
    corpus = CorpusFile("log")
    first = list(corpus)
    append(log, b"e f\n")
    reading = iter(corpus)
    again = [next(reading)]
    append(log, b"g h\n")
    assert again + list(reading) == first

    def rule(word, count, least):
        append(log, b"more words\n")
        return RULE_DEFAULT

    seen = []
    for settings in ({"max_vocab_size": 1000}, {}, {"max_vocab_size": 1000, "workers": 3}):
        log.write_bytes(TEXT * 5000)
        model = Word2Vec(corpus_file=log, trim_rule=rule, **{**SMALL, **settings})
        assert model.corpus_count == 200_000
        assert [row["sentences"] for row in model.training_history] == [200_000] * 2
        assert [row["raw_words"] for row in model.training_history] == [600_000] * 2
        seen.append(model.wv.index_to_key)
    assert seen[0] == seen[1] == seen[2]


def append(path, text):
    with path.open("ab") as file:
        file.write(text)


@pytest.mark.parametrize("kept", [1, 2, 3])
@pytest.mark.parametrize("before", [0, 1, (1 << 18) - 2, 1 << 18, (1 << 18) + 1])
def test_a_line_that_is_being_written(here, before, kept):
    """What was there ends inside a character, the rest of which is written before the end is read."""
    log = Path("log")
    last = "x😀".encode()
    log.write_bytes(b"y" * before + b"\n" + last[: 1 + kept])
    corpus = CorpusFile("log")
    with pytest.raises(UnicodeDecodeError, match=r"unexpected end of data in line 2 of log"):
        list(corpus)
    append(log, last[1 + kept :] + b" z\n")
    expected = [["y" * before], ["x"]] if before else [["x"]]
    assert list(corpus) == expected
    model = Word2Vec(corpus_file=corpus, max_vocab_size=1000, **SMALL)
    assert sorted(model.wv.index_to_key) == sorted(word for words in expected for word in words)
    with open_bytes("log", corpus.seen[0]) as file:
        assert file.read() == b"y" * before + b"\nx"


def test_a_file_that_is_cut_short_between_two_readings(here):
    log = Path("log")

    def rule(word, count, least):
        log.write_bytes(TEXT[:60])
        return RULE_DEFAULT

    for workers in (1, 3):
        log.write_bytes(TEXT)
        with pytest.raises(
            OSError, match=r"cut short or replaced while it was read: it had 240 bytes, and has 60: 'log'"
        ):
            Word2Vec(corpus_file="log", trim_rule=rule, max_vocab_size=100, **{**SMALL, "workers": workers})
    log.write_bytes(TEXT * 40_000)
    reading = iter(CorpusFile("log"))
    next(reading)
    log.write_bytes(b"")
    with pytest.raises(OSError, match=r"it had 9,600,000 bytes, and has 0") as caught:
        list(reading)
    assert caught.value.errno == errno.ESTALE


def test_a_file_that_is_replaced_between_two_readings(here, caplog):
    Path("log").write_bytes(TEXT)
    Path("other").write_bytes(TEXT.replace(b"a", b"x") + b"y z\n")

    def rule(word, count, least):
        if Path("other").exists():
            Path("other").replace("log")
        return RULE_DEFAULT

    with caplog.at_level(logging.WARNING):
        model = Word2Vec(corpus_file="log", trim_rule=rule, max_vocab_size=100, **SMALL)
    assert "log has been replaced by another file since it was opened first" in caplog.text
    assert model.training_history[-1]["sentences"] == 40


def test_each_call_takes_a_file_as_it_is_then(here):
    log = Path("log")
    log.write_bytes(TEXT)
    model = Word2Vec(**SMALL)
    model.build_vocab(corpus_file="log")
    append(log, TEXT)
    assert model.train(corpus_file="log", total_examples=model.corpus_count, epochs=1)[1] == 240


# ---------------------------------------------------------------------- kinds


def test_kinds(special):
    assert [kind_of(name) for name in ("pipe", "folder", "socket", "/dev/zero", "no")] == [
        *("a pipe", "a folder", "a socket", "a device", "there is no such file")
    ]
    Path("file").write_bytes(b"")
    assert kind_of("file") is None
    Path("link").symlink_to("nowhere")
    assert kind_of("link") == "there is no such file"
    Path("loop").symlink_to("loop")
    assert "symbolic links" in kind_of("loop")


def test_a_reader_of_an_open_file_can_be_used_again():
    corpus = as_corpus(LineSentence(io.BytesIO(TEXT)), passes=6)
    assert corpus.cacheable
    assert list(corpus.sentences) == list(corpus.sentences)
