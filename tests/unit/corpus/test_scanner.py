"""Which corpora are scanned, the table of keys, and the compact forms that are left behind."""

import copy
import io

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.corpus import spooling, vocabulary
from w2vcore.corpus._scanner import KeyTable, Piece
from w2vcore.corpus.compact import CompactCounts, CompactKeys
from w2vcore.corpus.readers import BrownCorpus, CorpusFile, LineSentence, PathLineSentences, Text8Corpus
from w2vcore.corpus.scanning import text_of
from w2vcore.corpus.spooling import count_and_encode, encode_into, renumber
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.vocabulary import count_tokens, retain
from w2vcore.keyedvectors.internals import keys_of

TEXT = b"b a b c\n\na b d\na \xc3\xa9"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(TEXT)
    return path


def counts_of(words):
    table = KeyTable()
    Piece().scan(" ".join(words).encode(), table, True, False)
    return CompactCounts(table)


# ---------------------------------------------------------------- which corpora


def test_options_are_read_when_they_are_needed(path):
    reader = LineSentence(path)
    reader.max_sentence_length, reader.limit = 2, 1
    assert (text_of(reader).longest, text_of(reader).limit) == (2, 1)
    raw = count_tokens(reader)
    assert (dict(raw.counts), raw.sentences) == ({"b": 2, "a": 1, "c": 1}, 2)
    reader.max_sentence_length = 0  # refused where it is used
    with pytest.raises(ValueError, match="range"):
        count_tokens(reader)


def test_what_may_be_different_is_left_to_python(path):
    class Upper(LineSentence):
        def __iter__(self):
            return ([word.upper() for word in words] for words in super().__iter__())

    assert text_of(Upper(path)) is None
    assert list(count_tokens(Upper(path)).counts) == ["B", "A", "C", "D", "É"]
    folder = PathLineSentences(path.parent)
    for reader in (LineSentence(io.BytesIO(TEXT)), BrownCorpus(path.parent), list(folder), iter(folder), [["a"]]):
        assert text_of(reader) is None
    for reader in (LineSentence(path), LineSentence(str(path)), folder, Text8Corpus(path), CorpusFile(path)):
        assert text_of(reader) is not None


def test_pruning_stays_with_python(path):
    with pytest.warns(UserWarning, match="max_vocab_size=2"):
        raw = count_tokens(CorpusFile(path), max_vocab_size=2)
    assert type(raw.counts) is dict


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_progress_is_reported(path, caplog, workers):
    with caplog.at_level("INFO"):
        count_tokens(CorpusFile([path, path]), progress_per=1, workers=workers)
    assert "PROGRESS: at sentence #6, processed 18 words, keeping 5 word types" in caplog.text
    assert "collected 5 word types from a corpus of 18 raw words and 6 sentences" in caplog.text


# ---------------------------------------------------------------- from text to rows


@pytest.mark.parametrize("workers", [1, 2])
def test_counting_and_encoding_is_what_python_does(path, workers, monkeypatch):
    results = []
    for scanner in (True, False):
        if not scanner:
            monkeypatch.setattr(spooling, "text_of", lambda sentences: None)
            monkeypatch.setattr(vocabulary, "text_of", lambda sentences: None)
        with TokenCache() as cache:
            raw, batch = count_and_encode(CorpusFile([path, path]), cache, workers=workers)
            kept = retain(raw.counts, min_count=2)
            keys = kept.keys if scanner else {key: row for row, key in enumerate(kept.keys)}
            ids = renumber(batch, raw.counts, keys)
            known = encode_into(cache, CorpusFile([path, path]), keys, workers=workers)
            for encoded in (ids, known):
                assert (encoded.raw_words, encoded.sentences) == (18, 6)
                results.append((list(kept.keys), encoded.ids.tolist(), encoded.offsets.tolist()))
            assert dict(raw.counts) == dict(count_tokens(CorpusFile([path, path])).counts)
    assert all(result == results[0] for result in results)


