"""Classes that users derive from Phrases and FrozenPhrases: files keep their attributes, and call no constructor."""

import logging

import pytest

from w2vcore.phrases import FrozenPhrases, Phrases

CORPUS = [["new", "york", "city"], ["new", "jersey"]] * 5


class Named(Phrases):
    def __init__(self, name):
        super().__init__(CORPUS, min_count=1, threshold=1e-3)
        self.name = name


class NamedFrozen(FrozenPhrases):
    def __init__(self, model, name):
        super().__init__(model)
        self.name = name


def test_phrases(tmp_path):
    model = Named("cities")
    model.save(tmp_path / "phrases")
    loaded = Named.load(tmp_path / "phrases")
    assert type(loaded) is Named and loaded.name == "cities"
    assert loaded[["new", "york"]] == model[["new", "york"]] == ["new_york"]


def test_frozen_phrases(tmp_path):
    model = NamedFrozen(Named("cities"), "frozen cities")
    model.save(tmp_path / "frozen")
    loaded = NamedFrozen.load(tmp_path / "frozen")
    assert type(loaded) is NamedFrozen and loaded.name == "frozen cities"
    assert loaded[["new", "york"]] == ["new_york"]


def test_a_file_of_phrases_is_frozen_without_a_call_of_the_constructor(tmp_path):
    Named("cities").save(tmp_path / "phrases")
    loaded = NamedFrozen.load(tmp_path / "phrases")
    assert type(loaded) is NamedFrozen and loaded[["new", "york"]] == ["new_york"]


def test_attributes_that_a_file_cannot_hold_are_named(tmp_path, caplog):
    model = Named("cities")
    model.helper = object()
    with caplog.at_level(logging.WARNING):
        model.save(tmp_path / "phrases")
    assert "helper" in caplog.text
    assert not hasattr(Named.load(tmp_path / "phrases"), "helper")


def test_ignored_attributes_are_left_out(tmp_path):
    model = Named("cities")
    model.save(tmp_path / "phrases", ignore=["name"])
    assert not hasattr(Named.load(tmp_path / "phrases"), "name")
    with pytest.raises(TypeError, match="ignore"):
        model.save(tmp_path / "phrases", ignore="name")
