"""Readers: the same tokens in every way in, none lost, and errors that name the place."""

import bz2
import gzip
import io
import lzma
import sys

import pytest

from w2vcore.corpus import readers
from w2vcore.corpus.encoding import encode
from w2vcore.corpus.readers import BrownCorpus, CorpusFile, LineSentence, PathLineSentences, Text8Corpus
from w2vcore.corpus.vocabulary import count_tokens
from w2vcore.word2vec import Word2Vec

# Everything that splits, or looks as if it did: no-break and ideographic space, next line, the separators of ASCII, vertical
# tab, form feed, CR LF, lone CR, line and paragraph separator, zero-width space (no blank), byte order mark, empty lines.
HARD = (
    "mark \ufeffbyte order\n"
    "no\u00a0break ideo\u3000graphic next\u0085line\n"
    "a\x1cb\x1dc\x1ed\x1fe v\x0bt f\x0cf\n"
    "\n"
    "   \t \n"
    "dos line\r\n"
    "lone\rreturn line\u2028separator paragraph\u2029separator zero\u200bwidth\n"
    "naïve Straße 日本語 \U0001f600 emoji\n"
    "\r\n"
    "no newline at the end"
).encode()

EXPECTED = [line.decode("utf8").split() for line in HARD.split(b"\n")]
SENTENCES = [tokens for tokens in EXPECTED if tokens]

COMPRESS = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def flat(sentences):
    return [token for sentence in sentences for token in sentence]


def test_expectation_contains_every_kind_of_blank():
    assert ["a", "b", "c", "d", "e", "v", "t", "f", "f"] in EXPECTED
    assert ["no", "break", "ideo", "graphic", "next", "line"] in EXPECTED
    assert EXPECTED[0][1] == "\ufeffbyte"
    assert "zero\u200bwidth" in flat(EXPECTED)


@pytest.mark.parametrize("extension", COMPRESS)
def test_every_way_in_gives_the_same_tokens(tmp_path, extension):
    path = tmp_path / f"corpus.txt{extension}"
    path.write_bytes(COMPRESS[extension](HARD))
    for reader in (
        LineSentence(path),
        LineSentence(str(path)),
        LineSentence(io.BytesIO(HARD)),
        PathLineSentences(tmp_path),
        PathLineSentences(str(path)),
        CorpusFile(path),
        CorpusFile([str(path)]),
    ):
        for _ in range(2):  # and again on the second pass
            assert list(reader) == SENTENCES
    assert flat(Text8Corpus(path)) == flat(SENTENCES)


def test_every_way_in_gives_the_same_ids_and_counts(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(HARD)
    counts = count_tokens(SENTENCES).counts
    ids = {token: i for i, token in enumerate(counts)}
    for reader in (LineSentence(path), CorpusFile(path), PathLineSentences(path), Text8Corpus(path)):
        assert count_tokens(reader).counts == counts
        encoded = [i for batch in encode(reader, ids, 7) for i in batch.ids.tolist()]
        assert encoded == [ids[token] for token in flat(SENTENCES)]


@pytest.mark.parametrize("extension", [".gz", ".bz2", ".xz"])
def test_compression_is_seen_by_the_first_bytes_whatever_the_name(tmp_path, extension):
    path = tmp_path / "corpus.txt"
    path.write_bytes(COMPRESS[extension](HARD))
    assert list(CorpusFile(path)) == list(LineSentence(path)) == SENTENCES
    path.write_bytes(COMPRESS[extension](b""))
    assert list(CorpusFile(path)) == []


@pytest.mark.parametrize("extension", COMPRESS)
def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path, extension):
    path, text = tmp_path / f"corpus.txt{extension}", "\ufeffthe \ufeffdog\nbarks\n"
    path.write_bytes(COMPRESS[extension](text.encode()))
    sentences = [["the", "\ufeffdog"], ["barks"]]
    for reader in (
        LineSentence(path),
        LineSentence(io.BytesIO(text.encode())),
        LineSentence(io.StringIO(text)),
        PathLineSentences(tmp_path),
        CorpusFile(path),
    ):
        assert list(reader) == list(reader) == sentences
    assert flat(Text8Corpus(path)) == flat(sentences)
    for given in ({"corpus_file": path}, {"sentences": LineSentence(path)}):
        model = Word2Vec(min_count=1, vector_size=4, **given)
        assert sorted(model.wv.index_to_key) == ["barks", "the", "\ufeffdog"]
    path.write_bytes(COMPRESS[extension]("\ufeff".encode()))
    assert list(LineSentence(path)) == list(CorpusFile(path)) == []


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_a_plain_text_whose_name_says_packed_is_read(ending, tmp_path):
    path = tmp_path / f"corpus{ending}"
    path.write_text("naïve words\nand more\n", encoding="utf8")
    sentences = [["naïve", "words"], ["and", "more"]]
    assert list(CorpusFile(path)) == list(LineSentence(path)) == list(PathLineSentences(path)) == sentences
    model = Word2Vec(corpus_file=path, min_count=1, vector_size=4)
    assert sorted(model.wv.index_to_key) == ["and", "more", "naïve", "words"]