def test_known_rows_may_be_any(path):
    with TokenCache() as cache:
        for rows in ({"a": 7, "b": 3}, {"a": 0, "b": 1}, {"a": 0, 5: 2, "b": 1}, {"b": 4, "nowhere": 0}):
            batch = encode_into(cache, CorpusFile(path), rows)
            expected = [[rows[word] for word in words if word in rows] for words in CorpusFile(path)]
            assert batch.ids.tolist() == [row for sentence in expected for row in sentence]
            assert np.diff(batch.offsets).tolist() == [len(sentence) for sentence in expected if sentence]


def test_a_user_dict_wins_over_the_keys_it_came_from(path):
    """key_to_index may be changed by users; train() looks words up there."""
    model = Word2Vec(vector_size=4, min_count=1, workers=1, sample=0)
    model.build_vocab(corpus_file=path)
    del model.wv.key_to_index["a"]
    trained, raw = model.train(corpus_file=path, total_examples=model.corpus_count, epochs=1)
    assert (trained, raw) == (6, 9)


def test_training_from_a_file_equals_training_from_a_list(path, monkeypatch):
    sentences = list(CorpusFile(path)) * 20
    path.write_text("\n".join(" ".join(words) for words in sentences), encoding="utf8")
    options = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 3}
    expected = Word2Vec(sentences, **options)
    built = Word2Vec(corpus_file=path, **options)
    assert isinstance(keys_of(built.wv), CompactKeys)  # training needs neither the list nor the dict
    later = Word2Vec(**options)
    later.build_vocab(corpus_file=path)
    later.train(corpus_file=path, total_examples=later.corpus_count, epochs=3)
    assert isinstance(keys_of(later.wv), CompactKeys)
    for model in (built, later):
        assert model.wv.index_to_key == expected.wv.index_to_key
        np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)


def test_vocabulary_update_and_null_word_from_files(path, tmp_path):
    more = tmp_path / "more.txt"
    more.write_bytes(b"a new word a")
    model = Word2Vec(vector_size=4, min_count=1, workers=1, null_word=1)
    model.build_vocab(corpus_file=path)
    assert model.wv.index_to_key.index("\0") == 2  # behind a and b, and before words that occur once
    model.build_vocab(corpus_file=more, update=True)
    assert set(model.wv.index_to_key) == {"a", "b", "c", "d", "é", "\0", "new", "word"}
    assert model.wv.get_vecattr("a", "count") == 5


def test_raw_counts_read_like_a_dict(path):
    model = Word2Vec(vector_size=4, min_count=2, workers=1)
    model.build_vocab(corpus_file=path, keep_raw_vocab=True)
    raw = model._scan.counts
    assert raw == {"b": 3, "a": 3, "c": 1, "d": 1, "é": 1} == dict(raw) == raw.copy()
    assert (list(raw), list(raw.keys()), list(raw.values())) == (list("bacdé"), list("bacdé"), [3, 3, 1, 1, 1])
    assert (raw["é"], raw.get("no"), raw.get("no", 0), "c" in raw, 7 in raw, ("a",) in raw) == (
        1,
        None,
        0,
        True,
        False,
        False,
    )
    assert max(raw.values()) == 3
    with pytest.raises(KeyError, match="no"):
        raw["no"]
    assert copy.deepcopy(raw) == raw
    with pytest.raises(KeyError, match="seen 1 time, below min_count=2"):
        model.wv["c"]


# ---------------------------------------------------------------- keys


def test_keys_of_every_length_are_told_apart():
    words = [letter * length for length in range(1, 70) for letter in ("a", "b", "é")]
    words += ["x" * 7 + "y", "x" * 7 + "z", "x" * 15 + "y", "y" + "x" * 15, "a\0", "a\0\0", "\0", "\0\0"]
    counts = counts_of(words + words[::-1])
    assert counts == dict.fromkeys(words, 2)
    assert list(counts) == words
    assert counts.places_of(CompactKeys.of(["a\0", "nowhere", "", "a" * 69])).tolist() == [
        words.index("a\0"), -1, -1, words.index("a" * 69),
    ]  # fmt: skip


