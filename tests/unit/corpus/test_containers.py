"""Tables, mappings and columns that are no sentences are refused, with what to write instead; datasets are corpora."""

import array
import collections
import itertools
import re

import numpy as np
import pytest

from w2vcore import Phrases, Word2Vec
from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.corpus.containers import IndexedCorpus
from w2vcore.corpus.sources import as_corpus
from w2vcore.preprocessing import vectorize
from w2vcore.utils import save_as_line_sentence
from w2vcore.visual.recording import record

SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0}
LISTS = [["a", "b"], ["b", "c"], ["a", "c"]]
TEXTS = ["a b", "b c", "a c"]


class Frame:
    """What data frames of several libraries have in common; iterates like pandas over names, like polars over columns."""

    dtypes = (int, str)
    columns = ("user", "item")

    def __init__(self, gives=("user", "item")):
        self.gives = gives

    def __iter__(self):
        return iter(self.gives)

    def __getitem__(self, name):
        return Column([1, 2] if name == "user" else ["a", "b"])


class Table:
    """As pyarrow's, which cannot be iterated."""

    column_names = ("user", "item")
    schema = None


class Column:
    """A column of any library that has a type."""

    dtype = "str"

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)

    def tolist(self):
        return list(self.values)


class Scalar:
    """As pyarrow's: what is in a column, boxed."""

    def __init__(self, value):
        self.value = value

    def __iter__(self):
        return map(Scalar, self.value)

    def as_py(self):
        return self.value


class Boxed:
    """As pyarrow's arrays: iterated, they give boxes."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return map(Scalar, self.values)

    def to_pylist(self):
        return list(self.values)


class SeriesGroupBy:
    """As pandas': iterated, it gives pairs of a key and a column."""

    def __iter__(self):
        return iter([(1, Column(["a", "b"])), (2, Column(["b"]))])


def tables():
    """What is iterated otherwise than row by row: gives names, columns or keys."""
    return {
        "frame": Frame(),
        "frame of columns": Frame([Column([1, 2]), Column(["a", "b"])]),
        "table": Table(),
        "dict": {"one": ["a", "b"]},
        "dict of tuples": {("a", "b"): 1},
        "counter": collections.Counter(TEXTS),
        "user dict": collections.UserDict({"a b": 1}),
        "groups": SeriesGroupBy(),
        "groupby": itertools.groupby(["a", "b", "b"]),
    }


def flat():
    """Columns, arrays and sets of strings: each would be a sentence of letters."""
    return {
        "column": Column(TEXTS),
        "column with a gap": Column([None, *TEXTS]),
        "boxes": Boxed(TEXTS),
        "array": np.array(TEXTS),
        "array of objects": np.array(TEXTS, object),
        "array of strings": np.array(TEXTS, np.dtypes.StringDType()),
        "set": set(TEXTS),
        "frozenset": frozenset(TEXTS),
        "keys": dict.fromkeys(TEXTS).keys(),
    }


REFUSED = {**tables(), **flat()}


def trained():
    model = Word2Vec(**SMALL)
    model.build_vocab(LISTS)
    return model


class Stop(CallbackAny2Vec):
    def on_epoch_end(self, model):
        raise KeyboardInterrupt


def resume(corpus, folder):
    with pytest.raises(KeyboardInterrupt):
        Word2Vec(LISTS, checkpoint=folder / "run", callbacks=[Stop()], **SMALL)
    return Word2Vec.resume(folder / "run", corpus)


