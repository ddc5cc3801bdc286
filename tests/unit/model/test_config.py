"""Argument checks: what passes, what raises, and that the message names argument and value."""

import numpy as np
import pytest

from w2vcore.model.checks import check_flag, check_float, check_int
from w2vcore.model.config import SETTINGS, TrainingConfig, checked, threads, trained_fields


@pytest.mark.parametrize("value", [1, 7, np.int64(7), 7.0, np.float32(3)])
def test_check_int_takes_whole_numbers(value):
    assert check_int("window", value, 1) == int(value)
    assert type(check_int("window", value, 1)) is int


@pytest.mark.parametrize("value", [0, -1, 2.5, float("nan"), float("inf")])
def test_check_int_refuses_values(value):
    with pytest.raises(ValueError, match=r"window must be an int at least 1, got"):
        check_int("window", value, 1)


@pytest.mark.parametrize("value", ["5", None, True, [5], 1j])
def test_check_int_refuses_types(value):
    with pytest.raises(TypeError, match="window"):
        check_int("window", value, 1)


def test_check_int_names_both_ends():
    with pytest.raises(ValueError, match="seed must be an int from 0 to 9, got 10"):
        check_int("seed", 10, 0, 9)


def test_check_float():
    assert check_float("alpha", np.float32(0.5)) == 0.5
    with pytest.raises(ValueError, match=r"alpha must be a finite number of at least 0, got -1"):
        check_float("alpha", -1, 0)
    with pytest.raises(ValueError, match="alpha"):
        check_float("alpha", float("nan"))
    with pytest.raises(TypeError, match="alpha"):
        check_float("alpha", "0.1")


def test_check_flag():
    assert check_flag("sg", 1) is True
    assert check_flag("sg", False) is False
    for bad in (2, -1, "1", None):
        with pytest.raises(ValueError, match="sg must be 0 or 1"):
            check_flag("sg", bad)


def test_window():
    window = SETTINGS["window"]
    assert window.check("sentence") == "sentence"
    assert window.check(10**12) == 10**12
    with pytest.raises(ValueError, match="window must be an int at least 1, got 0"):
        window.check(0)
    with pytest.raises(ValueError, match="'document'"):
        window.check("document")


def test_workers():
    workers = SETTINGS["workers"]
    assert (workers.check(-1), workers.check(3)) == (-1, 3)
    assert threads(-1) >= 1
    assert threads(3) == 3
    for bad in (0, -2):
        with pytest.raises(ValueError, match="workers=-1 uses all cores"):
            workers.check(bad)
    with pytest.raises(TypeError, match="workers"):
        workers.check(True)


def test_the_defaults_of_a_run_are_those_of_the_settings():
    fields = trained_fields({name: setting.default for name, setting in SETTINGS.items()})
    assert TrainingConfig(**fields) == TrainingConfig()
    of_a_run = {"architecture", "objectives", "queue_factor", "joined_tags", "padding"}
    assert fields.keys() | of_a_run == TrainingConfig.__dataclass_fields__.keys()


@pytest.mark.parametrize("name", SETTINGS)
def test_the_default_of_a_setting_is_allowed(name):
    assert SETTINGS[name].check(SETTINGS[name].default) == SETTINGS[name].default


def test_numbers_that_compiled_code_cannot_hold():
    with pytest.raises(ValueError, match=r"window must be at most 1,099,511,627,776, got 4611686018427387904"):
        checked(TrainingConfig(window=1 << 62))
    assert check_int("batch_words", (1 << 63) - 1, 1) == (1 << 63) - 1
    with pytest.raises(
        ValueError, match=r"batch_words must be an int at least 1, and below 2\*\*63, got 9223372036854"
    ):
        check_int("batch_words", 1 << 63, 1)