def test_what_is_neither_packed_nor_text_is_an_error(tmp_path):
    path = tmp_path / "corpus.gz"
    path.write_bytes(b"\x1f\x8b\x00 damaged")
    with pytest.raises(gzip.BadGzipFile):
        list(CorpusFile(path))


def test_zstandard(tmp_path):
    zstd = pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    path = tmp_path / "corpus.txt.zst"
    path.write_bytes(zstd.compress(HARD))
    assert list(CorpusFile(path)) == list(LineSentence(path)) == SENTENCES


def test_missing_package_for_a_compression_is_named(tmp_path, monkeypatch):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"\x28\xb5\x2f\xfd rest")

    def no_package(*_args, **_kwargs):
        raise ImportError("No module named 'backports'")

    monkeypatch.setattr("smart_open.open", no_package)
    with pytest.raises(ImportError, match=r"corpus\.txt needs a package .* pip install w2vcore\[zstd\]"):
        list(CorpusFile(path))


def test_bzip2_header_in_plain_text_is_plain_text(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"BZh9 is how bzip2 begins\n")
    assert list(CorpusFile(path)) == [["BZh9", "is", "how", "bzip2", "begins"]]


def test_url(tmp_path):
    path = tmp_path / "corpus.txt.gz"
    path.write_bytes(gzip.compress(b"from a url\n"))
    assert list(LineSentence(path.as_uri())) == [["from", "a", "url"]]


def test_nothing_is_opened_before_iteration(tmp_path):
    reader = LineSentence(tmp_path / "later.txt")
    with pytest.raises(FileNotFoundError):
        list(reader)
    (tmp_path / "later.txt").write_bytes(b"now it is there\n")
    assert list(reader) == [["now", "it", "is", "there"]]


def test_two_iterations_at_once_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"a\nb\nc\n")
    reader = LineSentence(path)
    assert list(zip(reader, reader, strict=True)) == [(["a"], ["a"]), (["b"], ["b"]), (["c"], ["c"])]


def test_open_files_are_rewound_and_stay_open():
    file = io.BytesIO(b"one line\nand two\n")
    file.read()
    reader = LineSentence(file)
    assert list(reader) == list(reader) == [["one", "line"], ["and", "two"]]
    assert not file.closed
    assert list(LineSentence(io.StringIO("text\u00a0mode\n"))) == [["text", "mode"]]


def test_bad_utf8_names_file_and_line(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"fine\nfine too\nbad \xff byte\n")
    for reader in (LineSentence(path), PathLineSentences(path), CorpusFile(path), Text8Corpus(path)):
        with pytest.raises(UnicodeDecodeError, match=r"in line 3 of .*bad\.txt") as caught:
            list(reader)
        assert caught.value.object[caught.value.start] == 0xFF
    with pytest.raises(UnicodeDecodeError, match="line 2"):
        list(LineSentence(io.BytesIO(b"a\n\xc3\n")))


def test_bad_utf8_far_into_a_file_of_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "_BLOCK", 16)
    path = tmp_path / "bad.txt"
    path.write_bytes(b"some words\n" * 50 + b"x\xffy\n")
    with pytest.raises(UnicodeDecodeError, match="line 51"):
        list(Text8Corpus(path))


