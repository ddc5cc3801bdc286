"""Files of Phrases and FrozenPhrases: round trips, custom scorers, and files that are something else."""

import io
import json

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.corpus.compact import CompactKeys
from w2vcore.formats import phrases_file, safetensors_file
from w2vcore.phrases import FrozenPhrases, Phrases

CORPUS = [["new", "york", "is", "big"], ["bank", "of", "america"], ["naïve", "\ud800"]] * 5


def my_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    return bigram_count


@pytest.mark.parametrize("name", ["phrases", "phrases.gz"])
@pytest.mark.parametrize("scoring", ["default", "npmi"])
def test_round_trip(tmp_path, name, scoring):
    phrases = Phrases(
        CORPUS,
        min_count=np.float32(1.5),
        threshold=0.25,
        scoring=scoring,
        delimiter="é",
        connector_words={"of", "\ud800"},
    )
    phrases.save(tmp_path / name)
    again = Phrases.load(tmp_path / name)
    assert list(again.vocab.items()) == list(phrases.vocab.items())
    for attribute in (
        *("min_count", "threshold", "delimiter", "connector_words", "scoring", "max_vocab_size", "min_reduce"),
        *("corpus_word_count", "progress_per"),
    ):
        assert getattr(again, attribute) == getattr(phrases, attribute)
    assert again.export_phrases() == phrases.export_phrases()
    again.add_vocab(CORPUS)
    assert again.vocab["new"] == 10

    frozen = phrases.freeze()
    frozen.save(tmp_path / f"frozen-{name}")
    back = FrozenPhrases.load(tmp_path / f"frozen-{name}")
    assert list(back.phrasegrams.items()) == list(frozen.phrasegrams.items())
    assert (back.threshold, back.delimiter, back.scoring) == (frozen.threshold, frozen.delimiter, frozen.scoring)
    assert list(back[CORPUS]) == list(frozen[CORPUS])


def test_open_files_and_gensims_arguments():
    phrases = Phrases(CORPUS)
    file = io.BytesIO()
    phrases.save(file, separately=["vocab"], sep_limit=1, ignore=["x"], pickle_protocol=2)
    file.seek(0)
    assert Phrases.load(file).vocab == phrases.vocab
    file.seek(0)
    assert FrozenPhrases.load(file).phrasegrams == phrases.freeze().phrasegrams


def test_empty(tmp_path):
    Phrases().save(tmp_path / "empty")
    assert len(Phrases.load(tmp_path / "empty").vocab) == 0
    Phrases().freeze().save(tmp_path / "frozen")
    assert FrozenPhrases.load(tmp_path / "frozen").phrasegrams == {}


def test_custom_scorer_is_not_stored(tmp_path):
    phrases = Phrases(CORPUS, min_count=1, threshold=2, scoring=my_scorer)
    phrases.save(tmp_path / "phrases")
    with pytest.raises(
        ValueError, match=r"scoring function 'my_scorer', which is code .*load\(path, scoring=my_scorer\)"
    ):
        Phrases.load(tmp_path / "phrases")
    again = Phrases.load(tmp_path / "phrases", scoring=my_scorer)
    assert again.export_phrases() == phrases.export_phrases()
    phrases.freeze().save(tmp_path / "frozen")
    frozen = FrozenPhrases.load(tmp_path / "frozen")
    assert frozen.scoring is None
    assert frozen[["new", "york"]] == ["new_york"]
    assert FrozenPhrases.load(tmp_path / "frozen", scoring=my_scorer).scoring is my_scorer


