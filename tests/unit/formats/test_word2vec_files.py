"""The word2vec formats, text and binary: what loads, what is refused and with which words."""

import bz2
import gzip
import io
import logging
import pickle

import numpy as np
import pytest

from w2vcore.corpus.compact import CompactKeys
from w2vcore.formats import word2vec_binary, word2vec_rows, word2vec_text
from w2vcore.formats._rows import binary_lines, text_lines
from w2vcore.formats.snapshot import Snapshot

WORDS = ["the", "naïve", "東京"]
VECTORS = np.array([[0.1, -2, 3e-5], [4, 5e20, 6], [-7, 0, 9.5]], np.float32)
FORMATS = {"text": word2vec_text, "binary": word2vec_binary}
both = pytest.mark.parametrize("kind", ["text", "binary"])


def rows(kind, words=WORDS, vectors=VECTORS, newline=False):
    """The rows of a file, without header."""
    if kind == "text":
        return b"".join(
            w.encode() + b" " + " ".join(map(str, row)).encode() + b"\n"
            for w, row in zip(words, vectors.tolist(), strict=True)
        )
    end = b"\n" if newline else b""
    return b"".join(word.encode() + b" " + row.tobytes() + end for word, row in zip(words, vectors, strict=True))


def load(kind, data, **options):
    return FORMATS[kind].read(io.BytesIO(data), **options)


def assert_loaded(snapshot, words=WORDS, vectors=VECTORS):
    assert snapshot.keys == words
    assert snapshot.arrays["vectors"].dtype == vectors.dtype
    np.testing.assert_array_equal(snapshot.arrays["vectors"], vectors)


@both
def test_loads(kind):
    assert_loaded(load(kind, b"3 3\n" + rows(kind)))


def test_binary_with_a_newline_after_each_vector():
    assert_loaded(load("binary", b"3 3\n" + rows("binary", newline=True)))
    assert_loaded(load("binary", b"3 3\n\n\n" + rows("binary")))


def test_text_with_trailing_blanks_blank_lines_and_windows_newlines():
    data = rows("text").replace(b"\n", b" \r\n")
    assert_loaded(load("text", b"3 3\r\n" + data.replace(b"\r\n", b"\r\n\n", 1)))
    assert_loaded(load("text", b"3 3\n" + rows("text")[:-1]))


@both
@pytest.mark.parametrize("block", [1, 2, 3, 5, 7, 16, 31, 64])
@pytest.mark.parametrize("newline", [False, True])
def test_words_and_vectors_may_straddle_blocks(kind, block, newline, monkeypatch):
    data = b"3 3\n" + rows(kind, newline=newline)
    module = FORMATS[kind]
    # the header must be in the first block, which is read with the constant of the module too
    monkeypatch.setattr(module, "BLOCK_BYTES", max(block, 4))
    assert_loaded(module.read(io.BytesIO(data)))


@both
def test_limit(kind):
    data = b"3 3\n" + rows(kind)
    assert_loaded(load(kind, data, limit=2), WORDS[:2], VECTORS[:2])
    assert_loaded(load(kind, data, limit=99))
    assert load(kind, data, limit=0).keys == []
    # what lies behind the limit is not read
    assert_loaded(load(kind, data[: len(data) - 5], limit=2), WORDS[:2], VECTORS[:2])
    with pytest.raises(ValueError, match=r"limit must be None .* got -1"):
        load(kind, data, limit=-1)


@both
@pytest.mark.parametrize("datatype", [np.float16, np.float64])
def test_datatype(kind, datatype):
    small = np.array([[0.5, -2, 3], [4, 5, 6], [-7, 0, 9.5]], np.float32)
    assert_loaded(load(kind, b"3 3\n" + rows(kind, vectors=small), datatype=datatype), vectors=small.astype(datatype))


@both
def test_rows_beyond_the_header_are_ignored(kind):
    assert_loaded(load(kind, b"2 3\n" + rows(kind)), WORDS[:2], VECTORS[:2])


@both
@pytest.mark.parametrize("block", [8, 8 << 20])
def test_of_equal_words_the_first_is_kept(kind, block, caplog, monkeypatch):
    monkeypatch.setattr(FORMATS[kind], "BLOCK_BYTES", block)
    words, vectors = ["a", "b", "a", "a", "c", "b"], np.arange(6, dtype=np.float32)[:, np.newaxis]
    with caplog.at_level(logging.WARNING):
        snapshot = load(kind, b"6 1\n" + rows(kind, words, vectors))
    assert_loaded(snapshot, ["a", "b", "c"], np.array([[0], [1], [4]], np.float32))
    assert [record.args for record in caplog.records] == [("a",), ("a",), ("b",)]
    assert "duplicate word 'a' in word2vec file, ignoring all but first" in caplog.text


@both
def test_too_few_rows(kind):
    data = b"3 3\n" + rows(kind, WORDS[:2], VECTORS[:2])
    with pytest.raises(EOFError, match=rf"header says 3 vectors, file ends after 2 \(byte {len(data)}\)"):
        load(kind, data)


