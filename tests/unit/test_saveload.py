"""utils.SaveLoad under a user's class: arrays and plain attributes in one file, no pickle."""

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec, utils


class Recommender(utils.SaveLoad):
    def __init__(self, titles, scores):
        self.titles = titles
        self.scores = scores
        self.settings = {"topn": 5, "exclude": [1, 2]}


@pytest.fixture
def thing():
    return Recommender(["a", "b"], np.arange(6, dtype=np.float32).reshape(3, 2)[:, :1])


def test_a_round_trip_keeps_class_arrays_and_plain_values(thing, tmp_path):
    thing.add_lifecycle_event("made", by="Ada")
    thing.save(tmp_path / "thing")
    loaded = Recommender.load(tmp_path / "thing")
    assert type(loaded) is Recommender
    assert (loaded.titles, loaded.settings) == (thing.titles, thing.settings)
    assert loaded.scores.dtype == np.float32 and np.array_equal(loaded.scores, thing.scores)
    assert [event["event"] for event in loaded.lifecycle_events] == ["made"]


def test_gzip_and_open_files(thing, tmp_path):
    thing.save(tmp_path / "thing.gz")
    assert (tmp_path / "thing.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert Recommender.load(tmp_path / "thing.gz").titles == ["a", "b"]
    with (tmp_path / "thing").open("wb") as file:
        thing.save(file)
    with (tmp_path / "thing").open("rb") as file:
        assert Recommender.load(file).titles == ["a", "b"]


def test_ignored_attributes_are_none_after_loading(thing, tmp_path):
    thing.save(tmp_path / "thing", ignore=["scores"])
    assert Recommender.load(tmp_path / "thing").scores is None


@pytest.mark.parametrize("value", [object(), {1: 2}, np.array([object()]), (1, 2)])
def test_what_a_file_cannot_hold_is_refused_by_name_before_anything_is_written(thing, tmp_path, value):
    thing.bad = value
    with pytest.raises(TypeError, match="attribute 'bad'"):
        thing.save(tmp_path / "thing")
    assert list(tmp_path.iterdir()) == []


def test_models_and_vectors_inside_are_to_be_saved_by_themselves(thing, tmp_path):
    thing.wv = KeyedVectors(2)
    with pytest.raises(TypeError, match=r"'wv'.*KeyedVectors.*by itself"):
        thing.save(tmp_path / "thing")


def test_other_files_are_refused_by_what_they_are(thing, tmp_path):
    Word2Vec([["a", "b"]], min_count=1, vector_size=2).save(tmp_path / "model")
    with pytest.raises(ValueError, match="holds a word2vec"):
        Recommender.load(tmp_path / "model")
    (tmp_path / "text").write_text("no tensors here")
    with pytest.raises(ValueError, match="text"):
        Recommender.load(tmp_path / "text")
    with pytest.raises(FileNotFoundError):
        Recommender.load(tmp_path / "nothing")
    thing.save(tmp_path / "thing")
    with pytest.raises(ValueError, match="Recommender"):
        Word2Vec.load(tmp_path / "thing")


def test_the_class_of_the_file_is_compared(thing, tmp_path):
    class Other(utils.SaveLoad):
        pass

    thing.save(tmp_path / "thing")
    with pytest.raises(AttributeError, match="Model of type Recommender can't be loaded by Other"):
        Other.load(tmp_path / "thing")

    class Better(Recommender):
        pass

    assert type(Better.load(tmp_path / "thing")) is Better
