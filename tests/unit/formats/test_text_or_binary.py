"""Text is never read as binary vectors, nor binary as text: not by load_any, and not by a call that says the wrong thing.

Both formats begin with the same line, and any bytes are float32 numbers. So a file is binary only if its rows add up.
"""

import gzip
import io

import numpy as np
import pytest
from click.testing import CliRunner

from w2vcore.cli import main
from w2vcore.formats import evidence
from w2vcore.keyedvectors import KeyedVectors

ROW = " 0.0418 0.24968 -0.41242 0.1217 0.34527 -0.044457\n"
NUMBERS = [0.0418, 0.24968, -0.41242, 0.1217, 0.34527, -0.044457]


def text(keys, row=ROW, size=6):
    return f"{len(keys)} {size}\n" + "".join(key + row for key in keys)


def binary(keys, vectors, newline=False):
    rows = (key.encode() + b" " + row.tobytes() + b"\n" * newline for key, row in zip(keys, vectors, strict=True))
    return b"%d %d\n" % vectors.shape + b"".join(rows)


# ------------------------------------------------------------------ texts that are read


@pytest.mark.parametrize(
    "keys",
    [
        ["new york", "los angeles", "the"],  # the first row too
        ["the", "windows 95", "iphone 5", "of", "to"],
        [". . .", "at name@domain.com", "of"],
        ["5", "7", "1850"],
        ["naïve bayes", "東京 都", "\u00a0"],
    ],
)
@pytest.mark.parametrize("header", [True, False])
def test_keys_with_blanks(keys, header, tmp_path):
    data = text(keys) if header else text(keys).split("\n", 1)[1]
    (tmp_path / "v").write_text(data, encoding="utf8")
    explicit = KeyedVectors.load_word2vec_format(tmp_path / "v", no_header=not header)
    for kv in (KeyedVectors.load_any(tmp_path / "v"), explicit):
        assert kv.index_to_key == keys
        assert kv.vectors.tolist() == [np.float32(NUMBERS).tolist()] * len(keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(" ", "\t"),
        lambda data: data.split("\n", 1)[0] + "\n" + data.split("\n", 1)[1].replace(" 0.0418", "\t0.0418"),
        lambda data: data.replace(" 0", "  0"),
        lambda data: data.replace("\n", " \n"),
        lambda data: data.replace("\n", "\r\n"),
        lambda data: data.replace("\n", "\t\r\n"),
        lambda data: "\ufeff" + data,
        lambda data: data.replace("the", " the", 1),
        lambda data: data.replace("the", "   the", 1),
    ],
    ids=[
        "tabs",
        "tab after key",
        "double blanks",
        "trailing blank",
        "CRLF",
        "all three",
        "BOM",
        "leading blank",
        "more",
    ],
)
@pytest.mark.parametrize("header", [True, False])
def test_other_blanks(change, header, tmp_path):
    data = text(["the", "of", "to"])
    data = change(data if header else data.split("\n", 1)[1])
    (tmp_path / "v").write_bytes(data.encode())
    explicit = KeyedVectors.load_word2vec_format(tmp_path / "v", no_header=not header)
    for kv in (KeyedVectors.load_any(tmp_path / "v"), explicit):
        assert kv.index_to_key == ["the", "of", "to"]
        assert kv.vectors.tolist() == [np.float32(NUMBERS).tolist()] * 3


def test_phrases_between_tabs(tmp_path):
    (tmp_path / "v").write_text("2 2\nnew york\t0.5\t1\nlos\u00a0angeles\t2\t3\n", encoding="utf8")
    kv = KeyedVectors.load_any(tmp_path / "v")
    assert kv.index_to_key == ["new york", "los\u00a0angeles"]
    assert kv.vectors.tolist() == [[0.5, 1], [2, 3]]


def test_a_byte_order_mark_alone_is_a_key(tmp_path):
    (tmp_path / "v").write_text("\ufeff 0.5 1\nthe 2 3\n", encoding="utf8")
    assert KeyedVectors.load_any(tmp_path / "v").index_to_key == ["\ufeff", "the"]


# ------------------------------------------------------------------ texts that are damaged


