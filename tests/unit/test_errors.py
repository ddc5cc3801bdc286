"""What people get wrong with a corpus, an option or a key, and what they are told: one end-to-end test for each.

test_error_table.py lists which situation each of these owns.
"""

import itertools
import math
import sys

import numpy as np
import pytest

from w2vcore import KeyedVectors, LineSentence, Word2Vec
from w2vcore.corpus import sources

SENTENCES = [["the", "cat", "sat"], ["the", "dog", "sat"], ["a", "cat", "ran"]] * 20
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0}


class Stream:
    """A corpus that is iterated anew for each pass; `make` gets the number of the pass, from 0."""

    def __init__(self, make):
        self.make = make
        self.passes = itertools.count()

    def __iter__(self):
        yield from self.make(next(self.passes))


# ---------------------------------------------------------------------- the corpus


def test_no_word_is_frequent_enough():
    with pytest.raises(
        RuntimeError, match=r"no word occurs min_count=5 times: 2 words seen, the most frequent 1 time\. Lower"
    ):
        Word2Vec([["hello", "world"]])


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_empty_corpus(corpus):
    with pytest.raises(RuntimeError, match=r"the corpus (is empty|has no words)"):
        Word2Vec(corpus, **SMALL)


def test_sentence_that_is_a_string():
    with pytest.warns(
        UserWarning, match=r"sentence 0 is the string 'hello world'; pass a list of words, e\.g\. s\.split\(\)"
    ):
        model = Word2Vec(["hello world", "hello again"], **SMALL)
    assert "h" in model.wv  # trained on letters, as gensim does


def test_sentence_that_is_bytes():
    with pytest.raises(TypeError, match=r"sentence 0 is bytes, b'hello world'"):
        Word2Vec([b"hello world"], **SMALL)


def test_flat_list_of_words():
    with pytest.warns(UserWarning, match=r"got one sentence where a list of sentences is expected; wrap it: \[words\]"):
        Word2Vec(["hello", "world", "again"], **SMALL)


def test_corpus_that_is_a_string():
    with pytest.raises(TypeError, match="must be an iterable of lists of strings, got 'hello world' instead"):
        Word2Vec("hello world", **SMALL)


def test_generator():
    with pytest.raises(TypeError, match=r"can't support 3 passes\. Try a re-iterable sequence") as caught:
        Word2Vec((sentence for sentence in SENTENCES), **SMALL)
    assert "def __iter__" in str(caught.value)
    assert "cache_corpus=True" in str(caught.value)


def test_iterator_that_is_its_own_iterator():
    with pytest.raises(TypeError, match="can be read only once"):
        Word2Vec(iter(SENTENCES), **SMALL)


def test_iterator_that_is_used_up():
    once = iter(SENTENCES)
    with pytest.raises(
        RuntimeError, match=r"epoch 0 saw 0 sentences, 60 sentences were expected.* can be read only once"
    ):
        Word2Vec(Stream(lambda _: (sentence for sentence in once)), **SMALL)


def test_sentences_that_are_used_up():
    sessions = [map(str, [1, 2, 3]) for _ in range(20)]
    model = Word2Vec(**SMALL)
    model.build_vocab(sessions)
    with pytest.raises(RuntimeError, match=r"epoch 0 saw 20 sentences and no word in them: .*\. Make them lists"):
        model.train(sessions, total_examples=model.corpus_count, epochs=2)
    fresh = [map(str, [1, 2, 3]) for _ in range(20)]
    assert Word2Vec(fresh, **SMALL).training_history[-1]["raw_words"] == 60  # a list is read once there


@pytest.mark.timeout(60)
@pytest.mark.parametrize("failing_pass", [0, 1, 2])
@pytest.mark.parametrize("workers", [1, 4])
def test_corpus_that_raises(failing_pass, workers):
    def sentences(number):
        yield from SENTENCES
        if number == failing_pass:
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="the disk went away") as caught:
        Word2Vec(Stream(sentences), **{**SMALL, "workers": workers})
    if sys.version_info >= (3, 11):  # notes came with that version
        assert caught.value.__notes__ == ["raised by the corpus at sentence 60"]