def test_a_hundred_thousand_keys_stay_what_they_were():
    words = [f"{number * 2654435761 % 2**32:x}" for number in range(100_000)]
    table = KeyTable()
    piece = Piece()
    for start in range(0, len(words), 1000):
        piece.scan(" ".join(words[start : start + 1000]).encode(), table, True, False)
    packed = CompactKeys(*table.packed())
    assert packed == words
    np.testing.assert_array_equal(table.find_packed(packed.data, packed.offsets), np.arange(len(words)))
    assert CompactKeys(*table.packed(np.array([5, 0, 99_999]))) == [words[5], words[0], words[99_999]]


@pytest.mark.parametrize("shared", [False, True])
def test_more_keys_than_ids_is_an_error(shared):
    table = KeyTable(max_keys=3)
    piece = Piece()
    piece.scan(b"a b a b", table, True, shared)
    piece.adopt()
    with pytest.raises(ValueError, match="more than 3 distinct words"):
        piece.scan(b"c d", table, True, shared)


def test_compact_keys_are_a_sequence():
    words = ["", "a", "é", "日本", "\udc80", "a"]
    keys = CompactKeys.of(words)
    assert list(keys) == words == keys.tolist() == [keys[row] for row in range(-6, 0)]
    for cut in (slice(None), slice(1, 3), slice(4, 1), slice(None, None, -2), slice(-2, None), slice(3, 3)):
        assert keys[cut] == words[cut]
    assert keys == words != keys[1:]
    assert keys != words[:-1] and keys != [*words[:-1], "b"] and keys != 5
    assert "é" in keys and "b" not in keys and keys.index("日本") == 3
    assert keys.first_repeated() == "a"
    with pytest.raises(IndexError):
        keys[6]
    many = CompactKeys.of(map(str, range(10_000)))
    assert list(many) == list(map(str, range(10_000)))
    assert repr(many).endswith("'99', ... 10,000 keys]")
    assert list(CompactKeys.of([])) == [] == CompactKeys.of([]).tolist()


# ---------------------------------------------------------------- KeyedVectors


def test_list_and_dict_are_made_once_and_belong_to_the_user(path, tmp_path):
    model = Word2Vec(corpus_file=path, vector_size=4, min_count=1, workers=1)
    wv = model.wv
    assert (len(wv), 0 in wv, 5 in wv, str(wv)) == (5, True, False, "KeyedVectors<vector_size=4, 5 keys>")
    wv.save(tmp_path / "saved")
    assert type(wv.index_to_key) is list and type(wv.key_to_index) is dict
    assert wv.index_to_key is wv.index_to_key and wv.key_to_index is wv.key_to_index
    assert wv.key_to_index == {key: row for row, key in enumerate(wv.index_to_key)}
    wv.index_to_key[0], was = "changed", wv.index_to_key[0]
    assert was in wv.key_to_index
    again = KeyedVectors.load(tmp_path / "saved")
    assert isinstance(keys_of(again), CompactKeys)
    again.add_vectors(["more"], np.ones((1, 4)))
    assert again.index_to_key == [was, *wv.index_to_key[1:], "more"]
    assert again.key_to_index["more"] == 5
    loaded = KeyedVectors.load(tmp_path / "saved")
    loaded.index_to_key = list("vwxyz")
    assert loaded.key_to_index == {key: row for row, key in enumerate([was, *wv.index_to_key[1:]])}


def test_saved_keys_are_those_of_the_list_once_it_is_made(path, tmp_path):
    model = Word2Vec(corpus_file=path, vector_size=4, min_count=1, workers=1)
    copied = copy.deepcopy(model.wv)
    model.wv.key_to_index["changed"] = model.wv.key_to_index.pop(model.wv.index_to_key[0])
    model.wv.index_to_key[0] = "changed"
    model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").wv.index_to_key[0] == "changed"
    assert copied.index_to_key[1:] == model.wv.index_to_key[1:]
    assert copied.index_to_key[0] != "changed"
    copied.save_word2vec_format(tmp_path / "text")
    assert KeyedVectors.load_word2vec_format(tmp_path / "text").index_to_key == copied.index_to_key