KEYS = [f"word{number}" for number in range(40)]
DAMAGED = {
    "too few": (text(KEYS, size=7), r"header says vectors of 7 numbers, and the rows have 6"),
    "too many": (text(KEYS, size=5), r"header says vectors of 5 numbers, and the rows have 6"),
    "minus": (text(KEYS, ROW.replace("-", "−")), r"'−0.41242' is not a number: it has the Unicode minus U\+2212"),
    "sparse": (text(KEYS, " 9:0.02 17:0.5\n", 30), r"'9:0.02' is not a number.* sparse"),
    "commas": (text(KEYS, ROW.replace(".", ",")), r"'0,0418' is not a number.* decimal comma"),
    "csv": (
        text(KEYS, ROW.replace(" ", ",")),
        r"row 1 \(word 'word0,0.0418,.*has 0 values instead of 6: there are commas",
    ),
    "prose": ("3 100\n" + "It was the best of times, it was the worst of times.\n" * 9, r"row 1 .*instead of 100"),
    "tiny": ("1 2\na 9:0.023\n", r"1 values instead of 2"),
}


@pytest.mark.parametrize("kind", DAMAGED)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_damaged_texts_say_what_is_wrong(kind, ending, tmp_path):
    data, message = DAMAGED[kind]
    path = tmp_path / f"v{ending}"
    path.write_bytes(gzip.compress(data.encode()) if ending else data.encode())
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load_any(path)
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load_word2vec_format(path)
    for command in (["info", str(path)], ["similar", str(path), "word0"]):
        found = CliRunner().invoke(main, command)
        assert found.exit_code == 1
        assert str(path) in found.output


@pytest.mark.parametrize("kind", [kind for kind in DAMAGED if kind != "tiny"])
def test_damaged_texts_are_not_read_as_binary(kind, tmp_path):
    (tmp_path / "v").write_text(DAMAGED[kind][0], encoding="utf8")
    with pytest.raises(ValueError, match=r"v: this is a text file; pass binary=False"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True, unicode_errors="ignore")


@pytest.mark.parametrize("keys", [["the", "of"], ["new york", "x"], [" the", "of"]])
@pytest.mark.parametrize("limit", [None, 1])
def test_honest_texts_are_not_read_as_binary(keys, limit, tmp_path):
    (tmp_path / "v").write_text(text(keys), encoding="utf8")
    with pytest.raises(ValueError, match=r"v: this is a text file; pass binary=False"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True, limit=limit)


def test_without_a_header_binary_says_both(tmp_path):
    (tmp_path / "v").write_text(text(["new york", "of"]).split("\n", 1)[1], encoding="utf8")
    with pytest.raises(ValueError, match=r"no header line; pass no_header=True"):
        KeyedVectors.load_word2vec_format(tmp_path / "v")
    with pytest.raises(ValueError, match=r"no header line, and it is text; pass binary=False and no_header=True"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True)


@pytest.mark.parametrize("rows", [1, 2, 30])
def test_no_header_where_there_is_one(rows, tmp_path):
    (tmp_path / "v").write_text(text(KEYS[:rows]), encoding="utf8")
    with pytest.raises(ValueError, match=rf"v: the first line, '{rows} 6', is a header; leave no_header=True out"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", no_header=True)


def test_a_damaged_row_of_many_is_named(tmp_path):
    lines = text(KEYS).splitlines()
    lines[20] = lines[20].rsplit(" ", 2)[0]
    (tmp_path / "v").write_text("\n".join(lines), encoding="utf8")
    with pytest.raises(ValueError, match=r"row 20 \(word 'word19'\) has 4 values instead of 6"):
        KeyedVectors.load_any(tmp_path / "v")


# ------------------------------------------------------------------ binary files


def some(rows, size, seed=1):
    return np.random.default_rng(seed).standard_normal((rows, size)).astype(np.float32)


@pytest.mark.parametrize("rows", [1, 2, 50])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("newline", [False, True])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_honest_binary_files(rows, size, newline, ending, tmp_path):
    keys, vectors = [str(key) for key in range(rows)], some(rows, size)
    data, path = binary(keys, vectors, newline), tmp_path / f"v{ending}"
    path.write_bytes(gzip.compress(data) if ending else data)
    for kv in (KeyedVectors.load_any(path), KeyedVectors.load_word2vec_format(path, binary=True)):
        assert kv.index_to_key == keys
        assert kv.vectors.tobytes() == vectors.tobytes()
    assert KeyedVectors.load_any(path, limit=1).vectors.tobytes() == vectors[:1].tobytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0, 1, 12.078431, 1e-30, 1e38, -1e-45])
