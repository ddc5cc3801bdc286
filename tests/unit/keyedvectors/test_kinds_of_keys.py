"""Keys of any kind in vectors and models: the rule of corpus/keying.py, and integers that are keys, rows or spelt."""

import datetime
import enum
import logging
import warnings

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.cli.formats import by_ending, save_vectors
from w2vcore.utils import RULE_DEFAULT, RULE_DISCARD

DAYS = [np.datetime64("2020-01-01"), np.datetime64("2020-01-02"), np.datetime64("2020-01-03")]
NANOSECONDS = [day.astype("datetime64[ns]") for day in DAYS]
RECORDS = list(np.array([(1, "a"), (2, "b"), (3, "c")], dtype=[("number", "i4"), ("letter", "U1")]))
KINDS = {
    "days": DAYS,
    "nanoseconds": NANOSECONDS,
    "durations": [np.timedelta64(n, "s") for n in (10, 11, 12)],
    "half floats": [np.float16(x) for x in (0.1, 0.2, 0.3)],
    "floats": [np.float32(x) for x in (0.1, 0.2, 0.3)],
    "records": RECORDS,
    "texts": [np.str_(x) for x in "abc"],
    "bytes": [np.bytes_(x) for x in (b"a", b"b", b"c")],
    "booleans": [np.True_, np.False_, np.int64(7)],
    "integers": [np.int64(100), np.uint8(101), np.int8(102)],
    "dates": [day.item() for day in DAYS],
    "members": list(enum.Enum("Colour", "RED GREEN BLUE")),
    "tuples": [("a", 1), ("b", 2), ("c", 3)],
}


class Streamed:
    """A corpus that may be another one on each pass, for all that is known."""

    def __init__(self, sentences):
        self.sentences = sentences

    def __iter__(self):
        return iter(self.sentences)


@pytest.fixture(params=KINDS, ids=str)
def tokens(request):
    return KINDS[request.param]


@pytest.mark.filterwarnings("ignore:.*cannot be saved")
@pytest.mark.parametrize("how", ["list", "streamed", "cached", "by hand"])
def test_every_token_is_counted_trained_and_found(tokens, how):
    first, second, third = tokens
    corpus = [[first, second, first, third], [second, first]] * 10
    settings = {"min_count": 1, "vector_size": 4, "workers": 1, "epochs": 2, "sample": 0, "window": 2}
    if how == "by hand":
        model = Word2Vec(**settings)
        model.build_vocab(Streamed(corpus))
        trained, read = model.train(corpus, total_examples=model.corpus_count, epochs=2)
    else:
        model = Word2Vec(Streamed(corpus) if how != "list" else corpus, cache_corpus=how == "cached", **settings)
        trained, read = (sum(line[name] for line in model.training_history) for name in ("words", "raw_words"))
    assert trained == read == 120
    wv = model.wv
    assert [wv.get_vecattr(token, "count") for token in tokens] == [30, 20, 10]
    assert [wv.get_index(token) for token in tokens] == [0, 1, 2]
    assert not any(isinstance(key, np.generic) for key in wv.index_to_key)
    assert all(token in wv for token in tokens)
    assert (wv[first] == wv[[first]][0]).all()
    assert {key for key, _ in wv.most_similar(first)} == set(wv.index_to_key[1:])
    assert wv.most_similar([first], [second])[0][0] == wv.index_to_key[2]
    assert wv.similarity(second, second) == 1
    assert {wv.get_index(token) for _, token in wv.rank_by_centrality([*tokens, np.datetime64("1999-01-01")])} == {
        0,
        1,
        2,
    }
    assert wv.vectors_for_all(tokens).index_to_key == wv.index_to_key
    assert {key for key, _ in model.predict_output_word([first, second])} == set(wv.index_to_key)


def test_adding_and_setting_follow_the_rule(tokens):
    first, second, third = tokens
    kv = KeyedVectors(2, count=1)
    kv.add_vector(first, [1, 2])
    kv.add_vectors([second, first], [[3, 4], [5, 6]])
    kv[third] = [7, 8]
    kv[[first]] = [[9, 9]]
    kv.set_vecattr(second, "count", 5)
    assert len(kv) == 3
    assert not any(isinstance(key, np.generic) for key in kv.index_to_key)
    assert [kv[token].tolist() for token in tokens] == [[9, 9], [3, 4], [7, 8]]
    assert kv.expandos["count"].tolist() == [0, 5, 0]


@pytest.mark.filterwarnings("ignore:.*cannot be saved")
def test_a_trim_rule_is_asked_about_keys():
    seen = []

    def rule(word, count, min_count):
        seen.append((word, count))
        return RULE_DISCARD if word == datetime.date(2020, 1, 1) else RULE_DEFAULT

    model = Word2Vec(vector_size=4, min_count=1)
    model.build_vocab([[DAYS[0], DAYS[1], DAYS[0]]], trim_rule=rule)
    assert seen == [(datetime.date(2020, 1, 1), 2), (datetime.date(2020, 1, 2), 1)]
    assert model.wv.index_to_key == [datetime.date(2020, 1, 2)]