@both
def test_every_cut_is_noticed(kind):
    data = b"3 3\n" + rows(kind)
    last = len(data) - 4 if kind == "text" else len(data)  # "9.5\n" cut to "9." or "9" is a number all the same
    for length in range(last):
        with pytest.raises((EOFError, ValueError)):
            load(kind, data[:length])


@both
@pytest.mark.parametrize("claim", [b"99999999999 99999999999", b"3 99999999999", b"99999999999 3"])
@pytest.mark.parametrize("known_size", [True, False])
def test_what_a_header_claims_is_not_allocated(kind, claim, known_size, tmp_path):
    data = claim + b"\n" + rows(kind)
    path = tmp_path / ("x" if known_size else "x.gz")
    path.write_bytes(data if known_size else gzip.compress(data))
    with pytest.raises((EOFError, ValueError), match=r"file ends after|values instead of|header says vectors of"):
        FORMATS[kind].read(path)


@both
def test_growth_where_the_size_of_the_file_is_unknown(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(word2vec_rows, "capacity", lambda wanted, available, smallest_row: 1)
    monkeypatch.setattr(FORMATS[kind], "BLOCK_BYTES", 64)
    vectors = np.arange(300, dtype=np.float32).reshape(100, 3)
    words = [f"w{i}" for i in range(100)]
    assert_loaded(load(kind, b"100 3\n" + rows(kind, words, vectors)), words, vectors)


@both
def test_bad_utf8_names_the_word(kind):
    data = (b"3 3\n" + rows(kind)).replace("東京".encode(), b"\xe6\x9d")
    with pytest.raises(UnicodeDecodeError, match="word 3 is not UTF-8; pass unicode_errors='replace'"):
        load(kind, data)
    assert load(kind, data, unicode_errors="ignore").keys[2] == ""
    assert load(kind, data, unicode_errors="replace").keys[2] == "\ufffd"


@both
def test_encoding(kind):
    data = (b"3 3\n" + rows(kind)).replace("naïve".encode(), "naïve".encode("latin1"))
    assert load(kind, data, encoding="latin1").keys[1] == "naïve"


@both
@pytest.mark.parametrize(("extension", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_packed_files(kind, extension, compress, tmp_path):
    path = tmp_path / f"v{extension}"
    path.write_bytes(compress(b"3 3\n" + rows(kind)))
    assert_loaded(FORMATS[kind].read(path))
    FORMATS[kind].write(Snapshot("keyedvectors", WORDS, {"vectors": VECTORS}), path)
    assert_loaded(FORMATS[kind].read(str(path)))


# ------------------------------------------------------------------ other files


@both
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            pickle.dumps({"vectors": [0.5] * 20}, 4),
            r"this is a Python pickle \(a gensim save\?\), .* Word2Vec.load, KeyedVectors.load and .* read gensim's",
        ),
        (b"PK\x03\x04" + bytes(60), "this is a zip archive"),
        (gzip.compress(b"3 3\n", mtime=0), "this is a gzip file; pass its name, or what gzip.open makes of it"),
        (b"\xba\x16\x4f\x2f" + bytes(60), "this is a fastText model"),
        (
            b"the 0.1 0.2 0.3\nof 1 2 3\n",
            r"no header line(, and it is text)?; pass (binary=False and )?no_header=True \(GloVe\)",
        ),
        (b"", "begins with a line of two numbers, how many vectors and their size; got ''"),
        (b"hello world\n", "two numbers, .* got 'hello world'"),
        (b"3 -3\n", "two numbers"),
        (b"3 0\n", "two numbers"),
        (b"1" * 300, "two numbers"),
    ],
)
def test_no_header(kind, data, message):
    with pytest.raises(ValueError, match=message):
        load(kind, data)


def test_text_read_as_binary():
    with pytest.raises(ValueError, match="this is a text file; pass binary=False"):
        load("binary", b"2 10\n" + b"the" + b" 0.25" * 10 + b"\nof" + b" 0.125" * 10 + b"\n")


def test_binary_read_as_text():
    vectors = np.random.default_rng(0).standard_normal((50, 20)).astype(np.float32)
    vectors[0] = 0
    data = b"50 20\n" + rows("binary", [f"w{i}" for i in range(50)], vectors, newline=True)
    with pytest.raises(
        ValueError, match=r"this is a binary file, .* of 20 float32 numbers in each row; pass binary=True"
    ):
        load("text", data)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (b"of 1 2", r"row 2 \(word 'of'\) has 2 values instead of 3"),
        (b"of 1 x 3", r"row 2 \(word 'of'\): 'x' is not a number"),
        (b"of 1  3", r"row 2 \(word 'of'\) has 2 values instead of 3"),
        (b"of", "has 0 values instead of 3"),
    ],
)
def test_bad_rows_of_text(row, message):
    with pytest.raises(ValueError, match=message):
        load("text", b"3 3\nthe 1 2 3\n" + row + b"\nand 1 2 3\n")


# ------------------------------------------------------------------ without header