def test_each_class_says_which_file_is_not_its_own(tmp_path):
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    phrases.save(tmp_path / "phrases")
    phrases.freeze().save(tmp_path / "frozen")
    with pytest.raises(AttributeError, match=r"use FrozenPhrases\.load"):
        Phrases.load(tmp_path / "frozen")
    assert FrozenPhrases.load(tmp_path / "phrases").phrasegrams == phrases.export_phrases()
    Word2Vec([["a", "b"]], min_count=1, vector_size=2).save(tmp_path / "model")
    with pytest.raises(ValueError, match="the file holds word2vec, not phrases"):
        Phrases.load(tmp_path / "model")
    (tmp_path / "pickle").write_bytes(b"\x80\x04]\x94.")
    with pytest.raises(ValueError, match="the pickle holds a list, not word vectors or phrases"):
        Phrases.load(tmp_path / "pickle")
    with pytest.raises(FileNotFoundError):
        Phrases.load(tmp_path / "nowhere")


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "phrases"
    Phrases([["a", "b"]]).save(path)
    before = path.read_bytes()
    monkeypatch.setattr(safetensors_file, "_write_rows", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        Phrases(CORPUS).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def saved(**changes):
    """A file with changes to its metadata, settings and arrays."""
    settings = json.loads(json.dumps({**SETTINGS, **changes.pop("settings", {})}))
    for name in changes.pop("without", ()):
        del settings[name]
    keys = CompactKeys.of(["a", "b", "a_b"])
    arrays = {"keys.bytes": keys.data, "keys.offsets": keys.offsets, "counts": np.array([3, 2, 1])}
    arrays.update(changes.pop("arrays", {}))
    metadata = {
        "format": "w2vcore",
        "format_version": "1",
        "kind": "phrases",
        "settings": json.dumps(settings),
        **changes,
    }
    file = io.BytesIO()
    safetensors_file.write(file, {name: array for name, array in arrays.items() if array is not None}, metadata)
    file.seek(0)
    return file


SETTINGS = {
    "min_count": 1,
    "threshold": 1.0,
    "delimiter": "_",
    "connector_words": [],
    "scoring": "default",
    "scoring_name": "default",
    "max_vocab_size": 10,
    "progress_per": 1,
    "min_reduce": 1,
    "corpus_word_count": 6,
}


def test_what_the_file_holds():
    assert dict(Phrases.load(saved()).vocab) == {"a": 3, "b": 2, "a_b": 1}


REPEATED = CompactKeys.of(["a", "b", "a"])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"format": "other"}, "not one saved by w2vcore"),
        ({"kind": "songs"}, "holds songs, not phrases"),
        ({"format_version": "2"}, "reads versions up to 1: upgrade"),
        ({"format_version": "one"}, "the format version is 'one'"),
        ({"settings": {"scoring": "best"}}, "unknown scoring"),
        ({"settings": {"delimiter": ""}}, "delimiter"),
        ({"settings": {"min_count": 0}}, "min_count"),
        ({"without": ["threshold"]}, "'threshold' is missing"),
        ({"without": ["min_reduce"]}, "'min_reduce' is missing"),
        ({"arrays": {"counts": None}}, "'counts' is missing"),
        ({"arrays": {"counts": np.array([1, 2])}}, "counts has shape"),
        ({"arrays": {"counts": np.array([1.0, 2.0, 3.0])}}, "the file is damaged"),
        ({"arrays": {"counts": np.array([1, -2, 3])}}, "the file is damaged"),
        ({"arrays": {"keys.bytes": REPEATED.data, "keys.offsets": REPEATED.offsets}}, "'a' occurs twice"),
        ({"arrays": {"keys.offsets": np.array([0, 9, 1, 5])}}, "the offsets must rise"),
    ],
)
def test_damaged_files(changes, text):
    with pytest.raises(ValueError, match=text):
        Phrases.load(saved(**changes))


def test_truncated_files():
    data = saved().getvalue()
    for size in range(0, len(data), 7):
        with pytest.raises((ValueError, EOFError)):
            Phrases.load(io.BytesIO(data[:size]))


def test_the_kinds_are_told_apart():
    assert {phrases_file.COUNTED, phrases_file.FROZEN}.isdisjoint({"word2vec", "keyedvectors"})