@pytest.mark.parametrize("shape", [(1, 1), (1, 20), (30, 1), (30, 20)])
def test_unusual_numbers(value, shape, tmp_path):
    """12.078431 is the four letters AAAA."""
    vectors = np.full(shape, value, np.float32)
    keys = [f"k{row}" for row in range(len(vectors))]
    (tmp_path / "v").write_bytes(binary(keys, vectors))
    assert KeyedVectors.load_any(tmp_path / "v").vectors.tobytes() == vectors.tobytes()


@pytest.mark.parametrize(("rows", "size"), [(1, 1), (3, 2), (50, 20), (3, 30_000)])
def test_a_binary_file_read_as_text_says_so(rows, size, tmp_path):
    (tmp_path / "v").write_bytes(binary(KEYS[:1] * rows, some(rows, size)))
    for options in ({}, {"limit": 1}, {"unicode_errors": "ignore"}):
        with pytest.raises(ValueError, match=rf"v: this is a binary file, .* of {size} float32 .*; pass binary=True"):
            KeyedVectors.load_word2vec_format(tmp_path / "v", **options)
    with pytest.raises(ValueError, match=r"v: this is a binary file, .*; pass binary=True, and leave no_header out"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", no_header=True)


@pytest.mark.parametrize("wrong", [99, 101, 50, 200])
def test_a_wrong_size_in_the_header_of_a_binary_file(wrong, tmp_path):
    data = binary(KEYS, some(40, 100)).replace(b"40 100\n", b"40 %d\n" % wrong, 1)
    (tmp_path / "v").write_bytes(data)
    message = rf"v: no rows of words and {wrong} float32 numbers: .*; the size in the header may be wrong"
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load_any(tmp_path / "v", unicode_errors="ignore")
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True, unicode_errors="ignore")


def test_doubles_and_halves_are_no_float32(tmp_path):
    for numbers in (np.float64, np.float16):
        data = binary(KEYS, some(40, 100).astype(numbers))
        (tmp_path / "v").write_bytes(data)
        with pytest.raises(ValueError, match=r"no rows of words and 100 float32 numbers"):
            KeyedVectors.load_any(tmp_path / "v", unicode_errors="ignore")


def test_every_cut_of_a_binary_file_is_noticed(tmp_path):
    data = binary(KEYS[:3], some(3, 4))
    for length in range(4, len(data)):
        (tmp_path / "v").write_bytes(data[:length])
        with pytest.raises(EOFError, match="header says 3 vectors, file ends after"):
            KeyedVectors.load_any(tmp_path / "v")
        with pytest.raises(EOFError, match="header says 3 vectors, file ends after"):
            KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True)


def test_a_cut_in_the_only_number_is_one(tmp_path):
    """Its first byte is a letter."""
    (tmp_path / "v").write_bytes(b"1 1\na l")
    with pytest.raises(EOFError, match="header says 1 vectors, file ends after 0"):
        KeyedVectors.load_any(tmp_path / "v")


def test_one_number_a_row_may_look_like_a_header(tmp_path):
    (tmp_path / "v").write_text("2 1\nthe 0.5\nof 2\n")
    assert KeyedVectors.load_word2vec_format(tmp_path / "v", no_header=True).index_to_key == ["2", "the", "of"]
    assert KeyedVectors.load_word2vec_format(tmp_path / "v").index_to_key == ["the", "of"]


def test_bytes_behind_the_last_row_are_said(tmp_path, caplog):
    (tmp_path / "v").write_bytes(binary(KEYS[:3], some(3, 4)) + binary(KEYS[3:5], some(2, 4)))
    assert KeyedVectors.load_any(tmp_path / "v").index_to_key == KEYS[:3]
    assert "the header says 3 vectors, and more follows them" in caplog.text


def test_a_header_before_anything_else(tmp_path):
    for rest in (bytes(100_000), np.random.default_rng(1).bytes(100_000)):
        (tmp_path / "v").write_bytes(b"1000 20\n" + rest)
        with pytest.raises(ValueError, match=r"no rows of words and 20 float32 numbers"):
            KeyedVectors.load_any(tmp_path / "v", unicode_errors="ignore")


def test_the_kind_of_bytes():
    assert evidence.kind(b"a 0.25\n", 1, 1, whole=True) == "text"  # both: what can be read as text is text
    assert evidence.kind(b"", 0, 5, whole=True) == "text"


def test_open_files_too():
    file = io.BytesIO(text(KEYS).encode())
    with pytest.raises(ValueError, match="this is a text file"):
        KeyedVectors.load_word2vec_format(file, binary=True)
