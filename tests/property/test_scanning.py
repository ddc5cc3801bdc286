"""The scanner against the readers: the same tokens, sentences and errors, for any bytes, block size and number of threads."""

import gzip
import re
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.corpus._scanner import KeyTable
from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.readers import CorpusFile, LineSentence, PathLineSentences, Text8Corpus
from w2vcore.corpus.scanning import scan, text_of

# every blank of str.split, things that only look like one, and the newline more often
BLANKS = [
    *("\t", "\n", "\n", "\n", "\v", "\f", "\r", "\r\n", " ", " ", " ", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0"),
    *("\u1680", *map(chr, range(0x2000, 0x200B)), "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"),
]
LOOKALIKES = [
    "\0",
    "\x08",
    "\x0e",
    "\x1b",
    "\x7f",
    "\u180e",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u0084",
    "\u2030",
    "\u3001",
]
WORDS = [
    "a",
    "b",
    "the",
    "seven77",
    "eight888",
    "nine99999",
    "sixteen_sixteen_",
    "x" * 40,
    "é",
    "naïve",
    "日本語",
    "𝄞",
    "🦜🦜",
]
BROKEN = [
    *(
        b"\xff",
        b"\xfe",
        b"\x80",
        b"\xbf",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xc2",
        b"\xe2\x80",
        b"\xe0\x9f\xbf",
        b"\xe0\x80\x80",
    ),
    *(
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf0\x8f\xbf\xbf",
        b"\xf0\x9f\xa6",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xe3\x80a",
    ),
]
good = st.lists(st.sampled_from(BLANKS + LOOKALIKES + WORDS + [" "] * 9) | st.characters(codec="utf8")).map(
    lambda parts: "".join(parts).encode()
)
# the letter in front: what begins with the first bytes of a packed file is read as one
broken = st.lists(good | st.sampled_from(BROKEN) | st.binary(max_size=5), max_size=5).map(
    lambda parts: b"a" + b"".join(parts)
)
options = st.fixed_dictionaries(
    {"max_sentence_length": st.none() | st.integers(1, 5), "limit": st.none() | st.integers(0, 6)}
)
blocks = st.integers(1, 40)
workers = st.integers(1, 8)
few = settings(deadline=None, max_examples=150)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def collected(batches, keys):
    """Sentences of the pieces put together, and their totals."""
    ids, offsets, words, sentences, before = [], [0], 0, 0, 0
    for batch in batches:
        offsets += (batch.offsets[1:] + before).tolist()
        ids += batch.ids.tolist()
        before += len(batch.ids)
        words += batch.raw_words
        sentences += batch.sentences
    assert offsets[-1] == len(ids)
    return [[keys[i] for i in ids[a:b]] for a, b in pairwise(offsets)], words, sentences


def scanned(reader, workers, block_bytes):
    table = KeyTable()
    batches = list(scan(text_of(reader), table, grow=True, workers=workers, block_bytes=block_bytes))
    keys = CompactKeys(*table.packed()).tolist()
    sentences, words, number = collected(batches, keys)
    return sentences, words, number, dict(zip(keys, table.counts().tolist(), strict=True))


def read(reader):
    """What iterating over a reader gives, in the form of `scanned`."""
    sentences, counts = list(reader), {}
    for sentence in sentences:
        for token in sentence:
            counts[token] = counts.get(token, 0) + 1
    return sentences, sum(map(len, sentences)), len(sentences), counts


def check(reader, workers=1, block_bytes=16):
    try:
        expected = read(reader)
    except UnicodeDecodeError as error:
        with pytest.raises(UnicodeDecodeError) as caught:
            scanned(reader, workers, block_bytes)
        assert caught.value.reason == error.reason
        return
    except ValueError as error:  # broken bytes among many NULs are a binary file, which is refused before it is read
        with pytest.raises(ValueError, match=re.escape(str(error))):
            scanned(reader, workers, block_bytes)
        return
    got = scanned(reader, workers, block_bytes)
    assert got == expected
    assert list(got[3]) == list(expected[3])  # keys in the order in which they were first seen


@few
@given(good | broken, options, blocks, workers)
def test_lines_are_read_as_the_reader_reads_them(folder, data, given_options, block_bytes, workers):
    path = folder / "lines"
    path.write_bytes(data)
    check(LineSentence(path, **given_options), workers, block_bytes)


@few
@given(good | broken, st.none() | st.integers(1, 5), blocks, workers)
def test_text8_goes_on_over_lines(folder, data, length, block_bytes, workers):
    path = folder / "text8"
    path.write_bytes(data)
    check(Text8Corpus(path, max_sentence_length=length), workers, block_bytes)


@few
@given(st.lists(good, min_size=1, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4), blocks, workers)
def test_several_files_packed_or_not(folder, texts, packed, block_bytes, workers):
    paths = []
    for number, (data, pack) in enumerate(zip(texts, packed, strict=False)):
        paths.append(folder / f"part{number}")
        paths[-1].write_bytes(gzip.compress(data) if pack else data)
    check(CorpusFile(paths), workers, block_bytes)


@few
@given(good, st.sets(st.sampled_from(WORDS)), options, blocks, workers)
def test_known_keys_only(folder, data, known, given_options, block_bytes, workers):
    path = folder / "known"
    path.write_bytes(data)
    reader, keys = LineSentence(path, **given_options), sorted(known)
    expected = read(reader)
    table = CompactKeys.of(keys).table()
    batches = scan(text_of(reader), table, grow=False, workers=workers, block_bytes=block_bytes)
    kept = [[token for token in sentence if token in known] for sentence in expected[0]]
    assert collected(list(batches), keys) == ([sentence for sentence in kept if sentence], *expected[1:3])
    assert len(table) == len(keys)
    assert not table.counts().any()


def test_every_character_between_two_letters(tmp_path):
    path = tmp_path / "all"
    characters = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    path.write_bytes(" ".join(f"a{character}b{character}" for character in characters).encode())
    reader = LineSentence(path, max_sentence_length=None)
    assert scanned(reader, 2, 1 << 16) == read(reader)


def test_every_pair_of_bytes_that_may_begin_a_sequence(tmp_path):
    """Valid or not, and where Python finds the error."""
    path = tmp_path / "bytes"
    seconds = [0x00, 0x0A, 0x20, 0x61, 0x7F, 0x80, 0x84, 0x85, 0x8F, 0x90, 0x9A, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    for first in range(0x80, 0x100):
        for second in seconds:
            for rest in (b"", b"\x80", b"\x80\x80", b"\x80\x80\x80", b"\xa0\xa0 z"):
                path.write_bytes(b"fine\nxx" + bytes([first, second]) + rest)
                check(LineSentence(path))


@pytest.mark.parametrize("workers", range(1, 9))
def test_ids_do_not_depend_on_the_number_of_threads(tmp_path, workers):
    rng = np.random.default_rng(5)
    path = tmp_path / "zipf"
    lines = [" ".join(f"w{number}" for number in rng.zipf(1.3, 50) % 5000) for _ in range(2000)]
    path.write_text("\n".join(lines), encoding="utf8")
    assert scanned(LineSentence(path), workers, 1 << 12) == read(LineSentence(path))


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("reader", [LineSentence, Text8Corpus, CorpusFile])
def test_one_line_of_many_blocks(tmp_path, workers, reader):
    path = tmp_path / "line"
    path.write_bytes(b"round and round it goes " * 5000 + b"x" * 100_000 + b" the end")
    check(reader(path), workers, 1 << 10)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_error_of_a_file_is_the_one_that_is_raised(tmp_path, workers):
    """Later blocks, and even a file that cannot be read, come after it."""
    path = tmp_path / "bad"
    path.write_bytes(b"fine\n" * 100 + b"na\xefve\n" + b"fine\n" * 100 + b"\xff\n")
    text = text_of(CorpusFile([path, path]))
    (tmp_path / "gone").write_bytes(b"")
    reader = CorpusFile([path, tmp_path / "gone"])
    (tmp_path / "gone").unlink()
    for corpus in (text, text_of(reader)):
        with pytest.raises(
            UnicodeDecodeError, match=r"invalid continuation byte in line 101 of .*bad; the corpus must be UTF-8"
        ):
            list(scan(corpus, KeyTable(), grow=True, workers=workers, block_bytes=64))
    with pytest.raises(FileNotFoundError):
        list(scan(text_of(LineSentence(tmp_path / "gone")), KeyTable(), grow=True, workers=workers))


def test_a_folder_of_files(tmp_path):
    for number in range(30):
        (tmp_path / f"part{number:02}").write_bytes(b"w%d shared\nlast of %d" % (number % 7, number))
    for workers in (1, 2, 5):
        check(PathLineSentences(tmp_path, limit=1), workers)
        check(PathLineSentences(tmp_path, max_sentence_length=2), workers)
