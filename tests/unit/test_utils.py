"""gensim's small helpers."""

import gzip
import itertools

import numpy as np
import pytest

from w2vcore import LineSentence, utils


def test_pruning_rules_are_gensims_numbers():
    assert (utils.RULE_DEFAULT, utils.RULE_DISCARD, utils.RULE_KEEP) == (0, 1, 2)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("Hello, World! 42", {}, ["Hello", "World"]),
        ("Hello, World!", {"lowercase": True}, ["hello", "world"]),
        ("Hello", {"lower": True}, ["hello"]),
        ("Hello", {"to_lower": True}, ["hello"]),
        ("Žluťoučký kůň", {"deacc": True}, ["Zlutoucky", "kun"]),
        ("snake_case x1y", {}, ["snake_case", "x", "y"]),
        (b"na\xc3\xafve", {}, ["naïve"]),
        (b"na\xefve", {"encoding": "latin1"}, ["naïve"]),
        ("", {}, []),
    ],
)
def test_tokenize(text, options, expected):
    assert list(utils.tokenize(text, **options)) == expected


def test_tokenize_bad_bytes():
    with pytest.raises(UnicodeDecodeError):
        list(utils.tokenize(b"na\xefve"))
    assert list(utils.tokenize(b"time\xef x", errors="ignore")) == ["time", "x"]


def test_simple_preprocess():
    text = "A _private day in Brontosaurusland, at Sixteenletterwrd: 3 cafés"
    assert utils.simple_preprocess(text) == ["day", "in", "at", "cafés"]
    assert utils.simple_preprocess(text, deacc=True, min_len=1, max_len=4) == ["a", "day", "in", "at"]


def test_deaccent_recomposes_what_is_no_accent():
    assert utils.deaccent("Åse ñ ü 각") == "Ase n u 각"


def test_repeat_corpus():
    corpus = utils.RepeatCorpus([["a"], ["b"]], 5)
    assert list(corpus) == list(corpus) == [["a"], ["b"], ["a"], ["b"], ["a"]]
    assert list(utils.RepeatCorpus([], 5)) == []
    assert list(utils.RepeatCorpus([["a"]], 0)) == []


def test_clipped_corpus():
    corpus = [["a"], ["b"], ["c"]]
    assert list(utils.ClippedCorpus(corpus, 2)) == corpus[:2]
    assert len(utils.ClippedCorpus(corpus, 2)) == 2
    assert len(utils.ClippedCorpus(corpus, 9)) == len(list(utils.ClippedCorpus(corpus, 9))) == 3
    assert list(utils.ClippedCorpus(corpus)) == corpus
    assert len(utils.ClippedCorpus(corpus)) == 3
    assert list(itertools.islice(utils.ClippedCorpus(itertools.repeat(["a"]), 2), 9)) == [["a"], ["a"]]


def test_save_as_line_sentence_round_trip(tmp_path):
    corpus = [["to", "be"], [], ["naïve", "7"], ["x"]]
    for name in ("corpus.txt", "corpus.txt.gz"):
        utils.save_as_line_sentence(corpus, tmp_path / name)
        assert list(LineSentence(tmp_path / name)) == [sentence for sentence in corpus if sentence]
    assert gzip.decompress((tmp_path / "corpus.txt.gz").read_bytes()) == (tmp_path / "corpus.txt").read_bytes()


def test_save_as_line_sentence_takes_numbers_and_bytes(tmp_path):
    utils.save_as_line_sentence([[1, 2.5, b"three"]], tmp_path / "corpus.txt")
    assert (tmp_path / "corpus.txt").read_text() == "1 2.5 three\n"


@pytest.mark.parametrize("word", ["two words", "", "tab\t", "line\nend", "\u2028", " x"])
def test_save_as_line_sentence_refuses_what_would_not_come_back(tmp_path, word):
    with pytest.raises(ValueError, match=r"sentence 1 has the word .*would not be read back"):
        utils.save_as_line_sentence([["good"], ["x", word]], tmp_path / "corpus.txt")