def test_long_lines_are_cut_or_kept_whole_and_lose_nothing(tmp_path):
    words = [f"w{i}" for i in range(25_000)]
    path = tmp_path / "long.txt"
    path.write_text(" ".join(words), encoding="utf8")
    pieces = list(LineSentence(path))
    assert [len(piece) for piece in pieces] == [10_000, 10_000, 5_000]
    assert flat(pieces) == words
    assert list(LineSentence(path, max_sentence_length=None)) == list(CorpusFile(path)) == [words]
    assert [len(piece) for piece in Text8Corpus(path, max_sentence_length=12_500)] == [12_500, 12_500]
    assert list(Text8Corpus(path, max_sentence_length=None)) == [words]


def test_limit_counts_lines_of_the_file_blank_ones_too(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"a b c\n\nd\ne\n")
    assert list(LineSentence(path, 2, 3)) == [["a", "b"], ["c"], ["d"]]
    assert list(LineSentence(path, limit=0)) == []
    (tmp_path / "more.txt").write_bytes(b"x\ny\n")
    assert list(PathLineSentences(tmp_path, limit=1)) == [["a", "b", "c"], ["x"]]


@pytest.mark.parametrize("reader", [LineSentence, Text8Corpus])
def test_lengths_that_would_never_end_are_refused(reader):
    with pytest.raises(ValueError, match="max_sentence_length must be at least 1, or None for no limit, got 0"):
        reader("corpus.txt", max_sentence_length=0)
    with pytest.raises(ValueError, match="limit must be at least 0"):
        LineSentence("corpus.txt", limit=-1)


def test_path_line_sentences_takes_files_in_name_order_without_subdirectories(tmp_path):
    (tmp_path / "b.txt").write_bytes(b"second\n")
    (tmp_path / "a.txt.bz2").write_bytes(bz2.compress(b"first\n"))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.txt").write_bytes(b"hidden\n")
    reader = PathLineSentences(tmp_path)
    assert reader.input_files == [str(tmp_path / "a.txt.bz2"), str(tmp_path / "b.txt")]
    assert list(reader) == [["first"], ["second"]]
    with pytest.raises(ValueError, match="input is neither a file nor a path"):
        PathLineSentences(tmp_path / "absent")


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_text8_blocks_may_end_anywhere(tmp_path, monkeypatch, block):
    monkeypatch.setattr(readers, "_BLOCK", block)
    path = tmp_path / "text8"
    path.write_bytes(HARD)
    for size in (1, 3, 1000):
        sentences = list(Text8Corpus(path, max_sentence_length=size))
        assert flat(sentences) == flat(SENTENCES)
        assert all(len(sentence) == size for sentence in sentences[:-1])


def test_brown_corpus(tmp_path):
    (tmp_path / "ca02").write_bytes(b"A/at b/c/d plain Said/VBD\n")
    (tmp_path / "ca01").write_bytes(b"\n\tThe/at Fulton/np-tl ``/`` said/vbd ./.\n./. ,/,\n")
    (tmp_path / "folder").mkdir()
    assert list(BrownCorpus(tmp_path)) == [["the/at", "fulton/np", "said/vb"], ["a/at", "said/VB"]]


def test_corpus_file_reads_several_files_in_the_order_given(tmp_path):
    (tmp_path / "a").write_bytes(b"first\n\nlast of a")
    (tmp_path / "b").write_bytes(gzip.compress(b"only b\n"))
    reader = CorpusFile([tmp_path / "b", str(tmp_path / "a")])
    assert list(reader) == list(reader) == [["only", "b"], ["first"], ["last", "of", "a"]]
    assert reader.paths == (str(tmp_path / "b"), str(tmp_path / "a"))


@pytest.mark.parametrize(
    "bad", ["no/such/file.txt", "https://example.org/corpus.txt", 7, [], ["no/such/file.txt"], b"x"]
)
def test_corpus_file_that_is_no_file_is_a_type_error_naming_it(bad):
    shown = bad[0] if isinstance(bad, list) and bad else bad
    with pytest.raises(TypeError, match="Parameter corpus_file must be a valid path to a file") as caught:
        CorpusFile(bad)
    assert repr(shown) in str(caught.value)


def test_corpus_file_that_is_a_directory_says_what_to_use(tmp_path):
    with pytest.raises(TypeError, match="PathLineSentences"):
        CorpusFile(tmp_path)