# Every way in of sentences.
WAYS = {
    "Word2Vec": lambda corpus, folder: Word2Vec(corpus, **SMALL),
    "cache_corpus": lambda corpus, folder: Word2Vec(corpus, cache_corpus=True, **SMALL),
    "build_vocab": lambda corpus, folder: Word2Vec(**SMALL).build_vocab(corpus),
    "update": lambda corpus, folder: trained().build_vocab(corpus, update=True),
    "scan_vocab": lambda corpus, folder: Word2Vec(**SMALL).scan_vocab(corpus),
    "train": lambda corpus, folder: trained().train(corpus, total_examples=3, epochs=1),
    "resume": resume,
    "score": lambda corpus, folder: Word2Vec(LISTS, hs=1, negative=0, **SMALL).score(corpus),
    "Phrases": lambda corpus, folder: Phrases(corpus),
    "add_vocab": lambda corpus, folder: Phrases(LISTS).add_vocab(corpus),
    "find_phrases": lambda corpus, folder: Phrases(LISTS).find_phrases(corpus),
    "save_as_line_sentence": lambda corpus, folder: save_as_line_sentence(corpus, folder / "text"),
    "record": lambda corpus, folder: record(corpus),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", REFUSED)
def test_refused_in_every_way_in(kind, way, tmp_path):
    with pytest.raises(TypeError, match=r"must be an iterable of lists of strings, got "):
        WAYS[way]({**tables(), **flat()}[kind], tmp_path)


@pytest.mark.parametrize("kind", ["frame", "table", "dict", "counter", "groups"])
def test_refused_where_phrases_are_joined_and_texts_are_taken(kind):
    for call in (Phrases(LISTS).__getitem__, vectorize):
        with pytest.raises(TypeError, match=r"must be an iterable of "):
            call(tables()[kind])


def test_a_frame_names_its_columns_and_the_calls():
    for frame in (Frame(), Table()):
        with pytest.raises(TypeError) as caught:
            Word2Vec(frame, **SMALL)
        text = str(caught.value)
        assert "a table with the columns 'user', 'item'" in text
    assert "df['item'].str.split()" in str(refusal(Frame()))
    assert "df.groupby('user')['item'].agg(list)" in str(refusal(Frame()))


def refusal(corpus):
    with pytest.raises(TypeError) as caught:
        as_corpus(corpus, passes=1)
    return caught.value


def advice(error):
    """What a message says to write: the code after each colon, as far as it goes."""
    return re.findall(r": ([^;]+)(?:;|$)", str(error))


def test_what_a_flat_container_is_told_works():
    for name, corpus in flat().items():
        if name == "column with a gap":
            continue
        texts, words = advice(refusal(corpus))
        assert sorted(as_corpus(eval(texts, {"corpus": corpus}), passes=1).sentences) == sorted(LISTS), name
        (sentence,) = eval(words, {"corpus": corpus})
        assert sorted(sentence) == sorted(TEXTS), name


def test_what_a_mapping_is_told_works():
    (code,) = advice(refusal({"one": ["a", "b"]}))
    assert eval(code, {"corpus": {"one": ["a", "b"]}}) == [["a", "b"]]
    (code,) = advice(refusal({"one": "a b"}))
    assert eval(code, {"corpus": {"one": "a b"}}) == [["a", "b"]]
    (code,) = advice(refusal({("a", "b"): 3}))
    assert eval(code, {"corpus": {("a", "b"): 3}}) == [("a", "b")]
    (code,) = advice(refusal({"a": 2, "b": 1}))
    model = Word2Vec(**SMALL)
    eval(code, {"model": model, "corpus": {"a": 2, "b": 1}})
    assert model.wv.index_to_key == ["a", "b"]


def test_what_groups_are_told_works():
    groups = itertools.groupby(["a", "a", "b"])
    (code,) = advice(refusal(groups))
    assert eval(code, {"corpus": groups}) == [["a", "a"], ["b"]]
    assert advice(refusal(SeriesGroupBy())) == ["corpus.agg(list)"]


# ---------------------------------------------------------------------- sentences


@pytest.mark.parametrize("row", [{"text": "a b", "id": 1}, collections.Counter("ab"), Frame(), Table()])
def test_a_sentence_that_is_a_mapping_or_a_table(row):
    for call in (lambda corpus: Word2Vec(corpus, **SMALL), Phrases):
        with pytest.raises(TypeError, match=r"sentence 1 is a (dict|Counter|Frame|Table)"):
            call([["a", "b"], row])


def test_what_rows_are_told_works():
    rows = [{"text": "a b", "id": 1}, {"text": "b c", "id": 2}]
    (code,) = advice_of_rows(rows)
    assert eval(code, {"corpus": rows}) == [["a", "b"], ["b", "c"]]
    with pytest.raises(TypeError, match=r"the keys 'id', 'n'; pass lists of words"):
        Word2Vec([{"id": 1, "n": 2}], **SMALL)


def advice_of_rows(rows):
    with pytest.raises(TypeError) as caught:
        Word2Vec(rows, **SMALL)
    return advice(caught.value)


def test_array_likes_give_python_values():
    class Tensor:
        """As torch's: iterated, it gives tensors, each equal to itself alone."""

        def __init__(self, values):
            self.values = values

        def __iter__(self):
            return iter([object() for _ in self.values])

        def tolist(self):
            return list(self.values)

    for corpus in (
        [Tensor([1, 2]), Tensor([2, 3])],
        [array.array("i", [1, 2]), np.array([2, 3])],
        [Boxed([1, 2]), Scalar([2, 3])],
        Boxed([[1, 2], [2, 3]]),
        Column([[1, 2], [2, 3]]),
        np.array([[1, 2], [2, 3]]),
        np.array([[1, 2], [2, 3, 3]], object),
    ):
        model = Word2Vec(corpus, **SMALL)
        assert sorted(model.wv.index_to_key) == [1, 2, 3]
        assert {type(key) for key in model.wv.index_to_key} == {int}


@pytest.mark.parametrize("corpus", [[1, 2], np.array([1, 2]), range(2), array.array("i", [1, 2])])
def test_numbers_of_one_sentence(corpus):
    with pytest.raises(TypeError, match=r"each sentence must be a list of tokens; for one sentence pass \[corpus\]"):
        Word2Vec(corpus, **SMALL)
    assert sorted(Word2Vec([corpus], **SMALL).wv.index_to_key) == list(corpus)


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan")])
def test_a_sentence_that_is_missing(missing):
    """As a column has where there was no text."""
    with pytest.raises(TypeError, match=r"sentence 1 is .*; clean missing values first"):
        Word2Vec([["a"], missing], **SMALL)


def test_a_table_without_columns():
    class Empty(Frame):
        columns = ()

    assert str(refusal(Empty())).endswith(
        "got a table without columns, which does not give its rows; for its rows: df.values"
    )


def test_an_array_without_dimensions():
    with pytest.raises(TypeError, match=r"must be an iterable of lists of strings, got array\('a b'"):
        Word2Vec(np.array("a b"), **SMALL)


def test_rows_of_words_are_sentences():
    rows = np.array(LISTS)
    expected = Word2Vec(LISTS, **SMALL).wv
    for corpus in (rows, rows.astype(object), rows.astype(np.dtypes.StringDType()), Column(LISTS), {"x": LISTS}["x"]):
        model = Word2Vec(corpus, **SMALL)
        assert model.wv.index_to_key == expected.index_to_key
        np.testing.assert_array_equal(model.wv.vectors, expected.vectors)
    for corpus in ({1: ["a", "b"]}.values(), {("a", "b"), ("b", "c")}):
        assert {"a", "b"} <= set(Word2Vec(corpus, **SMALL).wv.index_to_key)


# ---------------------------------------------------------------------- datasets


class Dataset:
    """As torch's: by number only, and it would go on beyond its end."""

    def __init__(self, sentences):
        self.sentences = sentences
        self.asked = []

    def __len__(self):
        return len(self.sentences)

    def __getitem__(self, number):
        self.asked.append(number)
        return self.sentences[number % len(self.sentences)]


@pytest.mark.timeout(60)
def test_a_dataset_is_read_anew_each_epoch():
    data = Dataset(LISTS)
    model = Word2Vec(data, **SMALL)
    assert data.asked == [0, 1, 2] * 3  # counted, and two epochs
    np.testing.assert_array_equal(model.wv.vectors, Word2Vec(iterable(LISTS), **SMALL).wv.vectors)
    corpus = as_corpus(data, passes=6)
    assert not corpus.cacheable
    assert corpus.name == "corpus of type Dataset"
    data.asked.clear()
    Word2Vec(data, cache_corpus=True, **SMALL)
    assert data.asked == [0, 1, 2]


def iterable(sentences):
    class Stream:
        def __iter__(self):
            return iter(sentences)

    return Stream()


@pytest.mark.timeout(60)
def test_a_dataset_in_every_way_in(tmp_path):
    for way in WAYS.values():
        data = Dataset(LISTS)
        way(data, tmp_path)
        assert data.asked[:3] == [0, 1, 2]
        assert set(data.asked) == {0, 1, 2}
    assert (tmp_path / "text").read_text() == "a b\nb c\na c\n"
    joined = Phrases(LISTS * 5, min_count=1, threshold=0.1)[Dataset(LISTS)]
    assert len(list(joined)) == len(list(joined)) == 3
    assert Word2Vec(joined, **SMALL).corpus_count == 3


def test_a_dataset_that_raises():
    class Broken(Dataset):
        def __getitem__(self, number):
            if number == 2:
                raise IndexError("row 2 is gone")
            return super().__getitem__(number)

    with pytest.raises(IndexError, match="row 2 is gone"):
        Word2Vec(Broken(LISTS), **SMALL)


def test_what_is_no_dataset():
    class Unsized:
        def __getitem__(self, number):
            return LISTS[number]

    with pytest.raises(TypeError, match=r"it has __getitem__, but no __len__ and no __iter__"):
        Word2Vec(Unsized(), **SMALL)
    model = Word2Vec(LISTS, **SMALL)
    for corpus in (model, model.wv, Phrases(LISTS), Phrases):
        with pytest.raises(TypeError, match="must be an iterable of lists of strings, got "):
            Word2Vec(corpus, **SMALL)


def test_an_indexed_corpus_can_be_read_in_two_places_at_once():
    corpus = IndexedCorpus(Dataset(LISTS))
    assert list(zip(corpus, corpus, strict=True)) == [(sentence, sentence) for sentence in LISTS]
    assert len(corpus) == 3
    assert corpus[1] == ["b", "c"]


# ---------------------------------------------------------------------- the libraries themselves


def test_pandas(tmp_path):
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "b"], "text": TEXTS})
    by_text, by_word = advice(refusal(df))
    assert list(eval(by_text, {"df": df})) == LISTS
    assert by_word == "df.groupby('user')['text'].agg(list)"
    assert list(eval(by_word, {"df": df})) == [["a b", "b c"], ["a c"]]
    (grouped,) = advice(refusal(df.groupby("user")["item"]))
    assert list(eval(grouped, {"corpus": df.groupby("user")["item"]})) == [["a", "b"], ["b"]]
    for sentences in (df.groupby("user")["item"].agg(list), df["text"].str.split(), df[["item", "text"]].values):
        assert Word2Vec(sentences, **SMALL).epochs_trained == 2
    for column in (df["text"], df["item"], pandas.Index(TEXTS), df["text"].array):
        texts, words = advice(refusal(column))
        assert [list(map(str, s)) for s in eval(texts, {"corpus": column})] == [str(s).split() for s in column]
        assert eval(words, {"corpus": column}) == [list(column)]
    numbers = pandas.DataFrame({"n": [1, 2]})
    assert advice(refusal(numbers)) == ["df.values"]
    assert Word2Vec(numbers.values, **SMALL).wv.index_to_key == [2, 1]