def test_save_as_line_sentence_refuses_a_string(tmp_path):
    with pytest.raises(TypeError, match="sentence 0 is 'to be'"):
        utils.save_as_line_sentence(["to be"], tmp_path / "corpus.txt")


def test_save_as_line_sentence_keeps_the_old_file_when_the_corpus_fails(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("old\n")

    def failing():
        yield ["new"]
        raise ConnectionError("lost")

    with pytest.raises(ConnectionError):
        utils.save_as_line_sentence(failing(), path)
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_any2utf8():
    assert utils.to_utf8("naïve") == utils.any2utf8(b"na\xc3\xafve") == utils.any2utf8(b"na\xefve", encoding="latin1")
    with pytest.raises(UnicodeDecodeError):
        utils.any2utf8(b"na\xefve")
    assert utils.any2utf8(b"na\xefve", errors="ignore") == b"nave"


def test_repeat_corpus_n_times():
    corpus = utils.RepeatCorpusNTimes([["a"], ["b"]], 2)
    assert list(corpus) == list(corpus) == [["a"], ["b"], ["a"], ["b"]]
    assert list(utils.RepeatCorpusNTimes([["a"]], 0)) == []


def test_grouper():
    assert list(utils.grouper(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]
    assert list(utils.chunkize_serial([], 3)) == []
    with pytest.raises(ValueError, match="chunksize must be at least 1, got 0"):
        utils.grouper([1], 0)


def test_chunks_as_arrays():
    (chunk,) = utils.chunkize([[1, 2], [3]], 5, as_numpy=True)
    assert [row.tolist() for row in chunk] == [[1.0, 2.0], [3.0]] and chunk[0].dtype == np.float32
    (chunk,) = utils.chunkize_serial([[1, 2]], 1, as_numpy=True, dtype=np.int64)
    assert chunk[0].dtype == np.int64
    with pytest.raises(ValueError, match="maxsize"):
        utils.chunkize([], 1, maxsize=-1)


def test_flatten():
    assert utils.flatten([["a", "b"], [["c"], "de"], 5, [b"fg"]]) == ["a", "b", "c", "de", 5, b"fg"]
    deep = []
    for _ in range(10_000):
        deep = [deep, 1]
    assert utils.flatten(deep) == [1] * 10_000
    assert next(utils.lazy_flatten(itertools.count())) == 0


def test_random_states():
    assert utils.get_random_state(3).randint(100) == np.random.RandomState(3).randint(100)
    state = np.random.RandomState(1)
    assert utils.get_random_state(state) is state
    np.random.seed(5)  # noqa: NPY002  # the global state is what is asked about
    first = utils.get_random_state(None).randint(1000)
    np.random.seed(5)  # noqa: NPY002
    assert utils.get_random_state(np.random).randint(1000) == first
    with pytest.raises(ValueError, match="'x' cannot be used to seed"):
        utils.get_random_state("x")


def test_open_reads_compressed_files(tmp_path):
    with gzip.open(tmp_path / "words.gz", "wt") as file:
        file.write("hello")
    with utils.open(str(tmp_path / "words.gz"), "rb") as file:
        assert file.read() == b"hello"


def test_pruning_of_dicts():
    counts = {"a": 3, "b": 1, "c": 2, "d": 2}
    assert utils.prune_vocab(counts, 2) == 1
    assert counts == {"a": 3, "c": 2, "d": 2}
    keep_d = lambda word, count, least: utils.RULE_KEEP if word == "d" else utils.RULE_DEFAULT  # noqa: E731
    assert utils.prune_vocab(counts, 3, keep_d) == 2
    assert counts == {"a": 3, "d": 2}
    utils.trim_vocab_by_freq(counts, 1)
    assert counts == {"a": 3}
    utils.trim_vocab_by_freq(counts, 5)
    assert utils.merge_counts(counts, {"a": 1, "z": 2}) == {"a": 4, "z": 2}
    with pytest.raises(ValueError, match="topk"):
        utils.trim_vocab_by_freq(counts, 0)
    assert utils.keep_vocab_item("x", 5, 5) and not utils.keep_vocab_item("x", 4, 5)