def test_glove():
    assert_loaded(load("text", rows("text"), no_header=True))
    assert_loaded(load("text", rows("text"), no_header=True, limit=2), WORDS[:2], VECTORS[:2])
    with pytest.raises(ValueError, match=r"row 3 .* has 1 values instead of 3"):
        load("text", b"a 1 2 3\nb 1 2 3\nc 1", no_header=True)
    with pytest.raises(ValueError, match="expected a word and its numbers in the first line"):
        load("text", b"the\n", no_header=True)
    with pytest.raises(NotImplementedError, match="no_header=True is for text files"):
        load("binary", rows("binary"), no_header=True)


# ------------------------------------------------------------------ writing


def padded():
    matrix = np.full((3, 16), 99, np.float32)
    matrix[:, :3] = VECTORS
    return Snapshot("keyedvectors", WORDS, {"vectors": matrix[:, :3]})


@both
def test_writes_padded_views(kind, tmp_path):
    FORMATS[kind].write(padded(), tmp_path / "v")
    assert_loaded(FORMATS[kind].read(tmp_path / "v"))


@both
def test_order_prefix_total_and_append(kind, tmp_path):
    module, path = FORMATS[kind], tmp_path / "v"
    module.write(padded(), path, total_vec=6, prefix="p_", order=np.array([2, 0, 1]))
    module.write(padded(), path, write_header=False, append=True)
    assert path.read_bytes().startswith(b"6 3\np_")
    expected = ["p_東京", "p_the", "p_naïve", *WORDS]
    assert_loaded(module.read(path), expected, np.concatenate([VECTORS[[2, 0, 1]], VECTORS]))
    with pytest.raises(ValueError, match="append=True needs a plain local file"):
        module.write(padded(), tmp_path / "v.gz", append=True)


@both
def test_written_in_blocks(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(word2vec_rows, "BLOCK_ROWS", 2)
    FORMATS[kind].write(padded(), tmp_path / "v", order=np.array([1, 2, 0]))
    assert_loaded(FORMATS[kind].read(tmp_path / "v"), [WORDS[row] for row in (1, 2, 0)], VECTORS[[1, 2, 0]])


@both
@pytest.mark.parametrize("key", ["new york", "a\nb", "\ud800"])
def test_keys_that_no_reader_could_tell_apart(kind, key, tmp_path):
    (tmp_path / "v").write_bytes(b"old")
    with pytest.raises(ValueError, match=r"key .* \(row 0\) .* use save\(\)"):
        FORMATS[kind].write(Snapshot("keyedvectors", [key], {"vectors": VECTORS[:1]}), tmp_path / "v")
    assert (tmp_path / "v").read_bytes() == b"old"


@both
def test_integer_keys_are_written_once(kind, tmp_path):
    FORMATS[kind].write(Snapshot("keyedvectors", [0, 1, 2], {"vectors": VECTORS}), tmp_path / "v")
    assert_loaded(FORMATS[kind].read(tmp_path / "v"), ["0", "1", "2"])


def test_counts(tmp_path):
    with (tmp_path / "v").open("wb") as file:
        word2vec_rows.write_counts(file, [b"a", "é".encode()], [3, 1])
    assert word2vec_rows.read_counts(tmp_path / "v") == {"a": 3, "é": 1}
    for data in (b"a 3\r\n\xc3\xa9 1\r\n", b"\xef\xbb\xbfa\t3\n\xc3\xa9  1 \n\n"):
        (tmp_path / "v").write_bytes(data)
        assert word2vec_rows.read_counts(tmp_path / "v") == {"a": 3, "é": 1}
    with (tmp_path / "v").open("wb") as stream:
        word2vec_rows.write_counts(stream, [b"", b"a\tb"], [3, 1])
    assert word2vec_rows.read_counts(tmp_path / "v") == {"": 3, "a\tb": 1}
    (tmp_path / "v").write_text("a 3\nb\n")
    with pytest.raises(ValueError, match="line 2 is not 'word count'"):
        word2vec_rows.read_counts(tmp_path / "v")


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_several_threads_write_the_same_file(monkeypatch, binary, dtype):
    numbers = np.random.default_rng(1).normal(size=(9001, 40)).astype(dtype)
    snapshot = Snapshot(
        "keyedvectors", CompactKeys.of([f"w{'é' * (i % 3)}{i}" for i in range(9001)]), {"vectors": numbers}
    )
    files = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
        files.append(io.BytesIO())
        (word2vec_binary if binary else word2vec_text).write(snapshot, files[-1])
    assert files[0].getvalue() == files[1].getvalue() == files[2].getvalue()
    read = (word2vec_binary if binary else word2vec_text).read(io.BytesIO(files[1].getvalue()))
    np.testing.assert_array_equal(read.arrays["vectors"], numbers.astype(np.float32))
    assert read.keys == snapshot.keys


@pytest.mark.parametrize("offsets", [[0, 1], [0, 1, 3], [1, 0, 2], [-1, 1, 2]])
def test_lines_need_a_word_for_each_row(offsets):
    words, offsets = np.frombuffer(b"ab", np.uint8), np.array(offsets, np.int64)
    with pytest.raises(ValueError, match=r"as many words|do not rise"):
        text_lines(words, offsets, np.ones((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"as many words|do not rise"):
        binary_lines(words, offsets, np.ones((2, 12), np.uint8))
