"""The signature of Word2Vec and the table of its settings: each says what the other says."""

import inspect
import typing
from collections.abc import Callable

import pytest

from w2vcore import Word2Vec
from w2vcore.model import config
from w2vcore.model.config import SETTINGS
from w2vcore.model.kinds import Flag, Off, OneOf, OrNone, OrNumber, OrNumbers, OrWord, Pattern, Real, Unchecked, Whole
from w2vcore.model.window_weights import WindowWeights
from w2vcore.word2vec.files import snapshot_of

PARAMETERS = inspect.signature(Word2Vec).parameters
HINTS = typing.get_type_hints(Word2Vec.__init__)
# Arguments that are for one corpus, one call, or code
OF_THE_CALL = {
    "sentences",
    "corpus_file",
    "trim_rule",
    "callbacks",
    "progress",
    "cache_corpus",
    "cache_dir",
    "checkpoint",
}
OF_THE_CALL |= {"checkpoint_every"}
UNCHECKED = {
    "comment": str | None,
    "objective": str | None,
    "architecture": str | None,
    "backend": str | None,
    "hashfxn": Callable[..., int],
}


def hint(setting):
    """The annotation that the kind of a setting asks for."""
    kind = setting.kind
    if isinstance(kind, OrNone):
        inner = {Whole: int, Real: float}[type(kind.kind)]
        return inner if setting.default is not None else inner | None
    if isinstance(kind, OneOf):
        return typing.Literal[kind.words]
    if isinstance(kind, Off):
        return typing.Literal[(False, *kind.kind.words)]
    if isinstance(kind, OrWord):
        return int | typing.Literal[kind.word]
    if isinstance(kind, Flag):
        return int if kind.number else bool
    if isinstance(kind, Unchecked):
        return UNCHECKED[setting.name]
    if isinstance(kind, OrNumbers):
        words, *_ = typing.get_args(WindowWeights)
        assert typing.get_args(words) == kind.words
        return WindowWeights
    return {Whole: int, OrNumber: int, Real: float, Pattern: config.Device}[type(kind)]


def test_every_argument_is_a_setting_or_for_the_call():
    assert set(PARAMETERS) == SETTINGS.keys() | OF_THE_CALL
    assert not SETTINGS.keys() & OF_THE_CALL


@pytest.mark.parametrize("name", SETTINGS)
def test_argument(name):
    setting = SETTINGS[name]
    assert PARAMETERS[name].default is setting.default or PARAMETERS[name].default == setting.default
    wanted = hint(setting)
    if name == "seed":  # None draws one
        wanted = int | None
    assert HINTS[name] == wanted


@pytest.mark.parametrize("name", SETTINGS)
def test_attribute(name):
    model = Word2Vec()
    assert getattr(model, name) == SETTINGS[name].default
    assert name in typing.get_type_hints(Word2Vec)


@pytest.mark.parametrize("name", SETTINGS)
def test_documented(name):
    section = Word2Vec.__doc__.split("Attributes\n")[0]
    heads = [line.strip().split(" :")[0] for line in section.splitlines() if line.startswith("    ") and " : " in line]
    assert name in [one for head in heads for one in head.split(", ")]


@pytest.mark.parametrize("device", typing.get_args(config.Device))
def test_devices_for_type_checkers_are_allowed(device):
    assert SETTINGS["device"].check(device) == device


def test_what_files_hold_is_in_the_order_of_the_table(tmp_path):
    """Files stay the same to the byte."""
    snapshot = snapshot_of(Word2Vec())
    saved = [name for name, setting in SETTINGS.items() if setting.saved]
    assert [name for name in snapshot.settings if name in SETTINGS] == saved
    assert saved[:4] == ["vector_size", "alpha", "min_alpha", "window"]