@pytest.mark.timeout(60)
def test_numpy_rows_as_sentences():
    rows = np.random.default_rng(1).integers(0, 20, (200, 8))
    model = Word2Vec(rows, **SMALL)
    assert sorted(model.wv.index_to_key) == list(range(20))
    assert all(type(key) is int for key in model.wv.index_to_key)
    assert Word2Vec(list(rows), **SMALL).wv.vectors.tobytes() == model.wv.vectors.tobytes()


@pytest.mark.parametrize("missing", [None, math.nan, np.float32("nan")])
def test_missing_token(missing):
    with pytest.raises(
        TypeError, match=r"token 1 of sentence 0 is (nan|None|np\.float32\(nan\)); clean missing values first"
    ):
        Word2Vec([["a", missing, "b"]], **SMALL)


def test_sentence_nested_too_deep():
    with pytest.raises(TypeError, match=r"token 0 of sentence 0 is .*take away one level of nesting"):
        Word2Vec([[["a", "b"]]], **SMALL)


def test_bad_utf8_is_named_by_line(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"good line\nbad \xff line\n")
    for corpus in ({"corpus_file": path}, {"sentences": LineSentence(path)}):
        with pytest.raises(UnicodeDecodeError, match=r"line 2 of .*corpus\.txt"):
            Word2Vec(**corpus, **SMALL)


def test_missing_corpus_file(tmp_path):
    with pytest.raises(TypeError, match=r"must be a valid path to a file, got .*nothing\.txt.*no such file"):
        Word2Vec(corpus_file=tmp_path / "nothing.txt", **SMALL)


def test_two_corpora():
    with pytest.raises(TypeError, match="Both corpus_file and corpus_iterable"):
        Word2Vec(SENTENCES, corpus_file="x", **SMALL)


# ---------------------------------------------------------------------- options


@pytest.mark.parametrize("workers", [0, -2])
def test_no_workers(workers):
    with pytest.raises(
        ValueError, match=rf"workers must be an int at least 1, got {workers} \(workers=-1 uses all cores\)"
    ):
        Word2Vec(SENTENCES, **{**SMALL, "workers": workers})


def test_all_workers():
    before = Word2Vec(**SMALL)
    before.build_vocab(SENTENCES)
    model = Word2Vec(SENTENCES, **{**SMALL, "workers": -1})
    assert model.training_history[0]["words"] > 0
    assert not np.array_equal(model.wv.vectors, before.wv.vectors)


def test_renamed_arguments():
    with pytest.raises(TypeError, match="size was renamed vector_size"):
        Word2Vec(SENTENCES, size=4)
    with pytest.raises(TypeError, match="iter was renamed epochs"):
        Word2Vec(SENTENCES, iter=4)


def test_unknown_argument():
    with pytest.raises(TypeError, match="unexpected keyword argument 'vectorsize'"):
        Word2Vec(SENTENCES, vectorsize=4)


def test_nothing_to_train_with():
    with pytest.raises(ValueError, match="You must set either 'hs' or 'negative'"):
        Word2Vec(SENTENCES, hs=0, negative=0, **SMALL)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("window", 0),
        ("window", "paragraph"),
        ("vector_size", 0),
        ("vector_size", 2.5),
        ("epochs", -1),
        ("negative", -1),
        ("min_count", -1),
        ("alpha", math.nan),
        ("sample", -1e-3),
        ("batch_words", 0),
        ("sg", 2),
        ("max_final_vocab", 0),
    ],
)
def test_option_out_of_range(argument, value):
    with pytest.raises(ValueError, match=f"{argument} must be .*got {value!r}"):
        Word2Vec(SENTENCES, **{**SMALL, argument: value})


def test_option_of_another_type():
    with pytest.raises(TypeError, match="vector_size must be an int at least 1, got '100'"):
        Word2Vec(SENTENCES, vector_size="100")


# ---------------------------------------------------------------------- keys


