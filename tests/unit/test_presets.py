"""Presets are keyword arguments of Word2Vec, and nothing else."""

import inspect

import pytest

from w2vcore import Word2Vec, preset
from w2vcore.model.config import SETTINGS
from w2vcore.presets import PRESETS

SESSIONS = [[f"item {item}" for item in range(begin, begin + 5)] for begin in range(0, 4000, 4)]


@pytest.mark.parametrize("name", PRESETS)
def test_each_argument_is_a_setting_with_an_allowed_value(name):
    for argument, value in preset(name).items():
        assert SETTINGS[argument].check(value) == value


@pytest.mark.parametrize("name", PRESETS)
def test_a_model_has_what_the_preset_says(name):
    arguments = preset(name, vector_size=8, min_count=1, epochs=2, workers=1)
    model = Word2Vec(SESSIONS, **arguments)
    assert {argument: getattr(model, argument) for argument in arguments} == arguments


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "gensim"])
def test_each_but_gensims_has_only_what_differs_from_the_defaults(name):
    assert all(SETTINGS[argument].default != value for argument, value in preset(name).items())


def test_gensims_are_the_defaults():
    defaults = {name: argument.default for name, argument in inspect.signature(Word2Vec).parameters.items()}
    arguments = preset("gensim")
    assert arguments == {name: defaults[name] for name in arguments}
    assert {"vector_size", "alpha", "window", "min_count", "sample", "sg", "negative", "epochs"} <= arguments.keys()
    assert not {"seed", "workers", "comment", "device"} & arguments.keys()


def test_changes_override_and_complete():
    assert preset("items", window=5, vector_size=64) == {**preset("items"), "window": 5, "vector_size": 64}


def test_each_call_returns_a_dict_of_its_own():
    preset("items")["window"] = 3
    assert preset("items")["window"] == "sentence"
    with pytest.raises(TypeError):
        PRESETS["items"]["window"] = 3


@pytest.mark.parametrize("name", ["bset", "Best", None, 3])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(ValueError, match=f"preset must be 'best', 'fast', 'gensim' or 'items', got {name!r}"):
        preset(name)