def test_scores_follow_the_rule():
    corpus = [[NANOSECONDS[0], NANOSECONDS[1]]] * 10
    model = Word2Vec(corpus, min_count=1, vector_size=4, hs=1, negative=0, workers=1)
    assert model.score([NANOSECONDS[:2]]) == model.score([[day.item() for day in NANOSECONDS[:2]]]) != 0


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), np.datetime64("NaT")])
def test_missing_values_are_not_added(missing):
    kv = KeyedVectors(2, count=1)
    for add in (
        lambda: kv.add_vectors(["a", missing], [[1, 2], [3, 4]]),
        lambda: kv.add_vector(missing, [1, 2]),
        lambda: kv.__setitem__(["a", missing], [[1, 2], [3, 4]]),
    ):
        with pytest.raises(TypeError, match=r"keys\[\d\] is .*; clean missing values first"):
            add()
    assert kv.index_to_key == [None]
    assert missing not in kv


def test_a_missing_key_that_is_no_text_is_a_key_error():
    kv = KeyedVectors(2)
    kv.add_vectors(["a"], [[1, 2]])
    for key in (datetime.date(2020, 1, 1), np.datetime64("2020-01-01"), RECORDS[0], enum.Enum("E", "A").A, b"x"):
        with pytest.raises((KeyError, ValueError)):
            kv[key]
        with pytest.raises(KeyError, match="not present"):
            kv.get_vector(key)
        with pytest.raises(KeyError, match="not present in vocabulary"):
            kv.most_similar([key])


# ---------------------------------------------------------------- 1, 1.0 and True