def test_polars():
    polars = pytest.importorskip("polars")
    df = polars.DataFrame({"user": [1, 1, 2], "text": TEXTS})
    for frame in (df, df.lazy()):
        assert "a table with the columns 'user', 'text'" in str(refusal(frame))
    by_text, by_word = advice(refusal(df))
    assert [list(row) for row in eval(by_text, {"df": df})] == LISTS
    assert [list(row) for row in eval(by_word, {"df": df})] == [["a b", "b c"], ["a c"]]
    refusal(df["text"])
    refusal(df.group_by("user"))
    assert sorted(Word2Vec(polars.Series(LISTS), **SMALL).wv.index_to_key) == ["a", "b", "c"]


def test_pyarrow():
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"user": [1, 1, 2], "text": TEXTS})
    by_text, by_word = advice(refusal(table))
    assert eval(by_text, {"df": table}) == LISTS
    assert eval(by_word, {"df": table}).to_pylist() == [["a b", "b c"], ["a c"]]
    (rows,) = advice(refusal(table.select(["user"]).to_batches()[0]))
    assert eval(rows, {"df": table.select(["user"])}) == [[1], [1], [2]]
    refusal(table["text"])
    for column in (arrow.array(LISTS), arrow.chunked_array([LISTS])):
        assert sorted(Word2Vec(column, **SMALL).wv.index_to_key) == ["a", "b", "c"]


def test_datasets():
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict({"text": TEXTS, "words": LISTS})
    (code,) = advice_of_rows(data)
    assert eval(code, {"corpus": data}) == LISTS
    assert Word2Vec(data["words"], **SMALL).corpus_count == 3