def test_unknown_integer_key():
    model = Word2Vec([[100, 101], [101, 102]] * 5, **SMALL)
    with pytest.raises(KeyError, match=r"7 is not a key; for rows use wv\.vectors\[7\]"):
        model.wv[7]
    with pytest.raises(KeyError, match="1 is not a key"):
        model.wv.most_similar(1)
    words = Word2Vec(SENTENCES, **SMALL)
    np.testing.assert_array_equal(words.wv[1], words.wv.vectors[1])  # no integer keys: a row, as in gensim


def test_unknown_key():
    model = Word2Vec(SENTENCES, **SMALL)
    with pytest.raises(KeyError, match="Key 'zzz' not present"):
        model.wv["zzz"]


def test_key_below_min_count():
    model = Word2Vec(vector_size=4, min_count=5, workers=1)
    model.build_vocab([*SENTENCES, ["seldom"] * 3], keep_raw_vocab=True)
    with pytest.raises(KeyError, match=r"Key 'seldom' not present \(seen 3 times, below min_count=5\)"):
        model.wv["seldom"]


def test_model_is_not_subscriptable():
    model = Word2Vec(SENTENCES, **SMALL)
    with pytest.raises(TypeError, match=r"use model\.wv\['cat'\]"):
        model["cat"]


# ---------------------------------------------------------------------- numbers and sizes


def test_vectors_become_non_finite():
    with pytest.raises(FloatingPointError, match=r"non-finite in epoch 0 .*alpha=1e\+30; lower alpha"):
        Word2Vec(SENTENCES, **{**SMALL, "alpha": 1e30})


def test_model_too_large():
    model = Word2Vec(vector_size=10**6, min_count=1)
    words = {f"w{number}": 1 for number in range(10**5)}
    with pytest.raises(
        MemoryError, match=r"V=100,000 .* D=1,000,000 .* = 800\.0 GB; .* Raise min_count or lower vector_size"
    ):
        model.build_vocab_from_freq(words)


def test_keys_that_no_file_can_hold(tmp_path):
    model = Word2Vec([[("a", 1), ("b", 2)]] * 10, **SMALL)
    with pytest.raises(TypeError, match=r"\('[ab]', [12]\)"):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_single_pass_message_names_the_remedy():
    """The text that a generator gets must itself run: it defines a class."""
    lines = [line for line in sources._CLASS_TO_WRITE.splitlines() if line.startswith("    ")]
    namespace = {"make_sentences": lambda: iter(SENTENCES)}
    exec("\n".join(line[4:] for line in lines), namespace)
    model = Word2Vec(namespace["MyCorpus"](), **SMALL)
    assert isinstance(model.wv, KeyedVectors)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("sharing", ["pair", "window"])
@pytest.mark.parametrize("sg", [0, 1])
def test_windows_wider_than_all_sentences_take_no_more_memory(sg, sharing):
    settings = {**SMALL, "sg": sg, "negative_sharing": sharing, "shrink_windows": False, "hs": 1, "negative": 0}
    whole = Word2Vec(SENTENCES, **settings, window="sentence")
    for window in (1 << 30, 1 << 31, 1 << 62, (1 << 63) - 1):
        wide = Word2Vec(SENTENCES, **settings, window=window)
        assert wide.window == window
        np.testing.assert_array_equal(wide.wv.vectors, whole.wv.vectors)
        np.testing.assert_array_equal(wide.score(SENTENCES), whole.score(SENTENCES))
        Word2Vec(SENTENCES, **{**settings, "shrink_windows": True}, window=window)


def test_impossible_numbers_beside_the_settings():
    model = Word2Vec(SENTENCES, **SMALL)
    with pytest.raises(TypeError, match="report_delay must be a finite number of at least 0, got None"):
        model.train(SENTENCES, total_examples=60, epochs=1, report_delay=None)
    with pytest.raises(TypeError, match="progress_per must be an int at least 1, got '10'"):
        model.build_vocab(SENTENCES, progress_per="10")
    for counts in ({"a": 1 << 62, "b": 1 << 62}, {"a": 1 << 63}):
        with pytest.raises(ValueError, match=r"counts of all words add up to 9,223,372,036,854,775,808, and must stay"):
            Word2Vec(**SMALL).build_vocab_from_freq(counts)