@pytest.mark.parametrize(("corpus", "stored"), [([1, True, 1.0, 2], int), ([True, 1, 2], bool), ([1.0, 1, 2], float)])
def test_equal_tokens_are_one_key_as_seen_first(corpus, stored):
    model = Word2Vec(vector_size=4, min_count=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error" if stored is int else "ignore")
        model.build_vocab([corpus])
    wv = model.wv
    assert len(wv) == 2
    assert type(wv.index_to_key[0]) is stored
    assert wv.get_vecattr(1, "count") == len(corpus) - 1
    assert wv.get_index(1) == wv.get_index(True) == wv.get_index(1.0) == wv.get_index(np.float32(1)) == 0
    if stored is bool:
        with pytest.raises(KeyError, match="0 is not a key"):
            wv[0]


# ---------------------------------------------------------------- a str key for an integer

ITEMS = {str(number): [number, 1.0] for number in (3, 2, 1, 5, 100, 2872)}
WORDS = {"the": [0, 1.0], "1": [1, 1.0], "cat": [2, 1.0], "9": [3, 1.0]}
C_FILE = {"</s>": [0, 0.5], **ITEMS}


def made(table):
    kv = KeyedVectors(2)
    kv.add_vectors(list(table), list(table.values()))
    return kv


def stored_as_text(table, tmp_path):
    made(table).save_word2vec_format(tmp_path / "vectors.txt")
    return KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt")


@pytest.fixture(params=["list", "compact"])
def items(request, tmp_path):
    return made(ITEMS) if request.param == "list" else stored_as_text(ITEMS, tmp_path)


SPELT = r"Key '3' not present.*; the str '3' is a key: ask for that, or load the vectors with keys=int; for rows use wv\.vectors\[3\]"


@pytest.mark.parametrize("number", [3, np.int64(3), np.uint8(3)])
def test_an_integer_whose_digits_are_a_key_is_no_row(items, number):
    assert number not in items
    assert not items.has_index_for(number)
    assert items.get_index(number, -1) == -1
    for ask in (
        *(items.get_index, items.get_vector, items.__getitem__, items.most_similar, items.similar_by_key),
        *(items.similar_by_word, items.similar_by_vector, items.distances, items.most_similar_cosmul),
        lambda key: items[["3", key]],
        lambda key: items.most_similar(positive=["1"], negative=[key]),
        lambda key: items.most_similar([(key, 0.5)]),
        lambda key: items.most_similar_batch(["1", key]),
        lambda key: items.similarity("1", key),
        lambda key: items.distance(key, "1"),
        lambda key: items.distances("1", [key]),
        lambda key: items.closer_than("1", key),
        lambda key: items.rank(key, "1"),
        lambda key: items.most_similar_to_given("1", [key]),
        lambda key: items.relative_cosine_similarity(key, "1"),
        lambda key: items.get_mean_vector([key], ignore_missing=False),
        lambda key: items.get_vecattr(key, "count"),
        lambda key: items.set_vecattr(key, "count", 1),
        lambda key: items.__setitem__(key, [1, 2]),
        lambda key: items.__setitem__([key], [[1, 2]]),
    ):
        with pytest.raises(KeyError, match=SPELT):
            ask(number)
    assert items["3"].tolist() == [3, 1]
    assert len(items) == 6


def test_where_missing_keys_are_left_out_such_integers_are(items, caplog):
    assert items.vectors_for_all([3, "1"]).index_to_key == ["1"]
    assert items.get_mean_vector([3, "2"], pre_normalize=False).tolist() == [2, 1]
    with caplog.at_level(logging.WARNING):
        assert items.doesnt_match([3, "1", "2", "2872"]) == "2872"
    assert "{3} are not present" in caplog.text


@pytest.mark.parametrize(
    "table", [ITEMS, C_FILE, {**ITEMS, "\0": [1, 1]}], ids=["items", "with </s>", "with null word"]
)
def test_where_all_keys_are_digits_no_integer_is_a_row(table, tmp_path):
    """An item that was left out must not answer with another one."""
    for kv in (made(table), stored_as_text(table, tmp_path)):
        assert 0 not in kv
        for ask in (kv.get_vector, kv.most_similar, lambda key, kv=kv: kv.__setitem__(key, [1, 2])):
            with pytest.raises(KeyError, match=r"4 is not a key, nor is the str '4'.*; for rows use wv\.vectors\[4\]"):
                ask(4)
        with pytest.raises(KeyError, match=r"Key '8' not present\"$"):
            kv[8]


def test_in_a_text_an_integer_is_a_row_unless_it_is_a_word(tmp_path):
    for kv in (made(WORDS), stored_as_text(WORDS, tmp_path)):
        assert kv[0].tolist() == [0, 1]
        assert kv[[0, 2]].tolist() == [[0, 1], [2, 1]]
        assert kv.most_similar(2, topn=1) == kv.most_similar("cat", topn=1)
        kv[2] = [7, 7]
        assert kv["cat"].tolist() == [7, 7]
        assert 1 not in kv
        with pytest.raises(KeyError, match="the str '1' is a key"):
            kv[1]
        with pytest.raises(KeyError, match=r"Key '9' not present.*the str '9' is a key"):
            kv[9]


def test_the_rule_follows_the_keys():
    kv = made(WORDS)
    assert 3 in kv
    kv.add_vectors(["3"], [[1, 2]])
    assert 3 not in kv
    kv.remove(["3"])
    assert 3 in kv
    kv.remove(["the", "cat"])
    assert 0 not in kv, "all keys are digits now"
    kv.add_vectors([5], [[1, 2]])
    assert 5 in kv
    with pytest.raises(KeyError, match="0 is not a key; for rows"):
        kv[0]


def test_no_key_at_all():
    kv = KeyedVectors(2, count=3)
    assert 0 in kv, "a row that was allocated"
    assert 3 not in kv
    assert 0 not in KeyedVectors(2)


def test_prediction_leaves_out_integers_whose_digits_are_words(caplog):
    model = Word2Vec([["0", "1", "2"]] * 10, min_count=1, vector_size=4, workers=1)
    assert model.predict_output_word(["0", "1"]) is not None
    with caplog.at_level(logging.WARNING):
        assert model.predict_output_word([0, 1]) is None
    assert "out-of-vocabulary" in caplog.text


# ---------------------------------------------------------------- files


class Letter(str, enum.Enum):
    """What shows itself as Letter.A and is the str 'a'."""

    A = "a"
    B = "b"


@pytest.mark.parametrize(
    "keys", [list(Letter), ["a", "b"], list(enum.IntEnum("Number", "ONE TWO")), [np.str_("a"), np.str_("b")]], ids=repr
)
@pytest.mark.parametrize("name", ["v.safetensors", "v.txt", "v.bin", "v.glove", "v.npz", "v.npy", "v.tsv", "fasttext"])
def test_what_is_a_str_or_an_int_is_written_as_one(keys, name, tmp_path):
    kv = KeyedVectors(2)
    kv.add_vectors(keys, [[1, 2], [3, 4]])
    target = tmp_path / name
    (path, *_) = save_vectors(kv, target, by_ending(target) or "fasttext_binary")
    plain = str if isinstance(keys[0], str) else int
    loaded = KeyedVectors.load_any(path, keys=plain)
    assert loaded.index_to_key == (["a", "b"] if plain is str else [1, 2])
    assert {type(key) for key in loaded.index_to_key} == {plain}


@pytest.mark.parametrize("name", ["v.safetensors", "v.npz", "v.npy"])
@pytest.mark.parametrize(("keys", "why"), [([1, "a"], "is a str, and key 1 is an int"), ([2**70], "does not fit")])
def test_what_would_come_back_as_something_else_is_refused(keys, why, name, tmp_path):
    kv = KeyedVectors(1)
    kv.add_vectors(keys, [[1]] * len(keys))
    with pytest.raises(TypeError, match=why):
        save_vectors(kv, tmp_path / name, by_ending(tmp_path / name))
    assert list(tmp_path.iterdir()) == []
